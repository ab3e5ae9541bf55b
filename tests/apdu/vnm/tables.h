/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped code tables, for tests. */
#ifndef TESTS_APDU_VNM_TABLES_H
#define TESTS_APDU_VNM_TABLES_H

#include <stdio.h>
#include <stdlib.h>

#include "lib/json/tables.h"

/* Ends the program when the tables are not as they should be. */
static inline struct json_tables test_tables(void)
{
	struct json_tables loaded = { 0 };
	struct cccd_error error = { 0 };
	char dir[1024];

	(void)snprintf(dir, sizeof(dir), "%s/data/tables",
	               getenv("CCCD_SOURCE_DIR"));
	if (json_tables_load(dir, &error, &loaded) != CCCD_OK) {
		(void)fprintf(stderr, "%s: %s\n", dir, error.text);
		abort();
	}
	return loaded;
}

#endif
