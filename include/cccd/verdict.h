/* SPDX-License-Identifier: Apache-2.0 */
/* The five words of a check, TR-03135-1 3.5.2, and "not run". */
#ifndef CCCD_VERDICT_H
#define CCCD_VERDICT_H

#include <cccd/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum cccd_verdict - what a check found out.
 *
 * A verdict is never an error: a forged card gives a verdict, a card that
 * could not be asked gives an error. Zeroed memory proves nothing.
 */
enum cccd_verdict {
	CCCD_NOT_RUN = 0,
	CCCD_SUCCESSFUL,
	CCCD_FAILED,
	CCCD_UNDETERMINED,
	CCCD_NOT_SUPPORTED,
	CCCD_ABORTED,
};

/**
 * cccd_verdict_name() - the word of a verdict, as it stands in JSON.
 * @verdict: any value; unknown ones give "not_run"
 *
 * Return: a constant string.
 */
CCCD_EXPORT const char *cccd_verdict_name(enum cccd_verdict verdict);

#ifdef __cplusplus
}
#endif

#endif
