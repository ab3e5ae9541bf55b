/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate revocation lists: RFC 5280 5, Doc 9303-12 7.1.4. */
#ifndef APDU_AUTH_CRL_H
#define APDU_AUTH_CRL_H

#include "apdu/auth/certificate.h"

/**
 * struct crl - a parsed list; everything is borrowed.
 * @whole, @tbs: whole objects
 * @algorithm, @inner_algorithm: AlgorithmIdentifier, whole objects
 * @issuer:      whole Name
 * @next_update: INT64_MIN when absent: such a list is stale at once
 * @revoked:     value of the SEQUENCE of entries; empty when there is none
 * @count:       number of entries
 * @authority_key_id: empty when absent
 * @unusable:    holds a critical extension we do not know, or is a delta
 */
struct crl {
	struct span whole;
	struct span tbs;
	struct span algorithm;
	struct span inner_algorithm;
	struct span signature;
	struct span issuer;
	int64_t this_update;
	int64_t next_update;
	struct span revoked;
	size_t count;
	struct span authority_key_id;
	bool unusable;
};

/**
 * crl_parse() - one DER CertificateList; every entry is looked at.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED, CCCD_ERR_DATA_MISSING,
 * CCCD_ERR_DATA_TRUNCATED.
 */
CHECKED enum cccd_err crl_parse(struct span der, struct crl *ret);

/* Whether @serial (value of an INTEGER) is on the list. */
bool crl_revokes(const struct crl *crl, struct span serial);

/* As certificate_signed_by(). */
CHECKED enum cccd_err crl_signed_by(const struct crl *crl,
                                    const struct public_key *key,
                                    bool *ret_good);

/**
 * crl_is_fresh() - whether @crl may still be believed at @now_s.
 * @max_age_s: seconds after thisUpdate; 0 = only nextUpdate counts
 */
bool crl_is_fresh(const struct crl *crl, int64_t now_s, int64_t max_age_s);

#endif
