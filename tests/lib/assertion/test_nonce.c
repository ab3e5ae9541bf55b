/* SPDX-License-Identifier: Apache-2.0 */
/* The challenge of level A3: bound to audience and nonce, one formula. */
#include "lib/json/nonce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#define NONCE "q0_3Zx8mJ5vKpT1nWc7LrYbE9sHdUfGiOaQ2XzBtM4k"

enum { AUDIENCE_MOST = 65535 };

/* What audience and nonce give, computed elsewhere. */
static void assert_challenge(const char *audience, const char *nonce,
                             const uint8_t want[static CHALLENGE_LEN])
{
	uint8_t challenge[CHALLENGE_LEN] = { 0 };

	assert_int_equal(nonce_challenge(audience, nonce, challenge), CCCD_OK);
	assert_memory_equal(challenge, want, CHALLENGE_LEN);
}

/* [service-api 6] SHA-256("cccd-aa-v1" ‖ length ‖ audience ‖ nonce), 8 bytes */
static void nonce_challenge_binds_audience_and_nonce(void **state)
{
	static const uint8_t abc[] = { 0xfd, 0x57, 0x48, 0x6b,
		                       0xac, 0xb4, 0x18, 0x0e };
	static const uint8_t ab[] = { 0x56, 0x37, 0x82, 0xda,
		                      0xbc, 0x95, 0x4d, 0xff };

	(void)state;
	assert_challenge("abc", NONCE, abc);
	/* The border between the two counts. */
	assert_challenge("ab", "c" NONCE, ab);
}

static void nonce_challenge_takes_audiences_of_two_length_bytes(void **state)
{
	static const uint8_t want[] = { 0xe7, 0x27, 0xbf, 0xea,
		                        0xf2, 0x8a, 0x01, 0x96 };
	char *audience = calloc(1, AUDIENCE_MOST + 2);
	uint8_t challenge[CHALLENGE_LEN];

	(void)state;
	assert_non_null(audience);
	memset(audience, 'a', AUDIENCE_MOST);
	assert_challenge(audience, NONCE, want);
	audience[AUDIENCE_MOST] = 'a';
	assert_int_equal(nonce_challenge(audience, NONCE, challenge),
	                 CCCD_ERR_USAGE_ARGUMENT);
	free(audience);
}

static void nonce_challenge_refuses_what_binds_nothing(void **state)
{
	uint8_t challenge[CHALLENGE_LEN] = { 0x5A };

	(void)state;
	assert_int_equal(nonce_challenge("", NONCE, challenge),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(nonce_challenge("abc", "", challenge),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(nonce_challenge("abc", "short", challenge),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(nonce_challenge("abc", NULL, challenge),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(challenge[0], 0x5A);
}

static void nonce_is_sound_by_length_and_letters(void **state)
{
	char most[NONCE_TEXT_MOST + 2] = "";

	(void)state;
	memset(most, 'A', NONCE_TEXT_MOST);
	assert_true(nonce_is_sound(NONCE));
	assert_true(nonce_is_sound(most));
	most[NONCE_TEXT_MOST] = 'A';
	assert_false(nonce_is_sound(most));
	assert_false(nonce_is_sound(&NONCE[1]));
	assert_false(nonce_is_sound("=" NONCE));
	assert_false(nonce_is_sound("+" NONCE));
	assert_false(nonce_is_sound(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nonce_challenge_binds_audience_and_nonce),
		cmocka_unit_test(
		        nonce_challenge_takes_audiences_of_two_length_bytes),
		cmocka_unit_test(nonce_challenge_refuses_what_binds_nothing),
		cmocka_unit_test(nonce_is_sound_by_length_and_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
