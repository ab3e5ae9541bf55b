/* SPDX-License-Identifier: Apache-2.0 */
/* HL7 FHIR R4 Patient, with the verification as an extension. */
#include <string.h>

#include "base/text.h"
#include "lib/json/rendering.h"

#define URL_VERIFICATION "urn:cccd:fhir:verification"
#define URL_NATIONALITY \
	"http://hl7.org/fhir/StructureDefinition/patient-nationality"
#define SYSTEM_IDENTIFIER_TYPE "http://terminology.hl7.org/CodeSystem/v2-0203"
#define SYSTEM_ACT_REASON      "http://terminology.hl7.org/CodeSystem/v3-ActReason"
#define SYSTEM_COUNTRY         "urn:iso:std:iso:3166"

/* A new object at the end of an array. */
static cJSON *add_item(struct json_maker *maker, cJSON *array)
{
	cJSON *item = cJSON_CreateObject();

	make_item(maker, array, item);
	return maker->failed ? NULL : item;
}

static void put_coding(struct json_maker *maker, cJSON *concept,
                       const char *system, const char *code)
{
	cJSON *coding = add_item(maker, make_array(maker, concept, "coding"));

	make_text(maker, coding, "system", system);
	make_text(maker, coding, "code", code);
}

static void put_identifier(struct json_maker *maker, cJSON *array,
                           const char *type, const char *system,
                           const char *value)
{
	cJSON *item = NULL;

	if (value[0] == '\0')
		return;
	item = add_item(maker, array);
	make_text(maker, item, "use", "official");
	put_coding(maker, make_object(maker, item, "type"),
	           SYSTEM_IDENTIFIER_TYPE, type);
	make_text(maker, item, "system", system);
	make_text(maker, item, "value", value);
}

/* NI: national identifier, PPN: passport number, DN: any other document. */
static void put_identifiers(struct json_maker *maker, cJSON *patient,
                            const struct cccd_person *person)
{
	cJSON *array = make_array(maker, patient, "identifier");
	bool passport = person->document_kind == CCCD_KIND_PASSPORT;

	put_identifier(maker, array, "NI", "urn:cccd:id_number",
	               person->id_number);
	/* The nine digits of a citizen card identify nobody. */
	if (passport || person->id_number[0] == '\0')
		put_identifier(maker, array, passport ? "PPN" : "DN",
		               "urn:cccd:document_number",
		               person->document_number);
	if (cJSON_GetArraySize(array) == 0)
		cJSON_DeleteItemFromObjectCaseSensitive(patient, "identifier");
}

/* One word of a name; names are at most CCCD_PERSON_NAME_MAX long. */
static void put_given(struct json_maker *maker, cJSON *array, struct span word)
{
	char text[CCCD_PERSON_NAME_MAX];

	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	make_item(maker, array, cJSON_CreateString(text));
}

/* Vietnamese order: family name first. */
static void put_split_name(struct json_maker *maker, cJSON *name,
                           const char *full)
{
	struct span rest = span_text(full);
	char family[CCCD_PERSON_NAME_MAX];
	size_t len = strcspn(full, " ");
	cJSON *given = NULL;

	memcpy(family, full, len);
	family[len] = '\0';
	make_text(maker, name, "family", family);
	rest = text_trim(span_after(rest, len));
	if (rest.len == 0)
		return;
	given = make_array(maker, name, "given");
	while (rest.len > 0) {
		const uint8_t *blank = memchr(rest.at, ' ', rest.len);

		len = blank == NULL ? rest.len : (size_t)(blank - rest.at);
		put_given(maker, given, span_first(rest, len));
		rest = text_trim(span_after(rest, len));
	}
}

static void put_name(struct json_maker *maker, cJSON *patient,
                     const struct cccd_person *person)
{
	cJSON *name = NULL;

	if (person->full_name[0] == '\0')
		return;
	name = add_item(maker, make_array(maker, patient, "name"));
	make_text(maker, name, "use", "official");
	make_text(maker, name, "text", person->full_name);
	if (person->full_name_source == CCCD_SOURCE_DG13) {
		put_split_name(maker, name, person->full_name);
		return;
	}
	/* Elsewhere only the MRZ tells the family name from the others. */
	make_text_if(maker, name, "family", person->name_primary);
	if (person->name_secondary[0] != '\0')
		make_item(maker, make_array(maker, name, "given"),
		          cJSON_CreateString(person->name_secondary));
}

static void put_gender(struct json_maker *maker, cJSON *patient,
                       enum cccd_sex sex)
{
	static const char *const words[] = {
		[CCCD_SEX_NONE] = "unknown",
		[CCCD_SEX_MALE] = "male",
		[CCCD_SEX_FEMALE] = "female",
		[CCCD_SEX_UNSPECIFIED] = "unknown",
	};

	make_text(maker, patient, "gender",
	          (unsigned int)sex < ARRAY_LEN(words) ? words[sex] : words[0]);
}

static void put_address(struct json_maker *maker, cJSON *patient,
                        const struct cccd_place *place)
{
	cJSON *address = NULL;
	cJSON *extension = NULL;

	if (place->text[0] == '\0')
		return;
	address = add_item(maker, make_array(maker, patient, "address"));
	/* An address at card issue: nobody vouches for it today. */
	extension = add_item(maker, make_array(maker, address, "extension"));
	make_text(maker, extension, "url", "urn:cccd:fhir:as_of");
	make_text(maker, extension, "valueString", place->as_of);
	make_text(maker, address, "use", "home");
	make_text(maker, address, "text", place->text);
}

static void put_nationality(struct json_maker *maker, cJSON *extensions,
                            const struct cccd_person *person)
{
	cJSON *extension = NULL;
	cJSON *part = NULL;
	cJSON *concept = NULL;

	if (person->nationality_alpha_3[0] == '\0')
		return;
	extension = add_item(maker, extensions);
	make_text(maker, extension, "url", URL_NATIONALITY);
	part = add_item(maker, make_array(maker, extension, "extension"));
	make_text(maker, part, "url", "code");
	concept = make_object(maker, part, "valueCodeableConcept");
	put_coding(maker, concept, SYSTEM_COUNTRY, person->nationality_alpha_3);
	make_text_if(maker, concept, "text", person->nationality);
}

static void put_verdict(struct json_maker *maker, cJSON *array, const char *url,
                        enum cccd_verdict verdict)
{
	cJSON *part = add_item(maker, array);

	make_text(maker, part, "url", url);
	make_text(maker, part, "valueCode", cccd_verdict_name(verdict));
}

static void put_verification(struct json_maker *maker, cJSON *extensions,
                             const struct cccd_result *result)
{
	cJSON *extension = add_item(maker, extensions);
	cJSON *array = NULL;
	cJSON *part = NULL;

	make_text(maker, extension, "url", URL_VERIFICATION);
	array = make_array(maker, extension, "extension");
	part = add_item(maker, array);
	make_text(maker, part, "url", "transaction");
	make_text(maker, part, "valueString", result->transaction);
	part = add_item(maker, array);
	make_text(maker, part, "url", "finished");
	make_time(maker, part, "valueDateTime", result->finished);
	put_verdict(maker, array, "overall", result->overall);
	put_verdict(maker, array, "passive_authentication",
	            result->checks[CCCD_CHECK_PASSIVE_AUTHENTICATION].verdict);
	put_verdict(maker, array, "chip_genuineness",
	            result->checks[CCCD_CHECK_CHIP_GENUINENESS].verdict);
	part = add_item(maker, array);
	make_text(maker, part, "url", "specimen");
	make_bool(maker, part, "valueBoolean", result->specimen);
}

static void put_extensions(struct json_maker *maker, cJSON *patient,
                           const struct cccd_person *person,
                           const struct cccd_result *result, bool demographic)
{
	cJSON *extensions = make_array(maker, patient, "extension");

	if (result != NULL)
		put_verification(maker, extensions, result);
	if (demographic)
		put_nationality(maker, extensions, person);
	/* FHIR forbids empty arrays. */
	if (cJSON_GetArraySize(extensions) == 0)
		cJSON_DeleteItemFromObjectCaseSensitive(patient, "extension");
}

void json_render_fhir(struct json_maker *maker, cJSON *parent,
                      const struct cccd_person *person,
                      const struct cccd_result *result, unsigned int scopes)
{
	cJSON *patient = make_object(maker, parent, "fhir");
	bool demographic = (scopes & JSON_SCOPE_DEMOGRAPHIC) != 0;
	cJSON *label = NULL;

	make_text(maker, patient, "resourceType", "Patient");
	if (result != NULL && result->specimen) {
		label = add_item(maker,
		                 make_array(maker,
		                            make_object(maker, patient, "meta"),
		                            "security"));
		make_text(maker, label, "system", SYSTEM_ACT_REASON);
		make_text(maker, label, "code", "HTEST");
	}
	put_extensions(maker, patient, person, result, demographic);
	if ((scopes & JSON_SCOPE_ID) != 0)
		put_identifiers(maker, patient, person);
	if (demographic) {
		put_name(maker, patient, person);
		put_gender(maker, patient, person->sex);
		make_text_if(maker, patient, "birthDate",
		             person->date_of_birth);
	}
	if ((scopes & JSON_SCOPE_ADDRESS) != 0)
		put_address(maker, patient, &person->place_of_residence);
}
