/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of public keys: RFC 7517 5. */
#include <stdlib.h>

#include "lib/json/jwk_object.h"
#include "lib/json/parse.h"

struct jwks_row {
	struct jwk jwk;
	struct sign_verifier *verifier;
};

struct cccd_jwks {
	size_t count;
	struct jwks_row *rows;
};

void cccd_jwks_free(struct cccd_jwks *keys)
{
	if (keys == NULL)
		return;
	for (size_t i = 0; i < keys->count; i++)
		sign_verifier_free(keys->rows[i].verifier);
	free(keys->rows);
	free(keys);
}

static void jwks_cleanup(struct cccd_jwks **keys)
{
	cccd_jwks_free(*keys);
}

const struct jwk *jwks_find(const struct cccd_jwks *keys, const char *kid,
                            const struct sign_verifier **ret_verifier)
{
	const struct jwks_row *rows = keys->rows;

	for (size_t i = 0; rows != NULL && i < keys->count; i++) {
		const struct jwks_row *row = &rows[i];

		if (strcmp(row->jwk.kid, kid) != 0 &&
		    strcmp(row->jwk.thumbprint, kid) != 0)
			continue;
		if (ret_verifier != NULL)
			*ret_verifier = row->verifier;
		return &row->jwk;
	}
	return NULL;
}

/* Every name leads to one key. */
static enum cccd_err take_row(struct cccd_jwks *keys, const cJSON *item,
                              struct cccd_error *error)
{
	struct jwks_row *row = &keys->rows[keys->count];

	TRY(jwk_take(item, error, &row->jwk, &row->verifier));
	if (jwks_find(keys, row->jwk.kid, NULL) != NULL ||
	    jwks_find(keys, row->jwk.thumbprint, NULL) != NULL) {
		sign_verifier_free(row->verifier);
		row->verifier = NULL;
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "key %zu: this kid or key stands twice",
		            keys->count + 1);
	}
	keys->count++;
	return CCCD_OK;
}

static enum cccd_err reserve(struct cccd_jwks *keys, int count,
                             struct cccd_error *error)
{
	if (count < 1 || count > JWKS_KEYS_MAX)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "a key set holds 1 to %d keys", JWKS_KEYS_MAX);
	keys->rows = calloc((size_t)count, sizeof(*keys->rows));
	return keys->rows != NULL ? CCCD_OK
	                          : fail(error, CCCD_ERR_MEMORY, "no memory");
}

static enum cccd_err take_rows(struct cccd_jwks *keys, const cJSON *root,
                               struct cccd_error *error)
{
	const cJSON *array = cJSON_GetObjectItemCaseSensitive(root, "keys");
	const cJSON *item = NULL;

	if (array == NULL) {
		TRY(reserve(keys, 1, error));
		return take_row(keys, root, error);
	}
	if (!cJSON_IsArray(array))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "member \"keys\" is missing or bad");
	TRY(reserve(keys, cJSON_GetArraySize(array), error));
	cJSON_ArrayForEach(item, array)
	{
		TRY(take_row(keys, item, error));
	}
	return CCCD_OK;
}

enum cccd_err cccd_jwks_parse(const char *text, size_t len,
                              struct cccd_error *error, struct cccd_jwks **ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	CLEANUP(jwks_cleanup) struct cccd_jwks *keys = NULL;

	if (text == NULL || len > JWKS_TEXT_MAX)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "the key set is missing or too large");
	TRY(parse_object(span_of(text, len), "key set", error, &root));
	keys = calloc(1, sizeof(*keys));
	if (keys == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	TRY(take_rows(keys, root, error));
	*ret = keys;
	keys = NULL;
	return CCCD_OK;
}

size_t cccd_jwks_count(const struct cccd_jwks *keys)
{
	return keys->count;
}

const char *cccd_jwks_thumbprint(const struct cccd_jwks *keys, size_t index)
{
	return index < keys->count ? keys->rows[index].jwk.thumbprint : NULL;
}

const char *cccd_jwks_spoken(const struct cccd_jwks *keys, size_t index)
{
	return index < keys->count ? keys->rows[index].jwk.spoken : NULL;
}

const char *cccd_jwks_jwk(const struct cccd_jwks *keys, size_t index)
{
	return index < keys->count ? keys->rows[index].jwk.text : NULL;
}
