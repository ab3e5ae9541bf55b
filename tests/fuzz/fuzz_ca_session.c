/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chip authentication: the static key of a DG14, then what the card answers.
 * Pieces: key, protocol, then answers; the first byte of an answer says
 * whether it comes as it is (even) or properly protected (odd).
 */
#include "apdu/auth/chip_auth.h"
#include "tests/fuzz/wire.h"
#include "tests/support/card_rig.h"
#include "tests/support/sm_card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ca_ifd_private of sm_aes.json. */
static const uint8_t tape[] = {
	0xA6, 0xA4, 0xD2, 0x55, 0xC5, 0xBF, 0x7A, 0x77, 0xEC, 0x05, 0x53,
	0xDB, 0x74, 0xF6, 0x93, 0xCF, 0x04, 0x4E, 0x18, 0xC9, 0x83, 0x64,
	0xD4, 0x97, 0x7A, 0x29, 0x61, 0x08, 0xAF, 0x19, 0xBD, 0x01
};

/* ca_ks_enc and ca_ks_mac: the keys such a run ends with. */
static const uint8_t new_enc[] = { 0x74, 0xDF, 0xF1, 0x02, 0x9B, 0x54,
	                           0x8F, 0xA2, 0x73, 0xC1, 0x3D, 0x86,
	                           0xCE, 0x77, 0x5A, 0x5B };
static const uint8_t new_mac[] = { 0x4A, 0xE4, 0xF2, 0xF7, 0x0A, 0xBC,
	                           0x8C, 0x4C, 0x3D, 0xA7, 0x58, 0x8B,
	                           0xE9, 0xA1, 0xC9, 0xE2 };
static const uint8_t old_key[16] = { 1, 2, 4, 7 };

struct chip {
	struct wire wire;
	struct sm_card sm;
	unsigned int answers;
};

static enum cccd_err answer(void *context, struct span command,
                            struct buf *response)
{
	struct chip *chip = context;
	BUF plain = buf_make(70000);
	struct span piece = { 0 };

	if (chip->wire.rest.len < 2)
		return CCCD_ERR_CARD_REMOVED;
	piece = wire_next(&chip->wire);
	if (piece.len < 3 || (piece.at[0] & 1) == 0)
		return buf_append(response, span_after(piece, 1));
	if (++chip->answers == 3)
		sm_card_open(&chip->sm, CIPHER_AES128, SPAN(new_enc),
		             SPAN(new_mac));
	(void)sm_card_receive(&chip->sm, command, &plain);
	sm_card_answer(&chip->sm, span_after(piece, 3),
	               (uint16_t)(piece.at[1] << 8 | piece.at[2]), response);
	return CCCD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct card_rig rig;
	static struct chip chip;
	struct fixed_random fixed = { .bytes = SPAN(tape) };
	const struct random random = { .fill = fixed_fill, .context = &fixed };
	struct chip_auth_key key = { .has_key_id = size % 2 == 1 };
	struct chip_auth_result result;

	if (size > 8192)
		return 0;
	chip = (struct chip){ .wire = { .rest = span_of(data, size) } };
	key.spki = wire_next(&chip.wire);
	key.protocol = wire_next(&chip.wire);
	sm_card_open(&chip.sm, CIPHER_AES128, SPAN(old_key), SPAN(old_key));
	card_rig_init(&rig);
	rig.script.answer = answer;
	rig.script.context = &chip;
	card_rig_open(&rig, &random);
	if (sm_open(&rig.card.sm, CIPHER_AES128, SPAN(old_key), SPAN(old_key),
	            span_of(NULL, 0)) != CCCD_OK)
		__builtin_trap();
	if (chip_auth_run(&rig.card, &key, 0x010E, &result) == CCCD_OK &&
	    result.outcome == CHIP_AUTH_PROVEN &&
	    (!sm_is_open(&rig.card.sm) || rig.card.sm.proven == 0))
		__builtin_trap();
	card_rig_close(&rig);
	return 0;
}
