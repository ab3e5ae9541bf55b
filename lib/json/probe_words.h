/* SPDX-License-Identifier: Apache-2.0 */
/* The stable words of urn:cccd:probe:1. */
#ifndef LIB_JSON_PROBE_WORDS_H
#define LIB_JSON_PROBE_WORDS_H

#include <cccd/probe.h>

/* Bits of enum cccd_dg13_fact. */
enum { PROBE_FACT_BITS = 13 };

const char *word_of_protocol(enum cccd_access_protocol protocol);
const char *word_of_key(enum cccd_key_type type);
const char *word_of_info(enum cccd_security_info_kind kind);
const char *word_of_mrz(enum cccd_mrz_format format);
const char *word_of_date_state(enum cccd_date_state state);
const char *word_of_standard(enum cccd_biometric_standard standard);
const char *word_of_image(enum cccd_image_format format);
const char *word_of_field(enum cccd_field_state state);
const char *word_of_form(enum cccd_date_form form);

/* "utf8_string", …; "" for a tag that is no string of ASN.1. */
const char *word_of_tag(uint32_t tag);

/* Of bit number @bit. */
const char *word_of_fact(unsigned int bit);

#endif
