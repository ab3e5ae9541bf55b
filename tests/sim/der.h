/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator's own TLV: writing DER, reading command data. X.690. */
#ifndef TESTS_SIM_DER_H
#define TESTS_SIM_DER_H

#include "base/buf.h"

enum { SIM_DER_MAX = 1 << 20 };

/* struct sim_der - objects one after another; the first failure stays. */
struct sim_der {
	struct buf out;
	enum cccd_err err;
};

#define SIM_DER CLEANUP(sim_der_release) struct sim_der

struct sim_der sim_der_make(void);
void sim_der_release(struct sim_der *der);

void sim_der_raw(struct sim_der *der, struct span bytes);
void sim_der_put(struct sim_der *der, uint32_t tag, struct span value);
void sim_der_text(struct sim_der *der, uint32_t tag, const char *text);

/* A constructed object: open, write members, close with the mark. */
size_t sim_der_open(struct sim_der *der, uint32_t tag);
void sim_der_close(struct sim_der *der, size_t mark);

/* OBJECT IDENTIFIER from "1.2.3". */
void sim_der_oid(struct sim_der *der, const char *dotted);

/* INTEGER from a small number, or from unsigned big-endian bytes. */
void sim_der_uint(struct sim_der *der, unsigned int value);
void sim_der_integer(struct sim_der *der, struct span magnitude);

/* BIT STRING without unused bits. */
void sim_der_bits(struct sim_der *der, struct span value);

/* Append what was written to @ret, or the first failure. */
CHECKED enum cccd_err sim_der_take(struct sim_der *der, struct buf *ret);

/* Content octets of an object identifier; ends after at most 40 bytes. */
struct sim_oid {
	uint8_t bytes[40];
	size_t len;
};

CHECKED enum cccd_err sim_oid_encode(const char *dotted, struct sim_oid *ret);

/**
 * sim_der_next() - take one object off the front of @rest.
 *
 * Tags of one or two bytes, definite lengths of up to four bytes.
 *
 * Return: false at the end or when the object does not fit.
 */
CHECKED bool sim_der_next(struct span *rest, uint32_t *ret_tag,
                          struct span *ret_value);

/* The value of the first object with @tag on this level. */
CHECKED bool sim_der_find(struct span bytes, uint32_t tag,
                          struct span *ret_value);

#endif
