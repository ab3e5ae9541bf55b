/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The test card behind vpcd: responder PORT [contact]. Prints "ready" when it
 * lies on the reader; ends when its connection does, or when it is taken away.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/reader/test_card.h"

/* vpcd: a length of two bytes, then a control byte or a command. */
enum {
	CONTROL_OFF = 0,
	CONTROL_ON = 1,
	CONTROL_RESET = 2,
	CONTROL_ATR = 4,
	HEAD_LEN = 2,
	MESSAGE_MAX = 65535,
};

static int dial(const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	long number = strtol(port, NULL, 10);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_port = htons((uint16_t)number);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		perror("responder");
		exit(1);
	}
	return fd;
}

/* Without it vpcd's second write waits 40 ms for our acknowledgement. */
static void quick_ack(int fd)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static bool receive(int fd, uint8_t *at, size_t len)
{
	while (len > 0) {
		ssize_t got = recv(fd, at, len, 0);

		if (got <= 0)
			return false;
		quick_ack(fd);
		at += got;
		len -= (size_t)got;
	}
	return true;
}

static bool send_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t sent = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes = span_after(bytes, (size_t)sent);
	}
	return true;
}

static bool send_message(int fd, struct span body)
{
	uint8_t head[HEAD_LEN] = { (uint8_t)(body.len >> 8),
		                   (uint8_t)body.len };

	return send_all(fd, SPAN(head)) && send_all(fd, body);
}

static bool control(int fd, struct test_card *card, uint8_t byte)
{
	if (byte == CONTROL_RESET || byte == CONTROL_ON)
		card->resets++;
	if (byte == CONTROL_ATR)
		return send_message(fd, span_of(card->atr, TEST_ATR_LEN));
	return true;
}

static bool serve_one(int fd, struct test_card *card, struct buf *command,
                      struct buf *response)
{
	uint8_t head[HEAD_LEN];
	size_t len;

	if (!receive(fd, head, sizeof(head)))
		return false;
	len = (size_t)head[0] << 8 | head[1];
	if (buf_reserve(command, len) != CCCD_OK)
		return false;
	command->len = len;
	if (!receive(fd, command->at, len))
		return false;
	if (len == 1)
		return control(fd, card, command->at[0]);
	switch (test_card_answer(card, buf_span(command), response)) {
	case TEST_LEAVE: return false;
	case TEST_SLEEP: clock_sleep_ms(card->sleep_ms); break;
	case TEST_ANSWER: break;
	}
	return send_message(fd, buf_span(response));
}

int main(int argc, char **argv)
{
	BUF command = buf_make(MESSAGE_MAX);
	BUF response = buf_make(MESSAGE_MAX + 2);
	struct test_card card = { .atr = test_atr };
	int fd;

	if (argc < 2)
		return 2;
	if (argc > 2)
		card.atr = test_atr_contact;
	fd = dial(argv[1]);
	(void)puts("ready");
	(void)fflush(stdout);
	while (serve_one(fd, &card, &command, &response))
		;
	(void)close(fd);
	return 0;
}
