/* SPDX-License-Identifier: Apache-2.0 */
/* The result and the portrait leave: once, and audited before. */
#include <stdlib.h>
#include <string.h>

#include <cccd/assertion.h>

#include "base/clock.h"
#include "base/secret.h"
#include "lib/json/result.h"
#include "service/core/state.h"
#include "service/core/tell.h"

/* What a session answers that is not ready. */
static enum cccd_err why_not(const struct session *session,
                             struct cccd_error *error)
{
	switch (session->state) {
	case SESSION_CREATED:
	case SESSION_AWAITING_CONSENT:
	case SESSION_AWAITING_CARD:
	case SESSION_AWAITING_ACCESS_KEY:
	case SESSION_READING:
	case SESSION_VERIFYING:
		return fail(error, CCCD_ERR_USAGE_STATE, "not ready");
	case SESSION_READY: return CCCD_OK;
	case SESSION_DELIVERED:
		return fail(error, CCCD_ERR_RESULT_DELIVERED, "given before");
	case SESSION_FAILED:
		if (error != NULL)
			*error = session->error;
		return session->error.code;
	case SESSION_CANCELLED:
		return fail(error, CCCD_ERR_CANCELLED, "it was cancelled");
	case SESSION_EXPIRED: break;
	}
	return fail(error, CCCD_ERR_SESSION_EXPIRED, "it has expired");
}

/* [service-api 6] A2 needs the back end's signature, A3 the chip's too. */
static enum assertion_level level_of(const struct grant *grant)
{
	if (!grant->is_signed)
		return ASSERTION_A1;
	return grant->evidence == JSON_EVIDENCE_RAW ? ASSERTION_A3
	                                            : ASSERTION_A2;
}

static enum cccd_err sign(const struct sessions *sessions,
                          const struct session *session,
                          struct cccd_error *error, struct buf *ret)
{
	const struct matter *matter = &session->matter;
	const struct grant *grant = &matter->grant;
	const struct job_answer *answer = &session->job->answer;
	const struct assertion_input input = {
		.audience = grant->aud,
		.nonce = grant->nonce,
		.origin = grant->origin,
		.purpose = grant->purpose,
		.consent = json_consent_mode_name(grant->consent),
		.transaction = matter->id,
		.pairwise =
		        answer->pairwise[0] != '\0' ? answer->pairwise : NULL,
		.digests = &answer->digests,
		.level = level_of(grant),
		.result = span_text(answer->text),
		.now = clock_wall_s(),
		.lifetime_s = sessions->parts.assertion_s != 0
		                      ? sessions->parts.assertion_s
		                      : ASSERTION_LIFETIME_S,
	};

	return assertion_make(sessions->parts.keys, &input, error, ret);
}

/* The text that leaves; the session keeps its own until the log has it. */
static enum cccd_err make_output(const struct sessions *sessions,
                                 const struct session *session,
                                 enum session_format format,
                                 struct cccd_error *error, char **ret)
{
	BUF token = buf_make(CCCD_ASSERTION_MAX);
	struct span text = span_text(session->job->answer.text);
	char *output = NULL;

	if (format == SESSION_JWT) {
		TRY(sign(sessions, session, error, &token));
		text = buf_span(&token);
	}
	output = malloc(text.len + 1);
	if (output == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	memcpy(output, text.at, text.len);
	output[text.len] = '\0';
	*ret = output;
	return CCCD_OK;
}

/* No entry, no delivery: it fails closed, and for good. */
static enum cccd_err tell_it(struct sessions *sessions, struct session *session,
                             enum audit_way way, struct cccd_error *error)
{
	struct cccd_error cause = { .tries_left = -1 };
	enum cccd_err err = tell_delivery(sessions->parts.audit,
	                                  &session->matter, way, &cause);

	if (err == CCCD_OK)
		return CCCD_OK;
	session_end(sessions, session, SESSION_FAILED, &cause);
	return fail(error, err, "%s", cause.text);
}

/* Nothing is left to take: the session is over. */
static void close_if_empty(struct sessions *sessions, struct session *session)
{
	if (session->state == SESSION_DELIVERED &&
	    session->portrait != PORTRAIT_READY)
		session_end(sessions, session, SESSION_DELIVERED, NULL);
}

static void forget_result(struct job_answer *answer)
{
	json_text_free(answer->text);
	answer->text = NULL;
	wipe(&answer->digests, sizeof(answer->digests));
	wipe(answer->pairwise, sizeof(answer->pairwise));
	wipe(&answer->result, sizeof(answer->result));
}

static bool may_leave_as(const struct grant *grant, enum session_format format)
{
	unsigned int bit =
	        format == SESSION_JWT ? JSON_FORMAT_JWT : JSON_FORMAT_JSON;

	return (grant->formats & bit) != 0;
}

enum cccd_err session_take_result(struct sessions *sessions,
                                  struct session *session,
                                  enum session_format format,
                                  struct cccd_error *error, char **ret)
{
	enum audit_way way =
	        format == SESSION_JWT ? AUDIT_WAY_JWT : AUDIT_WAY_JSON;
	char *output = NULL;
	enum cccd_err err = CCCD_OK;

	TRY(why_not(session, error));
	if (!may_leave_as(&session->matter.grant, format))
		return fail(error, CCCD_ERR_FORMAT_NOT_ALLOWED,
		            "not in this form");
	TRY(make_output(sessions, session, format, error, &output));
	err = tell_it(sessions, session, way, error);
	if (err != CCCD_OK) {
		json_text_free(output);
		return err;
	}
	forget_result(&session->job->answer);
	session_enter(sessions, session, SESSION_DELIVERED);
	close_if_empty(sessions, session);
	*ret = output;
	return CCCD_OK;
}

static enum cccd_err why_no_portrait(const struct session *session,
                                     struct cccd_error *error)
{
	enum cccd_err err = CCCD_OK;

	/* It is apart from the result: that may have gone first. */
	if (session->state == SESSION_FAILED)
		return fail(error, CCCD_ERR_PORTRAIT, "the reading failed");
	if (session->state != SESSION_DELIVERED)
		err = why_not(session, error);
	if (err != CCCD_OK)
		return err;
	switch (session->portrait) {
	case PORTRAIT_READY: return CCCD_OK;
	case PORTRAIT_TAKEN:
		return fail(error, CCCD_ERR_RESULT_DELIVERED, "given before");
	case PORTRAIT_GONE:
		return fail(error, CCCD_ERR_SESSION_EXPIRED, "not taken");
	case PORTRAIT_PENDING:
	case PORTRAIT_NONE: break;
	}
	return fail(error, CCCD_ERR_PORTRAIT, "there is none");
}

enum cccd_err session_take_portrait(struct sessions *sessions,
                                    struct session *session,
                                    struct cccd_error *error, struct buf *ret)
{
	struct job_answer *answer = NULL;

	TRY(why_no_portrait(session, error));
	TRY(tell_it(sessions, session, AUDIT_WAY_PORTRAIT, error));
	answer = &session->job->answer;
	*ret = answer->portrait;
	answer->portrait = buf_make(JOB_PORTRAIT_MAX);
	session->portrait = PORTRAIT_TAKEN;
	close_if_empty(sessions, session);
	return CCCD_OK;
}
