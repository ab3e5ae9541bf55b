/* SPDX-License-Identifier: Apache-2.0 */
/* Raw files to a folder. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/cli.h"

/**
 * output_files() - write every file that was read as DIR/NAME.bin.
 * @dir: made with mode 0700 when it is not there; files have 0600
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int output_files(const char *dir, const struct cccd_document *document);

#endif
