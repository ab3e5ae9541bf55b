/* SPDX-License-Identifier: Apache-2.0 */
/* The serial line of a simulated PN532: a pseudo-terminal. */
#include "tests/sim/pn532_pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"

enum { READ_MAX = 512, QUEUE_MAX = 100000 };

/* No echo, no line, no translation: bytes. */
static bool make_raw(int fd)
{
	struct termios state;

	if (tcgetattr(fd, &state) != 0)
		return false;
	state.c_iflag = 0;
	state.c_oflag = 0;
	state.c_lflag = 0;
	state.c_cflag = CS8 | CREAD | CLOCAL;
	return tcsetattr(fd, TCSANOW, &state) == 0;
}

static bool open_fresh(struct pn532_line *line)
{
	line->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (line->master < 0 || grantpt(line->master) != 0 ||
	    unlockpt(line->master) != 0 ||
	    ptsname_r(line->master, line->path, sizeof(line->path)) != 0)
		return false;
	line->slave = open(line->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return line->slave >= 0 && make_raw(line->slave);
}

static bool open_given(const char *path, struct pn532_line *line)
{
	if (strlen(path) >= sizeof(line->path))
		return false;
	memcpy(line->path, path, strlen(path) + 1);
	line->master = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return line->master >= 0 && make_raw(line->master);
}

enum cccd_err pn532_line_open(const char *path, struct cccd_error *error,
                              struct pn532_line *ret)
{
	struct pn532_line line = { .master = -1, .slave = -1 };
	bool fresh = path == NULL || strcmp(path, "auto") == 0;

	if (!(fresh ? open_fresh(&line) : open_given(path, &line))) {
		int code = errno;

		pn532_line_close(&line);
		return fail_native(error, CCCD_ERR_READER_NONE, code,
		                   "no terminal for the PN532");
	}
	*ret = line;
	return CCCD_OK;
}

void pn532_line_close(struct pn532_line *line)
{
	if (line->slave >= 0)
		(void)close(line->slave);
	if (line->master >= 0)
		(void)close(line->master);
	line->master = line->slave = -1;
}

static enum cccd_err write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t put = write(fd, bytes.at, bytes.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return CCCD_ERR_READER_LOST;
		bytes = span_after(bytes, (size_t)put);
	}
	return CCCD_OK;
}

/* Write what is due; how long to wait for the rest, in milliseconds. */
static enum cccd_err flush(const struct pn532_line *line, struct pn532 *chip,
                           int *timeout_ms)
{
	BUF out = buf_make(QUEUE_MAX);
	uint64_t left_us = pn532_take(chip, clock_steady_us(), &out);

	if (left_us / 1000 < (uint64_t)*timeout_ms)
		*timeout_ms = (int)(left_us / 1000) + 1;
	return write_all(line->master, buf_span(&out));
}

enum cccd_err pn532_line_turn(const struct pn532_line *line, struct pn532 *chip,
                              int wake, int timeout_ms)
{
	struct pollfd fds[2] = {
		{ .fd = line->master, .events = POLLIN },
		{ .fd = wake, .events = POLLIN },
	};
	uint8_t bytes[READ_MAX];
	ssize_t got;

	TRY(flush(line, chip, &timeout_ms));
	if (poll(fds, 2, timeout_ms) <= 0)
		return CCCD_OK;
	if (fds[0].revents == 0)
		return CCCD_OK;
	got = read(line->master, bytes, sizeof(bytes));
	if (got <= 0)
		return got < 0 && errno == EINTR ? CCCD_OK
		                                 : CCCD_ERR_READER_LOST;
	TRY(pn532_feed(chip, span_of(bytes, (size_t)got), clock_steady_us()));
	timeout_ms = 0;
	return flush(line, chip, &timeout_ms);
}
