/* SPDX-License-Identifier: Apache-2.0 */
/* Level A3: a simulated chip signs for a back end that trusts no desk. */
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

#include <cccd/assertion.h>
#include <cccd/cccd.h>

#include "lib/json/nonce.h"
#include "lib/json/result.h"
#include "service/core/assertion.h"
#include "tests/support/sim_transport.h"

#define NONCE "q0_3Zx8mJ5vKpT1nWc7LrYbE9sHdUfGiOaQ2XzBtM4k"
#define OTHER "A0_3Zx8mJ5vKpT1nWc7LrYbE9sHdUfGiOaQ2XzBtM4k"
#define AUD   "his.hospital.example"

enum {
	/* Within the validity of every certificate of the specimen PKI. */
	NOW = 1795000000,
	TEXT_MAX = 4 * 1024 * 1024,
};

/* struct desk - its keys, the trust of the back end, one reading. */
struct desk {
	char dir[64];
	struct device_keys *keys;
	struct cccd_jwks *jwks;
	struct cccd_trust *trust;
	char *result;
	struct assertion_digests digests;
};

static void path_in(const struct desk *desk, const char *name,
                    char path[static 128])
{
	(void)snprintf(path, 128, "%s/%s", desk->dir, name);
}

static void make_trust(struct desk *desk, const char *profile)
{
	static const char *const files[] = { "csca.der", "crl.der" };
	struct cccd_error error = { .tries_left = -1 };
	char pki[128];
	char store[128];
	char path[160];

	path_in(desk, "pki", pki);
	path_in(desk, "trust", store);
	assert_int_equal(sim_pki_export(profile, pki, &error), CCCD_OK);
	assert_int_equal(cccd_trust_create(store, &error), CCCD_OK);
	assert_int_equal(
	        cccd_trust_open(store, CCCD_TRUST_DEMO, &error, &desk->trust),
	        CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct cccd_trust_import import = { .path = path,
			                                  .specimen = true,
			                                  .now = NOW };

		(void)snprintf(path, sizeof(path), "%s/%s", pki, files[i]);
		assert_int_equal(
		        cccd_trust_import(desk->trust, &import, &error),
		        CCCD_OK);
	}
}

static void make_keys(struct desk *desk)
{
	char path[128];
	struct device_keys_place place = { .dir = path };
	char *jwks = NULL;

	path_in(desk, "keys", path);
	assert_int_equal(device_keys_open(&place, NULL, &desk->keys), CCCD_OK);
	assert_int_equal(device_keys_jwks(desk->keys, NOW, &jwks), CCCD_OK);
	assert_int_equal(cccd_jwks_parse(jwks, strlen(jwks), NULL, &desk->jwks),
	                 CCCD_OK);
	json_text_free(jwks);
}

/* The result with everything, over the session's document. */
static void keep_result(struct desk *desk, const struct cccd_session *session)
{
	struct cccd_evidence *evidence = NULL;
	struct cccd_person *person = calloc(1, sizeof(*person));
	struct json_result_input input = {
		.result = cccd_session_result(session),
		.document = cccd_session_document(session),
		.person = person,
		.scopes = 0x7F | JSON_SCOPE_VALID_DOCUMENT,
		.ages = { 1U << 18 },
	};

	assert_int_equal(cccd_session_evidence(session, &evidence), CCCD_OK);
	assert_int_equal(cccd_document_person(input.document, person), CCCD_OK);
	input.active_auth = &cccd_evidence_facts(evidence)->active_auth;
	assert_int_equal(json_result_text(&input, &desk->result), CCCD_OK);
	assert_int_equal(assertion_digests_of(input.document, &desk->digests),
	                 CCCD_OK);
	cccd_evidence_free(evidence);
	free(person);
}

static struct desk *desk_of(const char *profile, const char *nonce)
{
	struct desk *desk = calloc(1, sizeof(*desk));
	struct cccd_options options = cccd_options_default();
	struct sim_device device = { .card = sim_card_of(profile) };
	struct cccd_session *session = sim_session(&device, "can");
	uint8_t challenge[CHALLENGE_LEN];

	(void)snprintf(desk->dir, sizeof(desk->dir), "/tmp/cccd-a3-XXXXXX");
	assert_non_null(mkdtemp(desk->dir));
	make_trust(desk, profile);
	make_keys(desk);
	options.now = NOW;
	options.groups = CCCD_ALL_GROUPS;
	options.flags |= CCCD_ALWAYS_ACTIVE_AUTH;
	assert_int_equal(nonce_challenge(AUD, nonce, challenge), CCCD_OK);
	cccd_session_set_challenge(session, challenge);
	cccd_session_set_trust(session, desk->trust);
	assert_int_equal(cccd_session_set_options(session, &options), CCCD_OK);
	assert_int_equal(cccd_session_run(session), CCCD_OK);
	keep_result(desk, session);
	cccd_session_free(session);
	sim_card_free(device.card);
	return desk;
}

static void desk_free(struct desk *desk)
{
	char command[128];

	device_keys_close(desk->keys);
	cccd_jwks_free(desk->jwks);
	cccd_trust_close(desk->trust);
	json_text_free(desk->result);
	(void)snprintf(command, sizeof(command), "rm -r '%s'", desk->dir);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
	free(desk);
}

/* What a back end gets of @result; the device's own signature is sound. */
static void prove(const struct desk *desk, const char *result,
                  const struct cccd_trust *trust,
                  struct cccd_assertion_proof *ret)
{
	struct assertion_input input = {
		.audience = AUD,
		.nonce = NONCE,
		.origin = "",
		.purpose = "kcb-reception",
		.consent = "operator",
		.digests = &desk->digests,
		.level = ASSERTION_A3,
		.result = span_text(result),
		.now = NOW,
		.lifetime_s = 300,
	};
	struct cccd_assertion_expected expected = { .nonce = NONCE,
		                                    .audience = AUD,
		                                    .keys = desk->jwks,
		                                    .now = NOW + 1 };
	const char *at = strstr(result, "\"transaction\":\"");
	struct cccd_assertion *assertion = NULL;
	BUF token = buf_make(TEXT_MAX);
	char transaction[37];

	assert_non_null(at);
	(void)snprintf(transaction, sizeof(transaction), "%s",
	               at + strlen("\"transaction\":\""));
	input.transaction = transaction;
	assert_int_equal(assertion_make(desk->keys, &input, NULL, &token),
	                 CCCD_OK);
	assert_int_equal(cccd_assertion_verify((const char *)token.at,
	                                       token.len, &expected, &assertion,
	                                       NULL),
	                 CCCD_OK);
	assert_string_equal(cccd_assertion_result(assertion, NULL), result);
	assert_string_equal(cccd_assertion_level(assertion), "A3");
	assert_int_equal(
	        cccd_assertion_check_evidence(assertion, trust, NOW, ret),
	        CCCD_OK);
	cccd_assertion_free(assertion);
}

/* @result with the first @from replaced. */
static char *with(const char *result, const char *from, const char *to)
{
	const char *at = strstr(result, from);
	size_t room = strlen(result) + strlen(to) + 1;
	char *text = malloc(room);

	if (at == NULL)
		print_error("the result has no %s\n", from);
	assert_non_null(at);
	(void)snprintf(text, room, "%.*s%s%s", (int)(at - result), result, to,
	               at + strlen(from));
	return text;
}

static void expect(const struct desk *desk, const char *result,
                   const struct cccd_trust *trust, enum cccd_verdict verdict,
                   const char *reason, const char *member)
{
	struct cccd_assertion_proof *proof = calloc(1, sizeof(*proof));

	prove(desk, result, trust, proof);
	assert_string_equal(proof->reason, reason);
	assert_string_equal(proof->member, member);
	assert_int_equal(proof->verdict, verdict);
	free(proof);
}

static void expect_edited(const struct desk *desk, const char *from,
                          const char *to, const char *reason,
                          const char *member)
{
	char *edited = with(desk->result, from, to);

	expect(desk, edited, desk->trust, CCCD_FAILED, reason, member);
	free(edited);
}

static void evidence_of_every_kind_of_chip_is_proven(void **state)
{
	static const char *const profiles[] = { "cccd-2021", "aa-rsa-2048",
		                                "aa-rsa-3072", "aa-ecdsa-der" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		struct desk *desk = desk_of(profiles[i], NONCE);

		expect(desk, desk->result, desk->trust, CCCD_SUCCESSFUL, "",
		       "");
		desk_free(desk);
	}
}

static void evidence_betrays_a_lying_desk(void **state)
{
	struct desk *desk = desk_of("aa-rsa-2048", NONCE);

	(void)state;
	expect_edited(desk, "\"id_number\":\"0", "\"id_number\":\"1",
	              "identity_differs", "id_number");
	expect_edited(desk, "\"sex\":\"", "\"sex\":\"x", "identity_differs",
	              "sex");
	expect_edited(desk, "\"place_of_residence\":{\"text\":\"",
	              "\"place_of_residence\":{\"text\":\"x",
	              "identity_differs", "place_of_residence");
	expect_edited(desk, "\"identity\":{", "\"identity\":{\"invented\":1,",
	              "identity_differs", "invented");
	expect_edited(desk, "\"identity\":{",
	              "\"identity\":{\"age_over_119\":true,",
	              "identity_differs", "age_over_119");
	expect_edited(desk, "\"identity\":{",
	              "\"identity\":{\"age_over_\":true,", "identity_differs",
	              "age_over_");
	expect_edited(desk, "\"raw\":{\"dg1\":\"Y", "\"raw\":{\"dg1\":\"Z",
	              "passive_authentication", "");
	desk_free(desk);
}

static void evidence_needs_the_chips_signature(void **state)
{
	struct desk *desk = desk_of("aa-rsa-2048", NONCE);
	const char *at = strstr(desk->result, "\"signature\":\"");
	char *edited = strdup(desk->result);
	size_t middle = (size_t)(at - desk->result) + 100;

	(void)state;
	edited[middle] = edited[middle] == 'A' ? 'B' : 'A';
	expect(desk, edited, desk->trust, CCCD_FAILED, "active_authentication",
	       "");
	free(edited);
	edited = with(desk->result, "\"active_authentication\":{\"challenge\"",
	              "\"x\":{\"challenge\"");
	expect(desk, edited, desk->trust, CCCD_UNDETERMINED, "evidence_missing",
	       "");
	free(edited);
	edited = with(desk->result, "\"raw\":{", "\"x\":{");
	expect(desk, edited, desk->trust, CCCD_UNDETERMINED, "evidence_missing",
	       "");
	free(edited);
	edited = with(desk->result, "\"raw\":{\"dg1\":\"",
	              "\"raw\":{\"dg1\":\"=");
	expect(desk, edited, desk->trust, CCCD_UNDETERMINED, "evidence_missing",
	       "");
	free(edited);
	desk_free(desk);
}

/* What the chip signed for one back end or reading says nothing to others. */
static void evidence_of_another_nonce_fails(void **state)
{
	struct desk *desk = desk_of("aa-rsa-2048", OTHER);

	(void)state;
	expect(desk, desk->result, desk->trust, CCCD_FAILED, "challenge_wrong",
	       "");
	desk_free(desk);
}

static void evidence_without_an_issuer_is_undetermined(void **state)
{
	struct desk *desk = desk_of("aa-rsa-2048", NONCE);

	(void)state;
	expect(desk, desk->result, NULL, CCCD_UNDETERMINED,
	       "passive_authentication", "");
	desk_free(desk);
}

static void evidence_of_a_clone_fails(void **state)
{
	struct desk *desk = desk_of("bad-clone-aa", NONCE);

	(void)state;
	expect(desk, desk->result, desk->trust, CCCD_FAILED,
	       "active_authentication", "");
	desk_free(desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_of_every_kind_of_chip_is_proven),
		cmocka_unit_test(evidence_betrays_a_lying_desk),
		cmocka_unit_test(evidence_needs_the_chips_signature),
		cmocka_unit_test(evidence_of_another_nonce_fails),
		cmocka_unit_test(evidence_without_an_issuer_is_undetermined),
		cmocka_unit_test(evidence_of_a_clone_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
