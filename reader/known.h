/* SPDX-License-Identifier: Apache-2.0 */
/* Readers that we know by their USB ids: udev/readers.list in code. */
#ifndef READER_KNOWN_H
#define READER_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits of struct known_reader.quirks. */
enum known_quirk {
	/* Claims extended length and may fail. */
	KNOWN_PROBE_EXTENDED = 1 << 0,
	/* The kernel's pn533_usb takes it away. */
	KNOWN_UNBIND_PN533 = 1 << 1,
};

/**
 * struct known_reader - one row.
 * @driver:   that uses it by default: "ccid" (through pcscd) or libnfc's
 * @other:    that can use it as well; "" for none
 * @extended: passes APDUs of extended length
 * @quirks:   bits of enum known_quirk
 * @words:    the same as in the list; "" for none
 */
struct known_reader {
	uint16_t vendor;
	uint16_t product;
	const char *driver;
	const char *other;
	bool extended;
	unsigned int quirks;
	const char *words;
	const char *name;
};

/* Sorted by vendor and product; reader/known_table.c is generated. */
extern const struct known_reader known_readers[];
extern const size_t known_reader_count;

/* NULL when the reader is not known. */
const struct known_reader *known_by_id(unsigned int vendor,
                                       unsigned int product);

/**
 * known_by_name() - the row whose name a reader of pcscd bears.
 *
 * Every word of the row's name stands in @name in the same order; the row
 * with the most words wins. NULL when there is none.
 */
const struct known_reader *known_by_name(const char *name);

/* Whether every word of @words stands in @name, in the same order. */
bool known_words_in(const char *words, const char *name);

/* Whether the default driver is that of pcscd. */
bool known_is_ccid(const struct known_reader *known);

#endif
