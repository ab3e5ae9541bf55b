/* SPDX-License-Identifier: Apache-2.0 */
/* Children that misbehave: each is an error of the picture, none is more. */
#include <cccd/render.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "base/macros.h"
#include "base/picture.h"
#include "base/span.h"
#include "service/render/confine.h"
#include "tests/support/self.h"

enum {
	SHORT_MS = 300,
	/* Left alone, the one would go on for ever, and the other be killed
	 * by its own limit, which is another message. */
	LATE_MS = 20000,
	HIGH_FD = 900,
};

static void no_child_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static enum cccd_err commit_for(const char *word, uint32_t deadline_ms,
                                struct cccd_error *error)
{
	const struct cccd_render_options options = {
		.deadline_ms = deadline_ms, .program = getenv("CCCD_ODD_CHILD")
	};
	struct cccd_picture *picture = NULL;
	enum cccd_err err = CCCD_OK;

	assert_non_null(options.program);
	*error = (struct cccd_error){ .tries_left = -1 };
	err = cccd_render_portrait(span_bytes(span_text(word)), &options, error,
	                           &picture);
	assert_int_equal(error->code, err);
	assert_null(picture);
	no_child_left();
	return err;
}

static void confine_kills_what_breaks_out(void **state)
{
	static const char *const words[] = {
		"locked-open",       "locked-socket",      "locked-execve",
		"locked-fork",       "locked-kill",        "locked-ptrace",
		"locked-code",       "locked-protect",     "locked-map-file",
		"locked-other-read", "locked-write-input", "locked-pass",
		"locked-clock",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct cccd_error error;

		assert_int_equal(commit_for(words[i], 0, &error),
		                 CCCD_ERR_DATA_PICTURE);
		if (error.native != SIGSYS)
			print_error("%s: %s, %ld\n", words[i], error.text,
			            error.native);
		assert_int_equal(error.native, SIGSYS);
	}
}

/* Its answers: "unsupported" stands for "as it should be". */
static void confine_leaves_memory_up_to_its_limit(void **state)
{
	struct cccd_error error;

	(void)state;
	assert_int_equal(commit_for("locked-allowed", 0, &error),
	                 CCCD_ERR_DATA_UNSUPPORTED);
	assert_int_equal(commit_for("locked-memory", 0, &error),
	                 CCCD_ERR_DATA_TOO_LARGE);
}

/* A parent that died or forgot: the child ends itself. */
static void confine_limits_the_processor(void **state)
{
	struct cccd_error error;
	uint64_t start = clock_steady_ms();

	(void)state;
	assert_int_equal(commit_for("locked-spin", 60000, &error),
	                 CCCD_ERR_DATA_PICTURE);
	assert_int_equal(error.native, SIGKILL);
	assert_true(clock_steady_ms() - start >= 1000 * (CONFINE_CPU_S - 1));
}

static void confine_landlock_denies_files(void **state)
{
	struct cccd_error error;

	(void)state;
	assert_int_equal(commit_for("landlock", 0, &error),
	                 CCCD_ERR_DATA_UNSUPPORTED);
}

/* Whether a line of /proc/PID/@name begins with @start and then @value. */
static bool proc_says(pid_t pid, const char *name, const char *start,
                      const char *value)
{
	char path[64];
	char line[256];
	bool found = false;
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file) != NULL) {
		const char *rest = line + strlen(start);

		if (strncmp(line, start, strlen(start)) != 0)
			continue;
		rest += strspn(rest, " \t");
		found = strncmp(rest, value, strlen(value)) == 0;
	}
	(void)fclose(file);
	return found;
}

/* Nobody but root looks into a child that hides; -1 then. */
static int descriptors_of(pid_t pid)
{
	char path[64];
	int count = 0;
	DIR *dir = NULL;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	if (dir == NULL) {
		assert_int_equal(errno, EACCES);
		assert_int_not_equal(geteuid(), 0);
		return -1;
	}
	while (readdir(dir) != NULL)
		count++;
	(void)closedir(dir);
	return count - 2;
}

static pid_t start_real_child(const int ends[static 2])
{
	const char *program = getenv("CCCD_RENDER_CHILD");
	pid_t pid = fork();

	if (pid == 0) {
		(void)dup2(ends[0], STDIN_FILENO);
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)execl(program, "cccd-render", (char *)NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	return pid;
}

/* The real program, before it is given a byte: as the system sees it. */
static void confine_is_what_the_system_sees(void **state)
{
	static const char *const limits[][2] = {
		{ "Max core file size", "0 " },
		{ "Max file size", "0 " },
		{ "Max open files", "0 " },
		{ "Max processes", "0 " },
		{ "Max cpu time", "4 " },
		{ "Max address space", "402653184 " },
	};
	uint64_t end = clock_steady_ms() + LATE_MS;
	int descriptors = 0;
	int ends[2];
	pid_t pid = 0;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = start_real_child(ends);
	while (!proc_says(pid, "status", "Seccomp:", "2") &&
	       clock_steady_ms() < end)
		clock_sleep_ms(5);
	assert_true(proc_says(pid, "status", "Seccomp:", "2"));
	assert_true(proc_says(pid, "status", "NoNewPrivs:", "1"));
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		assert_true(
		        proc_says(pid, "limits", limits[i][0], limits[i][1]));
	descriptors = descriptors_of(pid);
	if (descriptors < 0)
		print_message("not counted: descriptors, only root may look\n");
	else
		assert_int_equal(descriptors, 2);
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

struct misdeed {
	const char *word;
	enum cccd_err err;
	long native;
};

static void render_survives_every_answer(void **state)
{
	static const struct misdeed misdeeds[] = {
		{ "mute", CCCD_ERR_DATA_PICTURE, 0 },
		{ "die", CCCD_ERR_DATA_PICTURE, SIGABRT },
		{ "half", CCCD_ERR_DATA_PICTURE, 0 },
		{ "length", CCCD_ERR_DATA_PICTURE, 0 },
		{ "flood", CCCD_ERR_DATA_PICTURE, 0 },
		{ "status", CCCD_ERR_DATA_PICTURE, 0 },
		{ "unconfined", CCCD_ERR_RENDERER, 0 },
		{ "hide", CCCD_ERR_DATA_PICTURE, SIGKILL },
		{ "what is this", CCCD_ERR_DATA_PICTURE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(misdeeds); i++) {
		struct cccd_error error;
		enum cccd_err err = commit_for(misdeeds[i].word, 0, &error);

		if (err != misdeeds[i].err)
			print_error("%s: %s\n", misdeeds[i].word, error.text);
		assert_int_equal(err, misdeeds[i].err);
		assert_int_equal(error.native, misdeeds[i].native);
	}
}

static void render_kills_at_the_deadline(void **state)
{
	static const char *const words[] = { "hang", "spin" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct cccd_error error;
		uint64_t start = clock_steady_ms();
		uint64_t took = 0;

		assert_int_equal(commit_for(words[i], SHORT_MS, &error),
		                 CCCD_ERR_DATA_PICTURE);
		took = clock_steady_ms() - start;
		assert_in_range(took, SHORT_MS, LATE_MS);
		assert_non_null(strstr(error.text, "too long"));
	}
}

/* It reads 63 bytes and leaves with the megabyte unread: no SIGPIPE. */
static void render_survives_a_child_that_does_not_listen(void **state)
{
	const struct cccd_render_options options = {
		.program = getenv("CCCD_ODD_CHILD")
	};
	uint8_t *image = calloc(1, PICTURE_INPUT_MAX);
	struct cccd_picture *picture = NULL;

	(void)state;
	assert_non_null(image);
	assert_int_equal(
	        cccd_render_portrait(
	                (struct cccd_bytes){ image, PICTURE_INPUT_MAX },
	                &options, NULL, &picture),
	        CCCD_ERR_DATA_PICTURE);
	free(image);
	no_child_left();
}

/* Descriptors that others opened without a thought, and the environment. */
static void render_hands_nothing_down(void **state)
{
	struct cccd_error error;
	struct rlimit most = { 0 };
	int fd = open("/dev/null", O_RDONLY);
	int wish = HIGH_FD;
	int high = -1;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &most), 0);
	if (most.rlim_cur <= HIGH_FD)
		wish = (int)most.rlim_cur - 1;
	high = fcntl(fd, F_DUPFD, wish);
	assert_true(fd >= 0 && high >= wish);
	assert_int_equal(commit_for("descriptors", 0, &error),
	                 CCCD_ERR_DATA_UNSUPPORTED);
	assert_int_equal(commit_for("environment", 0, &error),
	                 CCCD_ERR_DATA_UNSUPPORTED);
	(void)close(fd);
	(void)close(high);
}

/* A host program that lets the system reap its children. */
static void render_works_where_children_are_ignored(void **state)
{
	const struct cccd_render_options options = {
		.program = getenv("CCCD_ODD_CHILD")
	};
	struct cccd_picture *picture = NULL;

	(void)state;
	assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	assert_int_equal(
	        cccd_render_portrait(span_bytes(span_text("unconfined")),
	                             &options, NULL, &picture),
	        CCCD_ERR_RENDERER);
	assert_true(signal(SIGCHLD, SIG_DFL) != SIG_ERR);
}

static void render_leaks_no_descriptor_on_failure(void **state)
{
	size_t before = self_descriptors();
	struct cccd_error error;

	(void)state;
	for (int i = 0; i < 50; i++)
		assert_int_equal(commit_for("half", 0, &error),
		                 CCCD_ERR_DATA_PICTURE);
	assert_int_equal(self_descriptors(), before);
}

/* No descriptor to be had: an error, and all is well again afterwards. */
static void render_fails_without_descriptors(void **state)
{
	struct rlimit kept;
	struct rlimit none;
	struct cccd_error error;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &kept), 0);
	none = kept;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(commit_for("mute", 0, &error), CCCD_ERR_MEMORY);
	assert_int_equal(error.native, EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &kept), 0);
	assert_int_equal(commit_for("mute", 0, &error), CCCD_ERR_DATA_PICTURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(confine_kills_what_breaks_out),
		cmocka_unit_test(confine_leaves_memory_up_to_its_limit),
		cmocka_unit_test(confine_limits_the_processor),
		cmocka_unit_test(confine_landlock_denies_files),
		cmocka_unit_test(confine_is_what_the_system_sees),
		cmocka_unit_test(render_survives_every_answer),
		cmocka_unit_test(render_kills_at_the_deadline),
		cmocka_unit_test(render_survives_a_child_that_does_not_listen),
		cmocka_unit_test(render_hands_nothing_down),
		cmocka_unit_test(render_works_where_children_are_ignored),
		cmocka_unit_test(render_leaks_no_descriptor_on_failure),
		cmocka_unit_test(render_fails_without_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
