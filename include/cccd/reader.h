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
	CCCD_ATR_MAX = 64,
};

/**
 * struct cccd_reader_info - one reader.
 * @uri:  opens it, see cccd_session_set_reader()
 * @name: as its driver calls it
 * @kind: "pcsc" or "nfc"
 * @card_present: a card lies on it
 * @atr, @atr_len: of that card, where known
 */
struct cccd_reader_info {
	char uri[CCCD_READER_NAME_MAX + 8];
	char name[CCCD_READER_NAME_MAX];
	char kind[8];
	bool card_present;
	uint8_t atr[CCCD_ATR_MAX];
	size_t atr_len;
};

struct cccd_reader_list {
	struct cccd_reader_info readers[CCCD_READERS_MAX];
	size_t count;
};

/**
 * cccd_reader_list() - every reader of this machine.
 * @error: takes the first cause; may be NULL
 * @ret:   a possibly empty list
 *
 * Return: CCCD_OK; CCCD_ERR_READER_SERVICE when pcscd cannot be reached.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_reader_list(struct cccd_error *error, struct cccd_reader_list *ret);

#ifdef __cplusplus
}
#endif

#endif
