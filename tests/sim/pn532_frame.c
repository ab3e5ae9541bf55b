/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of a PN532 on its serial line. */
#include "tests/sim/pn532_frame.h"

enum {
	TFI_HOST = 0xD4,
	NORMAL_MAX = 255,
	START_LEN = 2,
	NORMAL_HEAD = 4,
	EXTENDED_HEAD = 7,
};

struct span pn532_ack_frame(void)
{
	static const uint8_t frame[] = { 0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00 };

	return SPAN(frame);
}

struct span pn532_error_frame(void)
{
	static const uint8_t frame[] = { 0x00, 0x00, 0xFF, 0x01,
		                         0xFF, 0x7F, 0x81, 0x00 };

	return SPAN(frame);
}

static uint8_t sum_of(struct span bytes)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < bytes.len; i++)
		sum = (uint8_t)(sum + bytes.at[i]);
	return sum;
}

/* Bytes before a start code (wake-up, preamble) mean nothing. */
static size_t to_start(struct span bytes)
{
	for (size_t i = 0; i + 1 < bytes.len; i++)
		if (bytes.at[i] == 0x00 && bytes.at[i + 1] == 0xFF)
			return i;
	return bytes.len > 0 && bytes.at[bytes.len - 1] == 0x00 ? bytes.len - 1
	                                                        : bytes.len;
}

/* A command whose head of @head bytes says @len; 0 when more must come. */
static size_t take_command(struct span bytes, size_t head, size_t len,
                           struct pn532_frame *ret)
{
	struct span body;

	if (len < 2 || head + len + 2 > PN532_FRAME_MAX)
		return START_LEN;
	/* The postamble may be missing; the checksum may not. */
	if (bytes.len < head + len + 1)
		return 0;
	body = span_of(bytes.at + head, len + 1);
	if (sum_of(body) == 0 && body.at[0] == TFI_HOST)
		*ret = (struct pn532_frame){
			.kind = PN532_COMMAND,
			.payload = span_of(body.at + 1, len - 1),
		};
	return head + len + 1;
}

static size_t take_from_start(struct span bytes, struct pn532_frame *ret)
{
	const uint8_t *at = bytes.at;

	if (bytes.len < NORMAL_HEAD)
		return 0;
	if (at[2] == 0x00 && at[3] == 0xFF) {
		ret->kind = PN532_ACK;
		return NORMAL_HEAD;
	}
	if (at[2] == 0xFF && at[3] == 0x00) {
		ret->kind = PN532_NACK;
		return NORMAL_HEAD;
	}
	if (at[2] == 0xFF && at[3] == 0xFF) {
		if (bytes.len < EXTENDED_HEAD)
			return 0;
		if ((uint8_t)(at[4] + at[5] + at[6]) != 0)
			return START_LEN;
		return take_command(bytes, EXTENDED_HEAD,
		                    (size_t)at[4] << 8 | at[5], ret);
	}
	if ((uint8_t)(at[2] + at[3]) != 0)
		return START_LEN;
	return take_command(bytes, NORMAL_HEAD, at[2], ret);
}

size_t pn532_frame_take(struct span bytes, struct pn532_frame *ret)
{
	size_t skip = to_start(bytes);

	*ret = (struct pn532_frame){ .kind = PN532_NO_FRAME };
	if (skip > 0)
		return skip;
	return bytes.len < START_LEN ? 0 : take_from_start(bytes, ret);
}

enum cccd_err pn532_frame_put(struct span payload, struct buf *ret)
{
	uint8_t high = (uint8_t)(payload.len >> 8);
	uint8_t low = (uint8_t)payload.len;
	const uint8_t normal[] = { 0x00, 0x00, 0xFF, low, (uint8_t)-low };
	const uint8_t extended[] = {
		0x00, 0x00, 0xFF, 0xFF,
		0xFF, high, low,  (uint8_t) - (high + low)
	};
	const uint8_t tail[] = { (uint8_t)-sum_of(payload), 0x00 };

	if (payload.len <= NORMAL_MAX)
		TRY(buf_append(ret, SPAN(normal)));
	else
		TRY(buf_append(ret, SPAN(extended)));
	TRY(buf_append(ret, payload));
	return buf_append(ret, SPAN(tail));
}
