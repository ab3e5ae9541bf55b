/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 15, and what any SubjectPublicKeyInfo says about itself. */
#ifndef APDU_LDS_DG15_H
#define APDU_LDS_DG15_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * public_key_look() - type, size and curve, from the structure alone.
 * @spki: one SubjectPublicKeyInfo
 *
 * Nothing is computed: whether the key is valid is for apdu/crypto.
 *
 * Return: CCCD_OK, an unknown algorithm included; CCCD_ERR_DATA_MISSING;
 * CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED.
 *
 * [RFC 5280 4.1.2.7, RFC 3279 2.3, 9303-11 9.4]
 */
CHECKED enum cccd_err public_key_look(struct span spki,
                                      struct cccd_public_key *ret);

/* The active authentication key inside template 6F [9303-10 4.7.15]. */
CHECKED enum cccd_err dg15_parse(struct span file, struct cccd_public_key *ret);

#endif
