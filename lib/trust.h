/* SPDX-License-Identifier: Apache-2.0 */
/* The trust store's inside, for the other files of the library. */
#ifndef LIB_TRUST_H
#define LIB_TRUST_H

#include <cccd/result.h>
#include <cccd/trust.h>

#include "apdu/auth/csca_store.h"
#include "apdu/auth/passive_auth.h"

enum {
	TRUST_DIR_MAX = 1024,
	TRUST_INDEX_MAX = 32 * 1024 * 1024,
	TRUST_PATH_MAX = TRUST_DIR_MAX + 128,
};

/**
 * struct cccd_trust - an open store.
 * @index: sorted by folder and hash
 * @date:  of its newest change, UTC seconds; 0 when unknown
 * @strays: files that the index does not name
 */
struct cccd_trust {
	char dir[TRUST_DIR_MAX];
	enum cccd_trust_mode mode;
	struct csca_store *store;
	struct cccd_trust_index index;
	size_t cap;
	int64_t date;
	size_t strays;
};

/**
 * trust_input_fill() - what passive authentication leans on.
 * @trust:     NULL: an empty store, so that every issuer is unknown
 * @ret_empty: that store, to be freed after use; NULL otherwise
 */
CHECKED enum cccd_err trust_input_fill(const struct cccd_trust *trust,
                                       struct csca_store **ret_empty,
                                       struct trust_input *ret);

/* Digest and dates for the result; a NULL @trust is "not present". */
void trust_facts(const struct cccd_trust *trust, struct cccd_trust_facts *ret);

/* Put a row into the index, in its place; duplicates are left alone. */
CHECKED enum cccd_err trust_index_add(struct cccd_trust *trust,
                                      const struct cccd_trust_entry *entry);

/* The only row whose hash begins with @sha256; NULL otherwise. */
struct cccd_trust_entry *trust_index_find(const struct cccd_trust *trust,
                                          const char *sha256);

/* index.json, by an atomic rename. */
CHECKED enum cccd_err trust_index_save(const struct cccd_trust *trust,
                                       struct cccd_error *error);

/* DIR/folder/hash.der; false when it does not fit. */
CHECKED bool trust_file_path(const struct cccd_trust *trust,
                             const struct cccd_trust_entry *entry,
                             char ret[static TRUST_PATH_MAX]);

/**
 * trust_load_loose() - files that lie bare in a folder for demonstration.
 *
 * Certificates, CRLs and lists by their contents, all as specimens; files
 * that hold none of these are passed by. Only for CCCD_TRUST_DEMO.
 */
CHECKED enum cccd_err trust_load_loose(struct cccd_trust *trust);

/* 32 bytes to 64 lower-case digits. */
void trust_hash_text(const uint8_t sha256[static 32],
                     char ret[static CCCD_TRUST_SHA256_TEXT]);

/* 64 digits to 32 bytes. */
CHECKED bool trust_hash_bytes(const char *text, uint8_t ret[static 32]);

/**
 * trust_lock() - keep other writers out until trust_unlock().
 * @ret: a file descriptor
 *
 * Return: CCCD_OK; CCCD_ERR_TRUST_STORE_BAD.
 */
CHECKED enum cccd_err trust_lock(const struct cccd_trust *trust,
                                 struct cccd_error *error, int *ret);
void trust_unlock(const int *fd);

/**
 * trust_begin() - trust_lock(), then take over what others wrote meanwhile.
 *
 * Without that, the index written next would forget their entries.
 *
 * Return: as trust_lock(); errors of cccd_trust_open().
 */
CHECKED enum cccd_err trust_begin(struct cccd_trust *trust,
                                  struct cccd_error *error, int *ret);

#endif
