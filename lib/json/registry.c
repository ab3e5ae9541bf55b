/* SPDX-License-Identifier: Apache-2.0 */
/* Relying parties: one file says who may ask for what. */
#include "lib/json/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json/make.h"
#include "lib/json/member_line.h"
#include "lib/json/parse.h"
#include "lib/json/registry_words.h"
#include "lib/json/result.h"
#include "lib/json/words.h"

/* What a member is read into, and where its reasons go. */
struct reading {
	struct span text;
	struct cccd_error *error;
	struct json_relying_party *party;
};

/* One member; NULL or the reason why it is bad. */
typedef const char *(*take_fn)(struct json_relying_party *party,
                               const cJSON *item);

/* One text of an array. */
typedef const char *(*take_text_fn)(struct json_relying_party *party,
                                    const char *text);

static const char no_memory[] = "no memory";

/* An array of texts, each for @take. */
static const char *take_texts(struct json_relying_party *party,
                              const cJSON *item, take_text_fn take)
{
	const cJSON *one = NULL;
	const char *reason = NULL;

	if (!cJSON_IsArray(item))
		return "it is no array";
	cJSON_ArrayForEach(one, item)
	{
		if (!cJSON_IsString(one))
			return "an item is no string";
		reason = take(party, one->valuestring);
		if (reason != NULL)
			return reason;
	}
	return NULL;
}

/* Copy where there is room and the text was not there before. */
static const char *take_into(char *table, size_t width, size_t max,
                             size_t *count, const char *text)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(table + i * width, text) == 0)
			return "an item stands twice";
	if (*count == max)
		return "it has too many items";
	(void)snprintf(table + *count * width, width, "%s", text);
	++*count;
	return NULL;
}

/* A bit of a table's word, not set before. */
static const char *take_bit(const char *const *table, size_t count,
                            const char *text, unsigned int *bits)
{
	int at = word_find(table, count, text);

	if (at < 0)
		return "an item is not known";
	if ((*bits >> at & 1U) != 0)
		return "an item stands twice";
	*bits |= 1U << at;
	return NULL;
}

static const char *take_schema(struct json_relying_party *party,
                               const cJSON *item)
{
	(void)party;
	if (!cJSON_IsString(item) || strcmp(item->valuestring, RP_SCHEMA) != 0)
		return "it is not \"" RP_SCHEMA "\"";
	return NULL;
}

static const char *take_id(struct json_relying_party *party, const cJSON *item)
{
	if (!cJSON_IsString(item) ||
	    !word_is_id(item->valuestring, sizeof(party->id)))
		return "small letters, digits and . _ - between them, "
		       "127 at most";
	(void)snprintf(party->id, sizeof(party->id), "%s", item->valuestring);
	return NULL;
}

static const char *take_origin(struct json_relying_party *party,
                               const char *text)
{
	const char *reason = json_origin_check(text);

	if (reason != NULL)
		return reason;
	return take_into(party->origins[0], RP_ORIGIN_MAX, RP_ORIGINS,
	                 &party->origin_count, text);
}

static const char *take_origins(struct json_relying_party *party,
                                const cJSON *item)
{
	return take_texts(party, item, take_origin);
}

static const char *take_uids(struct json_relying_party *party,
                             const cJSON *item)
{
	const cJSON *one = NULL;

	if (!cJSON_IsArray(item))
		return "it is no array";
	cJSON_ArrayForEach(one, item)
	{
		double value = cJSON_IsNumber(one) ? one->valuedouble : -1;

		/* The last one means "nobody at all" to the system. */
		if (!(value >= 0 && value < UINT32_MAX) ||
		    value != (double)(uint32_t)value)
			return "an item is no user number";
		for (size_t i = 0; i < party->uid_count; i++)
			if (party->uids[i] == (uint32_t)value)
				return "an item stands twice";
		if (party->uid_count == RP_UIDS)
			return "it has too many items";
		party->uids[party->uid_count++] = (uint32_t)value;
	}
	return NULL;
}

static const char *take_request_mode(struct json_relying_party *party,
                                     const cJSON *item)
{
	int at = cJSON_IsString(item)
	                 ? word_find(rp_request_modes, RP_REQUEST_MODES,
	                             item->valuestring)
	                 : -1;

	if (at < 0)
		return "it is neither \"origin\" nor \"signed\"";
	party->request_mode = (enum json_request_mode)at;
	return NULL;
}

/* The verifier of requests takes the keys apart; here nobody may have
 * copied the private ones into the registry. */
static const char *check_jwks(const cJSON *item)
{
	const cJSON *keys = cJSON_GetObjectItemCaseSensitive(item, "keys");
	const cJSON *key = NULL;

	if (!cJSON_IsArray(keys) || cJSON_GetArraySize(keys) == 0)
		return "it has no \"keys\"";
	cJSON_ArrayForEach(key, keys)
	{
		if (!cJSON_IsString(
		            cJSON_GetObjectItemCaseSensitive(key, "kty")))
			return "a key has no \"kty\"";
		if (cJSON_HasObjectItem(key, "d") ||
		    cJSON_HasObjectItem(key, "k"))
			return "a private key stands in it: make a new pair, "
			       "register the public half";
	}
	return NULL;
}

static const char *take_jwks(struct json_relying_party *party,
                             const cJSON *item)
{
	const char *reason = NULL;
	char *text = NULL;

	if (cJSON_IsNull(item))
		return NULL;
	if (!cJSON_IsObject(item))
		return "it is neither a key set nor null";
	reason = check_jwks(item);
	if (reason != NULL)
		return reason;
	text = cJSON_PrintUnformatted(item);
	if (text != NULL && strlen(text) < RP_JWKS_MAX)
		party->jwks = strdup(text);
	reason = text != NULL && strlen(text) >= RP_JWKS_MAX ? "it is too long"
	                                                     : no_memory;
	cJSON_free(text);
	return party->jwks != NULL ? NULL : reason;
}

static const char *take_scope(struct json_relying_party *party,
                              const char *text)
{
	return json_scopes_add(&party->scopes_max, text)
	               ? NULL
	               : "an item is not known, or stands twice";
}

static const char *take_scopes(struct json_relying_party *party,
                               const cJSON *item)
{
	const char *reason = take_texts(party, item, take_scope);

	if (reason == NULL && json_scopes_empty(&party->scopes_max))
		return "it is empty";
	return reason;
}

static const char *take_purpose(struct json_relying_party *party,
                                const char *text)
{
	if (!word_is_id(text, RP_PURPOSE_MAX))
		return "an item is not made of small letters, digits "
		       "and . _ - between them";
	return take_into(party->purposes[0], RP_PURPOSE_MAX, RP_PURPOSES,
	                 &party->purpose_count, text);
}

static const char *take_purposes(struct json_relying_party *party,
                                 const cJSON *item)
{
	const char *reason = take_texts(party, item, take_purpose);

	if (reason == NULL && party->purpose_count == 0)
		return "it is empty";
	return reason;
}

static const char *take_consent(struct json_relying_party *party,
                                const cJSON *item)
{
	int at = cJSON_IsString(item) ? word_find(rp_consents, RP_CONSENTS,
	                                          item->valuestring)
	                              : -1;

	if (at < 0)
		return "it is not \"operator\", \"prompt\" or \"none\"";
	party->consent = (enum json_consent_mode)at;
	return NULL;
}

static const char *take_key_source(struct json_relying_party *party,
                                   const char *text)
{
	return take_bit(rp_key_sources, RP_KEY_SOURCES, text, &party->key_from);
}

static const char *take_key_from(struct json_relying_party *party,
                                 const cJSON *item)
{
	const char *reason = NULL;

	party->key_from = 0;
	reason = take_texts(party, item, take_key_source);
	return reason == NULL && party->key_from == 0 ? "it is empty" : reason;
}

static const char *take_audience(struct json_relying_party *party,
                                 const cJSON *item)
{
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(item, "name");
	const cJSON *aud = cJSON_GetObjectItemCaseSensitive(item, "aud");
	struct json_audience *audience = NULL;

	if (cJSON_GetArraySize(item) != 2 || !cJSON_IsString(name) ||
	    !cJSON_IsString(aud))
		return "an item is not {\"name\", \"aud\"}";
	if (!word_is_id(name->valuestring, RP_AUDIENCE_NAME_MAX) ||
	    !word_is_printable(aud->valuestring, RP_AUDIENCE_MAX))
		return "a name or an audience is too long, or has letters "
		       "that are not allowed";
	for (size_t i = 0; i < party->audience_count; i++)
		if (strcmp(party->audiences[i].name, name->valuestring) == 0)
			return "a name stands twice";
	if (party->audience_count == RP_AUDIENCES)
		return "it has too many items";
	audience = &party->audiences[party->audience_count];
	(void)snprintf(audience->name, sizeof(audience->name), "%s",
	               name->valuestring);
	(void)snprintf(audience->aud, sizeof(audience->aud), "%s",
	               aud->valuestring);
	party->audience_count++;
	return NULL;
}

static const char *take_audiences(struct json_relying_party *party,
                                  const cJSON *item)
{
	const cJSON *one = NULL;
	const char *reason = NULL;

	if (!cJSON_IsArray(item))
		return "it is no array";
	cJSON_ArrayForEach(one, item)
	{
		reason = cJSON_IsObject(one) ? take_audience(party, one)
		                             : "an item is no object";
		if (reason != NULL)
			return reason;
	}
	return NULL;
}

static const char *take_format(struct json_relying_party *party,
                               const char *text)
{
	return take_bit(rp_formats, RP_FORMATS, text, &party->formats);
}

static const char *take_formats(struct json_relying_party *party,
                                const cJSON *item)
{
	const char *reason = NULL;

	party->formats = 0;
	reason = take_texts(party, item, take_format);
	return reason == NULL && party->formats == 0 ? "it is empty" : reason;
}

static const char *take_rendering(struct json_relying_party *party,
                                  const char *text)
{
	unsigned int bit = json_rendering_by_name(text);

	if (bit == 0)
		return "an item is not known";
	if ((party->renderings & bit) != 0)
		return "an item stands twice";
	party->renderings |= bit;
	return NULL;
}

static const char *take_renderings(struct json_relying_party *party,
                                   const cJSON *item)
{
	return take_texts(party, item, take_rendering);
}

static const char *take_profile(struct json_relying_party *party,
                                const cJSON *item)
{
	if (!cJSON_IsString(item) ||
	    !word_is_name(item->valuestring, sizeof(party->profile)))
		return "a profile's name has letters, digits, - and _, "
		       "31 at most";
	(void)snprintf(party->profile, sizeof(party->profile), "%s",
	               item->valuestring);
	return NULL;
}

static const char *take_quota(struct json_relying_party *party,
                              const cJSON *item)
{
	double value = cJSON_IsNumber(item) ? item->valuedouble : 0;

	if (!(value >= 1 && value <= RP_QUOTA_MOST) ||
	    value != (double)(uint32_t)value)
		return "it is no whole number from 1 to 100000";
	party->quota_per_hour = (uint32_t)value;
	return NULL;
}

/* In the order of the file that json_relying_party_text() writes. */
static const struct member {
	const char *name;
	bool required;
	take_fn take;
} members[] = {
	{ "schema", true, take_schema },
	{ "id", true, take_id },
	{ "origins", false, take_origins },
	{ "local_uids", false, take_uids },
	{ "request_mode", true, take_request_mode },
	{ "jwks", false, take_jwks },
	{ "scopes_max", true, take_scopes },
	{ "purposes", true, take_purposes },
	{ "consent", true, take_consent },
	{ "access_key_from", false, take_key_from },
	{ "audiences", false, take_audiences },
	{ "formats", false, take_formats },
	{ "renderings", false, take_renderings },
	{ "profile", false, take_profile },
	{ "quota_per_hour", false, take_quota },
};

static enum cccd_err refuse(const struct reading *reading, const char *name,
                            const char *reason)
{
	if (reason == no_memory)
		return fail(reading->error, CCCD_ERR_MEMORY, "%s", reason);
	return fail(reading->error, CCCD_ERR_POLICY_CONFIG,
	            "line %u: \"%.24s\": %s", member_line(reading->text, name),
	            name, reason);
}

static bool is_member(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (strcmp(members[i].name, name) == 0)
			return true;
	return false;
}

static enum cccd_err take_members(const struct reading *reading,
                                  const cJSON *root)
{
	const cJSON *item = root->child;

	for (; item != NULL; item = item->next)
		if (!is_member(item->string))
			return refuse(reading, item->string,
			              "there is no such member");
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const struct member *member = &members[i];
		const char *reason = NULL;

		item = cJSON_GetObjectItemCaseSensitive(root, member->name);
		if (item != NULL)
			reason = member->take(reading->party, item);
		else if (member->required)
			reason = "it is missing";
		if (reason != NULL)
			return refuse(reading, member->name, reason);
	}
	return CCCD_OK;
}

/* What no single member can tell. */
static enum cccd_err check_whole(const struct reading *reading)
{
	const struct json_relying_party *party = reading->party;

	if (party->origin_count == 0 && party->uid_count == 0)
		return refuse(reading, "origins",
		              "nobody could ask: no origin, no local user");
	if (party->request_mode == JSON_REQUEST_SIGNED && party->jwks == NULL)
		return refuse(reading, "jwks",
		              "requests are signed, but there is no key");
	return CCCD_OK;
}

enum cccd_err json_relying_party_parse(struct span text,
                                       struct cccd_error *error,
                                       struct json_relying_party **ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct json_relying_party *party = NULL;
	struct reading reading = { .text = text, .error = error };
	enum cccd_err err = CCCD_OK;

	if (text.len > RP_FILE_MAX)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "larger than %d bytes", RP_FILE_MAX);
	TRY(parse_object(text, "relying party", error, &root));
	party = calloc(1, sizeof(*party));
	if (party == NULL)
		return fail(error, CCCD_ERR_MEMORY, "%s", no_memory);
	party->key_from = JSON_KEY_FRONT_END;
	party->formats = JSON_FORMAT_JSON | JSON_FORMAT_JWT;
	party->quota_per_hour = RP_QUOTA_DEFAULT;
	(void)snprintf(party->profile, sizeof(party->profile), "counter");
	reading.party = party;
	err = take_members(&reading, root);
	if (err == CCCD_OK)
		err = check_whole(&reading);
	if (err == CCCD_OK)
		*ret = party;
	else
		json_relying_party_free(party);
	return err;
}

void json_relying_party_free(struct json_relying_party *party)
{
	if (party == NULL)
		return;
	free(party->jwks);
	free(party);
}
