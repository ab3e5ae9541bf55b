/* SPDX-License-Identifier: Apache-2.0 */
/* Words of our documents: which letters they have, and their names. */
#ifndef LIB_JSON_WORDS_H
#define LIB_JSON_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* 1 to @max - 1 letters of a to z, 0 to 9 and ". _ -", no sign at an end. */
bool word_is_id(const char *text, size_t max);

/* 1 to @max - 1 of A to Z, a to z, 0 to 9 and ". _ : -". */
bool word_is_label(const char *text, size_t max);

/* The same without dot and colon: fit to be a file's name. */
bool word_is_name(const char *text, size_t max);

/* 1 to @max - 1 printable ASCII characters, no blank. */
bool word_is_printable(const char *text, size_t max);

/* The place of a word in a table, or -1. */
int word_find(const char *const *table, size_t count, const char *text);

#endif
