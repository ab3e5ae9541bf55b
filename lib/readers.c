/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of this machine, for the public interface. */
#include <cccd/reader.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "reader/reader.h"

static void copy_reader(const struct reader_info *from,
                        struct cccd_reader_info *to)
{
	(void)snprintf(to->uri, sizeof(to->uri), "%s", from->uri);
	(void)snprintf(to->name, sizeof(to->name), "%s", from->name);
	(void)snprintf(to->kind, sizeof(to->kind), "%s", from->kind);
	to->card_present = from->present;
	memcpy(to->atr, from->card.atr, from->card.atr_len);
	to->atr_len = from->card.atr_len;
}

enum cccd_err cccd_reader_list(struct cccd_error *error,
                               struct cccd_reader_list *ret)
{
	struct reader_list *list = calloc(1, sizeof(*list));
	enum cccd_err err = CCCD_OK;

	if (list == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	err = reader_list(error, list);
	memset(ret, 0, sizeof(*ret));
	if (err == CCCD_OK) {
		for (size_t i = 0; i < list->count && i < CCCD_READERS_MAX; i++)
			copy_reader(&list->readers[i], &ret->readers[i]);
		ret->count = list->count;
	}
	free(list);
	return err;
}
