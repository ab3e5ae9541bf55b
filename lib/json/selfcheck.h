/* SPDX-License-Identifier: Apache-2.0 */
/* What cccd selfcheck found, as the document urn:cccd:selfcheck:1. */
#ifndef LIB_JSON_SELFCHECK_H
#define LIB_JSON_SELFCHECK_H

#include <stddef.h>

#include <cccd/error.h>

#include "base/macros.h"

enum { SELFCHECK_DETAIL_MAX = 192 };

/** enum selfcheck_verdict - of one line. */
enum selfcheck_verdict {
	SELFCHECK_PASS = 0,
	SELFCHECK_WARN,
	SELFCHECK_FAIL,
};

/** selfcheck_verdict_name() - "pass", "warn", "fail". */
const char *selfcheck_verdict_name(enum selfcheck_verdict verdict);

/**
 * struct selfcheck_line - one rule and what came of it.
 * @title: in Vietnamese and English
 * @mend:  command that mends it
 */
struct selfcheck_line {
	const char *id;
	enum selfcheck_verdict verdict;
	const char *title[2];
	const char *mend;
	char detail[SELFCHECK_DETAIL_MAX];
};

/**
 * json_selfcheck_text() - the document.
 * @ret: freed with json_text_free()
 */
CHECKED enum cccd_err json_selfcheck_text(const struct selfcheck_line *lines,
                                          size_t count, char **ret);

#endif
