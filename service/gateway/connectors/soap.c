/* SPDX-License-Identifier: Apache-2.0 */
/* The SOAP contract, called directly or through an adapter. */
#include <stdlib.h>
#include <time.h>

#include "base/private_file.h"
#include "base/text.h"
#include "service/gateway/connectors/kinds.h"
#include "service/gateway/connectors/soap_message.h"
#include "service/gateway/connectors/soap_reply.h"

enum { KEYS_MAX = 65536 };

static const char *const type_words[] = { "application/xml", "text/xml", NULL };

/** struct own_options - what only this kind has. */
struct own_options {
	char url[SETTING_URL_MAX];
	unsigned int type;
};

static const struct setting_rule own_rules[] = {
	{ "url", SETTING_URL, NULL, offsetof(struct own_options, url), NULL, 0,
	  0 },
	{ "content_type", SETTING_WORD, "application/xml",
	  offsetof(struct own_options, type), type_words, 0, 0 },
};

/** struct connector_state - @keys: the file of officers' keys. */
struct connector_state {
	struct own_options own;
	struct http_options http_options;
	struct field_options fields;
	struct soap_options soap;
	struct http_client *http;
	struct buf keys;
};

static void soap_close(struct connector_state *state)
{
	if (state == NULL)
		return;
	http_client_free(state->http);
	buf_release(&state->keys);
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
		{ soap_header_rules, soap_header_rule_count, &state->soap },
	};

	TRY(settings_read(section, tables, ARRAY_LEN(tables), error));
	TRY(http_check_url(&state->http_options, section->name, "url",
	                   state->own.url, error));
	if ((state->soap.user[0] == '\0') != (state->soap.secret[0] == '\0'))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: user and secret_file belong "
		            "together",
		            section->name);
	state->keys = buf_make(KEYS_MAX);
	if (state->soap.officer_keys[0] != '\0')
		TRY(private_file_read(state->soap.officer_keys,
		                      PRIVATE_FILE_CREDENTIAL, error,
		                      &state->keys));
	return http_client_new(&state->http_options, section->name, error,
	                       &state->http);
}

static enum cccd_err soap_open(const struct connector_section *section,
                               struct cccd_error *error,
                               struct connector_state **ret)
{
	struct connector_state *state = calloc(1, sizeof(*state));
	enum cccd_err err = CCCD_OK;

	if (state == NULL)
		return CCCD_ERR_MEMORY;
	err = open_state(section, error, state);
	if (err != CCCD_OK) {
		soap_close(state);
		return err;
	}
	*ret = state;
	return CCCD_OK;
}

/* What follows the officer and a blank on a line of the file. */
static bool find_key(struct span keys, const char *officer, struct span *ret)
{
	size_t len = strlen(officer);

	while (keys.len > 0) {
		const uint8_t *end = memchr(keys.at, '\n', keys.len);
		size_t line = end != NULL ? (size_t)(end - keys.at) : keys.len;
		struct span text = text_trim(span_first(keys, line));

		if (text.len > len + 1 && memcmp(text.at, officer, len) == 0 &&
		    (text.at[len] == ' ' || text.at[len] == '\t')) {
			*ret = text_trim(span_after(text, len));
			return true;
		}
		keys = span_after(keys, line + 1);
	}
	return false;
}

static int64_t wall_ms(void)
{
	struct timespec now = { .tv_sec = 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Everything about the call but where it goes. */
static CHECKED enum cccd_err add_headers(const struct connector_state *state,
                                         const char *officer,
                                         struct headers *ret, bool *ret_known)
{
	BUF hash = buf_make(HEADER_LINE_MAX);
	struct span key = { NULL, 0 };
	const char *auth_hash = NULL;

	*ret_known = true;
	if (state->soap.officer_keys[0] != '\0') {
		*ret_known = find_key(buf_span(&state->keys), officer, &key);
		if (!*ret_known)
			return CCCD_OK;
		TRY(headers_base64(key, &hash));
		auth_hash = (const char *)hash.at;
	}
	TRY(headers_add(ret, "Content-Type", "", type_words[state->own.type]));
	return soap_headers_make(&state->soap, state->own.url, wall_ms(),
	                         auth_hash, ret);
}

static CHECKED enum cccd_err ask(const struct connector_state *state,
                                 enum registry_operation operation,
                                 const struct fields *fields,
                                 uint64_t deadline_ms,
                                 struct registry_answer *ret)
{
	BUF message = buf_make(HTTP_REQUEST_MAX);
	HEADERS headers = { .count = 0 };
	HTTP_REPLY reply = { .failure = REGISTRY_NOT_ASKED };
	struct http_call call = {
		.url = state->own.url,
		.accept = soap_types,
		.idempotent = operation == REGISTRY_LOOKUP,
		.deadline_ms = deadline_ms,
	};
	bool known = false;

	TRY(add_headers(state, fields->officer, &headers, &known));
	if (!known) {
		reply_question("officer has no key", ret);
		return CCCD_OK;
	}
	TRY(soap_message_make(&state->soap, operation, fields, &message));
	call.body = buf_span(&message);
	headers_set(&headers, &call);
	TRY(http_post(state->http, &call, &reply));
	return soap_reply_judge(&reply, operation, &state->soap.dialect, ret);
}

static enum cccd_err soap_query(struct connector_state *state,
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

const struct connector_ops connector_soap = {
	.kind = "soap",
	.capabilities = REGISTRY_LOOKUP | REGISTRY_AUTHENTICATE,
	.open = soap_open,
	.query = soap_query,
	.close = soap_close,
};
