/* SPDX-License-Identifier: Apache-2.0 */
/* The records m01 to m12 of the vectors "mrz". */
#ifndef TESTS_APDU_LDS_MRZ_RECORDS_H
#define TESTS_APDU_LDS_MRZ_RECORDS_H

#include "apdu/lds/mrz.h"
#include "tests/support/vectors.h"

enum { MRZ_RECORDS = 12 };

/* For a group of tests: before its first, and after its last. */
int mrz_records_open(void **state);
int mrz_records_close(void **state);

/* The whole file, while it is open. */
struct vectors *mrz_vectors(void);

/* "" where the record has no such member. */
const char *mrz_record_text(int record, const char *member);

void mrz_record_parse(int record, struct cccd_mrz *mrz);

#endif
