/* SPDX-License-Identifier: Apache-2.0 */
/* What is granted, what is refused, and what is read for it. */
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

#include "base/file.h"
#include "lib/json/result.h"
#include "service/core/policy.h"
#include "service/core/quota.h"

#define NONCE "0123456789012345678901234567890123456789012"

static const char free_party[] =
        "{\"schema\": \"urn:cccd:relying-party:1\", \"id\": \"free\", "
        "\"origins\": [\"https://free.example\"], \"local_uids\": [1000], "
        "\"request_mode\": \"origin\", \"scopes_max\": [\"id\", "
        "\"demographic\", \"address\", \"family\", \"sensitive\", "
        "\"portrait\", \"raw\", \"valid_document\", \"pairwise_id\", "
        "\"age_over_18\"], \"purposes\": [\"kcb\"], \"consent\": "
        "\"operator\", \"audiences\": [{\"name\": \"his\", \"aud\": "
        "\"urn:his\"}, {\"name\": \"gw\", \"aud\": \"urn:gw\"}], "
        "\"renderings\": [\"bhyt\"], \"profile\": \"kiosk\"}";

/* The key of RFC 7517 A.1. */
static const char strict_party[] =
        "{\"schema\": \"urn:cccd:relying-party:1\", \"id\": \"strict\", "
        "\"origins\": [\"https://strict.example\"], \"request_mode\": "
        "\"signed\", \"jwks\": {\"keys\": [{\"kty\": \"EC\", \"crv\": "
        "\"P-256\", \"x\": \"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\", "
        "\"y\": \"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}, "
        "\"scopes_max\": [\"id\"], \"purposes\": [\"kcb\"], \"consent\": "
        "\"prompt\", \"formats\": [\"jwt\"], \"access_key_from\": "
        "[\"agent\"]}";

static const struct caller free_page = { .door = CALLER_BROWSER,
	                                 .origin = "https://free.example" };
static const struct caller strict_page = { .door = CALLER_BROWSER,
	                                   .origin = "https://strict.example" };

struct rig {
	char dir[64];
	struct registry *registry;
	struct grant grant;
};

static void put(const struct rig *rig, const char *name, const char *text)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", rig->dir, name);
	if (text == NULL)
		(void)unlink(path);
	else
		assert_int_equal(file_write(path, span_text(text), NULL),
		                 CCCD_OK);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	(void)snprintf(rig->dir, sizeof(rig->dir), "/tmp/cccd-rp-XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	put(rig, "a.json", free_party);
	put(rig, "b.json", strict_party);
	assert_int_equal(registry_load(rig->dir, NULL, &rig->registry),
	                 CCCD_OK);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	put(rig, "a.json", NULL);
	put(rig, "b.json", NULL);
	(void)rmdir(rig->dir);
	registry_unref(rig->registry);
	free(rig);
	return 0;
}

/* What page "free" gets for these members, or why it does not. */
static enum cccd_err ask(struct rig *rig, const char *rest)
{
	struct json_request request = { 0 };
	struct cccd_error error = { .tries_left = -1 };
	char text[1024];
	enum cccd_err err = CCCD_OK;

	(void)snprintf(text, sizeof(text),
	               "{\"rp\": \"free\", \"nonce\": \"" NONCE "\", %s}",
	               rest);
	err = json_request_parse(span_text(text), &error, &request);
	if (err != CCCD_OK)
		print_error("%s\n", error.text);
	assert_int_equal(err, CCCD_OK);
	err = policy_decide(rig->registry, &free_page, &request, NULL, &error,
	                    &rig->grant);
	assert_int_equal(error.code, err);
	json_request_release(&request);
	return err;
}

#define KCB "\"purpose\": \"kcb\", \"audience\": \"his\", "

static void decide_grants_what_is_registered(void **state)
{
	struct rig *rig = *state;
	const struct grant *grant = &rig->grant;

	assert_int_equal(ask(rig, KCB "\"scopes\": [\"id\", \"address\"], "
	                              "\"reader\": \"r:1\""),
	                 CCCD_OK);
	assert_string_equal(grant->rp, "free");
	assert_string_equal(grant->origin, "https://free.example");
	assert_string_equal(grant->purpose, "kcb");
	assert_string_equal(grant->nonce, NONCE);
	assert_string_equal(grant->aud, "urn:his");
	assert_string_equal(grant->reader, "r:1");
	assert_string_equal(grant->profile_name, "kiosk");
	assert_int_equal(grant->scopes.bits,
	                 JSON_SCOPE_ID | JSON_SCOPE_ADDRESS);
	assert_int_equal(grant->evidence, JSON_EVIDENCE_DIGEST);
	assert_int_equal(grant->format, JSON_FORMAT_JWT);
	assert_int_equal(grant->formats, JSON_FORMAT_JWT | JSON_FORMAT_JSON);
	assert_int_equal(grant->renderings, JSON_RENDER_BHYT);
	assert_int_equal(grant->consent, JSON_CONSENT_OPERATOR);
	assert_int_equal(grant->key_from, JSON_KEY_FRONT_END);
	assert_int_equal(grant->flags, 0);
	assert_false(grant->is_signed);
}

static void decide_refuses_what_is_not_registered(void **state)
{
	static const struct {
		const char *rest;
		enum cccd_err err;
	} rows[] = {
		{ KCB "\"scopes\": [\"id\", \"age_over_21\"]",
		  CCCD_ERR_SCOPE_NOT_ALLOWED },
		{ KCB "\"scopes\": [\"id\"], \"evidence\": \"raw\"",
		  CCCD_ERR_SCOPE_NOT_ALLOWED },
		{ KCB "\"scopes\": [\"raw\"], \"evidence\": \"digest\"",
		  CCCD_ERR_SCOPE_NOT_ALLOWED },
		{ "\"purpose\": \"kc\", \"audience\": \"his\", "
		  "\"scopes\": [\"id\"]",
		  CCCD_ERR_PURPOSE_NOT_ALLOWED },
		{ "\"purpose\": \"kcb\", \"audience\": \"other\", "
		  "\"scopes\": [\"id\"]",
		  CCCD_ERR_AUDIENCE_NOT_ALLOWED },
		/* Two are registered: which one is not ours to choose. */
		{ "\"purpose\": \"kcb\", \"scopes\": [\"id\"]",
		  CCCD_ERR_AUDIENCE_NOT_ALLOWED },
		/* The value is not the name. */
		{ "\"purpose\": \"kcb\", \"audience\": \"urn.his\", "
		  "\"scopes\": [\"id\"]",
		  CCCD_ERR_AUDIENCE_NOT_ALLOWED },
	};
	struct rig *rig = *state;
	const struct grant none = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memset(&rig->grant, 0xFF, sizeof(rig->grant));
		if (ask(rig, rows[i].rest) != rows[i].err)
			print_error("%s\n", rows[i].rest);
		assert_int_equal(ask(rig, rows[i].rest), rows[i].err);
		assert_memory_equal(&rig->grant, &none, sizeof(none));
	}
}

static void decide_gives_a_named_format_and_no_other(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(
	        ask(rig, KCB "\"scopes\": [\"id\"], \"format\": \"json\""),
	        CCCD_OK);
	assert_int_equal(rig->grant.formats, JSON_FORMAT_JSON);
	assert_int_equal(rig->grant.format, JSON_FORMAT_JSON);
	assert_int_equal(
	        ask(rig, KCB "\"scopes\": [\"id\"], \"format\": \"jwt\""),
	        CCCD_OK);
	assert_int_equal(rig->grant.formats, JSON_FORMAT_JWT);
}

#define BIT CCCD_GROUP_BIT

/* Nothing is read that no scope and no check needs. */
static void decide_reads_only_what_is_needed(void **state)
{
	static const struct {
		const char *scopes;
		uint32_t groups;
		enum json_evidence_level evidence;
	} rows[] = {
		{ "\"id\"", BIT(1) | BIT(12) | BIT(13), JSON_EVIDENCE_DIGEST },
		{ "\"demographic\"", BIT(1) | BIT(11) | BIT(13),
		  JSON_EVIDENCE_NONE },
		{ "\"address\"", BIT(1) | BIT(11) | BIT(13),
		  JSON_EVIDENCE_NONE },
		{ "\"family\"", BIT(1) | BIT(13), JSON_EVIDENCE_NONE },
		{ "\"sensitive\"", BIT(1) | BIT(13), JSON_EVIDENCE_NONE },
		{ "\"portrait\"", BIT(1) | BIT(2), JSON_EVIDENCE_NONE },
		{ "\"valid_document\"", BIT(1) | BIT(13), JSON_EVIDENCE_NONE },
		{ "\"pairwise_id\"", BIT(1) | BIT(13), JSON_EVIDENCE_NONE },
		{ "\"age_over_18\"", BIT(1) | BIT(11) | BIT(13),
		  JSON_EVIDENCE_NONE },
		{ "\"raw\"", BIT(1), JSON_EVIDENCE_RAW },
		{ "\"raw\", \"portrait\"", BIT(1) | BIT(2), JSON_EVIDENCE_RAW },
		{ "\"id\", \"portrait\"", BIT(1) | BIT(2) | BIT(12) | BIT(13),
		  JSON_EVIDENCE_DIGEST },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char rest[256];

		(void)snprintf(rest, sizeof(rest), KCB "\"scopes\": [%s]",
		               rows[i].scopes);
		assert_int_equal(ask(rig, rest), CCCD_OK);
		if (rig->grant.groups != rows[i].groups ||
		    rig->grant.evidence != rows[i].evidence)
			print_error("%s\n", rows[i].scopes);
		assert_int_equal(rig->grant.groups, rows[i].groups);
		assert_int_equal(rig->grant.evidence, rows[i].evidence);
		/* Level A3 wants the chip's signature. */
		assert_int_equal(rig->grant.flags,
		                 rows[i].evidence == JSON_EVIDENCE_RAW
		                         ? CCCD_ALWAYS_ACTIVE_AUTH
		                         : 0);
	}
}

static void use_profile_raises_required_checks(void **state)
{
	struct rig *rig = *state;
	struct grant *grant = &rig->grant;
	struct cccd_profile kiosk = { .name = "kiosk" };

	assert_int_equal(ask(rig, KCB
	                     "\"scopes\": [\"portrait\"], \"required_checks\":"
	                     " [\"active_authentication\", "
	                     "\"cross_data_consistency\"]"),
	                 CCCD_OK);
	assert_string_equal(grant->profile.name, "counter+");
	grant_use_profile(grant, &kiosk);
	assert_string_equal(grant->profile.name, "kiosk+");
	for (unsigned int i = 0; i < CCCD_CHECKS; i++)
		assert_int_equal(
		        grant->profile.modes[i],
		        i == CCCD_CHECK_ACTIVE_AUTHENTICATION ||
		                        i == CCCD_CHECK_CROSS_DATA_CONSISTENCY
		                ? CCCD_MODE_MANDATORY
		                : CCCD_MODE_EVALUATORY);
	/* A required check has its files read, and its protocol run. */
	assert_int_equal(grant->groups, BIT(1) | BIT(2) | BIT(13));
	assert_int_equal(grant->flags, CCCD_ALWAYS_ACTIVE_AUTH);
	/* What was mandatory already changes nothing, nor the name. */
	kiosk.modes[CCCD_CHECK_ACTIVE_AUTHENTICATION] = CCCD_MODE_MANDATORY;
	kiosk.modes[CCCD_CHECK_CROSS_DATA_CONSISTENCY] = CCCD_MODE_MANDATORY;
	grant_use_profile(grant, &kiosk);
	assert_string_equal(grant->profile.name, "kiosk");
}

/* Before the first CRL the shipped profile looks away: a caller may not
 * want that. */
static void use_profile_raises_revocation_at_once(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(ask(rig, KCB "\"scopes\": [\"id\"]"), CCCD_OK);
	assert_true(rig->grant.profile.revocation_from_first_crl);
	assert_string_equal(rig->grant.profile.name, "counter");
	assert_int_equal(ask(rig, KCB "\"scopes\": [\"id\"], "
	                              "\"required_checks\": "
	                              "[\"ds_certificate.revocation\"]"),
	                 CCCD_OK);
	assert_false(rig->grant.profile.revocation_from_first_crl);
	assert_int_equal(
	        rig->grant.profile.modes[CCCD_CHECK_DS_CERTIFICATE_REVOCATION],
	        CCCD_MODE_MANDATORY);
}

static void party_knows_callers_by_their_door(void **state)
{
	struct rig *rig = *state;
	const struct {
		struct caller caller;
		bool known;
	} rows[] = {
		{ free_page, true },
		{ { .door = CALLER_LOCAL, .uid = 1000 }, true },
		/* An origin means nothing on the Unix socket, a user nothing
		 * over TCP. */
		{ { .door = CALLER_LOCAL,
		    .uid = 1001,
		    .origin = "https://free.example" },
		  false },
		{ { .door = CALLER_BROWSER, .uid = 1000 }, false },
		{ { .door = CALLER_AGENT, .uid = 1000 }, false },
		{ { .door = CALLER_BROWSER,
		    .origin = "https://free.example.evil.test" },
		  false },
		{ { .door = CALLER_BROWSER, .origin = "null" }, false },
		{ { .origin = "" }, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct json_relying_party *party = NULL;
		struct cccd_error error = { .tries_left = -1 };

		assert_int_equal(policy_party(rig->registry, &rows[i].caller,
		                              &error, &party),
		                 rows[i].known
		                         ? CCCD_OK
		                         : CCCD_ERR_ORIGIN_NOT_REGISTERED);
		assert_int_equal(party != NULL, rows[i].known);
	}
}

static struct json_request request_of(const char *rp)
{
	struct json_request request = { .nonce = NONCE,
		                        .purpose = "kcb",
		                        .reader = "any",
		                        .scopes = { .bits = JSON_SCOPE_ID } };

	(void)snprintf(request.rp, sizeof(request.rp), "%s", rp);
	return request;
}

static void decide_refuses_another_name(void **state)
{
	struct rig *rig = *state;
	const struct json_request mine = request_of("strict");
	const struct json_request other = request_of("free");

	assert_int_equal(policy_decide(rig->registry, &strict_page, &other,
	                               &mine, NULL, &rig->grant),
	                 CCCD_ERR_RP_MISMATCH);
	assert_int_equal(policy_decide(rig->registry, &strict_page, &mine,
	                               &other, NULL, &rig->grant),
	                 CCCD_ERR_RP_MISMATCH);
	assert_int_equal(policy_decide(rig->registry, &free_page, &mine, NULL,
	                               NULL, &rig->grant),
	                 CCCD_ERR_RP_MISMATCH);
}

static void decide_wants_a_signature_where_it_is_registered(void **state)
{
	struct rig *rig = *state;
	struct json_request outer = request_of("strict");
	struct json_request inner = request_of("strict");
	struct json_request unverified = request_of("free");
	char token[] = "e30.e30.c2ln";

	assert_int_equal(policy_decide(rig->registry, &strict_page, &outer,
	                               NULL, NULL, &rig->grant),
	                 CCCD_ERR_REQUEST_SIGNATURE);
	/* One that nobody verified is worth nothing, whatever the mode. */
	outer.request_jwt = token;
	assert_int_equal(policy_decide(rig->registry, &strict_page, &outer,
	                               NULL, NULL, &rig->grant),
	                 CCCD_ERR_REQUEST_SIGNATURE);
	unverified.request_jwt = token;
	assert_int_equal(policy_decide(rig->registry, &free_page, &unverified,
	                               NULL, NULL, &rig->grant),
	                 CCCD_ERR_REQUEST_SIGNATURE);
	/* What the page says besides does not count. */
	(void)snprintf(outer.purpose, sizeof(outer.purpose), "other");
	(void)snprintf(outer.reader, sizeof(outer.reader), "r:2");
	outer.scopes.bits = JSON_SCOPE_PORTRAIT;
	(void)snprintf(inner.nonce, sizeof(inner.nonce), "inner-%s", NONCE);
	assert_int_equal(policy_decide(rig->registry, &strict_page, &outer,
	                               &inner, NULL, &rig->grant),
	                 CCCD_OK);
	assert_true(rig->grant.is_signed);
	assert_string_equal(rig->grant.nonce, "inner-" NONCE);
	assert_string_equal(rig->grant.purpose, "kcb");
	assert_string_equal(rig->grant.reader, "r:2");
	assert_string_equal(rig->grant.aud, "strict");
	assert_int_equal(rig->grant.scopes.bits, JSON_SCOPE_ID);
	/* A signature widens nothing. */
	inner.scopes.bits |= JSON_SCOPE_PORTRAIT;
	assert_int_equal(policy_decide(rig->registry, &strict_page, &outer,
	                               &inner, NULL, &rig->grant),
	                 CCCD_ERR_SCOPE_NOT_ALLOWED);
	inner.scopes.bits = JSON_SCOPE_ID;
	inner.format = JSON_FORMAT_JSON;
	assert_int_equal(policy_decide(rig->registry, &strict_page, &outer,
	                               &inner, NULL, &rig->grant),
	                 CCCD_ERR_FORMAT_NOT_ALLOWED);
}

static void consent_takes_away_and_gives_nothing(void **state)
{
	struct rig *rig = *state;
	struct grant *grant = &rig->grant;
	struct json_consent consent = { .granted = true };

	assert_int_equal(ask(rig, KCB "\"scopes\": [\"id\", \"portrait\", "
	                              "\"raw\", \"age_over_18\"]"),
	                 CCCD_OK);
	assert_int_equal(grant_apply_consent(grant, &consent, NULL), CCCD_OK);
	assert_int_equal(grant->groups,
	                 BIT(1) | BIT(2) | BIT(11) | BIT(12) | BIT(13));
	assert_int_equal(grant->evidence, JSON_EVIDENCE_RAW);
	/* What was never granted cannot be struck out, nor come in. */
	consent.deselected.bits =
	        JSON_SCOPE_PORTRAIT | JSON_SCOPE_RAW | JSON_SCOPE_FAMILY;
	assert_int_equal(grant_apply_consent(grant, &consent, NULL), CCCD_OK);
	assert_int_equal(grant->scopes.bits, JSON_SCOPE_ID);
	assert_true(json_scopes_has_age(&grant->scopes, 18));
	assert_int_equal(grant->groups, BIT(1) | BIT(11) | BIT(12) | BIT(13));
	assert_int_equal(grant->evidence, JSON_EVIDENCE_DIGEST);
	assert_int_equal(grant->flags, 0);
	consent.deselected.bits = JSON_SCOPE_ID;
	assert_int_equal(grant_apply_consent(grant, &consent, NULL), CCCD_OK);
	assert_int_equal(grant->evidence, JSON_EVIDENCE_NONE);
	assert_true(json_scopes_add(&consent.deselected, "age_over_18"));
	assert_int_equal(grant_apply_consent(grant, &consent, NULL),
	                 CCCD_ERR_CONSENT_REFUSED);
	consent = (struct json_consent){ .granted = false };
	assert_int_equal(grant_apply_consent(grant, &consent, NULL),
	                 CCCD_ERR_CONSENT_REFUSED);
}

static void check_key_asks_where_it_comes_from(void **state)
{
	struct rig *rig = *state;
	const struct json_access_key can = { .type = CCCD_ACCESS_KEY_CAN };
	const struct json_access_key pin = { .type = CCCD_ACCESS_KEY_PIN };
	const struct json_access_key puk = { .type = CCCD_ACCESS_KEY_PUK };
	const struct json_access_key document = { .document = true };

	rig->grant.key_from = JSON_KEY_FRONT_END | JSON_KEY_AGENT;
	assert_int_equal(grant_check_key(&rig->grant, JSON_KEY_FRONT_END, true,
	                                 &can, NULL),
	                 CCCD_OK);
	assert_int_equal(grant_check_key(&rig->grant, JSON_KEY_FRONT_END, true,
	                                 &document, NULL),
	                 CCCD_OK);
	assert_int_equal(grant_check_key(&rig->grant, JSON_KEY_SCANNER, false,
	                                 &can, NULL),
	                 CCCD_ERR_KEY_SOURCE);
	assert_int_equal(grant_check_key(&rig->grant, JSON_KEY_FRONT_END, true,
	                                 &pin, NULL),
	                 CCCD_ERR_KEY_SOURCE);
	assert_int_equal(grant_check_key(&rig->grant, JSON_KEY_FRONT_END, true,
	                                 &puk, NULL),
	                 CCCD_ERR_KEY_SOURCE);
	assert_int_equal(
	        grant_check_key(&rig->grant, JSON_KEY_AGENT, false, &pin, NULL),
	        CCCD_OK);
	rig->grant.key_from = JSON_KEY_AGENT;
	assert_int_equal(grant_check_key(&rig->grant, JSON_KEY_FRONT_END, true,
	                                 &can, NULL),
	                 CCCD_ERR_KEY_SOURCE);
}

static void quota_lets_an_hours_worth_through(void **state)
{
	struct quota *quota = calloc(1, sizeof(*quota));
	struct json_relying_party *party = calloc(1, sizeof(*party));
	struct json_relying_party *other = calloc(1, sizeof(*other));
	uint64_t now_ms = 1000;
	uint32_t wait_s = 0;

	(void)state;
	assert_non_null(quota);
	assert_non_null(party);
	assert_non_null(other);
	(void)snprintf(party->id, sizeof(party->id), "a");
	(void)snprintf(other->id, sizeof(other->id), "b");
	party->quota_per_hour = 60;
	other->quota_per_hour = 1;
	for (unsigned int i = 0; i < 60; i++)
		assert_int_equal(quota_take(quota, party, now_ms, &wait_s),
		                 CCCD_OK);
	assert_int_equal(wait_s, 0);
	assert_int_equal(quota_take(quota, party, now_ms, &wait_s),
	                 CCCD_ERR_RATE_LIMITED);
	/* One a minute comes back; the hint is enough and not much more. */
	assert_in_range(wait_s, 60, 61);
	/* Asking in between does not put it off. */
	for (unsigned int i = 0; i < 59; i++) {
		now_ms += 1000;
		assert_int_equal(quota_take(quota, party, now_ms, &wait_s),
		                 CCCD_ERR_RATE_LIMITED);
	}
	now_ms += 1100;
	assert_int_equal(quota_take(quota, party, now_ms, &wait_s), CCCD_OK);
	assert_int_equal(quota_take(quota, party, now_ms, &wait_s),
	                 CCCD_ERR_RATE_LIMITED);
	/* Each has its own. */
	assert_int_equal(quota_take(quota, other, now_ms, &wait_s), CCCD_OK);
	assert_int_equal(quota_take(quota, other, now_ms, &wait_s),
	                 CCCD_ERR_RATE_LIMITED);
	assert_in_range(wait_s, 3600, 3601);
	/* A day later there is an hour's worth, no more. */
	now_ms += 86400000;
	for (unsigned int i = 0; i < 60; i++)
		assert_int_equal(quota_take(quota, party, now_ms, &wait_s),
		                 CCCD_OK);
	assert_int_equal(quota_take(quota, party, now_ms, &wait_s),
	                 CCCD_ERR_RATE_LIMITED);
	/* A quota that was lowered counts at once. */
	now_ms += 86400000;
	party->quota_per_hour = 1;
	assert_int_equal(quota_take(quota, party, now_ms, &wait_s), CCCD_OK);
	assert_int_equal(quota_take(quota, party, now_ms, &wait_s),
	                 CCCD_ERR_RATE_LIMITED);
	free(quota);
	free(party);
	free(other);
}

/* However often it asks: no more than the hour's worth and what was full. */
static void quota_holds_against_a_storm(void **state)
{
	static const uint32_t quotas[] = { 1, 7, 600, RP_QUOTA_MOST };
	struct json_relying_party *party = calloc(1, sizeof(*party));
	uint32_t wait_s = 0;

	(void)state;
	assert_non_null(party);
	(void)snprintf(party->id, sizeof(party->id), "a");
	for (size_t i = 0; i < ARRAY_LEN(quotas); i++) {
		struct quota *quota = calloc(1, sizeof(*quota));
		unsigned int granted = 0;

		assert_non_null(quota);
		party->quota_per_hour = quotas[i];
		for (uint64_t ms = 0; ms < 3600000; ms += 7)
			granted += quota_take(quota, party, ms, &wait_s) ==
			           CCCD_OK;
		assert_in_range(granted, quotas[i] + quotas[i] * 9 / 10,
		                2 * quotas[i]);
		free(quota);
	}
	free(party);
}

/* More ids than buckets, over many reloads: the oldest makes room. */
static void quota_never_runs_out_of_buckets(void **state)
{
	struct quota *quota = calloc(1, sizeof(*quota));
	struct json_relying_party *party = calloc(1, sizeof(*party));
	uint32_t wait_s = 0;

	(void)state;
	assert_non_null(quota);
	assert_non_null(party);
	party->quota_per_hour = 1;
	for (unsigned int i = 0; i < 2 * REGISTRY_PARTIES_MAX; i++) {
		(void)snprintf(party->id, sizeof(party->id), "rp-%u", i);
		assert_int_equal(quota_take(quota, party, i, &wait_s), CCCD_OK);
		assert_int_equal(quota_take(quota, party, i, &wait_s),
		                 CCCD_ERR_RATE_LIMITED);
	}
	assert_int_equal(quota->count, REGISTRY_PARTIES_MAX);
	free(quota);
	free(party);
}

#define RIGGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(decide_grants_what_is_registered),
		RIGGED(decide_refuses_what_is_not_registered),
		RIGGED(decide_gives_a_named_format_and_no_other),
		RIGGED(decide_reads_only_what_is_needed),
		RIGGED(use_profile_raises_required_checks),
		RIGGED(use_profile_raises_revocation_at_once),
		RIGGED(party_knows_callers_by_their_door),
		RIGGED(decide_refuses_another_name),
		RIGGED(decide_wants_a_signature_where_it_is_registered),
		RIGGED(consent_takes_away_and_gives_nothing),
		RIGGED(check_key_asks_where_it_comes_from),
		cmocka_unit_test(quota_lets_an_hours_worth_through),
		cmocka_unit_test(quota_holds_against_a_storm),
		cmocka_unit_test(quota_never_runs_out_of_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
