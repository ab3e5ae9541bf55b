/* SPDX-License-Identifier: Apache-2.0 */
/* What came in or went out does not stay in the service's memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "tests/service/listen/daemon.h"

enum { CANARY = 24, VEIL = 0x55, TEXT_MAX = 1024 };

/* The service's process never writes it out: only its client lifts the veil. */
static const uint8_t veiled[CANARY] = {
	0x36, 0x34, 0x3B, 0x34, 0x27, 0x2C, 0x78, 0x3A, 0x33, 0x78, 0x21, 0x3D,
	0x30, 0x78, 0x31, 0x3A, 0x3A, 0x27, 0x26, 0x78, 0x67, 0x61, 0x65, 0x64,
};

static bool is_canary(const uint8_t *at)
{
	for (size_t i = 0; i < CANARY; i++)
		if ((at[i] ^ VEIL) != veiled[i])
			return false;
	return true;
}

/* In place: a copy would find itself. */
static unsigned int count_in(const uint8_t *at, size_t len)
{
	const uint8_t *end = at + len;
	unsigned int count = 0;

	while (at + CANARY <= end) {
		at = memchr(at, veiled[0] ^ VEIL, (size_t)(end - at));
		if (at == NULL || at + CANARY > end)
			break;
		count += is_canary(at);
		at++;
	}
	return count;
}

/* Copies in everything that this process may write. */
static unsigned int count_all(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512] = "";
	unsigned int count = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		char *rest = NULL;
		uintptr_t from = (uintptr_t)strtoull(line, &rest, 16);
		uintptr_t to = (uintptr_t)strtoull(rest + 1, &rest, 16);

		if (strncmp(rest, " rw", 3) == 0)
			count += count_in(
			        /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
			        (const uint8_t *)from, (size_t)(to - from));
	}
	(void)fclose(maps);
	return count;
}

/* The client, in a process of its own: one step for each byte from @steps. */
struct client {
	int steps;
	int done;
	uint16_t port;
	char canary[CANARY + 1];
	char text[TEXT_MAX];
	char reply[TEXT_MAX];
};

static void await_step(const struct client *client)
{
	char byte = 0;

	if (write(client->done, "d", 1) != 1 ||
	    read(client->steps, &byte, 1) != 1)
		_exit(1);
}

static int head_len(struct client *client, const char *line, const char *more)
{
	return snprintf(
	        client->text, TEXT_MAX,
	        "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nOrigin: " DAEMON_ORIGIN
	        "\r\nAuthorization: Bearer %s\r\n"
	        "%s\r\n",
	        line, client->port, client->canary, more);
}

/* A body whose last byte waits for a step. */
static void post(struct client *client, int fd)
{
	int len = head_len(client, "POST /v1/echo",
	                   "Content-Type: application/json\r\n"
	                   "Content-Length: 26\r\n");

	(void)snprintf(client->text + len, TEXT_MAX - (size_t)len, "\"%s",
	               client->canary);
	(void)client_say(fd, client->text);
	await_step(client);
	(void)client_say(fd, "\"");
	if (client_reply(fd, client->reply, TEXT_MAX) != 201)
		_exit(2);
	await_step(client);
}

/* A text in two frames; it comes back. */
static void talk(struct client *client, int fd)
{
	static const uint8_t mask[4] = { 1, 2, 3, 4 };
	uint8_t frame[2 * (6 + CANARY)] = { 0x01, 0x80 | CANARY };

	(void)head_len(client, "GET /v1/ws",
	               "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	               "Sec-WebSocket-Version: 13\r\n"
	               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	               "Sec-WebSocket-Protocol: cccd.v1\r\n");
	(void)client_say(fd, client->text);
	if (client_reply(fd, client->reply, TEXT_MAX) != 101)
		_exit(3);
	for (size_t i = 0; i < 2; i++) {
		uint8_t *at = frame + i * (6 + CANARY);

		at[0] = i == 0 ? 0x01 : 0x80;
		at[1] = 0x80 | CANARY;
		memcpy(at + 2, mask, sizeof(mask));
		for (size_t j = 0; j < CANARY; j++)
			at[6 + j] = (uint8_t)client->canary[j] ^ mask[j % 4];
	}
	(void)client_send(fd, frame, sizeof(frame) / 2);
	await_step(client);
	(void)client_send(fd, frame + sizeof(frame) / 2, sizeof(frame) / 2);
	if (client_drain(fd, client->reply, 2 + 2 * CANARY) != 2 + 2 * CANARY)
		_exit(4);
	await_step(client);
}

static void run_client(const struct daemon *daemon, int steps, int done)
{
	static struct client client;
	int fd = -1;

	client.steps = steps;
	client.done = done;
	client.port = daemon->port;
	for (size_t i = 0; i < CANARY; i++)
		client.canary[i] = (char)(veiled[i] ^ VEIL);
	fd = client_tcp(daemon);
	post(&client, fd);
	talk(&client, fd);
	_exit(0);
}

static void await_client(int done)
{
	char byte = 0;

	assert_int_equal(read(done, &byte, 1), 1);
}

/* Waits for the service to have it, or to have dealt with it. */
static void await_copies(bool some)
{
	for (int i = 0; i < 500 && (count_all() > 0) != some; i++)
		clock_sleep_ms(10);
	assert_int_equal(count_all() > 0, some);
}

static void memory_keeps_no_body_and_no_message(void **state)
{
	struct daemon daemon;
	int steps[2] = { -1, -1 };
	int done[2] = { -1, -1 };
	int status = 0;
	pid_t child = -1;

	(void)state;
	daemon_start(&daemon, &(struct listen_limits){ .body_ms = 120000,
	                                               .hello_ms = 120000,
	                                               .idle_ms = 120000 });
	assert_int_equal(pipe(steps), 0);
	assert_int_equal(pipe(done), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		/* When the service's side dies, so does this one. */
		(void)close(steps[1]);
		(void)close(done[0]);
		run_client(&daemon, steps[0], done[1]);
	}
	/* While it is needed it is there: the search does find it. */
	await_client(done[0]);
	await_copies(true);
	assert_int_equal(write(steps[1], "s", 1), 1);
	await_client(done[0]);
	await_copies(false);
	assert_int_equal(write(steps[1], "s", 1), 1);
	await_client(done[0]);
	await_copies(true);
	assert_int_equal(write(steps[1], "s", 1), 1);
	await_client(done[0]);
	await_copies(false);
	assert_int_equal(write(steps[1], "s", 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	for (size_t i = 0; i < 2; i++) {
		(void)close(steps[i]);
		(void)close(done[i]);
	}
	daemon_stop(&daemon);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_keeps_no_body_and_no_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
