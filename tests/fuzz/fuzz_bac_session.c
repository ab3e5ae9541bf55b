/* SPDX-License-Identifier: Apache-2.0 */
/* A whole BAC dialogue; the input is what the card answers. */
#include "apdu/access/bac.h"
#include "tests/fuzz/wire.h"
#include "tests/support/card_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RND.IFD and K.IFD of Doc 9303-11 D.3, so that a seed goes through. */
static const uint8_t tape[] = {
	0x78, 0x17, 0x23, 0x86, 0x0C, 0x06, 0xC2, 0x26, 0x0B, 0x79, 0x52, 0x40,
	0xCB, 0x70, 0x49, 0xB0, 0x1C, 0x19, 0xB3, 0x3E, 0x32, 0x80, 0x4F, 0x0B
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct card_rig rig;
	struct wire wire = { .rest = span_of(data, size) };
	struct fixed_random fixed = { .bytes = SPAN(tape) };
	const struct random random = { .fill = fixed_fill, .context = &fixed };
	struct password password = { .type = PASSWORD_NONE };

	if (password_set(PASSWORD_MRZ, span_text("L898902C<369080619406236"),
	                 &password) != CCCD_OK)
		return 0;
	card_rig_init(&rig);
	rig.script.answer = wire_answer;
	rig.script.context = &wire;
	card_rig_open(&rig, &random);
	if ((bac_run(&rig.card, &password) == CCCD_OK) !=
	    sm_is_open(&rig.card.sm))
		__builtin_trap();
	card_rig_close(&rig);
	password_wipe(&password);
	return 0;
}
