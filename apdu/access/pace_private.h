/* SPDX-License-Identifier: Apache-2.0 */
/* One run of PACE, shared by the files that implement it. */
#ifndef APDU_ACCESS_PACE_PRIVATE_H
#define APDU_ACCESS_PACE_PRIVATE_H

#include "apdu/access/pace.h"

/* Data objects of the dynamic authentication template [9303-11 table 4]. */
enum {
	DO_DYNAMIC = 0x7C,
	DO_ENCRYPTED_NONCE = 0x80,
	DO_MAP_TERMINAL = 0x81,
	DO_MAP_CARD = 0x82,
	DO_KEY_TERMINAL = 0x83,
	DO_KEY_CARD = 0x84,
	DO_TOKEN_TERMINAL = 0x85,
	DO_TOKEN_CARD = 0x86,
	DO_CAR = 0x87,
	DO_CAR_PREVIOUS = 0x88,
	DO_CHIP_AUTH_DATA = 0x8A,
};

enum {
	PACE_OID_MAX = 16,
	/* A public value, its two heads, and room to spare. */
	PACE_MESSAGE_MAX = DOMAIN_ELEMENT_MAX + 32,
};

/**
 * struct pace - one run; wipe with pace_wipe().
 * @static_domain: of the PACEInfo
 * @mapped:        after step 2
 * @nonce:         s, decrypted
 * @cipher:        of the protocol
 */
struct pace {
	struct card *card;
	const struct cccd_pace_info *info;
	const struct password *password;
	struct pace_result *result;
	struct domain *static_domain;
	struct domain *mapped;
	enum cipher_id cipher;
	struct secret nonce;
	struct secret k_enc;
	struct secret k_mac;
};

void pace_wipe(struct pace *pace);

/**
 * pace_authenticate() - one GENERAL AUTHENTICATE of the chain.
 * @step:  1 to 4; all but the last are marked as links
 * @tag:   of the data object sent, 0 for an empty template
 * @ret:   data (value of the template 7C) borrowed from the card; status
 *         word for the caller to judge, recorded in the result
 *
 * [9303-11 4.4.4.2, 4.4.4.3]
 */
CHECKED enum cccd_err pace_authenticate(struct pace *pace, unsigned int step,
                                        uint32_t tag, struct span value,
                                        struct response *ret);

/* Anything but 9000 is a refusal. */
CHECKED enum cccd_err pace_expect_ok(struct pace *pace, uint16_t sw);

/* The only object of a step's answer. */
CHECKED enum cccd_err pace_only_object(struct pace *pace, struct span answer,
                                       uint32_t tag, struct span *ret);

/* Steps 2: agree on the mapped domain [9303-11 4.4.3.3]. */
CHECKED enum cccd_err pace_map_nonce(struct pace *pace);

/* MSE:Set AT, with DO'84' when asked; any status word [9303-11 4.4.4.1]. */
CHECKED enum cccd_err pace_set_at(struct pace *pace, bool parameter_id,
                                  uint16_t *ret_sw);

/* The token over a public value under KS_MAC [9303-11 4.4.3.4]. */
CHECKED enum cccd_err pace_token(const struct pace *pace,
                                 const struct public_value *key,
                                 uint8_t ret[static MAC_LEN]);

#endif
