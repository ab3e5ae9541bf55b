/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated card in a slot of Debian's virtual reader (vpcd). Every
 * message is a 16-bit length, big-endian, and that many bytes; one byte is a
 * control. */
#include "tests/sim/vpcd.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CONTROL_OFF = 0x00,
	CONTROL_ON = 0x01,
	CONTROL_RESET = 0x02,
	CONTROL_ATR = 0x04,
	MESSAGE_MAX = 0xFFFF,
};

static void free_addresses(struct addrinfo **list)
{
	freeaddrinfo(*list);
}

static int try_address(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, address->ai_socktype,
	                address->ai_protocol);

	if (fd < 0)
		return -1;
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

enum cccd_err vpcd_connect(const char *host, const char *port,
                           struct cccd_error *error, int *ret_socket)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
		                        .ai_socktype = SOCK_STREAM };
	CLEANUP(free_addresses) struct addrinfo *list = NULL;
	int one = 1;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &list) != 0) {
		list = NULL;
		return fail(error, CCCD_ERR_READER_NONE, "vpcd: %.60s:%.10s",
		            host, port);
	}
	for (const struct addrinfo *at = list; at != NULL && fd < 0;
	     at = at->ai_next)
		fd = try_address(at);
	if (fd < 0)
		return fail_native(error, CCCD_ERR_READER_SERVICE, errno,
		                   "vpcd: cannot connect to %.60s:%.10s", host,
		                   port);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	*ret_socket = fd;
	return CCCD_OK;
}

/* vpcd sends length and body in two writes; without an immediate ACK each
 * exchange costs 48 ms. The option does not stick: set it every time. */
static enum cccd_err receive(int fd, uint8_t *at, size_t len)
{
	while (len > 0) {
		int one = 1;
		ssize_t got = recv(fd, at, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return CCCD_ERR_READER_LOST;
		(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one,
		                 sizeof(one));
		at += got;
		len -= (size_t)got;
	}
	return CCCD_OK;
}

static enum cccd_err transmit(int fd, struct span body)
{
	BUF message = buf_make(MESSAGE_MAX + 2);
	size_t sent = 0;

	TRY(buf_append_byte(&message, (uint8_t)(body.len >> 8)));
	TRY(buf_append_byte(&message, (uint8_t)body.len));
	TRY(buf_append(&message, body));
	while (sent < message.len) {
		ssize_t put = send(fd, message.at + sent, message.len - sent,
		                   MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return CCCD_ERR_READER_LOST;
		sent += (size_t)put;
	}
	return CCCD_OK;
}

static enum cccd_err control(int fd, struct sim_card *card, uint8_t byte)
{
	switch (byte) {
	case CONTROL_OFF: sim_card_power(card, false); return CCCD_OK;
	case CONTROL_ON:
	case CONTROL_RESET: sim_card_power(card, true); return CCCD_OK;
	case CONTROL_ATR: return transmit(fd, sim_card_atr(card));
	default: return CCCD_OK;
	}
}

static void pass_time(uint64_t us)
{
	struct timespec pause = { .tv_sec = (time_t)(us / 1000000),
		                  .tv_nsec = (long)(us % 1000000) * 1000 };

	while (nanosleep(&pause, &pause) != 0 && errno == EINTR)
		;
}

/* A reader whose frame is too small, though PC/SC calls it able. */
static enum cccd_err refuse_length(int fd)
{
	static const uint8_t wrong_length[] = { 0x67, 0x00 };

	return transmit(fd, SPAN(wrong_length));
}

static enum cccd_err exchange(int fd, struct sim_card *card,
                              struct span command, bool sleep)
{
	BUF response = buf_make(SIM_RESPONSE_MAX);
	struct sim_outcome outcome;

	if (command.len > sim_card_max_command(card))
		return refuse_length(fd);
	TRY(sim_card_exchange(card, command, &response, &outcome));
	if (sleep)
		pass_time(outcome.time_us);
	/* A mute card and one that left look alike to this protocol: only
	 * closing the connection ends the reader's wait. */
	if (outcome.removed || outcome.mute)
		return CCCD_ERR_CARD_REMOVED;
	if (response.len > sim_card_max_response(card))
		return refuse_length(fd);
	return transmit(fd, span_first(buf_span(&response), MESSAGE_MAX));
}

enum cccd_err vpcd_serve(int socket, struct sim_card *card, bool sleep)
{
	uint8_t head[2];
	BUF body = buf_make(MESSAGE_MAX);
	size_t len;

	TRY(receive(socket, head, sizeof(head)));
	len = (size_t)head[0] << 8 | head[1];
	TRY(buf_reserve(&body, len));
	TRY(receive(socket, body.at, len));
	if (len == 0)
		return CCCD_OK;
	if (len == 1)
		return control(socket, card, body.at[0]);
	return exchange(socket, card, span_of(body.at, len), sleep);
}
