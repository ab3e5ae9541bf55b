/* SPDX-License-Identifier: Apache-2.0 */
/* Recording the first cause of a failure. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <cccd/error.h>

#include "base/macros.h"

/**
 * fail() - record an error where it is first known, and return its code.
 * @error:  may be NULL; left alone when it already holds a cause
 * @code:   the error
 * @format: short technical text; never personal data, keys or APDU payload
 *
 * Return: @code.
 */
PRINTF_LIKE(3, 4)
enum cccd_err fail(struct cccd_error *error, enum cccd_err code,
                   const char *format, ...);

/* As fail(), with the status word of the card. */
PRINTF_LIKE(4, 5)
enum cccd_err fail_sw(struct cccd_error *error, enum cccd_err code,
                      uint16_t status_word, const char *format, ...);

/* As fail(), with a foreign code. */
PRINTF_LIKE(4, 5)
enum cccd_err fail_native(struct cccd_error *error, enum cccd_err code,
                          long native, const char *format, ...);

/* Ready for the next attempt. */
void error_reset(struct cccd_error *error);

#endif
