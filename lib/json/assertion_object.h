/* SPDX-License-Identifier: Apache-2.0 */
/* A verified assertion inside; for the files of this room. */
#ifndef LIB_JSON_ASSERTION_OBJECT_H
#define LIB_JSON_ASSERTION_OBJECT_H

#include <cccd/assertion.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "lib/json/claims.h"

#define ASSERTION_TYP    "cccd-assertion+jwt"
#define ASSERTION_ISSUER "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"

/**
 * struct cccd_assertion - only ever filled by cccd_assertion_verify().
 * @payload: the claims as signed, and NUL
 * @result:  the bytes of the result object, and NUL
 * @claims:  @payload taken apart
 */
struct cccd_assertion {
	struct buf payload;
	struct buf result;
	cJSON *claims;
	char device[CCCD_THUMBPRINT_MAX];
	struct claims_times times;
};

/* The result object, borrowed. */
const cJSON *assertion_result(const struct cccd_assertion *assertion);

#endif
