/* SPDX-License-Identifier: Apache-2.0 */
/* Transcripts, and desks where something is missing. */
#include "tests/e2e/desk.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include "base/hex.h"
#include "base/macros.h"
#include "tests/sim/sim_card.h"

enum { PATH_LEN = 128, PIECE = 8 };

static struct desk desk;
static char directory[64];

static void path_of(char path[static PATH_LEN], const char *name)
{
	(void)snprintf(path, PATH_LEN, "%s/%s", directory, name);
}

static bool exists(const char *path)
{
	struct stat stat_of = { 0 };

	return stat(path, &stat_of) == 0;
}

static struct answer *record(const char *path, const char *key,
                             const char *value)
{
	const struct call call = { .args = { "trace", "record", path, "--quiet",
		                             key, value } };

	return call_run(&call);
}

/* Hexadecimal may be written either way. */
static void make_upper(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)toupper((unsigned char)*text);
}

static bool holds_hex(const char *text, struct span bytes)
{
	char digits[2 * PIECE + 1];

	hex_encode(bytes, digits, sizeof(digits));
	make_upper(digits);
	return strstr(text, digits) != NULL;
}

static bool is_within(struct span piece, struct span file)
{
	for (size_t i = 0; i + piece.len <= file.len; i++)
		if (memcmp(file.at + i, piece.at, piece.len) == 0)
			return true;
	return false;
}

/* What may stand in a transcript: padding, what EF.CardAccess says to
 * everybody, and the root of all protocols' names. */
static bool is_public(struct span piece, struct span open_file)
{
	static const uint8_t root[] = { 0x04, 0x00, 0x7F, 0x00, 0x07 };
	bool plain = true;

	for (size_t k = 1; k < piece.len; k++)
		plain = plain && piece.at[k] == piece.at[0];
	return plain || is_within(piece, open_file) ||
	       is_within(SPAN(root), piece);
}

/* Any eight bytes in a row of the file, in hexadecimal. */
static void holds_nothing_of(const char *text, const struct sim_card *card,
                             const char *name)
{
	struct span file = sim_card_file(card, name);
	struct span open_file = sim_card_file(card, "card_access");

	assert_true(file.len > PIECE);
	for (size_t i = 0; i + PIECE <= file.len; i += 4) {
		struct span piece = span_first(span_after(file, i), PIECE);

		if (!is_public(piece, open_file))
			assert_false(holds_hex(text, piece));
	}
}

/* Neither who the person is nor what opens the chip. */
static void check_redacted(const char *text, const char *profile)
{
	static const char *const files[] = { "dg1",  "dg2", "dg13",
		                             "dg14", "sod", "com" };
	static const char *const words[] = { "199000001", "000001", "NGUYEN",
		                             "990101", "390101" };
	struct sim_card *card = NULL;

	assert_int_equal(sim_card_load(profile, NULL, &card), CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		holds_nothing_of(text, card, files[i]);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		char digits[64];

		assert_null(strstr(text, words[i]));
		hex_encode(span_text(words[i]), digits, sizeof(digits));
		make_upper(digits);
		assert_null(strstr(text, digits));
	}
	assert_null(strstr(text, "\"RANDOM\""));
	sim_card_free(card);
}

static void record_leaves_out_person_and_keys(void **state)
{
	static const char *const cards[] = { "cccd-2021", "bac-only" };

	(void)state;
	desk_lay(&desk, cards[0], NULL);
	for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
		char path[PATH_LEN];
		struct stat stat_of = { 0 };
		struct answer *answer = NULL;
		char *text = NULL;
		size_t len = 0;

		if (i > 0)
			desk_lay(&desk, cards[i], NULL);
		path_of(path, cards[i]);
		answer = record(path, "--mrz", "199000001499010183901016");
		assert_int_equal(answer->status, 10);
		call_free(answer);
		assert_int_equal(stat(path, &stat_of), 0);
		assert_int_equal(stat_of.st_mode & 07777, 0600);
		text = file_text(path, &len);
		assert_non_null(text);
		assert_true(len > 1000);
		assert_non_null(strstr(text, "\"mode\":\"redacted\""));
		make_upper(text);
		check_redacted(text, cards[i]);
		free(text);
	}
}

static void replay_refuses_a_redacted_transcript(void **state)
{
	char path[PATH_LEN];
	const struct call call = { .args = { "trace", "replay", path, "--quiet",
		                             "--can", "000001" } };
	struct answer *answer = NULL;

	(void)state;
	path_of(path, "redacted");
	desk_lay(&desk, "cccd-2021", NULL);
	call_free(record(path, "--can", "000001"));
	answer = call_run(&call);
	assert_int_equal(answer->status, 1);
	assert_non_null(strstr(answer->err, "redacted"));
	call_free(answer);
}

static struct answer *trace_full(const char *verb, const char *path,
                                 bool trusted)
{
	const struct call call = {
		.args = { "trace", verb, path, "--quiet", "--json", "--can",
		          "000001", "--scopes", "all",
		          strcmp(verb, "record") == 0 ? "--full" : "--quiet",
		          trusted ? "--demo-trust" : NULL, desk_trust() },
	};

	return call_run(&call);
}

/* What differs by nature: when, which transaction, over what, how fast. */
static char *timeless(const struct answer *answer)
{
	cJSON *root = call_json(answer);
	cJSON *check = NULL;
	char *text = NULL;

	cJSON_DeleteItemFromObject(root, "transaction");
	cJSON_DeleteItemFromObject(root, "time");
	cJSON_DeleteItemFromObject(root, "transport");
	cJSON_ArrayForEach(check, cJSON_GetObjectItem(root, "checks"))
	{
		cJSON_DeleteItemFromObject(check, "ms");
	}
	text = cJSON_Print(root);
	assert_non_null(text);
	cJSON_Delete(root);
	return text;
}

static void replay_gives_the_same_result(void **state)
{
	char path[PATH_LEN];
	struct answer *live = NULL;
	struct answer *again = NULL;
	char *was = NULL;
	char *is = NULL;

	(void)state;
	path_of(path, "full");
	desk_lay(&desk, "cccd-2021", NULL);
	live = trace_full("record", path, true);
	assert_int_equal(live->status, 0);
	/* No card and no reader is needed any more. */
	desk_lay(&desk, NULL, NULL);
	again = trace_full("replay", path, true);
	assert_int_equal(again->status, 0);
	was = timeless(live);
	is = timeless(again);
	assert_string_equal(was, is);
	cJSON_free(was);
	cJSON_free(is);
	call_free(live);
	call_free(again);
}

/* [contracts, transcript] everything is written of specimens only. */
static void full_record_of_a_real_card_leaves_no_file(void **state)
{
	char path[PATH_LEN];
	struct answer *answer = NULL;

	(void)state;
	path_of(path, "real");
	desk_lay(&desk, "cccd-2021", NULL);
	answer = trace_full("record", path, false);
	assert_int_equal(answer->status, 5);
	assert_false(exists(path));
	call_free(answer);
	/* A read that fails before anything is known of the card. */
	desk_lay(&desk, "not-an-emrtd", NULL);
	answer = trace_full("record", path, true);
	assert_int_not_equal(answer->status, 0);
	assert_false(exists(path));
	call_free(answer);
}

static void wrong_card_is_told_apart(void **state)
{
	const struct call call = { .args = { "read", "--quiet", "--can",
		                             "000001" } };
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, "not-an-emrtd", NULL);
	answer = call_run(&call);
	assert_int_equal(answer->status, 3);
	assert_non_null(strstr(answer->err, "[card_not_supported]"));
	call_free(answer);
}

/* Exit code, code, and a line that says what to do next. */
static void check_reader_error(const struct call *call, const char *code,
                               const char *next)
{
	struct answer *answer = call_run(call);

	if (answer->status != 2 || strstr(answer->err, code) == NULL ||
	    strstr(answer->err, next) == NULL)
		print_error("%d %s\n", answer->status, answer->err);
	assert_int_equal(answer->status, 2);
	assert_non_null(strstr(answer->err, code));
	assert_non_null(strstr(answer->err, next));
	call_free(answer);
}

static void missing_reader_card_or_service_is_said(void **state)
{
	static const struct call no_service = {
		.args = { "read", "--quiet", "--can", "000001" },
		.socket = "/nonexistent/pcscd.comm",
		.language = "en_US",
	};
	static const struct call no_service_list = {
		.args = { "readers" },
		.socket = "/nonexistent/pcscd.comm",
		.language = "en_US",
	};
	static const struct call no_reader = {
		.args = { "read", "--quiet", "--can", "000001", "--reader",
		          "pcsc:No Such Reader" },
		.language = "en_US",
	};
	static const struct call no_card = {
		.args = { "read", "--quiet", "--can", "000001", "--wait", "1" },
		.language = "en_US",
	};

	(void)state;
	desk_lay(&desk, NULL, NULL);
	check_reader_error(&no_service, "[pcsc_unavailable]", "pcscd");
	check_reader_error(&no_service_list, "[pcsc_unavailable]", "pcscd");
	check_reader_error(&no_reader, "[no_reader]", "reader");
	check_reader_error(&no_card, "[no_card]", "card");
}

static void readers_lists_both_slots(void **state)
{
	static const struct call call = { .args = { "readers", "--json" } };
	struct answer *answer = NULL;
	cJSON *root = NULL;
	const cJSON *list = NULL;

	(void)state;
	desk_lay(&desk, NULL, "cccd-2021");
	answer = call_run(&call);
	root = call_json(answer);
	list = cJSON_GetObjectItem(root, "readers");
	assert_int_equal(answer->status, 0);
	assert_int_equal(cJSON_GetArraySize(list), 2);
	assert_string_equal(json_text_at(cJSON_GetArrayItem(list, 0), "uri"),
	                    DESK_SLOT_0);
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(
	        cJSON_GetArrayItem(list, 0), "card_present")));
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(
	        cJSON_GetArrayItem(list, 1), "card_present")));
	cJSON_Delete(root);
	call_free(answer);
}

static int open_desk(void **state)
{
	(void)state;
	make_directory(directory);
	desk_open(&desk, false);
	return 0;
}

static int close_desk(void **state)
{
	(void)state;
	desk_close(&desk);
	remove_directory(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_leaves_out_person_and_keys),
		cmocka_unit_test(replay_refuses_a_redacted_transcript),
		cmocka_unit_test(replay_gives_the_same_result),
		cmocka_unit_test(full_record_of_a_real_card_leaves_no_file),
		cmocka_unit_test(wrong_card_is_told_apart),
		cmocka_unit_test(missing_reader_card_or_service_is_said),
		cmocka_unit_test(readers_lists_both_slots),
	};

	return cmocka_run_group_tests(tests, open_desk, close_desk);
}
