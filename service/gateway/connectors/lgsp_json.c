/* SPDX-License-Identifier: Apache-2.0 */
/* The SOAP contract inside JSON, as provincial platforms carry it. */
#include <stdlib.h>

#include "lib/json/lgsp.h"
#include "service/gateway/connectors/grant.h"
#include "service/gateway/connectors/kinds.h"
#include "service/gateway/connectors/soap_message.h"
#include "service/gateway/connectors/soap_reply.h"

static const char *const answer_words[] = { "json", "xml", NULL };

/**
 * struct own_options - what only this kind has.
 * @request_member: that holds the envelope; @answer_member: a path
 * @answer_xml:     the platform unwraps the answer itself
 */
struct own_options {
	char url[SETTING_URL_MAX];
	char request_member[SETTING_TEXT_MAX];
	char answer_member[SETTING_TEXT_MAX];
	unsigned int answer_xml;
};

#define AT(member) offsetof(struct own_options, member)

static const struct setting_rule own_rules[] = {
	{ "url", SETTING_URL, NULL, AT(url), NULL, 0, 0 },
	{ "request_member", SETTING_TEXT, "body", AT(request_member), NULL, 0,
	  0 },
	{ "answer_member", SETTING_TEXT, "body", AT(answer_member), NULL, 0,
	  0 },
	{ "answer", SETTING_WORD, "json", AT(answer_xml), answer_words, 0, 0 },
};

struct connector_state {
	struct own_options own;
	struct http_options http_options;
	struct field_options fields;
	struct soap_options soap;
	struct grant_options grant_options;
	struct http_client *http;
	struct grant *grant;
};

static void lgsp_close(struct connector_state *state)
{
	if (state == NULL)
		return;
	grant_free(state->grant);
	http_client_free(state->http);
	wipe(state, sizeof(*state));
	free(state);
}

static CHECKED enum cccd_err open_state(const struct connector_section *section,
                                        struct cccd_error *error,
                                        struct connector_state *state)
{
	const struct setting_table tables[] = {
		{ own_rules, ARRAY_LEN(own_rules), &state->own },
		{ http_rules, http_rule_count, &state->http_options },
		{ field_rules, field_rule_count, &state->fields },
		{ soap_rules, soap_rule_count, &state->soap },
		{ grant_rules, grant_rule_count, &state->grant_options },
	};

	TRY(settings_read(section, tables, ARRAY_LEN(tables), error));
	TRY(http_check_url(&state->http_options, section->name, "url",
	                   state->own.url, error));
	TRY(http_check_url(&state->http_options, section->name, "token_url",
	                   state->grant_options.token_url, error));
	TRY(http_client_new(&state->http_options, section->name, error,
	                    &state->http));
	return grant_new(&state->grant_options, state->http, section->name,
	                 error, &state->grant);
}

static enum cccd_err lgsp_open(const struct connector_section *section,
                               struct cccd_error *error,
                               struct connector_state **ret)
{
	struct connector_state *state = calloc(1, sizeof(*state));
	enum cccd_err err = CCCD_OK;

	if (state == NULL)
		return CCCD_ERR_MEMORY;
	err = open_state(section, error, state);
	if (err != CCCD_OK) {
		lgsp_close(state);
		return err;
	}
	*ret = state;
	return CCCD_OK;
}

/* The envelope as one JSON string. */
static CHECKED enum cccd_err make_body(const struct connector_state *state,
                                       enum registry_operation operation,
                                       const struct fields *fields,
                                       struct buf *ret)
{
	BUF message = buf_make(HTTP_REQUEST_MAX / 2);
	struct lgsp_pair pair = { state->own.request_member, "" };

	TRY(soap_message_make(&state->soap, operation, fields, &message));
	TRY(buf_append_byte(&message, '\0'));
	pair.value = (const char *)message.at;
	return lgsp_object_make(&pair, 1, ret);
}

static CHECKED enum cccd_err judge(const struct connector_state *state,
                                   const struct http_reply *reply,
                                   enum registry_operation operation,
                                   struct registry_answer *ret)
{
	BUF inner = buf_make(state->http_options.answer_max);
	enum cccd_err err = CCCD_OK;

	if (state->own.answer_xml != 0)
		return soap_reply_judge(reply, operation, &state->soap.dialect,
		                        ret);
	if (!reply_begin(reply, ret))
		return CCCD_OK;
	err = lgsp_text_at(buf_span(&reply->body), state->own.answer_member,
	                   &inner);
	if (err == CCCD_ERR_MEMORY)
		return err;
	ret->outcome = REGISTRY_MALFORMED;
	if (err != CCCD_OK)
		return CCCD_OK;
	return soap_answer_parse(buf_span(&inner), operation,
	                         &state->soap.dialect, ret);
}

static CHECKED enum cccd_err ask(const struct connector_state *state,
                                 enum registry_operation operation,
                                 const struct fields *fields,
                                 uint64_t deadline_ms,
                                 struct registry_answer *ret)
{
	static const char *const json_types[] = { "application/json", NULL };
	BUF body = buf_make(HTTP_REQUEST_MAX);
	HEADERS headers = { .count = 0 };
	HTTP_REPLY reply = { .failure = REGISTRY_NOT_ASKED };
	struct http_call call = {
		.url = state->own.url,
		.accept = state->own.answer_xml != 0 ? soap_types : json_types,
		.idempotent = operation == REGISTRY_LOOKUP,
		.deadline_ms = deadline_ms,
	};

	TRY(make_body(state, operation, fields, &body));
	TRY(headers_add(&headers, "Content-Type", "", "application/json"));
	call.body = buf_span(&body);
	TRY(grant_post(state->grant, &headers, &call, &reply));
	return judge(state, &reply, operation, ret);
}

static enum cccd_err lgsp_query(struct connector_state *state,
                                const struct registry_question *question,
                                uint64_t deadline_ms,
                                struct registry_answer *ret)
{
	CLEANUP(fields_wipe) struct fields fields = { .request = "" };
	const char *part = fields_make(&state->fields, question, &fields);

	if (part != NULL) {
		reply_question(part, ret);
		return CCCD_OK;
	}
	return ask(state, question->operation, &fields, deadline_ms, ret);
}

const struct connector_ops connector_lgsp_json = {
	.kind = "lgsp_json",
	.capabilities = REGISTRY_LOOKUP | REGISTRY_AUTHENTICATE,
	.open = lgsp_open,
	.query = lgsp_query,
	.close = lgsp_close,
};
