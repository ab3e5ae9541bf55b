/* SPDX-License-Identifier: Apache-2.0 */
/* libpcsclite replaced: calls fail in turn and answers lie. Link with --wrap
 * for every call of reader/pcsc_link.c. */
#ifndef TESTS_READER_FAKE_WINSCARD_H
#define TESTS_READER_FAKE_WINSCARD_H

#include <stdatomic.h>
#include <stdbool.h>

#include <winscard.h>

/**
 * struct fake - the service, and what it has been asked.
 * @calls:      so far
 * @fail_at:    which call fails, counted from 1; 0 none
 * @refusals:   handshakes that end as if we were refused, before that
 * @mismatches: connections that find no protocol, before one does
 * @code:       how it fails
 * @after:      how every later call fails; SCARD_S_SUCCESS for not at all
 * @contexts, @handles: not yet given back
 * @blocks:     an exchange does not end while this is so; @inside: one began
 * @names:      fake_one_reader or fake_short_reader
 */
struct fake {
	atomic_int calls;
	int fail_at;
	int refusals;
	int mismatches;
	LONG code;
	LONG after;
	atomic_int contexts;
	atomic_int handles;
	atomic_bool blocks;
	atomic_bool inside;
	const char *names;
	DWORD names_len;
	DWORD response_len;
	bool says_nothing;
	bool refuses_card;
};

extern struct fake fake;

/* Lists of one reader; the second is known in udev/readers.list for short
 * APDUs. */
enum { FAKE_ONE_READER = 13, FAKE_SHORT_READER = 34 };
extern const char fake_one_reader[FAKE_ONE_READER];
extern const char fake_short_reader[FAKE_SHORT_READER];

/* One reader, and nothing fails. */
void fake_reset(void);

#endif
