/* SPDX-License-Identifier: Apache-2.0 */
/* Password Authenticated Connection Establishment: Doc 9303-11 4.4. */
#include "apdu/access/pace.h"

#include "apdu/access/pace_private.h"
#include "apdu/access/status.h"
#include "apdu/crypto/kdf.h"
#include "apdu/crypto/mapping.h"
#include "apdu/tlv/tlv.h"
#include "base/error.h"

enum {
	PACE_VERSION = 2,
	STEP_DONE = 5,
	NONCE_MAX = 64,
	PARAMETER_ID_P224 = 10,
};

void pace_wipe(struct pace *pace)
{
	domain_free(pace->mapped);
	domain_free(pace->static_domain);
	wipe(pace, sizeof(*pace));
}

static enum cipher_id cipher_of(enum cccd_cipher cipher)
{
	switch (cipher) {
	case CCCD_CIPHER_3DES: return CIPHER_3DES;
	case CCCD_CIPHER_AES128: return CIPHER_AES128;
	case CCCD_CIPHER_AES192: return CIPHER_AES192;
	case CCCD_CIPHER_AES256: return CIPHER_AES256;
	case CCCD_CIPHER_NONE: break;
	}
	return CIPHER_NONE;
}

static bool fits(const struct cccd_pace_info *info, enum domain_kind kind)
{
	/* [9303-11 table 12] P-224 has no integrated mapping. */
	if (info->mapping == CCCD_PACE_MAPPING_IM &&
	    info->parameter_id == PARAMETER_ID_P224)
		return false;
	if (info->key_agreement == CCCD_KEY_AGREEMENT_DH)
		return kind == DOMAIN_DH &&
		       info->mapping != CCCD_PACE_MAPPING_CAM;
	return info->key_agreement == CCCD_KEY_AGREEMENT_ECDH &&
	       kind == DOMAIN_EC;
}

/*
 * [9303-11 9.2.1, 9.2.2] standardized parameters only: explicit ones are
 * not signed, and bad ones would give the password away.
 */
static enum cccd_err prepare(struct pace *pace)
{
	const struct cccd_pace_info *info = pace->info;

	pace->cipher = cipher_of(info->cipher);
	if (info->version != PACE_VERSION || !info->has_parameter_id ||
	    info->mapping == CCCD_PACE_MAPPING_NONE ||
	    pace->cipher == CIPHER_NONE || info->protocol.len == 0 ||
	    info->protocol.len > PACE_OID_MAX)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	TRY(domain_from_id(info->parameter_id, &pace->static_domain));
	if (!fits(info, domain_kind(pace->static_domain)))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	pace->result->mapping = info->mapping;
	pace->result->cipher = pace->cipher;
	pace->result->domain_id = domain_id(pace->static_domain);
	return CCCD_OK;
}

/* A refusal that the other form of MSE:Set AT may cure. */
static bool is_parameter_refusal(uint16_t sw)
{
	return sw == SW_WRONG_DATA || sw == SW_REFERENCE_NOT_FOUND;
}

/*
 * MSE:Set AT and step 1, in one form. Neither uses up a try of the
 * password: the chip sees nothing of it before step 4.
 */
static enum cccd_err request_nonce(struct pace *pace, bool parameter_id,
                                   struct response *ret)
{
	uint16_t sw = 0;

	TRY(pace_set_at(pace, parameter_id, &sw));
	*ret = (struct response){ .sw = sw };
	/* [TR-03110-3 B.14.1] 63Cx is a warning: selected, x tries left. */
	if (status_tries_left(sw) >= 0)
		pace->result->tries_left = status_tries_left(sw);
	else if (sw != SW_OK)
		return CCCD_OK;
	if (status_is_blocked(sw))
		return status_fail_password(pace->card->error, sw,
		                            "PACE MSE:Set AT");
	return pace_authenticate(pace, 1, 0, span_of(NULL, 0), ret);
}

/* [9303-11 4.4.3.3] s = D(K_pi, z), CBC with a zero IV. */
static enum cccd_err decrypt_nonce(struct pace *pace, struct span encrypted)
{
	size_t block_len = cipher_block_len(pace->cipher);
	size_t want = mapping_nonce_len(pace->cipher);
	SECRET k_pi = { .len = 0 };

	if (encrypted.len == 0 || encrypted.len % block_len != 0 ||
	    encrypted.len > NONCE_MAX ||
	    (pace->info->mapping == CCCD_PACE_MAPPING_IM &&
	     encrypted.len != want))
		return fail(pace->card->error, CCCD_ERR_DATA_MALFORMED,
		            "PACE: encrypted nonce of %zu bytes",
		            encrypted.len);
	TRY(password_key(pace->password, pace->cipher, &k_pi));
	pace->nonce.len = encrypted.len;
	return cipher_cbc_decrypt(pace->cipher, secret_span(&k_pi), NULL,
	                          encrypted, pace->nonce.bytes);
}

static enum cccd_err get_nonce(struct pace *pace,
                               const struct pace_options *options)
{
	bool parameter_id = options != NULL && options->parameter_id_ambiguous;
	struct response response = { 0 };
	struct span encrypted = { 0 };

	TRY(request_nonce(pace, parameter_id, &response));
	if (is_parameter_refusal(response.sw)) {
		pace->result->retried = true;
		TRY(request_nonce(pace, !parameter_id, &response));
	}
	TRY(pace_expect_ok(pace, response.sw));
	TRY(pace_only_object(pace, response.data, DO_ENCRYPTED_NONCE,
	                     &encrypted));
	return decrypt_nonce(pace, encrypted);
}

static enum cccd_err derive_keys(struct pace *pace, const struct key_pair *pair)
{
	SECRET shared = { .len = 0 };
	enum cccd_err err = key_agree(
	        pace->mapped, pair,
	        public_value_span(&pace->result->ephemeral_ic), &shared);

	if (err != CCCD_OK)
		return fail(pace->card->error, err,
		            "PACE: key agreement failed");
	return kdf_session(pace->cipher, secret_span(&shared), &pace->k_enc,
	                   &pace->k_mac);
}

/* [9303-11 4.4.1 3c to 3e] */
static enum cccd_err agree_keys(struct pace *pace)
{
	CLEANUP(key_pair_wipe)
	struct key_pair pair = { .public_value = { .len = 0 } };
	struct public_value *theirs = &pace->result->ephemeral_ic;
	struct response response = { 0 };
	struct span value = { 0 };
	enum cccd_err err =
	        key_generate(pace->mapped, pace->card->random, &pair);

	if (err != CCCD_OK)
		return fail(pace->card->error, err,
		            "PACE: no ephemeral key pair");
	TRY(pace_authenticate(pace, 3, DO_KEY_TERMINAL,
	                      public_value_span(&pair.public_value),
	                      &response));
	TRY(pace_expect_ok(pace, response.sw));
	TRY(pace_only_object(pace, response.data, DO_KEY_CARD, &value));
	if (value.len == 0 || value.len > sizeof(theirs->bytes))
		return fail(pace->card->error, CCCD_ERR_CRYPTO_KEY,
		            "PACE: the card's key has %zu bytes", value.len);
	memcpy(theirs->bytes, value.at, value.len);
	theirs->len = value.len;
	pace->result->ephemeral_ifd = pair.public_value;
	return derive_keys(pace, &pair);
}

/* [9303-11 4.4.3.5] CBC with IV = E(KS_Enc, -1), padding method 2. */
static enum cccd_err decrypt_chip_auth(struct pace *pace, struct span data)
{
	size_t block_len = cipher_block_len(pace->cipher);
	struct pace_result *result = pace->result;
	SECRET plain = { .len = 0 };
	uint8_t iv[CIPHER_BLOCK_MAX];
	size_t len = 0;

	if (data.len == 0 || data.len % block_len != 0 ||
	    data.len > sizeof(result->chip_auth_data) + CIPHER_BLOCK_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	memset(iv, 0xFF, sizeof(iv));
	TRY(cipher_ecb_encrypt(pace->cipher, secret_span(&pace->k_enc),
	                       span_of(iv, block_len), iv));
	plain.len = data.len;
	TRY(cipher_cbc_decrypt(pace->cipher, secret_span(&pace->k_enc), iv,
	                       data, plain.bytes));
	TRY(pad_strip(secret_span(&plain), &len));
	/* [9303-11 4.4.5.6] as many octets as the order of the group. */
	if (len != domain_order_len(pace->static_domain) ||
	    len > sizeof(result->chip_auth_data))
		return CCCD_ERR_DATA_MALFORMED;
	memcpy(result->chip_auth_data, plain.bytes, len);
	result->chip_auth_data_len = len;
	return CCCD_OK;
}

/* struct final - the objects of the last answer, borrowed. */
struct final {
	struct span token;
	struct span chip_auth;
	bool has_chip_auth;
};

static enum cccd_err parse_final(struct span answer, struct final *ret)
{
	struct tlv_reader reader = tlv_open(answer);
	struct span reference = { 0 };
	bool present = false;

	TRY(tlv_expect(&reader, DO_TOKEN_CARD, &ret->token));
	/* [9303-11 4.4.5.5] for terminal authentication; not used here. */
	TRY(tlv_optional(&reader, DO_CAR, &reference, &present));
	TRY(tlv_optional(&reader, DO_CAR_PREVIOUS, &reference, &present));
	TRY(tlv_optional(&reader, DO_CHIP_AUTH_DATA, &ret->chip_auth,
	                 &ret->has_chip_auth));
	return tlv_end(&reader);
}

/* [9303-11 4.4.1 3f, 4] */
static enum cccd_err check_final(struct pace *pace, struct span answer)
{
	bool cam = pace->info->mapping == CCCD_PACE_MAPPING_CAM;
	struct final final = { .has_chip_auth = false };
	uint8_t token[MAC_LEN];
	enum cccd_err err = parse_final(answer, &final);

	if (err != CCCD_OK)
		return fail(pace->card->error, err,
		            "PACE step 4: answer malformed");
	TRY(pace_token(pace, &pace->result->ephemeral_ifd, token));
	if (!secret_equal(SPAN(token), final.token))
		return fail(pace->card->error, CCCD_ERR_CRYPTO_TOKEN,
		            "PACE: the card's token is wrong");
	if (final.has_chip_auth != cam)
		return fail(pace->card->error,
		            cam ? CCCD_ERR_DATA_MISSING
		                : CCCD_ERR_DATA_MALFORMED,
		            "PACE: chip authentication data %s",
		            cam ? "missing" : "where none belongs");
	err = cam ? decrypt_chip_auth(pace, final.chip_auth) : CCCD_OK;
	if (err != CCCD_OK)
		return fail(pace->card->error, err,
		            "PACE: chip authentication data malformed");
	return CCCD_OK;
}

/* After a refusal here nothing more may be sent [pitfall 25]. */
static enum cccd_err authenticate(struct pace *pace)
{
	struct response response = { 0 };
	uint8_t token[MAC_LEN];

	TRY(pace_token(pace, &pace->result->ephemeral_ic, token));
	TRY(pace_authenticate(pace, 4, DO_TOKEN_TERMINAL, SPAN(token),
	                      &response));
	if (status_tries_left(response.sw) >= 0)
		pace->result->tries_left = status_tries_left(response.sw);
	if (response.sw == SW_FAILED_NO_INFO ||
	    response.sw == SW_SECURITY_STATUS ||
	    status_tries_left(response.sw) >= 0)
		return status_fail_password(pace->card->error, response.sw,
		                            "PACE step 4");
	TRY(pace_expect_ok(pace, response.sw));
	return check_final(pace, response.data);
}

/* [9303-11 4.4.1] the protocol as a list of its steps. */
static enum cccd_err run(struct pace *pace, const struct pace_options *options)
{
	TRY(prepare(pace));
	TRY(get_nonce(pace, options));
	TRY(pace_map_nonce(pace));
	TRY(agree_keys(pace));
	TRY(authenticate(pace));
	pace->result->failed_step = STEP_DONE;
	return sm_open(&pace->card->sm, pace->cipher, secret_span(&pace->k_enc),
	               secret_span(&pace->k_mac), span_of(NULL, 0));
}

/* Record what was not recorded where it was known: the first stays. */
static enum cccd_err finish(struct pace *pace, enum cccd_err err)
{
	if (err == CCCD_OK)
		return CCCD_OK;
	return fail(pace->card->error, err, "PACE failed at step %u",
	            pace->result->failed_step);
}

enum cccd_err pace_run(struct card *card, const struct cccd_pace_info *info,
                       const struct pace_options *options,
                       const struct password *password, struct pace_result *ret)
{
	CLEANUP(pace_wipe)
	struct pace pace = {
		.card = card, .info = info, .password = password, .result = ret
	};

	*ret = (struct pace_result){ .password = password->type,
		                     .domain_id = DOMAIN_ID_NONE,
		                     .tries_left = -1 };
	if (sm_is_open(&card->sm))
		return fail(card->error, CCCD_ERR_USAGE_STATE,
		            "PACE inside a channel");
	if (password->type == PASSWORD_NONE)
		return fail(card->error, CCCD_ERR_USAGE_KEY_MISSING,
		            "PACE without a password");
	return finish(&pace, run(&pace, options));
}
