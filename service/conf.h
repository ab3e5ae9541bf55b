/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files of the daemons: who may write them, their lines. */
#ifndef SERVICE_CONF_H
#define SERVICE_CONF_H

#include "base/buf.h"
#include "base/error.h"

enum { CONF_LINE_MAX = 1024 };

/**
 * struct conf_place - where a reason belongs.
 * @name: of the file
 * @line: from 1
 */
struct conf_place {
	const char *name;
	unsigned int line;
	struct cccd_error *error;
};

/* CCCD_ERR_POLICY_CONFIG with name, line, @key unless "", and reason. */
CHECKED enum cccd_err conf_refuse(const struct conf_place *place,
                                  const char *key, const char *reason);

/* Whether a socket can stand at this path: Linux takes 107 bytes. */
bool conf_fits_socket(const char *path);

/**
 * struct conf_lines - who takes the lines of a file.
 * @key_letters: what keys are made of
 * @setting: of "key = value"; neither is empty
 * @section: of a line that begins with "[", without blanks around it; it
 *           may write into it. NULL where there are no sections
 */
struct conf_lines {
	const char *key_letters;
	enum cccd_err (*setting)(void *context, const char *key,
	                         const char *value);
	enum cccd_err (*section)(void *context, char *line);
	void *context;
};

/**
 * conf_read() - every line but comments ("#") and empty ones.
 * @place: its line is kept up to date, for the reasons of @lines
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG by conf_refuse(); the first error
 * of @lines.
 */
CHECKED enum cccd_err conf_read(struct span text,
                                const struct conf_lines *lines,
                                struct conf_place *place);

/**
 * conf_load() - a file that only root or this user can write.
 * @ret: its maximum is the cap
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE when it cannot be read;
 * CCCD_ERR_POLICY_CONFIG when others may write it, when it is no plain file
 * or too large; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err conf_load(const char *path, struct cccd_error *error,
                                struct buf *ret);

#endif
