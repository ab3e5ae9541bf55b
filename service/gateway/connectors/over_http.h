/* SPDX-License-Identifier: Apache-2.0 */
/* What every connector over HTTP does alike: open, ask with a token, close. */
#ifndef SERVICE_GATEWAY_CONNECTORS_OVER_HTTP_H
#define SERVICE_GATEWAY_CONNECTORS_OVER_HTTP_H

#include "service/gateway/connectors/fields.h"
#include "service/gateway/connectors/grant.h"
#include "service/gateway/connectors/headers.h"
#include "service/gateway/connectors/http.h"

enum { OVER_HTTP_TABLES_MAX = 3 };

/**
 * struct over_http_request - a question on its way out.
 * @call:  where to, until when, whether it may be repeated; the kind says
 *         which types it reads. Its body and headers come from here
 * @lacks: what keeps the registry from being asked; NULL for nothing
 */
struct over_http_request {
	struct http_call call;
	struct headers headers;
	struct buf body;
	const char *lacks;
};

/**
 * struct over_http_kind - what one of them adds.
 * @own_size:  bytes of its options; zeroed at first, wiped at last
 * @has_token: asks with a bearer, see grant.h
 * @tables:    where its settings go; how many tables were filled in
 * @finish:    what its options need beyond their rules; may be NULL
 * @release:   of what its options own; may be NULL
 * @make:      headers and body of a question whose fields are good
 * @judge:     what the reply says
 */
struct over_http_kind {
	size_t own_size;
	bool has_token;
	size_t (*tables)(void *own,
	                 struct setting_table ret[static OVER_HTTP_TABLES_MAX]);
	enum cccd_err (*finish)(const struct connector_state *state,
	                        const struct connector_section *section,
	                        struct cccd_error *error);
	void (*release)(void *own);
	enum cccd_err (*make)(const struct connector_state *state,
	                      enum registry_operation operation,
	                      const struct fields *fields,
	                      struct over_http_request *ret);
	enum cccd_err (*judge)(const struct connector_state *state,
	                       struct http_reply *reply,
	                       enum registry_operation operation,
	                       struct registry_answer *ret);
};

/**
 * struct connector_state - of a connector over HTTP.
 * @own:   its kind's options
 * @grant: NULL without a token
 */
struct connector_state {
	const struct over_http_kind *kind;
	void *own;
	char url[SETTING_URL_MAX];
	struct http_options http_options;
	struct field_options field_options;
	struct grant_options grant_options;
	struct http_client *http;
	struct grant *grant;
};

/* open, query and close of struct connector_ops. */
CHECKED enum cccd_err over_http_open(const struct over_http_kind *kind,
                                     const struct connector_section *section,
                                     struct cccd_error *error,
                                     struct connector_state **ret);
enum cccd_err over_http_query(struct connector_state *state,
                              const struct registry_question *question,
                              uint64_t deadline_ms,
                              struct registry_answer *ret);
void over_http_close(struct connector_state *state);

#endif
