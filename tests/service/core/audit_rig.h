/* SPDX-License-Identifier: Apache-2.0 */
/* A log in a directory of its own, with disk and clock under control. */
#ifndef TESTS_SERVICE_CORE_AUDIT_RIG_H
#define TESTS_SERVICE_CORE_AUDIT_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/json/audit_walk.h"
#include "service/core/audit.h"

enum { RIG_PATH = 128, RIG_FINDINGS = 24 };

/* What the wrapped calls do; all zero is the machine as it is. */
struct rig_machine {
	int64_t wall_s;      /* the time of day; 0 for the real one */
	uint64_t skipped_ms; /* added to the steady clock */
	int write_errno;     /* of write() to a regular file */
	long write_part;     /* bytes taken first, -1 for all */
	int sync_errno;      /* of fdatasync() */
	int head_errno;      /* of pwrite() */
	int cut_errno;       /* of ftruncate() */
};

extern struct rig_machine machine;

struct rig {
	char dir[RIG_PATH];
	struct audit *audit;
	struct cccd_result result;
};

/* struct rig_verdict - what a walk found. */
struct rig_verdict {
	struct audit_summary summary;
	struct {
		enum audit_chain_id chain;
		enum audit_fault fault;
		char file[AUDIT_FILE_NAME_MAX];
		uint64_t line;
		uint64_t from;
		uint64_t to;
	} found[RIG_FINDINGS];
	size_t count;
};

/* Setup and teardown of one test; *state is the rig. */
int rig_setup(void **state);
int rig_teardown(void **state);

void rig_open(struct rig *rig);
void rig_close(struct rig *rig);

/* A read with a verdict; borrows from @rig. */
struct audit_entry rig_read(struct rig *rig, const char *transaction);
struct audit_entry rig_delivery(const char *transaction);

/* Append; ends the test when it is refused. */
void rig_append(struct rig *rig, const struct audit_entry *entry);

/* @count reads, each with its delivery. */
void rig_fill(struct rig *rig, unsigned int count);

void rig_walk(const struct rig *rig, struct rig_verdict *ret);
/* No fault at all; repairs as given. */
void rig_assert_sound(const struct rig *rig, uint64_t lines, uint64_t repairs);
bool rig_found(const struct rig_verdict *verdict, enum audit_fault fault,
               const char *file, uint64_t line);
uint64_t rig_faults(const struct rig_verdict *verdict);

void rig_path(const struct rig *rig, const char *name,
              char path[static RIG_PATH]);
/* A whole file, to be freed; and back. */
char *rig_load(const struct rig *rig, const char *name, size_t *ret_len);
void rig_save(const struct rig *rig, const char *name, const char *text,
              size_t len);
#endif
