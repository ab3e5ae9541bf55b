/* SPDX-License-Identifier: Apache-2.0 */
/* CMS SignedData by hand, so that every field may be wrong. */
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "apdu/auth/certificate.h"
#include "tests/apdu/auth/zoo/zoo.h"

enum { ATTRIBUTES = 5 };

static void put_attribute(struct buf *out, const char *oid, struct span value)
{
	size_t mark = der_begin(out);
	size_t set = 0;

	der_oid(out, oid);
	set = der_begin(out);
	der_raw(out, value);
	der_end(out, set, 0x31);
	der_end(out, mark, 0x30);
}

static void put_content_type(struct buf *out, const struct zoo_signed *spec)
{
	BUF value = der_new();

	if (spec->defect == ZOO_SI_TYPE_MISSING)
		return;
	der_oid(&value, spec->defect == ZOO_SI_TYPE_OTHER
	                        ? "1.2.840.113549.1.7.1"
	                        : spec->content_type);
	put_attribute(out, "1.2.840.113549.1.9.3", buf_span(&value));
	if (spec->defect == ZOO_SI_TYPE_TWICE)
		put_attribute(out, "1.2.840.113549.1.9.3", buf_span(&value));
}

static void put_message_digest(struct buf *out, const struct zoo_signed *spec)
{
	enum digest_id id = spec->attribute_digest;
	struct digest digest = { 0 };
	BUF value = der_new();

	if (spec->defect == ZOO_SI_DIGEST_MISSING)
		return;
	if (digest_compute(id == DIGEST_NONE ? DIGEST_SHA256 : id,
	                   spec->content, &digest) != CCCD_OK)
		abort();
	digest.bytes[0] ^= spec->defect == ZOO_SI_DIGEST_WRONG;
	der_put(&value, 0x04, digest_span(&digest));
	put_attribute(out, "1.2.840.113549.1.9.4", buf_span(&value));
	if (spec->defect == ZOO_SI_DIGEST_TWICE)
		put_attribute(out, "1.2.840.113549.1.9.4", buf_span(&value));
}

static void put_signing_time(struct buf *out, const struct zoo_signed *spec)
{
	BUF value = der_new();

	if (spec->defect == ZOO_SI_NO_TIME)
		return;
	der_time(&value, ZOO_SIGNED, false);
	put_attribute(out, "1.2.840.113549.1.9.5", buf_span(&value));
	if (spec->defect == ZOO_SI_TIME_TWICE)
		put_attribute(out, "1.2.840.113549.1.9.5", buf_span(&value));
}

/* The attributes as they are signed. DER order is by length here. */
static void put_attributes(struct buf *out, const struct zoo_signed *spec,
                           bool reversed)
{
	if (reversed) {
		put_message_digest(out, spec);
		put_signing_time(out, spec);
		put_content_type(out, spec);
	} else {
		put_content_type(out, spec);
		put_signing_time(out, spec);
		put_message_digest(out, spec);
	}
}

/*
 * What a careless verifier takes: the digest at the very end of an RSA
 * plaintext that is no padding at all. With exponent 3 anybody finds a
 * number whose cube ends so; here the private key makes it.
 */
static void forge_suffix(EVP_PKEY *key, struct span digest, struct buf *ret)
{
	BIGNUM *n = NULL;
	BIGNUM *d = NULL;
	BIGNUM *m = NULL;
	BN_CTX *ctx = BN_CTX_new();
	uint8_t block[512] = { 0 };
	size_t len = (size_t)EVP_PKEY_get_size(key);

	block[1] = 0x42;
	memcpy(block + len - digest.len, digest.at, digest.len);
	m = BN_bin2bn(block, (int)len, NULL);
	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_D, &d) != 1 ||
	    BN_mod_exp(m, m, d, n, ctx) != 1 ||
	    BN_bn2binpad(m, block, (int)len) != (int)len)
		abort();
	buf_reset(ret);
	der_raw(ret, span_of(block, len));
	BN_free(n);
	BN_free(d);
	BN_free(m);
	BN_CTX_free(ctx);
}

static void make_signature(const struct zoo_signed *spec, struct buf *ret)
{
	BUF set = der_new();
	struct digest digest = { 0 };
	size_t mark = der_begin(&set);

	put_attributes(&set, spec, spec->defect == ZOO_SI_REVERSED);
	der_end(&set, mark, 0x31);
	if (spec->defect == ZOO_SI_NO_ATTRIBUTES) {
		buf_reset(&set);
		der_raw(&set, spec->content);
	}
	if (spec->defect == ZOO_SI_SUFFIX) {
		if (digest_compute(spec->digest, buf_span(&set), &digest) !=
		    CCCD_OK)
			abort();
		forge_suffix(spec->key, digest_span(&digest), ret);
		return;
	}
	zoo_sign(spec->key,
	         spec->defect == ZOO_SI_ALGORITHM_MD5 ? ZOO_MD5 : spec->alg,
	         spec->digest, buf_span(&set), ret);
	if (spec->defect == ZOO_SI_SIGNATURE)
		ret->at[ret->len - 3] ^= 1;
	if (spec->defect == ZOO_SI_EMPTY_SIGNATURE)
		ret->len = 0;
}

static void put_signer_id(struct buf *out, const struct zoo_signed *spec)
{
	struct certificate certificate = { 0 };
	BUF key_id = der_new();
	BUF issuer = der_new();
	size_t mark = der_begin(out);

	if (certificate_parse(spec->named.len > 0 ? spec->named : spec->signer,
	                      &certificate) != CCCD_OK)
		abort();
	if (spec->by_key_id) {
		der_raw(&key_id, certificate.ext.subject_key_id);
		key_id.at[0] ^= spec->defect == ZOO_SI_KEY_ID;
		der_put(out, 0x80, buf_span(&key_id));
		return;
	}
	der_raw(&issuer, certificate.issuer);
	issuer.at[issuer.len - 1] ^= spec->defect == ZOO_SI_ISSUER;
	der_raw(out, buf_span(&issuer));
	buf_reset(&issuer);
	der_raw(&issuer, certificate.serial);
	issuer.at[issuer.len - 1] ^= spec->defect == ZOO_SI_SERIAL;
	der_put(out, 0x02, buf_span(&issuer));
	der_end(out, mark, 0x30);
}

static void put_signature_algorithm(struct buf *out,
                                    const struct zoo_signed *spec)
{
	BUF right = der_new();
	size_t mark = der_begin(out);

	if (spec->defect == ZOO_SI_ALGORITHM_MD5) {
		zoo_algorithm(ZOO_MD5, spec->digest, out);
		return;
	}
	if (spec->defect == ZOO_SI_ALGORITHM_UNKNOWN ||
	    spec->defect == ZOO_SI_PSS_NO_PARAMETERS) {
		der_oid(out, spec->defect == ZOO_SI_ALGORITHM_UNKNOWN
		                     ? "1.3.6.1.4.1.99999.2"
		                     : "1.2.840.113549.1.1.10");
		der_end(out, mark, 0x30);
		return;
	}
	if (spec->defect == ZOO_SI_PSS_DEFAULTS) {
		der_oid(out, "1.2.840.113549.1.1.10");
		der_put(out, 0x30, span_of(NULL, 0));
		der_end(out, mark, 0x30);
		return;
	}
	zoo_algorithm(spec->alg, spec->digest, &right);
	/* The salt's length ends the parameters: A2 03 02 01 LL. */
	if (spec->defect == ZOO_SI_PSS_SALT)
		right.at[right.len - 1] ^= 1;
	if (spec->defect == ZOO_SI_PSS_TRAILER) {
		static const uint8_t trailer[] = { 0xA3, 0x03, 0x02, 0x01,
			                           0x02 };

		der_raw(&right, SPAN(trailer));
		right.at[1] = (uint8_t)(right.at[1] + sizeof(trailer));
		/* 30 LL 06 09 <9> 30 LL: the inner length. */
		right.at[14] = (uint8_t)(right.at[14] + sizeof(trailer));
	}
	der_raw(out, buf_span(&right));
}

static unsigned long signer_version(const struct zoo_signed *spec)
{
	if (spec->defect == ZOO_SI_VERSION)
		return 5;
	if (spec->defect == ZOO_SI_VERSION_SWAPPED)
		return spec->by_key_id ? 1 : 3;
	return spec->by_key_id ? 3 : 1;
}

static void put_signer(struct buf *out, const struct zoo_signed *spec)
{
	BUF signature = der_new();
	size_t whole = der_begin(out);

	make_signature(spec, &signature);
	if (spec->defect != ZOO_SI_NO_VERSION)
		der_number(out, signer_version(spec));
	put_signer_id(out, spec);
	if (spec->defect != ZOO_SI_NO_DIGEST)
		zoo_digest_algorithm(spec->defect == ZOO_SI_DIGEST_MD5
		                             ? DIGEST_NONE
		                             : spec->attribute_digest,
		                     out);
	if (spec->defect != ZOO_SI_NO_ATTRIBUTES) {
		size_t mark = der_begin(out);

		put_attributes(out, spec,
		               spec->defect == ZOO_SI_REVERSED ||
		                       spec->defect == ZOO_SI_UNSORTED);
		der_end(out, mark, 0xA0);
	}
	put_signature_algorithm(out, spec);
	if (spec->defect != ZOO_SI_NO_SIGNATURE)
		der_put(out, 0x04, buf_span(&signature));
	der_end(out, whole, 0x30);
}

static void put_digests(struct buf *out, const struct zoo_signed *spec)
{
	size_t mark = der_begin(out);

	if (spec->defect == ZOO_CMS_NO_DIGESTS)
		return;
	if (spec->defect == ZOO_CMS_DIGEST_MD5)
		zoo_digest_algorithm(DIGEST_NONE, out);
	else if (spec->defect != ZOO_CMS_EMPTY_DIGESTS)
		zoo_digest_algorithm(spec->attribute_digest, out);
	der_end(out, mark, 0x31);
}

static void put_content(struct buf *out, const struct zoo_signed *spec)
{
	size_t whole = der_begin(out);

	if (spec->defect != ZOO_CMS_NO_TYPE)
		der_oid(out, spec->content_type);
	if (spec->defect != ZOO_CMS_NO_CONTENT) {
		size_t mark = der_begin(out);

		der_put(out, 0x04, spec->content);
		der_end(out, mark, 0xA0);
	}
	der_end(out, whole, 0x30);
}

static void put_certificates(struct buf *out, const struct zoo_signed *spec)
{
	size_t mark = der_begin(out);

	if (!spec->ds_outside)
		der_raw(out, spec->signer);
	for (size_t i = 0; i < ARRAY_LEN(spec->more); i++)
		der_raw(out, spec->more[i]);
	if (out->len > mark)
		der_end(out, mark, 0xA0);
	if (spec->defect == ZOO_CMS_CRLS) {
		mark = der_begin(out);
		der_put(out, 0x30, span_of(NULL, 0));
		der_end(out, mark, 0xA1);
	}
}

static void put_signers(struct buf *out, const struct zoo_signed *spec)
{
	size_t mark = der_begin(out);

	if (spec->defect != ZOO_CMS_NO_SIGNER)
		put_signer(out, spec);
	if (spec->defect == ZOO_CMS_TWO_SIGNERS)
		put_signer(out, spec);
	der_end(out, mark, 0x31);
}

void zoo_signed_data(const struct zoo_signed *spec, struct buf *ret)
{
	size_t whole = der_begin(ret);
	size_t mark = 0;

	der_oid(ret, spec->defect == ZOO_ENVELOPED ? "1.2.840.113549.1.7.3"
	                                           : "1.2.840.113549.1.7.2");
	mark = der_begin(ret);
	if (spec->defect != ZOO_CMS_NO_VERSION)
		der_number(ret, spec->defect == ZOO_CMS_VERSION ? 1 : 3);
	put_digests(ret, spec);
	put_content(ret, spec);
	put_certificates(ret, spec);
	put_signers(ret, spec);
	der_end(ret, mark, 0x30);
	der_end(ret, mark, 0xA0);
	der_end(ret, whole, 0x30);
}
