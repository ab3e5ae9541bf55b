/* SPDX-License-Identifier: Apache-2.0 */
/* Active Authentication: Doc 9303-11 6.1, ISO/IEC 9796-2 scheme 1. */
#ifndef APDU_AUTH_ACTIVE_AUTH_H
#define APDU_AUTH_ACTIVE_AUTH_H

#include "apdu/iso7816/card.h"
#include "base/digest.h"

enum {
	ACTIVE_AUTH_CHALLENGE_LEN = 8,
	/* RSA of 4096 bits, with room for a chip that answers too much. */
	ACTIVE_AUTH_SIGNATURE_MAX = 1024,
};

/* What happened; facts for the conclusion, never errors. */
enum active_auth_outcome {
	ACTIVE_AUTH_NOT_RUN = 0,
	ACTIVE_AUTH_VALID,
	ACTIVE_AUTH_INVALID,     /* the signature does not verify */
	ACTIVE_AUTH_REFUSED,     /* status word other than 9000 */
	ACTIVE_AUTH_KEY_INVALID, /* DG15 holds no usable key */
	ACTIVE_AUTH_UNSUPPORTED, /* algorithm or curve we do not know */
};

/**
 * struct active_auth_result - facts and transcript of one run.
 * @outcome:     see above
 * @is_ec:       ECDSA rather than RSA
 * @bits:        of the modulus or of the curve's field
 * @digest:      hash the signature was verified with
 * @der:         ECDSA in DER rather than plain r || s
 * @digest_from_info: the hash came from ActiveAuthenticationInfo
 * @status_word: of INTERNAL AUTHENTICATE
 * @challenge:   as sent
 * @signature:   as received
 */
struct active_auth_result {
	enum active_auth_outcome outcome;
	bool is_ec;
	unsigned int bits;
	enum digest_id digest;
	bool der;
	bool digest_from_info;
	uint16_t status_word;
	uint8_t challenge[ACTIVE_AUTH_CHALLENGE_LEN];
	uint8_t signature[ACTIVE_AUTH_SIGNATURE_MAX];
	size_t signature_len;
};

const char *active_auth_outcome_name(enum active_auth_outcome outcome);

/**
 * active_auth_verify() - judge a signature; pure.
 * @spki:      SubjectPublicKeyInfo of DG15
 * @algorithm: signatureAlgorithm of ActiveAuthenticationInfo (value octets
 *             of the identifier); empty when DG14 has none
 * @challenge: RND.IFD, 8 bytes
 * @signature: as the chip answered
 * @ret:       outcome, is_ec, bits, digest, der and digest_from_info set;
 *             the rest is left alone
 *
 * RSA: header, padding, trailer and hash are checked exactly; a message
 * recovered as a whole must end with the challenge [ISO/IEC 9796-2 8, 9].
 * ECDSA: plain, then DER.
 *
 * Return: CCCD_OK with the facts; CCCD_ERR_MEMORY;
 * CCCD_ERR_USAGE_ARGUMENT for another length of challenge.
 */
CHECKED enum cccd_err active_auth_verify(struct span spki,
                                         struct span algorithm,
                                         struct span challenge,
                                         struct span signature,
                                         struct active_auth_result *ret);

/**
 * active_auth_run() - let the chip sign, and judge.
 * @card:      application selected, channel open
 * @spki, @algorithm: as active_auth_verify()
 * @challenge: 8 bytes of the caller's, never reused
 *
 * Return: CCCD_OK with the facts, refusals included; reader and channel
 * errors unchanged.
 *
 * [9303-11 6.1.1, 6.1.3]
 */
CHECKED enum cccd_err active_auth_run(struct card *card, struct span spki,
                                      struct span algorithm,
                                      struct span challenge,
                                      struct active_auth_result *ret);

#endif
