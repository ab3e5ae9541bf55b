/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and CRLs by hand, so that every field may be wrong. */
#include <openssl/objects.h>

#include "tests/apdu/auth/zoo/zoo.h"

static void put_name(struct buf *out, const char *country,
                     const char *common_name)
{
	size_t name = der_begin(out);
	const struct {
		const char *oid;
		unsigned int tag;
		const char *text;
	} parts[] = {
		{ "2.5.4.6", 0x13, country },
		{ "2.5.4.10", 0x0C, "Zoo" },
		{ "2.5.4.3", 0x0C, common_name },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		size_t mark = der_begin(out);

		if (parts[i].text == NULL)
			continue;
		der_oid(out, parts[i].oid);
		der_text(out, parts[i].tag, parts[i].text);
		der_end(out, mark, 0x30);
		der_end(out, mark, 0x31);
	}
	der_end(out, name, 0x30);
}

static void put_extension(struct buf *out, const char *oid, bool critical,
                          struct span value)
{
	static const uint8_t yes = 0xFF;
	size_t mark = der_begin(out);

	der_oid(out, oid);
	if (critical)
		der_put(out, 0x01, span_of(&yes, 1));
	der_put(out, 0x04, value);
	der_end(out, mark, 0x30);
}

void zoo_key_id(EVP_PKEY *key, struct digest *ret)
{
	BUF spki = der_new();

	zoo_spki(key, false, &spki);
	if (digest_compute(DIGEST_SHA1, buf_span(&spki), ret) != CCCD_OK)
		abort();
}

static void put_key_ids(struct buf *out, const struct zoo_certificate *spec)
{
	BUF value = der_new();
	struct digest id = { 0 };
	size_t mark = 0;

	zoo_key_id(spec->key, &id);
	der_put(&value, 0x04, digest_span(&id));
	put_extension(out, "2.5.29.14", false, buf_span(&value));
	if (spec->defect == ZOO_DS_EXTENSION_TWICE)
		put_extension(out, "2.5.29.14", false, buf_span(&value));
	if (spec->defect == ZOO_DS_NO_AKI)
		return;
	buf_reset(&value);
	zoo_key_id(spec->issuer_key, &id);
	id.bytes[0] ^= spec->defect == ZOO_DS_AKI_OTHER;
	mark = der_begin(&value);
	if (spec->defect != ZOO_DS_AKI_EMPTY)
		der_put(&value, 0x80, digest_span(&id));
	der_end(&value, mark, 0x30);
	put_extension(out, "2.5.29.35", false, buf_span(&value));
}

static void put_key_usage(struct buf *out, const struct zoo_certificate *spec)
{
	static const uint8_t signs[] = { 7, 0x80 };
	static const uint8_t agrees[] = { 3, 0x08 };
	static const uint8_t certifies[] = { 1, 0x06 };
	BUF value = der_new();
	struct span bits = spec->is_ca ? SPAN(certifies) : SPAN(signs);

	if (spec->defect == ZOO_DS_NO_KEY_USAGE)
		return;
	if (spec->defect == ZOO_DS_KEY_USAGE_OTHER)
		bits = SPAN(agrees);
	der_put(&value, 0x03, bits);
	put_extension(out, "2.5.29.15",
	              spec->defect != ZOO_DS_KEY_USAGE_NOT_CRITICAL,
	              buf_span(&value));
}

static void put_basic_constraints(struct buf *out,
                                  const struct zoo_certificate *spec)
{
	static const uint8_t ca[] = { 0x30, 0x06, 0x01, 0x01,
		                      0xFF, 0x02, 0x01, 0x00 };

	if (spec->is_ca || spec->defect == ZOO_DS_IS_CA)
		put_extension(out, "2.5.29.19", true, SPAN(ca));
}

/* GeneralizedTime under implicit tags [0] and [1]. */
static void put_usage_period(struct buf *out,
                             const struct zoo_certificate *spec)
{
	BUF value = der_new();
	size_t mark = der_begin(&value);
	size_t first = 0;
	size_t second = 0;

	if (spec->usage_to == 0)
		return;
	first = value.len;
	der_time(&value, spec->usage_from, true);
	second = value.len;
	der_time(&value, spec->usage_to, true);
	value.at[first] = 0x80;
	value.at[second] = 0x81;
	der_end(&value, mark, 0x30);
	put_extension(out, "2.5.29.16", false, buf_span(&value));
}

static void put_document_types(struct buf *out, struct span set)
{
	BUF value = der_new();

	der_number(&value, 0);
	der_raw(&value, set);
	der_end(&value, 0, 0x30);
	put_extension(out, "2.23.136.1.1.6.2", false, buf_span(&value));
}

static void put_others(struct buf *out, const struct zoo_certificate *spec)
{
	static const uint8_t null[] = { 0x05, 0x00 };
	BUF value = der_new();
	size_t mark = der_begin(&value);

	if (spec->eku != NULL) {
		der_oid(&value, spec->eku);
		der_end(&value, mark, 0x30);
		put_extension(out, "2.5.29.37", true, buf_span(&value));
	}
	if (spec->document_type != NULL) {
		buf_reset(&value);
		der_text(&value, 0x13, spec->document_type);
		der_text(&value, 0x13, "AC");
		der_end(&value, 0, 0x31);
		put_document_types(out, buf_span(&value));
	}
	if (spec->name_change)
		put_extension(out, "2.23.136.1.1.6.1", false, SPAN(null));
	if (spec->defect == ZOO_DS_UNKNOWN_CRITICAL)
		put_extension(out, "1.3.6.1.4.1.99999.1", true, SPAN(null));
}

static void put_extensions(struct buf *out, const struct zoo_certificate *spec)
{
	size_t mark = der_begin(out);

	put_key_ids(out, spec);
	put_key_usage(out, spec);
	put_basic_constraints(out, spec);
	put_usage_period(out, spec);
	put_others(out, spec);
	der_end(out, mark, 0x30);
	der_end(out, mark, 0xA3);
}

static void put_key(struct buf *out, const struct zoo_certificate *spec)
{
	BUF spki = der_new();

	if (spec->defect == ZOO_DS_NO_KEY)
		return;
	if (spec->explicit_curve)
		zoo_explicit_spki(spec->key, spec->defect, &spki);
	else
		zoo_spki(spec->key, false, &spki);
	if (spec->defect == ZOO_DS_KEY_MD5)
		/* 1.2.840.113549.1.1.1 becomes …1.1.4 */
		for (size_t i = 0; i + 2 < 32; i++)
			if (memcmp(spki.at + i, "\x0D\x01\x01\x01", 4) == 0)
				spki.at[i + 3] = 4;
	der_raw(out, buf_span(&spki));
}

static void put_validity(struct buf *out, const struct zoo_certificate *spec)
{
	size_t mark = der_begin(out);
	bool general = spec->defect == ZOO_DS_TIME_FORM;

	if (spec->defect == ZOO_DS_NO_VALIDITY)
		return;
	der_time(out, spec->from, general);
	der_time(out, spec->to, general || spec->to >= 2524608000LL);
	der_end(out, mark, 0x30);
}

static void put_version(struct buf *out, enum zoo_defect defect)
{
	size_t mark = der_begin(out);

	if (defect == ZOO_DS_NO_VERSION)
		return;
	der_number(out, defect == ZOO_DS_VERSION_1 ? 0 : 2);
	der_end(out, mark, 0xA0);
}

static void put_issuer(struct buf *out, const struct zoo_certificate *spec)
{
	const char *country = spec->issuer_country;
	const char *common_name = spec->issuer_common_name;

	if (spec->defect == ZOO_DS_NO_ISSUER)
		return;
	if (spec->defect == ZOO_DS_ISSUER_NO_COUNTRY)
		country = NULL;
	if (spec->defect == ZOO_DS_ISSUER_OTHER)
		common_name = "Somebody else";
	put_name(out, country, common_name);
}

static void put_tbs(struct buf *out, const struct zoo_certificate *spec)
{
	size_t mark = der_begin(out);
	enum digest_id inner = spec->digest;

	if (spec->defect == ZOO_DS_ALGORITHMS_DIFFER)
		inner = inner == DIGEST_SHA256 ? DIGEST_SHA384 : DIGEST_SHA256;
	put_version(out, spec->defect);
	if (spec->defect != ZOO_DS_NO_SERIAL)
		der_number(out, spec->serial);
	if (spec->defect != ZOO_DS_NO_INNER_ALGORITHM)
		zoo_algorithm(spec->alg, inner, out);
	put_issuer(out, spec);
	put_validity(out, spec);
	put_name(out, spec->country, spec->common_name);
	put_key(out, spec);
	put_extensions(out, spec);
	der_end(out, mark, 0x30);
}

void zoo_certificate(const struct zoo_certificate *spec, struct buf *ret)
{
	struct zoo_certificate full = *spec;
	BUF signature = der_new();
	BUF tbs = der_new();
	size_t mark = 0;

	if (full.issuer_key == NULL) {
		full.issuer_key = full.key;
		full.issuer_country = full.country;
		full.issuer_common_name = full.common_name;
	}
	if (full.digest == DIGEST_NONE)
		full.digest = DIGEST_SHA256;
	put_tbs(&tbs, &full);
	zoo_sign(full.issuer_key, full.alg, full.digest, buf_span(&tbs),
	         &signature);
	if (full.defect == ZOO_DS_SIGNATURE)
		signature.at[signature.len - 3] ^= 1;
	*ret = der_new();
	mark = der_begin(ret);
	der_raw(ret, buf_span(&tbs));
	if (full.defect != ZOO_DS_NO_ALGORITHM)
		zoo_algorithm(full.alg, full.digest, ret);
	if (full.defect != ZOO_DS_NO_SIGNATURE)
		der_bits(ret, buf_span(&signature));
	der_end(ret, mark, 0x30);
}

static void put_crl_extensions(struct buf *out, const struct zoo_crl *spec)
{
	static const uint8_t number[] = { 0x02, 0x01, 0x05 };
	BUF value = der_new();
	struct digest id = { 0 };
	size_t list = der_begin(out);
	size_t mark = der_begin(&value);

	zoo_key_id(spec->key, &id);
	der_put(&value, 0x80, digest_span(&id));
	der_end(&value, mark, 0x30);
	put_extension(out, "2.5.29.35", false, buf_span(&value));
	put_extension(out, "2.5.29.20", false, SPAN(number));
	if (spec->delta)
		put_extension(out, "2.5.29.27", true, SPAN(number));
	der_end(out, list, 0x30);
	der_end(out, list, 0xA0);
}

static void put_crl_tbs(struct buf *out, const struct zoo_crl *spec)
{
	size_t whole = der_begin(out);
	size_t list = 0;

	der_number(out, 1);
	zoo_algorithm(spec->alg, spec->digest, out);
	put_name(out, spec->country, spec->common_name);
	der_time(out, spec->this_update, false);
	if (spec->next_update != 0)
		der_time(out, spec->next_update, false);
	list = der_begin(out);
	for (size_t i = 0; i < spec->count; i++) {
		size_t mark = der_begin(out);

		der_number(out, spec->serials[i]);
		der_time(out, spec->this_update, false);
		der_end(out, mark, 0x30);
	}
	if (spec->count > 0)
		der_end(out, list, 0x30);
	put_crl_extensions(out, spec);
	der_end(out, whole, 0x30);
}

void zoo_crl(const struct zoo_crl *spec, struct buf *ret)
{
	BUF tbs = der_new();
	BUF signature = der_new();
	size_t mark = 0;

	put_crl_tbs(&tbs, spec);
	zoo_sign(spec->key, spec->alg, spec->digest, buf_span(&tbs),
	         &signature);
	signature.at[signature.len - 3] ^= spec->bad_signature;
	*ret = der_new();
	mark = der_begin(ret);
	der_raw(ret, buf_span(&tbs));
	zoo_algorithm(spec->alg, spec->digest, ret);
	der_bits(ret, buf_span(&signature));
	der_end(ret, mark, 0x30);
}
