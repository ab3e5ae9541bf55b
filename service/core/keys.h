/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's own keys: what it signs with, and the key of its site. */
#ifndef SERVICE_CORE_KEYS_H
#define SERVICE_CORE_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/error.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/sign_pair.h"
#include "lib/json/device_key.h"

/* The device key and the site key; used on the loop's thread. The site key
 * stays as it was opened: what only reads it may be called on any. */
struct device_keys;

/* Assertions outlive a rotation by minutes; a registry is given weeks. */
enum { DEVICE_KEYS_KEEP_S = 30 * 24 * 3600 };

/**
 * struct device_keys_place - where they are.
 * @dir:        made with mode 0700 when it is not there; NULL for
 *              DEVICE_KEY_DIR
 * @credential: a PKCS#8 file that is used in place of the one in @dir, as
 *              systemd hands out; NULL: $CREDENTIALS_DIRECTORY/device-key
 *              where that exists, else none
 * @alg:        of a key that is made on the first start; SIGN_NONE for ES256
 * @keep_s:     how long a replaced key stays in the JWKS; 0 for
 *              DEVICE_KEYS_KEEP_S
 */
struct device_keys_place {
	const char *dir;
	const char *credential;
	enum sign_alg alg;
	uint32_t keep_s;
};

/**
 * device_keys_open() - load the keys; make them on the first start.
 * @place: copied
 *
 * Return: CCCD_OK, freed with device_keys_close(); CCCD_ERR_POLICY_CONFIG
 * for a key file that others may read, that belongs to somebody else or
 * that is no PKCS#8 key of ours; CCCD_ERR_USAGE_FILE with errno;
 * CCCD_ERR_CRYPTO_*; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err device_keys_open(const struct device_keys_place *place,
                                       struct cccd_error *error,
                                       struct device_keys **ret);

/* Wipes; accepts NULL. */
void device_keys_close(struct device_keys *keys);

/**
 * device_keys_reload() - after a rotation by cccd(1), on SIGHUP.
 *
 * On failure the keys that were in use stay in use.
 */
CHECKED enum cccd_err device_keys_reload(struct device_keys *keys,
                                         struct cccd_error *error);

/**
 * device_keys_rotate() - a new key from now on; the old one only verifies.
 *
 * The old private key is gone when this returns.
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_REFUSED for a credential, which is
 * rotated where it comes from; as device_keys_open().
 */
CHECKED enum cccd_err device_keys_rotate(struct device_keys *keys, int64_t now,
                                         struct cccd_error *error);

/* RFC 7638, 43 letters: what `cccd device show` prints and a registry
 * enters. Valid until the next reload or rotation. */
const char *device_keys_thumbprint(const struct device_keys *keys);

/* Of the key before it, for requests under way; NULL when there is none. */
const char *device_keys_previous(const struct device_keys *keys);

/* The current one in 25 digits for reading aloud, "12345 67890 …". */
const char *device_keys_spoken(const struct device_keys *keys);

/**
 * device_keys_jwks() - for /.well-known/jwks.json: current, then previous.
 * @now: keys retired longer ago than keep_s are left out
 * @ret: freed with json_text_free()
 */
CHECKED enum cccd_err device_keys_jwks(const struct device_keys *keys,
                                       int64_t now, char **ret);

/**
 * device_keys_sign() - a compact JWS by the current key.
 * @typ:     e.g. "cccd-assertion+jwt"
 * @payload: JSON, as it is
 */
CHECKED enum cccd_err device_keys_sign(const struct device_keys *keys,
                                       const char *typ, struct span payload,
                                       struct buf *ret);

enum { DEVICE_KEYS_MAC_LEN = 32, PAIRWISE_TEXT_MAX = 44 };

/**
 * device_keys_site_mac() - HMAC-SHA-256 with the site key.
 * @label: separates uses, e.g. "document-reference"; the MAC is over
 *         0x00 ‖ label ‖ 0x00 ‖ data
 */
CHECKED enum cccd_err
device_keys_site_mac(const struct device_keys *keys, const char *label,
                     struct span data, uint8_t ret[static DEVICE_KEYS_MAC_LEN]);

/**
 * device_keys_pairwise() - the citizen as one relying party knows him.
 *
 * base64url(HMAC-SHA-256(site key, rp ‖ 0x00 ‖ id number)): the same
 * person at the same relying party and site gives the same text, and no two
 * relying parties can compare theirs. [service-api 6, sub]
 */
CHECKED enum cccd_err device_keys_pairwise(const struct device_keys *keys,
                                           const char *rp,
                                           const char *id_number,
                                           char ret[static PAIRWISE_TEXT_MAX]);

#endif
