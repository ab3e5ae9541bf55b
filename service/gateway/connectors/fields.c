/* SPDX-License-Identifier: Apache-2.0 */
/* A question in the registry's own words, the same for XML and JSON. */
#include "service/gateway/connectors/fields.h"

#include <stdio.h>

#include "base/text.h"

static const char *const date_words[] = { "compact", "dashed", NULL };
static const char *const case_words[] = { "upper", "as_is", NULL };

/** enum without_procedure - what becomes of a question without MaDVC. */
enum without_procedure {
	PROCEDURE_REFUSED = 0,
	PROCEDURE_LEFT_OUT,
	PROCEDURE_EMPTY,
};

static const char *const procedure_words[] = { "refused", "left_out", "empty",
	                                       NULL };

#define AT(member) offsetof(struct field_options, member)
#define TEXT(name, initial)                                        \
	{                                                          \
#name, SETTING_TEXT, initial, AT(name), NULL, 0, 0 \
	}

const struct setting_rule field_rules[] = {
	TEXT(agency, NULL),
	TEXT(procedure, ""),
	{ "without_procedure", SETTING_WORD, "refused", AT(without_procedure),
	  procedure_words, 0, 0 },
	TEXT(integration, "037"),
	TEXT(integration_check, ""),
	TEXT(account, ""),
	TEXT(phone, ""),
	{ "date_form", SETTING_WORD, "compact", AT(date_dashed), date_words, 0,
	  0 },
	{ "name_case", SETTING_WORD, "upper", AT(name_as_is), case_words, 0,
	  0 },
};
const size_t field_rule_count = ARRAY_LEN(field_rules);

/* The registry takes this many characters of a name. */
enum { NAME_CHARACTERS_MAX = 100 };

static bool put(const char *value, char *ret, size_t cap)
{
	struct span text = span_text(value);

	if (text.len >= cap || !text_is_utf8(text) || text_has_controls(text))
		return false;
	memcpy(ret, value, text.len + 1);
	return true;
}

static bool put_must(const char *value, char *ret, size_t cap)
{
	return value[0] != '\0' && put(value, ret, cap);
}

/* Twelve digits, or nine where there are none. */
static bool put_number(const struct registry_question *question,
                       struct fields *ret)
{
	bool id = question->id_number[0] != '\0';
	const char *number = id ? question->id_number : question->old_number;

	if (!text_is_digits(span_text(number)) ||
	    strlen(number) != (id ? 12U : 9U))
		return false;
	return id ? put(number, ret->number, sizeof(ret->number))
	          : put(number, ret->old_number, sizeof(ret->old_number));
}

static bool put_name(const struct field_options *options, const char *name,
                     struct fields *ret)
{
	enum cccd_err err = options->name_as_is != 0
	                            ? text_nfc(span_text(name), ret->name,
	                                       sizeof(ret->name))
	                            : text_upper(span_text(name), ret->name,
	                                         sizeof(ret->name));
	size_t length = 0;

	if (err != CCCD_OK)
		return false;
	length = text_length(span_text(ret->name));
	return length > 0 && length <= NAME_CHARACTERS_MAX;
}

static bool is_date(const char *date)
{
	static const char pattern[] = "dddd-dd-dd";
	size_t len = strlen(date);

	if (len != 4 && len != 7 && len != 10)
		return false;
	for (size_t i = 0; i < len; i++)
		if (pattern[i] == 'd' ? date[i] < '0' || date[i] > '9'
		                      : date[i] != pattern[i])
			return false;
	return true;
}

/* The question's code, or the agency's own. */
static bool put_procedure(const struct field_options *options, const char *code,
                          struct fields *ret)
{
	const char *procedure = code[0] != '\0' ? code : options->procedure;

	ret->empty_procedure = procedure[0] == '\0' &&
	                       options->without_procedure == PROCEDURE_EMPTY;
	if (procedure[0] == '\0')
		return options->without_procedure != PROCEDURE_REFUSED;
	return put(procedure, ret->procedure, sizeof(ret->procedure));
}

/* The whole date, or the year where the day is not known. */
static bool put_date(const struct field_options *options, const char *date,
                     struct fields *ret)
{
	if (!is_date(date))
		return false;
	if (strlen(date) < 10)
		(void)snprintf(ret->year, sizeof(ret->year), "%.4s", date);
	else if (options->date_dashed != 0)
		(void)snprintf(ret->date, sizeof(ret->date), "%s", date);
	else
		(void)snprintf(ret->date, sizeof(ret->date), "%.4s%.2s%.2s",
		               date, date + 5, date + 8);
	return true;
}

static const char *make(const struct field_options *options,
                        const struct registry_question *question,
                        struct fields *ret)
{
	const char *integration = question->operation == REGISTRY_LOOKUP
	                                  ? options->integration
	                                  : options->integration_check;

	if (question->service_code[0] != '\0')
		integration = question->service_code;
	if (!put_must(question->request_id, ret->request, sizeof(ret->request)))
		return "request id";
	if (!put_procedure(options, question->procedure_code, ret))
		return "procedure code";
	if (!put(integration, ret->integration, sizeof(ret->integration)))
		return "service code";
	if (!put_must(question->officer_id, ret->officer, sizeof(ret->officer)))
		return "officer id";
	if (!put_must(options->agency, ret->agency, sizeof(ret->agency)))
		return "agency";
	if (!put(options->account, ret->account, sizeof(ret->account)) ||
	    !put(options->phone, ret->phone, sizeof(ret->phone)))
		return "account or phone";
	if (!put_number(question, ret))
		return "number";
	if (!put_name(options, question->full_name, ret))
		return "name";
	return put_date(options, question->date_of_birth, ret)
	               ? NULL
	               : "date of birth";
}

const char *fields_make(const struct field_options *options,
                        const struct registry_question *question,
                        struct fields *ret)
{
	*ret = (struct fields){ .request = "" };
	return make(options, question, ret);
}

void fields_wipe(struct fields *fields)
{
	wipe(fields, sizeof(*fields));
}
