/* SPDX-License-Identifier: Apache-2.0 */
/* Which certificates, lists and CRLs a store admits, and why. */
#include "apdu/auth/admission.h"

#include "apdu/auth/deviation.h"
#include "apdu/auth/issuer.h"
#include "apdu/auth/signed_object.h"

static void refuse(struct admission *ret, const char *reason)
{
	ret->admitted = false;
	ret->reason = reason;
}

static void admit(struct admission *ret, enum cccd_trust_kind kind,
                  const char *reason)
{
	ret->kind = kind;
	ret->admitted = true;
	ret->reason = reason;
}

static bool looks_like_csca(const struct certificate *certificate)
{
	return certificate->ext.is_ca ||
	       (certificate->ext.key_usage & KEY_USAGE_KEY_CERT_SIGN) != 0;
}

/* The first rule of Doc 9303-12 table 5 and 6 that is broken; or NULL. */
static const char *profile_fault(const struct certificate *certificate)
{
	const struct certificate_extensions *ext = &certificate->ext;
	char state[STATE_TEXT_MAX];

	certificate_country(certificate->subject, state);
	if (certificate->version != CERTIFICATE_V3)
		return "certificate_version";
	if (!certificate_algorithms_agree(certificate))
		return "certificate_algorithms_differ";
	if (ext->malformed)
		return "extension_malformed";
	if (ext->duplicate)
		return "extension_duplicate";
	if (ext->unknown_critical)
		return "critical_extension_unknown";
	if (state[0] == '\0')
		return "certificate_country_missing";
	return NULL;
}

static const char *csca_fault(const struct certificate *certificate)
{
	const struct certificate_extensions *ext = &certificate->ext;

	if (!ext->is_ca)
		return "not_a_ca";
	if (!ext->has_key_usage)
		return "key_usage_missing";
	if ((ext->key_usage & KEY_USAGE_KEY_CERT_SIGN) == 0)
		return "key_usage_not_certificates";
	return NULL;
}

static const char *key_reason(enum cccd_err err)
{
	if (err == CCCD_ERR_CRYPTO_UNSUPPORTED)
		return "unknown_algorithm";
	return err == CCCD_ERR_CRYPTO_KEY ? "key_refused" : "malformed";
}

static const char *algorithm_reason(enum cccd_err err)
{
	if (err == CCCD_ERR_CRYPTO_UNSUPPORTED)
		return "unknown_algorithm";
	return err == CCCD_ERR_POLICY_REFUSED ? "algorithm_not_allowed"
	                                      : "algorithm_malformed";
}

/* What is worth saying of a certificate that is admitted. */
static const char *note_of(const struct certificate *certificate,
                           const struct public_key *key,
                           const struct signature_algorithm *algorithm,
                           int64_t now)
{
	if (now > certificate->not_after)
		return "expired";
	if (now < certificate->not_before)
		return "not_yet_valid";
	if (public_key_is_weak(key))
		return "weak_key";
	return algorithm->digest == DIGEST_SHA1 ? "weak_digest" : "";
}

static enum cccd_err judge_by_issuer(const struct csca_store *store,
                                     const struct certificate *certificate,
                                     bool csca, struct admission *ret)
{
	struct issuer issuer = { 0 };

	TRY(issuer_find(store, certificate, &issuer));
	switch (issuer.outcome) {
	case ISSUER_FOUND:
	case ISSUER_SPECIMEN:
		if (csca)
			admit(ret, CCCD_TRUST_LINK, "link_verified");
		else
			admit(ret, CCCD_TRUST_SIGNER, "signer_verified");
		ret->specimen = issuer.outcome == ISSUER_SPECIMEN;
		break;
	case ISSUER_UNKNOWN:
		refuse(ret, "issuer_unknown");
		ret->retry = true;
		break;
	case ISSUER_SIGNATURE_WRONG:
		refuse(ret, "issuer_signature_wrong");
		ret->retry = true;
		break;
	case ISSUER_NAME_DIFFERS: refuse(ret, "issuer_name_differs"); break;
	}
	return CCCD_OK;
}

static enum cccd_err judge(const struct csca_store *store,
                           const struct certificate *certificate,
                           const struct public_key *key,
                           enum admission_basis basis, int64_t now,
                           struct admission *ret)
{
	struct signature_algorithm algorithm = { 0 };
	bool csca = looks_like_csca(certificate);
	bool self_signed = false;
	enum cccd_err err = certificate_signed_by(certificate, key, &algorithm,
	                                          &self_signed);

	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK) {
		refuse(ret, algorithm_reason(err));
		return CCCD_OK;
	}
	if (!self_signed || !certificate_is_self_issued(certificate))
		TRY(judge_by_issuer(store, certificate, csca, ret));
	else if (!csca)
		refuse(ret, "not_a_ca");
	else
		admit(ret, CCCD_TRUST_ANCHOR,
		      basis == ADMISSION_LIST ? "anchor_by_list"
		                              : "anchor_by_operator");
	ret->note =
	        ret->admitted ? note_of(certificate, key, &algorithm, now) : "";
	return CCCD_OK;
}

enum cccd_err admission_certificate(const struct csca_store *store,
                                    struct span der, enum admission_basis basis,
                                    int64_t now_s, struct admission *ret)
{
	struct admission admission = { .note = "" };
	struct certificate certificate = { 0 };
	PUBLIC_KEY key = { 0 };
	const char *fault = NULL;
	enum cccd_err err = CCCD_OK;

	*ret = admission;
	if (der.len > CSCA_CERTIFICATE_MAX) {
		refuse(ret, "too_large");
		return CCCD_OK;
	}
	if (certificate_parse(der, &certificate) != CCCD_OK) {
		refuse(ret, "malformed");
		return CCCD_OK;
	}
	fault = profile_fault(&certificate);
	if (fault == NULL && looks_like_csca(&certificate))
		fault = csca_fault(&certificate);
	if (fault != NULL) {
		refuse(ret, fault);
		return CCCD_OK;
	}
	err = public_key_parse(certificate.spki, &key);
	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK) {
		refuse(ret, key_reason(err));
		return CCCD_OK;
	}
	return judge(store, &certificate, &key, basis, now_s, ret);
}

enum cccd_err admission_crl(const struct csca_store *store, struct span der,
                            int64_t now_s, struct admission *ret)
{
	struct crl crl = { 0 };

	*ret = (struct admission){ .kind = CCCD_TRUST_CRL, .note = "" };
	if (der.len > CSCA_CRL_MAX)
		refuse(ret, "too_large");
	else if (crl_parse(der, &crl) != CCCD_OK)
		refuse(ret, "malformed");
	else if (crl.unusable)
		refuse(ret, "critical_extension_unknown");
	else if (!issuer_of_crl_known(store, &crl))
		refuse(ret, "issuer_unknown");
	else
		admit(ret, CCCD_TRUST_CRL, "crl_verified");
	if (ret->admitted && !crl_is_fresh(&crl, now_s, 0))
		ret->note = "stale_crl";
	return CCCD_OK;
}

enum cccd_err admission_deviation(const struct csca_store *store,
                                  struct span der, int64_t now_s,
                                  struct admission *ret)
{
	struct trust_input input = { .store = store, .now_s = now_s };
	struct deviation_effect effect = { 0 };
	struct pa_object object = { 0 };
	enum cccd_err err = deviation_list_check(der, &input, &object);

	*ret = (struct admission){ .kind = CCCD_TRUST_DEVIATION, .note = "" };
	if (err != CCCD_OK) {
		pa_object_release(&object);
		return err;
	}
	if (object.hash.verdict != CCCD_SUCCESSFUL)
		refuse(ret, auth_check_reason(&object.hash));
	else if (object.signature.verdict != CCCD_SUCCESSFUL)
		refuse(ret, auth_check_reason(&object.signature));
	else if (object.ds_trust.verdict != CCCD_SUCCESSFUL)
		refuse(ret, auth_check_reason(&object.ds_trust));
	else if (object.ds_validity.verdict != CCCD_SUCCESSFUL)
		refuse(ret, auth_check_reason(&object.ds_validity));
	else if (deviation_list_match(buf_span(&object.content), NULL,
	                              &effect) != CCCD_OK)
		refuse(ret, "malformed");
	else
		admit(ret, CCCD_TRUST_DEVIATION, "list_verified");
	pa_object_release(&object);
	return CCCD_OK;
}
