/* SPDX-License-Identifier: Apache-2.0 */
/* The card taken away at random bytes, a thousand times. */
#include "tests/apdu/inspection/inspect_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"

enum {
	READS = 1000,
	/* Bytes of one whole read of the specimen in short commands. */
	READ_BYTES = 26000,
	LOSSES_MAX = 3,
};

/**
 * struct thief - takes the card away after so many bytes.
 * @left:    bytes until the next theft
 * @thefts:  still to come
 * @returns: lay the card back when the reader asks for it
 * @bounces: powering the card fails so often: it has just left
 * @on_loss: bounces of the card that is laid back
 */
struct thief {
	struct inspect_rig rig;
	struct reader *inner;
	struct sim_slot *slot;
	struct sim_card *other;
	size_t left;
	unsigned int thefts;
	unsigned int bounces;
	unsigned int on_loss;
	bool returns;
	bool swaps;
	uint32_t seed;
};

/* xorshift: the same thefts in every run of the test. */
static uint32_t next_random(struct thief *thief)
{
	thief->seed ^= thief->seed << 13;
	thief->seed ^= thief->seed >> 17;
	thief->seed ^= thief->seed << 5;
	return thief->seed;
}

/* A reader over the slot's reader that counts bytes and steals. */
static enum cccd_err thief_transmit(void *state, struct span command,
                                    struct buf *response,
                                    unsigned int timeout_ms,
                                    struct cccd_error *error)
{
	struct thief *thief = state;
	size_t moved = 0;

	reader_set_timeout(thief->inner, timeout_ms);
	TRY(reader_transmit(thief->inner, command, response, error));
	moved = command.len + response->len;
	if (thief->thefts == 0)
		return CCCD_OK;
	if (moved < thief->left) {
		thief->left -= moved;
		return CCCD_OK;
	}
	thief->thefts--;
	thief->left = next_random(thief) % READ_BYTES;
	sim_slot_remove(thief->slot);
	error->code = CCCD_ERR_CARD_REMOVED;
	return CCCD_ERR_CARD_REMOVED;
}

static enum cccd_err thief_wait(void *state, unsigned int timeout_ms,
                                struct cccd_error *error)
{
	struct thief *thief = state;

	return reader_wait(thief->inner, timeout_ms, error);
}

static enum cccd_err thief_connect(void *state, struct reader_card *ret,
                                   struct cccd_error *error)
{
	struct thief *thief = state;

	if (thief->bounces > 0) {
		thief->bounces--;
		error->code = CCCD_ERR_READER_NO_CARD;
		return CCCD_ERR_READER_NO_CARD;
	}
	TRY(reader_connect(thief->inner, error));
	*ret = *reader_card(thief->inner);
	return CCCD_OK;
}

static void thief_disconnect(void *state)
{
	struct thief *thief = state;

	reader_disconnect(thief->inner);
}

static void thief_close(void *state)
{
	struct thief *thief = state;

	reader_close(thief->inner);
}

static const struct reader_ops thief_ops = {
	.scheme = "thief",
	.capabilities = READER_CAN_WAIT | READER_CAN_EXTENDED,
	.wait = thief_wait,
	.connect = thief_connect,
	.transmit = thief_transmit,
	.disconnect = thief_disconnect,
	.close = thief_close,
};

static void on_progress(const struct cccd_progress *progress, void *context)
{
	struct thief *thief = context;

	if (progress->event != CCCD_EVENT_LOST || !thief->returns)
		return;
	thief->bounces = thief->on_loss;
	sim_slot_insert(thief->slot,
	                thief->swaps ? thief->other : thief->rig.sim);
}

static struct thief *thief_new(const char *profile)
{
	struct thief *thief = calloc(1, sizeof(*thief));

	assert_non_null(thief);
	inspect_load(&thief->rig, profile);
	inspect_plan(&thief->rig, INSPECT_CAN);
	reader_close(thief->rig.reader);
	assert_int_equal(sim_slot_new(thief->rig.sim, &thief->slot), CCCD_OK);
	assert_int_equal(sim_slot_open(thief->slot, &thief->inner), CCCD_OK);
	assert_int_equal(reader_open_ops(&thief_ops, thief, &thief->rig.reader),
	                 CCCD_OK);
	thief->rig.input.reader = thief->rig.reader;
	thief->rig.input.progress = on_progress;
	thief->rig.input.context = thief;
	thief->rig.input.options.resume_ms = 20;
	thief->seed = 2463534242U;
	return thief;
}

static void thief_free(struct thief *thief)
{
	inspect_free(&thief->rig);
	sim_slot_free(thief->slot);
	sim_card_free(thief->other);
	free(thief);
}

/* Exactly the card's bytes, or a read that says that it did not finish. */
static void check_files(const struct inspect_rig *rig)
{
	static const enum cccd_file files[] = { CCCD_FILE_DG1, CCCD_FILE_DG2,
		                                CCCD_FILE_DG13, CCCD_FILE_SOD };
	static const char *const names[] = { "dg1", "dg2", "dg13", "sod" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct span on_card = sim_card_file(rig->sim, names[i]);
		const struct buf *held =
		        &rig->inspection->files[files[i]].bytes;

		if (rig->inspection->states[files[i]] != CCCD_FILE_READ)
			continue;
		assert_int_equal(held->len, on_card.len);
		assert_memory_equal(held->at, on_card.at, on_card.len);
	}
}

static void thousand_removals_complete_or_end_typed(void **state)
{
	struct thief *thief = thief_new("pn532-short");
	unsigned int completed = 0;
	unsigned int resumed = 0;
	unsigned int ended = 0;

	(void)state;
	for (unsigned int i = 0; i < READS; i++) {
		thief->thefts = 1 + next_random(thief) % LOSSES_MAX;
		thief->left = next_random(thief) % READ_BYTES;
		/* Every fourth time nobody lays the card back. */
		thief->returns = i % 4 != 3;
		sim_slot_insert(thief->slot, thief->rig.sim);
		inspect_run(&thief->rig);
		check_files(&thief->rig);
		resumed += thief->rig.inspection->resumed;
		if (thief->rig.err == CCCD_OK) {
			assert_int_equal(thief->rig.result.overall,
			                 CCCD_SUCCESSFUL);
			completed++;
		} else {
			assert_int_equal(thief->rig.err, CCCD_ERR_CARD_REMOVED);
			assert_int_not_equal(thief->rig.result.overall,
			                     CCCD_SUCCESSFUL);
			ended++;
		}
		/* Laid back, a read always comes to its end. */
		if (thief->returns)
			assert_int_equal(thief->rig.err, CCCD_OK);
		inspect_reset(&thief->rig);
	}
	(void)printf("%d reads: %u completed with %u resumptions, "
	             "%u ended as card_removed\n",
	             READS, completed, resumed, ended);
	assert_true(resumed > READS / 2);
	assert_true(ended > 0);
	thief_free(thief);
}

/* Seen by the reader, gone when it is powered, there again. */
static void a_card_that_bounces_is_waited_for(void **state)
{
	struct thief *thief = thief_new("pn532-short");

	(void)state;
	thief->rig.input.options.wait_ms = 10000;
	thief->rig.input.options.resume_ms = 10000;
	thief->bounces = 2;
	inspect_run(&thief->rig);
	assert_int_equal(thief->rig.err, CCCD_OK);
	assert_int_equal(thief->bounces, 0);
	inspect_reset(&thief->rig);

	thief->thefts = 1;
	thief->left = READ_BYTES / 2;
	thief->returns = true;
	thief->on_loss = 2;
	inspect_run(&thief->rig);
	assert_int_equal(thief->rig.err, CCCD_OK);
	assert_int_equal(thief->rig.inspection->resumed, 1);
	inspect_reset(&thief->rig);

	/* Nobody waits: it is said at once. */
	thief->rig.input.options.wait_ms = 0;
	thief->bounces = 1;
	inspect_run(&thief->rig);
	assert_int_equal(thief->rig.err, CCCD_ERR_READER_NO_CARD);
	thief_free(thief);
}

/* [contracts, Resume] nothing of the first card is mixed in. */
static void another_card_is_refused_at_every_byte(void **state)
{
	struct thief *thief = thief_new("pn532-short");
	unsigned int refused = 0;

	(void)state;
	/* Same access key, same kind, other security object. */
	assert_int_equal(
	        sim_card_load("{\"extends\": \"pn532-short\", "
	                      "\"dg13\": {\"full_name\": \"Lê Thị Mẫu\"}}",
	                      NULL, &thief->other),
	        CCCD_OK);
	thief->returns = true;
	thief->swaps = true;
	for (unsigned int i = 0; i < 100; i++) {
		thief->thefts = 1;
		thief->left = i * (READ_BYTES / 100);
		sim_slot_insert(thief->slot, thief->rig.sim);
		inspect_run(&thief->rig);
		if (thief->rig.err == CCCD_ERR_CARD_CHANGED)
			refused++;
		else
			/* Before there was a security object: begun anew. */
			assert_int_equal(thief->rig.err, CCCD_OK);
		inspect_reset(&thief->rig);
	}
	assert_true(refused > 50);
	thief_free(thief);
}

/* What was learnt of a kind of card is not asked again. */
static void lengths_are_probed_once_for_a_kind(void **state)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));
	size_t first = 0;
	size_t second = 0;

	(void)state;
	assert_non_null(rig);
	inspect_load(rig, "cccd-2021");
	inspect_plan(rig, INSPECT_CAN);
	inspect_run(rig);
	assert_int_equal(rig->err, CCCD_OK);
	first = sim_card_counters(rig->sim)->apdus;
	inspect_reset(rig);
	sim_card_reset_counters(rig->sim);
	inspect_run(rig);
	assert_int_equal(rig->err, CCCD_OK);
	second = sim_card_counters(rig->sim)->apdus;
	/* The probe, and EF.ATR/INFO, which this card does not have. */
	assert_int_equal(first - second, 2);
	inspect_free(rig);
	free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thousand_removals_complete_or_end_typed),
		cmocka_unit_test(a_card_that_bounces_is_waited_for),
		cmocka_unit_test(another_card_is_refused_at_every_byte),
		cmocka_unit_test(lengths_are_probed_once_for_a_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
