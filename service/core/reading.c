/* SPDX-License-Identifier: Apache-2.0 */
/* A session's reading: to its worker, and what comes back. */
#include "service/core/reading.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "service/core/seats.h"
#include "service/core/state.h"
#include "service/core/tell.h"

static void fail_session(struct sessions *sessions, struct session *session,
                         enum cccd_err err, const char *why)
{
	struct cccd_error error = { .tries_left = -1 };

	(void)fail(&error, err, "%s", why);
	session_end(sessions, session, SESSION_FAILED, &error);
}

void reading_begin(struct sessions *sessions, struct session *session)
{
	struct read_worker *worker = NULL;
	struct job *job = NULL;

	if (seat_worker(sessions, session->seat, &worker) != CCCD_OK ||
	    job_new(&job) != CCCD_OK) {
		fail_session(sessions, session, CCCD_ERR_MEMORY, "no worker");
		return;
	}
	if (session->matter.began_ms == 0)
		session->matter.began_ms = sessions_now(sessions);
	job->number = ++sessions->job_count;
	job->matter = session->matter;
	job->key = session->key;
	session->job = job;
	session->reading = true;
	session->step_count = 0;
	session_enter(sessions, session, SESSION_READING);
	read_worker_give(worker, job);
}

void reading_cancel(struct sessions *sessions, struct session *session,
                    const struct job *job)
{
	uint64_t number = job->number;

	/* Waiting, running, or back already: one of these finds it. */
	read_worker_cancel(session->seat->worker, number);
	inbox_drop(sessions->inbox, number);
}

static struct session *by_job(const struct sessions *sessions, uint64_t number)
{
	for (struct session *at = sessions->all; at != NULL; at = at->next)
		if (at->reading && at->job->number == number)
			return at;
	return NULL;
}

static void tell_step(struct sessions *sessions, const struct session *session,
                      const char *type, const struct job_note *note)
{
	const struct json_event event = {
		.session_id = session->matter.id,
		.step = note->step,
		.timed = note->kind == JOB_STEP_FINISHED,
		.ms = note->ms,
	};

	events_tell(&sessions->events, type, &event);
}

static void tell_bytes(struct sessions *sessions, const struct session *session,
                       const struct job_note *note)
{
	const struct json_event event = {
		.session_id = session->matter.id,
		.file = note->step,
		.done = note->done,
		.total = note->total,
	};

	events_tell(&sessions->events, "progress", &event);
}

static void tell_lost(struct sessions *sessions, struct session *session)
{
	struct cccd_error lost = { .tries_left = -1 };

	(void)fail(&lost, CCCD_ERR_CARD_REMOVED, "lay the card back");
	session_prompt(sessions, session, "card", &lost);
}

/* Clients that asked for the card see that it goes on. */
static void tell_resumed(struct sessions *sessions,
                         const struct session *session)
{
	const struct json_event event = {
		.session_id = session->matter.id,
		.state = session_state_name(session->state),
	};

	events_tell(&sessions->events, "session.state", &event);
}

static void note_step(struct session *session, const char *step)
{
	if (session->step_count < STEPS_MAX)
		memcpy(session->steps[session->step_count++], step,
		       JOB_STEP_MAX);
}

void reading_note(struct sessions *sessions, const struct job_note *note)
{
	struct session *session = by_job(sessions, note->job);

	if (session == NULL)
		return;
	session->active_ms = sessions_now(sessions);
	switch (note->kind) {
	case JOB_NOTHING: return;
	case JOB_STEP_STARTED:
		tell_step(sessions, session, "step.started", note);
		return;
	case JOB_STEP_FINISHED:
		note_step(session, note->step);
		tell_step(sessions, session, "step.finished", note);
		return;
	case JOB_FILE: tell_bytes(sessions, session, note); return;
	case JOB_LOST: tell_lost(sessions, session); return;
	case JOB_RESUMED: tell_resumed(sessions, session); return;
	case JOB_VERIFYING:
		session_enter(sessions, session, SESSION_VERIFYING);
		return;
	}
}

static void tell_check(struct sessions *sessions, const struct session *session,
                       enum cccd_check_id id, const struct cccd_check *check)
{
	const struct json_event event = {
		.session_id = session->matter.id,
		.step = "conclude",
		.timed = true,
		.ms = check->ms,
		.check = cccd_check_name(id),
		.verdict = cccd_verdict_name(check->verdict),
	};

	if (check->verdict != CCCD_NOT_RUN)
		events_tell(&sessions->events, "step.finished", &event);
}

/* The reader is free from here on: nothing more is asked of the card. */
static void get_ready(struct sessions *sessions, struct session *session)
{
	struct job_answer *answer = &session->job->answer;
	const struct cccd_result *result = &answer->result;
	const struct json_event ready = {
		.session_id = session->matter.id,
		.overall = cccd_verdict_name(result->overall),
	};

	session->told = true;
	session->overall = result->overall;
	session->portrait =
	        answer->portrait.len > 0 ? PORTRAIT_READY : PORTRAIT_NONE;
	wipe(answer->document, sizeof(answer->document));
	session_enter(sessions, session, SESSION_VERIFYING);
	for (unsigned int id = 0; id < CCCD_CHECKS; id++)
		tell_check(sessions, session, (enum cccd_check_id)id,
		           &result->checks[id]);
	seat_release(session);
	session_enter(sessions, session, SESSION_READY);
	events_tell(&sessions->events, "result.ready", &ready);
}

static void ask_again(struct sessions *sessions, struct session *session,
                      const struct cccd_error *error)
{
	if (!session->seat->card) {
		session_proceed(sessions, session);
		return;
	}
	session_enter(sessions, session, SESSION_AWAITING_ACCESS_KEY);
	session_prompt(sessions, session, "access_key", error);
	if ((session->matter.grant.key_from & JSON_KEY_AGENT) != 0 &&
	    session_ask(sessions, session, "access_key", error) != CCCD_OK &&
	    session->matter.grant.key_from == JSON_KEY_AGENT)
		fail_session(sessions, session, CCCD_ERR_AGENT,
		             "no agent for the key");
}

static void refuse_key(struct sessions *sessions, struct session *session,
                       const struct cccd_error *error)
{
	session->refusals++;
	if (session->refusals < REFUSALS_MAX) {
		/* Back before the reading, where the next key begins it. */
		session->state = SESSION_CREATED;
		ask_again(sessions, session, error);
		return;
	}
	/* [service-api 7] told apart: somebody may be guessing. */
	(void)!tell_keys_refused(sessions->parts.audit, &session->matter,
	                         session->refusals, NULL);
	session_end(sessions, session, SESSION_FAILED, error);
}

static void go_back(struct sessions *sessions, struct session *session,
                    const struct cccd_error *error)
{
	if (error->code == CCCD_ERR_CARD_PASSWORD) {
		json_access_key_wipe(&session->key);
		session->has_key = false;
		refuse_key(sessions, session, error);
	} else if (error->code == CCCD_ERR_READER_NO_CARD &&
	           !session->seat->card) {
		/* Taken away before it began: the key waits on. */
		session->state = SESSION_CREATED;
		session_proceed(sessions, session);
	} else {
		session_end(sessions, session, SESSION_FAILED, error);
	}
}

void reading_back(struct sessions *sessions, struct job *job)
{
	struct session *session = by_job(sessions, job->number);
	struct cccd_error error = { .tries_left = -1 };

	if (session == NULL) {
		job_free(job);
		return;
	}
	session->active_ms = sessions_now(sessions);
	session->reading = false;
	if (job->answer.error.code == CCCD_OK) {
		json_access_key_wipe(&session->key);
		session->has_key = false;
		get_ready(sessions, session);
		return;
	}
	error = job->answer.error;
	session->job = NULL;
	job_free(job);
	go_back(sessions, session, &error);
}

enum cccd_err reading_seal(void *context, struct job *job,
                           struct cccd_error *error)
{
	const struct sessions *sessions = context;
	const struct tell_end end = {
		.outcome = AUDIT_ENDED_READ,
		.answer = &job->answer,
		.now_ms = sessions_now(sessions),
	};

	if (atomic_flag_test_and_set(&job->claimed))
		return fail(error, CCCD_ERR_CANCELLED, "ended meanwhile");
	TRY(tell_end(sessions->parts.audit, &job->matter, &end, error));
	return CCCD_OK;
}
