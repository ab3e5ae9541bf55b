/* SPDX-License-Identifier: Apache-2.0 */
/* What a parser hands out must lie in what it was given. */
#ifndef TESTS_FUZZ_INSIDE_H
#define TESTS_FUZZ_INSIDE_H

#include <stdlib.h>

#include "base/span.h"

/* Ends the program unless @bytes is empty or part of @input. */
static inline void check_inside(struct cccd_bytes bytes, struct span input)
{
	if (bytes.len == 0)
		return;
	if (input.at == NULL || bytes.at < input.at || bytes.len > input.len ||
	    (size_t)(bytes.at - input.at) > input.len - bytes.len)
		abort();
}

/* Ends the program unless the text has its terminator within @cap. */
static inline void check_text(const char *text, size_t cap)
{
	if (memchr(text, '\0', cap) == NULL)
		abort();
}

#endif
