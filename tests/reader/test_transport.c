/* SPDX-License-Identifier: Apache-2.0 */
/* The duties of a transport: in process, recorded, and replayed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include "reader/record.h"
#include "reader/replay.h"
#include "reader/trace.h"
#include "tests/reader/conformance.h"
#include "tests/reader/loopback.h"

static const unsigned int all = READER_CAN_WAIT | READER_CAN_CANCEL |
                                READER_CAN_PRESENCE | READER_CAN_EXTENDED;

static struct reader *open_loopback(struct bed *bed)
{
	return loopback_open(bed->capabilities);
}

static void lay_loopback(struct bed *bed, struct reader *reader, bool present)
{
	(void)bed;
	loopback_insert(reader, present);
}

static enum cccd_err keep(void *context, struct span line)
{
	return buf_append(context, line);
}

/* What a recording bed holds: the lines, and the reader inside. */
struct recording {
	struct buf text;
	struct reader *inner;
};

static struct reader *open_recorder(struct bed *bed)
{
	struct recording *recording = bed->context;
	struct record_sink sink = { keep, &recording->text };
	struct reader *reader = NULL;

	buf_reset(&recording->text);
	recording->inner = loopback_open(bed->capabilities);
	if (reader_record_open(recording->inner, &sink, RECORD_FULL, &reader) !=
	    CCCD_OK)
		abort();
	return reader;
}

static void lay_recorded(struct bed *bed, struct reader *reader, bool present)
{
	struct recording *recording = bed->context;

	(void)reader;
	loopback_insert(recording->inner, present);
}

static struct reader *open_replay(struct bed *bed)
{
	struct recording *recording = bed->context;
	struct cccd_error error = { .tries_left = -1 };
	struct reader *reader = NULL;

	assert_int_equal(
	        reader_replay_open(buf_span(&recording->text), &error, &reader),
	        CCCD_OK);
	return reader;
}

/* Record the duty over the loopback, then demand it of the replay. */
static void check_replay(struct bed *bed, const struct duty *duty)
{
	struct bed recorder = {
		.name = "record",
		.capabilities = all,
		.open = open_recorder,
		.instant = true,
		.context = bed->context,
	};

	conformance_check(&recorder, duty);
	conformance_check(bed, duty);
}

int main(void)
{
	struct recording recording = { .text = buf_make(TRACE_FILE_MAX) };
	struct bed loopback = {
		.name = "loopback",
		.capabilities = all,
		.open = open_loopback,
		.lay = lay_loopback,
	};
	struct bed poor = {
		.name = "poor",
		.capabilities = READER_CAN_EXTENDED,
		.open = open_loopback,
	};
	struct bed record = {
		.name = "record",
		.capabilities = all,
		.open = open_recorder,
		.lay = lay_recorded,
		.context = &recording,
	};
	struct bed replay = {
		.name = "replay",
		.capabilities = READER_CAN_WAIT | READER_CAN_CANCEL |
		                READER_CAN_EXTENDED,
		.open = open_replay,
		.instant = true,
		.context = &recording,
	};
	int failed = conformance_run(&loopback, conformance_check) +
	             conformance_run(&poor, conformance_check) +
	             conformance_run(&record, conformance_check) +
	             conformance_run(&replay, check_replay);

	buf_release(&recording.text);
	return failed;
}
