/* SPDX-License-Identifier: Apache-2.0 */
/* What of an inspection goes into evidence. */
#ifndef LIB_EVIDENCE_H
#define LIB_EVIDENCE_H

#include <cccd/evidence.h>

#include "apdu/inspection/inspection.h"

/* Facts and transcripts of a finished inspection. */
void evidence_facts_of(const struct inspection *inspection,
                       struct cccd_evidence_facts *ret);

/* Copies of both. */
CHECKED enum cccd_err evidence_make(const struct cccd_evidence_facts *facts,
                                    const struct cccd_document *document,
                                    struct cccd_evidence **ret);

#endif
