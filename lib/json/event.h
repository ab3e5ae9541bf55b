/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the service's events: docs/api/event.schema.json. */
#ifndef LIB_JSON_EVENT_H
#define LIB_JSON_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>

#include "base/macros.h"

/**
 * struct json_event - what a body says; NULL and zero are left out.
 * @session_id: of the session it is about
 * @reader_id, @reader_name, @reader_kind: for readers and cards
 * @step, @ms:  for steps; @ms only with @timed
 * @check, @verdict: what a step ended in
 * @file, @done, @total: for progress, in bytes; @total 0 while unknown
 * @prompt:     "consent", "card" or "access_key"
 * @problem:    why; becomes a problem document
 * @time:       seconds since 1970 UTC, for heartbeats
 *
 * Nothing in it may be of a person.
 */
struct json_event {
	const char *session_id;
	const char *state;
	const char *reader_id;
	const char *reader_name;
	const char *reader_kind;
	const char *step;
	bool timed;
	uint32_t ms;
	const char *check;
	const char *verdict;
	const char *file;
	size_t done;
	size_t total;
	const char *prompt;
	const char *overall;
	const struct cccd_error *problem;
	int64_t time;
};

/**
 * json_event_text() - one JSON object without a line feed.
 * @ret: freed with json_text_free()
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err json_event_text(const struct json_event *event,
                                      char **ret);

#endif
