/* SPDX-License-Identifier: Apache-2.0 */
/* A reader that is known for short APDUs: a hint, which proof overrules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include "tests/apdu/inspection/inspect_rig.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

static enum cccd_err hinting_connect(void *state, struct reader_card *ret,
                                     struct cccd_error *error)
{
	TRY(reader_connect(state, error));
	*ret = *reader_card(state);
	ret->short_hint = true;
	return CCCD_OK;
}

static enum cccd_err hinting_transmit(void *state, struct span command,
                                      struct buf *response,
                                      unsigned int timeout_ms,
                                      struct cccd_error *error)
{
	reader_set_timeout(state, timeout_ms);
	return reader_transmit(state, command, response, error);
}

static void hinting_disconnect(void *state)
{
	reader_disconnect(state);
}

/* The rig closes the reader within. */
static void hinting_close(void *state)
{
	(void)state;
}

static const struct reader_ops hinting_ops = {
	.scheme = "hinting",
	.capabilities = READER_CAN_EXTENDED,
	.connect = hinting_connect,
	.transmit = hinting_transmit,
	.disconnect = hinting_disconnect,
	.close = hinting_close,
};

/* One read of a card that takes extended length. */
struct hinted {
	struct inspect_rig rig;
	struct reader *reader;
};

static int begin(void **state)
{
	struct hinted *hinted = calloc(1, sizeof(*hinted));

	assert_non_null(hinted);
	inspect_load(&hinted->rig, "cccd-2021");
	inspect_plan(&hinted->rig, INSPECT_CAN);
	assert_ok(reader_open_ops(&hinting_ops, hinted->rig.reader,
	                          &hinted->reader));
	*state = hinted;
	return 0;
}

static int end(void **state)
{
	struct hinted *hinted = *state;

	inspect_reset(&hinted->rig);
	reader_close(hinted->reader);
	inspect_free(&hinted->rig);
	free(hinted);
	return 0;
}

static void run(struct hinted *hinted)
{
	hinted->rig.input.reader = hinted->reader;
	inspect_run(&hinted->rig);
	assert_ok(hinted->rig.err);
	assert_int_equal(hinted->rig.result.overall, CCCD_SUCCESSFUL);
}

static bool used_extended(const struct hinted *hinted)
{
	const struct inspection *inspection = hinted->rig.inspection;

	return inspection->card.extended &&
	       inspection->memory->extended == EXTENDED_WORKS;
}

static void inspection_probes_where_nothing_is_known(void **state)
{
	struct hinted *hinted = *state;

	inspect_run(&hinted->rig);
	assert_ok(hinted->rig.err);
	assert_true(used_extended(hinted));
}

static void inspection_follows_the_hint(void **state)
{
	struct hinted *hinted = *state;
	const struct inspection *inspection = NULL;

	run(hinted);
	inspection = hinted->rig.inspection;
	assert_false(used_extended(hinted));
	/* Nothing was learnt, and nothing is claimed. */
	assert_int_equal(inspection->memory->extended, EXTENDED_UNKNOWN);
	assert_true(inspection->reader_card.max_command >
	            READER_SHORT_COMMAND_MAX);
}

/* What worked on this kind of card counts for more. */
static void inspection_trusts_its_memory_more(void **state)
{
	struct hinted *hinted = *state;

	inspect_run(&hinted->rig);
	assert_true(used_extended(hinted));
	inspect_reset(&hinted->rig);
	run(hinted);
	assert_true(used_extended(hinted));
}

/* Somebody asks what reader and card can do. */
static void survey_probes_against_the_hint(void **state)
{
	struct hinted *hinted = *state;

	hinted->rig.input.options.flags |= CCCD_SURVEY;
	run(hinted);
	assert_true(used_extended(hinted));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(inspection_probes_where_nothing_is_known),
		TEST(inspection_follows_the_hint),
		TEST(inspection_trusts_its_memory_more),
		TEST(survey_probes_against_the_hint),
	};

	return cmocka_run_group_tests_name("hint", tests, NULL, NULL);
}
