/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of relying parties: all of them, or none with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/file.h"
#include "service/core/registry.h"

enum { PATH_LEN = 256 };

/* One directory for each test, and what was put into it. */
struct rig {
	char dir[64];
	char files[REGISTRY_PARTIES_MAX + 8][PATH_LEN];
	size_t count;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	(void)snprintf(rig->dir, sizeof(rig->dir), "/tmp/cccd-rp-XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	for (size_t i = 0; i < rig->count; i++)
		(void)unlink(rig->files[i]);
	(void)rmdir(rig->dir);
	free(rig);
	return 0;
}

static const char *put(struct rig *rig, const char *name, const char *text)
{
	char path[PATH_LEN];

	assert_true(rig->count < ARRAY_LEN(rig->files));
	(void)snprintf(path, sizeof(path), "%s/%s", rig->dir, name);
	assert_int_equal(file_write(path, span_text(text), NULL), CCCD_OK);
	memcpy(rig->files[rig->count], path, sizeof(path));
	return rig->files[rig->count++];
}

/* A good file. @uid: 0 for none. */
static const char *put_party(struct rig *rig, const char *name, const char *id,
                             const char *origin, unsigned int uid)
{
	char text[1024];
	char uids[32] = "";

	if (uid != 0)
		(void)snprintf(uids, sizeof(uids), "%u", uid);
	(void)snprintf(text, sizeof(text),
	               "{\"schema\": \"urn:cccd:relying-party:1\",\n"
	               "\"id\": \"%s\",\n\"origins\": [\"%s\"],\n"
	               "\"local_uids\": [%s], \"request_mode\": \"origin\", "
	               "\"scopes_max\": [\"id\"], \"purposes\": [\"p\"], "
	               "\"consent\": \"operator\"}\n",
	               id, origin, uids);
	return put(rig, name, text);
}

static struct registry *load(const struct rig *rig)
{
	struct registry *registry = NULL;
	struct cccd_error error = { .tries_left = -1 };

	if (registry_load(rig->dir, &error, &registry) != CCCD_OK)
		print_error("%s\n", error.text);
	assert_non_null(registry);
	return registry;
}

static void refuses(const struct rig *rig, enum cccd_err err, const char *first,
                    const char *second)
{
	struct registry *registry = NULL;
	struct cccd_error error = { .tries_left = -1 };

	assert_int_equal(registry_load(rig->dir, &error, &registry), err);
	assert_null(registry);
	assert_int_equal(error.code, err);
	if (strstr(error.text, first) == NULL ||
	    strstr(error.text, second) == NULL)
		print_error("%s\n", error.text);
	assert_non_null(strstr(error.text, first));
	assert_non_null(strstr(error.text, second));
}

static void registry_load_takes_files_in_the_order_of_names(void **state)
{
	struct rig *rig = *state;
	struct registry *registry = NULL;

	(void)put_party(rig, "b.json", "b", "https://b.example", 0);
	(void)put_party(rig, "a.json", "z", "https://z.example", 7);
	(void)put(rig, "a.json.bak", "rubbish");
	(void)put(rig, ".c.json", "rubbish");
	(void)put(rig, "README", "rubbish");
	registry = load(rig);
	assert_int_equal(registry_count(registry), 2);
	assert_string_equal(registry_at(registry, 0)->id, "z");
	assert_string_equal(registry_at(registry, 1)->id, "b");
	assert_null(registry_at(registry, 2));
	registry_unref(registry);
}

static void registry_load_takes_an_empty_directory(void **state)
{
	struct registry *registry = load(*state);

	assert_int_equal(registry_count(registry), 0);
	assert_null(registry_by_origin(registry, ""));
	assert_null(registry_by_uid(registry, 0));
	registry_unref(registry);
	registry_unref(NULL);
}

static void registry_finds_exact_matches_only(void **state)
{
	static const char *const strangers[] = {
		"",
		"null",
		"*",
		"https://a.exampl",
		"https://a.example/",
		"https://a.example:443",
		"https://a.example.evil.test",
		"https://A.example",
		"http://a.example",
		"https://x.a.example",
		" https://a.example",
	};
	struct rig *rig = *state;
	struct registry *registry = NULL;

	(void)put_party(rig, "a.json", "a", "https://a.example", 1000);
	registry = load(rig);
	assert_ptr_equal(registry_by_origin(registry, "https://a.example"),
	                 registry_at(registry, 0));
	assert_ptr_equal(registry_by_uid(registry, 1000),
	                 registry_at(registry, 0));
	assert_ptr_equal(registry_by_id(registry, "a"),
	                 registry_at(registry, 0));
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++)
		assert_null(registry_by_origin(registry, strangers[i]));
	assert_null(registry_by_uid(registry, 0));
	assert_null(registry_by_uid(registry, 1001));
	assert_null(registry_by_id(registry, "A"));
	registry_unref(registry);
}

static void registry_load_refuses_what_stands_in_two_files(void **state)
{
	static const struct {
		const char *id;
		const char *origin;
		unsigned int uid;
		const char *what;
	} rows[] = {
		{ "a", "https://b.example", 2, "this id" },
		{ "b", "https://a.example", 2, "this origin" },
		{ "b", "https://b.example", 1, "this local user" },
	};
	struct rig *rig = *state;

	(void)put_party(rig, "1.json", "a", "https://a.example", 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		(void)put_party(rig, "2.json", rows[i].id, rows[i].origin,
		                rows[i].uid);
		refuses(rig, CCCD_ERR_POLICY_CONFIG, "2.json", rows[i].what);
	}
}

static void registry_load_names_file_line_and_reason(void **state)
{
	struct rig *rig = *state;

	(void)put_party(rig, "1.json", "a", "https://a.example", 1);
	(void)put_party(rig, "desk.json", "b", "https://*.example", 2);
	refuses(rig, CCCD_ERR_POLICY_CONFIG,
	        "desk.json: line 3:", "\"origins\": patterns");
	(void)put(rig, "desk.json", "{");
	refuses(rig, CCCD_ERR_POLICY_CONFIG, "desk.json:", "JSON");
}

/* A signer whose keys nobody can use would be refused at every request. */
static void registry_load_refuses_keys_that_are_none(void **state)
{
	static const char *const keys[] = {
		"{\"kty\": \"EC\"}",
		/* In parentheses: the pieces are one text. */
		("{\"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"AA\", "
		 "\"y\": \"AA\"}"),
		"{\"kty\": \"RSA\", \"n\": \"AQAB\", \"e\": \"AQAB\"}",
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		char text[1024];

		(void)snprintf(text, sizeof(text),
		               "{\"schema\": \"urn:cccd:relying-party:1\",\n"
		               "\"id\": \"signer\",\n"
		               "\"origins\": [\"https://a.example\"],\n"
		               "\"request_mode\": \"signed\",\n"
		               "\"jwks\": {\"keys\": [%s]},\n"
		               "\"scopes_max\": [\"id\"], "
		               "\"purposes\": [\"p\"], "
		               "\"consent\": \"none\"}\n",
		               keys[i]);
		(void)put(rig, "signer.json", text);
		refuses(rig, CCCD_ERR_POLICY_CONFIG, "signer.json", "jwks");
	}
}

static void registry_load_refuses_what_others_can_write(void **state)
{
	struct rig *rig = *state;
	const char *path =
	        put_party(rig, "a.json", "a", "https://a.example", 1);

	assert_int_equal(chmod(path, 0644), 0);
	registry_unref(load(rig));
	assert_int_equal(chmod(path, 0664), 0);
	refuses(rig, CCCD_ERR_POLICY_CONFIG, "a.json", "chmod go-w");
	assert_int_equal(chmod(path, 0646), 0);
	refuses(rig, CCCD_ERR_POLICY_CONFIG, "a.json", "chmod go-w");
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(chmod(rig->dir, 0777), 0);
	refuses(rig, CCCD_ERR_POLICY_CONFIG, rig->dir, "chmod go-w");
	assert_int_equal(chmod(rig->dir, 0755), 0);
	registry_unref(load(rig));
}

static void registry_load_refuses_somebody_elses_files(void **state)
{
	struct rig *rig = *state;
	const char *path =
	        put_party(rig, "a.json", "a", "https://a.example", 1);

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, 12345, 12345), 0);
	refuses(rig, CCCD_ERR_POLICY_CONFIG, "a.json", "somebody else");
	assert_int_equal(chown(path, 0, 0), 0);
	registry_unref(load(rig));
	assert_int_equal(chown(rig->dir, 12345, 12345), 0);
	refuses(rig, CCCD_ERR_POLICY_CONFIG, rig->dir, "somebody else");
	assert_int_equal(chown(rig->dir, 0, 0), 0);
}

static void registry_load_refuses_links_and_pipes(void **state)
{
	struct rig *rig = *state;
	char path[PATH_LEN];

	(void)put_party(rig, "elsewhere", "a", "https://a.example", 1);
	(void)snprintf(path, sizeof(path), "%s/a.json", rig->dir);
	assert_int_equal(symlink(rig->files[0], path), 0);
	refuses(rig, CCCD_ERR_USAGE_FILE, "a.json", "");
	assert_int_equal(unlink(path), 0);
	/* Nobody writes into it: it must not be waited for. */
	assert_int_equal(mkfifo(path, 0600), 0);
	refuses(rig, CCCD_ERR_POLICY_CONFIG, "a.json", "not a plain file");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	refuses(rig, CCCD_ERR_POLICY_CONFIG, "a.json", "not a plain file");
	assert_int_equal(rmdir(path), 0);
}

static void registry_load_refuses_too_much(void **state)
{
	struct rig *rig = *state;
	char *text = malloc(RP_FILE_MAX + 2);

	assert_non_null(text);
	memset(text, ' ', RP_FILE_MAX + 1);
	text[RP_FILE_MAX + 1] = '\0';
	(void)put(rig, "a.json", text);
	refuses(rig, CCCD_ERR_POLICY_CONFIG, "a.json", "larger than");
	free(text);
	(void)put_party(rig, "a.json", "a", "https://a.example", 1);
	for (unsigned int i = 0; i < REGISTRY_PARTIES_MAX; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "%u.json", i);
		(void)put(rig, name, "{}");
	}
	refuses(rig, CCCD_ERR_POLICY_CONFIG, "more than", "relying parties");
}

static void registry_load_tells_a_missing_directory(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(rmdir(rig->dir), 0);
	refuses(rig, CCCD_ERR_USAGE_FILE, rig->dir, "");
}

/* As on SIGHUP: who holds the old one is not disturbed. */
static void registry_outlives_its_files_and_its_successor(void **state)
{
	struct rig *rig = *state;
	struct registry *old = NULL;
	struct registry *held = NULL;
	struct registry *again = NULL;

	(void)put_party(rig, "a.json", "a", "https://a.example", 1);
	old = load(rig);
	held = registry_ref(old);
	(void)put_party(rig, "a.json", "b", "https://b.example", 1);
	again = load(rig);
	registry_unref(old);
	assert_string_equal(registry_at(held, 0)->id, "a");
	assert_string_equal(registry_at(again, 0)->id, "b");
	(void)put(rig, "a.json", "{}");
	refuses(rig, CCCD_ERR_POLICY_CONFIG, "a.json", "");
	assert_string_equal(registry_at(again, 0)->id, "b");
	registry_unref(held);
	registry_unref(again);
}

#define RIGGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(registry_load_takes_files_in_the_order_of_names),
		RIGGED(registry_load_takes_an_empty_directory),
		RIGGED(registry_finds_exact_matches_only),
		RIGGED(registry_load_refuses_what_stands_in_two_files),
		RIGGED(registry_load_names_file_line_and_reason),
		RIGGED(registry_load_refuses_keys_that_are_none),
		RIGGED(registry_load_refuses_what_others_can_write),
		RIGGED(registry_load_refuses_somebody_elses_files),
		RIGGED(registry_load_refuses_links_and_pipes),
		RIGGED(registry_load_refuses_too_much),
		RIGGED(registry_load_tells_a_missing_directory),
		RIGGED(registry_outlives_its_files_and_its_successor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
