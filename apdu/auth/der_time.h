/* SPDX-License-Identifier: Apache-2.0 */
/* UTCTime and GeneralizedTime: RFC 5280 4.1.2.5. */
#ifndef APDU_AUTH_DER_TIME_H
#define APDU_AUTH_DER_TIME_H

#include "apdu/tlv/tlv.h"

/**
 * der_time_parse() - a time object to seconds since 1970 UTC.
 * @object:        UTCTime or GeneralizedTime
 * @ret_irregular: readable, but not as RFC 5280 wants it: no seconds, no Z,
 *                 a fraction, or GeneralizedTime for a year before 2050
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED.
 */
CHECKED enum cccd_err der_time_parse(const struct tlv *object, int64_t *ret,
                                     bool *ret_irregular);

#endif
