/* SPDX-License-Identifier: Apache-2.0 */
/* What the audit log is told of a session. */
#ifndef SERVICE_CORE_TELL_H
#define SERVICE_CORE_TELL_H

#include "service/core/audit.h"
#include "service/core/job.h"

/**
 * struct tell_end - how a session came to its end.
 * @problem: CCCD_OK with AUDIT_ENDED_READ
 * @answer:  NULL without a verdict
 */
struct tell_end {
	enum audit_outcome outcome;
	enum cccd_err problem;
	const struct job_answer *answer;
	uint64_t now_ms;
};

/* Each as audit_append(); any thread. */
CHECKED enum cccd_err tell_end(struct audit *audit, const struct matter *matter,
                               const struct tell_end *end,
                               struct cccd_error *error);
CHECKED enum cccd_err tell_delivery(struct audit *audit,
                                    const struct matter *matter,
                                    enum audit_way way,
                                    struct cccd_error *error);
CHECKED enum cccd_err tell_keys_refused(struct audit *audit,
                                        const struct matter *matter,
                                        unsigned int count,
                                        struct cccd_error *error);
CHECKED enum cccd_err tell_forged(struct audit *audit, const char *rp,
                                  const char *origin, const char *detail);

/* @operator_uid: who broke it. */
CHECKED enum cccd_err tell_lease_broken(struct audit *audit,
                                        const struct matter *matter,
                                        uint32_t operator_uid,
                                        struct cccd_error *error);

#endif
