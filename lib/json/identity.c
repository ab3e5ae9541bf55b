/* SPDX-License-Identifier: Apache-2.0 */
/* The identity members of the result: contracts, The result. */
#include "lib/json/identity.h"

#include <stdio.h>

#include "base/digest.h"
#include "lib/json/age.h"

static void put_id(struct json_maker *maker, cJSON *identity,
                   const struct cccd_person *person)
{
	cJSON *numbers = NULL;

	make_text_if(maker, identity, "id_number", person->id_number);
	make_text_if(maker, identity, "document_number",
	             person->document_number);
	make_text_if(maker, identity, "document_kind",
	             cccd_document_kind_name(person->document_kind));
	make_text_if(maker, identity, "document_kind_basis",
	             person->document_kind_basis);
	make_text_if(maker, identity, "issuing_state", person->issuing_state);
	make_text_if(maker, identity, "date_of_issue", person->date_of_issue);
	if (person->no_expiry) {
		make_null(maker, identity, "date_of_expiry");
		make_bool(maker, identity, "no_expiry", true);
	} else {
		make_text_if(maker, identity, "date_of_expiry",
		             person->date_of_expiry);
	}
	make_text_if(maker, identity, "place_of_issue_derived",
	             person->place_of_issue_derived);
	make_text_if(maker, identity, "issuing_authority",
	             person->issuing_authority);
	if (person->old_number_count == 0)
		return;
	numbers = make_array(maker, identity, "old_numbers");
	for (size_t i = 0; i < person->old_number_count; i++)
		make_item(maker, numbers,
		          cJSON_CreateString(person->old_numbers[i]));
}

static void put_demographic(struct json_maker *maker, cJSON *identity,
                            const struct cccd_person *person)
{
	cJSON *name = NULL;

	make_text_if(maker, identity, "full_name", person->full_name);
	if (person->name_primary[0] != '\0') {
		name = make_object(maker, identity, "name_mrz");
		make_text(maker, name, "primary", person->name_primary);
		make_text(maker, name, "secondary", person->name_secondary);
		make_bool(maker, name, "truncated", person->name_truncated);
	}
	make_text_if(maker, identity, "date_of_birth", person->date_of_birth);
	make_text_if(maker, identity, "sex", cccd_sex_name(person->sex));
	make_text_if(maker, identity, "sex_text", person->sex_text);
	make_text_if(maker, identity, "nationality", person->nationality);
	make_text_if(maker, identity, "nationality_alpha_3",
	             person->nationality_alpha_3);
}

/* A code with its table, only where one was found. */
static void put_code(struct json_maker *maker, cJSON *parent, const char *name,
                     const struct cccd_coded *coded)
{
	cJSON *object = NULL;

	if (coded->code[0] == '\0')
		return;
	object = make_object(maker, parent, name);
	make_text(maker, object, "code", coded->code);
	make_text(maker, object, "name", coded->name);
	make_text(maker, object, "table", coded->table);
	make_text(maker, object, "version", coded->version);
	make_text(maker, object, "date", coded->date);
	make_text(maker, object, "confidence", coded->confidence);
}

static void put_place(struct json_maker *maker, cJSON *identity,
                      const char *name, const struct cccd_place *place)
{
	cJSON *object = NULL;

	if (place->text[0] == '\0')
		return;
	object = make_object(maker, identity, name);
	make_text(maker, object, "text", place->text);
	make_text_if(maker, object, "label", place->label);
	make_text_if(maker, object, "as_of", place->as_of);
	put_code(maker, object, "province", &place->province);
	put_code(maker, object, "province_new", &place->province_new);
}

static void put_family(struct json_maker *maker, cJSON *identity,
                       const struct cccd_person *person)
{
	make_text_if(maker, identity, "father_name", person->father_name);
	make_text_if(maker, identity, "mother_name", person->mother_name);
	make_text_if(maker, identity, "spouse_name", person->spouse_name);
}

static void put_sensitive(struct json_maker *maker, cJSON *identity,
                          const struct cccd_person *person)
{
	make_text_if(maker, identity, "ethnicity", person->ethnicity);
	put_code(maker, identity, "ethnicity_code", &person->ethnicity_code);
	make_text_if(maker, identity, "religion", person->religion);
	make_text_if(maker, identity, "personal_features",
	             person->personal_features);
}

static void put_portrait(struct json_maker *maker, cJSON *identity,
                         const struct cccd_document *document)
{
	static const char *const formats[] = {
		[CCCD_IMAGE_UNKNOWN] = "unknown",
		[CCCD_IMAGE_JPEG] = "jpeg",
		[CCCD_IMAGE_JPEG2000] = "jpeg2000",
		[CCCD_IMAGE_PNG] = "png",
	};
	struct cccd_dg2 dg2 = { 0 };
	const struct cccd_face *face = NULL;
	struct digest digest = { 0 };
	cJSON *object = NULL;

	if (cccd_document_dg2(document, &dg2) != CCCD_OK ||
	    dg2.face_count == 0 || dg2.faces[0].image.bytes.len == 0)
		return;
	face = &dg2.faces[0];
	if (digest_compute(DIGEST_SHA256, bytes_span(face->image.bytes),
	                   &digest) != CCCD_OK)
		maker->failed = true;
	object = make_object(maker, identity, "portrait");
	make_text(maker, object, "format", formats[face->image.format]);
	make_number(maker, object, "width", face->image.width);
	make_number(maker, object, "height", face->image.height);
	make_number(maker, object, "bytes", (double)face->image.bytes.len);
	make_digest(maker, object, "sha256", digest.bytes);
}

/* Nothing is said of an age that the birth date leaves open. */
static void put_ages(struct json_maker *maker, cJSON *identity,
                     const struct json_result_input *input)
{
	const struct json_scopes scopes = {
		.ages = { input->ages[0], input->ages[1], input->ages[2],
		          input->ages[3] },
	};
	const struct cccd_day today = age_day(input->result->started);
	char name[JSON_SCOPE_NAME_MAX] = "";

	for (unsigned int age = JSON_AGE_LEAST; age <= JSON_AGE_MOST; age++) {
		bool over = false;

		if (!json_scopes_has_age(&scopes, age) ||
		    !age_over(input->person, today, age, &over))
			continue;
		(void)snprintf(name, sizeof(name), "age_over_%u", age);
		make_bool(maker, identity, name, over);
	}
}

/* Proven and not expired: anything less is not valid. */
static bool is_valid(const struct cccd_result *result)
{
	return result->overall == CCCD_SUCCESSFUL &&
	       result->checks[CCCD_CHECK_DOCUMENT_EXPIRY].verdict ==
	               CCCD_SUCCESSFUL;
}

static void put_derived(struct json_maker *maker, cJSON *identity,
                        const struct json_result_input *input)
{
	if (input->person != NULL)
		put_ages(maker, identity, input);
	if ((input->scopes & JSON_SCOPE_VALID_DOCUMENT) != 0)
		make_bool(maker, identity, "valid_document",
		          is_valid(input->result));
	if ((input->scopes & JSON_SCOPE_PAIRWISE_ID) != 0 &&
	    input->pairwise_id != NULL)
		make_text_if(maker, identity, "pairwise_id",
		             input->pairwise_id);
}

void json_identity_add(struct json_maker *maker, cJSON *root,
                       const struct json_result_input *input)
{
	cJSON *identity = make_object(maker, root, "identity");
	const struct cccd_person *person = input->person;

	if (person != NULL && (input->scopes & JSON_SCOPE_ID) != 0)
		put_id(maker, identity, person);
	if (person != NULL && (input->scopes & JSON_SCOPE_DEMOGRAPHIC) != 0)
		put_demographic(maker, identity, person);
	if (person != NULL && (input->scopes & JSON_SCOPE_ADDRESS) != 0) {
		put_place(maker, identity, "place_of_residence",
		          &person->place_of_residence);
		put_place(maker, identity, "place_of_origin",
		          &person->place_of_origin);
	}
	if (person != NULL && (input->scopes & JSON_SCOPE_FAMILY) != 0)
		put_family(maker, identity, person);
	if (person != NULL && (input->scopes & JSON_SCOPE_SENSITIVE) != 0)
		put_sensitive(maker, identity, person);
	if ((input->scopes & JSON_SCOPE_PORTRAIT) != 0)
		put_portrait(maker, identity, input->document);
	put_derived(maker, identity, input);
}
