/* SPDX-License-Identifier: Apache-2.0 */
/* LDIF, PEM and base64. */
#include <stdlib.h>

#include "apdu/auth/ldif.h"
#include "apdu/auth/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VALUE_MAX = 1 << 16 };

static void read_ldif(struct span text)
{
	struct ldif_reader reader = ldif_open(text);
	struct ldif_attribute attribute = { .value = buf_make(VALUE_MAX) };
	size_t left = text.len;
	bool end = false;

	while (!end) {
		enum cccd_err err = ldif_next(&reader, &attribute, &end);

		/* A reader that stands still would never end. */
		if (!end && reader.rest.len >= left && left > 0)
			abort();
		if (err == CCCD_ERR_MEMORY)
			break;
		left = reader.rest.len;
	}
	buf_release(&attribute.value);
}

static void read_pem(struct span text)
{
	BUF der = buf_make(VALUE_MAX);
	enum pem_label label = PEM_OTHER;

	while (label != PEM_NONE)
		if (pem_next(&text, &der, &label) == CCCD_ERR_MEMORY)
			return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	BUF out = buf_make(VALUE_MAX);

	(void)ldif_is(text);
	read_ldif(text);
	if (pem_is(text))
		read_pem(text);
	if (base64_decode(text, &out) == CCCD_OK && out.len > text.len)
		abort();
	return 0;
}
