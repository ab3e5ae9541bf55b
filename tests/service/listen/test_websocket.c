/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket frames that lie, by a client that writes them by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/hex.h"
#include "tests/service/listen/frames.h"

enum {
	FAR_MS = 120000,
	SOON_MS = 150,
	/* Time enough to do something before. */
	QUITE_SOON_MS = 4000,
};

static void ws_echoes_messages(void **state)
{
	struct frames *frames = *state;
	int fd = frames_upgrade(&frames->daemon);

	frames_put_text(frames, FIN | TEXT, "{\"id\":\"1\"}");
	assert_true(frames_send(frames, fd));
	frames_expect_text(frames, fd, "{\"id\":\"1\"}");
	frames_put_text(frames, FIN | TEXT, "");
	frames_put_text(frames, FIN | TEXT, "số căn cước");
	assert_true(frames_send(frames, fd));
	frames_expect_text(frames, fd, "");
	frames_expect_text(frames, fd, "số căn cước");
	frames_put_text(frames, FIN | TEXT, "bye");
	assert_true(frames_send(frames, fd));
	assert_true(frames_read(frames, fd));
	assert_int_equal(frames_close_code(&frames->frame), 3000);
	assert_string_equal(frames->frame.payload + 2, "as you wish");
	/* It waits for our half, and says nothing more. */
	frames_put_text(frames, FIN | TEXT, "unheard");
	frames_put_text(frames, FIN | PING, "unheard");
	frames_put_close(frames, 3000, "");
	(void)frames_send(frames, fd);
	assert_true(client_is_ended(fd));
	(void)close(fd);
}

/* What waits is limited; one reply may be larger, as over HTTP. */
static void ws_sends_a_message_above_the_backlog(void **state)
{
	static const struct listen_limits limits = { .backlog_bytes = 1000 };
	struct frames *frames = *state;
	struct daemon daemon;
	char text[2001];
	int fd = -1;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	daemon_start(&daemon, &limits);
	fd = frames_upgrade(&daemon);
	frames_put_text(frames, FIN | TEXT, text);
	assert_true(frames_send(frames, fd));
	frames_expect_text(frames, fd, text);
	(void)close(fd);
	daemon_stop(&daemon);
}

static void ws_joins_fragments_around_control_frames(void **state)
{
	struct frames *frames = *state;
	unsigned int firsts = 0;
	int fd = frames_upgrade(&frames->daemon);

	/* The second character is cut in two. */
	frames_put_frame(frames, TEXT, "a\xE1\xBB", 3);
	frames_put_text(frames, FIN | PING, "here");
	frames_put_frame(frames, MORE, "\x91", 1);
	frames_put_frame(frames, MORE, "", 0);
	frames_put_text(frames, FIN | PONG, "unasked");
	frames_put_text(frames, FIN, "c");
	assert_true(frames_send(frames, fd));
	/* In whichever order. */
	for (int i = 0; i < 2; i++) {
		assert_true(frames_read(frames, fd));
		if (frames->frame.first == (FIN | PONG))
			assert_string_equal(frames->frame.payload, "here");
		else
			assert_string_equal(frames->frame.payload, "aốc");
		firsts ^= frames->frame.first;
	}
	assert_int_equal(firsts, (FIN | PONG) ^ (FIN | TEXT));
	frames_put_close(frames, 1000, "done");
	assert_true(frames_send(frames, fd));
	frames_expect_end(frames, fd, 1000);
}

static void ws_takes_frames_byte_by_byte(void **state)
{
	struct frames *frames = *state;
	int fd = frames_upgrade(&frames->daemon);
	char text[301] = "";

	memset(text, 'x', 300);
	frames_put_text(frames, FIN | TEXT, text);
	for (size_t i = 0; i < frames->len; i++)
		assert_true(client_send(fd, frames->bytes + i, 1));
	frames->len = 0;
	frames_expect_text(frames, fd, text);
	frames_put_frame(frames, FIN | CLOSE, "", 0);
	assert_true(frames_send(frames, fd));
	frames_expect_end(frames, fd, NO_CODE);
}

static void ws_takes_the_longest_message_and_no_longer(void **state)
{
	struct frames *frames = *state;
	char *text = calloc(1, FRAME_MAX);
	int fd = frames_upgrade(&frames->daemon);

	assert_non_null(text);
	memset(text, 'y', 65537);
	frames_put_frame(frames, FIN | TEXT, text, 65536);
	assert_true(frames_send(frames, fd));
	assert_true(frames_read(frames, fd));
	assert_int_equal(frames->frame.len, 65536);
	assert_memory_equal(frames->frame.payload, text, 65536);
	frames_put_frame(frames, FIN | TEXT, text, 65537);
	(void)frames_send(frames, fd);
	frames_expect_end(frames, fd, 1009);
	/* In fragments, each short enough. */
	frames_put_frame(frames, TEXT, text, 40000);
	frames_put_frame(frames, FIN, text, 25537);
	frames_sent_end_with(frames, 1009);
	free(text);
}

static void ws_refuses_lengths_that_lie(void **state)
{
	struct frames *frames = *state;

	/* More than was ever allowed, with hardly a byte of it. */
	frames_put_head(frames, FIN | TEXT, MASKED, 8, 1ULL << 40);
	frames_put(frames, frames_mask, 4);
	frames_put(frames, "x", 1);
	frames_sent_end_with(frames, 1009);
	frames_put_head(frames, FIN | TEXT, MASKED, 8, UINT64_MAX);
	frames_put(frames, frames_mask, 4);
	frames_sent_end_with(frames, 1002);
	frames_put_head(frames, FIN | TEXT, MASKED, 8, 1ULL << 63);
	frames_put(frames, frames_mask, 4);
	frames_sent_end_with(frames, 1002);
	/* Not in the shortest form. */
	frames_put_head(frames, FIN | TEXT, MASKED, 8, 65535);
	frames_put(frames, frames_mask, 4);
	frames_sent_end_with(frames, 1002);
	frames_put_head(frames, FIN | TEXT, MASKED, 2, 125);
	frames_put(frames, frames_mask, 4);
	frames_sent_end_with(frames, 1002);
	frames_put_head(frames, FIN | TEXT, MASKED, 2, 0);
	frames_sent_end_with(frames, 1002);
}

static void ws_refuses_frames_without_mask(void **state)
{
	struct frames *frames = *state;

	frames_put_head(frames, FIN | TEXT, 0, 0, 2);
	frames_put(frames, "{}", 2);
	frames_sent_end_with(frames, 1002);
	frames_put_head(frames, FIN | PING, 0, 0, 0);
	frames_sent_end_with(frames, 1002);
	frames_put_head(frames, FIN | CLOSE, 0, 0, 0);
	frames_sent_end_with(frames, 1002);
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
	struct frames *frames = *state;

	for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
		frames_put_text(frames, firsts[i], "x");
		frames_sent_end_with(frames, 1002);
	}
	frames_put_text(frames, FIN | BINARY, "x");
	frames_sent_end_with(frames, 1003);
	frames_put_text(frames, BINARY, "x");
	frames_sent_end_with(frames, 1003);
}

static void ws_refuses_fragments_out_of_order(void **state)
{
	struct frames *frames = *state;

	frames_put_text(frames, TEXT, "a");
	frames_put_text(frames, FIN | TEXT, "b");
	frames_sent_end_with(frames, 1002);
	frames_put_text(frames, TEXT, "a");
	frames_put_text(frames, FIN | BINARY, "b");
	frames_sent_end_with(frames, 1002);
	frames_put_text(frames, TEXT, "a");
	frames_put_text(frames, RSV1, "b");
	frames_sent_end_with(frames, 1002);
}

static void ws_refuses_long_control_frames(void **state)
{
	struct frames *frames = *state;
	char text[127] = "";

	memset(text, 'z', 126);
	frames_put_text(frames, FIN | PING, text);
	frames_sent_end_with(frames, 1002);
	frames_put_close(frames, 1000, text);
	frames_sent_end_with(frames, 1002);
}

static void ws_refuses_text_that_is_none(void **state)
{
	static const char *const texts[] = {
		"80", "C0AF",     "C3",       "E28282E2", "EDA080",
		"FF", "F4908080", "F0808080", "61ED",     "6100",
	};
	struct frames *frames = *state;
	int fd = -1;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		BUF bytes = buf_make(16);

		assert_int_equal(hex_decode(texts[i], &bytes), CCCD_OK);
		frames_put_frame(frames, FIN | TEXT, bytes.at, bytes.len);
		frames_sent_end_with(frames, 1007);
	}
	/* At once, though the message could still go on. */
	frames_put_frame(frames, TEXT, "\xFF", 1);
	frames_sent_end_with(frames, 1007);
	frames_put_close(frames, 1000, "\xC3\x28");
	frames_sent_end_with(frames, 1007);
	/* A reason that comes byte by byte is judged too. */
	fd = frames_upgrade(&frames->daemon);
	frames_put_close(frames, 1000, "\xC3\x28");
	for (size_t i = 0; i < frames->len; i++)
		(void)client_send(fd, frames->bytes + i, 1);
	frames->len = 0;
	frames_expect_end(frames, fd, 1007);
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
	struct frames *frames = *state;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		frames_put_close(frames, codes[i].sent, "");
		frames_sent_end_with(frames, codes[i].answered);
	}
	/* Half a code. */
	frames_put_frame(frames, FIN | CLOSE, "\x03", 1);
	frames_sent_end_with(frames, 1002);
}

/* Time: each with limits of its own. */

static void ws_wants_a_hello_soon(void **state)
{
	const struct listen_limits limits = { .hello_ms = QUITE_SOON_MS,
		                              .ping_ms = FAR_MS,
		                              .close_ms = SOON_MS };
	struct frames *frames = *state;
	struct daemon daemon;
	int fd = -1;

	daemon_start(&daemon, &limits);
	fd = frames_upgrade(&daemon);
	/* Pings and half a message are no hello. */
	frames_put_text(frames, FIN | PING, "");
	frames_put_text(frames, TEXT, "{");
	assert_true(frames_send(frames, fd));
	assert_true(frames_read(frames, fd));
	assert_int_equal(frames->frame.first, FIN | PONG);
	frames_expect_end(frames, fd, 1008);
	daemon_stop(&daemon);
}

static void ws_pings_and_drops_the_silent(void **state)
{
	const struct listen_limits limits = { .hello_ms = FAR_MS,
		                              .ping_ms = QUITE_SOON_MS };
	struct frames *frames = *state;
	struct daemon daemon;
	int fd = -1;

	daemon_start(&daemon, &limits);
	fd = frames_upgrade(&daemon);
	frames_put_text(frames, FIN | TEXT, "hello");
	assert_true(frames_send(frames, fd));
	frames_expect_text(frames, fd, "hello");
	assert_true(frames_read(frames, fd));
	assert_int_equal(frames->frame.first, FIN | PING);
	frames_put_text(frames, FIN | PONG, "");
	assert_true(frames_send(frames, fd));
	assert_true(frames_read(frames, fd));
	assert_int_equal(frames->frame.first, FIN | PING);
	/* No answer: no close frame either, nobody is there to read it. */
	assert_false(frames_read(frames, fd));
	(void)close(fd);
	daemon_stop(&daemon);
}

static void ws_does_not_wait_long_for_the_other_close(void **state)
{
	const struct listen_limits limits = { .hello_ms = FAR_MS,
		                              .ping_ms = FAR_MS,
		                              .close_ms = SOON_MS };
	struct frames *frames = *state;
	struct daemon daemon;
	int fd = -1;

	daemon_start(&daemon, &limits);
	fd = frames_upgrade(&daemon);
	frames_put_text(frames, FIN | TEXT, "bye");
	assert_true(frames_send(frames, fd));
	frames_expect_end(frames, fd, 3000);
	daemon_wait(&daemon.closed, 1);
	daemon_stop(&daemon);
}

static void ws_is_told_when_the_service_goes(void **state)
{
	struct frames *frames = *state;
	struct daemon daemon;
	int fd = -1;

	daemon_start(&daemon, NULL);
	fd = frames_upgrade(&daemon);
	frames_put_text(frames, FIN | TEXT, "hello");
	assert_true(frames_send(frames, fd));
	frames_expect_text(frames, fd, "hello");
	listen_stop(daemon.listen);
	assert_true(frames_read(frames, fd));
	assert_int_equal(frames_close_code(&frames->frame), 1001);
	frames_put_close(frames, 1001, "");
	(void)frames_send(frames, fd);
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
	struct frames *frames = *state;
	struct daemon daemon;
	char *text = calloc(1, FRAME_MAX);
	unsigned int sent = 0;
	int fd = -1;

	assert_non_null(text);
	memset(text, 'y', 60000);
	daemon_start(&daemon, &limits);
	fd = frames_upgrade(&daemon);
	frames_put_text(frames, FIN | TEXT, text);
	while (client_send(fd, frames->bytes, frames->len))
		sent++;
	frames->len = 0;
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
	struct frames *frames = calloc(1, sizeof(*frames));

	assert_non_null(frames);
	daemon_start(&frames->daemon, &limits);
	*state = frames;
	return 0;
}

static int close_rig(void **state)
{
	struct frames *frames = *state;

	daemon_stop(&frames->daemon);
	free(frames);
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
