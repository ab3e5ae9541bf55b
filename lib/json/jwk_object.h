/* SPDX-License-Identifier: Apache-2.0 */
/* Keys inside other JSON; for the files of this room. */
#ifndef LIB_JSON_JWK_OBJECT_H
#define LIB_JSON_JWK_OBJECT_H

#include "lib/json/jwk.h"
#include "lib/json/make.h"

/* As jwk_parse(), with the key made ready: freed by the caller. */
CHECKED enum cccd_err jwk_take(const cJSON *object, struct cccd_error *error,
                               struct jwk *ret,
                               struct sign_verifier **ret_verifier);

/* A JWK with kid, alg and use at the end of @array. */
void jwk_put(struct json_maker *maker, cJSON *array, const struct jwk *jwk);

/* Whether the alg @name is that of a key: "ES256"; "Ed25519", "EdDSA". */
bool jwk_alg_is(enum sign_alg alg, const char *name);

#endif
