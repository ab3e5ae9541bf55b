/* SPDX-License-Identifier: Apache-2.0 */
/* A document of the zoo before our own judge and before OpenSSL's. */
#ifndef TESTS_APDU_AUTH_ZOO_JUDGE_H
#define TESTS_APDU_AUTH_ZOO_JUDGE_H

#include "apdu/auth/csca_store.h"
#include "tests/apdu/auth/zoo/zoo.h"

/* A plain document of our day. */
extern const struct zoo_spec zoo_ec_spec;

/* What there is to say about one document. */
struct zoo_verdict {
	struct passive_auth_sod sod;
	struct passive_auth_groups groups;
	struct auth_check passive;
};

#define ZOO_VERDICT CLEANUP(zoo_verdict_cleanup) struct zoo_verdict

/* Every file read; the store holds the document's CSCA and no CRL. */
struct zoo_verdict *zoo_judge(const struct zoo_document *document, bool strict);

/* With an input of the test's own. */
struct zoo_verdict *zoo_judge_with(const struct zoo_document *document,
                                   const struct trust_input *input);

/* Now, with a store of the test's own. */
struct zoo_verdict *zoo_judge_in(const struct zoo_document *document,
                                 const struct csca_store *store);

/* The document is made for this alone; zoo_ec_spec with the defect. */
struct zoo_verdict *zoo_judge_spec(const struct zoo_spec *spec);
struct zoo_verdict *zoo_judge_defect(enum zoo_defect defect);

void zoo_verdict_cleanup(struct zoo_verdict **verdict);

/* A store with one anchor. */
struct csca_store *zoo_store(const struct zoo_document *document);

void zoo_files(const struct zoo_document *document, struct pa_files *ret);

/* "openssl cms -verify" in a process of its own, signature and content. */
bool zoo_openssl_accepts(const struct zoo_document *document);

#endif
