/* SPDX-License-Identifier: Apache-2.0 */
/* Step 2 of PACE, the mappings: Doc 9303-11 4.4.3.3, 4.4.5.2. */
#include "apdu/crypto/mapping.h"

#include "apdu/access/pace_private.h"
#include "base/error.h"

static enum cccd_err map_failed(struct pace *pace, enum cccd_err err)
{
	return fail(pace->card->error, err, "PACE mapping failed");
}

/* The chip's public value, kept for the check of PACE-CAM. */
static enum cccd_err keep_public(struct pace *pace, struct span value)
{
	struct public_value *kept = &pace->result->map_public;

	if (key_check(pace->static_domain, value) != CCCD_OK)
		return fail(pace->card->error, CCCD_ERR_CRYPTO_KEY,
		            "PACE: the card's mapping key is not valid");
	memcpy(kept->bytes, value.at, value.len);
	kept->len = value.len;
	return CCCD_OK;
}

/* [9303-11 4.4.3.3.1]; the chip authentication mapping begins the same. */
static enum cccd_err map_generic(struct pace *pace)
{
	CLEANUP(key_pair_wipe)
	struct key_pair pair = { .public_value = { .len = 0 } };
	SECRET shared = { .len = 0 };
	struct response response = { 0 };
	struct span theirs = { 0 };
	enum cccd_err err =
	        key_generate(pace->static_domain, pace->card->random, &pair);

	if (err != CCCD_OK)
		return map_failed(pace, err);
	TRY(pace_authenticate(pace, 2, DO_MAP_TERMINAL,
	                      public_value_span(&pair.public_value),
	                      &response));
	TRY(pace_expect_ok(pace, response.sw));
	TRY(pace_only_object(pace, response.data, DO_MAP_CARD, &theirs));
	TRY(keep_public(pace, theirs));
	err = key_agree_element(pace->static_domain, &pair, theirs, &shared);
	if (err == CCCD_OK)
		err = mapping_generic(pace->static_domain,
		                      secret_span(&pace->nonce),
		                      secret_span(&shared), &pace->mapped);
	return err == CCCD_OK ? CCCD_OK : map_failed(pace, err);
}

/* [9303-11 4.4.5.2.2] the answer is an empty object, or none. */
static enum cccd_err check_empty(struct pace *pace, struct span answer)
{
	struct span value = { 0 };

	if (answer.len == 0)
		return CCCD_OK;
	TRY(pace_only_object(pace, answer, DO_MAP_CARD, &value));
	if (value.len != 0)
		return fail(pace->card->error, CCCD_ERR_DATA_MALFORMED,
		            "PACE: mapping data where none belongs");
	return CCCD_OK;
}

/* [9303-11 4.4.3.3.2] */
static enum cccd_err map_integrated(struct pace *pace)
{
	uint8_t nonce[CIPHER_KEY_MAX];
	struct span nonce_t = span_of(nonce, cipher_key_len(pace->cipher));
	struct response response = { 0 };
	enum cccd_err err = random_fill(pace->card->random, nonce, nonce_t.len);

	if (err != CCCD_OK)
		return map_failed(pace, err);
	TRY(pace_authenticate(pace, 2, DO_MAP_TERMINAL, nonce_t, &response));
	TRY(pace_expect_ok(pace, response.sw));
	TRY(check_empty(pace, response.data));
	err = mapping_integrated(pace->static_domain, pace->cipher,
	                         secret_span(&pace->nonce), nonce_t,
	                         &pace->mapped);
	return err == CCCD_OK ? CCCD_OK : map_failed(pace, err);
}

enum cccd_err pace_map_nonce(struct pace *pace)
{
	if (pace->info->mapping == CCCD_PACE_MAPPING_IM)
		return map_integrated(pace);
	return map_generic(pace);
}
