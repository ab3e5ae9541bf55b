/* SPDX-License-Identifier: Apache-2.0 */
/* The trust store: which states' certificates are believed, and why. */
#ifndef CCCD_TRUST_H
#define CCCD_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>
#include <cccd/export.h>
#include <cccd/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum cccd_trust_kind - the folders of a store. */
enum cccd_trust_kind {
	CCCD_TRUST_ANCHOR = 0, /* anchors/: self-signed CSCA certificates */
	CCCD_TRUST_LINK,       /* links/: one CSCA key signs the next */
	CCCD_TRUST_CRL,        /* crls/ */
	CCCD_TRUST_SIGNER,     /* signers/: DS certificates, never trusted
	                          by themselves */
	CCCD_TRUST_DEVIATION,  /* deviations/: signed deviation lists */
};

enum { CCCD_TRUST_KINDS = 5 };

/** enum cccd_trust_mode - whether specimen anchors count. */
enum cccd_trust_mode {
	CCCD_TRUST_REAL = 0, /* entries flagged specimen are refused */
	CCCD_TRUST_DEMO,     /* every entry counts, every result says so */
};

enum {
	CCCD_TRUST_SHA256_TEXT = 65,
	CCCD_TRUST_DATE_TEXT = 24,
	CCCD_TRUST_SOURCE_TEXT = 128,
	CCCD_TRUST_NAME_TEXT = 192,
};

/**
 * struct cccd_trust_entry - one row of the store's index.
 * @kind:     its folder
 * @sha256:   of the DER file, lower-case hexadecimal; also its name
 * @source:   the file or list it came from
 * @basis:    "operator", "master_list", "link" or "issuer"
 * @date:     when it was admitted, "2026-10-01T08:00:00Z"
 * @specimen: refused unless the store is opened for demonstration
 */
struct cccd_trust_entry {
	enum cccd_trust_kind kind;
	char sha256[CCCD_TRUST_SHA256_TEXT];
	char source[CCCD_TRUST_SOURCE_TEXT];
	char basis[16];
	char date[CCCD_TRUST_DATE_TEXT];
	bool specimen;
};

/** struct cccd_trust_index - index.json in memory. */
struct cccd_trust_index {
	struct cccd_trust_entry *entries;
	size_t count;
};

#ifdef __cplusplus
}
#endif

#endif
