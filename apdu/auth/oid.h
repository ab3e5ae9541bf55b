/* SPDX-License-Identifier: Apache-2.0 */
/* Object identifiers of certificates and signed objects, as they read. */
#ifndef APDU_AUTH_OID_H
#define APDU_AUTH_OID_H

#include "apdu/tlv/tlv.h"

/* CMS [RFC 5652 5.1, 11]. */
#define OID_SIGNED_DATA    "1.2.840.113549.1.7.2"
#define OID_CONTENT_TYPE   "1.2.840.113549.1.9.3"
#define OID_MESSAGE_DIGEST "1.2.840.113549.1.9.4"
#define OID_SIGNING_TIME   "1.2.840.113549.1.9.5"

/* Contents [9303-10 4.6.2.3; 9303-12 9.2, 10.2; TR-03110-3 A.1.1]. */
#define OID_LDS_SECURITY_OBJECT        "2.23.136.1.1.1"
#define OID_LDS_SECURITY_OBJECT_LEGACY "1.3.27.1.1.1"
#define OID_LDS_SECURITY_OBJECT_SDU    "1.2.528.1.1006.1.20.1"
#define OID_SECURITY_OBJECT            "0.4.0.127.0.7.3.2.1"
#define OID_MASTER_LIST                "2.23.136.1.1.2"
#define OID_DEVIATION_LIST             "2.23.136.1.1.7"

/* Extended key usages and extensions [9303-12 7.1.1]. */
#define OID_EKU_MASTER_LIST    "2.23.136.1.1.3"
#define OID_EKU_DEVIATION_LIST "2.23.136.1.1.8"
#define OID_NAME_CHANGE        "2.23.136.1.1.6.1"
#define OID_DOCUMENT_TYPES     "2.23.136.1.1.6.2"

/* X.509 names and extensions [RFC 5280 4.2, 5.2]. */
#define OID_COUNTRY            "2.5.4.6"
#define OID_LOCALITY           "2.5.4.7"
#define OID_STATE              "2.5.4.8"
#define OID_SUBJECT_KEY_ID     "2.5.29.14"
#define OID_KEY_USAGE          "2.5.29.15"
#define OID_USAGE_PERIOD       "2.5.29.16"
#define OID_SUBJECT_ALT_NAME   "2.5.29.17"
#define OID_ISSUER_ALT_NAME    "2.5.29.18"
#define OID_BASIC_CONSTRAINTS  "2.5.29.19"
#define OID_CRL_NUMBER         "2.5.29.20"
#define OID_CRL_POINTS         "2.5.29.31"
#define OID_POLICIES           "2.5.29.32"
#define OID_AUTHORITY_KEY_ID   "2.5.29.35"
#define OID_EXTENDED_KEY_USAGE "2.5.29.37"

/* Public keys [RFC 3279 2.3; RFC 4055 1.2]. */
#define OID_RSA         "1.2.840.113549.1.1.1"
#define OID_RSA_PSS     "1.2.840.113549.1.1.10"
#define OID_MGF1        "1.2.840.113549.1.1.8"
#define OID_DSA         "1.2.840.10040.4.1"
#define OID_EC          "1.2.840.10045.2.1"
#define OID_PRIME_FIELD "1.2.840.10045.1.1"

/* Whether the value of an OBJECT IDENTIFIER reads @text. */
static inline bool oid_is(struct span value, const char *text)
{
	char read[OID_TEXT_MAX];

	oid_text(value, read);
	return strcmp(read, text) == 0;
}

#endif
