/* SPDX-License-Identifier: Apache-2.0 */
/* tests/support/pcscd-rig for a test program: a real pcscd of its own. */
#include "tests/support/rig.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PATH_LEN = 512,
	LINE_LEN = 256,
	ARGS_MAX = 16,
};

struct rig {
	pid_t pid;
	FILE *words;
	FILE *answers;
	char program[PATH_LEN];
	char inside[32];
};

__attribute__((noreturn)) static void give_up(const char *what)
{
	perror(what);
	(void)fputs("rig: no private pcscd; is vsmartcard-vpcd installed, and "
	            "may this user make namespaces?\n",
	            stderr);
	exit(1);
}

/* The child's side: it dies with us, and only these streams are open. */
__attribute__((noreturn)) static void become(int in, int out,
                                             const char *const argv[])
{
	char *args[ARGS_MAX + 1] = { NULL };

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if ((in >= 0 && dup2(in, STDIN_FILENO) < 0) ||
	    dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	for (size_t i = 0; i < ARGS_MAX && argv[i] != NULL; i++)
		args[i] = strdup(argv[i]);
	(void)execv(args[0], args);
	perror(args[0]);
	_exit(127);
}

/* Neither end may leak into what other threads start. */
static void make_pipe(int ends[static 2])
{
	if (pipe(ends) != 0 || fcntl(ends[0], F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(ends[1], F_SETFD, FD_CLOEXEC) != 0)
		give_up("pipe");
}

static void read_line(FILE *from, char line[static LINE_LEN])
{
	if (fgets(line, LINE_LEN, from) == NULL)
		give_up("rig");
}

static void start_program(struct rig *rig)
{
	const char *const argv[] = { rig->program, NULL };
	int words[2];
	int answers[2];

	make_pipe(words);
	make_pipe(answers);
	rig->pid = fork();
	if (rig->pid < 0)
		give_up("fork");
	if (rig->pid == 0)
		become(words[0], answers[1], argv);
	(void)close(words[0]);
	(void)close(answers[1]);
	rig->words = fdopen(words[1], "w");
	rig->answers = fdopen(answers[0], "r");
	if (rig->words == NULL || rig->answers == NULL)
		give_up("fdopen");
}

/* "ready PID SOCKET" */
static void take_ready(struct rig *rig)
{
	char line[LINE_LEN];
	char *place = NULL;
	char *pid = NULL;
	char *socket = NULL;

	read_line(rig->answers, line);
	line[strcspn(line, "\n")] = '\0';
	pid = strtok_r(line, " ", &place);
	if (pid == NULL || strcmp(pid, "ready") != 0)
		give_up("rig");
	pid = strtok_r(NULL, " ", &place);
	socket = strtok_r(NULL, " ", &place);
	if (pid == NULL || socket == NULL ||
	    setenv("PCSCLITE_CSOCK_NAME", socket, 1) != 0)
		give_up("rig");
	(void)snprintf(rig->inside, sizeof(rig->inside), "%s", pid);
}

struct rig *rig_start(void)
{
	const char *source = getenv("CCCD_SOURCE_DIR");
	struct rig *rig = calloc(1, sizeof(*rig));

	if (rig == NULL)
		give_up("calloc");
	(void)snprintf(rig->program, sizeof(rig->program),
	               "%s/tests/support/pcscd-rig",
	               source == NULL ? "." : source);
	(void)signal(SIGPIPE, SIG_IGN);
	start_program(rig);
	take_ready(rig);
	return rig;
}

void rig_wait(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0)
		;
}

void rig_stop(struct rig *rig)
{
	if (rig == NULL)
		return;
	(void)fclose(rig->words);
	(void)fclose(rig->answers);
	rig_wait(rig->pid);
	free(rig);
}

void rig_command(struct rig *rig, const char *word)
{
	char line[LINE_LEN];

	if (fprintf(rig->words, "%s\n", word) < 0 || fflush(rig->words) != 0)
		give_up("rig");
	read_line(rig->answers, line);
}

pid_t rig_spawn(const struct rig *rig, const char *const argv[])
{
	const char *args[ARGS_MAX + 1] = { rig->program, "enter", rig->inside };
	char line[LINE_LEN];
	FILE *answers = NULL;
	int out[2];
	pid_t pid;

	for (size_t i = 0; i + 3 < ARGS_MAX && argv[i] != NULL; i++)
		args[i + 3] = argv[i];
	make_pipe(out);
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0)
		become(-1, out[1], args);
	(void)close(out[1]);
	answers = fdopen(out[0], "r");
	if (answers == NULL)
		give_up("fdopen");
	read_line(answers, line);
	(void)fclose(answers);
	return pid;
}

pid_t rig_spawn_piped(const struct rig *rig, const char *const argv[],
                      FILE **ret_words, FILE **ret_answers)
{
	const char *args[ARGS_MAX + 1] = { rig->program, "enter", rig->inside };
	int in[2];
	int out[2];
	pid_t pid;

	for (size_t i = 0; i + 3 < ARGS_MAX && argv[i] != NULL; i++)
		args[i + 3] = argv[i];
	make_pipe(in);
	make_pipe(out);
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0)
		become(in[0], out[1], args);
	(void)close(in[0]);
	(void)close(out[1]);
	*ret_words = fdopen(in[1], "w");
	*ret_answers = fdopen(out[0], "r");
	if (*ret_words == NULL || *ret_answers == NULL)
		give_up("fdopen");
	return pid;
}

void rig_kill(pid_t pid)
{
	/* Zero and below are not one process but many. */
	if (pid <= 0)
		return;
	(void)kill(pid, SIGKILL);
	rig_wait(pid);
}
