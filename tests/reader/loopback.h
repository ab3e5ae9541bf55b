/* SPDX-License-Identifier: Apache-2.0 */
/* The test card as a transport of its own, in this process. */
#ifndef TESTS_READER_LOOPBACK_H
#define TESTS_READER_LOOPBACK_H

#include "reader/reader.h"

/* Slow answers pass their deadline at once; taken cards can come back. */
struct reader *loopback_open(unsigned int capabilities);

/* Lay the card on the reader, or take it away. */
void loopback_insert(struct reader *reader, bool present);

#endif
