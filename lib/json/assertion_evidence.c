/* SPDX-License-Identifier: Apache-2.0 */
/* Level A3: what the chip's own signatures prove of an assertion. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cccd/evidence.h>
#include <cccd/person.h>
#include <cccd/trust.h>

#include "base/span.h"
#include "lib/json/age.h"
#include "lib/json/assertion_object.h"
#include "lib/json/identity.h"
#include "lib/json/make.h"
#include "lib/json/nonce.h"
#include "lib/json/parse.h"

enum {
	RAW_FILE_MAX = 1024 * 1024,
	AGE_MOST = 120,
};

/* struct proof_facts - what the files say, for the derived members. */
struct proof_facts {
	const struct cccd_result *result;
	const struct cccd_person *person;
	int64_t now;
};

static void evidence_cleanup(struct cccd_evidence **evidence)
{
	cccd_evidence_free(*evidence);
}

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* Whatever is not there in full is not there. */
static enum cccd_err take_file(const cJSON *item, struct cccd_evidence *ret)
{
	enum cccd_file file = cccd_file_by_name(item->string);
	BUF bytes = buf_make(RAW_FILE_MAX);

	if (file == CCCD_FILE_NONE || !cJSON_IsString(item))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(parse_base64url(item->valuestring, NULL, &bytes));
	return cccd_evidence_set_file(ret, file, CCCD_FILE_READ,
	                              span_bytes(buf_span(&bytes)));
}

static enum cccd_err take_array(const cJSON *object, const char *name,
                                uint8_t *at, size_t cap, size_t *ret_len)
{
	BUF bytes = buf_make(cap);
	const char *text = NULL;

	TRY(parse_text(object, name, NULL, &text));
	TRY(parse_base64url(text, NULL, &bytes));
	if (bytes.len == 0)
		return CCCD_ERR_DATA_MISSING;
	memcpy(at, bytes.at, bytes.len);
	*ret_len = bytes.len;
	return CCCD_OK;
}

/* The desk's word on the outcome is not asked: it is carried out again. */
static enum cccd_err take_signature(const cJSON *evidence,
                                    struct cccd_active_auth_facts *ret)
{
	const cJSON *object = member(evidence, "active_authentication");
	size_t len = 0;

	TRY(take_array(object, "challenge", ret->challenge,
	               sizeof(ret->challenge), &len));
	if (len != sizeof(ret->challenge))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(take_array(object, "signature", ret->signature,
	               sizeof(ret->signature), &ret->signature_len));
	(void)snprintf(ret->outcome, sizeof(ret->outcome), "valid");
	return CCCD_OK;
}

static enum cccd_err take_evidence(const struct cccd_assertion *assertion,
                                   struct cccd_evidence *ret)
{
	const cJSON *evidence = member(assertion_result(assertion), "evidence");
	const cJSON *raw = member(evidence, "raw");
	struct cccd_evidence_facts *facts = cccd_evidence_facts(ret);
	const cJSON *item = NULL;

	if (!cJSON_IsObject(raw))
		return CCCD_ERR_DATA_MISSING;
	cJSON_ArrayForEach(item, raw)
	{
		TRY(take_file(item, ret));
	}
	facts->access.domain_id = -1;
	facts->taken = cccd_assertion_issued(assertion);
	return take_signature(evidence, &facts->active_auth);
}

static bool challenge_is_ours(const struct cccd_assertion *assertion,
                              struct cccd_evidence *evidence)
{
	uint8_t wanted[CHALLENGE_LEN];

	return nonce_challenge(claims_text(assertion->claims, "aud"),
	                       claims_text(assertion->claims, "nonce"),
	                       wanted) == CCCD_OK &&
	       memcmp(wanted,
	              cccd_evidence_facts(evidence)->active_auth.challenge,
	              sizeof(wanted)) == 0;
}

/* Added by the desk's tables or its site key, not by the chip. */
static bool is_added(const char *name)
{
	static const char *const added[] = { "pairwise_id", "ethnicity_code" };

	for (size_t i = 0; i < ARRAY_LEN(added); i++)
		if (strcmp(added[i], name) == 0)
			return true;
	return false;
}

/* A place is its text; what tables add beside it is the desk's. */
static bool is_place(const char *name)
{
	return strcmp(name, "place_of_residence") == 0 ||
	       strcmp(name, "place_of_origin") == 0;
}

static bool same(const cJSON *told, const cJSON *read)
{
	if (is_place(told->string))
		return read != NULL &&
		       cJSON_Compare(member(told, "text"), member(read, "text"),
		                     true);
	return read != NULL && cJSON_Compare(told, read, true);
}

/* "No" denies a right and proves nothing; "yes" must follow from the files. */
static bool derived_holds(const cJSON *told, const struct proof_facts *facts)
{
	static const char prefix[] = "age_over_";
	char *end = NULL;
	long years = 0;
	bool over = false;

	if (!cJSON_IsTrue(told))
		return cJSON_IsFalse(told);
	if (strcmp(told->string, "valid_document") == 0)
		return facts->result->checks[CCCD_CHECK_DOCUMENT_EXPIRY]
		               .verdict == CCCD_SUCCESSFUL;
	years = strtol(told->string + sizeof(prefix) - 1, &end, 10);
	return *end == '\0' && years > 0 && years <= AGE_MOST &&
	       age_over(facts->person, age_day(facts->now), (unsigned int)years,
	                &over) &&
	       over;
}

static bool is_derived(const char *name)
{
	return strncmp(name, "age_over_", strlen("age_over_")) == 0 ||
	       strcmp(name, "valid_document") == 0;
}

/* Everything that the result says of the person, out of the files. */
static bool identity_is_read(const cJSON *told, const cJSON *read,
                             const struct proof_facts *facts,
                             char ret_member[static 32])
{
	const cJSON *first = told != NULL ? told->child : NULL;

	for (const cJSON *item = first; item != NULL; item = item->next) {
		bool holds = is_derived(item->string)
		                     ? derived_holds(item, facts)
		                     : is_added(item->string) ||
		                               same(item,
		                                    member(read, item->string));

		if (holds)
			continue;
		(void)snprintf(ret_member, 32, "%s", item->string);
		return false;
	}
	return true;
}

static void person_cleanup(struct cccd_person **person)
{
	cccd_person_wipe(*person);
	free(*person);
}

static enum cccd_err compare_identity(const struct cccd_assertion *assertion,
                                      const struct cccd_evidence *evidence,
                                      struct cccd_assertion_proof *proof,
                                      bool *ret_equal)
{
	CLEANUP(person_cleanup)
	struct cccd_person *person = calloc(1, sizeof(*person));
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	struct json_result_input input = {
		.result = &proof->result,
		.document = cccd_evidence_document(evidence),
		.person = person,
		.scopes = JSON_SCOPES_DESK,
	};
	struct proof_facts facts = { .result = &proof->result,
		                     .person = person,
		                     .now = cccd_assertion_issued(assertion) };
	enum cccd_err err = CCCD_OK;

	if (person == NULL)
		return CCCD_ERR_MEMORY;
	err = cccd_document_person(input.document, person);
	if (err == CCCD_ERR_MEMORY)
		return err;
	/* No person can be read: then nothing may be said of one. */
	if (err != CCCD_OK)
		input.person = NULL;
	json_identity_add(&maker, root, &input);
	if (maker.failed)
		return CCCD_ERR_MEMORY;
	*ret_equal = identity_is_read(
	        member(assertion_result(assertion), "identity"),
	        member(root, "identity"), &facts, proof->member);
	return CCCD_OK;
}

static void conclude(struct cccd_assertion_proof *proof,
                     enum cccd_verdict verdict, const char *reason)
{
	proof->verdict = verdict;
	proof->reason = reason;
}

static enum cccd_verdict check_of(const struct cccd_assertion_proof *proof,
                                  enum cccd_check_id id)
{
	return proof->result.checks[id].verdict;
}

static enum cccd_err judge(const struct cccd_assertion *assertion,
                           const struct cccd_evidence *evidence,
                           struct cccd_assertion_proof *proof)
{
	enum cccd_verdict passive =
	        check_of(proof, CCCD_CHECK_PASSIVE_AUTHENTICATION);
	enum cccd_verdict active =
	        check_of(proof, CCCD_CHECK_ACTIVE_AUTHENTICATION);
	bool equal = false;

	TRY(compare_identity(assertion, evidence, proof, &equal));
	if (passive == CCCD_FAILED)
		conclude(proof, CCCD_FAILED, "passive_authentication");
	else if (active == CCCD_FAILED)
		conclude(proof, CCCD_FAILED, "active_authentication");
	else if (!equal)
		conclude(proof, CCCD_FAILED, "identity_differs");
	else if (passive != CCCD_SUCCESSFUL)
		conclude(proof, CCCD_UNDETERMINED, "passive_authentication");
	else if (active != CCCD_SUCCESSFUL)
		conclude(proof, CCCD_UNDETERMINED, "active_authentication");
	else
		conclude(proof, CCCD_SUCCESSFUL, "");
	if (passive == CCCD_FAILED || active == CCCD_FAILED)
		proof->member[0] = '\0';
	return CCCD_OK;
}

enum cccd_err
cccd_assertion_check_evidence(const struct cccd_assertion *assertion,
                              const struct cccd_trust *trust, int64_t now,
                              struct cccd_assertion_proof *ret)
{
	CLEANUP(evidence_cleanup) struct cccd_evidence *evidence = NULL;
	enum cccd_err err = CCCD_OK;

	TRY(cccd_evidence_new(&evidence));
	memset(ret, 0, sizeof(*ret));
	conclude(ret, CCCD_UNDETERMINED, "evidence_missing");
	err = take_evidence(assertion, evidence);
	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK)
		return CCCD_OK;
	if (!challenge_is_ours(assertion, evidence)) {
		conclude(ret, CCCD_FAILED, "challenge_wrong");
		return CCCD_OK;
	}
	TRY(cccd_verify(evidence, trust, NULL, now, &ret->result));
	return judge(assertion, evidence, ret);
}
