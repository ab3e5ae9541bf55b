/* SPDX-License-Identifier: Apache-2.0 */
/* Values of settings: numbers, times, words, paths, lists of words. */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>

/*
 * Those that return text give NULL for a good value, or the reason why it is
 * bad: words that live forever. @ret is written only for a good value.
 */

/* One to nine digits, no zero in front; @len of them. */
bool value_number(const char *text, size_t len, uint32_t *ret);

/* Digits up to 65535. */
bool value_is_port(const char *text);

/** enum value_units - beside "ms", "s" and "min", what a time may end with. */
enum value_units {
	VALUE_UNITS_USUAL = 0,
	VALUE_UNITS_BARE = 1, /* nothing: seconds */
	VALUE_UNITS_HOURS = 2,
};

/* Milliseconds of "s" and the others, of @more (value_units); 0 for none. */
uint32_t value_unit_ms(const char *unit, unsigned int more);

/** enum value_kind - what an amount is, and how it is stored. */
enum value_kind {
	VALUE_COUNT = 1,
	VALUE_MS,
	VALUE_SECONDS, /* a time, in whole seconds */
};

enum { VALUE_BEYOND_MAX = 104 };

/**
 * struct value_range - an amount that is wanted.
 * @units: of times, see value_unit_ms()
 * @least, @most: in the unit that is stored
 * @beyond: room of VALUE_BEYOND_MAX bytes for the one reason that is not for
 *          ever, see value_beyond()
 */
struct value_range {
	enum value_kind kind;
	unsigned int units;
	uint32_t least;
	uint32_t most;
	char *beyond;
};

const char *value_amount(const char *value, const struct value_range *range,
                         uint32_t *ret);

/* "it is too small or too large: 10 s to 15 min" */
void value_beyond(const struct value_range *range,
                  char ret[static VALUE_BEYOND_MAX]);

/* A value of fewer than @max bytes; else @too_long. */
const char *value_text(const char *value, const char *too_long, char *ret,
                       size_t max);

/* The same, from the root. */
const char *value_path(const char *value, const char *too_long, char *ret,
                       size_t max);

/**
 * struct value_words - what a value may be.
 * @otherwise: the reason for anything else
 */
struct value_words {
	const char *const *words;
	size_t count;
	const char *otherwise;
};

/* @ret: its place among them. */
const char *value_word(const char *value, const struct value_words *words,
                       size_t *ret);

/* "yes" and "no". */
const char *value_switch(const char *value, const char *otherwise, bool *ret);

/* "vi" and "en". */
const char *value_language(const char *value, const char *otherwise,
                           enum cccd_lang *ret);

/**
 * struct value_list - words between blanks that are wanted.
 * @check:    of each; NULL, or the reason why it is bad
 * @too_many: the reason for more than @most words
 * @once:     none may stand twice
 * @item_max: bytes of a word, with its NUL
 */
struct value_list {
	const char *(*check)(const char *word);
	const char *too_many;
	bool once;
	size_t most;
	size_t item_max;
};

/**
 * value_list() - words, side by side.
 * @ret_items: room for @most words of @item_max bytes; of no meaning after a
 *             bad value
 */
const char *value_list(const char *value, const struct value_list *list,
                       char *ret_items, size_t *ret_count);

#endif
