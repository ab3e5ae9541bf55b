/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/service/listen/frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

enum { HEAD_MAX = 1280 };

const uint8_t frames_mask[4] = { 0xA5, 0x00, 0x5A, 0xFF };

int frames_upgrade(struct daemon *daemon)
{
	char text[512] = "";
	char head[HEAD_MAX] = "";
	char value[64] = "";
	size_t len = 0;
	int fd = client_tcp(daemon);

	(void)snprintf(text, sizeof(text),
	               "GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
	               "Origin: " DAEMON_ORIGIN "\r\nUpgrade: websocket\r\n"
	               "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
	               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	               "Sec-WebSocket-Protocol: other, cccd.v1\r\n"
	               "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
	               daemon->port);
	assert_true(client_say(fd, text));
	/* Not a byte of the first frame. */
	while (strstr(head, "\r\n\r\n") == NULL) {
		assert_int_equal(client_drain(fd, head + len, 1), 1);
		assert_true(++len + 1 < sizeof(head));
	}
	assert_memory_equal(head, "HTTP/1.1 101 ", 13);
	/* [RFC 6455 1.3] */
	assert_string_equal(client_field(head, "Sec-WebSocket-Accept", value,
	                                 sizeof(value)),
	                    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	assert_string_equal(client_field(head, "Sec-WebSocket-Protocol", value,
	                                 sizeof(value)),
	                    "cccd.v1");
	assert_string_equal(client_field(head, "Sec-WebSocket-Extensions",
	                                 value, sizeof(value)),
	                    "");
	return fd;
}

void frames_put(struct frames *frames, const void *bytes, size_t len)
{
	assert_true(len <= sizeof(frames->bytes) - frames->len);
	memcpy(frames->bytes + frames->len, bytes, len);
	frames->len += len;
}

void frames_put_head(struct frames *frames, unsigned int first,
                     unsigned int masked, size_t bytes, uint64_t len)
{
	uint8_t head[10] = { (uint8_t)first };

	head[1] = (uint8_t)(masked | (bytes == 0   ? (unsigned int)len
	                              : bytes == 2 ? 126U
	                                           : 127U));
	for (size_t i = 0; i < bytes; i++)
		head[2 + i] = (uint8_t)(len >> (8 * (bytes - 1 - i)));
	frames_put(frames, head, 2 + bytes);
}

void frames_put_frame(struct frames *frames, unsigned int first,
                      const void *payload, size_t len)
{
	const uint8_t *at = payload;

	frames_put_head(frames, first, MASKED,
	                len < 126       ? 0
	                : len <= 0xFFFF ? 2
	                                : 8,
	                len);
	frames_put(frames, frames_mask, sizeof(frames_mask));
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = at[i] ^ frames_mask[i % 4];

		frames_put(frames, &byte, 1);
	}
}

void frames_put_text(struct frames *frames, unsigned int first,
                     const char *text)
{
	frames_put_frame(frames, first, text, strlen(text));
}

void frames_put_close(struct frames *frames, unsigned int code,
                      const char *reason)
{
	char payload[130] = { (char)(code >> 8), (char)code };

	memcpy(payload + 2, reason, strlen(reason));
	frames_put_frame(frames, FIN | CLOSE, payload, 2 + strlen(reason));
}

bool frames_send(struct frames *frames, int fd)
{
	bool sent = client_send(fd, frames->bytes, frames->len);

	frames->len = 0;
	return sent;
}

bool frames_read(struct frames *frames, int fd)
{
	struct frame *frame = &frames->frame;
	uint8_t head[10] = { 0 };
	size_t more = 0;

	if (client_drain(fd, (char *)head, 2) < 2)
		return false;
	assert_int_equal(head[1] & MASKED, 0);
	frame->first = head[0];
	frame->len = head[1];
	more = frame->len == 126 ? 2 : frame->len == 127 ? 8 : 0;
	assert_int_equal(client_drain(fd, (char *)head + 2, more), more);
	if (more > 0)
		frame->len = 0;
	for (size_t i = 0; i < more; i++)
		frame->len = frame->len << 8 | head[2 + i];
	assert_true(frame->len < sizeof(frame->payload));
	assert_int_equal(client_drain(fd, frame->payload, frame->len),
	                 frame->len);
	frame->payload[frame->len] = '\0';
	return true;
}

unsigned int frames_close_code(const struct frame *frame)
{
	assert_int_equal(frame->first, FIN | CLOSE);
	return frame->len < 2 ? NO_CODE
	                      : (unsigned int)(uint8_t)frame->payload[0] << 8 |
	                                (uint8_t)frame->payload[1];
}

void frames_expect_end(struct frames *frames, int fd, unsigned int code)
{
	assert_true(frames_read(frames, fd));
	assert_int_equal(frames_close_code(&frames->frame), code);
	assert_true(client_is_ended(fd));
	(void)close(fd);
}

void frames_expect_text(struct frames *frames, int fd, const char *text)
{
	assert_true(frames_read(frames, fd));
	assert_int_equal(frames->frame.first, FIN | TEXT);
	assert_string_equal(frames->frame.payload, text);
}

void frames_sent_end_with(struct frames *frames, unsigned int code)
{
	int fd = frames_upgrade(&frames->daemon);

	(void)frames_send(frames, fd);
	frames_expect_end(frames, fd, code);
}
