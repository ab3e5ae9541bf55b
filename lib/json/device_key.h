/* SPDX-License-Identifier: Apache-2.0 */
/* The device key on disk: what cccdd signs with and cccd shows. */
#ifndef LIB_JSON_DEVICE_KEY_H
#define LIB_JSON_DEVICE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/error.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/sign_pair.h"
#include "lib/json/jwk.h"

#define DEVICE_KEY_DIR "/var/lib/cccdd/keys"

enum { DEVICE_KEY_RETIRED_MAX = 8 };

/**
 * struct device_key_retired - a key that signs no longer.
 * @since: seconds since 1970 UTC
 */
struct device_key_retired {
	struct jwk jwk;
	int64_t since;
};

/**
 * struct device_key - the current pair and the public halves before it.
 * @pair:       NULL when opened for showing
 * @credential: it came from a credential and is rotated elsewhere
 * @retired:    newest first
 */
struct device_key {
	struct sign_pair *pair;
	struct jwk jwk;
	bool credential;
	struct device_key_retired retired[DEVICE_KEY_RETIRED_MAX];
	size_t retired_count;
};

/**
 * struct device_key_place - where it is.
 * @dir:        holds device-key.pem, which is secret, and public-keys.json;
 *              made with mode 0700 when it is not there
 * @credential: a PKCS#8 file in place of device-key.pem; NULL for none
 * @alg:        of a key that is made; SIGN_NONE for that of the key it
 * replaces, or ES256
 */
struct device_key_place {
	const char *dir;
	const char *credential;
	enum sign_alg alg;
};

/**
 * device_key_open() - the key to sign with; made where there is none.
 * @now: seconds since 1970 UTC: when a key that was replaced by hand, or as
 *       a credential, was first missed
 *
 * Return: CCCD_OK, freed with device_key_free();
 * CCCD_ERR_POLICY_CONFIG when others may read it, somebody else owns it, or
 * it is no key of ours; CCCD_ERR_USAGE_FILE with errno; CCCD_ERR_CRYPTO_*;
 * CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err device_key_open(const struct device_key_place *place,
                                      int64_t now, struct cccd_error *error,
                                      struct device_key **ret);

/**
 * device_key_show() - the public halves alone, as the daemon left them.
 *
 * Return: CCCD_OK, with no pair; CCCD_ERR_USAGE_FILE with errno, ENOENT
 * before the first start; CCCD_ERR_POLICY_CONFIG.
 */
CHECKED enum cccd_err device_key_show(const char *dir, struct cccd_error *error,
                                      struct device_key **ret);

/**
 * device_key_rotate() - a new key; the old one is remembered by its public
 * half, its private half is gone.
 * @now: seconds since 1970 UTC
 *
 * Only by the user who owns the directory: another's file would lock the
 * daemon out.
 *
 * Return: CCCD_OK, with the new key in @ret; CCCD_ERR_POLICY_REFUSED for a
 * credential or for another user; as device_key_open().
 */
CHECKED enum cccd_err device_key_rotate(const struct device_key_place *place,
                                        int64_t now, struct cccd_error *error,
                                        struct device_key **ret);

/**
 * device_key_jwks() - current first, then what was retired since @oldest.
 * @ret: freed with json_text_free()
 */
CHECKED enum cccd_err device_key_jwks(const struct device_key *key,
                                      int64_t oldest, char **ret);

/**
 * device_key_text() - urn:cccd:device:1, what an enrolment needs.
 * @ret: freed with json_text_free()
 */
CHECKED enum cccd_err device_key_text(const struct device_key *key, char **ret);

/* Accepts NULL. */
void device_key_free(struct device_key *key);

#endif
