/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of desks in the form that verifies, made once. */
#ifndef SERVICE_GATEWAY_CHECK_KEYS_H
#define SERVICE_GATEWAY_CHECK_KEYS_H

#include <cccd/assertion.h>

#include "base/macros.h"

/* Whether a desk counts is never remembered here: see check_run(). */
struct check_keys;
struct check_key;

/* NULL without memory. */
struct check_keys *check_keys_new(void);
/* Nobody holds a key of it; accepts NULL. */
void check_keys_free(struct check_keys *keys);

/**
 * check_keys_take() - the key of a row of the registry of desks.
 * @keys: NULL remembers nothing; any thread
 * @thumbprint, @jwk: of the row, as read just now
 * @ret:  given back with check_key_give(), by any thread
 *
 * Return: CCCD_OK; errors of cccd_jwks_parse().
 */
CHECKED enum cccd_err check_keys_take(struct check_keys *keys,
                                      const char *thumbprint, const char *jwk,
                                      struct check_key **ret);
/* Accepts NULL. */
void check_key_give(struct check_key *key);

/* Borrowed until it is given back. */
const struct cccd_jwks *check_key_set(const struct check_key *key);

#endif
