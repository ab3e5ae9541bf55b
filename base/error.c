/* SPDX-License-Identifier: Apache-2.0 */
/* Recording the first cause of a failure. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

PRINTF_LIKE(2, 0)
static void record_text(struct cccd_error *error, const char *format,
                        va_list args)
{
	if (vsnprintf(error->text, sizeof(error->text), format, args) < 0)
		error->text[0] = '\0';
}

/* Whether @error takes a cause now; the first one wins. */
static bool record(struct cccd_error *error, enum cccd_err code)
{
	if (error == NULL || error->code != CCCD_OK)
		return false;
	error->code = code;
	return true;
}

enum cccd_err fail(struct cccd_error *error, enum cccd_err code,
                   const char *format, ...)
{
	va_list args;

	if (record(error, code)) {
		va_start(args, format);
		record_text(error, format, args);
		va_end(args);
	}
	return code;
}

enum cccd_err fail_sw(struct cccd_error *error, enum cccd_err code,
                      uint16_t status_word, const char *format, ...)
{
	va_list args;

	if (record(error, code)) {
		error->status_word = status_word;
		va_start(args, format);
		record_text(error, format, args);
		va_end(args);
	}
	return code;
}

enum cccd_err fail_native(struct cccd_error *error, enum cccd_err code,
                          long native, const char *format, ...)
{
	va_list args;

	if (record(error, code)) {
		error->native = native;
		va_start(args, format);
		record_text(error, format, args);
		va_end(args);
	}
	return code;
}

void error_reset(struct cccd_error *error)
{
	*error = (struct cccd_error){ .tries_left = -1 };
}
