/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway answers. */
#ifndef LIB_JSON_GATEWAY_REPLY_H
#define LIB_JSON_GATEWAY_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>

#include "base/macros.h"

/** struct gateway_field - one comparison. @note: "" for an exact match. */
struct gateway_field {
	const char *name;
	const char *state;
	const char *note;
};

/** struct gateway_value - one of the registry's; left out when "". */
struct gateway_value {
	const char *name;
	const char *text;
};

/**
 * struct gateway_reply - urn:cccd:gateway-check:1.
 * @registry: "match", "mismatch", "not_found", "undetermined"
 * @reason:   why undetermined; "" otherwise
 * @card:     the card's own verdict
 * @values:   what the caller's scopes grant; @value_count 0: no member
 * @observed_at: seconds since 1970 UTC
 */
struct gateway_reply {
	const char *request_id;
	const char *transaction;
	const char *registry;
	const char *reason;
	const char *source;
	const char *card;
	int64_t observed_at;
	const struct gateway_field *fields;
	size_t field_count;
	const struct gateway_value *values;
	size_t value_count;
};

/* @ret: wiped and freed with json_text_free(). CCCD_ERR_MEMORY. */
CHECKED enum cccd_err gateway_reply_text(const struct gateway_reply *reply,
                                         char **ret);

/* The answer to POST /v1/nonces; CCCD_ERR_MEMORY. */
CHECKED enum cccd_err gateway_nonce_text(const char *nonce,
                                         const char *audience, int64_t expires,
                                         char **ret);

/** struct gateway_health - of GET /v1/health. */
struct gateway_health {
	const char *status; /* "ok", "degraded" */
	const char *version;
	const char *store;   /* "ok", "unavailable" */
	const char *circuit; /* "closed", "open", "half_open" */
};

CHECKED enum cccd_err gateway_health_text(const struct gateway_health *health,
                                          char **ret);

/**
 * gateway_line_text() - one line of the log's export, as JSON.
 * @names, @texts: @count of them
 * @seq, @prev, @hash: its place in the chain
 */
struct gateway_line {
	uint64_t seq;
	const char *const *names;
	const char *const *texts;
	size_t count;
	const char *prev;
	const char *hash;
};

CHECKED enum cccd_err gateway_line_text(const struct gateway_line *line,
                                        char **ret);

#endif
