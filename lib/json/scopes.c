/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of scopes: what a relying party may see of a person. */
#include "lib/json/scopes.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "lib/json/result.h"

enum { AGE_DIGITS = 3 };

static const char age_prefix[] = "age_over_";

/* By bit. */
static const char *const scope_names[] = {
	"id",       "demographic", "address",        "family",      "sensitive",
	"portrait", "raw",         "valid_document", "pairwise_id",
};

unsigned int json_scope_by_name(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_LEN(scope_names); i++)
		if (strcmp(scope_names[i], name) == 0)
			return 1U << i;
	return 0;
}

/* 1 to 120 without zeros in front; 0 for anything else. */
static unsigned int age_of(const char *name)
{
	const size_t skip = sizeof(age_prefix) - 1;
	unsigned int age = 0;

	if (strncmp(name, age_prefix, skip) != 0 || name[skip] == '0')
		return 0;
	name += skip;
	if (strlen(name) > AGE_DIGITS)
		return 0;
	for (; *name != '\0'; name++) {
		if (*name < '0' || *name > '9')
			return 0;
		age = age * 10 + (unsigned int)(*name - '0');
	}
	return age <= JSON_AGE_MOST ? age : 0;
}

bool json_scopes_has_age(const struct json_scopes *scopes, unsigned int age)
{
	return age >= JSON_AGE_LEAST && age <= JSON_AGE_MOST &&
	       (scopes->ages[age / 32] >> age % 32 & 1U) != 0;
}

bool json_scopes_add(struct json_scopes *scopes, const char *name)
{
	unsigned int bit = json_scope_by_name(name);
	unsigned int age = age_of(name);

	if (bit != 0 && (scopes->bits & bit) == 0) {
		scopes->bits |= bit;
		return true;
	}
	if (age == 0 || json_scopes_has_age(scopes, age))
		return false;
	scopes->ages[age / 32] |= (uint32_t)1 << age % 32;
	return true;
}

bool json_scopes_empty(const struct json_scopes *scopes)
{
	uint32_t all = scopes->bits;

	for (size_t i = 0; i < JSON_AGE_WORDS; i++)
		all |= scopes->ages[i];
	return all == 0;
}

struct json_scopes json_scopes_common(const struct json_scopes *a,
                                      const struct json_scopes *b)
{
	struct json_scopes both = { .bits = a->bits & b->bits };

	for (size_t i = 0; i < JSON_AGE_WORDS; i++)
		both.ages[i] = a->ages[i] & b->ages[i];
	return both;
}

struct json_scopes json_scopes_without(const struct json_scopes *a,
                                       const struct json_scopes *b)
{
	struct json_scopes rest = { .bits = a->bits & ~b->bits };

	for (size_t i = 0; i < JSON_AGE_WORDS; i++)
		rest.ages[i] = a->ages[i] & ~b->ages[i];
	return rest;
}

bool json_scopes_next(const struct json_scopes *scopes, unsigned int *at,
                      char ret[static JSON_SCOPE_NAME_MAX])
{
	const unsigned int names = ARRAY_LEN(scope_names);

	for (; *at < names + JSON_AGE_MOST + 1; ++*at) {
		bool is_age = *at >= names;
		uint8_t age = (uint8_t)(is_age ? *at - names : 0);

		if (is_age ? !json_scopes_has_age(scopes, age)
		           : (scopes->bits >> *at & 1U) == 0)
			continue;
		if (is_age)
			(void)snprintf(ret, JSON_SCOPE_NAME_MAX, "%s%u",
			               age_prefix, age);
		else
			(void)snprintf(ret, JSON_SCOPE_NAME_MAX, "%s",
			               scope_names[*at]);
		++*at;
		return true;
	}
	return false;
}
