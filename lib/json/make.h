/* SPDX-License-Identifier: Apache-2.0 */
/* Small makers on top of cJSON; a failed one is seen at the end. */
#ifndef LIB_JSON_MAKE_H
#define LIB_JSON_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <cccd/bytes.h>
#include <cccd/error.h>

#include "base/macros.h"

/**
 * struct json_maker - remembers the first failure while a tree grows.
 *
 * cJSON gives NULL when memory ends; every maker below notes that here, so
 * that the caller asks once.
 */
struct json_maker {
	bool failed;
};

void json_cleanup(cJSON **tree);

/* Members; the object belongs to @parent. NULL parents are tolerated. */
cJSON *make_object(struct json_maker *maker, cJSON *parent, const char *name);
cJSON *make_array(struct json_maker *maker, cJSON *parent, const char *name);
void make_text(struct json_maker *maker, cJSON *parent, const char *name,
               const char *text);
/* Left out when @text is empty. */
void make_text_if(struct json_maker *maker, cJSON *parent, const char *name,
                  const char *text);
void make_number(struct json_maker *maker, cJSON *parent, const char *name,
                 double number);
void make_bool(struct json_maker *maker, cJSON *parent, const char *name,
               bool value);
void make_null(struct json_maker *maker, cJSON *parent, const char *name);
/* "2026-11-23T02:10:04Z", or only its date. */
void make_time(struct json_maker *maker, cJSON *parent, const char *name,
               int64_t wall_s);
void make_date(struct json_maker *maker, cJSON *parent, const char *name,
               int64_t wall_s);
/* "sha-256:…" in lower-case hexadecimal. */
void make_digest(struct json_maker *maker, cJSON *parent, const char *name,
                 const uint8_t digest[static 32]);
void make_base64url(struct json_maker *maker, cJSON *parent, const char *name,
                    struct cccd_bytes bytes);
void make_item(struct json_maker *maker, cJSON *array, cJSON *item);

/* The whole tree as text; CCCD_ERR_MEMORY when anything failed. */
CHECKED enum cccd_err make_text_of(const struct json_maker *maker,
                                   const cJSON *tree, bool pretty, char **ret);

#endif
