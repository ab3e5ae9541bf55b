/* SPDX-License-Identifier: Apache-2.0 */
/* Which path and method lead where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/macros.h"
#include "service/api/private.h"
#include "service/api/routes.h"

/* What stands in the place of the handlers writes here. */
static struct {
	const char *served;
	int status;
	char allow[32];
} seen;

#define HANDLER(name)                        \
	void serve_##name(struct call *call) \
	{                                    \
		(void)call;                  \
		seen.served = #name;         \
	}

HANDLER(health)
HANDLER(info)
HANDLER(jwks)
HANDLER(schema)
HANDLER(openapi)
HANDLER(readers)
HANDLER(break_lease)
HANDLER(create)
HANDLER(session)
HANDLER(cancel)
HANDLER(access_key)
HANDLER(consent)
HANDLER(result)
HANDLER(portrait)
HANDLER(events)

void reply_status(struct call *call, int status)
{
	(void)call;
	seen.status = status;
}

void reply_not_allowed(struct call *call, const char *allow)
{
	(void)call;
	seen.status = 405;
	(void)snprintf(seen.allow, sizeof(seen.allow), "%s", allow);
}

static void ask(enum listen_method method, const char *path,
                enum caller_door door, struct call *ret)
{
	const struct listen_request request = { .method = method,
		                                .path = path };
	struct call call = { .request = &request, .caller = { .door = door } };

	seen.served = "";
	seen.status = 0;
	route_serve(&call);
	*ret = call;
}

static void route_serves_every_path_by_its_method(void **state)
{
	static const struct {
		enum listen_method method;
		const char *path;
		const char *served;
		const char *name;
	} rows[] = {
		{ LISTEN_GET, "/v1/health", "health", "" },
		{ LISTEN_GET, "/v1/info", "info", "" },
		{ LISTEN_GET, "/.well-known/jwks.json", "jwks", "" },
		{ LISTEN_GET, "/v1/openapi.json", "openapi", "" },
		{ LISTEN_GET, "/v1/schemas/a.json", "schema", "a.json" },
		{ LISTEN_GET, "/v1/readers", "readers", "" },
		{ LISTEN_DELETE, "/v1/readers/r1/lease", "break_lease", "r1" },
		{ LISTEN_POST, "/v1/sessions", "create", "" },
		{ LISTEN_GET, "/v1/sessions/s", "session", "s" },
		{ LISTEN_DELETE, "/v1/sessions/s", "cancel", "s" },
		{ LISTEN_POST, "/v1/sessions/s/access-key", "access_key", "s" },
		{ LISTEN_POST, "/v1/sessions/s/consent", "consent", "s" },
		{ LISTEN_GET, "/v1/sessions/s/result", "result", "s" },
		{ LISTEN_GET, "/v1/sessions/s/portrait", "portrait", "s" },
		{ LISTEN_GET, "/v1/events", "events", "" },
	};
	struct call call;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ask(rows[i].method, rows[i].path, CALLER_BROWSER, &call);
		assert_string_equal(seen.served, rows[i].served);
		assert_string_equal(call.name, rows[i].name);
		assert_int_equal(seen.status, 0);
	}
}

static void route_tells_method_from_path(void **state)
{
	struct call call;

	(void)state;
	ask(LISTEN_POST, "/v1/health", CALLER_LOCAL, &call);
	assert_int_equal(seen.status, 405);
	assert_string_equal(seen.allow, "GET");
	ask(LISTEN_DELETE, "/v1/sessions", CALLER_LOCAL, &call);
	assert_int_equal(seen.status, 405);
	assert_string_equal(seen.allow, "POST");
	ask(LISTEN_POST, "/v1/sessions/s", CALLER_LOCAL, &call);
	assert_int_equal(seen.status, 405);
	assert_string_equal(seen.allow, "GET, DELETE");
	ask(LISTEN_GET, "/v1/nothing", CALLER_LOCAL, &call);
	assert_int_equal(seen.status, 404);
	assert_string_equal(seen.served, "");
}

static void route_takes_whole_segments_only(void **state)
{
	static const char *const paths[] = {
		"/v1/sessions/",
		"/v1/sessions/a/b",
		"/v1/sessions/a/result/",
		"/v1/sessions//result",
		"/v1/healthy",
		"/v1/healt",
		"/V1/health",
		"/v1/readers//lease",
		"/v1/readers/a/b/lease",
		"",
	};
	char path[API_NAME_MAX + 32] = "/v1/sessions/";
	size_t at = strlen(path);
	struct call call;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		ask(LISTEN_GET, paths[i], CALLER_BROWSER, &call);
		assert_int_equal(seen.status, 404);
		assert_string_equal(seen.served, "");
	}
	/* The longest name that fits, and one letter more. */
	memset(path + at, 'a', API_NAME_MAX - 1);
	path[at + API_NAME_MAX - 1] = '\0';
	ask(LISTEN_GET, path, CALLER_BROWSER, &call);
	assert_string_equal(seen.served, "session");
	assert_int_equal(strlen(call.name), API_NAME_MAX - 1);
	path[at + API_NAME_MAX - 1] = 'a';
	path[at + API_NAME_MAX] = '\0';
	ask(LISTEN_GET, path, CALLER_BROWSER, &call);
	assert_int_equal(seen.status, 404);
}

static void route_leads_the_agent_nowhere(void **state)
{
	struct call call;

	(void)state;
	ask(LISTEN_GET, "/v1/health", CALLER_AGENT, &call);
	assert_int_equal(seen.status, 404);
	ask(LISTEN_POST, "/v1/sessions", CALLER_AGENT, &call);
	assert_int_equal(seen.status, 404);
	assert_string_equal(seen.served, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(route_serves_every_path_by_its_method),
		cmocka_unit_test(route_tells_method_from_path),
		cmocka_unit_test(route_takes_whole_segments_only),
		cmocka_unit_test(route_leads_the_agent_nowhere),
	};

	return cmocka_run_group_tests_name("service.api.routes", tests, NULL,
	                                   NULL);
}
