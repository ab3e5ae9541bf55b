/* SPDX-License-Identifier: Apache-2.0 */
/* Doors: accepting, and waiting when no file descriptor is left. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "service/listen/internal.h"

enum {
	/* Accepted in one go, so that one door cannot starve the others. */
	ACCEPT_AT_ONCE = 32,
	/* Without descriptors the door would be ready again at once. */
	PAUSE_MS = 100,
};

static void on_ready(uv_poll_t *poll, int status, int events);

void doors_ignore(struct listen *listen)
{
	for (size_t i = 0; i < listen->door_count; i++)
		(void)uv_poll_stop(&listen->doors[i]->poll);
}

void doors_watch(struct listen *listen)
{
	if (listen->stopping)
		return;
	for (size_t i = 0; i < listen->door_count; i++)
		(void)uv_poll_start(&listen->doors[i]->poll, UV_READABLE,
		                    on_ready);
}

static void on_pause_over(uv_timer_t *timer)
{
	doors_watch(timer->data);
}

static struct listen_peer peer_of(enum listen_door door, int fd)
{
	struct listen_peer peer = {
		.door = door, .uid = (uid_t)-1, .gid = (gid_t)-1, .pid = -1
	};
	struct ucred creds = { .uid = (uid_t)-1, .gid = (gid_t)-1, .pid = -1 };
	socklen_t len = sizeof(creds);

	if (door != LISTEN_DOOR_TCP &&
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &creds, &len) == 0) {
		peer.uid = creds.uid;
		peer.gid = creds.gid;
		peer.pid = creds.pid;
	}
	return peer;
}

static void take(struct door *door, int fd)
{
	struct listen_peer peer = peer_of(door->kind, fd);

	if (limits_make_room(door->listen, door->kind))
		conn_open(door->listen, fd, &peer, false);
	else if (limits_may_tell(door->listen))
		conn_open(door->listen, fd, &peer, true);
	else
		(void)close(fd);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct door *door = poll->data;
	struct listen *listen = door->listen;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
		int fd = accept4(door->fd, NULL, NULL,
		                 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			take(door, fd);
			continue;
		}
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		if (errno != EAGAIN) {
			doors_ignore(listen);
			(void)uv_timer_start(&listen->pause, on_pause_over,
			                     PAUSE_MS, 0);
		}
		return;
	}
}

static void on_door_closed(uv_handle_t *handle)
{
	struct door *door = handle->data;

	(void)close(door->fd);
	if (door->path != NULL)
		(void)unlink(door->path);
	free(door->path);
	free(door);
}

void doors_close(struct listen *listen)
{
	for (size_t i = 0; i < listen->door_count; i++)
		uv_close((uv_handle_t *)&listen->doors[i]->poll,
		         on_door_closed);
	listen->door_count = 0;
}
