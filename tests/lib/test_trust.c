/* SPDX-License-Identifier: Apache-2.0 */
/* The trust store on disk: cccd_trust_*() and index.json. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <cccd/trust.h>

#include "tests/apdu/auth/zoo/zoo.h"

enum { DIR_MAX = 256, PATH_LEN = 512 };

static const struct zoo_spec ec_spec = {
	.csca = "P-256",
	.ds = "P-256",
	.chain = ZOO_ECDSA,
	.sod = ZOO_ECDSA,
};

static void trust_cleanup(struct cccd_trust **trust)
{
	cccd_trust_close(*trust);
}

#define TRUST CLEANUP(trust_cleanup) struct cccd_trust

/* A fresh folder in the build tree. */
static void fresh_dir(char ret[static DIR_MAX])
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes it */
	const char *build = getenv("CCCD_BUILD_DIR");

	(void)snprintf(ret, DIR_MAX, "%s/trust-XXXXXX",
	               build == NULL ? "/tmp" : build);
	assert_non_null(mkdtemp(ret));
}

static void write_file(const char *path, struct span bytes)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static void save(const char *dir, const char *name, struct span bytes,
                 char ret[static PATH_LEN])
{
	(void)snprintf(ret, PATH_LEN, "%s/%s", dir, name);
	write_file(ret, bytes);
}

static struct cccd_trust *open_store(const char *dir, enum cccd_trust_mode mode)
{
	struct cccd_error error = { 0 };
	struct cccd_trust *trust = NULL;

	assert_int_equal(cccd_trust_create(dir, &error), CCCD_OK);
	assert_int_equal(cccd_trust_open(dir, mode, &error, &trust), CCCD_OK);
	return trust;
}

/* What a report said. */
struct told {
	size_t count;
	size_t admitted;
	char reason[16][48];
	char sha256[CCCD_TRUST_SHA256_TEXT];
};

static void tell(const struct cccd_trust_decision *what, void *context)
{
	struct told *told = context;

	if (told->count < ARRAY_LEN(told->reason))
		(void)snprintf(told->reason[told->count],
		               sizeof(told->reason[0]), "%s", what->reason);
	memcpy(told->sha256, what->sha256, sizeof(told->sha256));
	told->count++;
	told->admitted += what->admitted;
}

static void import_file(struct cccd_trust *trust, const char *path,
                        bool specimen, struct told *ret)
{
	struct cccd_error error = { 0 };
	const struct cccd_trust_import import = {
		.path = path,
		.specimen = specimen,
		.now = ZOO_NOW,
		.report = tell,
		.context = ret,
	};

	*ret = (struct told){ 0 };
	assert_int_equal(cccd_trust_import(trust, &import, &error), CCCD_OK);
}

/* A store at @dir with Utopia's CSCA. */
static void make_store(const char *dir, bool specimen, struct told *ret)
{
	ZOO_DOCUMENT document = { 0 };
	TRUST *trust = open_store(dir, CCCD_TRUST_REAL);
	char path[PATH_LEN];

	zoo_make(&ec_spec, &document);
	save(dir, "csca-utopia.der", buf_span(&document.csca), path);
	import_file(trust, path, specimen, ret);
	assert_int_equal(ret->admitted, 1);
}

static void trust_open_refuses_what_is_no_store(void **state)
{
	struct cccd_error error = { 0 };
	struct cccd_trust *trust = NULL;
	char dir[DIR_MAX];

	(void)state;
	fresh_dir(dir);
	assert_int_equal(cccd_trust_open("/nonexistent", CCCD_TRUST_REAL,
	                                 &error, &trust),
	                 CCCD_ERR_TRUST_STORE_MISSING);
	assert_int_equal(cccd_trust_open(dir, CCCD_TRUST_REAL, NULL, &trust),
	                 CCCD_ERR_TRUST_STORE_MISSING);
	assert_null(trust);
}

static void trust_import_survives_reopening(void **state)
{
	char dir[DIR_MAX];
	struct told told = { 0 };
	struct cccd_trust_object object = { 0 };
	uint8_t digest[32];
	uint8_t empty[32];
	TRUST *trust = NULL;
	TRUST *none = NULL;

	(void)state;
	fresh_dir(dir);
	none = open_store(dir, CCCD_TRUST_REAL);
	assert_int_equal(cccd_trust_digest(none, empty), CCCD_OK);
	make_store(dir, false, &told);
	assert_string_equal(told.reason[0], "anchor_by_operator");
	trust = open_store(dir, CCCD_TRUST_REAL);
	assert_int_equal(cccd_trust_count(trust), 1);
	assert_null(cccd_trust_at(trust, 1));
	assert_string_equal(cccd_trust_at(trust, 0)->sha256, told.sha256);
	assert_string_equal(cccd_trust_at(trust, 0)->source, "csca-utopia.der");
	assert_string_equal(cccd_trust_at(trust, 0)->basis, "operator");
	assert_string_equal(cccd_trust_at(trust, 0)->date,
	                    "2026-11-23T00:00:00Z");
	assert_int_equal(cccd_trust_show(trust, told.sha256, &object), CCCD_OK);
	assert_string_equal(object.country, "UT");
	assert_string_equal(object.key, "prime256v1");
	assert_string_equal(object.signature, "ecdsa_sha256");
	assert_int_equal(cccd_trust_digest(trust, digest), CCCD_OK);
	assert_memory_not_equal(digest, empty, sizeof(digest));
}

static void trust_show_wants_one_entry(void **state)
{
	char dir[DIR_MAX];
	struct told told = { 0 };
	struct cccd_trust_object object = { 0 };
	TRUST *trust = NULL;

	(void)state;
	fresh_dir(dir);
	make_store(dir, false, &told);
	trust = open_store(dir, CCCD_TRUST_REAL);
	told.sha256[6] = '\0';
	assert_int_equal(cccd_trust_show(trust, told.sha256, &object), CCCD_OK);
	told.sha256[5] = '\0';
	assert_int_equal(cccd_trust_show(trust, told.sha256, &object),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cccd_trust_show(trust, "zzzzzz", &object),
	                 CCCD_ERR_USAGE_ARGUMENT);
}

static void trust_remove_takes_file_and_row(void **state)
{
	char dir[DIR_MAX];
	char path[PATH_LEN];
	struct told told = { 0 };
	struct cccd_error error = { 0 };
	TRUST *trust = NULL;
	TRUST *again = NULL;

	(void)state;
	fresh_dir(dir);
	make_store(dir, false, &told);
	trust = open_store(dir, CCCD_TRUST_REAL);
	(void)snprintf(path, sizeof(path), "%s/anchors/%s.der", dir,
	               told.sha256);
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(cccd_trust_remove(trust, told.sha256, &error),
	                 CCCD_OK);
	assert_int_not_equal(access(path, R_OK), 0);
	assert_int_equal(cccd_trust_count(trust), 0);
	assert_int_equal(cccd_trust_remove(trust, told.sha256, &error),
	                 CCCD_ERR_USAGE_ARGUMENT);
	again = open_store(dir, CCCD_TRUST_REAL);
	assert_int_equal(cccd_trust_count(again), 0);
}

/* Somebody drops a certificate into the folder: it is not believed. */
static void trust_verify_names_what_is_wrong(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	char dir[DIR_MAX];
	char path[PATH_LEN];
	struct told told = { 0 };
	size_t unsound = 0;
	TRUST *trust = NULL;
	TRUST *altered = NULL;

	(void)state;
	fresh_dir(dir);
	make_store(dir, false, &told);
	save(dir, "anchors/planted.der", span_text("0"), path);
	trust = open_store(dir, CCCD_TRUST_REAL);
	told = (struct told){ 0 };
	assert_int_equal(
	        cccd_trust_verify(trust, ZOO_NOW, tell, &told, &unsound),
	        CCCD_OK);
	assert_int_equal(unsound, 1);
	assert_string_equal(told.reason[0], "sound");
	assert_string_equal(told.reason[1], "not_in_index");
	(void)snprintf(path, sizeof(path), "%s/anchors/%s.der", dir,
	               cccd_trust_at(trust, 0)->sha256);
	/* Another certificate under the name of this one. */
	zoo_make(&ec_spec, &document);
	write_file(path, buf_span(&document.ds));
	altered = open_store(dir, CCCD_TRUST_REAL);
	told = (struct told){ 0 };
	assert_int_equal(
	        cccd_trust_verify(altered, ZOO_NOW, tell, &told, &unsound),
	        CCCD_OK);
	assert_string_equal(told.reason[0], "file_altered");
	assert_int_equal(unlink(path), 0);
	told = (struct told){ 0 };
	assert_int_equal(
	        cccd_trust_verify(altered, ZOO_NOW, tell, &told, &unsound),
	        CCCD_OK);
	assert_string_equal(told.reason[0], "file_missing");
}

/* The planted file is no anchor even though it is a sound certificate. */
static void trust_open_believes_the_index_only(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	struct digest sha256 = { 0 };
	char dir[DIR_MAX];
	char path[PATH_LEN];
	char name[PATH_LEN] = "anchors/";
	uint8_t before[32];
	uint8_t after[32];
	TRUST *trust = NULL;
	TRUST *planted = NULL;

	(void)state;
	fresh_dir(dir);
	trust = open_store(dir, CCCD_TRUST_REAL);
	assert_int_equal(cccd_trust_digest(trust, before), CCCD_OK);
	zoo_make(&ec_spec, &document);
	assert_int_equal(digest_compute(DIGEST_SHA256, buf_span(&document.csca),
	                                &sha256),
	                 CCCD_OK);
	for (size_t i = 0; i < 32; i++)
		(void)snprintf(name + 8 + 2 * i, 3, "%02x", sha256.bytes[i]);
	memcpy(name + 72, ".der", 5);
	save(dir, name, buf_span(&document.csca), path);
	planted = open_store(dir, CCCD_TRUST_REAL);
	assert_int_equal(cccd_trust_digest(planted, after), CCCD_OK);
	assert_memory_equal(before, after, sizeof(before));
}

static void specimen_flag_survives_and_is_told(void **state)
{
	char dir[DIR_MAX];
	struct told told = { 0 };
	size_t unsound = 0;
	TRUST *trust = NULL;

	(void)state;
	fresh_dir(dir);
	make_store(dir, true, &told);
	trust = open_store(dir, CCCD_TRUST_REAL);
	assert_true(cccd_trust_at(trust, 0)->specimen);
	told = (struct told){ 0 };
	assert_int_equal(
	        cccd_trust_verify(trust, ZOO_NOW, tell, &told, &unsound),
	        CCCD_OK);
	assert_string_equal(told.reason[0], "specimen_refused");
}

static void trust_import_is_refused_while_another_writes(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	struct cccd_trust_import import = { .now = ZOO_NOW };
	char dir[DIR_MAX];
	char path[PATH_LEN];
	char lock[PATH_LEN];
	struct cccd_error error = { 0 };
	struct flock held = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	TRUST *trust = NULL;
	int ready[2];
	char byte = 0;
	pid_t child = 0;

	(void)state;
	fresh_dir(dir);
	trust = open_store(dir, CCCD_TRUST_REAL);
	zoo_make(&ec_spec, &document);
	save(dir, "csca.der", buf_span(&document.csca), path);
	(void)snprintf(lock, sizeof(lock), "%s/.lock", dir);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		int fd = open(lock, O_RDWR | O_CREAT, 0644);

		if (fcntl(fd, F_SETLK, &held) != 0)
			_exit(1);
		(void)!write(ready[1], "x", 1);
		(void)pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	import.path = path;
	assert_int_equal(cccd_trust_import(trust, &import, &error),
	                 CCCD_ERR_TRUST_STORE_BAD);
	assert_int_equal(kill(child, SIGTERM), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(cccd_trust_import(trust, &import, NULL), CCCD_OK);
}

/* Two programs have the store open: neither forgets what the other wrote. */
static void trust_keeps_what_another_wrote_meanwhile(void **state)
{
	const struct zoo_spec specs[] = { ec_spec,
		                          { .csca = "P-384",
		                            .ds = "P-256",
		                            .chain = ZOO_ECDSA,
		                            .sod = ZOO_ECDSA } };
	struct cccd_trust *writers[2] = { NULL, NULL };
	struct cccd_error error = { 0 };
	char dir[DIR_MAX];
	char path[PATH_LEN];
	struct told told = { 0 };
	struct told first = { 0 };

	(void)state;
	fresh_dir(dir);
	for (size_t i = 0; i < 2; i++)
		writers[i] = open_store(dir, CCCD_TRUST_REAL);
	for (size_t i = 0; i < 2; i++) {
		ZOO_DOCUMENT document = { 0 };

		zoo_make(&specs[i], &document);
		save(dir, "csca.der", buf_span(&document.csca), path);
		import_file(writers[i], path, false, &told);
		assert_int_equal(told.admitted, 1);
		first = i == 0 ? told : first;
	}
	assert_int_equal(cccd_trust_count(writers[1]), 2);
	/* It does not know of the second, and does not forget it either. */
	assert_int_equal(cccd_trust_count(writers[0]), 1);
	assert_int_equal(cccd_trust_remove(writers[0], first.sha256, &error),
	                 CCCD_OK);
	assert_int_equal(cccd_trust_count(writers[0]), 1);
	assert_string_equal(cccd_trust_at(writers[0], 0)->sha256, told.sha256);
	/* And what the other removed is gone for good. */
	import_file(writers[1], path, false, &told);
	assert_string_equal(told.reason[0], "already_there");
	assert_int_equal(cccd_trust_count(writers[1]), 1);
	cccd_trust_close(writers[0]);
	cccd_trust_close(writers[1]);
}

static void trust_import_names_a_file_that_holds_nothing(void **state)
{
	struct cccd_trust_import import = { .now = ZOO_NOW };
	struct cccd_error error = { 0 };
	char dir[DIR_MAX];
	char path[PATH_LEN];
	TRUST *trust = NULL;

	(void)state;
	fresh_dir(dir);
	trust = open_store(dir, CCCD_TRUST_REAL);
	save(dir, "letter.txt", span_text("Dear Sir or Madam"), path);
	import.path = path;
	assert_int_equal(cccd_trust_import(trust, &import, &error),
	                 CCCD_ERR_TRUST_REFUSED);
	import.path = "/nonexistent/list.ml";
	assert_int_equal(cccd_trust_import(trust, &import, NULL),
	                 CCCD_ERR_USAGE_FILE);
	assert_int_equal(cccd_trust_count(trust), 0);
}

/* A store that cannot be written changes nothing. */
static void trust_index_is_whole_or_old(void **state)
{
	char dir[DIR_MAX];
	char path[PATH_LEN];
	struct told told = { 0 };
	struct cccd_error error = { 0 };
	struct stat file = { 0 };
	TRUST *trust = NULL;

	(void)state;
	fresh_dir(dir);
	make_store(dir, false, &told);
	/* What a crash may leave behind is no index. */
	save(dir, "index.json.new", span_text("{\"schema\":"), path);
	trust = open_store(dir, CCCD_TRUST_REAL);
	assert_int_equal(cccd_trust_count(trust), 1);
	assert_int_equal(cccd_trust_remove(trust, told.sha256, &error),
	                 CCCD_OK);
	(void)snprintf(path, sizeof(path), "%s/index.json", dir);
	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0644);
}

#define SHA                                \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ENTRY(kind, sha, rest)                                           \
	"{\"schema\":\"urn:cccd:trust-index:1\",\"entries\":[{\"kind\":" \
	"\"" kind "\",\"sha256\":\"" sha                                 \
	"\",\"source\":\"s\",\"basis\":\"operator\",\"date\":\"d\"" rest "}]}"

static void index_parse_refuses_what_is_bad(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{\"schema\":\"urn:cccd:trust-index:2\",\"entries\":[]}",
		"{\"schema\":\"urn:cccd:trust-index:1\"}",
		"{\"schema\":\"urn:cccd:trust-index:1\",\"entries\":[1]}",
		ENTRY("anchor", SHA, ""), /* the flag is never assumed */
		ENTRY("anchor", SHA, ",\"specimen\":\"no\""),
		ENTRY("anchor", SHA, ",\"specimen\":true,\"specimen\":false"),
		ENTRY("anchor", SHA, ",\"specimen\":false,\"note\":\"\""),
		ENTRY("anchor", SHA, ",\"specimen\":false") "x",
		ENTRY("anchor", SHA, ",\"specimen\":false")
		        ENTRY("anchor", SHA, ",\"specimen\":false"),
		ENTRY("anchors", SHA, ",\"specimen\":false"),
		ENTRY("anchor", "AA", ",\"specimen\":false"),
		ENTRY("anchor", "../../../../../../../../etc/passwd",
		      ",\"specimen\":false"),
	};
	struct cccd_trust_index index = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct cccd_error error = { 0 };

		assert_int_equal(cccd_trust_index_parse(bad[i], strlen(bad[i]),
		                                        &error, &index),
		                 CCCD_ERR_TRUST_STORE_BAD);
		assert_true(error.text[0] != '\0');
		assert_null(index.entries);
	}
}

static void index_parse_names_the_line(void **state)
{
	static const char text[] = "{\"schema\":\"urn:cccd:trust-index:1\",\n"
	                           "\"entries\":\n[oops]}";
	struct cccd_trust_index index = { 0 };
	struct cccd_error error = { 0 };

	(void)state;
	assert_int_equal(
	        cccd_trust_index_parse(text, strlen(text), &error, &index),
	        CCCD_ERR_TRUST_STORE_BAD);
	assert_non_null(strstr(error.text, "line 3"));
}

static void index_is_written_as_it_is_read(void **state)
{
	static const char text[] =
	        ENTRY("deviation", SHA, ",\"specimen\":true");
	struct cccd_trust_index index = { 0 };
	struct cccd_trust_index again = { 0 };
	char *written = NULL;

	(void)state;
	assert_int_equal(
	        cccd_trust_index_parse(text, strlen(text), NULL, &index),
	        CCCD_OK);
	assert_int_equal(cccd_trust_index_format(&index, &written), CCCD_OK);
	assert_int_equal(
	        cccd_trust_index_parse(written, strlen(written), NULL, &again),
	        CCCD_OK);
	assert_int_equal(again.count, 1);
	assert_int_equal(again.entries[0].kind, CCCD_TRUST_DEVIATION);
	assert_true(again.entries[0].specimen);
	assert_string_equal(again.entries[0].sha256, SHA);
	free(written);
	cccd_trust_index_free(&index);
	cccd_trust_index_free(&again);
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
		cmocka_unit_test(trust_open_refuses_what_is_no_store),
		cmocka_unit_test(trust_import_survives_reopening),
		cmocka_unit_test(trust_show_wants_one_entry),
		cmocka_unit_test(trust_remove_takes_file_and_row),
		cmocka_unit_test(trust_verify_names_what_is_wrong),
		cmocka_unit_test(trust_open_believes_the_index_only),
		cmocka_unit_test(specimen_flag_survives_and_is_told),
		cmocka_unit_test(trust_import_is_refused_while_another_writes),
		cmocka_unit_test(trust_keeps_what_another_wrote_meanwhile),
		cmocka_unit_test(trust_import_names_a_file_that_holds_nothing),
		cmocka_unit_test(trust_index_is_whole_or_old),
		cmocka_unit_test(index_parse_refuses_what_is_bad),
		cmocka_unit_test(index_parse_names_the_line),
		cmocka_unit_test(index_is_written_as_it_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
