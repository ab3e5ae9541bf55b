/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon signs, and what it signs with. */
#include "tests/docs/make_assertion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cccd/assertion.h>

#include "base/file.h"
#include "lib/json/result.h"
#include "service/core/assertion.h"

#define NONCE "q0_3Zx8mJ5vKpT1nWc7LrYbE9sHdUfGiOaQ2XzBtM4k"

enum { NOW_S = 1795000000, PATH_TEXT_MAX = 1024 };

static void die(const char *what, const char *why)
{
	(void)fprintf(stderr, "make_assertion: %s: %s\n", what, why);
	exit(1);
}

static void save(const char *work, const char *kind, const char *text)
{
	char path[PATH_TEXT_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s.1.json", work, kind);
	if (file_write(path, span_text(text), NULL) != CCCD_OK)
		die(path, "not written");
}

/* The keys of a desk whose key was rotated once. */
static struct device_keys *make_keys(const char *work)
{
	char dir[PATH_TEXT_MAX];
	struct device_keys_place place = { .dir = dir };
	struct cccd_error error = { .tries_left = -1 };
	struct device_keys *keys = NULL;

	(void)snprintf(dir, sizeof(dir), "%s/keys", work);
	if (device_keys_open(&place, &error, &keys) != CCCD_OK ||
	    device_keys_rotate(keys, NOW_S, &error) != CCCD_OK)
		die("keys", error.text);
	return keys;
}

static void save_device(const char *work)
{
	char dir[PATH_TEXT_MAX];
	struct device_key *key = NULL;
	BUF state = buf_make(PATH_TEXT_MAX * 4);
	char path[PATH_TEXT_MAX];
	char *text = NULL;

	(void)snprintf(dir, sizeof(dir), "%s/keys", work);
	(void)snprintf(path, sizeof(path), "%s/keys/public-keys.json", work);
	if (device_key_show(dir, NULL, &key) != CCCD_OK ||
	    device_key_text(key, &text) != CCCD_OK ||
	    file_read(path, NULL, &state) != CCCD_OK ||
	    buf_append_byte(&state, 0) != CCCD_OK)
		die(path, "no device key");
	save(work, "device", text);
	save(work, "device-keys", (const char *)state.at);
	json_text_free(text);
	device_key_free(key);
}

static void save_payload(const char *work, const struct device_keys *keys,
                         const struct buf *token)
{
	struct cccd_assertion_expected expected = { .nonce = NONCE,
		                                    .audience = "his",
		                                    .now = NOW_S };
	struct cccd_assertion *assertion = NULL;
	struct cccd_jwks *set = NULL;
	char *jwks = NULL;

	if (device_keys_jwks(keys, NOW_S, &jwks) != CCCD_OK ||
	    cccd_jwks_parse(jwks, strlen(jwks), NULL, &set) != CCCD_OK)
		die("assertion", "no key set");
	expected.keys = set;
	if (cccd_assertion_verify((const char *)token->at, token->len,
	                          &expected, &assertion, NULL) != CCCD_OK)
		die("assertion", "the assertion is refused");
	save(work, "assertion", cccd_assertion_payload(assertion, NULL));
	cccd_assertion_free(assertion);
	cccd_jwks_free(set);
	json_text_free(jwks);
}

void make_assertion(const char *work, const struct cccd_session *session)
{
	char *result = NULL;
	BUF token = buf_make(CCCD_ASSERTION_MAX);
	struct device_keys *keys = make_keys(work);
	struct assertion_digests digests = { 0 };
	struct json_result_input whole = {
		.result = cccd_session_result(session),
		.document = cccd_session_document(session),
		.scopes = JSON_SCOPE_RAW,
	};
	struct assertion_input input = {
		.audience = "his",
		.nonce = NONCE,
		.origin = "https://desk.hospital.example",
		.purpose = "kcb-reception",
		.consent = "operator",
		.transaction = whole.result->transaction,
		.pairwise = "A-_0A-_0A-_0A-_0A-_0A-_0A-_0A-_0A-_0A-_0A-_",
		.digests = &digests,
		.level = ASSERTION_A2,
		.now = NOW_S,
		.lifetime_s = ASSERTION_LIFETIME_S,
	};

	if (assertion_digests_of(whole.document, &digests) != CCCD_OK ||
	    json_result_text(&whole, &result) != CCCD_OK)
		die("assertion", "no result");
	input.result = span_text(result);
	if (assertion_make(keys, &input, NULL, &token) != CCCD_OK)
		die("assertion", "no assertion");
	save_payload(work, keys, &token);
	save_device(work);
	json_text_free(result);
	device_keys_close(keys);
}
