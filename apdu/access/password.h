/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords that open a chip and the keys made of them: Doc 9303-11 9.7. */
#ifndef APDU_ACCESS_PASSWORD_H
#define APDU_ACCESS_PASSWORD_H

#include "apdu/crypto/cipher.h"
#include "base/secret.h"

/* The values are the password references of MSE:Set AT. */
enum password_type {
	PASSWORD_NONE = 0,
	PASSWORD_MRZ = 1,
	PASSWORD_CAN = 2,
	PASSWORD_PIN = 3,
	PASSWORD_PUK = 4,
};

enum { PASSWORD_MAX = 64 };

/**
 * struct password - what the operator holds; wipe with password_wipe().
 * @type:  PASSWORD_NONE when zeroed
 * @value: MRZ: document number, birth and expiry dates, each with its
 *         check digit ("MRZ_information"); else the characters as typed
 */
struct password {
	enum password_type type;
	struct secret value;
};

/**
 * password_set() - take a password after a look at its form.
 * @text: MRZ: 24 to 40 of A-Z 0-9 <; CAN, PIN, PUK: 4 to 16 digits
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_KEY_MISSING when empty or without type;
 * CCCD_ERR_USAGE_KEY_MALFORMED.
 */
CHECKED enum cccd_err password_set(enum password_type type, struct span text,
                                   struct password *ret);

void password_wipe(struct password *password);

/* "mrz", "can", "pin", "puk", "none". */
const char *password_type_name(enum password_type type);

/**
 * password_key() - K_pi, the key of PACE [9303-11 9.7.3].
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_KEY_MISSING; crypto errors.
 */
CHECKED enum cccd_err password_key(const struct password *password,
                                   enum cipher_id cipher, struct secret *ret);

/**
 * password_bac_keys() - the document basic access keys [9303-11 9.7.2].
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_KEY_MISSING for a password that is not
 * an MRZ; crypto errors.
 */
CHECKED enum cccd_err password_bac_keys(const struct password *password,
                                        struct secret *ret_enc,
                                        struct secret *ret_mac);

#endif
