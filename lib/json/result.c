/* SPDX-License-Identifier: Apache-2.0 */
/* The result document urn:cccd:result:1: service-api 6, contracts. */
#include "lib/json/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/secret.h"
#include "lib/json/identity.h"
#include "lib/json/make.h"
#include "lib/json/rendering.h"

static unsigned int bit_by_name(const char *const *names, size_t count,
                                const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return 1U << i;
	return 0;
}

unsigned int json_rendering_by_name(const char *name)
{
	static const char *const names[] = { "csdldc", "bhyt", "xml130",
		                             "fhir" };

	return bit_by_name(names, ARRAY_LEN(names), name);
}

static void put_time(struct json_maker *maker, cJSON *root,
                     const struct cccd_result *result)
{
	cJSON *time = make_object(maker, root, "time");

	make_time(maker, time, "started", result->started);
	make_time(maker, time, "finished", result->finished);
	make_text(maker, time, "clock",
	          result->clock_synchronised ? "synchronised"
	                                     : "unsynchronised");
}

static void put_document(struct json_maker *maker, cJSON *root,
                         const struct cccd_result *result)
{
	cJSON *document = make_object(maker, root, "document");

	make_text(maker, document, "type", "icao-emrtd");
	make_text_if(maker, document, "issuing_state", result->issuing_state);
	make_text_if(maker, document, "application", result->application);
}

static void put_trust(struct json_maker *maker, cJSON *root,
                      const struct cccd_trust_facts *trust)
{
	cJSON *store = NULL;

	if (!trust->present)
		return;
	store = make_object(maker, root, "trust_store");
	make_digest(maker, store, "digest", trust->digest);
	if (trust->date != 0)
		make_date(maker, store, "date", trust->date);
	if (trust->crl_date != 0)
		make_date(maker, store, "crl_date", trust->crl_date);
	else
		make_null(maker, store, "crl_date");
}

static void put_access_detail(struct json_maker *maker, cJSON *check,
                              const struct cccd_access *access)
{
	static const char *const protocols[] = {
		[CCCD_ACCESS_NONE] = "none",
		[CCCD_ACCESS_BAC] = "bac",
		[CCCD_ACCESS_PACE] = "pace",
	};
	cJSON *detail = make_object(maker, check, "detail");

	make_text(maker, detail, "protocol", protocols[access->protocol]);
	make_text(maker, detail, "password", access->password);
	make_bool(maker, detail, "pace_visible", access->pace_visible);
	make_bool(maker, detail, "pace_offered", access->pace_offered);
	if (access->protocol != CCCD_ACCESS_PACE) {
		make_bool(maker, detail, "downgraded", access->downgraded);
		return;
	}
	make_text(maker, detail, "mapping", access->mapping);
	make_text(maker, detail, "cipher", access->cipher);
	make_number(maker, detail, "domain_parameters", access->domain_id);
	make_text(maker, detail, "pace_info",
	          access->pace_constant ? "constant" : "card_access");
	make_bool(maker, detail, "parameter_id_retried",
	          access->parameter_id_retried);
}

static void put_signer_detail(struct json_maker *maker, cJSON *check,
                              const struct cccd_signer *signer)
{
	cJSON *detail = NULL;

	if (signer->subject[0] == '\0')
		return;
	detail = make_object(maker, check, "detail");
	make_text(maker, detail, "subject", signer->subject);
	make_text(maker, detail, "issuer", signer->issuer);
	make_text_if(maker, detail, "country", signer->country);
	make_text_if(maker, detail, "digest_algorithm",
	             signer->digest_algorithm);
	make_text_if(maker, detail, "signature_algorithm",
	             signer->signature_algorithm);
	make_time(maker, detail, "not_before", signer->not_before);
	make_time(maker, detail, "not_after", signer->not_after);
	if (signer->signing_time != 0)
		make_time(maker, detail, "signing_time", signer->signing_time);
	make_bool(maker, detail, "valid_at_signing", signer->valid_at_signing);
	make_bool(maker, detail, "valid_today", signer->valid_today);
}

static void put_check(struct json_maker *maker, cJSON *checks,
                      const struct cccd_result *result, enum cccd_check_id id)
{
	const struct cccd_check *check = &result->checks[id];
	cJSON *object = NULL;

	if (check->verdict == CCCD_NOT_RUN)
		return;
	object = make_object(maker, checks, cccd_check_name(id));
	make_text(maker, object, "verdict", cccd_verdict_name(check->verdict));
	make_text_if(maker, object, "reason", check->reason);
	make_text(maker, object, "mode", cccd_mode_name(check->mode));
	if (check->ms != 0)
		make_number(maker, object, "ms", check->ms);
	if (id == CCCD_CHECK_ACCESS_CONTROL)
		put_access_detail(maker, object, &result->access);
	if (id == CCCD_CHECK_DS_CERTIFICATE_TRUST)
		put_signer_detail(maker, object, &result->signer);
}

static void put_checks(struct json_maker *maker, cJSON *root,
                       const struct cccd_result *result)
{
	cJSON *checks = make_object(maker, root, "checks");

	for (unsigned int id = 0; id < CCCD_CHECKS; id++)
		put_check(maker, checks, result, (enum cccd_check_id)id);
}

static void put_groups(struct json_maker *maker, cJSON *root,
                       const struct cccd_result *result)
{
	cJSON *groups = make_object(maker, root, "data_groups");
	char name[8];

	for (unsigned int i = 1; i < CCCD_GROUPS; i++) {
		if (result->groups[i] == CCCD_GROUP_NOT_PRESENT)
			continue;
		(void)snprintf(name, sizeof(name), "dg%u", i);
		make_text(maker, groups, name,
		          cccd_group_state_name(result->groups[i]));
	}
}

static void put_suspicion(struct json_maker *maker, cJSON *root,
                          const struct cccd_result *result)
{
	cJSON *clone = make_object(maker, root, "clone_suspicion");
	cJSON *reasons = NULL;

	make_bool(maker, clone, "suspected", result->suspicion_count > 0);
	reasons = make_array(maker, clone, "reasons");
	for (size_t i = 0; i < result->suspicion_count; i++)
		make_item(maker, reasons,
		          cJSON_CreateString(result->suspicions[i]));
}

static void put_defects(struct json_maker *maker, cJSON *root,
                        const struct cccd_result *result)
{
	cJSON *defects = make_array(maker, root, "defects");

	for (size_t i = 0; i < result->defect_count; i++) {
		const struct cccd_defect *defect = &result->defects[i];
		cJSON *object = cJSON_CreateObject();
		char name[8];

		make_text(maker, object, "code", defect->code);
		(void)snprintf(name, sizeof(name), "dg%u", defect->group);
		if (defect->group != 0)
			make_text(maker, object, "data_group", name);
		make_item(maker, defects, object);
	}
}

static void put_transport(struct json_maker *maker, cJSON *root,
                          const struct cccd_transport_facts *facts)
{
	cJSON *transport = make_object(maker, root, "transport");

	make_text(maker, transport, "kind", facts->kind);
	make_text_if(maker, transport, "reader", facts->reader);
	make_number(maker, transport, "exchanges", facts->exchanges);
	make_number(maker, transport, "resumed", facts->resumed);
	make_bool(maker, transport, "extended_length", facts->extended);
	if (facts->bit_rate_kbps != 0)
		make_number(maker, transport, "bit_rate_kbps",
		            facts->bit_rate_kbps);
}

/* What the chip signed: with the files a back end proves it again. */
static void put_active_auth(struct json_maker *maker, cJSON *evidence,
                            const struct cccd_active_auth_facts *facts)
{
	cJSON *object = NULL;

	if (facts == NULL || facts->signature_len == 0)
		return;
	object = make_object(maker, evidence, "active_authentication");
	make_base64url(maker, object, "challenge",
	               span_bytes(SPAN(facts->challenge)));
	make_base64url(
	        maker, object, "signature",
	        span_bytes(span_of(facts->signature, facts->signature_len)));
}

/* Digests of what was read, and the files themselves in scope raw. */
static void put_evidence(struct json_maker *maker, cJSON *root,
                         const struct json_result_input *input)
{
	cJSON *evidence = make_object(maker, root, "evidence");
	cJSON *raw = NULL;

	if ((input->scopes & JSON_SCOPE_RAW) != 0)
		raw = make_object(maker, evidence, "raw");
	else if (input->no_digests)
		return;
	for (unsigned int i = 1; i < CCCD_FILES_COUNT; i++) {
		struct cccd_bytes file =
		        cccd_document_file(input->document, (enum cccd_file)i);
		const char *name = cccd_file_name((enum cccd_file)i);
		struct digest digest = { 0 };

		if (file.len == 0)
			continue;
		if (digest_compute(DIGEST_SHA256, bytes_span(file), &digest) !=
		    CCCD_OK)
			maker->failed = true;
		make_digest(maker, evidence, name, digest.bytes);
		if (raw != NULL)
			make_base64url(maker, raw, name, file);
	}
	if (raw != NULL)
		put_active_auth(maker, evidence, input->active_auth);
}

static void put_renderings(struct json_maker *maker, cJSON *root,
                           const struct json_result_input *input)
{
	cJSON *renderings = NULL;

	if (input->renderings == 0 || input->person == NULL)
		return;
	renderings = make_object(maker, root, "renderings");
	if (renderings == NULL ||
	    json_renderings_add(renderings, input->renderings, input->scopes,
	                        input->person, input->result) != CCCD_OK)
		maker->failed = true;
}

enum cccd_err json_result_text(const struct json_result_input *input,
                               char **ret)
{
	const struct cccd_result *result = input->result;
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };

	make_text(&maker, root, "schema", "urn:cccd:result:1");
	make_text(&maker, root, "transaction", result->transaction);
	put_time(&maker, root, result);
	put_document(&maker, root, result);
	make_text(&maker, root, "profile", result->profile);
	put_trust(&maker, root, &result->trust);
	if (result->specimen)
		make_bool(&maker, root, "specimen", true);
	put_checks(&maker, root, result);
	put_groups(&maker, root, result);
	put_suspicion(&maker, root, result);
	put_defects(&maker, root, result);
	make_text(&maker, root, "overall", cccd_verdict_name(result->overall));
	make_text(&maker, root, "online_check", "not_done");
	json_identity_add(&maker, root, input);
	put_renderings(&maker, root, input);
	put_evidence(&maker, root, input);
	put_transport(&maker, root, &result->transport);
	return make_text_of(&maker, root, input->pretty, ret);
}

enum cccd_err json_problem_text(const struct cccd_error *error, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	const char *code = cccd_err_code(error->code);
	char type[64] = "urn:cccd:problem:";
	cJSON *messages = NULL;

	(void)snprintf(type, sizeof(type), "urn:cccd:problem:%s", code);
	make_text(&maker, root, "type", type);
	make_text(&maker, root, "title",
	          cccd_err_text(error->code, CCCD_LANG_EN));
	make_number(&maker, root, "status", cccd_err_http_status(error->code));
	make_text_if(&maker, root, "detail", error->text);
	make_text(&maker, root, "code", code);
	make_text_if(&maker, root, "stage", error->step);
	make_bool(&maker, root, "retryable", cccd_err_retryable(error->code));
	if (error->tries_left >= 0)
		make_number(&maker, root, "tries_left", error->tries_left);
	else
		make_null(&maker, root, "tries_left");
	make_text(&maker, root, "next", cccd_err_next(error->code));
	messages = make_object(&maker, root, "messages");
	make_text(&maker, messages, "vi",
	          cccd_err_text(error->code, CCCD_LANG_VI));
	make_text(&maker, messages, "en",
	          cccd_err_text(error->code, CCCD_LANG_EN));
	return make_text_of(&maker, root, true, ret);
}
