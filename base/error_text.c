/* SPDX-License-Identifier: Apache-2.0 */
/* What the table says of an error, and in which language. */
#include <cccd/error.h>

#include <stdlib.h>
#include <string.h>

#include "base/error_table.h"
#include "base/macros.h"

static const struct error_row *row_of(enum cccd_err err)
{
	for (size_t i = 0; i < error_row_count; i++)
		if (error_rows[i].err == err)
			return &error_rows[i];
	return &error_rows[error_row_count - 1];
}

const char *cccd_err_code(enum cccd_err err)
{
	return row_of(err)->code;
}

const char *cccd_err_text(enum cccd_err err, enum cccd_lang lang)
{
	return row_of(err)->text[lang == CCCD_LANG_EN];
}

const char *cccd_err_next(enum cccd_err err)
{
	return row_of(err)->next->code;
}

const char *cccd_err_next_text(enum cccd_err err, enum cccd_lang lang)
{
	return row_of(err)->next->text[lang == CCCD_LANG_EN];
}

int cccd_err_http_status(enum cccd_err err)
{
	return row_of(err)->http_status;
}

bool cccd_err_retryable(enum cccd_err err)
{
	return row_of(err)->retryable;
}

enum cccd_err_domain cccd_err_domain(enum cccd_err err)
{
	return (enum cccd_err_domain)((unsigned int)err >> 8);
}

enum cccd_lang cccd_lang_from_environment(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		/* Read once at start-up, before any thread. */
		const char *value =
		        getenv(names[i]); /* NOLINT(concurrency-mt-unsafe) */

		if (value != NULL && value[0] != '\0')
			return strncmp(value, "en", 2) == 0 ? CCCD_LANG_EN
			                                    : CCCD_LANG_VI;
	}
	return CCCD_LANG_VI;
}
