/* SPDX-License-Identifier: Apache-2.0 */
/* Who speaks to the daemon, as far as the door can tell. */
#ifndef SERVICE_CORE_CALLER_H
#define SERVICE_CORE_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

enum { CALLER_ORIGIN_MAX = 256 };

/** enum caller_door - where a request came in; service-api 1. */
enum caller_door {
	CALLER_BROWSER = 1, /* TCP on loopback; known by its origin */
	CALLER_LOCAL,       /* the Unix socket; known by its user */
	CALLER_AGENT,       /* the agent's socket; known by its user */
};

/**
 * struct caller - one of the registered, before anything is granted.
 * @origin: whole serialised origin; "" unless CALLER_BROWSER
 * @uid, @gid: of the peer; only of the Unix doors
 */
struct caller {
	enum caller_door door;
	char origin[CALLER_ORIGIN_MAX];
	uid_t uid;
	gid_t gid;
};

/* The same door, and the same origin or user. */
bool caller_equal(const struct caller *a, const struct caller *b);

#endif
