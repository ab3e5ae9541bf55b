/* SPDX-License-Identifier: Apache-2.0 */
/* Signature algorithms by identifier, and their verification. */
#include "apdu/auth/signature.h"

#include <stdio.h>

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "apdu/auth/ec_curve.h"
#include "apdu/auth/oid.h"

enum {
	PSS_SALT_DEFAULT = 20, /* RFC 4055 3.1 */
	PSS_SALT_MAX = 512,
	PSS_TRAILER = 1,
	ECDSA_DER_MAX = 2 * (EC_FIELD_MAX + 4) + 4,
};

static const struct {
	const char *oid;
	enum digest_id digest;
} digests[] = {
	{ "1.3.14.3.2.26", DIGEST_SHA1 },
	{ "2.16.840.1.101.3.4.2.4", DIGEST_SHA224 },
	{ "2.16.840.1.101.3.4.2.1", DIGEST_SHA256 },
	{ "2.16.840.1.101.3.4.2.2", DIGEST_SHA384 },
	{ "2.16.840.1.101.3.4.2.3", DIGEST_SHA512 },
};

/* DIGEST_NONE: the hash is named elsewhere [RFC 5652 5.3, RFC 3370 3.2]. */
static const struct {
	const char *oid;
	enum signature_kind kind;
	enum digest_id digest;
} signatures[] = {
	{ OID_RSA, SIGNATURE_RSA_PKCS1, DIGEST_NONE },
	{ "1.3.14.3.2.29", SIGNATURE_RSA_PKCS1, DIGEST_SHA1 },
	{ "1.2.840.113549.1.1.5", SIGNATURE_RSA_PKCS1, DIGEST_SHA1 },
	{ "1.2.840.113549.1.1.14", SIGNATURE_RSA_PKCS1, DIGEST_SHA224 },
	{ "1.2.840.113549.1.1.11", SIGNATURE_RSA_PKCS1, DIGEST_SHA256 },
	{ "1.2.840.113549.1.1.12", SIGNATURE_RSA_PKCS1, DIGEST_SHA384 },
	{ "1.2.840.113549.1.1.13", SIGNATURE_RSA_PKCS1, DIGEST_SHA512 },
	{ OID_RSA_PSS, SIGNATURE_RSA_PSS, DIGEST_NONE },
	{ OID_DSA, SIGNATURE_DSA, DIGEST_NONE },
	{ "1.2.840.10040.4.3", SIGNATURE_DSA, DIGEST_SHA1 },
	{ "2.16.840.1.101.3.4.3.1", SIGNATURE_DSA, DIGEST_SHA224 },
	{ "2.16.840.1.101.3.4.3.2", SIGNATURE_DSA, DIGEST_SHA256 },
	{ "2.16.840.1.101.3.4.3.3", SIGNATURE_DSA, DIGEST_SHA384 },
	{ "2.16.840.1.101.3.4.3.4", SIGNATURE_DSA, DIGEST_SHA512 },
	{ OID_EC, SIGNATURE_ECDSA, DIGEST_NONE },
	{ "1.2.840.10045.4.1", SIGNATURE_ECDSA, DIGEST_SHA1 },
	{ "1.2.840.10045.4.3.1", SIGNATURE_ECDSA, DIGEST_SHA224 },
	{ "1.2.840.10045.4.3.2", SIGNATURE_ECDSA, DIGEST_SHA256 },
	{ "1.2.840.10045.4.3.3", SIGNATURE_ECDSA, DIGEST_SHA384 },
	{ "1.2.840.10045.4.3.4", SIGNATURE_ECDSA, DIGEST_SHA512 },
	/* TR-03111 5.2.1.1, 5.2.1.2 */
	{ "0.4.0.127.0.7.1.1.4.1.1", SIGNATURE_ECDSA_PLAIN, DIGEST_SHA1 },
	{ "0.4.0.127.0.7.1.1.4.1.2", SIGNATURE_ECDSA_PLAIN, DIGEST_SHA224 },
	{ "0.4.0.127.0.7.1.1.4.1.3", SIGNATURE_ECDSA_PLAIN, DIGEST_SHA256 },
	{ "0.4.0.127.0.7.1.1.4.1.4", SIGNATURE_ECDSA_PLAIN, DIGEST_SHA384 },
	{ "0.4.0.127.0.7.1.1.4.1.5", SIGNATURE_ECDSA_PLAIN, DIGEST_SHA512 },
};

/* Known, broken, and refused by name: MD2, MD4, MD5 and RSA with them. */
static const char *const forbidden[] = {
	"1.2.840.113549.2.2",   "1.2.840.113549.2.4",   "1.2.840.113549.2.5",
	"1.2.840.113549.1.1.2", "1.2.840.113549.1.1.3", "1.2.840.113549.1.1.4",
};

static enum cccd_err unknown(const char *oid)
{
	for (size_t i = 0; i < ARRAY_LEN(forbidden); i++)
		if (strcmp(oid, forbidden[i]) == 0)
			return CCCD_ERR_POLICY_REFUSED;
	return CCCD_ERR_CRYPTO_UNSUPPORTED;
}

/* OBJECT IDENTIFIER as text, and whatever follows it. */
static enum cccd_err read_identifier(struct span identifier,
                                     char oid[static OID_TEXT_MAX],
                                     struct span *ret_parameters)
{
	struct tlv_reader reader = tlv_open(identifier);
	struct span value = { 0 };

	TRY(tlv_expect(&reader, TAG_OID, &value));
	oid_text(value, oid);
	*ret_parameters = reader.rest;
	return oid[0] == '\0' ? CCCD_ERR_DATA_MALFORMED : CCCD_OK;
}

/* [9303-12 9.1 note] Both forms must be accepted. */
static enum cccd_err absent_or_null(struct span parameters)
{
	struct span null = { 0 };

	if (parameters.len == 0)
		return CCCD_OK;
	TRY(tlv_only(parameters, TAG_NULL, &null));
	return null.len == 0 ? CCCD_OK : CCCD_ERR_DATA_MALFORMED;
}

enum cccd_err digest_algorithm_parse(struct span identifier,
                                     enum digest_id *ret)
{
	char oid[OID_TEXT_MAX];
	struct span parameters = { 0 };

	TRY(read_identifier(identifier, oid, &parameters));
	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		if (strcmp(oid, digests[i].oid) != 0)
			continue;
		TRY(absent_or_null(parameters));
		*ret = digests[i].digest;
		return CCCD_OK;
	}
	return unknown(oid);
}

/* A field [@tag] of the PSS parameters that holds a SEQUENCE. */
static enum cccd_err pss_field(struct tlv_reader *reader, uint32_t tag,
                               struct span *ret_value, bool *ret_present)
{
	struct span value = { 0 };

	TRY(tlv_optional(reader, tag, &value, ret_present));
	if (!*ret_present)
		return CCCD_OK;
	return tlv_only(value, TAG_SEQUENCE, ret_value);
}

static enum cccd_err pss_mask(struct span value, enum digest_id *ret)
{
	char oid[OID_TEXT_MAX];
	struct span parameters = { 0 };

	TRY(read_identifier(value, oid, &parameters));
	if (strcmp(oid, OID_MGF1) != 0)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	TRY(tlv_only(parameters, TAG_SEQUENCE, &parameters));
	return digest_algorithm_parse(parameters, ret);
}

/* A field [@tag] that holds an INTEGER; absent leaves @ret as it is. */
static enum cccd_err pss_number(struct tlv_reader *reader, uint32_t tag,
                                uint32_t *ret)
{
	struct span value = { 0 };
	bool present = false;

	TRY(tlv_optional(reader, tag, &value, &present));
	if (!present)
		return CCCD_OK;
	TRY(tlv_only(value, TAG_INTEGER, &value));
	return tlv_unsigned(value, ret);
}

/* [RFC 4055 3.1] The parameters must be there; each field may default. */
static enum cccd_err pss_parse(struct span parameters,
                               struct signature_algorithm *ret)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };
	uint32_t trailer = PSS_TRAILER;
	bool present = false;

	ret->digest = DIGEST_SHA1;
	ret->mgf_digest = DIGEST_SHA1;
	ret->salt_len = PSS_SALT_DEFAULT;
	TRY(tlv_only(parameters, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(pss_field(&reader, 0xA0, &value, &present));
	if (present)
		TRY(digest_algorithm_parse(value, &ret->digest));
	TRY(pss_field(&reader, 0xA1, &value, &present));
	if (present)
		TRY(pss_mask(value, &ret->mgf_digest));
	TRY(pss_number(&reader, 0xA2, &ret->salt_len));
	TRY(pss_number(&reader, 0xA3, &trailer));
	if (trailer != PSS_TRAILER || ret->salt_len > PSS_SALT_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	return tlv_end(&reader);
}

static enum cccd_err parameters_parse(struct span parameters,
                                      struct signature_algorithm *algorithm)
{
	switch (algorithm->kind) {
	case SIGNATURE_RSA_PSS: return pss_parse(parameters, algorithm);
	case SIGNATURE_RSA_PKCS1: return absent_or_null(parameters);
	case SIGNATURE_NONE:
	case SIGNATURE_DSA:
	case SIGNATURE_ECDSA:
	case SIGNATURE_ECDSA_PLAIN:
		/* Some issuers repeat domain parameters here; the key's
		 * own ones count. */
		break;
	}
	return CCCD_OK;
}

enum cccd_err signature_algorithm_parse(struct span identifier,
                                        enum digest_id fallback,
                                        struct signature_algorithm *ret)
{
	struct signature_algorithm algorithm = { 0 };
	struct span parameters = { 0 };
	char oid[OID_TEXT_MAX];

	TRY(read_identifier(identifier, oid, &parameters));
	for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
		if (strcmp(oid, signatures[i].oid) != 0)
			continue;
		algorithm.kind = signatures[i].kind;
		algorithm.digest = signatures[i].digest;
		if (algorithm.digest == DIGEST_NONE)
			algorithm.digest = fallback;
		TRY(parameters_parse(parameters, &algorithm));
		if (algorithm.digest == DIGEST_NONE)
			return CCCD_ERR_CRYPTO_UNSUPPORTED;
		*ret = algorithm;
		return CCCD_OK;
	}
	return unknown(oid);
}

void signature_algorithm_text(const struct signature_algorithm *algorithm,
                              char *text, size_t cap)
{
	static const char *const names[] = {
		[SIGNATURE_NONE] = "none",
		[SIGNATURE_RSA_PKCS1] = "rsa",
		[SIGNATURE_RSA_PSS] = "rsa_pss",
		[SIGNATURE_DSA] = "dsa",
		[SIGNATURE_ECDSA] = "ecdsa",
		[SIGNATURE_ECDSA_PLAIN] = "ecdsa_plain",
	};

	(void)snprintf(text, cap, "%s_%s", names[algorithm->kind],
	               digest_name(algorithm->digest));
}

void signature_identifier_text(struct span whole, char *text, size_t cap)
{
	struct signature_algorithm algorithm = { 0 };
	struct span identifier = { 0 };

	text[0] = '\0';
	if (tlv_only(whole, TAG_SEQUENCE, &identifier) == CCCD_OK &&
	    signature_algorithm_parse(identifier, DIGEST_NONE, &algorithm) ==
	            CCCD_OK)
		signature_algorithm_text(&algorithm, text, cap);
}

static const EVP_MD *md_of(enum digest_id id)
{
	return EVP_get_digestbyname(digest_name(id));
}

static bool kinds_fit(enum signature_kind signature, enum public_key_kind key)
{
	switch (signature) {
	case SIGNATURE_RSA_PKCS1: return key == PUBLIC_KEY_RSA;
	case SIGNATURE_RSA_PSS:
		return key == PUBLIC_KEY_RSA || key == PUBLIC_KEY_RSA_PSS;
	case SIGNATURE_DSA: return key == PUBLIC_KEY_DSA;
	case SIGNATURE_ECDSA:
	case SIGNATURE_ECDSA_PLAIN: return key == PUBLIC_KEY_EC;
	case SIGNATURE_NONE: break;
	}
	return false;
}

static void ecdsa_sig_cleanup(ECDSA_SIG **sig)
{
	ECDSA_SIG_free(*sig);
}

/*
 * r || s to the form OpenSSL takes. Each number has exactly the bytes of the
 * order [TR-03111 5.2.1]; any other length is no signature.
 */
static enum cccd_err plain_to_der(const struct public_key *key,
                                  struct span plain,
                                  uint8_t der[static ECDSA_DER_MAX],
                                  struct span *ret)
{
	CLEANUP(ecdsa_sig_cleanup) ECDSA_SIG *sig = ECDSA_SIG_new();
	size_t half = (key->bits + 7) / 8;
	uint8_t *out = der;
	BIGNUM *r = NULL;
	BIGNUM *s = NULL;
	int len = 0;

	if (plain.len != 2 * half || half > EC_FIELD_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	r = BN_bin2bn(plain.at, (int)half, NULL);
	s = BN_bin2bn(plain.at + half, (int)half, NULL);
	if (sig == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(sig, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return CCCD_ERR_MEMORY;
	}
	len = i2d_ECDSA_SIG(sig, &out);
	if (len <= 0)
		return CCCD_ERR_MEMORY;
	*ret = span_of(der, (size_t)len);
	return CCCD_OK;
}

static bool set_pss(EVP_PKEY_CTX *ctx,
                    const struct signature_algorithm *algorithm)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md_of(algorithm->mgf_digest)) >
	               0 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)algorithm->salt_len) >
	               0;
}

static void md_ctx_cleanup(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

/* RSA only ever through EVP: the padding is checked whole [pitfall 14]. */
static enum cccd_err evp_verify(const struct signature_algorithm *algorithm,
                                EVP_PKEY *pkey, struct span data,
                                struct span signature, bool *ret_good)
{
	CLEANUP(md_ctx_cleanup) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey_ctx = NULL;

	if (ctx == NULL)
		return CCCD_ERR_MEMORY;
	*ret_good =
	        EVP_DigestVerifyInit(ctx, &pkey_ctx, md_of(algorithm->digest),
	                             NULL, pkey) == 1 &&
	        (algorithm->kind != SIGNATURE_RSA_PSS ||
	         set_pss(pkey_ctx, algorithm)) &&
	        EVP_DigestVerify(ctx, signature.at, signature.len, data.at,
	                         data.len) == 1;
	ERR_clear_error();
	return CCCD_OK;
}

static enum cccd_err plain_verify(const struct signature_algorithm *algorithm,
                                  const struct public_key *key,
                                  struct span data, struct span plain,
                                  bool *ret_good)
{
	uint8_t der[ECDSA_DER_MAX];
	struct span signature = { 0 };
	enum cccd_err err = plain_to_der(key, plain, der, &signature);

	if (err == CCCD_ERR_DATA_MALFORMED) {
		*ret_good = false;
		return CCCD_OK;
	}
	TRY(err);
	return evp_verify(algorithm, key->pkey, data, signature, ret_good);
}

enum cccd_err signature_verify(const struct signature_algorithm *algorithm,
                               const struct public_key *key, struct span data,
                               struct span signature, bool *ret_good)
{
	if (!kinds_fit(algorithm->kind, key->kind) || signature.len == 0) {
		*ret_good = false;
		return CCCD_OK;
	}
	if (algorithm->kind == SIGNATURE_ECDSA_PLAIN)
		return plain_verify(algorithm, key, data, signature, ret_good);
	return evp_verify(algorithm, key->pkey, data, signature, ret_good);
}
