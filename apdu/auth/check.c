/* SPDX-License-Identifier: Apache-2.0 */
/* One check and its reason, and the list of findings beside the checks. */
#include "apdu/auth/check.h"

#include <string.h>

void auth_findings_add(struct auth_findings *findings, const char *code,
                       unsigned int group)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->at[i].group == group &&
		    strcmp(findings->at[i].code, code) == 0)
			return;
	if (findings->count == AUTH_FINDINGS_MAX) {
		findings->dropped = true;
		return;
	}
	findings->at[findings->count++] =
	        (struct auth_finding){ .code = code, .group = group };
}

bool auth_findings_have(const struct auth_findings *findings, const char *code)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(findings->at[i].code, code) == 0)
			return true;
	return false;
}

void auth_check_fail(struct auth_check *check, const char *reason)
{
	if (check->verdict != CCCD_FAILED)
		*check = auth_check_make(CCCD_FAILED, reason);
}
