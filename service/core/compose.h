/* SPDX-License-Identifier: Apache-2.0 */
/* From a finished reading to what a caller may have of it. */
#ifndef SERVICE_CORE_COMPOSE_H
#define SERVICE_CORE_COMPOSE_H

#include "service/core/job.h"

/**
 * compose_answer() - the result document, the portrait, the digests.
 * @session: its run returned CCCD_OK
 * @job:     its answer is filled; what its grant leaves out stays out
 *
 * Blocks: the portrait is decoded in a process of its own. A portrait that
 * cannot be shown is no error of the reading.
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY, CCCD_ERR_CRYPTO_*.
 */
CHECKED enum cccd_err compose_answer(const struct cccd_session *session,
                                     const struct job_means *means,
                                     struct job *job);

#endif
