/* SPDX-License-Identifier: Apache-2.0 */
/* ISO/IEC 9796-2, digital signature scheme 1, as Doc 9303-11 6.1.2.2. */
#ifndef APDU_AUTH_ISO9796_H
#define APDU_AUTH_ISO9796_H

#include "base/digest.h"

/* RSA moduli of active authentication, in bytes. */
enum { ISO9796_MODULUS_MAX = 1024 };

/**
 * struct iso9796_message - a message representative taken apart.
 * @digest:    named by the trailer
 * @recovered: the recoverable part M1
 * @hash:      as it stands in the representative
 * @total:     the whole message was recovered (header 4)
 */
struct iso9796_message {
	enum digest_id digest;
	struct span recovered;
	struct span hash;
	bool total;
};

/**
 * iso9796_parse() - header, padding, trailer; pure.
 * @representative: as long as the modulus, its last nibble C; borrowed
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_CRYPTO_UNSUPPORTED for
 * a trailer that names another hash.
 */
CHECKED enum cccd_err iso9796_parse(struct span representative,
                                    struct iso9796_message *ret);

/**
 * iso9796_verify() - whether the representative signs M1 || @rest.
 * @rest: the part that is not recovered: RND.IFD
 *
 * A message recovered as a whole must end with @rest.
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_FAILED.
 */
CHECKED enum cccd_err iso9796_verify(const struct iso9796_message *message,
                                     struct span rest, bool *ret_good);

#endif
