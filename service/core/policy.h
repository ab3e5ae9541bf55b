/* SPDX-License-Identifier: Apache-2.0 */
/* May this caller ask for this? Pure: no clock, no files, no state. */
#ifndef SERVICE_CORE_POLICY_H
#define SERVICE_CORE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/result.h>
#include <cccd/session.h>

#include "lib/json/request.h"
#include "service/core/caller.h"
#include "service/core/registry.h"

/**
 * struct grant - what a session may do, decided once.
 * @rp, @origin, @purpose, @nonce: as enforced, not as claimed; @origin is ""
 *              on the Unix socket
 * @aud:        of the assertion, from the registry
 * @reader:     id, or "any"
 * @scopes:     requested and permitted; consent may take more away
 * @required_checks: bit n is enum cccd_check_id n
 * @profile_name: to be loaded by the caller, see grant_use_profile()
 * @profile:    with the required checks raised to mandatory
 * @groups:     CCCD_GROUP_BIT of data groups that a scope or check needs
 * @flags:      enum cccd_flag to be added to the read's options
 * @evidence:   never JSON_EVIDENCE_DEFAULT; RAW exactly with scope raw;
 *              DIGEST only with scope id: who knows the rest of DG1 finds
 *              the number from its digest
 * @format:     one of enum json_format, the default of Accept
 * @formats:    enum json_format, or-ed: what Accept may choose from
 * @renderings: enum json_rendering, or-ed
 * @key_from:   enum json_key_from, or-ed
 * @is_signed:  the request came signed by the back end
 */
struct grant {
	char rp[RP_ID_MAX];
	char origin[CALLER_ORIGIN_MAX];
	char purpose[RP_PURPOSE_MAX];
	char nonce[REQUEST_NONCE_MAX];
	char aud[RP_AUDIENCE_MAX];
	char reader[REQUEST_READER_MAX];
	struct json_scopes scopes;
	uint32_t required_checks;
	char profile_name[CCCD_PROFILE_NAME_MAX];
	struct cccd_profile profile;
	uint32_t groups;
	uint32_t flags;
	enum json_evidence_level evidence;
	unsigned int format;
	unsigned int formats;
	unsigned int renderings;
	enum json_consent_mode consent;
	unsigned int key_from;
	bool is_signed;
};

/**
 * policy_party() - the relying party that a caller is.
 *
 * Return: CCCD_OK; CCCD_ERR_ORIGIN_NOT_REGISTERED.
 */
CHECKED enum cccd_err policy_party(const struct registry *registry,
                                   const struct caller *caller,
                                   struct cccd_error *error,
                                   const struct json_relying_party **ret);

/**
 * policy_decide() - judge a request.
 * @request:        as it came; only rp, reader and request_jwt count where
 *                  it is signed
 * @signed_request: what the verifier of request_jwt returned; NULL without.
 *                  Only to be given when the signature was good under the
 *                  keys of this very relying party
 *
 * The shipped profile is in use until grant_use_profile() is called.
 *
 * Return: CCCD_OK; CCCD_ERR_ORIGIN_NOT_REGISTERED; CCCD_ERR_RP_MISMATCH;
 * CCCD_ERR_REQUEST_SIGNATURE when there should be one; CCCD_ERR_PURPOSE_,
 * SCOPE_, AUDIENCE_, FORMAT_NOT_ALLOWED. @ret is zeroed otherwise.
 */
CHECKED enum cccd_err policy_decide(const struct registry *registry,
                                    const struct caller *caller,
                                    const struct json_request *request,
                                    const struct json_request *signed_request,
                                    struct cccd_error *error,
                                    struct grant *ret);

/**
 * grant_use_profile() - the checks of a profile, the required ones raised.
 *
 * A profile that was changed so bears its name with "+" at the end.
 */
void grant_use_profile(struct grant *grant, const struct cccd_profile *base);

/**
 * grant_apply_consent() - take away what the citizen did not agree to.
 *
 * Scopes, groups, flags, evidence and renderings shrink; nothing grows.
 *
 * Return: CCCD_OK; CCCD_ERR_CONSENT_REFUSED, also when no scope is left.
 */
CHECKED enum cccd_err grant_apply_consent(struct grant *grant,
                                          const struct json_consent *consent,
                                          struct cccd_error *error);

/**
 * grant_check_key() - whether an access key may come from there.
 * @from: one of enum json_key_from
 * @page: it came over TCP, perhaps from a page: no PIN, no PUK
 *
 * Return: CCCD_OK; CCCD_ERR_KEY_SOURCE.
 */
CHECKED enum cccd_err grant_check_key(const struct grant *grant,
                                      enum json_key_from from, bool page,
                                      const struct json_access_key *key,
                                      struct cccd_error *error);

#endif
