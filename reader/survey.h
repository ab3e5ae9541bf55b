/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps readers from working, and how to mend it. */
#ifndef READER_SURVEY_H
#define READER_SURVEY_H

#include <cccd/reader.h>

#include "base/error.h"
#include "reader/host.h"

/**
 * survey() - every reader, also those that nothing serves.
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err survey(const struct host *host, struct cccd_error *error,
                             struct cccd_reader_list *ret);

/* Why pcscd cannot be reached, as the system's files tell it. */
void survey_service(const struct host *host, struct cccd_reader_problem *ret);

/* An NFC device that may not be opened: sets @info->problem. */
void survey_refused(const struct host *host, struct cccd_reader_info *info);

#endif
