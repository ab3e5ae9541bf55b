/* SPDX-License-Identifier: Apache-2.0 */
/* Every session of the daemon: states, leases, workers, delivery. */
#ifndef SERVICE_CORE_SESSIONS_H
#define SERVICE_CORE_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>

#include "base/error.h"
#include "base/span.h"
#include "service/core/caller.h"

struct audit;
struct cccd_tables;
struct cccd_trust;
struct device_keys;
struct json_access_key;
struct json_consent;
struct json_request;
struct registry;

/* All of them; lives on the loop's thread, its workers on their own. */
struct sessions;
/* One of them; valid until the next call of sessions_tick(). */
struct session;

enum {
	SESSION_ID_MAX = 37,           /* a UUID */
	SESSION_TOKEN_MAX = 44,        /* 256 random bits, base64url */
	SESSION_IDEMPOTENCY_MAX = 128, /* letters */
};

/** enum session_state - service-api 2; names by session_state_name(). */
enum session_state {
	SESSION_CREATED = 1,
	SESSION_AWAITING_CONSENT,
	SESSION_AWAITING_CARD,
	SESSION_AWAITING_ACCESS_KEY,
	SESSION_READING,
	SESSION_VERIFYING,
	SESSION_READY,
	SESSION_DELIVERED,
	SESSION_FAILED,
	SESSION_CANCELLED,
	SESSION_EXPIRED,
};

const char *session_state_name(enum session_state state);

/**
 * struct session_event - something happened; @body is one JSON object.
 * @sequence:   grows by one per event of the daemon, from 1
 * @type:       "reader.added", "session.state", "progress", …
 * @session_id: "" for what every admitted caller may know: readers, cards,
 *              heartbeats
 */
struct session_event {
	uint64_t sequence;
	const char *type;
	const char *session_id;
	const char *body;
};

/**
 * struct sessions_hooks - what the manager needs of the loop.
 * @event: on the loop's thread; must not call back
 * @wake:  from any thread: make the loop call sessions_drain()
 * @ask:   show a consent prompt to the seated user's agent; @text is the
 *         JSON of the question. false: no agent is connected. Must not
 *         call back, either
 */
struct sessions_hooks {
	void *context;
	void (*event)(void *context, const struct session_event *event);
	void (*wake)(void *context);
	bool (*ask)(void *context, const char *session_id, const char *text);
};

/**
 * struct sessions_parts - what it is built from; all borrowed.
 * @trust:        may be NULL: every issuer is unknown then
 * @profiles:     directory of check profiles
 * @demo_trust:   @trust holds specimens
 * @pcsc:         watch PC/SC readers
 * @nfc_uris:     "nfc:…" readers, @nfc_count of them
 * @lease_ms:     of a reader, renewed by activity; 60 000
 * @grace_ms:     after the last stream of a client is lost; 5 000
 * @sessions_max: living ones; beyond, callers are told to wait
 * @kept:         events kept for Last-Event-ID
 * @tables:       code tables for the words of a person; may be NULL
 * @renderer:     cccd-render, an absolute path; NULL for the installed one
 * @read_ms:      deadline of a whole reading; 0 for the library's own
 * @assertion_s:  life of an assertion; 0 for the most, 300
 * @session_ms:   a session expires then, whatever it waits for; 0: never
 * @card_wait_ms: it fails with no_card when it has waited for a card so
 *                long; 0: never
 * @heartbeat_ms: between two heartbeats; 0 for 15 000
 */
struct sessions_parts {
	struct audit *audit;
	struct device_keys *keys;
	const struct cccd_trust *trust;
	const char *profiles;
	bool demo_trust;
	bool pcsc;
	const char *const *nfc_uris;
	size_t nfc_count;
	uint32_t lease_ms;
	uint32_t grace_ms;
	size_t sessions_max;
	size_t kept;
	const struct cccd_tables *tables;
	const char *renderer;
	uint32_t read_ms;
	uint32_t assertion_s;
	uint32_t session_ms;
	uint32_t card_wait_ms;
	uint32_t heartbeat_ms;
};

CHECKED enum cccd_err sessions_new(const struct sessions_parts *parts,
                                   const struct sessions_hooks *hooks,
                                   struct registry *registry,
                                   struct sessions **ret);

/* Cancel and wipe everything, join every thread; no event is told any more,
 * but hooks.wake may be called until it returns. Accepts NULL. */
void sessions_free(struct sessions *sessions);

/* Later requests are judged by @registry; takes a reference. A session that
 * has begun goes on as it was granted, unless its relying party, or that
 * one's origin or user, is gone: then it is cancelled. */
void sessions_set_registry(struct sessions *sessions,
                           struct registry *registry);

/* What the workers and the watch have left; after hooks.wake. */
void sessions_drain(struct sessions *sessions);

/* Leases, graces, heartbeats. Returns milliseconds until the next call. */
uint32_t sessions_tick(struct sessions *sessions, uint64_t now_ms);

/**
 * sessions_create() - judge a request and begin.
 * @idempotency_key: "" for none; the same key of the same caller with the
 *                   same request gives the same session
 * @ret_view: JSON for the 201: session_id, session_token, state, granted,
 *            lease; freed with json_text_free()
 * @retry_after_s: for reader_busy and rate_limited; 0 otherwise
 *
 * Return: CCCD_OK; what policy_decide() refuses with; CCCD_ERR_READER_NONE;
 * CCCD_ERR_READER_BUSY; CCCD_ERR_READER_SERVICE without pcscd;
 * CCCD_ERR_RATE_LIMITED; CCCD_ERR_AGENT when a prompt is due and nobody
 * shows it; CCCD_ERR_USAGE_STATE for an idempotency key that was used with
 * another request; CCCD_ERR_CRYPTO_RANDOM; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err sessions_create(struct sessions *sessions,
                                      const struct caller *caller,
                                      const struct json_request *request,
                                      const char *idempotency_key,
                                      struct cccd_error *error,
                                      uint32_t *retry_after_s, char **ret_view);

/**
 * sessions_find() - the session that this caller holds this token of.
 * @token: of the Authorization header or the hello frame
 *
 * Counts as activity: the lease is renewed.
 *
 * Return: CCCD_OK; CCCD_ERR_TOKEN_INVALID for a wrong or foreign token;
 * CCCD_ERR_SESSION_NOT_FOUND when this caller has none such: that of
 * another caller looks the same.
 */
CHECKED enum cccd_err sessions_find(struct sessions *sessions,
                                    const struct caller *caller, const char *id,
                                    const char *token, struct session **ret);

/* The same by the token alone, for a WebSocket's hello. */
CHECKED enum cccd_err sessions_find_token(struct sessions *sessions,
                                          const struct caller *caller,
                                          const char *token,
                                          struct session **ret);

const char *session_id(const struct session *session);

/* Whether nothing is left to do with it, or to take from it. */
bool session_is_over(const struct session *session);

/* A stream of this session's client opened, or closed. With the last one
 * closed the grace begins; a request with the token begins it anew, a new
 * stream ends it, otherwise the session is cancelled. */
void sessions_attach(struct sessions *sessions, struct session *session);
void sessions_detach(struct sessions *sessions, const char *session_id);

/* JSON of GET /v1/sessions/{id}. */
CHECKED enum cccd_err session_view(const struct session *session, char **ret);

CHECKED enum cccd_err sessions_access_key(struct sessions *sessions,
                                          struct session *session,
                                          const struct json_access_key *key,
                                          struct cccd_error *error);

/* By the front end, when the registered mode is "operator". */
CHECKED enum cccd_err sessions_consent(struct sessions *sessions,
                                       struct session *session,
                                       const struct json_consent *consent,
                                       struct cccd_error *error);

/* By the agent. */
CHECKED enum cccd_err sessions_agent_consent(struct sessions *sessions,
                                             const char *session_id,
                                             const struct json_consent *consent,
                                             struct cccd_error *error);
CHECKED enum cccd_err
sessions_agent_access_key(struct sessions *sessions, const char *session_id,
                          const struct json_access_key *key,
                          struct cccd_error *error);

/* The agent has gone: what waits for its answer alone fails. */
void sessions_agent_left(struct sessions *sessions);

/* Cancel; wiped when this returns, even while the card still answers. */
void sessions_cancel(struct sessions *sessions, struct session *session);

/** enum session_format - how a result leaves. */
enum session_format { SESSION_JSON = 1, SESSION_JWT };

/**
 * session_take_result() - the result, once; audited before it is handed out.
 * @ret: the caller wipes and frees it with json_text_free()
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_STATE before it is ready;
 * CCCD_ERR_RESULT_DELIVERED; CCCD_ERR_FORMAT_NOT_ALLOWED;
 * CCCD_ERR_AUDIT when the entry could not be written: the session has
 * failed then; what ended the session, e.g. CCCD_ERR_SESSION_EXPIRED,
 * CCCD_ERR_CANCELLED or the error of the reading.
 */
CHECKED enum cccd_err session_take_result(struct sessions *sessions,
                                          struct session *session,
                                          enum session_format format,
                                          struct cccd_error *error, char **ret);

/**
 * session_take_portrait() - the portrait as JPEG, once.
 * @ret: empty; takes the bytes over, its release wipes them
 *
 * May be taken before or after the result. Return: as
 * session_take_result(); CCCD_ERR_PORTRAIT when there is none: not
 * granted, not on the card or not to be rendered.
 */
struct buf;
CHECKED enum cccd_err session_take_portrait(struct sessions *sessions,
                                            struct session *session,
                                            struct cccd_error *error,
                                            struct buf *ret);

/* JSON of GET /v1/readers, as this caller may see it. */
CHECKED enum cccd_err sessions_readers(const struct sessions *sessions,
                                       char **ret);

/**
 * sessions_break_lease() - an operator takes a reader from a session.
 * @caller: on the Unix socket: root or the daemon's own user
 *
 * The session is cancelled and the security log told.
 *
 * Return: CCCD_OK, also when nobody held it; CCCD_ERR_POLICY_REFUSED;
 * CCCD_ERR_READER_NONE; CCCD_ERR_AUDIT: then nothing was broken.
 */
CHECKED enum cccd_err sessions_break_lease(struct sessions *sessions,
                                           const struct caller *caller,
                                           const char *reader_id,
                                           struct cccd_error *error);

/* The number after which sessions_replay() has every event. */
uint64_t sessions_kept_after(const struct sessions *sessions);

/**
 * sessions_replay() - kept events after @sequence, oldest first.
 *
 * Return: false when some are gone already: the caller looks anew.
 */
bool sessions_replay(const struct sessions *sessions, uint64_t sequence,
                     const char *session_id,
                     void (*each)(void *context,
                                  const struct session_event *event),
                     void *context);

#endif
