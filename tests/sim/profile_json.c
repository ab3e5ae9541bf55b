/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles as JSON: reading, extending, and filling structs by tables. */
#include "tests/sim/profile_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "tests/sim/profile.h"

enum { FILE_LIMIT = 1 << 20, EXTENDS_LIMIT = 8 };

static enum cccd_err refuse(struct cccd_error *error, const char *where,
                            const char *name, const char *why)
{
	return fail(error, CCCD_ERR_DATA_MALFORMED, "profile: \"%s\" in %s %s",
	            name == NULL ? "" : name, where, why);
}

static void json_free(cJSON **json)
{
	cJSON_Delete(*json);
}

static enum cccd_err read_stream(FILE *file, struct buf *ret)
{
	uint8_t chunk[2048];
	size_t got;

	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		TRY(buf_append(ret, span_of(chunk, got)));
	return ferror(file) ? CCCD_ERR_USAGE_FILE : CCCD_OK;
}

static enum cccd_err read_file(const char *path, struct buf *ret)
{
	FILE *file = fopen(path, "rb");
	enum cccd_err err;

	if (file == NULL)
		return CCCD_ERR_USAGE_FILE;
	err = read_stream(file, ret);
	if (fclose(file) != 0)
		return CCCD_ERR_USAGE_FILE;
	return err;
}

static enum cccd_err read_from(const char *directory, const char *name,
                               struct buf *ret)
{
	char path[1024];
	int len = snprintf(path, sizeof(path), "%s/%s", directory, name);

	if (len < 0 || (size_t)len >= sizeof(path))
		return CCCD_ERR_USAGE_FILE;
	return read_file(path, ret);
}

/* The environment's directory alone, or the source tree's, or where an
 * installed program has them. */
enum cccd_err sim_profile_read(const char *name, struct buf *ret)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it */
	const char *directory = getenv("CCCD_SIM_PROFILES");

	if (directory != NULL)
		return read_from(directory, name, ret);
	if (read_from(CCCD_SIM_PROFILE_DIR, name, ret) == CCCD_OK)
		return CCCD_OK;
	return read_from(CCCD_SIM_INSTALL_DIR, name, ret);
}

static enum cccd_err read_named(const char *name, struct buf *ret)
{
	char file[SIM_NAME_MAX + 8];
	int len;

	if (strchr(name, '/') != NULL)
		return read_file(name, ret);
	len = snprintf(file, sizeof(file), "%s.json", name);
	if (len < 0 || (size_t)len >= sizeof(file))
		return CCCD_ERR_USAGE_FILE;
	return sim_profile_read(file, ret);
}

static enum cccd_err parse(struct span text, const char *name,
                           struct cccd_error *error, cJSON **ret)
{
	cJSON *json = cJSON_ParseWithLength((const char *)text.at, text.len);

	if (!cJSON_IsObject(json)) {
		cJSON_Delete(json);
		return fail(error, CCCD_ERR_DATA_MALFORMED,
		            "profile %.60s: not a JSON object", name);
	}
	*ret = json;
	return CCCD_OK;
}

static enum cccd_err load_one(const char *profile, struct cccd_error *error,
                              cJSON **ret)
{
	BUF text = buf_make(FILE_LIMIT);

	if (profile[0] == '{')
		return parse(span_text(profile), "text", error, ret);
	if (read_named(profile, &text) != CCCD_OK)
		return fail(error, CCCD_ERR_USAGE_FILE,
		            "profile %.80s: cannot be read", profile);
	return parse(buf_span(&text), profile, error, ret);
}

/* RFC 7396: objects are merged, everything else replaced, null removes. The
 * depth is that of a profile, which sim_json_fill() bounds. */
static bool merge(cJSON *target, const cJSON *patch)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, patch)
	{
		cJSON *old =
		        cJSON_GetObjectItemCaseSensitive(target, item->string);

		if (cJSON_IsObject(old) && cJSON_IsObject(item)) {
			if (!merge(old, item))
				return false;
			continue;
		}
		cJSON_DeleteItemFromObjectCaseSensitive(target, item->string);
		if (cJSON_IsNull(item))
			continue;
		if (!cJSON_AddItemToObject(target, item->string,
		                           cJSON_Duplicate(item, 1)))
			return false;
	}
	return true;
}

enum cccd_err sim_json_load(const char *profile, struct cccd_error *error,
                            cJSON **ret)
{
	CLEANUP(json_free) cJSON *json = NULL;

	TRY(load_one(profile, error, &json));
	for (int depth = 0; depth < EXTENDS_LIMIT; depth++) {
		CLEANUP(json_free)
		cJSON *extends = cJSON_DetachItemFromObjectCaseSensitive(
		        json, "extends");
		cJSON *below = NULL;

		if (extends == NULL) {
			*ret = json;
			json = NULL;
			return CCCD_OK;
		}
		if (!cJSON_IsString(extends))
			return refuse(error, "profile", "extends",
			              "is not a name");
		TRY(load_one(extends->valuestring, error, &below));
		if (!merge(below, json)) {
			cJSON_Delete(below);
			return CCCD_ERR_MEMORY;
		}
		cJSON_Delete(json);
		json = below;
	}
	return refuse(error, "profile", "extends", "goes too deep");
}

static enum cccd_err fill_uint(const cJSON *item, unsigned int *ret)
{
	if (!cJSON_IsNumber(item) || item->valuedouble < 0 ||
	    item->valuedouble > 1e9)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = (unsigned int)item->valuedouble;
	return CCCD_OK;
}

static enum cccd_err fill_hex_number(const cJSON *item, size_t digits,
                                     unsigned int *ret)
{
	char *end = NULL;

	if (!cJSON_IsString(item) || strlen(item->valuestring) != digits)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = (unsigned int)strtoul(item->valuestring, &end, 16);
	return *end == '\0' ? CCCD_OK : CCCD_ERR_DATA_MALFORMED;
}

static enum cccd_err fill_text(const cJSON *item, size_t cap, char *ret)
{
	size_t len;

	if (!cJSON_IsString(item))
		return CCCD_ERR_DATA_MALFORMED;
	len = strlen(item->valuestring);
	if (len >= cap)
		return CCCD_ERR_DATA_TOO_LARGE;
	memcpy(ret, item->valuestring, len + 1);
	return CCCD_OK;
}

static enum cccd_err fill_bytes(const cJSON *item, struct buf *ret)
{
	if (!cJSON_IsString(item))
		return CCCD_ERR_DATA_MALFORMED;
	buf_release(ret);
	*ret = buf_make(FILE_LIMIT);
	return hex_decode(item->valuestring, ret);
}

static enum cccd_err fill_enum(const cJSON *item, const char *const *names,
                               unsigned int *ret)
{
	if (!cJSON_IsString(item))
		return CCCD_ERR_DATA_MALFORMED;
	for (unsigned int i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], item->valuestring) == 0) {
			*ret = i;
			return CCCD_OK;
		}
	}
	return CCCD_ERR_DATA_MALFORMED;
}

static enum cccd_err fill_flags(const cJSON *list, const char *const *names,
                                unsigned int *ret)
{
	const cJSON *item;
	unsigned int flags = 0;

	if (!cJSON_IsArray(list))
		return CCCD_ERR_DATA_MALFORMED;
	cJSON_ArrayForEach(item, list)
	{
		unsigned int bit;

		TRY(fill_enum(item, names, &bit));
		flags |= 1U << bit;
	}
	*ret = flags;
	return CCCD_OK;
}

static enum cccd_err fill_uints(const cJSON *list, size_t cap,
                                unsigned int *ret, size_t *ret_count)
{
	const cJSON *item;
	size_t count = 0;

	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > (int)cap)
		return CCCD_ERR_DATA_MALFORMED;
	cJSON_ArrayForEach(item, list)
	{
		TRY(fill_uint(item, &ret[count]));
		count++;
	}
	*ret_count = count;
	return CCCD_OK;
}

static enum cccd_err fill_bool(const cJSON *item, bool *ret)
{
	if (!cJSON_IsBool(item))
		return CCCD_ERR_DATA_MALFORMED;
	*ret = cJSON_IsTrue(item);
	return CCCD_OK;
}

static enum cccd_err fill_tri(const cJSON *item, unsigned int *ret)
{
	if (!cJSON_IsBool(item))
		return CCCD_ERR_DATA_MALFORMED;
	*ret = cJSON_IsTrue(item) ? SIM_YES : SIM_NO;
	return CCCD_OK;
}

/* A value of no inner structure. */
static enum cccd_err fill_plain(const cJSON *item,
                                const struct sim_member *member, void *base)
{
	void *at = (uint8_t *)base + member->offset;
	void *count = (uint8_t *)base + member->count;

	switch (member->kind) {
	case SIM_BOOL: return fill_bool(item, at);
	case SIM_TRI: return fill_tri(item, at);
	case SIM_UINT: return fill_uint(item, at);
	case SIM_SW: return fill_hex_number(item, member->cap, at);
	case SIM_TEXT: return fill_text(item, member->cap, at);
	case SIM_BYTES: return fill_bytes(item, at);
	case SIM_ENUM: return fill_enum(item, member->names, at);
	case SIM_FLAGS: return fill_flags(item, member->names, at);
	case SIM_UINTS: return fill_uints(item, member->cap, at, count);
	case SIM_SUB:
	case SIM_LIST: break;
	}
	return CCCD_ERR_INTERNAL;
}

static enum cccd_err fill_list(const cJSON *list,
                               const struct sim_member *member, void *base,
                               struct cccd_error *error)
{
	uint8_t *at = (uint8_t *)base + member->offset;
	const cJSON *item;
	size_t count = 0;

	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > (int)member->cap)
		return refuse(error, "profile", member->name,
		              "is not a list, or too long");
	cJSON_ArrayForEach(item, list)
	{
		void *element = at + count * member->element;

		if (member->defaults != NULL)
			member->defaults(element);
		TRY(sim_json_fill(item, member->name, member->sub, element,
		                  error));
		count++;
	}
	memcpy((uint8_t *)base + member->count, &count, sizeof(count));
	return CCCD_OK;
}

static enum cccd_err fill_member(const cJSON *item, const char *where,
                                 const struct sim_member *member, void *base,
                                 struct cccd_error *error)
{
	if (member->given != 0)
		*(bool *)((uint8_t *)base + member->given) = true;
	if (member->kind == SIM_SUB)
		return sim_json_fill(item, member->name, member->sub,
		                     (uint8_t *)base + member->offset, error);
	if (member->kind == SIM_LIST)
		return fill_list(item, member, base, error);
	if (fill_plain(item, member, base) != CCCD_OK)
		return refuse(error, where, member->name, "has a bad value");
	return CCCD_OK;
}

/* One level per table; the tables hold no cycle. */
enum cccd_err sim_json_fill(const cJSON *object, const char *where,
                            const struct sim_member *members, void *base,
                            struct cccd_error *error)
{
	const cJSON *item;

	if (!cJSON_IsObject(object))
		return refuse(error, "profile", where, "is not an object");
	cJSON_ArrayForEach(item, object)
	{
		const struct sim_member *member = members;

		while (member->name != NULL &&
		       strcmp(member->name, item->string) != 0)
			member++;
		if (member->name == NULL)
			return refuse(error, where, item->string,
			              "is not known");
		TRY(fill_member(item, where, member, base, error));
	}
	return CCCD_OK;
}
