/* SPDX-License-Identifier: Apache-2.0 */
/* Secure messaging, 3DES and AES: Doc 9303-11 9.8. */
#ifndef APDU_ISO7816_SECURE_MESSAGING_H
#define APDU_ISO7816_SECURE_MESSAGING_H

#include "apdu/crypto/cipher.h"
#include "apdu/iso7816/command.h"
#include "base/secret.h"

/**
 * struct secure_messaging - an open channel; inactive when zeroed.
 * @cipher: CIPHER_NONE when no channel is open
 * @k_enc:  session key for encryption
 * @k_mac:  session key for MACs
 * @ssc:    send sequence counter, one block, big-endian
 * @proven: responses whose MAC was verified since the channel was opened
 */
struct secure_messaging {
	enum cipher_id cipher;
	struct secret k_enc;
	struct secret k_mac;
	uint8_t ssc[CIPHER_BLOCK_MAX];
	unsigned int proven;
};

/**
 * sm_open() - start a channel.
 * @ssc: one block; empty for the zero counter of PACE and chip
 *       authentication [9303-11 9.8.6.3, 9.8.7.3]
 */
CHECKED enum cccd_err sm_open(struct secure_messaging *sm,
                              enum cipher_id cipher, struct span k_enc,
                              struct span k_mac, struct span ssc);

/* Wipes the keys; the structure is inactive afterwards. */
void sm_close(struct secure_messaging *sm);

static inline bool sm_is_open(const struct secure_messaging *sm)
{
	return sm->cipher != CIPHER_NONE;
}

/**
 * sm_wrap() - protect a command: increments the counter.
 * @extended: encode with extended length fields
 * @ret: the C-APDU, replaced
 *
 * Return: CCCD_OK; CCCD_ERR_SM_BROKEN when the counter would overflow.
 */
CHECKED enum cccd_err sm_wrap(struct secure_messaging *sm,
                              const struct command *command, bool extended,
                              struct buf *ret);

/**
 * sm_unwrap() - verify, then decrypt a response: increments the counter.
 * @rapdu: as received, status word included
 * @plain: takes the data; replaced
 * @ret:   data borrowed from @plain; status word from DO'99'
 *
 * Every fault (naked status word, missing, doubled, reordered or unknown
 * object, wrong MAC, wrong padding) is the one code CCCD_ERR_SM_BROKEN and
 * closes the channel [9303-11 9.8.3].
 */
CHECKED enum cccd_err sm_unwrap(struct secure_messaging *sm, struct span rapdu,
                                struct buf *plain, struct response *ret);

/* The largest Le whose protected short response fits 256 bytes of data. */
size_t sm_short_le(const struct secure_messaging *sm);

#endif
