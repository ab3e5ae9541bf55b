/* SPDX-License-Identifier: Apache-2.0 */
/* After cccd_session_wipe() nothing of the person is left in memory. */
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include <cccd/cccd.h>

#include "base/macros.h"
#include "tests/support/sim_transport.h"

enum {
	/* A map larger than this is a sanitizer's, not the heap. */
	MAP_MAX = 256 << 20,
	CHUNK = 1 << 16,
	OVERLAP = 64,
	MESSAGE_MAX = 1 << 17,
	CONNECT = 0,
	DISCONNECT = 1,
};

/* Only here and in the other process; both stand in read-only data. */
static const char profile[] =
        "{\"extends\":\"cccd-2021\",\"document\":{\"name\":"
        "\"QUACHTHI<<CANARYXYZ\"},\"dg13\":{\"full_name\":"
        "\"Quách Thị Hoàng Yến\"}}";
static const char *const canaries[] = {
	"QUACHTHI<<CANARYXYZ",      /* DG1 */
	"Quách Thị Hoàng Yến",      /* DG13 */
	"199000001499010183901016", /* the access key */
};

/* The card lives in a process of its own: here its data would be found. */
struct remote {
	pid_t pid;
	int fd;
	size_t max_command;
	size_t max_response;
};

static bool move_all(int fd, void *at, size_t len, bool out)
{
	uint8_t *bytes = at;

	while (len > 0) {
		ssize_t done = out ? send(fd, bytes, len, MSG_NOSIGNAL)
		                   : recv(fd, bytes, len, 0);

		if (done <= 0)
			return false;
		bytes += done;
		len -= (size_t)done;
	}
	return true;
}

static bool put_message(int fd, struct span body)
{
	uint32_t len = (uint32_t)body.len;
	static uint8_t copy[MESSAGE_MAX];

	assert_true(body.len <= sizeof(copy));
	memcpy(copy, body.at, body.len);
	return move_all(fd, &len, sizeof(len), true) &&
	       move_all(fd, copy, body.len, true);
}

static bool take_message(int fd, uint8_t *at, size_t cap, size_t *ret_len)
{
	uint32_t len = 0;

	if (!move_all(fd, &len, sizeof(len), false) || len > cap)
		return false;
	*ret_len = len;
	return move_all(fd, at, len, false);
}

/* One byte is connect or disconnect, more is a command. */
static bool serve_one(int fd, struct sim_card *card)
{
	static uint8_t body[MESSAGE_MAX];
	BUF response = buf_make(SIM_RESPONSE_MAX);
	struct sim_outcome outcome;
	size_t len = 0;

	if (!take_message(fd, body, sizeof(body), &len))
		return false;
	if (len == 1) {
		sim_card_power(card, body[0] == CONNECT);
		return put_message(fd, sim_card_atr(card));
	}
	if (sim_card_exchange(card, span_of(body, len), &response, &outcome) !=
	    CCCD_OK)
		return false;
	return put_message(fd, buf_span(&response));
}

__attribute__((noreturn)) static void serve(int fd)
{
	struct sim_card *card = NULL;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	card = sim_card_of(profile);
	while (serve_one(fd, card))
		;
	_exit(0);
}

static struct remote start_card(void)
{
	struct remote remote = { .max_command = 65545, .max_response = 65538 };
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	remote.pid = fork();
	assert_true(remote.pid >= 0);
	if (remote.pid == 0) {
		(void)close(ends[0]);
		serve(ends[1]);
	}
	(void)close(ends[1]);
	remote.fd = ends[0];
	return remote;
}

static void stop_card(struct remote *remote)
{
	int status = 0;

	(void)close(remote->fd);
	assert_int_equal(waitpid(remote->pid, &status, 0), remote->pid);
	assert_int_equal(status, 0);
}

static enum cccd_err remote_connect(void *context, uint8_t *atr,
                                    size_t *ret_atr_len)
{
	const struct remote *remote = context;
	static const uint8_t word = CONNECT;

	if (!put_message(remote->fd, span_of(&word, 1)) ||
	    !take_message(remote->fd, atr, *ret_atr_len, ret_atr_len))
		return CCCD_ERR_READER_LOST;
	return CCCD_OK;
}

static enum cccd_err remote_transmit(void *context, const uint8_t *command,
                                     size_t command_len, uint8_t *response,
                                     size_t *ret_len, uint32_t timeout_ms)
{
	const struct remote *remote = context;

	(void)timeout_ms;
	if (!put_message(remote->fd, span_of(command, command_len)) ||
	    !take_message(remote->fd, response, *ret_len, ret_len))
		return CCCD_ERR_READER_LOST;
	return CCCD_OK;
}

static void remote_disconnect(void *context)
{
	const struct remote *remote = context;
	static const uint8_t word = DISCONNECT;
	uint8_t atr[64];
	size_t len = 0;

	assert_true(put_message(remote->fd, span_of(&word, 1)));
	assert_true(take_message(remote->fd, atr, sizeof(atr), &len));
}

/* How often @text begins in the first @until of @bytes. */
static size_t count_text(const uint8_t *bytes, size_t len, size_t until,
                         const char *text)
{
	size_t width = strlen(text);
	const uint8_t *at = bytes;
	size_t count = 0;

	while ((at = memchr(at, text[0], (size_t)(bytes + until - at))) !=
	       NULL) {
		if ((size_t)(bytes + len - at) >= width &&
		    memcmp(at, text, width) == 0)
			count++;
		at++;
	}
	return count;
}

static size_t count_in(const uint8_t *bytes, size_t len, size_t until)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(canaries); i++)
		count += count_text(bytes, len, until, canaries[i]);
	return count;
}

/* The window lies outside the heap, or it would find itself. */
static size_t count_in_map(int memory, uint64_t from, uint64_t to)
{
	static uint8_t window[CHUNK + OVERLAP];
	size_t count = 0;

	for (uint64_t at = from; at < to; at += CHUNK) {
		size_t want = to - at < sizeof(window) ? (size_t)(to - at)
		                                       : sizeof(window);
		ssize_t got = pread(memory, window, want, (off_t)at);

		if (got > 0)
			count += count_in(window, (size_t)got,
			                  (size_t)got < CHUNK ? (size_t)got
			                                      : CHUNK);
	}
	return count;
}

/* Writable memory without a file behind it: heap and what malloc maps. */
static bool is_heap(const char *line, uint64_t *from, uint64_t *to)
{
	char rights[8] = "";
	char path[64] = "";
	int fields = sscanf(line, /* NOLINT(cert-err34-c): our kernel's form */
	                    "%" SCNx64 "-%" SCNx64 " %7s %*s %*s %*s %63s",
	                    from, to, rights, path);

	if (fields < 3 || strcmp(rights, "rw-p") != 0 || *to - *from > MAP_MAX)
		return false;
	return fields == 3 || strcmp(path, "[heap]") == 0 ||
	       strncmp(path, "[anon", 5) == 0;
}

static size_t count_in_heap(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char line[512];
	size_t count = 0;
	size_t heaps = 0;

	assert_non_null(maps);
	assert_true(memory >= 0);
	while (fgets(line, sizeof(line), maps) != NULL) {
		uint64_t from = 0;
		uint64_t to = 0;

		if (!is_heap(line, &from, &to))
			continue;
		heaps++;
		count += count_in_map(memory, from, to);
	}
	assert_true(heaps > 0);
	(void)close(memory);
	(void)fclose(maps);
	return count;
}

static struct cccd_session *open_session(struct remote *remote)
{
	const struct cccd_transport transport = {
		.connect = remote_connect,
		.transmit = remote_transmit,
		.disconnect = remote_disconnect,
		.max_command = remote->max_command,
		.max_response = remote->max_response,
	};
	struct cccd_session *session = NULL;

	assert_int_equal(cccd_session_new(&session), CCCD_OK);
	assert_int_equal(
	        cccd_session_set_transport(session, &transport, remote),
	        CCCD_OK);
	assert_int_equal(cccd_session_set_access_key(
	                         session, CCCD_ACCESS_KEY_MRZ, canaries[2]),
	                 CCCD_OK);
	return session;
}

/* A person taken out of the document and wiped again. */
static void look_at_the_person(const struct cccd_session *session)
{
	struct cccd_person *person = calloc(1, sizeof(*person));

	assert_non_null(person);
	assert_int_equal(
	        cccd_document_person(cccd_session_document(session), person),
	        CCCD_OK);
	cccd_person_wipe(person);
	free(person);
}

static void wipe_leaves_nothing_in_the_heap(void **state)
{
	struct remote remote = start_card();
	struct cccd_session *session = open_session(&remote);

	(void)state;
	assert_int_equal(cccd_session_run(session), CCCD_OK);
	look_at_the_person(session);
	/* The search does find what is there. */
	assert_true(count_in_heap() >= ARRAY_LEN(canaries));
	cccd_session_wipe(session);
	assert_int_equal(count_in_heap(), 0);
	cccd_session_free(session);
	assert_int_equal(count_in_heap(), 0);
	stop_card(&remote);
}

/* Evidence holds copies; freeing wipes them. */
static void free_wipes_evidence_and_session(void **state)
{
	struct remote remote = start_card();
	struct cccd_session *session = open_session(&remote);
	struct cccd_evidence *evidence = NULL;
	struct cccd_result *again = calloc(1, sizeof(*again));

	(void)state;
	assert_non_null(again);
	assert_int_equal(cccd_session_run(session), CCCD_OK);
	assert_int_equal(cccd_session_evidence(session, &evidence), CCCD_OK);
	assert_int_equal(cccd_verify(evidence, NULL, NULL, 0, again), CCCD_OK);
	cccd_session_free(session);
	assert_true(count_in_heap() > 0);
	cccd_evidence_free(evidence);
	assert_int_equal(count_in_heap(), 0);
	free(again);
	stop_card(&remote);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wipe_leaves_nothing_in_the_heap),
		cmocka_unit_test(free_wipes_evidence_and_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
