/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles as JSON: reading, extending, and filling structs by tables. */
#ifndef TESTS_SIM_PROFILE_JSON_H
#define TESTS_SIM_PROFILE_JSON_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/error.h"

enum sim_member_kind {
	SIM_BOOL,  /* bool */
	SIM_TRI,   /* unsigned int: SIM_YES or SIM_NO */
	SIM_UINT,  /* unsigned int */
	SIM_SW,    /* unsigned int from four hex digits */
	SIM_TEXT,  /* char[cap] */
	SIM_BYTES, /* struct buf from hex */
	SIM_ENUM,  /* unsigned int: index in names */
	SIM_FLAGS, /* unsigned int: bits 1 << index in names, from a list */
	SIM_UINTS, /* unsigned int[cap] and its count */
	SIM_SUB,   /* struct, by the table sub */
	SIM_LIST,  /* struct[cap] of element bytes, by the table sub */
};

/**
 * struct sim_member - one member of a JSON object and where it goes.
 * @offset:  in the struct that the object fills
 * @count:   offset of the number of elements of a list
 * @given:   offset of a bool set when the member stands there, 0 none
 */
struct sim_member {
	const char *name;
	enum sim_member_kind kind;
	size_t offset;
	size_t cap;
	const char *const *names;
	const struct sim_member *sub;
	size_t count;
	size_t element;
	size_t given;
	void (*defaults)(void *element);
};

/* A JSON object into @base; a member that @members lacks is refused. */
CHECKED enum cccd_err sim_json_fill(const cJSON *object, const char *where,
                                    const struct sim_member *members,
                                    void *base, struct cccd_error *error);

/* The profile with all that it extends, deepest first. */
CHECKED enum cccd_err sim_json_load(const char *profile,
                                    struct cccd_error *error, cJSON **ret);

#endif
