/* SPDX-License-Identifier: Apache-2.0 */
/* The worked examples in tests/vectors/, by name. */
#ifndef TESTS_SUPPORT_VECTORS_H
#define TESTS_SUPPORT_VECTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

struct vectors;

/* Open tests/vectors/NAME.json; ends the test program when it is missing. */
struct vectors *vectors_open(const char *name);
void vectors_close(struct vectors *vectors);

/* A value whose name ends in _text, or NULL when there is none. */
const char *vectors_text(const struct vectors *vectors, const char *name);

/* A hexadecimal value as bytes, owned by @vectors; ends the program when
 * it is missing. */
struct span vectors_bytes(struct vectors *vectors, const char *name);

bool vectors_has(const struct vectors *vectors, const char *name);

/* Number of APDUs, and one by position or by name: @field is "command",
 * "response", "plain_command", "plain_response" or "ssc". */
size_t vectors_apdu_count(const struct vectors *vectors);
const char *vectors_apdu_name(const struct vectors *vectors, size_t index);
struct span vectors_apdu(struct vectors *vectors, const char *name,
                         const char *field);

/* Call @each for every value, in file order. */
void vectors_each(const struct vectors *vectors,
                  void (*each)(const char *name, const char *value,
                               void *context),
                  void *context);

#endif
