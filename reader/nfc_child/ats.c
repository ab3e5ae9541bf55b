/* SPDX-License-Identifier: Apache-2.0 */
/* What a card said when it was activated, as bytes. */
#include "reader/nfc_child/ats.h"

enum {
	HISTORICAL_MAX = 15,
	ATR_HEAD_LEN = 4,
	/* T0: which interface bytes follow. [ISO/IEC 14443-4 5.2.3] */
	T0_HAS_TA = 0x10,
	T0_HAS_TB = 0x20,
	T0_HAS_TC = 0x40,
	/* TA(1): rates from the card, then to the card. */
	TA_FROM_212 = 0x10,
	TA_FROM_424 = 0x20,
	TA_TO_212 = 0x01,
	TA_TO_424 = 0x02,
};

static struct span historical(struct span ats)
{
	size_t skip = 1;

	if (ats.len == 0)
		return ats;
	skip += (ats.at[0] & T0_HAS_TA) != 0;
	skip += (ats.at[0] & T0_HAS_TB) != 0;
	skip += (ats.at[0] & T0_HAS_TC) != 0;
	return span_first(span_after(ats, skip), HISTORICAL_MAX);
}

static struct ats_atr make_atr(struct span bytes)
{
	struct ats_atr atr = {
		.bytes = { 0x3B, (uint8_t)(0x80 | bytes.len), 0x80, 0x01 },
		.len = ATR_HEAD_LEN,
	};
	uint8_t check = 0;

	if (bytes.len > 0)
		memcpy(atr.bytes + atr.len, bytes.at, bytes.len);
	atr.len += bytes.len;
	for (size_t i = 1; i < atr.len; i++)
		check ^= atr.bytes[i];
	atr.bytes[atr.len++] = check;
	return atr;
}

struct ats_atr ats_atr(struct span ats)
{
	return make_atr(historical(ats));
}

struct ats_atr
ats_atr_of_b(const uint8_t application[static ATQB_APPLICATION_LEN],
             const uint8_t protocol[static ATQB_PROTOCOL_LEN])
{
	uint8_t bytes[ATQB_APPLICATION_LEN + ATQB_PROTOCOL_LEN + 1] = { 0 };

	memcpy(bytes, application, ATQB_APPLICATION_LEN);
	memcpy(bytes + ATQB_APPLICATION_LEN, protocol, ATQB_PROTOCOL_LEN);
	return make_atr(SPAN(bytes));
}

unsigned int ats_bit_rate(struct span ats)
{
	unsigned int ta;

	if (ats.len < 2 || (ats.at[0] & T0_HAS_TA) == 0)
		return 106;
	ta = ats.at[1];
	if ((ta & TA_FROM_424) != 0 && (ta & TA_TO_424) != 0)
		return 424;
	if ((ta & TA_FROM_212) != 0 && (ta & TA_TO_212) != 0)
		return 212;
	return 106;
}
