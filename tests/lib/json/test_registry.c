/* SPDX-License-Identifier: Apache-2.0 */
/* Relying parties: what a file means, where it is bad, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "lib/json/registry.h"
#include "lib/json/result.h"

static const char whole[] =
        "{\n"
        "  \"schema\": \"urn:cccd:relying-party:1\",\n"
        "  \"id\": \"a.example\",\n"
        "  \"origins\": [\"https://a.example\", \"http://localhost:1\"],\n"
        "  \"local_uids\": [1000],\n"
        "  \"request_mode\": \"signed\",\n"
        "  \"jwks\": {\"keys\": [{\"kty\": \"OKP\", \"x\": \"AA\"}]},\n"
        "  \"scopes_max\": [\"id\", \"age_over_18\", \"pairwise_id\"],\n"
        "  \"purposes\": [\"kcb\", \"kcb-2\"],\n"
        "  \"consent\": \"prompt\",\n"
        "  \"access_key_from\": [\"agent\", \"scanner\"],\n"
        "  \"audiences\": [{\"name\": \"his\", \"aud\": \"urn:his\"}],\n"
        "  \"formats\": [\"jwt\"],\n"
        "  \"renderings\": [\"bhyt\"],\n"
        "  \"profile\": \"kiosk\",\n"
        "  \"quota_per_hour\": 60\n"
        "}\n";

static const char least[] =
        "{\"schema\": \"urn:cccd:relying-party:1\", \"id\": \"a\", "
        "\"local_uids\": [0], \"request_mode\": \"origin\", "
        "\"scopes_max\": [\"id\"], \"purposes\": [\"p\"], "
        "\"consent\": \"none\"}";

static struct json_relying_party *party_of(const char *text)
{
	struct json_relying_party *party = NULL;

	assert_int_equal(
	        json_relying_party_parse(span_text(text), NULL, &party),
	        CCCD_OK);
	assert_non_null(party);
	return party;
}

static void is_whole(const struct json_relying_party *party)
{
	assert_string_equal(party->id, "a.example");
	assert_int_equal(party->origin_count, 2);
	assert_string_equal(party->origins[0], "https://a.example");
	assert_string_equal(party->origins[1], "http://localhost:1");
	assert_int_equal(party->uid_count, 1);
	assert_int_equal(party->uids[0], 1000);
	assert_int_equal(party->request_mode, JSON_REQUEST_SIGNED);
	assert_string_equal(party->jwks,
	                    "{\"keys\":[{\"kty\":\"OKP\",\"x\":\"AA\"}]}");
	assert_int_equal(party->scopes_max.bits,
	                 JSON_SCOPE_ID | JSON_SCOPE_PAIRWISE_ID);
	assert_true(json_scopes_has_age(&party->scopes_max, 18));
	assert_int_equal(party->purpose_count, 2);
	assert_string_equal(party->purposes[1], "kcb-2");
	assert_int_equal(party->consent, JSON_CONSENT_PROMPT);
	assert_int_equal(party->key_from, JSON_KEY_AGENT | JSON_KEY_SCANNER);
	assert_int_equal(party->audience_count, 1);
	assert_string_equal(party->audiences[0].name, "his");
	assert_string_equal(party->audiences[0].aud, "urn:his");
	assert_int_equal(party->formats, JSON_FORMAT_JWT);
	assert_int_equal(party->renderings, JSON_RENDER_BHYT);
	assert_string_equal(party->profile, "kiosk");
	assert_int_equal(party->quota_per_hour, 60);
}

static void relying_party_parse_fills_every_member(void **state)
{
	struct json_relying_party *party = party_of(whole);

	(void)state;
	is_whole(party);
	json_relying_party_free(party);
	json_relying_party_free(NULL);
}

static void relying_party_parse_knows_its_defaults(void **state)
{
	struct json_relying_party *party = party_of(least);

	(void)state;
	assert_int_equal(party->origin_count, 0);
	assert_null(party->jwks);
	assert_int_equal(party->key_from, JSON_KEY_FRONT_END);
	assert_int_equal(party->formats, JSON_FORMAT_JSON | JSON_FORMAT_JWT);
	assert_int_equal(party->renderings, 0);
	assert_int_equal(party->audience_count, 0);
	assert_string_equal(party->profile, "counter");
	assert_int_equal(party->quota_per_hour, RP_QUOTA_DEFAULT);
	json_relying_party_free(party);
}

static void relying_party_text_comes_back_the_same(void **state)
{
	static const char *const texts[] = { whole, least };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct json_relying_party *party = party_of(texts[i]);
		struct json_relying_party *again = NULL;
		char *text = NULL;
		char *twice = NULL;

		assert_int_equal(json_relying_party_text(party, NULL, &text),
		                 CCCD_OK);
		again = party_of(text);
		if (texts[i] == whole)
			is_whole(again);
		assert_int_equal(json_relying_party_text(again, NULL, &twice),
		                 CCCD_OK);
		assert_string_equal(text, twice);
		json_text_free(text);
		json_text_free(twice);
		json_relying_party_free(party);
		json_relying_party_free(again);
	}
}

static void relying_party_text_writes_nothing_bad(void **state)
{
	struct json_relying_party *party = party_of(least);
	struct cccd_error error = { .tries_left = -1 };
	char *text = NULL;

	(void)state;
	(void)snprintf(party->id, sizeof(party->id), "A");
	assert_int_equal(json_relying_party_text(party, &error, &text),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_null(text);
	assert_non_null(strstr(error.text, "\"id\""));
	json_relying_party_free(party);
}

/* @was of the whole file becomes @is; the message must have these words. */
static void relying_party_parse_names_line_member_and_reason(void **state)
{
	static const struct {
		const char *was;
		const char *is;
		const char *words[3];
	} rows[] = {
		{ "https://a.example",
		  "https://a.example/",
		  { "line 4:", "\"origins\"", "final slash" } },
		{ "https://a.example",
		  "https://*.example",
		  { "line 4:", "\"origins\"", "patterns" } },
		{ "http://localhost:1",
		  "http://a.example",
		  { "line 4:", "\"origins\"", "http is only for" } },
		{ "\"signed\"",
		  "\"open\"",
		  { "line 6:", "\"request_mode\"", "neither" } },
		{ "\"x\": \"AA\"",
		  "\"d\": \"AA\"",
		  { "line 7:", "\"jwks\"", "private key" } },
		{ "\"pairwise_id\"",
		  "\"name\"",
		  { "line 8:", "\"scopes_max\"", "not known" } },
		{ "\"profile\"",
		  "\"Profile\"",
		  { "line 15:", "\"Profile\"", "no such member" } },
		{ ": 60", ": 0", { "line 16:", "\"quota_per_hour\"", "1 to" } },
		{ "\"consent\": \"prompt\",",
		  "",
		  { "line 1:", "\"consent\"", "missing" } },
		{ "\"kiosk\",", "\"kiosk\"", { "line 16", "JSON", "" } },
		{ "\"profile\"", "\"id\"", { "\"id\"", "stands twice", "" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_relying_party *party = NULL;
		struct cccd_error error = { .tries_left = -1 };
		const char *at = strstr(whole, rows[i].was);
		char text[2048];

		assert_non_null(at);
		(void)snprintf(text, sizeof(text), "%.*s%s%s",
		               (int)(at - whole), whole, rows[i].is,
		               at + strlen(rows[i].was));
		assert_int_equal(json_relying_party_parse(span_text(text),
		                                          &error, &party),
		                 CCCD_ERR_POLICY_CONFIG);
		assert_null(party);
		for (size_t j = 0; j < 3; j++)
			if (strstr(error.text, rows[i].words[j]) == NULL) {
				print_error("%s: %s\n", rows[i].is, error.text);
				assert_true(false);
			}
	}
}

static void scopes_next_tells_every_name_once(void **state)
{
	char name[JSON_SCOPE_NAME_MAX] = "";
	struct json_scopes scopes = { 0 };
	struct json_scopes again = { 0 };
	unsigned int count = 0;
	unsigned int at = 0;

	(void)state;
	scopes.bits = 0x1FF;
	for (unsigned int age = JSON_AGE_LEAST; age <= JSON_AGE_MOST; age++) {
		(void)snprintf(name, sizeof(name), "age_over_%u", age);
		assert_true(json_scopes_add(&scopes, name));
		assert_false(json_scopes_add(&scopes, name));
	}
	while (json_scopes_next(&scopes, &at, name)) {
		assert_true(json_scopes_add(&again, name));
		count++;
	}
	assert_int_equal(count, 9 + 120);
	assert_memory_equal(&scopes, &again, sizeof(scopes));
	scopes = json_scopes_without(&scopes, &again);
	assert_true(json_scopes_empty(&scopes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relying_party_parse_fills_every_member),
		cmocka_unit_test(relying_party_parse_knows_its_defaults),
		cmocka_unit_test(relying_party_text_comes_back_the_same),
		cmocka_unit_test(relying_party_text_writes_nothing_bad),
		cmocka_unit_test(
		        relying_party_parse_names_line_member_and_reason),
		cmocka_unit_test(scopes_next_tells_every_name_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
