/* SPDX-License-Identifier: Apache-2.0 */
/* EF.SOD, and EF.CardSecurity from the same bytes. */
#include "apdu/lds/sod.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cccd_sod sod;
	static struct cccd_signed_data parts;
	BUF memory = buf_make(65536);

	if (sod_parse(span_of(data, size), &memory, &sod) == CCCD_OK) {
		struct span content = bytes_span(sod.signed_data.content);

		check_inside(sod.signed_data.content, buf_span(&memory));
		for (size_t i = 0; i < sod.hash_count; i++) {
			check_inside(sod.hashes[i].hash, content);
			(void)sod_hash_of(&sod, sod.hashes[i].number);
		}
		for (size_t i = 0; i < sod.signed_data.certificate_count; i++)
			check_inside(sod.signed_data.certificates[i],
			             buf_span(&memory));
	}
	if (card_security_parse(span_of(data, size), &memory, &parts) ==
	    CCCD_OK)
		check_inside(parts.content, buf_span(&memory));
	return 0;
}
