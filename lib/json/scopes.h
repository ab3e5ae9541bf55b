/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of scopes: what a relying party may see of a person. */
#ifndef LIB_JSON_SCOPES_H
#define LIB_JSON_SCOPES_H

#include <stdbool.h>
#include <stdint.h>

/* Derived scopes beside those of enum json_scope, in the same word. */
enum json_scope_derived {
	JSON_SCOPE_VALID_DOCUMENT = 1 << 7,
	JSON_SCOPE_PAIRWISE_ID = 1 << 8,
};

enum {
	/* Scopes that hand out what stands on the card. */
	JSON_SCOPES_DIRECT = 0x7F,
	/* age_over_1 to age_over_120. */
	JSON_AGE_LEAST = 1,
	JSON_AGE_MOST = 120,
	JSON_AGE_WORDS = 4,
	/* "valid_document" and its NUL. */
	JSON_SCOPE_NAME_MAX = 16,
};

/**
 * struct json_scopes - a set of scopes; zeroed it is empty.
 * @bits: enum json_scope and enum json_scope_derived, or-ed
 * @ages: bit n % 32 of word n / 32 is age_over_n
 */
struct json_scopes {
	unsigned int bits;
	uint32_t ages[JSON_AGE_WORDS];
};

/* Add one by its name, "id" or "age_over_18"; false for an unknown name or
 * one that is in already. */
bool json_scopes_add(struct json_scopes *scopes, const char *name);

bool json_scopes_has_age(const struct json_scopes *scopes, unsigned int age);
bool json_scopes_empty(const struct json_scopes *scopes);

/* What is in both; what is in @a only. */
struct json_scopes json_scopes_common(const struct json_scopes *a,
                                      const struct json_scopes *b);
struct json_scopes json_scopes_without(const struct json_scopes *a,
                                       const struct json_scopes *b);

/**
 * json_scopes_next() - the names in a set, one by one.
 * @at:  0 at first
 * @ret: the next name
 *
 * Return: false when there are no more.
 */
bool json_scopes_next(const struct json_scopes *scopes, unsigned int *at,
                      char ret[static JSON_SCOPE_NAME_MAX]);

#endif
