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

enum cccd_err seen_add(struct seen *seen, const char *rp, const char *id,
                       int64_t expires, int64_t now)
{
	struct digest digest = { 0 };
	struct seen_row *row = NULL;

	/* The NUL between them keeps "a", "bc" apart from "ab", "c". */
	TRY(digest_compute_pair(DIGEST_SHA256, span_of(rp, strlen(rp) + 1),
	                        span_text(id), &digest));
	forget_expired(seen, now);
	for (size_t i = 0; i < seen->count; i++)
		if (memcmp(seen->rows[i].sha256, digest.bytes,
		           sizeof(seen->rows[i].sha256)) == 0)
			return CCCD_ERR_REQUEST_SIGNATURE;
	if (seen->count == SEEN_MAX)
		return CCCD_ERR_RATE_LIMITED;
	row = &seen->rows[seen->count++];
	memcpy(row->sha256, digest.bytes, sizeof(row->sha256));
	row->expires = expires;
	return CCCD_OK;
}
