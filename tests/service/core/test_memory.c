/* SPDX-License-Identifier: Apache-2.0 */
/* After the delivery nothing of the person is left in our memory. */
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include <cccd/trust.h>

#include "base/clock.h"
#include "base/secret.h"
#include "lib/json/result.h"
#include "tests/e2e/desk.h"
#include "tests/service/core/house.h"

enum { CHUNK = 1 << 20, OVERLAP = 64, MAP_MAX = 256 << 20 };

/* The card stands in a file: these words are in our read-only data only. */
#define CARD                                                 \
	"{\"extends\":\"cccd-2021\",\"document\":{\"name\":" \
	"\"QUACHTHI<<CANARYXYZ\"},\"dg13\":{\"full_name\":"  \
	"\"QuáchCanaryYến\"}}"

static const char *const canaries[] = {
	"QUACHTHI<<CANARYXYZ",
	"QuáchCanaryYến",
	"QUACHTHI",
	"001199000001",
	/* As base64 has the name, inside of an assertion. */
	"UXXDoWNoQ2FuYXJ5",
};

/* What is told to the cards passes through here, and is wiped. */
static char words[4096];
static struct desk desk;
static struct house house;
static struct cccd_trust *trust;

static int open_all(void **state)
{
	(void)state;
	desk_open(&desk, false);
	assert_int_equal(setvbuf(desk.words[0], words, _IOFBF, sizeof(words)),
	                 0);
	house_open(&house);
	assert_int_equal(
	        cccd_trust_open(desk_trust(), CCCD_TRUST_DEMO, NULL, &trust),
	        CCCD_OK);
	house.parts.trust = trust;
	house.parts.pcsc = true;
	house_start(&house, NULL);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	house_close(&house);
	cccd_trust_close(trust);
	desk_close(&desk);
	return 0;
}

static size_t count_text(const uint8_t *bytes, size_t len, const char *text)
{
	size_t width = strlen(text);
	const uint8_t *at = bytes;
	const uint8_t *end = bytes + len;
	size_t count = 0;

	while ((at = memchr(at, text[0], (size_t)(end - at))) != NULL) {
		if ((size_t)(end - at) >= width && memcmp(at, text, width) == 0)
			count++;
		at++;
	}
	return count;
}

/* Everything that can be written: heaps, stacks, data. */
static bool is_writable(const char *line, uint64_t *from, uint64_t *to)
{
	char rights[8] = "";

	return sscanf(line, /* NOLINT(cert-err34-c): our kernel's form */
	              "%" SCNx64 "-%" SCNx64 " %7s", from, to, rights) == 3 &&
	       strncmp(rights, "rw", 2) == 0 && *to - *from <= MAP_MAX;
}

/* The window is found nowhere: its own map is passed by. */
static size_t count_in_map(int memory, uint64_t from, uint64_t to,
                           uint8_t *window, const char *text)
{
	size_t count = 0;

	for (uint64_t at = from; at < to; at += CHUNK) {
		size_t want = to - at < CHUNK + OVERLAP ? (size_t)(to - at)
		                                        : CHUNK + OVERLAP;
		ssize_t got = pread(memory, window, want, (off_t)at);

		if (got > 0)
			count += count_text(window, (size_t)got, text);
	}
	return count;
}

static size_t count_in_memory(const char *text)
{
	static uint8_t window[CHUNK + OVERLAP];
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char line[512];
	size_t count = 0;

	assert_non_null(maps);
	assert_true(memory >= 0);
	while (fgets(line, sizeof(line), maps) != NULL) {
		uint64_t from = 0;
		uint64_t to = 0;

		if (!is_writable(line, &from, &to) ||
		    (from <= (uintptr_t)window && (uintptr_t)window < to))
			continue;
		count += count_in_map(memory, from, to, window, text);
	}
	(void)fclose(maps);
	(void)close(memory);
	wipe(window, sizeof(window));
	return count;
}

static size_t count_canaries(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(canaries); i++) {
		size_t found = count_in_memory(canaries[i]);

		if (found > 0)
			print_message("%zu: %s\n", found, canaries[i]);
		count += found;
	}
	return count;
}

static void await_readers(void)
{
	uint64_t end = clock_steady_ms() + HOUSE_LIMIT_MS;

	while (house.sessions->seats == NULL ||
	       house.sessions->seats->next == NULL) {
		assert_true(clock_steady_ms() < end);
		clock_sleep_ms(5);
		sessions_drain(house.sessions);
	}
}

static struct session *read_card(void)
{
	const struct caller caller = house_page("desk");
	const struct json_access_key key = house_can("000001");
	struct json_request request = { 0 };
	struct house_session made = { 0 };
	struct session *session = NULL;

	desk_lay(&desk, CARD, NULL);
	wipe(words, sizeof(words));
	(void)house_await_event(&house, "card.present", "");
	house_request("desk",
	              "\"id\",\"demographic\",\"portrait\",\"raw\","
	              "\"pairwise_id\"",
	              &request);
	assert_int_equal(house_create(&house, &caller, &request, "", &made),
	                 CCCD_OK);
	json_request_release(&request);
	session = house_find(&house, &caller, &made);
	assert_int_equal(
	        sessions_access_key(house.sessions, session, &key, NULL),
	        CCCD_OK);
	house_await(&house, made.id, SESSION_READY);
	return session;
}

/* The search finds what is there, or it proves nothing. */
static void result_is_there_before_and_gone_after(void **state)
{
	enum session_format format = SESSION_JSON;
	struct session *session = NULL;
	char *text = NULL;

	(void)state;
	await_readers();
	for (unsigned int i = 0; i < 2; i++) {
		BUF portrait = buf_make(JOB_PORTRAIT_MAX);

		session = read_card();
		assert_true(count_in_memory(canaries[1]) > 0);
		if (session->portrait == PORTRAIT_READY)
			assert_int_equal(session_take_portrait(house.sessions,
			                                       session, NULL,
			                                       &portrait),
			                 CCCD_OK);
		assert_int_equal(session_take_result(house.sessions, session,
		                                     format, NULL, &text),
		                 CCCD_OK);
		assert_int_equal(session->state, SESSION_DELIVERED);
		json_text_free(text);
		assert_int_equal(count_canaries(), 0);
		format = SESSION_JWT;
		house_forget_events(&house);
	}
}

static void cancelled_result_is_gone(void **state)
{
	struct session *session = NULL;

	(void)state;
	session = read_card();
	assert_true(count_in_memory(canaries[1]) > 0);
	sessions_cancel(house.sessions, session);
	assert_int_equal(count_canaries(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(result_is_there_before_and_gone_after),
		cmocka_unit_test(cancelled_result_is_gone),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
