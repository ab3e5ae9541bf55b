/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever edits a log is found, with file and line; and what is not. */
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

#include "base/digest.h"
#include "base/macros.h"
#include "tests/service/core/audit_rig.h"

enum { LINES = 8, TEXT_MAX = 65536 };

static const char november[] = "2026-11.jsonl";

/* struct sheet - the lines of a file, to be cut and pasted. */
struct sheet {
	char *text;
	size_t len;
	struct span lines[LINES];
};

static void sheet_open(struct rig *rig, struct sheet *ret)
{
	size_t at = 0;

	rig_fill(rig, LINES / 2);
	rig_close(rig);
	ret->text = rig_load(rig, november, &ret->len);
	for (size_t i = 0; i < LINES; i++) {
		const char *from = ret->text + at;
		size_t len = (size_t)(strchr(from, '\n') - from) + 1;

		ret->lines[i] = span_of(from, len);
		at += len;
	}
	assert_int_equal(at, ret->len);
}

static void sheet_close(struct rig *rig, struct sheet *sheet)
{
	free(sheet->text);
	rig_open(rig);
}

/* Put lines together again in @order, -1 at its end. */
static void paste(struct rig *rig, const struct sheet *sheet, const int *order)
{
	char *text = malloc(TEXT_MAX);
	size_t len = 0;

	assert_non_null(text);
	for (; *order >= 0; order++) {
		struct span line = sheet->lines[*order];

		assert_true(len + line.len <= TEXT_MAX);
		memcpy(text + len, line.at, line.len);
		len += line.len;
	}
	rig_save(rig, november, text, len);
	free(text);
}

static void walk_finds_every_changed_byte(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	struct sheet sheet = { 0 };
	size_t number = 1;

	sheet_open(rig, &sheet);
	for (size_t i = 0; i < sheet.len; i += 7) {
		char kept = sheet.text[i];

		number = 1;
		for (size_t k = 0; k < i; k++)
			number += sheet.text[k] == '\n';
		sheet.text[i] = (char)(kept ^ 1);
		rig_save(rig, november, sheet.text, sheet.len);
		sheet.text[i] = kept;
		rig_walk(rig, &verdict);
		assert_true(rig_faults(&verdict) > 0);
		/* The place is right: this line, or the torn last one. */
		assert_true(
		        rig_found(&verdict, AUDIT_ALTERED, november, number) ||
		        rig_found(&verdict, AUDIT_MALFORMED, november,
		                  number) ||
		        rig_found(&verdict, AUDIT_FOREIGN, november, number) ||
		        rig_found(&verdict, AUDIT_TORN, november, number));
	}
	rig_save(rig, november, sheet.text, sheet.len);
	rig_assert_sound(rig, LINES, 0);
	sheet_close(rig, &sheet);
}

static void walk_finds_every_removed_line(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	struct sheet sheet = { 0 };

	sheet_open(rig, &sheet);
	for (int gone = 0; gone < LINES; gone++) {
		int order[LINES + 1];
		int count = 0;

		for (int i = 0; i < LINES; i++)
			if (i != gone)
				order[count++] = i;
		order[count] = -1;
		paste(rig, &sheet, order);
		rig_walk(rig, &verdict);
		assert_int_equal(rig_faults(&verdict), 1);
		assert_int_equal(verdict.found[0].from, gone + 1);
		assert_int_equal(verdict.found[0].to, gone + 1);
		if (gone == LINES - 1)
			assert_true(rig_found(&verdict, AUDIT_SHORTENED,
			                      "head.json", 0));
		else
			assert_true(rig_found(&verdict, AUDIT_MISSING, november,
			                      (uint64_t)gone + 1));
	}
	sheet_close(rig, &sheet);
}

static void walk_finds_every_swap_and_every_repeat(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	struct sheet sheet = { 0 };

	sheet_open(rig, &sheet);
	for (int a = 0; a < LINES; a++) {
		for (int b = a + 1; b < LINES; b++) {
			int order[LINES + 1] = { 0, 1, 2, 3, 4, 5, 6, 7, -1 };

			order[a] = b;
			order[b] = a;
			paste(rig, &sheet, order);
			rig_walk(rig, &verdict);
			assert_true(rig_found(&verdict, AUDIT_MISSING, november,
			                      (uint64_t)a + 1));
			assert_true(rig_found(&verdict, AUDIT_OUT_OF_ORDER,
			                      november, (uint64_t)b + 1));
		}
	}
	for (int twice = 0; twice < LINES; twice++) {
		int order[LINES + 2];
		int count = 0;

		for (int i = 0; i < LINES; i++) {
			order[count++] = i;
			if (i == twice)
				order[count++] = i;
		}
		order[count] = -1;
		paste(rig, &sheet, order);
		rig_walk(rig, &verdict);
		assert_int_equal(rig_faults(&verdict), 1);
		assert_true(rig_found(&verdict, AUDIT_REPEATED, november,
		                      (uint64_t)twice + 2));
	}
	sheet_close(rig, &sheet);
}

/* Alter a line and make its own hash right again. */
static void rehash(char *line, size_t len)
{
	size_t body = len - 1 - 75;
	struct digest digest = { 0 };

	assert_memory_equal(line + body, ",\"hash\":\"", 9);
	assert_int_equal(
	        digest_compute(DIGEST_SHA256, span_of(line, body), &digest),
	        CCCD_OK);
	for (size_t i = 0; i < digest.len; i++) {
		static const char digits[] = "0123456789abcdef";

		line[body + 9 + 2 * i] = digits[digest.bytes[i] >> 4];
		line[body + 10 + 2 * i] = digits[digest.bytes[i] & 15];
	}
}

static void walk_finds_a_line_with_a_hash_of_its_own(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	struct sheet sheet = { 0 };

	sheet_open(rig, &sheet);
	for (size_t i = 0; i < LINES; i++) {
		char *line = sheet.text +
		             (sheet.lines[i].at - (const uint8_t *)sheet.text);
		char *at = strstr(line, "hospital");
		char *kept = malloc(sheet.lines[i].len);

		assert_non_null(kept);
		memcpy(kept, line, sheet.lines[i].len);
		*at = 'H';
		rehash(line, sheet.lines[i].len);
		rig_save(rig, november, sheet.text, sheet.len);
		memcpy(line, kept, sheet.lines[i].len);
		free(kept);
		rig_walk(rig, &verdict);
		assert_int_equal(rig_faults(&verdict), 1);
		if (i + 1 < LINES)
			assert_true(rig_found(&verdict, AUDIT_UNLINKED,
			                      november, i + 2));
		else
			assert_true(rig_found(&verdict, AUDIT_HEAD_DIFFERS,
			                      november, i + 1));
	}
	sheet_close(rig, &sheet);
}

static void walk_finds_a_line_of_the_other_log(void **state)
{
	struct rig *rig = *state;
	const struct audit_entry stranger = { .kind = AUDIT_UNKNOWN_ORIGIN };
	struct rig_verdict verdict;
	char *text = NULL;
	size_t len = 0;

	rig_append(rig, &stranger);
	text = rig_load(rig, "security-2026-11.jsonl", &len);
	rig_save(rig, november, text, len);
	free(text);
	rig_walk(rig, &verdict);
	assert_true(rig_found(&verdict, AUDIT_FOREIGN, november, 1));
}

static void walk_finds_a_month_taken_out_of_the_middle(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	char path[RIG_PATH];

	for (unsigned int i = 0; i < 3; i++) {
		rig_fill(rig, 2);
		machine.wall_s += 31 * 86400;
	}
	rig_path(rig, "2026-12.jsonl", path);
	assert_int_equal(unlink(path), 0);
	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 1);
	assert_true(rig_found(&verdict, AUDIT_MISSING, "2027-01.jsonl", 1));
	assert_int_equal(verdict.found[0].from, 5);
	assert_int_equal(verdict.found[0].to, 8);
}

static void ignore(void *context, const struct audit_finding *finding)
{
	enum audit_fault *last = context;

	*last = finding->fault;
}

/* Anchors: what lies elsewhere finds what the directory cannot. */
static void walk_holds_the_log_against_anchors(void **state)
{
	struct rig *rig = *state;
	enum audit_fault last = AUDIT_SOUND;
	struct audit_walk walk = { .dir = rig->dir,
		                   .anchor_count = 1,
		                   .found = ignore,
		                   .context = &last };
	struct audit_summary summary = { 0 };
	struct audit_head archived = { 0 };
	char path[RIG_PATH];

	rig_fill(rig, 2);
	audit_head(rig->audit, &archived);
	machine.wall_s += 31 * 86400;
	rig_fill(rig, 2);
	walk.anchors[0] = archived;
	assert_int_equal(audit_walk_run(&walk, NULL, &summary), CCCD_OK);
	assert_int_equal(last, AUDIT_SOUND);
	/* The first month is archived: its anchor stands for it. */
	rig_path(rig, november, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(audit_walk_run(&walk, NULL, &summary), CCCD_OK);
	assert_int_equal(last, AUDIT_SOUND);
	/* Any other does not. */
	walk.anchors[0].hash[0] ^= 1;
	assert_int_equal(audit_walk_run(&walk, NULL, &summary), CCCD_OK);
	assert_int_equal(last, AUDIT_ANCHOR_MISSING);
	/* A line that has another hash, and one that is gone with its head. */
	audit_head(rig->audit, &walk.anchors[0]);
	walk.anchors[1] = archived;
	walk.anchor_count = 2;
	walk.anchors[0].hash[0] ^= 1;
	assert_int_equal(audit_walk_run(&walk, NULL, &summary), CCCD_OK);
	assert_int_equal(last, AUDIT_ANCHOR_DIFFERS);
	walk.anchors[0].sequence = 99;
	assert_int_equal(audit_walk_run(&walk, NULL, &summary), CCCD_OK);
	assert_int_equal(last, AUDIT_ANCHOR_MISSING);
}

/* Retention: what the daemon took away itself is no gap. */
static void walk_accepts_what_expired(void **state)
{
	struct rig *rig = *state;
	const struct audit_entry stranger = { .kind = AUDIT_REQUEST_FORGED };
	struct rig_verdict verdict;
	char path[RIG_PATH];

	for (unsigned int i = 0; i < 4; i++) {
		rig_fill(rig, 2);
		rig_append(rig, &stranger);
		machine.wall_s += 31 * 86400;
	}
	/* 2027-03-19: November and December ended over 60 days ago. */
	assert_int_equal(audit_expire(rig->audit, 0, NULL), CCCD_OK);
	rig_assert_sound(rig, 16, 0);
	assert_int_equal(audit_expire(rig->audit, 60, NULL), CCCD_OK);
	rig_assert_sound(rig, 9, 0);
	rig_path(rig, november, path);
	assert_int_not_equal(access(path, F_OK), 0);
	rig_path(rig, "security-2026-12.jsonl", path);
	assert_int_not_equal(access(path, F_OK), 0);
	rig_path(rig, "2027-01.jsonl", path);
	assert_int_equal(access(path, F_OK), 0);
	/* Nothing more is old, and nothing more is told. */
	assert_int_equal(audit_expire(rig->audit, 60, NULL), CCCD_OK);
	rig_assert_sound(rig, 9, 0);
	/* A second time; and a month that somebody else took. */
	machine.wall_s += 31 * 86400;
	assert_int_equal(audit_expire(rig->audit, 60, NULL), CCCD_OK);
	rig_assert_sound(rig, 6, 0);
	rig_path(rig, "2027-02.jsonl", path);
	assert_int_equal(unlink(path), 0);
	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 1);
	assert_true(rig_found(&verdict, AUDIT_MISSING, "2027-03.jsonl", 1));
}

/* The line "expired" accounts for one beginning only. */
static void walk_refuses_another_beginning(void **state)
{
	static const char january[] = "2027-01.jsonl";
	struct rig *rig = *state;
	struct rig_verdict verdict;
	char *text = NULL;
	size_t len = 0;

	for (unsigned int i = 0; i < 4; i++) {
		rig_fill(rig, 2);
		machine.wall_s += 31 * 86400;
	}
	assert_int_equal(audit_expire(rig->audit, 60, NULL), CCCD_OK);
	text = rig_load(rig, january, &len);
	strstr(text, "\"prev\":\"")[8] ^= 1;
	rehash(text, (size_t)(strchr(text, '\n') - text) + 1);
	rig_save(rig, january, text, len);
	free(text);
	rig_walk(rig, &verdict);
	assert_true(rig_found(&verdict, AUDIT_UNLINKED, january, 2));
	assert_true(rig_found(&verdict, AUDIT_MISSING, january, 1));
}

/* What is not sound stays, to be looked at. */
static void expire_keeps_what_is_damaged(void **state)
{
	struct rig *rig = *state;
	char *text = NULL;
	size_t len = 0;
	char path[RIG_PATH];

	rig_fill(rig, 2);
	machine.wall_s += 31 * 86400;
	rig_fill(rig, 2);
	machine.wall_s += 365L * 86400;
	text = rig_load(rig, november, &len);
	rig_save(rig, november, text, len - 10);
	free(text);
	assert_int_equal(audit_expire(rig->audit, 60, NULL), CCCD_OK);
	rig_path(rig, november, path);
	assert_int_equal(access(path, F_OK), 0);
}

/* The limit, stated in cccd(1): the newest lines and the head together. */
static void walk_cannot_find_newest_lines_gone_with_their_head(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	struct audit_head newest = { 0 };
	enum audit_fault last = AUDIT_SOUND;
	struct audit_walk walk = { .dir = rig->dir,
		                   .anchor_count = 1,
		                   .found = ignore,
		                   .context = &last };
	char *head = NULL;
	char *lines = NULL;
	size_t head_len = 0;
	size_t len = 0;

	rig_fill(rig, 2);
	head = rig_load(rig, "head.json", &head_len);
	lines = rig_load(rig, november, &len);
	rig_fill(rig, 2);
	audit_head(rig->audit, &newest);
	rig_close(rig);
	rig_save(rig, "head.json", head, head_len);
	rig_save(rig, november, lines, len);
	free(head);
	free(lines);
	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 0);
	/* An anchor from the journal or the report finds it. */
	walk.anchors[0] = newest;
	assert_int_equal(audit_walk_run(&walk, NULL, &verdict.summary),
	                 CCCD_OK);
	assert_int_equal(last, AUDIT_ANCHOR_MISSING);
	rig_open(rig);
}

#define ON_RIG(test) \
	cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_RIG(walk_finds_every_changed_byte),
		ON_RIG(walk_finds_every_removed_line),
		ON_RIG(walk_finds_every_swap_and_every_repeat),
		ON_RIG(walk_finds_a_line_with_a_hash_of_its_own),
		ON_RIG(walk_finds_a_line_of_the_other_log),
		ON_RIG(walk_finds_a_month_taken_out_of_the_middle),
		ON_RIG(walk_holds_the_log_against_anchors),
		ON_RIG(walk_accepts_what_expired),
		ON_RIG(walk_refuses_another_beginning),
		ON_RIG(expire_keeps_what_is_damaged),
		ON_RIG(walk_cannot_find_newest_lines_gone_with_their_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
