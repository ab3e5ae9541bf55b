/* SPDX-License-Identifier: Apache-2.0 */
/* What the doors lead to: routes, event streams, sockets, the agent. */
#ifndef SERVICE_API_API_H
#define SERVICE_API_API_H

#include <stdint.h>

#include "base/error.h"
#include "service/core/sessions.h"
#include "service/listen/listen.h"

struct api;
struct audit;
struct cccd_trust;
struct device_keys;
struct registry;

/**
 * struct api_parts - what it tells of; borrowed.
 * @audit:       is told of strangers
 * @trust:       NULL when there is none: the service is degraded
 * @demo_trust:  its anchors are specimens
 * @streams_max: event streams and sockets together
 * @signal:      on the loop's thread; @signal_context is handed to it
 */
struct api_parts {
	struct audit *audit;
	const struct device_keys *keys;
	const struct cccd_trust *trust;
	bool demo_trust;
	uint32_t streams_max;
	void (*signal)(void *context, int number);
	void *signal_context;
};

CHECKED enum cccd_err api_new(const struct api_parts *parts, struct api **ret);

/* After the sessions and before the loop; accepts NULL. */
void api_free(struct api *api);

/* Who is admitted from now on; takes a reference. */
void api_set_registry(struct api *api, struct registry *registry);

/* What comes by the doors. */
struct listen_handlers api_handlers(struct api *api);

/* Once there is a loop; before api_hooks(). */
CHECKED enum cccd_err api_set_loop(struct api *api, struct listen *listen);

/* What the session manager asks of the loop. */
struct sessions_hooks api_hooks(struct api *api);

/* Once there are sessions; before the loop runs. */
void api_set_sessions(struct api *api, struct sessions *sessions);

#endif
