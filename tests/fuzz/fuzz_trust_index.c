/* SPDX-License-Identifier: Apache-2.0 */
/* index.json of a trust store: what is read is written the same. */
#include <stdlib.h>
#include <string.h>

#include <cccd/trust.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_read(const struct cccd_trust_index *index)
{
	struct cccd_trust_index again = { 0 };
	char *text = NULL;

	if (cccd_trust_index_format(index, &text) != CCCD_OK)
		abort();
	if (cccd_trust_index_parse(text, strlen(text), NULL, &again) !=
	            CCCD_OK ||
	    again.count != index->count)
		abort();
	for (size_t i = 0; i < again.count; i++)
		if (strcmp(again.entries[i].sha256, index->entries[i].sha256) !=
		            0 ||
		    again.entries[i].specimen != index->entries[i].specimen)
			abort();
	cccd_trust_index_free(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_trust_index index = { 0 };
	struct cccd_error error = { 0 };

	if (cccd_trust_index_parse((const char *)data, size, &error, &index) !=
	    CCCD_OK)
		return 0;
	write_and_read(&index);
	cccd_trust_index_free(&index);
	return 0;
}
