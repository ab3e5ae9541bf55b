/* SPDX-License-Identifier: Apache-2.0 */
/* Small makers on top of cJSON; a failed one is seen at the end. */
#include "lib/json/make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "base/secret.h"
#include "lib/json/result.h"

/* Far beyond any tree of ours; what lies deeper is freed as it is. */
enum { LEVELS_MAX = 32 };

/* Trees hold what was read from a card. */
static void wipe_texts(const cJSON *item)
{
	const cJSON *above[LEVELS_MAX];
	size_t depth = 0;

	for (;;) {
		if (item->valuestring != NULL)
			wipe(item->valuestring, strlen(item->valuestring));
		if (item->child != NULL && depth < ARRAY_LEN(above)) {
			above[depth++] = item;
			item = item->child;
			continue;
		}
		while (item->next == NULL || depth == 0) {
			if (depth == 0)
				return;
			item = above[--depth];
		}
		item = item->next;
	}
}

void json_cleanup(cJSON **tree)
{
	if (*tree != NULL)
		wipe_texts(*tree);
	cJSON_Delete(*tree);
}

void json_text_free(char *text)
{
	if (text == NULL)
		return;
	wipe(text, strlen(text));
	cJSON_free(text);
}

static void note(struct json_maker *maker, const void *made)
{
	if (made == NULL)
		maker->failed = true;
}

cJSON *make_object(struct json_maker *maker, cJSON *parent, const char *name)
{
	cJSON *object = cJSON_AddObjectToObject(parent, name);

	note(maker, object);
	return object;
}

cJSON *make_array(struct json_maker *maker, cJSON *parent, const char *name)
{
	cJSON *array = cJSON_AddArrayToObject(parent, name);

	note(maker, array);
	return array;
}

void make_text(struct json_maker *maker, cJSON *parent, const char *name,
               const char *text)
{
	note(maker, cJSON_AddStringToObject(parent, name, text));
}

void make_text_if(struct json_maker *maker, cJSON *parent, const char *name,
                  const char *text)
{
	if (text[0] != '\0')
		make_text(maker, parent, name, text);
}

void make_number(struct json_maker *maker, cJSON *parent, const char *name,
                 double number)
{
	note(maker, cJSON_AddNumberToObject(parent, name, number));
}

void make_bool(struct json_maker *maker, cJSON *parent, const char *name,
               bool value)
{
	note(maker, cJSON_AddBoolToObject(parent, name, value));
}

void make_null(struct json_maker *maker, cJSON *parent, const char *name)
{
	note(maker, cJSON_AddNullToObject(parent, name));
}

void make_time(struct json_maker *maker, cJSON *parent, const char *name,
               int64_t wall_s)
{
	char text[CLOCK_TEXT_MAX];

	clock_text(wall_s, text);
	make_text(maker, parent, name, text);
}

void make_date(struct json_maker *maker, cJSON *parent, const char *name,
               int64_t wall_s)
{
	char text[CLOCK_TEXT_MAX];

	clock_text(wall_s, text);
	text[strcspn(text, "T")] = '\0';
	make_text(maker, parent, name, text);
}

void make_digest(struct json_maker *maker, cJSON *parent, const char *name,
                 const uint8_t digest[static 32])
{
	char text[8 + 64 + 1] = "sha-256:";

	for (size_t i = 0; i < 32; i++)
		(void)snprintf(text + 8 + 2 * i, 3, "%02x", digest[i]);
	make_text(maker, parent, name, text);
}

void make_base64url(struct json_maker *maker, cJSON *parent, const char *name,
                    struct cccd_bytes bytes)
{
	size_t len = BASE64URL_LEN(bytes.len);
	char *text = calloc(len + 1, 1);

	note(maker, text);
	if (text == NULL)
		return;
	base64url_text(bytes_span(bytes), text);
	make_text(maker, parent, name, text);
	wipe(text, len);
	free(text);
}

void make_item(struct json_maker *maker, cJSON *array, cJSON *item)
{
	note(maker, item);
	if (!cJSON_AddItemToArray(array, item)) {
		cJSON_Delete(item);
		maker->failed = true;
	}
}

enum cccd_err make_text_of(const struct json_maker *maker, const cJSON *tree,
                           bool pretty, char **ret)
{
	char *text = NULL;

	if (maker->failed || tree == NULL)
		return CCCD_ERR_MEMORY;
	text = pretty ? cJSON_Print(tree) : cJSON_PrintUnformatted(tree);
	if (text == NULL)
		return CCCD_ERR_MEMORY;
	*ret = text;
	return CCCD_OK;
}
