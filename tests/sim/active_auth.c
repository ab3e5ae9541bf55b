/* SPDX-License-Identifier: Apache-2.0 */
/* Active authentication, the chip's side: 9303-11 6.1. */
#include "tests/sim/chip.h"

enum { NONCE = 8 };

static const struct trailer_row {
	enum digest_id digest;
	uint8_t id;
} trailers[] = {
	{ DIGEST_SHA1, 0x33 },   { DIGEST_SHA224, 0x38 },
	{ DIGEST_SHA256, 0x34 }, { DIGEST_SHA384, 0x36 },
	{ DIGEST_SHA512, 0x35 },
};

/* One octet BC says SHA-1; two name the hash. [9303-11 6.1.2.2] */
static size_t trailer(const struct sim_active_auth_profile *how,
                      enum digest_id id, uint8_t ret[static 2])
{
	if (strcmp(how->trailer, "bc") == 0 ||
	    (how->trailer[0] == '\0' && id == DIGEST_SHA1)) {
		ret[0] = 0xBC;
		return 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(trailers); i++) {
		if (trailers[i].digest == id)
			ret[0] = trailers[i].id;
	}
	ret[1] = 0xCC;
	return 2;
}

/* 6A || M1 || H(M1 || M2) || trailer. [ISO/IEC 9796-2 scheme 1] */
static enum cccd_err sign_rsa(struct sim_card *card, struct span m2,
                              struct buf *ret)
{
	const struct sim_active_auth_profile *how = &card->profile->active_auth;
	enum digest_id id = sim_digest_by_name(how->hash);
	uint8_t tail[2] = { 0, 0 };
	size_t tail_len = trailer(how, id, tail);
	size_t m1_len = card->aa.rsa.len - 1 - digest_len(id) - tail_len;
	uint8_t m1[640];
	struct digest digest;
	BUF block = buf_make(640);

	if (m1_len > sizeof(m1))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	TRY(sim_rng_fill(&card->rng, m1, m1_len));
	TRY(digest_compute_pair(id, span_of(m1, m1_len), m2, &digest));
	TRY(buf_append_byte(&block, 0x6A));
	TRY(buf_append(&block, span_of(m1, m1_len)));
	TRY(buf_append(&block, digest_span(&digest)));
	TRY(buf_append(&block, span_of(tail, tail_len)));
	return sim_rsa_private(&card->aa.rsa, buf_span(&block), ret);
}

/* [9303-11 6.1.2.3] */
static enum cccd_err sign_ecdsa(struct sim_card *card, struct span nonce,
                                struct buf *ret)
{
	const struct sim_active_auth_profile *how = &card->profile->active_auth;
	struct digest digest;

	TRY(digest_compute(sim_digest_by_name(how->hash), nonce, &digest));
	return sim_ecdsa(&card->aa.group, card->aa.secret, &card->rng,
	                 digest_span(&digest), how->der, ret);
}

static enum cccd_err sign(struct sim_card *card, struct span nonce,
                          struct buf *ret)
{
	const char *fault = card->profile->active_auth.fault;
	static const uint8_t old[NONCE] = "replayed";

	/* A copied answer fits a challenge of long ago. */
	if (strcmp(fault, "replay") == 0)
		nonce = SPAN(old);
	if (card->aa.rsa.n != NULL)
		TRY(sign_rsa(card, nonce, ret));
	else
		TRY(sign_ecdsa(card, nonce, ret));
	if (strcmp(fault, "wrong") == 0)
		ret->at[ret->len / 2] ^= 0x10;
	return CCCD_OK;
}

uint16_t chip_internal_authenticate(struct sim_card *card,
                                    const struct chip_command *cmd,
                                    struct buf *ret)
{
	const struct sim_active_auth_profile *how = &card->profile->active_auth;

	if (how->sw != 0)
		return (uint16_t)how->sw;
	if (card->aa.rsa.n == NULL && card->aa.secret == NULL)
		return SW_INS;
	if (!card->profile->access.open &&
	    !(card->state.granted && cmd->secured))
		return SW_SECURITY;
	if (cmd->data.len != NONCE || !cmd->has_le)
		return SW_LENGTH;
	if (sign(card, cmd->data, ret) != CCCD_OK)
		return SW_UNKNOWN;
	return SW_OK;
}
