/* SPDX-License-Identifier: Apache-2.0 */
/* Signers by name: the country's and the document's. [9303-12 4] */
#include "tests/sim/sign.h"

static const struct key_row {
	const char *name;
	unsigned int domain;
	unsigned int bits;
} key_rows[] = {
	{ "p224", 10, 0 },      { "p256", 12, 0 },      { "p384", 15, 0 },
	{ "p521", 18, 0 },      { "bp256", 13, 0 },     { "bp384", 16, 0 },
	{ "bp512", 17, 0 },     { "rsa2048", 0, 2048 }, { "rsa3072", 0, 3072 },
	{ "rsa4096", 0, 4096 },
};

static const char *const scheme_names[] = { "ecdsa", "pkcs1", "pss" };

static const struct digest_row {
	const char *oid;
	const char *ecdsa;
	const char *rsa;
} digest_rows[] = {
	[DIGEST_SHA1] = { "1.3.14.3.2.26", "1.2.840.10045.4.1",
	                  "1.2.840.113549.1.1.5" },
	[DIGEST_SHA224] = { "2.16.840.1.101.3.4.2.4", "1.2.840.10045.4.3.1",
	                    "1.2.840.113549.1.1.14" },
	[DIGEST_SHA256] = { "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2",
	                    "1.2.840.113549.1.1.11" },
	[DIGEST_SHA384] = { "2.16.840.1.101.3.4.2.2", "1.2.840.10045.4.3.3",
	                    "1.2.840.113549.1.1.12" },
	[DIGEST_SHA512] = { "2.16.840.1.101.3.4.2.3", "1.2.840.10045.4.3.4",
	                    "1.2.840.113549.1.1.13" },
};

void sim_signer_release(struct sim_signer *signer)
{
	sim_group_release(&signer->group);
	sim_number_release(&signer->secret);
	sim_element_release(&signer->public_key);
	sim_rsa_release(&signer->rsa);
}

static const struct key_row *key_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(key_rows); i++) {
		if (strcmp(key_rows[i].name, name) == 0)
			return &key_rows[i];
	}
	return NULL;
}

static bool scheme_of(const char *name, enum sim_scheme *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(scheme_names); i++) {
		if (strcmp(scheme_names[i], name) == 0) {
			*ret = (enum sim_scheme)i;
			return true;
		}
	}
	return false;
}

static enum cccd_err make_key(struct sim_signer *signer,
                              const struct key_row *row)
{
	SIM_ELEMENT base = { .point = NULL };

	if (row->bits != 0)
		return sim_rsa_make(&signer->rng, row->bits, 65537,
		                    &signer->rsa);
	TRY(sim_group_open(row->domain, &signer->group));
	TRY(sim_group_private(&signer->group, &signer->rng, &signer->secret));
	TRY(sim_group_generator(&signer->group, &base));
	return sim_group_power(&signer->group, &base, signer->secret,
	                       &signer->public_key);
}

enum cccd_err sim_signer_make(const char *seed, const char *purpose,
                              const char *key, const char *scheme,
                              const char *hash, struct sim_signer *ret)
{
	CLEANUP(sim_signer_release)
	struct sim_signer signer = { .digest = sim_digest_by_name(hash) };
	const struct key_row *row = key_of(key);

	if (row == NULL || signer.digest == DIGEST_NONE ||
	    !scheme_of(scheme, &signer.scheme) ||
	    (row->bits != 0) != (signer.scheme != SIM_SCHEME_ECDSA))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	TRY(sim_rng_init(seed, purpose, &signer.rng));
	TRY(make_key(&signer, row));
	*ret = signer;
	memset(&signer, 0, sizeof(signer));
	return CCCD_OK;
}

void sim_digest_algorithm(enum digest_id id, struct sim_der *der)
{
	size_t mark = sim_der_open(der, 0x30);

	sim_der_oid(der, digest_rows[id].oid);
	sim_der_close(der, mark);
}

/* RSASSA-PSS-params with MGF1 of the same digest. [RFC 4055 3.1] */
static void pss_params(enum digest_id id, struct sim_der *der)
{
	size_t mark = sim_der_open(der, 0x30);
	size_t item = sim_der_open(der, 0xA0);
	size_t mgf;

	sim_digest_algorithm(id, der);
	sim_der_close(der, item);
	item = sim_der_open(der, 0xA1);
	mgf = sim_der_open(der, 0x30);
	sim_der_oid(der, "1.2.840.113549.1.1.8");
	sim_digest_algorithm(id, der);
	sim_der_close(der, mgf);
	sim_der_close(der, item);
	item = sim_der_open(der, 0xA2);
	sim_der_uint(der, (unsigned int)digest_len(id));
	sim_der_close(der, item);
	sim_der_close(der, mark);
}

void sim_signer_algorithm(const struct sim_signer *signer, struct sim_der *der)
{
	size_t mark = sim_der_open(der, 0x30);

	switch (signer->scheme) {
	case SIM_SCHEME_ECDSA:
		sim_der_oid(der, digest_rows[signer->digest].ecdsa);
		break;
	case SIM_SCHEME_PKCS1:
		sim_der_oid(der, digest_rows[signer->digest].rsa);
		sim_der_put(der, 0x05, span_of(NULL, 0));
		break;
	case SIM_SCHEME_PSS:
		sim_der_oid(der, "1.2.840.113549.1.1.10");
		pss_params(signer->digest, der);
		break;
	}
	sim_der_close(der, mark);
}

/* EMSA-PKCS1-v1_5. [RFC 8017 9.2] */
static enum cccd_err encode_pkcs1(const struct sim_signer *signer,
                                  const struct digest *digest, struct buf *ret)
{
	SIM_DER info = sim_der_make();
	size_t mark = sim_der_open(&info, 0x30);
	size_t algorithm = sim_der_open(&info, 0x30);
	static const uint8_t head[] = { 0x00, 0x01 };

	sim_der_oid(&info, digest_rows[signer->digest].oid);
	sim_der_put(&info, 0x05, span_of(NULL, 0));
	sim_der_close(&info, algorithm);
	sim_der_put(&info, 0x04, digest_span(digest));
	sim_der_close(&info, mark);
	TRY(info.err);
	TRY(buf_append(ret, SPAN(head)));
	while (ret->len + 1 + info.out.len < signer->rsa.len)
		TRY(buf_append_byte(ret, 0xFF));
	TRY(buf_append_byte(ret, 0x00));
	return sim_der_take(&info, ret);
}

/* MGF1 into @mask by exclusive or. [RFC 8017 B.2.1] */
static enum cccd_err mask_with(enum digest_id id, struct span seed,
                               uint8_t *mask, size_t len)
{
	for (uint8_t counter = 0; len > 0; counter++) {
		uint8_t number[4] = { 0, 0, 0, counter };
		struct digest block;
		size_t part;

		TRY(digest_compute_pair(id, seed, SPAN(number), &block));
		part = len < block.len ? len : block.len;
		for (size_t i = 0; i < part; i++)
			*mask++ ^= block.bytes[i];
		len -= part;
	}
	return CCCD_OK;
}

/* EMSA-PSS with a salt as long as the digest. [RFC 8017 9.1.1] */
static enum cccd_err encode_pss(struct sim_signer *signer,
                                const struct digest *digest, struct buf *ret)
{
	uint8_t message[8 + 2 * DIGEST_MAX] = { 0 };
	uint8_t *salt = message + 8 + digest->len;
	struct digest h;
	size_t db = signer->rsa.len - digest->len - 1;

	memcpy(message + 8, digest->bytes, digest->len);
	TRY(sim_rng_fill(&signer->rng, salt, digest->len));
	TRY(digest_compute(signer->digest,
	                   span_of(message, 8 + 2 * digest->len), &h));
	while (ret->len + digest->len + 1 < db)
		TRY(buf_append_byte(ret, 0));
	TRY(buf_append_byte(ret, 0x01));
	TRY(buf_append(ret, span_of(salt, digest->len)));
	TRY(mask_with(signer->digest, digest_span(&h), ret->at, db));
	ret->at[0] &= 0x7F;
	TRY(buf_append(ret, digest_span(&h)));
	return buf_append_byte(ret, 0xBC);
}

enum cccd_err sim_signer_sign(struct sim_signer *signer, struct span data,
                              struct buf *ret)
{
	struct digest digest;
	BUF block = buf_make(640);

	TRY(digest_compute(signer->digest, data, &digest));
	switch (signer->scheme) {
	case SIM_SCHEME_ECDSA:
		return sim_ecdsa(&signer->group, signer->secret, &signer->rng,
		                 digest_span(&digest), true, ret);
	case SIM_SCHEME_PKCS1:
		TRY(encode_pkcs1(signer, &digest, &block));
		break;
	case SIM_SCHEME_PSS: TRY(encode_pss(signer, &digest, &block)); break;
	}
	return sim_rsa_private(&signer->rsa, buf_span(&block), ret);
}

enum cccd_err sim_signer_public_key(const struct sim_signer *signer,
                                    struct sim_der *der)
{
	if (signer->scheme != SIM_SCHEME_ECDSA)
		return sim_rsa_public_key(&signer->rsa, der);
	return sim_group_public_key(&signer->group, &signer->public_key,
	                            signer->explicit_domain, der);
}
