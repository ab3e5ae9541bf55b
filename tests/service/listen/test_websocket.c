/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket frames that lie, by a client that writes them by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/hex.h"
#include "tests/service/listen/daemon.h"

enum {
	REPLY_MAX = 1280,
	FRAME_MAX = 70000,
	FAR_MS = 120000,
	SOON_MS = 150,
	/* Time enough to do something before. */
	QUITE_SOON_MS = 4000,
	/* First byte of a frame. */
	FIN = 0x80,
	RSV1 = 0x40,
	RSV2 = 0x20,
	RSV3 = 0x10,
	MORE = 0x00, /* with FIN: the last of a message */
	TEXT = 0x01,
	BINARY = 0x02,
	CLOSE = 0x08,
	PING = 0x09,
	PONG = 0x0A,
	MASKED = 0x80,
	NO_CODE = 1005,
};

/* A frame as it was received. */
struct frame {
	unsigned int first;
	size_t len;
	char payload[FRAME_MAX];
};

struct rig {
	struct daemon daemon;
	struct frame frame;
	uint8_t bytes[FRAME_MAX];
	size_t len;
};

static const uint8_t mask[4] = { 0xA5, 0x00, 0x5A, 0xFF };

static int upgrade(struct daemon *daemon)
{
	char text[512] = "";
	char head[REPLY_MAX] = "";
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

static void put(struct rig *rig, const void *bytes, size_t len)
{
	assert_true(len <= sizeof(rig->bytes) - rig->len);
	memcpy(rig->bytes + rig->len, bytes, len);
	rig->len += len;
}

/* A head whose length need not be true; @bytes of it: 0, 2 or 8. */
static void put_head(struct rig *rig, unsigned int first, unsigned int masked,
                     size_t bytes, uint64_t len)
{
	uint8_t head[10] = { (uint8_t)first };

	head[1] = (uint8_t)(masked | (bytes == 0   ? (unsigned int)len
	                              : bytes == 2 ? 126U
	                                           : 127U));
	for (size_t i = 0; i < bytes; i++)
		head[2 + i] = (uint8_t)(len >> (8 * (bytes - 1 - i)));
	put(rig, head, 2 + bytes);
}

/* A good frame, masked. */
static void put_frame(struct rig *rig, unsigned int first, const void *payload,
                      size_t len)
{
	const uint8_t *at = payload;

	put_head(rig, first, MASKED,
	         len < 126       ? 0
	         : len <= 0xFFFF ? 2
	                         : 8,
	         len);
	put(rig, mask, sizeof(mask));
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = at[i] ^ mask[i % 4];

		put(rig, &byte, 1);
	}
}

static void put_text(struct rig *rig, unsigned int first, const char *text)
{
	put_frame(rig, first, text, strlen(text));
}

/* A close frame's payload from here. */
static void put_close(struct rig *rig, unsigned int code, const char *reason)
{
	char payload[130] = { (char)(code >> 8), (char)code };

	memcpy(payload + 2, reason, strlen(reason));
	put_frame(rig, FIN | CLOSE, payload, 2 + strlen(reason));
}

static bool send_bytes(struct rig *rig, int fd)
{
	bool sent = client_send(fd, rig->bytes, rig->len);

	rig->len = 0;
	return sent;
}

/* False at the end of the connection. A server's frame is never masked. */
static bool read_frame(struct rig *rig, int fd)
{
	struct frame *frame = &rig->frame;
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

static unsigned int close_code(const struct frame *frame)
{
	assert_int_equal(frame->first, FIN | CLOSE);
	return frame->len < 2 ? NO_CODE
	                      : (unsigned int)(uint8_t)frame->payload[0] << 8 |
	                                (uint8_t)frame->payload[1];
}

/* The next frame is a close frame with this code, then the end. */
static void expect_end(struct rig *rig, int fd, unsigned int code)
{
	assert_true(read_frame(rig, fd));
	assert_int_equal(close_code(&rig->frame), code);
	assert_true(client_is_ended(fd));
	(void)close(fd);
}

static void expect_text(struct rig *rig, int fd, const char *text)
{
	assert_true(read_frame(rig, fd));
	assert_int_equal(rig->frame.first, FIN | TEXT);
	assert_string_equal(rig->frame.payload, text);
}

/* What is in hand ends a fresh connection with this code. */
static void sent_ends_with(struct rig *rig, unsigned int code)
{
	int fd = upgrade(&rig->daemon);

	(void)send_bytes(rig, fd);
	expect_end(rig, fd, code);
}

static void ws_echoes_messages(void **state)
{
	struct rig *rig = *state;
	int fd = upgrade(&rig->daemon);

	put_text(rig, FIN | TEXT, "{\"id\":\"1\"}");
	assert_true(send_bytes(rig, fd));
	expect_text(rig, fd, "{\"id\":\"1\"}");
	put_text(rig, FIN | TEXT, "");
	put_text(rig, FIN | TEXT, "số căn cước");
	assert_true(send_bytes(rig, fd));
	expect_text(rig, fd, "");
	expect_text(rig, fd, "số căn cước");
	put_text(rig, FIN | TEXT, "bye");
	assert_true(send_bytes(rig, fd));
	assert_true(read_frame(rig, fd));
	assert_int_equal(close_code(&rig->frame), 3000);
	assert_string_equal(rig->frame.payload + 2, "as you wish");
	/* It waits for our half, and says nothing more. */
	put_text(rig, FIN | TEXT, "unheard");
	put_text(rig, FIN | PING, "unheard");
	put_close(rig, 3000, "");
	(void)send_bytes(rig, fd);
	assert_true(client_is_ended(fd));
	(void)close(fd);
}

/* What waits is limited; one reply may be larger, as over HTTP. */
static void ws_sends_a_message_above_the_backlog(void **state)
{
	static const struct listen_limits limits = { .backlog_bytes = 1000 };
	struct rig *rig = *state;
	struct daemon daemon;
	char text[2001];
	int fd = -1;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	daemon_start(&daemon, &limits);
	fd = upgrade(&daemon);
	put_text(rig, FIN | TEXT, text);
	assert_true(send_bytes(rig, fd));
	expect_text(rig, fd, text);
	(void)close(fd);
	daemon_stop(&daemon);
}

static void ws_joins_fragments_around_control_frames(void **state)
{
	struct rig *rig = *state;
	unsigned int firsts = 0;
	int fd = upgrade(&rig->daemon);

	/* The second character is cut in two. */
	put_frame(rig, TEXT, "a\xE1\xBB", 3);
	put_text(rig, FIN | PING, "here");
	put_frame(rig, MORE, "\x91", 1);
	put_frame(rig, MORE, "", 0);
	put_text(rig, FIN | PONG, "unasked");
	put_text(rig, FIN, "c");
	assert_true(send_bytes(rig, fd));
	/* In whichever order. */
	for (int i = 0; i < 2; i++) {
		assert_true(read_frame(rig, fd));
		if (rig->frame.first == (FIN | PONG))
			assert_string_equal(rig->frame.payload, "here");
		else
			assert_string_equal(rig->frame.payload, "aốc");
		firsts ^= rig->frame.first;
	}
	assert_int_equal(firsts, (FIN | PONG) ^ (FIN | TEXT));
	put_close(rig, 1000, "done");
	assert_true(send_bytes(rig, fd));
	expect_end(rig, fd, 1000);
}

static void ws_takes_frames_byte_by_byte(void **state)
{
	struct rig *rig = *state;
	int fd = upgrade(&rig->daemon);
	char text[301] = "";

	memset(text, 'x', 300);
	put_text(rig, FIN | TEXT, text);
	for (size_t i = 0; i < rig->len; i++)
		assert_true(client_send(fd, rig->bytes + i, 1));
	rig->len = 0;
	expect_text(rig, fd, text);
	put_frame(rig, FIN | CLOSE, "", 0);
	assert_true(send_bytes(rig, fd));
	expect_end(rig, fd, NO_CODE);
}

static void ws_takes_the_longest_message_and_no_longer(void **state)
{
	struct rig *rig = *state;
	char *text = calloc(1, FRAME_MAX);
	int fd = upgrade(&rig->daemon);

	assert_non_null(text);
	memset(text, 'y', 65537);
	put_frame(rig, FIN | TEXT, text, 65536);
	assert_true(send_bytes(rig, fd));
	assert_true(read_frame(rig, fd));
	assert_int_equal(rig->frame.len, 65536);
	assert_memory_equal(rig->frame.payload, text, 65536);
	put_frame(rig, FIN | TEXT, text, 65537);
	(void)send_bytes(rig, fd);
	expect_end(rig, fd, 1009);
	/* In fragments, each short enough. */
	put_frame(rig, TEXT, text, 40000);
	put_frame(rig, FIN, text, 25537);
	sent_ends_with(rig, 1009);
	free(text);
}

static void ws_refuses_lengths_that_lie(void **state)
{
	struct rig *rig = *state;

	/* More than was ever allowed, with hardly a byte of it. */
	put_head(rig, FIN | TEXT, MASKED, 8, 1ULL << 40);
	put(rig, mask, 4);
	put(rig, "x", 1);
	sent_ends_with(rig, 1009);
	put_head(rig, FIN | TEXT, MASKED, 8, UINT64_MAX);
	put(rig, mask, 4);
	sent_ends_with(rig, 1002);
	put_head(rig, FIN | TEXT, MASKED, 8, 1ULL << 63);
	put(rig, mask, 4);
	sent_ends_with(rig, 1002);
	/* Not in the shortest form. */
	put_head(rig, FIN | TEXT, MASKED, 8, 65535);
	put(rig, mask, 4);
	sent_ends_with(rig, 1002);
	put_head(rig, FIN | TEXT, MASKED, 2, 125);
	put(rig, mask, 4);
	sent_ends_with(rig, 1002);
	put_head(rig, FIN | TEXT, MASKED, 2, 0);
	sent_ends_with(rig, 1002);
}

static void ws_refuses_frames_without_mask(void **state)
{
	struct rig *rig = *state;

	put_head(rig, FIN | TEXT, 0, 0, 2);
	put(rig, "{}", 2);
	sent_ends_with(rig, 1002);
	put_head(rig, FIN | PING, 0, 0, 0);
	sent_ends_with(rig, 1002);
	put_head(rig, FIN | CLOSE, 0, 0, 0);
	sent_ends_with(rig, 1002);
}

static void ws_refuses_opcodes_and_bits_of_nobody(void **state)
{
	static const unsigned int firsts[] = {
		FIN | 0x03,
		FIN | 0x04,
		FIN | 0x05,
		FIN | 0x06,
		FIN | 0x07,
		FIN | 0x0B,
		FIN | 0x0C,
		FIN | 0x0D,
		FIN | 0x0E,
		FIN | 0x0F,
		FIN | RSV1 | TEXT,
		FIN | RSV2 | TEXT,
		FIN | RSV3 | TEXT,
		FIN | RSV1 | PING,
		FIN | RSV1 | RSV2 | RSV3 | CLOSE,
		/* Control frames come whole. */
		PING,
		PONG,
		CLOSE,
		/* Nothing to go on with. */
		MORE,
		FIN,
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
		put_text(rig, firsts[i], "x");
		sent_ends_with(rig, 1002);
	}
	put_text(rig, FIN | BINARY, "x");
	sent_ends_with(rig, 1003);
	put_text(rig, BINARY, "x");
	sent_ends_with(rig, 1003);
}

static void ws_refuses_fragments_out_of_order(void **state)
{
	struct rig *rig = *state;

	put_text(rig, TEXT, "a");
	put_text(rig, FIN | TEXT, "b");
	sent_ends_with(rig, 1002);
	put_text(rig, TEXT, "a");
	put_text(rig, FIN | BINARY, "b");
	sent_ends_with(rig, 1002);
	put_text(rig, TEXT, "a");
	put_text(rig, RSV1, "b");
	sent_ends_with(rig, 1002);
}

static void ws_refuses_long_control_frames(void **state)
{
	struct rig *rig = *state;
	char text[127] = "";

	memset(text, 'z', 126);
	put_text(rig, FIN | PING, text);
	sent_ends_with(rig, 1002);
	put_close(rig, 1000, text);
	sent_ends_with(rig, 1002);
}

static void ws_refuses_text_that_is_none(void **state)
{
	static const char *const texts[] = {
		"80", "C0AF",     "C3",       "E28282E2", "EDA080",
		"FF", "F4908080", "F0808080", "61ED",     "6100",
	};
	struct rig *rig = *state;
	int fd = -1;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		BUF bytes = buf_make(16);

		assert_int_equal(hex_decode(texts[i], &bytes), CCCD_OK);
		put_frame(rig, FIN | TEXT, bytes.at, bytes.len);
		sent_ends_with(rig, 1007);
	}
	/* At once, though the message could still go on. */
	put_frame(rig, TEXT, "\xFF", 1);
	sent_ends_with(rig, 1007);
	put_close(rig, 1000, "\xC3\x28");
	sent_ends_with(rig, 1007);
	/* A reason that comes byte by byte is judged too. */
	fd = upgrade(&rig->daemon);
	put_close(rig, 1000, "\xC3\x28");
	for (size_t i = 0; i < rig->len; i++)
		(void)client_send(fd, rig->bytes + i, 1);
	rig->len = 0;
	expect_end(rig, fd, 1007);
}

static void ws_judges_close_codes(void **state)
{
	static const struct {
		unsigned int sent;
		unsigned int answered;
	} codes[] = {
		{ 1000, 1000 }, { 1001, 1001 }, { 1011, 1011 },  { 3000, 3000 },
		{ 4999, 4999 }, { 0, 1002 },    { 999, 1002 },   { 1004, 1002 },
		{ 1005, 1002 }, { 1006, 1002 }, { 1015, 1002 },  { 1100, 1002 },
		{ 2999, 1002 }, { 5000, 1002 }, { 65535, 1002 },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		put_close(rig, codes[i].sent, "");
		sent_ends_with(rig, codes[i].answered);
	}
	/* Half a code. */
	put_frame(rig, FIN | CLOSE, "\x03", 1);
	sent_ends_with(rig, 1002);
}

/* Time: each with limits of its own. */

static void ws_wants_a_hello_soon(void **state)
{
	const struct listen_limits limits = { .hello_ms = QUITE_SOON_MS,
		                              .ping_ms = FAR_MS,
		                              .close_ms = SOON_MS };
	struct rig *rig = *state;
	struct daemon daemon;
	int fd = -1;

	daemon_start(&daemon, &limits);
	fd = upgrade(&daemon);
	/* Pings and half a message are no hello. */
	put_text(rig, FIN | PING, "");
	put_text(rig, TEXT, "{");
	assert_true(send_bytes(rig, fd));
	assert_true(read_frame(rig, fd));
	assert_int_equal(rig->frame.first, FIN | PONG);
	expect_end(rig, fd, 1008);
	daemon_stop(&daemon);
}

static void ws_pings_and_drops_the_silent(void **state)
{
	const struct listen_limits limits = { .hello_ms = FAR_MS,
		                              .ping_ms = QUITE_SOON_MS };
	struct rig *rig = *state;
	struct daemon daemon;
	int fd = -1;

	daemon_start(&daemon, &limits);
	fd = upgrade(&daemon);
	put_text(rig, FIN | TEXT, "hello");
	assert_true(send_bytes(rig, fd));
	expect_text(rig, fd, "hello");
	assert_true(read_frame(rig, fd));
	assert_int_equal(rig->frame.first, FIN | PING);
	put_text(rig, FIN | PONG, "");
	assert_true(send_bytes(rig, fd));
	assert_true(read_frame(rig, fd));
	assert_int_equal(rig->frame.first, FIN | PING);
	/* No answer: no close frame either, nobody is there to read it. */
	assert_false(read_frame(rig, fd));
	(void)close(fd);
	daemon_stop(&daemon);
}

static void ws_does_not_wait_long_for_the_other_close(void **state)
{
	const struct listen_limits limits = { .hello_ms = FAR_MS,
		                              .ping_ms = FAR_MS,
		                              .close_ms = SOON_MS };
	struct rig *rig = *state;
	struct daemon daemon;
	int fd = -1;

	daemon_start(&daemon, &limits);
	fd = upgrade(&daemon);
	put_text(rig, FIN | TEXT, "bye");
	assert_true(send_bytes(rig, fd));
	expect_end(rig, fd, 3000);
	daemon_wait(&daemon.closed, 1);
	daemon_stop(&daemon);
}

static void ws_is_told_when_the_service_goes(void **state)
{
	struct rig *rig = *state;
	struct daemon daemon;
	int fd = -1;

	daemon_start(&daemon, NULL);
	fd = upgrade(&daemon);
	put_text(rig, FIN | TEXT, "hello");
	assert_true(send_bytes(rig, fd));
	expect_text(rig, fd, "hello");
	listen_stop(daemon.listen);
	assert_true(read_frame(rig, fd));
	assert_int_equal(close_code(&rig->frame), 1001);
	put_close(rig, 1001, "");
	(void)send_bytes(rig, fd);
	assert_true(client_is_ended(fd));
	(void)close(fd);
	daemon_stop(&daemon);
}

/* Answers pile up that nobody takes. */
static void ws_drops_slow_readers(void **state)
{
	const struct listen_limits limits = { .hello_ms = FAR_MS,
		                              .ping_ms = FAR_MS,
		                              .send_ms = FAR_MS };
	struct rig *rig = *state;
	struct daemon daemon;
	char *text = calloc(1, FRAME_MAX);
	unsigned int sent = 0;
	int fd = -1;

	assert_non_null(text);
	memset(text, 'y', 60000);
	daemon_start(&daemon, &limits);
	fd = upgrade(&daemon);
	put_text(rig, FIN | TEXT, text);
	while (client_send(fd, rig->bytes, rig->len))
		sent++;
	rig->len = 0;
	assert_true(sent > 0);
	daemon_wait(&daemon.closed, 1);
	(void)close(fd);
	free(text);
	daemon_stop(&daemon);
}

static int open_rig(void **state)
{
	static const struct listen_limits limits = { .connections = 256,
		                                     .per_origin = 256,
		                                     .hello_ms = FAR_MS,
		                                     .ping_ms = FAR_MS,
		                                     .close_ms = FAR_MS };
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	daemon_start(&rig->daemon, &limits);
	*state = rig;
	return 0;
}

static int close_rig(void **state)
{
	struct rig *rig = *state;

	daemon_stop(&rig->daemon);
	free(rig);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ws_echoes_messages),
		cmocka_unit_test(ws_sends_a_message_above_the_backlog),
		cmocka_unit_test(ws_joins_fragments_around_control_frames),
		cmocka_unit_test(ws_takes_frames_byte_by_byte),
		cmocka_unit_test(ws_takes_the_longest_message_and_no_longer),
		cmocka_unit_test(ws_refuses_lengths_that_lie),
		cmocka_unit_test(ws_refuses_frames_without_mask),
		cmocka_unit_test(ws_refuses_opcodes_and_bits_of_nobody),
		cmocka_unit_test(ws_refuses_fragments_out_of_order),
		cmocka_unit_test(ws_refuses_long_control_frames),
		cmocka_unit_test(ws_refuses_text_that_is_none),
		cmocka_unit_test(ws_judges_close_codes),
		cmocka_unit_test(ws_wants_a_hello_soon),
		cmocka_unit_test(ws_pings_and_drops_the_silent),
		cmocka_unit_test(ws_does_not_wait_long_for_the_other_close),
		cmocka_unit_test(ws_is_told_when_the_service_goes),
		cmocka_unit_test(ws_drops_slow_readers),
	};

	return cmocka_run_group_tests(tests, open_rig, close_rig);
}
