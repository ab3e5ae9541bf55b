/* SPDX-License-Identifier: Apache-2.0 */
/* What clients, agents and operators say to a session that lives. */
#include <stdio.h>
#include <string.h>

#include "lib/json/result.h"
#include "service/core/seats.h"
#include "service/core/state.h"
#include "service/core/tell.h"

/* The way to say that a call is too late, for sessions that are over. */
static enum cccd_err too_late(const struct session *session,
                              struct cccd_error *error)
{
	if (session->state == SESSION_EXPIRED)
		return fail(error, CCCD_ERR_SESSION_EXPIRED, "it has expired");
	if (session->state == SESSION_CANCELLED)
		return fail(error, CCCD_ERR_CANCELLED, "it was cancelled");
	return fail(error, CCCD_ERR_USAGE_STATE, "not in state %s",
	            session_state_name(session->state));
}

static enum cccd_err take_key(struct sessions *sessions,
                              struct session *session,
                              const struct json_access_key *key,
                              struct cccd_error *error)
{
	if (session->state > SESSION_AWAITING_ACCESS_KEY)
		return too_late(session, error);
	TRY(sessions->seams.engine->check_key(key, error));
	session->key = *key;
	session->has_key = true;
	session_touch(sessions, session);
	session_proceed(sessions, session);
	return CCCD_OK;
}

/* A program on the Unix socket may be the one that serves a scanner. */
static enum cccd_err check_source(const struct session *session,
                                  const struct json_access_key *key,
                                  struct cccd_error *error)
{
	const struct grant *grant = &session->matter.grant;
	bool page = session->caller.door == CALLER_BROWSER;
	enum json_key_from from = JSON_KEY_FRONT_END;

	if (!page && (grant->key_from & JSON_KEY_FRONT_END) == 0)
		from = JSON_KEY_SCANNER;
	return grant_check_key(grant, from, page, key, error);
}

enum cccd_err sessions_access_key(struct sessions *sessions,
                                  struct session *session,
                                  const struct json_access_key *key,
                                  struct cccd_error *error)
{
	if (session->state > SESSION_AWAITING_ACCESS_KEY)
		return too_late(session, error);
	TRY(check_source(session, key, error));
	return take_key(sessions, session, key, error);
}

static enum cccd_err take_consent(struct sessions *sessions,
                                  struct session *session,
                                  const struct json_consent *consent,
                                  struct cccd_error *error)
{
	struct matter *matter = &session->matter;
	struct cccd_error cause = { .tries_left = -1 };
	enum cccd_err err = CCCD_OK;

	/* What the log would refuse, a citizen's number, ends nothing here. */
	if (consent->text_id[0] != '\0' && !audit_text_id_ok(consent->text_id))
		return fail(error, CCCD_ERR_REQUEST_MALFORMED,
		            "text_id: no name of a text");
	(void)snprintf(matter->consent_text, sizeof(matter->consent_text), "%s",
	               consent->text_id);
	err = grant_apply_consent(&matter->grant, consent, &cause);
	if (err != CCCD_OK) {
		session_end(sessions, session, SESSION_FAILED, &cause);
		return fail(error, err, "%s", cause.text);
	}
	matter->consent_given = true;
	if ((matter->grant.scopes.bits & JSON_SCOPE_PORTRAIT) == 0)
		session->portrait = PORTRAIT_NONE;
	session_touch(sessions, session);
	session_proceed(sessions, session);
	return CCCD_OK;
}

enum cccd_err sessions_consent(struct sessions *sessions,
                               struct session *session,
                               const struct json_consent *consent,
                               struct cccd_error *error)
{
	if (session->state != SESSION_AWAITING_CONSENT)
		return too_late(session, error);
	/* What the agent asks for, the page cannot answer. */
	if (session->matter.grant.consent != JSON_CONSENT_OPERATOR)
		return fail(error, CCCD_ERR_POLICY_REFUSED,
		            "the agent asks for this consent");
	return take_consent(sessions, session, consent, error);
}

static struct session *by_id(const struct sessions *sessions, const char *id)
{
	for (struct session *at = sessions->all; at != NULL; at = at->next)
		if (strcmp(at->matter.id, id) == 0)
			return at;
	return NULL;
}

enum cccd_err sessions_agent_consent(struct sessions *sessions,
                                     const char *session_id,
                                     const struct json_consent *consent,
                                     struct cccd_error *error)
{
	struct session *session = by_id(sessions, session_id);

	if (session == NULL)
		return fail(error, CCCD_ERR_SESSION_NOT_FOUND, "none such");
	if (session->state != SESSION_AWAITING_CONSENT ||
	    session->matter.grant.consent != JSON_CONSENT_PROMPT)
		return too_late(session, error);
	return take_consent(sessions, session, consent, error);
}

enum cccd_err sessions_agent_access_key(struct sessions *sessions,
                                        const char *session_id,
                                        const struct json_access_key *key,
                                        struct cccd_error *error)
{
	struct session *session = by_id(sessions, session_id);

	if (session == NULL)
		return fail(error, CCCD_ERR_SESSION_NOT_FOUND, "none such");
	if (session->state > SESSION_AWAITING_ACCESS_KEY)
		return too_late(session, error);
	TRY(grant_check_key(&session->matter.grant, JSON_KEY_AGENT, false, key,
	                    error));
	return take_key(sessions, session, key, error);
}

static bool waits_for_agent(const struct session *session)
{
	const struct grant *grant = &session->matter.grant;

	if (session->state == SESSION_AWAITING_CONSENT)
		return grant->consent == JSON_CONSENT_PROMPT;
	return session->state == SESSION_AWAITING_ACCESS_KEY &&
	       grant->key_from == JSON_KEY_AGENT;
}

void sessions_agent_left(struct sessions *sessions)
{
	struct cccd_error error = { .tries_left = -1 };

	(void)fail(&error, CCCD_ERR_AGENT, "the agent has gone");
	for (struct session *at = sessions->all; at != NULL; at = at->next)
		if (waits_for_agent(at))
			session_end(sessions, at, SESSION_FAILED, &error);
}

void sessions_cancel(struct sessions *sessions, struct session *session)
{
	session_end(sessions, session, SESSION_CANCELLED, NULL);
}

void sessions_attach(struct sessions *sessions, struct session *session)
{
	session->streams++;
	session->had_stream = true;
	session->grace_ms = 0;
	session_touch(sessions, session);
}

void sessions_detach(struct sessions *sessions, const char *session_id)
{
	struct session *session = by_id(sessions, session_id);

	if (session == NULL || session->streams == 0)
		return;
	session->streams--;
	if (session->streams == 0)
		session->grace_ms = sessions_now(sessions);
}

/* Root, or who runs the daemon: not every program of the desk. */
static bool is_operator(const struct sessions *sessions,
                        const struct caller *caller)
{
	return caller->door == CALLER_LOCAL &&
	       (caller->uid == 0 || caller->uid == sessions->uid);
}

enum cccd_err sessions_break_lease(struct sessions *sessions,
                                   const struct caller *caller,
                                   const char *reader_id,
                                   struct cccd_error *error)
{
	const struct seat *seat = seats_find(sessions, reader_id);

	if (!is_operator(sessions, caller))
		return fail(error, CCCD_ERR_POLICY_REFUSED,
		            "an operator breaks leases");
	if (seat == NULL)
		return fail(error, CCCD_ERR_READER_NONE, "none such");
	if (seat->holder == NULL)
		return CCCD_OK;
	TRY(tell_lease_broken(sessions->parts.audit, &seat->holder->matter,
	                      (uint32_t)caller->uid, error));
	session_end(sessions, seat->holder, SESSION_CANCELLED, NULL);
	return CCCD_OK;
}
