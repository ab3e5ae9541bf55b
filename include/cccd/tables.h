/* SPDX-License-Identifier: Apache-2.0 */
/* Code tables: dated data, replaceable without a release. */
#ifndef CCCD_TABLES_H
#define CCCD_TABLES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct cccd_table_row - one entry of a code table.
 * @code:    the code; text, because it may begin with 0
 * @name:    Vietnamese name
 * @name_en: English name, "" when the table has none
 * @to:      what the entry became (new province of an old one), else ""
 * @aliases: other spellings, separated by '|'; may be ""
 */
struct cccd_table_row {
	const char *code;
	const char *name;
	const char *name_en;
	const char *to;
	const char *aliases;
};

enum {
	CCCD_TABLE_NAME_MAX = 32,
	CCCD_TABLE_VERSION_MAX = 24,
	CCCD_TABLE_DATE_MAX = 11,
	CCCD_TABLE_CONFIDENCE_MAX = 24,
	CCCD_TABLE_SOURCE_MAX = 512,
	CCCD_TABLE_SHA256_MAX = 65,
};

/**
 * struct cccd_table - a code table and where it comes from.
 * @name:       e.g. "provinces_63"
 * @version:    the publisher's
 * @date:       YYYY-MM-DD, the day whose state of affairs it describes
 * @confidence: "confirmed", "single", "general", "not_established"
 * @source:     one sentence for people
 * @sha256:     of the rows, in hexadecimal
 * @rows:       may be empty: a table not established is not invented
 */
struct cccd_table {
	char name[CCCD_TABLE_NAME_MAX];
	char version[CCCD_TABLE_VERSION_MAX];
	char date[CCCD_TABLE_DATE_MAX];
	char confidence[CCCD_TABLE_CONFIDENCE_MAX];
	char source[CCCD_TABLE_SOURCE_MAX];
	char sha256[CCCD_TABLE_SHA256_MAX];
	const struct cccd_table_row *rows;
	uint32_t row_count;
};

/**
 * struct cccd_tables - the tables at hand; any of them may be NULL.
 * @provinces_63:       three-digit codes, before 1 July 2025; @to: the new one
 * @provinces_34:       two-digit codes, since then
 * @ethnic_groups:      two-digit codes
 * @nationalities:      ISO 3166-1 alpha-3
 * @sexes:              "male", "female", … with the words cards print
 * @health_nationalities: codes the health tables want; not established
 * @communes:           five-digit codes; empty until an official file comes
 *
 * A missing or empty table only means: text without a code.
 */
struct cccd_tables {
	const struct cccd_table *provinces_63;
	const struct cccd_table *provinces_34;
	const struct cccd_table *ethnic_groups;
	const struct cccd_table *nationalities;
	const struct cccd_table *sexes;
	const struct cccd_table *health_nationalities;
	const struct cccd_table *communes;
};

#ifdef __cplusplus
}
#endif

#endif
