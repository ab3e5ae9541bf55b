/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts, evidence and files of whole reads through the real program. */
#include "tests/e2e/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include "base/macros.h"
#include "tests/sim/sim_card.h"

enum { PATH_LEN = 128 };

/**
 * struct verdict - a card and what must come out.
 * @trusted: the specimen trust is given
 * @status:  exit code of reading and of proving again
 */
struct verdict {
	const char *card;
	bool trusted;
	int status;
	const char *overall;
};

static const struct verdict verdicts[] = {
	{ "cccd-2021", true, 0, "successful" },
	{ "cccd-2021", false, 10, "undetermined" },
	{ "cancuoc-2024-adult", true, 0, "successful" },
	{ "bad-dg1-edited", true, 11, "failed" },
	{ "bac-only", true, 0, "successful" },
	{ "bad-dg13-edited", false, 11, "failed" },
	{ "pace-cam", true, 0, "successful" },
	{ "bad-clone-aa", true, 11, "failed" },
	{ "aa-rsa-2048", true, 0, "successful" },
	{ "bad-clone-ca", true, 11, "failed" },
	{ "bad-ds-unknown", true, 11, "failed" },
	{ "bad-dg14-stripped", true, 11, "failed" },
	{ "bad-sod-message-digest", true, 11, "failed" },
	{ "bad-sod-signature", true, 11, "failed" },
};

static struct desk desk;
static char directory[64];

static void path_of(char path[static PATH_LEN], const char *name)
{
	(void)snprintf(path, PATH_LEN, "%s/%s", directory, name);
}

/* The key that the holder of any of these cards could give. */
static const char *key_option(const char *card)
{
	return strcmp(card, "bac-only") == 0 ? "--mrz" : "--id-number";
}

static const char *key_value(const char *card)
{
	if (strcmp(card, "bac-only") == 0)
		return "199000001499010183901016";
	return strcmp(card, "cancuoc-2024-adult") == 0 ? "079095000003"
	                                               : "001199000001";
}

static struct answer *read_card(const struct verdict *row, const char *reader,
                                const char *evidence)
{
	const struct call call = {
		.args = { "read", "--json", "--quiet", "--reader", reader,
		          "--evidence", evidence, key_option(row->card),
		          key_value(row->card),
		          row->trusted ? "--demo-trust" : NULL, desk_trust() },
	};

	return call_run(&call);
}

static struct answer *verify(const char *evidence, bool trusted)
{
	const struct call call = {
		.args = { "verify", evidence, "--json",
		          trusted ? "--demo-trust" : NULL, desk_trust() },
	};

	return call_run(&call);
}

/* Checks whose words stand as recorded: what was typed is not kept, and what
 * the chip proved to the reader proves nothing to others. */
static bool is_recorded(const char *check, const char *verdict)
{
	if (strcmp(check, "mrz_consistency") == 0)
		return true;
	return strcmp(verdict, "successful") == 0 &&
	       (strcmp(check, "chip_authentication") == 0 ||
	        strcmp(check, "pace_cam") == 0 ||
	        strcmp(check, "chip_genuineness") == 0);
}

/* Words and reasons of every check; its time is the machine's. */
static void same_checks(const char *card, const cJSON *live, const cJSON *again)
{
	static const char *const members[] = { "verdict", "mode", "reason" };
	const cJSON *list = cJSON_GetObjectItem(live, "checks");
	const cJSON *others = cJSON_GetObjectItem(again, "checks");

	assert_true(cJSON_GetArraySize(list) > 15);
	assert_int_equal(cJSON_GetArraySize(list), cJSON_GetArraySize(others));
	for (const cJSON *check = list->child; check != NULL;
	     check = check->next) {
		const cJSON *other = cJSON_GetObjectItem(others, check->string);
		bool told = is_recorded(check->string,
		                        json_text_at(check, "verdict"));

		assert_non_null(other);
		for (size_t i = 0; i < ARRAY_LEN(members) - told; i++) {
			const char *was = json_text_at(check, members[i]);
			const char *is = json_text_at(other, members[i]);

			if (strcmp(was, is) != 0)
				print_error("%s: %s.%s: %s, again %s\n", card,
				            check->string, members[i], was, is);
			assert_string_equal(was, is);
		}
	}
}

static void same_member(const cJSON *live, const cJSON *again, const char *name)
{
	char *was = cJSON_PrintUnformatted(cJSON_GetObjectItem(live, name));
	char *is = cJSON_PrintUnformatted(cJSON_GetObjectItem(again, name));

	if (was == NULL || is == NULL || strcmp(was, is) != 0)
		print_error("%s: %s, again %s\n", name,
		            was == NULL ? "absent" : was,
		            is == NULL ? "absent" : is);
	assert_non_null(was);
	assert_non_null(is);
	assert_string_equal(was, is);
	cJSON_free(was);
	cJSON_free(is);
}

static void compare(const char *card, const struct answer *read,
                    const struct answer *again)
{
	static const char *const same[] = { "data_groups", "clone_suspicion",
		                            "identity", "evidence",
		                            "transaction" };
	cJSON *live = call_json(read);
	cJSON *offline = call_json(again);

	assert_string_equal(json_text_at(live, "overall"),
	                    json_text_at(offline, "overall"));
	assert_int_equal(cJSON_HasObjectItem(live, "specimen"),
	                 cJSON_HasObjectItem(offline, "specimen"));
	same_checks(card, live, offline);
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		same_member(live, offline, same[i]);
	cJSON_Delete(live);
	cJSON_Delete(offline);
}

static void check_verdict(const struct verdict *row, const char *reader)
{
	char evidence[PATH_LEN];
	struct answer *live = NULL;
	struct answer *again = NULL;
	struct stat stat_of = { 0 };
	cJSON *root = NULL;

	path_of(evidence, row->card);
	live = read_card(row, reader, evidence);
	if (live->status != row->status)
		(void)fprintf(stderr, "%s: exit %d: %s%s\n", row->card,
		              live->status, live->out, live->err);
	assert_int_equal(live->status, row->status);
	root = call_json(live);
	assert_string_equal(json_text_at(root, "overall"), row->overall);
	cJSON_Delete(root);
	assert_int_equal(stat(evidence, &stat_of), 0);
	assert_int_equal(stat_of.st_mode & 07777, 0600);

	again = verify(evidence, row->trusted);
	assert_int_equal(again->status, row->status);
	compare(row->card, live, again);
	call_free(live);
	call_free(again);
}

/* [contracts, Exit codes] and [contracts, evidence]: the same verdict by
 * the card and by what was saved of it. */
static void exit_code_and_evidence_agree_with_the_card(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i += 2) {
		desk_lay(&desk, verdicts[i].card, verdicts[i + 1].card);
		check_verdict(&verdicts[i], DESK_SLOT_0);
		check_verdict(&verdicts[i + 1], DESK_SLOT_1);
	}
}

static void write_text(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* The place of a file's bytes in the evidence. */
static char *bytes_of(char *text, const char *name)
{
	char quoted[32];
	char *at = strstr(text, "\"files\"");

	(void)snprintf(quoted, sizeof(quoted), "\"%s\"", name);
	assert_non_null(at);
	at = strstr(at, quoted);
	assert_non_null(at);
	at = strstr(at, "\"bytes\"");
	assert_non_null(at);
	at = strchr(strchr(at, ':'), '"');
	assert_non_null(at);
	return at + 1;
}

/* Evidence that somebody touched says failed, or is refused. */
static void edited_evidence_is_caught(void **state)
{
	static const char *const files[] = { "dg1", "dg2", "dg13" };
	static const struct verdict row = { "cccd-2021", true, 0, NULL };
	char path[PATH_LEN];
	char *text = NULL;
	size_t len = 0;

	(void)state;
	path_of(path, "edited");
	desk_lay(&desk, row.card, NULL);
	call_free(read_card(&row, DESK_SLOT_0, path));
	text = file_text(path, &len);
	assert_non_null(text);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char *at = bytes_of(text, files[i]) + 40;
		char was = *at;
		struct answer *answer = NULL;

		*at = was == 'A' ? 'B' : 'A';
		write_text(path, text, len);
		*at = was;
		answer = verify(path, true);
		assert_int_equal(answer->status, 11);
		call_free(answer);
	}
	for (size_t cut = 1; cut < len; cut += len / 16) {
		struct answer *answer = NULL;

		write_text(path, text, len - cut);
		answer = verify(path, true);
		/* The last bytes are white space. */
		if (cut > 4)
			assert_int_equal(answer->status, 5);
		call_free(answer);
	}
	free(text);
}

/* [contracts, Evidence] what was proven with one store is not with none. */
static void evidence_says_so_without_its_store(void **state)
{
	static const struct verdict row = { "cccd-2021", true, 0, NULL };
	char path[PATH_LEN];
	struct answer *answer = NULL;
	cJSON *root = NULL;

	(void)state;
	path_of(path, "alone");
	desk_lay(&desk, row.card, NULL);
	call_free(read_card(&row, DESK_SLOT_0, path));
	answer = verify(path, false);
	root = call_json(answer);
	assert_int_equal(answer->status, 10);
	assert_string_equal(
	        json_text_at(root, "checks.ds_certificate.trust.reason"),
	        "issuer_unknown");
	cJSON_Delete(root);
	call_free(answer);
}

static void check_file(const struct sim_card *card, const char *folder,
                       const char *name)
{
	char path[PATH_LEN * 2];
	struct span on_card = sim_card_file(card, name);
	struct stat stat_of = { 0 };
	char *bytes = NULL;
	size_t len = 0;

	(void)snprintf(path, sizeof(path), "%s/%s.bin", folder, name);
	assert_int_equal(stat(path, &stat_of), 0);
	assert_int_equal(stat_of.st_mode & 07777, 0600);
	bytes = file_text(path, &len);
	assert_non_null(bytes);
	assert_int_equal(len, on_card.len);
	assert_memory_equal(bytes, on_card.at, len);
	free(bytes);
}

static bool is_there(const char *folder, const char *name)
{
	char path[PATH_LEN * 2];
	struct stat stat_of = { 0 };

	(void)snprintf(path, sizeof(path), "%s/%s.bin", folder, name);
	return stat(path, &stat_of) == 0;
}

static void out_holds_the_bytes_of_the_card(void **state)
{
	static const char *const names[] = { "dg1", "dg2", "dg13",       "dg14",
		                             "sod", "com", "card_access" };
	char folder[PATH_LEN];
	const struct call call = {
		.args = { "read", "--quiet", "--can", "000001", "--out",
		          folder },
	};
	struct sim_card *card = NULL;
	struct answer *answer = NULL;
	struct stat stat_of = { 0 };

	(void)state;
	path_of(folder, "out");
	desk_lay(&desk, "cccd-2021", NULL);
	answer = call_run(&call);
	assert_int_equal(answer->status, 10);
	call_free(answer);
	assert_int_equal(stat(folder, &stat_of), 0);
	assert_int_equal(stat_of.st_mode & 07777, 0700);
	assert_int_equal(sim_card_load("cccd-2021", NULL, &card), CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		check_file(card, folder, names[i]);
	assert_false(is_there(folder, "dg3"));
	sim_card_free(card);
}

static void groups_limit_what_is_read(void **state)
{
	char folder[PATH_LEN];
	const struct call call = {
		.args = { "read", "--quiet", "--json", "--can", "000001",
		          "--groups", "dg1,dg13", "--out", folder,
		          "--demo-trust", desk_trust() },
	};
	struct answer *answer = NULL;
	cJSON *root = NULL;

	(void)state;
	path_of(folder, "groups");
	desk_lay(&desk, "cccd-2021", NULL);
	answer = call_run(&call);
	root = call_json(answer);
	assert_int_equal(answer->status, 0);
	assert_true(is_there(folder, "dg1"));
	assert_true(is_there(folder, "dg13"));
	assert_false(is_there(folder, "dg2"));
	assert_string_equal(json_text_at(root, "data_groups.dg1"), "identical");
	assert_string_not_equal(json_text_at(root, "data_groups.dg2"),
	                        "identical");
	assert_string_equal(json_text_at(root, "identity.portrait.sha256"), "");
	cJSON_Delete(root);
	call_free(answer);
}

/* The members that a program leans on first; the schema says the rest. */
static void json_says_who_and_how_sure(void **state)
{
	static const struct {
		const char *path;
		const char *value;
	} members[] = {
		{ "schema", "urn:cccd:result:1" },
		{ "overall", "successful" },
		{ "profile", "counter" },
		{ "document.type", "icao-emrtd" },
		{ "document.issuing_state", "VNM" },
		{ "document.application", "A0000002471001" },
		{ "checks.data_groups.verdict", "successful" },
		{ "checks.chip_genuineness.verdict", "successful" },
		{ "identity.id_number", "001199000001" },
		{ "identity.full_name", "Nguyễn Thị Mẫu" },
		{ "identity.date_of_birth", "1999-01-01" },
		{ "identity.date_of_expiry", "2039-01-01" },
		{ "identity.place_of_residence.label", "Nơi thường trú" },
		{ "identity.portrait.format", "jpeg" },
		{ "transport.kind", "pcsc" },
	};
	const struct call call = { .args = { "read", "--quiet", "--json",
		                             "--can", "000001", "--demo-trust",
		                             desk_trust() } };
	struct answer *answer = NULL;
	cJSON *root = NULL;

	(void)state;
	desk_lay(&desk, "cccd-2021", NULL);
	answer = call_run(&call);
	root = call_json(answer);
	assert_int_equal(answer->status, 0);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		assert_string_equal(json_text_at(root, members[i].path),
		                    members[i].value);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(root, "specimen")));
	assert_int_equal(strlen(json_text_at(root, "transaction")), 36);
	cJSON_Delete(root);
	call_free(answer);
}

static int open_desk(void **state)
{
	(void)state;
	make_directory(directory);
	desk_open(&desk, false);
	return 0;
}

static int close_desk(void **state)
{
	(void)state;
	desk_close(&desk);
	remove_directory(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_code_and_evidence_agree_with_the_card),
		cmocka_unit_test(edited_evidence_is_caught),
		cmocka_unit_test(evidence_says_so_without_its_store),
		cmocka_unit_test(out_holds_the_bytes_of_the_card),
		cmocka_unit_test(groups_limit_what_is_read),
		cmocka_unit_test(json_says_who_and_how_sure),
	};

	return cmocka_run_group_tests(tests, open_desk, close_desk);
}
