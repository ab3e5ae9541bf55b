/* SPDX-License-Identifier: Apache-2.0 */
/* The trust store: opened, listed and handed to the inspection. */
#include "lib/trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apdu/auth/csca_store.h"
#include "base/error.h"
#include "base/file.h"

enum {
	KINDS = CCCD_TRUST_KINDS,
	PREFIX_MIN = 6,
	DIR_MODE = 0755,
};

void cccd_trust_close(struct cccd_trust *trust)
{
	if (trust == NULL)
		return;
	csca_store_free(trust->store);
	cccd_trust_index_free(&trust->index);
	free(trust);
}

static void trust_cleanup(struct cccd_trust **trust)
{
	cccd_trust_close(*trust);
}

static enum cccd_err read_index(struct cccd_trust *trust,
                                struct cccd_error *error)
{
	BUF text = buf_make(TRUST_INDEX_MAX);
	char path[TRUST_PATH_MAX];
	struct stat file = { 0 };

	(void)snprintf(path, sizeof(path), "%s/index.json", trust->dir);
	if (stat(path, &file) != 0)
		return fail_native(error, CCCD_ERR_TRUST_STORE_MISSING, errno,
		                   "no index.json in the trust store");
	trust->date = (int64_t)file.st_mtime;
	if (file_read(path, NULL, &text) != CCCD_OK)
		return fail(error, CCCD_ERR_TRUST_STORE_BAD,
		            "index.json cannot be read");
	TRY(cccd_trust_index_parse((const char *)text.at, text.len, error,
	                           &trust->index));
	trust->cap = trust->index.count;
	return CCCD_OK;
}

/* A store for demonstration may be a bare folder of files. */
static enum cccd_err load(struct cccd_trust *trust, struct cccd_error *error)
{
	enum cccd_err err = CCCD_OK;
	const struct cccd_trust_index *index = &trust->index;

	if (trust->mode == CCCD_TRUST_DEMO) {
		err = read_index(trust, NULL);
		if (err == CCCD_ERR_TRUST_STORE_MISSING)
			index = NULL;
		else if (err != CCCD_OK)
			return fail(error, err, "index.json is bad");
	} else {
		TRY(read_index(trust, error));
	}
	err = csca_store_load_dir(trust->store, trust->dir, index,
	                          &trust->strays);
	if (err == CCCD_OK && index == NULL)
		err = trust_load_loose(trust);
	return err == CCCD_OK
	               ? CCCD_OK
	               : fail(error, err, "the trust store cannot be read");
}

enum cccd_err cccd_trust_open(const char *dir, enum cccd_trust_mode mode,
                              struct cccd_error *error, struct cccd_trust **ret)
{
	CLEANUP(trust_cleanup) struct cccd_trust *trust = NULL;

	if (strlen(dir) >= TRUST_DIR_MAX)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "the path is too long");
	trust = calloc(1, sizeof(*trust));
	if (trust == NULL)
		return CCCD_ERR_MEMORY;
	memcpy(trust->dir, dir, strlen(dir) + 1);
	trust->mode = mode;
	TRY(csca_store_new(mode, &trust->store));
	TRY(load(trust, error));
	*ret = trust;
	trust = NULL;
	return CCCD_OK;
}

static enum cccd_err make_dir(const char *path, struct cccd_error *error)
{
	if (mkdir(path, DIR_MODE) == 0 || errno == EEXIST)
		return CCCD_OK;
	return fail_native(error, CCCD_ERR_TRUST_STORE_BAD, errno,
	                   "a folder of the trust store cannot be made");
}

/* The folders above a store, as the system makes them: 0755 less the mask. */
static void make_parents(const char *dir)
{
	char path[TRUST_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s", dir);
	for (char *at = path + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		(void)mkdir(path, 0755);
		*at = '/';
	}
}

/* Under the lock: whoever made a store meanwhile may have filled it. */
static enum cccd_err make_index(const struct cccd_trust *empty,
                                const char *path, struct cccd_error *error)
{
	CLEANUP(trust_unlock) int lock = -1;
	struct stat file = { 0 };

	TRY(trust_lock(empty, error, &lock));
	return stat(path, &file) == 0 ? CCCD_OK
	                              : trust_index_save(empty, error);
}

enum cccd_err cccd_trust_create(const char *dir, struct cccd_error *error)
{
	struct cccd_trust empty = { .mode = CCCD_TRUST_REAL };
	char path[TRUST_PATH_MAX];
	struct stat file = { 0 };

	if (strlen(dir) >= TRUST_DIR_MAX)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "the path is too long");
	memcpy(empty.dir, dir, strlen(dir) + 1);
	make_parents(dir);
	TRY(make_dir(dir, error));
	for (size_t i = 0; i < KINDS; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir,
		               csca_store_folder((enum cccd_trust_kind)i));
		TRY(make_dir(path, error));
	}
	(void)snprintf(path, sizeof(path), "%s/index.json", dir);
	if (stat(path, &file) == 0)
		return CCCD_OK;
	return make_index(&empty, path, error);
}

size_t cccd_trust_count(const struct cccd_trust *trust)
{
	return trust->index.count;
}

const struct cccd_trust_entry *cccd_trust_at(const struct cccd_trust *trust,
                                             size_t index)
{
	return index < trust->index.count ? &trust->index.entries[index] : NULL;
}

enum cccd_err cccd_trust_digest(const struct cccd_trust *trust, uint8_t ret[32])
{
	return csca_store_digest(trust->store, ret);
}

enum cccd_err trust_input_fill(const struct cccd_trust *trust,
                               struct csca_store **ret_empty,
                               struct trust_input *ret)
{
	*ret_empty = NULL;
	if (trust != NULL) {
		ret->store = trust->store;
		return CCCD_OK;
	}
	TRY(csca_store_new(CCCD_TRUST_REAL, ret_empty));
	ret->store = *ret_empty;
	return CCCD_OK;
}

void trust_facts(const struct cccd_trust *trust, struct cccd_trust_facts *ret)
{
	*ret = (struct cccd_trust_facts){ 0 };
	if (trust == NULL ||
	    csca_store_digest(trust->store, ret->digest) != CCCD_OK)
		return;
	ret->present = true;
	ret->date = trust->date;
	ret->crl_date = csca_store_crl_date(trust->store);
}

void trust_hash_text(const uint8_t sha256[static 32],
                     char ret[static CCCD_TRUST_SHA256_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 32; i++) {
		ret[2 * i] = digits[sha256[i] >> 4];
		ret[2 * i + 1] = digits[sha256[i] & 0x0F];
	}
	ret[64] = '\0';
}

static int digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

bool trust_hash_bytes(const char *text, uint8_t ret[static 32])
{
	if (strlen(text) != 64)
		return false;
	for (size_t i = 0; i < 32; i++) {
		int high = digit_value(text[2 * i]);
		int low = digit_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

struct cccd_trust_entry *trust_index_find(const struct cccd_trust *trust,
                                          const char *sha256)
{
	struct cccd_trust_entry *found = NULL;
	size_t len = strlen(sha256);

	if (len < PREFIX_MIN)
		return NULL;
	for (size_t i = 0; i < trust->index.count; i++) {
		struct cccd_trust_entry *entry = &trust->index.entries[i];

		if (strncmp(entry->sha256, sha256, len) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = entry;
	}
	return found;
}
