/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to a grant: service-api 3 and 7. */
#include "service/core/admit.h"

#include <stdio.h>
#include <string.h>

#include <cccd/assertion.h>

#include "base/clock.h"
#include "lib/json/profile.h"
#include "lib/json/request_jwt.h"
#include "service/core/keys.h"
#include "service/core/policy.h"
#include "service/core/tell.h"

enum { PROFILE_PATH_MAX = 512 };

static void keys_cleanup(struct cccd_jwks **keys)
{
	cccd_jwks_free(*keys);
}

/* The signature, and that it was not used before; on success @admitted
 * knows what to remember of it. */
static enum cccd_err verify(struct sessions *sessions,
                            const struct json_request *request,
                            struct admitted *admitted, struct cccd_error *error,
                            struct json_request *ret)
{
	const struct json_relying_party *party = admitted->party;
	struct seen_request used = { .rp = party->id };
	CLEANUP(keys_cleanup) struct cccd_jwks *keys = NULL;
	CLEANUP(request_jwt_release) struct request_jwt jwt = { 0 };
	struct request_jwt_expected expected = {
		.rp = party->id,
		.device = device_keys_thumbprint(sessions->parts.keys),
		/* Made before a rotation, come after it. */
		.previous = device_keys_previous(sessions->parts.keys),
		.now = clock_wall_s(),
	};
	enum cccd_err err = CCCD_OK;

	if (party->jwks == NULL)
		return fail(error, CCCD_ERR_REQUEST_SIGNATURE,
		            "this relying party has no keys");
	TRY(cccd_jwks_parse(party->jwks, strlen(party->jwks), error, &keys));
	expected.keys = keys;
	TRY(request_jwt_verify(span_text(request->request_jwt), &expected,
	                       error, &jwt));
	used.id = jwt.id;
	used.expires = jwt.expires;
	err = seen_look(&sessions->seen, &used, expected.now, &admitted->used);
	if (err != CCCD_OK)
		return fail(error, err, "the request was used before");
	return json_request_parse_signed(buf_span(&jwt.text), error, ret);
}

/* "counter" is built in; a file of that name is refused by its parser. */
static enum cccd_err use_profile(const struct sessions *sessions,
                                 struct grant *grant, struct cccd_error *error)
{
	const struct cccd_profile *shipped = cccd_profile_counter();
	struct cccd_profile profile = { 0 };
	struct cccd_error cause = { .tries_left = -1 };
	char path[PROFILE_PATH_MAX];
	int len = 0;

	if (grant->profile_name[0] == '\0' ||
	    strcmp(grant->profile_name, shipped->name) == 0) {
		grant_use_profile(grant, shipped);
		return CCCD_OK;
	}
	len = snprintf(path, sizeof(path), "%s/%s.json",
	               sessions->parts.profiles, grant->profile_name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "the path of profiles is too long");
	if (json_profile_load(path, &cause, &profile) != CCCD_OK)
		return fail(error, CCCD_ERR_POLICY_CONFIG, "%s", cause.text);
	grant_use_profile(grant, &profile);
	return CCCD_OK;
}

static enum cccd_err decide(struct sessions *sessions,
                            const struct caller *caller,
                            const struct json_request *request,
                            struct cccd_error *error, struct admitted *admitted)
{
	CLEANUP(json_request_release) struct json_request inner = { 0 };
	bool is_signed = request->request_jwt != NULL;

	if (is_signed) {
		enum cccd_err err =
		        verify(sessions, request, admitted, error, &inner);

		if (err == CCCD_ERR_REQUEST_SIGNATURE)
			(void)!tell_forged(sessions->parts.audit,
			                   admitted->party->id, caller->origin,
			                   error->text);
		TRY(err);
	}
	return policy_decide(sessions->registry, caller, request,
	                     is_signed ? &inner : NULL, error,
	                     &admitted->grant);
}

enum cccd_err admit_request(struct sessions *sessions,
                            const struct caller *caller,
                            const struct json_request *request,
                            struct cccd_error *error, struct admitted *ret)
{
	struct admitted admitted = { 0 };

	TRY(policy_party(sessions->registry, caller, error, &admitted.party));
	TRY(decide(sessions, caller, request, error, &admitted));
	TRY(use_profile(sessions, &admitted.grant, error));
	*ret = admitted;
	return CCCD_OK;
}

void admit_use(struct sessions *sessions, const struct admitted *admitted)
{
	if (admitted->grant.is_signed)
		seen_add(&sessions->seen, &admitted->used);
}
