/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs, signatures, private files and base64url. */
#include "base/base64url.h"
#include "base/file.h"
#include "base/private_file.h"
#include "base/sign_pair.h"

#include <errno.h>
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

/* RFC 8032 7.1 test 1, as PKCS#8. */
static const char rfc8032_pem[] =
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----\n";

static const enum sign_alg algs[] = { SIGN_ES256, SIGN_ED25519 };

static struct sign_pair *pair_of(enum sign_alg alg)
{
	struct sign_pair *pair = NULL;

	assert_int_equal(sign_pair_generate(alg, &pair), CCCD_OK);
	return pair;
}

static struct sign_verifier *verifier_of(const struct sign_pair *pair)
{
	struct sign_verifier *verifier = NULL;

	assert_int_equal(sign_verifier_new(sign_pair_public(pair), &verifier),
	                 CCCD_OK);
	return verifier;
}

static void pair_signs_and_its_public_half_verifies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		struct sign_pair *pair = pair_of(algs[i]);
		struct sign_pair *other = pair_of(algs[i]);
		struct sign_verifier *verifier = verifier_of(pair);
		struct sign_verifier *stranger = verifier_of(other);
		uint8_t raw[SIGN_LEN];

		assert_int_equal(sign_pair_sign(pair, span_text("text"), raw),
		                 CCCD_OK);
		assert_int_equal(sign_verifier_check(verifier,
		                                     span_text("text"),
		                                     SPAN(raw)),
		                 CCCD_OK);
		assert_int_equal(sign_verifier_check(verifier,
		                                     span_text("texT"),
		                                     SPAN(raw)),
		                 CCCD_ERR_TRUST_REFUSED);
		assert_int_equal(sign_verifier_check(stranger,
		                                     span_text("text"),
		                                     SPAN(raw)),
		                 CCCD_ERR_TRUST_REFUSED);
		assert_int_equal(
		        sign_verifier_check(verifier, span_text("text"),
		                            span_of(raw, sizeof(raw) - 1)),
		        CCCD_ERR_TRUST_REFUSED);
		sign_verifier_free(stranger);
		sign_verifier_free(verifier);
		sign_pair_free(other);
		sign_pair_free(pair);
	}
}

/* r and s are padded: over many signatures one of them begins with zeros. */
static void es256_signatures_are_always_64_bytes(void **state)
{
	struct sign_pair *pair = pair_of(SIGN_ES256);
	struct sign_verifier *verifier = verifier_of(pair);
	bool short_one = false;

	(void)state;
	for (unsigned int i = 0; i < 1500; i++) {
		uint8_t raw[SIGN_LEN];

		assert_int_equal(sign_pair_sign(pair, span_text("text"), raw),
		                 CCCD_OK);
		if (raw[0] != 0 && raw[32] != 0)
			continue;
		short_one = true;
		assert_int_equal(sign_verifier_check(verifier,
		                                     span_text("text"),
		                                     SPAN(raw)),
		                 CCCD_OK);
	}
	assert_true(short_one);
	sign_verifier_free(verifier);
	sign_pair_free(pair);
}

static void pair_survives_its_pem(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		struct sign_pair *pair = pair_of(algs[i]);
		struct sign_pair *again = NULL;
		BUF pem = buf_make(SIGN_PEM_MAX);

		assert_int_equal(sign_pair_to_pem(pair, &pem), CCCD_OK);
		assert_memory_equal(pem.at, "-----BEGIN PRIVATE KEY-----", 27);
		assert_int_equal(sign_pair_from_pem(buf_span(&pem), &again),
		                 CCCD_OK);
		assert_memory_equal(sign_pair_public(pair),
		                    sign_pair_public(again),
		                    sizeof(struct sign_public));
		sign_pair_free(again);
		sign_pair_free(pair);
	}
}

/* [RFC 8032 7.1] test 1: the signature of the empty text. */
static void ed25519_signs_as_rfc_8032(void **state)
{
	static const uint8_t wanted[] = {
		0xe5, 0x56, 0x43, 0x00, 0xc3, 0x60, 0xac, 0x72, 0x90, 0x86,
		0xe2, 0xcc, 0x80, 0x6e, 0x82, 0x8a, 0x84, 0x87, 0x7f, 0x1e,
		0xb8, 0xe5, 0xd9, 0x74, 0xd8, 0x73, 0xe0, 0x65, 0x22, 0x49,
		0x01, 0x55, 0x5f, 0xb8, 0x82, 0x15, 0x90, 0xa3, 0x3b, 0xac,
		0xc6, 0x1e, 0x39, 0x70, 0x1c, 0xf9, 0xb4, 0x6b, 0xd2, 0x5b,
		0xf5, 0xf0, 0x59, 0x5b, 0xbe, 0x24, 0x65, 0x51, 0x41, 0x43,
		0x8e, 0x7a, 0x10, 0x0b,
	};
	struct sign_pair *pair = NULL;
	uint8_t raw[SIGN_LEN];

	(void)state;
	assert_int_equal(sign_pair_from_pem(span_text(rfc8032_pem), &pair),
	                 CCCD_OK);
	assert_int_equal(sign_pair_sign(pair, span_of("", 0), raw), CCCD_OK);
	assert_memory_equal(raw, wanted, sizeof(wanted));
	sign_pair_free(pair);
}

static void pair_from_pem_refuses_other_things(void **state)
{
	static const char *const rows[] = {
		"",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE "
		"KEY-----\n",
		/* X25519: a private key, but none that signs. */
		"-----BEGIN PRIVATE KEY-----\n"
		"MC4CAQAwBQYDK2VuBCIEIKiMzUGwYRzXfLjl3Kbh6cSj5QZzXL"
		"8bq9pWkTg9cU5f\n-----END PRIVATE KEY-----\n",
		/* SEC 1, not PKCS#8. */
		"-----BEGIN EC PRIVATE KEY-----\nAAAA\n"
		"-----END EC PRIVATE KEY-----\n",
		"-----BEGIN PUBLIC KEY-----\n"
		"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
		"-----END PUBLIC KEY-----\n",
	};
	struct sign_pair *pair = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_not_equal(
		        sign_pair_from_pem(span_text(rows[i]), &pair), CCCD_OK);
	assert_null(pair);
	assert_int_equal(sign_pair_generate(SIGN_NONE, &pair),
	                 CCCD_ERR_CRYPTO_UNSUPPORTED);
}

static void verifier_refuses_points_off_the_curve(void **state)
{
	struct sign_pair *pair = pair_of(SIGN_ES256);
	struct sign_public key = *sign_pair_public(pair);
	struct sign_verifier *verifier = NULL;

	(void)state;
	key.y[31] ^= 1;
	assert_int_equal(sign_verifier_new(&key, &verifier),
	                 CCCD_ERR_CRYPTO_KEY);
	memset(key.x, 0, sizeof(key.x));
	memset(key.y, 0, sizeof(key.y));
	assert_int_equal(sign_verifier_new(&key, &verifier),
	                 CCCD_ERR_CRYPTO_KEY);
	memset(key.x, 0xFF, sizeof(key.x));
	assert_int_equal(sign_verifier_new(&key, &verifier),
	                 CCCD_ERR_CRYPTO_KEY);
	key.alg = (enum sign_alg)7;
	assert_int_equal(sign_verifier_new(&key, &verifier),
	                 CCCD_ERR_CRYPTO_UNSUPPORTED);
	assert_null(verifier);
	sign_pair_free(pair);
}

static void private_file_reads_only_what_is_private(void **state)
{
	char dir[] = "/tmp/cccd-private-XXXXXX";
	char path[64];
	char link[64];
	BUF bytes = buf_make(16);
	struct cccd_error error = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/key", dir);
	(void)snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(file_write(path, span_text("secret"), &error),
	                 CCCD_OK);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(
	        private_file_read(path, PRIVATE_FILE_OWN, &error, &bytes),
	        CCCD_OK);
	assert_int_equal(bytes.len, 6);
	assert_int_equal(
	        private_file_read(link, PRIVATE_FILE_OWN, NULL, &bytes),
	        CCCD_ERR_POLICY_CONFIG);
	assert_int_equal(
	        private_file_read(link, PRIVATE_FILE_OWN, &error, &bytes),
	        CCCD_ERR_POLICY_CONFIG);
	assert_memory_equal(error.text, link, strlen(link));
	assert_int_equal(private_file_read(dir, PRIVATE_FILE_OWN, NULL, &bytes),
	                 CCCD_ERR_POLICY_CONFIG);
	for (mode_t bit = 1; bit <= 040; bit *= 2) {
		bool credential = bit == 040 || bit == 010;

		assert_int_equal(chmod(path, 0600 | bit), 0);
		assert_int_equal(
		        private_file_read(path, PRIVATE_FILE_OWN, NULL, &bytes),
		        CCCD_ERR_POLICY_CONFIG);
		error = (struct cccd_error){ 0 };
		(void)!private_file_read(path, PRIVATE_FILE_OWN, &error,
		                         &bytes);
		assert_memory_equal(error.text, path, strlen(path));
		assert_int_equal(private_file_read(path,
		                                   PRIVATE_FILE_CREDENTIAL,
		                                   NULL, &bytes),
		                 credential ? CCCD_OK : CCCD_ERR_POLICY_CONFIG);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(
	        private_file_read(path, PRIVATE_FILE_OWN, NULL, &bytes),
	        CCCD_ERR_USAGE_FILE);
	error = (struct cccd_error){ 0 };
	assert_int_equal(
	        private_file_read(path, PRIVATE_FILE_OWN, &error, &bytes),
	        CCCD_ERR_USAGE_FILE);
	assert_memory_equal(error.text, path, strlen(path));
	assert_non_null(strstr(error.text, "No such file"));
	assert_int_equal(error.native, ENOENT);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* Somebody else's file, when we may make one. */
static void private_file_refuses_another_owner(void **state)
{
	char path[] = "/tmp/cccd-private-XXXXXX";
	int fd = mkstemp(path);
	BUF bytes = buf_make(16);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	if (chown(path, 65534, 65534) == 0) {
		assert_int_equal(
		        private_file_read(path, PRIVATE_FILE_OWN, NULL, &bytes),
		        CCCD_ERR_POLICY_CONFIG);
		assert_int_equal(private_file_read(path,
		                                   PRIVATE_FILE_CREDENTIAL,
		                                   NULL, &bytes),
		                 CCCD_ERR_POLICY_CONFIG);
	}
	assert_int_equal(unlink(path), 0);
}

/* [RFC 4648 10], without padding. */
static void base64url_is_one_text_for_every_byte_string(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "f", "Zg" },
		{ "fo", "Zm8" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg" },
		{ "fooba", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xFB\xFF", "-_8" },
	};
	static const char *const bad[] = { "Zg==",  "Zh",   "Zm9", "Z",
		                           "Zm9v=", "+_8",  "-/8", " Zg",
		                           "Zg\n",  "Zm9vY" };
	BUF bytes = buf_make(16);
	char text[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		base64url_text(span_text(rows[i][0]), text);
		assert_string_equal(text, rows[i][1]);
		assert_int_equal(base64url_decode(span_text(text), &bytes),
		                 CCCD_OK);
		assert_int_equal(bytes.len, strlen(rows[i][0]));
		assert_true(
		        span_equal(buf_span(&bytes), span_text(rows[i][0])));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(base64url_decode(span_text(bad[i]), &bytes),
		                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(
	        base64url_decode(span_text("Zm9vYmFyZm9vYmFyZm9v"), &bytes),
	        CCCD_OK);
	bytes.max = 15;
	assert_int_equal(
	        base64url_decode(span_text("Zm9vYmFyZm9vYmFyZm9v"), &bytes),
	        CCCD_OK);
	assert_int_equal(
	        base64url_decode(span_text("Zm9vYmFyZm9vYmFyZm9vYQ"), &bytes),
	        CCCD_ERR_DATA_TOO_LARGE);
}

static void keys_live_in_locked_memory_where_that_is_allowed(void **state)
{
	struct sign_pair *pair = NULL;
	bool locked = sign_protect_memory();

	(void)state;
	/* Asking again changes nothing. */
	assert_int_equal(sign_protect_memory(), locked);
	assert_int_equal(sign_pair_generate(SIGN_ES256, &pair), CCCD_OK);
	sign_pair_free(pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pair_signs_and_its_public_half_verifies),
		cmocka_unit_test(es256_signatures_are_always_64_bytes),
		cmocka_unit_test(pair_survives_its_pem),
		cmocka_unit_test(ed25519_signs_as_rfc_8032),
		cmocka_unit_test(pair_from_pem_refuses_other_things),
		cmocka_unit_test(verifier_refuses_points_off_the_curve),
		cmocka_unit_test(private_file_reads_only_what_is_private),
		cmocka_unit_test(private_file_refuses_another_owner),
		cmocka_unit_test(base64url_is_one_text_for_every_byte_string),
		cmocka_unit_test(
		        keys_live_in_locked_memory_where_that_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
