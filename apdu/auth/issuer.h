/* SPDX-License-Identifier: Apache-2.0 */
/* Who issued a certificate or a CRL: Doc 9303-12 appendix D.1, D.3. */
#ifndef APDU_AUTH_ISSUER_H
#define APDU_AUTH_ISSUER_H

#include "apdu/auth/csca_store.h"

enum issuer_outcome {
	ISSUER_UNKNOWN = 0,
	ISSUER_FOUND,
	ISSUER_SIGNATURE_WRONG, /* its key is here; the signature is not its */
	ISSUER_NAME_DIFFERS,    /* its key signed, under another name */
	ISSUER_SPECIMEN,        /* found, and only among specimens */
};

/**
 * struct issuer - the CSCA certificate that stands above another one.
 * @entry:   an anchor, or a link that leads to one; NULL when unknown
 * @by_name: no subject key identifier led to it
 * @through_link: @entry is a link certificate
 */
struct issuer {
	enum issuer_outcome outcome;
	const struct csca_entry *entry;
	bool by_name;
	bool through_link;
};

/**
 * issuer_find() - the issuer of @certificate in @store.
 *
 * By authority key identifier first, else by name. A search by name alone
 * never ends in ISSUER_SIGNATURE_WRONG [TR-03135-1 5.6.4.3.3].
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY; errors of signature_algorithm_parse()
 * for the certificate's own algorithm.
 */
CHECKED enum cccd_err issuer_find(const struct csca_store *store,
                                  const struct certificate *certificate,
                                  struct issuer *ret);

/**
 * issuer_link_is_trusted() - whether a link certificate leads to an anchor.
 *
 * Over at most eight links. Links are no intermediates: their path length
 * constraint does not count [9303-12 2, 7.1.1.5].
 */
bool issuer_link_is_trusted(const struct csca_store *store,
                            const struct csca_entry *link);

/**
 * issuer_verify_crl() - whether @crl speaks for certificates of @csca.
 *
 * Its issuer is the CSCA under the same name, whatever its key, or under
 * the name a trusted link gave it later [9303-12 appendix D.3].
 */
bool issuer_verify_crl(const struct csca_store *store, const struct crl *crl,
                       const struct csca_entry *csca);

/* Whether an anchor or trusted link of the store signed @crl. */
bool issuer_of_crl_known(const struct csca_store *store, const struct crl *crl);

/* Whether @entry's key signed @certificate. */
bool issuer_key_signed(const struct csca_entry *entry,
                       const struct certificate *certificate);

#endif
