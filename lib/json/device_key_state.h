/* SPDX-License-Identifier: Apache-2.0 */
/* public-keys.json: urn:cccd:device-keys:1; for the files of this room. */
#ifndef LIB_JSON_DEVICE_KEY_STATE_H
#define LIB_JSON_DEVICE_KEY_STATE_H

#include "lib/json/device_key.h"

#define DEVICE_KEY_SECRET "device-key.pem"
#define DEVICE_KEY_PUBLIC "public-keys.json"

/* Current and retired keys into a zeroed @ret; the pair is left alone.
 * CCCD_ERR_USAGE_FILE, CCCD_ERR_POLICY_CONFIG. */
CHECKED enum cccd_err device_key_state_load(const char *path,
                                            struct cccd_error *error,
                                            struct device_key *ret);

CHECKED enum cccd_err device_key_state_save(const char *path,
                                            const struct device_key *key,
                                            struct cccd_error *error);

#endif
