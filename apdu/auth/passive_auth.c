/* SPDX-License-Identifier: Apache-2.0 */
/* Passive authentication of EF.SOD and EF.CardSecurity: Doc 9303-11 5.1. */
#include "apdu/auth/passive_auth.h"

#include <stdio.h>

#include "apdu/auth/oid.h"
#include "apdu/auth/signature.h"
#include "apdu/auth/signed_object.h"
#include "apdu/lds/sod.h"

enum {
	TAG_SOD = 0x77,
	LDS_VERSION_LEN = 4,
	GROUPS_MIN = 2, /* [9303-10 4.6.2.3] SIZE (2..16) */
};

static const struct signed_profile sod_profile = {
	.content_type = OID_LDS_SECURITY_OBJECT,
};

static const struct signed_profile card_security_profile = {
	.content_type = OID_SECURITY_OBJECT,
};

void pa_object_release(struct pa_object *object)
{
	buf_release(&object->ds_der);
	buf_release(&object->content);
	*object = (struct pa_object){ 0 };
}

void passive_auth_sod_release(struct passive_auth_sod *sod)
{
	pa_object_release(&sod->object);
	*sod = (struct passive_auth_sod){ 0 };
}

/* A defect of the hash list: noted, and the content fails by it. */
static void defect(struct passive_auth_sod *sod, bool present, const char *code,
                   unsigned int group)
{
	if (!present)
		return;
	auth_findings_add(&sod->object.findings, code, group);
	auth_check_fail(&sod->content, code);
}

/* [9303-10 4.6.2.1] V1 and only V1 carries ldsVersionInfo. */
static void check_version(struct passive_auth_sod *sod,
                          const struct cccd_sod *parsed)
{
	bool has_info = parsed->lds_version[0] != '\0';

	defect(sod, parsed->version > 1, "security_object_version", 0);
	defect(sod, parsed->version <= 1 && has_info != (parsed->version == 1),
	       "lds_version_mismatch", 0);
	(void)snprintf(sod->lds_version, sizeof(sod->lds_version), "%s",
	               parsed->lds_version);
	(void)snprintf(sod->unicode_version, sizeof(sod->unicode_version), "%s",
	               parsed->unicode_version);
	if (has_info && strcmp(parsed->lds_version, "0107") != 0 &&
	    strcmp(parsed->lds_version, "0108") != 0)
		auth_findings_add(&sod->object.findings, "lds_version_unknown",
		                  0);
}

static void take_digest(struct passive_auth_sod *sod,
                        const struct cccd_sod *parsed)
{
	struct span identifier = { 0 };
	enum cccd_err err = tlv_only(bytes_span(parsed->digest_algorithm),
	                             TAG_SEQUENCE, &identifier);

	if (err == CCCD_OK)
		err = digest_algorithm_parse(identifier, &sod->digest);
	if (err == CCCD_ERR_CRYPTO_UNSUPPORTED)
		auth_findings_add(&sod->object.findings, "unknown_digest", 0);
	else if (err == CCCD_ERR_POLICY_REFUSED)
		defect(sod, true, "digest_not_allowed", 0);
	else
		defect(sod, err != CCCD_OK, "digest_malformed", 0);
	if (err != CCCD_OK)
		sod->digest = DIGEST_NONE;
	if (sod->digest == DIGEST_SHA1)
		auth_findings_add(&sod->object.findings, "weak_digest_groups",
		                  0);
}

static void take_hash(struct passive_auth_sod *sod,
                      const struct cccd_data_group_hash *row)
{
	struct pa_group_hash *group = NULL;

	if (row->number < 1 || row->number > PA_GROUPS) {
		defect(sod, true, "data_group_number", 0);
		return;
	}
	group = &sod->groups[row->number];
	group->count++;
	defect(sod, group->count > 1, "data_group_listed_twice", row->number);
	defect(sod,
	       sod->digest != DIGEST_NONE &&
	               row->hash.len != digest_len(sod->digest),
	       "data_group_hash_length", row->number);
	if (row->hash.len > DIGEST_MAX)
		return;
	memcpy(group->digest.bytes, row->hash.at, row->hash.len);
	group->digest.len = row->hash.len;
}

static void take_content(struct passive_auth_sod *sod,
                         const struct cccd_sod *parsed)
{
	check_version(sod, parsed);
	take_digest(sod, parsed);
	for (size_t i = 0; i < parsed->hash_count; i++)
		take_hash(sod, &parsed->hashes[i]);
	if (parsed->hash_count < GROUPS_MIN)
		auth_findings_add(&sod->object.findings, "few_data_groups", 0);
	if (parsed->indefinite)
		auth_findings_add(&sod->object.findings, "indefinite_length",
		                  0);
	sod->trusted_content = true;
	if (sod->content.verdict == CCCD_NOT_RUN)
		sod->content = auth_check_make(CCCD_SUCCESSFUL, NULL);
}

/* The list is taken from the very bytes that were verified [pitfall 10]. */
static enum cccd_err parse_content(struct span file,
                                   struct passive_auth_sod *sod)
{
	BUF memory = buf_make(PA_SOD_MAX + TLV_HEAD_MAX * TLV_DEPTH_MAX);
	struct cccd_sod parsed = { 0 };
	enum cccd_err err = CCCD_OK;

	if (sod->object.content.len == 0)
		return CCCD_OK;
	err = sod_parse(file, &memory, &parsed);
	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK ||
	    !span_equal(bytes_span(parsed.signed_data.content),
	                buf_span(&sod->object.content))) {
		defect(sod, true, "security_object_malformed", 0);
		return CCCD_OK;
	}
	take_content(sod, &parsed);
	return CCCD_OK;
}

/*
 * Definite lengths, and what stands in tag @tag; 0 = the object itself.
 * @memory holds the result.
 */
static enum cccd_err unwrap(struct span file, uint32_t tag, struct buf *memory,
                            struct span *ret, bool *ret_trailing)
{
	size_t used = 0;

	if (file.len > PA_SOD_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	TRY(tlv_normalise(file, memory, &used));
	*ret_trailing = used != file.len;
	if (tag == 0) {
		*ret = buf_span(memory);
		return CCCD_OK;
	}
	return tlv_only(buf_span(memory), tag, ret);
}

static enum cccd_err check_object(struct span file, uint32_t tag,
                                  const struct signed_profile *profile,
                                  const struct trust_input *input,
                                  struct pa_object *ret)
{
	BUF memory = buf_make(PA_SOD_MAX + TLV_HEAD_MAX * TLV_DEPTH_MAX);
	struct span der = { 0 };
	bool trailing = false;
	enum cccd_err err = unwrap(file, tag, &memory, &der, &trailing);

	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK) {
		signed_object_malformed(ret, "malformed");
		return CCCD_OK;
	}
	if (trailing)
		auth_findings_add(&ret->findings, "trailing_bytes", 0);
	return signed_object_check(der, profile, input, ret);
}

enum cccd_err passive_auth_check_sod(struct span sod,
                                     const struct trust_input *input,
                                     struct passive_auth_sod *ret)
{
	struct digest sha256 = { 0 };

	passive_auth_sod_release(ret);
	TRY(digest_compute(DIGEST_SHA256, sod, &sha256));
	memcpy(ret->sha256, sha256.bytes, sizeof(ret->sha256));
	TRY(check_object(sod, TAG_SOD, &sod_profile, input, &ret->object));
	return parse_content(sod, ret);
}

enum cccd_err card_security_check(struct span file,
                                  const struct trust_input *input,
                                  struct pa_object *ret)
{
	pa_object_release(ret);
	return check_object(file, 0, &card_security_profile, input, ret);
}

struct auth_check passive_auth_verdict(const struct passive_auth_sod *sod,
                                       const struct passive_auth_groups *groups)
{
	const struct auth_check *const parts[] = {
		&sod->object.hash,
		&sod->object.signature,
		&sod->content,
		&groups->data_groups,
		&sod->object.ds_signature,
		&sod->object.ds_trust,
		&sod->object.ds_validity,
		&sod->object.csca_validity,
	};
	struct auth_check worst = auth_check_make(CCCD_SUCCESSFUL, NULL);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i]->verdict == CCCD_FAILED)
			return auth_check_make(CCCD_FAILED, parts[i]->reason);
		if (parts[i]->verdict != CCCD_SUCCESSFUL &&
		    worst.verdict == CCCD_SUCCESSFUL)
			worst = auth_check_make(CCCD_UNDETERMINED,
			                        parts[i]->reason);
	}
	return worst;
}
