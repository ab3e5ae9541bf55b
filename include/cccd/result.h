/* SPDX-License-Identifier: Apache-2.0 */
/* What a read proved: every check with its word, and one overall word. */
#ifndef CCCD_RESULT_H
#define CCCD_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/export.h>
#include <cccd/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum cccd_check_id - every check; TR-03135-1 5.6 and our own. */
enum cccd_check_id {
	CCCD_CHECK_ACCESS_CONTROL = 0,      /* 5.6.3.1 */
	CCCD_CHECK_SECURE_MESSAGING,        /* ours */
	CCCD_CHECK_TERMINAL_AUTHENTICATION, /* 5.6.3.2 */
	CCCD_CHECK_PASSIVE_AUTHENTICATION,  /* 5.6.4, aggregate */
	CCCD_CHECK_SECURITY_OBJECT_HASH,    /* 5.6.4.2.2 */
	CCCD_CHECK_SECURITY_OBJECT_SIGNATURE,
	CCCD_CHECK_DS_CERTIFICATE_SIGNATURE, /* 5.6.4.3.3 */
	CCCD_CHECK_DS_CERTIFICATE_VALIDITY,
	CCCD_CHECK_DS_CERTIFICATE_REVOCATION,
	CCCD_CHECK_DS_CERTIFICATE_TRUST,
	CCCD_CHECK_CSCA_VALIDITY,           /* 5.6.4.3.4 */
	CCCD_CHECK_COM_SOD_CONSISTENCY,     /* 5.6.4.4.1 */
	CCCD_CHECK_DATA_GROUPS,             /* 5.6.4.4.2, aggregate */
	CCCD_CHECK_CARD_ACCESS_CONSISTENCY, /* 9303-11 4.2 */
	CCCD_CHECK_ISSUING_STATE,           /* 5.6.4.5 */
	CCCD_CHECK_ACTIVE_AUTHENTICATION,   /* 5.6.4.1.1 */
	CCCD_CHECK_CHIP_AUTHENTICATION,     /* 5.6.4.1.2 */
	CCCD_CHECK_PACE_CAM,                /* 5.6.4.1.3 */
	CCCD_CHECK_CHIP_GENUINENESS,        /* 5.6.4.1, aggregate */
	CCCD_CHECK_MRZ_CONSISTENCY,         /* 5.7.2 */
	CCCD_CHECK_CROSS_DATA_CONSISTENCY,  /* ours */
	CCCD_CHECK_DOCUMENT_EXPIRY,         /* 5.7.1 */
	CCCD_CHECKS,
};

/** cccd_check_name() - the id in JSON, e.g. "ds_certificate.trust". */
CCCD_EXPORT const char *cccd_check_name(enum cccd_check_id id);

/** enum cccd_check_mode - how a check counts, TR-03135-1 5.4. */
enum cccd_check_mode {
	CCCD_MODE_EVALUATORY = 0, /* reported, never counted */
	CCCD_MODE_OPTIONAL,       /* counted where it was carried out */
	CCCD_MODE_MANDATORY,      /* counted always */
};

/** cccd_mode_name() - "mandatory", "optional" or "evaluatory". */
CCCD_EXPORT const char *cccd_mode_name(enum cccd_check_mode mode);

enum { CCCD_PROFILE_NAME_MAX = 32 };

/**
 * struct cccd_profile - which checks count, and how.
 * @name:  of the profile, "counter" for the shipped one
 * @modes: by enum cccd_check_id
 * @revocation_from_first_crl: ds_certificate.revocation is evaluatory as
 *         long as the store holds no CRL at all
 */
struct cccd_profile {
	char name[CCCD_PROFILE_NAME_MAX];
	enum cccd_check_mode modes[CCCD_CHECKS];
	bool revocation_from_first_crl;
};

/** cccd_profile_counter() - the shipped profile. */
CCCD_EXPORT const struct cccd_profile *cccd_profile_counter(void);

/**
 * struct cccd_check - one check.
 * @verdict: CCCD_NOT_RUN when nothing was asked
 * @reason:  stable snake_case code, "" when there is nothing to add
 * @mode:    how it counted
 * @ms:      time it took, 0 where it is not measured apart
 */
struct cccd_check {
	enum cccd_verdict verdict;
	const char *reason;
	enum cccd_check_mode mode;
	uint32_t ms;
};

/** enum cccd_group_state - TR-03135-1 table 5.42. */
enum cccd_group_state {
	CCCD_GROUP_NOT_PRESENT = 0,
	CCCD_GROUP_IDENTICAL,
	CCCD_GROUP_NOT_IDENTICAL,
	CCCD_GROUP_PRESENT,
	CCCD_GROUP_NON_CONFORMANCE,
	CCCD_GROUP_ABORTED,
};

CCCD_EXPORT const char *cccd_group_state_name(enum cccd_group_state state);

enum {
	CCCD_GROUPS = 17, /* index 0 is not used */
	CCCD_DEFECTS_MAX = 64,
	CCCD_SUSPICIONS_MAX = 8,
	CCCD_TRANSACTION_MAX = 37,
	CCCD_NAME_MAX = 40,
};

/** struct cccd_defect - a finding: stable code, data group or 0. */
struct cccd_defect {
	const char *code;
	unsigned int group;
};

/** enum cccd_access_protocol - how the chip was opened. */
enum cccd_access_protocol {
	CCCD_ACCESS_NONE = 0,
	CCCD_ACCESS_BAC,
	CCCD_ACCESS_PACE,
};

/**
 * struct cccd_access - facts of the access control.
 * @protocol:      what opened the chip
 * @password:      "mrz", "can", "pin", "puk" or "none"
 * @mapping:       "gm", "im", "cam" or "" without PACE
 * @cipher:        "3des", "aes128", "aes192", "aes256" or ""
 * @domain_id:     standardized domain parameters, -1 without PACE
 * @pace_visible:  EF.CardAccess could be read
 * @pace_offered:  it offers a PACE that we speak
 * @pace_constant: PACE ran with the constant of the citizen card
 * @downgraded:    PACE was offered, BAC opened the chip
 * @parameter_id_retried: MSE:Set AT was accepted in the other form only
 * @pace_status:   status word that ended a PACE attempt, 0 when none did
 */
struct cccd_access {
	enum cccd_access_protocol protocol;
	const char *password;
	const char *mapping;
	const char *cipher;
	int domain_id;
	bool pace_visible;
	bool pace_offered;
	bool pace_constant;
	bool downgraded;
	bool parameter_id_retried;
	uint16_t pace_status;
};

/** enum cccd_extended - what is known of extended-length commands. */
enum cccd_extended {
	CCCD_EXTENDED_UNKNOWN = 0, /* never tried */
	CCCD_EXTENDED_WORKS,
	CCCD_EXTENDED_REFUSED,   /* by the card, or cut by the reader */
	CCCD_EXTENDED_NO_READER, /* the reader passes short ones only */
};

/** cccd_extended_name() - "unknown", "works", "refused", "no_reader". */
CCCD_EXPORT const char *cccd_extended_name(enum cccd_extended extended);

enum { CCCD_CARD_ATR_MAX = 64 };

/**
 * struct cccd_transport_facts - how the bytes came.
 * @reader:       name of the reader, "" offline
 * @kind:         "pcsc", "nfc", "replay", "offline", …
 * @exchanges:    command-response pairs
 * @resumed:      times the card was lost and found again
 * @extended:     extended-length reads were used
 * @largest_read: largest Le that brought data or was at least accepted, in
 *                bytes; 0 when none was
 * @extended_length: the same question for reader and card alone
 * @atr, @atr_len: of the card, or made of its ATS by the reader
 * @max_command, @max_response: longest APDUs the reader passes, bytes
 * @bit_rate_kbps: over the air, 0 when the reader does not say
 */
struct cccd_transport_facts {
	char reader[64];
	char kind[16];
	uint32_t exchanges;
	uint32_t resumed;
	bool extended;
	uint32_t largest_read;
	enum cccd_extended extended_length;
	uint8_t atr[CCCD_CARD_ATR_MAX];
	size_t atr_len;
	uint32_t max_command;
	uint32_t max_response;
	uint32_t bit_rate_kbps;
};

/**
 * struct cccd_signer - facts about who signed, for people and records.
 *
 * Times are seconds since 1970 UTC, 0 when unknown.
 */
struct cccd_signer {
	char subject[128];
	char issuer[128];
	char country[4];
	char digest_algorithm[CCCD_NAME_MAX];
	char signature_algorithm[CCCD_NAME_MAX];
	int64_t not_before;
	int64_t not_after;
	int64_t signing_time;
	int64_t csca_not_after;
	bool valid_at_signing;
	bool valid_today;
};

/**
 * struct cccd_trust_facts - the store the verdict leans on.
 * @digest:   SHA-256 over its entries; all zero without a store
 * @date:     of its newest change, 0 when unknown
 * @crl_date: newest CRL, 0 when there is none
 * @present:  a store was given
 */
struct cccd_trust_facts {
	uint8_t digest[32];
	int64_t date;
	int64_t crl_date;
	bool present;
};

/**
 * struct cccd_result - urn:cccd:result:1 as a structure.
 * @transaction:  random UUID of this read
 * @started, @finished: wall clock, seconds since 1970 UTC
 * @clock_synchronised: the system says that its clock is kept in time
 * @issuing_state: of DG1, "" when it was not read
 * @application:  AID in hexadecimal, "" when none was selected
 * @profile:      name of the profile applied
 * @checks:       by enum cccd_check_id
 * @groups:       by data group number
 * @suspicions:   reasons of clone_suspicion; none: not suspected
 * @defects:      findings
 * @specimen:     the anchor is a specimen: not a real document
 * @overall:      the one word
 */
struct cccd_result {
	char transaction[CCCD_TRANSACTION_MAX];
	int64_t started;
	int64_t finished;
	bool clock_synchronised;
	char issuing_state[4];
	char application[40];
	char profile[CCCD_PROFILE_NAME_MAX];
	struct cccd_check checks[CCCD_CHECKS];
	enum cccd_group_state groups[CCCD_GROUPS];
	const char *suspicions[CCCD_SUSPICIONS_MAX];
	size_t suspicion_count;
	struct cccd_defect defects[CCCD_DEFECTS_MAX];
	size_t defect_count;
	struct cccd_access access;
	struct cccd_transport_facts transport;
	struct cccd_signer signer;
	struct cccd_trust_facts trust;
	bool specimen;
	enum cccd_verdict overall;
};

/** cccd_check_title() - what a check is called at the desk. */
CCCD_EXPORT const char *cccd_check_title(enum cccd_check_id id, int english);

/** cccd_reason_text() - a reason or defect code as a short sentence. */
CCCD_EXPORT const char *cccd_reason_text(const char *reason, int english);

/**
 * cccd_aggregate() - the overall word of a set of checks, TR-03135-1 5.4.
 * @checks: by enum cccd_check_id, their modes set
 *
 * Any counted failed → failed; else any aborted → aborted; else all counted
 * successful (or neutral) → successful; else undetermined. A mandatory
 * check that was not run or is not supported is not successful; an optional
 * one is neutral then. Nothing successful at all → undetermined.
 */
CCCD_EXPORT enum cccd_verdict
cccd_aggregate(const struct cccd_check checks[CCCD_CHECKS]);

#ifdef __cplusplus
}
#endif

#endif
