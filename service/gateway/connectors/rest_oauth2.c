/* SPDX-License-Identifier: Apache-2.0 */
/* Plain JSON behind a bearer token, as some platforms offer it. */
#include "lib/json/lgsp.h"
#include "service/gateway/connectors/citizen_cells.h"
#include "service/gateway/connectors/kinds.h"
#include "service/gateway/connectors/over_http.h"
#include "service/gateway/connectors/platform_code.h"
#include "service/gateway/connectors/soap_reply.h"

/**
 * struct own_options - what only this kind has.
 * @check_url:     of authentications; "": the same
 * @answer_member: path of the answer; "": the document is it
 * @user_name:     userNameService; "" leaves it out
 */
struct own_options {
	char check_url[SETTING_URL_MAX];
	char answer_member[SETTING_TEXT_MAX];
	char user_name[SETTING_TEXT_MAX];
	char sex_male[SETTING_TEXT_MAX];
	char sex_female[SETTING_TEXT_MAX];
	struct code_options code;
};

#define AT(member) offsetof(struct own_options, member)

static const struct setting_rule own_rules[] = {
	{ "check_url", SETTING_URL, "", AT(check_url), NULL, 0, 0 },
	{ "answer_member", SETTING_TEXT, "", AT(answer_member), NULL, 0, 0 },
	{ "user_name_service", SETTING_TEXT, "", AT(user_name), NULL, 0, 0 },
	{ "sex_male", SETTING_TEXT, "1", AT(sex_male), NULL, 0, 0 },
	{ "sex_female", SETTING_TEXT, "2", AT(sex_female), NULL, 0, 0 },
};

static size_t rest_tables(void *own,
                          struct setting_table ret[static OVER_HTTP_TABLES_MAX])
{
	struct own_options *options = own;

	ret[0] = (struct setting_table){ own_rules, ARRAY_LEN(own_rules),
		                         options };
	ret[1] = (struct setting_table){ code_rules, code_rule_count,
		                         &options->code };
	return 2;
}

static enum cccd_err rest_finish(const struct connector_state *state,
                                 const struct connector_section *section,
                                 struct cccd_error *error)
{
	struct own_options *own = state->own;

	TRY(code_finish(section, error, &own->code));
	return http_check_url(&state->http_options, section->name, "check_url",
	                      own->check_url, error);
}

static enum cccd_err rest_make(const struct connector_state *state,
                               enum registry_operation operation,
                               const struct fields *fields,
                               struct over_http_request *ret)
{
	static const char *const types[] = { "application/json", NULL };
	const struct own_options *own = state->own;
	const struct lgsp_pair pairs[] = {
		{ "maYeuCau", fields->request },
		{ "maDVC", fields->empty_procedure ? NULL : fields->procedure },
		{ "maCanBo", fields->officer },
		{ "soDinhDanh", fields->number },
		{ "soCMND", fields->old_number },
		{ "hoVaTen", fields->name },
		{ "ngayThangNam",
		  fields->date[0] != '\0' ? fields->date : fields->year },
		{ "userNameService", own->user_name },
	};

	ret->call.accept = types;
	if (operation == REGISTRY_AUTHENTICATE && own->check_url[0] != '\0')
		ret->call.url = own->check_url;
	TRY(headers_add(&ret->headers, "Content-Type", "", "application/json"));
	TRY(headers_add(&ret->headers, "Accept", "", "application/json"));
	return lgsp_object_make(pairs, ARRAY_LEN(pairs), &ret->body);
}

static bool take(void *context, const char *path, struct span text)
{
	return citizen_take(context, path, text);
}

/* Nobody is there, unless what stands beside may say why: nobody here reads
 * it, but a code that was looked at has said that all went well. */
static enum registry_outcome nobody(const struct own_options *own,
                                    enum lgsp_people people)
{
	return people == LGSP_NOBODY || own->code.member[0] != '\0'
	               ? REGISTRY_NOT_FOUND
	               : REGISTRY_MALFORMED;
}

/* What stands wrong, as an outcome. */
static enum registry_outcome outcome_of(enum cccd_err err)
{
	return err == CCCD_ERR_DATA_DUPLICATE ? REGISTRY_AMBIGUOUS
	                                      : REGISTRY_MALFORMED;
}

static CHECKED enum cccd_err read_person(const struct own_options *own,
                                         struct span body,
                                         struct registry_answer *ret)
{
	struct citizen_reading reading = { .citizen = &ret->citizen };
	enum lgsp_people people = LGSP_NOBODY;
	enum cccd_err err = lgsp_person_visit(body, own->answer_member, take,
	                                      &reading, &people);

	if (err != CCCD_OK)
		ret->outcome = outcome_of(err);
	else if (people != LGSP_ONE)
		ret->outcome = nobody(own, people);
	else
		ret->outcome =
		        citizen_finish(&reading, own->sex_male, own->sex_female)
		                ? REGISTRY_FOUND
		                : REGISTRY_MALFORMED;
	wipe(&reading, sizeof(reading));
	if (ret->outcome != REGISTRY_FOUND)
		citizen_wipe(&ret->citizen);
	return err == CCCD_ERR_MEMORY ? err : CCCD_OK;
}

static CHECKED enum cccd_err read_verdict(const struct own_options *own,
                                          struct span body,
                                          struct registry_answer *ret)
{
	bool exists = false;
	enum cccd_err err = lgsp_exists(body, own->answer_member, &exists);

	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK)
		ret->outcome = REGISTRY_MALFORMED;
	else
		ret->outcome = exists ? REGISTRY_CONFIRMED : REGISTRY_NOT_FOUND;
	return CCCD_OK;
}

static enum cccd_err rest_judge(const struct connector_state *state,
                                struct http_reply *reply,
                                enum registry_operation operation,
                                struct registry_answer *ret)
{
	const struct own_options *own = state->own;
	struct span body = buf_span(&reply->body);

	if (!reply_begin(reply, ret))
		return CCCD_OK;
	TRY(code_judge(&own->code, body, &ret->outcome));
	if (ret->outcome != REGISTRY_NOT_ASKED)
		return CCCD_OK;
	return operation == REGISTRY_LOOKUP ? read_person(own, body, ret)
	                                    : read_verdict(own, body, ret);
}

static const struct over_http_kind kind = {
	.own_size = sizeof(struct own_options),
	.has_token = true,
	.tables = rest_tables,
	.finish = rest_finish,
	.make = rest_make,
	.judge = rest_judge,
};

static enum cccd_err rest_open(const struct connector_section *section,
                               struct cccd_error *error,
                               struct connector_state **ret)
{
	return over_http_open(&kind, section, error, ret);
}

const struct connector_ops connector_rest_oauth2 = {
	.kind = "rest_oauth2",
	.capabilities = REGISTRY_LOOKUP | REGISTRY_AUTHENTICATE,
	.open = rest_open,
	.query = over_http_query,
	.close = over_http_close,
};
