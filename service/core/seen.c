/* SPDX-License-Identifier: Apache-2.0 */
/* Signed requests that were used: each counts once. */
#include "service/core/seen.h"

#include <string.h>

#include "base/digest.h"

static void forget_expired(struct seen *seen, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < seen->count; i++)
		if (seen->rows[i].expires > now)
			seen->rows[kept++] = seen->rows[i];
	seen->count = kept;
}

enum cccd_err seen_look(struct seen *seen, const struct seen_request *request,
                        int64_t now, struct seen_row *ret)
{
	struct digest digest = { 0 };

	/* The NUL between them keeps "a", "bc" apart from "ab", "c". */
	TRY(digest_compute_pair(DIGEST_SHA256,
	                        span_of(request->rp, strlen(request->rp) + 1),
	                        span_text(request->id), &digest));
	forget_expired(seen, now);
	for (size_t i = 0; i < seen->count; i++)
		if (memcmp(seen->rows[i].sha256, digest.bytes,
		           sizeof(seen->rows[i].sha256)) == 0)
			return CCCD_ERR_REQUEST_SIGNATURE;
	if (seen->count == SEEN_MAX)
		return CCCD_ERR_RATE_LIMITED;
	memcpy(ret->sha256, digest.bytes, sizeof(ret->sha256));
	ret->expires = request->expires;
	return CCCD_OK;
}

void seen_add(struct seen *seen, const struct seen_row *row)
{
	if (seen->count < SEEN_MAX)
		seen->rows[seen->count++] = *row;
}
