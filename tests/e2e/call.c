/* SPDX-License-Identifier: Apache-2.0 */
/* One call of the program cccd, from its arguments to its exit code. */
#include "tests/e2e/call.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "base/macros.h"

enum { POLL_MS = 100, KEPT_FD = 20, PATH_MAX_LEN = 512 };

static void make_pipe(int ends[static 2])
{
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFD, FD_CLOEXEC), 0);
	assert_int_equal(fcntl(ends[1], F_SETFD, FD_CLOEXEC), 0);
}

/* The text lies in the pipe before anybody reads: it is short. The end is
 * kept above the descriptors that the child maps. */
static int feed_pipe(const char *text)
{
	int ends[2];
	int kept = -1;

	make_pipe(ends);
	assert_int_equal(write(ends[1], text, strlen(text)),
	                 (ssize_t)strlen(text));
	(void)close(ends[1]);
	kept = fcntl(ends[0], F_DUPFD_CLOEXEC, KEPT_FD);
	assert_true(kept >= KEPT_FD);
	(void)close(ends[0]);
	return kept;
}

/* Standard input of the child; what goes into it, or -1, is *@ret_in. */
static int make_input(const struct call *call, int *ret_in)
{
	int ends[2] = { -1, -1 };

	if (call->asked)
		make_pipe(ends);
	else
		ends[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(ends[0] >= 0);
	*ret_in = ends[1];
	return ends[0];
}

static void set_language(const char *language)
{
	(void)unsetenv("LC_MESSAGES");
	(void)unsetenv("LANG");
	if (language == NULL)
		(void)unsetenv("LC_ALL");
	else
		(void)setenv("LC_ALL", language, 1);
}

/* The child's side; a test program has one thread when it forks. */
__attribute__((noreturn)) static void
become(const struct call *call, const int *feeds, int in, int out, int err)
{
	char *args[CALL_ARGS_MAX + 2] = { NULL };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	args[0] = strdup(getenv("CCCD_PROGRAM"));
	for (size_t i = 0; i < CALL_ARGS_MAX && call->args[i] != NULL; i++)
		args[i + 1] = strdup(call->args[i]);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		_exit(127);
	for (int i = 0; i < CALL_FEEDS_MAX; i++)
		if (feeds[i] >= 0 && dup2(feeds[i], CALL_FEED_FD + i) < 0)
			_exit(127);
	set_language(call->language);
	if (call->socket != NULL)
		(void)setenv("PCSCLITE_CSOCK_NAME", call->socket, 1);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)execv(args[0], args);
	_exit(127);
}

struct answer *call_start(const struct call *call)
{
	struct answer *answer = calloc(1, sizeof(*answer));
	int feeds[CALL_FEEDS_MAX] = { -1, -1, -1 };
	int in = -1;
	int out[2];
	int err[2];

	assert_non_null(answer);
	assert_non_null(getenv("CCCD_PROGRAM"));
	answer->status = -1;
	for (size_t i = 0; i < CALL_FEEDS_MAX && call->feeds[i] != NULL; i++)
		feeds[i] = feed_pipe(call->feeds[i]);
	in = make_input(call, &answer->in_fd);
	make_pipe(out);
	make_pipe(err);
	answer->pid = fork();
	assert_true(answer->pid >= 0);
	if (answer->pid == 0)
		become(call, feeds, in, out[1], err[1]);
	for (size_t i = 0; i < CALL_FEEDS_MAX; i++)
		if (feeds[i] >= 0)
			(void)close(feeds[i]);
	(void)close(in);
	(void)close(out[1]);
	(void)close(err[1]);
	answer->out_fd = out[0];
	answer->err_fd = err[0];
	return answer;
}

/* One read of what is there; false at the end of the stream. */
static bool take(int fd, char *text, size_t *len, size_t cap)
{
	ssize_t got = 0;

	assert_true(*len + 1 < cap);
	got = read(fd, text + *len, cap - 1 - *len);
	if (got > 0)
		*len += (size_t)got;
	return got > 0;
}

/* Returns false when both streams have ended. */
static bool pump(struct answer *answer)
{
	struct pollfd fds[2] = {
		{ .fd = answer->out_fd, .events = POLLIN },
		{ .fd = answer->err_fd, .events = POLLIN },
	};

	if (answer->out_fd < 0 && answer->err_fd < 0)
		return false;
	(void)poll(fds, 2, POLL_MS);
	if (fds[0].revents != 0 && !take(answer->out_fd, answer->out,
	                                 &answer->out_len, CALL_OUT_MAX)) {
		(void)close(answer->out_fd);
		answer->out_fd = -1;
	}
	if (fds[1].revents != 0 && !take(answer->err_fd, answer->err,
	                                 &answer->err_len, CALL_ERR_MAX)) {
		(void)close(answer->err_fd);
		answer->err_fd = -1;
	}
	return true;
}

__attribute__((noreturn)) static void too_late(struct answer *answer)
{
	assert_true(answer->pid > 0);
	(void)kill(answer->pid, SIGKILL);
	(void)waitpid(answer->pid, NULL, 0);
	print_error("cccd did not end in time; it wrote:\n%s%s\n", answer->out,
	            answer->err);
	_fail(__FILE__, __LINE__);
	abort();
}

void call_await(struct answer *answer, const char *text)
{
	uint64_t end = clock_steady_ms() + CALL_LIMIT_MS;

	while (strstr(answer->err, text) == NULL)
		if (!pump(answer) || clock_steady_ms() > end)
			too_late(answer);
}

void call_type(struct answer *answer, const char *text)
{
	assert_true(answer->in_fd >= 0);
	assert_int_equal(write(answer->in_fd, text, strlen(text)),
	                 (ssize_t)strlen(text));
	(void)close(answer->in_fd);
	answer->in_fd = -1;
}

void call_finish(struct answer *answer)
{
	uint64_t end = clock_steady_ms() + CALL_LIMIT_MS;
	int status = 0;

	while (pump(answer))
		if (clock_steady_ms() > end)
			too_late(answer);
	while (waitpid(answer->pid, &status, WNOHANG) == 0) {
		if (clock_steady_ms() > end)
			too_late(answer);
		clock_sleep_ms(2);
	}
	answer->status = WIFEXITED(status) ? WEXITSTATUS(status)
	                                   : 1000 + WTERMSIG(status);
}

struct answer *call_run(const struct call *call)
{
	struct answer *answer = call_start(call);

	call_finish(answer);
	return answer;
}

void call_free(struct answer *answer)
{
	if (answer == NULL)
		return;
	if (answer->in_fd >= 0)
		(void)close(answer->in_fd);
	if (answer->out_fd >= 0)
		(void)close(answer->out_fd);
	if (answer->err_fd >= 0)
		(void)close(answer->err_fd);
	free(answer);
}

struct cJSON *call_json(const struct answer *answer)
{
	struct cJSON *root = cJSON_Parse(answer->out);

	if (root == NULL)
		print_error("not JSON (exit %d): %s%s\n", answer->status,
		            answer->out, answer->err);
	assert_non_null(root);
	return root;
}

/* Check ids hold a dot themselves: the longest name that fits wins. */
static const struct cJSON *child(const struct cJSON *object, const char **path)
{
	char name[64];
	size_t len = strlen(*path);

	for (; len > 0; len--) {
		const struct cJSON *found = NULL;

		if ((*path)[len] != '\0' && (*path)[len] != '.')
			continue;
		if (len >= sizeof(name))
			continue;
		memcpy(name, *path, len);
		name[len] = '\0';
		found = cJSON_GetObjectItemCaseSensitive(object, name);
		if (found == NULL)
			continue;
		*path += len + ((*path)[len] == '.');
		return found;
	}
	return NULL;
}

const char *json_text_at(const struct cJSON *root, const char *path)
{
	while (root != NULL && *path != '\0')
		root = child(root, &path);
	return cJSON_IsString(root) ? root->valuestring : "";
}

char *file_text(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	size_t cap = 1 << 22;

	if (file == NULL)
		return NULL;
	text = malloc(cap);
	assert_non_null(text);
	*ret_len = fread(text, 1, cap - 1, file);
	text[*ret_len] = '\0';
	(void)fclose(file);
	return text;
}

void make_directory(char path[static 64])
{
	(void)snprintf(path, 64, "/tmp/cccd-e2e-XXXXXX");
	assert_non_null(mkdtemp(path));
}

/* One level below is all that these tests make. */
static void remove_inside(const char *path, bool deeper)
{
	DIR *dir = opendir(path);
	struct dirent *entry = NULL;
	char name[PATH_MAX_LEN];

	/* One thread. */
	while (dir != NULL && (entry = readdir(dir)) != NULL) { /* NOLINT */
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		(void)snprintf(name, sizeof(name), "%s/%s", path,
		               entry->d_name);
		if (unlink(name) != 0 && deeper)
			remove_inside(name, false);
		(void)rmdir(name);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

void remove_directory(const char *path)
{
	remove_inside(path, true);
	(void)rmdir(path);
}
