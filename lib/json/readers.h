/* SPDX-License-Identifier: Apache-2.0 */
/* The list of readers as JSON. */
#ifndef LIB_JSON_READERS_H
#define LIB_JSON_READERS_H

#include <cccd/reader.h>

#include "lib/json/result.h"

/* @ret: an object with "readers", and "problems" where there are some of no
 * single reader; freed with json_text_free(). */
CHECKED enum cccd_err json_readers_text(const struct cccd_reader_list *list,
                                        char **ret);

#endif
