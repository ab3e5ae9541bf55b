/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/service/listen/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

struct listen_limits request_patient(void)
{
	return (struct listen_limits){ .head_ms = FAR_MS,
		                       .body_ms = FAR_MS,
		                       .idle_ms = FAR_MS,
		                       .send_ms = FAR_MS,
		                       .close_ms = FAR_MS };
}

const char *request(const struct daemon *daemon, const char *line,
                    const char *more)
{
	static char text[REQUEST_MAX];

	(void)snprintf(text, sizeof(text),
	               "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
	               "Origin: " DAEMON_ORIGIN "\r\n%s\r\n",
	               line, daemon->port, more);
	return text;
}

int request_get(const struct daemon *daemon, int fd, const char *path,
                char *reply)
{
	char line[128] = "";

	(void)snprintf(line, sizeof(line), "GET %s", path);
	assert_true(client_say(fd, request(daemon, line, "")));
	return client_reply(fd, reply, REPLY_MAX);
}

void request_check_field(const char *reply, const char *name, const char *value)
{
	char found[256] = "";

	assert_string_equal(client_field(reply, name, found, sizeof(found)),
	                    value);
}
