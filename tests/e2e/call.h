/* SPDX-License-Identifier: Apache-2.0 */
/* One call of the program cccd, from its arguments to its exit code. */
#ifndef TESTS_E2E_CALL_H
#define TESTS_E2E_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct cJSON;

enum {
	CALL_ARGS_MAX = 24,
	CALL_FEEDS_MAX = 3,
	/* What is fed arrives on these descriptors, in this order. */
	CALL_FEED_FD = 7,
	CALL_OUT_MAX = 1 << 20,
	CALL_ERR_MAX = 1 << 16,
	CALL_LIMIT_MS = 60000,
};

/**
 * struct call - what to start.
 * @args:     without the program's name, NULL at the end
 * @feeds:    texts waiting in pipes on descriptors 7, 8, 9
 * @language: LC_ALL; NULL for none of the three variables set
 * @socket:   another PCSCLITE_CSOCK_NAME; NULL for the rig's
 * @asked:    standard input is a pipe for call_type(); else nothing is there
 */
struct call {
	const char *args[CALL_ARGS_MAX];
	const char *feeds[CALL_FEEDS_MAX];
	const char *language;
	const char *socket;
	bool asked;
};

/**
 * struct answer - what became of it.
 * @status: exit code; -1 while it runs, 1000 + signal when one ended it
 * @out, @err: what it wrote, NUL at the end
 */
struct answer {
	pid_t pid;
	int status;
	int in_fd;
	int out_fd;
	int err_fd;
	size_t out_len;
	size_t err_len;
	char out[CALL_OUT_MAX];
	char err[CALL_ERR_MAX];
};

/* Start it; the answer is freed with call_free(). */
struct answer *call_start(const struct call *call);

/* Read until standard error holds @text; ends the test at the limit. */
void call_await(struct answer *answer, const char *text);

/* Type @text and end the input; the call was @asked. */
void call_type(struct answer *answer, const char *text);

/* Read to the end and take the exit code; ends the test at the limit. */
void call_finish(struct answer *answer);

/* Both. */
struct answer *call_run(const struct call *call);

void call_free(struct answer *answer);

/* Standard output as JSON; ends the test when it is none. The caller frees
 * with cJSON_Delete(). */
struct cJSON *call_json(const struct answer *answer);

/* A text member by its path, "checks.data_groups.verdict"; "" when absent. */
const char *json_text_at(const struct cJSON *root, const char *path);

/* The whole of a file; NULL when there is none. The caller frees. */
char *file_text(const char *path, size_t *ret_len);

/* A fresh directory of mode 0700 in *@path, and away with it. */
void make_directory(char path[static 64]);
void remove_directory(const char *path);

#endif
