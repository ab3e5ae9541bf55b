/* SPDX-License-Identifier: Apache-2.0 */
/* The signed assertion: service-api 6; docs/api/assertion.schema.json. */
#ifndef SERVICE_CORE_ASSERTION_H
#define SERVICE_CORE_ASSERTION_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/document.h>
#include <cccd/lds.h>

#include "base/buf.h"
#include "base/error.h"
#include "service/core/keys.h"

enum {
	ASSERTION_LIFETIME_S = 300, /* the most that exp may lie after iat */
};

/** struct assertion_digests - SHA-256 of the files that were read. */
struct assertion_digests {
	bool present[CCCD_FILES_COUNT];
	uint8_t sha256[CCCD_FILES_COUNT][32];
};

/* Of every file of @document that was read. */
CHECKED enum cccd_err assertion_digests_of(const struct cccd_document *document,
                                           struct assertion_digests *ret);

/** enum assertion_level - what the back end may conclude; service-api 6. */
enum assertion_level {
	ASSERTION_A1 = 1, /* signed by the device */
	ASSERTION_A2,     /* and asked for in a signed request */
	ASSERTION_A3,     /* and with evidence that the chip signed */
};

/**
 * struct assertion_input - the claims; all borrowed.
 * @audience:    from the registry, never from the request
 * @nonce:       the back end's, 43 base64url letters or more
 * @origin:      as enforced; "" for a local user, then the claim is left out
 * @purpose, @consent: as enforced, e.g. "kcb-reception", "operator"
 * @transaction: UUID, the same in the audit log
 * @pairwise:    device_keys_pairwise(), NULL to leave sub out
 * @result:      the result object as JSON text; embedded byte for byte
 * @now:         seconds since 1970 UTC
 * @lifetime_s:  1 to ASSERTION_LIFETIME_S
 */
struct assertion_input {
	const char *audience;
	const char *nonce;
	const char *origin;
	const char *purpose;
	const char *consent;
	const char *transaction;
	const char *pairwise;
	const struct assertion_digests *digests;
	enum assertion_level level;
	struct span result;
	int64_t now;
	uint32_t lifetime_s;
};

/**
 * assertion_make() - the compact JWS.
 * @ret: emptied first; personal data, its release wipes
 *
 * Return: CCCD_OK; CCCD_ERR_NONCE_TOO_SHORT; CCCD_ERR_USAGE_ARGUMENT for
 * another claim that is missing or bad; CCCD_ERR_DATA_TOO_LARGE beyond the
 * maximum of @ret; CCCD_ERR_CRYPTO_*; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err assertion_make(const struct device_keys *keys,
                                     const struct assertion_input *input,
                                     struct cccd_error *error, struct buf *ret);

#endif
