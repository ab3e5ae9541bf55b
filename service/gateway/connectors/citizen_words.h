/* SPDX-License-Identifier: Apache-2.0 */
/* A registry's words into a citizen, strictly: half a value is none. */
#ifndef SERVICE_GATEWAY_CONNECTORS_CITIZEN_WORDS_H
#define SERVICE_GATEWAY_CONNECTORS_CITIZEN_WORDS_H

#include "service/gateway/connectors/connector.h"

/* Each: false when the text is not UTF-8, too long or of a wrong form; blanks
 * at both ends do not count, and "" says nothing. */

/* Any text without control characters. */
bool citizen_set_text(struct span text, char *ret, size_t cap);

/* Exactly @digits digits. */
bool citizen_set_number(struct span text, size_t digits,
                        char ret[static CITIZEN_NUMBER_MAX]);

/* yyyy, yyyymm, yyyymmdd, with or without hyphens, zeros for what nobody
 * knows; a day that exists. */
bool citizen_set_date(struct span text, char ret[static CITIZEN_DATE_MAX]);

/* Ho, ChuDem and Ten into one name; any of them may be "". */
bool citizen_join_name(const char *family, const char *middle,
                       const char *given, char ret[static CITIZEN_NAME_MAX]);

/* "male" and "female" for the words of cards, "Nam" and "Nữ", for M and F,
 * in any case; else "". */
const char *citizen_sex_word(const char *text);

/* A code of the registry's, or such a word, into "male", "female",
 * "unspecified" or "". */
void citizen_set_sex(const char *code, const char *male, const char *female,
                     char ret[static CITIZEN_CODE_MAX]);

/* Whether it says enough to be compared with anybody. */
bool citizen_is_somebody(const struct citizen *citizen);

#endif
