/* SPDX-License-Identifier: Apache-2.0 */
/* Renderings for the population database, health insurance and hospitals. */
#include "lib/json/rendering.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"

enum { YEAR_LEN = 4, MONTH_LEN = 7, DAY_LEN = 10, DATE_TEXT_MAX = 16 };

static bool granted(unsigned int scopes, enum json_scope scope)
{
	return (scopes & scope) != 0;
}

/* Digits of an ISO date, unknown parts "00": "19990000". */
static bool compact(const char *iso, char ret[static DATE_TEXT_MAX])
{
	size_t len = strlen(iso);
	const char *month = len >= MONTH_LEN ? iso + 5 : "00";
	const char *day = len >= DAY_LEN ? iso + 8 : "00";

	if (len != YEAR_LEN && len != MONTH_LEN && len != DAY_LEN)
		return false;
	(void)snprintf(ret, DATE_TEXT_MAX, "%.4s%.2s%.2s", iso, month, day);
	return true;
}

static void put_capitals(struct json_maker *maker, cJSON *parent,
                         const char *name, const char *text)
{
	char upper[2 * CCCD_PERSON_NAME_MAX];

	if (text_upper(span_text(text), upper, sizeof(upper)) == CCCD_OK)
		make_text_if(maker, parent, name, upper);
	else
		maker->failed = true;
	wipe(upper, sizeof(upper));
}

void json_render_csdldc(struct json_maker *maker, cJSON *parent,
                        const struct cccd_person *person, unsigned int scopes)
{
	cJSON *object = make_object(maker, parent, "csdldc");
	char date[DATE_TEXT_MAX] = "";

	if (granted(scopes, JSON_SCOPE_ID))
		make_text_if(maker, object, "SoDinhDanh", person->id_number);
	if (!granted(scopes, JSON_SCOPE_DEMOGRAPHIC))
		return;
	put_capitals(maker, object, "HoVaTen", person->full_name);
	if (!compact(person->date_of_birth, date))
		return;
	/* The service takes a whole date or a year, nothing between. */
	if (strlen(person->date_of_birth) == DAY_LEN) {
		make_text(maker, object, "NgayThangNam", date);
		return;
	}
	date[YEAR_LEN] = '\0';
	make_text(maker, object, "Nam", date);
}

void json_render_bhyt(struct json_maker *maker, cJSON *parent,
                      const struct cccd_person *person, unsigned int scopes)
{
	cJSON *object = make_object(maker, parent, "bhyt");
	const char *iso = person->date_of_birth;
	char date[DATE_TEXT_MAX] = "";

	if (granted(scopes, JSON_SCOPE_ID))
		make_text_if(maker, object, "maThe", person->id_number);
	if (!granted(scopes, JSON_SCOPE_DEMOGRAPHIC))
		return;
	make_text_if(maker, object, "hoTen", person->full_name);
	if (strlen(iso) == DAY_LEN)
		(void)snprintf(date, sizeof(date), "%.2s/%.2s/%.4s", iso + 8,
		               iso + 5, iso);
	else if (strlen(iso) >= YEAR_LEN)
		(void)snprintf(date, sizeof(date), "%.4s", iso);
	make_text_if(maker, object, "ngaySinh", date);
}

/* A code and the table behind it, or why there is none. */
static void put_code(struct json_maker *maker, cJSON *object, const char *name,
                     const struct cccd_coded *coded, const char *why_not)
{
	cJSON *list = NULL;
	cJSON *table = NULL;
	const char *kind = coded->code[0] != '\0' ? "tables" : "omitted";

	list = cJSON_GetObjectItemCaseSensitive(object, kind);
	if (list == NULL)
		list = make_object(maker, object, kind);
	if (coded->code[0] == '\0') {
		make_text(maker, list, name, why_not);
		return;
	}
	make_text(maker, object, name, coded->code);
	table = make_object(maker, list, name);
	make_text(maker, table, "table", coded->table);
	make_text(maker, table, "version", coded->version);
	make_text(maker, table, "date", coded->date);
	make_text(maker, table, "confidence", coded->confidence);
}

/* [Decision 130/QD-BYT, 3176/QD-BYT] 1 male, 2 female, 3 not known. */
static const char *gender_digit(enum cccd_sex sex)
{
	if (sex == CCCD_SEX_MALE)
		return "1";
	return sex == CCCD_SEX_FEMALE ? "2" : "3";
}

static void put_xml130_codes(struct json_maker *maker, cJSON *object,
                             const struct cccd_person *person,
                             unsigned int scopes)
{
	static const struct cccd_coded none;
	const struct cccd_coded *health = &person->health_nationality;

	/* Ethnic origin is sensitive data: its own scope. */
	if (!granted(scopes, JSON_SCOPE_SENSITIVE))
		put_code(maker, object, "MA_DANTOC", &none, "not_granted");
	else if (person->ethnicity[0] == '\0')
		put_code(maker, object, "MA_DANTOC", &none, "not_on_chip");
	else
		put_code(maker, object, "MA_DANTOC", &person->ethnicity_code,
		         person->ethnicity_code.table[0] != '\0'
		                 ? "not_in_table"
		                 : "no_table");
	put_code(maker, object, "MA_QUOCTICH", health, "table_not_established");
}

void json_render_xml130(struct json_maker *maker, cJSON *parent,
                        const struct cccd_person *person, unsigned int scopes)
{
	cJSON *object = make_object(maker, parent, "xml130");
	char date[DATE_TEXT_MAX] = "";

	if (granted(scopes, JSON_SCOPE_ID))
		/* Foreigners: the number of the passport. */
		make_text_if(maker, object, "SO_CCCD",
		             person->id_number[0] != '\0'
		                     ? person->id_number
		                     : person->document_number);
	if (!granted(scopes, JSON_SCOPE_DEMOGRAPHIC))
		return;
	make_text_if(maker, object, "HO_TEN", person->full_name);
	if (compact(person->date_of_birth, date)) {
		(void)snprintf(date + 8, sizeof(date) - 8, "0000");
		make_text(maker, object, "NGAY_SINH", date);
	}
	make_text(maker, object, "GIOI_TINH", gender_digit(person->sex));
	put_xml130_codes(maker, object, person, scopes);
}

enum cccd_err json_renderings_add(cJSON *parent, unsigned int renderings,
                                  unsigned int scopes,
                                  const struct cccd_person *person,
                                  const struct cccd_result *result)
{
	struct json_maker maker = { 0 };

	if ((renderings & JSON_RENDER_CSDLDC) != 0)
		json_render_csdldc(&maker, parent, person, scopes);
	if ((renderings & JSON_RENDER_BHYT) != 0)
		json_render_bhyt(&maker, parent, person, scopes);
	if ((renderings & JSON_RENDER_XML130) != 0)
		json_render_xml130(&maker, parent, person, scopes);
	if ((renderings & JSON_RENDER_FHIR) != 0)
		json_render_fhir(&maker, parent, person, result, scopes);
	return maker.failed ? CCCD_ERR_MEMORY : CCCD_OK;
}
