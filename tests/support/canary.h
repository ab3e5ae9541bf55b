/* SPDX-License-Identifier: Apache-2.0 */
/* Whether something secret stands in some bytes, in any form it may take. */
#ifndef TESTS_SUPPORT_CANARY_H
#define TESTS_SUPPORT_CANARY_H

#include "base/span.h"

/**
 * canary_sings() - look for @secret in @place.
 * @secret: 6 to 64 bytes
 *
 * Plain, backwards, in hexadecimal of either case, in base64 and base64url
 * at every alignment.
 *
 * Return: the form in which it was found, NULL when it was not.
 */
const char *canary_sings(struct span place, struct span secret);

/**
 * canary_sings_in_part() - the same for any stretch of @file.
 * @width: bytes of a stretch, 6 to 64
 * @step:  bytes between the stretches that are looked for
 *
 * Stretches of one value throughout are left out: they are nobody's.
 */
const char *canary_sings_in_part(struct span place, struct span file,
                                 size_t width, size_t step);

#endif
