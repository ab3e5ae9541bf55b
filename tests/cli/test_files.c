/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence and profile files from somebody else, through the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/macros.h"
#include "lib/json/evidence.h"
#include "lib/json/result.h"
#include "tests/e2e/call.h"
#include "tests/support/sim_transport.h"

enum {
	CUTS = 48,
	PATH_LEN = 96,
	NESTING = 200000,
	HUGE_LEN = 17 * 1024 * 1024,
};

/* struct files - a good evidence text and where the bad ones go. */
struct files {
	char *good;
	char directory[64];
	char path[PATH_LEN];
};

static struct files files;

/* struct edit - a piece of the file and what stands there instead. */
struct edit {
	const char *was;
	const char *is;
	int status;
};

static const struct edit evidence_edits[] = {
	{ "urn:cccd:evidence:1", "urn:cccd:evidence:2", 5 },
	{ "urn:cccd:evidence:1", "", 5 },
	{ "\"schema\"", "\"scheme\"", 5 },
	{ "\"access\"", "\"accesses\"", 5 },
	{ "\"access\"", "\"files\"", 5 },
	{ "\"protocol\":\t\"pace\"", "\"protocol\":\t\"page\"", 5 },
	{ "\"protocol\":\t\"pace\"", "\"protocol\":\t7", 5 },
	{ "\"protocol\":\t\"pace\"", "\"protocol\":\tnull", 5 },
	{ "\"mapping\":\t\"gm\"", "\"mapping\":\t\"xx\"", 5 },
	{ "\"password\":\t\"can\"", "\"password\":\t\"000001\"", 5 },
	{ "\"domain_parameters\":\t13", "\"domain_parameters\":\t1e300", 5 },
	{ "\"domain_parameters\":\t13", "\"domain_parameters\":\t-5", 5 },
	{ "\"domain_parameters\":\t13", "\"domain_parameters\":\t13.5", 5 },
	{ "\"domain_parameters\":\t13", "\"domain_parameters\":\t\"13\"", 5 },
	{ "\"pace_visible\":\ttrue", "\"pace_visible\":\t\"yes\"", 5 },
	{ "\"pace_visible\":\ttrue",
	  "\"pace_visible\":\ttrue,\"pace_visible\":\ttrue", 5 },
	{ "\"breaks\":\t0", "\"breaks\":\t99999999999", 5 },
	{ "\"breaks\":\t0", "\"breaks\":\t0, \"brakes\":\t0", 5 },
	{ "\"state\":\t\"read\"", "\"state\":\t\"read\", \"stale\":\t1", 5 },
	{ "\"chip_authentication\"", "\"chip_authenticatiom\"", 5 },
	{ "\"state\":\t\"read\"", "\"state\":\t\"written\"", 5 },
	{ "\"bytes\":\t\"", "\"bytes\":\t\"*", 5 },
	{ "\"bytes\":\t\"", "\"bytes\":\t\"=", 5 },
	{ "\"bytes\":\t\"", "\"bytes\":\t[\"", 5 },
	{ "\"dg1\":", "\"dg17\":", 5 },
	{ "\"dg1\":", "\"dg2\":", 5 },
	/* Well formed, but no longer the card's. */
	{ "\"outcome\":\t\"proven\"", "\"outcome\":\t\"refused\"", 11 },
	{ "\"outcome\":\t\"proven\"", "\"outcome\":\t\"not_run\"", 12 },
};

static const char profile_good[] =
        "{\"schema\":\"urn:cccd:profile:1\",\"name\":\"mine\",\"checks\":{"
        "\"data_groups\":\"mandatory\",\"chip_authentication\":\"optional\"}}";

static const struct edit profile_edits[] = {
	{ "", "", 0 },
	{ "urn:cccd:profile:1", "urn:cccd:profile:9", 5 },
	{ "\"name\":\"mine\",", "", 5 },
	{ "\"mine\"", "\"\"", 5 },
	{ "\"mine\"", "\"a name that is longer than a name may be\"", 5 },
	{ "\"mine\"", "{}", 5 },
	/* The shipped profile's name over other modes. */
	{ "\"mine\"", "\"counter\"", 5 },
	{ "\"checks\"", "\"cheques\"", 5 },
	{ "\"mandatory\"", "\"obligatory\"", 5 },
	{ "\"mandatory\"", "true", 5 },
	{ "\"data_groups\"", "\"data_group\"", 5 },
	{ "\"chip_authentication\"", "\"data_groups\"", 5 },
	{ "}}", "}", 5 },
	{ "}}", "}}}", 5 },
	{ "{\"schema\"", "[\"schema\"", 5 },
	{ "\"mandatory\"", "\"\\ud800\"", 5 },
	{ "\"mandatory\"", "\"\xff\xfe\"", 5 },
};

static void write_file(const char *text, size_t len)
{
	FILE *file = fopen(files.path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static struct answer *verify_file(void)
{
	const struct call call = {
		.args = { "verify", files.path, "--demo-trust",
		          getenv("CCCD_SPECIMEN_PKI") },
		.language = "en",
	};

	return call_run(&call);
}

/* No file of ours is needed: the profile is read before the card is. */
static struct answer *read_with_profile(void)
{
	const struct call call = {
		.args = { "verify", "--profile", files.path, "--demo-trust",
		          getenv("CCCD_SPECIMEN_PKI"), "good" },
		.language = "en"
	};
	struct call with_good = call;
	char good[PATH_LEN];

	(void)snprintf(good, sizeof(good), "%s/good", files.directory);
	with_good.args[5] = good;
	return call_run(&with_good);
}

/* Refused with a reason, not by a crash. */
static void check_status(struct answer *answer, int status, const char *what)
{
	if (answer->status != status)
		(void)fprintf(stderr, "%s: exit %d: %s%s\n", what,
		              answer->status, answer->out, answer->err);
	assert_int_equal(answer->status, status);
	if (status == 5) {
		assert_non_null(strstr(answer->err, "[configuration_bad]"));
		assert_string_equal(answer->out, "");
	}
	call_free(answer);
}

/* @good with the first @was replaced; the caller frees. */
static char *edited(const char *good, const struct edit *edit)
{
	const char *at = strstr(good, edit->was);
	size_t before = 0;
	char *text = NULL;

	if (at == NULL)
		(void)fprintf(stderr, "not in the file: %s\n", edit->was);
	assert_non_null(at);
	before = (size_t)(at - good);
	text = malloc(strlen(good) + strlen(edit->is) + 1);
	assert_non_null(text);
	memcpy(text, good, before);
	(void)sprintf(text + before, "%s%s", edit->is, at + strlen(edit->was));
	return text;
}

/* Of chip authentication only the reader knows: the file could say it of a
 * chip that nobody saw, so the word stands as recorded. */
static void verify_accepts_the_good_file(void **state)
{
	struct answer *answer = NULL;

	(void)state;
	write_file(files.good, strlen(files.good));
	answer = verify_file();
	assert_non_null(strstr(answer->out, "as recorded when it was read"));
	check_status(answer, 0, "good");
}

static void verify_refuses_edited_evidence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(evidence_edits); i++) {
		char *text = edited(files.good, &evidence_edits[i]);

		write_file(text, strlen(text));
		check_status(verify_file(), evidence_edits[i].status,
		             evidence_edits[i].is);
		free(text);
	}
}

static void verify_refuses_every_cut(void **state)
{
	size_t len = strlen(files.good);

	(void)state;
	while (len > 0 && files.good[len - 1] != '}')
		len--;
	for (size_t i = 0; i < CUTS; i++) {
		write_file(files.good, len * i / CUTS);
		check_status(verify_file(), 5, "cut");
	}
}

/* Deep, long, binary and not a file at all. */
static void hostile_forms_are_refused(struct answer *(*use)(void))
{
	static const char *const texts[] = {
		"",   " ", "null", "7",      "\"x\"",         "[]",
		"{}", "{", "}",    "{\"a\"", "\xEF\xBB\xBF{}"
	};
	char *big = malloc(NESTING);

	assert_non_null(big);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		write_file(texts[i], strlen(texts[i]));
		check_status(use(), 5, texts[i]);
	}
	memset(big, '[', NESTING);
	write_file(big, NESTING);
	check_status(use(), 5, "nesting");
	memset(big, '\0', NESTING);
	write_file(big, NESTING);
	check_status(use(), 5, "zeros");
	free(big);
}

static void huge_file_is_refused(struct answer *(*use)(void))
{
	char *big = malloc(HUGE_LEN);

	assert_non_null(big);
	memset(big, ' ', HUGE_LEN);
	write_file(big, HUGE_LEN);
	free(big);
	check_status(use(), 5, "huge");
}

static void verify_refuses_hostile_forms(void **state)
{
	(void)state;
	hostile_forms_are_refused(verify_file);
	huge_file_is_refused(verify_file);
}

static void profile_is_taken_or_refused_with_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(profile_edits); i++) {
		char *text = edited(profile_good, &profile_edits[i]);

		write_file(text, strlen(text));
		check_status(read_with_profile(), profile_edits[i].status,
		             profile_edits[i].is);
		free(text);
	}
}

/* A word of another profile's says so, and what it let pass. */
static void profile_of_others_stands_beside_its_word(void **state)
{
	static const char lax[] =
	        "{\"schema\":\"urn:cccd:profile:1\",\"name\":\"mine\","
	        "\"checks\":{\"data_groups\":\"mandatory\"}}";
	const struct edit clone = { .was = "\"outcome\":\t\"proven\"",
		                    .is = "\"outcome\":\t\"refused\"" };
	struct call call = {
		.args = { "verify", "", "--profile", files.path, "--demo-trust",
		          getenv("CCCD_SPECIMEN_PKI") },
		.language = "en",
	};
	char *text = edited(files.good, &clone);
	char evidence[PATH_LEN];
	struct answer *answer = NULL;

	(void)state;
	write_file(text, strlen(text));
	free(text);
	(void)snprintf(evidence, sizeof(evidence), "%s/clone", files.directory);
	assert_int_equal(rename(files.path, evidence), 0);
	call.args[1] = evidence;
	write_file(lax, sizeof(lax) - 1);
	answer = call_run(&call);
	assert_int_equal(answer->status, 0);
	assert_non_null(strstr(answer->out, "By the check profile: mine"));
	assert_non_null(strstr(answer->out, "(not counted)"));
	call_free(answer);
}

static void profile_refuses_hostile_forms(void **state)
{
	(void)state;
	hostile_forms_are_refused(read_with_profile);
	huge_file_is_refused(read_with_profile);
}

/* The reason names the line, so that a person finds it. */
static void refusal_names_the_line(void **state)
{
	static const char text[] = "{\n\"schema\": \"urn:cccd:profile:1\",\n"
	                           "\"name\": oops\n}\n";
	struct answer *answer = NULL;

	(void)state;
	write_file(text, sizeof(text) - 1);
	answer = read_with_profile();
	assert_int_equal(answer->status, 5);
	assert_non_null(strstr(answer->err, "line 3"));
	call_free(answer);
}

/* A seed that is refused at its door leads a fuzzer nowhere: make them anew
 * with cccd read --evidence when the form changes. */
static void seeds_of_the_fuzzer_are_taken(void **state)
{
	static const char *const names[] = { "pace", "active", "cam", "bac" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char path[PATH_LEN * 4];
		const struct call call = { .args = { "verify", path } };

		(void)snprintf(path, sizeof(path),
		               "%s/tests/fuzz/corpus/json_evidence/%s",
		               getenv("CCCD_SOURCE_DIR"), names[i]);
		check_status(call_run(&call), 10, names[i]);
	}
}

/* Folders and files of others' are an error of the call. */
static void a_folder_is_not_a_file(void **state)
{
	const struct call call = { .args = { "verify", files.directory },
		                   .language = "en" };
	struct answer *answer = call_run(&call);

	(void)state;
	assert_int_equal(answer->status, 1);
	assert_non_null(strstr(answer->err, "[file_error]"));
	call_free(answer);
}

static char *make_evidence(void)
{
	struct sim_device device = { .card = sim_card_of("cccd-2021") };
	struct cccd_session *session = sim_session(&device, "can");
	struct cccd_evidence *evidence = NULL;
	char *text = NULL;
	char *copy = NULL;

	assert_int_equal(cccd_session_run(session), CCCD_OK);
	assert_int_equal(cccd_session_evidence(session, &evidence), CCCD_OK);
	assert_int_equal(json_evidence_text(evidence, &text), CCCD_OK);
	copy = strdup(text);
	assert_non_null(copy);
	json_text_free(text);
	cccd_evidence_free(evidence);
	cccd_session_free(session);
	sim_card_free(device.card);
	return copy;
}

static int set_up(void **state)
{
	(void)state;
	make_directory(files.directory);
	files.good = make_evidence();
	(void)snprintf(files.path, sizeof(files.path), "%s/good",
	               files.directory);
	write_file(files.good, strlen(files.good));
	(void)snprintf(files.path, sizeof(files.path), "%s/file",
	               files.directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	remove_directory(files.directory);
	free(files.good);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verify_accepts_the_good_file),
		cmocka_unit_test(verify_refuses_edited_evidence),
		cmocka_unit_test(verify_refuses_every_cut),
		cmocka_unit_test(verify_refuses_hostile_forms),
		cmocka_unit_test(profile_is_taken_or_refused_with_its_reason),
		cmocka_unit_test(profile_of_others_stands_beside_its_word),
		cmocka_unit_test(profile_refuses_hostile_forms),
		cmocka_unit_test(refusal_names_the_line),
		cmocka_unit_test(seeds_of_the_fuzzer_are_taken),
		cmocka_unit_test(a_folder_is_not_a_file),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
