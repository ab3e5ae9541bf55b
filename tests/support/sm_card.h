/* SPDX-License-Identifier: Apache-2.0 */
/* The chip's side of secure messaging, written apart from the reader's. */
#ifndef TESTS_SUPPORT_SM_CARD_H
#define TESTS_SUPPORT_SM_CARD_H

#include "apdu/crypto/cipher.h"
#include "base/buf.h"

/* struct sm_card - keys and counter as the chip holds them. */
struct sm_card {
	enum cipher_id cipher;
	uint8_t k_enc[CIPHER_KEY_MAX];
	uint8_t k_mac[CIPHER_KEY_MAX];
	uint8_t ssc[CIPHER_BLOCK_MAX];
};

void sm_card_open(struct sm_card *sm, enum cipher_id cipher, struct span k_enc,
                  struct span k_mac);

/**
 * sm_card_receive() - check a protected command and open it.
 * @plain: takes CLA INS P1 P2 and the data
 *
 * Return: false when the MAC or the form is wrong.
 */
bool sm_card_receive(struct sm_card *sm, struct span command,
                     struct buf *plain);

/* Protect data (may be empty) and a status word. */
void sm_card_answer(struct sm_card *sm, struct span data, uint16_t sw,
                    struct buf *response);

#endif
