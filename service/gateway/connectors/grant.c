/* SPDX-License-Identifier: Apache-2.0 */
/* A token by client credentials, RFC 6749 4.4, and calls that bear it. */
#include "service/gateway/connectors/grant.h"

#include <stdlib.h>

#include "base/clock.h"
#include "lib/json/lgsp.h"
#include "service/gateway/connectors/token.h"

/** enum grant_way - how we say who we are. */
enum grant_way {
	GRANT_BASIC = 0, /* client_id and secret in a Basic header */
	GRANT_FORM,      /* the same in the form */
	GRANT_LGSP,      /* the lgspaccesstoken header */
};

static const char *const way_words[] = { "basic", "form", "lgsp", NULL };
static const char *const always_words[] = { "token", "always", NULL };

#define AT(member) offsetof(struct grant_options, member)
#define TEXT(name)                                            \
	{                                                     \
#name, SETTING_TEXT, "", AT(name), NULL, 0, 0 \
	}

const struct setting_rule grant_rules[] = {
	{ "token_url", SETTING_URL, NULL, AT(token_url), NULL, 0, 0 },
	{ "token_auth", SETTING_WORD, "basic", AT(way), way_words, 0, 0 },
	TEXT(client_id),
	{ "client_secret_file", SETTING_SECRET, "", AT(client_secret), NULL, 0,
	  0 },
	TEXT(scope),
	TEXT(access_key),
	{ "secret_key_file", SETTING_SECRET, "", AT(secret_key), NULL, 0, 0 },
	TEXT(app_name),
	TEXT(partner_code),
	TEXT(partner_code_cus),
	{ "lgsp_header", SETTING_WORD, "token", AT(always), always_words, 0,
	  0 },
};
const size_t grant_rule_count = ARRAY_LEN(grant_rules);

struct grant {
	struct grant_options options;
	struct http_client *http;
	struct token_cache *cache;
};

enum { LINE_MAX_BYTES = 4 * SETTING_SECRET_MAX };

/* base64 of the JSON in the platform's own spelling. */
static CHECKED enum cccd_err add_lgsp(const struct grant_options *options,
                                      struct headers *ret)
{
	const struct lgsp_pair pairs[] = {
		{ "AccessKey", options->access_key },
		{ "SecretKey", options->secret_key },
		{ "AppName", options->app_name },
		{ "PartnerCode", options->partner_code },
		{ "PartnerCodeCus", options->partner_code_cus },
	};
	BUF json = buf_make(HEADER_LINE_MAX / 2);
	BUF text = buf_make(HEADER_LINE_MAX);

	TRY(lgsp_object_make(pairs, ARRAY_LEN(pairs), &json));
	TRY(headers_base64(buf_span(&json), &text));
	return headers_add(ret, "lgspaccesstoken", "", (const char *)text.at);
}

/* application/x-www-form-urlencoded, everything but letters escaped. */
static CHECKED enum cccd_err put_form(struct buf *ret, const char *name,
                                      const char *value)
{
	static const char digits[] = "0123456789ABCDEF";

	if (value[0] == '\0')
		return CCCD_OK;
	if (ret->len > 0)
		TRY(buf_append_byte(ret, '&'));
	TRY(buf_append(ret, span_text(name)));
	TRY(buf_append_byte(ret, '='));
	for (; *value != '\0'; value++) {
		uint8_t byte = (uint8_t)*value;
		bool plain = (byte >= '0' && byte <= '9') ||
		             (byte >= 'A' && byte <= 'Z') ||
		             (byte >= 'a' && byte <= 'z') || byte == '-' ||
		             byte == '_' || byte == '.' || byte == '~';

		if (plain) {
			TRY(buf_append_byte(ret, byte));
			continue;
		}
		TRY(buf_append_byte(ret, '%'));
		TRY(buf_append_byte(ret, (uint8_t)digits[byte >> 4]));
		TRY(buf_append_byte(ret, (uint8_t)digits[byte & 15]));
	}
	return CCCD_OK;
}

static CHECKED enum cccd_err add_client(const struct grant_options *options,
                                        struct headers *headers,
                                        struct buf *form)
{
	BUF basic = buf_make(LINE_MAX_BYTES);

	TRY(put_form(form, "grant_type", "client_credentials"));
	TRY(put_form(form, "scope", options->scope));
	if (options->way == GRANT_LGSP)
		return add_lgsp(options, headers);
	if (options->way == GRANT_FORM) {
		TRY(put_form(form, "client_id", options->client_id));
		return put_form(form, "client_secret", options->client_secret);
	}
	TRY(headers_basic(options->client_id, options->client_secret, &basic));
	return headers_add(headers, "Authorization", "Basic ",
	                   (const char *)basic.at);
}

/* Why a token server's reply is no token. */
static enum registry_outcome judge(const struct http_reply *reply,
                                   struct token_lease *ret)
{
	if (reply->failure != REGISTRY_NOT_ASKED)
		return reply->failure;
	/* Its refusals are about our credentials: RFC 6749 5.2. */
	if (reply->status >= 400 && reply->status < 500)
		return REGISTRY_TOKEN;
	if (reply->status != 200)
		return http_status_outcome(reply->status);
	if (lgsp_token_parse(buf_span(&reply->body), ret->text,
	                     sizeof(ret->text), &ret->lifetime_s) != CCCD_OK)
		return REGISTRY_TOKEN;
	return REGISTRY_NOT_ASKED;
}

static CHECKED enum cccd_err ask(const struct grant *grant,
                                 uint64_t deadline_ms, struct http_reply *ret)
{
	static const char *const accept[] = { "application/json", NULL };
	BUF form = buf_make(LINE_MAX_BYTES);
	HEADERS headers = { .count = 0 };
	struct http_call call = {
		.url = grant->options.token_url,
		.accept = accept,
		.idempotent = false,
		.deadline_ms = deadline_ms,
	};

	TRY(headers_add(&headers, "Content-Type", "",
	                "application/x-www-form-urlencoded"));
	TRY(headers_add(&headers, "Accept", "", "application/json"));
	TRY(add_client(&grant->options, &headers, &form));
	call.body = buf_span(&form);
	headers_set(&headers, &call);
	return http_post(grant->http, &call, ret);
}

static bool fetch(void *context, uint64_t deadline_ms, struct token_lease *ret,
                  enum registry_outcome *ret_failure)
{
	HTTP_REPLY reply = { .failure = REGISTRY_NOT_ASKED };

	*ret_failure = REGISTRY_TOKEN;
	if (ask(context, deadline_ms, &reply) == CCCD_OK)
		*ret_failure = judge(&reply, ret);
	return *ret_failure == REGISTRY_NOT_ASKED;
}

enum cccd_err grant_new(const struct grant_options *options,
                        struct http_client *http, const char *name,
                        struct cccd_error *error, struct grant **ret)
{
	bool lgsp = options->way == GRANT_LGSP || options->always != 0;
	struct grant *grant = NULL;
	enum cccd_err err = CCCD_OK;

	if (options->way != GRANT_LGSP && (options->client_id[0] == '\0' ||
	                                   options->client_secret[0] == '\0'))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: client_id and "
		            "client_secret_file are missing",
		            name);
	if (lgsp &&
	    (options->access_key[0] == '\0' || options->secret_key[0] == '\0'))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: access_key and secret_key_file "
		            "are missing",
		            name);
	grant = calloc(1, sizeof(*grant));
	if (grant == NULL)
		return CCCD_ERR_MEMORY;
	grant->options = *options;
	grant->http = http;
	err = token_cache_new(fetch, grant, clock_steady_ms, &grant->cache);
	if (err != CCCD_OK) {
		grant_free(grant);
		return err;
	}
	*ret = grant;
	return CCCD_OK;
}

/* One call with a token; headers go back to what they were. */
static CHECKED enum cccd_err post_once(const struct grant *grant,
                                       const struct buf *token,
                                       struct headers *headers,
                                       struct http_call *call,
                                       struct http_reply *ret)
{
	size_t before = headers->count;
	enum cccd_err err = headers_add(headers, "Authorization", "Bearer ",
	                                (const char *)token->at);

	headers_set(headers, call);
	if (err == CCCD_OK)
		err = http_post(grant->http, call, ret);
	while (headers->count > before)
		buf_release(&headers->lines[--headers->count]);
	return err;
}

enum cccd_err grant_post(struct grant *grant, struct headers *headers,
                         struct http_call *call, struct http_reply *ret)
{
	BUF token = buf_make(TOKEN_MAX);
	BUF other = buf_make(TOKEN_MAX);
	unsigned int attempts = 0;
	bool is_new = false;

	ret->attempts = 0;
	ret->status = 0;
	if (grant->options.always != 0)
		TRY(add_lgsp(&grant->options, headers));
	ret->failure = token_get(grant->cache, NULL, call->deadline_ms, &token,
	                         &is_new);
	if (ret->failure != REGISTRY_NOT_ASKED)
		return CCCD_OK;
	TRY(post_once(grant, &token, headers, call, ret));
	/* A token that is refused while new is not what is wrong. */
	if (ret->failure != REGISTRY_NOT_ASKED || ret->status != 401 || is_new)
		return CCCD_OK;
	attempts = ret->attempts;
	ret->failure = token_get(grant->cache, (const char *)token.at,
	                         call->deadline_ms, &other, &is_new);
	if (ret->failure == REGISTRY_NOT_ASKED)
		TRY(post_once(grant, &other, headers, call, ret));
	else
		ret->attempts = 0;
	ret->attempts += attempts;
	return CCCD_OK;
}

void grant_free(struct grant *grant)
{
	if (grant == NULL)
		return;
	token_cache_free(grant->cache);
	wipe(grant, sizeof(*grant));
	free(grant);
}
