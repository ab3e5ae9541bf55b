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
#include "base/hex.h"
#include "base/macros.h"
#include "tests/e2e/memory.h"
#include "tests/sim/sim_card.h"
#include "tests/support/canary.h"
#include "tests/support/canary_card.h"

enum {
	PATH_LEN = 128,
	STATIC_KEY_LEN = 16,
	/* Lines of the longest keys, as cccd-sim tells them. */
	KEY_HEX_MAX = 64,
	CHANNELS_MAX = 4,
};

static struct desk desk;
static char directory[64];
static char keys_path[PATH_LEN]; /* where the cards tell their keys */
static const char *canary;       /* the profile that lies on the reader */

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

/* Start a probe that will ask whether to save to @path. */
static struct answer *start_asking(const char *option, const char *key,
                                   const char *path)
{
	const struct call call = {
		.args = { "probe", "--quiet", "--reader", DESK_SLOT_0, option,
		          "7", "--demo-trust", desk_trust(), "--save", path },
		.feeds = { key },
		.asked = true,
	};

	return call_start(&call);
}

/* What a person types at the question decides. */
static struct answer *run_asking(const char *path, const char *typed)
{
	struct answer *answer = start_asking("--can-fd", "000001", path);

	call_type(answer, typed);
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

/* Odd digits, a foreign letter, a key of no cipher: the line is no line. */
static void take_key(const char *text, struct buf *ret)
{
	*ret = buf_make(KEY_HEX_MAX / 2);
	assert_int_equal(hex_decode(text, ret), CCCD_OK);
	assert_true(ret->len >= STATIC_KEY_LEN);
}

/* The keys of one channel; the program had them. */
static void no_channel_in(struct span place, const char *enc, const char *mac)
{
	BUF k_enc = { 0 };
	BUF k_mac = { 0 };

	take_key(enc, &k_enc);
	take_key(mac, &k_mac);
	assert_false(span_equal(buf_span(&k_enc), buf_span(&k_mac)));
	must_be_silent(place, buf_span(&k_enc), "memory", "k_enc");
	must_be_silent(place, buf_span(&k_mac), "memory", "k_mac");
}

/* A channel of PACE or BAC, then one of chip authentication. */
static void no_session_key_in(struct span place)
{
	char enc[CHANNELS_MAX][KEY_HEX_MAX + 1];
	char mac[KEY_HEX_MAX + 1];
	FILE *keys = NULL;
	size_t seen = 0;

	keys = fopen(keys_path, "re");
	assert_non_null(keys);
	while (fscanf(keys, "%64s %64s", enc[seen], mac) == 2) {
		no_channel_in(place, enc[seen], mac);
		assert_true(++seen < CHANNELS_MAX);
	}
	assert_true(feof(keys));
	(void)fclose(keys);
	assert_int_equal(seen, 2);
	assert_string_not_equal(enc[0], enc[1]);
}

/* The report is printed, nothing is saved, and the program waits. */
static bool read_waiting(struct answer *answer, struct buf *ret)
{
	char why[MEMORY_WHY_LEN] = "";
	bool may = false;

	call_await(answer, "Lưu báo cáo");
	may = memory_read(answer->pid, ret, why);
	if (!may)
		print_message("skipped: this machine shows no process's "
		              "memory to another: %s\n",
		              why);
	return may;
}

static void refuse_to_save(struct answer *answer, const char *path)
{
	call_type(answer, "k\n");
	call_finish(answer);
	assert_int_equal(answer->status, 12);
	assert_int_equal(access(path, F_OK), -1);
	must_be_silent_all(span_text(answer->out), "report");
	must_be_silent_all(span_text(answer->err), "messages");
	call_free(answer);
}

static void leave_no_canary(const char *profile, const char *option,
                            const char *key)
{
	BUF memory = { 0 };
	char path[PATH_LEN];
	struct answer *answer = NULL;
	bool may = false;

	lay_canary(profile);
	(void)unlink(keys_path);
	path_of(path, "unsaved.json");
	answer = start_asking(option, key, path);
	may = read_waiting(answer, &memory);
	refuse_to_save(answer, path);
	if (!may)
		skip();
	/* What must be there is found: the search sees the heap. */
	assert_non_null(
	        canary_sings(buf_span(&memory), span_text("urn:cccd:probe:1")));
	assert_non_null(canary_sings(buf_span(&memory),
	                             span_text("Document Signer Specimen")));
	must_be_silent_all(buf_span(&memory), "memory");
	no_session_key_in(buf_span(&memory));
}

static void probe_leaves_no_canary_in_memory(void **state)
{
	(void)state;
#if defined(CCCD_SANITIZED)
	print_message("skipped: a sanitizer keeps what was freed\n");
	skip();
#endif
	leave_no_canary(CANARY_CARD, "--id-number-fd", CANARY_ID_NUMBER);
	leave_no_canary(CANARY_CARD_ON("bac-only"), "--mrz-fd", CANARY_MRZ);
}

static int open_all(void **state)
{
	(void)state;
	make_directory(directory);
	path_of(keys_path, "keys");
	desk_open_telling(&desk, keys_path);
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
		cmocka_unit_test(probe_leaves_no_canary_in_memory),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
