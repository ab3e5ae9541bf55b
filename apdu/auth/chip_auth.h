/* SPDX-License-Identifier: Apache-2.0 */
/* Chip Authentication, version 1: Doc 9303-11 6.2. */
#ifndef APDU_AUTH_CHIP_AUTH_H
#define APDU_AUTH_CHIP_AUTH_H

#include "apdu/crypto/key_agreement.h"
#include "apdu/iso7816/card.h"

/**
 * struct chip_auth_key - one row of DG14, as the caller found it.
 * @protocol:   value octets of ChipAuthenticationInfo's identifier; empty
 *              when DG14 has none, then 3DES is inferred from the key
 * @spki:       SubjectPublicKeyInfo of ChipAuthenticationPublicKeyInfo
 * @has_key_id: DO'84' is sent with @key_id
 */
struct chip_auth_key {
	struct span protocol;
	struct span spki;
	bool has_key_id;
	uint32_t key_id;
};

/* What happened; facts for the conclusion, never errors. */
enum chip_auth_outcome {
	CHIP_AUTH_NOT_RUN = 0,
	CHIP_AUTH_PROVEN,      /* a MAC under the new keys was right */
	CHIP_AUTH_REFUSED,     /* status word other than 9000 */
	CHIP_AUTH_UNPROVEN,    /* 9000, but no valid MAC afterwards */
	CHIP_AUTH_KEY_INVALID, /* the key in DG14 is not in its group */
	CHIP_AUTH_UNSUPPORTED, /* algorithm or curve we do not know */
};

/**
 * struct chip_auth_result - facts and transcript of one run.
 * @outcome:     see above
 * @cipher:      of the protocol used
 * @domain_id:   or DOMAIN_ID_NONE
 * @domain_name: e.g. "brainpoolP256r1"; NULL when unknown
 * @inferred:    no ChipAuthenticationInfo: 3DES was taken
 * @used_kat:    MSE:Set KAT rather than GENERAL AUTHENTICATE
 * @has_key_id, @key_id: as sent
 * @status_word: the last one of the protocol's commands
 * @ifd_public:  our ephemeral key
 * @ic_public:   the chip's static key
 */
struct chip_auth_result {
	enum chip_auth_outcome outcome;
	enum cipher_id cipher;
	int domain_id;
	const char *domain_name;
	bool inferred;
	bool used_kat;
	bool has_key_id;
	uint32_t key_id;
	uint16_t status_word;
	struct public_value ifd_public;
	struct public_value ic_public;
};

/* "proven", "refused", … for records. */
const char *chip_auth_outcome_name(enum chip_auth_outcome outcome);

/**
 * chip_auth_run() - agree on new keys and prove that the chip has them.
 * @card:  a channel is open and the application selected; on
 *         CHIP_AUTH_PROVEN it runs under the new keys. On CHIP_AUTH_REFUSED
 *         the old channel lives on if the refusal was protected. On
 *         CHIP_AUTH_UNPROVEN, or a naked refusal, it is closed.
 * @probe: identifier of an EF that is selected as the proof, e.g. EF.DG14;
 *         whatever status word comes back, its MAC proves the keys
 *
 * Blocks for two (3DES) or three exchanges.
 *
 * Return: CCCD_OK with the facts, refusals included; CCCD_ERR_CRYPTO_RANDOM;
 * CCCD_ERR_USAGE_STATE without a channel; reader errors unchanged.
 *
 * [9303-11 6.2.1, 6.2.2, 6.2.4]
 */
CHECKED enum cccd_err chip_auth_run(struct card *card,
                                    const struct chip_auth_key *key,
                                    uint16_t probe,
                                    struct chip_auth_result *ret);

/**
 * chip_auth_check_mapping() - PACE-CAM: CA_IC x PK_IC = PK_Map,IC?
 * @spki:           from an EF.CardSecurity whose signature was verified,
 *                  with the key identifier equal to PACE's parameterId
 * @domain_id_used: of the PACE run; the key must be in the same group
 * @chip_auth_data: CA_IC
 * @map_public:     PK_Map,IC
 * @ret_outcome:    CHIP_AUTH_PROVEN, CHIP_AUTH_UNPROVEN,
 *                  CHIP_AUTH_KEY_INVALID or CHIP_AUTH_UNSUPPORTED
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_FAILED; CCCD_ERR_MEMORY.
 *
 * [9303-11 4.4.3.5.2]
 */
CHECKED enum cccd_err
chip_auth_check_mapping(struct span spki, int domain_id_used,
                        struct span chip_auth_data, struct span map_public,
                        enum chip_auth_outcome *ret_outcome);

#endif
