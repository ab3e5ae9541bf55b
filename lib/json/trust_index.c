/* SPDX-License-Identifier: Apache-2.0 */
/* The trust store's index as JSON: urn:cccd:trust-index:1. */
#include <stdlib.h>
#include <string.h>

#include <cccd/trust.h>

#include <cjson/cJSON.h>

#include "base/error.h"
#include "base/macros.h"

enum {
	INDEX_TEXT_MAX = 32 * 1024 * 1024,
	INDEX_ENTRIES_MAX = CCCD_TRUST_KINDS * 65536,
	SHA256_HEX = 64,
	ENTRY_MEMBERS = 6,
};

static const char index_schema[] = "urn:cccd:trust-index:1";

const char *cccd_trust_kind_name(enum cccd_trust_kind kind)
{
	static const char *const names[CCCD_TRUST_KINDS] = {
		[CCCD_TRUST_ANCHOR] = "anchor",
		[CCCD_TRUST_LINK] = "link",
		[CCCD_TRUST_CRL] = "crl",
		[CCCD_TRUST_SIGNER] = "signer",
		[CCCD_TRUST_DEVIATION] = "deviation",
	};

	return (size_t)kind < ARRAY_LEN(names) ? names[kind] : "";
}

static void tree_cleanup(cJSON **tree)
{
	cJSON_Delete(*tree);
}

static enum cccd_err refuse(struct cccd_error *error, int entry,
                            const char *member)
{
	if (entry < 0)
		return fail(error, CCCD_ERR_TRUST_STORE_BAD,
		            "index.json: bad \"%s\"", member);
	return fail(error, CCCD_ERR_TRUST_STORE_BAD,
	            "index.json: entry %d: bad \"%s\"", entry + 1, member);
}

static int line_of(const char *text, const char *at)
{
	int line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

static bool only_blanks(const char *at, const char *end)
{
	for (; at < end; at++)
		if (*at != ' ' && *at != '\t' && *at != '\r' && *at != '\n')
			return false;
	return true;
}

static bool take_text(const cJSON *item, const char *member, char *ret,
                      size_t cap)
{
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(item, member);

	if (!cJSON_IsString(text) || strlen(text->valuestring) >= cap)
		return false;
	memcpy(ret, text->valuestring, strlen(text->valuestring) + 1);
	return true;
}

static bool take_kind(const cJSON *item, enum cccd_trust_kind *ret)
{
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(item, "kind");

	if (!cJSON_IsString(text))
		return false;
	for (int i = 0; i < CCCD_TRUST_KINDS; i++) {
		enum cccd_trust_kind kind = (enum cccd_trust_kind)i;

		if (strcmp(cccd_trust_kind_name(kind), text->valuestring) ==
		    0) {
			*ret = kind;
			return true;
		}
	}
	return false;
}

/* The flag is never assumed: without it nothing is admitted. */
static bool take_specimen(const cJSON *item, bool *ret)
{
	const cJSON *flag = cJSON_GetObjectItemCaseSensitive(item, "specimen");

	*ret = cJSON_IsTrue(flag);
	return cJSON_IsBool(flag);
}

static enum cccd_err take_entry(const cJSON *item, int number,
                                struct cccd_error *error,
                                struct cccd_trust_entry *ret)
{
	if (!take_kind(item, &ret->kind))
		return refuse(error, number, "kind");
	if (!take_text(item, "sha256", ret->sha256, sizeof(ret->sha256)) ||
	    strspn(ret->sha256, "0123456789abcdef") != SHA256_HEX)
		return refuse(error, number, "sha256");
	if (!take_text(item, "source", ret->source, sizeof(ret->source)))
		return refuse(error, number, "source");
	if (!take_text(item, "basis", ret->basis, sizeof(ret->basis)))
		return refuse(error, number, "basis");
	if (!take_text(item, "date", ret->date, sizeof(ret->date)))
		return refuse(error, number, "date");
	if (!take_specimen(item, &ret->specimen))
		return refuse(error, number, "specimen");
	/* All six are there; a twin or a stranger would be a seventh. */
	if (cJSON_GetArraySize(item) != ENTRY_MEMBERS)
		return refuse(error, number, "member");
	return CCCD_OK;
}

static int compare_entries(const void *a, const void *b)
{
	const struct cccd_trust_entry *left = a;
	const struct cccd_trust_entry *right = b;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return strcmp(left->sha256, right->sha256);
}

static enum cccd_err take_entries(const cJSON *list, struct cccd_error *error,
                                  struct cccd_trust_index *index)
{
	const cJSON *item = NULL;
	int number = 0;

	cJSON_ArrayForEach(item, list)
	{
		TRY(take_entry(item, number, error, &index->entries[number]));
		number++;
	}
	index->count = (size_t)number;
	if (number > 1)
		qsort(index->entries, index->count, sizeof(*index->entries),
		      compare_entries);
	for (size_t i = 1; i < index->count; i++)
		if (compare_entries(&index->entries[i - 1],
		                    &index->entries[i]) == 0)
			return refuse(error, -1, "entries: one stands twice");
	return CCCD_OK;
}

static void index_cleanup(struct cccd_trust_index *index)
{
	cccd_trust_index_free(index);
}

static enum cccd_err take_tree(const cJSON *tree, struct cccd_error *error,
                               struct cccd_trust_index *ret)
{
	CLEANUP(index_cleanup) struct cccd_trust_index index = { 0 };
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(tree, "entries");
	char schema[sizeof(index_schema)];
	int count = 0;

	if (!take_text(tree, "schema", schema, sizeof(schema)) ||
	    strcmp(schema, index_schema) != 0)
		return refuse(error, -1, "schema");
	if (!cJSON_IsArray(list))
		return refuse(error, -1, "entries");
	count = cJSON_GetArraySize(list);
	if (count > INDEX_ENTRIES_MAX)
		return refuse(error, -1, "entries: too many");
	index.entries =
	        calloc(count > 0 ? (size_t)count : 1, sizeof(*index.entries));
	if (index.entries == NULL)
		return CCCD_ERR_MEMORY;
	TRY(take_entries(list, error, &index));
	*ret = index;
	/* Handed over: the clean-up finds nothing. */
	memset(&index, 0, sizeof(index));
	return CCCD_OK;
}

enum cccd_err cccd_trust_index_parse(const char *text, size_t len,
                                     struct cccd_error *error,
                                     struct cccd_trust_index *ret)
{
	CLEANUP(tree_cleanup) cJSON *tree = NULL;
	const char *end = text;

	if (len > INDEX_TEXT_MAX)
		return fail(error, CCCD_ERR_TRUST_STORE_BAD,
		            "index.json is too large");
	tree = len == 0 ? NULL : cJSON_ParseWithLengthOpts(text, len, &end, 0);
	/* What follows the document would be read by nobody. */
	if (tree == NULL || !only_blanks(end, text + len))
		return fail(error, CCCD_ERR_TRUST_STORE_BAD,
		            "index.json: line %d is no JSON",
		            line_of(text, end));
	return take_tree(tree, error, ret);
}

void cccd_trust_index_free(struct cccd_trust_index *index)
{
	free(index->entries);
	*index = (struct cccd_trust_index){ 0 };
}

static bool put_entry(cJSON *list, const struct cccd_trust_entry *entry)
{
	cJSON *item = cJSON_CreateObject();

	if (item == NULL || !cJSON_AddItemToArray(list, item)) {
		cJSON_Delete(item);
		return false;
	}
	return cJSON_AddStringToObject(item, "kind",
	                               cccd_trust_kind_name(entry->kind)) &&
	       cJSON_AddStringToObject(item, "sha256", entry->sha256) &&
	       cJSON_AddStringToObject(item, "source", entry->source) &&
	       cJSON_AddStringToObject(item, "basis", entry->basis) &&
	       cJSON_AddStringToObject(item, "date", entry->date) &&
	       cJSON_AddBoolToObject(item, "specimen", entry->specimen);
}

enum cccd_err cccd_trust_index_format(const struct cccd_trust_index *index,
                                      char **ret)
{
	CLEANUP(tree_cleanup) cJSON *tree = cJSON_CreateObject();
	cJSON *list = NULL;
	char *text = NULL;

	if (cJSON_AddStringToObject(tree, "schema", index_schema) == NULL)
		return CCCD_ERR_MEMORY;
	list = cJSON_AddArrayToObject(tree, "entries");
	for (size_t i = 0; i < index->count; i++)
		if (list == NULL || !put_entry(list, &index->entries[i]))
			return CCCD_ERR_MEMORY;
	text = list == NULL ? NULL : cJSON_Print(tree);
	if (text == NULL)
		return CCCD_ERR_MEMORY;
	*ret = text;
	return CCCD_OK;
}
