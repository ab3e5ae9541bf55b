/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's own keys: what it signs with, and the key of its site. */
#include "service/core/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/private_file.h"
#include "base/random.h"
#include "base/secret.h"
#include "lib/json/jws.h"

enum {
	PATH_TEXT_MAX = 1024,
	SITE_KEY_LEN = 32,
	MAC_INPUT_MAX = 64 * 1024,
};

struct device_keys {
	char dir[PATH_TEXT_MAX];
	char credential[PATH_TEXT_MAX];
	enum sign_alg alg;
	uint32_t keep_s;
	struct device_key *key;
	uint8_t site_key[SITE_KEY_LEN];
};

static enum cccd_err too_long(struct cccd_error *error)
{
	return fail(error, CCCD_ERR_USAGE_FILE, "the path is too long");
}

/* $CREDENTIALS_DIRECTORY/device-key, where systemd put one. */
static enum cccd_err find_credential(struct device_keys *keys,
                                     struct cccd_error *error)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets variables here */
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (dir == NULL || dir[0] != '/')
		return CCCD_OK;
	if (snprintf(keys->credential, sizeof(keys->credential),
	             "%s/device-key", dir) >= (int)sizeof(keys->credential))
		return too_long(error);
	if (access(keys->credential, F_OK) != 0)
		keys->credential[0] = '\0';
	return CCCD_OK;
}

static enum cccd_err settle_place(const struct device_keys_place *place,
                                  struct device_keys *keys,
                                  struct cccd_error *error)
{
	const char *dir = place->dir != NULL ? place->dir : DEVICE_KEY_DIR;

	keys->alg = place->alg;
	keys->keep_s = place->keep_s != 0 ? place->keep_s : DEVICE_KEYS_KEEP_S;
	if (snprintf(keys->dir, sizeof(keys->dir), "%s", dir) >=
	    (int)sizeof(keys->dir))
		return too_long(error);
	if (place->credential == NULL)
		return find_credential(keys, error);
	if (snprintf(keys->credential, sizeof(keys->credential), "%s",
	             place->credential) >= (int)sizeof(keys->credential))
		return too_long(error);
	return CCCD_OK;
}

static struct device_key_place place_of(const struct device_keys *keys)
{
	return (struct device_key_place){
		.dir = keys->dir,
		.credential =
		        keys->credential[0] != '\0' ? keys->credential : NULL,
		.alg = keys->alg,
	};
}

static enum cccd_err load_site_key(const char *path, struct cccd_error *error,
                                   uint8_t ret[static SITE_KEY_LEN])
{
	BUF bytes = buf_make(SITE_KEY_LEN);
	enum cccd_err err =
	        private_file_read(path, PRIVATE_FILE_OWN, error, &bytes);

	if (err == CCCD_ERR_DATA_TOO_LARGE ||
	    (err == CCCD_OK && bytes.len != SITE_KEY_LEN)) {
		if (error != NULL)
			error_reset(error);
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "site-key has not %d bytes", SITE_KEY_LEN);
	}
	TRY(err);
	memcpy(ret, bytes.at, SITE_KEY_LEN);
	return CCCD_OK;
}

/* Whoever comes second finds the first one's key: a link replaces nothing. */
static enum cccd_err make_site_key(const char *path, struct cccd_error *error)
{
	char beside[PATH_TEXT_MAX + 32];
	uint8_t fresh[SITE_KEY_LEN];
	enum cccd_err err = CCCD_OK;

	(void)snprintf(beside, sizeof(beside), "%s.%ld", path, (long)getpid());
	TRY(random_fill(&random_system, fresh, sizeof(fresh)));
	err = file_write(beside, SPAN(fresh), error);
	wipe(fresh, sizeof(fresh));
	TRY(err);
	if (link(beside, path) != 0 && errno != EEXIST)
		err = fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                  "site-key cannot be made");
	(void)unlink(beside);
	return err;
}

static enum cccd_err open_site_key(struct device_keys *keys,
                                   struct cccd_error *error)
{
	char path[PATH_TEXT_MAX];

	if (snprintf(path, sizeof(path), "%s/site-key", keys->dir) >=
	    (int)sizeof(path))
		return too_long(error);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		TRY(make_site_key(path, error));
	return load_site_key(path, error, keys->site_key);
}

static void keys_cleanup(struct device_keys **keys)
{
	device_keys_close(*keys);
}

enum cccd_err device_keys_open(const struct device_keys_place *place,
                               struct cccd_error *error,
                               struct device_keys **ret)
{
	CLEANUP(keys_cleanup)
	struct device_keys *keys = calloc(1, sizeof(*keys));
	struct device_key_place where = { 0 };

	if (keys == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	TRY(settle_place(place, keys, error));
	where = place_of(keys);
	TRY(device_key_open(&where, clock_wall_s(), error, &keys->key));
	TRY(open_site_key(keys, error));
	*ret = keys;
	keys = NULL;
	return CCCD_OK;
}

void device_keys_close(struct device_keys *keys)
{
	if (keys == NULL)
		return;
	device_key_free(keys->key);
	wipe(keys, sizeof(*keys));
	free(keys);
}

static void take_key(struct device_keys *keys, struct device_key *fresh)
{
	device_key_free(keys->key);
	keys->key = fresh;
}

enum cccd_err device_keys_reload(struct device_keys *keys,
                                 struct cccd_error *error)
{
	struct device_key_place where = place_of(keys);
	struct device_key *fresh = NULL;

	TRY(device_key_open(&where, clock_wall_s(), error, &fresh));
	take_key(keys, fresh);
	return CCCD_OK;
}

enum cccd_err device_keys_rotate(struct device_keys *keys, int64_t now,
                                 struct cccd_error *error)
{
	struct device_key_place where = place_of(keys);
	struct device_key *fresh = NULL;

	where.alg = SIGN_NONE;
	TRY(device_key_rotate(&where, now, error, &fresh));
	take_key(keys, fresh);
	return CCCD_OK;
}

const char *device_keys_thumbprint(const struct device_keys *keys)
{
	return keys->key->jwk.thumbprint;
}

const char *device_keys_previous(const struct device_keys *keys)
{
	return keys->key->retired_count > 0
	               ? keys->key->retired[0].jwk.thumbprint
	               : NULL;
}

const char *device_keys_spoken(const struct device_keys *keys)
{
	return keys->key->jwk.spoken;
}

enum cccd_err device_keys_jwks(const struct device_keys *keys, int64_t now,
                               char **ret)
{
	return device_key_jwks(keys->key, now - keys->keep_s, ret);
}

enum cccd_err device_keys_sign(const struct device_keys *keys, const char *typ,
                               struct span payload, struct buf *ret)
{
	return jws_sign(keys->key->pair, &keys->key->jwk, typ, payload, ret);
}

/* A label never begins as a name of a relying party does, so that no name
 * can make one use answer for the other. */
enum cccd_err device_keys_site_mac(const struct device_keys *keys,
                                   const char *label, struct span data,
                                   uint8_t ret[static DEVICE_KEYS_MAC_LEN])
{
	BUF input = buf_make(MAC_INPUT_MAX);
	struct digest mac = { 0 };

	TRY(buf_append_byte(&input, 0));
	TRY(buf_append(&input, span_text(label)));
	TRY(buf_append_byte(&input, 0));
	TRY(buf_append(&input, data));
	TRY(digest_hmac(DIGEST_SHA256, SPAN(keys->site_key), buf_span(&input),
	                &mac));
	memcpy(ret, mac.bytes, DEVICE_KEYS_MAC_LEN);
	return CCCD_OK;
}

enum cccd_err device_keys_pairwise(const struct device_keys *keys,
                                   const char *rp, const char *id_number,
                                   char ret[static PAIRWISE_TEXT_MAX])
{
	BUF input = buf_make(MAC_INPUT_MAX);
	struct digest mac = { 0 };

	if (rp[0] == '\0' || id_number[0] == '\0')
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(buf_append(&input, span_text(rp)));
	TRY(buf_append_byte(&input, 0));
	TRY(buf_append(&input, span_text(id_number)));
	TRY(digest_hmac(DIGEST_SHA256, SPAN(keys->site_key), buf_span(&input),
	                &mac));
	base64url_text(digest_span(&mac), ret);
	return CCCD_OK;
}
