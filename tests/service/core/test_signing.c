/* SPDX-License-Identifier: Apache-2.0 */
/* The device key, the site key, and what is signed with the one. */
#include "service/core/assertion.h"
#include "service/core/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cccd/assertion.h>

#include <cmocka.h>

#include "base/file.h"
#include "lib/json/result.h"

#define NONCE "q0_3Zx8mJ5vKpT1nWc7LrYbE9sHdUfGiOaQ2XzBtM4k"
#define TXN   "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11"

enum { NOW = 1790000000, TOKEN_MAX = 64 * 1024 };

static const char result[] =
        "{\"transaction\":\"" TXN "\",\"overall\":\"failed\",\"x\":[1.50, 2]}";

struct place {
	char root[64];
	char dir[80];
	struct device_keys_place place;
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	(void)snprintf(place->root, sizeof(place->root),
	               "/tmp/cccd-keys-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	(void)snprintf(place->dir, sizeof(place->dir), "%s/keys", place->root);
	place->place.dir = place->dir;
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	char command[96];

	(void)snprintf(command, sizeof(command), "rm -r '%s'", place->root);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
	free(place);
	return 0;
}

static struct device_keys *open_keys(const struct place *place)
{
	struct device_keys *keys = NULL;
	struct cccd_error error = { 0 };
	enum cccd_err err = device_keys_open(&place->place, &error, &keys);

	if (err != CCCD_OK)
		print_error("%s\n", error.text);
	assert_int_equal(err, CCCD_OK);
	return keys;
}

static mode_t mode_of(const struct place *place, const char *name)
{
	char path[128];
	struct stat found = { 0 };

	(void)snprintf(path, sizeof(path), "%s/%s", place->dir, name);
	assert_int_equal(stat(path, &found), 0);
	return found.st_mode & 07777;
}

static void keys_are_made_once_and_private(void **state)
{
	const struct place *place = *state;
	struct device_keys *keys = open_keys(place);
	char first[JWK_THUMBPRINT_MAX];
	char mac[PAIRWISE_TEXT_MAX];
	char again[PAIRWISE_TEXT_MAX];

	(void)snprintf(first, sizeof(first), "%s",
	               device_keys_thumbprint(keys));
	assert_int_equal(strlen(first), 43);
	assert_null(device_keys_previous(keys));
	assert_int_equal(device_keys_pairwise(keys, "rp", "001000000000", mac),
	                 CCCD_OK);
	device_keys_close(keys);
	assert_int_equal(mode_of(place, "."), 0700);
	assert_int_equal(mode_of(place, "device-key.pem"), 0600);
	assert_int_equal(mode_of(place, "site-key"), 0600);
	keys = open_keys(place);
	assert_string_equal(device_keys_thumbprint(keys), first);
	assert_int_equal(
	        device_keys_pairwise(keys, "rp", "001000000000", again),
	        CCCD_OK);
	assert_string_equal(mac, again);
	device_keys_close(keys);
}

static void refuse_after_chmod(struct place *place, const char *name,
                               mode_t mode)
{
	struct device_keys *keys = NULL;
	char path[128];
	mode_t was = mode_of(place, name);

	(void)snprintf(path, sizeof(path), "%s/%s", place->dir, name);
	assert_int_equal(chmod(path, mode), 0);
	assert_int_equal(device_keys_open(&place->place, NULL, &keys),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_null(keys);
	assert_int_equal(chmod(path, was), 0);
}

static void refuse_contents(struct place *place, const char *name,
                            const char *contents)
{
	struct device_keys *keys = NULL;
	BUF was = buf_make(TOKEN_MAX);
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", place->dir, name);
	assert_int_equal(file_read(path, NULL, &was), CCCD_OK);
	assert_int_equal(file_write(path, span_text(contents), NULL), CCCD_OK);
	assert_int_equal(device_keys_open(&place->place, NULL, &keys),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_null(keys);
	assert_int_equal(file_write(path, buf_span(&was), NULL), CCCD_OK);
}

static void keys_refuse_what_others_could_have_touched(void **state)
{
	struct place *place = *state;

	device_keys_close(open_keys(place));
	refuse_after_chmod(place, "device-key.pem", 0640);
	refuse_after_chmod(place, "device-key.pem", 0604);
	refuse_after_chmod(place, "site-key", 0644);
	refuse_after_chmod(place, ".", 0770);
	refuse_contents(place, "device-key.pem", "no key");
	refuse_contents(place, "device-key.pem", "");
	refuse_contents(place, "site-key", "short");
	refuse_contents(place, "public-keys.json", "{}");
	refuse_contents(place, "public-keys.json", "");
	device_keys_close(open_keys(place));
}

static size_t count_keys(const struct device_keys *keys, int64_t now,
                         struct cccd_jwks **ret)
{
	char *text = NULL;
	struct cccd_jwks *set = NULL;
	size_t count = 0;

	assert_int_equal(device_keys_jwks(keys, now, &text), CCCD_OK);
	assert_null(strstr(text, "\"d\""));
	assert_int_equal(cccd_jwks_parse(text, strlen(text), NULL, &set),
	                 CCCD_OK);
	json_text_free(text);
	count = cccd_jwks_count(set);
	assert_string_equal(cccd_jwks_thumbprint(set, 0),
	                    device_keys_thumbprint(keys));
	assert_string_equal(cccd_jwks_spoken(set, 0), device_keys_spoken(keys));
	if (ret != NULL)
		*ret = set;
	else
		cccd_jwks_free(set);
	return count;
}

static void rotation_keeps_the_old_key_for_a_while(void **state)
{
	struct place *place = *state;
	struct device_keys *keys = NULL;
	struct device_keys *other = NULL;
	char first[JWK_THUMBPRINT_MAX];

	place->place.keep_s = 1000;
	keys = open_keys(place);
	other = open_keys(place);
	(void)snprintf(first, sizeof(first), "%s",
	               device_keys_thumbprint(keys));
	assert_int_equal(device_keys_rotate(keys, NOW, NULL), CCCD_OK);
	assert_string_not_equal(device_keys_thumbprint(keys), first);
	assert_string_equal(device_keys_previous(keys), first);
	assert_int_equal(count_keys(keys, NOW, NULL), 2);
	assert_int_equal(count_keys(keys, NOW + 1000, NULL), 2);
	assert_int_equal(count_keys(keys, NOW + 1001, NULL), 1);
	/* Whoever runs already learns of it on reload. */
	assert_string_equal(device_keys_thumbprint(other), first);
	assert_int_equal(device_keys_reload(other, NULL), CCCD_OK);
	assert_string_equal(device_keys_thumbprint(other),
	                    device_keys_thumbprint(keys));
	for (unsigned int i = 0; i < DEVICE_KEY_RETIRED_MAX + 2; i++)
		assert_int_equal(device_keys_rotate(keys, NOW, NULL), CCCD_OK);
	assert_int_equal(count_keys(keys, NOW, NULL),
	                 DEVICE_KEY_RETIRED_MAX + 1);
	device_keys_close(other);
	device_keys_close(keys);
}

static void reload_keeps_what_works(void **state)
{
	struct place *place = *state;
	struct device_keys *keys = open_keys(place);
	BUF token = buf_make(TOKEN_MAX);
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/device-key.pem", place->dir);
	assert_int_equal(file_write(path, span_text("broken"), NULL), CCCD_OK);
	assert_int_equal(device_keys_reload(keys, NULL),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_int_equal(device_keys_sign(keys, "x", span_text("{}"), &token),
	                 CCCD_OK);
	device_keys_close(keys);
}

/* A rotation that ended between its two files. */
static void open_mends_a_rotation_cut_short(void **state)
{
	struct place *place = *state;
	struct device_keys *keys = open_keys(place);
	char first[JWK_THUMBPRINT_MAX];
	char public_path[128];
	BUF before = buf_make(TOKEN_MAX);

	(void)snprintf(first, sizeof(first), "%s",
	               device_keys_thumbprint(keys));
	(void)snprintf(public_path, sizeof(public_path), "%s/public-keys.json",
	               place->dir);
	assert_int_equal(file_read(public_path, NULL, &before), CCCD_OK);
	assert_int_equal(device_keys_rotate(keys, NOW, NULL), CCCD_OK);
	device_keys_close(keys);
	assert_int_equal(file_write(public_path, buf_span(&before), NULL),
	                 CCCD_OK);
	keys = open_keys(place);
	assert_string_not_equal(device_keys_thumbprint(keys), first);
	assert_string_equal(device_keys_previous(keys), first);
	device_keys_close(keys);
}

static void credential_is_used_and_never_rotated(void **state)
{
	struct place *place = *state;
	char path[128];
	struct sign_pair *pair = NULL;
	struct jwk jwk = { 0 };
	struct device_keys *keys = NULL;
	BUF pem = buf_make(SIGN_PEM_MAX);

	assert_int_equal(sign_pair_generate(SIGN_ED25519, &pair), CCCD_OK);
	assert_int_equal(jwk_of(sign_pair_public(pair), &jwk), CCCD_OK);
	assert_int_equal(sign_pair_to_pem(pair, &pem), CCCD_OK);
	sign_pair_free(pair);
	(void)snprintf(path, sizeof(path), "%s/device-key", place->root);
	assert_int_equal(file_write(path, buf_span(&pem), NULL), CCCD_OK);
	/* As systemd hands it out: an ACL's mask shows as group bits. */
	assert_int_equal(chmod(path, 0440), 0);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", place->root, 1), 0);
	keys = open_keys(place);
	assert_string_equal(device_keys_thumbprint(keys), jwk.thumbprint);
	assert_int_equal(device_keys_rotate(keys, NOW, NULL),
	                 CCCD_ERR_POLICY_REFUSED);
	device_keys_close(keys);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(device_keys_open(&place->place, NULL, &keys),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_int_equal(unlink(path), 0);
	/* Without the credential a key of our own, and the other remembered. */
	keys = open_keys(place);
	assert_string_equal(device_keys_previous(keys), jwk.thumbprint);
	device_keys_close(keys);
}

static void pairwise_tells_parties_and_people_apart(void **state)
{
	const struct place *place = *state;
	struct device_keys *keys = open_keys(place);
	static const char *const rows[][2] = {
		{ "a", "001000000000" },
		{ "b", "001000000000" },
		{ "a", "001000000001" },
		{ "a0", "01000000000" },
	};
	char names[ARRAY_LEN(rows)][PAIRWISE_TEXT_MAX];
	uint8_t mac[DEVICE_KEYS_MAC_LEN];
	uint8_t other[DEVICE_KEYS_MAC_LEN];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(device_keys_pairwise(keys, rows[i][0],
		                                      rows[i][1], names[i]),
		                 CCCD_OK);
		assert_int_equal(strlen(names[i]), 43);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(names[i], names[j]);
	}
	assert_int_equal(device_keys_pairwise(keys, "", "1", names[0]),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(device_keys_pairwise(keys, "a", "", names[0]),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(device_keys_site_mac(keys, "a", span_text("b"), mac),
	                 CCCD_OK);
	assert_int_equal(device_keys_site_mac(keys, "ab", span_text(""), other),
	                 CCCD_OK);
	assert_memory_not_equal(mac, other, sizeof(mac));
	device_keys_close(keys);
}

static struct assertion_input input_of(const struct assertion_digests *digests)
{
	return (struct assertion_input){
		.audience = "his",
		.nonce = NONCE,
		.origin = "https://desk.example",
		.purpose = "p",
		.consent = "operator",
		.transaction = TXN,
		.pairwise = "someone",
		.digests = digests,
		.level = ASSERTION_A2,
		.result = span_text(result),
		.now = NOW,
		.lifetime_s = 60,
	};
}

static void assertion_is_what_the_verifier_takes(void **state)
{
	struct place *place = *state;
	struct assertion_digests digests = { .present[CCCD_FILE_SOD] = true };
	struct assertion_input input = input_of(&digests);
	struct cccd_assertion_expected expected = { .nonce = NONCE,
		                                    .audience = "his",
		                                    .now = NOW };

	for (int alg = SIGN_ES256; alg <= SIGN_ED25519; alg++) {
		struct cccd_assertion *assertion = NULL;
		struct cccd_jwks *set = NULL;
		struct device_keys *keys = NULL;
		BUF token = buf_make(TOKEN_MAX);

		(void)snprintf(place->dir, sizeof(place->dir), "%s/alg-%d",
		               place->root, alg);
		place->place.alg = (enum sign_alg)alg;
		keys = open_keys(place);
		assert_int_equal(count_keys(keys, NOW, &set), 1);
		expected.keys = set;
		assert_int_equal(assertion_make(keys, &input, NULL, &token),
		                 CCCD_OK);
		assert_int_equal(cccd_assertion_verify((const char *)token.at,
		                                       token.len, &expected,
		                                       &assertion, NULL),
		                 CCCD_OK);
		/* Byte for byte: not even 1.50 becomes 1.5. */
		assert_string_equal(cccd_assertion_result(assertion, NULL),
		                    result);
		assert_non_null(
		        strstr(cccd_assertion_payload(assertion, NULL),
		               "\"evidence_digest\":{\"sod\":\"sha-256:0000"));
		assert_string_equal(cccd_assertion_subject(assertion),
		                    "someone");
		assert_int_equal(cccd_assertion_overall(assertion),
		                 CCCD_FAILED);
		assert_int_equal(cccd_assertion_expires(assertion), NOW + 60);
		cccd_assertion_free(assertion);
		cccd_jwks_free(set);
		device_keys_close(keys);
	}
}

static void assertion_make_refuses_bad_claims(void **state)
{
	const struct place *place = *state;
	struct device_keys *keys = open_keys(place);
	struct assertion_digests digests = { 0 };
	struct assertion_input bad[11];
	BUF token = buf_make(TOKEN_MAX);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = input_of(&digests);
	bad[0].audience = "";
	bad[1].purpose = NULL;
	bad[2].consent = "";
	bad[3].transaction = "";
	bad[4].origin = NULL;
	bad[5].pairwise = "";
	bad[6].lifetime_s = 301;
	bad[7].lifetime_s = 0;
	bad[8].level = (enum assertion_level)0;
	bad[9].result = span_text("[]");
	bad[10].result = span_text("{\"a\":1}}");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(assertion_make(keys, &bad[i], NULL, &token),
		                 CCCD_ERR_USAGE_ARGUMENT);
	bad[0] = input_of(&digests);
	bad[0].nonce = "short";
	assert_int_equal(assertion_make(keys, &bad[0], NULL, &token),
	                 CCCD_ERR_NONCE_TOO_SHORT);
	assert_int_equal(token.len, 0);
	device_keys_close(keys);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(keys_are_made_once_and_private),
		WITH(keys_refuse_what_others_could_have_touched),
		WITH(rotation_keeps_the_old_key_for_a_while),
		WITH(reload_keeps_what_works),
		WITH(open_mends_a_rotation_cut_short),
		WITH(credential_is_used_and_never_rotated),
		WITH(pairwise_tells_parties_and_people_apart),
		WITH(assertion_is_what_the_verifier_takes),
		WITH(assertion_make_refuses_bad_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
