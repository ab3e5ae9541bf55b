/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log on failing disks and after sudden ends: repair, no lies. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "base/macros.h"
#include "tests/service/core/audit_rig.h"

static const char november[] = "2026-11.jsonl";

/* A power cut in the middle of a line, at every byte of it. */
static void audit_open_takes_a_torn_line_off_and_says_so(void **state)
{
	struct rig *rig = *state;
	size_t len = 0;
	size_t whole = 0;
	char *text = NULL;

	rig_fill(rig, 2);
	rig_close(rig);
	text = rig_load(rig, november, &len);
	for (whole = len - 1; text[whole - 1] != '\n'; whole--)
		;
	for (size_t cut = whole + 1; cut < len; cut += 97) {
		struct rig_verdict verdict;

		rig_save(rig, november, text, cut);
		/* The head was written after the line: take it back too. */
		{
			char path[RIG_PATH];

			rig_path(rig, "head.json", path);
			(void)unlink(path);
		}
		rig_walk(rig, &verdict);
		assert_true(rig_found(&verdict, AUDIT_TORN, november, 4));
		rig_open(rig);
		rig_fill(rig, 1);
		rig_walk(rig, &verdict);
		assert_int_equal(rig_faults(&verdict), 0);
		assert_true(rig_found(&verdict, AUDIT_REPAIRED, november, 4));
		rig_close(rig);
	}
	free(text);
	rig_open(rig);
}

static void audit_open_keeps_the_gap_of_removed_lines(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	size_t len = 0;
	char *text = NULL;

	rig_fill(rig, 3);
	rig_close(rig);
	text = rig_load(rig, november, &len);
	for (unsigned int i = 0; i < 2; i++)
		for (len--; text[len - 1] != '\n'; len--)
			;
	rig_save(rig, november, text, len);
	free(text);
	rig_walk(rig, &verdict);
	assert_true(rig_found(&verdict, AUDIT_SHORTENED, "head.json", 0));
	assert_int_equal(verdict.found[0].from, 5);
	assert_int_equal(verdict.found[0].to, 6);
	/* The daemon goes on, and does not heal it. */
	rig_open(rig);
	rig_fill(rig, 1);
	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 1);
	assert_true(rig_found(&verdict, AUDIT_MISSING, november, 5));
	assert_int_equal(verdict.found[0].from, 5);
	assert_int_equal(verdict.found[0].to, 6);
	assert_true(rig_found(&verdict, AUDIT_REPAIRED, november, 5));
}

static void audit_open_keeps_the_gap_of_a_removed_log(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	char path[RIG_PATH];

	rig_fill(rig, 2);
	rig_close(rig);
	rig_path(rig, november, path);
	assert_int_equal(unlink(path), 0);
	rig_open(rig);
	rig_fill(rig, 1);
	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 1);
	assert_true(rig_found(&verdict, AUDIT_MISSING, november, 1));
	assert_int_equal(verdict.found[0].to, 4);
}

static void audit_open_tells_of_an_altered_end(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	size_t len = 0;
	char *text = NULL;
	char *at = NULL;

	rig_fill(rig, 2);
	rig_close(rig);
	text = rig_load(rig, november, &len);
	at = strrchr(text, 'j');
	assert_memory_equal(at, "jwt", 3);
	*at = 'J';
	rig_save(rig, november, text, len);
	free(text);
	rig_open(rig);
	rig_fill(rig, 1);
	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 1);
	assert_true(rig_found(&verdict, AUDIT_ALTERED, november, 4));
	assert_true(rig_found(&verdict, AUDIT_REPAIRED, november, 5));
}

static void audit_open_tells_of_a_lost_head(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;
	char path[RIG_PATH];

	rig_fill(rig, 1);
	rig_close(rig);
	rig_save(rig, "head.json", "{}", 2);
	rig_walk(rig, &verdict);
	assert_true(rig_found(&verdict, AUDIT_HEAD_DAMAGED, "head.json", 0));
	rig_open(rig);
	rig_assert_sound(rig, 3, 1);
	rig_close(rig);
	rig_path(rig, "head.json", path);
	assert_int_equal(unlink(path), 0);
	rig_walk(rig, &verdict);
	assert_true(rig_found(&verdict, AUDIT_HEAD_MISSING, "head.json", 0));
	rig_open(rig);
	rig_assert_sound(rig, 4, 2);
}

/* struct disk - a way in which a disk fails. */
struct disk {
	struct rig_machine machine;
	long native;
};

static const struct disk disks[] = {
	{ { .write_errno = ENOSPC }, ENOSPC },
	{ { .write_errno = EIO }, EIO },
	{ { .write_errno = ENOSPC, .write_part = 1 }, ENOSPC },
	{ { .write_errno = ENOSPC, .write_part = 500 }, ENOSPC },
	{ { .sync_errno = EIO }, EIO },
	{ { .sync_errno = ENOSPC }, ENOSPC },
	{ { .head_errno = ENOSPC }, ENOSPC },
	/* The torn line cannot be taken off at once either. */
	{ { .write_errno = ENOSPC, .write_part = 500, .cut_errno = EIO },
	  ENOSPC },
	{ { .head_errno = EIO, .cut_errno = EIO }, EIO },
};

static void audit_append_fails_closed_on_a_bad_disk(void **state)
{
	struct rig *rig = *state;
	const struct audit_entry entry = rig_delivery("t-2");
	int64_t wall_s = machine.wall_s;
	uint64_t lines = 0;

	for (size_t i = 0; i < ARRAY_LEN(disks); i++) {
		struct cccd_error error = { .tries_left = -1 };

		rig_fill(rig, 1);
		lines += 2;
		machine = disks[i].machine;
		machine.wall_s = wall_s;
		for (unsigned int again = 0; again < 3; again++)
			assert_int_equal(
			        audit_append(rig->audit, &entry, &error),
			        CCCD_ERR_AUDIT);
		assert_int_equal(error.native, disks[i].native);
		machine = (struct rig_machine){ .wall_s = wall_s };
		/* There is room again: it goes on as if nothing was. */
		rig_append(rig, &entry);
		lines++;
		rig_assert_sound(rig, lines, 0);
	}
}

/* And the daemon dies before there is room again. */
static void audit_open_mends_what_a_bad_disk_left(void **state)
{
	struct rig *rig = *state;
	const struct audit_entry entry = rig_delivery("t-2");

	rig_fill(rig, 1);
	machine.write_errno = ENOSPC;
	machine.write_part = 300;
	machine.cut_errno = EIO;
	assert_int_equal(audit_append(rig->audit, &entry, NULL),
	                 CCCD_ERR_AUDIT);
	rig_close(rig);
	machine = (struct rig_machine){ .wall_s = machine.wall_s };
	rig_open(rig);
	rig_assert_sound(rig, 3, 1);
}

/* No tricks: the kernel itself takes a part of a line and no more. */
static void audit_append_fails_closed_at_a_limit_of_the_system(void **state)
{
	struct rig *rig = *state;
	const struct audit_entry entry = rig_delivery("t-2");
	char path[RIG_PATH];
	struct stat status = { 0 };
	pid_t child = 0;
	int code = 0;

	rig_fill(rig, 1);
	rig_path(rig, november, path);
	assert_int_equal(stat(path, &status), 0);
	child = fork();
	if (child == 0) {
		struct rlimit limit = { (rlim_t)status.st_size + 100,
			                (rlim_t)status.st_size + 100 };

		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
		    audit_append(rig->audit, &entry, NULL) != CCCD_ERR_AUDIT)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_int_equal(code, 0);
	rig_assert_sound(rig, 2, 0);
}

/* Killed anywhere, again and again: at most the last line is torn. */
static void audit_survives_a_kill_at_any_moment(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;

	rig_close(rig);
	for (unsigned int i = 0; i < 15; i++) {
		int ends[2];
		char byte = 0;
		pid_t child = 0;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0) {
			rig_open(rig);
			for (;;) {
				rig_fill(rig, 1);
				if (write(ends[1], "x", 1) != 1)
					_exit(1);
			}
		}
		/* It has begun; a kill then meets it where it is. */
		assert_int_equal(read(ends[0], &byte, 1), 1);
		clock_sleep_ms(i);
		(void)kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		(void)close(ends[0]);
		(void)close(ends[1]);
	}
	rig_open(rig);
	rig_fill(rig, 1);
	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 0);
}

#define ON_RIG(test) \
	cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_RIG(audit_open_takes_a_torn_line_off_and_says_so),
		ON_RIG(audit_open_keeps_the_gap_of_removed_lines),
		ON_RIG(audit_open_keeps_the_gap_of_a_removed_log),
		ON_RIG(audit_open_tells_of_an_altered_end),
		ON_RIG(audit_open_tells_of_a_lost_head),
		ON_RIG(audit_append_fails_closed_on_a_bad_disk),
		ON_RIG(audit_open_mends_what_a_bad_disk_left),
		ON_RIG(audit_append_fails_closed_at_a_limit_of_the_system),
		ON_RIG(audit_survives_a_kill_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
