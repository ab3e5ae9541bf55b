/* SPDX-License-Identifier: Apache-2.0 */
/* The files of one document, read or loaded. */
#ifndef LIB_DOCUMENT_H
#define LIB_DOCUMENT_H

#include <cccd/document.h>
#include <cccd/result.h>

#include "base/buf.h"

struct cccd_document {
	enum cccd_file_state states[CCCD_FILES_COUNT];
	struct buf files[CCCD_FILES_COUNT];
};

/* Wipe and forget every file. */
void document_clear(struct cccd_document *document);

/* Wipe to a result in which nothing was run; no text of it is NULL. */
void result_clear(struct cccd_result *result);

#endif
