/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and cards that come and go: see include/cccd/watch.h. */
#ifndef READER_WATCH_H
#define READER_WATCH_H

#include <cccd/watch.h>

#include "base/macros.h"

/* As cccd_watch_start(); @options are there. */
CHECKED enum cccd_err watch_start(const struct cccd_watch_options *options,
                                  cccd_watch_fn fn, void *context,
                                  struct cccd_watch **ret);

/* As cccd_watch_stop(). */
void watch_stop(struct cccd_watch *watch);

#endif
