/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the protocol between the library and cccd-nfc. */
#include "reader/nfc_wire/wire.h"

enum {
	TIMEOUT_LEN = 4,
	COMMAND_MIN = 4,
	CARD_HEAD_LEN = 2,
	ERROR_HEAD_LEN = 6,
	PRINTABLE_FIRST = 0x20,
	PRINTABLE_LAST = 0x7E,
};

/* What the child may say went wrong; anything else would be a lie. */
static const enum cccd_err errors[] = {
	CCCD_ERR_READER_NONE,        CCCD_ERR_READER_SERVICE,
	CCCD_ERR_READER_BUSY,        CCCD_ERR_READER_LOST,
	CCCD_ERR_READER_TIMEOUT,     CCCD_ERR_READER_IO,
	CCCD_ERR_READER_UNSUPPORTED, CCCD_ERR_READER_OVERSIZE,
	CCCD_ERR_READER_PERMISSION,  CCCD_ERR_READER_NO_CARD,
	CCCD_ERR_CARD_REMOVED,       CCCD_ERR_CARD_MUTE,
	CCCD_ERR_CANCELLED,          CCCD_ERR_MEMORY,
};

static uint32_t u32_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static enum cccd_err put_u32(struct buf *ret, uint32_t value)
{
	const uint8_t bytes[4] = { (uint8_t)(value >> 24),
		                   (uint8_t)(value >> 16),
		                   (uint8_t)(value >> 8), (uint8_t)value };

	return buf_append(ret, SPAN(bytes));
}

static enum cccd_err put_u16(struct buf *ret, unsigned int value)
{
	const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	return buf_append(ret, SPAN(bytes));
}

enum cccd_err wire_text_parse(struct span body, struct wire_text *ret)
{
	if (body.len > WIRE_TEXT_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	for (size_t i = 0; i < body.len; i++)
		if (body.at[i] < PRINTABLE_FIRST || body.at[i] > PRINTABLE_LAST)
			return CCCD_ERR_DATA_MALFORMED;
	if (body.len > 0)
		memcpy(ret->text, body.at, body.len);
	ret->text[body.len] = '\0';
	return CCCD_OK;
}

enum cccd_err wire_timed_put(const struct wire_timed *timed, struct buf *ret)
{
	TRY(put_u32(ret, timed->timeout_ms < WIRE_TIMEOUT_MAX
	                         ? timed->timeout_ms
	                         : WIRE_TIMEOUT_MAX));
	return buf_append(ret, timed->command);
}

enum cccd_err wire_timed_parse(enum wire_type type, struct span body,
                               struct wire_timed *ret)
{
	struct wire_timed timed = { 0 };

	if (body.len < TIMEOUT_LEN)
		return CCCD_ERR_DATA_MALFORMED;
	timed.timeout_ms = u32_at(body.at);
	timed.command = span_after(body, TIMEOUT_LEN);
	if (timed.timeout_ms > WIRE_TIMEOUT_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	if (type == WIRE_TRANSMIT && (timed.command.len < COMMAND_MIN ||
	                              timed.command.len > WIRE_COMMAND_MAX))
		return CCCD_ERR_DATA_MALFORMED;
	if (type != WIRE_TRANSMIT && timed.command.len != 0)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = timed;
	return CCCD_OK;
}

enum cccd_err wire_card_put(const struct wire_card *card, struct buf *ret)
{
	TRY(put_u16(ret, card->bit_rate));
	return buf_append(ret, span_of(card->atr, card->atr_len));
}

static bool known_bit_rate(unsigned int bit_rate)
{
	return bit_rate == 106 || bit_rate == 212 || bit_rate == 424;
}

enum cccd_err wire_card_parse(struct span body, struct wire_card *ret)
{
	struct wire_card card = { 0 };

	if (body.len < CARD_HEAD_LEN || body.len > CARD_HEAD_LEN + WIRE_ATR_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	card.bit_rate = (unsigned int)body.at[0] << 8 | body.at[1];
	if (!known_bit_rate(card.bit_rate))
		return CCCD_ERR_DATA_MALFORMED;
	card.atr_len = body.len - CARD_HEAD_LEN;
	memcpy(card.atr, body.at + CARD_HEAD_LEN, card.atr_len);
	*ret = card;
	return CCCD_OK;
}

enum cccd_err wire_devices_put(const struct wire_devices *devices,
                               struct buf *ret)
{
	for (size_t i = 0; i < devices->count; i++) {
		struct span text = span_text(devices->devices[i].text);

		TRY(buf_append_byte(ret, (uint8_t)text.len));
		TRY(buf_append(ret, text));
	}
	return CCCD_OK;
}

enum cccd_err wire_devices_parse(struct span body, struct wire_devices *ret)
{
	size_t count = 0;

	ret->count = 0;
	while (body.len > 0) {
		size_t len = body.at[0];

		if (count == WIRE_DEVICES_MAX || len == 0 || len > body.len - 1)
			return CCCD_ERR_DATA_MALFORMED;
		TRY(wire_text_parse(span_of(body.at + 1, len),
		                    &ret->devices[count]));
		body = span_after(body, 1 + len);
		count++;
	}
	ret->count = count;
	return CCCD_OK;
}

enum cccd_err wire_error_put(const struct wire_error *error, struct buf *ret)
{
	TRY(put_u16(ret, (unsigned int)error->code));
	TRY(put_u32(ret, (uint32_t)error->native));
	return buf_append(ret, span_text(error->text.text));
}

static bool may_say(unsigned int code)
{
	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		if ((unsigned int)errors[i] == code)
			return true;
	return false;
}

enum cccd_err wire_error_parse(struct span body, struct wire_error *ret)
{
	struct wire_error error = { 0 };
	unsigned int code;

	if (body.len < ERROR_HEAD_LEN)
		return CCCD_ERR_DATA_MALFORMED;
	code = (unsigned int)body.at[0] << 8 | body.at[1];
	if (!may_say(code))
		return CCCD_ERR_DATA_MALFORMED;
	error.code = (enum cccd_err)code;
	error.native = (int32_t)u32_at(body.at + 2);
	TRY(wire_text_parse(span_after(body, ERROR_HEAD_LEN), &error.text));
	*ret = error;
	return CCCD_OK;
}

enum cccd_err wire_presence_parse(struct span body, bool *ret)
{
	if (body.len != 1 || body.at[0] > 1)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = body.at[0] == 1;
	return CCCD_OK;
}
