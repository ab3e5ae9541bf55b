/* SPDX-License-Identifier: Apache-2.0 */
/* Claims of a signed request that are the token's own. */
#ifndef LIB_JSON_REQUEST_CLAIMS_H
#define LIB_JSON_REQUEST_CLAIMS_H

#include <stddef.h>

#define REQUEST_TYP "cccd-request+jwt"

/* No request object may have members of these names. */
extern const char *const request_claims[];
extern const size_t request_claims_count;

#endif
