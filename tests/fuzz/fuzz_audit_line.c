/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the audit log, and its head, from a file that anybody wrote. */
#include <stdlib.h>
#include <string.h>

#include "lib/json/audit_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken is within its bounds, and ended. */
static void judge(const struct audit_line *line)
{
	if (line->kind <= AUDIT_NONE || line->kind >= AUDIT_KINDS ||
	    line->sequence == 0 || line->chain >= AUDIT_CHAINS ||
	    strlen(line->hash) != AUDIT_HASH_TEXT - 1 ||
	    strlen(line->previous) != AUDIT_HASH_TEXT - 1 ||
	    strlen(line->true_hash) != AUDIT_HASH_TEXT - 1 ||
	    strlen(line->rp) >= sizeof(line->rp) ||
	    line->outcome > AUDIT_ENDED_EXPIRED ||
	    line->way > AUDIT_WAY_PORTRAIT || line->overall > CCCD_ABORTED)
		abort();
}

/* What is read of a head is written the same. */
static void judge_head(enum audit_chain_id chain, struct span text,
                       const struct audit_head *head)
{
	char again[AUDIT_HEAD_LEN + 1];

	audit_head_make(chain, head, again);
	if (text.len != AUDIT_HEAD_LEN ||
	    memcmp(again, text.at, AUDIT_HEAD_LEN) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct audit_line line = { 0 };
	struct audit_head head = { 0 };

	if (audit_line_parse(text, &line) == CCCD_OK)
		judge(&line);
	for (unsigned int i = 0; i < AUDIT_CHAINS; i++)
		if (audit_head_parse((enum audit_chain_id)i, text, &head) ==
		    CCCD_OK)
			judge_head((enum audit_chain_id)i, text, &head);
	return 0;
}
