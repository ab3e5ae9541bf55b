/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's events: numbered, told, and kept for those who come back. */
#include "service/core/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json/result.h"

enum cccd_err events_init(struct events *events,
                          const struct sessions_hooks *hooks, size_t kept)
{
	*events = (struct events){ .hooks = hooks, .cap = kept };
	if (kept == 0)
		return CCCD_OK;
	events->ring = calloc(kept, sizeof(*events->ring));
	return events->ring != NULL ? CCCD_OK : CCCD_ERR_MEMORY;
}

static struct event_kept *kept_at(const struct events *events, size_t index)
{
	return &events->ring[(events->first + index) % events->cap];
}

void events_release(struct events *events)
{
	for (size_t i = 0; i < events->count; i++)
		json_text_free(kept_at(events, i)->body);
	free(events->ring);
	*events = (struct events){ 0 };
}

/* Takes @body over. */
static void keep(struct events *events, const struct session_event *event,
                 char *body)
{
	struct event_kept *row = NULL;

	if (events->cap == 0) {
		events->lost = event->sequence;
		json_text_free(body);
		return;
	}
	if (events->count == events->cap) {
		row = kept_at(events, 0);
		events->lost = row->sequence;
		json_text_free(row->body);
		events->first = (events->first + 1) % events->cap;
		events->count--;
	}
	row = kept_at(events, events->count++);
	row->sequence = event->sequence;
	row->type = event->type;
	row->body = body;
	(void)snprintf(row->session_id, sizeof(row->session_id), "%s",
	               event->session_id);
}

static bool is_fleeting(const char *type)
{
	return strcmp(type, "heartbeat") == 0 || strcmp(type, "progress") == 0;
}

void events_tell(struct events *events, const char *type,
                 const struct json_event *event)
{
	struct session_event told = {
		.sequence = ++events->sequence,
		.type = type,
		.session_id =
		        event->session_id != NULL ? event->session_id : "",
	};
	char *body = NULL;

	if (json_event_text(event, &body) != CCCD_OK) {
		events->lost = told.sequence;
		return;
	}
	told.body = body;
	events->hooks->event(events->hooks->context, &told);
	if (is_fleeting(type))
		json_text_free(body);
	else
		keep(events, &told, body);
}

bool events_replay(const struct events *events, uint64_t sequence,
                   const char *session_id,
                   void (*each)(void *context,
                                const struct session_event *event),
                   void *context)
{
	/* A number that was never given is of another life of the daemon. */
	if (sequence < events->lost || sequence > events->sequence)
		return false;
	for (size_t i = 0; i < events->count; i++) {
		const struct event_kept *row = kept_at(events, i);
		const struct session_event event = {
			.sequence = row->sequence,
			.type = row->type,
			.session_id = row->session_id,
			.body = row->body,
		};

		if (row->sequence <= sequence)
			continue;
		if (row->session_id[0] != '\0' &&
		    strcmp(row->session_id, session_id) != 0)
			continue;
		each(context, &event);
	}
	return true;
}
