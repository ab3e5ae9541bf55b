/* SPDX-License-Identifier: Apache-2.0 */
/* JSON from files and strangers: bounded, strict, with line numbers. */
#include "lib/json/parse.h"

#include <string.h>

#include "base/base64url.h"
#include "base/file.h"
#include "lib/json/strict.h"

/* cJSON counts its nesting itself (1000); ours are flat. */
enum {
	DEPTH_MAX = 16,
	/* More than any object of ours has; bounds the search for twins. */
	MEMBERS_MAX = 256,
};

/* Line of the byte where parsing stopped, from 1. */
static unsigned int line_of(struct span text, const char *stop)
{
	const char *at = (const char *)text.at;
	unsigned int line = 1;

	for (size_t i = 0; i < text.len && at + i < stop; i++)
		line += at[i] == '\n';
	return line;
}

/* Brackets open at once; strings are skipped. */
static bool is_shallow(struct span text)
{
	unsigned int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > DEPTH_MAX)
			return false;
	}
	return true;
}

static bool only_blanks(struct span text, const char *from)
{
	const char *end = (const char *)text.at + text.len;

	for (; from < end; from++)
		if (strchr(" \t\r\n", *from) == NULL || *from == '\0')
			return false;
	return true;
}

/* Whoever reads the first and whoever reads the last of two members with
 * one name see two documents. */
static enum cccd_err has_no_twins(const cJSON *object, const char *what,
                                  struct cccd_error *error)
{
	unsigned int count = 0;

	for (const cJSON *item = object->child; item != NULL;
	     item = item->next) {
		if (++count > MEMBERS_MAX)
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "%s: too many members", what);
		if (cJSON_GetObjectItemCaseSensitive(object, item->string) !=
		    item)
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "%s: member \"%.40s\" stands twice", what,
			            item->string);
	}
	return CCCD_OK;
}

/* Every object of the tree; its depth is known to be bounded. */
static enum cccd_err tree_has_no_twins(const cJSON *root, const char *what,
                                       struct cccd_error *error)
{
	const cJSON *above[DEPTH_MAX + 1];
	const cJSON *item = root;
	size_t depth = 0;

	for (;;) {
		if (cJSON_IsObject(item))
			TRY(has_no_twins(item, what, error));
		if (item->child != NULL && depth < ARRAY_LEN(above)) {
			above[depth++] = item;
			item = item->child;
			continue;
		}
		while (item->next == NULL) {
			if (depth == 0)
				return CCCD_OK;
			item = above[--depth];
		}
		item = item->next;
	}
}

static enum cccd_err refuse(struct span text, const char *stop,
                            const char *what, struct cccd_error *error)
{
	return fail(error, CCCD_ERR_POLICY_CONFIG,
	            "%s: not a JSON object, line %u", what,
	            line_of(text, stop));
}

enum cccd_err parse_tree(struct span text, const char *what,
                         struct cccd_error *error, cJSON **ret)
{
	const char *stop = (const char *)text.at;
	cJSON *root = NULL;

	if (!is_shallow(text))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%s: nested too deeply", what);
	if (!strict_is_tree(text, &stop))
		return refuse(text, stop, what, error);
	root = cJSON_ParseWithLengthOpts((const char *)text.at, text.len, &stop,
	                                 false);
	if (root == NULL || !only_blanks(text, stop)) {
		cJSON_Delete(root);
		return refuse(text, stop, what, error);
	}
	if (tree_has_no_twins(root, what, error) != CCCD_OK) {
		cJSON_Delete(root);
		return CCCD_ERR_POLICY_CONFIG;
	}
	*ret = root;
	return CCCD_OK;
}

enum cccd_err parse_object(struct span text, const char *what,
                           struct cccd_error *error, cJSON **ret)
{
	cJSON *root = NULL;

	TRY(parse_tree(text, what, error, &root));
	if (!cJSON_IsObject(root)) {
		cJSON_Delete(root);
		return refuse(text, (const char *)text.at, what, error);
	}
	*ret = root;
	return CCCD_OK;
}

enum cccd_err parse_read(const char *path, struct cccd_error *error,
                         struct buf *ret)
{
	enum cccd_err err = file_read(path, error, ret);

	if (err != CCCD_ERR_DATA_TOO_LARGE)
		return err;
	/* Of a card that would be a defect; here a file is bad. */
	error_reset(error);
	return fail(error, CCCD_ERR_POLICY_CONFIG,
	            "the file is larger than %zu bytes", ret->max);
}

static bool is_known(const char *name, const char *const *known, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, known[i]) == 0)
			return true;
	return false;
}

enum cccd_err parse_no_others(const cJSON *object, const char *const *known,
                              size_t count, struct cccd_error *error)
{
	if (!cJSON_IsObject(object))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "an object is missing or is something else");
	for (const cJSON *item = object->child; item != NULL;
	     item = item->next) {
		if (!is_known(item->string, known, count))
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "unknown member \"%.40s\"", item->string);
	}
	return CCCD_OK;
}

static enum cccd_err bad(struct cccd_error *error, const char *name)
{
	return fail(error, CCCD_ERR_POLICY_CONFIG,
	            "member \"%.40s\" is missing or bad", name);
}

enum cccd_err parse_text(const cJSON *object, const char *name,
                         struct cccd_error *error, const char **ret)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	if (!cJSON_IsString(item))
		return bad(error, name);
	*ret = item->valuestring;
	return CCCD_OK;
}

enum cccd_err parse_integer(const cJSON *object, const char *name, double least,
                            double most, struct cccd_error *error, double *ret)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	double value = 0;

	if (!cJSON_IsNumber(item))
		return bad(error, name);
	value = item->valuedouble;
	if (!(value >= least && value <= most) ||
	    value != (double)(int64_t)value)
		return bad(error, name);
	*ret = value;
	return CCCD_OK;
}

enum cccd_err parse_bool(const cJSON *object, const char *name,
                         struct cccd_error *error, bool *ret)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	if (item != NULL && !cJSON_IsBool(item))
		return bad(error, name);
	*ret = cJSON_IsTrue(item);
	return CCCD_OK;
}

enum cccd_err parse_base64url(const char *text, struct cccd_error *error,
                              struct buf *ret)
{
	enum cccd_err err = base64url_decode(span_text(text), ret);

	return err == CCCD_ERR_DATA_MALFORMED ? bad(error, "base64url") : err;
}
