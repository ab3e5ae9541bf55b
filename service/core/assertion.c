/* SPDX-License-Identifier: Apache-2.0 */
/* The signed assertion: service-api 6; docs/api/assertion.schema.json. */
#include "service/core/assertion.h"

#include "base/digest.h"
#include "lib/json/assertion_object.h"
#include "lib/json/claims.h"
#include "lib/json/make.h"
#include "lib/json/nonce.h"
#include "lib/json/result.h"
#include "lib/json/strict.h"

enum { ORIGIN_MOST = 512, PAYLOAD_MAX = CCCD_ASSERTION_MAX / 4 * 3 };

enum cccd_err assertion_digests_of(const struct cccd_document *document,
                                   struct assertion_digests *ret)
{
	struct assertion_digests digests = { 0 };

	for (unsigned int i = 1; i < CCCD_FILES_COUNT; i++) {
		struct cccd_bytes file =
		        cccd_document_file(document, (enum cccd_file)i);
		struct digest digest = { 0 };

		if (file.len == 0)
			continue;
		TRY(digest_compute(DIGEST_SHA256, bytes_span(file), &digest));
		memcpy(digests.sha256[i], digest.bytes,
		       sizeof(digests.sha256[i]));
		digests.present[i] = true;
	}
	*ret = digests;
	return CCCD_OK;
}

static bool is_text(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static enum cccd_err check(const struct assertion_input *input,
                           struct cccd_error *error)
{
	if (!nonce_is_sound(input->nonce))
		return fail(error, CCCD_ERR_NONCE_TOO_SHORT,
		            "the nonce is no 256 bits in base64url");
	if (!is_text(input->audience) || !is_text(input->purpose) ||
	    !is_text(input->consent) || !is_text(input->transaction) ||
	    input->origin == NULL || strlen(input->origin) > ORIGIN_MOST ||
	    (input->pairwise != NULL && input->pairwise[0] == '\0') ||
	    input->digests == NULL)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "a claim of the assertion is missing");
	if (input->lifetime_s < 1 || input->lifetime_s > ASSERTION_LIFETIME_S ||
	    input->level < ASSERTION_A1 || input->level > ASSERTION_A3)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "lifetime or level of the assertion");
	if (!strict_is_json(input->result, NULL))
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "the result is no JSON object");
	return CCCD_OK;
}

static void put_digests(struct json_maker *maker, cJSON *root,
                        const struct assertion_digests *digests)
{
	cJSON *object = make_object(maker, root, "evidence_digest");

	for (unsigned int i = 1; i < CCCD_FILES_COUNT; i++)
		if (digests->present[i])
			make_digest(maker, object,
			            cccd_file_name((enum cccd_file)i),
			            digests->sha256[i]);
}

/* Everything but the result, which never enters a tree of copies. */
static enum cccd_err head_of(const struct device_keys *keys,
                             const struct assertion_input *input, char **ret)
{
	static const char *const levels[] = { "", "A1", "A2", "A3" };
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };
	char issuer[sizeof(ASSERTION_ISSUER) + JWK_THUMBPRINT_MAX] =
	        ASSERTION_ISSUER;
	char id[CLAIMS_ID_MAX];

	memcpy(issuer + sizeof(ASSERTION_ISSUER) - 1,
	       device_keys_thumbprint(keys), JWK_THUMBPRINT_MAX);
	TRY(claims_new_id(id));
	make_text(&maker, root, "iss", issuer);
	make_text(&maker, root, "aud", input->audience);
	make_text(&maker, root, "nonce", input->nonce);
	make_number(&maker, root, "iat", (double)input->now);
	make_number(&maker, root, "nbf", (double)input->now);
	make_number(&maker, root, "exp",
	            (double)(input->now + input->lifetime_s));
	make_text(&maker, root, "jti", id);
	make_text(&maker, root, "txn", input->transaction);
	make_text_if(&maker, root, "origin", input->origin);
	make_text(&maker, root, "purpose", input->purpose);
	make_text(&maker, root, "consent", input->consent);
	make_text(&maker, root, "level", levels[input->level]);
	if (input->pairwise != NULL)
		make_text(&maker, root, "sub", input->pairwise);
	put_digests(&maker, root, input->digests);
	return make_text_of(&maker, root, false, ret);
}

/* The head without its closing brace, then the result as it is. */
static enum cccd_err join(const char *head, struct span result, struct buf *ret)
{
	TRY(buf_append(ret, span_of(head, strlen(head) - 1)));
	TRY(buf_append(ret, span_text(",\"result\":")));
	TRY(buf_append(ret, result));
	return buf_append_byte(ret, '}');
}

enum cccd_err assertion_make(const struct device_keys *keys,
                             const struct assertion_input *input,
                             struct cccd_error *error, struct buf *ret)
{
	BUF payload = buf_make(PAYLOAD_MAX);
	char *head = NULL;
	enum cccd_err err = CCCD_OK;

	TRY(check(input, error));
	err = head_of(keys, input, &head);
	if (err == CCCD_OK)
		err = join(head, input->result, &payload);
	json_text_free(head);
	if (err == CCCD_OK)
		err = device_keys_sign(keys, ASSERTION_TYP, buf_span(&payload),
		                       ret);
	return err == CCCD_OK ? err
	                      : fail(error, err, "the assertion is not made");
}
