/* SPDX-License-Identifier: Apache-2.0 */
/* Known defects change failed into undetermined: TR-03135-1 5.8. */
#include "apdu/auth/cms.h"
#include "apdu/auth/csca_store.h"
#include "apdu/auth/deviation.h"

static const char known_deviation[] = "known_deviation";

/* What an encoding defect of the certificate explains, and nothing else. */
static const char *const encoding_reasons[] = {
	"certificate_version",         "certificate_algorithms_differ",
	"certificate_time_form",       "certificate_serial_form",
	"certificate_country_missing", "extension_malformed",
	"extension_duplicate",         "key_usage_missing",
	"key_usage_not_critical",      "authority_key_id_missing",
	"basic_constraints_present",
};

/* A failed check whose reason is one of @reasons; NULL excuses any. */
static void excuse(struct auth_check *check, const char *const *reasons,
                   size_t count)
{
	bool excused = reasons == NULL;

	if (check->verdict != CCCD_FAILED)
		return;
	for (size_t i = 0; i < count; i++)
		excused = excused || strcmp(check->reason, reasons[i]) == 0;
	if (excused)
		*check = auth_check_make(CCCD_UNDETERMINED, known_deviation);
}

static void excuse_reason(struct auth_check *check, const char *reason)
{
	excuse(check, &reason, 1);
}

static void name_findings(unsigned int kinds, struct auth_findings *findings)
{
	static const struct {
		enum deviation_kind kind;
		const char *code;
	} codes[] = {
		{ DEVIATION_DS_SIGNATURE, "deviation_ds_signature" },
		{ DEVIATION_DS_ENCODING, "deviation_ds_encoding" },
		{ DEVIATION_CSCA_ENCODING, "deviation_csca_encoding" },
		{ DEVIATION_AA_KEY, "deviation_aa_key_compromised" },
		{ DEVIATION_DG_MALFORMED, "deviation_dg_malformed" },
		{ DEVIATION_DG_HASH, "deviation_dg_hash" },
		{ DEVIATION_SOD_SIGNATURE, "deviation_sod_signature" },
		{ DEVIATION_COM, "deviation_com" },
		{ DEVIATION_MRZ_DATA, "deviation_mrz_data" },
		{ DEVIATION_MRZ_CHECK, "deviation_mrz_check_digit" },
		{ DEVIATION_CHIP, "deviation_chip" },
		{ DEVIATION_NATIONAL, "deviation_national" },
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if ((kinds & (unsigned int)codes[i].kind) != 0)
			auth_findings_add(findings, codes[i].code, 0);
}

static void excuse_object(unsigned int kinds, struct pa_object *object)
{
	if ((kinds & DEVIATION_DS_SIGNATURE) != 0) {
		excuse_reason(&object->ds_signature, "issuer_signature_wrong");
		excuse_reason(&object->ds_trust, "issuer_signature_wrong");
	}
	if ((kinds & DEVIATION_DS_ENCODING) != 0)
		excuse(&object->ds_trust, encoding_reasons,
		       ARRAY_LEN(encoding_reasons));
	if ((kinds & DEVIATION_CSCA_ENCODING) != 0)
		excuse_reason(&object->ds_trust, "issuer_name_differs");
	if ((kinds & DEVIATION_SOD_SIGNATURE) != 0) {
		excuse(&object->signature, NULL, 0);
		excuse(&object->hash, NULL, 0);
	}
	if ((kinds & DEVIATION_AA_KEY) != 0)
		object->aa_key_compromised = true;
}

/* Every group that differs must be one whose hash is known to be wrong. */
static void excuse_groups(const struct deviation_effect *effect,
                          struct passive_auth_groups *groups)
{
	if ((effect->kinds & DEVIATION_COM) != 0)
		excuse_reason(&groups->com_sod_consistency, "com_differs");
	for (unsigned int i = 1; i <= PA_GROUPS; i++)
		if (groups->state[i] == PA_NOT_IDENTICAL &&
		    (effect->hash_groups & (1U << i)) == 0)
			return;
	if (groups->missing == 0)
		excuse_reason(&groups->data_groups, "data_group_hash_wrong");
}

/* The state that signed the list speaks for its own documents only. */
static bool same_state(const struct cms_signed *cms,
                       const struct certificate *signer)
{
	char state[STATE_TEXT_MAX];
	char list_state[STATE_TEXT_MAX];
	struct certificate certificate = { 0 };

	certificate_country(signer->issuer, state);
	for (size_t i = 0; i < cms->certificate_count; i++) {
		if (certificate_parse(cms->certificates[i], &certificate) !=
		            CCCD_OK ||
		    !cms_signer_is(&cms->signers[0], &certificate))
			continue;
		certificate_country(certificate.issuer, list_state);
		return state[0] != '\0' && strcmp(state, list_state) == 0;
	}
	return false;
}

static void add_list(const struct trust_input *input,
                     const struct csca_entry *entry,
                     const struct deviation_subject *subject,
                     struct deviation_effect *sum)
{
	struct deviation_effect effect = { 0 };
	struct cms_signed cms = { 0 };

	if (entry->specimen && csca_store_mode(input->store) == CCCD_TRUST_REAL)
		return;
	/* Its signature was checked when it was admitted. */
	if (cms_parse(buf_span(&entry->der), &cms) != CCCD_OK ||
	    !same_state(&cms, subject->signer) ||
	    deviation_list_match(cms.content, subject, &effect) != CCCD_OK)
		return;
	sum->kinds |= effect.kinds;
	sum->hash_groups |= effect.hash_groups;
}

enum cccd_err passive_auth_apply_deviations(const struct trust_input *input,
                                            const struct pa_document *document,
                                            struct passive_auth_sod *sod,
                                            struct passive_auth_groups *groups)
{
	struct pa_object *object = &sod->object;
	struct deviation_effect sum = { 0 };
	struct deviation_subject subject = { .document = document };
	struct certificate signer = { 0 };
	const struct csca_entry *entry = NULL;

	if (input->store == NULL)
		return CCCD_ERR_USAGE_ARGUMENT;
	if (object->ds_der.len == 0 ||
	    certificate_parse(buf_span(&object->ds_der), &signer) != CCCD_OK)
		return CCCD_OK;
	subject.signer = &signer;
	for (size_t i = 0;
	     (entry = csca_store_at(input->store, CCCD_TRUST_DEVIATION, i)) !=
	     NULL;
	     i++)
		add_list(input, entry, &subject, &sum);
	name_findings(sum.kinds, &object->findings);
	excuse_object(sum.kinds, object);
	if (groups != NULL)
		excuse_groups(&sum, groups);
	return CCCD_OK;
}
