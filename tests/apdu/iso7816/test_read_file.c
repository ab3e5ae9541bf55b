/* SPDX-License-Identifier: Apache-2.0 */
/* The reading engine against a card with one file and many moods. */
#include "apdu/iso7816/read_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/tlv/tlv.h"
#include "base/error.h"
#include "tests/support/script_reader.h"

enum { FID = 0x0102, SFI = 2, BIG = 40000 };

/* What the card does, as data. */
struct mood {
	size_t max_le;   /* 6700 beyond; 0: no limit */
	size_t gives;    /* at most this much per answer; 0: no limit */
	bool no_sfi;     /* 6985 */
	bool strict_end; /* 6700 past the end */
	bool says_6b00;  /* 6B00 past the end, wherever the read begins */
	bool no_select;  /* a short identifier reads, but selects nothing */
	bool warns_end;  /* 6282 with the rest */
	bool nothing;    /* 9000 without data */
	bool too_much;   /* more than was asked for */
	bool missing;    /* 6A82 */
	bool crumbs;     /* one byte an answer */
	bool head_free;  /* DO'53' is not counted against Le */
};

struct fake {
	struct mood mood;
	uint8_t file[BIG + 64];
	size_t len; /* bytes in the file */
	bool selected;
	int lose_in; /* commands until the card goes away; 0: never */
	size_t reads;
	size_t largest;
};

struct rig {
	struct fake fake;
	struct script script;
	struct cccd_error error;
	struct card card;
	struct card_memory memory;
	struct reader *reader;
	struct transfer transfer;
};

static enum cccd_err sw(struct buf *response, unsigned int value)
{
	TRY(buf_append_byte(response, (uint8_t)(value >> 8)));
	return buf_append_byte(response, (uint8_t)value);
}

/* Le of a plain READ BINARY, short or extended. */
static size_t le_of(struct span command, size_t at)
{
	size_t le = 0;

	if (command.len == at + 1)
		le = command.at[at] == 0 ? 256 : command.at[at];
	else
		le = (size_t)command.at[command.len - 2] << 8 |
		     command.at[command.len - 1];
	return le == 0 ? 65536 : le;
}

/* Bytes of the head of a DO'53' around @count bytes. */
static size_t head_len(size_t count)
{
	if (count < 0x80)
		return 2;
	return count < 0x100 ? 3 : 4;
}

static enum cccd_err give(struct fake *fake, size_t offset, size_t le, bool odd,
                          struct buf *response)
{
	const struct mood *mood = &fake->mood;
	size_t rest = offset < fake->len ? fake->len - offset : 0;
	size_t count = le < rest ? le : rest;
	uint8_t head[TLV_HEAD_MAX];
	struct tlv_writer writer = tlv_writer(head, sizeof(head));
	struct span written = { 0 };

	fake->reads++;
	fake->largest = le > fake->largest ? le : fake->largest;
	if ((mood->max_le != 0 && le > mood->max_le) ||
	    (mood->strict_end && le > rest + (odd ? head_len(rest) : 0)))
		return sw(response, SW_WRONG_LENGTH);
	if (mood->says_6b00 && le > rest + (odd ? head_len(rest) : 0))
		return sw(response, SW_OUTSIDE);
	if (mood->nothing)
		return sw(response, SW_OK);
	if (rest == 0)
		return sw(response, SW_OUTSIDE);
	if (mood->gives != 0 && count > mood->gives)
		count = mood->gives;
	if (mood->crumbs)
		count = 1;
	if (mood->too_much)
		count = le + 1;
	if (odd) {
		while (!mood->head_free && count + head_len(count) > le)
			count--;
		tlv_put_head(&writer, 0x53, count);
		TRY(tlv_written(&writer, &written));
		TRY(buf_append(response, written));
	}
	TRY(buf_append(response, span_of(fake->file + offset, count)));
	return sw(response,
	          mood->warns_end && le > rest ? SW_WARNING_EOF : SW_OK);
}

static enum cccd_err answer(void *context, struct span command,
                            struct buf *response)
{
	struct fake *fake = context;
	size_t offset = (size_t)command.at[2] << 8 | command.at[3];

	if (fake->lose_in > 0 && --fake->lose_in == 0)
		return CCCD_ERR_CARD_REMOVED;
	if (command.at[1] == 0xA4 ||
	    ((command.at[2] & 0x80) != 0 && !fake->mood.no_select))
		fake->selected = !fake->mood.missing;
	if (fake->mood.missing)
		return sw(response, SW_NOT_FOUND);
	if (command.at[1] == 0xA4)
		return sw(response, SW_OK);
	if (command.at[1] == 0xB1)
		return give(fake, (size_t)command.at[7] << 8 | command.at[8],
		            le_of(command, 9), true, response);
	if ((command.at[2] & 0x80) != 0 && fake->mood.no_sfi)
		return sw(response, SW_CONDITIONS);
	if ((command.at[2] & 0x80) != 0)
		offset = command.at[3];
	if (!fake->selected && (command.at[2] & 0x80) == 0)
		return sw(response, SW_NO_CURRENT_EF);
	return give(fake, offset, le_of(command, 4), false, response);
}

/* A file of @len bytes in all, with a well-formed head. */
static void make_file(struct fake *fake, size_t len)
{
	uint8_t head[TLV_HEAD_MAX];
	struct tlv_writer writer = { 0 };
	struct span written = { 0 };
	size_t value = len;

	do {
		value--;
		writer = tlv_writer(head, sizeof(head));
		tlv_put_head(&writer, 0x75, value);
		assert_int_equal(tlv_written(&writer, &written), CCCD_OK);
	} while (written.len + value > len);
	for (size_t i = 0; i < sizeof(fake->file); i++)
		fake->file[i] = (uint8_t)(i * 31 + i / 251);
	memcpy(fake->file, written.at, written.len);
	fake->len = len;
}

static int rig_open(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	error_reset(&rig->error);
	rig->script.answer = answer;
	rig->script.context = &rig->fake;
	rig->reader = script_open(&rig->script);
	card_init(&rig->card, rig->reader, &random_system, &rig->error);
	rig->memory.max_short = LE_MAX_SHORT;
	rig->memory.extended = EXTENDED_REFUSED;
	rig->transfer = transfer_make(FID, SFI, 1U << 20);
	make_file(&rig->fake, 1000);
	*state = rig;
	return 0;
}

static int rig_close(void **state)
{
	struct rig *rig = *state;

	transfer_release(&rig->transfer);
	card_release(&rig->card);
	reader_close(rig->reader);
	free(rig);
	return 0;
}

static void read_whole(struct rig *rig)
{
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_OK);
	assert_true(rig->transfer.complete);
	assert_int_equal(rig->transfer.bytes.len, rig->fake.len);
	assert_memory_equal(rig->transfer.bytes.at, rig->fake.file,
	                    rig->fake.len);
}

/* Header and body in one command, no probe of the end. */
static void read_file_needs_no_spare_command(void **state)
{
	struct rig *rig = *state;

	read_whole(rig);
	assert_int_equal(rig->script.sent, 4);
	assert_int_equal(rig->fake.reads, 4);
}

static void read_file_falls_back_from_short_identifiers(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.no_sfi = true;
	read_whole(rig);
	assert_true(rig->memory.no_sfi);
}

static void read_file_climbs_down_the_ladder(void **state)
{
	struct rig *rig = *state;

	for (size_t limit = 32; limit <= 256; limit++) {
		transfer_release(&rig->transfer);
		rig->transfer = transfer_make(FID, SFI, 1U << 20);
		rig->memory = (struct card_memory){
			.max_short = LE_MAX_SHORT,
			.extended = EXTENDED_REFUSED,
		};
		rig->fake.mood.max_le = limit;
		read_whole(rig);
		assert_true(rig->memory.max_short <= limit);
	}
}

static void read_file_gives_up_below_the_ladder(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.max_le = 5;
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_ERR_CARD_REFUSED);
	assert_true(rig->script.sent < 40);
}

static void read_file_learns_not_to_read_past_the_end(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.strict_end = true;
	make_file(&rig->fake, 95);
	read_whole(rig);
	assert_true(rig->memory.exact);
	assert_int_equal(rig->memory.max_short, LE_MAX_SHORT);
}

/* [7816-4 5.6] 6B00 is for the offset, some chips say it of the length. */
static void read_file_asks_for_the_head_after_6b00(void **state)
{
	static const size_t lens[] = { 95, 1000, BIG };
	struct rig *rig = *state;

	rig->fake.mood.says_6b00 = true;
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		transfer_release(&rig->transfer);
		rig->transfer = transfer_make(FID, SFI, 1U << 20);
		make_file(&rig->fake, lens[i]);
		read_whole(rig);
	}
	assert_true(rig->memory.exact);
}

static void read_file_does_not_pass_the_end_above_32767(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.strict_end = true;
	make_file(&rig->fake, BIG);
	read_whole(rig);
	assert_true(rig->memory.exact);
	assert_int_equal(rig->memory.max_short, LE_MAX_SHORT);
}

static void read_file_selects_what_a_short_identifier_did_not(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.no_select = true;
	read_whole(rig);
	assert_true(rig->memory.no_sfi);
}

static void read_file_takes_the_warning_at_the_end(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.warns_end = true;
	make_file(&rig->fake, 95);
	read_whole(rig);
	assert_int_equal(rig->script.sent, 1);
}

static void read_file_takes_what_the_card_gives(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.gives = 100;
	read_whole(rig);
	assert_int_equal(rig->fake.reads, 10);
}

/* [7816-4 7.2.3] P1-P2 hold 15 bits: above, the odd instruction. */
static void read_file_uses_the_odd_instruction_above_32767(void **state)
{
	struct rig *rig = *state;

	make_file(&rig->fake, BIG);
	read_whole(rig);
}

/* The head of DO'53' is two bytes long, or more, and the answer is filled;
 * some chips do not count it against Le. */
static void read_file_takes_full_answers_above_32767(void **state)
{
	struct rig *rig = *state;

	make_file(&rig->fake, BIG);
	for (size_t le = 32; le <= 256; le++) {
		for (unsigned int free_head = 0; free_head < 2; free_head++) {
			transfer_release(&rig->transfer);
			rig->transfer = transfer_make(FID, SFI, 1U << 20);
			rig->memory.max_short = le;
			rig->fake.mood.head_free = free_head != 0;
			read_whole(rig);
		}
	}
}

static void read_file_reads_extended_when_the_card_can(void **state)
{
	struct rig *rig = *state;

	make_file(&rig->fake, BIG);
	rig->card.extended = true;
	rig->memory.extended = EXTENDED_WORKS;
	rig->memory.max_extended = LE_MAX_EXTENDED;
	read_whole(rig);
	assert_int_equal(rig->fake.reads, 1);
}

static void read_file_probes_extended_once(void **state)
{
	struct rig *rig = *state;

	rig->card.extended = true;
	rig->memory.extended = EXTENDED_UNKNOWN;
	rig->fake.mood.max_le = 256;
	read_whole(rig);
	assert_int_equal(rig->memory.extended, EXTENDED_REFUSED);
}

/* What the reader passes is probed, where it is less than the usual. */
static void card_probe_extended_keeps_to_the_reader(void **state)
{
	struct rig *rig = *state;

	reader_close(rig->reader);
	rig->script.max_response = 522;
	rig->reader = script_open(&rig->script);
	rig->card.reader = rig->reader;
	rig->card.extended = true;
	rig->memory.extended = EXTENDED_UNKNOWN;
	rig->fake.selected = true;
	assert_int_equal(card_probe_extended(&rig->card, &rig->memory),
	                 CCCD_OK);
	assert_int_equal(rig->memory.extended, EXTENDED_WORKS);
	assert_int_equal(rig->memory.max_extended, 520);
	assert_int_equal(rig->fake.reads, 1);
}

/* [pitfall 27] the card is the attacker. */
static void pitfall_27_nothing_is_no_progress(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.nothing = true;
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_ERR_CARD_PROTOCOL);
	assert_true(rig->script.sent <= 2);
}

static void pitfall_27_crumbs_are_no_progress(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.crumbs = true;
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_ERR_CARD_PROTOCOL);
	assert_true(rig->script.sent < 100);
}

static void pitfall_27_more_than_asked_is_refused(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.too_much = true;
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_ERR_CARD_PROTOCOL);
}

/* A head that announces 16 MiB costs one command and no memory. */
static void pitfall_27_lying_length_is_refused_at_its_head(void **state)
{
	static const uint8_t heads[][6] = {
		{ 0x75, 0x83, 0xFF, 0xFF, 0xFF, 0 },
		{ 0x75, 0x84, 0xFF, 0xFF, 0xFF, 0xFF },
		{ 0x75, 0x84, 0x01, 0x00, 0x00, 0x00 },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		transfer_release(&rig->transfer);
		rig->transfer = transfer_make(FID, SFI, 1U << 20);
		memcpy(rig->fake.file, heads[i], sizeof(heads[i]));
		error_reset(&rig->error);
		assert_int_equal(
		        read_file(&rig->card, &rig->memory, &rig->transfer),
		        CCCD_ERR_DATA_TOO_LARGE);
		assert_true(rig->transfer.bytes.cap < 4096);
	}
}

/* A length beyond the file: it ends where the card says so. */
static void pitfall_27_file_shorter_than_its_head(void **state)
{
	struct rig *rig = *state;

	rig->fake.len = 700;
	rig->fake.mood.warns_end = true;
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_ERR_DATA_TRUNCATED);
	rig->fake.mood.warns_end = false;
	transfer_release(&rig->transfer);
	rig->transfer = transfer_make(FID, SFI, 1U << 20);
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_ERR_DATA_TRUNCATED);
}

/* Bytes after the object are not part of the file. */
static void read_file_cuts_what_follows_the_object(void **state)
{
	struct rig *rig = *state;

	make_file(&rig->fake, 95);
	rig->fake.len = 600;
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_OK);
	assert_int_equal(rig->transfer.bytes.len, 95);
	assert_int_equal(rig->script.sent, 1);
}

/* [X.690 8.1.3.6] no length in the head: ended by its end-of-contents. */
static void read_file_ends_an_indefinite_file(void **state)
{
	struct rig *rig = *state;
	uint8_t *file = rig->fake.file;

	memset(file, 0, rig->fake.len);
	file[0] = 0x77;
	file[1] = 0x80;
	file[2] = 0x04;
	file[3] = 0x82;
	file[4] = 500 >> 8;
	file[5] = 500 & 0xFF;
	memset(file + 6, 0xAB, 500);
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_OK);
	assert_int_equal(rig->transfer.bytes.len, 6 + 500 + 2);
}

static void read_file_reports_a_missing_file(void **state)
{
	struct rig *rig = *state;

	rig->fake.mood.missing = true;
	assert_int_equal(read_file(&rig->card, &rig->memory, &rig->transfer),
	                 CCCD_ERR_CARD_FILE_MISSING);
}

/* The card goes away again and again; no byte is read twice. */
static void read_file_goes_on_at_the_byte_it_lost(void **state)
{
	struct rig *rig = *state;
	size_t held = 0;

	rig->fake.mood.gives = 50;
	for (int i = 0; i < 9; i++) {
		/* SELECT, two reads, and then it is gone. */
		rig->fake.lose_in = i == 0 ? 3 : 4;
		assert_int_equal(
		        read_file(&rig->card, &rig->memory, &rig->transfer),
		        CCCD_ERR_CARD_REMOVED);
		assert_int_equal(rig->transfer.bytes.len, held + 100);
		held = rig->transfer.bytes.len;
		reader_disconnect(rig->reader);
		assert_int_equal(reader_connect(rig->reader, &rig->error),
		                 CCCD_OK);
	}
	read_whole(rig);
	assert_int_equal(rig->fake.reads, 20);
}

static void card_memory_of_keeps_kinds_apart(void **state)
{
	struct card_memories *memories = calloc(1, sizeof(*memories));
	struct reader_card card = { .atr = { 0x3B, 1 }, .atr_len = 2 };
	struct card_memory *first = NULL;

	(void)state;
	assert_non_null(memories);
	first = card_memory_of(memories, &card);
	first->max_short = 160;
	card.atr[1] = 2;
	assert_int_equal(card_memory_of(memories, &card)->max_short,
	                 LE_MAX_SHORT);
	card.atr[1] = 1;
	assert_ptr_equal(card_memory_of(memories, &card), first);
	free(memories);
}

#define RIGGED(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(read_file_needs_no_spare_command),
		RIGGED(read_file_falls_back_from_short_identifiers),
		RIGGED(read_file_climbs_down_the_ladder),
		RIGGED(read_file_gives_up_below_the_ladder),
		RIGGED(read_file_learns_not_to_read_past_the_end),
		RIGGED(read_file_asks_for_the_head_after_6b00),
		RIGGED(read_file_does_not_pass_the_end_above_32767),
		RIGGED(read_file_selects_what_a_short_identifier_did_not),
		RIGGED(read_file_takes_the_warning_at_the_end),
		RIGGED(read_file_takes_what_the_card_gives),
		RIGGED(read_file_uses_the_odd_instruction_above_32767),
		RIGGED(read_file_takes_full_answers_above_32767),
		RIGGED(read_file_reads_extended_when_the_card_can),
		RIGGED(read_file_probes_extended_once),
		RIGGED(card_probe_extended_keeps_to_the_reader),
		RIGGED(pitfall_27_nothing_is_no_progress),
		RIGGED(pitfall_27_crumbs_are_no_progress),
		RIGGED(pitfall_27_more_than_asked_is_refused),
		RIGGED(pitfall_27_lying_length_is_refused_at_its_head),
		RIGGED(pitfall_27_file_shorter_than_its_head),
		RIGGED(read_file_cuts_what_follows_the_object),
		RIGGED(read_file_ends_an_indefinite_file),
		RIGGED(read_file_reports_a_missing_file),
		RIGGED(read_file_goes_on_at_the_byte_it_lost),
		cmocka_unit_test(card_memory_of_keeps_kinds_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
