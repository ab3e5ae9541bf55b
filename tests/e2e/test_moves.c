/* SPDX-License-Identifier: Apache-2.0 */
/* Cards that come late, leave and return; Ctrl-C; two cards at once. */
#include "tests/e2e/desk.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "base/macros.h"

/* A read of a second and a half, so that it can be disturbed. */
#define SLOW_CARD                                                        \
	"{\"extends\":\"cccd-2021\",\"behaviour\":{\"extended\":false}," \
	"\"latency\":{\"bit_rate_kbps\":424,\"per_apdu_ms\":10}}"

/* The same number and kind, another person's data. */
#define OTHER_CARD                                                       \
	"{\"extends\":\"cccd-2021\",\"behaviour\":{\"extended\":false}," \
	"\"document\":{\"sex\":\"M\"}}"

enum { SOON_MS = 30000, PAUSE_MS = 300 };

/* What progress says while the portrait is read. */
static const char portrait_line[] = "ảnh";

static struct desk desk;

static struct answer *start_read(const char *reader)
{
	const struct call call = {
		.args = { "read", "--json", "--can", "000001", "--demo-trust",
		          desk_trust(), "--reader", reader }
	};

	return call_start(&call);
}

static void check_genuine(struct answer *answer, int least_resumed)
{
	cJSON *root = NULL;
	const cJSON *transport = NULL;
	const cJSON *resumed = NULL;

	call_finish(answer);
	if (answer->status != 0)
		(void)fprintf(stderr, "exit %d: %s%s\n", answer->status,
		              answer->out, answer->err);
	assert_int_equal(answer->status, 0);
	root = call_json(answer);
	transport = cJSON_GetObjectItem(root, "transport");
	resumed = cJSON_GetObjectItem(transport, "resumed");
	assert_string_equal(json_text_at(root, "overall"), "successful");
	assert_string_equal(json_text_at(root, "data_groups.dg2"), "identical");
	assert_true(cJSON_IsNumber(resumed));
	assert_true(resumed->valueint >= least_resumed);
	cJSON_Delete(root);
	call_free(answer);
}

/* Whoever held the card let go of it. */
static void reads_at_once(void)
{
	uint64_t start = clock_steady_ms();

	check_genuine(start_read(DESK_SLOT_0), 0);
	assert_true(clock_steady_ms() - start < SOON_MS);
}

static void wait_takes_a_card_that_comes_later(void **state)
{
	const struct call call = { .args = { "read", "--json", "--can",
		                             "000001", "--demo-trust",
		                             desk_trust(), "--wait", "15" } };
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, NULL, NULL);
	answer = call_start(&call);
	call_await(answer, "Mời đặt thẻ");
	clock_sleep_ms(PAUSE_MS);
	desk_put(&desk, 1, "cccd-2021");
	check_genuine(answer, 0);
}

/* [architecture, Secrets] nobody sees the number in the list of programs. */
static void secrets_leave_the_command_line(void **state)
{
	const struct call call = {
		.args = { "read", "--wait", "20", "--id-number", "001199000001",
		          "--pin", "918273", "--document-number", "199000001",
		          "--birth", "990101", "--expiry", "390101" }
	};
	static const char *const secrets[] = { "001199000001", "918273",
		                               "199000001", "990101",
		                               "390101" };
	struct answer *answer = NULL;
	char path[64];
	char *line = NULL;
	size_t len = 0;

	(void)state;
	desk_lay(&desk, NULL, NULL);
	answer = call_start(&call);
	call_await(answer, "Mời đặt thẻ");
	(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", answer->pid);
	line = file_text(path, &len);
	assert_non_null(line);
	assert_true(len > 100);
	for (size_t i = 0; i < len; i++)
		if (line[i] == '\0')
			line[i] = ' ';
	assert_non_null(strstr(line, "--id-number"));
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		assert_null(strstr(line, secrets[i]));
	free(line);
	assert_int_equal(kill(answer->pid, SIGTERM), 0);
	call_finish(answer);
	assert_int_equal(answer->status, 12);
	call_free(answer);
}

/* [contracts, Exit codes] 12: aborted, and at once. */
static void ctrl_c_ends_the_wait_at_once(void **state)
{
	const struct call call = { .args = { "read", "--can", "000001",
		                             "--wait", "60" } };
	struct answer *answer = NULL;
	uint64_t start = 0;

	(void)state;
	desk_lay(&desk, NULL, NULL);
	answer = call_start(&call);
	call_await(answer, "Mời đặt thẻ");
	start = clock_steady_ms();
	assert_int_equal(kill(answer->pid, SIGINT), 0);
	call_finish(answer);
	assert_int_equal(answer->status, 12);
	assert_true(clock_steady_ms() - start < SOON_MS);
	assert_string_equal(answer->out, "");
	call_free(answer);
}

static void ctrl_c_in_the_middle_lets_go_of_the_card(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM };

	(void)state;
	desk_lay(&desk, SLOW_CARD, NULL);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		struct answer *answer = start_read(DESK_SLOT_0);

		call_await(answer, portrait_line);
		clock_sleep_ms(PAUSE_MS);
		assert_int_equal(kill(answer->pid, signals[i]), 0);
		call_finish(answer);
		assert_int_equal(answer->status, 12);
		assert_non_null(strstr(answer->err, "[cancelled]"));
		call_free(answer);
		reads_at_once();
	}
}

/* Even a program that was killed leaves nothing stuck. */
static void killed_in_the_middle_leaves_the_card_free(void **state)
{
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, NULL);
	answer = start_read(DESK_SLOT_0);
	call_await(answer, portrait_line);
	assert_int_equal(kill(answer->pid, SIGKILL), 0);
	call_finish(answer);
	assert_int_equal(answer->status, 1000 + SIGKILL);
	call_free(answer);
	reads_at_once();
}

/* [contracts, Resume] */
static void card_taken_and_laid_back_is_read_to_the_end(void **state)
{
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, NULL);
	answer = start_read(DESK_SLOT_0);
	call_await(answer, portrait_line);
	clock_sleep_ms(PAUSE_MS);
	desk_take(&desk, 0);
	clock_sleep_ms(PAUSE_MS);
	desk_put(&desk, 0, "");
	check_genuine(answer, 1);
}

static void card_that_leaves_by_itself_is_read_to_the_end(void **state)
{
	(void)state;
	desk_lay(&desk, "bad-removed", NULL);
	check_genuine(start_read(DESK_SLOT_0), 1);
}

/* Gone for good: the time for its return is bounded. */
static void card_that_stays_away_is_said(void **state)
{
	const struct call call = { .args = { "read", "--can", "000001",
		                             "--resume", "1", "--reader",
		                             DESK_SLOT_0 } };
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, NULL);
	answer = call_start(&call);
	call_await(answer, portrait_line);
	desk_take(&desk, 0);
	call_finish(answer);
	assert_int_equal(answer->status, 3);
	assert_non_null(strstr(answer->err, "[card_removed]"));
	call_free(answer);
}

/* [contracts, Resume] another card of the same number: nothing is mixed. */
static void another_card_in_its_place_is_refused(void **state)
{
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, NULL);
	answer = start_read(DESK_SLOT_0);
	call_await(answer, portrait_line);
	clock_sleep_ms(PAUSE_MS);
	desk_take(&desk, 0);
	clock_sleep_ms(PAUSE_MS);
	desk_put(&desk, 0, OTHER_CARD);
	call_finish(answer);
	assert_int_equal(answer->status, 3);
	assert_non_null(strstr(answer->err, "[card_changed]"));
	call_free(answer);
}

static void two_cards_are_read_at_the_same_time(void **state)
{
	struct answer *first = NULL;
	struct answer *second = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, SLOW_CARD);
	first = start_read(DESK_SLOT_0);
	second = start_read(DESK_SLOT_1);
	call_await(first, portrait_line);
	call_await(second, portrait_line);
	check_genuine(first, 0);
	check_genuine(second, 0);
}

/* One card, two programs: the second is told, and the first not disturbed. */
static void two_programs_at_one_card_do_not_mix(void **state)
{
	struct answer *first = NULL;
	struct answer *second = NULL;

	(void)state;
	desk_lay(&desk, SLOW_CARD, NULL);
	first = start_read(DESK_SLOT_0);
	call_await(first, portrait_line);
	second = start_read(DESK_SLOT_0);
	call_finish(second);
	assert_int_equal(second->status, 2);
	assert_non_null(strstr(second->err, "[reader_busy]"));
	call_free(second);
	check_genuine(first, 0);
}

static int open_desk(void **state)
{
	(void)state;
	desk_open(&desk, true);
	return 0;
}

static int close_desk(void **state)
{
	(void)state;
	desk_close(&desk);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wait_takes_a_card_that_comes_later),
		cmocka_unit_test(secrets_leave_the_command_line),
		cmocka_unit_test(ctrl_c_ends_the_wait_at_once),
		cmocka_unit_test(ctrl_c_in_the_middle_lets_go_of_the_card),
		cmocka_unit_test(killed_in_the_middle_leaves_the_card_free),
		cmocka_unit_test(card_taken_and_laid_back_is_read_to_the_end),
		cmocka_unit_test(card_that_leaves_by_itself_is_read_to_the_end),
		cmocka_unit_test(card_that_stays_away_is_said),
		cmocka_unit_test(another_card_in_its_place_is_refused),
		cmocka_unit_test(two_cards_are_read_at_the_same_time),
		cmocka_unit_test(two_programs_at_one_card_do_not_mix),
	};

	return cmocka_run_group_tests(tests, open_desk, close_desk);
}
