/* SPDX-License-Identifier: Apache-2.0 */
/* A desk that signs what it is told to: assertions for tests. */
#include "tests/service/gateway/desk.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "lib/json/claims.h"
#include "lib/json/jws.h"

enum { LIFETIME_S = 120 };

enum cccd_err desk_make(struct desk *ret)
{
	TRY(sign_pair_generate(SIGN_ES256, &ret->pair));
	return jwk_of(sign_pair_public(ret->pair), &ret->jwk);
}

void desk_release(struct desk *desk)
{
	sign_pair_free(desk->pair);
	desk->pair = NULL;
}

static const char *or_else(const char *text, const char *usual)
{
	return text != NULL ? text : usual;
}

enum cccd_err desk_sign(const struct desk *desk,
                        const struct desk_claims *claims, struct buf *ret)
{
	char payload[2048];
	char id[CLAIMS_ID_MAX];
	int64_t issued = claims->issued != 0 ? claims->issued : clock_wall_s();
	const char *transaction = or_else(
	        claims->transaction, "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11");
	int len = 0;

	TRY(claims_new_id(id));
	len = snprintf(
	        payload, sizeof(payload),
	        "{\"iss\":\"urn:ietf:params:oauth:jwk-thumbprint:sha-256:%s\","
	        "\"aud\":\"%s\",\"nonce\":\"%s\",\"iat\":%" PRId64
	        ",\"nbf\":%" PRId64 ",\"exp\":%" PRId64
	        ",\"jti\":\"%s\",\"origin\":\"https://desk.example\","
	        "\"purpose\":\"counter\",\"consent\":\"operator\","
	        "\"txn\":\"%s\",\"level\":\"A1\",\"result\":{"
	        "\"schema\":\"urn:cccd:result:1\",\"transaction\":\"%s\","
	        "\"overall\":\"%s\",\"identity\":{\"id_number\":\"%s\","
	        "\"full_name\":\"%s\",\"date_of_birth\":\"%s\","
	        "\"sex\":\"%s\"}}}",
	        desk->jwk.thumbprint, or_else(claims->audience, "urn:test:gw"),
	        claims->nonce, issued, issued, issued + LIFETIME_S, id,
	        transaction, transaction,
	        or_else(claims->overall, "successful"),
	        or_else(claims->id_number, "001190000001"),
	        or_else(claims->full_name, "Nguyễn Thị Mẫu"),
	        or_else(claims->date_of_birth, "1990-01-01"),
	        or_else(claims->sex, "female"));
	if (len < 0 || (size_t)len >= sizeof(payload))
		return CCCD_ERR_DATA_TOO_LARGE;
	return jws_sign(desk->pair, &desk->jwk, "cccd-assertion+jwt",
	                span_of(payload, (size_t)len), ret);
}
