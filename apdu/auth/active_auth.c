/* SPDX-License-Identifier: Apache-2.0 */
/* Active Authentication: Doc 9303-11 6.1. */
#include "apdu/auth/active_auth.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "apdu/auth/exchange.h"
#include "apdu/auth/iso9796.h"
#include "apdu/auth/public_key.h"
#include "apdu/auth/signature.h"
#include "apdu/tlv/tlv.h"

enum {
	INS_INTERNAL_AUTHENTICATE = 0x88,
	OID_VALUE_MAX = 32,
};

const char *active_auth_outcome_name(enum active_auth_outcome outcome)
{
	static const char *const names[] = {
		[ACTIVE_AUTH_NOT_RUN] = "not_run",
		[ACTIVE_AUTH_VALID] = "valid",
		[ACTIVE_AUTH_INVALID] = "invalid",
		[ACTIVE_AUTH_REFUSED] = "refused",
		[ACTIVE_AUTH_KEY_INVALID] = "key_invalid",
		[ACTIVE_AUTH_UNSUPPORTED] = "unsupported",
	};
	size_t index = (size_t)outcome;

	return names[index < ARRAY_LEN(names) ? index : ACTIVE_AUTH_NOT_RUN];
}

static void pkey_ctx_cleanup(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

static void bn_cleanup(BIGNUM **bn)
{
	BN_free(*bn);
}

/* Exactly as long as the modulus, whatever zeros the chip dropped. */
static bool fit_signature(struct span signature, size_t len, uint8_t *out)
{
	while (signature.len > len && signature.at[0] == 0)
		signature = span_after(signature, 1);
	if (signature.len == 0 || signature.len > len)
		return false;
	memset(out, 0, len);
	memcpy(out + len - signature.len, signature.at, signature.len);
	return true;
}

/* s^e mod n; false when the number is not below the modulus. */
static bool rsa_open(const struct public_key *key, const uint8_t *signature,
                     size_t len, uint8_t *out)
{
	CLEANUP(pkey_ctx_cleanup)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	size_t out_len = len;
	bool good = ctx != NULL && EVP_PKEY_verify_recover_init(ctx) == 1 &&
	            EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	            EVP_PKEY_verify_recover(ctx, out, &out_len, signature,
	                                    len) == 1 &&
	            out_len == len;

	ERR_clear_error();
	return good;
}

/*
 * The signer may have kept the smaller of s and n - s [ISO/IEC 9796-2 B.4];
 * then n - J is the representative. n is odd, so only one can end in C.
 */
static bool complement(const struct public_key *key, uint8_t *bytes, size_t len)
{
	CLEANUP(bn_cleanup) BIGNUM *n = NULL;
	CLEANUP(bn_cleanup) BIGNUM *j = NULL;

	if ((bytes[len - 1] & 0x0F) == 0x0C)
		return true;
	j = BN_bin2bn(bytes, (int)len, NULL);
	return j != NULL &&
	       EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n) ==
	               1 &&
	       BN_sub(j, n, j) == 1 &&
	       BN_bn2binpad(j, bytes, (int)len) == (int)len;
}

/* [9303-11 6.1.2.2] */
static enum cccd_err verify_rsa(const struct public_key *key,
                                struct span challenge, struct span signature,
                                struct active_auth_result *ret)
{
	uint8_t padded[ISO9796_MODULUS_MAX];
	uint8_t opened[ISO9796_MODULUS_MAX];
	size_t len = (key->bits + 7) / 8;
	struct iso9796_message message = { .digest = DIGEST_NONE };
	bool good = false;

	ret->outcome = ACTIVE_AUTH_INVALID;
	if (len > sizeof(padded)) {
		ret->outcome = ACTIVE_AUTH_UNSUPPORTED;
		return CCCD_OK;
	}
	if (!fit_signature(signature, len, padded) ||
	    !rsa_open(key, padded, len, opened) ||
	    !complement(key, opened, len) ||
	    iso9796_parse(span_of(opened, len), &message) != CCCD_OK)
		return CCCD_OK;
	ret->digest = message.digest;
	TRY(iso9796_verify(&message, challenge, &good));
	if (good)
		ret->outcome = ACTIVE_AUTH_VALID;
	return CCCD_OK;
}

/* [9303-11 6.1.2.3] no longer than the key. */
static enum digest_id digest_by_size(unsigned int bits)
{
	static const struct {
		unsigned int bits;
		enum digest_id digest;
	} rows[] = {
		{ 512, DIGEST_SHA512 },
		{ 384, DIGEST_SHA384 },
		{ 256, DIGEST_SHA256 },
		{ 224, DIGEST_SHA224 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (bits >= rows[i].bits)
			return rows[i].digest;
	return DIGEST_SHA1;
}

/* Hash of ActiveAuthenticationInfo; DIGEST_NONE when there is none. */
static enum digest_id digest_by_info(struct span algorithm)
{
	uint8_t bytes[OID_VALUE_MAX + TLV_HEAD_MAX];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	struct signature_algorithm parsed = { .kind = SIGNATURE_NONE };
	struct span identifier = { 0 };

	if (algorithm.len == 0 || algorithm.len > OID_VALUE_MAX)
		return DIGEST_NONE;
	tlv_put(&writer, TAG_OID, algorithm);
	if (tlv_written(&writer, &identifier) != CCCD_OK ||
	    signature_algorithm_parse(identifier, DIGEST_NONE, &parsed) !=
	            CCCD_OK)
		return DIGEST_NONE;
	if (parsed.kind != SIGNATURE_ECDSA_PLAIN &&
	    parsed.kind != SIGNATURE_ECDSA)
		return DIGEST_NONE;
	return parsed.digest;
}

/* [9303-11 6.1.2.3] plain; some chips answer in DER all the same. */
static enum cccd_err verify_ecdsa(const struct public_key *key,
                                  struct span algorithm, struct span challenge,
                                  struct span signature,
                                  struct active_auth_result *ret)
{
	struct signature_algorithm how = { .kind = SIGNATURE_ECDSA_PLAIN };
	bool good = false;

	how.digest = digest_by_info(algorithm);
	ret->digest_from_info = how.digest != DIGEST_NONE;
	if (how.digest == DIGEST_NONE)
		how.digest = digest_by_size(key->bits);
	ret->digest = how.digest;
	ret->outcome = ACTIVE_AUTH_INVALID;
	TRY(signature_verify(&how, key, challenge, signature, &good));
	if (!good) {
		how.kind = SIGNATURE_ECDSA;
		TRY(signature_verify(&how, key, challenge, signature, &good));
		ret->der = good;
	}
	if (good)
		ret->outcome = ACTIVE_AUTH_VALID;
	return CCCD_OK;
}

/* What a key that cannot be used means. */
static enum cccd_err judge_key(enum cccd_err err,
                               struct active_auth_result *ret)
{
	if (err == CCCD_ERR_MEMORY)
		return err;
	ret->outcome = err == CCCD_ERR_CRYPTO_UNSUPPORTED
	                       ? ACTIVE_AUTH_UNSUPPORTED
	                       : ACTIVE_AUTH_KEY_INVALID;
	return CCCD_OK;
}

enum cccd_err active_auth_verify(struct span spki, struct span algorithm,
                                 struct span challenge, struct span signature,
                                 struct active_auth_result *ret)
{
	PUBLIC_KEY key = { .kind = PUBLIC_KEY_NONE };
	enum cccd_err err = CCCD_OK;

	if (challenge.len != ACTIVE_AUTH_CHALLENGE_LEN)
		return CCCD_ERR_USAGE_ARGUMENT;
	ret->outcome = ACTIVE_AUTH_NOT_RUN;
	ret->digest = DIGEST_NONE;
	ret->der = false;
	ret->digest_from_info = false;
	err = public_key_parse(spki, &key);
	if (err != CCCD_OK)
		return judge_key(err, ret);
	ret->is_ec = key.kind == PUBLIC_KEY_EC;
	ret->bits = key.bits;
	if (key.kind == PUBLIC_KEY_EC)
		return verify_ecdsa(&key, algorithm, challenge, signature, ret);
	if (key.kind == PUBLIC_KEY_RSA)
		return verify_rsa(&key, challenge, signature, ret);
	ret->outcome = ACTIVE_AUTH_UNSUPPORTED;
	return CCCD_OK;
}

/*
 * Some chips answer nothing to the largest Le, so the key decides: 256 is
 * asked for as 00 as long as it is enough.
 */
static size_t expected_len(struct span spki)
{
	PUBLIC_KEY key = { .kind = PUBLIC_KEY_NONE };
	size_t len = 0;

	if (public_key_parse(spki, &key) == CCCD_OK &&
	    key.kind == PUBLIC_KEY_RSA)
		len = (key.bits + 7) / 8;
	return len > LE_MAX_SHORT ? len : LE_MAX_SHORT;
}

static enum cccd_err ask(struct card *card, struct span spki,
                         struct span challenge, struct active_auth_result *ret)
{
	struct command command = { .ins = INS_INTERNAL_AUTHENTICATE,
		                   .data = challenge };
	struct response response = { 0 };

	command.le = card->extended ? expected_len(spki) : LE_MAX_SHORT;
	TRY(auth_exchange(card, &command, &response));
	ret->status_word = response.sw;
	if (response.sw != SW_OK) {
		ret->outcome = ACTIVE_AUTH_REFUSED;
		return CCCD_OK;
	}
	ret->outcome = ACTIVE_AUTH_INVALID;
	if (response.data.len == 0 ||
	    response.data.len > sizeof(ret->signature))
		return CCCD_OK;
	memcpy(ret->signature, response.data.at, response.data.len);
	ret->signature_len = response.data.len;
	return CCCD_OK;
}

enum cccd_err active_auth_run(struct card *card, struct span spki,
                              struct span algorithm, struct span challenge,
                              struct active_auth_result *ret)
{
	if (challenge.len != ACTIVE_AUTH_CHALLENGE_LEN)
		return CCCD_ERR_USAGE_ARGUMENT;
	*ret = (struct active_auth_result){ .outcome = ACTIVE_AUTH_NOT_RUN };
	memcpy(ret->challenge, challenge.at, challenge.len);
	TRY(ask(card, spki, challenge, ret));
	if (ret->signature_len == 0)
		return CCCD_OK;
	return active_auth_verify(spki, algorithm, challenge,
	                          span_of(ret->signature, ret->signature_len),
	                          ret);
}
