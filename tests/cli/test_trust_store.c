/* SPDX-License-Identifier: Apache-2.0 */
/* cccd trust list, show, remove, verify; a store that was tampered with. */
#include <fcntl.h>
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

#include "base/macros.h"
#include "tests/cli/trust_rig.h"

enum { WRITERS = 6 };

static void fill(const struct trust_rig *rig)
{
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "@csca.der",
	         "@second.der" },
	       0, "admitted: 2", NULL);
}

static void hash_of_csca(const struct trust_rig *rig,
                         char ret[static CCCD_TRUST_SHA256_TEXT])
{
	rig_hash(buf_span(&rig->fixture.csca), ret);
}

static void show_finds_by_a_prefix(void **state)
{
	const struct trust_rig *rig = *state;
	char hash[CCCD_TRUST_SHA256_TEXT];

	fill(rig);
	hash_of_csca(rig, hash);
	EXPECT(rig, { "trust", "show", "--trust", "%", hash }, 0, hash, NULL);
	hash[12] = '\0';
	EXPECT(rig, { "trust", "show", "--trust", "%", hash }, 0,
	       "Subject: CN=CSCA Utopia", NULL);
	hash[6] = '\0';
	EXPECT(rig, { "trust", "show", "--trust", "%", hash }, 0,
	       "Basis: operator", NULL);
	hash[5] = '\0';
	EXPECT(rig, { "trust", "show", "--trust", "%", hash }, 1, NULL,
	       "no entry, or several: ");
	EXPECT(rig, { "trust", "show", "--trust", "%", "" }, 1, NULL,
	       "no entry, or several: ");
	EXPECT(rig, { "trust", "show", "--trust", "%", "../../etc" }, 1, NULL,
	       "no entry, or several: ../../etc");
}

static void list_names_every_entry(void **state)
{
	const struct trust_rig *rig = *state;
	char hash[CCCD_TRUST_SHA256_TEXT];

	fill(rig);
	hash_of_csca(rig, hash);
	hash[12] = '\0';
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, hash, NULL);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "[second.der, 20",
	       NULL);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "\n2 entries\n",
	       NULL, "SPECIMEN");
}

static void remove_takes_out_one(void **state)
{
	const struct trust_rig *rig = *state;
	char hash[CCCD_TRUST_SHA256_TEXT];
	char path[RIG_PATH_LEN];

	fill(rig);
	hash_of_csca(rig, hash);
	rig_object(rig, "anchors", buf_span(&rig->fixture.csca), path);
	hash[5] = '\0';
	EXPECT(rig, { "trust", "remove", "--trust", "%", hash }, 1, NULL,
	       "[bad_argument]");
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "2 entries", NULL);
	hash_of_csca(rig, hash);
	hash[6] = '\0';
	EXPECT(rig, { "trust", "remove", "--trust", "%", hash }, 0, "Removed.",
	       NULL);
	assert_int_not_equal(access(path, F_OK), 0);
	EXPECT(rig, { "trust", "remove", "--trust", "%", hash }, 1, NULL,
	       "no entry, or several");
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0,
	       "1 entries, 0 not sound", NULL);
}

/* What hung on it is there still, and believed no longer. */
static void remove_of_a_csca_leaves_its_link_unsound(void **state)
{
	const struct trust_rig *rig = *state;
	char hash[CCCD_TRUST_SHA256_TEXT];

	rig_save(rig, "third.der", buf_span(&rig->fixture.third));
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "@csca.der", "@third.der" },
	       0, "admitted: 2", NULL);
	hash_of_csca(rig, hash);
	EXPECT(rig, { "trust", "remove", "--trust", "%", hash }, 0, "Removed.",
	       NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 5,
	       "1 entries, 1 not sound", NULL);
}

static void verify_finds_an_edited_file(void **state)
{
	const struct trust_rig *rig = *state;
	BUF edited = buf_make(CSCA_CERTIFICATE_MAX);
	char path[RIG_PATH_LEN];

	fill(rig);
	rig_object(rig, "anchors", buf_span(&rig->fixture.csca), path);
	assert_int_equal(buf_append(&edited, buf_span(&rig->fixture.csca)),
	                 CCCD_OK);
	edited.at[edited.len / 2] ^= 1;
	rig_write(path, buf_span(&edited));
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 5,
	       "its file was altered", NULL);
	/* Another certificate, sound by itself, under this name. */
	rig_write(path, buf_span(&rig->fixture.orphan));
	EXPECT(rig, { "trust", "verify", "-q", "--trust", "%" }, 5,
	       "its file was altered", NULL, "sound\n    ");
	/* To import it once more mends the store. */
	EXPECT(rig, { "trust", "import", "--trust", "%", "@csca.der" }, 0,
	       "admitted: 1", NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0,
	       "2 entries, 0 not sound", NULL);
}

static void verify_finds_a_renamed_file(void **state)
{
	const struct trust_rig *rig = *state;
	char from[RIG_PATH_LEN];
	char to[RIG_PATH_LEN];

	fill(rig);
	rig_object(rig, "anchors", buf_span(&rig->fixture.csca), from);
	rig_stored(rig, "anchors/renamed.der", to);
	assert_int_equal(rename(from, to), 0);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 5,
	       "its file is missing", NULL);
	EXPECT(rig, { "trust", "verify", "-q", "--trust", "%" }, 5,
	       "not in index.json, not believed\n    renamed.der", NULL);
	EXPECT(rig, { "trust", "verify", "-q", "--trust", "%" }, 5,
	       "2 entries, 2 not sound", NULL);
}

static void verify_finds_a_moved_file(void **state)
{
	const struct trust_rig *rig = *state;
	char from[RIG_PATH_LEN];
	char to[RIG_PATH_LEN];

	fill(rig);
	rig_object(rig, "anchors", buf_span(&rig->fixture.csca), from);
	rig_object(rig, "links", buf_span(&rig->fixture.csca), to);
	assert_int_equal(rename(from, to), 0);
	EXPECT(rig, { "trust", "verify", "-q", "--trust", "%" }, 5,
	       "2 entries, 2 not sound", NULL);
}

/* Named by its own hash, a sound CSCA, and still nobody admitted it. */
static void verify_finds_an_extra_file(void **state)
{
	const struct trust_rig *rig = *state;
	char path[RIG_PATH_LEN];

	fill(rig);
	rig_object(rig, "links", buf_span(&rig->fixture.third), path);
	rig_write(path, buf_span(&rig->fixture.third));
	EXPECT(rig, { "trust", "verify", "-q", "--trust", "%" }, 5,
	       "not in index.json, not believed", NULL);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "2 entries", NULL);
}

static void verify_finds_a_missing_file(void **state)
{
	const struct trust_rig *rig = *state;
	char hash[CCCD_TRUST_SHA256_TEXT];
	char path[RIG_PATH_LEN];

	fill(rig);
	rig_object(rig, "anchors", buf_span(&rig->fixture.csca), path);
	assert_int_equal(unlink(path), 0);
	EXPECT(rig, { "trust", "verify", "-q", "--trust", "%" }, 5,
	       "its file is missing", NULL);
	/* Its row can be taken out all the same. */
	hash_of_csca(rig, hash);
	EXPECT(rig, { "trust", "remove", "--trust", "%", hash }, 0, "Removed.",
	       NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0,
	       "1 entries, 0 not sound", NULL);
}

/* Every command refuses an index that it does not understand. */
static void broken_index_is_refused(void **state)
{
	static const struct {
		const char *was;
		const char *is;
		const char *says;
	} edits[] = {
		{ "{", "", "is no JSON" },
		{ "]", "]}{", "line" },
		{ "urn:cccd:trust-index:1", "urn:cccd:trust-index:2",
		  "bad \"schema\"" },
		{ "\"entries\"", "\"entry\"", "bad \"entries\"" },
		{ "\"anchor\"", "\"ancre\"", "entry 1: bad \"kind\"" },
		{ "\"specimen\"", "\"specimens\"", "bad \"specimen\"" },
		{ "\"specimen\":\tfalse", "\"specimen\":\t0",
		  "bad \"specimen\"" },
		{ "\"sha256\":\t\"", "\"sha256\":\t\"../", "bad \"sha256\"" },
		{ "\"operator\"", "\"an operator of the night shift\"",
		  "bad \"basis\"" },
	};
	static const char *const actions[] = { "list", "verify" };
	const struct trust_rig *rig = *state;

	fill(rig);
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		rig_edit_index(rig, edits[i].was, edits[i].is);
		for (size_t k = 0; k < ARRAY_LEN(actions); k++)
			EXPECT(rig, { "trust", actions[k], "--trust", "%" }, 5,
			       NULL, edits[i].says);
		EXPECT(rig, { "trust", "import", "--trust", "%", "@csca.der" },
		       5, NULL, "[trust_store_bad]");
		EXPECT(rig, { "trust", "remove", "--trust", "%", "000000" }, 5,
		       NULL, "[trust_store_bad]");
		/* A store that is damaged may be made anew from its files. */
		remove_directory(rig->store);
		fill(rig);
	}
}

/* An index that can be read and says something untrue. */
static void untrue_index_is_unsound(void **state)
{
	const struct trust_rig *rig = *state;
	char hash[CCCD_TRUST_SHA256_TEXT];
	char other[CCCD_TRUST_SHA256_TEXT];

	fill(rig);
	hash_of_csca(rig, hash);
	memcpy(other, hash, sizeof(other));
	other[63] = hash[63] == '0' ? '1' : '0';
	/* A hash that no file has: one missing, one that nobody named. */
	rig_edit_index(rig, hash, other);
	EXPECT(rig, { "trust", "verify", "-q", "--trust", "%" }, 5,
	       "2 entries, 2 not sound", NULL);
	/* With the right one back they differ in the last digit only. */
	EXPECT(rig, { "trust", "import", "--trust", "%", "@csca.der" }, 0,
	       "admitted: 1", NULL);
	hash[63] = '\0';
	EXPECT(rig, { "trust", "show", "--trust", "%", hash }, 1, NULL,
	       "no entry, or several: ");
	EXPECT(rig, { "trust", "remove", "--trust", "%", hash }, 1, NULL,
	       "no entry, or several");
	EXPECT(rig, { "trust", "remove", "--trust", "%", other }, 0, "Removed.",
	       NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0,
	       "2 entries, 0 not sound", NULL);
	/* An anchor is no link. */
	rig_edit_index(rig, "\"anchor\"", "\"link\"");
	EXPECT(rig, { "trust", "verify", "-q", "--trust", "%" }, 5,
	       "its file is missing", NULL);
}

/* Twice the same row could not be taken out by its hash any more. */
static void index_with_a_row_twice_is_refused(void **state)
{
	const struct trust_rig *rig = *state;
	char first[CCCD_TRUST_SHA256_TEXT];
	char second[CCCD_TRUST_SHA256_TEXT];

	fill(rig);
	hash_of_csca(rig, first);
	rig_hash(buf_span(&rig->fixture.second), second);
	rig_edit_index(rig, first, second);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 5, NULL,
	       "one stands twice");
}

static void absent_store_is_told(void **state)
{
	const struct trust_rig *rig = *state;

	EXPECT(rig, { "trust", "list", "--trust", "@nowhere" }, 5, NULL,
	       "[trust_store_missing]");
	EXPECT(rig, { "trust", "verify", "--trust", "@nowhere" }, 5, NULL,
	       "[trust_store_missing]");
	/* A file stands where the store should be made. */
	EXPECT(rig, { "trust", "import", "--trust", "@csca.der", "@csca.der" },
	       5, NULL, "[trust_store_bad]");
}

/* The lock as another program holds it: this one. */
static int hold(const struct trust_rig *rig)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[RIG_PATH_LEN];
	int fd = -1;

	rig_stored(rig, ".lock", path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_SETLK, &lock), 0);
	return fd;
}

static void one_writer_at_a_time(void **state)
{
	const struct trust_rig *rig = *state;
	char hash[CCCD_TRUST_SHA256_TEXT];
	int fd = -1;

	EXPECT(rig, { "trust", "import", "--trust", "%", "@csca.der" }, 0,
	       "admitted: 1", NULL);
	hash_of_csca(rig, hash);
	fd = hold(rig);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@second.der" }, 5,
	       "admitted: 0", "another program is writing the store");
	EXPECT(rig, { "trust", "remove", "--trust", "%", hash }, 5, NULL,
	       "another program is writing the store");
	/* Who only looks is not kept out. */
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "1 entries", NULL);
	EXPECT(rig, { "trust", "show", "--trust", "%", hash }, 0, hash, NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0, "0 not sound",
	       NULL);
	assert_int_equal(close(fd), 0);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@second.der" }, 0,
	       "admitted: 1", NULL);
}

/* Who got through stands in the index; the others were told. */
static void writers_at_once_lose_nothing(void **state)
{
	const struct trust_rig *rig = *state;
	struct answer *answers[WRITERS] = { NULL };
	char name[32];
	char total[32];
	unsigned int got = 0;

	for (int i = 0; i < WRITERS; i++) {
		BUF csca = buf_make(CSCA_CERTIFICATE_MAX);

		(void)snprintf(name, sizeof(name), "writer-%d", i);
		make_csca(name, NULL, &csca);
		rig_save(rig, name, buf_span(&csca));
	}
	for (int i = 0; i < WRITERS; i++) {
		const char *const words[RIG_WORDS_MAX] = { "trust", "import",
			                                   "--trust", "%",
			                                   name };

		(void)snprintf(name, sizeof(name), "@writer-%d", i);
		answers[i] = rig_start(rig, "en", words);
	}
	for (int i = 0; i < WRITERS; i++) {
		call_finish(answers[i]);
		if (answers[i]->status != 0)
			assert_non_null(strstr(answers[i]->err,
			                       "another program is writing"));
		got += answers[i]->status == 0;
		call_free(answers[i]);
	}
	assert_true(got > 0);
	(void)snprintf(total, sizeof(total), "%u entries, 0 not sound", got);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0, total, NULL);
}

static void call_is_checked(void **state)
{
	const struct trust_rig *rig = *state;

	EXPECT(rig, { "trust" }, 1, NULL, "an action is missing");
	EXPECT(rig, { "trust", "believe" }, 1, NULL, "unknown action: believe");
	EXPECT(rig, { "trust", "list", "--frobnicate" }, 1, NULL,
	       "unknown argument: --frobnicate");
	EXPECT(rig, { "trust", "list", "--trust" }, 1, NULL,
	       "unknown argument: --trust");
	EXPECT(rig, { "trust", "import", "--trust", "%" }, 1, NULL,
	       "FILE is missing");
	EXPECT(rig, { "trust", "show", "--trust", "%" }, 1, NULL,
	       "exactly one HASH is needed");
	EXPECT(rig, { "trust", "remove", "--trust", "%", "000000", "111111" },
	       1, NULL, "exactly one HASH is needed");
	EXPECT(rig, { "trust", "--help" }, 0, "Usage: cccd trust import", NULL);
	EXPECT(rig, { "trust", "verify", "--help" }, 0,
	       "Usage: cccd trust import", NULL);
}

/* struct phrase - a call in no language but the default. */
struct phrase {
	const char *language;
	const char *words[RIG_WORDS_MAX];
	int status;
	const char *text;
};

static const struct phrase phrases[] = {
	{ NULL,
	  { "trust", "import", "--trust", "%", "@list.ml" },
	  5,
	  "người ký danh sách không nằm trong các chứng thư đã ghim" },
	{ "C",
	  { "trust", "import", "--trust", "%", "@csca.der" },
	  0,
	  "nhận: 1, đã có: 0, từ chối: 0" },
	{ "vi_VN.UTF-8", { "trust", "list", "--trust", "%" }, 0, "1 mục" },
	{ "fr_FR.UTF-8",
	  { "trust", "verify", "--trust", "%" },
	  0,
	  "0 mục hỏng" },
	{ "en_US.UTF-8",
	  { "trust", "verify", "--trust", "%" },
	  0,
	  "0 not sound" },
	{ NULL,
	  { "trust", "import", "--trust", "%", "@letter" },
	  5,
	  "Chứng thư hoặc danh sách không được chấp nhận." },
	{ NULL,
	  { "trust", "show", "--trust", "%", "000000" },
	  1,
	  "không có mục nào, hoặc có nhiều mục: 000000" },
	{ NULL,
	  { "trust", "list", "--trust", "@nowhere" },
	  5,
	  "Chưa có kho chứng thư tin cậy." },
	{ NULL, { "trust", "--help" }, 0, "Cách dùng: cccd trust" },
};

static void words_follow_the_language(void **state)
{
	const struct trust_rig *rig = *state;

	rig_save(rig, "letter", span_text("Kính gửi"));
	for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
		const struct phrase *phrase = &phrases[i];
		struct answer *answer =
		        rig_start(rig, phrase->language, phrase->words);

		call_finish(answer);
		if (strstr(answer->out, phrase->text) == NULL &&
		    strstr(answer->err, phrase->text) == NULL)
			print_error("not said: %s\n%s%s", phrase->text,
			            answer->out, answer->err);
		assert_true(strstr(answer->out, phrase->text) != NULL ||
		            strstr(answer->err, phrase->text) != NULL);
		assert_int_equal(answer->status, phrase->status);
		call_free(answer);
	}
}

static int free_keys(void **state)
{
	(void)state;
	zoo_keys_free();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(show_finds_by_a_prefix),
		RIGGED(list_names_every_entry),
		RIGGED(remove_takes_out_one),
		RIGGED(remove_of_a_csca_leaves_its_link_unsound),
		RIGGED(verify_finds_an_edited_file),
		RIGGED(verify_finds_a_renamed_file),
		RIGGED(verify_finds_a_moved_file),
		RIGGED(verify_finds_an_extra_file),
		RIGGED(verify_finds_a_missing_file),
		RIGGED(broken_index_is_refused),
		RIGGED(untrue_index_is_unsound),
		RIGGED(index_with_a_row_twice_is_refused),
		RIGGED(absent_store_is_told),
		RIGGED(one_writer_at_a_time),
		RIGGED(writers_at_once_lose_nothing),
		RIGGED(call_is_checked),
		RIGGED(words_follow_the_language),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
