/* SPDX-License-Identifier: Apache-2.0 */
/* The set of code tables: from a folder, and replaced by signed bundles. */
#include "lib/json/tables.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "base/file.h"
#include "lib/json/table_object.h"

enum { PATH_LEN_MAX = 1024, PIN_MAX = 16 * 1024 };

static const char *const names[JSON_TABLES] = {
	"provinces_63",  "provinces_34", "ethnic_groups",
	"nationalities", "sexes",        "health_nationalities",
	"communes",
};

static void set_view(struct json_tables *tables)
{
	tables->view = (struct cccd_tables){
		.provinces_63 = tables->owned[0],
		.provinces_34 = tables->owned[1],
		.ethnic_groups = tables->owned[2],
		.nationalities = tables->owned[3],
		.sexes = tables->owned[4],
		.health_nationalities = tables->owned[5],
		.communes = tables->owned[6],
	};
}

void json_tables_release(struct json_tables *tables)
{
	if (tables == NULL)
		return;
	for (size_t i = 0; i < JSON_TABLES; i++)
		json_table_free(tables->owned[i]);
	*tables = (struct json_tables){ 0 };
}

/* A whole file; CCCD_ERR_DATA_MISSING when there is none. */
static enum cccd_err read_whole(const char *dir, const char *name,
                                struct cccd_error *error, struct buf *ret)
{
	struct cccd_error cause = { 0 };
	char path[PATH_LEN_MAX];
	int len = snprintf(path, sizeof(path), "%s/%s", dir, name);
	enum cccd_err err = CCCD_OK;

	if (len < 0 || (size_t)len >= sizeof(path))
		return fail(error, CCCD_ERR_USAGE_FILE, "path too long");
	err = file_read(path, &cause, ret);
	if (err == CCCD_ERR_USAGE_FILE && cause.native == ENOENT)
		return CCCD_ERR_DATA_MISSING;
	if (err == CCCD_ERR_DATA_TOO_LARGE)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%s: beyond the limit", name);
	if (err != CCCD_OK)
		return fail_native(error, err, cause.native, "cannot read %s",
		                   name);
	return CCCD_OK;
}

static enum cccd_err load_one(const char *dir, size_t index,
                              struct cccd_error *error, struct cccd_table **ret)
{
	BUF text = buf_make(JSON_TABLE_MAX);
	struct cccd_table *table = NULL;
	char name[CCCD_TABLE_NAME_MAX + sizeof(".json")];
	enum cccd_err err = CCCD_OK;

	(void)snprintf(name, sizeof(name), "%s.json", names[index]);
	err = read_whole(dir, name, error, &text);
	if (err == CCCD_ERR_DATA_MISSING)
		return CCCD_OK;
	TRY(err);
	TRY(json_table_parse(buf_span(&text), error, &table));
	if (strcmp(table->name, names[index]) != 0) {
		json_table_free(table);
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%s: holds another table", name);
	}
	*ret = table;
	return CCCD_OK;
}

enum cccd_err json_tables_load(const char *dir, struct cccd_error *error,
                               struct json_tables *ret)
{
	CLEANUP(json_tables_release) struct json_tables tables = { 0 };

	for (size_t i = 0; i < JSON_TABLES; i++)
		TRY(load_one(dir, i, error, &tables.owned[i]));
	set_view(&tables);
	*ret = tables;
	/* Handed over: nothing is left to release. */
	memset(&tables, 0, sizeof(tables));
	return CCCD_OK;
}

static enum cccd_err check_signature(struct span bundle, struct span signature,
                                     const struct sign_key *pins,
                                     size_t pin_count, struct cccd_error *error)
{
	for (size_t i = 0; i < pin_count; i++) {
		enum cccd_err err = sign_verify(&pins[i], bundle, signature);

		if (err != CCCD_ERR_TRUST_REFUSED)
			return err;
	}
	return fail(error, CCCD_ERR_TRUST_REFUSED,
	            "table bundle: signed by no pinned key");
}

static size_t index_of(const char *name)
{
	size_t i = 0;

	while (i < JSON_TABLES && strcmp(names[i], name) != 0)
		i++;
	return i;
}

/* One table of a bundle into its place among @fresh. */
static enum cccd_err take_table(const cJSON *object,
                                const struct json_tables *current,
                                struct json_tables *fresh,
                                struct cccd_error *error)
{
	struct cccd_table *table = NULL;
	const struct cccd_table *old = NULL;
	size_t index = 0;

	TRY(json_table_from_object(object, error, &table));
	index = index_of(table->name);
	if (index == JSON_TABLES || fresh->owned[index] != NULL) {
		json_table_free(table);
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "table bundle: unknown table, or one twice");
	}
	fresh->owned[index] = table;
	old = current->owned[index];
	/* ISO 8601 dates sort as text. */
	if (old != NULL && strcmp(table->date, old->date) < 0)
		return fail(error, CCCD_ERR_POLICY_REFUSED,
		            "table bundle: %s is older than the one in use",
		            names[index]);
	return CCCD_OK;
}

enum cccd_err
json_tables_apply_bundle(struct json_tables *tables, struct span bundle,
                         struct span signature, const struct sign_key *pins,
                         size_t pin_count, struct cccd_error *error)
{
	CLEANUP(json_table_object_cleanup) cJSON *object = NULL;
	CLEANUP(json_tables_release) struct json_tables fresh = { 0 };
	const cJSON *schema = NULL;
	const cJSON *list = NULL;
	const cJSON *item = NULL;

	TRY(check_signature(bundle, signature, pins, pin_count, error));
	TRY(json_table_text(bundle, JSON_TABLE_BUNDLE_MAX, error, &object));
	schema = cJSON_GetObjectItemCaseSensitive(object, "schema");
	list = cJSON_GetObjectItemCaseSensitive(object, "tables");
	if (!cJSON_IsString(schema) || !cJSON_IsArray(list) ||
	    strcmp(schema->valuestring, "urn:cccd:table-bundle:1") != 0)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "table bundle: bad \"schema\" or \"tables\"");
	cJSON_ArrayForEach(item, list)
	        TRY(take_table(item, tables, &fresh, error));
	for (size_t i = 0; i < JSON_TABLES; i++) {
		if (fresh.owned[i] == NULL)
			continue;
		json_table_free(tables->owned[i]);
		tables->owned[i] = fresh.owned[i];
		fresh.owned[i] = NULL;
	}
	set_view(tables);
	return CCCD_OK;
}

static void dir_cleanup(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

static bool is_pem(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && name[0] != '.' && strcmp(name + len - 4, ".pem") == 0;
}

/* The Ed25519 keys among the pins; certificates there are for lists. */
static enum cccd_err load_pins(const char *path, struct cccd_error *error,
                               struct sign_key pins[static JSON_TABLE_PINS_MAX],
                               size_t *ret_count)
{
	CLEANUP(dir_cleanup) DIR *dir = opendir(path);
	size_t count = 0;

	while (dir != NULL && count < JSON_TABLE_PINS_MAX) {
		/* This call's own directory: no other thread sees it. */
		/* NOLINTNEXTLINE(concurrency-mt-unsafe) */
		const struct dirent *entry = readdir(dir);
		BUF pem = buf_make(PIN_MAX);

		if (entry == NULL)
			break;
		if (!is_pem(entry->d_name))
			continue;
		TRY(read_whole(path, entry->d_name, error, &pem));
		if (sign_key_from_pem(buf_span(&pem), &pins[count]) == CCCD_OK)
			count++;
	}
	*ret_count = count;
	return CCCD_OK;
}

enum cccd_err json_tables_load_bundle(struct json_tables *tables,
                                      const char *dir, const char *pins_dir,
                                      struct cccd_error *error)
{
	BUF bundle = buf_make(JSON_TABLE_BUNDLE_MAX);
	BUF signature = buf_make(SIGN_ED25519_LEN);
	struct sign_key pins[JSON_TABLE_PINS_MAX];
	size_t pin_count = 0;
	enum cccd_err err = read_whole(dir, "tables.json", error, &bundle);

	if (err == CCCD_ERR_DATA_MISSING)
		return CCCD_OK;
	TRY(err);
	err = read_whole(dir, "tables.json.sig", error, &signature);
	if (err == CCCD_ERR_DATA_MISSING)
		return fail(error, CCCD_ERR_TRUST_REFUSED,
		            "table bundle: no signature beside it");
	TRY(err);
	TRY(load_pins(pins_dir, error, pins, &pin_count));
	return json_tables_apply_bundle(tables, buf_span(&bundle),
	                                buf_span(&signature), pins, pin_count,
	                                error);
}
