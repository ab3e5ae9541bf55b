/* SPDX-License-Identifier: Apache-2.0 */
/* From the nonce to the generator, and the chip's proof in the chip
 * authentication mapping: 9303-11 4.4.3.3, 4.4.3.5. */
#include "tests/sim/chip.h"

static enum cccd_err number_of(struct span bytes, BIGNUM **ret)
{
	*ret = BN_bin2bn(bytes.at, (int)bytes.len, NULL);
	return *ret == NULL ? CCCD_ERR_MEMORY : CCCD_OK;
}

/* G' = s G + H, or g' = g^s h. [9303-11 4.4.3.3.1] */
static enum cccd_err map_generic(struct sim_card *card, struct span data,
                                 struct buf *ret)
{
	struct chip_pace *pace = &card->state.pace;
	const struct sim_group *group = &pace->group;
	SIM_ELEMENT base = { .point = NULL };
	SIM_ELEMENT own = { .point = NULL };
	SIM_ELEMENT other = { .point = NULL };
	SIM_ELEMENT h = { .point = NULL };
	SIM_ELEMENT scaled = { .point = NULL };
	SIM_NUMBER *s = NULL;

	TRY(sim_group_decode(group, data, &other));
	TRY(sim_group_private(group, &card->rng, &pace->map_private));
	TRY(sim_group_generator(group, &base));
	TRY(sim_group_power(group, &base, pace->map_private, &own));
	TRY(sim_group_power(group, &other, pace->map_private, &h));
	TRY(number_of(span_of(pace->nonce, pace->nonce_len), &s));
	TRY(sim_group_power(group, &base, s, &scaled));
	TRY(sim_group_combine(group, &scaled, &h, &pace->generator));
	TRY(sim_group_encode(group, &own, ret));
	return chip_pace_falsify(card, data, ret);
}

/* c0 and c1, for 128 and for 256 bits. [9303-11 4.4.3.3.2] */
static const uint8_t constants[2][2][32] = {
	{ { 0xA6, 0x68, 0x89, 0x2A, 0x7C, 0x41, 0xE3, 0xCA, 0x73, 0x9F, 0x40,
	    0xB0, 0x57, 0xD8, 0x59, 0x04 },
	  { 0xA4, 0xE1, 0x36, 0xAC, 0x72, 0x5F, 0x73, 0x8B, 0x01, 0xC1, 0xF6,
	    0x02, 0x17, 0xC1, 0x88, 0xAD } },
	{ { 0xD4, 0x63, 0xD6, 0x52, 0x34, 0x12, 0x4E, 0xF7, 0x89, 0x70, 0x54,
	    0x98, 0x6D, 0xCA, 0x0A, 0x17, 0x4E, 0x28, 0xDF, 0x75, 0x8C, 0xBA,
	    0xA0, 0x3F, 0x24, 0x06, 0x16, 0x41, 0x4D, 0x5A, 0x16, 0x76 },
	  { 0x54, 0xBD, 0x72, 0x55, 0xF0, 0xAA, 0xF8, 0x31, 0xBE, 0xC3, 0x42,
	    0x3F, 0xCF, 0x39, 0xD6, 0x9B, 0x6C, 0xBF, 0x06, 0x66, 0x77, 0xD0,
	    0xFA, 0xAE, 0x5A, 0xAD, 0xD9, 0x9D, 0xF8, 0xE5, 0x35, 0x17 } },
};

/* x1 || x2 || … long enough to reduce modulo p without bias. */
static enum cccd_err pseudo_random(const struct chip_pace *pace, struct span t,
                                   struct buf *ret)
{
	size_t key_len = sim_key_len(pace->cipher);
	size_t wide = key_len > 16 ? 1 : 0;
	size_t len = wide ? 32 : 16;
	size_t bits = (size_t)BN_num_bits(pace->group.p) + 64;
	uint8_t key[SIM_KEY_MAX];
	uint8_t next[SIM_KEY_MAX];
	uint8_t x[SIM_KEY_MAX];

	TRY(sim_encrypt(pace->cipher, t.at, NULL, span_of(pace->nonce, len),
	                next));
	while (ret->len * 8 < bits) {
		memcpy(key, next, sizeof(key));
		TRY(sim_encrypt(pace->cipher, key, NULL,
		                span_of(constants[wide][1], len), x));
		TRY(buf_append(ret, span_of(x, len)));
		TRY(sim_encrypt(pace->cipher, key, NULL,
		                span_of(constants[wide][0], len), next));
	}
	return CCCD_OK;
}

/* [9303-11 4.4.3.3.2] The answer is an empty object. */
static enum cccd_err map_integrated(struct sim_card *card, struct span t)
{
	struct chip_pace *pace = &card->state.pace;
	BUF r = buf_make(1024);
	SIM_NUMBER *number = NULL;

	if (t.len != sim_key_len(pace->cipher))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(pseudo_random(pace, t, &r));
	TRY(number_of(buf_span(&r), &number));
	if (!BN_nnmod(number, number, pace->group.p, pace->group.ctx))
		return CCCD_ERR_CRYPTO_FAILED;
	return sim_group_map(&pace->group, number, &pace->generator);
}

enum cccd_err chip_pace_map(struct sim_card *card, struct span data,
                            struct buf *ret_answer)
{
	if (card->state.pace.mapping == SIM_IM)
		return map_integrated(card, data);
	return map_generic(card, data, ret_answer);
}

/* The static key on the domain parameters of this PACE. */
static const struct chip_ca_key *cam_key(const struct sim_card *card)
{
	for (size_t i = 0; i < card->profile->chip_auth.count; i++) {
		const struct chip_ca_key *key = &card->ca[i];

		if (key->group.id == card->state.pace.group.id)
			return key;
	}
	return NULL;
}

/* CA_IC = SK_IC^-1 SK_map,IC mod the order. [9303-11 4.4.3.5.1] */
static enum cccd_err chip_data(const struct sim_card *card, struct buf *ret)
{
	const struct chip_pace *pace = &card->state.pace;
	const struct chip_ca_key *key = cam_key(card);
	uint8_t bytes[128];
	SIM_NUMBER *number = BN_new();

	if (key == NULL || number == NULL)
		return CCCD_ERR_DATA_MISSING;
	if (BN_mod_inverse(number, key->secret, pace->group.order,
	                   pace->group.ctx) == NULL ||
	    !BN_mod_mul(number, number, pace->map_private, pace->group.order,
	                pace->group.ctx))
		return CCCD_ERR_CRYPTO_FAILED;
	if (chip_fault(card, SIM_FAULT_CAM_BAD) != NULL &&
	    !BN_add_word(number, 1))
		return CCCD_ERR_CRYPTO_FAILED;
	if (BN_bn2binpad(number, bytes, (int)pace->group.order_len) < 0)
		return CCCD_ERR_CRYPTO_FAILED;
	return buf_append(ret, span_of(bytes, pace->group.order_len));
}

/* [9303-11 4.4.3.5.4] IV = E(K, -1). */
enum cccd_err chip_pace_cam(struct sim_card *card, struct buf *ret)
{
	const struct chip_pace *pace = &card->state.pace;
	uint8_t ones[SIM_BLOCK_MAX];
	uint8_t iv[SIM_BLOCK_MAX];

	TRY(chip_data(card, ret));
	TRY(buf_append_byte(ret, 0x80));
	while (ret->len % SIM_BLOCK_MAX != 0)
		TRY(buf_append_byte(ret, 0));
	memset(ones, 0xFF, sizeof(ones));
	TRY(sim_encrypt_block(pace->cipher, pace->keys.enc, ones, iv));
	return sim_encrypt(pace->cipher, pace->keys.enc, iv, buf_span(ret),
	                   ret->at);
}
