/* SPDX-License-Identifier: Apache-2.0 */
/* What clients of the small service say over HTTP, and how long it waits. */
#ifndef TESTS_SERVICE_LISTEN_REQUEST_H
#define TESTS_SERVICE_LISTEN_REQUEST_H

#include "tests/service/listen/daemon.h"

enum {
	REPLY_MAX = 1280,
	REQUEST_MAX = 1024,
	SOON_MS = 150,
	/* Time enough to do something before. */
	QUITE_SOON_MS = 4000,
	FAR_MS = 120000,
};

/* One over the socket file. */
#define REQUEST_LOCAL(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

/* Limits that only what is tested can reach. */
struct listen_limits request_patient(void);

/* A request by TCP; @more: further fields, each with its CRLF. */
const char *request(const struct daemon *daemon, const char *line,
                    const char *more);

/* GET over @fd; its status. */
int request_get(const struct daemon *daemon, int fd, const char *path,
                char *reply);

/* Fails unless the reply has the field so; "": without it. */
void request_check_field(const char *reply, const char *name,
                         const char *value);

#endif
