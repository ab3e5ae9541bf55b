/* SPDX-License-Identifier: Apache-2.0 */
/* Which payloads a transcript for reading may show. */
#include "reader/redact.h"

enum {
	/* [7816-4 5.4.1] Secure messaging in CLA, both interindustry forms. */
	CLA_SM_FIRST = 0x0C,
	CLA_FURTHER = 0x40,
	CLA_SM_FURTHER = 0x20,
	CLA_PROPRIETARY = 0x80,
	CLA_CHAINED = 0x10,

	INS_MSE = 0x22,
	INS_SELECT = 0xA4,
	INS_READ_BINARY = 0xB0,
	P1_SFI = 0x80,
	SFI_MASK = 0x1F,
	SFI_CARD_ACCESS = 0x1C,
	P1_SELECT_EF = 0x02,
	P1_MSE_VERIFY = 0xC1,
	P2_MSE_AT = 0xA4,
	SELECT_FID_LEN = 7,
};

static bool is_protected(uint8_t cla)
{
	if ((cla & CLA_PROPRIETARY) != 0)
		return (cla & CLA_SM_FIRST) != 0;
	if ((cla & CLA_FURTHER) != 0)
		return (cla & CLA_SM_FURTHER) != 0;
	return (cla & CLA_SM_FIRST) != 0;
}

/* EF.CardAccess and EF.ATR/INFO name the card's type, not its holder. */
static bool selects_public_file(struct span command)
{
	static const uint8_t card_access[] = { 0x01, 0x1C };
	static const uint8_t atr_info[] = { 0x2F, 0x01 };
	struct span fid = { 0 };

	if (command.at[2] != P1_SELECT_EF || command.len < SELECT_FID_LEN ||
	    command.at[4] != 2)
		return false;
	fid = span_of(command.at + 5, 2);
	return span_equal(fid, SPAN(card_access)) ||
	       span_equal(fid, SPAN(atr_info));
}

static struct redaction redact_select(struct redactor *redactor,
                                      struct span command, bool selected)
{
	redactor->public_file = selected && selects_public_file(command);
	/* File control information may name more than a type. */
	return (struct redaction){ .show_command = true };
}

static struct redaction redact_read(struct redactor *redactor,
                                    struct span command, bool selected)
{
	/* SFI 1C: in no application of the LDS another file [9303-10 4]. */
	if ((command.at[2] & P1_SFI) != 0)
		redactor->public_file =
		        selected &&
		        (command.at[2] & SFI_MASK) == SFI_CARD_ACCESS;
	return (struct redaction){
		.show_command = true,
		.show_response = redactor->public_file,
	};
}

struct redaction redact(struct redactor *redactor, struct span command,
                        bool selected)
{
	uint8_t cla = command.at[0];

	if (is_protected(cla))
		redactor->protected_ = true;
	if (redactor->protected_ || (cla & ~CLA_CHAINED) != 0)
		return (struct redaction){ .show_command = false };
	switch (command.at[1]) {
	case INS_SELECT: return redact_select(redactor, command, selected);
	case INS_READ_BINARY: return redact_read(redactor, command, selected);
	case INS_MSE:
		/* Algorithm and kind of password, not the password. */
		return (struct redaction){
			.show_command = command.at[2] == P1_MSE_VERIFY &&
			                command.at[3] == P2_MSE_AT,
		};
	default: return (struct redaction){ .show_command = false };
	}
}
