/* SPDX-License-Identifier: Apache-2.0 */
/* What a lying card does to a valid file, for every parser alike. */
#ifndef TESTS_SUPPORT_HOSTILE_H
#define TESTS_SUPPORT_HOSTILE_H

#include "base/span.h"

/* The parser under test, its result thrown away. */
typedef enum cccd_err hostile_parse(struct span file);

/* Every proper prefix of @valid must be refused with a data error. */
void hostile_truncate(struct span valid, hostile_parse *parse);

/* Every byte of @valid set to every value a length may begin with, and every
 * single bit turned: a data error or a result, never a crash. */
void hostile_mutate(struct span valid, hostile_parse *parse);

/* @valid behind a head that announces up to 16 MiB, and with its own outer
 * length replaced: refused, and in less than @valid's own memory. */
void hostile_lying_lengths(struct span valid, hostile_parse *parse);

/* All of the above; @valid itself must be accepted. */
void hostile_all(struct span valid, hostile_parse *parse);

#endif
