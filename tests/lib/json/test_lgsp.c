/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in a platform's answer, and how the platform says it went. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include "base/macros.h"
#include "lib/json/lgsp.h"

#define PERSON "{\"soDinhDanh\":\"001090000001\"}"

static bool count(void *context, const char *path, struct span text)
{
	unsigned int *visits = context;

	(void)path;
	(void)text;
	++*visits;
	return true;
}

static const struct {
	const char *text;
	const char *path;
	enum cccd_err err;
	enum lgsp_people people;
} answers[] = {
	/* An empty list says it, whatever the platform's wrapper holds. */
	{ "{\"congDan\":[]}", "", CCCD_OK, LGSP_NOBODY },
	{ "{\"CongDan\":[]}", "", CCCD_OK, LGSP_NOBODY },
	{ "{\"congdanCollection\":{\"congDan\":[]}}", "", CCCD_OK,
	  LGSP_NOBODY },
	{ "{\"congdanCollection\":[]}", "", CCCD_OK, LGSP_NOBODY },
	{ "[]", "", CCCD_OK, LGSP_NOBODY },
	{ "[" PERSON "]", "", CCCD_OK, LGSP_ONE },
	{ "[" PERSON "]", "data", CCCD_ERR_DATA_MISSING, LGSP_NOBODY },
	{ "[" PERSON "," PERSON "]", "", CCCD_ERR_DATA_DUPLICATE, LGSP_NOBODY },
	{ "[{}]", "", CCCD_ERR_DATA_MISSING, LGSP_NOBODY },
	{ "[] []", "", CCCD_ERR_DATA_MALFORMED, LGSP_NOBODY },
	{ "\"\"", "", CCCD_ERR_DATA_MALFORMED, LGSP_NOBODY },
	{ "{\"data\":[]}", "data", CCCD_OK, LGSP_NOBODY },
	{ "{\"data\":[],\"status\":200,\"message\":\"OK\"}", "data", CCCD_OK,
	  LGSP_NOBODY },
	{ "{\"data\":{\"congDan\":[]},\"status\":200}", "data", CCCD_OK,
	  LGSP_NOBODY },
	{ "{\"maLoi\":0,\"congDan\":[]}", "congDan", CCCD_OK, LGSP_NOBODY },
	{ "{\"error\":null,\"congDan\":[],\"page\":null}", "", CCCD_OK,
	  LGSP_NOBODY },
	/* What stands beside it in the answer may say something else. */
	{ "{\"congDan\":[],\"maLoi\":99,\"thongBao\":\"x\"}", "", CCCD_OK,
	  LGSP_UNSAID },
	{ "{\"maLoi\":99,\"congDan\":[]}", "", CCCD_OK, LGSP_UNSAID },
	{ "{\"congDan\":[],\"CongDan\":[" PERSON "]}", "", CCCD_OK,
	  LGSP_UNSAID },
	{ "{\"congDan\":[],\"thongBao\":\" \"}", "", CCCD_OK, LGSP_UNSAID },
	{ "{\"congDan\":[],\"success\":false}", "", CCCD_OK, LGSP_UNSAID },
	{ "{\"congDan\":[],\"maLoi\":\"0\"}", "", CCCD_OK, LGSP_UNSAID },
	{ "{\"congDan\":[],\"maLoi\":0.5}", "", CCCD_OK, LGSP_UNSAID },
	{ "{\"congDan\":[],\"maLoi\":1e999}", "", CCCD_OK, LGSP_UNSAID },
	/* A count of nobody, no error and no message cast no doubt. */
	{ "{\"congDan\":[],\"maLoi\":0,\"thongBao\":\"\",\"x\":null}", "",
	  CCCD_OK, LGSP_NOBODY },
	{ "{\"tong\":0,\"congDan\":[]}", "", CCCD_OK, LGSP_NOBODY },
	{ "{\"congDan\":[],\"loi\":{}}", "", CCCD_OK, LGSP_UNSAID },
	{ "{\"congdanCollection\":{\"congDan\":[]},\"maLoi\":99}", "", CCCD_OK,
	  LGSP_UNSAID },
	{ "{\"congdanCollection\":{\"congDan\":[],\"maLoi\":99}}", "", CCCD_OK,
	  LGSP_UNSAID },
	{ "{\"data\":{\"congDan\":[],\"maLoi\":99}}", "data", CCCD_OK,
	  LGSP_UNSAID },
	/* Null says it only where nothing else is said at all. */
	{ "{\"congDan\":null}", "", CCCD_OK, LGSP_NOBODY },
	{ "{\"congdanCollection\":{\"congDan\":null}}", "", CCCD_OK,
	  LGSP_NOBODY },
	{ "{\"data\":null}", "data", CCCD_OK, LGSP_NOBODY },
	{ "{\"error\":null,\"data\":null}", "data", CCCD_OK, LGSP_NOBODY },
	{ "{\"result\":{\"data\":null}}", "result.data", CCCD_OK, LGSP_NOBODY },
	{ "{\"congDan\":null,\"maLoi\":99}", "", CCCD_OK, LGSP_UNSAID },
	{ "{\"data\":null,\"status\":500}", "data", CCCD_OK, LGSP_UNSAID },
	{ "{\"status\":[],\"data\":{\"congDan\":null}}", "data", CCCD_OK,
	  LGSP_UNSAID },
	{ "{\"result\":{\"data\":null},\"code\":1}", "result.data", CCCD_OK,
	  LGSP_UNSAID },
	/* A person counts beside anything. */
	{ "{\"congDan\":[" PERSON "],\"maLoi\":0}", "", CCCD_OK, LGSP_ONE },
	{ "{\"data\":" PERSON ",\"status\":200}", "data", CCCD_OK, LGSP_ONE },
	{ PERSON, "", CCCD_OK, LGSP_ONE },
	/* None of this. */
	{ "{\"congDan\":[" PERSON "," PERSON "]}", "", CCCD_ERR_DATA_DUPLICATE,
	  0 },
	{ "{\"congDan\":[null]}", "", CCCD_ERR_DATA_MALFORMED, 0 },
	{ "{\"congDan\":[[]]}", "", CCCD_ERR_DATA_MALFORMED, 0 },
	{ "{\"congDan\":\"\"}", "", CCCD_ERR_DATA_MALFORMED, 0 },
	{ "{\"congDan\":false}", "", CCCD_ERR_DATA_MALFORMED, 0 },
	{ "{\"congDan\":{}}", "", CCCD_ERR_DATA_MISSING, 0 },
	{ "{\"maLoi\":99}", "", CCCD_ERR_DATA_MISSING, 0 },
	{ "{\"data\":[]}", "body", CCCD_ERR_DATA_MISSING, 0 },
	{ "{}", "", CCCD_ERR_DATA_MISSING, 0 },
};

static void answer_has_nobody_only_where_it_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		enum lgsp_people people = LGSP_NOBODY;
		unsigned int visits = 0;
		enum cccd_err err = lgsp_person_visit(
		        span_text(answers[i].text), answers[i].path, count,
		        &visits, &people);

		if (err != answers[i].err || people != answers[i].people)
			print_error("%s\n", answers[i].text);
		assert_int_equal(err, answers[i].err);
		assert_int_equal(people, answers[i].people);
		assert_int_equal(visits, people == LGSP_ONE ? 1 : 0);
	}
}

static const struct {
	const char *text;
	const char *path;
	enum cccd_err err;
	const char *code;
} codes[] = {
	{ "{\"maLoi\":\"00\"}", "maLoi", CCCD_OK, "00" },
	{ "{\"maLoi\":\"\"}", "maLoi", CCCD_OK, "" },
	{ "{\"status\":{\"code\":200}}", "status.code", CCCD_OK, "200" },
	{ "{\"code\":0}", "code", CCCD_OK, "0" },
	{ "{\"code\":-0}", "code", CCCD_OK, "0" },
	{ "{\"code\":-17}", "code", CCCD_OK, "-17" },
	{ "{\"code\":2e2}", "code", CCCD_OK, "200" },
	{ "{\"code\":200.0}", "code", CCCD_OK, "200" },
	{ "{\"code\":4294967296}", "code", CCCD_OK, "4294967296" },
	{ "{\"code\":9007199254740991}", "code", CCCD_OK, "9007199254740991" },
	{ "{\"ok\":true}", "ok", CCCD_OK, "true" },
	{ "{\"ok\":false}", "ok", CCCD_OK, "false" },
	{ "{\"code\":\"12345678901234567\"}", "code", CCCD_ERR_DATA_TOO_LARGE,
	  NULL },
	{ "{\"code\":9007199254740993}", "code", CCCD_ERR_DATA_MISSING, NULL },
	{ "{\"code\":1e400}", "code", CCCD_ERR_DATA_MISSING, NULL },
	{ "{\"code\":0.5}", "code", CCCD_ERR_DATA_MISSING, NULL },
	{ "{\"code\":null}", "code", CCCD_ERR_DATA_MISSING, NULL },
	{ "{\"code\":[0]}", "code", CCCD_ERR_DATA_MISSING, NULL },
	{ "{\"code\":{\"code\":0}}", "code", CCCD_ERR_DATA_MISSING, NULL },
	{ "{\"Code\":0}", "code", CCCD_ERR_DATA_MISSING, NULL },
	{ "{\"code\":0}", "status.code", CCCD_ERR_DATA_MISSING, NULL },
	{ "{\"status\":[{\"code\":0}]}", "status.code", CCCD_ERR_DATA_MISSING,
	  NULL },
	{ "{\"code\":0,\"code\":0}", "code", CCCD_ERR_DATA_MALFORMED, NULL },
	{ "{\"code\":00}", "code", CCCD_ERR_DATA_MALFORMED, NULL },
	{ "0", "", CCCD_ERR_DATA_MALFORMED, NULL },
	{ "", "code", CCCD_ERR_DATA_MALFORMED, NULL },
};

static void code_is_a_word_or_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		char code[17] = "untouched";
		enum cccd_err err =
		        lgsp_code_at(span_text(codes[i].text), codes[i].path,
		                     code, sizeof(code));

		if (err != codes[i].err)
			print_error("%s\n", codes[i].text);
		assert_int_equal(err, codes[i].err);
		assert_string_equal(code, codes[i].code != NULL ? codes[i].code
		                                                : "untouched");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer_has_nobody_only_where_it_says_so),
		cmocka_unit_test(code_is_a_word_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
