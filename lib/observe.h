/* SPDX-License-Identifier: Apache-2.0 */
/* A reader that tells of each exchange, never of what is in it. */
#ifndef LIB_OBSERVE_H
#define LIB_OBSERVE_H

#include <cccd/session.h>

#include "reader/reader.h"

/**
 * struct observation - who is told.
 * @step: of the inspection, a constant; NULL for none
 */
struct observation {
	cccd_exchange_fn observer;
	void *context;
	const char *step;
};

/**
 * observe_open() - wrap a reader for one run.
 * @inner:       borrowed; must outlive @ret, and is let go of its card with
 *               it. A cancel goes to @inner
 * @observation: borrowed; may change between exchanges
 *
 * Return: CCCD_OK, closed with observed_close(); CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err observe_open(struct reader *inner,
                                   const struct observation *observation,
                                   struct reader **ret);

/* For CLEANUP(); leaves the inner reader open. */
void observed_close(struct reader **reader);

#endif
