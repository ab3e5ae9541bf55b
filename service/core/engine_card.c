/* SPDX-License-Identifier: Apache-2.0 */
/* How a worker reads a card: libcccd, as any embedder may use it. */
#include "service/core/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/secret.h"
#include "lib/json/nonce.h"
#include "service/core/compose.h"

enum {
	/* A card that bounces when it is laid down gets that much time. */
	SETTLE_MS = 2000,
	/* [service-api 2] at most twenty words a second of bytes. */
	FILE_PAUSE_MS = 50,
};

/**
 * struct card_engine - a session of the library, kept for its reader.
 *
 * What it learned of a kind of card (lengths that it takes) is kept with
 * it; nothing of a person is.
 * @ready: the reader is open
 */
struct card_engine {
	struct cccd_session *session;
	const struct job_means *means;
	char uri[CCCD_READER_NAME_MAX + 8];
	bool ready;
	job_note_fn note;
	void *context;
	uint64_t job;
	uint32_t step_ms;
	uint64_t told_ms;
};

static enum cccd_err give_key(struct cccd_session *session,
                              const struct json_access_key *key)
{
	if (key->document)
		return cccd_session_set_document(session, key->value,
		                                 key->birth, key->expiry);
	return cccd_session_set_access_key(session, key->type, key->value);
}

static enum cccd_err check_key(const struct json_access_key *key,
                               struct cccd_error *error)
{
	struct cccd_session *session = NULL;
	enum cccd_err err = CCCD_OK;

	TRY(cccd_session_new(&session));
	err = give_key(session, key);
	if (err != CCCD_OK)
		(void)fail(error, err, "%s", cccd_session_error(session)->text);
	cccd_session_free(session);
	return err;
}

static enum cccd_err engine_open(const char *uri, const struct job_means *means,
                                 void **ret)
{
	struct card_engine *engine = calloc(1, sizeof(*engine));

	if (engine == NULL)
		return CCCD_ERR_MEMORY;
	engine->means = means;
	(void)snprintf(engine->uri, sizeof(engine->uri), "%s", uri);
	if (cccd_session_new(&engine->session) != CCCD_OK) {
		free(engine);
		return CCCD_ERR_MEMORY;
	}
	cccd_session_set_trust(engine->session, means->trust);
	*ret = engine;
	return CCCD_OK;
}

static void engine_close(void *context)
{
	struct card_engine *engine = context;

	if (engine == NULL)
		return;
	cccd_session_free(engine->session);
	free(engine);
}

static void engine_cancel(void *context)
{
	struct card_engine *engine = context;

	cccd_session_cancel(engine->session);
}

static bool is_file_due(struct card_engine *engine)
{
	uint64_t now = clock_steady_ms();

	if (now - engine->told_ms < FILE_PAUSE_MS)
		return false;
	engine->told_ms = now;
	return true;
}

static enum job_note_kind note_kind(enum cccd_event event)
{
	switch (event) {
	case CCCD_EVENT_STEP_STARTED: return JOB_STEP_STARTED;
	case CCCD_EVENT_STEP_FINISHED: return JOB_STEP_FINISHED;
	case CCCD_EVENT_FILE: return JOB_FILE;
	case CCCD_EVENT_LOST: return JOB_LOST;
	case CCCD_EVENT_RESUMED: return JOB_RESUMED;
	case CCCD_EVENT_WAITING:
	case CCCD_EVENT_CARD: break;
	}
	return JOB_NOTHING;
}

static void on_progress(const struct cccd_progress *progress, void *context)
{
	struct card_engine *engine = context;
	struct job_note note = {
		.job = engine->job,
		.kind = note_kind(progress->event),
		.done = progress->done,
		.total = progress->total,
	};

	if (note.kind == JOB_NOTHING ||
	    (note.kind == JOB_FILE && !is_file_due(engine)))
		return;
	if (note.kind == JOB_STEP_STARTED)
		engine->step_ms = progress->ms;
	if (note.kind == JOB_STEP_FINISHED)
		note.ms = progress->ms - engine->step_ms;
	(void)snprintf(note.step, sizeof(note.step), "%s", progress->step);
	engine->note(engine->context, &note);
}

static enum cccd_err set_challenge(struct cccd_session *session,
                                   const struct grant *grant)
{
	uint8_t challenge[CHALLENGE_LEN];

	/* [service-api 6, A3] the chip signs what the back end asked. */
	if (grant->evidence != JSON_EVIDENCE_RAW)
		return CCCD_OK;
	TRY(nonce_challenge(grant->aud, grant->nonce, challenge));
	cccd_session_set_challenge(session, challenge);
	return CCCD_OK;
}

/* Only what is granted is read: grant->groups. */
static enum cccd_err prepare(struct card_engine *engine, const struct job *job)
{
	const struct grant *grant = &job->matter.grant;
	struct cccd_options options = cccd_options_default();

	options.groups = grant->groups;
	options.flags |= grant->flags;
	options.wait_ms = SETTLE_MS;
	if (grant->evidence == JSON_EVIDENCE_RAW)
		options.flags |= CCCD_ALWAYS_ACTIVE_AUTH;
	if (engine->means->read_ms != 0)
		options.read_ms = engine->means->read_ms;
	TRY(cccd_session_set_options(engine->session, &options));
	cccd_session_set_profile(engine->session, &grant->profile);
	TRY(set_challenge(engine->session, grant));
	TRY(give_key(engine->session, &job->key));
	if (!engine->ready)
		TRY(cccd_session_set_reader(engine->session, engine->uri));
	engine->ready = true;
	return CCCD_OK;
}

static enum cccd_err read_card(struct card_engine *engine, struct job *job)
{
	const struct job_note over = { .job = job->number,
		                       .kind = JOB_VERIFYING };

	TRY(prepare(engine, job));
	TRY(cccd_session_run(engine->session));
	engine->note(engine->context, &over);
	return compose_answer(engine->session, engine->means, job);
}

static void engine_run(void *context, struct job *job, job_note_fn note,
                       void *note_context)
{
	struct card_engine *engine = context;
	struct cccd_error *error = &job->answer.error;
	enum cccd_err err = CCCD_OK;

	engine->note = note;
	engine->context = note_context;
	engine->job = job->number;
	engine->told_ms = 0;
	cccd_session_set_progress(engine->session, on_progress, engine);
	err = read_card(engine, job);
	if (err != CCCD_OK) {
		job_answer_wipe(&job->answer);
		*error = *cccd_session_error(engine->session);
		if (error->code != err) {
			error_reset(error);
			(void)fail(error, err, "the reading ended");
		}
	}
	/* What was lost may have taken the way to the reader with it. */
	if (cccd_err_domain(err) == CCCD_DOMAIN_READER)
		engine->ready = false;
	cccd_session_wipe(engine->session);
}

const struct engine_ops engine_card = {
	.name = "card",
	.check_key = check_key,
	.open = engine_open,
	.run = engine_run,
	.cancel = engine_cancel,
	.close = engine_close,
};
