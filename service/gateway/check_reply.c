/* SPDX-License-Identifier: Apache-2.0 */
/* What a finished check is told as: to its caller, and to the log. */
#include "service/gateway/check_reply.h"

#include <stdio.h>

#include "lib/json/gateway_reply.h"
#include "lib/json/result.h"

const char *check_reason(const struct match_result *match,
                         const struct registry_answer *answer)
{
	if (match->verdict != MATCH_UNDETERMINED)
		return "";
	if (!registry_outcome_is_answer(answer->outcome))
		return registry_outcome_name(answer->outcome);
	return "field_missing";
}

void check_fields_text(const struct match_result *match,
                       char ret[static CHECK_FIELDS_TEXT_MAX])
{
	size_t len = 0;

	ret[0] = '\0';
	for (unsigned int i = 0; i < MATCH_FIELDS; i++) {
		const char *note = match_note_name(match->notes[i]);
		int more = 0;

		if (match->states[i] == MATCH_MISSING)
			continue;
		more = snprintf(ret + len, CHECK_FIELDS_TEXT_MAX - len,
		                "%s%s=%s%s%s", len > 0 ? " " : "",
		                match_field_name((enum match_field)i),
		                match_state_name(match->states[i]),
		                note[0] != '\0' ? ":" : "", note);
		if (more < 0 || (size_t)more >= CHECK_FIELDS_TEXT_MAX - len)
			return;
		len += (size_t)more;
	}
}

#define VALUE(name, member)           \
	{                             \
		name, citizen->member \
	}

enum { VALUES_MAX = 24 };

/** struct granted - values that go back. */
struct granted {
	struct gateway_value values[VALUES_MAX];
	size_t count;
};

static void add(struct granted *granted, const struct gateway_value *values,
                size_t count)
{
	for (size_t i = 0; i < count && granted->count < VALUES_MAX; i++)
		granted->values[granted->count++] = values[i];
}

static void grant(const struct citizen *citizen,
                  const struct json_scopes *scopes, struct granted *ret)
{
	const struct gateway_value id[] = {
		VALUE("id_number", id_number),
		VALUE("old_number", old_number),
	};
	const struct gateway_value demographic[] = {
		VALUE("full_name", full_name),
		VALUE("date_of_birth", date_of_birth),
		VALUE("sex", sex),
		VALUE("nationality", nationality),
	};
	const struct gateway_value address[] = {
		VALUE("permanent_residence", permanent_residence.text),
		VALUE("permanent_residence_detail", permanent_residence.detail),
		VALUE("permanent_residence_commune",
		      permanent_residence.commune),
		VALUE("permanent_residence_province",
		      permanent_residence.province),
		VALUE("current_residence", current_residence.text),
		VALUE("origin", origin.text),
	};
	const struct gateway_value family[] = {
		VALUE("father_name", father.full_name),
		VALUE("mother_name", mother.full_name),
		VALUE("spouse_name", spouse.full_name),
	};
	const struct gateway_value sensitive[] = {
		VALUE("ethnicity", ethnicity),
		VALUE("religion", religion),
		VALUE("marital_status", marital_status),
		VALUE("blood_group", blood_group),
	};

	if ((scopes->bits & JSON_SCOPE_ID) != 0)
		add(ret, id, ARRAY_LEN(id));
	if ((scopes->bits & JSON_SCOPE_DEMOGRAPHIC) != 0)
		add(ret, demographic, ARRAY_LEN(demographic));
	if ((scopes->bits & JSON_SCOPE_ADDRESS) != 0)
		add(ret, address, ARRAY_LEN(address));
	if ((scopes->bits & JSON_SCOPE_FAMILY) != 0)
		add(ret, family, ARRAY_LEN(family));
	if ((scopes->bits & JSON_SCOPE_SENSITIVE) != 0)
		add(ret, sensitive, ARRAY_LEN(sensitive));
}

/* Nine digits were given twice: with another name it may be somebody else's
 * row, and nobody asked for that person. */
static bool may_be_another(const struct match_result *match)
{
	return match->verdict != MATCH_MATCH &&
	       match->notes[MATCH_ID_NUMBER] == MATCH_BY_OLD_NUMBER;
}

enum cccd_err check_reply_text(const struct check_told *told, char **ret)
{
	const struct match_result *match = told->match;
	struct gateway_field fields[MATCH_FIELDS];
	struct granted granted = { .count = 0 };
	struct gateway_reply reply = {
		.request_id = told->request_id,
		.transaction = told->transaction,
		.registry = match_verdict_name(match->verdict),
		.reason = check_reason(match, told->answer),
		.source = told->source,
		.card = told->card,
		.observed_at = told->observed_at,
		.fields = fields,
		.field_count = MATCH_FIELDS,
		.values = granted.values,
	};

	for (unsigned int i = 0; i < MATCH_FIELDS; i++)
		/* cppcheck-suppress unreadVariable */
		fields[i] = (struct gateway_field){
			.name = match_field_name((enum match_field)i),
			.state = match_state_name(match->states[i]),
			.note = match_note_name(match->notes[i]),
		};
	if (told->answer->outcome == REGISTRY_FOUND && !may_be_another(match))
		grant(&told->answer->citizen, told->scopes, &granted);
	reply.value_count = granted.count;
	return gateway_reply_text(&reply, ret);
}
