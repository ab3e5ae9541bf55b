/* SPDX-License-Identifier: Apache-2.0 */
/* The device key on disk: what cccdd signs with and cccd shows. */
#include "lib/json/device_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/private_file.h"
#include "lib/json/device_key_state.h"
#include "lib/json/jwk_object.h"

enum { PATH_MAX_TEXT = 1024 };

static void fd_cleanup(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

void device_key_free(struct device_key *key)
{
	if (key == NULL)
		return;
	sign_pair_free(key->pair);
	free(key);
}

static void key_cleanup(struct device_key **key)
{
	device_key_free(*key);
}

static enum cccd_err key_new(struct cccd_error *error, struct device_key **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret != NULL ? CCCD_OK
	                    : fail(error, CCCD_ERR_MEMORY, "no memory");
}

static enum cccd_err path_of(const char *dir, const char *name,
                             struct cccd_error *error,
                             char ret[static PATH_MAX_TEXT])
{
	int len = snprintf(ret, PATH_MAX_TEXT, "%s/%s", dir, name);

	if (len < 0 || len >= PATH_MAX_TEXT)
		return fail(error, CCCD_ERR_USAGE_FILE, "the path is too long");
	return CCCD_OK;
}

/* One writer at a time; the lock ends with the descriptor. */
static enum cccd_err lock_dir(const char *dir, struct cccd_error *error,
                              int *ret)
{
	struct stat found = { 0 };

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                   "the key directory cannot be made");
	*ret = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret < 0 || fstat(*ret, &found) != 0 || flock(*ret, LOCK_EX) != 0)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                   "the key directory cannot be opened");
	if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "others may write the key directory: chmod 0700");
	if (found.st_uid != geteuid())
		return fail(error, CCCD_ERR_POLICY_REFUSED,
		            "the key directory belongs to user %lu: run as it",
		            (unsigned long)found.st_uid);
	return CCCD_OK;
}

static enum cccd_err parse_pair(struct span pem, struct cccd_error *error,
                                struct sign_pair **ret)
{
	enum cccd_err err = sign_pair_from_pem(pem, ret);

	if (err == CCCD_ERR_CRYPTO_KEY || err == CCCD_ERR_CRYPTO_UNSUPPORTED)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "the device key is no PKCS#8 key of P-256 or "
		            "Ed25519");
	return err == CCCD_OK ? err : fail(error, err, "the key is not loaded");
}

static enum cccd_err load_pair(const char *path, enum private_file kind,
                               struct cccd_error *error, struct sign_pair **ret)
{
	BUF pem = buf_make(SIGN_PEM_MAX);
	enum cccd_err err = private_file_read(path, kind, error, &pem);

	if (err == CCCD_ERR_DATA_TOO_LARGE) {
		if (error != NULL)
			error_reset(error);
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "the file of the device key is too large");
	}
	TRY(err);
	return parse_pair(buf_span(&pem), error, ret);
}

static enum cccd_err make_pair(const char *path, enum sign_alg alg,
                               struct cccd_error *error, struct sign_pair **ret)
{
	BUF pem = buf_make(SIGN_PEM_MAX);
	struct sign_pair *pair = NULL;
	enum cccd_err err =
	        sign_pair_generate(alg != SIGN_NONE ? alg : SIGN_ES256, &pair);

	if (err == CCCD_OK)
		err = sign_pair_to_pem(pair, &pem);
	if (err != CCCD_OK)
		(void)fail(error, err, "no key can be made");
	else
		err = file_write(path, buf_span(&pem), error);
	if (err != CCCD_OK) {
		sign_pair_free(pair);
		return err;
	}
	*ret = pair;
	return CCCD_OK;
}

static enum cccd_err load_or_make(const struct device_key_place *place,
                                  struct cccd_error *error,
                                  struct sign_pair **ret)
{
	char path[PATH_MAX_TEXT];
	struct stat found = { 0 };

	if (place->credential != NULL)
		return load_pair(place->credential, PRIVATE_FILE_CREDENTIAL,
		                 error, ret);
	TRY(path_of(place->dir, DEVICE_KEY_SECRET, error, path));
	if (lstat(path, &found) != 0 && errno == ENOENT)
		return make_pair(path, place->alg, error, ret);
	return load_pair(path, PRIVATE_FILE_OWN, error, ret);
}

static void drop_retired(struct device_key *key, size_t index)
{
	memmove(&key->retired[index], &key->retired[index + 1],
	        (key->retired_count - index - 1) * sizeof(key->retired[0]));
	key->retired_count--;
}

/* The oldest goes when there are too many. */
static void retire(struct device_key *key, int64_t now)
{
	if (key->retired_count == ARRAY_LEN(key->retired))
		key->retired_count--;
	memmove(&key->retired[1], &key->retired[0],
	        key->retired_count * sizeof(key->retired[0]));
	key->retired[0].jwk = key->jwk;
	key->retired[0].since = now;
	key->retired_count++;
}

/* @key holds what public-keys.json says; the pair is what is true. */
static enum cccd_err reconcile(const char *dir, int64_t now,
                               struct cccd_error *error, struct device_key *key)
{
	struct jwk jwk = { 0 };
	char path[PATH_MAX_TEXT];

	if (jwk_of(sign_pair_public(key->pair), &jwk) != CCCD_OK)
		return fail(error, CCCD_ERR_CRYPTO_FAILED,
		            "the key cannot be named");
	if (strcmp(jwk.thumbprint, key->jwk.thumbprint) == 0)
		return CCCD_OK;
	if (key->jwk.thumbprint[0] != '\0')
		retire(key, now);
	for (size_t i = key->retired_count; i > 0; i--)
		if (strcmp(key->retired[i - 1].jwk.thumbprint,
		           jwk.thumbprint) == 0)
			drop_retired(key, i - 1);
	key->jwk = jwk;
	TRY(path_of(dir, DEVICE_KEY_PUBLIC, error, path));
	return device_key_state_save(path, key, error);
}

static enum cccd_err load_state(const char *dir, struct cccd_error *error,
                                struct device_key *ret)
{
	char path[PATH_MAX_TEXT];

	TRY(path_of(dir, DEVICE_KEY_PUBLIC, error, path));
	return device_key_state_load(path, error, ret);
}

enum cccd_err device_key_show(const char *dir, struct cccd_error *error,
                              struct device_key **ret)
{
	CLEANUP(key_cleanup) struct device_key *key = NULL;

	TRY(key_new(error, &key));
	TRY(load_state(dir, error, key));
	*ret = key;
	key = NULL;
	return CCCD_OK;
}

/* Left empty when there is no file yet. */
static enum cccd_err read_state(const char *dir, struct cccd_error *error,
                                struct device_key *ret)
{
	struct cccd_error cause = { .tries_left = -1 };
	enum cccd_err err = load_state(dir, &cause, ret);

	if (err == CCCD_ERR_USAGE_FILE && cause.native == ENOENT)
		return CCCD_OK;
	return err == CCCD_OK ? err
	                      : fail_native(error, err, cause.native, "%s",
	                                    cause.text);
}

static enum cccd_err open_locked(const struct device_key_place *place,
                                 int64_t now, struct cccd_error *error,
                                 struct device_key *key)
{
	TRY(read_state(place->dir, error, key));
	key->credential = place->credential != NULL;
	TRY(load_or_make(place, error, &key->pair));
	return reconcile(place->dir, now, error, key);
}

enum cccd_err device_key_open(const struct device_key_place *place, int64_t now,
                              struct cccd_error *error, struct device_key **ret)
{
	CLEANUP(fd_cleanup) int lock = -1;
	CLEANUP(key_cleanup) struct device_key *key = NULL;

	TRY(key_new(error, &key));
	TRY(lock_dir(place->dir, error, &lock));
	TRY(open_locked(place, now, error, key));
	*ret = key;
	key = NULL;
	return CCCD_OK;
}

/* The private half first: whoever stops between the two finds a pair that
 * public-keys.json does not name, and reconciles. */
static enum cccd_err replace(const struct device_key_place *place, int64_t now,
                             struct cccd_error *error, struct device_key *key)
{
	char path[PATH_MAX_TEXT];
	struct sign_pair *old = key->pair;
	enum sign_alg alg = key->jwk.key.alg;

	TRY(path_of(place->dir, DEVICE_KEY_SECRET, error, path));
	TRY(make_pair(path, place->alg != SIGN_NONE ? place->alg : alg, error,
	              &key->pair));
	sign_pair_free(old);
	return reconcile(place->dir, now, error, key);
}

enum cccd_err device_key_rotate(const struct device_key_place *place,
                                int64_t now, struct cccd_error *error,
                                struct device_key **ret)
{
	CLEANUP(fd_cleanup) int lock = -1;
	CLEANUP(key_cleanup) struct device_key *key = NULL;
	struct stat found = { 0 };
	char path[PATH_MAX_TEXT];
	bool first = false;

	if (place->credential != NULL)
		return fail(error, CCCD_ERR_POLICY_REFUSED,
		            "the key is a credential: rotate it at its source");
	TRY(key_new(error, &key));
	TRY(lock_dir(place->dir, error, &lock));
	TRY(path_of(place->dir, DEVICE_KEY_SECRET, error, path));
	first = lstat(path, &found) != 0 && errno == ENOENT;
	/* What is there must be sound before it is replaced. */
	TRY(open_locked(place, now, error, key));
	if (!first)
		TRY(replace(place, now, error, key));
	*ret = key;
	key = NULL;
	return CCCD_OK;
}
