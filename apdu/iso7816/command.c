/* SPDX-License-Identifier: Apache-2.0 */
/* Command and response APDUs: ISO/IEC 7816-4 clause 5. */
#include "apdu/iso7816/command.h"

#include "base/macros.h"

bool command_is_extended(const struct command *command)
{
	return command->data.len > LC_MAX_SHORT || command->le > LE_MAX_SHORT;
}

static enum cccd_err put_u16(struct buf *out, size_t value)
{
	TRY(buf_append_byte(out, (uint8_t)(value >> 8)));
	return buf_append_byte(out, (uint8_t)value);
}

/* [7816-4 5.2] Lc: one byte, or 00 and two bytes. */
static enum cccd_err put_lc(struct buf *out, size_t len, bool extended)
{
	if (len == 0)
		return CCCD_OK;
	if (!extended)
		return buf_append_byte(out, (uint8_t)len);
	TRY(buf_append_byte(out, 0));
	return put_u16(out, len);
}

/* [7816-4 5.2] Le: all zero means the maximum of its form. */
static enum cccd_err put_le(struct buf *out, const struct command *command,
                            bool extended)
{
	if (command->le == LE_NONE)
		return CCCD_OK;
	if (!extended)
		return buf_append_byte(out, (uint8_t)command->le);
	/* Without Lc the leading 00 of the extended form is still to come. */
	if (command->data.len == 0)
		TRY(buf_append_byte(out, 0));
	return put_u16(out, command->le);
}

enum cccd_err command_encode(const struct command *command, bool force_extended,
                             struct buf *ret)
{
	const uint8_t head[] = { command->cla, command->ins, command->p1,
		                 command->p2 };
	bool extended = force_extended || command_is_extended(command);

	if (command->data.len > LC_MAX_EXTENDED ||
	    command->le > LE_MAX_EXTENDED)
		return CCCD_ERR_DATA_TOO_LARGE;
	buf_reset(ret);
	TRY(buf_append(ret, SPAN(head)));
	TRY(put_lc(ret, command->data.len, extended));
	TRY(buf_append(ret, command->data));
	return put_le(ret, command, extended);
}

enum cccd_err response_decode(struct span bytes, struct response *ret)
{
	if (bytes.len < 2)
		return CCCD_ERR_CARD_PROTOCOL;
	ret->data = span_first(bytes, bytes.len - 2);
	ret->sw = (uint16_t)(bytes.at[bytes.len - 2] << 8 |
	                     bytes.at[bytes.len - 1]);
	return CCCD_OK;
}
