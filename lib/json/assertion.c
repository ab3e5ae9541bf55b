/* SPDX-License-Identifier: Apache-2.0 */
/* What a verified assertion says. */
#include <string.h>

#include "base/macros.h"
#include "lib/json/assertion_object.h"

const cJSON *assertion_result(const struct cccd_assertion *assertion)
{
	return cJSON_GetObjectItemCaseSensitive(assertion->claims, "result");
}

/* Both end with a NUL that is not counted. */
static const char *text_of(const struct buf *buf, size_t *ret_len)
{
	if (ret_len != NULL)
		*ret_len = buf->len - 1;
	return (const char *)buf->at;
}

const char *cccd_assertion_result(const struct cccd_assertion *assertion,
                                  size_t *ret_len)
{
	return text_of(&assertion->result, ret_len);
}

const char *cccd_assertion_payload(const struct cccd_assertion *assertion,
                                   size_t *ret_len)
{
	return text_of(&assertion->payload, ret_len);
}

static const char *claim(const struct cccd_assertion *assertion,
                         const char *name)
{
	const char *text = claims_text(assertion->claims, name);

	return text != NULL ? text : "";
}

const char *cccd_assertion_transaction(const struct cccd_assertion *assertion)
{
	return claim(assertion, "txn");
}

const char *cccd_assertion_id(const struct cccd_assertion *assertion)
{
	return claim(assertion, "jti");
}

const char *cccd_assertion_device(const struct cccd_assertion *assertion)
{
	return assertion->device;
}

const char *cccd_assertion_origin(const struct cccd_assertion *assertion)
{
	return claim(assertion, "origin");
}

const char *cccd_assertion_purpose(const struct cccd_assertion *assertion)
{
	return claim(assertion, "purpose");
}

const char *cccd_assertion_consent(const struct cccd_assertion *assertion)
{
	return claim(assertion, "consent");
}

const char *cccd_assertion_subject(const struct cccd_assertion *assertion)
{
	return claim(assertion, "sub");
}

const char *cccd_assertion_level(const struct cccd_assertion *assertion)
{
	return claim(assertion, "level");
}

int64_t cccd_assertion_issued(const struct cccd_assertion *assertion)
{
	return assertion->times.issued;
}

int64_t cccd_assertion_expires(const struct cccd_assertion *assertion)
{
	return assertion->times.expires;
}

enum cccd_verdict cccd_assertion_overall(const struct cccd_assertion *assertion)
{
	const char *word = claims_text(assertion_result(assertion), "overall");

	for (unsigned int i = 0; word != NULL && i <= CCCD_ABORTED; i++)
		if (strcmp(cccd_verdict_name((enum cccd_verdict)i), word) == 0)
			return (enum cccd_verdict)i;
	return CCCD_NOT_RUN;
}

const char *cccd_assertion_identity(const struct cccd_assertion *assertion,
                                    const char *name)
{
	return claims_text(cJSON_GetObjectItemCaseSensitive(
	                           assertion_result(assertion), "identity"),
	                   name);
}
