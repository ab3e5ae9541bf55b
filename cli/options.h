/* SPDX-License-Identifier: Apache-2.0 */
/* The options of reading, shared by read and trace. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"

/* A QR text is the longest. */
enum { KEY_TEXT_MAX = 512 };

enum { CLI_KEYS = CCCD_ACCESS_KEY_PUK + 1 };

/**
 * struct read_options - what the call asked for.
 * @keys:  by enum cccd_access_key, "" where not given
 * @document: --document-number was given, with @birth and @expiry
 * @replay: the URI that @reader names, where a transcript is played
 * @leave: --help was answered
 *
 * Holds secrets: see read_options_wipe().
 */
struct read_options {
	const char *reader;
	char replay[CCCD_READER_NAME_MAX];
	char keys[CLI_KEYS][KEY_TEXT_MAX];
	bool document;
	char document_number[32];
	char birth[16];
	char expiry[16];
	struct cccd_options engine;
	const char *out;
	const char *evidence;
	const char *portrait;
	const char *trust;
	const char *demo_trust;
	const char *profile;
	const char *tables;
	const char *trace;
	bool trace_full;
	bool has_challenge;
	uint8_t challenge[8];
	unsigned int scopes;
	unsigned int renderings;
	bool json;
	bool quiet;
	bool leave;
};

/**
 * read_options_parse() - the command line; secrets in it are overwritten.
 * @operands: takes what is no option, at most @max; NULL for none allowed
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int read_options_parse(int argc, char **argv, struct read_options *ret,
                       const char **operands, size_t max);

/* Ask for the number when there is a terminal and no key was given. */
int read_options_ask(struct read_options *options);

/* The access keys alone, once the session has them. */
void read_options_wipe_keys(struct read_options *options);

/* What --help says, to standard output. */
void read_options_help(void);

void read_options_wipe(struct read_options *options);

#endif
