/* SPDX-License-Identifier: Apache-2.0 */
/* The few macros every room uses. */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#define CHECKED                  __attribute__((warn_unused_result))
#define CLEANUP(fn)              __attribute__((cleanup(fn)))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Leave the function with the error of a failed step. */
#define TRY(expr)                            \
	do {                                 \
		enum cccd_err err_ = (expr); \
		if (err_ != CCCD_OK)         \
			return err_;         \
	} while (0)

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
