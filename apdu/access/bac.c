/* SPDX-License-Identifier: Apache-2.0 */
/* Basic Access Control: Doc 9303-11 4.3. */
#include "apdu/access/bac.h"

#include "apdu/access/status.h"
#include "apdu/crypto/kdf.h"
#include "base/error.h"

enum {
	INS_GET_CHALLENGE = 0x84,
	INS_EXTERNAL_AUTHENTICATE = 0x82,
	NONCE_LEN = 8,
	KEYING_LEN = 16,
	CRYPTOGRAM_LEN = NONCE_LEN + NONCE_LEN + KEYING_LEN,
	ANSWER_LEN = CRYPTOGRAM_LEN + MAC_LEN,
	SSC_HALF = 4,
};

/**
 * struct bac - one run; wiped at its end.
 * @own:  S: RND.IFD, RND.IC, K.IFD
 * @card: R: RND.IC, RND.IFD, K.IC
 */
struct bac {
	struct secret k_enc;
	struct secret k_mac;
	uint8_t rnd_ic[NONCE_LEN];
	uint8_t own[CRYPTOGRAM_LEN];
	uint8_t card[CRYPTOGRAM_LEN];
};

static void bac_wipe(struct bac *bac)
{
	wipe(bac, sizeof(*bac));
}

static bool is_not_offered(uint16_t sw)
{
	return sw == SW_SECURITY_STATUS || sw == SW_CONDITIONS ||
	       sw == SW_INS_UNSUPPORTED;
}

static enum cccd_err get_challenge(struct card *card, struct bac *bac)
{
	const struct command command = { .ins = INS_GET_CHALLENGE,
		                         .le = NONCE_LEN };
	struct response response = { 0 };

	TRY(card_exchange(card, &command, &response));
	if (is_not_offered(response.sw))
		return fail_sw(card->error, CCCD_ERR_CARD_BAC_NOT_OFFERED,
		               response.sw, "GET CHALLENGE refused");
	if (response.sw != SW_OK)
		return fail_sw(card->error, CCCD_ERR_CARD_REFUSED, response.sw,
		               "GET CHALLENGE failed");
	if (response.data.len != NONCE_LEN)
		return fail(card->error, CCCD_ERR_CARD_PROTOCOL,
		            "RND.IC has %zu bytes", response.data.len);
	memcpy(bac->rnd_ic, response.data.at, NONCE_LEN);
	return CCCD_OK;
}

/* [9303-11 4.3.1 2] S, E_IFD and M_IFD. */
static enum cccd_err make_cryptogram(struct card *card, struct bac *bac,
                                     uint8_t ret[static ANSWER_LEN])
{
	if (random_fill(card->random, bac->own, NONCE_LEN) != CCCD_OK ||
	    random_fill(card->random, bac->own + CRYPTOGRAM_LEN - KEYING_LEN,
	                KEYING_LEN) != CCCD_OK)
		return fail(card->error, CCCD_ERR_CRYPTO_RANDOM,
		            "no randomness for BAC");
	memcpy(bac->own + NONCE_LEN, bac->rnd_ic, NONCE_LEN);
	TRY(cipher_cbc_encrypt(CIPHER_3DES, secret_span(&bac->k_enc), NULL,
	                       SPAN(bac->own), ret));
	return mac_compute(CIPHER_3DES, secret_span(&bac->k_mac),
	                   span_of(ret, CRYPTOGRAM_LEN), span_of(NULL, 0),
	                   ret + CRYPTOGRAM_LEN);
}

/* [9303-11 4.3.1 4] all three are checked, each with its own code. */
static enum cccd_err check_answer(struct card *card, struct bac *bac,
                                  struct span answer)
{
	uint8_t mac[MAC_LEN];
	struct span cryptogram = span_first(answer, CRYPTOGRAM_LEN);

	if (answer.len != ANSWER_LEN)
		return fail(card->error, CCCD_ERR_BAC_LENGTH,
		            "BAC answer has %zu bytes", answer.len);
	TRY(mac_compute(CIPHER_3DES, secret_span(&bac->k_mac), cryptogram,
	                span_of(NULL, 0), mac));
	if (!secret_equal(SPAN(mac), span_after(answer, CRYPTOGRAM_LEN)))
		return fail(card->error, CCCD_ERR_BAC_MAC, "M_IC is wrong");
	TRY(cipher_cbc_decrypt(CIPHER_3DES, secret_span(&bac->k_enc), NULL,
	                       cryptogram, bac->card));
	if (!secret_equal(span_of(bac->card, NONCE_LEN), SPAN(bac->rnd_ic)))
		return fail(card->error, CCCD_ERR_BAC_RND_IC,
		            "RND.IC did not come back");
	if (!secret_equal(span_of(bac->card + NONCE_LEN, NONCE_LEN),
	                  span_of(bac->own, NONCE_LEN)))
		return fail(card->error, CCCD_ERR_BAC_RND_IFD,
		            "RND.IFD did not come back");
	return CCCD_OK;
}

/* [9303-11 4.3.1 5, 9.8.6.3] */
static enum cccd_err open_channel(struct card *card, const struct bac *bac)
{
	SECRET k_enc = { .len = 0 };
	SECRET k_mac = { .len = 0 };
	SECRET seed = { .len = KEYING_LEN };
	uint8_t ssc[2 * SSC_HALF];
	uint8_t any = 0;

	for (size_t i = 0; i < KEYING_LEN; i++) {
		seed.bytes[i] = bac->own[CRYPTOGRAM_LEN - KEYING_LEN + i] ^
		                bac->card[CRYPTOGRAM_LEN - KEYING_LEN + i];
		any |= seed.bytes[i];
	}
	if (any == 0)
		return fail(card->error, CCCD_ERR_CRYPTO_REFLECTED,
		            "K.IC equals K.IFD");
	memcpy(ssc, bac->rnd_ic + NONCE_LEN - SSC_HALF, SSC_HALF);
	memcpy(ssc + SSC_HALF, bac->own + NONCE_LEN - SSC_HALF, SSC_HALF);
	TRY(kdf_session(CIPHER_3DES, secret_span(&seed), &k_enc, &k_mac));
	return sm_open(&card->sm, CIPHER_3DES, secret_span(&k_enc),
	               secret_span(&k_mac), SPAN(ssc));
}

static enum cccd_err external_authenticate(struct card *card, struct bac *bac,
                                           size_t le, struct response *ret)
{
	uint8_t data[ANSWER_LEN] = { 0 };
	const struct command command = { .ins = INS_EXTERNAL_AUTHENTICATE,
		                         .data = SPAN(data),
		                         .le = le };

	TRY(make_cryptogram(card, bac, data));
	return card_exchange(card, &command, ret);
}

static bool is_password_refusal(uint16_t sw)
{
	return sw == SW_FAILED_NO_INFO || sw == SW_SECURITY_STATUS ||
	       sw == SW_CONDITIONS || sw == SW_SM_INCORRECT ||
	       sw == SW_BLOCKED || status_tries_left(sw) >= 0;
}

/* Some chips want Le = 00; the first challenge may be spent by then. */
static enum cccd_err authenticate(struct card *card, struct bac *bac,
                                  struct response *ret)
{
	TRY(get_challenge(card, bac));
	TRY(external_authenticate(card, bac, ANSWER_LEN, ret));
	if (ret->sw != SW_WRONG_LENGTH)
		return CCCD_OK;
	TRY(get_challenge(card, bac));
	return external_authenticate(card, bac, LE_MAX_SHORT, ret);
}

static enum cccd_err run(struct card *card, const struct password *password)
{
	CLEANUP(bac_wipe) struct bac bac = { .rnd_ic = { 0 } };
	struct response response = { 0 };

	if (sm_is_open(&card->sm))
		return CCCD_ERR_USAGE_STATE;
	TRY(password_bac_keys(password, &bac.k_enc, &bac.k_mac));
	TRY(authenticate(card, &bac, &response));
	if (is_password_refusal(response.sw))
		return status_fail_password(card->error, response.sw, "BAC");
	if (response.sw != SW_OK)
		return fail_sw(card->error, CCCD_ERR_CARD_REFUSED, response.sw,
		               "EXTERNAL AUTHENTICATE failed");
	TRY(check_answer(card, &bac, response.data));
	return open_channel(card, &bac);
}

enum cccd_err bac_run(struct card *card, const struct password *password)
{
	enum cccd_err err = run(card, password);

	/* Whatever was not recorded where it was known: the first stays. */
	return err == CCCD_OK ? err : fail(card->error, err, "BAC failed");
}
