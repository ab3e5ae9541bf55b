/* SPDX-License-Identifier: Apache-2.0 */
/* Framing of the protocol between the library and cccd-nfc. */
#include "reader/nfc_wire/wire.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/secret.h"

enum { LENGTH_LEN = 2, TYPE_AND_NUMBER = 3 };

static bool known_type(unsigned int type)
{
	return (type >= WIRE_OPEN && type <= WIRE_ABORT) ||
	       (type >= WIRE_DONE && type <= WIRE_ERROR);
}

/* What was taken makes room; APDUs do not stay in the buffer. */
static void drop_taken(struct wire_input *input)
{
	size_t rest = input->len - input->taken;

	if (input->taken == 0)
		return;
	memmove(input->bytes, input->bytes + input->taken, rest);
	wipe(input->bytes + rest, input->taken);
	input->len = rest;
	input->taken = 0;
}

enum cccd_err wire_take(struct wire_input *input, struct wire_message *ret)
{
	const uint8_t *at = input->bytes;
	size_t len;

	drop_taken(input);
	if (input->len < LENGTH_LEN)
		return CCCD_ERR_DATA_TRUNCATED;
	len = (size_t)at[0] << 8 | at[1];
	if (len < TYPE_AND_NUMBER || len > TYPE_AND_NUMBER + WIRE_BODY_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	if (input->len > LENGTH_LEN && !known_type(at[2]))
		return CCCD_ERR_DATA_MALFORMED;
	if (input->len < LENGTH_LEN + len)
		return CCCD_ERR_DATA_TRUNCATED;
	*ret = (struct wire_message){
		.type = (enum wire_type)at[2],
		.number = (uint16_t)(at[3] << 8 | at[4]),
		.body = span_of(at + WIRE_HEAD_LEN, len - TYPE_AND_NUMBER),
	};
	input->taken = LENGTH_LEN + len;
	return CCCD_OK;
}

enum cccd_err wire_receive(int socket, struct wire_input *input)
{
	ssize_t got;

	drop_taken(input);
	do
		got = recv(socket, input->bytes + input->len,
		           sizeof(input->bytes) - input->len, 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return CCCD_ERR_READER_LOST;
	input->len += (size_t)got;
	return CCCD_OK;
}

static enum cccd_err send_all(int socket, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t sent = send(socket, bytes.at, bytes.len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return CCCD_ERR_READER_LOST;
		bytes = span_after(bytes, (size_t)sent);
	}
	return CCCD_OK;
}

enum cccd_err wire_send(int socket, const struct wire_message *message)
{
	BUF bytes = buf_make(WIRE_MAX);
	size_t len = TYPE_AND_NUMBER + message->body.len;
	const uint8_t head[WIRE_HEAD_LEN] = {
		(uint8_t)(len >> 8),      (uint8_t)len,
		(uint8_t)message->type,   (uint8_t)(message->number >> 8),
		(uint8_t)message->number,
	};

	if (message->body.len > WIRE_BODY_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	TRY(buf_append(&bytes, SPAN(head)));
	TRY(buf_append(&bytes, message->body));
	return send_all(socket, buf_span(&bytes));
}
