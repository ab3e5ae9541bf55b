/* SPDX-License-Identifier: Apache-2.0 */
/* One code table from JSON: urn:cccd:table:1, checked member by member. */
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "base/digest.h"
#include "base/hex.h"
#include "base/text.h"
#include "lib/json/table_object.h"

enum {
	CELL_MAX = 512,
	COLUMNS = 5,
};

/* Members of a row in the order of the checksum; aliases come last. */
static const char *const columns[COLUMNS] = { "code", "name", "name_en", "to",
	                                      "aliases" };

/* A table with its rows and strings behind it, freed as one block. */
struct block {
	struct cccd_table table;
	struct cccd_table_row rows[];
};

static enum cccd_err refuse(struct cccd_error *error, const char *member,
                            int row)
{
	if (row >= 0)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "table: row %d: bad \"%s\"", row + 1, member);
	return fail(error, CCCD_ERR_POLICY_CONFIG, "table: bad \"%s\"", member);
}

/* Text that may stand in a cell: it must not break the checksum's form. */
static bool cell_is_good(const char *text)
{
	struct span span = span_text(text);

	return span.len < CELL_MAX && text_is_utf8(span) &&
	       !text_has_controls(span) && strchr(text, '|') == NULL;
}

static enum cccd_err take_head(const cJSON *object, const char *member,
                               char *ret, size_t cap, struct cccd_error *error)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, member);

	if (!cJSON_IsString(item) || item->valuestring[0] == '\0' ||
	    strlen(item->valuestring) >= cap ||
	    !cell_is_good(item->valuestring))
		return refuse(error, member, -1);
	memcpy(ret, item->valuestring, strlen(item->valuestring) + 1);
	return CCCD_OK;
}

static bool is_date(const char *text)
{
	static const char pattern[] = "dddd-dd-dd";

	for (size_t i = 0; i < sizeof(pattern); i++)
		if (pattern[i] == 'd' ? text[i] < '0' || text[i] > '9'
		                      : text[i] != pattern[i])
			return false;
	return true;
}

static enum cccd_err take_heads(const cJSON *object, struct cccd_table *table,
                                struct cccd_error *error)
{
	char schema[32];

	TRY(take_head(object, "schema", schema, sizeof(schema), error));
	if (strcmp(schema, "urn:cccd:table:1") != 0)
		return refuse(error, "schema", -1);
	TRY(take_head(object, "name", table->name, sizeof(table->name), error));
	TRY(take_head(object, "version", table->version, sizeof(table->version),
	              error));
	TRY(take_head(object, "date", table->date, sizeof(table->date), error));
	TRY(take_head(object, "confidence", table->confidence,
	              sizeof(table->confidence), error));
	TRY(take_head(object, "source", table->source, sizeof(table->source),
	              error));
	TRY(take_head(object, "sha256", table->sha256, sizeof(table->sha256),
	              error));
	return is_date(table->date) ? CCCD_OK : refuse(error, "date", -1);
}

/* A list of strings as one text, '|' between. */
static enum cccd_err put_aliases(const cJSON *list, int row,
                                 struct cccd_error *error, struct buf *strings)
{
	const cJSON *alias = NULL;

	if (list != NULL && !cJSON_IsArray(list))
		return refuse(error, "aliases", row);
	cJSON_ArrayForEach(alias, list)
	{
		if (!cJSON_IsString(alias) || alias->valuestring[0] == '\0' ||
		    !cell_is_good(alias->valuestring))
			return refuse(error, "aliases", row);
		if (alias != list->child)
			TRY(buf_append_byte(strings, '|'));
		TRY(buf_append(strings, span_text(alias->valuestring)));
	}
	return buf_append_byte(strings, '\0');
}

static enum cccd_err put_cell(const cJSON *item, size_t column, int row,
                              struct cccd_error *error, struct buf *strings)
{
	bool needed = column < 2;

	if (item == NULL && !needed)
		return buf_append_byte(strings, '\0');
	if (item == NULL || !cJSON_IsString(item) ||
	    !cell_is_good(item->valuestring) ||
	    (needed && item->valuestring[0] == '\0'))
		return refuse(error, columns[column], row);
	return buf_append(strings, span_of(item->valuestring,
	                                   strlen(item->valuestring) + 1));
}

/* The cells of all rows one after the other, each ended by NUL. */
static enum cccd_err put_rows(const cJSON *rows, struct cccd_error *error,
                              struct buf *strings)
{
	const cJSON *row = NULL;
	int number = 0;

	cJSON_ArrayForEach(row, rows)
	{
		if (!cJSON_IsObject(row) || number == JSON_TABLE_ROWS_MAX)
			return refuse(error, "rows", number);
		for (size_t i = 0; i + 1 < COLUMNS; i++)
			TRY(put_cell(cJSON_GetObjectItemCaseSensitive(
			                     row, columns[i]),
			             i, number, error, strings));
		TRY(put_aliases(
		        cJSON_GetObjectItemCaseSensitive(row, "aliases"),
		        number, error, strings));
		number++;
	}
	return CCCD_OK;
}

static const char *next_cell(const char **at)
{
	const char *cell = *at;

	*at += strlen(cell) + 1;
	return cell;
}

/* Heads, rows and strings into one block of memory. */
static enum cccd_err make_block(const struct cccd_table *heads,
                                size_t row_count, struct span strings,
                                struct cccd_table **ret)
{
	size_t rows_len = row_count * sizeof(struct cccd_table_row);
	struct block *block =
	        calloc(1, sizeof(*block) + rows_len + strings.len + 1);
	char *text = NULL;
	const char *at = NULL;

	if (block == NULL)
		return CCCD_ERR_MEMORY;
	text = (char *)block + sizeof(*block) + rows_len;
	if (strings.len > 0)
		memcpy(text, strings.at, strings.len);
	at = text;
	block->table = *heads;
	for (size_t i = 0; i < row_count; i++) {
		block->rows[i].code = next_cell(&at);
		block->rows[i].name = next_cell(&at);
		block->rows[i].name_en = next_cell(&at);
		block->rows[i].to = next_cell(&at);
		block->rows[i].aliases = next_cell(&at);
	}
	block->table.rows = block->rows;
	block->table.row_count = (uint32_t)row_count;
	*ret = &block->table;
	return CCCD_OK;
}

/* The strings as the checksum sees them: TAB and LF for the NULs. */
static enum cccd_err check_sum(const struct cccd_table *heads,
                               struct buf *strings, struct cccd_error *error)
{
	struct digest digest = { 0 };
	char text[CCCD_TABLE_SHA256_MAX];
	size_t column = 0;

	for (size_t i = 0; i < strings->len; i++)
		if (strings->at[i] == '\0')
			strings->at[i] = ++column % COLUMNS == 0 ? '\n' : '\t';
	TRY(digest_compute(DIGEST_SHA256, buf_span(strings), &digest));
	for (size_t i = 0; i < strings->len; i++)
		if (strings->at[i] == '\n' || strings->at[i] == '\t')
			strings->at[i] = '\0';
	hex_encode(digest_span(&digest), text, sizeof(text));
	for (size_t i = 0; text[i] != '\0'; i++)
		if (text[i] >= 'A' && text[i] <= 'F')
			text[i] = (char)(text[i] - 'A' + 'a');
	if (strcmp(text, heads->sha256) != 0)
		return refuse(error, "sha256", -1);
	return CCCD_OK;
}

static int compare_codes(const void *left, const void *right)
{
	const char *const *a = left;
	const char *const *b = right;

	return strcmp(*a, *b);
}

static enum cccd_err check_codes(const struct cccd_table *table,
                                 struct cccd_error *error)
{
	enum cccd_err err = CCCD_OK;
	const char **codes = NULL;

	if (table->row_count < 2)
		return CCCD_OK;
	codes = calloc(table->row_count, sizeof(*codes));
	if (codes == NULL)
		return CCCD_ERR_MEMORY;
	for (uint32_t i = 0; i < table->row_count; i++)
		codes[i] = table->rows[i].code;
	qsort(codes, table->row_count, sizeof(*codes), compare_codes);
	for (uint32_t i = 1; i < table->row_count && err == CCCD_OK; i++)
		if (strcmp(codes[i - 1], codes[i]) == 0)
			err = fail(error, CCCD_ERR_POLICY_CONFIG,
			           "table: a code stands twice");
	free(codes);
	return err;
}

enum cccd_err json_table_from_object(const cJSON *object,
                                     struct cccd_error *error,
                                     struct cccd_table **ret)
{
	const cJSON *rows = cJSON_GetObjectItemCaseSensitive(object, "rows");
	BUF strings = buf_make(JSON_TABLE_MAX);
	struct cccd_table heads = { 0 };
	struct cccd_table *table = NULL;
	enum cccd_err err = CCCD_OK;

	if (!cJSON_IsObject(object) || !cJSON_IsArray(rows))
		return refuse(error, "rows", -1);
	TRY(take_heads(object, &heads, error));
	TRY(put_rows(rows, error, &strings));
	TRY(check_sum(&heads, &strings, error));
	TRY(make_block(&heads, (size_t)cJSON_GetArraySize(rows),
	               buf_span(&strings), &table));
	err = check_codes(table, error);
	if (err != CCCD_OK) {
		json_table_free(table);
		return err;
	}
	*ret = table;
	return CCCD_OK;
}

enum cccd_err json_table_text(struct span text, size_t max,
                              struct cccd_error *error, cJSON **ret)
{
	const char *end = NULL;
	cJSON *object = NULL;
	int line = 1;

	if (text.len == 0 || text.len > max)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "table: empty or beyond the limit");
	object = cJSON_ParseWithLengthOpts((const char *)text.at, text.len,
	                                   &end, 0);
	if (object != NULL) {
		*ret = object;
		return CCCD_OK;
	}
	for (const char *at = (const char *)text.at; at < end; at++)
		line += *at == '\n';
	return fail(error, CCCD_ERR_POLICY_CONFIG, "table: line %d: not JSON",
	            line);
}

enum cccd_err json_table_parse(struct span text, struct cccd_error *error,
                               struct cccd_table **ret)
{
	CLEANUP(json_table_object_cleanup) cJSON *object = NULL;

	TRY(json_table_text(text, JSON_TABLE_MAX, error, &object));
	return json_table_from_object(object, error, ret);
}

void json_table_free(struct cccd_table *table)
{
	/* The table is the first member of its block. */
	free(table);
}
