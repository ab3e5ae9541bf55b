/* SPDX-License-Identifier: Apache-2.0 */
/* One check and its reason, and the list of findings beside the checks. */
#ifndef APDU_AUTH_CHECK_H
#define APDU_AUTH_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/verdict.h>

/**
 * struct auth_check - one check of TR-03135-1.
 * @verdict: CCCD_NOT_RUN while nothing was proved
 * @reason:  stable snake_case code, a constant string; NULL when there is
 *           nothing to add to a successful check
 */
struct auth_check {
	enum cccd_verdict verdict;
	const char *reason;
};

static inline struct auth_check auth_check_make(enum cccd_verdict verdict,
                                                const char *reason)
{
	return (struct auth_check){ .verdict = verdict, .reason = reason };
}

/* The reason for texts: never NULL. */
static inline const char *auth_check_reason(const struct auth_check *check)
{
	return check->reason != NULL ? check->reason : "";
}

/**
 * struct auth_finding - something a careful reader reports.
 * @code:   stable snake_case code, a constant string
 * @group:  data group it concerns, 0 for none
 *
 * A finding that decides a verdict stands in that check's reason as well.
 */
struct auth_finding {
	const char *code;
	unsigned int group;
};

enum { AUTH_FINDINGS_MAX = 40 };

/* struct auth_findings - @dropped: some did not fit. */
struct auth_findings {
	struct auth_finding at[AUTH_FINDINGS_MAX];
	size_t count;
	bool dropped;
};

/* Add a finding once; the same code for the same group is not repeated. */
void auth_findings_add(struct auth_findings *findings, const char *code,
                       unsigned int group);

bool auth_findings_have(const struct auth_findings *findings, const char *code);

/**
 * auth_check_fail() - lower a check to failed, the first reason stays.
 *
 * Only a check that has not failed yet takes the reason.
 */
void auth_check_fail(struct auth_check *check, const char *reason);

#endif
