/* SPDX-License-Identifier: Apache-2.0 */
/* One engine for every signed object: RFC 5652 5, Doc 9303-10 4.6.2.2. */
#include "apdu/auth/signed_object.h"

#include <stdio.h>

#include "apdu/auth/cms.h"
#include "apdu/auth/csca_store.h"
#include "apdu/auth/oid.h"
#include "apdu/auth/signer_check.h"

enum {
	SIGNED_DATA_VERSION = 3,
	SIGNER_VERSION_ISSUER = 1,
	SIGNER_VERSION_KEY_ID = 3,
};

/* What one check works on. */
struct work {
	const struct signed_profile *profile;
	const struct trust_input *input;
	struct cms_signed cms;
	const struct cms_signer *signer;
	struct cms_attributes attributes;
	enum digest_id digest;
	struct certificate certificate;
	bool has_certificate;
	bool saw_malformed;
	struct pa_object *ret;
};

void signed_object_malformed(struct pa_object *ret, const char *reason)
{
	struct auth_check failed = auth_check_make(CCCD_FAILED, reason);
	struct auth_check open = auth_check_make(CCCD_UNDETERMINED, reason);

	ret->hash = failed;
	ret->signature = failed;
	ret->ds_signature = open;
	ret->ds_validity = open;
	ret->ds_revocation = open;
	ret->ds_trust = open;
	ret->csca_validity = open;
	auth_findings_add(&ret->findings, reason, 0);
}

/* A defect of the message: the signature check fails with its name. */
static void defect(struct work *work, bool present, const char *code)
{
	if (!present)
		return;
	auth_findings_add(&work->ret->findings, code, 0);
	auth_check_fail(&work->ret->signature, code);
}

static void note(struct work *work, bool present, const char *code)
{
	if (present)
		auth_findings_add(&work->ret->findings, code, 0);
}

/* A type of older documents, excused by name only [pitfall 12]. */
static bool type_is_excused(const struct work *work)
{
	unsigned int relaxed = work->input->relaxations;
	struct span type = work->cms.content_type;

	if (strcmp(work->profile->content_type, OID_LDS_SECURITY_OBJECT) != 0)
		return false;
	return ((relaxed & PA_RELAX_LEGACY_CONTENT_TYPE) != 0 &&
	        oid_is(type, OID_LDS_SECURITY_OBJECT_LEGACY)) ||
	       ((relaxed & PA_RELAX_SDU_CONTENT_TYPE) != 0 &&
	        oid_is(type, OID_LDS_SECURITY_OBJECT_SDU));
}

static void check_content(struct work *work)
{
	bool right =
	        oid_is(work->cms.content_type, work->profile->content_type);
	bool excused = !right && type_is_excused(work);

	defect(work, !work->cms.has_content, "content_missing");
	defect(work, !right && !excused, "wrong_content_type");
	note(work, excused, "legacy_content_type");
}

/* Whether some listed digest may not be used at all. */
static bool lists_forbidden_digest(const struct cms_signed *cms)
{
	enum digest_id unused = DIGEST_NONE;

	for (size_t i = 0; i < cms->digest_count; i++)
		if (digest_algorithm_parse(cms->digests[i], &unused) ==
		    CCCD_ERR_POLICY_REFUSED)
			return true;
	return false;
}

static bool lists_digest(const struct cms_signed *cms, enum digest_id digest)
{
	enum digest_id listed = DIGEST_NONE;

	for (size_t i = 0; i < cms->digest_count; i++)
		if (digest_algorithm_parse(cms->digests[i], &listed) ==
		            CCCD_OK &&
		    listed == digest)
			return true;
	return false;
}

/* [9303-10 table 37; RFC 5652 5.3] */
static void check_versions(struct work *work)
{
	const struct cms_signer *signer = work->signer;
	uint32_t wanted = signer->key_id.len > 0 ? SIGNER_VERSION_KEY_ID
	                                         : SIGNER_VERSION_ISSUER;

	defect(work, work->cms.version != SIGNED_DATA_VERSION,
	       "signed_data_version");
	defect(work, signer->version != wanted, "signer_version");
	defect(work, lists_forbidden_digest(&work->cms), "digest_not_allowed");
	note(work, work->cms.digest_count == 0, "digest_list_empty");
	note(work, work->cms.signer_count > 1, "many_signers");
	note(work, work->cms.has_crls, "crls_present");
}

/* [RFC 5652 5.3, 11.1 to 11.3] Each exactly once, in any order. */
static void check_attributes(struct work *work)
{
	struct cms_attributes *found = &work->attributes;

	if (!work->signer->has_attributes) {
		defect(work, true, "signed_attributes_missing");
		return;
	}
	if (cms_attributes_parse(work->signer->attributes, found) != CCCD_OK)
		found->malformed = true;
	defect(work, found->malformed, "signed_attributes_malformed");
	defect(work, found->count_content_type != 1,
	       found->count_content_type == 0 ? "content_type_missing"
	                                      : "content_type_duplicate");
	defect(work,
	       found->count_content_type == 1 &&
	               !span_equal(found->content_type, work->cms.content_type),
	       "content_type_mismatch");
	defect(work, found->count_signing_time > 1, "signing_time_duplicate");
	if (found->count_signing_time == 1 && !found->malformed)
		work->ret->signing_time = found->signing_time;
}

static struct auth_check digest_failure(enum cccd_err err)
{
	if (err == CCCD_ERR_CRYPTO_UNSUPPORTED)
		return auth_check_make(CCCD_UNDETERMINED, "unknown_digest");
	if (err == CCCD_ERR_POLICY_REFUSED)
		return auth_check_make(CCCD_FAILED, "digest_not_allowed");
	return auth_check_make(CCCD_FAILED, "digest_malformed");
}

static enum cccd_err compare_digest(struct work *work)
{
	struct digest digest = { 0 };
	bool equal = false;

	TRY(digest_compute(work->digest, work->cms.content, &digest));
	equal = span_equal(digest_span(&digest),
	                   work->attributes.message_digest);
	work->ret->hash =
	        equal ? auth_check_make(CCCD_SUCCESSFUL, NULL)
	              : auth_check_make(CCCD_FAILED, "message_digest_mismatch");
	return CCCD_OK;
}

/* security_object.hash [TR-03135-1 table 5.29] */
static enum cccd_err check_hash(struct work *work)
{
	unsigned int count = work->attributes.count_message_digest;
	struct auth_check *hash = &work->ret->hash;
	enum cccd_err err = digest_algorithm_parse(
	        work->signer->digest_algorithm, &work->digest);

	if (err != CCCD_OK) {
		*hash = digest_failure(err);
		note(work, true, hash->reason);
		return CCCD_OK;
	}
	(void)snprintf(work->ret->signer.digest_algorithm, PA_NAME_MAX, "%s",
	               digest_name(work->digest));
	note(work, work->digest == DIGEST_SHA1, "weak_digest");
	note(work, !lists_digest(&work->cms, work->digest),
	     "digest_not_listed");
	if (count == 1)
		TRY(compare_digest(work));
	else
		*hash = auth_check_make(
		        CCCD_FAILED, count == 0 ? "message_digest_missing"
		                                : "message_digest_duplicate");
	note(work, hash->verdict == CCCD_FAILED, hash->reason);
	return CCCD_OK;
}

static bool take_if_signer(struct work *work, struct span der)
{
	struct certificate certificate = { 0 };

	if (der.len > CSCA_CERTIFICATE_MAX ||
	    certificate_parse(der, &certificate) != CCCD_OK) {
		work->saw_malformed = true;
		return false;
	}
	if (!cms_signer_is(work->signer, &certificate))
		return false;
	work->certificate = certificate;
	work->has_certificate = true;
	return true;
}

static bool find_in_object(struct work *work)
{
	for (size_t i = 0; i < work->cms.certificate_count; i++)
		if (take_if_signer(work, work->cms.certificates[i]))
			return true;
	return false;
}

/* The caller's certificates, then the store's: none of them trusted. */
static bool find_outside(struct work *work)
{
	const struct csca_entry *entry = NULL;

	for (size_t i = 0; i < work->input->signer_count; i++)
		if (take_if_signer(work, work->input->signers[i]))
			return true;
	for (size_t i = 0;
	     (entry = csca_store_at(work->input->store, CCCD_TRUST_SIGNER,
	                            i)) != NULL;
	     i++) {
		if (!cms_signer_is(work->signer, &entry->certificate))
			continue;
		work->certificate = entry->certificate;
		work->has_certificate = true;
		return true;
	}
	return false;
}

/* Several signers: the first whose certificate stands in the object. */
static void choose_signer(struct work *work)
{
	for (size_t i = 0; i < work->cms.signer_count; i++) {
		work->signer = &work->cms.signers[i];
		if (find_in_object(work))
			return;
	}
	work->signer = &work->cms.signers[0];
}

/*
 * Certificates inside, but not the one that is named: the object contradicts
 * itself. None inside and none outside: information is missing, no more.
 */
static void check_signer_found(struct work *work)
{
	bool in_object = work->has_certificate;

	work->ret->signer.found_by_key_id = work->signer->key_id.len > 0;
	if (!in_object && find_outside(work))
		note(work, work->cms.certificate_count > 0,
		     "signer_not_in_object");
	work->ret->signer.in_object = in_object;
	if (work->has_certificate)
		return;
	if (work->saw_malformed)
		defect(work, true, "signer_malformed");
	else if (work->cms.certificate_count > 0)
		defect(work, true, "signer_mismatch");
	else
		note(work, true, "signer_missing");
}

/* An algorithm in the SignerInfo that cannot be used. */
static void algorithm_failure(struct work *work, enum cccd_err err)
{
	struct auth_check *signature = &work->ret->signature;

	if (err == CCCD_ERR_POLICY_REFUSED) {
		defect(work, true, "algorithm_not_allowed");
	} else if (err == CCCD_ERR_CRYPTO_UNSUPPORTED) {
		note(work, true, "unknown_algorithm");
		if (signature->verdict == CCCD_NOT_RUN)
			*signature = auth_check_make(CCCD_UNDETERMINED,
			                             "unknown_algorithm");
	} else {
		defect(work, true, "algorithm_malformed");
	}
}

static enum cccd_err verify(struct work *work,
                            const struct signature_algorithm *algorithm)
{
	PUBLIC_KEY key = { 0 };
	enum cccd_err err = public_key_parse(work->certificate.spki, &key);
	bool sorted = false;
	bool good = false;

	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK) {
		defect(work, true, "signer_key_refused");
		return CCCD_OK;
	}
	err = cms_signer_verify(work->signer, algorithm, &key, &good, &sorted);
	if (err == CCCD_ERR_MEMORY)
		return err;
	defect(work, err != CCCD_OK || !good, "bad_signature");
	note(work, sorted, "signed_attributes_not_sorted");
	if (work->ret->signature.verdict == CCCD_NOT_RUN)
		work->ret->signature = auth_check_make(CCCD_SUCCESSFUL, NULL);
	return CCCD_OK;
}

/*
 * security_object.signature [TR-03135-1 table 5.30]. The algorithm is the
 * SignerInfo's: the certificate's own signature was made by another key.
 */
static enum cccd_err check_signature(struct work *work)
{
	struct signature_algorithm algorithm = { 0 };
	enum cccd_err err = signature_algorithm_parse(
	        work->signer->signature_algorithm, work->digest, &algorithm);

	if (err != CCCD_OK) {
		algorithm_failure(work, err);
		return CCCD_OK;
	}
	signature_algorithm_text(
	        &algorithm, work->ret->signer.signature_algorithm, PA_NAME_MAX);
	note(work, algorithm.digest == DIGEST_SHA1, "weak_digest");
	if (work->has_certificate)
		return verify(work, &algorithm);
	if (work->ret->signature.verdict == CCCD_NOT_RUN)
		work->ret->signature =
		        auth_check_make(CCCD_UNDETERMINED, "signer_missing");
	return CCCD_OK;
}

static void no_certificate(struct work *work)
{
	const char *reason = "signer_missing";
	struct auth_check check = { 0 };

	if (work->saw_malformed)
		reason = "signer_malformed";
	else if (work->cms.certificate_count > 0)
		reason = "signer_mismatch";
	check = auth_check_make(
	        work->saw_malformed ? CCCD_FAILED : CCCD_UNDETERMINED, reason);
	work->ret->ds_signature = check;
	work->ret->ds_validity = check;
	work->ret->ds_trust = check;
	work->ret->ds_revocation = auth_check_make(CCCD_UNDETERMINED, reason);
	work->ret->csca_validity = auth_check_make(CCCD_UNDETERMINED, reason);
}

static enum cccd_err check_signer(struct work *work)
{
	if (!work->has_certificate) {
		no_certificate(work);
		return CCCD_OK;
	}
	work->ret->ds_der = buf_make(CSCA_CERTIFICATE_MAX);
	TRY(buf_set(&work->ret->ds_der, work->certificate.whole));
	return signer_check(&work->certificate, work->profile, work->input,
	                    work->ret);
}

/* Only what was verified may be parsed [pitfalls 10, 11]. */
static enum cccd_err release_content(struct work *work)
{
	if (work->ret->hash.verdict != CCCD_SUCCESSFUL ||
	    work->ret->signature.verdict != CCCD_SUCCESSFUL)
		return CCCD_OK;
	work->ret->content = buf_make(CSCA_LIST_MAX);
	return buf_set(&work->ret->content, work->cms.content);
}

enum cccd_err signed_object_check(struct span der,
                                  const struct signed_profile *profile,
                                  const struct trust_input *input,
                                  struct pa_object *ret)
{
	struct work work = { .profile = profile, .input = input, .ret = ret };

	if (input->store == NULL)
		return CCCD_ERR_USAGE_ARGUMENT;
	if (cms_parse(der, &work.cms) != CCCD_OK) {
		signed_object_malformed(ret, "malformed");
		return CCCD_OK;
	}
	choose_signer(&work);
	check_versions(&work);
	check_content(&work);
	check_attributes(&work);
	TRY(check_hash(&work));
	check_signer_found(&work);
	TRY(check_signature(&work));
	TRY(check_signer(&work));
	return release_content(&work);
}
