/* SPDX-License-Identifier: Apache-2.0 */
/* Claims that assertions and requests have in common: RFC 7519. */
#include "lib/json/claims.h"

#include "base/base64url.h"
#include "base/random.h"
#include "lib/json/parse.h"

/* Far beyond any clock, and exact in a double. */
#define TIME_MOST 1e11

static enum cccd_err take_time(const cJSON *claims, const char *name,
                               struct cccd_error *error, int64_t *ret)
{
	double number = 0;

	if (parse_integer(claims, name, 0, TIME_MOST, NULL, &number) != CCCD_OK)
		return fail(error, CCCD_ERR_ASSERTION_MALFORMED,
		            "token: %s is missing or bad", name);
	*ret = (int64_t)number;
	return CCCD_OK;
}

enum cccd_err claims_times(const cJSON *claims, struct cccd_error *error,
                           struct claims_times *ret)
{
	struct claims_times times = { 0 };

	TRY(take_time(claims, "iat", error, &times.issued));
	TRY(take_time(claims, "exp", error, &times.expires));
	times.not_before = times.issued;
	if (cJSON_GetObjectItemCaseSensitive(claims, "nbf") != NULL)
		TRY(take_time(claims, "nbf", error, &times.not_before));
	if (times.expires <= times.issued ||
	    times.expires - times.issued > CLAIMS_LIFETIME_S)
		return fail(error, CCCD_ERR_ASSERTION_MALFORMED,
		            "token: exp is not 1 to %d s after iat",
		            CLAIMS_LIFETIME_S);
	*ret = times;
	return CCCD_OK;
}

/* [RFC 7519 4.1.4, 4.1.5] */
enum cccd_err claims_judge_times(const struct claims_times *times, int64_t now,
                                 int64_t leeway_s, struct cccd_error *error)
{
	if (now - leeway_s >= times->expires)
		return fail(error, CCCD_ERR_ASSERTION_EXPIRED,
		            "token: expired %lld s ago",
		            (long long)(now - times->expires));
	if (times->not_before > now + leeway_s ||
	    times->issued > now + leeway_s)
		return fail(error, CCCD_ERR_ASSERTION_NOT_YET,
		            "token: made %lld s in the future",
		            (long long)(times->issued - now));
	return CCCD_OK;
}

enum cccd_err claims_new_id(char ret[static CLAIMS_ID_MAX])
{
	uint8_t bytes[CLAIMS_ID_BYTES];

	TRY(random_fill(&random_system, bytes, sizeof(bytes)));
	base64url_text(SPAN(bytes), ret);
	return CCCD_OK;
}

const char *claims_text(const cJSON *claims, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(claims, name);

	if (!cJSON_IsString(item) || item->valuestring[0] == '\0')
		return NULL;
	return item->valuestring;
}
