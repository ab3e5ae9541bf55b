/* SPDX-License-Identifier: Apache-2.0 */
/* What a client may see of its session, and everybody of the readers. */
#include "service/core/view.h"

#include "lib/json/session_view.h"
#include "service/core/state.h"

static const char *portrait_word(enum portrait_state state)
{
	switch (state) {
	case PORTRAIT_PENDING: return "pending";
	case PORTRAIT_READY: return "ready";
	case PORTRAIT_TAKEN: return "taken";
	case PORTRAIT_NONE:
	case PORTRAIT_GONE: break;
	}
	return "none";
}

enum cccd_err view_session(const struct session *session, const char *token,
                           char **ret)
{
	const struct grant *grant = &session->matter.grant;
	const char *steps[STEPS_MAX];
	const struct json_session_view view = {
		.session_id = session->matter.id,
		.token = token,
		.state = session_state_name(session->state),
		.rp = grant->rp,
		.purpose = grant->purpose,
		.granted = &grant->scopes,
		.consent = json_consent_mode_name(grant->consent),
		.reader = session->seat != NULL ? session->seat->id : NULL,
		.remaining_ms =
		        session->ended_ms == 0
		                ? session_remaining(session->owner, session)
		                : 0,
		.steps = steps,
		.step_count = session->step_count,
		.refusals_left = REFUSALS_MAX - session->refusals,
		.portrait = portrait_word(session->portrait),
		.overall = session->overall != CCCD_NOT_RUN
		                   ? cccd_verdict_name(session->overall)
		                   : NULL,
		.problem =
		        session->error.code != CCCD_OK ? &session->error : NULL,
	};

	for (size_t i = 0; i < session->step_count; i++)
		steps[i] = session->steps[i];
	return json_session_view_text(&view, ret);
}

enum cccd_err session_view(const struct session *session, char **ret)
{
	return view_session(session, NULL, ret);
}

static const char *seat_word(const struct seat *seat)
{
	if (seat->uri[0] == '\0')
		return "unavailable";
	return seat->holder != NULL ? "in_use" : "idle";
}

enum cccd_err sessions_readers(const struct sessions *sessions, char **ret)
{
	struct json_service_reader rows[CCCD_READERS_MAX];
	size_t count = 0;

	for (const struct seat *at = sessions->seats;
	     at != NULL && count < CCCD_READERS_MAX; at = at->next)
		rows[count++] = (struct json_service_reader){
			.id = at->id,
			.name = at->name,
			.kind = at->kind,
			.state = seat_word(at),
			.card_present = at->card,
			.held = at->holder != NULL,
		};
	return json_service_readers_text(rows, count, ret);
}
