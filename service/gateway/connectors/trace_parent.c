/* SPDX-License-Identifier: Apache-2.0 */
/* The header that ties a registry's trace to the desk's: W3C Trace Context. */
#include "service/gateway/connectors/trace_parent.h"

#include <stdio.h>
#include <string.h>

#include "base/uuid.h"

enum { TRACE_ID_LEN = 2 * UUID_LEN, PARENT_LEN = 8 };

static bool is_dash_place(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

/* Lower case only, as desks make them and the header wants them. */
static bool take_trace_id(const char *uuid, char ret[static TRACE_ID_LEN + 1])
{
	size_t len = 0;

	if (strlen(uuid) != UUID_TEXT_MAX - 1)
		return false;
	for (size_t i = 0; i < UUID_TEXT_MAX - 1; i++) {
		if (is_dash_place(i) != (uuid[i] == '-'))
			return false;
		if (uuid[i] == '-')
			continue;
		if (strchr("0123456789abcdef", uuid[i]) == NULL)
			return false;
		ret[len++] = uuid[i];
	}
	ret[len] = '\0';
	return strspn(ret, "0") != TRACE_ID_LEN;
}

enum cccd_err trace_parent_make(const char *transaction,
                                const struct random *random,
                                char ret[static TRACE_PARENT_MAX])
{
	char trace[TRACE_ID_LEN + 1];
	uint8_t parent[PARENT_LEN];

	if (!take_trace_id(transaction, trace)) {
		ret[0] = '\0';
		return CCCD_OK;
	}
	TRY(random_fill(random, parent, sizeof(parent)));
	/* One of zeros would be invalid. */
	parent[PARENT_LEN - 1] |= 1;
	(void)snprintf(ret, TRACE_PARENT_MAX,
	               "00-%s-%02x%02x%02x%02x%02x%02x%02x%02x-01", trace,
	               parent[0], parent[1], parent[2], parent[3], parent[4],
	               parent[5], parent[6], parent[7]);
	return CCCD_OK;
}
