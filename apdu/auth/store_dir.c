/* SPDX-License-Identifier: Apache-2.0 */
/* A store's folders of DER files, read into memory. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "apdu/auth/csca_store.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/hex.h"

enum {
	PATH_MAX_LEN = 4096 - 1024, /* a path lives on the stack */
	SHA256_LEN = 32,
	SHA256_HEX = 64,
};

static void dir_cleanup(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

static void lower_hex(struct span bytes, char text[static SHA256_HEX + 1])
{
	hex_encode(bytes, text, SHA256_HEX + 1);
	for (size_t i = 0; text[i] != '\0'; i++)
		if (text[i] >= 'A' && text[i] <= 'F')
			text[i] = (char)(text[i] - 'A' + 'a');
}

/* A file must be called by its own hash: no other one can take its place. */
static enum cccd_err check_name(const char *sha256, struct span der)
{
	char text[SHA256_HEX + 1];
	struct digest digest = { 0 };

	TRY(digest_compute(DIGEST_SHA256, der, &digest));
	lower_hex(digest_span(&digest), text);
	return strcmp(text, sha256) == 0 ? CCCD_OK : CCCD_ERR_TRUST_STORE_BAD;
}

static enum cccd_err load_file(struct csca_store *store, const char *dir,
                               enum cccd_trust_kind kind, const char *sha256,
                               bool specimen, bool indexed)
{
	BUF der = buf_make(CSCA_LIST_MAX);
	char path[PATH_MAX_LEN];
	int len = snprintf(path, sizeof(path), "%s/%s/%s.der", dir,
	                   csca_store_folder(kind), sha256);

	if (len < 0 || (size_t)len >= sizeof(path))
		return CCCD_ERR_TRUST_STORE_BAD;
	TRY(file_read(path, NULL, &der));
	TRY(check_name(sha256, buf_span(&der)));
	return indexed ? csca_store_restore(store, kind, buf_span(&der),
	                                    specimen)
	               : csca_store_add(store, kind, buf_span(&der), specimen);
}

/* A bad file costs itself, lack of memory costs the store. */
static enum cccd_err load_or_count(struct csca_store *store, const char *dir,
                                   const struct cccd_trust_entry *entry,
                                   bool indexed, size_t *refused)
{
	enum cccd_err err = load_file(store, dir, entry->kind, entry->sha256,
	                              entry->specimen, indexed);

	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK)
		(*refused)++;
	return CCCD_OK;
}

/* "<64 digits>.der" to its digits; false for any other name. */
static bool split_name(const char *name, char ret[static SHA256_HEX + 1])
{
	if (strlen(name) != SHA256_HEX + 4 ||
	    strcmp(name + SHA256_HEX, ".der") != 0 ||
	    strspn(name, "0123456789abcdef") < SHA256_HEX)
		return false;
	memcpy(ret, name, SHA256_HEX);
	ret[SHA256_HEX] = '\0';
	return true;
}

static DIR *open_folder(const char *dir, enum cccd_trust_kind kind)
{
	char path[PATH_MAX_LEN];
	int len = snprintf(path, sizeof(path), "%s/%s", dir,
	                   csca_store_folder(kind));

	return len < 0 || (size_t)len >= sizeof(path) ? NULL : opendir(path);
}

/* Without an index: demonstration only. */
static enum cccd_err load_folder(struct csca_store *store, const char *dir,
                                 enum cccd_trust_kind kind, size_t *refused)
{
	CLEANUP(dir_cleanup) DIR *folder = open_folder(dir, kind);
	struct cccd_trust_entry entry = { .kind = kind, .specimen = true };
	const struct dirent *file = NULL;

	if (folder == NULL)
		return CCCD_OK;
	/* The stream is ours alone. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((file = readdir(folder)) != NULL)
		if (split_name(file->d_name, entry.sha256))
			TRY(load_or_count(store, dir, &entry, false, refused));
	return CCCD_OK;
}

/* Files that lie there and are not in the store. */
static size_t count_strays(const struct csca_store *store, const char *dir,
                           enum cccd_trust_kind kind)
{
	CLEANUP(dir_cleanup) DIR *folder = open_folder(dir, kind);
	const struct dirent *file = NULL;
	size_t files = 0;

	if (folder == NULL)
		return 0;
	/* The stream is ours alone. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((file = readdir(folder)) != NULL)
		files += file->d_name[0] != '.';
	return files > csca_store_count(store, kind)
	               ? files - csca_store_count(store, kind)
	               : 0;
}

static enum cccd_err load_indexed(struct csca_store *store, const char *dir,
                                  const struct cccd_trust_index *index,
                                  size_t *refused)
{
	size_t unused = 0;

	for (size_t i = 0; i < index->count; i++)
		TRY(load_or_count(store, dir, &index->entries[i], true,
		                  &unused));
	for (size_t k = 0; k < CCCD_TRUST_KINDS; k++)
		*refused += count_strays(store, dir, (enum cccd_trust_kind)k);
	return CCCD_OK;
}

enum cccd_err csca_store_load_dir(struct csca_store *store, const char *dir,
                                  const struct cccd_trust_index *index,
                                  size_t *ret_refused)
{
	struct stat stat_dir = { 0 };
	size_t refused = 0;

	if (stat(dir, &stat_dir) != 0 || !S_ISDIR(stat_dir.st_mode))
		return CCCD_ERR_TRUST_STORE_MISSING;
	if (index != NULL) {
		TRY(load_indexed(store, dir, index, &refused));
	} else {
		if (csca_store_mode(store) != CCCD_TRUST_DEMO)
			return CCCD_ERR_TRUST_STORE_MISSING;
		for (size_t k = 0; k < CCCD_TRUST_KINDS; k++)
			TRY(load_folder(store, dir, (enum cccd_trust_kind)k,
			                &refused));
	}
	*ret_refused = refused;
	return CCCD_OK;
}
