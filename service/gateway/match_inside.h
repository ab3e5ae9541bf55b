/* SPDX-License-Identifier: Apache-2.0 */
/* The comparisons behind match_compare(); nobody else includes this. */
#ifndef SERVICE_GATEWAY_MATCH_INSIDE_H
#define SERVICE_GATEWAY_MATCH_INSIDE_H

#include "service/gateway/match.h"

/** struct match_found - of one pair of values. */
struct match_found {
	enum match_state state;
	enum match_note note;
};

static inline struct match_found match_same(enum match_note note)
{
	return (struct match_found){ .state = MATCH_SAME, .note = note };
}

static inline struct match_found match_differs(void)
{
	return (struct match_found){ .state = MATCH_DIFFERS };
}

/* NULL is as good as "". */
static inline bool match_is_empty(const char *text)
{
	return text == NULL || text[0] == '\0';
}

/**
 * match_names() - two spellings of one name, or two names.
 * @truncated: @card may end early
 *
 * Return: CCCD_OK; as text_nfc().
 */
CHECKED enum cccd_err match_names(const char *card, const char *registry,
                                  bool truncated,
                                  const struct match_rules *rules,
                                  struct match_found *ret);

/**
 * match_places() - an address at issue against one of the registry.
 *
 * Units of before July 2025 and those of today are the same place; only
 * another province of today, or another house or hamlet, differs.
 *
 * Return: CCCD_OK; as text_nfc().
 */
CHECKED enum cccd_err match_places(const char *card,
                                   const struct citizen_address *registry,
                                   const struct match_rules *rules,
                                   struct match_found *ret);

#endif
