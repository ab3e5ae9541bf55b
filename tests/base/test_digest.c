/* SPDX-License-Identifier: Apache-2.0 */
/* Keyed hashes: the worked examples of RFC 4231. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/digest.h"
#include "base/hex.h"

static void assert_hex(const struct digest *digest, const char *hex)
{
	char text[2 * DIGEST_MAX + 1];

	hex_encode(digest_span(digest), text, sizeof(text));
	assert_string_equal(text, hex);
}

static void digest_hmac_gives_the_examples_of_rfc_4231(void **state)
{
	uint8_t key[131];
	struct digest digest = { 0 };

	(void)state;
	assert_int_equal(digest_hmac(DIGEST_SHA256, span_text("Jefe"),
	                             span_text("what do ya want for nothing?"),
	                             &digest),
	                 CCCD_OK);
	assert_hex(&digest, "5BDCC146BF60754E6A042426089575C7"
	                    "5A003F089D2739839DEC58B964EC3843");
	/* A key longer than the block of the digest. */
	memset(key, 0xAA, sizeof(key));
	assert_int_equal(digest_hmac(DIGEST_SHA256, SPAN(key),
	                             span_text("Test Using Larger Than "
	                                       "Block-Size Key - Hash Key "
	                                       "First"),
	                             &digest),
	                 CCCD_OK);
	assert_hex(&digest, "60E431591EE0B67F0D8A26AACBF5B77F"
	                    "8E0BC6213728C5140546040F0EE37F54");
}

static void digest_hmac_refuses_no_key_and_no_digest(void **state)
{
	struct digest digest = { 0 };

	(void)state;
	assert_int_equal(digest_hmac(DIGEST_SHA256, span_text(""),
	                             span_text("x"), &digest),
	                 CCCD_ERR_CRYPTO_UNSUPPORTED);
	assert_int_equal(digest_hmac(DIGEST_NONE, span_text("k"),
	                             span_text("x"), &digest),
	                 CCCD_ERR_CRYPTO_UNSUPPORTED);
	assert_int_equal(digest.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digest_hmac_gives_the_examples_of_rfc_4231),
		cmocka_unit_test(digest_hmac_refuses_no_key_and_no_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
