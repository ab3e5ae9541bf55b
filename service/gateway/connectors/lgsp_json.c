/* SPDX-License-Identifier: Apache-2.0 */
/* The SOAP contract inside JSON, as provincial platforms carry it. */
#include "lib/json/lgsp.h"
#include "service/gateway/connectors/kinds.h"
#include "service/gateway/connectors/over_http.h"
#include "service/gateway/connectors/platform_code.h"
#include "service/gateway/connectors/soap_message.h"
#include "service/gateway/connectors/soap_reply.h"

static const char *const answer_words[] = { "json", "xml", NULL };

/**
 * struct own_options - what only this kind has.
 * @request_member: that holds the envelope; @answer_member: a path
 * @answer_xml:     the platform unwraps the answer itself
 */
struct own_options {
	char request_member[SETTING_TEXT_MAX];
	char answer_member[SETTING_TEXT_MAX];
	unsigned int answer_xml;
	struct soap_options soap;
	struct code_options code;
};

#define AT(member) offsetof(struct own_options, member)

static const struct setting_rule own_rules[] = {
	{ "request_member", SETTING_TEXT, "body", AT(request_member), NULL, 0,
	  0 },
	{ "answer_member", SETTING_TEXT, "body", AT(answer_member), NULL, 0,
	  0 },
	{ "answer", SETTING_WORD, "json", AT(answer_xml), answer_words, 0, 0 },
};

static size_t lgsp_tables(void *own,
                          struct setting_table ret[static OVER_HTTP_TABLES_MAX])
{
	struct own_options *options = own;

	ret[0] = (struct setting_table){ own_rules, ARRAY_LEN(own_rules),
		                         options };
	ret[1] = (struct setting_table){ soap_rules, soap_rule_count,
		                         &options->soap };
	ret[2] = (struct setting_table){ code_rules, code_rule_count,
		                         &options->code };
	return 3;
}

static enum cccd_err lgsp_finish(const struct connector_state *state,
                                 const struct connector_section *section,
                                 struct cccd_error *error)
{
	struct own_options *own = state->own;

	if (own->answer_xml != 0 && own->code.member[0] != '\0')
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: code_member: an answer in XML "
		            "has none",
		            section->name);
	return code_finish(section, error, &own->code);
}

/* The envelope as one JSON string. */
static enum cccd_err lgsp_make(const struct connector_state *state,
                               enum registry_operation operation,
                               const struct fields *fields,
                               struct over_http_request *ret)
{
	static const char *const json_types[] = { "application/json", NULL };
	const struct own_options *own = state->own;
	BUF message = buf_make(HTTP_REQUEST_MAX / 2);
	struct lgsp_pair pair = { own->request_member, "" };

	ret->call.accept = own->answer_xml != 0 ? soap_types : json_types;
	TRY(headers_add(&ret->headers, "Content-Type", "", "application/json"));
	TRY(soap_message_make(&own->soap, operation, fields, &message));
	TRY(buf_append_byte(&message, '\0'));
	pair.value = (const char *)message.at;
	return lgsp_object_make(&pair, 1, &ret->body);
}

/* As if the platform had sent the text inside and nothing around it. */
static CHECKED enum cccd_err unwrap(const struct connector_state *state,
                                    struct http_reply *reply)
{
	const struct own_options *own = state->own;
	BUF inner = buf_make(state->http_options.answer_max);
	enum cccd_err err = lgsp_text_at(buf_span(&reply->body),
	                                 own->answer_member, &inner);

	if (err == CCCD_ERR_MEMORY)
		return err;
	/* What holds no such text is as good as nothing. */
	if (err != CCCD_OK)
		buf_reset(&inner);
	return buf_set(&reply->body, buf_span(&inner));
}

static enum cccd_err lgsp_judge(const struct connector_state *state,
                                struct http_reply *reply,
                                enum registry_operation operation,
                                struct registry_answer *ret)
{
	const struct own_options *own = state->own;
	enum soap_source source = SOAP_OCTETS;
	enum registry_outcome said = REGISTRY_NOT_ASKED;

	if (reply_begin(reply, ret))
		TRY(code_judge(&own->code, buf_span(&reply->body), &said));
	if (own->answer_xml == 0 && reply->failure == REGISTRY_NOT_ASKED) {
		TRY(unwrap(state, reply));
		source = SOAP_TEXT;
	}
	TRY(soap_reply_judge(reply, source, operation, &own->soap.dialect,
	                     ret));
	/* As with status 500: only a fault is believed besides. */
	if (said != REGISTRY_NOT_ASKED && ret->outcome != REGISTRY_FAULT &&
	    ret->outcome != REGISTRY_REFUSED) {
		ret->outcome = said;
		citizen_wipe(&ret->citizen);
	}
	return CCCD_OK;
}

static const struct over_http_kind kind = {
	.own_size = sizeof(struct own_options),
	.has_token = true,
	.tables = lgsp_tables,
	.finish = lgsp_finish,
	.make = lgsp_make,
	.judge = lgsp_judge,
};

static enum cccd_err lgsp_open(const struct connector_section *section,
                               struct cccd_error *error,
                               struct connector_state **ret)
{
	return over_http_open(&kind, section, error, ret);
}

const struct connector_ops connector_lgsp_json = {
	.kind = "lgsp_json",
	.capabilities = REGISTRY_LOOKUP | REGISTRY_AUTHENTICATE,
	.open = lgsp_open,
	.query = over_http_query,
	.close = over_http_close,
};
