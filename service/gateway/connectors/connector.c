/* SPDX-License-Identifier: Apache-2.0 */
/* One way to ask a registry about one citizen; every kind behind one table. */
#include "service/gateway/connectors/connector.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "service/gateway/connectors/breaker.h"
#include "service/gateway/connectors/kinds.h"
#include "service/gateway/connectors/settings.h"

static const struct connector_ops *const kinds[] = {
	&connector_soap,
	&connector_lgsp_json,
	&connector_rest_oauth2,
	&connector_directory,
};

/**
 * struct outcome_row - an outcome.
 * @report: what it tells the breaker: that we are refused, or ask wrongly,
 *          says nothing about whether the other side works
 */
static const struct outcome_row {
	const char *name;
	enum breaker_report report;
} outcomes[REGISTRY_OUTCOMES] = {
	[REGISTRY_NOT_ASKED] = { "not_asked", BREAKER_SAYS_NOTHING },
	[REGISTRY_FOUND] = { "found", BREAKER_WORKS },
	[REGISTRY_CONFIRMED] = { "confirmed", BREAKER_WORKS },
	[REGISTRY_NOT_FOUND] = { "not_found", BREAKER_WORKS },
	[REGISTRY_AMBIGUOUS] = { "ambiguous", BREAKER_WORKS },
	[REGISTRY_OTHER_PERSON] = { "other_person", BREAKER_WORKS },
	[REGISTRY_QUESTION] = { "question_incomplete", BREAKER_SAYS_NOTHING },
	[REGISTRY_UNSUPPORTED] = { "unsupported", BREAKER_SAYS_NOTHING },
	[REGISTRY_CIRCUIT_OPEN] = { "circuit_open", BREAKER_SAYS_NOTHING },
	[REGISTRY_NAME_UNRESOLVED] = { "name_unresolved", BREAKER_FAILS },
	[REGISTRY_UNREACHABLE] = { "unreachable", BREAKER_FAILS },
	[REGISTRY_TIME_OUT] = { "time_out", BREAKER_FAILS },
	[REGISTRY_TLS_UNTRUSTED] = { "tls_untrusted", BREAKER_FAILS },
	[REGISTRY_TLS_EXPIRED] = { "tls_expired", BREAKER_FAILS },
	[REGISTRY_TLS_CLIENT] = { "tls_client", BREAKER_FAILS },
	[REGISTRY_TLS] = { "tls", BREAKER_FAILS },
	[REGISTRY_BROKEN_OFF] = { "broken_off", BREAKER_FAILS },
	[REGISTRY_UNAUTHORISED] = { "unauthorised", BREAKER_SAYS_NOTHING },
	[REGISTRY_TOKEN] = { "token", BREAKER_SAYS_NOTHING },
	[REGISTRY_REFUSED] = { "refused", BREAKER_SAYS_NOTHING },
	[REGISTRY_FAULT] = { "fault", BREAKER_FAILS },
	[REGISTRY_HTTP_STATUS] = { "http_status", BREAKER_FAILS },
	[REGISTRY_REDIRECTED] = { "redirected", BREAKER_FAILS },
	[REGISTRY_CONTENT_TYPE] = { "content_type", BREAKER_FAILS },
	[REGISTRY_TOO_LARGE] = { "too_large", BREAKER_FAILS },
	[REGISTRY_MALFORMED] = { "malformed", BREAKER_FAILS },
	[REGISTRY_FORBIDDEN_MARKUP] = { "forbidden_markup", BREAKER_FAILS },
	[REGISTRY_NAMESPACE] = { "namespace", BREAKER_FAILS },
	[REGISTRY_DATABASE] = { "database", BREAKER_FAILS },
};

struct connector {
	const struct connector_ops *ops;
	unsigned int capabilities;
	struct connector_state *state;
	struct breaker breaker;
	char name[SETTING_TEXT_MAX];
};

static const char *const operation_words[] = { "lookup", "authenticate", NULL };

/**
 * struct common_options - the settings every kind has.
 * @only_authenticate: no look-up, whatever else the kind has
 */
struct common_options {
	uint32_t failures;
	uint32_t open_ms;
	unsigned int only_authenticate;
};

static const struct setting_rule common_rules[] = {
	{ "breaker_failures", SETTING_NUMBER, "5",
	  offsetof(struct common_options, failures), NULL, 0, 1000 },
	{ "breaker_time", SETTING_TIME, "30 s",
	  offsetof(struct common_options, open_ms), NULL, 10, 600000 },
	{ "operation", SETTING_WORD, "lookup",
	  offsetof(struct common_options, only_authenticate), operation_words,
	  0, 0 },
};

void registry_answer_wipe(struct registry_answer *answer)
{
	if (answer != NULL)
		wipe(answer, sizeof(*answer));
}

struct registry_answer *registry_answer_new(void)
{
	return calloc(1, sizeof(struct registry_answer));
}

void registry_answer_free(struct registry_answer *answer)
{
	registry_answer_wipe(answer);
	free(answer);
}

const char *registry_outcome_name(enum registry_outcome outcome)
{
	if ((size_t)outcome >= ARRAY_LEN(outcomes))
		return "";
	return outcomes[outcome].name;
}

bool registry_outcome_is_answer(enum registry_outcome outcome)
{
	return outcome == REGISTRY_FOUND || outcome == REGISTRY_CONFIRMED ||
	       outcome == REGISTRY_NOT_FOUND;
}

const struct connector_ops *connector_kind(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i]->kind, kind) == 0)
			return kinds[i];
	return NULL;
}

static bool is_common_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(common_rules); i++)
		if (strcmp(common_rules[i].key, key) == 0)
			return true;
	return false;
}

/* The section in two: ours, and what the kind reads. */
static CHECKED enum cccd_err part(const struct connector_section *section,
                                  struct connector_setting **ret_list,
                                  struct connector_section *ret_common,
                                  struct connector_section *ret_kind)
{
	struct connector_setting *all =
	        calloc(section->count + 1, sizeof(*all));
	size_t first = 0;
	size_t last = section->count;

	if (all == NULL)
		return CCCD_ERR_MEMORY;
	for (size_t i = 0; i < section->count; i++) {
		if (is_common_key(section->settings[i].key))
			all[first++] = section->settings[i];
		else
			all[--last] = section->settings[i];
	}
	*ret_list = all;
	*ret_common = *section;
	ret_common->settings = all;
	ret_common->count = first;
	*ret_kind = *section;
	ret_kind->settings = all + last;
	ret_kind->count = section->count - last;
	return CCCD_OK;
}

static CHECKED enum cccd_err choose(struct connector *connector,
                                    const struct common_options *options,
                                    const struct connector_section *section,
                                    struct cccd_error *error)
{
	connector->capabilities = connector->ops->capabilities;
	if (options->only_authenticate == 0)
		return CCCD_OK;
	connector->capabilities &= REGISTRY_AUTHENTICATE;
	if (connector->capabilities != 0)
		return CCCD_OK;
	return fail(error, CCCD_ERR_POLICY_CONFIG,
	            "connector %.40s: operation: this kind only looks up",
	            section->name);
}

static CHECKED enum cccd_err open_parts(const struct connector_section *section,
                                        struct cccd_error *error,
                                        struct connector *connector)
{
	struct common_options options = { .failures = 0 };
	const struct setting_table table = { common_rules,
		                             ARRAY_LEN(common_rules),
		                             &options };
	struct connector_section ours = *section;
	struct connector_section theirs = *section;
	struct connector_setting *list = NULL;
	enum cccd_err err = part(section, &list, &ours, &theirs);

	if (err != CCCD_OK)
		return err;
	err = settings_read(&ours, &table, 1, error);
	if (err == CCCD_OK)
		err = choose(connector, &options, section, error);
	if (err == CCCD_OK)
		err = connector->ops->open(&theirs, error, &connector->state);
	/* Keys and values are the caller's; only the list was ours. */
	free(list);
	if (err != CCCD_OK)
		return err;
	if (breaker_init(&connector->breaker, options.failures, options.open_ms,
	                 clock_steady_ms))
		return CCCD_OK;
	connector->ops->close(connector->state);
	return CCCD_ERR_MEMORY;
}

enum cccd_err connector_open(const struct connector_section *section,
                             struct cccd_error *error, struct connector **ret)
{
	struct connector *connector = calloc(1, sizeof(*connector));
	enum cccd_err err = CCCD_OK;

	if (connector == NULL)
		return CCCD_ERR_MEMORY;
	connector->ops = connector_kind(section->kind);
	if (connector->ops == NULL)
		err = fail(error, CCCD_ERR_POLICY_CONFIG,
		           "connector %.40s: there is no kind %.40s",
		           section->name, section->kind);
	else
		err = open_parts(section, error, connector);
	if (err != CCCD_OK) {
		free(connector);
		return err;
	}
	(void)snprintf(connector->name, sizeof(connector->name), "%s",
	               section->name);
	*ret = connector;
	return CCCD_OK;
}

void connector_close(struct connector *connector)
{
	if (connector == NULL)
		return;
	connector->ops->close(connector->state);
	breaker_release(&connector->breaker);
	free(connector);
}

const char *connector_name(const struct connector *connector)
{
	return connector->name;
}

unsigned int connector_capabilities(const struct connector *connector)
{
	return connector->capabilities;
}

const char *connector_circuit(struct connector *connector)
{
	static const char *const names[] = {
		[BREAKER_CLOSED] = "closed",
		[BREAKER_OPEN] = "open",
		[BREAKER_HALF_OPEN] = "half_open",
	};

	return names[breaker_look(&connector->breaker)];
}

/* Letters that go into a request id, for every registry and every log. */
static bool is_request_id(const char *id)
{
	size_t len = strlen(id);

	return len > 0 && len <= 40 &&
	       strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                  "0123456789._-") == len;
}

/* NULL, or what no registry could be asked with. */
static const char *check(const struct registry_question *question)
{
	const char *id = question->id_number;
	const char *old = question->old_number;

	if (!is_request_id(question->request_id))
		return "request id";
	if (id[0] != '\0' &&
	    (strlen(id) != 12 || !text_is_digits(span_text(id))))
		return "number";
	if (id[0] == '\0' &&
	    (strlen(old) != 9 || !text_is_digits(span_text(old))))
		return "number";
	return NULL;
}

/* A registry that answers about somebody else has not answered. */
static bool is_other(const struct registry_question *question,
                     const struct citizen *citizen)
{
	if (question->id_number[0] != '\0')
		return citizen->id_number[0] != '\0' &&
		       strcmp(citizen->id_number, question->id_number) != 0;
	return citizen->old_number[0] != '\0' &&
	       strcmp(citizen->old_number, question->old_number) != 0;
}

static CHECKED enum cccd_err ask(struct connector *connector,
                                 const struct registry_question *question,
                                 uint64_t deadline_ms,
                                 struct registry_answer *ret)
{
	enum breaker_report report = BREAKER_SAYS_NOTHING;
	enum cccd_err err = CCCD_OK;
	uint64_t era = 0;

	if (!breaker_enter(&connector->breaker, &era)) {
		ret->outcome = REGISTRY_CIRCUIT_OPEN;
		return CCCD_OK;
	}
	err = connector->ops->query(connector->state, question, deadline_ms,
	                            ret);
	if (err == CCCD_OK)
		report = outcomes[ret->outcome].report;
	/* A server that fails is one thing, a page it lacks another. */
	if (ret->outcome == REGISTRY_HTTP_STATUS && ret->http_status < 500)
		report = BREAKER_SAYS_NOTHING;
	breaker_leave(&connector->breaker, era, report);
	if (err == CCCD_OK && ret->outcome == REGISTRY_FOUND &&
	    is_other(question, &ret->citizen))
		ret->outcome = REGISTRY_OTHER_PERSON;
	return err;
}

enum cccd_err connector_query(struct connector *connector,
                              const struct registry_question *question,
                              uint64_t deadline_ms, struct registry_answer *ret)
{
	uint64_t begun = clock_steady_ms();
	const char *lacks = check(question);
	enum cccd_err err = CCCD_OK;

	registry_answer_wipe(ret);
	if (lacks != NULL) {
		ret->outcome = REGISTRY_QUESTION;
		(void)snprintf(ret->detail, sizeof(ret->detail), "%s", lacks);
	} else if ((connector->capabilities &
	            (unsigned int)question->operation) == 0) {
		ret->outcome = REGISTRY_UNSUPPORTED;
	} else {
		err = ask(connector, question, deadline_ms, ret);
	}
	if (err != CCCD_OK || ret->outcome != REGISTRY_FOUND)
		citizen_wipe(&ret->citizen);
	if (err != CCCD_OK)
		ret->outcome = REGISTRY_NOT_ASKED;
	ret->took_ms = clock_steady_ms() - begun;
	return err;
}
