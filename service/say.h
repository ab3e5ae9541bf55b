/* SPDX-License-Identifier: Apache-2.0 */
/* What a daemon says to its operator: lines on standard error. */
#ifndef SERVICE_SAY_H
#define SERVICE_SAY_H

#include <cccd/error.h>

#include "base/macros.h"

/**
 * say_begin() - who speaks, language and level, before any thread.
 * @program: what each line begins with; kept
 * @level: 1 errors only, 2 and warnings, 3 and information
 *
 * Each line begins with the level as sd-daemon(3) has it, so that the
 * journal knows it; nothing personal is ever said.
 */
void say_begin(const char *program, enum cccd_lang lang, int level);

/* @vietnamese and @english take the same argument, if any. */
PRINTF_LIKE(1, 3)
PRINTF_LIKE(2, 3)
void say_info(const char *vietnamese, const char *english, ...);
PRINTF_LIKE(1, 3)
PRINTF_LIKE(2, 3)
void say_warning(const char *vietnamese, const char *english, ...);

/* An error with its code, its cause and its next step. */
void say_error(const struct cccd_error *error);

/* The same with a next step of the caller's own. */
void say_error_next(const struct cccd_error *error, const char *vietnamese,
                    const char *english);

#endif
