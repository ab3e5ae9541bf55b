/* SPDX-License-Identifier: Apache-2.0 */
/* What cccd-nfc does with requests, and with what a card says of itself. */
#include <stdlib.h>

#include "reader/nfc_child/ats.h"
#include "reader/nfc_child/child.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_atr(struct span bytes)
{
	struct ats_atr atr = ats_atr(bytes);
	unsigned int rate = ats_bit_rate(bytes);

	if (atr.len < 5 || atr.len > 20 || atr.bytes[0] != 0x3B)
		abort();
	if (rate != 106 && rate != 212 && rate != 424)
		abort();
	if (bytes.len >= ATQB_APPLICATION_LEN + ATQB_PROTOCOL_LEN &&
	    ats_atr_of_b(bytes.at, bytes.at + ATQB_APPLICATION_LEN).len != 13)
		abort();
}

static void check_requests(struct wire_input *input)
{
	struct wire_message message;
	struct wire_timed timed;

	while (wire_take(input, &message) == CCCD_OK) {
		if (message.body.len > WIRE_BODY_MAX)
			abort();
		if (child_check(&message) != CCCD_OK)
			return;
		if (message.type >= WIRE_DONE)
			abort();
		if (message.type != WIRE_TRANSMIT)
			continue;
		if (wire_timed_parse(message.type, message.body, &timed) !=
		            CCCD_OK ||
		    timed.command.len > WIRE_COMMAND_MAX)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_input *input = calloc(1, sizeof(*input));

	if (input == NULL)
		abort();
	check_atr(span_of(data, size));
	input->len = size < sizeof(input->bytes) ? size : sizeof(input->bytes);
	if (input->len > 0)
		memcpy(input->bytes, data, input->len);
	check_requests(input);
	free(input);
	return 0;
}
