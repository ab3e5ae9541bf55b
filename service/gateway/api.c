/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway's doors: nonces, checks, health, metrics. */
#include "service/gateway/api.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cccd/version.h>

#include "base/clock.h"
#include "lib/json/gateway_reply.h"
#include "lib/json/result.h"
#include "service/gateway/check_line.h"
#include "service/gateway/keeper.h"
#include "service/gateway/metrics.h"
#include "service/gateway/workers.h"
#include "service/say.h"

enum { MINUTE_MS = 60000, MINUTE_S = 60, RETRY_S = 1, LOOK_MS = 15000 };

/**
 * struct allowance - what a caller has left of its rate.
 * @tokens: requests, refilled evenly up to a minute's worth
 */
struct allowance {
	double tokens;
	uint64_t at_ms;
};

struct gateway_api {
	struct gateway_api_parts parts;
	struct listen *listen;
	struct workers *workers;
	struct keeper *keeper;
	struct metrics metrics;
	struct gateway_callers callers;
	struct allowance allowances[GATEWAY_CALLERS_MAX];
};

static void free_text(char *text)
{
	if (text != NULL)
		wipe(text, strlen(text));
	json_text_free(text);
}

static char *problem_text(enum cccd_err err, const struct cccd_error *error)
{
	struct cccd_error told = { .tries_left = -1 };
	char *text = NULL;

	if (error != NULL && error->code != CCCD_OK)
		told = *error;
	told.code = err;
	return json_problem_text(&told, &text) == CCCD_OK ? text : NULL;
}

/* @retry_s: 0 where trying again is no answer */
static void reply_error(struct gateway_api *api, struct listen_conn *conn,
                        enum cccd_err err, const struct cccd_error *error,
                        unsigned int retry_s)
{
	char *text = problem_text(err, error);
	struct listen_reply reply = {
		.status = cccd_err_http_status(err),
		.retry_after_s = retry_s,
	};

	metrics_refused(&api->metrics, err);
	if (text != NULL) {
		reply.content_type = "application/problem+json";
		reply.body = span_text(text);
	}
	listen_reply(conn, &reply);
	free_text(text);
}

static void reply_problem(struct gateway_api *api, struct listen_conn *conn,
                          enum cccd_err err, const struct cccd_error *error)
{
	reply_error(api, conn, err, error,
	            err == CCCD_ERR_RATE_LIMITED ? RETRY_S : 0);
}

static void reply_text(struct listen_conn *conn, const char *type,
                       struct span text)
{
	const struct listen_reply reply = { .status = 200,
		                            .content_type = type,
		                            .body = text };

	listen_reply(conn, &reply);
}

/* One line for each check: no person in it, but the way to find it. */
static void tell(const struct job *job, uint64_t took_us)
{
	char line[CHECK_LINE_MAX];

	check_line_text(job->caller.name, job->err, &job->outcome, took_us,
	                line);
	say_info("%s", "%s", line);
}

static void finish(struct gateway_api *api, struct job *job)
{
	uint64_t took_us = clock_steady_us() - job->began_us;

	if (job->err == CCCD_ERR_STORE || job->err == CCCD_ERR_AUDIT)
		keeper_doubt(api->keeper);
	if (job->kind == JOB_CHECK)
		tell(job, took_us);
	if (job->err == CCCD_OK && job->kind == JOB_CHECK)
		metrics_answered(&api->metrics, &job->outcome, took_us);
	else if (job->err == CCCD_OK)
		api->metrics.nonces++;
	if (job->conn == NULL) {
		/* Nobody waits any more; the log has its line. */
		if (job->err != CCCD_OK)
			metrics_refused(&api->metrics, job->err);
		return;
	}
	listen_set_user(job->conn, NULL);
	if (job->err == CCCD_OK)
		reply_text(job->conn, "application/json",
		           span_text(job->outcome.text));
	else
		reply_problem(api, job->conn, job->err, &job->error);
}

static void on_wake(void *context)
{
	struct gateway_api *api = context;
	struct job *job = NULL;

	while ((job = workers_take(api->workers)) != NULL) {
		finish(api, job);
		job_free(job);
	}
}

/* "Bearer " and the token; a scheme has no case [RFC 9110 11.1]. */
static const struct gateway_caller *
caller_of(const struct gateway_api *api, const struct listen_request *request)
{
	static const char scheme[] = "Bearer ";
	const char *value = listen_header(request, "authorization");
	size_t skip = sizeof(scheme) - 1;

	if (strncasecmp(value, scheme, skip) != 0)
		return NULL;
	return gateway_caller_find(&api->callers, span_text(value + skip));
}

/* 0, or in how many seconds there will be a request to take. */
static unsigned int wait_for_rate(struct gateway_api *api,
                                  const struct gateway_caller *caller)
{
	struct allowance *left = &api->allowances[caller - api->callers.list];
	uint64_t now = clock_steady_ms();
	double most = (double)caller->per_minute;

	left->tokens += (double)(now - left->at_ms) * most / MINUTE_MS;
	if (left->at_ms == 0 || left->tokens > most)
		left->tokens = most;
	left->at_ms = now;
	if (left->tokens < 1)
		return 1 + (unsigned int)((1 - left->tokens) * MINUTE_S / most);
	left->tokens -= 1;
	return 0;
}

static void start_job(struct gateway_api *api, struct listen_conn *conn,
                      enum job_kind kind, const struct gateway_caller *caller,
                      struct span body)
{
	struct job *job = NULL;
	unsigned int wait_s = wait_for_rate(api, caller);
	enum cccd_err err = CCCD_ERR_MEMORY;

	if (wait_s > 0) {
		reply_error(api, conn, CCCD_ERR_RATE_LIMITED, NULL, wait_s);
		return;
	}
	job = job_new(kind, caller, body);
	if (job != NULL) {
		job->conn = conn;
		listen_set_user(conn, job);
		err = workers_put(api->workers, job);
	}
	if (err != CCCD_OK) {
		listen_set_user(conn, NULL);
		job_free(job);
		reply_problem(api, conn, err, NULL);
	}
}

static void show_health(struct gateway_api *api, struct listen_conn *conn)
{
	bool store_ok = keeper_store_ok(api->keeper);
	const char *circuit = connector_circuit(api->parts.check->connector);
	bool good = store_ok && strcmp(circuit, "closed") == 0;
	const struct gateway_health health = {
		.version = cccd_version(),
		.store = store_ok ? "ok" : "unavailable",
		.circuit = circuit,
		.status = good ? "ok" : "degraded",
	};
	char *text = NULL;

	if (gateway_health_text(&health, &text) != CCCD_OK) {
		reply_problem(api, conn, CCCD_ERR_MEMORY, NULL);
		return;
	}
	reply_text(conn, "application/json", span_text(text));
	free_text(text);
}

static void show_metrics(struct gateway_api *api, struct listen_conn *conn)
{
	BUF text = buf_make(METRICS_TEXT_MAX);
	struct metrics_now now = {
		.circuit = connector_circuit(api->parts.check->connector),
		.waiting = workers_waiting(api->workers),
		.connections = listen_count(api->listen),
		.store_ok = keeper_store_ok(api->keeper),
	};

	store_stats(api->parts.check->store, &now.log);
	if (metrics_text(&api->metrics, &now, &text) != CCCD_OK)
		reply_problem(api, conn, CCCD_ERR_MEMORY, NULL);
	else
		reply_text(conn, "text/plain; version=0.0.4; charset=utf-8",
		           buf_span(&text));
}

/** enum place - what stands at a path. */
enum place { PLACE_HEALTH = 1, PLACE_METRICS, PLACE_NONCES, PLACE_CHECKS };

static const struct {
	const char *path;
	enum listen_method method;
	enum place place;
} places[] = {
	{ "/v1/health", LISTEN_GET, PLACE_HEALTH },
	{ "/metrics", LISTEN_GET, PLACE_METRICS },
	{ "/v1/nonces", LISTEN_POST, PLACE_NONCES },
	{ "/v1/checks", LISTEN_POST, PLACE_CHECKS },
};

static void serve(struct gateway_api *api, struct listen_conn *conn,
                  const struct listen_request *request, enum place place)
{
	const struct gateway_caller *caller = NULL;

	if (place == PLACE_HEALTH) {
		show_health(api, conn);
		return;
	}
	caller = caller_of(api, request);
	if (caller == NULL)
		reply_problem(api, conn, CCCD_ERR_TOKEN_INVALID, NULL);
	else if (place == PLACE_METRICS)
		show_metrics(api, conn);
	else
		start_job(api, conn,
		          place == PLACE_NONCES ? JOB_NONCE : JOB_CHECK, caller,
		          request->body);
}

static void on_request(void *context, struct listen_conn *conn,
                       const struct listen_request *request)
{
	struct gateway_api *api = context;
	struct listen_field allow = { .name = "Allow" };
	struct listen_reply reply = { .status = 404 };

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (strcmp(places[i].path, request->path) != 0)
			continue;
		if (places[i].method == request->method) {
			serve(api, conn, request, places[i].place);
			return;
		}
		/* [RFC 9110 15.5.6] with what it has. */
		allow.value = places[i].method == LISTEN_GET ? "GET" : "POST";
		reply.status = 405;
		reply.fields = &allow;
		reply.field_count = 1;
	}
	listen_reply(conn, &reply);
}

/* A caller that hangs up takes back what waits; the same assertion may come
 * again. What has begun goes on. */
static void on_closed(void *context, struct listen_conn *conn)
{
	struct gateway_api *api = context;
	struct job *job = listen_user(conn);

	if (job == NULL)
		return;
	job->conn = NULL;
	if (!workers_take_back(api->workers, job))
		return;
	api->metrics.abandoned++;
	job_free(job);
}

static bool on_origin(void *context, const char *origin)
{
	const struct gateway_api *api = context;
	const struct gateway_list *origins = &api->parts.config->origins;

	for (size_t i = 0; i < origins->count; i++)
		if (strcmp(origins->items[i], origin) == 0)
			return true;
	return false;
}

/* The socket file's mode decides, and the bearer. */
static bool on_peer(void *context, const struct listen_peer *peer)
{
	(void)context;
	(void)peer;
	return true;
}

static bool on_ws_wanted(void *context, struct listen_conn *conn,
                         const struct listen_request *request,
                         const char **ret_subprotocol)
{
	(void)context;
	(void)conn;
	(void)request;
	(void)ret_subprotocol;
	return false;
}

static void on_ws_message(void *context, struct listen_conn *conn,
                          struct span text)
{
	(void)context;
	(void)text;
	listen_close(conn);
}

static size_t on_problem(void *context, enum cccd_err err, char *at,
                         size_t room)
{
	struct gateway_api *api = context;
	char *text = problem_text(err, NULL);
	size_t len = text == NULL ? 0 : strlen(text);

	metrics_refused(&api->metrics, err);
	if (len > room)
		len = 0;
	if (len > 0)
		memcpy(at, text, len);
	free_text(text);
	return len;
}

static void on_signal(void *context, int number)
{
	struct gateway_api *api = context;

	api->parts.signal(api->parts.context, number);
}

struct listen_handlers gateway_api_handlers(struct gateway_api *api)
{
	return (struct listen_handlers){ .context = api,
		                         .origin_allowed = on_origin,
		                         .peer_allowed = on_peer,
		                         .request = on_request,
		                         .ws_wanted = on_ws_wanted,
		                         .ws_message = on_ws_message,
		                         .closed = on_closed,
		                         .problem = on_problem,
		                         .wake = on_wake,
		                         .signal = on_signal };
}

enum cccd_err gateway_api_new(const struct gateway_api_parts *parts,
                              struct gateway_api **ret)
{
	struct gateway_api *api = calloc(1, sizeof(*api));

	if (api == NULL)
		return CCCD_ERR_MEMORY;
	api->parts = *parts;
	gateway_api_set_callers(api, &parts->config->callers);
	*ret = api;
	return CCCD_OK;
}

/* From any thread. */
static void wake_loop(void *context)
{
	const struct gateway_api *api = context;

	listen_wake(api->listen);
}

enum cccd_err gateway_api_start(struct gateway_api *api, struct listen *listen)
{
	const struct gateway_config *config = api->parts.config;
	const struct workers_parts parts = {
		.check = api->parts.check,
		.nonce_s = config->nonce_s,
		.threads = config->workers,
		.queue = config->queue,
		.wake = wake_loop,
		.context = api,
	};
	const struct keeper_parts house = {
		.store = api->parts.check->store,
		.look_ms = LOOK_MS,
		.interrupted_s = config->interrupted_s,
		.retention_days = config->retention_days,
	};

	api->listen = listen;
	TRY(keeper_new(&house, &api->keeper));
	return workers_new(&parts, &api->workers);
}

void gateway_api_set_callers(struct gateway_api *api,
                             const struct gateway_callers *callers)
{
	api->callers = *callers;
	memset(api->allowances, 0, sizeof(api->allowances));
}

void gateway_api_free(struct gateway_api *api)
{
	if (api == NULL)
		return;
	workers_free(api->workers);
	keeper_free(api->keeper);
	wipe(&api->callers, sizeof(api->callers));
	free(api);
}
