/* SPDX-License-Identifier: Apache-2.0 */
/* cccd rp: its command line. */
#ifndef CLI_RP_H
#define CLI_RP_H

#include <errno.h>

#include "cli/cli.h"
#include "cli/rp_store.h"

#define CLI_RP_DIR "/etc/cccd/relying-parties.d"

/* errno of a directory that is still to be made. */
enum { RP_NO_DIRECTORY = ENOENT };

enum rp_verb { RP_HELP = 0, RP_ADD, RP_LIST, RP_REMOVE };

/**
 * struct rp_options - what the call asked for.
 * @party: what is to be added, or its id alone; owned
 */
struct rp_options {
	enum rp_verb verb;
	const char *dir;
	bool json;
	bool replace;
	struct json_relying_party *party;
};

/* Return: EXIT_OK, or another code after a message. */
int rp_options_parse(int argc, char **argv, struct rp_options *ret);

#endif
