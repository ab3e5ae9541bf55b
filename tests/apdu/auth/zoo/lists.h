/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of Utopia, and what an import says of them. */
#ifndef TESTS_APDU_AUTH_ZOO_LISTS_H
#define TESTS_APDU_AUTH_ZOO_LISTS_H

#include "apdu/auth/trust_import.h"
#include "tests/apdu/auth/zoo/judge.h"

enum { TOLD_MAX = 1024 };

#define STORE CLEANUP(store_cleanup) struct csca_store

static inline void store_cleanup(struct csca_store **store)
{
	csca_store_free(*store);
}

struct csca_store *new_store(void);

/* What an import said, object by object. */
struct told {
	struct trust_judgement at[TOLD_MAX];
	size_t count;
	size_t admitted;
	size_t refused;
	size_t by_kind[CCCD_TRUST_KINDS];
};

/* Of the last import. */
extern struct told told;

enum cccd_err import_with(struct csca_store *store,
                          const struct csca_store *pins, bool accept_list,
                          struct span file);

/* The CSCA "Utopia" with the key of @owner; signed by @signer_owner, or by
 * itself where that is NULL. */
void make_csca(const char *owner, const char *signer_owner, struct buf *ret);

/* A signer of lists under the key "csca". */
void make_signer(const char *eku, struct buf *ret);

/* SignedData by the key "lister". */
void make_signed(const char *type, struct span content, struct span signer,
                 enum zoo_defect defect, struct buf *ret);

/*
 * struct fixture - a list of Utopia: its CSCA, a second one, a link to a
 * third key and a link of that key to a fourth, and a document signer that
 * has no place there.
 */
struct fixture {
	struct buf csca;
	struct buf second;
	struct buf third;  /* link: csca signs third */
	struct buf fourth; /* link: third signs fourth */
	struct buf orphan; /* link: nobody's key signs it */
	struct buf ds;
	struct buf signer;
	struct buf list;
};

void fixture_make(const char *eku, enum zoo_defect defect, struct fixture *ret);
void fixture_release(struct fixture *fixture);

#define FIXTURE CLEANUP(fixture_release) struct fixture

#define MASTER_LIST_SIGNER "2.23.136.1.1.3"

/* An assertion about one check. */
void expect(struct auth_check check, enum cccd_verdict verdict,
            const char *reason);

#endif
