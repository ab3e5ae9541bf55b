/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line takes, and what it refuses in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/macros.h"
#include "tests/e2e/call.h"

/* Where no service listens: a call that gets that far ends in 2. */
static const char nowhere[] = "/nonexistent/pcscd.comm";

/**
 * struct row - a command line and its end.
 * @status: exit code
 * @word:   stands in what it says; NULL for nothing to look for
 */
struct row {
	const char *args[12];
	int status;
	const char *word;
};

/* Nothing of it reaches a reader. */
static const struct row refused[] = {
	{ { NULL }, 1, "Usage: cccd" },
	{ { "frobnicate" }, 1, "no such command" },
	{ { "read", "--frobnicate" }, 1, "an option is not valid" },
	{ { "read", "--can" }, 1, "an option is not valid" },
	{ { "read", "--json=yes" }, 1, "an option is not valid" },
	{ { "read", "extra" }, 1, "too many operands" },
	{ { "read", "--can", "000001", "extra" }, 1, "too many operands" },

	{ { "read", "--can", "" }, 1, "--can" },
	{ { "read", "--wait", "x" }, 1, "--wait" },
	{ { "read", "--wait", "-1" }, 1, "--wait" },
	{ { "read", "--wait", "86401" }, 1, "--wait" },
	{ { "read", "--wait", "99999999999999999999" }, 1, "--wait" },
	{ { "read", "--wait", "1.5" }, 1, "--wait" },
	{ { "read", "--wait", "" }, 1, "--wait" },
	{ { "read", "--timeout", "ten" }, 1, "--timeout" },
	{ { "read", "--resume", " 1" }, 1, "--resume" },
	{ { "read", "--now", "yesterday" }, 1, "--now" },
	{ { "read", "--groups", "" }, 1, "--groups" },
	{ { "read", "--groups", "dg17" }, 1, "--groups" },
	{ { "read", "--groups", "dg0" }, 1, "--groups" },
	{ { "read", "--groups", "sod" }, 1, "--groups" },
	{ { "read", "--groups", "dg1,,dg2" }, 1, "--groups" },
	{ { "read", "--groups", "dg1;dg2" }, 1, "--groups" },
	{ { "read", "--groups", "dg1dg1dg1dg1dg1dg1dg1dg1dg1dg1dg1dg1dg1dg1" },
	  1,
	  "--groups" },
	{ { "read", "--scopes", "everything" }, 1, "--scopes" },
	{ { "read", "--render", "pdf" }, 1, "--render" },
	{ { "read", "--challenge", "00" }, 1, "--challenge" },
	{ { "read", "--challenge", "001122334455667788" }, 1, "--challenge" },
	{ { "read", "--challenge", "zz11223344556677" }, 1, "--challenge" },

	{ { "read", "--can", "000001", "--can", "000001" }, 1, "only once" },
	{ { "read", "--pin", "1", "--pin-fd", "0" }, 1, "--pin-fd" },
	{ { "read", "--can-fd", "1025" }, 1, "--can-fd" },
	{ { "read", "--can-fd", "-1" }, 1, "--can-fd" },
	{ { "read", "--can-fd", "seven" }, 1, "--can-fd" },
	{ { "read", "--can-fd", "19" }, 1, "--can-fd" },

	{ { "read", "--document-number", "199000001" }, 1, "go together" },
	{ { "read", "--birth", "990101" }, 1, "go together" },
	{ { "read", "--birth", "990101", "--expiry", "390101" },
	  1,
	  "go together" },
	{ { "read", "--expiry", "390101" }, 1, "go together" },

	/* The form of a key is judged before there is a reader. */
	{ { "read", "--quiet", "--can", "12345" },
	  1,
	  "[access_key_malformed]" },
	{ { "read", "--quiet", "--can", "12345x" },
	  1,
	  "[access_key_malformed]" },
	{ { "read", "--quiet", "--id-number", "00119900000" },
	  1,
	  "[access_key_malformed]" },
	{ { "read", "--quiet", "--mrz", "HELLO" },
	  1,
	  "[access_key_malformed]" },
	{ { "read", "--quiet", "--qr", "a|b|c" }, 1, "[access_key_malformed]" },
	{ { "read", "--quiet", "--document-number", "199000001", "--birth",
	    "990231", "--expiry", "390101" },
	  1,
	  "[access_key_malformed]" },

	{ { "read", "--quiet", "--reader", "usb:" }, 1, "[bad_argument]" },
	{ { "read", "--quiet", "--reader", "replay:/nonexistent" },
	  1,
	  "[file_error]" },
	{ { "read", "--demo-trust", "/nonexistent" },
	  5,
	  "[trust_store_missing]" },
	{ { "read", "--profile", "/nonexistent" }, 1, "[file_error]" },

	{ { "readers", "--all" }, 1, "--all" },
	{ { "verify" }, 1, "one file" },
	{ { "verify", "a", "b" }, 1, "one file" },
	{ { "verify", "--now", "0", "a" }, 1, "not valid" },
	{ { "verify", "--now", "1x", "a" }, 1, "not valid" },
	{ { "verify", "--can", "000001", "a" }, 1, "not valid" },
	{ { "verify", "/nonexistent" }, 1, "[file_error]" },
	{ { "trace" }, 1, "record or replay" },
	{ { "trace", "rewind" }, 1, "rewind" },
	{ { "trace", "record" }, 1, "file is missing" },
	{ { "trace", "replay" }, 1, "file is missing" },
	{ { "trace", "record", "a", "b" }, 1, "too many operands" },
	{ { "trace", "record", "/nonexistent/t", "--can", "000001" },
	  2,
	  "[pcsc_unavailable]" },
	{ { "trust" }, 1, NULL },
	{ { "trust", "believe" }, 1, NULL },
};

/* Everything in order: only the service is missing. */
static const struct row taken[] = {
	{ { "read", "--can", "000001" }, 2, "[pcsc_unavailable]" },
	{ { "read", "--can=000001" }, 2, "[pcsc_unavailable]" },
	{ { "read", "--quiet", "--pin", "123456", "--can", "000001" },
	  2,
	  "[pcsc_unavailable]" },
	{ { "read", "-q", "-j", "-w", "1", "-g", "dg1,dg2", "-r", "pcsc:" },
	  2,
	  "[pcsc_unavailable]" },
	{ { "read", "--id-number", "001199000001", "--groups", "dg16",
	    "--scopes", "all", "--render", "fhir,bhyt", "--challenge",
	    "0011223344556677" },
	  2,
	  "[pcsc_unavailable]" },
	{ { "read", "--document-number", "199000001", "--birth", "01/01/1999",
	    "--expiry", "2039-01-01", "--no-bac", "--skip-com" },
	  2,
	  "[pcsc_unavailable]" },
	{ { "readers" }, 2, "[pcsc_unavailable]" },
};

static const char *const commands[] = { "read", "readers", "verify", "trust",
	                                "trace" };

static struct answer *run(const struct row *row, const char *language)
{
	struct call call = { .language = language, .socket = nowhere };

	for (size_t i = 0; i < ARRAY_LEN(row->args); i++)
		call.args[i] = row->args[i];
	return call_run(&call);
}

/* Whatever was typed as a key is not repeated. */
static void keeps_secrets(const struct row *row, const struct answer *answer)
{
	for (size_t i = 1; i + 1 < ARRAY_LEN(row->args); i++) {
		const char *value = row->args[i + 1];

		if (row->args[i] == NULL || value == NULL || strlen(value) < 5)
			continue;
		if (strcmp(row->args[i], "--can") != 0 &&
		    strcmp(row->args[i], "--id-number") != 0 &&
		    strcmp(row->args[i], "--mrz") != 0 &&
		    strcmp(row->args[i], "--document-number") != 0)
			continue;
		assert_null(strstr(answer->out, value));
		assert_null(strstr(answer->err, value));
	}
}

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct answer *answer = run(&rows[i], "en_US.UTF-8");
		bool said = rows[i].word == NULL ||
		            strstr(answer->err, rows[i].word) != NULL;

		if (answer->status != rows[i].status || !said)
			print_error("row %zu (%s %s): exit %d: %s\n", i,
			            rows[i].args[0], rows[i].args[1],
			            answer->status, answer->err);
		assert_int_equal(answer->status, rows[i].status);
		assert_true(said);
		assert_string_not_equal(answer->err, "");
		keeps_secrets(&rows[i], answer);
		call_free(answer);
	}
}

static void options_refuse_every_bad_line(void **state)
{
	(void)state;
	check(refused, ARRAY_LEN(refused));
}

static void options_take_every_good_line(void **state)
{
	(void)state;
	check(taken, ARRAY_LEN(taken));
}

/* Letters that no other text of ours has: đ, and those with two marks. */
static bool is_vietnamese(const char *text)
{
	return strstr(text, "Cách") != NULL ||
	       strstr(text, "\xC4\x91") != NULL ||
	       strstr(text, "\xE1\xBA") != NULL ||
	       strstr(text, "\xE1\xBB") != NULL;
}

/* [contracts, Errors] en… is English, everything else is Vietnamese. */
static void help_speaks_both_languages(void **state)
{
	static const char *const languages[] = { NULL, "C", "vi_VN.UTF-8", "en",
		                                 "en_US.UTF-8" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commands) + 1; i++) {
		const struct row row = {
			.args = { i > 0 ? commands[i - 1] : "--help",
			          i > 0 ? "--help" : NULL },
		};

		for (size_t k = 0; k < ARRAY_LEN(languages); k++) {
			struct answer *answer = run(&row, languages[k]);
			bool english = k >= 3;

			assert_int_equal(answer->status, 0);
			assert_string_equal(answer->err, "");
			assert_non_null(
			        strstr(answer->out,
			               english ? "Usage:" : "Cách dùng:"));
			assert_false(english && is_vietnamese(answer->out));
			call_free(answer);
		}
	}
}

/* Each option of the program stands in its help. */
static void help_of_read_names_every_option(void **state)
{
	static const char *const names[] = {
		"--id-number", "--can",      "--mrz",
		"--qr",        "--pin",      "--puk",
		"--birth",     "--expiry",   "--document-number",
		"-fd N",       "--reader",   "--wait",
		"--groups",    "--out",      "--json",
		"--quiet",     "--scopes",   "--render",
		"--trust",     "--profile",  "--evidence",
		"--no-bac",    "--skip-com", "--refuse-downgrade",
		"--timeout",   "--resume",   "--active-auth",
		"--trace",     "--challenge"
	};
	static const char *const languages[] = { "vi", "en" };
	const struct row row = { .args = { "read", "--help" } };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(languages); k++) {
		struct answer *answer = run(&row, languages[k]);

		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (strstr(answer->out, names[i]) == NULL) {
				print_error("%s: %s\n", languages[k], names[i]);
				assert_true(false);
			}
		call_free(answer);
	}
}

static void version_is_one_line(void **state)
{
	const struct row row = { .args = { "--version" } };
	struct answer *answer = run(&row, NULL);

	(void)state;
	assert_int_equal(answer->status, 0);
	assert_memory_equal(answer->out, "cccd ", 5);
	assert_ptr_equal(strchr(answer->out, '\n'),
	                 answer->out + answer->out_len - 1);
	call_free(answer);
}

/* A key from a descriptor: the end of the line is not part of it, an empty
 * one and an endless one are refused. */
static void descriptors_are_read_to_their_end(void **state)
{
	struct call call = { .args = { "read", "--quiet", "--can-fd", "7" },
		             .socket = nowhere,
		             .language = "en" };
	char *much = calloc(1, 8192);
	struct answer *answer = NULL;

	(void)state;
	assert_non_null(much);
	memset(much, '1', 8191);
	call.feeds[0] = "000001\r\n";
	answer = call_run(&call);
	assert_int_equal(answer->status, 2);
	call_free(answer);

	call.feeds[0] = "\n";
	answer = call_run(&call);
	assert_int_equal(answer->status, 1);
	assert_non_null(strstr(answer->err, "--can-fd"));
	call_free(answer);

	call.feeds[0] = much;
	answer = call_run(&call);
	assert_int_equal(answer->status, 1);
	assert_null(strstr(answer->err, "1111"));
	call_free(answer);
	free(much);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_refuse_every_bad_line),
		cmocka_unit_test(options_take_every_good_line),
		cmocka_unit_test(help_speaks_both_languages),
		cmocka_unit_test(help_of_read_names_every_option),
		cmocka_unit_test(version_is_one_line),
		cmocka_unit_test(descriptors_are_read_to_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
