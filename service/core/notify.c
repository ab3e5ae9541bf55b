/* SPDX-License-Identifier: Apache-2.0 */
/* What the service manager is told: the protocol of sd_notify(3). */
#include "service/core/notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

enum { STATE_MAX = 512 };

struct notify {
	int fd; /* -1: nobody listens */
	socklen_t len;
	struct sockaddr_un address;
	uint32_t watchdog_ms;
};

static enum cccd_err take_address(const char *text, struct notify *notify)
{
	size_t len = strlen(text);
	struct sockaddr_un *address = &notify->address;

	if ((text[0] != '/' && text[0] != '@') || len < 2 ||
	    len >= sizeof(address->sun_path))
		return CCCD_ERR_POLICY_CONFIG;
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, text, len);
	/* '@' stands for the NUL of the abstract name space. */
	if (text[0] == '@')
		address->sun_path[0] = '\0';
	notify->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return notify->fd < 0 ? CCCD_ERR_INTERNAL : CCCD_OK;
}

/* Half the interval; only when it is this process that is watched. */
static uint32_t watchdog_of(const char *usec, const char *pid)
{
	char *end = NULL;
	unsigned long long value = 0;

	if (usec == NULL)
		return 0;
	if (pid != NULL && strtoll(pid, &end, 10) != (long long)getpid())
		return 0;
	value = strtoull(usec, &end, 10);
	if (*end != '\0' || value < 2000)
		return 0;
	value /= 2000;
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* The environment is read before there are threads. */
/* NOLINTBEGIN(concurrency-mt-unsafe) */
enum cccd_err notify_open(struct notify **ret)
{
	const char *socket_name = getenv("NOTIFY_SOCKET");
	struct notify *notify = calloc(1, sizeof(*notify));
	enum cccd_err err = CCCD_OK;

	if (notify == NULL)
		return CCCD_ERR_MEMORY;
	notify->fd = -1;
	if (socket_name != NULL)
		err = take_address(socket_name, notify);
	notify->watchdog_ms =
	        watchdog_of(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	if (err != CCCD_OK) {
		notify_close(notify);
		return err;
	}
	*ret = notify;
	return CCCD_OK;
}
/* NOLINTEND(concurrency-mt-unsafe) */

void notify_close(struct notify *notify)
{
	if (notify == NULL)
		return;
	if (notify->fd >= 0)
		(void)close(notify->fd);
	free(notify);
}

static void say(const struct notify *notify, const char *state)
{
	if (notify == NULL || notify->fd < 0)
		return;
	(void)sendto(notify->fd, state, strlen(state),
	             MSG_DONTWAIT | MSG_NOSIGNAL,
	             (const struct sockaddr *)&notify->address, notify->len);
}

void notify_ready(const struct notify *notify, const char *status)
{
	char state[STATE_MAX];

	(void)snprintf(state, sizeof(state), "READY=1%s%.400s",
	               status != NULL ? "\nSTATUS=" : "",
	               status != NULL ? status : "");
	say(notify, state);
}

void notify_reloading(const struct notify *notify)
{
	char state[STATE_MAX];

	/* systemd.service(5), Type=notify-reload. */
	(void)snprintf(state, sizeof(state),
	               "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
	               clock_steady_us());
	say(notify, state);
}

void notify_stopping(const struct notify *notify)
{
	say(notify, "STOPPING=1");
}

void notify_status(const struct notify *notify, const char *status)
{
	char state[STATE_MAX];

	(void)snprintf(state, sizeof(state), "STATUS=%.400s", status);
	say(notify, state);
}

void notify_watchdog(const struct notify *notify)
{
	say(notify, "WATCHDOG=1");
}

uint32_t notify_watchdog_ms(const struct notify *notify)
{
	return notify == NULL ? 0 : notify->watchdog_ms;
}
