/* SPDX-License-Identifier: Apache-2.0 */
/* May this caller ask for this? Pure: no clock, no files, no state. */
#include "service/core/policy.h"

#include <stdio.h>
#include <string.h>

#include "lib/json/result.h"

/* Data groups by scope: where the members of contracts, The result, stand.
 * DG11 and DG12 have them in passports. */
enum {
	GROUPS_ALWAYS = CCCD_GROUP_BIT(1), /* whose card it is */
	GROUPS_ID = CCCD_GROUP_BIT(12) | CCCD_GROUP_BIT(13),
	GROUPS_DEMOGRAPHIC = CCCD_GROUP_BIT(11) | CCCD_GROUP_BIT(13),
	GROUPS_NATIONAL = CCCD_GROUP_BIT(13),
	GROUPS_PORTRAIT = CCCD_GROUP_BIT(2),
};

static uint32_t groups_of_scopes(const struct json_scopes *scopes)
{
	static const struct {
		unsigned int bit;
		uint32_t groups;
	} rows[] = {
		{ JSON_SCOPE_ID, GROUPS_ID },
		{ JSON_SCOPE_DEMOGRAPHIC, GROUPS_DEMOGRAPHIC },
		{ JSON_SCOPE_ADDRESS, GROUPS_DEMOGRAPHIC },
		{ JSON_SCOPE_FAMILY, GROUPS_NATIONAL },
		{ JSON_SCOPE_SENSITIVE, GROUPS_NATIONAL },
		{ JSON_SCOPE_PORTRAIT, GROUPS_PORTRAIT },
		/* Raw hands out what the others read; it reads nothing more.
		 */
		{ JSON_SCOPE_VALID_DOCUMENT, GROUPS_NATIONAL },
		{ JSON_SCOPE_PAIRWISE_ID, GROUPS_NATIONAL },
	};
	uint32_t groups = GROUPS_ALWAYS;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((scopes->bits & rows[i].bit) != 0)
			groups |= rows[i].groups;
	for (size_t i = 0; i < JSON_AGE_WORDS; i++)
		if (scopes->ages[i] != 0)
			groups |= GROUPS_DEMOGRAPHIC;
	return groups;
}

static bool is_mandatory(const struct grant *grant, enum cccd_check_id id)
{
	return grant->profile.modes[id] == CCCD_MODE_MANDATORY;
}

/* What follows from the scopes that are left. */
static void settle(struct grant *grant)
{
	const unsigned int bits = grant->scopes.bits;

	if ((bits & JSON_SCOPE_RAW) == 0 &&
	    grant->evidence == JSON_EVIDENCE_RAW)
		grant->evidence = JSON_EVIDENCE_DIGEST;
	/* Who knows the rest of DG1 finds the number from its digest. */
	if ((bits & (JSON_SCOPE_ID | JSON_SCOPE_RAW)) == 0)
		grant->evidence = JSON_EVIDENCE_NONE;
	grant->groups = groups_of_scopes(&grant->scopes);
	if (is_mandatory(grant, CCCD_CHECK_CROSS_DATA_CONSISTENCY))
		grant->groups |= GROUPS_NATIONAL;
	/* contracts, When active authentication runs: only for level A3,
	 * or when somebody insists. */
	grant->flags = 0;
	if (grant->evidence == JSON_EVIDENCE_RAW ||
	    is_mandatory(grant, CCCD_CHECK_ACTIVE_AUTHENTICATION))
		grant->flags |= CCCD_ALWAYS_ACTIVE_AUTH;
}

void grant_use_profile(struct grant *grant, const struct cccd_profile *base)
{
	bool raised = false;

	grant->profile = *base;
	for (unsigned int i = 0; i < CCCD_CHECKS; i++) {
		if ((grant->required_checks >> i & 1U) == 0 ||
		    base->modes[i] == CCCD_MODE_MANDATORY)
			continue;
		grant->profile.modes[i] = CCCD_MODE_MANDATORY;
		raised = true;
	}
	if ((grant->required_checks >> CCCD_CHECK_DS_CERTIFICATE_REVOCATION &
	     1U) != 0 &&
	    base->revocation_from_first_crl) {
		grant->profile.revocation_from_first_crl = false;
		raised = true;
	}
	/* A name stands for its modes, whoever reads a result. */
	if (raised)
		(void)snprintf(grant->profile.name, sizeof(grant->profile.name),
		               "%.30s+", base->name);
	settle(grant);
}

enum cccd_err policy_party(const struct registry *registry,
                           const struct caller *caller,
                           struct cccd_error *error,
                           const struct json_relying_party **ret)
{
	const struct json_relying_party *party = NULL;

	switch (caller->door) {
	case CALLER_BROWSER:
		party = registry_by_origin(registry, caller->origin);
		break;
	case CALLER_LOCAL:
		party = registry_by_uid(registry, caller->uid);
		break;
	case CALLER_AGENT: break; /* it answers, it never asks */
	}
	if (party == NULL) {
		(void)fail(error, CCCD_ERR_ORIGIN_NOT_REGISTERED,
		           "no relying party has this caller");
		return CCCD_ERR_ORIGIN_NOT_REGISTERED;
	}
	*ret = party;
	return CCCD_OK;
}

/* Whether what the caller says is enough, without a signature or with it. */
static enum cccd_err check_statement(const struct json_relying_party *party,
                                     const struct json_request *request,
                                     const struct json_request *signed_request,
                                     struct cccd_error *error)
{
	if (strcmp(request->rp, party->id) != 0 ||
	    (signed_request != NULL &&
	     strcmp(signed_request->rp, party->id) != 0))
		return fail(error, CCCD_ERR_RP_MISMATCH,
		            "\"rp\" is not this caller's");
	if (signed_request != NULL)
		return CCCD_OK;
	if (party->request_mode == JSON_REQUEST_SIGNED)
		return fail(error, CCCD_ERR_REQUEST_SIGNATURE,
		            "this relying party signs its requests");
	if (request->request_jwt != NULL)
		return fail(error, CCCD_ERR_REQUEST_SIGNATURE,
		            "the signed request was not verified");
	return CCCD_OK;
}

static enum cccd_err grant_purpose(const struct json_relying_party *party,
                                   const struct json_request *request,
                                   struct cccd_error *error, struct grant *ret)
{
	for (size_t i = 0; i < party->purpose_count; i++) {
		if (strcmp(party->purposes[i], request->purpose) != 0)
			continue;
		(void)snprintf(ret->purpose, sizeof(ret->purpose), "%s",
		               request->purpose);
		return CCCD_OK;
	}
	return fail(error, CCCD_ERR_PURPOSE_NOT_ALLOWED,
	            "the purpose is not registered");
}

static enum cccd_err grant_scopes(const struct json_relying_party *party,
                                  const struct json_request *request,
                                  struct cccd_error *error, struct grant *ret)
{
	const struct json_scopes beyond =
	        json_scopes_without(&request->scopes, &party->scopes_max);
	char name[JSON_SCOPE_NAME_MAX] = "";
	unsigned int at = 0;

	if (json_scopes_next(&beyond, &at, name))
		return fail(error, CCCD_ERR_SCOPE_NOT_ALLOWED,
		            "scope %s is not registered", name);
	if (request->evidence != JSON_EVIDENCE_DEFAULT &&
	    (request->evidence == JSON_EVIDENCE_RAW) !=
	            ((request->scopes.bits & JSON_SCOPE_RAW) != 0))
		return fail(error, CCCD_ERR_SCOPE_NOT_ALLOWED,
		            "raw evidence and scope raw go together");
	ret->scopes = request->scopes;
	ret->evidence = request->evidence;
	if (ret->evidence == JSON_EVIDENCE_DEFAULT)
		ret->evidence = (ret->scopes.bits & JSON_SCOPE_RAW) != 0
		                        ? JSON_EVIDENCE_RAW
		                        : JSON_EVIDENCE_DIGEST;
	return CCCD_OK;
}

static enum cccd_err grant_audience(const struct json_relying_party *party,
                                    const struct json_request *request,
                                    struct cccd_error *error, struct grant *ret)
{
	const bool named = request->audience[0] != '\0';
	const char *aud = NULL;

	if (party->audience_count == 0 && !named)
		aud = party->id;
	if (party->audience_count == 1 && !named)
		aud = party->audiences[0].aud;
	for (size_t i = 0; named && i < party->audience_count; i++)
		if (strcmp(party->audiences[i].name, request->audience) == 0)
			aud = party->audiences[i].aud;
	if (aud == NULL)
		return fail(error, CCCD_ERR_AUDIENCE_NOT_ALLOWED,
		            named ? "the audience is not registered"
		                  : "several are registered: name one");
	(void)snprintf(ret->aud, sizeof(ret->aud), "%s", aud);
	return CCCD_OK;
}

/* A request that names a format gets no other one. */
static enum cccd_err grant_format(const struct json_relying_party *party,
                                  const struct json_request *request,
                                  struct cccd_error *error, struct grant *ret)
{
	ret->formats = party->formats;
	if (request->format != 0)
		ret->formats &= request->format;
	if (ret->formats == 0)
		return fail(error, CCCD_ERR_FORMAT_NOT_ALLOWED,
		            "the format is not registered");
	ret->format = (ret->formats & JSON_FORMAT_JWT) != 0 ? JSON_FORMAT_JWT
	                                                    : JSON_FORMAT_JSON;
	return CCCD_OK;
}

static void grant_names(const struct json_relying_party *party,
                        const struct caller *caller,
                        const struct json_request *request,
                        const struct json_request *chosen, struct grant *ret)
{
	(void)snprintf(ret->rp, sizeof(ret->rp), "%s", party->id);
	if (caller->door == CALLER_BROWSER)
		(void)snprintf(ret->origin, sizeof(ret->origin), "%s",
		               caller->origin);
	(void)snprintf(ret->nonce, sizeof(ret->nonce), "%s", chosen->nonce);
	(void)snprintf(ret->reader, sizeof(ret->reader), "%s", request->reader);
	(void)snprintf(ret->profile_name, sizeof(ret->profile_name), "%s",
	               party->profile);
	ret->is_signed = chosen != request;
	ret->required_checks = chosen->required_checks;
	ret->renderings = party->renderings;
	ret->consent = party->consent;
	ret->key_from = party->key_from;
}

static enum cccd_err decide(const struct registry *registry,
                            const struct caller *caller,
                            const struct json_request *request,
                            const struct json_request *signed_request,
                            struct cccd_error *error, struct grant *ret)
{
	const struct json_relying_party *party = NULL;
	/* The one statement that counts. */
	const struct json_request *chosen =
	        signed_request != NULL ? signed_request : request;

	TRY(policy_party(registry, caller, error, &party));
	TRY(check_statement(party, request, signed_request, error));
	TRY(grant_purpose(party, chosen, error, ret));
	TRY(grant_scopes(party, chosen, error, ret));
	TRY(grant_audience(party, chosen, error, ret));
	TRY(grant_format(party, chosen, error, ret));
	grant_names(party, caller, request, chosen, ret);
	grant_use_profile(ret, cccd_profile_counter());
	return CCCD_OK;
}

enum cccd_err policy_decide(const struct registry *registry,
                            const struct caller *caller,
                            const struct json_request *request,
                            const struct json_request *signed_request,
                            struct cccd_error *error, struct grant *ret)
{
	struct grant grant = { 0 };

	*ret = grant;
	TRY(decide(registry, caller, request, signed_request, error, &grant));
	*ret = grant;
	return CCCD_OK;
}

enum cccd_err grant_apply_consent(struct grant *grant,
                                  const struct json_consent *consent,
                                  struct cccd_error *error)
{
	struct json_scopes left =
	        json_scopes_without(&grant->scopes, &consent->deselected);

	if (!consent->granted)
		return fail(error, CCCD_ERR_CONSENT_REFUSED, "refused");
	if (json_scopes_empty(&left))
		return fail(error, CCCD_ERR_CONSENT_REFUSED,
		            "everything was struck out");
	grant->scopes = left;
	settle(grant);
	return CCCD_OK;
}

enum cccd_err grant_check_key(const struct grant *grant,
                              enum json_key_from from, bool page,
                              const struct json_access_key *key,
                              struct cccd_error *error)
{
	bool secret = !key->document && (key->type == CCCD_ACCESS_KEY_PIN ||
	                                 key->type == CCCD_ACCESS_KEY_PUK);

	if ((grant->key_from & (unsigned int)from) == 0)
		return fail(error, CCCD_ERR_KEY_SOURCE,
		            "this side may not send an access key");
	if (secret && page)
		return fail(error, CCCD_ERR_KEY_SOURCE,
		            "a page sends no PIN and no PUK");
	return CCCD_OK;
}
