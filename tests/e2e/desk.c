/* SPDX-License-Identifier: Apache-2.0 */
/* A desk of its own: a real pcscd, two readers, simulated cards. */
#include "tests/e2e/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include <cccd/reader.h>

#include "base/clock.h"
#include "tests/support/rig.h"

enum { SEEN_MS = 30000, PAUSE_MS = 10 };

static void start_sim(struct desk *desk, unsigned int slot)
{
	static const char *const names[] = { "0", "1" };
	const char *const argv[] = {
		getenv("CCCD_SIM_PROGRAM"),
		"--slot",
		names[slot],
		"--absent",
		desk->keys != NULL ? "--tell-keys"
		: desk->real_time  ? "--real-time"
		                   : NULL,
		desk->keys,
		NULL,
	};

	assert_non_null(argv[0]);
	desk->sims[slot] = rig_spawn_piped(desk->rig, argv, &desk->words[slot],
	                                   &desk->answers[slot]);
}

static void open_with(struct desk *desk)
{
	desk->rig = rig_start();
	for (unsigned int slot = 0; slot < DESK_SLOTS; slot++)
		start_sim(desk, slot);
}

void desk_open(struct desk *desk, bool real_time)
{
	*desk = (struct desk){ .real_time = real_time };
	open_with(desk);
}

void desk_open_telling(struct desk *desk, const char *keys)
{
	*desk = (struct desk){ .keys = keys };
	open_with(desk);
}

void desk_close(struct desk *desk)
{
	for (unsigned int slot = 0; slot < DESK_SLOTS; slot++) {
		/* Zero would be every process of our group. */
		if (desk->sims[slot] <= 0)
			continue;
		rig_kill(desk->sims[slot]);
		(void)fclose(desk->words[slot]);
		(void)fclose(desk->answers[slot]);
	}
	rig_stop(desk->rig);
}

static void say(struct desk *desk, unsigned int slot, const char *word,
                const char *rest)
{
	assert_true(fprintf(desk->words[slot], "%s %s\n", word, rest) > 0);
	assert_int_equal(fflush(desk->words[slot]), 0);
}

void desk_take(struct desk *desk, unsigned int slot)
{
	say(desk, slot, "remove", "");
	desk->present[slot] = false;
}

void desk_put(struct desk *desk, unsigned int slot, const char *card)
{
	say(desk, slot, "insert", card);
	desk->present[slot] = true;
}

static bool is_settled(const struct desk *desk,
                       const struct cccd_reader_list *list)
{
	if (list->count != DESK_SLOTS)
		return false;
	for (unsigned int slot = 0; slot < DESK_SLOTS; slot++)
		if (list->readers[slot].card_present != desk->present[slot])
			return false;
	return true;
}

/* pcscd looks at a reader a few times a second. */
static void settle(const struct desk *desk)
{
	struct cccd_reader_list *list = calloc(1, sizeof(*list));
	uint64_t end = clock_steady_ms() + SEEN_MS;

	assert_non_null(list);
	for (;;) {
		assert_int_equal(cccd_reader_list(NULL, list), CCCD_OK);
		if (is_settled(desk, list))
			break;
		assert_true(clock_steady_ms() < end);
		clock_sleep_ms(PAUSE_MS);
	}
	free(list);
}

void desk_lay(struct desk *desk, const char *first, const char *second)
{
	const char *const cards[DESK_SLOTS] = { first, second };

	for (unsigned int slot = 0; slot < DESK_SLOTS; slot++)
		if (desk->present[slot])
			desk_take(desk, slot);
	settle(desk);
	for (unsigned int slot = 0; slot < DESK_SLOTS; slot++)
		if (cards[slot] != NULL)
			desk_put(desk, slot, cards[slot]);
	settle(desk);
}

const char *desk_trust(void)
{
	const char *trust = getenv("CCCD_SPECIMEN_PKI");

	assert_non_null(trust);
	return trust;
}
