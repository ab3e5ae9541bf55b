/* SPDX-License-Identifier: Apache-2.0 */
/* Trust anchors and what hangs on them, in memory: Doc 9303-12 6.1. */
#ifndef APDU_AUTH_CSCA_STORE_H
#define APDU_AUTH_CSCA_STORE_H

#include <cccd/trust.h>

#include "apdu/auth/certificate.h"
#include "apdu/auth/crl.h"
#include "base/buf.h"

struct csca_store;

/**
 * struct csca_entry - one object of a store.
 * @der:         owned by the store
 * @certificate: of anchors, links and signers; borrows @der
 * @crl:         of CRLs; borrows @der
 */
struct csca_entry {
	enum cccd_trust_kind kind;
	uint8_t sha256[32];
	struct buf der;
	bool specimen;
	struct certificate certificate;
	struct crl crl;
};

enum {
	CSCA_STORE_MAX = 65536,           /* entries of all kinds */
	CSCA_CERTIFICATE_MAX = 16 * 1024, /* bytes of one certificate */
	CSCA_CRL_MAX = 8 * 1024 * 1024,
	CSCA_LIST_MAX = 32 * 1024 * 1024, /* a master or deviation list */
};

/**
 * csca_store_new() - an empty store.
 * @mode: CCCD_TRUST_DEMO makes every anchor a specimen and usable as such;
 *        CCCD_TRUST_REAL keeps entries flagged specimen only to name them
 *        in refusals
 */
CHECKED enum cccd_err csca_store_new(enum cccd_trust_mode mode,
                                     struct csca_store **ret);

void csca_store_free(struct csca_store *store);

/**
 * csca_store_add() - put one DER object into the store, as it is.
 * @kind:     what it is; a certificate is checked to fit its kind
 * @specimen: flag of the index
 *
 * For objects that were admitted before: no path is checked here. A public
 * key must be usable and, where its curve is spelled out, equal to a known
 * one; an anchor must be signed by itself, or it is a link.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_DATA_DUPLICATE when
 * it is there already; CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_CRYPTO_KEY;
 * CCCD_ERR_TRUST_REFUSED when it does not fit @kind; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err csca_store_add(struct csca_store *store,
                                     enum cccd_trust_kind kind, struct span der,
                                     bool specimen);

/**
 * csca_store_restore() - as csca_store_add(), without arithmetic.
 *
 * For what the index vouches for: it was checked when it was admitted, and
 * a key is looked at again whenever it is used. Opening a store of some
 * hundred keys takes milliseconds by this.
 */
CHECKED enum cccd_err csca_store_restore(struct csca_store *store,
                                         enum cccd_trust_kind kind,
                                         struct span der, bool specimen);

/**
 * csca_store_load_dir() - every *.der below DIR/anchors, /links, /crls,
 * /signers, /deviations.
 * @index: flags and sources by hash; a file it does not name is refused.
 *         NULL only in demo mode: then no index is needed
 *
 * A file whose name is not its own SHA-256 is refused. Refused files are
 * counted in @ret_refused and otherwise ignored.
 *
 * Return: CCCD_OK; CCCD_ERR_TRUST_STORE_MISSING; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err csca_store_load_dir(struct csca_store *store,
                                          const char *dir,
                                          const struct cccd_trust_index *index,
                                          size_t *ret_refused);

size_t csca_store_count(const struct csca_store *store,
                        enum cccd_trust_kind kind);

/* In the order of their hashes; NULL at and beyond the count. */
const struct csca_entry *csca_store_at(const struct csca_store *store,
                                       enum cccd_trust_kind kind, size_t index);

/* By hash; NULL when it is not there. */
const struct csca_entry *csca_store_find(const struct csca_store *store,
                                         enum cccd_trust_kind kind,
                                         const uint8_t sha256[static 32]);

/* Take one entry out; CCCD_ERR_DATA_MISSING when it is not there. */
CHECKED enum cccd_err csca_store_remove(struct csca_store *store,
                                        enum cccd_trust_kind kind,
                                        const uint8_t sha256[static 32]);

/* The mode it was made with. */
enum cccd_trust_mode csca_store_mode(const struct csca_store *store);

/* "anchors", "links", "crls", "signers", "deviations". */
const char *csca_store_folder(enum cccd_trust_kind kind);

/* SHA-256 over the sorted hashes of all entries: names this very store. */
CHECKED enum cccd_err csca_store_digest(const struct csca_store *store,
                                        uint8_t ret[static 32]);

/* Newest thisUpdate of all CRLs, UTC seconds; 0 when there is none. */
int64_t csca_store_crl_date(const struct csca_store *store);

#endif
