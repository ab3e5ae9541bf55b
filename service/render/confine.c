/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors, rights, limits, and the filter of system calls. */
#include "service/render/confine.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <seccomp.h>

struct limit {
	__rlimit_resource_t resource;
	rlim_t value;
};

static const struct limit limits[] = {
	{ RLIMIT_AS, CONFINE_MEMORY_MAX },
	{ RLIMIT_CPU, CONFINE_CPU_S },
	{ RLIMIT_CORE, 0 },
	{ RLIMIT_FSIZE, 0 },
	{ RLIMIT_NOFILE, 0 },
	{ RLIMIT_NPROC, 0 },
	{ RLIMIT_MEMLOCK, 0 },
	{ RLIMIT_MSGQUEUE, 0 },
};

/* Whatever the parent forgot to close. */
static bool close_others(void)
{
	return syscall(SYS_close_range, 2U, ~0U, 0U) == 0;
}

static bool give_up_rights(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static bool set_limits(void)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		const struct rlimit value = { .rlim_cur = limits[i].value,
			                      .rlim_max = limits[i].value };

		if (setrlimit(limits[i].resource, &value) != 0)
			return false;
	}
	return true;
}

/* A call, and what has to be true of its arguments. */
struct permission {
	int call;
	unsigned int conditions;
	struct scmp_arg_cmp condition[2];
};

/* Arguments of mmap(). */
enum { PROTECTION = 2, FLAGS = 3 };

static bool allow(scmp_filter_ctx filter, const struct permission *one)
{
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, one->call,
	                              one->conditions, one->condition) == 0;
}

static bool allow_all(scmp_filter_ctx filter)
{
	/* Memory of no file, and not to be run. */
	static const struct scmp_arg_cmp no_code = { PROTECTION,
		                                     SCMP_CMP_MASKED_EQ,
		                                     PROT_EXEC, 0 };
	static const struct scmp_arg_cmp no_file = { FLAGS, SCMP_CMP_MASKED_EQ,
		                                     MAP_ANONYMOUS,
		                                     MAP_ANONYMOUS };
	static const struct scmp_arg_cmp from = { 0, SCMP_CMP_EQ, STDIN_FILENO,
		                                  0 };
	static const struct scmp_arg_cmp to = { 0, SCMP_CMP_EQ, STDOUT_FILENO,
		                                0 };
	const struct permission permissions[] = {
		{ SCMP_SYS(read), 1, { from } },
		{ SCMP_SYS(write), 1, { to } },
		{ SCMP_SYS(mmap), 2, { no_code, no_file } },
		/* Its name where a register has 32 bits. */
		{ SCMP_SYS(mmap2), 2, { no_code, no_file } },
		{ .call = SCMP_SYS(brk) },
		{ .call = SCMP_SYS(munmap) },
		{ .call = SCMP_SYS(mremap) },
		{ .call = SCMP_SYS(madvise) },
		{ .call = SCMP_SYS(exit_group) },
	};

	for (size_t i = 0; i < ARRAY_LEN(permissions); i++)
		if (!allow(filter, &permissions[i]))
			return false;
	return true;
}

/* Made while everything is allowed still, loaded last. */
static bool set_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool good = filter != NULL && allow_all(filter) &&
	            seccomp_load(filter) == 0;

	seccomp_release(filter);
	return good;
}

bool confine(void)
{
	return close_others() && give_up_rights() && confine_landlock() &&
	       set_limits() && set_filter();
}
