/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of this machine. */
#ifndef CCCD_READER_H
#define CCCD_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>
#include <cccd/export.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	CCCD_READERS_MAX = 32,
	CCCD_READER_NAME_MAX = 256,
	CCCD_READER_ID_MAX = 24,
	CCCD_READER_WORD_MAX = 32,
	CCCD_READER_QUIRKS_MAX = 64,
	CCCD_READER_MEND_MAX = 192,
	CCCD_READER_PROBLEMS_MAX = 8,
	CCCD_ATR_MAX = 64,
};

/**
 * struct cccd_reader_problem - what is wrong, and how to mend it.
 * @code: stable word, see cccd_reader_problem_text(); "" for nothing
 * @mend: the command that an administrator types; "" when none helps
 */
struct cccd_reader_problem {
	char code[CCCD_READER_WORD_MAX];
	char mend[CCCD_READER_MEND_MAX];
};

/**
 * struct cccd_reader_info - one reader.
 * @id:   opaque and stable: the same after it was unplugged and plugged into
 *        the same port; two readers never share one. "id:" before it makes
 *        a URI
 * @uri:  opens it, see cccd_session_set_reader(); "" when nothing can, see
 *        @problem
 * @name: as its driver calls it
 * @kind: "pcsc" or "nfc"
 * @driver: "ccid", "pn53x_usb", "acr122_usb", "pn532_uart", …; "" when not
 *        known
 * @card_present: a card lies on it
 * @atr, @atr_len: of that card, where known
 * @usb_vendor, @usb_product: 0 for what is not on USB, or not known
 * @max_command, @max_response: longest APDUs in bytes as far as they are
 *        known before a card is connected; 0 when not known
 * @quirks: words joined by commas, see docs/readers.md; "" for none
 * @problem: what keeps it from working; its code is "" when nothing does
 */
struct cccd_reader_info {
	char id[CCCD_READER_ID_MAX];
	char uri[CCCD_READER_NAME_MAX + 8];
	char name[CCCD_READER_NAME_MAX];
	char kind[8];
	char driver[CCCD_READER_WORD_MAX];
	bool card_present;
	uint8_t atr[CCCD_ATR_MAX];
	size_t atr_len;
	uint16_t usb_vendor;
	uint16_t usb_product;
	uint32_t max_command;
	uint32_t max_response;
	char quirks[CCCD_READER_QUIRKS_MAX];
	struct cccd_reader_problem problem;
};

/**
 * struct cccd_reader_list - the readers of a machine.
 * @problems: of no single reader, from cccd_reader_survey(): a service that
 *            does not run, a program that is missing
 */
struct cccd_reader_list {
	struct cccd_reader_info readers[CCCD_READERS_MAX];
	size_t count;
	struct cccd_reader_problem problems[CCCD_READER_PROBLEMS_MAX];
	size_t problem_count;
};

/**
 * cccd_reader_list() - every reader of this machine that can be opened.
 * @error: takes the first cause; may be NULL
 * @ret:   a possibly empty list
 *
 * Return: CCCD_OK; CCCD_ERR_READER_SERVICE when pcscd cannot be reached.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_reader_list(struct cccd_error *error, struct cccd_reader_list *ret);

/**
 * cccd_reader_survey() - the same, and what does not work and why.
 * @ret: also readers on the bus that nothing serves (without a URI), and
 *       what is wrong with the services
 *
 * Asks pcscd and the files of the system; no NFC chip is woken, unless
 * CCCD_NFC_SCAN=1 asks for it, and no card is powered.
 *
 * Return: CCCD_OK, also when no service runs; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_reader_survey(struct cccd_error *error, struct cccd_reader_list *ret);

/**
 * cccd_reader_problem_text() - one sentence for the person at the desk.
 * @code: of struct cccd_reader_problem; "" for an unknown one
 */
CCCD_EXPORT const char *cccd_reader_problem_text(const char *code,
                                                 enum cccd_lang lang);

#ifdef __cplusplus
}
#endif

#endif
