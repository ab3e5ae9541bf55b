/* SPDX-License-Identifier: Apache-2.0 */
/* What cccd audit verify found, as the document urn:cccd:audit-findings:1. */
#ifndef LIB_JSON_AUDIT_FINDINGS_H
#define LIB_JSON_AUDIT_FINDINGS_H

#include "lib/json/audit_walk.h"

/* A log that is rewritten throughout is told of in this many findings. */
enum { AUDIT_FINDINGS_MAX = 1000 };

struct audit_findings;

/* The caller frees; CCCD_ERR_MEMORY. */
CHECKED enum cccd_err audit_findings_new(struct audit_findings **ret);

/* For struct audit_walk; @context is the struct audit_findings. */
void audit_findings_add(void *context, const struct audit_finding *finding);

/**
 * audit_findings_text() - the document.
 * @ret: freed with json_text_free()
 */
CHECKED enum cccd_err audit_findings_text(struct audit_findings *findings,
                                          const struct audit_summary *summary,
                                          char **ret);

/* Accepts NULL. */
void audit_findings_free(struct audit_findings *findings);

#endif
