/* SPDX-License-Identifier: Apache-2.0 */
/* One way to ask a registry about one citizen; every kind behind one table. */
#ifndef SERVICE_GATEWAY_CONNECTORS_CONNECTOR_H
#define SERVICE_GATEWAY_CONNECTORS_CONNECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "lib/json/citizen.h"

/** enum registry_operation - what is asked; also bits of capabilities. */
enum registry_operation {
	REGISTRY_LOOKUP = 1,       /* the values the registry holds */
	REGISTRY_AUTHENTICATE = 2, /* only whether it is so */
};

/**
 * struct registry_question - about the citizen of one verified assertion.
 * @request_id:     made by the gateway, at most 40 of A-Z a-z 0-9 . _ -
 * @id_number:      12 digits; "" when only the old one is known
 * @old_number:     9 digits; sent only when @id_number is "", or to a
 *                  directory that has nobody with that; "" when none
 * @full_name:      UTF-8, as the card says
 * @date_of_birth:  ISO 8601: YYYY, YYYY-MM or YYYY-MM-DD
 * @sex:            "male", "female", "unspecified" or ""
 * @officer_id:     of the officer who asks; @officer_name: for the log
 * @service_code:   MaTichHop; "": the connector's own
 * @procedure_code: MaDVC
 * @transaction:    of the desk, for trace_header; may be NULL
 *
 * Borrowed for the call; no other member may be NULL.
 */
struct registry_question {
	enum registry_operation operation;
	const char *request_id;
	const char *id_number;
	const char *old_number;
	const char *full_name;
	const char *date_of_birth;
	const char *sex;
	const char *officer_id;
	const char *officer_name;
	const char *service_code;
	const char *procedure_code;
	const char *transaction;
};

/**
 * enum registry_outcome - what became of a question.
 *
 * The first three are answers; everything else is one way of not finding
 * out, and none of those is a pass. Zeroed memory says nothing was asked.
 */
enum registry_outcome {
	REGISTRY_NOT_ASKED = 0,
	REGISTRY_FOUND,     /* @citizen holds the registry's values */
	REGISTRY_CONFIRMED, /* authentication: it is so; no values */
	REGISTRY_NOT_FOUND, /* nobody with these data */

	REGISTRY_AMBIGUOUS,    /* several people in one answer */
	REGISTRY_OTHER_PERSON, /* the answer bears another number */
	REGISTRY_QUESTION,     /* the question lacks what the registry needs */
	REGISTRY_UNSUPPORTED,  /* an operation this connector lacks */
	REGISTRY_CIRCUIT_OPEN, /* not asked: it failed too often just now */

	REGISTRY_NAME_UNRESOLVED, /* the host's name has no address */
	REGISTRY_UNREACHABLE,
	REGISTRY_TIME_OUT,
	REGISTRY_TLS_UNTRUSTED, /* the server's certificate, not its date */
	REGISTRY_TLS_EXPIRED,   /* the server's certificate is out of date */
	REGISTRY_TLS_CLIENT,    /* our certificate is missing or refused */
	REGISTRY_TLS,           /* any other failure of the handshake */
	REGISTRY_BROKEN_OFF,    /* the connection ended within the answer */

	REGISTRY_UNAUTHORISED, /* 401: our credentials */
	REGISTRY_TOKEN,        /* the token server gave no token */
	REGISTRY_REFUSED,      /* 403, or a fault that blames us */
	REGISTRY_FAULT,        /* the service reports a failure of its own */
	REGISTRY_HTTP_STATUS,  /* any other status but 200 */
	REGISTRY_REDIRECTED,   /* followed nowhere */

	REGISTRY_CONTENT_TYPE, /* not the kind of document we asked for */
	REGISTRY_TOO_LARGE,
	REGISTRY_MALFORMED,
	REGISTRY_FORBIDDEN_MARKUP, /* a DOCTYPE or an entity */
	REGISTRY_NAMESPACE,        /* well formed, of another namespace */
	REGISTRY_DATABASE,         /* the directory's table or engine */
	REGISTRY_OUTCOMES,
};

enum { REGISTRY_DETAIL_MAX = 96 };

/**
 * struct registry_answer - outcome and values.
 * @citizen:     all "" unless @outcome is REGISTRY_FOUND
 * @attempts:    calls of the registry that left this machine
 * @http_status: of the last one; 0 without
 * @took_ms:     from question to answer
 * @detail:      short technical English, never personal data
 */
struct registry_answer {
	enum registry_outcome outcome;
	struct citizen citizen;
	unsigned int attempts;
	long http_status;
	uint64_t took_ms;
	char detail[REGISTRY_DETAIL_MAX];
};

/* Several KiB: too large for a stack. NULL without memory. */
struct registry_answer *registry_answer_new(void);

/* Wipes and frees; accepts NULL. */
void registry_answer_free(struct registry_answer *answer);

/* Ready for the next question; nothing of the last one is left. */
void registry_answer_wipe(struct registry_answer *answer);

/* Stable snake_case word, "found", "time_out"; "" for what is no outcome. */
const char *registry_outcome_name(enum registry_outcome outcome);

/* Whether the registry gave an answer: found, confirmed, not_found. */
bool registry_outcome_is_answer(enum registry_outcome outcome);

/**
 * struct connector_setting - one "key = value" of a connector's section.
 */
struct connector_setting {
	const char *key;
	const char *value;
};

/**
 * struct connector_section - the configuration of one connector.
 * @name:        its name in logs, metrics and the reply's "source"
 * @kind:        "soap", "lgsp_json", "rest_oauth2", "directory"
 * @credentials: folder of secrets that are named without a folder
 *               ($CREDENTIALS_DIRECTORY); NULL when there is none
 *
 * Every key is documented in docs/gateway-connectors.md. Keys that a kind
 * does not know, keys that stand twice and missing ones are refused.
 */
struct connector_section {
	const char *name;
	const char *kind;
	const char *credentials;
	const struct connector_setting *settings;
	size_t count;
};

/** struct connector_state - a kind's own; only its own file knows it. */
struct connector_state;

/**
 * struct connector_ops - a kind of connector; no member may be NULL.
 * @kind:         the word in the configuration
 * @capabilities: enum registry_operation, or-ed
 * @open:         read the section and make ready; asks nobody anything
 * @query:        blocks until @deadline_ms at most; many threads at once
 * @close:        when no query runs any more; accepts NULL
 *
 * @query gives CCCD_OK whatever the outcome; an error only means that this
 * machine could not ask (memory), and then @ret holds nothing.
 */
struct connector_ops {
	const char *kind;
	unsigned int capabilities;
	enum cccd_err (*open)(const struct connector_section *section,
	                      struct cccd_error *error,
	                      struct connector_state **ret);
	enum cccd_err (*query)(struct connector_state *state,
	                       const struct registry_question *question,
	                       uint64_t deadline_ms,
	                       struct registry_answer *ret);
	void (*close)(struct connector_state *state);
};

/* The kinds this build has; NULL for any other word. */
const struct connector_ops *connector_kind(const char *kind);

/** struct connector - an open one, with its circuit breaker. */
struct connector;

/**
 * connector_open() - by the section's kind.
 *
 * Return: CCCD_OK, closed with connector_close(); CCCD_ERR_POLICY_CONFIG
 * naming the key and never its value; CCCD_ERR_USAGE_FILE for a file that a
 * key names; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err connector_open(const struct connector_section *section,
                                     struct cccd_error *error,
                                     struct connector **ret);

/**
 * connector_query() - ask; many threads may use one connector.
 * @deadline_ms: of clock_steady_ms(); the connector's own time limit counts
 *               too, whichever comes first
 * @ret:         of registry_answer_new(); wiped first
 *
 * The question is checked first, then the breaker asked, then the registry;
 * an answer that bears another citizen's number gives REGISTRY_OTHER_PERSON
 * without values.
 *
 * Return: CCCD_OK whatever the outcome; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err connector_query(struct connector *connector,
                                      const struct registry_question *question,
                                      uint64_t deadline_ms,
                                      struct registry_answer *ret);

const char *connector_name(const struct connector *connector);
/* enum registry_operation, or-ed. */
unsigned int connector_capabilities(const struct connector *connector);
/* "closed", "open", "half_open": for health and metrics. */
const char *connector_circuit(struct connector *connector);

/* Accepts NULL; no query may run. */
void connector_close(struct connector *connector);

#endif
