/* SPDX-License-Identifier: Apache-2.0 */
/* The store is looked at and tidied while nobody asks. */
#include "service/gateway/keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/service/gateway/pair.h"

enum { WAIT_MS = 60000, STEP_MS = 5, SOON_MS = 10, NEVER_MS = 3600000 };

static struct keeper *begin(const struct pair *pair, uint32_t look_ms)
{
	const struct keeper_parts parts = { .store = pair->one,
		                            .look_ms = look_ms,
		                            .interrupted_s = 10,
		                            .retention_days = 1 };
	struct keeper *keeper = NULL;

	assert_int_equal(keeper_new(&parts, &keeper), CCCD_OK);
	return keeper;
}

static bool becomes(struct keeper *keeper, bool good)
{
	for (unsigned int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
		if (keeper_store_ok(keeper) == good)
			return true;
		clock_sleep_ms(STEP_MS);
	}
	return false;
}

static void keeper_sees_that_the_store_fails(void **state)
{
	struct pair *pair = pair_of(state);
	struct keeper *keeper = begin(pair, SOON_MS);

	assert_true(keeper_store_ok(keeper));
	pair_meddle(pair, "ALTER TABLE usage_log RENAME TO hidden");
	assert_true(becomes(keeper, false));
	pair_meddle(pair, "ALTER TABLE hidden RENAME TO usage_log");
	assert_true(becomes(keeper, true));
	keeper_free(keeper);
}

/* What a request met counts at once, and is looked at soon. */
static void keeper_that_doubts_looks_for_itself(void **state)
{
	struct pair *pair = pair_of(state);
	struct keeper *keeper = begin(pair, NEVER_MS);

	pair_meddle(pair, "ALTER TABLE usage_log RENAME TO hidden");
	keeper_doubt(keeper);
	assert_false(keeper_store_ok(keeper));
	pair_meddle(pair, "ALTER TABLE hidden RENAME TO usage_log");
	assert_true(becomes(keeper, true));
	keeper_free(keeper);
}

/* One line is old, and one is missing. */
static void keeper_tidies_when_it_begins(void **state)
{
	struct pair *pair = pair_of(state);
	struct keeper *keeper = NULL;
	struct store_stats stats = { .tasks = 0 };
	uint64_t lines = 0;
	uint64_t bad = 0;

	assert_int_equal(pair_append(pair->two, "a", "2024-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(pair_append(pair->two, "b", "2024-02-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(store_nonce_issue(pair->two, "n", "desk", 1000),
	                 CCCD_OK);
	assert_int_equal(pair_spend(pair->two, "n", "desk", "dead", 900),
	                 CCCD_OK);
	keeper = begin(pair, NEVER_MS);
	for (unsigned int i = 0; i < WAIT_MS && (lines != 2 || stats.tasks < 1);
	     i += STEP_MS) {
		clock_sleep_ms(STEP_MS);
		/* In this order: there were two lines before, too. */
		store_stats(pair->one, &stats);
		assert_int_equal(store_log_verify(pair->two, &lines, &bad),
		                 CCCD_OK);
	}
	keeper_free(keeper);
	assert_int_equal(stats.tasks, 1);
	pair_assert_whole(pair->two, 2);
}

/* Today is far from both lines; by their own clock only one is old. */
static void keeper_trusts_no_clock_that_runs_ahead(void **state)
{
	struct pair *pair = pair_of(state);
	struct keeper *keeper = NULL;
	uint64_t lines = 0;
	uint64_t bad = 0;

	assert_int_equal(pair_append(pair->two, "a", "2024-01-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(pair_append(pair->two, "b", "2024-06-01T00:00:00Z"),
	                 CCCD_OK);
	assert_int_equal(pair_append(pair->two, "c", "2024-06-01T12:00:00Z"),
	                 CCCD_OK);
	keeper = begin(pair, SOON_MS);
	for (unsigned int i = 0; i < WAIT_MS && lines != 2; i += STEP_MS) {
		clock_sleep_ms(STEP_MS);
		assert_int_equal(store_log_verify(pair->two, &lines, &bad),
		                 CCCD_OK);
	}
	/* It ends with its tidying done. */
	keeper_free(keeper);
	pair_assert_whole(pair->two, 2);
}

static void keeper_ends_while_the_store_fails(void **state)
{
	struct pair *pair = pair_of(state);
	struct keeper *keeper = begin(pair, SOON_MS);

	pair_meddle(pair, "DROP TABLE usage_chain");
	assert_true(becomes(keeper, false));
	keeper_free(keeper);
	keeper_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(keeper_sees_that_the_store_fails),
		ALONE(keeper_that_doubts_looks_for_itself),
		BOTH(keeper_tidies_when_it_begins),
		BOTH(keeper_trusts_no_clock_that_runs_ahead),
		ALONE(keeper_ends_while_the_store_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
