/* SPDX-License-Identifier: Apache-2.0 */
/* Which certificates, lists and CRLs a store admits, and why. */
#ifndef APDU_AUTH_ADMISSION_H
#define APDU_AUTH_ADMISSION_H

#include "apdu/auth/csca_store.h"

/**
 * struct admission - the judgement on one object.
 * @kind:   where it belongs
 * @reason: stable code, see struct cccd_trust_decision
 * @note:   something to know about what was admitted; "" for nothing
 * @specimen: it hangs on a specimen, and is one itself
 * @retry:  it may be admitted once something else was: a link whose issuer
 *          stands later in the same list
 */
struct admission {
	enum cccd_trust_kind kind;
	bool admitted;
	const char *reason;
	const char *note;
	bool specimen;
	bool retry;
};

/* On whose word a CSCA certificate comes. */
enum admission_basis {
	ADMISSION_OPERATOR = 0,
	ADMISSION_LIST,
};

/**
 * admission_certificate() - CSCA, link or signer?
 * @store: what is believed already
 *
 * A CSCA certificate must be signed by its own key and come from the
 * operator or from a list that is believed; a link by a CSCA of the store;
 * a signer too, and it is only kept to be found, never trusted by itself.
 *
 * Return: CCCD_OK whatever the judgement; CCCD_ERR_MEMORY.
 *
 * [9303-12 6.1.1, 7.1.1; pitfall 21]
 */
CHECKED enum cccd_err admission_certificate(const struct csca_store *store,
                                            struct span der,
                                            enum admission_basis basis,
                                            int64_t now_s,
                                            struct admission *ret);

/* A CRL of a CSCA in the store, signed by it [9303-12 7.1.4]. */
CHECKED enum cccd_err admission_crl(const struct csca_store *store,
                                    struct span der, int64_t now_s,
                                    struct admission *ret);

/* A deviation list whose signer leads to an anchor [9303-12 10.1]. */
CHECKED enum cccd_err admission_deviation(const struct csca_store *store,
                                          struct span der, int64_t now_s,
                                          struct admission *ret);

#endif
