/* SPDX-License-Identifier: Apache-2.0 */
/* A whole PACE dialogue; the input is what the card answers. */
#include "apdu/access/pace.h"
#include "apdu/lds/security_info.h"
#include "tests/fuzz/wire.h"
#include "tests/support/card_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The private keys of pace_cccd_can.json, so that a seed goes through. */
static const uint8_t tape[] = {
	0x1D, 0x30, 0xBB, 0x2C, 0x67, 0xE6, 0x5B, 0xCA, 0x0F, 0x0A, 0x21,
	0x38, 0x25, 0x2A, 0x01, 0x40, 0xD5, 0x2A, 0x6B, 0xFB, 0x30, 0xBB,
	0xA2, 0x6B, 0x81, 0x76, 0x5D, 0xBF, 0x29, 0xC4, 0x2D, 0x8E, 0x1C,
	0x34, 0x41, 0xEA, 0x9C, 0x7E, 0x03, 0x95, 0xAA, 0x11, 0x8D, 0xC7,
	0x35, 0x18, 0xA6, 0xE5, 0x81, 0xB0, 0xF2, 0x34, 0x9C, 0xE9, 0x08,
	0xF2, 0x6D, 0x93, 0xDF, 0x2F, 0x8D, 0x73, 0xEA, 0xC0
};

/* Those of appendix I, for the chip authentication mapping. */
static const uint8_t tape_cam[] = {
	0x5D, 0x8B, 0xB8, 0x7B, 0xD7, 0x4D, 0x98, 0x5A, 0x4B, 0x7D, 0x43,
	0x25, 0xB9, 0xF7, 0xB9, 0x76, 0xFE, 0x83, 0x51, 0x22, 0x77, 0x34,
	0x00, 0x79, 0x89, 0x14, 0xAA, 0x22, 0x73, 0x81, 0x35, 0xCC, 0x76,
	0xEC, 0xFD, 0xAA, 0x98, 0x41, 0xC3, 0x23, 0xA3, 0xF5, 0xFC, 0x5E,
	0x88, 0xB8, 0x8D, 0xB3, 0xEF, 0xF7, 0xE3, 0x5E, 0xBF, 0x57, 0xA7,
	0xE6, 0x94, 0x6C, 0xB6, 0x30, 0x00, 0x6C, 0x21, 0x20
};

static const struct {
	uint8_t agreement;
	unsigned int id;
} groups[] = { { 2, 13 }, { 2, 12 }, { 4, 13 }, { 4, 12 },
	       { 6, 13 }, { 1, 0 },  { 3, 0 },  { 2, 8 } };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct card_rig rig;
	uint8_t oid[] = { 0x04, 0x00, 0x7F, 0x00, 0x07,
		          0x02, 0x02, 0x04, 0x02, 0x02 };
	struct wire wire = { .rest = span_of(data, size) };
	bool cam = size > 0 && groups[data[0] % 8].agreement == 6;
	struct fixed_random fixed = { .bytes = cam ? SPAN(tape_cam)
		                                   : SPAN(tape) };
	const struct random random = { .fill = fixed_fill, .context = &fixed };
	struct cccd_pace_info info = { .version = 2 };
	struct password password = { .type = PASSWORD_NONE };
	struct pace_result result;

	if (size < 1)
		return 0;
	wire.rest = span_after(wire.rest, 1);
	oid[8] = groups[data[0] % 8].agreement;
	oid[9] = (uint8_t)(1 + (data[0] / 8 + 1) % 4);
	if (!pace_protocol(SPAN(oid), &info))
		return 0;
	info.version = 2;
	info.parameter_id = groups[data[0] % 8].id;
	info.has_parameter_id = true;
	if (password_set(cam ? PASSWORD_MRZ : PASSWORD_CAN,
	                 span_text(cam ? "C11T002JM496081222310314" : "000001"),
	                 &password) != CCCD_OK)
		return 0;
	card_rig_init(&rig);
	rig.script.answer = wire_answer;
	rig.script.context = &wire;
	card_rig_open(&rig, &random);
	if (pace_run(&rig.card, &info, NULL, &password, &result) == CCCD_OK) {
		if (!sm_is_open(&rig.card.sm))
			__builtin_trap();
	} else if (sm_is_open(&rig.card.sm)) {
		__builtin_trap();
	}
	if (rig.script.sent > 600)
		__builtin_trap();
	card_rig_close(&rig);
	password_wipe(&password);
	return 0;
}
