/* SPDX-License-Identifier: Apache-2.0 */
/* What a failed transfer is called, and whether anybody was asked by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "service/gateway/connectors/http_failure.h"

static const struct {
	CURLcode code;
	enum registry_outcome outcome;
	bool sent;
} rows[] = {
	{ CURLE_COULDNT_CONNECT, REGISTRY_UNREACHABLE, false },
	{ CURLE_OPERATION_TIMEDOUT, REGISTRY_TIME_OUT, true },
	{ CURLE_RECV_ERROR, REGISTRY_BROKEN_OFF, true },
	/* Bytes that are no HTTP: somebody has the question now. */
	{ CURLE_UNSUPPORTED_PROTOCOL, REGISTRY_MALFORMED, true },
	{ CURLE_WEIRD_SERVER_REPLY, REGISTRY_MALFORMED, true },
};

static void http_failures_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(http_failure(rows[i].code, 0, ""),
		                 rows[i].outcome);
		assert_int_equal(http_was_sent(rows[i].code), rows[i].sent);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_failures_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
