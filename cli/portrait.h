/* SPDX-License-Identifier: Apache-2.0 */
/* The portrait as a picture file. */
#ifndef CLI_PORTRAIT_H
#define CLI_PORTRAIT_H

#include "cli/cli.h"

/* Take an older picture away: a read that fails must not leave the face of
 * somebody else under this name. NULL and other things than files are left
 * alone. */
void portrait_clear(const char *path);

/**
 * portrait_save() - write the rendered portrait, mode 0600.
 * @path:   NULL: nothing to do
 * @groups: as asked for, 0 for all: tells why there may be none
 *
 * A card without a portrait, or with one that cannot be rendered, is told
 * on standard error: it changes no verdict.
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message when the file cannot be
 * written.
 */
int portrait_save(const char *path, const struct cccd_document *document,
                  uint32_t groups);

#endif
