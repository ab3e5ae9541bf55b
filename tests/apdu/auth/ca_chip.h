/* SPDX-License-Identifier: Apache-2.0 */
/* A chip with a static key, honest or not, and a session with it. */
#ifndef TESTS_APDU_AUTH_CA_CHIP_H
#define TESTS_APDU_AUTH_CA_CHIP_H

#include "apdu/auth/chip_auth.h"
#include "tests/support/card_rig.h"
#include "tests/support/sm_card.h"

enum {
	FID_DG14 = 0x010E,
	SPKI_MAX = 700,
};

enum ca_mode {
	CA_HONEST = 0,
	CA_NO_KEY,      /* says 9000, but keeps no private key */
	CA_KEEPS_OLD,   /* says 9000 and stays under the old keys */
	CA_REFUSES_MSE, /* with @sw, protected */
	CA_REFUSES_GA,
	CA_DROPS_MSE, /* with @sw, naked */
	CA_DROPS_GA,
	CA_NAKED_AFTER, /* 9000, then a naked word */
};

/**
 * struct ca_chip - one chip.
 * @kat: MSE:Set KAT is understood
 */
struct ca_chip {
	struct domain *domain;
	struct key_pair pair;
	enum cipher_id cipher;
	enum ca_mode mode;
	uint16_t sw;
	size_t sent;
	uint8_t commands[8][600];
	size_t lens[8];
	bool changed;
	struct sm_card sm;
	struct buf chain;
};

struct ca_session {
	uint8_t spki[SPKI_MAX];
	uint8_t oid[10];
	struct chip_auth_key key;
	struct chip_auth_result result;
	struct ca_chip chip;
	struct card_rig rig;
};

/* Fails the test unless it is CCCD_OK. */
void must(enum cccd_err err);

/* A chip with a key of the group @id, its channel open under AES-128. */
void ca_prepare(struct ca_session *s, unsigned int id, uint8_t cipher);

/* Chip Authentication; whatever comes of it is no error of the session. */
void ca_run(struct ca_session *s);

void ca_finish(struct ca_session *s);

#endif
