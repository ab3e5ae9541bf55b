/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator does beside the running gateway. */
#ifndef SERVICE_GATEWAY_COMMANDS_H
#define SERVICE_GATEWAY_COMMANDS_H

#include "service/gateway/config.h"

/* As contracts has them for cccd(1). */
enum {
	COMMAND_FINE = 0,
	COMMAND_CALL = 1,
	COMMAND_CONFIG = 5,
	COMMAND_TROUBLE = 6,
	COMMAND_FAILED = 11,
};

/**
 * struct command - words and options of a call.
 * @words: "device", "add", a file's name …
 * @transaction, @request: either or none, and then neither @from nor @to
 */
struct command {
	const char *const *words;
	size_t count;
	const char *name;
	const char *from;
	const char *to;
	const char *transaction;
	const char *request;
	bool csv;
};

/* Whether there is such a command, with so many words. */
bool command_exists(const struct command *command);

/* "device add|list|revoke", "log export|verify"; an exit code. */
int command_run(const struct command *command,
                const struct gateway_config *config);

/* "caller hash": of the token on standard input; needs no configuration. */
int command_hash(void);

/* The exit code of an error, which is said. */
int command_complain(const struct cccd_error *error, enum cccd_err err);

#endif
