/* SPDX-License-Identifier: Apache-2.0 */
/* Facts to verdicts: TR-03135-1 5.4 to 5.8, Doc 9303-11 6. */
#include "apdu/inspection/facts.h"

#include <stdio.h>

#include "base/secret.h"

void inspection_facts_release(struct inspection_facts *facts)
{
	passive_auth_sod_release(&facts->sod);
	pa_object_release(&facts->card_security);
	wipe(facts, sizeof(*facts));
}

static struct auth_check check(enum cccd_verdict verdict, const char *reason)
{
	return auth_check_make(verdict, reason);
}

static struct auth_check conclude_access(const struct inspection_facts *facts)
{
	if (facts->plain)
		return check(CCCD_NOT_SUPPORTED, "no_access_control");
	if (!facts->opened)
		return check(CCCD_NOT_RUN, NULL);
	if (facts->access.downgraded)
		return check(CCCD_SUCCESSFUL, "downgrade");
	if (facts->access.protocol == CCCD_ACCESS_BAC)
		return check(CCCD_SUCCESSFUL, "bac");
	if (facts->access.pace_constant)
		return check(CCCD_SUCCESSFUL, "pace_constant");
	return check(CCCD_SUCCESSFUL, NULL);
}

static struct auth_check
conclude_messaging(const struct inspection_facts *facts)
{
	if (facts->plain)
		return check(CCCD_NOT_SUPPORTED, "no_access_control");
	if (!facts->opened)
		return check(CCCD_NOT_RUN, NULL);
	if (facts->breaks > 0)
		return check(CCCD_SUCCESSFUL, "re_established");
	return check(CCCD_SUCCESSFUL, NULL);
}

/* A data group that holds a proof's key, but did not come: the card's own
 * signed list promised it [contracts: refused]. */
static bool promised_but_refused(const struct inspection_facts *facts,
                                 unsigned int group, enum cccd_file_state state)
{
	return facts->sod.trusted_content &&
	       facts->sod.groups[group].count > 0 &&
	       (state == CCCD_FILE_MISSING || state == CCCD_FILE_LOCKED ||
	        state == CCCD_FILE_REFUSED || state == CCCD_FILE_BAD);
}

/* A success counts only over a key that the security object signs. */
static struct auth_check bound(const struct inspection_facts *facts,
                               unsigned int group)
{
	if (facts->sod_checked && facts->groups_checked &&
	    passive_auth_covers(&facts->sod, &facts->groups, group))
		return check(CCCD_SUCCESSFUL, NULL);
	return check(CCCD_UNDETERMINED, "unbound");
}

static struct auth_check
conclude_chip_auth(const struct inspection_facts *facts)
{
	if (promised_but_refused(facts, 14, facts->dg14_read))
		return check(CCCD_FAILED, "refused");
	switch (facts->ca.outcome) {
	case CHIP_AUTH_PROVEN: return bound(facts, 14);
	case CHIP_AUTH_REFUSED: return check(CCCD_FAILED, "refused");
	case CHIP_AUTH_UNPROVEN: return check(CCCD_FAILED, "not_proven");
	case CHIP_AUTH_KEY_INVALID: return check(CCCD_FAILED, "key_invalid");
	case CHIP_AUTH_UNSUPPORTED:
		return check(CCCD_UNDETERMINED, "algorithm_not_supported");
	case CHIP_AUTH_NOT_RUN: break;
	}
	/* It begins in a channel [9303-11 6.2.2], and there is none. */
	if (facts->plain && facts->dg14_read == CCCD_FILE_READ &&
	    facts->ca_promised)
		return check(CCCD_NOT_RUN, "no_access_control");
	if (facts->dg14_read == CCCD_FILE_ABORTED ||
	    (facts->dg14_read == CCCD_FILE_READ && facts->ca_promised))
		return check(CCCD_ABORTED, "not_finished");
	if (facts->dg14_read == CCCD_FILE_READ)
		return check(CCCD_NOT_SUPPORTED, "not_offered");
	if (facts->sod.trusted_content && facts->sod.groups[14].count == 0)
		return check(CCCD_NOT_SUPPORTED, "not_offered");
	return check(CCCD_NOT_RUN, NULL);
}

static struct auth_check
conclude_active_auth(const struct inspection_facts *facts)
{
	if (promised_but_refused(facts, 15, facts->dg15_read))
		return check(CCCD_FAILED, "refused");
	switch (facts->aa.outcome) {
	case ACTIVE_AUTH_VALID:
		if (facts->sod.object.aa_key_compromised)
			return check(CCCD_UNDETERMINED, "key_compromised");
		return bound(facts, 15);
	case ACTIVE_AUTH_INVALID: return check(CCCD_FAILED, "signature_wrong");
	case ACTIVE_AUTH_REFUSED: return check(CCCD_FAILED, "refused");
	case ACTIVE_AUTH_KEY_INVALID: return check(CCCD_FAILED, "key_invalid");
	case ACTIVE_AUTH_UNSUPPORTED:
		return check(CCCD_UNDETERMINED, "algorithm_not_supported");
	case ACTIVE_AUTH_NOT_RUN: break;
	}
	if (facts->aa_wanted)
		return check(CCCD_ABORTED, "not_finished");
	if (facts->sod.trusted_content && facts->sod.groups[15].count == 0)
		return check(CCCD_NOT_SUPPORTED, "not_offered");
	return check(CCCD_NOT_RUN, NULL);
}

/* EF.CardSecurity gives its key only as far as it is proven itself. */
static struct auth_check bound_cam(const struct inspection_facts *facts)
{
	const struct pa_object *object = &facts->card_security;

	if (facts->card_security_checked &&
	    object->hash.verdict == CCCD_SUCCESSFUL &&
	    object->signature.verdict == CCCD_SUCCESSFUL &&
	    object->ds_signature.verdict == CCCD_SUCCESSFUL &&
	    object->ds_trust.verdict == CCCD_SUCCESSFUL &&
	    object->ds_validity.verdict == CCCD_SUCCESSFUL)
		return check(CCCD_SUCCESSFUL, NULL);
	if (object->ds_signature.verdict == CCCD_FAILED ||
	    object->ds_trust.verdict == CCCD_FAILED ||
	    object->ds_validity.verdict == CCCD_FAILED)
		return check(CCCD_FAILED, "card_security_not_trusted");
	return check(CCCD_UNDETERMINED, "unbound");
}

/* [9303-11 4.4.3.5; pitfall 9] a failure of the mapping is hard. */
static struct auth_check conclude_cam(const struct inspection_facts *facts)
{
	switch (facts->cam) {
	case CAM_NOT_RUN: return check(CCCD_NOT_SUPPORTED, "not_offered");
	case CAM_PROVEN: return bound_cam(facts);
	case CAM_WRONG: return check(CCCD_FAILED, "not_proven");
	case CAM_NO_KEY: return check(CCCD_FAILED, "key_missing");
	case CAM_KEY_UNVERIFIED:
		return check(CCCD_FAILED, "card_security_invalid");
	case CAM_FILE_REFUSED: return check(CCCD_FAILED, "refused");
	}
	return check(CCCD_NOT_RUN, NULL);
}

/* One success suffices; a failure without one is a failure. */
static struct auth_check conclude_genuineness(const struct cccd_check *checks)
{
	static const enum cccd_check_id proofs[] = {
		CCCD_CHECK_CHIP_AUTHENTICATION, CCCD_CHECK_PACE_CAM,
		CCCD_CHECK_ACTIVE_AUTHENTICATION
	};
	static const struct {
		enum cccd_verdict verdict;
		enum cccd_verdict result;
	} order[] = {
		{ CCCD_SUCCESSFUL, CCCD_SUCCESSFUL },
		{ CCCD_FAILED, CCCD_FAILED },
		{ CCCD_ABORTED, CCCD_ABORTED },
		{ CCCD_UNDETERMINED, CCCD_UNDETERMINED },
		{ CCCD_NOT_RUN, CCCD_UNDETERMINED },
	};

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		for (size_t j = 0; j < ARRAY_LEN(proofs); j++)
			if (checks[proofs[j]].verdict == order[i].verdict)
				return check(
				        order[i].result,
				        order[i].verdict == CCCD_NOT_RUN
				                ? "not_carried_out"
				                : checks[proofs[j]].reason);
	return check(CCCD_NOT_SUPPORTED, "no_chip_proof_offered");
}

static void put(struct cccd_result *result, enum cccd_check_id id,
                struct auth_check check)
{
	result->checks[id].verdict = check.verdict;
	result->checks[id].reason = auth_check_reason(&check);
}

static void put_object(struct cccd_result *result,
                       const struct pa_object *object)
{
	put(result, CCCD_CHECK_SECURITY_OBJECT_HASH, object->hash);
	put(result, CCCD_CHECK_SECURITY_OBJECT_SIGNATURE, object->signature);
	put(result, CCCD_CHECK_DS_CERTIFICATE_SIGNATURE, object->ds_signature);
	put(result, CCCD_CHECK_DS_CERTIFICATE_VALIDITY, object->ds_validity);
	put(result, CCCD_CHECK_DS_CERTIFICATE_REVOCATION,
	    object->ds_revocation);
	put(result, CCCD_CHECK_DS_CERTIFICATE_TRUST, object->ds_trust);
	put(result, CCCD_CHECK_CSCA_VALIDITY, object->csca_validity);
}

static void put_passive(struct cccd_result *result,
                        const struct inspection_facts *facts)
{
	if (!facts->sod_checked) {
		if (facts->sod_read != CCCD_FILE_NOT_READ)
			put(result, CCCD_CHECK_PASSIVE_AUTHENTICATION,
			    facts->sod_read == CCCD_FILE_ABORTED
			            ? check(CCCD_ABORTED, "not_finished")
			            : check(CCCD_FAILED,
			                    "security_object_missing"));
		return;
	}
	put_object(result, &facts->sod.object);
	if (!facts->groups_checked)
		return;
	put(result, CCCD_CHECK_DATA_GROUPS, facts->groups.data_groups);
	put(result, CCCD_CHECK_COM_SOD_CONSISTENCY,
	    facts->groups.com_sod_consistency);
	put(result, CCCD_CHECK_PASSIVE_AUTHENTICATION,
	    passive_auth_verdict(&facts->sod, &facts->groups));
}

static void put_groups(struct cccd_result *result,
                       const struct inspection_facts *facts)
{
	static const enum cccd_group_state states[] = {
		[PA_NOT_PRESENT] = CCCD_GROUP_NOT_PRESENT,
		[PA_IDENTICAL] = CCCD_GROUP_IDENTICAL,
		[PA_NOT_IDENTICAL] = CCCD_GROUP_NOT_IDENTICAL,
		[PA_PRESENT] = CCCD_GROUP_PRESENT,
		[PA_NON_CONFORMANCE] = CCCD_GROUP_NON_CONFORMANCE,
		[PA_ABORTED] = CCCD_GROUP_ABORTED,
	};

	for (size_t i = 1; i < CCCD_GROUPS; i++)
		result->groups[i] = states[facts->groups.state[i]];
}

static void suspect(struct cccd_result *result, bool yes, const char *reason)
{
	if (yes && result->suspicion_count < CCCD_SUSPICIONS_MAX)
		result->suspicions[result->suspicion_count++] = reason;
}

/* [service-api 6, clone_suspicion] */
static void put_suspicions(struct cccd_result *result,
                           const struct inspection_facts *facts)
{
	const struct cccd_check *checks = result->checks;

	result->suspicion_count = 0;
	suspect(result, promised_but_refused(facts, 14, facts->dg14_read),
	        "dg14_listed_but_missing");
	suspect(result, promised_but_refused(facts, 15, facts->dg15_read),
	        "dg15_listed_but_missing");
	suspect(result,
	        checks[CCCD_CHECK_CHIP_AUTHENTICATION].verdict == CCCD_FAILED,
	        "chip_authentication_failed");
	suspect(result,
	        checks[CCCD_CHECK_ACTIVE_AUTHENTICATION].verdict == CCCD_FAILED,
	        "active_authentication_failed");
	suspect(result, checks[CCCD_CHECK_PACE_CAM].verdict == CCCD_FAILED,
	        "pace_cam_failed");
	suspect(result, facts->access.downgraded, "pace_downgrade");
	suspect(result, (facts->groups.hidden & 1U << 14) != 0,
	        "com_hides_dg14");
	suspect(result, (facts->groups.hidden & 1U << 15) != 0,
	        "com_hides_dg15");
}

static void put_findings(struct cccd_result *result,
                         const struct auth_findings *findings)
{
	for (size_t i = 0;
	     i < findings->count && result->defect_count < CCCD_DEFECTS_MAX;
	     i++)
		result->defects[result->defect_count++] = (struct cccd_defect){
			.code = findings->at[i].code,
			.group = findings->at[i].group,
		};
}

/* The most a text of one of our structures takes of another's. */
#define COPY_TEXT(to, from) \
	(void)snprintf((to), sizeof(to), "%.*s", (int)sizeof(to) - 1, (from))

static void put_signer(struct cccd_result *result,
                       const struct pa_object *object)
{
	struct cccd_signer *signer = &result->signer;

	COPY_TEXT(signer->subject, object->signer.subject);
	COPY_TEXT(signer->issuer, object->signer.issuer);
	COPY_TEXT(signer->country, object->signer.country);
	COPY_TEXT(signer->digest_algorithm, object->signer.digest_algorithm);
	COPY_TEXT(signer->signature_algorithm,
	          object->signer.signature_algorithm);
	signer->not_before = object->signer.not_before;
	signer->not_after = object->signer.not_after;
	signer->signing_time = object->signing_time;
	signer->csca_not_after = object->signer.csca_not_after;
	signer->valid_at_signing = object->valid_at_signing;
	signer->valid_today = object->valid_today;
}

static void put_modes(struct cccd_result *result,
                      const struct inspection_facts *facts,
                      const struct cccd_profile *profile)
{
	for (size_t i = 0; i < CCCD_CHECKS; i++) {
		result->checks[i].mode = profile->modes[i];
		result->checks[i].ms = facts->ms[i];
	}
	if (profile->revocation_from_first_crl && !facts->store_has_crls)
		result->checks[CCCD_CHECK_DS_CERTIFICATE_REVOCATION].mode =
		        CCCD_MODE_EVALUATORY;
	COPY_TEXT(result->profile, profile->name);
}

static void put_checks(struct cccd_result *result,
                       const struct inspection_facts *facts)
{
	for (size_t i = 0; i < CCCD_CHECKS; i++)
		result->checks[i] = (struct cccd_check){ .reason = "" };
	put(result, CCCD_CHECK_ACCESS_CONTROL, conclude_access(facts));
	put(result, CCCD_CHECK_SECURE_MESSAGING, conclude_messaging(facts));
	put(result, CCCD_CHECK_TERMINAL_AUTHENTICATION,
	    check(CCCD_NOT_SUPPORTED, "no_terminal_certificate"));
	put_passive(result, facts);
	put(result, CCCD_CHECK_CHIP_AUTHENTICATION, conclude_chip_auth(facts));
	put(result, CCCD_CHECK_ACTIVE_AUTHENTICATION,
	    conclude_active_auth(facts));
	put(result, CCCD_CHECK_PACE_CAM, conclude_cam(facts));
	put(result, CCCD_CHECK_CHIP_GENUINENESS,
	    conclude_genuineness(result->checks));
	put(result, CCCD_CHECK_CARD_ACCESS_CONSISTENCY, facts->card_access);
	put(result, CCCD_CHECK_ISSUING_STATE, facts->issuing_state);
	put(result, CCCD_CHECK_MRZ_CONSISTENCY, facts->mrz);
	put(result, CCCD_CHECK_CROSS_DATA_CONSISTENCY, facts->cross);
	put(result, CCCD_CHECK_DOCUMENT_EXPIRY, facts->expiry);
}

void inspection_conclude(const struct inspection_facts *facts,
                         const struct cccd_profile *profile,
                         struct cccd_result *ret)
{
	put_checks(ret, facts);
	put_modes(ret, facts, profile);
	put_groups(ret, facts);
	put_suspicions(ret, facts);
	ret->defect_count = 0;
	put_findings(ret, &facts->sod.object.findings);
	put_findings(ret, &facts->groups.findings);
	put_findings(ret, &facts->card_security.findings);
	put_findings(ret, &facts->findings);
	put_signer(ret, &facts->sod.object);
	ret->access = facts->access;
	if (ret->access.password == NULL)
		ret->access.password = "none";
	if (ret->access.mapping == NULL)
		ret->access.mapping = "";
	if (ret->access.cipher == NULL)
		ret->access.cipher = "";
	ret->specimen =
	        facts->sod.object.specimen || facts->card_security.specimen;
	ret->overall = cccd_aggregate(ret->checks);
	/* [pitfall 34] a read that did not end proves no whole document. */
	if (facts->interrupted && ret->overall == CCCD_SUCCESSFUL)
		ret->overall = CCCD_ABORTED;
}
