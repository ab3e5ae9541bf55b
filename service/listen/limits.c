/* SPDX-License-Identifier: Apache-2.0 */
/* Limits: their defaults, and who still finds room. [service-api 1] */
#include "service/listen/internal.h"

static const struct listen_limits defaults = {
	.head_bytes = 8192,
	.body_bytes = 65536,
	.ws_bytes = 65536,
	.backlog_bytes = 262144,
	.connections = 64,
	.reserve = 8,
	.per_origin = 8,
	.backlog = 64,
	.head_ms = 5000,
	.body_ms = 5000,
	.idle_ms = 30000,
	.hello_ms = 2000,
	.ping_ms = 15000,
	.send_ms = 10000,
	.close_ms = 1000,
	.drain_ms = 1000,
};

static void fill(unsigned int *limit, unsigned int value)
{
	if (*limit == 0)
		*limit = value;
}

static void fill_bytes(size_t *limit, size_t value)
{
	if (*limit == 0)
		*limit = value;
}

struct listen_limits limits_complete(const struct listen_limits *limits)
{
	struct listen_limits all = limits == NULL ? defaults : *limits;

	fill_bytes(&all.head_bytes, defaults.head_bytes);
	fill_bytes(&all.body_bytes, defaults.body_bytes);
	fill_bytes(&all.ws_bytes, defaults.ws_bytes);
	fill_bytes(&all.backlog_bytes, defaults.backlog_bytes);
	fill(&all.connections, defaults.connections);
	fill(&all.reserve, defaults.reserve);
	fill(&all.per_origin, defaults.per_origin);
	fill(&all.backlog, defaults.backlog);
	fill(&all.head_ms, defaults.head_ms);
	fill(&all.body_ms, defaults.body_ms);
	fill(&all.idle_ms, defaults.idle_ms);
	fill(&all.hello_ms, defaults.hello_ms);
	fill(&all.ping_ms, defaults.ping_ms);
	fill(&all.send_ms, defaults.send_ms);
	fill(&all.close_ms, defaults.close_ms);
	fill(&all.drain_ms, defaults.drain_ms);
	return all;
}

static bool is_idle(const struct listen_conn *conn)
{
	return conn->state == CONN_REQUEST && conn->served &&
	       conn->reader.bytes.len == 0;
}

static bool is_tcp(enum listen_door door)
{
	return door == LISTEN_DOOR_TCP;
}

/* One origin, or one user; nobody is like a page that need not say. */
static bool is_alike(const struct listen_conn *a, const struct listen_conn *b)
{
	if (a->peer.door != b->peer.door)
		return false;
	if (!is_tcp(a->peer.door))
		return a->peer.uid == b->peer.uid;
	return a->origin[0] != '\0' && strcmp(a->origin, b->origin) == 0;
}

/* The longest idle one makes room; its client asks again on a new one.
 * @door: of its kind only, 0 for any; @like: of its caller, NULL for any */
static bool evict(struct listen *listen, enum listen_door door,
                  const struct listen_conn *like)
{
	struct listen_conn *oldest = NULL;

	for (struct listen_conn *conn = listen->conns; conn != NULL;
	     conn = conn->next)
		if (is_idle(conn) &&
		    (door == 0 || is_tcp(conn->peer.door) == is_tcp(door)) &&
		    (like == NULL || is_alike(conn, like)) &&
		    (oldest == NULL || conn->since < oldest->since))
			oldest = conn;
	if (oldest == NULL)
		return false;
	conn_drop(oldest);
	return true;
}

/* @door: of its kind only, 0 for all. */
static unsigned int count(const struct listen *listen, enum listen_door door,
                          bool busy)
{
	unsigned int found = 0;

	for (const struct listen_conn *conn = listen->conns; conn != NULL;
	     conn = conn->next)
		found += conn->busy == busy && conn->state != CONN_CLOSING &&
		         (door == 0 || is_tcp(conn->peer.door) == is_tcp(door));
	return found;
}

/* Neither pages nor programs can take the other's last places. */
bool limits_make_room(struct listen *listen, enum listen_door door)
{
	unsigned int limit = listen->limits.connections;
	unsigned int reserve = listen->limits.reserve;
	unsigned int own = limit > reserve ? limit - reserve : limit;

	if (count(listen, door, false) >= own && !evict(listen, door, NULL))
		return false;
	return count(listen, (enum listen_door)0, false) < limit ||
	       evict(listen, (enum listen_door)0, NULL);
}

bool limits_may_tell(const struct listen *listen)
{
	return count(listen, (enum listen_door)0, true) < LISTEN_BUSY_MAX;
}

bool limits_origin_ok(struct listen_conn *conn)
{
	struct listen *listen = conn->listen;
	unsigned int others = 0;

	for (const struct listen_conn *other = listen->conns; other != NULL;
	     other = other->next)
		others += other != conn && !other->busy &&
		          other->state != CONN_CLOSING && is_alike(other, conn);
	return others < listen->limits.per_origin ||
	       evict(listen, conn->peer.door, conn);
}
