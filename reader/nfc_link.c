/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation with one cccd-nfc: a child of ours, or a service. */
#include "reader/nfc_link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "reader/nfc_spawn.h"

enum {
	/* What an aborted request may still take. */
	GRACE_MS = 1500,
	/* A whole message fits the buffer of a socket: this never passes. */
	SEND_MS = 1000,
};

/**
 * struct nfc_link - one conversation.
 * @pid:    of the child, 0 when a service is at the other end
 * @number: of the last request
 * @broken: nothing more can be said
 */
struct nfc_link {
	int socket;
	pid_t pid;
	uint16_t number;
	bool broken;
	struct wire_input input;
};

enum cccd_err nfc_link_adopt(int socket, struct nfc_link **ret)
{
	const struct timeval patience = { .tv_sec = SEND_MS / 1000 };
	struct nfc_link *link = calloc(1, sizeof(*link));

	if (link == NULL) {
		(void)close(socket);
		return CCCD_ERR_MEMORY;
	}
	(void)setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience,
	                 sizeof(patience));
	link->socket = socket;
	*ret = link;
	return CCCD_OK;
}

enum cccd_err nfc_link_start(struct cccd_error *error, struct nfc_link **ret)
{
	int ends[2] = { -1, -1 };
	struct nfc_link *link = NULL;
	enum cccd_err err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return fail_native(error, CCCD_ERR_MEMORY, errno,
		                   "no socket for cccd-nfc");
	err = nfc_link_adopt(ends[0], &link);
	if (err == CCCD_OK)
		err = nfc_spawn(ends[1], error, &link->pid);
	(void)close(ends[1]);
	if (err != CCCD_OK) {
		nfc_link_free(link);
		return fail(error, err, "no memory for cccd-nfc");
	}
	*ret = link;
	return CCCD_OK;
}

enum cccd_err nfc_link_connect(const char *path, struct cccd_error *error,
                               struct nfc_link **ret)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	enum cccd_err err;
	int fd;

	if (path[0] != '/' || strlen(path) >= sizeof(name.sun_path))
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "the socket's path is not absolute or too long");
	memcpy(name.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail_native(error, CCCD_ERR_MEMORY, errno, "no socket");
	if (connect(fd, (const struct sockaddr *)&name, sizeof(name)) != 0) {
		err = errno == EACCES ? CCCD_ERR_READER_PERMISSION
		                      : CCCD_ERR_READER_SERVICE;
		err = fail_native(error, err, errno,
		                  "the NFC service cannot be reached");
		(void)close(fd);
		return err;
	}
	err = nfc_link_adopt(fd, ret);
	return err == CCCD_OK ? CCCD_OK : fail(error, err, "no memory");
}

void nfc_link_free(struct nfc_link *link)
{
	if (link == NULL)
		return;
	(void)close(link->socket);
	if (link->pid > 0)
		nfc_reap(link->pid);
	wipe(&link->input, sizeof(link->input));
	free(link);
}

bool nfc_link_broken(const struct nfc_link *link)
{
	return link->broken;
}

/* How the wait for an answer ended, when it brought none. */
enum silence { CAME = 0, PASSED, WOKEN, ENDED };

/* Until bytes are there, the time is over, or somebody cancels. */
static enum silence await(const struct nfc_link *link, uint64_t end, int wake)
{
	struct pollfd fds[2] = {
		{ .fd = link->socket, .events = POLLIN },
		{ .fd = wake, .events = POLLIN },
	};

	for (;;) {
		uint64_t now = clock_steady_ms();
		int code;

		if (now >= end)
			return PASSED;
		code = poll(fds, 2, (int)(end - now));
		if (code < 0 && errno != EINTR)
			return ENDED;
		if (code > 0 && fds[0].revents != 0)
			return CAME;
		if (code > 0 && fds[1].revents != 0)
			return WOKEN;
	}
}

/* The next message whole. A message that is not the answer to our request
 * is a lie, and so is one of no known form: ENDED. */
static enum silence next_message(struct nfc_link *link, uint64_t end, int wake,
                                 struct wire_message *ret)
{
	enum cccd_err err;

	while ((err = wire_take(&link->input, ret)) ==
	       CCCD_ERR_DATA_TRUNCATED) {
		enum silence how = await(link, end, wake);

		if (how != CAME)
			return how;
		if (wire_receive(link->socket, &link->input) != CCCD_OK)
			return ENDED;
	}
	return err == CCCD_OK && ret->number == link->number ? CAME : ENDED;
}

static enum cccd_err lost(struct nfc_link *link, struct cccd_error *error,
                          const char *why)
{
	link->broken = true;
	return fail(error, CCCD_ERR_READER_LOST, "cccd-nfc %s", why);
}

/* The other side may end the request by itself; its answer is of no use
 * any more, but the conversation can go on after it. */
static void abort_request(struct nfc_link *link)
{
	const struct wire_message message = { .type = WIRE_ABORT,
		                              .number = link->number };
	struct wire_message answer;
	uint64_t end = clock_steady_ms() + GRACE_MS;

	if (wire_send(link->socket, &message) != CCCD_OK ||
	    next_message(link, end, -1, &answer) != CAME)
		link->broken = true;
}

static enum cccd_err judge(struct nfc_link *link, const struct nfc_call *call,
                           const struct wire_message *answer,
                           struct cccd_error *error, struct span *ret)
{
	struct wire_error said = { .code = CCCD_OK };

	if (answer->type == call->wanted) {
		*ret = answer->body;
		return CCCD_OK;
	}
	if (answer->type != WIRE_ERROR ||
	    wire_error_parse(answer->body, &said) != CCCD_OK)
		return lost(link, error, "answers something else");
	return fail_native(error, said.code, said.native, "nfc: %.120s",
	                   said.text.text);
}

enum cccd_err nfc_link_call(struct nfc_link *link, const struct nfc_call *call,
                            struct cccd_error *error, struct span *ret)
{
	const struct wire_message request = {
		.type = call->type,
		.number = ++link->number,
		.body = call->body,
	};
	uint64_t end = clock_steady_ms() + call->timeout_ms;
	struct wire_message answer = { .number = 0 };

	if (link->broken)
		return lost(link, error, "has ended");
	if (wire_send(link->socket, &request) != CCCD_OK)
		return lost(link, error, "takes no request");
	switch (next_message(link, end, call->wake, &answer)) {
	case CAME: return judge(link, call, &answer, error, ret);
	case WOKEN:
		abort_request(link);
		return fail(error, CCCD_ERR_CANCELLED, "cancelled");
	case PASSED:
		abort_request(link);
		return fail(error, CCCD_ERR_READER_TIMEOUT,
		            "no answer in %u ms", call->timeout_ms);
	case ENDED: break;
	}
	return lost(link, error, "died or broke the protocol");
}
