/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what can be asked: service-api 2. */
#include "service/api/routes.h"

#include <string.h>

#include "base/macros.h"
#include "service/api/private.h"

static const struct route routes[] = {
	{ LISTEN_GET, "/v1/health", serve_health },
	{ LISTEN_GET, "/v1/info", serve_info },
	{ LISTEN_GET, "/.well-known/jwks.json", serve_jwks },
	{ LISTEN_GET, "/v1/openapi.json", serve_openapi },
	{ LISTEN_GET, "/v1/schemas/{}", serve_schema },
	{ LISTEN_GET, "/v1/readers", serve_readers },
	{ LISTEN_DELETE, "/v1/readers/{}/lease", serve_break_lease },
	{ LISTEN_POST, "/v1/sessions", serve_create },
	{ LISTEN_GET, "/v1/sessions/{}", serve_session },
	{ LISTEN_DELETE, "/v1/sessions/{}", serve_cancel },
	{ LISTEN_POST, "/v1/sessions/{}/access-key", serve_access_key },
	{ LISTEN_POST, "/v1/sessions/{}/consent", serve_consent },
	{ LISTEN_GET, "/v1/sessions/{}/result", serve_result },
	{ LISTEN_GET, "/v1/sessions/{}/portrait", serve_portrait },
	{ LISTEN_GET, "/v1/events", serve_events },
};

/* {} is one whole segment, kept in @ret_name. */
static bool matches(const char *pattern, const char *path,
                    char ret_name[static API_NAME_MAX])
{
	const char *hole = strstr(pattern, "{}");
	size_t before = 0;
	size_t len = 0;

	if (hole == NULL)
		return strcmp(pattern, path) == 0;
	before = (size_t)(hole - pattern);
	if (strncmp(pattern, path, before) != 0)
		return false;
	path += before;
	len = strcspn(path, "/");
	if (len == 0 || len >= API_NAME_MAX ||
	    strcmp(hole + 2, path + len) != 0)
		return false;
	memcpy(ret_name, path, len);
	ret_name[len] = '\0';
	return true;
}

/* What a path has, by the bits of its methods. [RFC 9110 15.5.6] */
static const char *const allowed[] = {
	"",       "GET",         "POST",         "GET, POST",
	"DELETE", "GET, DELETE", "POST, DELETE", "GET, POST, DELETE",
};

void route_serve(struct call *call)
{
	unsigned int has = 0;

	/* That door leads to the agent's socket alone. */
	if (call->caller.door == CALLER_AGENT) {
		reply_status(call, 404);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		if (!matches(routes[i].pattern, call->request->path,
		             call->name))
			continue;
		has |= 1U << (routes[i].method - LISTEN_GET);
		if (routes[i].method != call->request->method)
			continue;
		routes[i].serve(call);
		return;
	}
	if (has != 0)
		reply_not_allowed(call, allowed[has]);
	else
		reply_status(call, 404);
}
