/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a relying party, written for a person to read. */
#include "lib/json/make.h"
#include "lib/json/registry.h"
#include "lib/json/registry_words.h"
#include "lib/json/result.h"
#include "lib/json/words.h"

const char *const rp_request_modes[RP_REQUEST_MODES] = {
	[JSON_REQUEST_ORIGIN] = "origin",
	[JSON_REQUEST_SIGNED] = "signed",
};
const char *const rp_consents[RP_CONSENTS] = {
	[JSON_CONSENT_OPERATOR] = "operator",
	[JSON_CONSENT_PROMPT] = "prompt",
	[JSON_CONSENT_NONE] = "none",
};
const char *const rp_key_sources[RP_KEY_SOURCES] = { "front_end", "agent",
	                                             "scanner" };
const char *const rp_formats[RP_FORMATS] = { "json", "jwt" };

const char *json_consent_mode_name(enum json_consent_mode mode)
{
	return mode >= JSON_CONSENT_OPERATOR && mode <= JSON_CONSENT_NONE
	               ? rp_consents[mode]
	               : "";
}

const char *json_request_mode_name(enum json_request_mode mode)
{
	return mode == JSON_REQUEST_ORIGIN || mode == JSON_REQUEST_SIGNED
	               ? rp_request_modes[mode]
	               : "";
}

static unsigned int bit_of(const char *const *table, size_t count,
                           const char *name)
{
	int at = word_find(table, count, name);

	return at < 0 ? 0 : 1U << at;
}

unsigned int json_key_from_by_name(const char *name)
{
	return bit_of(rp_key_sources, RP_KEY_SOURCES, name);
}

unsigned int json_format_by_name(const char *name)
{
	return bit_of(rp_formats, RP_FORMATS, name);
}

static void add_text(struct json_maker *maker, cJSON *array, const char *text)
{
	make_item(maker, array, cJSON_CreateString(text));
}

static void put_bits(struct json_maker *maker, cJSON *root, const char *name,
                     const char *const *table, size_t count, unsigned int bits)
{
	cJSON *array = make_array(maker, root, name);

	for (size_t i = 0; i < count; i++)
		if ((bits >> i & 1U) != 0)
			add_text(maker, array, table[i]);
}

static void put_callers(struct json_maker *maker, cJSON *root,
                        const struct json_relying_party *party)
{
	cJSON *array = make_array(maker, root, "origins");

	for (size_t i = 0; i < party->origin_count; i++)
		add_text(maker, array, party->origins[i]);
	array = make_array(maker, root, "local_uids");
	for (size_t i = 0; i < party->uid_count; i++)
		make_item(maker, array, cJSON_CreateNumber(party->uids[i]));
}

static void put_jwks(struct json_maker *maker, cJSON *root,
                     const struct json_relying_party *party)
{
	cJSON *keys = NULL;

	if (party->jwks == NULL) {
		make_null(maker, root, "jwks");
		return;
	}
	/* As it stands: when it is no JSON, neither is the whole. */
	keys = cJSON_CreateRaw(party->jwks);
	if (keys == NULL || !cJSON_AddItemToObject(root, "jwks", keys)) {
		cJSON_Delete(keys);
		maker->failed = true;
	}
}

static void put_rights(struct json_maker *maker, cJSON *root,
                       const struct json_relying_party *party)
{
	char name[JSON_SCOPE_NAME_MAX];
	cJSON *array = make_array(maker, root, "scopes_max");
	unsigned int at = 0;

	while (json_scopes_next(&party->scopes_max, &at, name))
		add_text(maker, array, name);
	array = make_array(maker, root, "purposes");
	for (size_t i = 0; i < party->purpose_count; i++)
		add_text(maker, array, party->purposes[i]);
	make_text(maker, root, "consent",
	          json_consent_mode_name(party->consent));
	put_bits(maker, root, "access_key_from", rp_key_sources, RP_KEY_SOURCES,
	         party->key_from);
}

static void put_results(struct json_maker *maker, cJSON *root,
                        const struct json_relying_party *party)
{
	static const char *const renderings[] = { "csdldc", "bhyt", "xml130",
		                                  "fhir" };
	cJSON *array = make_array(maker, root, "audiences");

	for (size_t i = 0; i < party->audience_count; i++) {
		cJSON *item = cJSON_CreateObject();

		make_text(maker, item, "name", party->audiences[i].name);
		make_text(maker, item, "aud", party->audiences[i].aud);
		make_item(maker, array, item);
	}
	put_bits(maker, root, "formats", rp_formats, RP_FORMATS,
	         party->formats);
	put_bits(maker, root, "renderings", renderings, ARRAY_LEN(renderings),
	         party->renderings);
	make_text(maker, root, "profile", party->profile);
	make_number(maker, root, "quota_per_hour", party->quota_per_hour);
}

/* What is written must be taken back: nobody shall meet it at the start of
 * the daemon. */
static enum cccd_err check_again(const char *text, struct cccd_error *error)
{
	struct json_relying_party *again = NULL;

	TRY(json_relying_party_parse(span_text(text), error, &again));
	json_relying_party_free(again);
	return CCCD_OK;
}

enum cccd_err json_relying_party_text(const struct json_relying_party *party,
                                      struct cccd_error *error, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	char *text = NULL;
	enum cccd_err err = CCCD_OK;

	make_text(&maker, root, "schema", RP_SCHEMA);
	make_text(&maker, root, "id", party->id);
	put_callers(&maker, root, party);
	make_text(&maker, root, "request_mode",
	          json_request_mode_name(party->request_mode));
	put_jwks(&maker, root, party);
	put_rights(&maker, root, party);
	put_results(&maker, root, party);
	err = make_text_of(&maker, root, true, &text);
	if (err != CCCD_OK)
		return fail(error, err, "no memory for the file");
	err = check_again(text, error);
	if (err == CCCD_OK)
		*ret = text;
	else
		json_text_free(text);
	return err;
}
