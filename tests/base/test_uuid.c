/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs: version and variant by RFC 9562, the rest as the source gave it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/uuid.h"

static enum cccd_err give(void *context, uint8_t *at, size_t len)
{
	const uint8_t *byte = context;

	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(*byte + i);
	return CCCD_OK;
}

static enum cccd_err give_nothing(void *context, uint8_t *at, size_t len)
{
	(void)context;
	memset(at, 0xFF, len);
	return CCCD_ERR_CRYPTO_RANDOM;
}

static void assert_made_of(uint8_t first, const char *want)
{
	const struct random random = { .fill = give, .context = &first };
	char text[UUID_TEXT_MAX];

	assert_int_equal(uuid_make(&random, text), CCCD_OK);
	assert_string_equal(text, want);
}

/* [RFC 9562 5.4] version 4 in the seventh byte, variant 10 in the ninth */
static void uuid_make_sets_version_and_variant(void **state)
{
	(void)state;
	assert_made_of(0x00, "00010203-0405-4607-8809-0a0b0c0d0e0f");
	assert_made_of(0x38, "38393a3b-3c3d-4e3f-8041-424344454647");
	assert_made_of(0xF0, "f0f1f2f3-f4f5-46f7-b8f9-fafbfcfdfeff");
}

static void uuid_make_writes_nothing_without_randomness(void **state)
{
	const struct random random = { .fill = give_nothing };
	char text[UUID_TEXT_MAX] = "before";

	(void)state;
	assert_int_equal(uuid_make(&random, text), CCCD_ERR_CRYPTO_RANDOM);
	assert_string_equal(text, "before");
}

static void uuid_make_never_repeats(void **state)
{
	char first[UUID_TEXT_MAX];
	char second[UUID_TEXT_MAX];

	(void)state;
	assert_int_equal(uuid_make(&random_system, first), CCCD_OK);
	assert_int_equal(uuid_make(&random_system, second), CCCD_OK);
	assert_int_equal(strlen(first), UUID_TEXT_MAX - 1);
	assert_string_not_equal(first, second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uuid_make_sets_version_and_variant),
		cmocka_unit_test(uuid_make_writes_nothing_without_randomness),
		cmocka_unit_test(uuid_make_never_repeats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
