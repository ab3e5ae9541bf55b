/* SPDX-License-Identifier: Apache-2.0 */
/* cccd readers on a system made of files, without any service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include <cccd/reader.h>

#include "tests/e2e/call.h"
#include "tests/reader/fake_host.h"

static struct host host;

static struct answer *run(const char *language, const char *option)
{
	/* A socket that nobody has. */
	const struct call call = { .args = { "readers", option },
		                   .language = language,
		                   .socket = "/nonexistent/pcscd.comm" };

	return call_run(&call);
}

static void expect_words(const char *language, const char *const words[])
{
	struct answer *answer = run(language, NULL);

	for (size_t i = 0; words[i] != NULL; i++) {
		if (strstr(answer->out, words[i]) == NULL)
			print_error("no \"%s\" in: %s\n", words[i],
			            answer->out);
		assert_non_null(strstr(answer->out, words[i]));
	}
	assert_int_equal(answer->status, 2);
	assert_non_null(strstr(answer->err, "[pcsc_unavailable]"));
	call_free(answer);
}

static void readers_says_what_is_wrong_in_both_languages(void **state)
{
	static const char *const english[] = {
		"ACS ACR122U",
		"pcsc, ccid, USB 072f:2200",
		"commands to 261, answers to 258",
		"Quirks: unbind-pn533",
		"The reader service pcscd does not run. [pcscd_not_running]",
		"$ sudo systemctl enable --now pcscd.socket",
		NULL,
	};
	static const char *const vietnamese[] = {
		"lệnh đến 261, trả lời đến 258",
		"Đặc điểm: unbind-pn533",
		"Dịch vụ đầu đọc thẻ (pcscd) không chạy. [pcscd_not_running]",
		NULL,
	};

	(void)state;
	expect_words("en_US.UTF-8", english);
	expect_words("vi_VN.UTF-8", vietnamese);
}

static void readers_says_the_same_as_json(void **state)
{
	struct answer *answer = run("en_US.UTF-8", "--json");
	cJSON *root = call_json(answer);
	const cJSON *list = cJSON_GetObjectItem(root, "readers");
	const cJSON *reader = cJSON_GetArrayItem(list, 0);
	const cJSON *quirks = cJSON_GetObjectItem(reader, "quirks");

	(void)state;
	assert_int_equal(answer->status, 2);
	assert_int_equal(cJSON_GetArraySize(list), 1);
	assert_null(cJSON_GetObjectItem(reader, "uri"));
	assert_string_equal(json_text_at(reader, "usb"), "072f:2200");
	assert_string_equal(json_text_at(reader, "driver"), "ccid");
	assert_string_equal(json_text_at(reader, "problem.code"),
	                    "pcscd_not_running");
	assert_string_equal(json_text_at(reader, "problem.command"),
	                    "sudo systemctl enable --now pcscd.socket");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(quirks, 0)),
	                    "unbind-pn533");
	list = cJSON_GetObjectItem(root, "problems");
	assert_int_equal(cJSON_GetArraySize(list), 1);
	cJSON_Delete(root);
	call_free(answer);
}

/* Every code that a survey may give has its words in both languages. */
static void every_problem_has_its_words(void **state)
{
	static const char *const codes[] = {
		"pcscd_missing",       "pcscd_not_running",
		"pcscd_permission",    "pcscd_refused",
		"ccid_driver_missing", "told_to_ignore",
		"not_served",          "kernel_driver",
		"device_permission",   "nfc_program_missing",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const char *vi =
		        cccd_reader_problem_text(codes[i], CCCD_LANG_VI);
		const char *en =
		        cccd_reader_problem_text(codes[i], CCCD_LANG_EN);

		assert_string_not_equal(vi, "");
		assert_string_not_equal(en, "");
		assert_string_not_equal(vi, en);
	}
	assert_string_equal(cccd_reader_problem_text("", CCCD_LANG_EN), "");
	assert_string_equal(cccd_reader_problem_text("x", CCCD_LANG_VI), "");
}

static int begin(void **state)
{
	(void)state;
	fake_host_make(&host);
	fake_host_file(&host, "/usr/sbin/pcscd", "");
	fake_host_plug(&host, &fake_acr_left);
	return setenv("CCCD_SYSTEM_ROOT", host.root, 1);
}

static int end(void **state)
{
	(void)state;
	fake_host_remove(&host);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_says_what_is_wrong_in_both_languages),
		cmocka_unit_test(readers_says_the_same_as_json),
		cmocka_unit_test(every_problem_has_its_words),
	};

	return cmocka_run_group_tests_name("readers", tests, begin, end);
}
