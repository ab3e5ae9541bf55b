/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and ending the program cccd-nfc. */
#include "reader/nfc_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	GRACE_MS = 1500,
	PAUSE_MS = 2,
	VARIABLE_LEN = 1100,
	/* Above every descriptor that the child is given. */
	STREAMS = 3,
};

static const char default_program[] = CCCD_NFC_PROGRAM;

static const char *program(void)
{
	const char *other = secure_getenv("CCCD_NFC_CHILD");

	return other != NULL && other[0] == '/' ? other : default_program;
}

/* The socket twice, nothing to write complaints to, and nothing else. */
static int describe_files(posix_spawn_file_actions_t *actions, int socket)
{
	int code =
	        posix_spawn_file_actions_adddup2(actions, socket, STDIN_FILENO);

	if (code == 0)
		code = posix_spawn_file_actions_addopen(
		        actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (code == 0)
		code = posix_spawn_file_actions_addopen(
		        actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (code == 0)
		code = posix_spawn_file_actions_addclosefrom_np(actions,
		                                                STREAMS);
	return code;
}

/* Signals as in a fresh program; out of reach of the terminal's keys. */
static int describe_signals(posix_spawnattr_t *attr)
{
	sigset_t all;
	sigset_t none;
	int code;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	code = posix_spawnattr_setsigdefault(attr, &all);
	if (code == 0)
		code = posix_spawnattr_setsigmask(attr, &none);
	if (code == 0)
		code = posix_spawnattr_setpgroup(attr, 0);
	if (code == 0)
		code = posix_spawnattr_setflags(
		        attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
		                      POSIX_SPAWN_SETPGROUP);
	return code;
}

static int spawn(int socket, const posix_spawnattr_t *attr, pid_t *ret)
{
	/* At a higher level libnfc would write down what it transmits. */
	static char level[] = "LIBNFC_LOG_LEVEL=0";
	static char scan[] = "LIBNFC_INTRUSIVE_SCAN=false";
	static char name[] = "cccd-nfc";
	char device[VARIABLE_LEN] = "LIBNFC_DEVICE=";
	char *const args[] = { name, NULL };
	char *env[] = { level, scan, NULL, NULL };
	const char *given = secure_getenv("LIBNFC_DEVICE");
	posix_spawn_file_actions_t actions;
	int code;

	if (given != NULL && strlen(given) < sizeof(device) - strlen(device)) {
		memcpy(device + strlen(device), given, strlen(given) + 1);
		env[2] = device;
	}
	code = posix_spawn_file_actions_init(&actions);
	if (code != 0)
		return code;
	code = describe_files(&actions, socket);
	if (code == 0)
		code = posix_spawn(ret, program(), &actions, attr, args, env);
	(void)posix_spawn_file_actions_destroy(&actions);
	return code;
}

enum cccd_err nfc_spawn(int socket, struct cccd_error *error, pid_t *ret)
{
	posix_spawnattr_t attr;
	int code = posix_spawnattr_init(&attr);

	if (code == 0) {
		code = describe_signals(&attr);
		if (code == 0)
			code = spawn(socket, &attr, ret);
		(void)posix_spawnattr_destroy(&attr);
	}
	if (code == ENOENT || code == EACCES)
		return fail_native(error, CCCD_ERR_READER_UNSUPPORTED, code,
		                   "the program cccd-nfc is not installed");
	if (code != 0)
		return fail_native(error, CCCD_ERR_MEMORY, code,
		                   "cccd-nfc cannot be started");
	return CCCD_OK;
}

/* True when the child is no more, or no longer ours to wait for. */
static bool is_reaped(pid_t pid)
{
	pid_t got;

	do
		got = waitpid(pid, NULL, WNOHANG);
	while (got < 0 && errno == EINTR);
	return got != 0;
}

void nfc_reap(pid_t pid)
{
	uint64_t end = clock_steady_ms() + GRACE_MS;

	while (!is_reaped(pid)) {
		if (clock_steady_ms() >= end) {
			/* Still ours, so the number is still its own. */
			(void)kill(pid, SIGKILL);
			end = UINT64_MAX;
		}
		clock_sleep_ms(PAUSE_MS);
	}
}
