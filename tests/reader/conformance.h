/* SPDX-License-Identifier: Apache-2.0 */
/* What every transport owes, as one table of checks. */
#ifndef TESTS_READER_CONFORMANCE_H
#define TESTS_READER_CONFORMANCE_H

#include "reader/reader.h"

/* How long the test card takes where a deadline shall pass. */
enum { CONFORMANCE_SLOW_MS = 3000 };

/**
 * struct bed - one transport with the test card on it.
 * @name:         in the test's name
 * @capabilities: the transport must state exactly these
 * @open:         a fresh reader, the card present
 * @lay:          lay the card on the reader or take it away; NULL when the
 *                transport's card cannot move
 * @instant:      its answers take no time: nothing to cancel meanwhile
 * @recovers_ms:  after a deadline the reader stays taken this long
 * @context:      of the bed
 */
struct bed {
	const char *name;
	unsigned int capabilities;
	struct reader *(*open)(struct bed *bed);
	void (*lay)(struct bed *bed, struct reader *reader, bool present);
	bool instant;
	unsigned int recovers_ms;
	void *context;
};

/* One duty of a transport; uses CMocka's assertions. */
struct duty {
	const char *name;
	void (*check)(struct bed *bed, struct reader *reader);
};

extern const struct duty duties[];
extern const size_t duty_count;

/* All duties as one group of CMocka tests; the number that failed. */
int conformance_run(struct bed *bed,
                    void (*run)(struct bed *bed, const struct duty *duty));

/* Open, check, close: the usual @run. */
void conformance_check(struct bed *bed, const struct duty *duty);

#endif
