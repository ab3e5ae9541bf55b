/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cccd-render that misbehaves: the image names how. Words that begin with
 * "locked-" first lock the process in as cccd-render does, then break out.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/picture.h"
#include "service/render/confine.h"

enum { WORD_MAX = 64, PROOF = 7 };

static void put(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void say_head(uint32_t status, uint32_t width, uint32_t height,
                     uint32_t len)
{
	uint8_t head[PICTURE_HEAD];

	put(head, PICTURE_MARK);
	put(head + 4, status);
	put(head + 8, width);
	put(head + 12, height);
	put(head + 16, len);
	(void)!write(STDOUT_FILENO, head, sizeof(head));
}

/* Unconfined misdeeds. */
static void hang(void)
{
	for (;;)
		(void)pause();
}

static void spin(void)
{
	for (volatile unsigned int i = 0;; i++)
		;
}

static void mute(void)
{
}

static void die(void)
{
	abort();
}

static void half_a_head(void)
{
	(void)!write(STDOUT_FILENO, "CPC1", 4);
}

static void lie_about_length(void)
{
	say_head(PICTURE_RENDERED, 10, 10, 100);
	(void)!write(STDOUT_FILENO, "\xFF\xD8\xFF\xD9", 4);
}

static void flood(void)
{
	static const uint8_t bytes[4096];

	say_head(PICTURE_RENDERED, 10, 10, UINT32_MAX);
	while (write(STDOUT_FILENO, bytes, sizeof(bytes)) > 0)
		;
}

static void no_such_status(void)
{
	say_head(77, 0, 0, 0);
}

static void unconfined(void)
{
	say_head(PICTURE_UNCONFINED, 0, 0, 0);
}

/* Both ends closed, the process still there. */
static void hide(void)
{
	(void)close(STDIN_FILENO);
	(void)close(STDOUT_FILENO);
	hang();
}

/* Whether anything but the streams came down. */
static void tell_descriptors(void)
{
	uint32_t others = 0;

	for (int fd = 3; fd < 1024; fd++)
		others += fcntl(fd, F_GETFD) >= 0;
	say_head(others == 0 ? PICTURE_UNSUPPORTED : PICTURE_MALFORMED, 0, 0,
	         0);
}

static void tell_environment(void)
{
	extern char **environ;

	say_head(environ[0] == NULL ? PICTURE_UNSUPPORTED : PICTURE_MALFORMED,
	         0, 0, 0);
}

/* What a decoder that was taken over would try. */
static void try_open(void)
{
	(void)!open("/etc/passwd", O_RDONLY);
}

static void try_socket(void)
{
	(void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void try_execve(void)
{
	char *const args[] = { NULL };

	(void)execve("/bin/true", args, args);
}

static void try_fork(void)
{
	(void)!fork();
}

static void try_kill(void)
{
	(void)syscall(SYS_kill, getppid(), 0);
}

static void try_ptrace(void)
{
	(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void try_code(void)
{
	(void)!mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void try_protect(void)
{
	(void)mprotect(NULL, 4096, PROT_EXEC);
}

static void try_map_file(void)
{
	(void)!mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
}

static void try_other_read(void)
{
	uint8_t byte = 0;

	(void)!read(STDERR_FILENO, &byte, 1);
}

static void try_write_input(void)
{
	(void)!write(STDIN_FILENO, "x", 1);
}

static void try_pass_descriptor(void)
{
	const struct msghdr message = { 0 };

	(void)sendmsg(STDOUT_FILENO, &message, 0);
}

static void try_clock(void)
{
	(void)syscall(SYS_nanosleep, NULL, NULL);
}

/* Dies of memory refused, not of memory had: the answer says which. */
static void try_memory(void)
{
	void *at = mmap(NULL, CONFINE_MEMORY_MAX, PROT_READ | PROT_WRITE,
	                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	say_head(at == MAP_FAILED ? PICTURE_TOO_LARGE : PICTURE_MALFORMED, 0, 0,
	         0);
}

/* What a decoder does need goes on working. */
static void try_allowed(void)
{
	size_t len = 1 << 20;
	uint8_t *at = malloc(len);

	for (; at != NULL && len <= 64 << 20; len *= 4) {
		uint8_t *more = realloc(at, len);

		if (more == NULL)
			break;
		at = more;
		memset(at, PROOF, len);
	}
	free(at);
	say_head(len > 64 << 20 ? PICTURE_UNSUPPORTED : PICTURE_MALFORMED, 0, 0,
	         0);
}

/* Landlock alone, without the filter that would hide it. */
static void try_landlock(void)
{
	bool absent = syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 0;
	bool good = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	            confine_landlock() &&
	            (absent || (open("/etc/passwd", O_RDONLY) < 0 &&
	                        errno == EACCES && chdir("/") == 0 &&
	                        mkdir("/tmp/cccd-odd-child", 0700) < 0 &&
	                        errno == EACCES));

	say_head(good ? PICTURE_UNSUPPORTED : PICTURE_MALFORMED, 0, 0, 0);
}

struct misdeed {
	const char *word;
	void (*commit)(void);
};

static const struct misdeed misdeeds[] = {
	{ "hang", hang },
	{ "spin", spin },
	{ "mute", mute },
	{ "die", die },
	{ "half", half_a_head },
	{ "length", lie_about_length },
	{ "flood", flood },
	{ "status", no_such_status },
	{ "unconfined", unconfined },
	{ "hide", hide },
	{ "descriptors", tell_descriptors },
	{ "environment", tell_environment },
	{ "landlock", try_landlock },
	{ "locked-open", try_open },
	{ "locked-socket", try_socket },
	{ "locked-execve", try_execve },
	{ "locked-fork", try_fork },
	{ "locked-kill", try_kill },
	{ "locked-ptrace", try_ptrace },
	{ "locked-code", try_code },
	{ "locked-protect", try_protect },
	{ "locked-map-file", try_map_file },
	{ "locked-other-read", try_other_read },
	{ "locked-write-input", try_write_input },
	{ "locked-pass", try_pass_descriptor },
	{ "locked-clock", try_clock },
	{ "locked-memory", try_memory },
	{ "locked-allowed", try_allowed },
	{ "locked-spin", spin },
};

static void read_word(char word[static WORD_MAX])
{
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && len < WORD_MAX - 1) {
		got = read(STDIN_FILENO, word + len, WORD_MAX - 1 - len);
		if (got > 0)
			len += (size_t)got;
	}
	word[len] = '\0';
}

int main(void)
{
	char word[WORD_MAX];
	const struct misdeed *found = NULL;

	read_word(word);
	for (size_t i = 0; i < ARRAY_LEN(misdeeds); i++)
		if (strcmp(word, misdeeds[i].word) == 0)
			found = &misdeeds[i];
	if (found == NULL)
		_exit(EXIT_FAILURE);
	if (strncmp(word, "locked-", 7) == 0 && !confine())
		unconfined();
	else
		found->commit();
	_exit(EXIT_SUCCESS);
}
