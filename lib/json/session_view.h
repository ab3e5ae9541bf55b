/* SPDX-License-Identifier: Apache-2.0 */
/* A session as its client sees it: docs/api/session.schema.json. */
#ifndef LIB_JSON_SESSION_VIEW_H
#define LIB_JSON_SESSION_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>

#include "base/macros.h"
#include "lib/json/scopes.h"

/**
 * struct json_session_view - what GET /v1/sessions/{id} tells; borrowed.
 * @token:        only in the answer to the request that made the session
 * @granted:      scopes, as far as they are decided
 * @consent:      "operator", "prompt" or "none"
 * @reader:       id of the one it holds, NULL for none
 * @remaining_ms: until it expires, if nothing happens; also the lease's
 * @steps:        names of the steps that are done, @step_count of them
 * @refusals_left: access keys that may still be wrong
 * @portrait:     "none", "pending", "ready" or "taken"
 * @overall:      the verdict, NULL before there is one
 * @problem:      what ended it, NULL when nothing did
 */
struct json_session_view {
	const char *session_id;
	const char *token;
	const char *state;
	const char *rp;
	const char *purpose;
	const struct json_scopes *granted;
	const char *consent;
	const char *reader;
	uint64_t remaining_ms;
	const char *const *steps;
	size_t step_count;
	unsigned int refusals_left;
	const char *portrait;
	const char *overall;
	const struct cccd_error *problem;
};

/* Return: CCCD_OK, freed with json_text_free(); CCCD_ERR_MEMORY. */
CHECKED enum cccd_err
json_session_view_text(const struct json_session_view *view, char **ret);

/**
 * struct json_prompt - a question for the agent of the seated user.
 * @kind:   "consent" or "access_key"
 * @origin: "" for a local program
 */
struct json_prompt {
	const char *kind;
	const char *session_id;
	const char *rp;
	const char *origin;
	const char *purpose;
	const struct json_scopes *scopes;
	const struct cccd_error *problem;
};

/* Return: CCCD_OK, freed with json_text_free(); CCCD_ERR_MEMORY. */
CHECKED enum cccd_err json_prompt_text(const struct json_prompt *prompt,
                                       char **ret);

/**
 * struct json_service_reader - a row of GET /v1/readers.
 * @state: "idle", "in_use" or "unavailable"
 */
struct json_service_reader {
	const char *id;
	const char *name;
	const char *kind;
	const char *state;
	bool card_present;
	bool held;
};

/* @ret: {"readers": […]}; freed with json_text_free(). */
CHECKED enum cccd_err
json_service_readers_text(const struct json_service_reader *readers,
                          size_t count, char **ret);

#endif
