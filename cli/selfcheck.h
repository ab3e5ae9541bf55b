/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of cccd selfcheck as data, and what probes them. */
#ifndef CLI_SELFCHECK_H
#define CLI_SELFCHECK_H

#include <sys/types.h>

#include "cli/cli.h"
#include "lib/json/selfcheck.h"

enum { CHECK_PATH_MAX = 512 };

/**
 * struct check_place - the machine that is looked at.
 * @root:   stands before every path; "" for this machine
 * @owner:  of the root directory: who may own configuration
 * @daemon: user of the daemon, from /etc/passwd there; @owner without one
 */
struct check_place {
	const char *root;
	uid_t owner;
	uid_t daemon;
};

/** enum check_owner - who must own a file. */
enum check_owner { OWNED_BY_ROOT = 0, OWNED_BY_DAEMON, OWNED_BY_ANY };

struct check_rule;

/* Looks at one thing; @ret_detail tells what was found, in no language:
 * paths, modes, numbers. */
typedef enum selfcheck_verdict
check_probe_fn(const struct check_place *place, const struct check_rule *rule,
               char ret_detail[static SELFCHECK_DETAIL_MAX]);

/**
 * struct check_rule - one line of the report.
 * @id:     stable
 * @probe:  how to look; the rest are its arguments
 * @path:   file, directory or socket; NULL where the probe has none
 * @ask:    HTTP path, or the file that is wanted below @path
 * @forbidden: bits of the mode that must not be set
 * @owner:  who must own it
 * @absent: what a missing file means
 * @bad:    what anything else that is wrong means
 * @title:  what is right when it passes, in both languages
 * @mend:   command that mends it
 */
struct check_rule {
	const char *id;
	check_probe_fn *probe;
	const char *path;
	const char *ask;
	mode_t forbidden;
	enum check_owner owner;
	enum selfcheck_verdict absent;
	enum selfcheck_verdict bad;
	const char *title[2];
	const char *mend;
};

extern const struct check_rule check_rules[];
extern const size_t check_rule_count;

/* @root and @path as one; false when that is too long. */
bool check_path(const struct check_place *place, const char *path,
                char ret[static CHECK_PATH_MAX]);

/* Probes of files. */
check_probe_fn check_mode;     /* owner and mode, of a folder's files too */
check_probe_fn check_exists;   /* the file, or @ask in one of the folders */
check_probe_fn check_registry; /* every file is valid, and there is one */
check_probe_fn check_audit;    /* the log is sound */
check_probe_fn check_anchors;  /* the trust store has one */
check_probe_fn check_crls;     /* the newest list is not overdue */

/* Probes of the running machine. */
check_probe_fn check_bound;    /* port 24012 is on loopback only */
check_probe_fn check_answers;  /* HTTP GET over a Unix socket */
check_probe_fn check_version;  /* the service is of this version */
check_probe_fn check_connects; /* somebody listens on a Unix socket */
check_probe_fn check_clock;
check_probe_fn check_modules; /* no module takes a reader away */

/**
 * check_get() - a small HTTP GET over a Unix socket, at most 2 s a step.
 * @ret: @cap bytes: the body, ended with NUL
 *
 * Return: the status; 0 when nobody answers.
 */
int check_get(const struct check_place *place, const char *socket_path,
              const char *resource, char *ret, size_t cap);

#endif
