/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a session and what moves it from one to the next. */
#include "service/core/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "lib/json/result.h"
#include "lib/json/session_view.h"
#include "service/core/reading.h"
#include "service/core/seats.h"
#include "service/core/tell.h"

const char *session_state_name(enum session_state state)
{
	static const char *const names[] = {
		[SESSION_CREATED] = "created",
		[SESSION_AWAITING_CONSENT] = "awaiting_consent",
		[SESSION_AWAITING_CARD] = "awaiting_card",
		[SESSION_AWAITING_ACCESS_KEY] = "awaiting_access_key",
		[SESSION_READING] = "reading",
		[SESSION_VERIFYING] = "verifying",
		[SESSION_READY] = "ready",
		[SESSION_DELIVERED] = "delivered",
		[SESSION_FAILED] = "failed",
		[SESSION_CANCELLED] = "cancelled",
		[SESSION_EXPIRED] = "expired",
	};

	return (size_t)state < ARRAY_LEN(names) && names[state] != NULL
	               ? names[state]
	               : "";
}

void session_enter(struct sessions *sessions, struct session *session,
                   enum session_state state)
{
	const struct json_event event = {
		.session_id = session->matter.id,
		.state = session_state_name(state),
	};

	if (session->state == state)
		return;
	session->state = state;
	session->since_ms = sessions_now(sessions);
	events_tell(&sessions->events, "session.state", &event);
}

void session_prompt(struct sessions *sessions, struct session *session,
                    const char *kind, const struct cccd_error *problem)
{
	const struct json_event event = {
		.session_id = session->matter.id,
		.prompt = kind,
		.problem = problem,
	};

	events_tell(&sessions->events, "prompt.required", &event);
}

enum cccd_err session_ask(struct sessions *sessions,
                          const struct session *session, const char *kind,
                          const struct cccd_error *problem)
{
	const struct grant *grant = &session->matter.grant;
	const struct json_prompt prompt = {
		.kind = kind,
		.session_id = session->matter.id,
		.rp = grant->rp,
		.origin = grant->origin,
		.purpose = grant->purpose,
		.scopes = &grant->scopes,
		.problem = problem,
	};
	char *text = NULL;
	bool asked = false;

	TRY(json_prompt_text(&prompt, &text));
	asked = sessions->hooks.ask != NULL &&
	        sessions->hooks.ask(sessions->hooks.context, session->matter.id,
	                            text);
	json_text_free(text);
	return asked ? CCCD_OK : CCCD_ERR_AGENT;
}

uint64_t session_remaining(const struct sessions *sessions,
                           const struct session *session)
{
	uint64_t end = session->active_ms + sessions->parts.lease_ms;
	uint64_t last = session->matter.created_ms + sessions->parts.session_ms;
	uint64_t now = sessions_now(sessions);

	if (sessions->parts.session_ms != 0 && last < end)
		end = last;
	return end > now ? end - now : 0;
}

void session_touch(const struct sessions *sessions, struct session *session)
{
	session->active_ms = sessions_now(sessions);
	if (session->grace_ms != 0)
		session->grace_ms = session->active_ms;
}

bool session_is_forsaken(const struct sessions *sessions,
                         const struct session *session)
{
	if (session->streams > 0)
		return false;
	return session->had_stream ||
	       sessions_now(sessions) - session->active_ms >
	               sessions->parts.grace_ms;
}

static bool consent_is_due(const struct session *session)
{
	return session->matter.grant.consent != JSON_CONSENT_NONE &&
	       !session->matter.consent_given;
}

static void wait_for(struct sessions *sessions, struct session *session,
                     enum session_state state, const char *kind)
{
	if (session->state == state)
		return;
	session_enter(sessions, session, state);
	session_prompt(sessions, session, kind, NULL);
}

/* Where the agent alone has the key, no agent means no reading. */
static void wait_for_key(struct sessions *sessions, struct session *session)
{
	unsigned int from = session->matter.grant.key_from;
	struct cccd_error error = { .tries_left = -1 };

	if (session->state == SESSION_AWAITING_ACCESS_KEY)
		return;
	wait_for(sessions, session, SESSION_AWAITING_ACCESS_KEY, "access_key");
	if ((from & JSON_KEY_AGENT) == 0)
		return;
	if (session_ask(sessions, session, "access_key", NULL) != CCCD_OK &&
	    from == JSON_KEY_AGENT) {
		(void)fail(&error, CCCD_ERR_AGENT, "no agent for the key");
		session_end(sessions, session, SESSION_FAILED, &error);
	}
}

void session_proceed(struct sessions *sessions, struct session *session)
{
	if (session->state > SESSION_AWAITING_ACCESS_KEY)
		return;
	if (consent_is_due(session))
		wait_for(sessions, session, SESSION_AWAITING_CONSENT,
		         "consent");
	else if (session->seat == NULL || !session->seat->card)
		wait_for(sessions, session, SESSION_AWAITING_CARD, "card");
	else if (!session->has_key)
		wait_for_key(sessions, session);
	else
		reading_begin(sessions, session);
}

void session_wipe(struct sessions *sessions, struct session *session)
{
	struct job *job = session->job;

	json_access_key_wipe(&session->key);
	session->has_key = false;
	wipe(session->token, sizeof(session->token));
	session->job = NULL;
	if (job == NULL)
		return;
	if (session->reading)
		reading_cancel(sessions, session, job);
	else
		job_free(job);
	session->reading = false;
	if (session->portrait == PORTRAIT_READY)
		session->portrait = PORTRAIT_GONE;
}

/* Exactly one line for every session; see struct job, @claimed. */
static void tell_its_end(struct sessions *sessions, struct session *session,
                         enum session_state state,
                         const struct cccd_error *error)
{
	struct tell_end end = {
		.outcome = state == SESSION_EXPIRED  ? AUDIT_ENDED_EXPIRED
		           : state == SESSION_FAILED ? AUDIT_ENDED_FAILED
		                                     : AUDIT_ENDED_CANCELLED,
		.problem = error != NULL ? error->code : CCCD_OK,
		.now_ms = sessions_now(sessions),
	};

	if (session->told)
		return;
	session->told = true;
	if (session->job != NULL && session->reading &&
	    atomic_flag_test_and_set(&session->job->claimed))
		return;
	/* Nothing leaves a session that ends so: a full disk changes nothing.
	 */
	(void)!tell_end(sessions->parts.audit, &session->matter, &end, NULL);
}

static void tell_failure(struct sessions *sessions, struct session *session,
                         const struct cccd_error *error)
{
	const struct json_event event = {
		.session_id = session->matter.id,
		.problem = error,
	};

	events_tell(&sessions->events, "session.failed", &event);
}

void session_end(struct sessions *sessions, struct session *session,
                 enum session_state state, const struct cccd_error *error)
{
	const struct cccd_error none = { .tries_left = -1 };

	if (session->ended_ms == 0)
		session->ended_ms = sessions_now(sessions) + 1;
	if (!session_lives(session)) {
		session_wipe(sessions, session);
		return;
	}
	session->error = error != NULL ? *error : none;
	tell_its_end(sessions, session, state, error);
	session_wipe(sessions, session);
	seat_release(session);
	session_enter(sessions, session, state);
	if (state == SESSION_FAILED)
		tell_failure(sessions, session, &session->error);
}

void session_free(struct session *session)
{
	if (session == NULL)
		return;
	wipe(session, sizeof(*session));
	free(session);
}
