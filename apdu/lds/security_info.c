/* SPDX-License-Identifier: Apache-2.0 */
/* SecurityInfos: a SET searched by object identifier, Doc 9303-11 9.2. */
#include "apdu/lds/security_info.h"

#include "apdu/tlv/tlv.h"

/* Contents of the OBJECT IDENTIFIERs [9303-11 9.2.3, 9.2.4, 9.2.7-9.2.10] */
static const uint8_t oid_pace[] = { 0x04, 0x00, 0x7F, 0x00,
	                            0x07, 0x02, 0x02, 0x04 };
static const uint8_t oid_ca[] = {
	0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03
};
static const uint8_t oid_pk[] = {
	0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01
};
static const uint8_t oid_ta[] = {
	0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02
};
static const uint8_t oid_aa[] = { 0x67, 0x81, 0x08, 0x01, 0x01, 0x05 };
static const uint8_t oid_ef_dir[] = { 0x67, 0x81, 0x08, 0x01, 0x01, 0x0D };

/* ecdsa-plain-signatures [TR-03111 5.2.1.1] and ecdsa-with-… [X9.62] */
static const uint8_t oid_ecdsa_plain[] = { 0x04, 0x00, 0x7F, 0x00, 0x07,
	                                   0x01, 0x01, 0x04, 0x01 };
static const uint8_t oid_ecdsa_sha1[] = { 0x2A, 0x86, 0x48, 0xCE,
	                                  0x3D, 0x04, 0x01 };
static const uint8_t oid_ecdsa_sha2[] = { 0x2A, 0x86, 0x48, 0xCE,
	                                  0x3D, 0x04, 0x03 };

enum { TAG_DG14 = 0x6E };

/* Whether @oid is @prefix and exactly @extra bytes more. */
static bool oid_under(struct span oid, struct span prefix, size_t extra)
{
	return oid.len == prefix.len + extra &&
	       span_equal(span_first(oid, prefix.len), prefix);
}

/* The last arc of protocols with a cipher [9303-11 9.2.3, 9.2.7]. */
static enum cccd_cipher cipher_of_arc(uint8_t arc)
{
	static const enum cccd_cipher ciphers[] = {
		CCCD_CIPHER_NONE,   CCCD_CIPHER_3DES,   CCCD_CIPHER_AES128,
		CCCD_CIPHER_AES192, CCCD_CIPHER_AES256,
	};

	return arc < ARRAY_LEN(ciphers) ? ciphers[arc] : CCCD_CIPHER_NONE;
}

struct mapping_row {
	enum cccd_key_agreement key_agreement;
	enum cccd_pace_mapping mapping;
};

/* By the arc after id-PACE; 0 and 5 mean nothing. */
static const struct mapping_row mapping_rows[] = {
	[1] = { CCCD_KEY_AGREEMENT_DH, CCCD_PACE_MAPPING_GM },
	[2] = { CCCD_KEY_AGREEMENT_ECDH, CCCD_PACE_MAPPING_GM },
	[3] = { CCCD_KEY_AGREEMENT_DH, CCCD_PACE_MAPPING_IM },
	[4] = { CCCD_KEY_AGREEMENT_ECDH, CCCD_PACE_MAPPING_IM },
	[6] = { CCCD_KEY_AGREEMENT_ECDH, CCCD_PACE_MAPPING_CAM },
};

static const struct mapping_row *mapping_of_arc(uint8_t arc)
{
	if (arc >= ARRAY_LEN(mapping_rows))
		return &mapping_rows[0];
	return &mapping_rows[arc];
}

bool pace_protocol(struct span oid, struct cccd_pace_info *ret)
{
	const struct mapping_row *row = NULL;
	enum cccd_cipher cipher = CCCD_CIPHER_NONE;

	if (!oid_under(oid, SPAN(oid_pace), 2))
		return false;
	row = mapping_of_arc(oid.at[sizeof(oid_pace)]);
	cipher = cipher_of_arc(oid.at[sizeof(oid_pace) + 1]);
	if (row->mapping == CCCD_PACE_MAPPING_NONE ||
	    cipher == CCCD_CIPHER_NONE)
		return false;
	/* [9303-11 9.2.3] CAM exists with AES only. */
	if (row->mapping == CCCD_PACE_MAPPING_CAM && cipher == CCCD_CIPHER_3DES)
		return false;
	ret->protocol = span_bytes(oid);
	ret->key_agreement = row->key_agreement;
	ret->mapping = row->mapping;
	ret->cipher = cipher;
	return true;
}

static enum cccd_key_agreement key_agreement_of_arc(uint8_t arc)
{
	if (arc == 1)
		return CCCD_KEY_AGREEMENT_DH;
	return arc == 2 ? CCCD_KEY_AGREEMENT_ECDH : CCCD_KEY_AGREEMENT_NONE;
}

bool chip_auth_protocol(struct span oid, struct cccd_chip_auth_info *ret)
{
	enum cccd_key_agreement agreement = CCCD_KEY_AGREEMENT_NONE;
	enum cccd_cipher cipher = CCCD_CIPHER_NONE;

	if (!oid_under(oid, SPAN(oid_ca), 2))
		return false;
	agreement = key_agreement_of_arc(oid.at[sizeof(oid_ca)]);
	cipher = cipher_of_arc(oid.at[sizeof(oid_ca) + 1]);
	if (agreement == CCCD_KEY_AGREEMENT_NONE || cipher == CCCD_CIPHER_NONE)
		return false;
	ret->protocol = span_bytes(oid);
	ret->key_agreement = agreement;
	ret->cipher = cipher;
	return true;
}

static enum cccd_err take_unsigned(struct tlv_reader *reader, uint32_t *ret)
{
	struct span value = { 0 };

	TRY(tlv_expect(reader, TAG_INTEGER, &value));
	return tlv_unsigned(value, ret);
}

/* The optional last INTEGER of an element. */
static enum cccd_err take_last_id(struct tlv_reader *reader, uint32_t *ret,
                                  bool *ret_present)
{
	uint32_t number = 0;

	if (tlv_at_end(reader))
		return CCCD_OK;
	TRY(take_unsigned(reader, &number));
	TRY(tlv_end(reader));
	*ret = number;
	*ret_present = true;
	return CCCD_OK;
}

/* The whole next object, which must be a SEQUENCE. */
static enum cccd_err take_sequence(struct tlv_reader *reader,
                                   struct cccd_bytes *ret)
{
	struct tlv object = { 0 };

	TRY(tlv_next(reader, &object));
	if (object.tag != TAG_SEQUENCE)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = span_bytes(object.whole);
	return CCCD_OK;
}

/* The readers below get what follows the object identifier. */
typedef enum cccd_err info_reader(struct span oid, struct tlv_reader *reader,
                                  struct cccd_security_infos *infos);

/* [9303-11 9.2.1] */
static enum cccd_err read_pace(struct span oid, struct tlv_reader *reader,
                               struct cccd_security_infos *infos)
{
	struct cccd_pace_info info = { 0 };

	if (!pace_protocol(oid, &info))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(take_unsigned(reader, &info.version));
	TRY(take_last_id(reader, &info.parameter_id, &info.has_parameter_id));
	if (infos->pace_count == CCCD_PACE_INFOS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	infos->pace[infos->pace_count++] = info;
	return CCCD_OK;
}

/* [9303-11 9.2.2] */
static enum cccd_err read_pace_domain(struct span oid,
                                      struct tlv_reader *reader,
                                      struct cccd_security_infos *infos)
{
	const struct mapping_row *row =
	        mapping_of_arc(oid.at[sizeof(oid_pace)]);
	struct cccd_pace_domain_info info = {
		.protocol = span_bytes(oid),
		.key_agreement = row->key_agreement,
		.mapping = row->mapping,
	};

	if (info.mapping == CCCD_PACE_MAPPING_NONE)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(take_sequence(reader, &info.algorithm));
	TRY(take_last_id(reader, &info.parameter_id, &info.has_parameter_id));
	if (infos->pace_domain_count == CCCD_PACE_DOMAIN_INFOS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	infos->pace_domain[infos->pace_domain_count++] = info;
	return CCCD_OK;
}

/* [9303-11 9.2.5] */
static enum cccd_err read_chip_auth(struct span oid, struct tlv_reader *reader,
                                    struct cccd_security_infos *infos)
{
	struct cccd_chip_auth_info info = { 0 };

	if (!chip_auth_protocol(oid, &info))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(take_unsigned(reader, &info.version));
	TRY(take_last_id(reader, &info.key_id, &info.has_key_id));
	if (infos->chip_auth_count == CCCD_CHIP_AUTH_INFOS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	infos->chip_auth[infos->chip_auth_count++] = info;
	return CCCD_OK;
}

/* [9303-11 9.2.6] */
static enum cccd_err read_chip_auth_key(struct span oid,
                                        struct tlv_reader *reader,
                                        struct cccd_security_infos *infos)
{
	struct cccd_chip_auth_key_info info = {
		.protocol = span_bytes(oid),
		.key_agreement = key_agreement_of_arc(oid.at[sizeof(oid_pk)]),
	};
	if (info.key_agreement == CCCD_KEY_AGREEMENT_NONE)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(take_sequence(reader, &info.public_key));
	TRY(take_last_id(reader, &info.key_id, &info.has_key_id));
	if (infos->chip_auth_key_count == CCCD_CHIP_AUTH_KEYS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	infos->chip_auth_key[infos->chip_auth_key_count++] = info;
	return CCCD_OK;
}

/* FileID ::= SEQUENCE { fid, sfid OPTIONAL } [TR-03110-3 A.1.1.3] */
static enum cccd_err read_file_id(struct span file_id,
                                  struct cccd_terminal_auth_info *ret)
{
	struct tlv_reader reader = tlv_open(file_id);
	struct span fid = { 0 };
	struct span sfi = { 0 };
	bool present = false;

	TRY(tlv_expect(&reader, TAG_OCTET_STRING, &fid));
	TRY(tlv_optional(&reader, TAG_OCTET_STRING, &sfi, &present));
	TRY(tlv_end(&reader));
	if (fid.len != 2 || (present && sfi.len != 1))
		return CCCD_ERR_DATA_MALFORMED;
	ret->cvca_fid = (uint16_t)(fid.at[0] << 8 | fid.at[1]);
	ret->cvca_sfi = present ? sfi.at[0] : 0;
	return CCCD_OK;
}

/* [9303-11 9.2.8] */
static enum cccd_err read_terminal_auth(struct span oid,
                                        struct tlv_reader *reader,
                                        struct cccd_security_infos *infos)
{
	struct cccd_terminal_auth_info info = { 0 };
	struct span file_id = { 0 };
	bool present = false;

	(void)oid;
	TRY(take_unsigned(reader, &info.version));
	TRY(tlv_optional(reader, TAG_SEQUENCE, &file_id, &present));
	if (present)
		TRY(read_file_id(file_id, &info));
	TRY(tlv_end(reader));
	if (infos->terminal_auth_count == CCCD_TERMINAL_AUTH_INFOS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	infos->terminal_auth[infos->terminal_auth_count++] = info;
	return CCCD_OK;
}

static enum cccd_digest digest_of_signature(struct span oid, bool *ret_plain)
{
	static const enum cccd_digest plain[] = {
		CCCD_DIGEST_NONE,   CCCD_DIGEST_SHA1,   CCCD_DIGEST_SHA224,
		CCCD_DIGEST_SHA256, CCCD_DIGEST_SHA384, CCCD_DIGEST_SHA512,
	};
	static const enum cccd_digest x962[] = {
		CCCD_DIGEST_NONE,   CCCD_DIGEST_SHA224, CCCD_DIGEST_SHA256,
		CCCD_DIGEST_SHA384, CCCD_DIGEST_SHA512,
	};
	uint8_t arc = oid.len > 0 ? oid.at[oid.len - 1] : 0;

	*ret_plain = oid_under(oid, SPAN(oid_ecdsa_plain), 1);
	if (*ret_plain && arc < ARRAY_LEN(plain))
		return plain[arc];
	if (oid_under(oid, SPAN(oid_ecdsa_sha1), 0))
		return CCCD_DIGEST_SHA1;
	if (oid_under(oid, SPAN(oid_ecdsa_sha2), 1) && arc < ARRAY_LEN(x962))
		return x962[arc];
	return CCCD_DIGEST_NONE;
}

/* [9303-11 9.2.4] */
static enum cccd_err read_active_auth(struct span oid,
                                      struct tlv_reader *reader,
                                      struct cccd_security_infos *infos)
{
	struct cccd_active_auth_info info = { 0 };
	struct span algorithm = { 0 };

	(void)oid;
	TRY(take_unsigned(reader, &info.version));
	TRY(tlv_expect(reader, TAG_OID, &algorithm));
	TRY(tlv_end(reader));
	info.signature_algorithm = span_bytes(algorithm);
	info.digest = digest_of_signature(algorithm, &info.plain);
	if (infos->active_auth_count == CCCD_ACTIVE_AUTH_INFOS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	infos->active_auth[infos->active_auth_count++] = info;
	return CCCD_OK;
}

/* [9303-11 9.2.10] */
static enum cccd_err read_ef_dir(struct span oid, struct tlv_reader *reader,
                                 struct cccd_security_infos *infos)
{
	struct span content = { 0 };

	(void)oid;
	TRY(tlv_expect(reader, TAG_OCTET_STRING, &content));
	TRY(tlv_end(reader));
	if (infos->ef_dir.at != NULL)
		return CCCD_ERR_DATA_MALFORMED;
	infos->ef_dir = span_bytes(content);
	return CCCD_OK;
}

struct info_row {
	enum cccd_security_info_kind kind;
	struct span prefix;
	size_t extra; /* arcs after it, one byte each */
	info_reader *read;
};

#define UNDER(oid)                              \
	{                                       \
		.at = (oid), .len = sizeof(oid) \
	}

static const struct info_row info_rows[] = {
	{ CCCD_SECURITY_INFO_PACE, UNDER(oid_pace), 2, read_pace },
	{ CCCD_SECURITY_INFO_PACE_DOMAIN, UNDER(oid_pace), 1,
	  read_pace_domain },
	{ CCCD_SECURITY_INFO_CHIP_AUTH, UNDER(oid_ca), 2, read_chip_auth },
	{ CCCD_SECURITY_INFO_CHIP_AUTH_KEY, UNDER(oid_pk), 1,
	  read_chip_auth_key },
	{ CCCD_SECURITY_INFO_TERMINAL_AUTH, UNDER(oid_ta), 0,
	  read_terminal_auth },
	{ CCCD_SECURITY_INFO_ACTIVE_AUTH, UNDER(oid_aa), 0, read_active_auth },
	{ CCCD_SECURITY_INFO_EF_DIR, UNDER(oid_ef_dir), 0, read_ef_dir },
};

static const struct info_row *row_of(struct span oid)
{
	for (size_t i = 0; i < ARRAY_LEN(info_rows); i++)
		if (oid_under(oid, info_rows[i].prefix, info_rows[i].extra))
			return &info_rows[i];
	return NULL;
}

static enum cccd_err read_info(const struct tlv *object,
                               struct cccd_security_infos *infos)
{
	struct tlv_reader reader = tlv_open(object->value);
	struct cccd_security_info info = { .raw = span_bytes(object->whole) };
	const struct info_row *row = NULL;
	struct span oid = { 0 };

	if (object->tag != TAG_SEQUENCE)
		return CCCD_ERR_DATA_MALFORMED;
	if (infos->count == CCCD_SECURITY_INFOS_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	TRY(tlv_expect(&reader, TAG_OID, &oid));
	info.protocol = span_bytes(oid);
	row = row_of(oid);
	if (row != NULL) {
		enum cccd_err err = row->read(oid, &reader, infos);

		if (err == CCCD_ERR_DATA_TOO_LARGE)
			return err;
		info.kind = row->kind;
		info.malformed = err != CCCD_OK;
		infos->malformed += info.malformed;
	}
	infos->all[infos->count++] = info;
	return CCCD_OK;
}

static enum cccd_err read_set(struct span set,
                              struct cccd_security_infos *infos)
{
	struct tlv_reader reader = { 0 };
	struct span elements = { 0 };
	struct tlv object = { 0 };

	memset(infos, 0, sizeof(*infos));
	TRY(tlv_only(set, TAG_SET, &elements));
	reader = tlv_open(elements);
	while (!tlv_at_end(&reader)) {
		TRY(tlv_next(&reader, &object));
		TRY(read_info(&object, infos));
	}
	return CCCD_OK;
}

enum cccd_err security_infos_parse(struct span set,
                                   struct cccd_security_infos *ret)
{
	/* Filled in place: too large for a second copy on the stack. */
	enum cccd_err err = read_set(set, ret);

	if (err != CCCD_OK)
		memset(ret, 0, sizeof(*ret));
	return err;
}

enum cccd_err dg14_parse(struct span file, struct cccd_security_infos *ret)
{
	struct span set = { 0 };

	TRY(tlv_only(file, TAG_DG14, &set));
	return security_infos_parse(set, ret);
}

/* An identifier that only one side gives neither binds nor excludes. */
static bool key_fits(const struct cccd_chip_auth_key_info *key,
                     const struct cccd_chip_auth_info *info, bool exactly)
{
	if (key->key_agreement != info->key_agreement)
		return false;
	if (key->has_key_id && info->has_key_id)
		return key->key_id == info->key_id;
	return !exactly;
}

static const struct cccd_chip_auth_key_info *
only_key(const struct cccd_security_infos *infos,
         const struct cccd_chip_auth_info *info, bool exactly)
{
	const struct cccd_chip_auth_key_info *found = NULL;

	for (size_t i = 0; i < infos->chip_auth_key_count; i++) {
		if (!key_fits(&infos->chip_auth_key[i], info, exactly))
			continue;
		if (found != NULL)
			return NULL;
		found = &infos->chip_auth_key[i];
	}
	return found;
}

const struct cccd_chip_auth_key_info *
security_infos_key_of(const struct cccd_security_infos *infos,
                      const struct cccd_chip_auth_info *info)
{
	const struct cccd_chip_auth_key_info *key = only_key(infos, info, true);

	return key != NULL ? key : only_key(infos, info, false);
}

static bool contains_raw(const struct cccd_security_infos *infos,
                         struct span raw)
{
	for (size_t i = 0; i < infos->count; i++)
		if (span_equal(bytes_span(infos->all[i].raw), raw))
			return true;
	return false;
}

bool security_infos_contain(const struct cccd_security_infos *whole,
                            const struct cccd_security_infos *part)
{
	for (size_t i = 0; i < part->count; i++)
		if (!contains_raw(whole, bytes_span(part->all[i].raw)))
			return false;
	return true;
}

enum digest_id digest_of(enum cccd_digest digest)
{
	switch (digest) {
	case CCCD_DIGEST_NONE: break;
	case CCCD_DIGEST_SHA1: return DIGEST_SHA1;
	case CCCD_DIGEST_SHA224: return DIGEST_SHA224;
	case CCCD_DIGEST_SHA256: return DIGEST_SHA256;
	case CCCD_DIGEST_SHA384: return DIGEST_SHA384;
	case CCCD_DIGEST_SHA512: return DIGEST_SHA512;
	}
	return DIGEST_NONE;
}
