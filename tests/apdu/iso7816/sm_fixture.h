/* SPDX-License-Identifier: Apache-2.0 */
/* A channel with fixed keys, and answers made with them by hand. */
#ifndef TESTS_APDU_ISO7816_SM_FIXTURE_H
#define TESTS_APDU_ISO7816_SM_FIXTURE_H

#include "apdu/iso7816/secure_messaging.h"

enum { SM_CIPHERS = 4 };

extern const enum cipher_id all_ciphers[SM_CIPHERS];

/* Open @sm with fixed keys and a counter of zero. */
void open_plain(struct secure_messaging *sm, enum cipher_id cipher);

/* The fixed key bytes, CIPHER_KEY_MAX of them. */
struct span fixed_key(void);

/* Bytes as they are. */
void put(struct buf *buf, const void *at, size_t len);

/* An object with the shortest length form. */
void put_object(struct buf *buf, uint32_t tag, struct span value);

/* Encrypt padded text as the chip's next answer would be. */
void seal(const struct secure_messaging *sm, struct buf *plain);

/* DO'87' with @plain padded and encrypted. */
void put_cryptogram(struct buf *objects, const struct secure_messaging *sm,
                    struct span plain);

/* Put the right MAC over the objects, then a status word. */
void finish(struct buf *objects, const struct secure_messaging *sm,
            const char *sw);

#endif
