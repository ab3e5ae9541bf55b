/* SPDX-License-Identifier: Apache-2.0 */
/* Doors: made by us, or adopted from systemd's socket activation. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "service/listen/internal.h"

/* The first descriptor that systemd hands over. [sd_listen_fds(3)] */
enum { LISTEN_FDS_START = 3 };

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

static bool is_loopback(const union address *address)
{
	if (address->any.sa_family == AF_INET)
		return ntohl(address->in.sin_addr.s_addr) == INADDR_LOOPBACK;
	return IN6_IS_ADDR_LOOPBACK(&address->in6.sin6_addr);
}

/* Whether the socket is what its door says, and bound where it may be. */
static enum cccd_err check(const struct listen *listen, int fd,
                           enum listen_door kind, struct cccd_error *error)
{
	union address address = { 0 };
	socklen_t len = sizeof(address);
	bool tcp = false;

	if (getsockname(fd, &address.any, &len) != 0)
		return fail_native(error, CCCD_ERR_INTERNAL, errno,
		                   "getsockname");
	tcp = address.any.sa_family == AF_INET ||
	      address.any.sa_family == AF_INET6;
	if (tcp != (kind == LISTEN_DOOR_TCP) ||
	    (!tcp && address.any.sa_family != AF_UNIX))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "a socket is of the wrong family");
	if (tcp && !listen->rules.any_address && !is_loopback(&address))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "a socket is bound beyond loopback");
	return CCCD_OK;
}

/* Also for an adopted one: the length of its queue is ours to say. */
static enum cccd_err start_queue(int fd, unsigned int backlog,
                                 struct cccd_error *error)
{
	if (listen(fd, (int)backlog) != 0)
		return fail_native(error, CCCD_ERR_POLICY_CONFIG, errno,
		                   "listen");
	return CCCD_OK;
}

static enum cccd_err add(struct listen *listen, int fd, enum listen_door kind,
                         struct cccd_error *error)
{
	struct door *door = NULL;

	if (listen->door_count >= LISTEN_DOORS_MAX)
		return fail(error, CCCD_ERR_POLICY_CONFIG, "too many sockets");
	TRY(check(listen, fd, kind, error));
	TRY(start_queue(fd, listen->limits.backlog, error));
	door = calloc(1, sizeof(*door));
	if (door == NULL)
		return fail(error, CCCD_ERR_MEMORY, "a door");
	/* Makes it non-blocking as well. */
	if (uv_poll_init(&listen->loop, &door->poll, fd) != 0) {
		free(door);
		return fail(error, CCCD_ERR_INTERNAL, "uv_poll_init");
	}
	door->listen = listen;
	door->fd = fd;
	door->kind = kind;
	door->poll.data = door;
	listen->doors[listen->door_count++] = door;
	return CCCD_OK;
}

enum cccd_err listen_add_fd(struct listen *listen, int fd,
                            enum listen_door door, struct cccd_error *error)
{
	enum cccd_err err = add(listen, fd, door, error);

	if (err != CCCD_OK)
		(void)close(fd);
	return err;
}

static bool parse_address(const char *text, uint16_t port, union address *ret,
                          socklen_t *ret_len)
{
	*ret = (union address){ 0 };
	if (inet_pton(AF_INET, text, &ret->in.sin_addr) == 1) {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = htons(port);
		*ret_len = sizeof(ret->in);
		return true;
	}
	if (inet_pton(AF_INET6, text, &ret->in6.sin6_addr) == 1) {
		ret->in6.sin6_family = AF_INET6;
		ret->in6.sin6_port = htons(port);
		*ret_len = sizeof(ret->in6);
		return true;
	}
	return false;
}

/* What an operator can do something about. */
static const char *why(int native)
{
	switch (native) {
	case EADDRINUSE: return "another program has it";
	case EACCES: return "permission denied";
	case EADDRNOTAVAIL: return "this machine has no such address";
	case ENOENT: return "its directory is not there";
	case EROFS: return "a read-only place";
	default: return "the system refuses";
	}
}

enum cccd_err listen_add_tcp(struct listen *listen, const char *address,
                             uint16_t port, struct cccd_error *error)
{
	union address bound = { 0 };
	socklen_t len = 0;
	int yes = 1;
	int fd = -1;

	if (!parse_address(address, port, &bound, &len))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "not a numeric address: %s", address);
	fd = socket(bound.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail_native(error, CCCD_ERR_POLICY_CONFIG, errno,
		                   "no socket for %s", address);
	/* Over our own dead connections, never over another listener. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bound.any.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes,
		                 sizeof(yes));
	if (bind(fd, &bound.any, len) != 0) {
		int native = errno;

		(void)close(fd);
		return fail_native(error, CCCD_ERR_POLICY_CONFIG, native,
		                   "cannot bind %s port %u: %s", address,
		                   (unsigned int)port, why(native));
	}
	return listen_add_fd(listen, fd, LISTEN_DOOR_TCP, error);
}

/* A file that nobody listens on any more is in the way; a live one is not
 * ours to take. */
static bool clear_way(const union address *address)
{
	struct stat file = { 0 };
	bool dead = false;
	int fd = -1;

	if (lstat(address->un.sun_path, &file) != 0)
		return errno == ENOENT;
	if (!S_ISSOCK(file.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	dead = connect(fd, &address->any, sizeof(address->un)) != 0 &&
	       errno == ECONNREFUSED;
	(void)close(fd);
	return dead && unlink(address->un.sun_path) == 0;
}

/* Nobody gets in between bind and chmod: the socket starts closed. */
static bool bind_file(int fd, const union address *address, mode_t mode,
                      gid_t group)
{
	const char *path = address->un.sun_path;

	if (fchmod(fd, 0) != 0 ||
	    bind(fd, &address->any, sizeof(address->un)) != 0)
		return false;
	if ((group == (gid_t)-1 || chown(path, (uid_t)-1, group) == 0) &&
	    chmod(path, mode) == 0)
		return true;
	(void)unlink(path);
	return false;
}

enum cccd_err listen_add_unix(struct listen *listen, const char *path,
                              mode_t mode, gid_t group, enum listen_door door,
                              struct cccd_error *error)
{
	union address address = { .un = { .sun_family = AF_UNIX } };
	size_t len = strlen(path);
	int fd = -1;

	if (len == 0 || len >= sizeof(address.un.sun_path))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "a socket path is too long");
	memcpy(address.un.sun_path, path, len);
	if (!clear_way(&address))
		return fail_native(error, CCCD_ERR_POLICY_CONFIG, EADDRINUSE,
		                   "%s is in use", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || !bind_file(fd, &address, mode, group)) {
		int native = errno;

		if (fd >= 0)
			(void)close(fd);
		return fail_native(error, CCCD_ERR_POLICY_CONFIG, native,
		                   "cannot bind %s: %s", path, why(native));
	}
	TRY(listen_add_fd(listen, fd, door, error));
	listen->doors[listen->door_count - 1]->path = strdup(path);
	return CCCD_OK;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static enum cccd_err kind_of(int fd, struct cccd_error *error,
                             enum listen_door *ret)
{
	union address address = { 0 };
	socklen_t len = sizeof(address);

	if (getsockname(fd, &address.any, &len) != 0)
		return fail_native(error, CCCD_ERR_POLICY_CONFIG, errno,
		                   "descriptor %d is no socket", fd);
	if (address.any.sa_family != AF_UNIX)
		*ret = LISTEN_DOOR_TCP;
	else if (ends_with(address.un.sun_path, "/agent.sock"))
		*ret = LISTEN_DOOR_AGENT;
	else if (ends_with(address.un.sun_path, "/api.sock"))
		*ret = LISTEN_DOOR_UNIX;
	else
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "descriptor %d is an unknown socket", fd);
	return CCCD_OK;
}

/* -1 when the variable is missing or no number. */
static long number_of(const char *name)
{
	/* Before any thread, as the header demands. */
	const char *text = getenv(name); /* NOLINT(concurrency-mt-unsafe) */
	char *end = NULL;
	long number = -1;

	if (text == NULL || text[0] == '\0')
		return -1;
	errno = 0;
	number = strtol(text, &end, 10);
	return errno == 0 && *end == '\0' ? number : -1;
}

enum cccd_err listen_adopt(struct listen *listen, struct cccd_error *error,
                           size_t *ret_count)
{
	long pid = number_of("LISTEN_PID");
	long count = number_of("LISTEN_FDS");

	(void)unsetenv("LISTEN_PID");     /* NOLINT(concurrency-mt-unsafe) */
	(void)unsetenv("LISTEN_FDS");     /* NOLINT(concurrency-mt-unsafe) */
	(void)unsetenv("LISTEN_FDNAMES"); /* NOLINT(concurrency-mt-unsafe) */
	if (pid != (long)getpid() || count <= 0) {
		*ret_count = 0;
		return CCCD_OK;
	}
	if (count > LISTEN_DOORS_MAX)
		return fail(error, CCCD_ERR_POLICY_CONFIG, "too many sockets");
	for (int fd = LISTEN_FDS_START; fd < LISTEN_FDS_START + count; fd++) {
		enum listen_door kind = LISTEN_DOOR_TCP;

		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		TRY(kind_of(fd, error, &kind));
		TRY(listen_add_fd(listen, fd, kind, error));
	}
	*ret_count = (size_t)count;
	return CCCD_OK;
}

uint16_t listen_port(const struct listen *listen)
{
	for (size_t i = 0; i < listen->door_count; i++) {
		union address address = { 0 };
		socklen_t len = sizeof(address);

		if (listen->doors[i]->kind != LISTEN_DOOR_TCP ||
		    getsockname(listen->doors[i]->fd, &address.any, &len) != 0)
			continue;
		return ntohs(address.any.sa_family == AF_INET
		                     ? address.in.sin_port
		                     : address.in6.sin6_port);
	}
	return 0;
}
