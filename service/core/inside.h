/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the session manager share. All of it is the loop's. */
#ifndef SERVICE_CORE_INSIDE_H
#define SERVICE_CORE_INSIDE_H

#include <cccd/watch.h>

#include "service/core/engine.h"
#include "service/core/events.h"
#include "service/core/inbox.h"
#include "service/core/quota.h"
#include "service/core/seen.h"
#include "service/core/sessions.h"
#include "service/core/token.h"
#include "service/core/worker.h"

enum {
	/* A key that the card refused so often ends its session. */
	REFUSALS_MAX = 3,
	STEPS_MAX = 32,
	RETIRED_MAX = 2 * CCCD_READERS_MAX,
	/* An ended session answers for so long why it ended. */
	ENDED_KEPT_MS = 120000,
	ENDED_MAX = 256,
	HEARTBEAT_MS = 15000,
};

/**
 * struct seat - a reader, from when it was seen until it is gone.
 * @holder: whose lease it is; NULL when it is free
 * @worker: made by the first reading
 */
struct seat {
	struct seat *next;
	char id[CCCD_READER_ID_MAX];
	char uri[CCCD_READER_NAME_MAX + 8];
	char name[CCCD_READER_NAME_MAX];
	char kind[8];
	bool card;
	struct session *holder;
	struct read_worker *worker;
};

/** enum portrait_state - of the picture alone. */
enum portrait_state {
	PORTRAIT_PENDING = 0,
	PORTRAIT_NONE, /* not granted, not there, or not to be shown */
	PORTRAIT_READY,
	PORTRAIT_TAKEN,
	PORTRAIT_GONE, /* nobody took it in time */
};

/**
 * struct session - one of them.
 * @token:     in the clear only with an idempotency key, to say it again
 * @seat:      leased; NULL before, and again when the reading is over
 * @active_ms: the last sign of life
 * @grace_ms:  0, or when the last stream was lost
 * @since_ms:  when it entered its state
 * @ended_ms:  0 while it lives
 * @has_key:   @key waits for the card
 * @job:       under way, or back with its answer; see @reading
 * @reading:   a worker has @job
 * @told:      the audit log has its line
 */
struct session {
	struct session *next;
	const struct sessions *owner;
	struct matter matter;
	struct caller caller;
	struct token_mark mark;
	char token[SESSION_TOKEN_MAX];
	char idempotency[SESSION_IDEMPOTENCY_MAX + 1];
	uint8_t request[32];
	enum session_state state;
	struct seat *seat;
	uint64_t active_ms;
	uint64_t grace_ms;
	uint64_t since_ms;
	uint64_t ended_ms;
	unsigned int streams;
	bool had_stream;
	unsigned int refusals;
	bool has_key;
	struct json_access_key key;
	struct job *job;
	bool reading;
	bool told;
	enum portrait_state portrait;
	enum cccd_verdict overall;
	char steps[STEPS_MAX][JOB_STEP_MAX];
	size_t step_count;
	struct cccd_error error;
};

/**
 * struct sessions_seams - what a test may put in place of the real thing.
 * @engine: &engine_card
 * @now_ms: a steady clock; NULL for the system's
 * @watch:  look at real readers
 */
struct sessions_seams {
	const struct engine_ops *engine;
	uint64_t (*now_ms)(void *context);
	void *context;
	bool watch;
};

struct sessions {
	struct sessions_parts parts;
	struct sessions_hooks hooks;
	struct sessions_seams seams;
	struct registry *registry;
	uid_t uid;
	struct job_means means;
	struct inbox *inbox;
	struct events events;
	struct cccd_watch *watch;
	bool service_lost;
	struct seat *seats;
	struct read_worker *retired[RETIRED_MAX];
	struct session *all;
	struct quota quota;
	struct seen seen;
	uint64_t job_count;
	uint64_t heartbeat_ms;
};

/* As sessions_new(), with other seams. */
CHECKED enum cccd_err sessions_new_with(const struct sessions_parts *parts,
                                        const struct sessions_hooks *hooks,
                                        const struct sessions_seams *seams,
                                        struct registry *registry,
                                        struct sessions **ret);

uint64_t sessions_now(const struct sessions *sessions);

/* Living: not yet delivered, failed, cancelled or expired. */
static inline bool session_lives(const struct session *session)
{
	return session->state < SESSION_DELIVERED;
}

#endif
