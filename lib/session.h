/* SPDX-License-Identifier: Apache-2.0 */
/* What other files of this room may see of a session. */
#ifndef LIB_SESSION_H
#define LIB_SESSION_H

#include <cccd/evidence.h>
#include <cccd/session.h>

/* Facts of the last run, also of one that ended with an error. */
const struct cccd_evidence_facts *
session_facts(const struct cccd_session *session);

#endif
