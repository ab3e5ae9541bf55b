/* SPDX-License-Identifier: Apache-2.0 */
/* Two letters in certificates, three in the MRZ: Doc 9303-3 section 5. */
#ifndef APDU_AUTH_COUNTRY_H
#define APDU_AUTH_COUNTRY_H

#include "base/span.h"

enum country_match {
	COUNTRY_UNKNOWN = 0, /* one of the codes is in no table */
	COUNTRY_SAME,
	COUNTRY_OTHER,
};

/**
 * country_compare() - is it the same issuing state?
 * @mrz:         as in the MRZ, 1 to 3 letters, fillers stripped or not
 * @certificate: C of a name: two letters; three are compared as they are
 *
 * ISO 3166-1 and the codes of Doc 9303-3 beside it: D/DE, EUE/EU, UNO, UNA,
 * UNK/UN, RKS/KS, the British ones, the regions that issue under CHN, and
 * the codes that ISO 3166 has withdrawn.
 */
enum country_match country_compare(struct span mrz, const char *certificate);

#endif
