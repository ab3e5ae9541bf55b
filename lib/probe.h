/* SPDX-License-Identifier: Apache-2.0 */
/* From a session's files to struct cccd_probe, a part a function. */
#ifndef LIB_PROBE_H
#define LIB_PROBE_H

#include <cccd/probe.h>

#include "base/span.h"

/* The class of a length, as struct cccd_probe_field tells it. */
const char *probe_length_class(size_t len);

/* Up to a multiple of CCCD_PROBE_ROUNDING. */
size_t probe_round(size_t len);

/* A key without its value, from a SubjectPublicKeyInfo. */
void probe_key(struct span spki, struct cccd_probe_key *ret);

/* EF.CardAccess, EF.ATR/INFO, DG14, DG15. */
CHECKED enum cccd_err probe_chip_files(const struct cccd_document *document,
                                       struct cccd_probe *ret);

/* DG1, DG2. */
CHECKED enum cccd_err probe_person_files(const struct cccd_document *document,
                                         struct cccd_probe *ret);

CHECKED enum cccd_err probe_dg13(const struct cccd_document *document,
                                 struct cccd_probe_dg13 *ret);

/* EF.SOD and the certificate in it; what it lists is marked in the files. */
CHECKED enum cccd_err probe_sod(const struct cccd_document *document,
                                struct cccd_probe *ret);

/* How the chip signed, found out once more from what it answered. */
CHECKED enum cccd_err probe_active_auth(const struct cccd_session *session,
                                        struct cccd_probe_proofs *ret);

#endif
