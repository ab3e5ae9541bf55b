/* SPDX-License-Identifier: Apache-2.0 */
/* Small makers on top of cJSON; a failed one is seen at the end. */
#include "lib/json/make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"

void json_cleanup(cJSON **tree)
{
	cJSON_Delete(*tree);
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
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "abcdefghijklmnopqrstuvwxyz"
	                              "0123456789-_";
	size_t len = (bytes.len * 8 + 5) / 6;
	char *text = calloc(len + 1, 1);

	note(maker, text);
	if (text == NULL)
		return;
	for (size_t i = 0; i < len; i++) {
		size_t bit = i * 6;
		unsigned int pair = (unsigned int)bytes.at[bit / 8] << 8;

		if (bit / 8 + 1 < bytes.len)
			pair |= bytes.at[bit / 8 + 1];
		text[i] = letters[pair >> (10 - bit % 8) & 0x3F];
	}
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
