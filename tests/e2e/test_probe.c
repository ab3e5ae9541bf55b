/* SPDX-License-Identifier: Apache-2.0 */
/* cccd probe through the real program and pcscd: nobody sings. */
#include "tests/e2e/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/macros.h"
#include "tests/sim/sim_card.h"
#include "tests/support/canary.h"
#include "tests/support/canary_card.h"

enum {
	PATH_LEN = 128,
	PAGE = 4096,
	CORE_MAX = 1 << 30,
	STATIC_KEY_LEN = 16,
	SESSION_KEYS_MAX = 256,
	TRIES = 3,
};

static struct desk desk;
static char directory[64];
static const char *canary; /* the profile that lies on the reader */

static void path_of(char path[static PATH_LEN], const char *name)
{
	(void)snprintf(path, PATH_LEN, "%s/%s", directory, name);
}

static void lay_canary(const char *profile)
{
	char path[PATH_LEN];

	path_of(path, "canary.json");
	assert_int_equal(file_write(path, span_text(profile), NULL), CCCD_OK);
	canary = profile;
	desk_lay(&desk, path, NULL);
}

static void must_be_silent(struct span place, struct span secret,
                           const char *where, const char *what)
{
	const char *form = canary_sings(place, secret);

	if (form != NULL)
		print_error("%s: %s: %s\n", where, what, form);
	assert_null(form);
}

static void no_word_in(struct span place, const char *where)
{
	for (size_t i = 0; i < ARRAY_LEN(canary_words); i++)
		must_be_silent(place, span_text(canary_words[i]), where,
		               canary_words[i]);
}

/* [9303-11 9.7.1] SHA-1 of a shared secret and a counter. */
static void no_derived_key_in(struct span place, struct span secret,
                              uint8_t counter, const char *where)
{
	const uint8_t four[4] = { 0, 0, 0, counter };
	struct digest digest = { 0 };

	assert_int_equal(digest_compute_pair(DIGEST_SHA1, secret,
	                                     span_of(four, sizeof(four)),
	                                     &digest),
	                 CCCD_OK);
	must_be_silent(place, span_of(digest.bytes, STATIC_KEY_LEN), where,
	               "key of the password");
}

/* [9303-11 9.7.1.1, 9.7.2] The seed of BAC, and the key for the nonce. */
static void no_mrz_key_in(struct span place, const char *mrz, const char *where)
{
	struct digest digest = { 0 };

	must_be_silent(place, span_text(mrz), where, "MRZ information");
	assert_int_equal(digest_compute(DIGEST_SHA1, span_text(mrz), &digest),
	                 CCCD_OK);
	must_be_silent(place, span_of(digest.bytes, STATIC_KEY_LEN), where,
	               "K_seed");
	no_derived_key_in(place, digest_span(&digest), 3, where);
}

/* Bytes of the person's files, their hashes, keys and signatures. */
static void no_file_in(struct span place, const char *where)
{
	static const char *const files[] = { "dg1", "dg2", "dg11", "dg13" };
	static const char *const tails[] = { "dg15", "sod" };
	struct sim_card *card = NULL;

	assert_int_equal(sim_card_load(canary, NULL, &card), CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct span file = sim_card_file(card, files[i]);
		struct digest digest = { 0 };

		assert_int_equal(digest_compute(DIGEST_SHA256, file, &digest),
		                 CCCD_OK);
		must_be_silent(place, digest_span(&digest), where, files[i]);
		assert_null(canary_sings_in_part(place, span_after(file, 32),
		                                 24,
		                                 file.len > 1024 ? 1999 : 24));
	}
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		struct span file = sim_card_file(card, tails[i]);

		must_be_silent(place, span_after(file, file.len - 60), where,
		               tails[i]);
	}
	no_derived_key_in(place, span_text(CANARY_CAN), 3, where);
	no_mrz_key_in(place, sim_card_secret(card, "mrz"), where);
	sim_card_free(card);
}

static void must_be_silent_all(struct span place, const char *where)
{
	no_word_in(place, where);
	no_file_in(place, where);
}

/* The report, the messages and the file that was saved. */
static void probe_tells_no_canary(void **state)
{
	static const char *const languages[] = { NULL, "en_US.UTF-8" };
	static const char *const titles[] = { "Đầu đọc\n", "reader\n" };
	char path[PATH_LEN];

	(void)state;
	lay_canary(CANARY_CARD);
	path_of(path, "report.json");
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		const struct call call = {
			.args = { "probe", "--reader", DESK_SLOT_0,
			          "--id-number-fd", "7", "--demo-trust",
			          desk_trust(), "--save", path, "--yes" },
			.feeds = { CANARY_ID_NUMBER },
			.language = languages[i],
		};
		struct answer *answer = call_run(&call);
		size_t len = 0;
		char *saved = file_text(path, &len);

		assert_int_equal(answer->status, 0);
		assert_non_null(strstr(answer->out, titles[i]));
		assert_non_null(strstr(answer->out, "utf8_string"));
		assert_non_null(saved);
		assert_non_null(strstr(saved, "urn:cccd:probe:1"));
		must_be_silent_all(span_text(answer->out), "report");
		must_be_silent_all(span_text(answer->err), "messages");
		must_be_silent_all(span_of(saved, len), "saved file");
		free(saved);
		call_free(answer);
	}
}

static const cJSON *file_row(const cJSON *root, const char *name)
{
	const cJSON *row = NULL;

	cJSON_ArrayForEach(row, cJSON_GetObjectItem(root, "files"))
	{
		if (strcmp(json_text_at(row, "name"), name) == 0)
			return row;
	}
	return NULL;
}

/* What is printed as JSON is what is saved, and what a schema knows. */
static void probe_saves_what_it_prints(void **state)
{
	char path[PATH_LEN];
	struct call call = { .args = { "probe", "--json", "--quiet", "--reader",
		                       DESK_SLOT_1, "--mrz-fd", "7", "--save",
		                       path, "--yes" },
		             .feeds = { "199000001499010183901016" } };
	struct answer *answer = NULL;
	struct stat status;
	cJSON *root = NULL;
	char *saved = NULL;
	size_t len = 0;

	(void)state;
	path_of(path, "bac.json");
	desk_lay(&desk, NULL, "bac-only");
	answer = call_run(&call);
	assert_int_equal(answer->status, 0);
	assert_string_equal(answer->err, "");
	saved = file_text(path, &len);
	assert_non_null(saved);
	assert_int_equal(answer->out_len, len + 1);
	assert_memory_equal(answer->out, saved, len);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	root = call_json(answer);
	assert_string_equal(json_text_at(root, "access.protocol"), "bac");
	assert_string_equal(json_text_at(root, "reader.name"),
	                    "Virtual PCD 00 01");
	assert_string_equal(
	        json_text_at(file_row(root, "card_access"), "state"),
	        "missing");
	cJSON_Delete(root);
	free(saved);
	call_free(answer);
}

/* What a person types at the question decides. */
static struct answer *run_asking(const char *path, const char *typed)
{
	char program[PATH_LEN + 64];
	struct call call = { .args = { "-c", "exec \"$@\" <&8", "sh", program,
		                       "probe", "--quiet", "--reader",
		                       DESK_SLOT_0, "--can-fd", "7", "--save",
		                       path },
		             .feeds = { "000001", typed } };
	struct answer *answer = NULL;

	(void)snprintf(program, sizeof(program), "%s", getenv("CCCD_PROGRAM"));
	assert_int_equal(setenv("CCCD_PROGRAM", "/bin/sh", 1), 0);
	answer = call_start(&call);
	assert_int_equal(setenv("CCCD_PROGRAM", program, 1), 0);
	call_finish(answer);
	return answer;
}

static void probe_asks_before_it_saves(void **state)
{
	static const struct {
		const char *typed;
		int status;
	} cases[] = { { "c\n", 0 },    { "có\n", 0 }, { "yes\n", 0 },
		      { "\n", 12 },    { "k\n", 12 }, { "", 12 },
		      { "cccc\n", 12 } };
	char path[PATH_LEN];

	(void)state;
	path_of(path, "asked.json");
	desk_lay(&desk, "cccd-2021", NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct answer *answer = run_asking(path, cases[i].typed);

		assert_int_equal(answer->status, cases[i].status);
		assert_non_null(strstr(answer->err, "Lưu báo cáo"));
		assert_non_null(strstr(answer->out, "EF.CardAccess"));
		assert_int_equal(access(path, F_OK),
		                 cases[i].status == 0 ? 0 : -1);
		(void)unlink(path);
		call_free(answer);
	}
}

/* Options that would write down what was read have no place here. */
static void probe_refuses_to_write_data(void **state)
{
	static const char *const options[] = { "--out", "--evidence", "--trace",
		                               "--render" };
	char path[PATH_LEN];

	(void)state;
	path_of(path, "never");
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		struct call call = { .args = { "probe", "--reader", DESK_SLOT_0,
			                       "--can", "000001", options[i],
			                       i == 3 ? "fhir" : path } };
		struct answer *answer = call_run(&call);

		assert_int_equal(answer->status, 1);
		assert_string_equal(answer->out, "");
		assert_int_equal(access(path, F_OK), -1);
		call_free(answer);
	}
}

/* A wrong key: the report of what the chip showed, then exit 4. */
static void probe_reports_a_refused_key(void **state)
{
	const struct call call = { .args = { "probe", "--quiet", "--reader",
		                             DESK_SLOT_0, "--can", "999999" } };
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, "cccd-2021", NULL);
	answer = call_run(&call);
	assert_int_equal(answer->status, 4);
	assert_non_null(strstr(answer->out, "access_key_rejected"));
	assert_non_null(strstr(answer->out, "EF.CardAccess"));
	assert_null(strstr(answer->out, "999999"));
	assert_null(strstr(answer->err, "999999"));
	call_free(answer);
	desk_lay(&desk, NULL, NULL);
	answer = call_run(&call);
	assert_int_equal(answer->status, 2);
	assert_string_equal(answer->out, "");
	call_free(answer);
}

/* A debugger that notes every session key, and dumps the program's memory
 * when all is printed and nothing is saved yet. */
static const char gdb_script[] =
        "set pagination off\n"
        "set confirm off\n"
        "set $n = 0\n"
        "break sm_wrap\n"
        "commands\n"
        "silent\n"
        "eval \"dump binary memory %s/key%%d %%lu %%lu\", $n, "
        "(unsigned long)sm->k_enc.bytes, "
        "(unsigned long)sm->k_enc.bytes + sm->k_enc.len\n"
        "set $n = $n + 1\n"
        "eval \"dump binary memory %s/key%%d %%lu %%lu\", $n, "
        "(unsigned long)sm->k_mac.bytes, "
        "(unsigned long)sm->k_mac.bytes + sm->k_mac.len\n"
        "set $n = $n + 1\n"
        "continue\n"
        "end\n"
        "break file_write\n"
        "commands\n"
        "silent\n"
        "generate-core-file %s/core\n"
        "kill\n"
        "quit\n"
        "end\n"
        "run\n";

/* What an earlier run left must not be taken for this one's. */
static void forget_earlier_run(void)
{
	char name[16];
	char path[PATH_LEN];

	path_of(path, "core");
	(void)unlink(path);
	for (size_t i = 0; i < SESSION_KEYS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "key%zu", i);
		path_of(path, name);
		(void)unlink(path);
	}
}

static bool has_core(void)
{
	char path[PATH_LEN];

	path_of(path, "core");
	return access(path, R_OK) == 0;
}

static void run_in_debugger(const char *option, const char *key)
{
	char script[sizeof(gdb_script) + 4 * sizeof(directory)];
	char path[PATH_LEN];
	char saved[PATH_LEN];
	char program[PATH_LEN + 64];
	const struct call call = {
		.args = { "-batch", "-nx", "-x", path, "--args", program,
		          "probe", "--quiet", "--reader", DESK_SLOT_0, option,
		          "7", "--demo-trust", desk_trust(), "--save", saved,
		          "--yes" },
		.feeds = { key },
	};
	struct answer *answer = NULL;

	(void)snprintf(script, sizeof(script), gdb_script, directory, directory,
	               directory);
	path_of(path, "script");
	path_of(saved, "unsaved.json");
	assert_int_equal(file_write(path, span_text(script), NULL), CCCD_OK);
	(void)snprintf(program, sizeof(program), "%s", getenv("CCCD_PROGRAM"));
	assert_int_equal(setenv("CCCD_PROGRAM", "/usr/bin/gdb", 1), 0);
	answer = call_start(&call);
	assert_int_equal(setenv("CCCD_PROGRAM", program, 1), 0);
	call_finish(answer);
	must_be_silent_all(span_text(answer->err), "messages");
	call_free(answer);
}

/* Pages of one value throughout say nothing, and most are. */
static struct span compacted_core(struct buf *ret)
{
	char path[PATH_LEN];
	BUF core = buf_make(CORE_MAX);
	size_t kept = 0;

	path_of(path, "core");
	assert_int_equal(file_read(path, NULL, &core), CCCD_OK);
	for (size_t at = 0; at + PAGE <= core.len; at += PAGE) {
		const uint8_t *page = core.at + at;

		if (memcmp(page, page + 1, PAGE - 1) == 0)
			continue;
		memmove(core.at + kept, page, PAGE);
		kept += PAGE;
	}
	core.len = kept;
	*ret = core;
	core = (struct buf){ 0 };
	return buf_span(ret);
}

/* One key a file, each command anew: how often it changed. */
static size_t no_session_key_in(struct span place)
{
	BUF last = buf_make(PAGE);
	size_t changes = 0;

	for (size_t i = 0; i < SESSION_KEYS_MAX; i += 2) {
		BUF key = buf_make(PAGE);
		char name[16];
		char path[PATH_LEN];

		(void)snprintf(name, sizeof(name), "key%zu", i);
		path_of(path, name);
		if (access(path, F_OK) != 0)
			break;
		assert_int_equal(file_read(path, NULL, &key), CCCD_OK);
		assert_true(key.len >= STATIC_KEY_LEN);
		must_be_silent(place, buf_span(&key), "core", "k_enc");
		changes += !span_equal(buf_span(&key), buf_span(&last));
		assert_int_equal(buf_set(&last, buf_span(&key)), CCCD_OK);
		(void)snprintf(name, sizeof(name), "key%zu", i + 1);
		path_of(path, name);
		assert_int_equal(file_read(path, NULL, &key), CCCD_OK);
		must_be_silent(place, buf_span(&key), "core", "k_mac");
	}
	return changes;
}

static void leave_no_canary(const char *profile, const char *option,
                            const char *key)
{
	BUF memory = { 0 };
	struct span core = { 0 };

	lay_canary(profile);
	forget_earlier_run();
	/* A debugger slows the read down, and a busy machine more so. */
	for (int i = 0; i < TRIES && !has_core(); i++) {
		forget_earlier_run();
		run_in_debugger(option, key);
	}
	core = compacted_core(&memory);
	/* What must be there is found: the search sees the heap. */
	assert_non_null(canary_sings(core, span_text("urn:cccd:probe:1")));
	assert_non_null(
	        canary_sings(core, span_text("Document Signer Specimen")));
	must_be_silent_all(core, "core");
	/* A channel of PACE or BAC, then one of chip authentication. */
	assert_int_equal(no_session_key_in(core), 2);
}

static void probe_leaves_no_canary_in_a_core(void **state)
{
	(void)state;
#if defined(CCCD_SANITIZED)
	print_message("skipped: a sanitizer keeps what was freed\n");
	skip();
#endif
	if (access("/usr/bin/gdb", X_OK) != 0) {
		print_message("skipped: gdb is not installed\n");
		skip();
	}
	leave_no_canary(CANARY_CARD, "--id-number-fd", CANARY_ID_NUMBER);
	leave_no_canary(CANARY_CARD_ON("bac-only"), "--mrz-fd", CANARY_MRZ);
}

static int open_all(void **state)
{
	(void)state;
	make_directory(directory);
	desk_open(&desk, false);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	desk_close(&desk);
	remove_directory(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probe_tells_no_canary),
		cmocka_unit_test(probe_saves_what_it_prints),
		cmocka_unit_test(probe_asks_before_it_saves),
		cmocka_unit_test(probe_refuses_to_write_data),
		cmocka_unit_test(probe_reports_a_refused_key),
		cmocka_unit_test(probe_leaves_no_canary_in_a_core),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
