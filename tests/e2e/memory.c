/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the memory of a program of ours while it waits. */
#include "tests/e2e/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

enum { PAGE = 4096, PATH_LEN = 64, LINE_LEN = 512 };

/* struct source - where the bytes come from. */
struct source {
	pid_t pid;
	int mem; /* -1: by process_vm_readv() */
};

/* What a locked-down machine says; all else is an error of ours. */
static bool is_refusal(int error)
{
	return error == EPERM || error == EACCES || error == ENOSYS;
}

static int open_of(pid_t pid, const char *name)
{
	char path[PATH_LEN];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static ssize_t copy_page(const struct source *source, uint64_t at,
                         uint8_t page[static PAGE])
{
	struct iovec here = { .iov_base = page, .iov_len = PAGE };
	/* An address in another process. */
	struct iovec there = {
		.iov_base = (void *)(uintptr_t)at, /* NOLINT */
		.iov_len = PAGE,
	};

	if (source->mem >= 0)
		return pread(source->mem, page, PAGE, (off_t)at);
	return process_vm_readv(source->pid, &here, 1, &there, 1, 0);
}

/**
 * take_map() - whether a line of maps is one to read.
 *
 * A page of a file that nobody can write holds what the file holds; what
 * begins with [v is the kernel's.
 */
static bool take_map(const char *line, uint64_t *ret_from, uint64_t *ret_to)
{
	char rights[8] = "";
	char path[8] = "";
	uint64_t inode = 0;
	int fields =
	        sscanf(line, /* NOLINT(cert-err34-c): our kernel's form */
	               "%" SCNx64 "-%" SCNx64 " %7s %*s %*s %" SCNu64 " %7s",
	               ret_from, ret_to, rights, &inode, path);

	assert_true(fields >= 4);
	if (rights[0] != 'r' || strncmp(path, "[v", 2) == 0)
		return false;
	return rights[1] == 'w' || inode == 0;
}

static void take_pages(const struct source *source, uint64_t from, uint64_t to,
                       struct buf *ret)
{
	static uint8_t page[PAGE];

	for (uint64_t at = from; at < to; at += PAGE) {
		/* A page without memory behind it cannot be read. */
		if (copy_page(source, at, page) != PAGE)
			continue;
		if (memcmp(page, page + 1, PAGE - 1) == 0)
			continue;
		assert_int_equal(buf_append(ret, span_of(page, PAGE)), CCCD_OK);
	}
}

static void take_maps(const struct source *source, FILE *maps, struct buf *ret)
{
	char line[LINE_LEN];

	*ret = buf_make(MEMORY_MAX);
	while (fgets(line, sizeof(line), maps) != NULL) {
		uint64_t from = 0;
		uint64_t to = 0;

		if (take_map(line, &from, &to))
			take_pages(source, from, to, ret);
	}
}

/* Nothing of the other process is mapped at zero: a machine that permits
 * the call says EFAULT. */
static bool may_copy(pid_t pid)
{
	const struct source source = { .pid = pid, .mem = -1 };
	static uint8_t page[PAGE];

	return copy_page(&source, 0, page) >= 0 || !is_refusal(errno);
}

/* On success *@ret_maps and @source->mem are the caller's to close. */
static bool open_source(struct source *source, int *ret_maps,
                        char why[static MEMORY_WHY_LEN])
{
	*ret_maps = open_of(source->pid, "maps");
	if (*ret_maps < 0) {
		assert_true(is_refusal(errno));
		(void)snprintf(why, MEMORY_WHY_LEN,
		               "/proc/PID/maps of a child: %s",
		               strerror(errno)); /* NOLINT: one thread */
		return false;
	}
	source->mem = open_of(source->pid, "mem");
	if (source->mem >= 0)
		return true;
	/* Some kernels have no such file at all. */
	assert_true(is_refusal(errno) || errno == ENOENT);
	if (may_copy(source->pid))
		return true;
	(void)snprintf(why, MEMORY_WHY_LEN,
	               "/proc/PID/mem and process_vm_readv() of a child: %s",
	               strerror(errno)); /* NOLINT: one thread */
	(void)close(*ret_maps);
	return false;
}

/* A child that does nothing, not even hide: refused is what it is when the
 * machine forbids it, and not the program. */
static bool is_any_child_hidden(char why[static MEMORY_WHY_LEN])
{
	struct source source = { .pid = fork(), .mem = -1 };
	int maps = -1;
	bool hidden = false;

	assert_true(source.pid >= 0);
	if (source.pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			(void)pause();
	}
	hidden = !open_source(&source, &maps, why);
	(void)kill(source.pid, SIGKILL);
	assert_int_equal(waitpid(source.pid, NULL, 0), source.pid);
	if (!hidden)
		(void)close(maps);
	if (source.mem >= 0)
		(void)close(source.mem);
	return hidden;
}

bool memory_read(pid_t pid, struct buf *ret,
                 char ret_why[static MEMORY_WHY_LEN])
{
	struct source source = { .pid = pid, .mem = -1 };
	int descriptor = -1;
	FILE *maps = NULL;

	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	if (!open_source(&source, &descriptor, ret_why)) {
		assert_true(is_any_child_hidden(ret_why));
		return false;
	}
	maps = fdopen(descriptor, "r");
	assert_non_null(maps);
	take_maps(&source, maps, ret);
	(void)fclose(maps);
	if (source.mem >= 0)
		(void)close(source.mem);
	return true;
}
