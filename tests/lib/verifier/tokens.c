/* SPDX-License-Identifier: Apache-2.0 */
/* Signs and verifies as the daemon does, for web/verifier/test. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cccd/assertion.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "base/file.h"
#include "lib/json/request_jwt.h"
#include "lib/json/result.h"
#include "service/core/assertion.h"

static const char result[] =
        "{\"schema\":\"urn:cccd:result:1\",\"transaction\":"
        "\"0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11\","
        "\"overall\":\"successful\",\"identity\":{\"id_number\":"
        "\"001000000000\",\"full_name\":\"NGUYỄN VĂN MẪU\"}}";

enum { TOKEN_MAX = 64 * 1024 };

static int told(enum cccd_err err)
{
	(void)fprintf(stderr, "%s\n", cccd_err_code(err));
	return EXIT_FAILURE;
}

static void print(const struct buf *text)
{
	(void)printf("%.*s\n", (int)text->len, (const char *)text->at);
}

static enum cccd_err open_keys(char **argv, struct device_keys **ret)
{
	struct device_keys_place place = {
		.dir = argv[0],
		.alg = strcmp(argv[1], "ES256") == 0 ? SIGN_ES256
		                                     : SIGN_ED25519,
	};

	return device_keys_open(&place, NULL, ret);
}

static enum cccd_err make(const struct device_keys *keys, char **argv,
                          struct buf *ret)
{
	struct assertion_digests digests = { 0 };
	struct assertion_input input = {
		.audience = argv[3],
		.nonce = argv[4],
		.origin = "https://desk.hospital.example",
		.purpose = "kcb-reception",
		.consent = "operator",
		.transaction = "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11",
		.digests = &digests,
		.level = ASSERTION_A1,
		.result = span_text(result),
		.now = clock_wall_s(),
		.lifetime_s = 120,
	};

	return assertion_make(keys, &input, NULL, ret);
}

/* The same claims under the name that Ed25519 had before RFC 9864. */
static enum cccd_err rename_alg(char **argv, struct buf *token)
{
	struct device_key_place place = { .dir = argv[0] };
	const uint8_t *from = memchr(token->at, '.', token->len);
	const uint8_t *to = from + 1;
	struct device_key *key = NULL;
	uint8_t signature[SIGN_LEN];
	char header[256];
	BUF fresh = buf_make(TOKEN_MAX);

	to = memchr(to, '.', token->len - (size_t)(to - token->at));
	TRY(device_key_open(&place, 0, NULL, &key));
	(void)snprintf(header, sizeof(header),
	               "{\"alg\":\"%s\",\"typ\":\"cccd-assertion+jwt\","
	               "\"kid\":\"%s\"}",
	               argv[2], key->jwk.kid);
	TRY(base64url_append(span_text(header), &fresh));
	TRY(buf_append(&fresh, span_of(from, (size_t)(to - from))));
	TRY(sign_pair_sign(key->pair, buf_span(&fresh), signature));
	TRY(buf_append_byte(&fresh, '.'));
	TRY(base64url_append(SPAN(signature), &fresh));
	device_key_free(key);
	return buf_set(token, buf_span(&fresh));
}

/* assert DIR ALG NAME AUDIENCE NONCE */
static int run_assert(char **argv)
{
	struct device_keys *keys = NULL;
	BUF token = buf_make(TOKEN_MAX);
	enum cccd_err err = open_keys(argv, &keys);

	if (err == CCCD_OK)
		err = make(keys, argv, &token);
	device_keys_close(keys);
	if (err == CCCD_OK && strcmp(argv[1], argv[2]) != 0)
		err = rename_alg(argv, &token);
	if (err != CCCD_OK)
		return told(err);
	print(&token);
	return EXIT_SUCCESS;
}

/* jwks DIR ALG */
static int run_jwks(char **argv)
{
	struct device_keys *keys = NULL;
	char *text = NULL;
	enum cccd_err err = open_keys(argv, &keys);

	if (err == CCCD_OK)
		err = device_keys_jwks(keys, clock_wall_s(), &text);
	device_keys_close(keys);
	if (err != CCCD_OK)
		return told(err);
	(void)puts(text);
	json_text_free(text);
	return EXIT_SUCCESS;
}

static enum cccd_err load_set(const char *path, struct cccd_jwks **ret)
{
	BUF text = buf_make(TOKEN_MAX);

	TRY(file_read(path, NULL, &text));
	return cccd_jwks_parse((const char *)text.at, text.len, NULL, ret);
}

/* verify JWKS AUDIENCE NONCE TOKEN */
static int run_verify(char **argv)
{
	struct cccd_jwks *keys = NULL;
	struct cccd_assertion *assertion = NULL;
	enum cccd_err err = load_set(argv[0], &keys);
	struct cccd_assertion_expected expected = { .audience = argv[1],
		                                    .nonce = argv[2],
		                                    .keys = keys };

	if (err == CCCD_OK)
		err = cccd_assertion_verify(argv[3], strlen(argv[3]), &expected,
		                            &assertion, NULL);
	cccd_jwks_free(keys);
	if (err != CCCD_OK)
		return told(err);
	(void)puts(cccd_assertion_transaction(assertion));
	cccd_assertion_free(assertion);
	return EXIT_SUCCESS;
}

/* request JWKS RP DEVICE TOKEN */
static int run_request(char **argv)
{
	struct cccd_jwks *keys = NULL;
	struct request_jwt request = { 0 };
	enum cccd_err err = load_set(argv[0], &keys);
	struct request_jwt_expected expected = { .rp = argv[1],
		                                 .device = argv[2],
		                                 .keys = keys,
		                                 .now = clock_wall_s() };

	if (err == CCCD_OK)
		err = request_jwt_verify(span_text(argv[3]), &expected, NULL,
		                         &request);
	cccd_jwks_free(keys);
	if (err != CCCD_OK)
		return told(err);
	print(&request.text);
	request_jwt_release(&request);
	return EXIT_SUCCESS;
}

/* sign PEM RP DEVICE REQUEST */
static int run_sign(char **argv)
{
	struct cccd_backend_key *key = NULL;
	struct cccd_request request = { .rp = argv[1],
		                        .device = argv[2],
		                        .request = argv[3] };
	char *token = NULL;
	enum cccd_err err = cccd_backend_key_load(argv[0], NULL, NULL, &key);

	if (err == CCCD_OK)
		err = cccd_request_sign(key, &request, NULL, &token);
	cccd_backend_key_free(key);
	if (err != CCCD_OK)
		return told(err);
	(void)puts(token);
	free(token);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int arguments;
		int (*run)(char **argv);
	} commands[] = {
		{ "assert", 5, run_assert }, { "jwks", 2, run_jwks },
		{ "verify", 4, run_verify }, { "request", 4, run_request },
		{ "sign", 4, run_sign },
	};

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (argc == commands[i].arguments + 2 &&
		    strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argv + 2);
	(void)fputs("usage: assert|jwks|verify|request|sign …\n", stderr);
	return 2;
}
