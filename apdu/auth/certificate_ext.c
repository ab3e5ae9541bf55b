/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate extensions: RFC 5280 4.2, Doc 9303-12 table 6. */
#include "apdu/auth/certificate_ext.h"

#include "apdu/auth/der_time.h"
#include "apdu/auth/oid.h"

enum {
	TAG_KEY_IDENTIFIER = 0x80,
	TAG_USAGE_FROM = 0x80,
	TAG_USAGE_TO = 0x81,
	KEY_ID_MAX = 64,
};

static enum cccd_err read_subject_key_id(const struct extension *extension,
                                         struct certificate_extensions *ret)
{
	struct span id = { 0 };

	TRY(tlv_only(extension->value, TAG_OCTET_STRING, &id));
	if (id.len == 0 || id.len > KEY_ID_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	ret->subject_key_id = id;
	return CCCD_OK;
}

enum cccd_err authority_key_id_parse(struct span value, struct span *ret)
{
	struct tlv_reader reader = { 0 };
	struct span id = { 0 };
	bool present = false;

	TRY(tlv_only(value, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_optional(&reader, TAG_KEY_IDENTIFIER, &id, &present));
	if (present && (id.len == 0 || id.len > KEY_ID_MAX))
		return CCCD_ERR_DATA_MALFORMED;
	*ret = present ? id : span_of(NULL, 0);
	return CCCD_OK;
}

static enum cccd_err read_authority_key_id(const struct extension *extension,
                                           struct certificate_extensions *ret)
{
	ret->has_authority_key_id = true;
	return authority_key_id_parse(extension->value, &ret->authority_key_id);
}

/* Bit 0 is the most significant bit of the first octet [X.690 8.6.2]. */
static enum cccd_err read_key_usage(const struct extension *extension,
                                    struct certificate_extensions *ret)
{
	struct span bits = { 0 };
	unsigned int usage = 0;

	TRY(tlv_only(extension->value, TAG_BIT_STRING, &bits));
	if (bits.len < 2 || bits.len > 3 || bits.at[0] > 7)
		return CCCD_ERR_DATA_MALFORMED;
	for (unsigned int i = 0; i < 8 * (bits.len - 1); i++)
		if ((bits.at[1 + i / 8] & (0x80U >> (i % 8))) != 0)
			usage |= 1U << i;
	ret->has_key_usage = true;
	ret->key_usage_critical = extension->critical;
	ret->key_usage = usage;
	return CCCD_OK;
}

static enum cccd_err read_basic_constraints(const struct extension *extension,
                                            struct certificate_extensions *ret)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };
	uint32_t path_len = 0;
	bool present = false;
	bool is_ca = false;

	TRY(tlv_only(extension->value, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_optional(&reader, TAG_BOOLEAN, &value, &present));
	if (present && value.len != 1)
		return CCCD_ERR_DATA_MALFORMED;
	is_ca = present && value.at[0] != 0;
	TRY(tlv_optional(&reader, TAG_INTEGER, &value, &present));
	if (present)
		TRY(tlv_unsigned(value, &path_len));
	TRY(tlv_end(&reader));
	if (path_len > INT16_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	ret->has_basic_constraints = true;
	ret->basic_constraints_critical = extension->critical;
	ret->is_ca = is_ca;
	ret->path_len = present ? (int)path_len : -1;
	return CCCD_OK;
}

/* A GeneralizedTime under an implicit tag [RFC 3280 4.2.1.4]. */
static enum cccd_err read_usage_time(struct tlv_reader *reader, uint32_t tag,
                                     int64_t *ret)
{
	struct tlv time = { .tag = TAG_GENERALIZED_TIME };
	bool present = false;
	bool irregular = false;

	TRY(tlv_optional(reader, tag, &time.value, &present));
	return present ? der_time_parse(&time, ret, &irregular) : CCCD_OK;
}

static enum cccd_err read_usage_period(const struct extension *extension,
                                       struct certificate_extensions *ret)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };
	int64_t from = INT64_MIN;
	int64_t to = INT64_MAX;

	TRY(tlv_only(extension->value, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(read_usage_time(&reader, TAG_USAGE_FROM, &from));
	TRY(read_usage_time(&reader, TAG_USAGE_TO, &to));
	TRY(tlv_end(&reader));
	ret->has_usage_period = true;
	ret->usage_from = from;
	ret->usage_to = to;
	return CCCD_OK;
}

static enum cccd_err read_extended_usage(const struct extension *extension,
                                         struct certificate_extensions *ret)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(extension->value, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	if (tlv_at_end(&reader))
		return CCCD_ERR_DATA_MALFORMED;
	while (!tlv_at_end(&reader)) {
		TRY(tlv_expect(&reader, TAG_OID, &value));
		if (oid_is(value, OID_EKU_MASTER_LIST))
			ret->eku |= CERTIFICATE_EKU_MASTER_LIST;
		else if (oid_is(value, OID_EKU_DEVIATION_LIST))
			ret->eku |= CERTIFICATE_EKU_DEVIATION_LIST;
		else
			ret->eku |= CERTIFICATE_EKU_OTHER;
	}
	return CCCD_OK;
}

static enum cccd_err read_alt_name(const struct extension *extension,
                                   struct certificate_extensions *ret)
{
	return tlv_only(extension->value, TAG_SEQUENCE, &ret->alt_name);
}

static enum cccd_err read_name_change(const struct extension *extension,
                                      struct certificate_extensions *ret)
{
	(void)extension;
	ret->name_change = true;
	return CCCD_OK;
}

static enum cccd_err read_document_types(const struct extension *extension,
                                         struct certificate_extensions *ret)
{
	return tlv_only(extension->value, TAG_SEQUENCE, &ret->document_types);
}

static enum cccd_err read_nothing(const struct extension *extension,
                                  struct certificate_extensions *ret)
{
	(void)extension;
	(void)ret;
	return CCCD_OK;
}

static const struct {
	const char *oid;
	enum cccd_err (*read)(const struct extension *extension,
	                      struct certificate_extensions *ret);
} known[] = {
	{ OID_SUBJECT_KEY_ID, read_subject_key_id },
	{ OID_AUTHORITY_KEY_ID, read_authority_key_id },
	{ OID_KEY_USAGE, read_key_usage },
	{ OID_BASIC_CONSTRAINTS, read_basic_constraints },
	{ OID_USAGE_PERIOD, read_usage_period },
	{ OID_EXTENDED_KEY_USAGE, read_extended_usage },
	{ OID_SUBJECT_ALT_NAME, read_alt_name },
	{ OID_NAME_CHANGE, read_name_change },
	{ OID_DOCUMENT_TYPES, read_document_types },
	/* Understood, and nothing here depends on them. */
	{ OID_ISSUER_ALT_NAME, read_nothing },
	{ OID_CRL_POINTS, read_nothing },
	{ OID_POLICIES, read_nothing },
};

enum cccd_err extension_next(struct tlv_reader *reader, struct extension *ret)
{
	struct tlv_reader inner = { 0 };
	struct span value = { 0 };
	bool present = false;

	TRY(tlv_expect(reader, TAG_SEQUENCE, &value));
	inner = tlv_open(value);
	TRY(tlv_expect(&inner, TAG_OID, &value));
	oid_text(value, ret->oid);
	if (ret->oid[0] == '\0')
		return CCCD_ERR_DATA_MALFORMED;
	TRY(tlv_optional(&inner, TAG_BOOLEAN, &value, &present));
	if (present && value.len != 1)
		return CCCD_ERR_DATA_MALFORMED;
	ret->critical = present && value.at[0] != 0;
	TRY(tlv_expect(&inner, TAG_OCTET_STRING, &ret->value));
	return tlv_end(&inner);
}

/* The bit of a known extension, for duplicates; 0 when it is not known. */
static unsigned int read_one(const struct extension *extension,
                             struct certificate_extensions *ret)
{
	for (unsigned int i = 0; i < ARRAY_LEN(known); i++) {
		if (strcmp(extension->oid, known[i].oid) != 0)
			continue;
		if (known[i].read(extension, ret) != CCCD_OK)
			ret->malformed = true;
		return 1U << i;
	}
	return 0;
}

enum cccd_err certificate_extensions_parse(struct span value,
                                           struct certificate_extensions *ret)
{
	struct certificate_extensions ext = { .usage_from = INT64_MIN,
		                              .usage_to = INT64_MAX,
		                              .path_len = -1 };
	struct tlv_reader reader = tlv_open(value);
	unsigned int seen = 0;

	for (size_t i = 0; !tlv_at_end(&reader); i++) {
		struct extension extension = { 0 };
		unsigned int bit = 0;

		if (i == CERTIFICATE_EXTENSIONS_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(extension_next(&reader, &extension));
		bit = read_one(&extension, &ext);
		if (bit == 0 && extension.critical)
			ext.unknown_critical = true;
		if ((seen & bit) != 0)
			ext.duplicate = true;
		seen |= bit;
	}
	*ret = ext;
	return CCCD_OK;
}
