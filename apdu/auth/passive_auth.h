/* SPDX-License-Identifier: Apache-2.0 */
/* Passive authentication: Doc 9303-11 5.1, Doc 9303-10 4.6.2, 9303-12 7. */
#ifndef APDU_AUTH_PASSIVE_AUTH_H
#define APDU_AUTH_PASSIVE_AUTH_H

#include "apdu/auth/check.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/span.h"

struct csca_store;

enum {
	PA_GROUPS = 16,         /* data groups 1 to 16 */
	PA_SOD_MAX = 64 * 1024, /* longest EF.SOD or EF.CardSecurity */
	PA_NAME_MAX = 40,       /* algorithm names */
	PA_STATE_MAX = 4,       /* country codes with terminator */
	PA_TEXT_MAX = 128,      /* distinguished names, cut at what fits */
};

/* What a document's known defects excuse, by name. Never set by default. */
enum pa_relaxation {
	PA_RELAX_LEGACY_CONTENT_TYPE = 1U << 0, /* 1.3.27.1.1.1 */
	PA_RELAX_SDU_CONTENT_TYPE = 1U << 1,    /* 1.2.528.1.1006.1.20.1 */
};

/* Which moment the certificates must be valid at. */
enum pa_validity_model {
	PA_VALID_AT_SIGNING = 0, /* Doc 9303-12: "expired today" is reported */
	PA_VALID_TODAY,          /* TR-03135-1 5.6.4.3.4 */
};

/**
 * struct trust_input - everything passive authentication may lean on.
 * @store:      anchors, links, CRLs, signers, deviations; not changed
 * @signers:    DS certificates (DER) the caller has, for an EF.SOD that
 *              carries none; each is checked like one from the card
 * @signer_count: number of @signers
 * @now_s:      verification time, seconds since 1970 UTC
 * @crl_max_age_s: a CRL whose thisUpdate is older than this is stale even
 *              before its nextUpdate; 0 = only nextUpdate counts
 * @relaxations: enum pa_relaxation, or-ed
 * @validity:   enum pa_validity_model
 * @strict:     whatever breaks the certificate profile of Doc 9303-12 fails
 *              ds_trust; otherwise what does not touch security is only a
 *              finding (a key usage not critical, a missing key identifier,
 *              a time in the wrong form, names against the convention)
 */
struct trust_input {
	const struct csca_store *store;
	const struct span *signers;
	size_t signer_count;
	int64_t now_s;
	int64_t crl_max_age_s;
	unsigned int relaxations;
	enum pa_validity_model validity;
	bool strict;
};

/**
 * struct pa_signer - facts about the signer and its issuer, for people.
 * @subject, @issuer:    distinguished names, cut at what fits
 * @country:             C of the subject as it stands, upper case
 * @issuer_country:      C of the issuer
 * @csca_country:        C of the CSCA's subject; "" when it is unknown
 * @alt_country:         ICAO code in the subjectAltName's localityName
 * @csca_alt_country:    the same of the CSCA
 * @digest_algorithm:    of the SignerInfo, "sha256"
 * @signature_algorithm: of the SignerInfo, "ecdsa_plain_sha256"
 * @ds_signature_algorithm: of the DS certificate
 * @not_before, @not_after: validity of the DS certificate, UTC seconds
 * @usage_from, @usage_to: private key usage period; INT64_MIN/MAX if open
 * @csca_not_before, @csca_not_after: validity of the CSCA certificate
 * @crl_this_update:     of the CRL used, 0 when none
 * @csca_sha256:         the anchor, see csca_store.h
 * @in_object:           the certificate stood in the object itself
 * @found_by_key_id:     named by subject key identifier, not by issuer
 */
struct pa_signer {
	char subject[PA_TEXT_MAX];
	char issuer[PA_TEXT_MAX];
	char country[PA_STATE_MAX];
	char issuer_country[PA_STATE_MAX];
	char csca_country[PA_STATE_MAX];
	char alt_country[PA_STATE_MAX];
	char csca_alt_country[PA_STATE_MAX];
	char digest_algorithm[PA_NAME_MAX];
	char signature_algorithm[PA_NAME_MAX];
	char ds_signature_algorithm[PA_NAME_MAX];
	int64_t not_before;
	int64_t not_after;
	int64_t usage_from;
	int64_t usage_to;
	int64_t csca_not_before;
	int64_t csca_not_after;
	int64_t crl_this_update;
	uint8_t csca_sha256[32];
	bool in_object;
	bool found_by_key_id;
};

/**
 * struct pa_object - the verdicts on one signed object of a card.
 * @hash:          security_object.hash: messageDigest against the content
 * @signature:     security_object.signature: under the signer's key
 * @ds_signature:  ds_certificate.signature: under the CSCA's key
 * @ds_validity:   ds_certificate.validity
 * @ds_revocation: ds_certificate.revocation
 * @ds_trust:      ds_certificate.trust: path and profile, to an anchor
 * @csca_validity: csca.validity
 * @signer:        facts
 * @findings:      defects[] of the result
 * @signing_time:  as signed, UTC seconds; 0 when absent
 * @valid_at_signing, @valid_today: both facts, whatever the model
 * @specimen:      the anchor is a specimen: every result says so
 * @aa_key_compromised: a deviation list says so for this signer
 * @ds_der:        the certificate used; empty when none was found
 * @content:       the signed content, for the parser; empty unless @hash,
 *                 @signature and the content type are good
 *
 * Reasons, besides those named at the functions: bad_signature,
 * issuer_unknown, issuer_signature_wrong, signer_missing, no_crl,
 * stale_crl, revoked, expired, expired_today, not_yet_valid,
 * not_valid_at_signing, signing_time_absent, wrong_content_type,
 * message_digest_mismatch, unknown_digest, unknown_algorithm,
 * malformed, specimen_refused, known_deviation.
 */
struct pa_object {
	struct auth_check hash;
	struct auth_check signature;
	struct auth_check ds_signature;
	struct auth_check ds_validity;
	struct auth_check ds_revocation;
	struct auth_check ds_trust;
	struct auth_check csca_validity;
	struct pa_signer signer;
	struct auth_findings findings;
	int64_t signing_time;
	bool valid_at_signing;
	bool valid_today;
	bool specimen;
	bool aa_key_compromised;
	struct buf ds_der;
	struct buf content;
};

/* struct pa_group_hash - one DataGroupHash; @count: times it is listed. */
struct pa_group_hash {
	struct digest digest;
	unsigned int count;
};

enum { PA_LDS_TEXT_MAX = 8 };

/**
 * struct passive_auth_sod - what EF.SOD proved.
 * @object:   signature, certificate and chain
 * @sha256:   of the raw file, to recognise the same card on resume
 * @content:  the LDS security object itself: malformed, version, numbers;
 *            not run unless hash and signature are successful
 * @trusted_content: the list below comes from a content whose hash and
 *            signature are successful; otherwise there is no list
 * @digest:   of the data group hashes
 * @groups:   index 0 is unused; a group with @count 0 is not listed
 * @lds_version: "0107" of ldsVersionInfo, "" when absent
 * @unicode_version: "040000", "" when absent
 */
struct passive_auth_sod {
	struct pa_object object;
	struct auth_check content;
	uint8_t sha256[32];
	bool trusted_content;
	enum digest_id digest;
	struct pa_group_hash groups[PA_GROUPS + 1];
	char lds_version[PA_LDS_TEXT_MAX];
	char unicode_version[PA_LDS_TEXT_MAX];
};

/**
 * passive_auth_check_sod() - verify EF.SOD as far as it goes alone.
 * @sod:   raw bytes as read: tag 77 and all
 * @input: borrowed for the call
 * @ret:   zeroed by the caller or a former result; release it with
 *         passive_auth_sod_release()
 *
 * Pure and thread-safe: reads @input, writes @ret, keeps nothing.
 *
 * Return: CCCD_OK whatever the verdict, a malformed file included;
 * CCCD_ERR_MEMORY; CCCD_ERR_USAGE_ARGUMENT without a store.
 *
 * [9303-11 5.1; 9303-10 4.6.2; TR-03135-1 5.6.4.2, 5.6.4.3]
 */
CHECKED enum cccd_err passive_auth_check_sod(struct span sod,
                                             const struct trust_input *input,
                                             struct passive_auth_sod *ret);

void passive_auth_sod_release(struct passive_auth_sod *sod);

/* How a data group came back from the card. */
enum pa_group_read {
	PA_GROUP_NOT_READ = 0, /* nobody asked for it */
	PA_GROUP_READ,         /* the bytes are here */
	PA_GROUP_MISSING,      /* 6A82 */
	PA_GROUP_REFUSED,      /* 6982 and the like */
	PA_GROUP_ABORTED,      /* the card went away */
};

/* TR-03135-1 table 5.42. */
enum pa_group_state {
	PA_NOT_PRESENT = 0,
	PA_IDENTICAL,
	PA_NOT_IDENTICAL,
	PA_PRESENT,
	PA_NON_CONFORMANCE,
	PA_ABORTED,
};

/* "identical", "not_identical", … as in the result document. */
const char *pa_group_state_name(enum pa_group_state state);

/**
 * struct pa_files - what was read of the application.
 * @read:      index 1 to 16
 * @group:     raw files, tag and length included; valid where PA_GROUP_READ
 * @com:       raw EF.COM; empty when it was not read
 * @com_state: PA_GROUP_READ when @com is set
 * @may_be_refused: groups (bit n = DGn) that need rights we do not have
 *             (DG3, DG4): their refusal is no finding
 */
struct pa_files {
	enum pa_group_read read[PA_GROUPS + 1];
	struct span group[PA_GROUPS + 1];
	struct span com;
	enum pa_group_read com_state;
	uint32_t may_be_refused;
};

/**
 * struct passive_auth_groups - every group against the SOD.
 * @data_groups: aggregate, TR-03135-1 table 5.41: failed with reason
 *               data_group_hash_wrong, data_group_not_listed,
 *               data_group_listed_twice, data_group_missing (the SOD lists
 *               it, the card has it not), or that of the SOD's content;
 *               undetermined with unbound when the SOD is not verified,
 *               with data_group_refused, or unknown_digest; groups that
 *               nobody read do not count
 * @com_sod_consistency: com_differs, com_malformed (failed), com_absent
 *               (not supported); not run when EF.COM was not read
 * @state:       index 1 to 16
 * @findings:    defects[]
 * @hidden:      groups the SOD lists and EF.COM does not (bit n = DGn):
 *               clone suspicion for DG14 and DG15
 * @missing:     groups the SOD lists and the card does not have
 */
struct passive_auth_groups {
	struct auth_check data_groups;
	struct auth_check com_sod_consistency;
	enum pa_group_state state[PA_GROUPS + 1];
	struct auth_findings findings;
	uint32_t hidden;
	uint32_t missing;
};

/**
 * passive_auth_check_groups() - compare the raw files with the SOD.
 *
 * Only hashes of a verified SOD count: without one every group that was
 * read is PA_PRESENT and the aggregate undetermined, reason unbound.
 *
 * Return: CCCD_OK; CCCD_ERR_CRYPTO_FAILED when hashing itself fails.
 *
 * [9303-11 5.1; TR-03135-1 5.6.4.4; pitfalls 15, 16, 17]
 */
CHECKED enum cccd_err
passive_auth_check_groups(const struct passive_auth_sod *sod,
                          const struct pa_files *files,
                          struct passive_auth_groups *ret);

/*
 * Whether DG @number was read, its hash stands in the SOD, and the SOD was
 * verified up to a trust anchor: what chip and active authentication need
 * of DG14 and DG15 [pitfall 7].
 */
bool passive_auth_covers(const struct passive_auth_sod *sod,
                         const struct passive_auth_groups *groups,
                         unsigned int number);

/**
 * passive_auth_check_state() - issuing_state: DG1 = DS = CSCA.
 * @dg1_state: 1 to 3 letters of the MRZ, fillers stripped or not
 *
 * Return: successful; failed, reason state_differs; undetermined, reason
 * state_unknown when one side names none.
 *
 * [TR-03135-1 5.6.4.5; pitfall 18]
 */
struct auth_check passive_auth_check_state(const struct pa_object *object,
                                           struct span dg1_state);

/**
 * passive_auth_check_type() - may this signer sign documents of this type?
 * @code: document code of the MRZ, 1 or 2 letters, filler stripped or not
 *
 * Return: successful; failed, reason document_type_not_allowed, which also
 * becomes a finding; not supported when the certificate lists no types.
 *
 * [9303-12 7.1.1.6]
 */
struct auth_check passive_auth_check_type(struct pa_object *object,
                                          struct span code);

/**
 * struct pa_document - what deviation lists may be bound to.
 * @type:   document code of the MRZ, "I<"; empty when unknown
 * @number: document number; empty when unknown
 * @issued_s: date of issue, UTC seconds; 0 when unknown
 */
struct pa_document {
	struct span type;
	struct span number;
	int64_t issued_s;
};

/**
 * passive_auth_apply_deviations() - known defects: failed → undetermined.
 * @sod:      from passive_auth_check_sod()
 * @groups:   may be NULL
 * @document: may be NULL; an entry bound to an unknown fact does not apply
 *
 * A deviation never makes a check successful. Each entry used stands in the
 * findings by its name. May be called again when more is known.
 *
 * [9303-12 10; TR-03135-1 5.8]
 */
CHECKED enum cccd_err passive_auth_apply_deviations(
        const struct trust_input *input, const struct pa_document *document,
        struct passive_auth_sod *sod, struct passive_auth_groups *groups);

/**
 * passive_auth_check_issue() - was the signer in force when it was issued?
 * @issued_s: date of issue of the document, UTC seconds
 *
 * For a SOD without signing time: the date of issue must lie within the
 * certificate's validity and its private key usage period, widened by one
 * day on either side for time zones. Lowers ds_validity, reason
 * not_valid_at_issue. [9303-12 7.1.1; pitfall 19]
 */
void passive_auth_check_issue(struct passive_auth_sod *sod, int64_t issued_s);

/**
 * card_security_check() - verify EF.CardSecurity as a signed object.
 * @file: raw bytes as read
 * @ret:  @ret->content is SecurityInfos (a SET) when it may be used;
 *        release with pa_object_release()
 *
 * The same engine as for EF.SOD, content type id-SecurityObject
 * 0.4.0.127.0.7.3.2.1. Only a content so verified may give PACE-CAM its
 * key. [9303-11 9.2.11; TR-03110-3 A.1.2.5; pitfall 9]
 *
 * Return: as passive_auth_check_sod().
 */
CHECKED enum cccd_err card_security_check(struct span file,
                                          const struct trust_input *input,
                                          struct pa_object *ret);

void pa_object_release(struct pa_object *object);

/**
 * passive_auth_verdict() - passive_authentication, the aggregate.
 *
 * failed if any part failed, else undetermined if any is undetermined or
 * not run, else successful; EF.COM is unsigned and does not count, nor does
 * revocation (its own check, weighed by the profile).
 */
struct auth_check
passive_auth_verdict(const struct passive_auth_sod *sod,
                     const struct passive_auth_groups *groups);

#endif
