/* SPDX-License-Identifier: Apache-2.0 */
/* Code-table files, and names looked up in them. */
#include <stdlib.h>

#include "apdu/vnm/lookup.h"
#include "lib/json/tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_table *table = NULL;
	struct cccd_error error = { 0 };

	if (json_table_parse(span_of(data, size), &error, &table) != CCCD_OK) {
		if (table != NULL || error.text[0] == '\0')
			abort();
		return 0;
	}
	for (uint32_t i = 0; i < table->row_count; i++)
		if (lookup_code(table, span_text(table->rows[i].code)) !=
		    &table->rows[i])
			abort();
	if (table->row_count > 0)
		(void)lookup_name(table, span_text(table->rows[0].name));
	json_table_free(table);
	return 0;
}
