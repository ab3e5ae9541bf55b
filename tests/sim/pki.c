/* SPDX-License-Identifier: Apache-2.0 */
/* Specimen certificates and their revocation list: 9303-12 7. */
#include "tests/sim/build.h"

enum { CRITICAL = true };

void sim_pki_release(struct sim_pki *pki)
{
	sim_signer_release(&pki->csca);
	sim_signer_release(&pki->ds);
}

static const char *scheme_of(const char *key)
{
	return strncmp(key, "rsa", 3) == 0 ? "pkcs1" : "ecdsa";
}

enum cccd_err sim_pki_make(const struct sim_profile *profile,
                           struct sim_pki *ret)
{
	CLEANUP(sim_pki_release)
	struct sim_pki pki = { .csca = { .secret = NULL } };
	const struct sim_pki_profile *country = &profile->pki;
	const struct sim_sod_profile *sod = &profile->sod;

	TRY(sim_signer_make(country->seed, country->name, country->key,
	                    scheme_of(country->key), country->hash, &pki.csca));
	TRY(sim_signer_make(country->seed, sod->signer, sod->key, sod->scheme,
	                    sod->hash, &pki.ds));
	pki.csca.explicit_domain = country->explicit_domain;
	pki.ds.explicit_domain = sod->explicit_domain;
	*ret = pki;
	memset(&pki, 0, sizeof(pki));
	return CCCD_OK;
}

/* One relative distinguished name. */
static void put_rdn(struct sim_der *der, const char *oid, unsigned int tag,
                    const char *text)
{
	size_t set = sim_der_open(der, 0x31);
	size_t pair = sim_der_open(der, 0x30);

	sim_der_oid(der, oid);
	sim_der_text(der, tag, text);
	sim_der_close(der, pair);
	sim_der_close(der, set);
}

/* Country as PrintableString. [9303-12 7.1.1.1] */
static void put_name(struct sim_der *der, const char *state,
                     const char *organisation, const char *name)
{
	size_t mark = sim_der_open(der, 0x30);

	put_rdn(der, "2.5.4.6", 0x13, state);
	put_rdn(der, "2.5.4.10", 0x0C, organisation);
	put_rdn(der, "2.5.4.3", 0x0C, name);
	sim_der_close(der, mark);
}

void sim_pki_issuer(const struct sim_profile *profile, struct sim_der *der)
{
	put_name(der, profile->pki.state, profile->pki.organisation,
	         profile->pki.name);
}

/* Eight octets of a digest, so that they are fixed and look the part. */
static void put_serial(struct sim_der *der, const char *seed, const char *name,
                       bool negative)
{
	struct digest digest;
	uint8_t serial[8];

	if (digest_compute_pair(DIGEST_SHA256, span_text(seed), span_text(name),
	                        &digest) != CCCD_OK) {
		der->err = CCCD_ERR_CRYPTO_FAILED;
		return;
	}
	memcpy(serial, digest.bytes, sizeof(serial));
	serial[0] = (uint8_t)((serial[0] & 0x3F) | 0x40);
	/* Forbidden, and seen: the sign bit without its zero octet. */
	if (negative)
		serial[0] |= 0x80;
	sim_der_put(der, 0x02, SPAN(serial));
}

void sim_pki_ds_serial(const struct sim_profile *profile, struct sim_der *der)
{
	put_serial(der, profile->pki.seed, profile->sod.signer, false);
}

/* UTCTime to 2049, GeneralizedTime after. [RFC 5280 4.1.2.5] */
static void put_time(struct sim_der *der, const char *when)
{
	if (strlen(when) != 15)
		der->err = CCCD_ERR_DATA_MALFORMED;
	else if (memcmp(when, "2050", 4) < 0)
		sim_der_text(der, 0x17, when + 2);
	else
		sim_der_text(der, 0x18, when);
}

/* An extension around the DER of its value. */
static void put_extension(struct sim_der *der, const char *oid, bool critical,
                          struct sim_der *value)
{
	static const uint8_t yes = 0xFF;
	size_t mark = sim_der_open(der, 0x30);

	sim_der_oid(der, oid);
	if (critical)
		sim_der_put(der, 0x01, span_of(&yes, 1));
	if (value->err != CCCD_OK)
		der->err = value->err;
	sim_der_put(der, 0x04, buf_span(&value->out));
	sim_der_close(der, mark);
}

/* SHA-1 of the public key's bits. [RFC 5280 4.2.1.2] */
enum cccd_err sim_pki_key_id(const struct sim_signer *signer,
                             struct digest *ret)
{
	SIM_DER key = sim_der_make();
	struct span rest;
	struct span body;
	struct span bits;
	uint32_t tag;

	TRY(sim_signer_public_key(signer, &key));
	rest = buf_span(&key.out);
	if (!sim_der_next(&rest, &tag, &body) ||
	    !sim_der_find(body, 0x03, &bits))
		return CCCD_ERR_INTERNAL;
	return digest_compute(DIGEST_SHA1, span_after(bits, 1), ret);
}

static void put_key_ids(struct sim_der *der, const struct sim_signer *subject,
                        const struct sim_signer *issuer)
{
	struct digest id = { .len = 0 };
	SIM_DER own = sim_der_make();
	SIM_DER above = sim_der_make();
	size_t mark = sim_der_open(&above, 0x30);

	if (sim_pki_key_id(subject, &id) != CCCD_OK)
		own.err = CCCD_ERR_CRYPTO_FAILED;
	sim_der_put(&own, 0x04, digest_span(&id));
	put_extension(der, "2.5.29.14", !CRITICAL, &own);
	if (sim_pki_key_id(issuer, &id) != CCCD_OK)
		above.err = CCCD_ERR_CRYPTO_FAILED;
	sim_der_put(&above, 0x80, digest_span(&id));
	sim_der_close(&above, mark);
	put_extension(der, "2.5.29.35", !CRITICAL, &above);
}

/* Bits of KeyUsage: digitalSignature 0, keyCertSign 5, cRLSign 6. */
static void put_key_usage(struct sim_der *der, uint8_t bits, uint8_t unused)
{
	SIM_DER usage = sim_der_make();
	uint8_t value[2] = { unused, bits };

	sim_der_put(&usage, 0x03, SPAN(value));
	put_extension(der, "2.5.29.15", CRITICAL, &usage);
}

/* BasicConstraints with CA true and path length 0. */
static void put_ca(struct sim_der *der)
{
	static const uint8_t yes = 0xFF;
	SIM_DER constraints = sim_der_make();
	size_t mark = sim_der_open(&constraints, 0x30);

	sim_der_put(&constraints, 0x01, span_of(&yes, 1));
	sim_der_uint(&constraints, 0);
	sim_der_close(&constraints, mark);
	put_extension(der, "2.5.29.19", CRITICAL, &constraints);
}

/* PrivateKeyUsagePeriod. [RFC 3280 4.2.1.4; 9303-12 7.1.1] */
static void put_usage_period(struct sim_der *der, const char *from,
                             const char *to)
{
	SIM_DER period = sim_der_make();
	size_t mark = sim_der_open(&period, 0x30);

	if (from[0] == '\0')
		return;
	sim_der_text(&period, 0x80, from);
	sim_der_text(&period, 0x81, to);
	sim_der_close(&period, mark);
	put_extension(der, "2.5.29.16", !CRITICAL, &period);
}

/* Where its list would be. [9303-12 7.1.1] */
static void put_crl_point(struct sim_der *der)
{
	SIM_DER points = sim_der_make();
	size_t list = sim_der_open(&points, 0x30);
	size_t point = sim_der_open(&points, 0x30);
	size_t name = sim_der_open(&points, 0xA0);
	size_t full = sim_der_open(&points, 0xA0);

	sim_der_text(&points, 0x86, "http://specimen.invalid/csca.crl");
	sim_der_close(&points, full);
	sim_der_close(&points, name);
	sim_der_close(&points, point);
	sim_der_close(&points, list);
	put_extension(der, "2.5.29.31", !CRITICAL, &points);
}

/* DocumentType list: passports and cards. [9303-12 7.1.1.6] */
static void put_document_types(struct sim_der *der)
{
	SIM_DER list = sim_der_make();
	size_t mark = sim_der_open(&list, 0x30);
	size_t types;

	sim_der_uint(&list, 0);
	types = sim_der_open(&list, 0x31);
	sim_der_text(&list, 0x13, "P");
	sim_der_text(&list, 0x13, "ID");
	sim_der_close(&list, types);
	sim_der_close(&list, mark);
	put_extension(der, "2.23.136.1.1.6.2", !CRITICAL, &list);
}

static void put_comment(struct sim_der *der, size_t pad)
{
	SIM_DER comment = sim_der_make();
	BUF text = buf_make(8192);

	if (pad == 0)
		return;
	while (text.len < pad && der->err == CCCD_OK)
		der->err = buf_append_byte(&text, 'S');
	sim_der_put(&comment, 0x16, buf_span(&text));
	put_extension(der, "2.16.840.1.113730.1.13", !CRITICAL, &comment);
}

/* An extension that nobody knows but must. */
static void put_unknown(struct sim_der *der)
{
	SIM_DER value = sim_der_make();

	sim_der_put(&value, 0x05, span_of(NULL, 0));
	put_extension(der, "2.999.2", CRITICAL, &value);
}

/* Body, algorithm, signature. */
static enum cccd_err sign_body(struct sim_signer *issuer, struct sim_der *body,
                               struct buf *ret)
{
	SIM_DER whole = sim_der_make();
	BUF signature = buf_make(1024);
	size_t mark = sim_der_open(&whole, 0x30);

	TRY(body->err);
	TRY(sim_signer_sign(issuer, buf_span(&body->out), &signature));
	sim_der_raw(&whole, buf_span(&body->out));
	sim_signer_algorithm(issuer, &whole);
	sim_der_bits(&whole, buf_span(&signature));
	sim_der_close(&whole, mark);
	return sim_der_take(&whole, ret);
}

static void put_validity(struct sim_der *der, const char *from, const char *to)
{
	size_t mark = sim_der_open(der, 0x30);

	put_time(der, from);
	put_time(der, to);
	sim_der_close(der, mark);
}

static void put_version(struct sim_der *der)
{
	size_t mark = sim_der_open(der, 0xA0);

	sim_der_uint(der, 2);
	sim_der_close(der, mark);
}

static void put_csca_extensions(const struct sim_profile *profile,
                                const struct sim_pki *pki, struct sim_der *der)
{
	size_t wrap = sim_der_open(der, 0xA3);
	size_t list = sim_der_open(der, 0x30);

	put_key_ids(der, &pki->csca, &pki->csca);
	put_key_usage(der, 0x06, 1);
	put_ca(der);
	put_usage_period(der, profile->pki.from, profile->pki.to);
	put_crl_point(der);
	sim_der_close(der, list);
	sim_der_close(der, wrap);
}

enum cccd_err sim_pki_csca(const struct sim_profile *profile,
                           struct sim_pki *pki, struct buf *ret)
{
	SIM_DER body = sim_der_make();
	size_t mark = sim_der_open(&body, 0x30);

	put_version(&body);
	put_serial(&body, profile->pki.seed, profile->pki.name,
	           profile->pki.negative_serial);
	sim_signer_algorithm(&pki->csca, &body);
	sim_pki_issuer(profile, &body);
	put_validity(&body, profile->pki.from, profile->pki.to);
	sim_pki_issuer(profile, &body);
	TRY(sim_signer_public_key(&pki->csca, &body));
	put_csca_extensions(profile, pki, &body);
	sim_der_close(&body, mark);
	return sign_body(&pki->csca, &body, ret);
}

static void put_ds_extensions(const struct sim_profile *profile,
                              const struct sim_pki *pki, size_t pad,
                              struct sim_der *der)
{
	const struct sim_sod_profile *sod = &profile->sod;
	size_t wrap = sim_der_open(der, 0xA3);
	size_t list = sim_der_open(der, 0x30);

	put_key_ids(der, &pki->ds, &pki->csca);
	if (sod->key_usage_wrong)
		put_key_usage(der, 0x20, 5); /* keyEncipherment */
	else
		put_key_usage(der, 0x80, 7); /* digitalSignature */
	if (sod->is_ca)
		put_ca(der);
	put_usage_period(der, sod->usage_from, sod->usage_to);
	put_crl_point(der);
	if (sod->document_types)
		put_document_types(der);
	put_comment(der, pad);
	if (sod->unknown_critical)
		put_unknown(der);
	sim_der_close(der, list);
	sim_der_close(der, wrap);
}

/* Another state's signer, or one that this CSCA never signed. */
static enum cccd_err sign_ds(const struct sim_profile *profile,
                             struct sim_pki *pki, struct sim_der *body,
                             struct buf *ret)
{
	CLEANUP(sim_signer_release)
	struct sim_signer other = { .secret = NULL };

	if (!profile->sod.other_csca)
		return sign_body(&pki->csca, body, ret);
	TRY(sim_signer_make("another", profile->pki.name, profile->pki.key,
	                    scheme_of(profile->pki.key), profile->pki.hash,
	                    &other));
	return sign_body(&other, body, ret);
}

enum cccd_err sim_pki_ds(const struct sim_profile *profile, struct sim_pki *pki,
                         size_t pad, struct buf *ret)
{
	const struct sim_sod_profile *sod = &profile->sod;
	const char *state =
	        sod->state[0] != '\0' ? sod->state : profile->pki.state;
	SIM_DER body = sim_der_make();
	size_t mark = sim_der_open(&body, 0x30);

	put_version(&body);
	sim_pki_ds_serial(profile, &body);
	sim_signer_algorithm(&pki->csca, &body);
	sim_pki_issuer(profile, &body);
	put_validity(&body, sod->from, sod->to);
	put_name(&body, state, profile->pki.organisation, sod->signer);
	TRY(sim_signer_public_key(&pki->ds, &body));
	put_ds_extensions(profile, pki, pad, &body);
	sim_der_close(&body, mark);
	return sign_ds(profile, pki, &body, ret);
}

static void put_revoked(const struct sim_profile *profile, struct sim_der *der)
{
	size_t list = sim_der_open(der, 0x30);
	size_t entry = sim_der_open(der, 0x30);

	sim_pki_ds_serial(profile, der);
	put_time(der, profile->pki.crl_from);
	sim_der_close(der, entry);
	sim_der_close(der, list);
}

static void put_crl_extensions(const struct sim_pki *pki, struct sim_der *der)
{
	size_t wrap = sim_der_open(der, 0xA0);
	size_t list = sim_der_open(der, 0x30);
	struct digest id = { .len = 0 };
	SIM_DER above = sim_der_make();
	SIM_DER number = sim_der_make();
	size_t mark = sim_der_open(&above, 0x30);

	if (sim_pki_key_id(&pki->csca, &id) != CCCD_OK)
		above.err = CCCD_ERR_CRYPTO_FAILED;
	sim_der_put(&above, 0x80, digest_span(&id));
	sim_der_close(&above, mark);
	put_extension(der, "2.5.29.35", !CRITICAL, &above);
	sim_der_uint(&number, 1);
	put_extension(der, "2.5.29.20", !CRITICAL, &number);
	sim_der_close(der, list);
	sim_der_close(der, wrap);
}

/* [9303-12 7.1.4] */
enum cccd_err sim_pki_crl(const struct sim_profile *profile,
                          struct sim_pki *pki, struct buf *ret)
{
	SIM_DER body = sim_der_make();
	size_t mark = sim_der_open(&body, 0x30);

	sim_der_uint(&body, 1);
	sim_signer_algorithm(&pki->csca, &body);
	sim_pki_issuer(profile, &body);
	put_time(&body, profile->pki.crl_from);
	put_time(&body, profile->pki.crl_to);
	if (profile->pki.revoke_ds)
		put_revoked(profile, &body);
	put_crl_extensions(pki, &body);
	sim_der_close(&body, mark);
	return sign_body(&pki->csca, &body, ret);
}
