/* SPDX-License-Identifier: Apache-2.0 */
/* The device file behind a connection string. */
#include "reader/nfc_child/port.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { PATH_LEN = 256 };

/* The part after the driver, up to the speed; false when it is no path. */
static bool path_of(const char *connstring, char path[static PATH_LEN])
{
	const char *start = strchr(connstring, ':');
	size_t len;

	if (start == NULL || start[1] != '/')
		return false;
	start++;
	len = strcspn(start, ":");
	if (len >= PATH_LEN)
		return false;
	memcpy(path, start, len);
	path[len] = '\0';
	return true;
}

static enum cccd_err open_error(int code)
{
	switch (code) {
	case EACCES:
	case EPERM: return CCCD_ERR_READER_PERMISSION;
	case EBUSY: return CCCD_ERR_READER_BUSY;
	default: return CCCD_ERR_READER_NONE;
	}
}

enum cccd_err port_claim(const char *connstring, struct cccd_error *error,
                         int *ret)
{
	char path[PATH_LEN];
	int port;

	if (!path_of(connstring, path)) {
		*ret = -1;
		return CCCD_OK;
	}
	port = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port < 0)
		return fail_native(error, open_error(errno), errno,
		                   "the device file cannot be opened");
	if (flock(port, LOCK_EX | LOCK_NB) != 0) {
		(void)close(port);
		return fail(error, CCCD_ERR_READER_BUSY,
		            "another cccd-nfc holds the device");
	}
	*ret = port;
	return CCCD_OK;
}

bool port_gone(int port)
{
	struct pollfd state = { .fd = port };

	return port >= 0 && poll(&state, 1, 0) > 0 &&
	       (state.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}
