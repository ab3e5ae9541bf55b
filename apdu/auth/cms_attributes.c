/* SPDX-License-Identifier: Apache-2.0 */
/* Signed attributes and the signature over them: RFC 5652 5.3, 5.4, 11. */
#include "apdu/auth/cms.h"
#include "apdu/auth/der_time.h"
#include "apdu/auth/oid.h"

enum { ATTRIBUTES_MAX = 16 * 1024 };

static enum cccd_err take_content_type(const struct tlv *value,
                                       struct cms_attributes *ret)
{
	ret->count_content_type++;
	ret->content_type = value->value;
	return value->tag == TAG_OID ? CCCD_OK : CCCD_ERR_DATA_MALFORMED;
}

static enum cccd_err take_message_digest(const struct tlv *value,
                                         struct cms_attributes *ret)
{
	ret->count_message_digest++;
	ret->message_digest = value->value;
	return value->tag == TAG_OCTET_STRING ? CCCD_OK
	                                      : CCCD_ERR_DATA_MALFORMED;
}

static enum cccd_err take_signing_time(const struct tlv *value,
                                       struct cms_attributes *ret)
{
	bool irregular = false;

	ret->count_signing_time++;
	return der_time_parse(value, &ret->signing_time, &irregular);
}

static const struct {
	const char *oid;
	enum cccd_err (*take)(const struct tlv *value,
	                      struct cms_attributes *ret);
} known[] = {
	{ OID_CONTENT_TYPE, take_content_type },
	{ OID_MESSAGE_DIGEST, take_message_digest },
	{ OID_SIGNING_TIME, take_signing_time },
};

/* Every value of one attribute: two values count as the attribute twice. */
static enum cccd_err take_values(size_t which, struct span set,
                                 struct cms_attributes *ret)
{
	struct tlv_reader reader = tlv_open(set);
	struct tlv value = { 0 };

	while (!tlv_at_end(&reader)) {
		TRY(tlv_next(&reader, &value));
		TRY(known[which].take(&value, ret));
	}
	return CCCD_OK;
}

static enum cccd_err take_attribute(struct span attribute,
                                    struct cms_attributes *ret)
{
	struct tlv_reader reader = tlv_open(attribute);
	struct span oid = { 0 };
	struct span set = { 0 };

	TRY(tlv_expect(&reader, TAG_OID, &oid));
	TRY(tlv_expect(&reader, TAG_SET, &set));
	TRY(tlv_end(&reader));
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (oid_is(oid, known[i].oid) &&
		    take_values(i, set, ret) != CCCD_OK)
			ret->malformed = true;
	return CCCD_OK;
}

enum cccd_err cms_attributes_parse(struct span attributes,
                                   struct cms_attributes *ret)
{
	struct tlv_reader reader = tlv_open(attributes);
	struct cms_attributes found = { 0 };
	struct span value = { 0 };

	for (size_t i = 0; !tlv_at_end(&reader); i++) {
		if (i == CMS_ATTRIBUTES_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(tlv_expect(&reader, TAG_SEQUENCE, &value));
		TRY(take_attribute(value, &found));
	}
	*ret = found;
	return CCCD_OK;
}

/* DER order: by bytes, a shorter one as if padded with zeros [X.690 11.6]. */
static bool comes_before(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.at, b.at, len);

	return order < 0 || (order == 0 && a.len < b.len);
}

static enum cccd_err collect_sorted(struct span attributes,
                                    struct span ret[static CMS_ATTRIBUTES_MAX],
                                    size_t *ret_count)
{
	struct tlv_reader reader = tlv_open(attributes);
	struct tlv object = { 0 };
	size_t count = 0;

	while (!tlv_at_end(&reader)) {
		size_t at = count;

		if (count == CMS_ATTRIBUTES_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(tlv_next(&reader, &object));
		for (; at > 0 && comes_before(object.whole, ret[at - 1]); at--)
			ret[at] = ret[at - 1];
		ret[at] = object.whole;
		count++;
	}
	*ret_count = count;
	return CCCD_OK;
}

static enum cccd_err put_set_head(struct buf *out, size_t len)
{
	uint8_t bytes[TLV_HEAD_MAX];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	struct span head = { 0 };

	tlv_put_head(&writer, TAG_SET, len);
	TRY(tlv_written(&writer, &head));
	buf_reset(out);
	return buf_append(out, head);
}

static enum cccd_err put_sorted(struct buf *out, struct span attributes)
{
	struct span sorted[CMS_ATTRIBUTES_MAX];
	size_t count = 0;

	TRY(collect_sorted(attributes, sorted, &count));
	TRY(put_set_head(out, attributes.len));
	for (size_t i = 0; i < count; i++)
		TRY(buf_append(out, sorted[i]));
	return CCCD_OK;
}

enum cccd_err cms_signer_verify(const struct cms_signer *signer,
                                const struct signature_algorithm *algorithm,
                                const struct public_key *key, bool *ret_good,
                                bool *ret_sorted)
{
	BUF set = buf_make(ATTRIBUTES_MAX + TLV_HEAD_MAX);

	if (signer->attributes.len > ATTRIBUTES_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	*ret_sorted = false;
	TRY(put_set_head(&set, signer->attributes.len));
	TRY(buf_append(&set, signer->attributes));
	TRY(signature_verify(algorithm, key, buf_span(&set), signer->signature,
	                     ret_good));
	if (*ret_good)
		return CCCD_OK;
	TRY(put_sorted(&set, signer->attributes));
	TRY(signature_verify(algorithm, key, buf_span(&set), signer->signature,
	                     ret_good));
	*ret_sorted = *ret_good;
	return CCCD_OK;
}
