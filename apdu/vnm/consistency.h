/* SPDX-License-Identifier: Apache-2.0 */
/* Whether DG1, DG13, the password used and the QR text tell one story. */
#ifndef APDU_VNM_CONSISTENCY_H
#define APDU_VNM_CONSISTENCY_H

#include <cccd/lds.h>
#include <cccd/verdict.h>
#include <cccd/vnm.h>

#include "apdu/vnm/access_key.h"

enum { CONSISTENCY_FINDINGS_MAX = 16 };

/**
 * struct consistency_input - what there is to compare; NULL for the rest.
 * @dg1:  the MRZ of the chip
 * @dg13: compared only when it holds the Vietnamese schema
 * @used: the attempt that opened the chip
 * @id_number: citizen number that the desk gave, or ""
 * @qr:   text of the QR code that the desk gave
 */
struct consistency_input {
	const struct cccd_mrz *dg1;
	const struct cccd_dg13 *dg13;
	const struct access_attempt *used;
	const char *id_number;
	const struct cccd_qr *qr;
};

/**
 * struct consistency_finding - one comparison that was made.
 * @item:    "number", "name", "birth", "sex", "expiry", "issue", "password"
 * @code:    stable snake_case reason; "" when they agree
 * @verdict: successful, failed or undetermined
 */
struct consistency_finding {
	const char *item;
	const char *code;
	enum cccd_verdict verdict;
};

/**
 * struct consistency - cross_data_consistency and how it came about.
 * @verdict: failed when one finding is; else undetermined when one is;
 *           not supported when there was nothing to compare
 * @reason:  code of the first finding that made the verdict, else ""
 */
struct consistency {
	enum cccd_verdict verdict;
	const char *reason;
	struct consistency_finding findings[CONSISTENCY_FINDINGS_MAX];
	size_t count;
};

/**
 * consistency_check() - compare, item by item.
 *
 * What cannot be read is undetermined, never equal: unparsed dates, names
 * that a keyboard mangled. The citizen number's century and sex digits are
 * hints and take no part.
 */
struct consistency consistency_check(const struct consistency_input *input);

#endif
