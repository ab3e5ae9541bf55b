/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of desks in the form that verifies, made once. */
#include "service/gateway/check_keys.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Desks that are remembered; each takes a few KiB. */
enum { SLOTS = 1024, HASH_FACTOR = 31 };

/**
 * struct check_key - by the very text it was made of.
 * @holders: threads, and the slot it stands in
 */
struct check_key {
	atomic_uint holders;
	char *jwk;
	struct cccd_jwks *set;
};

struct check_keys {
	pthread_mutex_t lock;
	struct check_key *slots[SLOTS];
};

struct check_keys *check_keys_new(void)
{
	struct check_keys *keys = calloc(1, sizeof(*keys));

	if (keys == NULL || pthread_mutex_init(&keys->lock, NULL) == 0)
		return keys;
	free(keys);
	return NULL;
}

void check_keys_free(struct check_keys *keys)
{
	if (keys == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		check_key_give(keys->slots[i]);
	(void)pthread_mutex_destroy(&keys->lock);
	free(keys);
}

void check_key_give(struct check_key *key)
{
	if (key == NULL || atomic_fetch_sub(&key->holders, 1) > 1)
		return;
	cccd_jwks_free(key->set);
	free(key->jwk);
	free(key);
}

const struct cccd_jwks *check_key_set(const struct check_key *key)
{
	return key->set;
}

/* Held once, for whoever asked. */
static enum cccd_err make(const char *jwk, struct check_key **ret)
{
	struct check_key *key = calloc(1, sizeof(*key));
	enum cccd_err err = CCCD_ERR_MEMORY;

	if (key == NULL)
		return err;
	atomic_init(&key->holders, 1);
	key->jwk = strdup(jwk);
	if (key->jwk != NULL)
		err = cccd_jwks_parse(jwk, strlen(jwk), NULL, &key->set);
	if (err == CCCD_OK)
		*ret = key;
	else
		check_key_give(key);
	return err;
}

/* Thumbprints are digests: any of their letters scatter. */
static size_t slot_of(const char *thumbprint)
{
	size_t sum = 0;

	for (; *thumbprint != '\0'; thumbprint++)
		sum = sum * HASH_FACTOR + (unsigned char)*thumbprint;
	return sum % SLOTS;
}

static struct check_key *find(struct check_keys *keys, size_t slot,
                              const char *jwk)
{
	struct check_key *key = NULL;

	(void)pthread_mutex_lock(&keys->lock);
	key = keys->slots[slot];
	if (key != NULL && strcmp(key->jwk, jwk) == 0)
		(void)atomic_fetch_add(&key->holders, 1);
	else
		key = NULL;
	(void)pthread_mutex_unlock(&keys->lock);
	return key;
}

static void keep(struct check_keys *keys, size_t slot, struct check_key *key)
{
	struct check_key *before = NULL;

	(void)atomic_fetch_add(&key->holders, 1);
	(void)pthread_mutex_lock(&keys->lock);
	before = keys->slots[slot];
	keys->slots[slot] = key;
	(void)pthread_mutex_unlock(&keys->lock);
	check_key_give(before);
}

enum cccd_err check_keys_take(struct check_keys *keys, const char *thumbprint,
                              const char *jwk, struct check_key **ret)
{
	size_t slot = slot_of(thumbprint);
	struct check_key *key = keys != NULL ? find(keys, slot, jwk) : NULL;

	if (key == NULL) {
		TRY(make(jwk, &key));
		if (keys != NULL)
			keep(keys, slot, key);
	}
	*ret = key;
	return CCCD_OK;
}
