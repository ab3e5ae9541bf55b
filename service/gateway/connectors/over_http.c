/* SPDX-License-Identifier: Apache-2.0 */
/* What every connector over HTTP does alike: open, ask with a token, close. */
#include "service/gateway/connectors/over_http.h"

#include <stdlib.h>

#include "base/clock.h"
#include "service/gateway/connectors/soap_reply.h"
#include "service/gateway/connectors/trace_parent.h"

static const struct setting_rule url_rules[] = {
	{ "url", SETTING_URL, NULL, offsetof(struct connector_state, url), NULL,
	  0, 0 },
};

static CHECKED enum cccd_err
read_settings(const struct connector_section *section, struct cccd_error *error,
              struct connector_state *state)
{
	struct setting_table tables[OVER_HTTP_TABLES_MAX + 4] = {
		{ url_rules, ARRAY_LEN(url_rules), state },
		{ http_rules, http_rule_count, &state->http_options },
		{ field_rules, field_rule_count, &state->field_options },
	};
	size_t count = 3;

	if (state->kind->has_token)
		tables[count++] =
		        (struct setting_table){ grant_rules, grant_rule_count,
			                        &state->grant_options };
	count += state->kind->tables(state->own, tables + count);
	TRY(settings_read(section, tables, count, error));
	TRY(http_check_url(&state->http_options, section->name, "url",
	                   state->url, error));
	if (state->kind->has_token)
		TRY(http_check_url(&state->http_options, section->name,
		                   "token_url", state->grant_options.token_url,
		                   error));
	return state->kind->finish == NULL
	               ? CCCD_OK
	               : state->kind->finish(state, section, error);
}

static CHECKED enum cccd_err open_state(const struct connector_section *section,
                                        struct cccd_error *error,
                                        struct connector_state *state)
{
	state->own = calloc(1, state->kind->own_size);
	if (state->own == NULL)
		return CCCD_ERR_MEMORY;
	TRY(read_settings(section, error, state));
	TRY(http_client_new(&state->http_options, section->name, error,
	                    &state->http));
	if (!state->kind->has_token)
		return CCCD_OK;
	return grant_new(&state->grant_options, state->http, section->name,
	                 error, &state->grant);
}

enum cccd_err over_http_open(const struct over_http_kind *kind,
                             const struct connector_section *section,
                             struct cccd_error *error,
                             struct connector_state **ret)
{
	struct connector_state *state = calloc(1, sizeof(*state));
	enum cccd_err err = CCCD_OK;

	if (state == NULL)
		return CCCD_ERR_MEMORY;
	state->kind = kind;
	err = open_state(section, error, state);
	if (err != CCCD_OK) {
		over_http_close(state);
		return err;
	}
	*ret = state;
	return CCCD_OK;
}

void over_http_close(struct connector_state *state)
{
	if (state == NULL)
		return;
	grant_free(state->grant);
	http_client_free(state->http);
	if (state->own != NULL) {
		if (state->kind->release != NULL)
			state->kind->release(state->own);
		wipe(state->own, state->kind->own_size);
		free(state->own);
	}
	wipe(state, sizeof(*state));
	free(state);
}

static void request_release(struct over_http_request *request)
{
	headers_release(&request->headers);
	buf_release(&request->body);
}

static CHECKED enum cccd_err add_trace(const char *transaction,
                                       struct headers *ret)
{
	char parent[TRACE_PARENT_MAX];

	TRY(trace_parent_make(transaction, &random_system, parent));
	return parent[0] == '\0' ? CCCD_OK
	                         : headers_add(ret, "traceparent", "", parent);
}

/* With a token, where there are tokens. */
static CHECKED enum cccd_err post(const struct connector_state *state,
                                  struct over_http_request *request,
                                  struct http_reply *ret)
{
	request->call.body = buf_span(&request->body);
	if (state->grant != NULL)
		return grant_post(state->grant, &request->headers,
		                  &request->call, ret);
	headers_set(&request->headers, &request->call);
	return http_post(state->http, &request->call, ret);
}

static CHECKED enum cccd_err ask(const struct connector_state *state,
                                 const struct registry_question *question,
                                 const struct fields *fields,
                                 uint64_t deadline_ms,
                                 struct registry_answer *ret)
{
	enum registry_operation operation = question->operation;
	/* One time for all: a token, the call, and either once more. */
	uint64_t until = clock_steady_ms() + state->http_options.request_ms;
	CLEANUP(request_release) struct over_http_request request = {
		.call = {
			.url = state->url,
			.idempotent = operation == REGISTRY_LOOKUP,
			.deadline_ms = deadline_ms < until ? deadline_ms
			                                   : until,
		},
		.body = buf_make(HTTP_REQUEST_MAX),
	};
	HTTP_REPLY reply = { .failure = REGISTRY_NOT_ASKED };

	TRY(state->kind->make(state, operation, fields, &request));
	if (request.lacks != NULL) {
		reply_question(request.lacks, ret);
		return CCCD_OK;
	}
	if (state->http_options.trace != 0 && question->transaction != NULL)
		TRY(add_trace(question->transaction, &request.headers));
	TRY(post(state, &request, &reply));
	return state->kind->judge(state, &reply, operation, ret);
}

enum cccd_err over_http_query(struct connector_state *state,
                              const struct registry_question *question,
                              uint64_t deadline_ms, struct registry_answer *ret)
{
	CLEANUP(fields_wipe) struct fields fields = { .request = "" };
	const char *part =
	        fields_make(&state->field_options, question, &fields);

	if (part == NULL)
		return ask(state, question, &fields, deadline_ms, ret);
	reply_question(part, ret);
	return CCCD_OK;
}
