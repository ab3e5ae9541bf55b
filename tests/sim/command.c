/* SPDX-License-Identifier: Apache-2.0 */
/* Command APDUs as they come off the wire. [ISO/IEC 7816-4 5.1] */
#include "tests/sim/chip.h"

static void set_le(struct chip_command *cmd, size_t value, size_t whole)
{
	cmd->has_le = true;
	cmd->le_zero = value == 0;
	cmd->ne = value == 0 ? whole : value;
}

/* Cases 2E, 3E, 4E; @rest follows the zero byte. */
static bool parse_extended(struct span rest, struct chip_command *cmd)
{
	size_t lc = (size_t)rest.at[0] << 8 | rest.at[1];

	cmd->extended = true;
	if (rest.len == 2) {
		set_le(cmd, lc, 65536);
		return true;
	}
	if (lc == 0)
		return false;
	cmd->data = span_first(span_after(rest, 2), lc);
	if (rest.len == 2 + lc)
		return cmd->data.len == lc;
	if (rest.len != 2 + lc + 2)
		return false;
	set_le(cmd, (size_t)rest.at[2 + lc] << 8 | rest.at[3 + lc], 65536);
	return true;
}

/* Cases 2S, 3S, 4S. */
static bool parse_short(struct span rest, struct chip_command *cmd)
{
	size_t lc = rest.at[0];

	if (rest.len == 1) {
		set_le(cmd, lc, 256);
		return true;
	}
	if (lc == 0)
		return false;
	cmd->data = span_first(span_after(rest, 1), lc);
	if (rest.len == 1 + lc)
		return cmd->data.len == lc;
	if (rest.len != 1 + lc + 1)
		return false;
	set_le(cmd, rest.at[1 + lc], 256);
	return true;
}

bool chip_command_parse(struct span apdu, struct chip_command *ret)
{
	struct chip_command cmd = { .cla = 0 };
	struct span rest;

	if (apdu.len < 4)
		return false;
	cmd.cla = apdu.at[0];
	cmd.ins = apdu.at[1];
	cmd.p1 = apdu.at[2];
	cmd.p2 = apdu.at[3];
	cmd.chained = (cmd.cla & 0x10) != 0;
	rest = span_after(apdu, 4);
	if (rest.len >= 3 && rest.at[0] == 0) {
		if (!parse_extended(span_after(rest, 1), &cmd))
			return false;
	} else if (rest.len > 0 && !parse_short(rest, &cmd)) {
		return false;
	}
	*ret = cmd;
	return true;
}
