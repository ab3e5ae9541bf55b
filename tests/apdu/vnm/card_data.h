/* SPDX-License-Identifier: Apache-2.0 */
/* Parsed files of a specimen, to be put together or compared. */
#ifndef TESTS_APDU_VNM_CARD_DATA_H
#define TESTS_APDU_VNM_CARD_DATA_H

#include "apdu/lds/mrz.h"
#include "apdu/vnm/dg13.h"

struct cccd_mrz card_mrz_of(const char *text);

/* By its name in the vectors of mrz. */
struct cccd_mrz card_mrz_named(const char *name);

/* A parsed DG13 with this text; "" leaves a field out. */
void card_set_field(struct cccd_dg13 *dg13, enum cccd_dg13_number number,
                    const char *text);
void card_set_date(struct cccd_dg13 *dg13, enum cccd_dg13_number number,
                   struct cccd_field_date *date, const char *text);

/* Every field, as the specimen m11_mrz_text goes with. */
struct cccd_dg13 card_full_dg13(void);

#endif
