/* SPDX-License-Identifier: Apache-2.0 */
/* All relying parties as they stood at one moment; never changed. */
#include "service/core/registry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cccd/assertion.h>

#include "base/buf.h"

/**
 * struct registry - an immutable snapshot.
 * @references: of any thread
 * @parties:    owned, in the order of their files
 */
struct registry {
	atomic_uint references;
	size_t count;
	struct json_relying_party *parties[REGISTRY_PARTIES_MAX];
};

/* Names of files, on the heap: there may be many. */
struct names {
	char **items;
	size_t count;
};

static void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

static void close_directory(DIR **directory)
{
	if (*directory != NULL)
		(void)closedir(*directory);
}

static void close_file(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static int by_name(const void *a, const void *b)
{
	const char *const *one = a;
	const char *const *other = b;

	return strcmp(*one, *other);
}

/* Editors leave hidden files and copies beside the real ones. */
static bool is_wanted(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 &&
	       strcmp(name + len - 5, ".json") == 0;
}

static enum cccd_err list_names(DIR *directory, struct cccd_error *error,
                                struct names *ret)
{
	const struct dirent *entry = NULL;

	ret->items = calloc(REGISTRY_PARTIES_MAX, sizeof(*ret->items));
	if (ret->items == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	/* The directory is this call's own.
	 * NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((entry = readdir(directory)) != NULL) {
		if (!is_wanted(entry->d_name))
			continue;
		if (ret->count == REGISTRY_PARTIES_MAX)
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "more than %d relying parties",
			            REGISTRY_PARTIES_MAX);
		ret->items[ret->count] = strdup(entry->d_name);
		if (ret->items[ret->count] == NULL)
			return fail(error, CCCD_ERR_MEMORY, "no memory");
		ret->count++;
	}
	qsort(ret->items, ret->count, sizeof(ret->items[0]), by_name);
	return CCCD_OK;
}

/* Whoever can write here grants himself what he likes. */
static enum cccd_err check_owner(int fd, mode_t type, const char *name,
                                 struct cccd_error *error)
{
	struct stat facts;

	if (fstat(fd, &facts) != 0)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno, "%.80s",
		                   name);
	if ((facts.st_mode & S_IFMT) != type)
		return fail(error, CCCD_ERR_POLICY_CONFIG, "%.80s: not a %s",
		            name, type == S_IFDIR ? "directory" : "plain file");
	if (facts.st_uid != 0 && facts.st_uid != geteuid())
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%.80s: belongs to somebody else", name);
	if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%.80s: others may write it (chmod go-w)", name);
	return CCCD_OK;
}

static enum cccd_err read_file(int fd, const char *name,
                               struct cccd_error *error, struct buf *ret)
{
	uint8_t bytes[2048];
	ssize_t got = 1;

	while (got > 0) {
		got = read(fd, bytes, sizeof(bytes));
		if (got < 0 && errno == EINTR) {
			got = 1;
			continue;
		}
		if (got < 0)
			return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
			                   "%.80s", name);
		if (buf_append(ret, span_of(bytes, (size_t)got)) != CCCD_OK)
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "%.80s: larger than %d bytes", name,
			            RP_FILE_MAX);
	}
	return CCCD_OK;
}

static void keys_cleanup(struct cccd_jwks **keys)
{
	cccd_jwks_free(*keys);
}

/* Found out here, not by the first request that somebody signed. */
static enum cccd_err check_keys(const struct json_relying_party *party,
                                const char *name, struct cccd_error *error)
{
	CLEANUP(keys_cleanup) struct cccd_jwks *keys = NULL;
	struct cccd_error inner = { .tries_left = -1 };

	if (party->jwks == NULL ||
	    cccd_jwks_parse(party->jwks, strlen(party->jwks), &inner, &keys) ==
	            CCCD_OK)
		return CCCD_OK;
	return fail(error, CCCD_ERR_POLICY_CONFIG, "%.50s: \"jwks\": %.95s",
	            name, inner.text);
}

static enum cccd_err load_file(int directory, const char *name,
                               struct cccd_error *error,
                               struct json_relying_party **ret)
{
	/* A FIFO must not hold us up. */
	CLEANUP(close_file)
	int fd = openat(directory, name,
	                O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	BUF text = buf_make(RP_FILE_MAX);
	struct cccd_error inner = { .tries_left = -1 };
	enum cccd_err err = CCCD_OK;

	if (fd < 0)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno, "%.80s",
		                   name);
	TRY(check_owner(fd, S_IFREG, name, error));
	TRY(read_file(fd, name, error, &text));
	err = json_relying_party_parse(buf_span(&text), &inner, ret);
	if (err != CCCD_OK)
		return fail(error, err, "%.50s: %.105s", name, inner.text);
	err = check_keys(*ret, name, error);
	if (err != CCCD_OK) {
		json_relying_party_free(*ret);
		*ret = NULL;
	}
	return err;
}

/* Two entries for one caller would make the order of files a rule. */
static const char *clash(const struct registry *registry,
                         const struct json_relying_party *party)
{
	const char *what = NULL;

	for (size_t i = 0; what == NULL && i < registry->count; i++)
		what = json_relying_party_clash(registry->parties[i], party);
	return what;
}

static enum cccd_err load_all(int directory, const struct names *names,
                              struct cccd_error *error,
                              struct registry *registry)
{
	for (size_t i = 0; i < names->count; i++) {
		struct json_relying_party *party = NULL;
		const char *twice = NULL;

		TRY(load_file(directory, names->items[i], error, &party));
		twice = clash(registry, party);
		if (twice != NULL) {
			json_relying_party_free(party);
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "%.80s: another file has this %s",
			            names->items[i], twice);
		}
		registry->parties[registry->count++] = party;
	}
	return CCCD_OK;
}

enum cccd_err registry_load(const char *dir, struct cccd_error *error,
                            struct registry **ret)
{
	CLEANUP(close_directory) DIR *directory = NULL;
	CLEANUP(names_release) struct names names = { .count = 0 };
	struct registry *registry = NULL;
	enum cccd_err err = CCCD_OK;

	directory = opendir(dir);
	if (directory == NULL)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno, "%.100s",
		                   dir);
	TRY(check_owner(dirfd(directory), S_IFDIR, dir, error));
	TRY(list_names(directory, error, &names));
	registry = calloc(1, sizeof(*registry));
	if (registry == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	atomic_init(&registry->references, 1);
	err = load_all(dirfd(directory), &names, error, registry);
	if (err == CCCD_OK)
		*ret = registry;
	else
		registry_unref(registry);
	return err;
}

struct registry *registry_ref(struct registry *registry)
{
	(void)atomic_fetch_add(&registry->references, 1);
	return registry;
}

void registry_unref(struct registry *registry)
{
	if (registry == NULL || atomic_fetch_sub(&registry->references, 1) != 1)
		return;
	for (size_t i = 0; i < registry->count; i++)
		json_relying_party_free(registry->parties[i]);
	free(registry);
}

size_t registry_count(const struct registry *registry)
{
	return registry->count;
}

const struct json_relying_party *registry_at(const struct registry *registry,
                                             size_t index)
{
	return index < registry->count ? registry->parties[index] : NULL;
}

static bool has_origin(const struct json_relying_party *party,
                       const char *origin)
{
	for (size_t i = 0; i < party->origin_count; i++)
		if (strcmp(party->origins[i], origin) == 0)
			return true;
	return false;
}

static bool has_uid(const struct json_relying_party *party, uid_t uid)
{
	for (size_t i = 0; i < party->uid_count; i++)
		if (party->uids[i] == uid)
			return true;
	return false;
}

const struct json_relying_party *
registry_by_origin(const struct registry *registry, const char *origin)
{
	for (size_t i = 0; i < registry->count; i++)
		if (has_origin(registry->parties[i], origin))
			return registry->parties[i];
	return NULL;
}

const struct json_relying_party *
registry_by_uid(const struct registry *registry, uid_t uid)
{
	for (size_t i = 0; i < registry->count; i++)
		if (has_uid(registry->parties[i], uid))
			return registry->parties[i];
	return NULL;
}

const struct json_relying_party *registry_by_id(const struct registry *registry,
                                                const char *id)
{
	for (size_t i = 0; i < registry->count; i++)
		if (strcmp(registry->parties[i]->id, id) == 0)
			return registry->parties[i];
	return NULL;
}
