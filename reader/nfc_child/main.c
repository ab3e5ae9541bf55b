/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cccd-nfc [DEVICE]: libnfc in a process of its own.
 *
 * Its standard input is a connected stream socket, over which it speaks
 * reader/nfc_wire/wire.h until the other side closes it. Given a device (a
 * connection string of libnfc), it opens that one only: so a service starts
 * it for each connection to its socket.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reader/nfc_child/child.h"

enum { FIRST_UNKNOWN_FD = 3, EXIT_USAGE = 2 };

static bool is_socket(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type == SOCK_STREAM;
}

/* Commands of a session pass through here: no core, no debugger, and no
 * descriptor of whoever started us. */
static void shut_doors(void)
{
	const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)close_range(FIRST_UNKNOWN_FD, ~0U, 0);
	(void)signal(SIGPIPE, SIG_IGN);
}

static bool start_listening(struct child *child, pthread_t *ret)
{
	pthread_condattr_t attr;

	if (pthread_mutex_init(&child->lock, NULL) != 0 ||
	    pthread_condattr_init(&attr) != 0 ||
	    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) != 0 ||
	    pthread_cond_init(&child->changed, &attr) != 0)
		return false;
	return pthread_create(ret, NULL, child_listen, child) == 0;
}

/* Both threads use it to the last: it lives as long as the process. */
static struct child the_child = { .socket = STDIN_FILENO };

int main(int argc, char **argv)
{
	pthread_t listener;

	if (argc > 2 || !is_socket(STDIN_FILENO)) {
		(void)fputs("usage: cccd-nfc [DEVICE], with a stream socket "
		            "as its standard input\n"
		            "The cccd library starts it; see cccd(1).\n",
		            stderr);
		return EXIT_USAGE;
	}
	shut_doors();
	the_child.fixed = argc == 2 ? argv[1] : NULL;
	the_child.device = device_new();
	if (the_child.device == NULL || !start_listening(&the_child, &listener))
		return 1;
	child_serve(&the_child);
	/* No abort may come while the device is closed for good. */
	(void)shutdown(the_child.socket, SHUT_RDWR);
	(void)pthread_join(listener, NULL);
	device_free(the_child.device);
	return 0;
}
