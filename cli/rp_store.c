/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of relying parties, as cccd rp sees it. */
#include "cli/rp_store.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { PATH_TEXT_MAX = 1024 };

/* DIR/NAME; false when it is too long. */
static bool path_of(const char *dir, const char *name,
                    char ret[static PATH_TEXT_MAX])
{
	int len = snprintf(ret, PATH_TEXT_MAX, "%s/%s", dir, name);

	return len > 0 && len < PATH_TEXT_MAX;
}

static bool is_wanted(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 && len < RP_STORE_NAME_MAX &&
	       strcmp(name + len - 5, ".json") == 0;
}

static int by_name(const void *a, const void *b)
{
	const struct rp_entry *one = a;
	const struct rp_entry *other = b;

	return strcmp(one->name, other->name);
}

static enum cccd_err list_names(DIR *directory, struct cccd_error *error,
                                struct rp_store *store)
{
	const struct dirent *found = NULL;

	/* One thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((found = readdir(directory)) != NULL) {
		struct rp_entry *entry = &store->entries[store->count];

		if (!is_wanted(found->d_name))
			continue;
		if (store->count == RP_STORE_MAX)
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "more than %d files", RP_STORE_MAX);
		*entry = (struct rp_entry){ .error = { .tries_left = -1 } };
		(void)snprintf(entry->name, sizeof(entry->name), "%s",
		               found->d_name);
		store->count++;
	}
	qsort(store->entries, store->count, sizeof(*store->entries), by_name);
	return CCCD_OK;
}

/* What is wrong with a file is kept beside it. */
static void read_entry(const char *dir, struct rp_entry *entry)
{
	BUF text = buf_make(RP_FILE_MAX);
	char path[PATH_TEXT_MAX];
	enum cccd_err err = CCCD_OK;

	if (!path_of(dir, entry->name, path)) {
		(void)fail(&entry->error, CCCD_ERR_USAGE_FILE, "a long path");
		return;
	}
	err = file_read(path, &entry->error, &text);
	if (err == CCCD_OK)
		err = json_relying_party_parse(buf_span(&text), &entry->error,
		                               &entry->party);
	(void)fail(&entry->error, err, "the file cannot be read");
}

enum cccd_err rp_store_read(const char *dir, struct cccd_error *error,
                            struct rp_store *ret)
{
	struct rp_store store = { .count = 0 };
	enum cccd_err err = CCCD_OK;
	DIR *directory = opendir(dir);

	if (directory == NULL)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno, "%.120s",
		                   dir);
	store.entries = calloc(RP_STORE_MAX + 1, sizeof(*store.entries));
	err = store.entries == NULL ? fail(error, CCCD_ERR_MEMORY, "no memory")
	                            : list_names(directory, error, &store);
	(void)closedir(directory);
	if (err != CCCD_OK) {
		rp_store_release(&store);
		return err;
	}
	for (size_t i = 0; i < store.count; i++)
		read_entry(dir, &store.entries[i]);
	*ret = store;
	return CCCD_OK;
}

void rp_store_release(struct rp_store *store)
{
	for (size_t i = 0; i < store->count; i++)
		json_relying_party_free(store->entries[i].party);
	free(store->entries);
	*store = (struct rp_store){ .count = 0 };
}

const struct rp_entry *rp_store_find(const struct rp_store *store,
                                     const char *id)
{
	for (size_t i = 0; i < store->count; i++) {
		const struct rp_entry *entry = &store->entries[i];
		size_t len = strlen(entry->name) - strlen(".json");

		if (entry->party != NULL
		            ? strcmp(entry->party->id, id) == 0
		            : strlen(id) == len &&
		                      memcmp(entry->name, id, len) == 0)
			return entry;
	}
	return NULL;
}

static enum cccd_err file_failure(struct cccd_error *error, const char *path)
{
	return fail_native(error, CCCD_ERR_USAGE_FILE, errno, "%.120s", path);
}

enum cccd_err rp_store_write(const char *dir, const char *name,
                             const char *text, struct cccd_error *error)
{
	char path[PATH_TEXT_MAX];
	char beside[PATH_TEXT_MAX];
	char other[RP_STORE_NAME_MAX];

	(void)snprintf(other, sizeof(other), ".%.240s.new", name);
	if (!path_of(dir, name, path) || !path_of(dir, other, beside))
		return fail(error, CCCD_ERR_USAGE_FILE, "a long path");
	if (mkdir(dir, 0755) != 0 && errno != EEXIST)
		return file_failure(error, dir);
	TRY(file_write(beside, span_text(text), error));
	/* The daemon is another user; nothing in it is secret. */
	if (chmod(beside, 0644) != 0 || rename(beside, path) != 0) {
		enum cccd_err err = file_failure(error, path);

		(void)unlink(beside);
		return err;
	}
	return CCCD_OK;
}

enum cccd_err rp_store_remove(const char *dir, const char *name,
                              struct cccd_error *error)
{
	char path[PATH_TEXT_MAX];

	if (!path_of(dir, name, path))
		return fail(error, CCCD_ERR_USAGE_FILE, "a long path");
	return unlink(path) == 0 ? CCCD_OK : file_failure(error, path);
}
