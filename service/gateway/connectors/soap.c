/* SPDX-License-Identifier: Apache-2.0 */
/* The SOAP contract, called directly or through an adapter. */
#include <time.h>

#include "base/private_file.h"
#include "base/text.h"
#include "service/gateway/connectors/kinds.h"
#include "service/gateway/connectors/over_http.h"
#include "service/gateway/connectors/soap_message.h"
#include "service/gateway/connectors/soap_reply.h"

enum { KEYS_MAX = 65536 };

static const char *const type_words[] = { "application/xml", "text/xml", NULL };

/** struct own_options - what only this kind has; @keys: the officers' file. */
struct own_options {
	unsigned int type;
	struct soap_options soap;
	struct buf keys;
};

static const struct setting_rule own_rules[] = {
	{ "content_type", SETTING_WORD, "application/xml",
	  offsetof(struct own_options, type), type_words, 0, 0 },
};

static size_t soap_tables(void *own,
                          struct setting_table ret[static OVER_HTTP_TABLES_MAX])
{
	struct own_options *options = own;

	ret[0] = (struct setting_table){ own_rules, ARRAY_LEN(own_rules),
		                         options };
	ret[1] = (struct setting_table){ soap_rules, soap_rule_count,
		                         &options->soap };
	ret[2] = (struct setting_table){ soap_header_rules,
		                         soap_header_rule_count,
		                         &options->soap };
	return 3;
}

static enum cccd_err soap_finish(const struct connector_state *state,
                                 const struct connector_section *section,
                                 struct cccd_error *error)
{
	struct own_options *own = state->own;

	if ((own->soap.user[0] == '\0') != (own->soap.secret[0] == '\0'))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: user and secret_file belong "
		            "together",
		            section->name);
	own->keys = buf_make(KEYS_MAX);
	if (own->soap.officer_keys[0] == '\0')
		return CCCD_OK;
	return private_file_read(own->soap.officer_keys,
	                         PRIVATE_FILE_CREDENTIAL, error, &own->keys);
}

static void soap_release(void *own)
{
	struct own_options *options = own;

	buf_release(&options->keys);
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
static CHECKED enum cccd_err add_headers(const struct own_options *own,
                                         const char *url, const char *officer,
                                         struct headers *ret, bool *ret_known)
{
	BUF hash = buf_make(HEADER_LINE_MAX);
	struct span key = { NULL, 0 };
	const char *auth_hash = NULL;

	*ret_known = true;
	if (own->soap.officer_keys[0] != '\0') {
		*ret_known = find_key(buf_span(&own->keys), officer, &key);
		if (!*ret_known)
			return CCCD_OK;
		TRY(headers_base64(key, &hash));
		auth_hash = (const char *)hash.at;
	}
	TRY(headers_add(ret, "Content-Type", "", type_words[own->type]));
	return soap_headers_make(&own->soap, url, wall_ms(), auth_hash, ret);
}

static enum cccd_err soap_make(const struct connector_state *state,
                               enum registry_operation operation,
                               const struct fields *fields,
                               struct over_http_request *ret)
{
	const struct own_options *own = state->own;
	bool known = false;

	ret->call.accept = soap_types;
	TRY(add_headers(own, state->url, fields->officer, &ret->headers,
	                &known));
	if (!known)
		ret->lacks = "officer has no key";
	return soap_message_make(&own->soap, operation, fields, &ret->body);
}

static enum cccd_err soap_judge(const struct connector_state *state,
                                struct http_reply *reply,
                                enum registry_operation operation,
                                struct registry_answer *ret)
{
	const struct own_options *own = state->own;

	return soap_reply_judge(reply, SOAP_OCTETS, operation,
	                        &own->soap.dialect, ret);
}

static const struct over_http_kind kind = {
	.own_size = sizeof(struct own_options),
	.tables = soap_tables,
	.finish = soap_finish,
	.release = soap_release,
	.make = soap_make,
	.judge = soap_judge,
};

static enum cccd_err soap_open(const struct connector_section *section,
                               struct cccd_error *error,
                               struct connector_state **ret)
{
	return over_http_open(&kind, section, error, ret);
}

const struct connector_ops connector_soap = {
	.kind = "soap",
	.capabilities = REGISTRY_LOOKUP | REGISTRY_AUTHENTICATE,
	.open = soap_open,
	.query = over_http_query,
	.close = over_http_close,
};
