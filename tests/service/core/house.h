/* SPDX-License-Identifier: Apache-2.0 */
/* A session manager in a house of its own: registry, log, keys, clock. */
#ifndef TESTS_SERVICE_CORE_HOUSE_H
#define TESTS_SERVICE_CORE_HOUSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/json/request.h"
#include "service/core/inside.h"

enum {
	HOUSE_EVENTS = 4096,
	HOUSE_LIMIT_MS = 60000,
	HOUSE_BODY_MAX = 4096,
};

/** struct house_event - one that was told. */
struct house_event {
	uint64_t sequence;
	char type[32];
	char session_id[SESSION_ID_MAX];
	char *body;
};

/**
 * struct house - everything.
 * @now_ms: the clock, where it is not the system's
 * @agent:  whether hooks.ask finds one
 * @asked:  its questions so far; @question is the newest
 * @first_event: where house_forget_events() was called last
 */
struct house {
	char dir[64];
	struct registry *registry;
	struct audit *audit;
	struct device_keys *keys;
	struct sessions *sessions;
	atomic_uint_least64_t now_ms;
	atomic_uint wakes;
	bool agent;
	unsigned int asked;
	char question[HOUSE_BODY_MAX];
	struct house_event events[HOUSE_EVENTS];
	size_t event_count;
	struct sessions_parts parts;
};

/**
 * house_open() - without sessions yet; adjust @parts, then house_start().
 *
 * Relying parties: "desk" (no consent), "oper" (operator's consent),
 * "agent" (prompt, key from the agent), "scan" (key from a scanner),
 * "shell" (this user on the Unix socket).
 */
void house_open(struct house *house);
void house_start(struct house *house, const struct sessions_seams *seams);
void house_close(struct house *house);

/* The fake clock as a seam. */
uint64_t house_now(void *context);

struct caller house_page(const char *rp);
struct caller house_shell(void);

/* The request of a relying party for these scopes; released by the test. */
void house_request(const char *rp, const char *scopes,
                   struct json_request *ret);

struct house_session {
	char id[SESSION_ID_MAX];
	char token[SESSION_TOKEN_MAX];
};

/* Create, and take id and token out of the view. */
enum cccd_err house_create(struct house *house, const struct caller *caller,
                           const struct json_request *request,
                           const char *idempotency_key,
                           struct house_session *ret);

/* The session; ends the test when it is not found. */
struct session *house_find(struct house *house, const struct caller *caller,
                           const struct house_session *session);

/* Drain until the session has this state; ends the test at the limit. */
void house_await(struct house *house, const char *id, enum session_state state);

/* Drain until an event of this type, with this text in its body, is told. */
const struct house_event *house_await_event(struct house *house,
                                            const char *type, const char *text);
size_t house_count(const struct house *house, const char *type,
                   const char *text);
void house_forget_events(struct house *house);

/* A key of six digits; another text for a wrong one. */
struct json_access_key house_can(const char *digits);
struct json_consent house_consent(bool granted);

/* The lines of the reads' or the security log, one text; free(). */
char *house_log(const struct house *house, bool security);
size_t house_count_text(const char *text, const char *part);

/* The documents that tests print, for the schemas: one a line. */
void house_print(const char *schema, const char *text);

#endif
