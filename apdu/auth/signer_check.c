/* SPDX-License-Identifier: Apache-2.0 */
/* The signer's certificate: path, profile, validity, revocation. */
#include "apdu/auth/signer_check.h"

#include "apdu/auth/issuer.h"
#include "apdu/tlv/tlv.h"

enum { SECONDS_OF_DAY = 86400, SERIAL_PROFILE_MAX = 20 };

/* What one check of a certificate works on. */
struct work {
	const struct certificate *certificate;
	const struct signed_profile *profile;
	const struct trust_input *input;
	struct issuer issuer;
	struct pa_object *ret;
};

/* Breaks the profile without touching security: fails only if strict. */
static void profile_finding(struct work *work, bool broken, const char *code)
{
	if (!broken)
		return;
	auth_findings_add(&work->ret->findings, code, 0);
	if (work->input->strict)
		auth_check_fail(&work->ret->ds_trust, code);
}

/* Breaks what security rests on: always fails. */
static void profile_failure(struct work *work, bool broken, const char *code)
{
	if (!broken)
		return;
	auth_findings_add(&work->ret->findings, code, 0);
	auth_check_fail(&work->ret->ds_trust, code);
}

static bool serial_is_regular(struct span serial)
{
	return serial.len <= SERIAL_PROFILE_MAX && (serial.at[0] & 0x80) == 0;
}

/* [9303-12 table 5] */
static void check_body(struct work *work)
{
	const struct certificate *c = work->certificate;
	const struct pa_signer *signer = &work->ret->signer;
	bool no_country =
	        signer->country[0] == '\0' || signer->issuer_country[0] == '\0';

	profile_failure(work, c->version != CERTIFICATE_V3,
	                "certificate_version");
	profile_failure(work, !certificate_algorithms_agree(c),
	                "certificate_algorithms_differ");
	profile_finding(work, c->irregular_time, "certificate_time_form");
	profile_finding(work, !serial_is_regular(c->serial),
	                "certificate_serial_form");
	profile_finding(work, no_country, "certificate_country_missing");
	profile_failure(work,
	                !no_country && strcmp(signer->country,
	                                      signer->issuer_country) != 0,
	                "certificate_countries_differ");
}

static bool purpose_fits(const struct work *work)
{
	unsigned int eku = work->certificate->ext.eku;

	if (work->profile->eku == 0)
		return eku == 0;
	return (eku & work->profile->eku) != 0;
}

/* [9303-12 table 6] */
static void check_extensions(struct work *work)
{
	const struct certificate_extensions *ext = &work->certificate->ext;
	bool signs = (ext->key_usage & KEY_USAGE_DIGITAL_SIGNATURE) != 0;

	profile_failure(work, ext->malformed, "extension_malformed");
	profile_failure(work, ext->duplicate, "extension_duplicate");
	profile_failure(work, ext->unknown_critical,
	                "critical_extension_unknown");
	profile_failure(work, !ext->has_key_usage, "key_usage_missing");
	profile_failure(work, ext->has_key_usage && !signs,
	                "key_usage_not_signature");
	profile_failure(work,
	                (ext->key_usage &
	                 (KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN)) != 0 ||
	                        ext->is_ca,
	                "signer_is_ca");
	profile_failure(work, !purpose_fits(work), "purpose_differs");
	profile_finding(work, ext->has_key_usage && !ext->key_usage_critical,
	                "key_usage_not_critical");
	profile_finding(work, ext->has_basic_constraints,
	                "basic_constraints_present");
	profile_finding(work, ext->authority_key_id.len == 0,
	                "authority_key_id_missing");
}

static void check_keys(struct work *work)
{
	PUBLIC_KEY key = { 0 };

	if (public_key_parse(work->certificate->spki, &key) != CCCD_OK)
		return;
	if (public_key_is_weak(&key))
		auth_findings_add(&work->ret->findings, "weak_key", 0);
}

static void take_facts(struct work *work)
{
	const struct certificate *c = work->certificate;
	struct pa_signer *signer = &work->ret->signer;

	certificate_name_text(c->subject, signer->subject,
	                      sizeof(signer->subject));
	certificate_name_text(c->issuer, signer->issuer,
	                      sizeof(signer->issuer));
	certificate_country(c->subject, signer->country);
	certificate_country(c->issuer, signer->issuer_country);
	certificate_alt_state(c, signer->alt_country);
	signer->not_before = c->not_before;
	signer->not_after = c->not_after;
	signer->usage_from = c->ext.usage_from;
	signer->usage_to = c->ext.usage_to;
}

static void take_issuer_facts(struct work *work)
{
	const struct csca_entry *entry = work->issuer.entry;
	struct pa_signer *signer = &work->ret->signer;

	if (entry == NULL)
		return;
	certificate_country(entry->certificate.subject, signer->csca_country);
	certificate_alt_state(&entry->certificate, signer->csca_alt_country);
	signer->csca_not_before = entry->certificate.not_before;
	signer->csca_not_after = entry->certificate.not_after;
	memcpy(signer->csca_sha256, entry->sha256, sizeof(entry->sha256));
	work->ret->specimen = entry->specimen;
}

static void take_algorithm(struct work *work)
{
	struct signature_algorithm algorithm = { 0 };
	struct pa_signer *signer = &work->ret->signer;
	struct span identifier = { 0 };

	if (tlv_only(work->certificate->algorithm, TAG_SEQUENCE, &identifier) !=
	            CCCD_OK ||
	    signature_algorithm_parse(identifier, DIGEST_NONE, &algorithm) !=
	            CCCD_OK)
		return;
	signature_algorithm_text(&algorithm, signer->ds_signature_algorithm,
	                         sizeof(signer->ds_signature_algorithm));
	if (algorithm.digest == DIGEST_SHA1)
		auth_findings_add(&work->ret->findings,
		                  "weak_digest_certificate", 0);
}

/* How each outcome of the search reads in the two checks. */
static const struct {
	struct auth_check signature;
	struct auth_check trust;
} outcomes[] = {
	[ISSUER_UNKNOWN] = { { CCCD_UNDETERMINED, "issuer_unknown" },
	                     { CCCD_UNDETERMINED, "issuer_unknown" } },
	[ISSUER_FOUND] = { { CCCD_SUCCESSFUL, NULL },
	                   { CCCD_SUCCESSFUL, NULL } },
	[ISSUER_SIGNATURE_WRONG] = { { CCCD_FAILED, "issuer_signature_wrong" },
	                             { CCCD_FAILED,
	                               "issuer_signature_wrong" } },
	[ISSUER_NAME_DIFFERS] = { { CCCD_SUCCESSFUL, NULL },
	                          { CCCD_FAILED, "issuer_name_differs" } },
	[ISSUER_SPECIMEN] = { { CCCD_SUCCESSFUL, NULL },
	                      { CCCD_FAILED, "specimen_refused" } },
};

/* An algorithm of the certificate's signature that cannot be used. */
static struct auth_check algorithm_check(enum cccd_err err)
{
	if (err == CCCD_ERR_CRYPTO_UNSUPPORTED)
		return auth_check_make(CCCD_UNDETERMINED, "unknown_algorithm");
	if (err == CCCD_ERR_POLICY_REFUSED)
		return auth_check_make(CCCD_FAILED, "algorithm_not_allowed");
	return auth_check_make(CCCD_FAILED, "algorithm_malformed");
}

static enum cccd_err check_path(struct work *work)
{
	struct pa_object *ret = work->ret;
	enum cccd_err err = issuer_find(work->input->store, work->certificate,
	                                &work->issuer);

	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK) {
		ret->ds_signature = algorithm_check(err);
		ret->ds_trust = ret->ds_signature;
		return CCCD_OK;
	}
	ret->ds_signature = outcomes[work->issuer.outcome].signature;
	ret->ds_trust = outcomes[work->issuer.outcome].trust;
	if (work->issuer.outcome == ISSUER_FOUND && work->issuer.by_name)
		auth_findings_add(&ret->findings, "issuer_found_by_name", 0);
	if (work->issuer.through_link)
		auth_findings_add(&ret->findings, "issuer_through_link", 0);
	return CCCD_OK;
}

static bool within(int64_t when, int64_t from, int64_t to)
{
	return from <= when && when <= to;
}

/*
 * Without a signing time: some moment up to now must lie in the validity and
 * the private key usage period. The date of issue, once known, decides:
 * passive_auth_check_issue().
 */
static bool window_exists(const struct pa_signer *signer, int64_t now)
{
	int64_t from = signer->not_before > signer->usage_from
	                       ? signer->not_before
	                       : signer->usage_from;
	int64_t to = signer->not_after < signer->usage_to ? signer->not_after
	                                                  : signer->usage_to;

	return from <= to && from <= now;
}

static bool valid_at_signing(const struct pa_object *object, int64_t now)
{
	const struct pa_signer *signer = &object->signer;
	int64_t when = object->signing_time;

	if (when == 0)
		return window_exists(signer, now);
	return when <= now + SECONDS_OF_DAY &&
	       within(when, signer->not_before, signer->not_after) &&
	       within(when, signer->usage_from, signer->usage_to);
}

static struct auth_check judge_validity(const struct work *work)
{
	const struct pa_object *ret = work->ret;
	int64_t now = work->input->now_s;

	if (now < ret->signer.not_before)
		return auth_check_make(CCCD_FAILED, "not_yet_valid");
	if (work->input->validity == PA_VALID_TODAY && !ret->valid_today)
		return auth_check_make(CCCD_FAILED, "expired");
	if (!ret->valid_at_signing)
		return auth_check_make(CCCD_FAILED, "not_valid_at_signing");
	if (ret->signing_time == 0)
		return auth_check_make(ret->valid_today ? CCCD_SUCCESSFUL
		                                        : CCCD_UNDETERMINED,
		                       "signing_time_absent");
	if (!ret->valid_today)
		return auth_check_make(CCCD_SUCCESSFUL, "expired_today");
	return auth_check_make(CCCD_SUCCESSFUL, NULL);
}

/* [9303-12 7.1.1; TR-03135-1 5.6.4.3.4; pitfall 19] */
static void check_validity(struct work *work)
{
	struct pa_object *ret = work->ret;
	int64_t now = work->input->now_s;

	ret->valid_today =
	        within(now, ret->signer.not_before, ret->signer.not_after);
	ret->valid_at_signing = valid_at_signing(ret, now);
	ret->ds_validity = judge_validity(work);
	if (ret->signing_time == 0)
		auth_findings_add(&ret->findings, "signing_time_absent", 0);
	if (now > ret->signer.not_after)
		auth_findings_add(&ret->findings, "expired_today", 0);
}

static void check_csca_validity(struct work *work)
{
	struct pa_object *ret = work->ret;
	const struct csca_entry *entry = work->issuer.entry;
	int64_t issued = work->certificate->not_before;
	int64_t now = work->input->now_s;
	bool today = false;

	if (entry == NULL) {
		ret->csca_validity =
		        auth_check_make(CCCD_UNDETERMINED, "issuer_unknown");
		return;
	}
	today = within(now, entry->certificate.not_before,
	               entry->certificate.not_after);
	ret->csca_validity = auth_check_make(CCCD_SUCCESSFUL,
	                                     today ? NULL : "expired_today");
	if (!within(issued, entry->certificate.not_before,
	            entry->certificate.not_after))
		auth_check_fail(&ret->csca_validity, "not_valid_at_signing");
	if (work->input->validity == PA_VALID_TODAY && !today)
		auth_check_fail(&ret->csca_validity, "expired");
	if (!within(issued, entry->certificate.ext.usage_from,
	            entry->certificate.ext.usage_to))
		auth_findings_add(&ret->findings, "csca_usage_period", 0);
}

/* The newest list that speaks for this CSCA; NULL when there is none. */
static const struct csca_entry *find_crl(const struct work *work)
{
	const struct csca_store *store = work->input->store;
	const struct csca_entry *entry = NULL;
	const struct csca_entry *newest = NULL;

	for (size_t i = 0;
	     (entry = csca_store_at(store, CCCD_TRUST_CRL, i)) != NULL; i++) {
		if (newest != NULL &&
		    entry->crl.this_update <= newest->crl.this_update)
			continue;
		if (issuer_verify_crl(store, &entry->crl, work->issuer.entry))
			newest = entry;
	}
	return newest;
}

/* [9303-12 6.1.2, appendix D.1.2; pitfall 20] */
static void check_revocation(struct work *work)
{
	struct pa_object *ret = work->ret;
	const struct csca_entry *crl = NULL;

	if (work->issuer.entry != NULL)
		crl = find_crl(work);
	if (crl == NULL) {
		ret->ds_revocation =
		        auth_check_make(CCCD_UNDETERMINED, "no_crl");
		return;
	}
	ret->signer.crl_this_update = crl->crl.this_update;
	if (crl_revokes(&crl->crl, work->certificate->serial)) {
		ret->ds_revocation = auth_check_make(CCCD_FAILED, "revoked");
		auth_check_fail(&ret->ds_trust, "revoked");
		return;
	}
	if (crl_is_fresh(&crl->crl, work->input->now_s,
	                 work->input->crl_max_age_s))
		ret->ds_revocation = auth_check_make(CCCD_SUCCESSFUL, NULL);
	else
		ret->ds_revocation =
		        auth_check_make(CCCD_UNDETERMINED, "stale_crl");
}

enum cccd_err signer_check(const struct certificate *certificate,
                           const struct signed_profile *profile,
                           const struct trust_input *input,
                           struct pa_object *ret)
{
	struct work work = { .certificate = certificate,
		             .profile = profile,
		             .input = input,
		             .ret = ret };

	take_facts(&work);
	take_algorithm(&work);
	TRY(check_path(&work));
	take_issuer_facts(&work);
	check_body(&work);
	check_extensions(&work);
	check_keys(&work);
	check_validity(&work);
	check_csca_validity(&work);
	check_revocation(&work);
	return CCCD_OK;
}
