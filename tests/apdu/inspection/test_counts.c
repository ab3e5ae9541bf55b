/* SPDX-License-Identifier: Apache-2.0 */
/* READ BINARY commands of the model file set against the computed minimum. */
#include "tests/apdu/inspection/inspect_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/**
 * struct model - a way of reading and what it costs [emrtd 2.1].
 * @counted: READ BINARY, EF.CardAccess included, EF.COM left out
 */
struct model {
	const char *name;
	const char *profile;
	size_t counted;
};

static const struct model models[] = {
	{ "short, AES",
	  "{\"extends\": \"model-files\", \"reader\": "
	  "{\"max_command\": 261, \"max_response\": 258}}",
	  96 },
	{ "short, 3DES",
	  "{\"extends\": \"model-3des\", \"reader\": "
	  "{\"max_command\": 261, \"max_response\": 258}}",
	  93 },
	{ "extended, 1 KiB", "1024", 24 },
	{ "extended, 4 KiB", "4096", 11 },
	{ "extended, 64 KiB", "model-files", 7 },
};

/* Le 1024 and 4096 are data bytes, so the R-APDU may be that much longer
 * than the bare limit: the memory of the kind says so at once. */
static void limit_reads(struct inspect_rig *rig, const char *le)
{
	struct reader_card card = { .max_command = 0 };
	struct card_memory *memory = NULL;
	struct span atr = sim_card_atr(rig->sim);

	memcpy(card.atr, atr.at, atr.len);
	card.atr_len = atr.len;
	memory = card_memory_of(&rig->memories, &card);
	memory->extended = EXTENDED_WORKS;
	memory->max_extended = strtoul(le, NULL, 10);
}

static size_t count(const struct model *model)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));
	bool limited = model->profile[0] >= '0' && model->profile[0] <= '9';
	const struct sim_counters *counters = NULL;
	size_t reads = 0;

	assert_non_null(rig);
	inspect_load(rig, limited ? "model-files" : model->profile);
	inspect_plan(rig, INSPECT_CAN);
	rig->input.options.flags = CCCD_SKIP_COM;
	if (limited)
		limit_reads(rig, model->profile);
	/* Once to learn the kind of card, then the read that is counted. */
	inspect_run(rig);
	inspect_reset(rig);
	sim_card_reset_counters(rig->sim);
	inspect_run(rig);
	assert_int_equal(rig->err, CCCD_OK);
	assert_int_equal(rig->result.overall, CCCD_SUCCESSFUL);
	counters = sim_card_counters(rig->sim);
	reads = counters->by_ins[0xB0] + counters->by_ins[0xB1];
	(void)printf("%-18s %3zu READ BINARY (minimum %zu), %zu commands\n",
	             model->name, reads, model->counted, counters->apdus);
	inspect_free(rig);
	free(rig);
	return reads;
}

static void reads_equal_the_computed_minimum(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		assert_int_equal(count(&models[i]), models[i].counted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_equal_the_computed_minimum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
