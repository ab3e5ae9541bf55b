/* SPDX-License-Identifier: Apache-2.0 */
/* The program cccd-sim against a reader that speaks vpcd's protocol. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"

enum { PATIENCE_MS = 20000 };

/* struct rig - the listening reader and the running program. */
struct rig {
	int listener;
	int slot;
	pid_t program;
	FILE *commands;
	FILE *words;
};

static int listen_anywhere(char *address, size_t cap)
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	socklen_t len = sizeof(name);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(fd, 2), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
	(void)snprintf(address, cap, "127.0.0.1:%d", ntohs(name.sin_port));
	return fd;
}

static void become(const int in[2], const int out[2], const char *address,
                   const char *card)
{
	(void)dup2(in[0], STDIN_FILENO);
	(void)dup2(out[1], STDOUT_FILENO);
	(void)close(in[1]);
	(void)close(out[0]);
	(void)execl(CCCD_SIM_PROGRAM, "cccd-sim", "--card", card, "--vpcd",
	            address, (char *)NULL);
	_Exit(127);
}

static void wait_readable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
}

static void accept_card(struct rig *rig)
{
	wait_readable(rig->listener);
	rig->slot = accept(rig->listener, NULL, NULL);
	assert_true(rig->slot >= 0);
}

static void expect_word(struct rig *rig, const char *want)
{
	char line[64];

	wait_readable(fileno(rig->words));
	assert_non_null(fgets(line, sizeof(line), rig->words));
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(line, want);
}

static void start(struct rig *rig, const char *card)
{
	int in[2];
	int out[2];
	char address[32];

	rig->listener = listen_anywhere(address, sizeof(address));
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	rig->program = fork();
	assert_true(rig->program >= 0);
	if (rig->program == 0)
		become(in, out, address, card);
	(void)close(in[0]);
	(void)close(out[1]);
	rig->commands = fdopen(in[1], "w");
	rig->words = fdopen(out[0], "r");
	assert_non_null(rig->commands);
	assert_non_null(rig->words);
	/* Lines are taken one by one, so that poll sees the next. */
	(void)setvbuf(rig->words, NULL, _IONBF, 0);
	accept_card(rig);
	expect_word(rig, "ready");
}

static void command(struct rig *rig, const char *text)
{
	(void)fprintf(rig->commands, "%s\n", text);
	(void)fflush(rig->commands);
}

static void stop(struct rig *rig)
{
	int status = -1;

	command(rig, "quit");
	assert_int_equal(waitpid(rig->program, &status, 0), rig->program);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	(void)fclose(rig->commands);
	(void)fclose(rig->words);
	(void)close(rig->slot);
	(void)close(rig->listener);
}

static void send_body(const struct rig *rig, struct span body)
{
	uint8_t head[2] = { (uint8_t)(body.len >> 8), (uint8_t)body.len };

	/* In two writes, as vpcd does. */
	assert_int_equal(send(rig->slot, head, 2, 0), 2);
	assert_int_equal(send(rig->slot, body.at, body.len, 0), body.len);
}

static void control(const struct rig *rig, uint8_t byte)
{
	send_body(rig, span_of(&byte, 1));
}

static size_t receive(const struct rig *rig, uint8_t *at, size_t cap)
{
	uint8_t head[2];
	size_t len;

	wait_readable(rig->slot);
	if (recv(rig->slot, head, 2, MSG_WAITALL) != 2)
		return 0;
	len = (size_t)head[0] << 8 | head[1];
	assert_true(len <= cap);
	assert_int_equal(recv(rig->slot, at, len, MSG_WAITALL), len);
	return len;
}

static size_t apdu(const struct rig *rig, const char *hex, uint8_t *at,
                   size_t cap)
{
	BUF bytes = buf_make(1024);

	assert_int_equal(hex_decode(hex, &bytes), CCCD_OK);
	send_body(rig, buf_span(&bytes));
	return receive(rig, at, cap);
}

static void program_answers_controls_and_apdus(void **state)
{
	static const uint8_t atr[] = { 0x3B, 0x80, 0x80, 0x01, 0x01 };
	struct rig rig = { .listener = -1 };
	uint8_t got[1024] = { 0 };
	uint64_t begin;

	(void)state;
	start(&rig, "cccd-2021");
	control(&rig, 0x01);
	control(&rig, 0x04);
	assert_int_equal(receive(&rig, got, sizeof(got)), sizeof(atr));
	assert_memory_equal(got, atr, sizeof(atr));
	begin = clock_steady_ms();
	for (int i = 0; i < 500; i++)
		assert_int_equal(apdu(&rig, "00A4020C02011C", got, sizeof(got)),
		                 2);
	/* Without an immediate ACK it would be 48 ms each: 24 s. */
	assert_true(clock_steady_ms() - begin < PATIENCE_MS);
	assert_int_equal(apdu(&rig, "00B0000000", got, sizeof(got)), 56);
	/* A reset forgets the selected file. */
	control(&rig, 0x02);
	assert_int_equal(apdu(&rig, "00B0000000", got, sizeof(got)), 2);
	assert_int_equal(got[0], 0x69);
	control(&rig, 0x00);
	stop(&rig);
}

static void program_removes_and_inserts(void **state)
{
	struct rig rig = { .listener = -1 };
	uint8_t got[1024] = { 0 };

	(void)state;
	start(&rig, "cccd-2021");
	command(&rig, "remove");
	expect_word(&rig, "removed");
	assert_int_equal(receive(&rig, got, sizeof(got)), 0);
	(void)close(rig.slot);
	command(&rig, "insert bac-only");
	accept_card(&rig);
	expect_word(&rig, "ready");
	control(&rig, 0x01);
	assert_int_equal(apdu(&rig, "00A4020C02011C", got, sizeof(got)), 2);
	assert_int_equal(got[0], 0x6A);
	assert_int_equal(kill(rig.program, SIGUSR1), 0);
	expect_word(&rig, "removed");
	(void)close(rig.slot);
	assert_int_equal(kill(rig.program, SIGUSR1), 0);
	accept_card(&rig);
	expect_word(&rig, "ready");
	stop(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(program_answers_controls_and_apdus),
		cmocka_unit_test(program_removes_and_inserts),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
