/* SPDX-License-Identifier: Apache-2.0 */
/* A trust store that only the program touches, and files to import. */
#ifndef TESTS_CLI_TRUST_RIG_H
#define TESTS_CLI_TRUST_RIG_H

#include "base/span.h"
#include "tests/apdu/auth/zoo/lists.h"
#include "tests/e2e/call.h"

enum { RIG_PATH_LEN = 256, RIG_WORDS_MAX = 12 };

/**
 * struct trust_rig - two fresh folders and a list's certificates.
 * @files: what is imported; "@name" in a call names one of these
 * @store: "%" in a call; made by the program
 */
struct trust_rig {
	char files[64];
	char store[64];
	struct fixture fixture;
};

int trust_rig_set_up(void **state);
int trust_rig_tear_down(void **state);

/* Each test has a rig of its own. */
#define RIGGED(test)                                            \
	cmocka_unit_test_setup_teardown(test, trust_rig_set_up, \
	                                trust_rig_tear_down)

/* FILES/NAME and STORE/NAME. */
void rig_file(const struct trust_rig *rig, const char *name,
              char ret[static RIG_PATH_LEN]);
void rig_stored(const struct trust_rig *rig, const char *name,
                char ret[static RIG_PATH_LEN]);

/* STORE/FOLDER/HASH.der of @der. */
void rig_object(const struct trust_rig *rig, const char *folder,
                struct span der, char ret[static RIG_PATH_LEN]);

/* SHA-256 in lower-case digits. */
void rig_hash(struct span der, char ret[static CCCD_TRUST_SHA256_TEXT]);

void rig_write(const char *path, struct span bytes);
void rig_save(const struct trust_rig *rig, const char *name, struct span bytes);

/* PEM with this label. */
void rig_pem(struct span der, const char *label, struct buf *out);

/* index.json with the first @was replaced by @is, as by a hand. */
void rig_edit_index(const struct trust_rig *rig, const char *was,
                    const char *is);

/**
 * struct expected - a call of "cccd" and what it must say.
 * @words:  its arguments; "%" is the store, "@x" the file x
 * @status: exit code
 * @out:    stands in standard output; NULL: that is empty
 * @err:    stands in standard error; NULL: that is empty
 * @absent: stands in neither; NULL for none
 */
struct expected {
	const char *words[RIG_WORDS_MAX];
	int status;
	const char *out;
	const char *err;
	const char *absent;
};

/* Call it, in English, and compare. */
void rig_expect(const struct trust_rig *rig, const struct expected *expected);

/* The same for a row of its members, in their order. */
#define EXPECT(rig, ...) \
	rig_expect((rig), &(struct expected){ .words = __VA_ARGS__ })

/* Begin the call without waiting, or run it in any language. */
struct answer *rig_start(const struct trust_rig *rig, const char *language,
                         const char *const *words);

#endif
