/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the audit log, and what is made of them, as documents. */
#ifndef TESTS_DOCS_MAKE_AUDIT_H
#define TESTS_DOCS_MAKE_AUDIT_H

/* audit.*.json, security-event.*.json, report.*.json, audit-findings.*.json
 * and selfcheck.*.json into @dir. Ends the program when it cannot. */
void make_audit_documents(const char *dir);

#endif
