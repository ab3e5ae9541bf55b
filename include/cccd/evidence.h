/* SPDX-License-Identifier: Apache-2.0 */
/* A saved reading: raw files and the facts of the chip's proofs. */
#ifndef CCCD_EVIDENCE_H
#define CCCD_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/document.h>
#include <cccd/error.h>
#include <cccd/export.h>
#include <cccd/result.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cccd_evidence;
struct cccd_session;
struct cccd_trust;

enum {
	CCCD_EVIDENCE_KEY_MAX = 512,
	CCCD_EVIDENCE_SIGNATURE_MAX = 1024,
	CCCD_EVIDENCE_CAM_MAX = 66,
	CCCD_EVIDENCE_WORD_MAX = 24,
};

/**
 * struct cccd_chip_auth_facts - what chip authentication left behind.
 * @outcome: "proven", "refused", …; "not_run". A fact of the machine that
 *           read the card: chip authentication leaves no proof for others
 * @status_word: of its last command
 * @ifd_public, @ic_public: the keys that took part
 */
struct cccd_chip_auth_facts {
	char outcome[CCCD_EVIDENCE_WORD_MAX];
	uint16_t status_word;
	uint8_t ifd_public[CCCD_EVIDENCE_KEY_MAX];
	size_t ifd_public_len;
	uint8_t ic_public[CCCD_EVIDENCE_KEY_MAX];
	size_t ic_public_len;
};

/**
 * struct cccd_active_auth_facts - challenge and answer; verified anew.
 * @outcome: as found by the machine that read the card
 */
struct cccd_active_auth_facts {
	char outcome[CCCD_EVIDENCE_WORD_MAX];
	uint16_t status_word;
	uint8_t challenge[8];
	uint8_t signature[CCCD_EVIDENCE_SIGNATURE_MAX];
	size_t signature_len;
};

/** struct cccd_cam_facts - data of the mapping; compared anew, no proof. */
struct cccd_cam_facts {
	bool present;
	int32_t domain_id;
	uint32_t parameter_id;
	uint8_t map_public[CCCD_EVIDENCE_KEY_MAX];
	size_t map_public_len;
	uint8_t chip_auth_data[CCCD_EVIDENCE_CAM_MAX];
	size_t chip_auth_data_len;
};

/**
 * struct cccd_evidence_facts - everything but the files.
 * @taken:  when the card was read, seconds since 1970 UTC
 * @opened: a channel was opened; @plain: none was needed
 * @breaks: times the channel had to be opened again
 * @mrz_verdict, @cross_verdict: of the comparisons with what the desk had
 *          typed or scanned, which is not kept
 */
struct cccd_evidence_facts {
	char transaction[CCCD_TRANSACTION_MAX];
	int64_t taken;
	bool clock_synchronised;
	struct cccd_access access;
	bool opened;
	bool plain;
	uint32_t breaks;
	enum cccd_verdict mrz_verdict;
	enum cccd_verdict cross_verdict;
	struct cccd_chip_auth_facts chip_auth;
	struct cccd_active_auth_facts active_auth;
	struct cccd_cam_facts cam;
	struct cccd_transport_facts transport;
	uint8_t trust_digest[32];
};

/** cccd_evidence_new() - empty; fill it with the setters below. */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_evidence_new(struct cccd_evidence **ret);

/** cccd_evidence_free() - wipe and free; accepts NULL. */
CCCD_EXPORT void cccd_evidence_free(struct cccd_evidence *evidence);

/** The facts, to read or to fill. */
CCCD_EXPORT struct cccd_evidence_facts *
cccd_evidence_facts(struct cccd_evidence *evidence);

/** The files. */
CCCD_EXPORT const struct cccd_document *
cccd_evidence_document(const struct cccd_evidence *evidence);

/**
 * cccd_evidence_set_file() - put a file, or its absence, in place.
 * @bytes: copied; only for CCCD_FILE_READ
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_evidence_set_file(struct cccd_evidence *evidence, enum cccd_file file,
                       enum cccd_file_state state, struct cccd_bytes bytes);

/**
 * cccd_session_evidence() - of the last run.
 * @ret: the caller frees it
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_session_evidence(const struct cccd_session *session,
                      struct cccd_evidence **ret);

/**
 * cccd_verify() - prove a saved reading again, without the card.
 * @trust:   may be NULL: every issuer is unknown then
 * @profile: which checks count; NULL for the shipped one
 * @now:     verification time, 0 for the time of the reading
 * @ret:     the same verdict as the read that made it, given the same store
 *           and time
 *
 * Passive authentication and active authentication are carried out again.
 * Chip authentication, and its mapping, leave no proof for others: whoever
 * wrote the file could have made it up, so their checks say "as_recorded".
 *
 * Return: CCCD_OK whatever the verdict; CCCD_ERR_MEMORY;
 * CCCD_ERR_CRYPTO_FAILED.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_verify(const struct cccd_evidence *evidence,
            const struct cccd_trust *trust, const struct cccd_profile *profile,
            int64_t now, struct cccd_result *ret);

#ifdef __cplusplus
}
#endif

#endif
