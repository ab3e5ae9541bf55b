/* SPDX-License-Identifier: Apache-2.0 */
/* What a finished check is told as: to its caller, and to the log. */
#ifndef SERVICE_GATEWAY_CHECK_REPLY_H
#define SERVICE_GATEWAY_CHECK_REPLY_H

#include "service/gateway/check.h"

enum { CHECK_FIELDS_TEXT_MAX = 512 };

/**
 * struct check_told - a finished check.
 * @card: the card's own verdict
 */
struct check_told {
	const char *request_id;
	const char *transaction;
	const char *card;
	const char *source;
	int64_t observed_at;
	const struct match_result *match;
	const struct registry_answer *answer;
	const struct json_scopes *scopes;
};

/* The reply with what the scopes grant of the registry's values. */
CHECKED enum cccd_err check_reply_text(const struct check_told *told,
                                       char **ret);

/* "name=match:diacritics sex=differs"; what is missing is left out. */
void check_fields_text(const struct match_result *match,
                       char ret[static CHECK_FIELDS_TEXT_MAX]);

/* Why undetermined; "" when it is not. */
const char *check_reason(const struct match_result *match,
                         const struct registry_answer *answer);

#endif
