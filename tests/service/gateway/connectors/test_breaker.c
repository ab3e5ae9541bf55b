/* SPDX-License-Identifier: Apache-2.0 */
/* The circuit breaker, with its clock under control. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "service/gateway/connectors/breaker.h"

static uint64_t now_ms = 1000;

static uint64_t fake_clock(void)
{
	return now_ms;
}

static void breaker_opens_half_opens_and_closes(void **state)
{
	struct breaker breaker;
	uint64_t era = 0;

	(void)state;
	assert_true(breaker_init(&breaker, 3, 500, fake_clock));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(breaker_look(&breaker), BREAKER_CLOSED);
		assert_true(breaker_enter(&breaker, &era));
		breaker_leave(&breaker, era, BREAKER_FAILS);
	}
	assert_int_equal(breaker_look(&breaker), BREAKER_OPEN);
	assert_false(breaker_enter(&breaker, &era));
	now_ms += 499;
	assert_false(breaker_enter(&breaker, &era));
	now_ms += 1;
	assert_int_equal(breaker_look(&breaker), BREAKER_HALF_OPEN);
	/* One is let through, and nobody beside it. */
	assert_true(breaker_enter(&breaker, &era));
	assert_false(breaker_enter(&breaker, &era));
	breaker_leave(&breaker, era, BREAKER_FAILS);
	assert_int_equal(breaker_look(&breaker), BREAKER_OPEN);
	now_ms += 500;
	assert_true(breaker_enter(&breaker, &era));
	/* It learnt nothing: the next one may see. */
	breaker_leave(&breaker, era, BREAKER_SAYS_NOTHING);
	assert_int_equal(breaker_look(&breaker), BREAKER_HALF_OPEN);
	assert_true(breaker_enter(&breaker, &era));
	breaker_leave(&breaker, era, BREAKER_WORKS);
	assert_int_equal(breaker_look(&breaker), BREAKER_CLOSED);
	breaker_release(&breaker);
}

static void breaker_counts_failures_in_a_row(void **state)
{
	struct breaker breaker;
	uint64_t era = 0;

	(void)state;
	assert_true(breaker_init(&breaker, 2, 500, fake_clock));
	for (int i = 0; i < 10; i++) {
		assert_true(breaker_enter(&breaker, &era));
		breaker_leave(&breaker, era,
		              i % 2 == 0 ? BREAKER_FAILS : BREAKER_WORKS);
		assert_int_equal(breaker_look(&breaker), BREAKER_CLOSED);
	}
	/* A refusal in between forgives nothing. */
	breaker_leave(&breaker, era, BREAKER_FAILS);
	breaker_leave(&breaker, era, BREAKER_SAYS_NOTHING);
	breaker_leave(&breaker, era, BREAKER_FAILS);
	assert_int_equal(breaker_look(&breaker), BREAKER_OPEN);
	/* What began before it opened is late news. */
	breaker_leave(&breaker, era, BREAKER_WORKS);
	breaker_leave(&breaker, era, BREAKER_FAILS);
	assert_int_equal(breaker_look(&breaker), BREAKER_OPEN);
	breaker_release(&breaker);
}

/* What began while it was closed says nothing for the probe. */
static void breaker_takes_no_late_report_for_the_probes(void **state)
{
	static const enum breaker_report reports[] = {
		BREAKER_SAYS_NOTHING,
		BREAKER_WORKS,
		BREAKER_FAILS,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reports); i++) {
		struct breaker breaker;
		uint64_t late = 0;
		uint64_t probe = 0;
		uint64_t other = 0;

		assert_true(breaker_init(&breaker, 1, 500, fake_clock));
		assert_true(breaker_enter(&breaker, &late));
		breaker_leave(&breaker, late, BREAKER_FAILS);
		now_ms += 500;
		assert_true(breaker_enter(&breaker, &probe));
		breaker_leave(&breaker, late, reports[i]);
		assert_int_equal(breaker_look(&breaker), BREAKER_HALF_OPEN);
		assert_false(breaker_enter(&breaker, &other));
		breaker_leave(&breaker, probe, BREAKER_WORKS);
		assert_int_equal(breaker_look(&breaker), BREAKER_CLOSED);
		/* Nor is it counted when all is well again. */
		breaker_leave(&breaker, late, BREAKER_FAILS);
		breaker_leave(&breaker, probe, BREAKER_FAILS);
		assert_int_equal(breaker_look(&breaker), BREAKER_CLOSED);
		breaker_release(&breaker);
	}
}

static void breaker_of_zero_never_opens(void **state)
{
	struct breaker breaker;
	uint64_t era = 0;

	(void)state;
	assert_true(breaker_init(&breaker, 0, 500, fake_clock));
	for (int i = 0; i < 100; i++) {
		assert_true(breaker_enter(&breaker, &era));
		breaker_leave(&breaker, era, BREAKER_FAILS);
	}
	assert_int_equal(breaker_look(&breaker), BREAKER_CLOSED);
	breaker_release(&breaker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(breaker_opens_half_opens_and_closes),
		cmocka_unit_test(breaker_counts_failures_in_a_row),
		cmocka_unit_test(breaker_takes_no_late_report_for_the_probes),
		cmocka_unit_test(breaker_of_zero_never_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
