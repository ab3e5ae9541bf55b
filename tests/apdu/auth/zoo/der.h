/* SPDX-License-Identifier: Apache-2.0 */
/* A DER writer for tests: it writes what it is told, right or wrong. */
#ifndef TESTS_APDU_AUTH_ZOO_DER_H
#define TESTS_APDU_AUTH_ZOO_DER_H

#include "base/buf.h"
#include "base/span.h"

enum { DER_MAX = 8 * 1024 * 1024 };

/* Ends the test program on failure, as every function here does. */
struct buf der_new(void);

/* Bytes as they are. */
void der_raw(struct buf *out, struct span bytes);

/* A primitive object. */
void der_put(struct buf *out, unsigned int tag, struct span value);

/* An object around all that is written between the two calls. */
size_t der_begin(const struct buf *out);
void der_end(struct buf *out, size_t mark, unsigned int tag);

void der_oid(struct buf *out, const char *text);
void der_number(struct buf *out, unsigned long number);
void der_null(struct buf *out);
void der_text(struct buf *out, unsigned int tag, const char *text);

/* BIT STRING without unused bits. */
void der_bits(struct buf *out, struct span bytes);

/* UTCTime, or GeneralizedTime where @general. */
void der_time(struct buf *out, long long seconds, bool general);

#endif
