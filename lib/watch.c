/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and cards that come and go, for the public interface. */
#include <cccd/watch.h>

#include "reader/watch.h"

enum { POLL_MS = 500 };

struct cccd_watch_options cccd_watch_options_default(void)
{
	return (struct cccd_watch_options){
		.worlds = CCCD_WATCH_PCSC | CCCD_WATCH_NFC,
		.nfc_poll_ms = POLL_MS,
	};
}

enum cccd_err cccd_watch_start(const struct cccd_watch_options *options,
                               cccd_watch_fn fn, void *context,
                               struct cccd_watch **ret)
{
	const struct cccd_watch_options defaults = cccd_watch_options_default();

	return watch_start(options == NULL ? &defaults : options, fn, context,
	                   ret);
}

void cccd_watch_stop(struct cccd_watch *watch)
{
	watch_stop(watch);
}
