/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the trust store: its index, its paths, its lock. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apdu/auth/csca_store.h"
#include "base/error.h"
#include "base/file.h"
#include "lib/trust.h"

enum {
	FIRST_CAP = 64,
	/* Certificates are no secret: the daemon's user reads them too. */
	FILE_MODE = 0644,
};

/* Folder first, then hash. */
static int compare(const struct cccd_trust_entry *a,
                   const struct cccd_trust_entry *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->sha256, b->sha256);
}

static size_t place_of(const struct cccd_trust_index *index,
                       const struct cccd_trust_entry *entry)
{
	size_t low = 0;
	size_t high = index->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(&index->entries[mid], entry) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static enum cccd_err grow(struct cccd_trust *trust)
{
	size_t cap = trust->cap == 0 ? FIRST_CAP : 2 * trust->cap;
	struct cccd_trust_entry *entries = NULL;

	if (trust->index.count < trust->cap)
		return CCCD_OK;
	if (trust->cap >= CSCA_STORE_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	entries = realloc(trust->index.entries, cap * sizeof(*entries));
	if (entries == NULL)
		return CCCD_ERR_MEMORY;
	trust->index.entries = entries;
	trust->cap = cap;
	return CCCD_OK;
}

enum cccd_err trust_index_add(struct cccd_trust *trust,
                              const struct cccd_trust_entry *entry)
{
	struct cccd_trust_index *index = &trust->index;
	size_t place = place_of(index, entry);

	if (place < index->count && compare(&index->entries[place], entry) == 0)
		return CCCD_OK;
	TRY(grow(trust));
	memmove(index->entries + place + 1, index->entries + place,
	        (index->count - place) * sizeof(*entry));
	index->entries[place] = *entry;
	index->count++;
	return CCCD_OK;
}

enum cccd_err trust_index_save(const struct cccd_trust *trust,
                               struct cccd_error *error)
{
	char path[TRUST_PATH_MAX];
	enum cccd_err err = CCCD_OK;
	char *text = NULL;

	(void)snprintf(path, sizeof(path), "%s/index.json", trust->dir);
	TRY(cccd_trust_index_format(&trust->index, &text));
	err = file_write(path, span_text(text), NULL);
	free(text);
	if (err != CCCD_OK || chmod(path, FILE_MODE) != 0)
		return fail_native(error, CCCD_ERR_TRUST_STORE_BAD, errno,
		                   "index.json cannot be written");
	return CCCD_OK;
}

bool trust_file_path(const struct cccd_trust *trust,
                     const struct cccd_trust_entry *entry,
                     char ret[static TRUST_PATH_MAX])
{
	int len = snprintf(ret, TRUST_PATH_MAX, "%s/%s/%s.der", trust->dir,
	                   csca_store_folder(entry->kind), entry->sha256);

	return len > 0 && len < TRUST_PATH_MAX;
}

enum cccd_err trust_lock(const struct cccd_trust *trust,
                         struct cccd_error *error, int *ret)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[TRUST_PATH_MAX];
	int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/.lock", trust->dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	if (fd < 0)
		return fail_native(error, CCCD_ERR_TRUST_STORE_BAD, errno,
		                   "the trust store cannot be written");
	if (fcntl(fd, F_SETLK, &lock) != 0) {
		enum cccd_err err =
		        fail_native(error, CCCD_ERR_TRUST_STORE_BAD, errno,
		                    "another program is writing the store");

		(void)close(fd);
		return err;
	}
	*ret = fd;
	return CCCD_OK;
}

void trust_unlock(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* Whether index.json still says what was read, or written last. */
static enum cccd_err is_current(const struct cccd_trust *trust, bool *ret)
{
	BUF file = buf_make(TRUST_INDEX_MAX);
	char path[TRUST_PATH_MAX];
	char *text = NULL;

	(void)snprintf(path, sizeof(path), "%s/index.json", trust->dir);
	/* A bare folder for demonstration has none. */
	if (access(path, F_OK) != 0) {
		*ret = trust->index.count == 0;
		return CCCD_OK;
	}
	TRY(file_read(path, NULL, &file));
	TRY(cccd_trust_index_format(&trust->index, &text));
	*ret = span_equal(buf_span(&file), span_text(text));
	free(text);
	return CCCD_OK;
}

enum cccd_err trust_begin(struct cccd_trust *trust, struct cccd_error *error,
                          int *ret)
{
	struct cccd_trust *fresh = NULL;
	bool current = false;
	int lock = -1;
	enum cccd_err err = CCCD_OK;

	TRY(trust_lock(trust, error, &lock));
	err = is_current(trust, &current);
	if (err == CCCD_OK && !current)
		err = cccd_trust_open(trust->dir, trust->mode, error, &fresh);
	if (err != CCCD_OK) {
		trust_unlock(&lock);
		return err;
	}
	if (fresh != NULL) {
		struct cccd_trust old = *trust;

		*trust = *fresh;
		*fresh = old;
		cccd_trust_close(fresh);
	}
	*ret = lock;
	return CCCD_OK;
}
