/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon signs, and what it signs with. */
#ifndef TESTS_DOCS_MAKE_ASSERTION_H
#define TESTS_DOCS_MAKE_ASSERTION_H

#include <cccd/session.h>

/* Claims and keys of a desk in @work; ends the program when it cannot. */
void make_assertion(const char *work, const struct cccd_session *session);

#endif
