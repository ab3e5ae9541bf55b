/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence files: urn:cccd:evidence:1, docs/api/evidence.schema.json. */
#include "lib/json/evidence.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "lib/json/make.h"
#include "lib/json/parse.h"
#include "lib/json/result.h"

static const char schema_name[] = "urn:cccd:evidence:1";

/* Words that stand in the facts, so that loading gives constants back. */
static const char *const protocols[] = { "none", "bac", "pace" };
static const char *const passwords[] = { "none", "mrz", "can", "pin", "puk" };
static const char *const mappings[] = { "", "gm", "im", "cam" };
static const char *const ciphers[] = { "", "3des", "aes128", "aes192",
	                               "aes256" };

static const char *word(const char *const *words, size_t count,
                        const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], text) == 0)
			return words[i];
	return NULL;
}

static struct cccd_bytes bytes(const uint8_t *at, size_t len)
{
	return (struct cccd_bytes){ .at = at, .len = len };
}

static void put_access(struct json_maker *maker, cJSON *root,
                       const struct cccd_evidence_facts *facts)
{
	const struct cccd_access *access = &facts->access;
	cJSON *object = make_object(maker, root, "access");

	make_text(maker, object, "protocol", protocols[access->protocol]);
	make_text(maker, object, "password",
	          access->password != NULL ? access->password : "none");
	make_text(maker, object, "mapping",
	          access->mapping != NULL ? access->mapping : "");
	make_text(maker, object, "cipher",
	          access->cipher != NULL ? access->cipher : "");
	make_number(maker, object, "domain_parameters", access->domain_id);
	make_bool(maker, object, "pace_visible", access->pace_visible);
	make_bool(maker, object, "pace_offered", access->pace_offered);
	make_bool(maker, object, "pace_constant", access->pace_constant);
	make_bool(maker, object, "downgraded", access->downgraded);
	make_bool(maker, object, "parameter_id_retried",
	          access->parameter_id_retried);
	make_number(maker, object, "pace_status", access->pace_status);
	make_bool(maker, object, "opened", facts->opened);
	make_bool(maker, object, "plain", facts->plain);
	make_number(maker, object, "breaks", facts->breaks);
	make_text(maker, object, "mrz", cccd_verdict_name(facts->mrz_verdict));
	make_text(maker, object, "cross_data",
	          cccd_verdict_name(facts->cross_verdict));
}

static void put_chip_auth(struct json_maker *maker, cJSON *root,
                          const struct cccd_chip_auth_facts *facts)
{
	cJSON *object = make_object(maker, root, "chip_authentication");

	make_text(maker, object, "outcome", facts->outcome);
	make_number(maker, object, "status_word", facts->status_word);
	make_base64url(maker, object, "ifd_public",
	               bytes(facts->ifd_public, facts->ifd_public_len));
	make_base64url(maker, object, "ic_public",
	               bytes(facts->ic_public, facts->ic_public_len));
}

static void put_active_auth(struct json_maker *maker, cJSON *root,
                            const struct cccd_active_auth_facts *facts)
{
	cJSON *object = make_object(maker, root, "active_authentication");

	make_text(maker, object, "outcome", facts->outcome);
	make_number(maker, object, "status_word", facts->status_word);
	make_base64url(maker, object, "challenge",
	               bytes(facts->challenge, sizeof(facts->challenge)));
	make_base64url(maker, object, "signature",
	               bytes(facts->signature, facts->signature_len));
}

static void put_cam(struct json_maker *maker, cJSON *root,
                    const struct cccd_cam_facts *facts)
{
	cJSON *object = NULL;

	if (!facts->present)
		return;
	object = make_object(maker, root, "pace_cam");
	make_number(maker, object, "domain_parameters", facts->domain_id);
	make_number(maker, object, "parameter_id", facts->parameter_id);
	make_base64url(maker, object, "map_public",
	               bytes(facts->map_public, facts->map_public_len));
	make_base64url(maker, object, "chip_auth_data",
	               bytes(facts->chip_auth_data, facts->chip_auth_data_len));
}

static void put_files(struct json_maker *maker, cJSON *root,
                      const struct cccd_document *document)
{
	cJSON *files = make_object(maker, root, "files");

	for (unsigned int i = 1; i < CCCD_FILES_COUNT; i++) {
		enum cccd_file file = (enum cccd_file)i;
		enum cccd_file_state state =
		        cccd_document_state(document, file);
		cJSON *object = NULL;

		if (state == CCCD_FILE_NOT_READ)
			continue;
		object = make_object(maker, files, cccd_file_name(file));
		make_text(maker, object, "state", cccd_file_state_name(state));
		if (state == CCCD_FILE_READ)
			make_base64url(maker, object, "bytes",
			               cccd_document_file(document, file));
	}
}

enum cccd_err json_evidence_text(struct cccd_evidence *evidence, char **ret)
{
	const struct cccd_evidence_facts *facts = cccd_evidence_facts(evidence);
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker maker = { .failed = root == NULL };

	make_text(&maker, root, "schema", schema_name);
	make_text(&maker, root, "transaction", facts->transaction);
	make_number(&maker, root, "taken", (double)facts->taken);
	make_bool(&maker, root, "clock_synchronised",
	          facts->clock_synchronised);
	make_digest(&maker, root, "trust_store", facts->trust_digest);
	put_access(&maker, root, facts);
	put_chip_auth(&maker, root, &facts->chip_auth);
	put_active_auth(&maker, root, &facts->active_auth);
	put_cam(&maker, root, &facts->cam);
	put_files(&maker, root, cccd_evidence_document(evidence));
	return make_text_of(&maker, root, true, ret);
}

enum cccd_err json_evidence_save(const char *path,
                                 struct cccd_evidence *evidence,
                                 struct cccd_error *error)
{
	char *text = NULL;
	enum cccd_err err = json_evidence_text(evidence, &text);

	if (err != CCCD_OK)
		return fail(error, err, "no memory for the evidence");
	err = file_write(path, span_text(text), error);
	json_text_free(text);
	return err;
}

static enum cccd_err bad(struct cccd_error *error, const char *name)
{
	return fail(error, CCCD_ERR_POLICY_CONFIG, "evidence: bad \"%.40s\"",
	            name);
}

static enum cccd_err take_word(const cJSON *object, const char *name,
                               const char *const *words, size_t count,
                               struct cccd_error *error, const char **ret)
{
	const char *text = NULL;

	TRY(parse_text(object, name, error, &text));
	*ret = word(words, count, text);
	return *ret != NULL ? CCCD_OK : bad(error, name);
}

/* Base64url into an array with its length. */
static enum cccd_err take_bytes(const cJSON *object, const char *name,
                                struct cccd_error *error, struct buf *scratch,
                                struct span *ret)
{
	const char *text = NULL;

	TRY(parse_text(object, name, error, &text));
	if (parse_base64url(text, NULL, scratch) != CCCD_OK)
		return bad(error, name);
	*ret = buf_span(scratch);
	return CCCD_OK;
}

static enum cccd_err take_array(const cJSON *object, const char *name,
                                struct cccd_error *error, uint8_t *at,
                                size_t cap, size_t *ret_len)
{
	BUF scratch = buf_make(cap);
	struct span value = { 0 };

	TRY(take_bytes(object, name, error, &scratch, &value));
	if (value.len > 0)
		memcpy(at, value.at, value.len);
	*ret_len = value.len;
	return CCCD_OK;
}

static enum cccd_err take_text(const cJSON *object, const char *name,
                               struct cccd_error *error, char *at, size_t cap)
{
	const char *text = NULL;

	TRY(parse_text(object, name, error, &text));
	if (strlen(text) >= cap)
		return bad(error, name);
	(void)snprintf(at, cap, "%s", text);
	return CCCD_OK;
}

static enum cccd_err take_flags(const cJSON *object, struct cccd_error *error,
                                struct cccd_evidence_facts *ret)
{
	struct cccd_access *access = &ret->access;

	TRY(parse_bool(object, "pace_visible", error, &access->pace_visible));
	TRY(parse_bool(object, "pace_offered", error, &access->pace_offered));
	TRY(parse_bool(object, "pace_constant", error, &access->pace_constant));
	TRY(parse_bool(object, "downgraded", error, &access->downgraded));
	TRY(parse_bool(object, "parameter_id_retried", error,
	               &access->parameter_id_retried));
	TRY(parse_bool(object, "opened", error, &ret->opened));
	return parse_bool(object, "plain", error, &ret->plain);
}

static enum cccd_err take_verdict(const cJSON *object, const char *name,
                                  struct cccd_error *error,
                                  enum cccd_verdict *ret)
{
	const char *text = NULL;

	TRY(parse_text(object, name, error, &text));
	for (unsigned int i = 0; i <= CCCD_ABORTED; i++) {
		if (strcmp(cccd_verdict_name((enum cccd_verdict)i), text) != 0)
			continue;
		*ret = (enum cccd_verdict)i;
		return CCCD_OK;
	}
	return bad(error, name);
}

static enum cccd_err take_access(const cJSON *root, struct cccd_error *error,
                                 struct cccd_evidence_facts *ret)
{
	static const char *const members[] = { "protocol",
		                               "password",
		                               "mapping",
		                               "cipher",
		                               "domain_parameters",
		                               "pace_visible",
		                               "pace_offered",
		                               "pace_constant",
		                               "downgraded",
		                               "parameter_id_retried",
		                               "pace_status",
		                               "opened",
		                               "plain",
		                               "breaks",
		                               "mrz",
		                               "cross_data" };
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, "access");
	struct cccd_access *access = &ret->access;
	const char *protocol = NULL;
	double number = 0;

	if (!cJSON_IsObject(object))
		return bad(error, "access");
	TRY(parse_no_others(object, members, ARRAY_LEN(members), error));
	TRY(take_word(object, "protocol", protocols, ARRAY_LEN(protocols),
	              error, &protocol));
	for (unsigned int i = 0; i < ARRAY_LEN(protocols); i++)
		if (protocols[i] == protocol)
			access->protocol = (enum cccd_access_protocol)i;
	TRY(take_word(object, "password", passwords, ARRAY_LEN(passwords),
	              error, &access->password));
	TRY(take_word(object, "mapping", mappings, ARRAY_LEN(mappings), error,
	              &access->mapping));
	TRY(take_word(object, "cipher", ciphers, ARRAY_LEN(ciphers), error,
	              &access->cipher));
	TRY(take_flags(object, error, ret));
	TRY(parse_integer(object, "domain_parameters", -1, 255, error,
	                  &number));
	access->domain_id = (int)number;
	TRY(parse_integer(object, "pace_status", 0, 65535, error, &number));
	access->pace_status = (uint16_t)number;
	TRY(parse_integer(object, "breaks", 0, 65535, error, &number));
	ret->breaks = (uint32_t)number;
	TRY(take_verdict(object, "mrz", error, &ret->mrz_verdict));
	return take_verdict(object, "cross_data", error, &ret->cross_verdict);
}

static enum cccd_err take_chip_auth(const cJSON *root, struct cccd_error *error,
                                    struct cccd_chip_auth_facts *ret)
{
	static const char *const members[] = { "outcome", "status_word",
		                               "ifd_public", "ic_public" };
	const cJSON *object =
	        cJSON_GetObjectItemCaseSensitive(root, "chip_authentication");
	double number = 0;

	TRY(parse_no_others(object, members, ARRAY_LEN(members), error));
	TRY(take_text(object, "outcome", error, ret->outcome,
	              sizeof(ret->outcome)));
	TRY(parse_integer(object, "status_word", 0, 65535, error, &number));
	ret->status_word = (uint16_t)number;
	TRY(take_array(object, "ifd_public", error, ret->ifd_public,
	               sizeof(ret->ifd_public), &ret->ifd_public_len));
	return take_array(object, "ic_public", error, ret->ic_public,
	                  sizeof(ret->ic_public), &ret->ic_public_len);
}

static enum cccd_err take_active_auth(const cJSON *root,
                                      struct cccd_error *error,
                                      struct cccd_active_auth_facts *ret)
{
	static const char *const members[] = { "outcome", "status_word",
		                               "challenge", "signature" };
	const cJSON *object =
	        cJSON_GetObjectItemCaseSensitive(root, "active_authentication");
	double number = 0;
	size_t len = 0;

	TRY(parse_no_others(object, members, ARRAY_LEN(members), error));
	TRY(take_text(object, "outcome", error, ret->outcome,
	              sizeof(ret->outcome)));
	TRY(parse_integer(object, "status_word", 0, 65535, error, &number));
	ret->status_word = (uint16_t)number;
	TRY(take_array(object, "challenge", error, ret->challenge,
	               sizeof(ret->challenge), &len));
	if (len != sizeof(ret->challenge))
		return bad(error, "challenge");
	return take_array(object, "signature", error, ret->signature,
	                  sizeof(ret->signature), &ret->signature_len);
}

static enum cccd_err take_cam(const cJSON *root, struct cccd_error *error,
                              struct cccd_cam_facts *ret)
{
	static const char *const members[] = { "domain_parameters",
		                               "parameter_id", "map_public",
		                               "chip_auth_data" };
	const cJSON *object =
	        cJSON_GetObjectItemCaseSensitive(root, "pace_cam");
	double number = 0;

	if (object == NULL)
		return CCCD_OK;
	TRY(parse_no_others(object, members, ARRAY_LEN(members), error));
	ret->present = true;
	TRY(parse_integer(object, "domain_parameters", -1, 255, error,
	                  &number));
	ret->domain_id = (int32_t)number;
	TRY(parse_integer(object, "parameter_id", 0, UINT32_MAX, error,
	                  &number));
	ret->parameter_id = (uint32_t)number;
	TRY(take_array(object, "map_public", error, ret->map_public,
	               sizeof(ret->map_public), &ret->map_public_len));
	return take_array(object, "chip_auth_data", error, ret->chip_auth_data,
	                  sizeof(ret->chip_auth_data),
	                  &ret->chip_auth_data_len);
}

static bool state_by_name(const char *name, enum cccd_file_state *ret)
{
	for (unsigned int i = 0; i <= CCCD_FILE_ABORTED; i++) {
		if (strcmp(cccd_file_state_name((enum cccd_file_state)i),
		           name) != 0)
			continue;
		*ret = (enum cccd_file_state)i;
		return true;
	}
	return false;
}

static enum cccd_err take_file(const cJSON *item, struct cccd_error *error,
                               struct cccd_evidence *ret)
{
	static const char *const members[] = { "state", "bytes" };
	enum cccd_file file = cccd_file_by_name(item->string);
	enum cccd_file_state state = CCCD_FILE_NOT_READ;
	BUF scratch = buf_make(JSON_EVIDENCE_MAX);
	struct span value = { 0 };
	const char *name = NULL;

	if (file == CCCD_FILE_NONE || !cJSON_IsObject(item))
		return bad(error, item->string);
	TRY(parse_no_others(item, members, ARRAY_LEN(members), error));
	TRY(parse_text(item, "state", error, &name));
	if (!state_by_name(name, &state))
		return bad(error, "state");
	if (state == CCCD_FILE_READ)
		TRY(take_bytes(item, "bytes", error, &scratch, &value));
	if (state == CCCD_FILE_READ && value.len == 0)
		return bad(error, "bytes");
	if (cccd_evidence_set_file(ret, file, state, span_bytes(value)) !=
	    CCCD_OK)
		return fail(error, CCCD_ERR_DATA_TOO_LARGE,
		            "evidence: file \"%.20s\" is too large",
		            item->string);
	return CCCD_OK;
}

static enum cccd_err take_files(const cJSON *root, struct cccd_error *error,
                                struct cccd_evidence *ret)
{
	const cJSON *files = cJSON_GetObjectItemCaseSensitive(root, "files");
	const cJSON *item = NULL;

	if (!cJSON_IsObject(files))
		return bad(error, "files");
	cJSON_ArrayForEach(item, files)
	{
		if (cJSON_GetObjectItemCaseSensitive(files, item->string) !=
		    item)
			return bad(error, item->string);
		TRY(take_file(item, error, ret));
	}
	return CCCD_OK;
}

static enum cccd_err take_all(const cJSON *root, struct cccd_error *error,
                              struct cccd_evidence *ret)
{
	static const char *const members[] = {
		"schema",
		"transaction",
		"taken",
		"clock_synchronised",
		"trust_store",
		"access",
		"chip_authentication",
		"active_authentication",
		"pace_cam",
		"files",
	};
	struct cccd_evidence_facts *facts = cccd_evidence_facts(ret);
	const char *schema = NULL;
	double taken = 0;

	TRY(parse_no_others(root, members, ARRAY_LEN(members), error));
	TRY(parse_text(root, "schema", error, &schema));
	if (strcmp(schema, schema_name) != 0)
		return bad(error, "schema");
	TRY(take_text(root, "transaction", error, facts->transaction,
	              sizeof(facts->transaction)));
	TRY(parse_integer(root, "taken", 0, 1e11, error, &taken));
	facts->taken = (int64_t)taken;
	TRY(parse_bool(root, "clock_synchronised", error,
	               &facts->clock_synchronised));
	TRY(take_access(root, error, facts));
	TRY(take_chip_auth(root, error, &facts->chip_auth));
	TRY(take_active_auth(root, error, &facts->active_auth));
	TRY(take_cam(root, error, &facts->cam));
	return take_files(root, error, ret);
}

enum cccd_err json_evidence_parse(struct span text, struct cccd_error *error,
                                  struct cccd_evidence **ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct cccd_evidence *evidence = NULL;
	enum cccd_err err = CCCD_OK;

	TRY(parse_object(text, "evidence", error, &root));
	if (cccd_evidence_new(&evidence) != CCCD_OK)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	err = take_all(root, error, evidence);
	if (err != CCCD_OK) {
		cccd_evidence_free(evidence);
		return err;
	}
	*ret = evidence;
	return CCCD_OK;
}

enum cccd_err json_evidence_load(const char *path, struct cccd_error *error,
                                 struct cccd_evidence **ret)
{
	BUF text = buf_make(JSON_EVIDENCE_MAX);

	TRY(parse_read(path, error, &text));
	return json_evidence_parse(buf_span(&text), error, ret);
}
