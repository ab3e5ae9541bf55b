/* SPDX-License-Identifier: Apache-2.0 */
/* Every access key through the real program, the real pcscd and a card. */
#include "tests/e2e/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include "base/macros.h"

#define SPECIMEN_LINES                     \
	"IDVNM1990000014001199000001<<5\n" \
	"9901018F3901016VNM<<<<<<<<<<<2\n" \
	"NGUYEN<<THI<MAU<<<<<<<<<<<<<<<\n"

#define SPECIMEN_QR_7                                                 \
	"001199000001|001000001|Nguyễn Thị Mẫu|01011999|Nữ|"  \
	"Số 1 phố Mẫu, Phường Mẫu, Quận Ba Đình, Hà " \
	"Nội|10052022"

/* struct key - one way in: options, values, and what opened the chip. */
struct key {
	const char *options[CALL_FEEDS_MAX];
	const char *values[CALL_FEEDS_MAX];
	const char *protocol;
	const char *password;
};

static const struct key specimen_keys[] = {
	{ { "id-number" }, { "001199000001" }, "pace", "can" },
	{ { "can" }, { "000001" }, "pace", "can" },
	/* The lines hold the citizen number, and it the CAN. */
	{ { "mrz" }, { SPECIMEN_LINES }, "pace", "can" },
	{ { "mrz" }, { "199000001499010183901016" }, "pace", "mrz" },
	{ { "document-number", "birth", "expiry" },
	  { "199000001", "990101", "390101" },
	  "pace",
	  "mrz" },
	{ { "document-number", "birth", "expiry" },
	  { "001199000001", "1999-01-01", "01/01/2039" },
	  "pace",
	  "can" },
	{ { "qr" }, { SPECIMEN_QR_7 }, "pace", "can" },
	{ { "qr" }, { SPECIMEN_QR_7 "||||" }, "pace", "can" },
};

static const struct key bac_keys[] = {
	{ { "mrz" }, { SPECIMEN_LINES }, "bac", "mrz" },
	{ { "document-number", "birth", "expiry" },
	  { "199000001", "990101", "390101" },
	  "bac",
	  "mrz" },
};

static const struct key eid_keys[] = {
	{ { "pin" }, { "123456" }, "pace", "pin" },
	{ { "puk" }, { "9876543210" }, "pace", "puk" },
	{ { "can" }, { "500540" }, "pace", "can" },
};

static struct desk desk;

/* The key as arguments, or as descriptors and their feeds. */
static void put_key(struct call *call, size_t at, const struct key *key,
                    bool from_fd, char words[static CALL_FEEDS_MAX][64])
{
	static const char *const fds[CALL_FEEDS_MAX] = { "7", "8", "9" };

	for (size_t i = 0; i < CALL_FEEDS_MAX && key->options[i] != NULL; i++) {
		(void)snprintf(words[i], 64, "--%s%s", key->options[i],
		               from_fd ? "-fd" : "");
		call->args[at++] = words[i];
		call->args[at++] = from_fd ? fds[i] : key->values[i];
		if (from_fd)
			call->feeds[i] = key->values[i];
	}
}

static void check_opened(const struct answer *answer, const struct key *key)
{
	cJSON *root = call_json(answer);
	const char *protocol =
	        json_text_at(root, "checks.access_control.detail.protocol");
	const char *password =
	        json_text_at(root, "checks.access_control.detail.password");

	assert_string_equal(protocol, key->protocol);
	assert_string_equal(password, key->password);
	assert_string_equal(json_text_at(root, "checks.access_control.verdict"),
	                    "successful");
	assert_string_equal(json_text_at(root, "data_groups.dg1"), "identical");
	cJSON_Delete(root);
}

static void open_with(const char *reader, const struct key *key, bool from_fd)
{
	struct call call = { .args = { "read", "--json", "--quiet", "--groups",
		                       "dg1", "--demo-trust", desk_trust(),
		                       "--reader", reader } };
	char words[CALL_FEEDS_MAX][64];
	struct answer *answer = NULL;

	put_key(&call, 9, key, from_fd, words);
	answer = call_run(&call);
	if (answer->status != 0)
		print_error("--%s%s: %d %s%s\n", key->options[0],
		            from_fd ? "-fd" : "", answer->status, answer->out,
		            answer->err);
	assert_int_equal(answer->status, 0);
	check_opened(answer, key);
	assert_string_equal(answer->err, "");
	call_free(answer);
}

static void open_with_all(const char *reader, const struct key *keys,
                          size_t count)
{
	for (size_t i = 0; i < count; i++) {
		open_with(reader, &keys[i], false);
		open_with(reader, &keys[i], true);
	}
}

static void read_opens_with_every_key(void **state)
{
	(void)state;
	desk_lay(&desk, "cccd-2021", "bac-only");
	open_with_all(DESK_SLOT_0, specimen_keys, ARRAY_LEN(specimen_keys));
	open_with_all(DESK_SLOT_1, bac_keys, ARRAY_LEN(bac_keys));
}

/* The profile has its own specimen signer, whose trust is not the shipped
 * one: what is shown here is that the chip opens. */
static void read_opens_with_pin_and_puk(void **state)
{
	struct call call = { .args = { "read", "--json", "--quiet", "--groups",
		                       "dg1" } };
	char words[CALL_FEEDS_MAX][64];

	(void)state;
	desk_lay(&desk, "id-eid-de-like", NULL);
	for (size_t i = 0; i < ARRAY_LEN(eid_keys) * 2; i++) {
		const struct key *key = &eid_keys[i / 2];
		struct answer *answer = NULL;
		cJSON *root = NULL;

		call.feeds[0] = NULL;
		put_key(&call, 5, key, i % 2 != 0, words);
		answer = call_run(&call);
		root = call_json(answer);
		assert_int_equal(answer->status, 10);
		assert_string_equal(
		        json_text_at(root,
		                     "checks.access_control.detail.password"),
		        key->password);
		assert_string_not_equal(json_text_at(root, "data_groups.dg1"),
		                        "");
		cJSON_Delete(root);
		call_free(answer);
	}
}

static size_t count_text(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		count++;
	return count;
}

/* [contracts, Exit codes] 4, after exactly one attempt of PACE. */
static void wrong_can_is_said_after_one_attempt(void **state)
{
	struct call call = { .args = { "read", "--can", "999999", "--trace",
		                       NULL } };
	char directory[64];
	char path[96];
	char *trace = NULL;
	size_t len = 0;
	struct answer *answer = NULL;

	(void)state;
	make_directory(directory);
	(void)snprintf(path, sizeof(path), "%s/t", directory);
	call.args[4] = path;
	desk_lay(&desk, "cccd-2021", NULL);
	answer = call_run(&call);
	assert_int_equal(answer->status, 4);
	assert_non_null(strstr(answer->err, "Thẻ từ chối số hoặc mã đã nhập"));
	assert_non_null(strstr(answer->err, "[access_key_rejected]"));
	assert_null(strstr(answer->err, "999999"));
	assert_string_equal(answer->out, "");
	call_free(answer);

	trace = file_text(path, &len);
	assert_non_null(trace);
	assert_int_equal(count_text(trace, "\"head\":\"0022C1A4\""), 1);
	assert_int_equal(count_text(trace, "\"head\":\"00860000\""), 1);
	assert_int_equal(count_text(trace, "\"head\":\"0084"), 0);
	assert_int_equal(count_text(trace, "\"head\":\"0082"), 0);
	free(trace);
	remove_directory(directory);
}

static void wrong_can_is_said_in_english_by_locale(void **state)
{
	static const char *const english[] = { "en_US", "en_GB.UTF-8" };
	static const char *const vietnamese[] = { "C", "vi_VN.UTF-8", "fr_FR",
		                                  NULL };
	struct call call = { .args = { "read", "--quiet", "--can", "999999" } };

	(void)state;
	desk_lay(&desk, "cccd-2021", NULL);
	for (size_t i = 0; i < ARRAY_LEN(english); i++) {
		struct answer *answer = NULL;

		call.language = english[i];
		answer = call_run(&call);
		assert_int_equal(answer->status, 4);
		assert_non_null(
		        strstr(answer->err, "The card refused the access key"));
		call_free(answer);
	}
	for (size_t i = 0; i < ARRAY_LEN(vietnamese); i++) {
		struct answer *answer = NULL;

		call.language = vietnamese[i];
		answer = call_run(&call);
		assert_int_equal(answer->status, 4);
		assert_non_null(
		        strstr(answer->err, "Thẻ từ chối số hoặc mã đã nhập"));
		assert_null(
		        strstr(answer->err, "The card refused the access key"));
		call_free(answer);
	}
}

/* With --json an error is a document too. */
static void wrong_mrz_is_a_problem_document(void **state)
{
	struct call call = { .args = { "read", "--json", "--quiet",
		                       "--document-number", "199000002",
		                       "--birth", "990101", "--expiry",
		                       "390101" } };
	struct answer *answer = NULL;
	cJSON *root = NULL;

	(void)state;
	desk_lay(&desk, "bac-only", NULL);
	answer = call_run(&call);
	root = call_json(answer);
	assert_int_equal(answer->status, 4);
	assert_string_equal(json_text_at(root, "code"), "access_key_rejected");
	assert_null(strstr(answer->out, "199000002"));
	cJSON_Delete(root);
	call_free(answer);
}

static int open_desk(void **state)
{
	(void)state;
	desk_open(&desk, false);
	return 0;
}

static int close_desk(void **state)
{
	(void)state;
	desk_close(&desk);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_opens_with_every_key),
		cmocka_unit_test(read_opens_with_pin_and_puk),
		cmocka_unit_test(wrong_can_is_said_after_one_attempt),
		cmocka_unit_test(wrong_can_is_said_in_english_by_locale),
		cmocka_unit_test(wrong_mrz_is_a_problem_document),
	};

	return cmocka_run_group_tests(tests, open_desk, close_desk);
}
