/* SPDX-License-Identifier: Apache-2.0 */
/* cccd rp: registering who may use the service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cjson/cJSON.h>

#include <cmocka.h>
#undef fail

#include "base/file.h"
#include "lib/json/registry.h"
#include "tests/e2e/call.h"

enum { WORDS_MAX = 20, PATH_LEN = 128 };

/* "%" in a call is @dir, which the program makes; "@x" a file beside it. */
struct rig {
	char files[64];
	char dir[80];
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	make_directory(rig->files);
	(void)snprintf(rig->dir, sizeof(rig->dir), "%s/rp.d", rig->files);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	remove_directory(rig->files);
	free(rig);
	return 0;
}

static void put(const struct rig *rig, const char *name, const char *text)
{
	char path[PATH_LEN];

	(void)snprintf(path, sizeof(path), "%s/%s", rig->files, name);
	assert_int_equal(file_write(path, span_text(text), NULL), CCCD_OK);
}

static struct answer *run(const struct rig *rig, const char *language,
                          const char *const words[WORDS_MAX])
{
	struct call call = { .language = language };
	char path[PATH_LEN];

	call.args[0] = "rp";
	for (size_t i = 0; i < WORDS_MAX && words[i] != NULL; i++) {
		call.args[i + 1] = words[i];
		if (strcmp(words[i], "%") == 0)
			call.args[i + 1] = rig->dir;
		if (words[i][0] != '@')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", rig->files,
		               words[i] + 1);
		call.args[i + 1] = path;
	}
	return call_run(&call);
}

/* Exit code, and what stands in standard output and in standard error. */
static void expect(const struct rig *rig, const char *const words[WORDS_MAX],
                   int status, const char *out, const char *err)
{
	struct answer *answer = run(rig, "en", words);
	bool good = answer->status == status &&
	            (out != NULL ? strstr(answer->out, out) != NULL
	                         : answer->out[0] == '\0') &&
	            (err != NULL ? strstr(answer->err, err) != NULL
	                         : answer->err[0] == '\0');

	if (!good)
		print_error("%s: exit %d (not %d)\n%s%s", words[0],
		            answer->status, status, answer->out, answer->err);
	call_free(answer);
	assert_true(good);
}

#define EXPECT(rig, status, out, err, ...)                                     \
	expect((rig), (const char *const[WORDS_MAX]){ __VA_ARGS__ }, (status), \
	       (out), (err))

/* The least that a registration takes. */
#define LEAST                                                                  \
	"--origin", "https://a.example", "--scopes", "id", "--purpose", "kcb", \
	        "--dir", "%"

/* The party that the daemon would see in this file. */
static struct json_relying_party *party_of(const struct rig *rig,
                                           const char *name)
{
	struct json_relying_party *party = NULL;
	struct cccd_error error = { .tries_left = -1 };
	BUF text = buf_make(RP_FILE_MAX);
	char path[PATH_LEN];
	struct stat facts;

	(void)snprintf(path, sizeof(path), "%s/%s", rig->dir, name);
	assert_int_equal(file_read(path, NULL, &text), CCCD_OK);
	assert_int_equal(
	        json_relying_party_parse(buf_span(&text), &error, &party),
	        CCCD_OK);
	/* The daemon is another user, and nobody else may write it. */
	assert_int_equal(stat(path, &facts), 0);
	assert_int_equal(facts.st_mode & 07777, 0644);
	assert_int_equal(stat(rig->dir, &facts), 0);
	assert_int_equal(facts.st_mode & 022, 0);
	return party;
}

static void add_writes_what_the_daemon_reads(void **state)
{
	const struct rig *rig = *state;
	struct json_relying_party *party = NULL;

	put(rig, "keys.json",
	    "{\n \"keys\": [{\"kty\": \"EC\", \"x\": \"AA\"}]\n}\n");
	EXPECT(rig, 0, "systemctl reload cccdd", NULL, "add", "his.example",
	       "--origin", "https://his.example", "--origin",
	       "http://localhost:3000", "--scopes", "id,portrait,age_over_18",
	       "--purpose", "kcb,kcb-2", "--jwks", "@keys.json", "--audience",
	       "his=https://his.example/a=b", "--rendering", "bhyt,fhir",
	       "--quota", "60", "--dir", "%");
	party = party_of(rig, "his.example.json");
	assert_string_equal(party->id, "his.example");
	assert_int_equal(party->origin_count, 2);
	assert_string_equal(party->origins[1], "http://localhost:3000");
	assert_true(json_scopes_has_age(&party->scopes_max, 18));
	assert_int_equal(party->purpose_count, 2);
	assert_int_equal(party->request_mode, JSON_REQUEST_SIGNED);
	assert_non_null(strstr(party->jwks, "\"EC\""));
	assert_string_equal(party->audiences[0].name, "his");
	assert_string_equal(party->audiences[0].aud, "https://his.example/a=b");
	assert_int_equal(party->consent, JSON_CONSENT_OPERATOR);
	assert_int_equal(party->key_from, JSON_KEY_FRONT_END);
	assert_int_equal(party->quota_per_hour, 60);
	json_relying_party_free(party);
}

static void add_takes_every_choice(void **state)
{
	const struct rig *rig = *state;
	struct json_relying_party *party = NULL;

	EXPECT(rig, 0, "only where the law says so", NULL, "add", "kiosk",
	       "--local-user", "root", "--local-user", "1000", "--scopes",
	       "valid_document", "--purpose", "gate", "--consent", "none",
	       "--mode", "origin", "--key-from", "agent,scanner", "--format",
	       "json", "--dir", "%");
	party = party_of(rig, "kiosk.json");
	assert_int_equal(party->uid_count, 2);
	assert_int_equal(party->uids[0], 0);
	assert_int_equal(party->uids[1], 1000);
	assert_int_equal(party->consent, JSON_CONSENT_NONE);
	assert_int_equal(party->request_mode, JSON_REQUEST_ORIGIN);
	assert_int_equal(party->key_from, JSON_KEY_AGENT | JSON_KEY_SCANNER);
	assert_int_equal(party->formats, JSON_FORMAT_JSON);
	json_relying_party_free(party);
}

static void add_tells_of_a_weaker_mode(void **state)
{
	const struct rig *rig = *state;

	EXPECT(rig, 0, "--mode signed is better", NULL, "add", "a", LEAST);
}

static void add_refuses_what_the_daemon_would_refuse(void **state)
{
	static const struct {
		const char *words[6];
		const char *reason;
	} rows[] = {
		{ { "--origin", "https://a.example/" }, "final slash" },
		{ { "--origin", "http://a.example" }, "http is only for" },
		{ { "--origin", "https://*.example" }, "patterns" },
		{ { "--origin", "https://a.example" }, "stands twice" },
		{ { "--scopes", "all" }, "no such scope" },
		{ { "--scopes", "id" }, "stands twice" },
		{ { "--scopes", "portrait,,raw" }, "empty" },
		{ { "--purpose", "A b" }, "\"purposes\"" },
		{ { "--consent", "implied" }, "operator, prompt or none" },
		{ { "--mode", "open" }, "neither origin nor signed" },
		{ { "--mode", "signed" }, "\"jwks\"" },
		{ { "--jwks", "@nowhere" }, "cannot be read" },
		{ { "--jwks", "@private.json" }, "private key" },
		{ { "--jwks", "@rubbish" }, "JSON" },
		{ { "--jwks", "@smuggler" }, "stands twice" },
		{ { "--audience", "his" }, "NAME=AUD" },
		{ { "--audience", "His=x" }, "\"audiences\"" },
		{ { "--key-from", "web" }, "front_end" },
		{ { "--format", "xml" }, "json nor jwt" },
		{ { "--rendering", "hl7" }, "no such rendering" },
		{ { "--profile", "../x" }, "\"profile\"" },
		{ { "--quota", "0" }, "from 1 to 100000" },
		{ { "--quota", "1e3" }, "from 1 to 100000" },
		{ { "--local-user", "no such user" }, "no such user" },
		{ { "--local-user", "4294967295" }, "no such user" },
		{ { "--local-user", "-1" }, "no such user" },
		{ { "--colour" }, "not valid" },
		{ { "another" }, "exactly one ID" },
	};
	const struct rig *rig = *state;

	put(rig, "private.json",
	    "{\"keys\": [{\"kty\": \"EC\", \"d\": \"AA\"}]}");
	put(rig, "rubbish", "keys");
	put(rig, "smuggler",
	    "{\"keys\": [{\"kty\": \"EC\"}]}, \"quota_per_hour\": 1");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *words[WORDS_MAX] = { "add", "a", LEAST };

		for (size_t j = 0; rows[i].words[j] != NULL; j++)
			words[10 + j] = rows[i].words[j];
		print_message("%s %s\n", words[10],
		              words[11] != NULL ? words[11] : "");
		expect(rig, words, 1, NULL, rows[i].reason);
	}
	/* Nothing of all that was written. */
	EXPECT(rig, 1, NULL, "[file_error]", "list", "--dir", "%");
}

static void add_wants_the_least(void **state)
{
	const struct rig *rig = *state;

	EXPECT(rig, 1, NULL, "exactly one ID", "add", LEAST);
	EXPECT(rig, 1, NULL, "\"id\"", "add", "A", LEAST);
	EXPECT(rig, 1, NULL, "--scopes is needed", "add", "a", "--origin",
	       "https://a.example", "--purpose", "p");
	EXPECT(rig, 1, NULL, "--purpose is needed", "add", "a", "--origin",
	       "https://a.example", "--scopes", "id");
	EXPECT(rig, 1, NULL, "--origin or --local-user", "add", "a", "--scopes",
	       "id", "--purpose", "p");
	EXPECT(rig, 1, NULL, "rp frobnicate", "frobnicate");
	EXPECT(rig, 1, NULL, "add, list or remove", NULL);
	EXPECT(rig, 1, NULL, "rp add only", "list", "--quota", "5");
	EXPECT(rig, 0, "Usage: cccd rp add", NULL, "--help");
	EXPECT(rig, 0, "Usage: cccd rp add", NULL, "add", "--help");
}

static void add_never_writes_over_another(void **state)
{
	const struct rig *rig = *state;
	struct json_relying_party *party = NULL;

	EXPECT(rig, 0, "Written", NULL, "add", "a", LEAST);
	EXPECT(rig, 1, NULL, "is registered, --replace", "add", "a", LEAST);
	EXPECT(rig, 1, NULL, "origin is already that of", "add", "b", LEAST);
	EXPECT(rig, 0, "Replaced", NULL, "add", "a", LEAST, "--quota", "7",
	       "--replace");
	party = party_of(rig, "a.json");
	assert_int_equal(party->quota_per_hour, 7);
	json_relying_party_free(party);
	/* Under whatever name it stands. */
	EXPECT(rig, 0, "Removed", NULL, "remove", "a", "--dir", "%");
	EXPECT(rig, 0, "Written", NULL, "add", "b", LEAST);
}

static void list_shows_all_in_words_and_json(void **state)
{
	static const char *const words[WORDS_MAX] = { "list", "--json", "--dir",
		                                      "%" };
	const struct rig *rig = *state;
	struct answer *answer = NULL;
	cJSON *root = NULL;
	const cJSON *all = NULL;

	EXPECT(rig, 0, "\"kcb\"", NULL, "add", "b", LEAST, "--json");
	EXPECT(rig, 0, "Written", NULL, "add", "a", "--local-user", "5",
	       "--scopes", "address,age_over_60", "--purpose", "p", "--dir",
	       "%");
	EXPECT(rig, 0, "scopes: address age_over_60\n", NULL, "list", "--dir",
	       "%");
	EXPECT(rig, 0, "origin: https://a.example\n", NULL, "list", "--dir",
	       "%");
	EXPECT(rig, 0, "local user: 5\n", NULL, "list", "--dir", "%");
	answer = run(rig, NULL, words);
	assert_int_equal(answer->status, 0);
	root = call_json(answer);
	assert_string_equal(json_text_at(root, "schema"),
	                    "urn:cccd:relying-party-list:1");
	all = cJSON_GetObjectItemCaseSensitive(root, "relying_parties");
	assert_int_equal(cJSON_GetArraySize(all), 2);
	assert_string_equal(json_text_at(cJSON_GetArrayItem(all, 0), "id"),
	                    "a");
	assert_string_equal(json_text_at(cJSON_GetArrayItem(all, 1), "id"),
	                    "b");
	cJSON_Delete(root);
	call_free(answer);
}

static void list_tells_what_keeps_the_daemon_from_starting(void **state)
{
	const struct rig *rig = *state;
	struct json_relying_party *party = NULL;

	EXPECT(rig, 0, "Written", NULL, "add", "a", LEAST);
	put(rig, "rp.d/bad.json", "{\n\"id\": 1\n}");
	EXPECT(rig, 5, "https://a.example", "bad.json: line", "list", "--dir",
	       "%");
	/* A bad file goes by its name. */
	EXPECT(rig, 0, "bad.json", NULL, "remove", "bad", "--dir", "%");
	EXPECT(rig, 0, "https://a.example", NULL, "list", "--dir", "%");
	/* A copy by hand has the same caller twice. */
	party = party_of(rig, "a.json");
	json_relying_party_free(party);
	put(rig, "rp.d/copy.json",
	    "{\"schema\": \"urn:cccd:relying-party:1\", \"id\": \"c\", "
	    "\"origins\": [\"https://a.example\"], \"request_mode\": "
	    "\"origin\", \"scopes_max\": [\"id\"], \"purposes\": [\"p\"], "
	    "\"consent\": \"operator\"}");
	EXPECT(rig, 5, "https://a.example", "a.json, copy.json: origin", "list",
	       "--dir", "%");
}

static void remove_takes_away_what_is_there(void **state)
{
	const struct rig *rig = *state;

	EXPECT(rig, 1, NULL, "[file_error]", "remove", "a", "--dir", "%");
	EXPECT(rig, 0, "Written", NULL, "add", "a", LEAST);
	EXPECT(rig, 1, NULL, "is not registered", "remove", "b", "--dir", "%");
	EXPECT(rig, 1, NULL, "exactly one ID", "remove", "--dir", "%");
	EXPECT(rig, 0, "systemctl reload cccdd", NULL, "remove", "a", "--dir",
	       "%");
	EXPECT(rig, 0, "Nobody is registered.", NULL, "list", "--dir", "%");
}

static void every_verb_speaks_vietnamese(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *out;
		const char *err;
	} rows[] = {
		{ { "--help" }, "Cách dùng: cccd rp add TÊN", "" },
		{ { "add", "a", LEAST }, "Đã ghi", "" },
		{ { "add", "a", LEAST }, "", "đã đăng ký rồi" },
		{ { "add", "b", LEAST }, "", "đã thuộc về" },
		{ { "list", "--dir", "%" }, "trang: https://a.example", "" },
		{ { "remove", "a", "--dir", "%" }, "Đã xoá", "" },
		{ { "remove", "a", "--dir", "%" }, "", "chưa đăng ký" },
		{ { "list", "--dir", "%" }, "Chưa có đăng ký nào.", "" },
		{ { "add" }, "", "cần đúng một TÊN" },
	};
	const struct rig *rig = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct answer *answer = run(rig, NULL, rows[i].words);

		assert_non_null(strstr(answer->out, rows[i].out));
		assert_non_null(strstr(answer->err, rows[i].err));
		assert_int_equal(answer->status, rows[i].err[0] != '\0');
		call_free(answer);
	}
}

#define RIGGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(add_writes_what_the_daemon_reads),
		RIGGED(add_takes_every_choice),
		RIGGED(add_tells_of_a_weaker_mode),
		RIGGED(add_refuses_what_the_daemon_would_refuse),
		RIGGED(add_wants_the_least),
		RIGGED(add_never_writes_over_another),
		RIGGED(list_shows_all_in_words_and_json),
		RIGGED(list_tells_what_keeps_the_daemon_from_starting),
		RIGGED(remove_takes_away_what_is_there),
		RIGGED(every_verb_speaks_vietnamese),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
