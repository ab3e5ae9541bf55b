/* SPDX-License-Identifier: Apache-2.0 */
/* A chip that speaks PACE, rightly or wrongly, for the tests of access. */
#ifndef TESTS_APDU_ACCESS_PACE_CHIP_H
#define TESTS_APDU_ACCESS_PACE_CHIP_H

#include <cccd/security_info.h>

#include "apdu/crypto/cipher.h"
#include "apdu/crypto/key_agreement.h"
#include "base/buf.h"

/* What the chip does wrong, or which rare case it brings about. */
enum pace_chip_mode {
	CHIP_HONEST = 0,
	CHIP_REFLECTS_MAP,       /* our mapping key comes back */
	CHIP_REFLECTS_EPHEMERAL, /* our ephemeral key comes back */
	CHIP_MIRRORS_EPHEMERAL,  /* its negative, EC only */
	CHIP_SENDS_MAP,          /* @value instead of its mapping key */
	CHIP_SENDS_EPHEMERAL,    /* @value instead of its ephemeral key */
	CHIP_WRONG_TOKEN,
	CHIP_X_BEGINS_00,
	CHIP_Y_BEGINS_00,
	CHIP_Z_BEGINS_00,
};

/**
 * struct pace_chip - set the first part, zero the rest.
 * @oid:    of the protocol
 * @k_pi:   key of the password the chip holds
 * @value:  for the modes that send it
 * @sent:   commands that arrived
 */
struct pace_chip {
	struct span oid;
	enum cccd_pace_mapping mapping;
	enum cipher_id cipher;
	unsigned int parameter_id;
	struct secret k_pi;
	enum pace_chip_mode mode;
	struct span value;

	size_t sent;
	struct domain *domain;
	struct domain *mapped;
	struct key_pair map;
	struct key_pair ephemeral;
	struct public_value theirs;
	struct secret nonce;
	struct secret k_enc;
	struct secret k_mac;
};

/* A script_answer_fn. */
enum cccd_err pace_chip_answer(void *context, struct span command,
                               struct buf *response);

void pace_chip_release(struct pace_chip *chip);

#endif
