/* SPDX-License-Identifier: Apache-2.0 */
/* A session begins: judged, counted, seated, and told its token. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/secret.h"
#include "base/uuid.h"
#include "lib/json/result.h"
#include "service/core/admit.h"
#include "service/core/seats.h"
#include "service/core/state.h"
#include "service/core/view.h"

_Static_assert((int)SESSION_ID_MAX == (int)UUID_TEXT_MAX, "a UUID");

enum { FULL_RETRY_S = 5 };

static void session_cleanup(struct session **session)
{
	session_free(*session);
}

/* Whether two requests with one idempotency key are one: every member. */
static enum cccd_err digest_request(const struct json_request *request,
                                    uint8_t ret[static 32])
{
	struct json_request plain;
	struct digest digest = { 0 };
	const char *jwt =
	        request->request_jwt != NULL ? request->request_jwt : "";

	/* Texts end where they end: what stands behind a NUL is nothing. */
	memset(&plain, 0, sizeof(plain));
	(void)snprintf(plain.rp, sizeof(plain.rp), "%s", request->rp);
	(void)snprintf(plain.nonce, sizeof(plain.nonce), "%s", request->nonce);
	(void)snprintf(plain.purpose, sizeof(plain.purpose), "%s",
	               request->purpose);
	(void)snprintf(plain.audience, sizeof(plain.audience), "%s",
	               request->audience);
	(void)snprintf(plain.reader, sizeof(plain.reader), "%s",
	               request->reader);
	plain.scopes.bits = request->scopes.bits;
	memcpy(plain.scopes.ages, request->scopes.ages,
	       sizeof(plain.scopes.ages));
	plain.required_checks = request->required_checks;
	plain.evidence = request->evidence;
	plain.format = request->format;
	TRY(digest_compute_pair(DIGEST_SHA256, span_of(&plain, sizeof(plain)),
	                        span_text(jwt), &digest));
	memcpy(ret, digest.bytes, 32);
	return CCCD_OK;
}

static struct session *by_idempotency(const struct sessions *sessions,
                                      const struct caller *caller,
                                      const char *key)
{
	if (key[0] == '\0')
		return NULL;
	for (struct session *at = sessions->all; at != NULL; at = at->next)
		if (caller_equal(&at->caller, caller) &&
		    strcmp(at->idempotency, key) == 0)
			return at;
	return NULL;
}

static size_t count_living(const struct sessions *sessions)
{
	size_t count = 0;

	for (const struct session *at = sessions->all; at != NULL;
	     at = at->next)
		count += session_lives(at) ? 1 : 0;
	return count;
}

/* Everything of a session that is not yet anybody's. */
static enum cccd_err session_new(struct sessions *sessions,
                                 const struct caller *caller,
                                 const struct grant *grant,
                                 struct session **ret)
{
	CLEANUP(session_cleanup)
	struct session *session = calloc(1, sizeof(*session));

	if (session == NULL)
		return CCCD_ERR_MEMORY;
	TRY(uuid_make(&random_system, session->matter.id));
	TRY(token_make(session->token, &session->mark));
	session->owner = sessions;
	session->caller = *caller;
	session->matter.grant = *grant;
	session->matter.local = caller->door != CALLER_BROWSER;
	session->matter.uid = session->matter.local ? caller->uid : 0;
	session->matter.created_ms = sessions_now(sessions);
	session->active_ms = session->matter.created_ms;
	session->portrait = (grant->scopes.bits & JSON_SCOPE_PORTRAIT) != 0
	                            ? PORTRAIT_PENDING
	                            : PORTRAIT_NONE;
	error_reset(&session->error);
	*ret = session;
	session = NULL;
	return CCCD_OK;
}

/* Before anything is changed: whether there is room, and a right to it. */
static enum cccd_err take_place(struct sessions *sessions,
                                const struct caller *caller,
                                const struct admitted *admitted,
                                uint32_t *ret_retry_after_s, struct seat **ret)
{
	TRY(seats_choose(sessions, admitted->grant.reader, caller,
	                 ret_retry_after_s, ret));
	if (count_living(sessions) >= sessions->parts.sessions_max) {
		*ret_retry_after_s = FULL_RETRY_S;
		return CCCD_ERR_RATE_LIMITED;
	}
	return quota_take(&sessions->quota, admitted->party,
	                  sessions_now(sessions), ret_retry_after_s);
}

static void append(struct sessions *sessions, struct session *session)
{
	struct session **end = &sessions->all;

	while (*end != NULL)
		end = &(*end)->next;
	*end = session;
}

/* A session that gave way has ended, even if its successor is refused. */
static enum cccd_err begin(struct sessions *sessions,
                           const struct caller *caller,
                           const struct json_request *request,
                           struct cccd_error *error,
                           uint32_t *ret_retry_after_s, struct session **ret)
{
	CLEANUP(session_cleanup) struct session *session = NULL;
	struct admitted admitted = { 0 };
	struct seat *seat = NULL;

	TRY(admit_request(sessions, caller, request, error, &admitted));
	TRY(take_place(sessions, caller, &admitted, ret_retry_after_s, &seat));
	TRY(session_new(sessions, caller, &admitted.grant, &session));
	if (admitted.grant.consent == JSON_CONSENT_PROMPT)
		TRY(session_ask(sessions, session, "consent", NULL));
	admit_use(sessions, &admitted);
	if (seat != NULL)
		seat_lease(seat, session);
	append(sessions, session);
	*ret = session;
	session = NULL;
	return CCCD_OK;
}

static enum cccd_err show_again(struct sessions *sessions,
                                struct session *session,
                                const uint8_t request[static 32],
                                struct cccd_error *error, char **ret_view)
{
	if (memcmp(session->request, request, 32) != 0)
		return fail(error, CCCD_ERR_USAGE_STATE,
		            "the idempotency key is of another request");
	if (session->token[0] == '\0')
		return fail(error, CCCD_ERR_USAGE_STATE,
		            "the session of this idempotency key is over");
	session_touch(sessions, session);
	return view_session(session, session->token, ret_view);
}

/* What a caller brings. */
struct asking {
	const struct caller *caller;
	const struct json_request *request;
	const char *idempotency_key;
};

static enum cccd_err create(struct sessions *sessions,
                            const struct asking *asking,
                            struct cccd_error *error, uint32_t *retry_after_s,
                            char **ret_view)
{
	struct session *session = by_idempotency(sessions, asking->caller,
	                                         asking->idempotency_key);
	uint8_t digest[32];
	enum cccd_err err = CCCD_OK;

	TRY(digest_request(asking->request, digest));
	if (session != NULL)
		return show_again(sessions, session, digest, error, ret_view);
	TRY(begin(sessions, asking->caller, asking->request, error,
	          retry_after_s, &session));
	memcpy(session->request, digest, sizeof(session->request));
	(void)snprintf(session->idempotency, sizeof(session->idempotency), "%s",
	               asking->idempotency_key);
	session_enter(sessions, session, SESSION_CREATED);
	session_proceed(sessions, session);
	err = view_session(session, session->token, ret_view);
	if (asking->idempotency_key[0] == '\0')
		wipe(session->token, sizeof(session->token));
	if (err != CCCD_OK)
		session_end(sessions, session, SESSION_CANCELLED, NULL);
	return err;
}

/* NOLINTNEXTLINE(readability-function-size): what comes in, what goes out */
enum cccd_err sessions_create(struct sessions *sessions,
                              const struct caller *caller,
                              const struct json_request *request,
                              const char *idempotency_key,
                              struct cccd_error *error, uint32_t *retry_after_s,
                              char **ret_view)
{
	const struct asking asking = {
		.caller = caller,
		.request = request,
		.idempotency_key = idempotency_key,
	};
	enum cccd_err err = CCCD_OK;

	*retry_after_s = 0;
	if (strlen(idempotency_key) > SESSION_IDEMPOTENCY_MAX)
		return fail(error, CCCD_ERR_REQUEST_MALFORMED,
		            "Idempotency-Key: too long");
	err = create(sessions, &asking, error, retry_after_s, ret_view);
	if (err != CCCD_OK)
		return fail(error, err, "no session");
	return CCCD_OK;
}
