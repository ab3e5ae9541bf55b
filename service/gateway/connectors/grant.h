/* SPDX-License-Identifier: Apache-2.0 */
/* A token by client credentials, RFC 6749 4.4, and calls that bear it. */
#ifndef SERVICE_GATEWAY_CONNECTORS_GRANT_H
#define SERVICE_GATEWAY_CONNECTORS_GRANT_H

#include "service/gateway/connectors/headers.h"

/**
 * struct grant_options - who we are to the token server; from grant_rules.
 * @way:        enum grant_way
 * @access_key … @partner_code_cus: of the lgspaccesstoken header
 * @always:     that header goes with every call, not only for a token
 */
struct grant_options {
	char token_url[SETTING_URL_MAX];
	unsigned int way;
	char client_id[SETTING_TEXT_MAX];
	char client_secret[SETTING_SECRET_MAX];
	char scope[SETTING_TEXT_MAX];
	char access_key[SETTING_TEXT_MAX];
	char secret_key[SETTING_SECRET_MAX];
	char app_name[SETTING_TEXT_MAX];
	char partner_code[SETTING_TEXT_MAX];
	char partner_code_cus[SETTING_TEXT_MAX];
	unsigned int always;
};

extern const struct setting_rule grant_rules[];
extern const size_t grant_rule_count;

/** struct grant - one token for all calls of a connector. */
struct grant;

/**
 * grant_new() - asks nobody yet.
 * @http: outlives it
 */
CHECKED enum cccd_err grant_new(const struct grant_options *options,
                                struct http_client *http, const char *name,
                                struct cccd_error *error, struct grant **ret);

/**
 * grant_post() - http_post() with a token; headers besides those of @call.
 * @headers: of the call so far; a bearer is added
 *
 * A token that the server refuses although it should be good is fetched
 * anew once, and the call made once more: a 401 means that nothing was done.
 * Without a token @ret->failure is REGISTRY_TOKEN, or what kept us from the
 * token server.
 */
CHECKED enum cccd_err grant_post(struct grant *grant, struct headers *headers,
                                 struct http_call *call,
                                 struct http_reply *ret);

/* Accepts NULL. */
void grant_free(struct grant *grant);

#endif
