/* SPDX-License-Identifier: Apache-2.0 */
/* Elliptic curves by name or by their spelled-out parameters. */
#ifndef APDU_AUTH_EC_CURVE_H
#define APDU_AUTH_EC_CURVE_H

#include "base/span.h"

enum {
	EC_FIELD_MAX = 66, /* bytes of a coordinate, P-521 */
	EC_CURVE_NAME_MAX = 24,
};

/**
 * ec_curve_find() - EcpkParameters to the name of a curve.
 * @parameters:   the whole object: OBJECT IDENTIFIER or ECParameters
 * @ret_name:     OpenSSL's name of the group, a constant
 * @ret_explicit: the parameters were spelled out
 *
 * Spelled-out parameters must equal those of a curve we know in all of p,
 * a, b, base point, order and cofactor; the cofactor may not be left out.
 * [9303-12 4.1.6.3; TR-03111 A.2; pitfall 28]
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_CRYPTO_KEY for any
 * other curve; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err ec_curve_find(struct span parameters,
                                    const char **ret_name, bool *ret_explicit);

#endif
