/* SPDX-License-Identifier: Apache-2.0 */
/* A probe for the eyes of the person whose card it was. */
#ifndef CLI_PROBE_PRINT_H
#define CLI_PROBE_PRINT_H

#include <stdio.h>

#include "cli/cli.h"

/* Every member that the document has, each with a label. */
void print_probe(FILE *out, const struct cccd_probe *probe);

#endif
