/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of certificates: RFC 3279 2.3, TR-03111 A.2. */
#include "apdu/auth/public_key.h"

#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "apdu/auth/ec_curve.h"
#include "apdu/auth/oid.h"

enum {
	SPKI_MAX = 4096,
	BITS_MIN = 1024,
	RSA_BITS_MAX = 8192,
	DSA_BITS_MAX = 4096,
	RSA_BITS_WEAK = 2048,
	EC_BITS_WEAK = 224,
};

/* struct spki - the parts of a SubjectPublicKeyInfo. */
struct spki {
	struct span algorithm;  /* value of the OBJECT IDENTIFIER */
	struct span parameters; /* the whole object; empty when absent */
	struct span key;        /* the BIT STRING's octets */
};

static enum cccd_err spki_parse(struct span whole, struct spki *ret)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };
	struct spki spki = { 0 };

	TRY(tlv_only(whole, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_SEQUENCE, &value));
	TRY(tlv_expect(&reader, TAG_BIT_STRING, &spki.key));
	TRY(tlv_end(&reader));
	if (spki.key.len < 2 || spki.key.at[0] != 0)
		return CCCD_ERR_DATA_MALFORMED;
	spki.key = span_after(spki.key, 1);
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_OID, &spki.algorithm));
	spki.parameters = reader.rest;
	*ret = spki;
	return CCCD_OK;
}

static void pkey_ctx_cleanup(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

/* The point must be on the curve and in the group [TR-03111 4.1.3]. Every
 * curve of our table has the cofactor 1: what lies on it is in the group, and
 * the multiplication by the order, which costs as much as a signature, would
 * say nothing more. */
static enum cccd_err ec_key_check(EVP_PKEY *pkey)
{
	CLEANUP(pkey_ctx_cleanup)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);

	if (ctx == NULL)
		return CCCD_ERR_MEMORY;
	return EVP_PKEY_public_check_quick(ctx) == 1 ? CCCD_OK
	                                             : CCCD_ERR_CRYPTO_KEY;
}

/* OpenSSL wants its parameters writable, but does not write to them. */
static enum cccd_err ec_key_build(const char *curve, struct span point,
                                  EVP_PKEY **ret)
{
	CLEANUP(pkey_ctx_cleanup)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	uint8_t bytes[2 * EC_FIELD_MAX + 1];
	char name[EC_CURVE_NAME_MAX];
	OSSL_PARAM params[3];
	EVP_PKEY *pkey = NULL;
	enum cccd_err err = CCCD_OK;

	if (point.len > sizeof(bytes))
		return CCCD_ERR_CRYPTO_KEY;
	memcpy(bytes, point.at, point.len);
	(void)snprintf(name, sizeof(name), "%s", curve);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
	                                             name, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
	                                              bytes, point.len);
	params[2] = OSSL_PARAM_construct_end();
	if (ctx == NULL)
		return CCCD_ERR_MEMORY;
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return CCCD_ERR_CRYPTO_KEY;
	err = ec_key_check(pkey);
	if (err != CCCD_OK) {
		EVP_PKEY_free(pkey);
		return err;
	}
	*ret = pkey;
	return CCCD_OK;
}

static enum cccd_err ec_key_parse(const struct spki *spki,
                                  struct public_key *ret)
{
	struct public_key key = { .kind = PUBLIC_KEY_EC };

	TRY(ec_curve_find(spki->parameters, &key.curve, &key.explicit_curve));
	TRY(ec_key_build(key.curve, spki->key, &key.pkey));
	key.bits = (unsigned int)EVP_PKEY_get_bits(key.pkey);
	*ret = key;
	return CCCD_OK;
}

static enum cccd_err key_size_check(const struct public_key *key)
{
	unsigned int max = key->kind == PUBLIC_KEY_DSA
	                           ? (unsigned int)DSA_BITS_MAX
	                           : (unsigned int)RSA_BITS_MAX;

	return key->bits < BITS_MIN || key->bits > max ? CCCD_ERR_CRYPTO_KEY
	                                               : CCCD_OK;
}

/* RSA and DSA: OpenSSL's decoder, on a form whose size is bounded. */
static enum cccd_err other_key_parse(struct span spki,
                                     enum public_key_kind kind,
                                     struct public_key *ret)
{
	struct public_key key = { .kind = kind };
	const uint8_t *at = spki.at;
	enum cccd_err err = CCCD_OK;

	key.pkey = d2i_PUBKEY(NULL, &at, (long)spki.len);
	if (key.pkey == NULL)
		return CCCD_ERR_CRYPTO_KEY;
	key.bits = (unsigned int)EVP_PKEY_get_bits(key.pkey);
	err = key_size_check(&key);
	if (err != CCCD_OK) {
		public_key_release(&key);
		return err;
	}
	*ret = key;
	return CCCD_OK;
}

static enum cccd_err parse(struct span spki, struct public_key *ret)
{
	struct spki parts = { 0 };

	if (spki.len > SPKI_MAX)
		return CCCD_ERR_CRYPTO_KEY;
	TRY(spki_parse(spki, &parts));
	if (oid_is(parts.algorithm, OID_EC))
		return ec_key_parse(&parts, ret);
	if (oid_is(parts.algorithm, OID_RSA))
		return other_key_parse(spki, PUBLIC_KEY_RSA, ret);
	if (oid_is(parts.algorithm, OID_RSA_PSS))
		return other_key_parse(spki, PUBLIC_KEY_RSA_PSS, ret);
	if (oid_is(parts.algorithm, OID_DSA))
		return other_key_parse(spki, PUBLIC_KEY_DSA, ret);
	return CCCD_ERR_CRYPTO_UNSUPPORTED;
}

enum cccd_err public_key_parse(struct span spki, struct public_key *ret)
{
	enum cccd_err err = parse(spki, ret);

	ERR_clear_error();
	return err;
}

void public_key_release(struct public_key *key)
{
	EVP_PKEY_free(key->pkey);
	*key = (struct public_key){ 0 };
}

void public_key_text(const struct public_key *key, char *text, size_t cap)
{
	static const char *const names[] = {
		[PUBLIC_KEY_NONE] = "none",   [PUBLIC_KEY_RSA] = "rsa",
		[PUBLIC_KEY_RSA_PSS] = "rsa", [PUBLIC_KEY_DSA] = "dsa",
		[PUBLIC_KEY_EC] = "ec",
	};

	if (key->curve != NULL)
		(void)snprintf(text, cap, "%s%s", key->curve,
		               key->explicit_curve ? "_explicit" : "");
	else
		(void)snprintf(text, cap, "%s_%u", names[key->kind], key->bits);
}

bool public_key_is_weak(const struct public_key *key)
{
	return key->bits <
	       (key->kind == PUBLIC_KEY_EC ? EC_BITS_WEAK : RSA_BITS_WEAK);
}
