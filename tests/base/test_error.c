/* SPDX-License-Identifier: Apache-2.0 */
/* The table of errors: what is told must be true of whoever tells it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/error_table.h"
#include "base/macros.h"

static void table_has_each_code_and_number_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < error_row_count; i++) {
		const struct error_row *row = &error_rows[i];

		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(row->err, error_rows[j].err);
			assert_string_not_equal(row->code, error_rows[j].code);
		}
		for (size_t lang = 0; lang < 2; lang++) {
			assert_true(row->text[lang][0] != '\0');
			assert_non_null(row->next->text[lang]);
		}
	}
}

static void table_says_no_word_of_the_other_daemon(void **state)
{
	static const struct {
		enum cccd_err err;
		const char *wrong;
	} rows[] = {
		{ CCCD_ERR_RATE_LIMITED, "hour" },
		{ CCCD_ERR_TOKEN_INVALID, "session" },
		{ CCCD_ERR_ASSERTION_DEVICE_UNKNOWN, "cccd rp" },
		{ CCCD_ERR_LOG_BROKEN, "CSCA" },
		{ CCCD_ERR_DEVICE_KNOWN, "administrator" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_null(strstr(cccd_err_text(rows[i].err, CCCD_LANG_EN),
		                   rows[i].wrong));
		assert_null(
		        strstr(cccd_err_next_text(rows[i].err, CCCD_LANG_EN),
		               rows[i].wrong));
		assert_string_not_equal(cccd_err_code(rows[i].err), "internal");
	}
	assert_string_equal(cccd_err_next(CCCD_ERR_TOKEN_INVALID),
	                    "check_token");
	assert_string_equal(cccd_err_next(CCCD_ERR_ASSERTION_DEVICE_UNKNOWN),
	                    "register_device");
	assert_string_equal(cccd_err_next(CCCD_ERR_ASSERTION_DEVICE_REVOKED),
	                    "make_new_key");
	assert_string_equal(cccd_err_text(CCCD_ERR_LOG_BROKEN, CCCD_LANG_VI),
	                    "Nhật ký đã bị sửa hoặc thiếu.");
	assert_string_equal(cccd_err_next(CCCD_ERR_LOG_BROKEN), "keep_log");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_has_each_code_and_number_once),
		cmocka_unit_test(table_says_no_word_of_the_other_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
