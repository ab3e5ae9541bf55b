/* SPDX-License-Identifier: Apache-2.0 */
/* One check: from an assertion to the registry's word, or a refusal. */
#include "service/gateway/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cccd/assertion.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "lib/json/gateway_reply.h"
#include "lib/json/gateway_request.h"
#include "lib/json/registry.h"
#include "service/gateway/check_reply.h"

enum { ID_BYTES = 16, SUBJECT_MAX = 96 };

/**
 * struct run - one check on its way; large, so on the heap.
 * @key: of the device that signed; the verification borrows it
 * @since_us: when the stage in hand was begun
 */
struct run {
	const struct check_parts *parts;
	const struct gateway_caller *caller;
	struct gateway_request request;
	char nonce[GATEWAY_NONCE_MAX];
	struct check_key *key;
	struct cccd_assertion *assertion;
	struct gateway_person person;
	struct registry_answer *answer;
	struct match_result match;
	int64_t now;
	uint64_t since_us;
};

static void run_free(struct run *run)
{
	if (run == NULL)
		return;
	gateway_request_release(&run->request);
	cccd_assertion_free(run->assertion);
	check_key_give(run->key);
	registry_answer_free(run->answer);
	wipe(run, sizeof(*run));
	free(run);
}

static bool take_key(void *context, const struct store_device *device)
{
	struct run *run = context;

	return check_keys_take(run->parts->keys, device->thumbprint,
	                       device->jwk, &run->key) == CCCD_OK;
}

/* The registry of devices is asked each time: who was revoked is refused. */
static enum cccd_err find_device(void *context, const char *thumbprint,
                                 const struct cccd_jwks **ret)
{
	struct run *run = context;

	TRY(store_device_find(run->parts->store, thumbprint, take_key, run));
	if (run->key == NULL)
		return CCCD_ERR_ASSERTION_DEVICE_UNKNOWN;
	*ret = check_key_set(run->key);
	return CCCD_OK;
}

/* What goes into logs is short and of one line: a desk may be taken over. */
static enum cccd_err check_texts(const struct cccd_assertion *assertion,
                                 struct cccd_error *error)
{
	const struct {
		const char *text;
		size_t max;
	} claims[] = {
		{ cccd_assertion_transaction(assertion),
		  CHECK_TRANSACTION_MAX },
		{ cccd_assertion_origin(assertion), RP_ORIGIN_MAX },
		{ cccd_assertion_purpose(assertion), RP_PURPOSE_MAX },
	};

	for (size_t i = 0; i < ARRAY_LEN(claims); i++)
		if (strlen(claims[i].text) >= claims[i].max ||
		    text_has_controls(span_text(claims[i].text)))
			return fail(error, CCCD_ERR_ASSERTION_MALFORMED,
			            "a claim that no log takes");
	return CCCD_OK;
}

static enum cccd_err verify(struct run *run, struct cccd_error *error)
{
	const struct buf *token = &run->request.assertion;
	struct cccd_assertion_expected expected = {
		.nonce = run->nonce,
		.audience = run->parts->audience,
		.find = find_device,
		.context = run,
		.now = run->now,
		.leeway_s = run->parts->leeway_s,
	};
	const char *result = NULL;
	size_t len = 0;

	TRY(gateway_nonce_peek(buf_span(token), error, run->nonce));
	TRY(cccd_assertion_verify((const char *)token->at, token->len,
	                          &expected, &run->assertion, error));
	TRY(check_texts(run->assertion, error));
	result = cccd_assertion_result(run->assertion, &len);
	return gateway_person_read(span_of(result, len), error, &run->person);
}

/* Whom the caller's case is about, when it says so. */
static enum cccd_err check_citizen(const struct run *run,
                                   struct cccd_error *error)
{
	const char *wanted = run->request.id_number;

	if (wanted[0] == '\0' || strcmp(wanted, run->person.id_number) == 0)
		return CCCD_OK;
	for (size_t i = 0; i < run->person.old_number_count; i++)
		if (strcmp(wanted, run->person.old_numbers[i]) == 0)
			return CCCD_OK;
	return fail(error, CCCD_ERR_OTHER_CITIZEN, "the numbers differ");
}

static enum cccd_err check_card(const struct run *run, struct cccd_error *error)
{
	if (run->caller->allow_unproven ||
	    cccd_assertion_overall(run->assertion) == CCCD_SUCCESSFUL)
		return CCCD_OK;
	return fail(error, CCCD_ERR_CARD_UNPROVEN, "its verdict is %s",
	            cccd_verdict_name(cccd_assertion_overall(run->assertion)));
}

static enum cccd_err make_id(char ret[static CHECK_ID_MAX])
{
	uint8_t bytes[ID_BYTES];

	TRY(random_fill(&random_system, bytes, sizeof(bytes)));
	base64url_text(SPAN(bytes), ret);
	return CCCD_OK;
}

/* The last step before the registry: from here on there will be a line. */
static enum cccd_err spend(const struct run *run, const char *request_id,
                           struct cccd_error *error)
{
	const struct store_spend spend = {
		.nonce = run->nonce,
		.caller = run->caller->name,
		.request_id = request_id,
		.transaction = cccd_assertion_transaction(run->assertion),
		.now = run->now,
	};
	enum cccd_err err = store_nonce_spend(run->parts->store, &spend);

	return err == CCCD_OK ? err : fail(error, err, "the nonce");
}

/* A card may list earlier numbers of twelve digits, too. */
static const char *old_number_of(const struct gateway_person *person)
{
	if (strlen(person->id_number) == 9)
		return person->id_number;
	for (size_t i = 0; i < person->old_number_count; i++)
		if (strlen(person->old_numbers[i]) == 9)
			return person->old_numbers[i];
	return "";
}

static enum cccd_err ask(struct run *run, const char *request_id)
{
	const struct check_parts *parts = run->parts;
	const struct gateway_person *person = &run->person;
	const struct registry_question question = {
		.operation = (parts->capabilities & REGISTRY_LOOKUP) != 0
		                     ? REGISTRY_LOOKUP
		                     : REGISTRY_AUTHENTICATE,
		.request_id = request_id,
		.id_number = strlen(person->id_number) == 12 ? person->id_number
		                                             : "",
		.old_number = old_number_of(person),
		.full_name = person->full_name,
		.date_of_birth = person->date_of_birth,
		.sex = person->sex,
		.officer_id = run->request.officer_id,
		.officer_name = run->request.officer_name,
		.service_code = run->request.service_code,
		.procedure_code = run->request.procedure_code,
		.transaction = cccd_assertion_transaction(run->assertion),
	};

	return parts->ask(parts->connector, &question,
	                  clock_steady_ms() + parts->check_ms, run->answer);
}

static enum cccd_err compare(struct run *run)
{
	const struct gateway_person *person = &run->person;
	struct match_person holder = {
		.id_number = person->id_number,
		.old_number_count = person->old_number_count,
		.full_name = person->full_name,
		.name_truncated = person->name_truncated,
		.date_of_birth = person->date_of_birth,
		.sex = person->sex,
		.residence = person->residence,
		.origin = person->origin,
		.father_name = person->father_name,
		.mother_name = person->mother_name,
		.spouse_name = person->spouse_name,
	};

	_Static_assert((int)GATEWAY_OLD_NUMBERS == (int)MATCH_OLD_NUMBERS_MAX,
	               "as many on both sides");
	for (size_t i = 0; i < person->old_number_count; i++)
		holder.old_numbers[i] = person->old_numbers[i];
	return match_compare(&holder, run->answer, &run->parts->rules,
	                     &run->match);
}

/* The number itself only where the agency's configuration wants it. */
static enum cccd_err subject_of(const struct run *run,
                                char ret[static SUBJECT_MAX])
{
	static const char digits[] = "0123456789abcdef";
	const char *number = run->person.id_number;
	struct digest digest;
	size_t len = 0;

	if (run->parts->log_numbers || number[0] == '\0') {
		(void)snprintf(ret, SUBJECT_MAX, "%s", number);
		return CCCD_OK;
	}
	TRY(digest_hmac(DIGEST_SHA256, secret_span(&run->parts->log_key),
	                span_text(number), &digest));
	len = (size_t)snprintf(ret, SUBJECT_MAX, "hmac-sha-256:");
	for (size_t i = 0; i < digest.len; i++) {
		ret[len++] = digits[digest.bytes[i] >> 4];
		ret[len++] = digits[digest.bytes[i] & 0x0F];
	}
	ret[len] = '\0';
	return CCCD_OK;
}

static enum cccd_err write_down(const struct run *run, const char *request_id)
{
	const struct cccd_assertion *assertion = run->assertion;
	const struct gateway_request *request = &run->request;
	char now[CLOCK_TEXT_MAX];
	char subject[SUBJECT_MAX];
	char fields[CHECK_FIELDS_TEXT_MAX];
	const struct usage_line line = { {
		[USAGE_TIME] = now,
		[USAGE_REQUEST_ID] = request_id,
		[USAGE_TRANSACTION] = cccd_assertion_transaction(assertion),
		[USAGE_CALLER] = run->caller->name,
		[USAGE_ORIGIN] = cccd_assertion_origin(assertion),
		[USAGE_OFFICER_ID] = request->officer_id,
		[USAGE_OFFICER_NAME] = run->parts->log_officer_names
		                               ? request->officer_name
		                               : "",
		[USAGE_PURPOSE] = cccd_assertion_purpose(assertion),
		[USAGE_SERVICE_CODE] = request->service_code,
		[USAGE_PROCEDURE_CODE] = request->procedure_code,
		[USAGE_DEVICE] = cccd_assertion_device(assertion),
		[USAGE_SUBJECT] = subject,
		[USAGE_CARD] =
		        cccd_verdict_name(cccd_assertion_overall(assertion)),
		[USAGE_RESULT] = match_verdict_name(run->match.verdict),
		[USAGE_REASON] = check_reason(&run->match, run->answer),
		[USAGE_FIELDS] = fields,
		[USAGE_SOURCE] = run->parts->source,
	} };
	enum cccd_err err = CCCD_OK;

	clock_text(clock_wall_s(), now);
	check_fields_text(&run->match, fields);
	err = subject_of(run, subject);
	if (err == CCCD_OK)
		err = store_log_append(run->parts->store, &line);
	wipe(subject, sizeof(subject));
	return err;
}

static enum cccd_err answer(const struct run *run, struct check_outcome *ret)
{
	const struct check_told told = {
		.request_id = ret->request_id,
		.transaction = ret->transaction,
		.card = cccd_verdict_name(
		        cccd_assertion_overall(run->assertion)),
		.source = run->parts->source,
		.observed_at = clock_wall_s(),
		.match = &run->match,
		.answer = run->answer,
		.scopes = &run->caller->scopes,
	};

	return check_reply_text(&told, &ret->text);
}

/* The nonce is spent: whatever fails now is an outcome, and has its line. */
static void ask_or_say_why(struct run *run, const char *request_id)
{
	if (ask(run, request_id) != CCCD_OK)
		registry_answer_wipe(run->answer);
}

/* Texts that are too long to be compared are nobody's. */
static enum cccd_err compare_or_say_why(struct run *run)
{
	if (compare(run) == CCCD_OK)
		return CCCD_OK;
	registry_answer_wipe(run->answer);
	run->answer->outcome = REGISTRY_MALFORMED;
	return compare(run);
}

static void leave_stage(const struct run *run, struct check_outcome *ret)
{
	if (ret->stages > 0)
		ret->stage_us[ret->stages - 1] =
		        clock_steady_us() - run->since_us;
}

static void enter_stage(struct run *run, struct check_outcome *ret,
                        enum check_stage stage)
{
	leave_stage(run, ret);
	ret->stages = (unsigned int)stage + 1;
	run->since_us = clock_steady_us();
}

static enum cccd_err run_all(struct run *run, struct span body,
                             struct cccd_error *error,
                             struct check_outcome *ret)
{
	char request_id[CHECK_ID_MAX];

	enter_stage(run, ret, CHECK_VERIFY);
	TRY(gateway_request_parse(body, error, &run->request));
	TRY(verify(run, error));
	(void)snprintf(ret->transaction, sizeof(ret->transaction), "%s",
	               cccd_assertion_transaction(run->assertion));
	TRY(check_citizen(run, error));
	TRY(check_card(run, error));
	TRY(make_id(request_id));
	enter_stage(run, ret, CHECK_SPEND);
	TRY(spend(run, request_id, error));
	(void)snprintf(ret->request_id, sizeof(ret->request_id), "%s",
	               request_id);
	enter_stage(run, ret, CHECK_ASK);
	ask_or_say_why(run, request_id);
	ret->attempts = run->answer->attempts;
	ret->http_status = run->answer->http_status;
	(void)snprintf(ret->detail, sizeof(ret->detail), "%s",
	               run->answer->detail);
	enter_stage(run, ret, CHECK_COMPARE);
	TRY(compare_or_say_why(run));
	ret->registry = run->answer->outcome;
	ret->verdict = run->match.verdict;
	enter_stage(run, ret, CHECK_WRITE_DOWN);
	if (write_down(run, request_id) != CCCD_OK)
		return fail(error, CCCD_ERR_AUDIT,
		            "the usage log cannot be written");
	return answer(run, ret);
}

enum cccd_err check_run(const struct check_parts *parts,
                        const struct gateway_caller *caller, struct span body,
                        struct cccd_error *error, struct check_outcome *ret)
{
	struct run *run = calloc(1, sizeof(*run));
	enum cccd_err err = CCCD_ERR_MEMORY;

	if (run == NULL)
		return err;
	run->parts = parts;
	run->caller = caller;
	run->now = clock_wall_s();
	run->answer = registry_answer_new();
	if (run->answer != NULL)
		err = run_all(run, body, error, ret);
	leave_stage(run, ret);
	run_free(run);
	return err == CCCD_OK ? err : fail(error, err, "the check");
}

enum cccd_err check_nonce(const struct check_parts *parts,
                          const struct gateway_caller *caller,
                          uint32_t lifetime_s, char **ret)
{
	char nonce[CCCD_NONCE_TEXT_MAX];
	int64_t expires = clock_wall_s() + lifetime_s;

	TRY(cccd_nonce_make(nonce));
	TRY(store_nonce_issue(parts->store, nonce, caller->name, expires));
	return gateway_nonce_text(nonce, parts->audience, expires, ret);
}
