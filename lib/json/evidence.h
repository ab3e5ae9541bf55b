/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence files: urn:cccd:evidence:1, docs/api/evidence.schema.json. */
#ifndef LIB_JSON_EVIDENCE_H
#define LIB_JSON_EVIDENCE_H

#include <cccd/evidence.h>

#include "base/macros.h"
#include "base/span.h"

/* A whole file: the largest document in base64 and then some. */
enum { JSON_EVIDENCE_MAX = 16 * 1024 * 1024 };

/**
 * json_evidence_text() - evidence as text.
 * @ret: freed with json_text_free()
 */
CHECKED enum cccd_err json_evidence_text(struct cccd_evidence *evidence,
                                         char **ret);

/**
 * json_evidence_parse() - hostile until checked, member by member.
 * @ret: the caller frees it
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG naming the member or line;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err json_evidence_parse(struct span text,
                                          struct cccd_error *error,
                                          struct cccd_evidence **ret);

/* To a file of mode 0600, all or nothing. */
CHECKED enum cccd_err json_evidence_save(const char *path,
                                         struct cccd_evidence *evidence,
                                         struct cccd_error *error);

CHECKED enum cccd_err json_evidence_load(const char *path,
                                         struct cccd_error *error,
                                         struct cccd_evidence **ret);

#endif
