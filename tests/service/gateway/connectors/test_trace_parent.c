/* SPDX-License-Identifier: Apache-2.0 */
/* traceparent: the desk's transaction, or nothing. */
#include "service/gateway/connectors/trace_parent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/macros.h"

#define UUID  "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11"
#define TRACE "0b9f3c1e6a0e4c0b9d573d1f0c2a7e11"

static enum cccd_err give(void *context, uint8_t *at, size_t len)
{
	memset(at, *(const uint8_t *)context, len);
	return CCCD_OK;
}

static enum cccd_err give_nothing(void *context, uint8_t *at, size_t len)
{
	(void)context;
	memset(at, 0xFF, len);
	return CCCD_ERR_CRYPTO_RANDOM;
}

static void assert_parent(const char *transaction, uint8_t byte,
                          const char *want)
{
	const struct random random = { .fill = give, .context = &byte };
	char text[TRACE_PARENT_MAX] = "before";

	assert_int_equal(trace_parent_make(transaction, &random, text),
	                 CCCD_OK);
	assert_string_equal(text, want);
}

/* [Trace Context 3.2.2] */
static void trace_parent_is_the_transaction(void **state)
{
	(void)state;
	assert_parent(UUID, 0xAB, "00-" TRACE "-abababababababab-01");
}

/* [Trace Context 3.2.2.4] zeros are invalid as parent-id */
static void trace_parent_is_never_zero(void **state)
{
	(void)state;
	assert_parent(UUID, 0, "00-" TRACE "-0000000000000001-01");
}

static void trace_parent_is_left_out_without_a_uuid(void **state)
{
	static const char *const odd[] = {
		"",
		"twice",
		TRACE,
		"0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e110",
		"0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e1",
		"0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e1g",
		"0B9F3C1E-6A0E-4C0B-9D57-3D1F0C2A7E11",
		"0b9f3c1e6-a0e-4c0b-9d57-3d1f0c2a7e11",
		"0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a-e11",
		"00000000-0000-0000-0000-000000000000",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		assert_parent(odd[i], 0xAB, "");
}

static void trace_parent_writes_nothing_without_randomness(void **state)
{
	const struct random random = { .fill = give_nothing };
	char text[TRACE_PARENT_MAX] = "before";

	(void)state;
	assert_int_equal(trace_parent_make(UUID, &random, text),
	                 CCCD_ERR_CRYPTO_RANDOM);
	assert_string_equal(text, "before");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trace_parent_is_the_transaction),
		cmocka_unit_test(trace_parent_is_never_zero),
		cmocka_unit_test(trace_parent_is_left_out_without_a_uuid),
		cmocka_unit_test(
		        trace_parent_writes_nothing_without_randomness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
