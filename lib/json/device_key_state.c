/* SPDX-License-Identifier: Apache-2.0 */
/* public-keys.json: urn:cccd:device-keys:1, and the JWKS made of it. */
#include "lib/json/device_key_state.h"

#include "base/file.h"
#include "lib/json/jwk_object.h"
#include "lib/json/parse.h"
#include "lib/json/result.h"

enum { STATE_MAX = 64 * 1024 };

static const char schema_name[] = "urn:cccd:device-keys:1";

static enum cccd_err bad(struct cccd_error *error, const char *what)
{
	return fail(error, CCCD_ERR_POLICY_CONFIG, "public-keys.json: bad %s",
	            what);
}

static enum cccd_err take_jwk(const cJSON *object, const char *name,
                              struct cccd_error *error, struct jwk *ret)
{
	struct sign_verifier *verifier = NULL;

	TRY(jwk_take(cJSON_GetObjectItemCaseSensitive(object, name), error, ret,
	             &verifier));
	sign_verifier_free(verifier);
	return CCCD_OK;
}

static enum cccd_err take_retired(const cJSON *root, struct cccd_error *error,
                                  struct device_key *ret)
{
	const cJSON *array = cJSON_GetObjectItemCaseSensitive(root, "retired");
	const cJSON *item = NULL;

	if (!cJSON_IsArray(array) ||
	    cJSON_GetArraySize(array) > DEVICE_KEY_RETIRED_MAX)
		return bad(error, "\"retired\"");
	cJSON_ArrayForEach(item, array)
	{
		struct device_key_retired *row =
		        &ret->retired[ret->retired_count];
		double since = 0;

		TRY(parse_integer(item, "since", 0, 1e11, error, &since));
		TRY(take_jwk(item, "jwk", error, &row->jwk));
		row->since = (int64_t)since;
		ret->retired_count++;
	}
	return CCCD_OK;
}

enum cccd_err device_key_state_load(const char *path, struct cccd_error *error,
                                    struct device_key *ret)
{
	BUF text = buf_make(STATE_MAX);
	CLEANUP(json_cleanup) cJSON *root = NULL;
	const char *schema = NULL;

	TRY(parse_read(path, error, &text));
	TRY(parse_object(buf_span(&text), "public-keys.json", error, &root));
	TRY(parse_text(root, "schema", error, &schema));
	if (strcmp(schema, schema_name) != 0)
		return bad(error, "\"schema\"");
	TRY(take_jwk(root, "jwk", error, &ret->jwk));
	return take_retired(root, error, ret);
}

static void put_jwk(struct json_maker *maker, cJSON *parent,
                    const struct jwk *jwk)
{
	cJSON *made = cJSON_Parse(jwk->text);

	if (made == NULL || !cJSON_AddItemToObject(parent, "jwk", made)) {
		cJSON_Delete(made);
		maker->failed = true;
	}
}

enum cccd_err device_key_state_save(const char *path,
                                    const struct device_key *key,
                                    struct cccd_error *error)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *array = NULL;
	char *text = NULL;
	enum cccd_err err = CCCD_OK;

	make_text(&maker, root, "schema", schema_name);
	put_jwk(&maker, root, &key->jwk);
	array = make_array(&maker, root, "retired");
	for (size_t i = 0; i < key->retired_count; i++) {
		cJSON *item = cJSON_CreateObject();

		make_number(&maker, item, "since",
		            (double)key->retired[i].since);
		put_jwk(&maker, item, &key->retired[i].jwk);
		make_item(&maker, array, item);
	}
	if (make_text_of(&maker, root, true, &text) != CCCD_OK)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	err = file_write(path, span_text(text), error);
	json_text_free(text);
	return err;
}

static void put_names(struct json_maker *maker, cJSON *object,
                      const struct jwk *jwk)
{
	make_text(maker, object, "thumbprint", jwk->thumbprint);
	make_text(maker, object, "spoken", jwk->spoken);
	make_text(maker, object, "alg", sign_alg_name(jwk->key.alg));
	put_jwk(maker, object, jwk);
}

enum cccd_err device_key_text(const struct device_key *key, char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *array = NULL;

	make_text(&maker, root, "schema", "urn:cccd:device:1");
	put_names(&maker, root, &key->jwk);
	array = make_array(&maker, root, "retired");
	for (size_t i = 0; i < key->retired_count; i++) {
		cJSON *item = cJSON_CreateObject();

		put_names(&maker, item, &key->retired[i].jwk);
		make_time(&maker, item, "since", key->retired[i].since);
		make_item(&maker, array, item);
	}
	return make_text_of(&maker, root, true, ret);
}

enum cccd_err device_key_jwks(const struct device_key *key, int64_t oldest,
                              char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	cJSON *array = make_array(&maker, root, "keys");

	jwk_put(&maker, array, &key->jwk);
	for (size_t i = 0; i < key->retired_count; i++)
		if (key->retired[i].since >= oldest)
			jwk_put(&maker, array, &key->retired[i].jwk);
	return make_text_of(&maker, root, false, ret);
}
