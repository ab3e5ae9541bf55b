/* SPDX-License-Identifier: Apache-2.0 */
/* The list of readers as JSON. */
#include "lib/json/readers.h"

#include "base/hex.h"
#include "lib/json/make.h"

static void add_reader(struct json_maker *maker, cJSON *array,
                       const struct cccd_reader_info *reader)
{
	cJSON *object = cJSON_CreateObject();
	char atr[2 * CCCD_ATR_MAX + 1];

	make_text(maker, object, "uri", reader->uri);
	make_text(maker, object, "name", reader->name);
	make_text(maker, object, "kind", reader->kind);
	make_bool(maker, object, "card_present", reader->card_present);
	hex_encode(span_of(reader->atr, reader->atr_len), atr, sizeof(atr));
	make_text_if(maker, object, "atr", atr);
	make_item(maker, array, object);
}

enum cccd_err json_readers_text(const struct cccd_reader_list *list, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *array = make_array(&maker, root, "readers");

	for (size_t i = 0; i < list->count; i++)
		add_reader(&maker, array, &list->readers[i]);
	return make_text_of(&maker, root, true, ret);
}
