/* SPDX-License-Identifier: Apache-2.0 */
/* The list of readers as JSON. */
#include "lib/json/readers.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "lib/json/make.h"

static void add_problem(struct json_maker *maker, cJSON *object,
                        const struct cccd_reader_problem *problem)
{
	make_text(maker, object, "code", problem->code);
	make_text_if(maker, object, "command", problem->mend);
}

static void add_quirks(struct json_maker *maker, cJSON *object,
                       const char *words)
{
	cJSON *array = NULL;

	if (words[0] == '\0')
		return;
	array = make_array(maker, object, "quirks");
	while (*words != '\0') {
		char word[CCCD_READER_QUIRKS_MAX];
		size_t len = strcspn(words, ",");

		(void)snprintf(word, sizeof(word), "%.*s", (int)len, words);
		make_item(maker, array, cJSON_CreateString(word));
		words += len + (words[len] != '\0');
	}
}

static void add_device(struct json_maker *maker, cJSON *object,
                       const struct cccd_reader_info *reader)
{
	char ids[16] = "";

	if (reader->usb_vendor != 0)
		(void)snprintf(ids, sizeof(ids), "%04x:%04x",
		               (unsigned int)reader->usb_vendor,
		               (unsigned int)reader->usb_product);
	make_text_if(maker, object, "driver", reader->driver);
	make_text_if(maker, object, "usb", ids);
	if (reader->max_command != 0)
		make_number(maker, object, "max_command", reader->max_command);
	if (reader->max_response != 0)
		make_number(maker, object, "max_response",
		            reader->max_response);
	add_quirks(maker, object, reader->quirks);
	if (reader->problem.code[0] != '\0')
		add_problem(maker, make_object(maker, object, "problem"),
		            &reader->problem);
}

static void add_reader(struct json_maker *maker, cJSON *array,
                       const struct cccd_reader_info *reader)
{
	cJSON *object = cJSON_CreateObject();
	char atr[2 * CCCD_ATR_MAX + 1];

	make_text(maker, object, "id", reader->id);
	make_text_if(maker, object, "uri", reader->uri);
	make_text(maker, object, "name", reader->name);
	make_text(maker, object, "kind", reader->kind);
	make_bool(maker, object, "card_present", reader->card_present);
	hex_encode(span_of(reader->atr, reader->atr_len), atr, sizeof(atr));
	make_text_if(maker, object, "atr", atr);
	add_device(maker, object, reader);
	make_item(maker, array, object);
}

enum cccd_err json_readers_text(const struct cccd_reader_list *list, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *array = make_array(&maker, root, "readers");

	for (size_t i = 0; i < list->count; i++)
		add_reader(&maker, array, &list->readers[i]);
	array = list->problem_count == 0 ? NULL
	                                 : make_array(&maker, root, "problems");
	for (size_t i = 0; i < list->problem_count; i++) {
		cJSON *problem = cJSON_CreateObject();

		add_problem(&maker, problem, &list->problems[i]);
		make_item(&maker, array, problem);
	}
	return make_text_of(&maker, root, true, ret);
}
