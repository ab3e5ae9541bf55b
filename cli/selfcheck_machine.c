/* SPDX-License-Identifier: Apache-2.0 */
/* cccd selfcheck: what runs and listens. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/selfcheck.h"

enum {
	PORT = 24012,
	LINE_MAX_LEN = 512,
	ANSWER_MAX = 3072,
	LISTEN_STATE = 0x0A,
	STEP_SECONDS = 2,
	ADDRESS_MAX = 16,
	LOOPBACK_NET = 127,
};

/* "0100007F": words as this machine prints the bytes of an address.
 * Returns its length, 0 when it is none. */
static size_t take_address(const char *text, size_t len,
                           uint8_t ret[static ADDRESS_MAX])
{
	size_t used = 0;

	if (len != 8 && len != 32)
		return 0;
	for (size_t i = 0; i < len; i += 8) {
		char digits[9] = "";
		uint32_t word = 0;

		memcpy(digits, text + i, 8);
		word = (uint32_t)strtoul(digits, NULL, 16);
		memcpy(ret + used, &word, sizeof(word));
		used += sizeof(word);
	}
	return used;
}

static bool is_loopback(const char *text, size_t len)
{
	static const uint8_t six[ADDRESS_MAX] = { [15] = 1 };
	static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	uint8_t bytes[ADDRESS_MAX] = { 0 };
	size_t used = take_address(text, len, bytes);

	if (used == 4)
		return bytes[0] == LOOPBACK_NET;
	if (used == ADDRESS_MAX && memcmp(bytes, mapped, sizeof(mapped)) == 0)
		return bytes[12] == LOOPBACK_NET;
	return used == ADDRESS_MAX && memcmp(bytes, six, sizeof(six)) == 0;
}

/* One listener of our port: 1 on loopback, -1 elsewhere, 0 another one. */
static int judge_listener(const char *line)
{
	char address[33] = "";
	char *end = NULL;
	unsigned long port = 0;
	unsigned long state = 0;
	const char *at = strchr(line, ':');
	size_t len = 0;

	/* "  0: 0100007F:5DCC 00000000:0000 0A …" */
	if (at == NULL)
		return 0;
	at += strspn(at, ": ");
	len = strcspn(at, ":");
	if (at[len] != ':' || len >= sizeof(address))
		return 0;
	memcpy(address, at, len);
	port = strtoul(at + len + 1, &end, 16);
	at = strchr(end + strspn(end, " "), ' ');
	if (port != PORT || at == NULL)
		return 0;
	state = strtoul(at, NULL, 16);
	if (state != LISTEN_STATE)
		return 0;
	return is_loopback(address, len) ? 1 : -1;
}

static void judge_table(const struct check_place *place, const char *table,
                        unsigned int *inside, unsigned int *outside)
{
	char path[CHECK_PATH_MAX];
	char line[LINE_MAX_LEN];
	FILE *in = NULL;

	if (!check_path(place, table, path))
		return;
	in = fopen(path, "re");
	if (in == NULL)
		return;
	while (fgets(line, sizeof(line), in) != NULL) {
		int found = judge_listener(line);

		*inside += found > 0;
		*outside += found < 0;
	}
	(void)fclose(in);
}

enum selfcheck_verdict check_bound(const struct check_place *place,
                                   const struct check_rule *rule,
                                   char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	unsigned int inside = 0;
	unsigned int outside = 0;

	judge_table(place, "/proc/net/tcp", &inside, &outside);
	judge_table(place, "/proc/net/tcp6", &inside, &outside);
	(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX,
	               "loopback %u, other %u", inside, outside);
	return outside == 0 ? SELFCHECK_PASS : rule->bad;
}

static int connect_to(const struct check_place *place, const char *path)
{
	const struct timeval limit = { .tv_sec = STEP_SECONDS };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char whole[CHECK_PATH_MAX];
	int fd = -1;

	if (!check_path(place, path, whole) ||
	    strlen(whole) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, whole, strlen(whole));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) ==
	    0)
		return fd;
	(void)close(fd);
	return -1;
}

/* All that comes until the other side closes, or is silent too long. */
static size_t receive_all(int fd, char *text, size_t cap)
{
	size_t len = 0;

	while (len + 1 < cap) {
		ssize_t got = recv(fd, text + len, cap - 1 - len, 0);

		if (got <= 0)
			break;
		len += (size_t)got;
	}
	text[len] = '\0';
	return len;
}

int check_get(const struct check_place *place, const char *socket_path,
              const char *resource, char *ret, size_t cap)
{
	char request[256];
	const char *body = NULL;
	int status = 0;
	int fd = connect_to(place, socket_path);
	int len = snprintf(request, sizeof(request),
	                   "GET %s HTTP/1.1\r\nHost: localhost\r\n"
	                   "Connection: close\r\n\r\n",
	                   resource);

	ret[0] = '\0';
	if (fd < 0)
		return 0;
	if (send(fd, request, (size_t)len, MSG_NOSIGNAL) == len &&
	    receive_all(fd, ret, cap) > 12 && strncmp(ret, "HTTP/1.1 ", 9) == 0)
		status = (int)strtol(ret + 9, NULL, 10);
	(void)close(fd);
	body = strstr(ret, "\r\n\r\n");
	if (status == 0 || body == NULL)
		return 0;
	memmove(ret, body + 4, strlen(body + 4) + 1);
	return status;
}

enum selfcheck_verdict
check_answers(const struct check_place *place, const struct check_rule *rule,
              char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	char body[ANSWER_MAX];
	int status = 0;

	status = check_get(place, rule->path, rule->ask, body, sizeof(body));
	(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX, "GET %s: %d",
	               rule->ask, status);
	/* 403: it is there, and this user is not registered. */
	return status == 200 || status == 403 ? SELFCHECK_PASS : rule->bad;
}

enum selfcheck_verdict
check_version(const struct check_place *place, const struct check_rule *rule,
              char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	char body[ANSWER_MAX];
	char wanted[64];
	int status = 0;

	status = check_get(place, rule->path, rule->ask, body, sizeof(body));
	(void)snprintf(wanted, sizeof(wanted), "\"version\":\"%s\"",
	               cccd_version());
	(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX, "%s, GET %s: %d",
	               cccd_version(), rule->ask, status);
	/* Who is not registered is not told. */
	if (status == 403)
		return SELFCHECK_PASS;
	return status == 200 && strstr(body, wanted) != NULL ? SELFCHECK_PASS
	                                                     : rule->bad;
}

enum selfcheck_verdict
check_connects(const struct check_place *place, const struct check_rule *rule,
               char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	int fd = connect_to(place, rule->path);

	(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX, "%s", rule->path);
	if (fd < 0)
		return rule->bad;
	(void)close(fd);
	return SELFCHECK_PASS;
}

enum selfcheck_verdict check_clock(const struct check_place *place,
                                   const struct check_rule *rule,
                                   char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	char path[CHECK_PATH_MAX];

	clock_text(clock_wall_s(), ret_detail);
	if (place->root[0] == '\0' && clock_synchronised())
		return SELFCHECK_PASS;
	if (check_path(place, rule->path, path) && access(path, F_OK) == 0)
		return SELFCHECK_PASS;
	return rule->bad;
}

enum selfcheck_verdict
check_modules(const struct check_place *place, const struct check_rule *rule,
              char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	static const char *const takers[] = { "pn533 ", "pn533_usb ",
		                              "pn533_i2c " };
	char path[CHECK_PATH_MAX];
	char line[LINE_MAX_LEN];
	enum selfcheck_verdict verdict = SELFCHECK_PASS;
	FILE *in = NULL;

	if (check_path(place, rule->path, path))
		in = fopen(path, "re");
	/* A kernel without modules loads none. */
	if (in == NULL)
		return SELFCHECK_PASS;
	while (fgets(line, sizeof(line), in) != NULL) {
		for (size_t i = 0; i < ARRAY_LEN(takers); i++) {
			if (strncmp(line, takers[i], strlen(takers[i])) != 0)
				continue;
			(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX, "%s",
			               takers[i]);
			verdict = rule->bad;
		}
	}
	(void)fclose(in);
	return verdict;
}
