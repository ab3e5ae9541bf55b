/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of BER-TLV: one level, then its first child. */
#include "apdu/tlv/tlv.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tlv_reader reader = tlv_open(span_of(data, size));
	struct tlv object = { 0 };
	char text[OID_TEXT_MAX];
	uint32_t number = 0;
	size_t before = size;

	while (tlv_next(&reader, &object) == CCCD_OK) {
		struct tlv_reader inner = tlv_open_der(object.value);
		struct tlv child = { 0 };

		/* Every step must move on. */
		if (reader.rest.len >= before)
			abort();
		before = reader.rest.len;
		check_inside(span_bytes(object.whole), span_of(data, size));
		while (tlv_next(&inner, &child) == CCCD_OK)
			check_inside(span_bytes(child.whole), object.value);
		oid_text(object.value, text);
		check_text(text, sizeof(text));
		(void)!tlv_unsigned(object.value, &number);
		(void)tlv_peek(&reader);
	}
	return 0;
}
