/* SPDX-License-Identifier: Apache-2.0 */
/* A log in a directory of its own, with disk and clock under control. */
#include "tests/service/core/audit_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "tests/e2e/call.h"

struct rig_machine machine;

/* The linker sends the log's calls here: --wrap. */
ssize_t __real_write(int fd, const void *at, size_t len);
ssize_t __wrap_write(int fd, const void *at, size_t len);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
ssize_t __real_pwrite(int fd, const void *at, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *at, size_t len, off_t offset);
int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);
int64_t __real_clock_wall_s(void);
int64_t __wrap_clock_wall_s(void);
uint64_t __real_clock_steady_ms(void);
uint64_t __wrap_clock_steady_ms(void);

static bool is_file(int fd)
{
	struct stat status = { 0 };

	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t __wrap_write(int fd, const void *at, size_t len)
{
	if (machine.write_errno == 0 || !is_file(fd))
		return __real_write(fd, at, len);
	if (machine.write_part > 0)
		return __real_write(fd, at, (size_t)machine.write_part);
	errno = machine.write_errno;
	return -1;
}

int __wrap_fdatasync(int fd)
{
	if (machine.sync_errno == 0)
		return __real_fdatasync(fd);
	errno = machine.sync_errno;
	return -1;
}

ssize_t __wrap_pwrite(int fd, const void *at, size_t len, off_t offset)
{
	if (machine.head_errno == 0)
		return __real_pwrite(fd, at, len, offset);
	errno = machine.head_errno;
	return -1;
}

int __wrap_ftruncate(int fd, off_t len)
{
	if (machine.cut_errno == 0)
		return __real_ftruncate(fd, len);
	errno = machine.cut_errno;
	return -1;
}

int64_t __wrap_clock_wall_s(void)
{
	return machine.wall_s != 0 ? machine.wall_s : __real_clock_wall_s();
}

uint64_t __wrap_clock_steady_ms(void)
{
	return __real_clock_steady_ms() + machine.skipped_ms;
}

int rig_setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	char parent[64];

	assert_non_null(rig);
	make_directory(parent);
	(void)snprintf(rig->dir, sizeof(rig->dir), "%s/audit", parent);
	/* 2026-11-15, away from the ends of the month. */
	machine = (struct rig_machine){ .wall_s = 1794700000 };
	*state = rig;
	rig_open(rig);
	return 0;
}

int rig_teardown(void **state)
{
	struct rig *rig = *state;

	machine = (struct rig_machine){ 0 };
	rig_close(rig);
	remove_directory(rig->dir);
	*strrchr(rig->dir, '/') = '\0';
	remove_directory(rig->dir);
	free(rig);
	return 0;
}

void rig_open(struct rig *rig)
{
	const struct audit_config config = {
		.dir = rig->dir,
		.site_key = span_text("0123456789abcdef0123456789abcdef"),
	};
	struct cccd_error error = { .tries_left = -1 };

	assert_int_equal(audit_open(&config, &error, &rig->audit), CCCD_OK);
}

void rig_close(struct rig *rig)
{
	audit_close(rig->audit);
	rig->audit = NULL;
}

struct audit_entry rig_read(struct rig *rig, const char *transaction)
{
	static const char *const scopes[] = { "id", "demographic" };
	struct cccd_result *result = &rig->result;

	*result = (struct cccd_result){
		.overall = CCCD_SUCCESSFUL,
		.issuing_state = "VNM",
		.profile = "counter",
		.clock_synchronised = true,
	};
	for (size_t i = 0; i < CCCD_CHECKS; i++)
		result->checks[i] = (struct cccd_check){
			.verdict = CCCD_SUCCESSFUL,
			.reason = "",
			.mode = CCCD_MODE_MANDATORY,
		};
	result->access.password = "can";
	return (struct audit_entry){
		.kind = AUDIT_READ,
		.transaction = transaction,
		.rp = "reception.hospital.example",
		.origin = "https://reception.hospital.example",
		.purpose = "kcb-reception",
		.consent = "operator",
		.consent_text = "consent-2026-1",
		.consent_given = true,
		.scopes = scopes,
		.scope_count = 2,
		.reader = "r-1",
		.outcome = AUDIT_ENDED_READ,
		.result = result,
		.document_kind = "cccd",
		.document = span_text("001099000001"),
		.timings = { 100, 900, 1000 },
	};
}

struct audit_entry rig_delivery(const char *transaction)
{
	return (struct audit_entry){
		.kind = AUDIT_DELIVERY,
		.transaction = transaction,
		.rp = "reception.hospital.example",
		.local = true,
		.uid = 1000,
		.way = AUDIT_WAY_JWT,
	};
}

void rig_append(struct rig *rig, const struct audit_entry *entry)
{
	struct cccd_error error = { .tries_left = -1 };

	assert_int_equal(audit_append(rig->audit, entry, &error), CCCD_OK);
}

void rig_fill(struct rig *rig, unsigned int count)
{
	char transaction[CCCD_TRANSACTION_MAX];

	for (unsigned int i = 0; i < count; i++) {
		struct audit_entry entry;

		(void)snprintf(transaction, sizeof(transaction),
		               "00000000-0000-4000-8000-%012u", i);
		entry = rig_read(rig, transaction);
		rig_append(rig, &entry);
		entry = rig_delivery(transaction);
		rig_append(rig, &entry);
	}
}

static void note(void *context, const struct audit_finding *finding)
{
	struct rig_verdict *verdict = context;

	if (verdict->count == RIG_FINDINGS)
		return;
	verdict->found[verdict->count].chain = finding->chain;
	verdict->found[verdict->count].fault = finding->fault;
	verdict->found[verdict->count].line = finding->line;
	verdict->found[verdict->count].from = finding->from;
	verdict->found[verdict->count].to = finding->to;
	(void)snprintf(verdict->found[verdict->count].file, AUDIT_FILE_NAME_MAX,
	               "%.31s", finding->file);
	verdict->count++;
}

void rig_walk(const struct rig *rig, struct rig_verdict *ret)
{
	const struct audit_walk walk = { .dir = rig->dir,
		                         .found = note,
		                         .context = ret };
	struct cccd_error error = { .tries_left = -1 };

	*ret = (struct rig_verdict){ .count = 0 };
	assert_int_equal(audit_walk_run(&walk, &error, &ret->summary), CCCD_OK);
}

uint64_t rig_faults(const struct rig_verdict *verdict)
{
	return verdict->summary.chains[AUDIT_CHAIN_READS].faults +
	       verdict->summary.chains[AUDIT_CHAIN_SECURITY].faults;
}

void rig_assert_sound(const struct rig *rig, uint64_t lines, uint64_t repairs)
{
	struct rig_verdict verdict;

	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 0);
	assert_int_equal(verdict.summary.chains[AUDIT_CHAIN_READS].lines,
	                 lines);
	assert_int_equal(verdict.summary.chains[AUDIT_CHAIN_READS].repairs,
	                 repairs);
}

bool rig_found(const struct rig_verdict *verdict, enum audit_fault fault,
               const char *file, uint64_t line)
{
	for (size_t i = 0; i < verdict->count; i++)
		if (verdict->found[i].fault == fault &&
		    verdict->found[i].line == line &&
		    strcmp(verdict->found[i].file, file) == 0)
			return true;
	return false;
}

void rig_path(const struct rig *rig, const char *name,
              char path[static RIG_PATH])
{
	(void)snprintf(path, RIG_PATH, "%.90s/%.31s", rig->dir, name);
}

char *rig_load(const struct rig *rig, const char *name, size_t *ret_len)
{
	char path[RIG_PATH];
	size_t len = 0;
	char *text = NULL;

	rig_path(rig, name, path);
	text = file_text(path, &len);
	assert_non_null(text);
	if (ret_len != NULL)
		*ret_len = len;
	return text;
}

void rig_save(const struct rig *rig, const char *name, const char *text,
              size_t len)
{
	char path[RIG_PATH];
	FILE *out = NULL;

	rig_path(rig, name, path);
	out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
}
