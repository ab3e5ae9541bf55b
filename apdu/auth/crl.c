/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate revocation lists: RFC 5280 5, Doc 9303-12 7.1.4. */
#include "apdu/auth/crl.h"

#include "apdu/auth/certificate_ext.h"
#include "apdu/auth/der_time.h"
#include "apdu/auth/oid.h"

enum {
	TAG_CRL_EXTENSIONS = 0xA0,
	CRL_EXTENSIONS_MAX = 16,
	SECONDS_OF_DAY = 86400,
};

static enum cccd_err expect_whole(struct tlv_reader *reader, uint32_t tag,
                                  struct span *ret)
{
	struct tlv object = { 0 };

	if (tlv_peek(reader) != tag)
		return CCCD_ERR_DATA_MISSING;
	TRY(tlv_next(reader, &object));
	*ret = object.whole;
	return CCCD_OK;
}

static enum cccd_err read_time(struct tlv_reader *reader, int64_t *ret)
{
	struct tlv object = { 0 };
	bool irregular = false;

	TRY(tlv_next(reader, &object));
	return der_time_parse(&object, ret, &irregular);
}

static bool at_time(const struct tlv_reader *reader)
{
	uint32_t tag = tlv_peek(reader);

	return tag == TAG_UTC_TIME || tag == TAG_GENERALIZED_TIME;
}

static enum cccd_err read_entries(struct tlv_reader *reader, struct crl *ret)
{
	struct tlv_reader entries = { 0 };
	struct span value = { 0 };
	bool present = false;

	TRY(tlv_optional(reader, TAG_SEQUENCE, &ret->revoked, &present));
	entries = tlv_open(ret->revoked);
	while (!tlv_at_end(&entries)) {
		struct tlv_reader entry = { 0 };
		int64_t date = 0;

		TRY(tlv_expect(&entries, TAG_SEQUENCE, &value));
		entry = tlv_open(value);
		TRY(tlv_expect(&entry, TAG_INTEGER, &value));
		TRY(read_time(&entry, &date));
		ret->count++;
	}
	return CCCD_OK;
}

/* [9303-12 table 10] Delta lists and distribution points are not used. */
static enum cccd_err read_extension(struct tlv_reader *list, struct crl *ret)
{
	struct extension extension = { 0 };

	TRY(extension_next(list, &extension));
	if (strcmp(extension.oid, OID_AUTHORITY_KEY_ID) == 0)
		return authority_key_id_parse(extension.value,
		                              &ret->authority_key_id);
	if (extension.critical && strcmp(extension.oid, OID_CRL_NUMBER) != 0)
		ret->unusable = true;
	return CCCD_OK;
}

static enum cccd_err read_extensions(struct tlv_reader *reader, struct crl *ret)
{
	struct tlv_reader list = { 0 };
	struct span value = { 0 };
	bool present = false;

	TRY(tlv_optional(reader, TAG_CRL_EXTENSIONS, &value, &present));
	TRY(tlv_end(reader));
	if (!present)
		return CCCD_OK;
	TRY(tlv_only(value, TAG_SEQUENCE, &value));
	list = tlv_open(value);
	for (size_t i = 0; !tlv_at_end(&list); i++) {
		if (i == CRL_EXTENSIONS_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(read_extension(&list, ret));
	}
	return CCCD_OK;
}

static enum cccd_err read_tbs(struct span value, struct crl *ret)
{
	struct tlv_reader reader = tlv_open(value);
	bool present = false;

	TRY(tlv_optional(&reader, TAG_INTEGER, &value, &present));
	TRY(expect_whole(&reader, TAG_SEQUENCE, &ret->inner_algorithm));
	TRY(expect_whole(&reader, TAG_SEQUENCE, &ret->issuer));
	TRY(read_time(&reader, &ret->this_update));
	ret->next_update = INT64_MIN;
	if (at_time(&reader))
		TRY(read_time(&reader, &ret->next_update));
	TRY(read_entries(&reader, ret));
	return read_extensions(&reader, ret);
}

enum cccd_err crl_parse(struct span der, struct crl *ret)
{
	struct crl crl = { .whole = der };
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(der, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(expect_whole(&reader, TAG_SEQUENCE, &crl.tbs));
	TRY(expect_whole(&reader, TAG_SEQUENCE, &crl.algorithm));
	TRY(tlv_expect(&reader, TAG_BIT_STRING, &crl.signature));
	TRY(tlv_end(&reader));
	if (crl.signature.len < 2 || crl.signature.at[0] != 0)
		return CCCD_ERR_DATA_MALFORMED;
	crl.signature = span_after(crl.signature, 1);
	TRY(tlv_only(crl.tbs, TAG_SEQUENCE, &value));
	TRY(read_tbs(value, &crl));
	*ret = crl;
	return CCCD_OK;
}

static struct span without_zeros(struct span number)
{
	while (number.len > 1 && number.at[0] == 0)
		number = span_after(number, 1);
	return number;
}

bool crl_revokes(const struct crl *crl, struct span serial)
{
	struct tlv_reader entries = tlv_open(crl->revoked);
	struct span value = { 0 };

	serial = without_zeros(serial);
	while (tlv_expect(&entries, TAG_SEQUENCE, &value) == CCCD_OK) {
		struct tlv_reader entry = tlv_open(value);

		if (tlv_expect(&entry, TAG_INTEGER, &value) == CCCD_OK &&
		    span_equal(without_zeros(value), serial))
			return true;
	}
	return false;
}

enum cccd_err crl_signed_by(const struct crl *crl, const struct public_key *key,
                            bool *ret_good)
{
	struct signature_algorithm algorithm = { 0 };
	struct span identifier = { 0 };

	if (!span_equal(crl->algorithm, crl->inner_algorithm)) {
		*ret_good = false;
		return CCCD_OK;
	}
	TRY(tlv_only(crl->algorithm, TAG_SEQUENCE, &identifier));
	TRY(signature_algorithm_parse(identifier, DIGEST_NONE, &algorithm));
	return signature_verify(&algorithm, key, crl->tbs, crl->signature,
	                        ret_good);
}

bool crl_is_fresh(const struct crl *crl, int64_t now_s, int64_t max_age_s)
{
	/* A day's grace for clocks, as no CRL is issued ahead of time. */
	if (crl->this_update > now_s + SECONDS_OF_DAY)
		return false;
	if (now_s > crl->next_update)
		return false;
	return max_age_s == 0 || now_s - crl->this_update <= max_age_s;
}
