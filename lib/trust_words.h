/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of a trust store in words. */
#ifndef LIB_TRUST_WORDS_H
#define LIB_TRUST_WORDS_H

#include <cccd/trust.h>

#include "base/span.h"

/**
 * trust_subject_text() - whom an object speaks of.
 * @der: a certificate, a CRL (its issuer), or a list (nobody)
 * @country: "" when it names none
 */
void trust_subject_text(enum cccd_trust_kind kind, struct span der, char *text,
                        size_t cap, char country[static 4]);

#endif
