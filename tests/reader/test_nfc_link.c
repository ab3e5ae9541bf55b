/* SPDX-License-Identifier: Apache-2.0 */
/* What the parent's side believes of cccd-nfc. */
#include "reader/nfc_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

enum { LIMIT_MS = 400 };

/**
 * struct lie - an answer to request 1 that nobody may believe.
 * @text: the whole message
 */
struct lie {
	const char *text;
	size_t len;
};

#define LIE(text)                        \
	{                                \
		(text), sizeof(text) - 1 \
	}

static void link_ends_when_the_other_side_lies(void **state)
{
	static const struct lie lies[] = {
		LIE("\x00\x05\x41\x00\x02xx"),       /* another number */
		LIE("\x00\x04\x45\x00\x01\x01"),     /* another answer */
		LIE("\x00\x03\x05\x00\x01"),         /* a request */
		LIE("\x00\x03\xC8\x00\x01"),         /* no type */
		LIE("\x00\x02\x41\x00"),             /* too short */
		LIE("\xFF\xFF\x41\x00\x01"),         /* too long */
		LIE("\x00\x05\x46\x00\x01\x01\x01"), /* half an error */
		/* An error that only the library may find. */
		LIE("\x00\x09\x46\x00\x01\x04\x06\x00\x00\x00\x00"),
		/* An error with a line feed in its text. */
		LIE("\x00\x0A\x46\x00\x01\x01\x01\x00\x00\x00\x00\n"),
		LIE(""),
	};
	const struct nfc_call call = { .type = WIRE_OPEN,
		                       .wanted = WIRE_OPENED,
		                       .timeout_ms = LIMIT_MS,
		                       .wake = -1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct cccd_error error = { .tries_left = -1 };
		struct nfc_link *link = NULL;
		struct span body = { 0 };
		int ends[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		assert_int_equal(write(ends[1], lies[i].text, lies[i].len),
		                 (ssize_t)lies[i].len);
		assert_int_equal(shutdown(ends[1], SHUT_WR), 0);
		assert_ok(nfc_link_adopt(ends[0], &link));
		assert_int_equal(nfc_link_call(link, &call, &error, &body),
		                 CCCD_ERR_READER_LOST);
		assert_int_equal(error.code, CCCD_ERR_READER_LOST);
		assert_true(nfc_link_broken(link));
		nfc_link_free(link);
		(void)close(ends[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(link_ends_when_the_other_side_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
