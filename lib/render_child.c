/* SPDX-License-Identifier: Apache-2.0 */
/* One child per picture: a hostile image takes nothing else with it. */
#include "lib/render_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { CHUNK = 65536, NUMBER_LEN = 12, STREAMS = 3 };

static const char installed[] = CCCD_RENDER_PROGRAM;

static const char *program_of(const char *given)
{
	const char *other =
	        given != NULL ? given : secure_getenv("CCCD_RENDER_CHILD");

	return other != NULL && other[0] == '/' ? other : installed;
}

/* The socket twice, nothing to complain to, and nothing else. */
static int describe_files(posix_spawn_file_actions_t *actions, int fd)
{
	int code = posix_spawn_file_actions_adddup2(actions, fd, STDIN_FILENO);

	if (code == 0)
		code = posix_spawn_file_actions_adddup2(actions, fd,
		                                        STDOUT_FILENO);
	if (code == 0)
		code = posix_spawn_file_actions_addopen(
		        actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (code == 0)
		code = posix_spawn_file_actions_addclosefrom_np(actions,
		                                                STREAMS);
	return code;
}

/* Signals as in a fresh program. */
static int describe_signals(posix_spawnattr_t *attr)
{
	sigset_t all;
	sigset_t none;
	int code = 0;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	code = posix_spawnattr_setsigdefault(attr, &all);
	if (code == 0)
		code = posix_spawnattr_setsigmask(attr, &none);
	if (code == 0)
		code = posix_spawnattr_setflags(
		        attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	return code;
}

/* No variable of ours: they steer loaders and decoders. */
static int spawn_with(const char *program, uint32_t side_max, int fd,
                      posix_spawnattr_t *attr, pid_t *ret)
{
	char name[] = "cccd-render";
	char number[NUMBER_LEN];
	char *const args[] = { name, number, NULL };
	char *const env[] = { NULL };
	posix_spawn_file_actions_t actions;
	int code = posix_spawn_file_actions_init(&actions);

	if (code != 0)
		return code;
	(void)snprintf(number, sizeof(number), "%u", (unsigned int)side_max);
	code = describe_files(&actions, fd);
	if (code == 0)
		code = describe_signals(attr);
	if (code == 0)
		code = posix_spawn(ret, program, &actions, attr, args, env);
	(void)posix_spawn_file_actions_destroy(&actions);
	return code;
}

static int spawn(const char *program, uint32_t side_max, int fd, pid_t *ret)
{
	posix_spawnattr_t attr;
	int code = posix_spawnattr_init(&attr);

	if (code != 0)
		return code;
	code = spawn_with(program, side_max, fd, &attr, ret);
	(void)posix_spawnattr_destroy(&attr);
	return code;
}

/* Out of the machine's means, or a program that cannot be started. */
static enum cccd_err not_started(int code, struct cccd_error *error)
{
	if (code == ENOMEM || code == EAGAIN || code == EMFILE ||
	    code == ENFILE)
		return fail_native(error, CCCD_ERR_MEMORY, code,
		                   "cccd-render cannot be started now");
	return fail_native(error, CCCD_ERR_RENDERER, code,
	                   "cccd-render cannot be started");
}

enum cccd_err render_child_start(const char *program, uint32_t side_max,
                                 struct cccd_error *error, pid_t *ret,
                                 int *ret_fd)
{
	int ends[2];
	int code = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return not_started(errno, error);
	code = spawn(program_of(program), side_max, ends[1], ret);
	(void)close(ends[1]);
	if (code != 0) {
		(void)close(ends[0]);
		return not_started(code, error);
	}
	*ret_fd = ends[0];
	return CCCD_OK;
}

static bool is_passing(int code)
{
	return code == EINTR || code == EAGAIN || code == EWOULDBLOCK;
}

/* As much of the image as the socket takes; its end is our hanging up. */
static void send_some(int fd, struct span *image)
{
	ssize_t sent =
	        send(fd, image->at, image->len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent < 0 && is_passing(errno))
		return;
	/* It does not listen any more: what it says still counts. */
	*image = sent < 0 ? span_of(NULL, 0) : span_after(*image, (size_t)sent);
	if (image->len == 0)
		(void)shutdown(fd, SHUT_WR);
}

/* One chunk; @ret_ended when it hung up, however that came. */
static enum cccd_err receive_some(int fd, struct cccd_error *error,
                                  struct buf *reply, bool *ret_ended)
{
	size_t room = reply->max - reply->len;
	ssize_t got = 0;

	if (room == 0)
		return fail(error, CCCD_ERR_DATA_PICTURE,
		            "cccd-render's answer does not end");
	if (room > CHUNK)
		room = CHUNK;
	TRY(buf_reserve(reply, reply->len + room));
	got = recv(fd, reply->at + reply->len, room, MSG_DONTWAIT);
	if (got > 0)
		reply->len += (size_t)got;
	*ret_ended = got == 0 || (got < 0 && !is_passing(errno));
	return CCCD_OK;
}

enum cccd_err render_child_talk(int fd, struct span image, uint64_t end,
                                struct cccd_error *error, struct buf *ret)
{
	bool ended = false;

	while (!ended) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		uint64_t now = clock_steady_ms();

		if (now >= end)
			return fail(error, CCCD_ERR_DATA_PICTURE,
			            "cccd-render took too long");
		if (image.len > 0)
			wait.events |= POLLOUT;
		if (poll(&wait, 1, (int)(end - now)) <= 0)
			continue;
		if (image.len > 0 && (wait.revents & ~POLLIN) != 0)
			send_some(fd, &image);
		if ((wait.revents & ~POLLOUT) != 0)
			TRY(receive_some(fd, error, ret, &ended));
	}
	return CCCD_OK;
}

int render_child_end(pid_t pid)
{
	int status = 0;
	pid_t got = 0;

	/* One that hung up by leaving keeps its own cause of death. */
	(void)kill(pid, SIGKILL);
	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	return got == pid && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
