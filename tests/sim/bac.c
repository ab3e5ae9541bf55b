/* SPDX-License-Identifier: Apache-2.0 */
/* Basic Access Control, the chip's side: 9303-11 4.3. */
#include "tests/sim/chip.h"

enum { NONCE = 8, KEY = 16, TOKEN = 32, ANSWER = TOKEN + SIM_MAC_LEN };

uint16_t chip_get_challenge(struct sim_card *card,
                            const struct chip_command *cmd, struct buf *ret)
{
	if (!card->profile->access.bac)
		return (uint16_t)card->profile->access.bac_sw;
	if (card->state.context != CONTEXT_APPLICATION)
		return SW_CONDITIONS;
	if (cmd->ne != NONCE && !cmd->le_zero)
		return SW_LENGTH;
	if (sim_rng_fill(&card->rng, card->state.challenge, NONCE) != CCCD_OK ||
	    buf_append(ret, SPAN(card->state.challenge)) != CCCD_OK)
		return SW_UNKNOWN;
	card->state.has_challenge = true;
	return SW_OK;
}

/* Document keys from the MRZ information. [9303-11 9.7.2, D.2] */
static enum cccd_err document_keys(const struct sim_card *card,
                                   struct chip_keys *ret)
{
	const char *mrz = sim_card_secret(card, "mrz");
	struct digest digest;

	if (mrz == NULL)
		return CCCD_ERR_DATA_MISSING;
	TRY(digest_compute(DIGEST_SHA1, span_text(mrz), &digest));
	return chip_session_keys(SIM_3DES, span_of(digest.bytes, 16), ret);
}

/* E_IFD || M_IFD to S = RND.IFD || RND.IC || K.IFD. */
static bool open_token(const struct sim_card *card,
                       const struct chip_keys *keys, struct span data,
                       uint8_t s[static TOKEN])
{
	uint8_t mac[SIM_MAC_LEN];

	return data.len == ANSWER &&
	       sim_mac(SIM_3DES, keys->mac, span_first(data, TOKEN), mac) ==
	               CCCD_OK &&
	       memcmp(mac, data.at + TOKEN, SIM_MAC_LEN) == 0 &&
	       sim_decrypt(SIM_3DES, keys->enc, NULL, span_first(data, TOKEN),
	                   s) == CCCD_OK &&
	       memcmp(s + NONCE, card->state.challenge, NONCE) == 0;
}

/* R = RND.IC || RND.IFD || K.IC under the document keys, with whatever the
 * profile says is wrong with it. */
static enum cccd_err close_token(const struct sim_card *card,
                                 const struct chip_keys *keys,
                                 uint8_t r[static TOKEN], struct buf *ret)
{
	uint8_t mac[SIM_MAC_LEN];
	uint8_t sealed[TOKEN];

	if (chip_fault(card, SIM_FAULT_BAC_RND_IC) != NULL)
		r[0] ^= 0x01;
	if (chip_fault(card, SIM_FAULT_BAC_RND_IFD) != NULL)
		r[NONCE] ^= 0x01;
	TRY(sim_encrypt(SIM_3DES, keys->enc, NULL, span_of(r, TOKEN), sealed));
	TRY(sim_mac(SIM_3DES, keys->mac, SPAN(sealed), mac));
	if (chip_fault(card, SIM_FAULT_BAC_MAC) != NULL)
		mac[SIM_MAC_LEN - 1] ^= 0x80;
	TRY(buf_append(ret, SPAN(sealed)));
	TRY(buf_append(ret, SPAN(mac)));
	if (chip_fault(card, SIM_FAULT_BAC_SHORT) != NULL)
		ret->len = ANSWER - 1;
	if (chip_fault(card, SIM_FAULT_BAC_LONG) != NULL)
		TRY(buf_append_byte(ret, 0));
	return CCCD_OK;
}

/* [9303-11 4.3.1, 9.8.6.3] */
static enum cccd_err agree(struct sim_card *card, const struct chip_keys *keys,
                           const uint8_t s[static TOKEN], struct buf *ret)
{
	uint8_t r[TOKEN];
	uint8_t seed[KEY];
	struct chip_session *next = &card->state.next;

	memcpy(r, s + NONCE, NONCE);
	memcpy(r + NONCE, s, NONCE);
	TRY(sim_rng_fill(&card->rng, r + KEY, KEY));
	for (size_t i = 0; i < KEY; i++)
		seed[i] = s[KEY + i] ^ r[KEY + i];
	*next = (struct chip_session){ .open = true };
	TRY(chip_session_keys(SIM_3DES, SPAN(seed), &next->keys));
	memcpy(next->ssc, s + NONCE + 4, 4);
	memcpy(next->ssc + 4, s + 4, 4);
	return close_token(card, keys, r, ret);
}

uint16_t chip_external_authenticate(struct sim_card *card,
                                    const struct chip_command *cmd,
                                    struct buf *ret)
{
	struct chip_keys keys;
	uint8_t s[TOKEN];

	if (!card->profile->access.bac)
		return (uint16_t)card->profile->access.bac_sw;
	if (!card->state.has_challenge)
		return SW_CONDITIONS;
	/* A challenge serves once, right or wrong. */
	card->state.has_challenge = false;
	if (document_keys(card, &keys) != CCCD_OK)
		return SW_NO_REFERENCE;
	if (!open_token(card, &keys, cmd->data, s))
		return (uint16_t)card->profile->access.bac_wrong_sw;
	if (agree(card, &keys, s, ret) != CCCD_OK)
		return SW_UNKNOWN;
	card->state.has_next = true;
	card->state.granted = true;
	return SW_OK;
}
