/* SPDX-License-Identifier: Apache-2.0 */
/* Password Authenticated Connection Establishment: Doc 9303-11 4.4. */
#ifndef APDU_ACCESS_PACE_H
#define APDU_ACCESS_PACE_H

#include <cccd/security_info.h>

#include "apdu/access/password.h"
#include "apdu/crypto/key_agreement.h"
#include "apdu/iso7816/card.h"

/**
 * struct pace_options - what the caller knows beyond the PACEInfo.
 * @parameter_id_ambiguous: EF.CardAccess offers more than one set of
 *                          domain parameters, so DO'84' is sent first
 */
struct pace_options {
	bool parameter_id_ambiguous;
};

enum {
	PACE_CHIP_AUTH_DATA_MAX = 66,
	/* The step that shows the chip our password. */
	PACE_LAST_STEP = 4,
};

/**
 * struct pace_result - what was done, for records and for chip auth.
 * @mapping, @cipher: of the protocol
 * @domain_id:     standardized parameters used
 * @password:      type of the password
 * @sent_parameter_id: DO'84' was in the accepted MSE:Set AT
 * @retried:       DO'84' was added or left out after a refusal
 * @status_word:   last status word of the card, also when PACE failed
 * @failed_step:   0 MSE:Set AT, 1-4 GENERAL AUTHENTICATE; 5 on success
 * @tries_left:    announced by MSE:Set AT or the refusal; -1 when not
 * @map_public:    CAM: the chip's mapping key PK_Map,IC
 * @chip_auth_data: CAM: decrypted CA_IC, to be judged by
 *                  chip_auth_check_mapping()
 * @ephemeral_ic:  the chip's PK_DH,IC
 * @ephemeral_ifd: ours
 */
struct pace_result {
	enum cccd_pace_mapping mapping;
	enum cipher_id cipher;
	int domain_id;
	enum password_type password;
	bool sent_parameter_id;
	bool retried;
	uint16_t status_word;
	unsigned int failed_step;
	int tries_left;
	struct public_value map_public;
	uint8_t chip_auth_data[PACE_CHIP_AUTH_DATA_MAX];
	size_t chip_auth_data_len;
	struct public_value ephemeral_ic;
	struct public_value ephemeral_ifd;
};

/**
 * pace_run() - open a secure channel with PACE.
 * @card:     no channel open; its channel is set on success
 * @info:     one PACEInfo with standardized domain parameters; borrowed
 * @options:  borrowed; NULL for none
 * @password: borrowed, not copied
 * @ret:      filled as far as the protocol went, on failure too
 *
 * Blocks for five exchanges, seven after a retry with the other form of
 * MSE:Set AT. After a wrong password nothing more is sent.
 *
 * Return: CCCD_OK; CCCD_ERR_CARD_PASSWORD when the chip refused our token;
 * CCCD_ERR_CARD_BLOCKED; CCCD_ERR_CARD_REFUSED for any other status word
 * (a downgrade for the caller to judge); CCCD_ERR_CRYPTO_TOKEN when the
 * chip's token is wrong; CCCD_ERR_CRYPTO_REFLECTED; CCCD_ERR_CRYPTO_KEY;
 * CCCD_ERR_CRYPTO_UNSUPPORTED for parameters we do not have;
 * CCCD_ERR_DATA_* for malformed answers; CCCD_ERR_CRYPTO_RANDOM;
 * CCCD_ERR_USAGE_STATE with a channel already open; reader errors
 * unchanged.
 *
 * [9303-11 4.4.1, 4.4.4]
 */
CHECKED enum cccd_err pace_run(struct card *card,
                               const struct cccd_pace_info *info,
                               const struct pace_options *options,
                               const struct password *password,
                               struct pace_result *ret);

#endif
