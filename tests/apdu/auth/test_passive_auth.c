/* SPDX-License-Identifier: Apache-2.0 */
/* TR-03105-5.1 unit LDS_H: what must pass and what must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/apdu/auth/zoo/judge.h"

enum { ROWS_MAX = 160 };

/* Where a row's verdict is looked for. */
enum place {
	NOWHERE = 0,
	IN_HASH,
	IN_SIGNATURE,
	IN_CONTENT,
	IN_GROUPS,
	IN_DS_SIGNATURE,
	IN_DS_TRUST,
	IN_DS_VALIDITY,
	IN_FINDINGS, /* reported, and nothing fails by it */
	IN_STRICT,   /* reported; fails ds_trust when strict */
};

/*
 * struct row - one test case.
 * @id:     of TR-03105-5.1, or our own
 * @alien:  OpenSSL cannot judge it: no such algorithm, or it wants the two
 *          hashes equal
 */
struct row {
	const char *id;
	struct zoo_spec spec;
	bool alien;
	enum place place;
	enum cccd_verdict verdict;
	const char *reason;
	const char *finding;
};

#define EC(curve) .csca = (curve), .ds = (curve)
#define DSA_KEYS  .csca = "dsa2048", .ds = "dsa2048"
#define RSA_SPEC(alg, hash)                                 \
	.chain = ((alg) == ZOO_RSA_BARE ? ZOO_RSA : (alg)), \
	.chain_digest = (hash), .sod = (alg), .sod_digest = (hash)
#define SPEC(alg, hash)                                       \
	.chain = (alg), .chain_digest = (hash), .sod = (alg), \
	.sod_digest = (hash)

static struct row good_rows[] = {
	{ .id = "LDS_H_01",
	  .spec = { RSA_SPEC(ZOO_RSA, DIGEST_SHA1) },
	  .finding = "weak_digest" },
	{ .id = "LDS_H_02",
	  .spec = { RSA_SPEC(ZOO_PSS, DIGEST_SHA1) },
	  .finding = "weak_digest" },
	{ .id = "LDS_H_03", .spec = { RSA_SPEC(ZOO_PSS, DIGEST_SHA256) } },
	{ .id = "LDS_H_04", .spec = { RSA_SPEC(ZOO_RSA, DIGEST_SHA224) } },
	{ .id = "LDS_H_05", .spec = { RSA_SPEC(ZOO_RSA, DIGEST_SHA256) } },
	{ .id = "LDS_H_06", .spec = { RSA_SPEC(ZOO_RSA, DIGEST_SHA384) } },
	{ .id = "LDS_H_07", .spec = { RSA_SPEC(ZOO_RSA, DIGEST_SHA512) } },
	{ .id = "LDS_H_08",
	  .spec = { DSA_KEYS, SPEC(ZOO_DSA, DIGEST_SHA1) },
	  .finding = "weak_digest" },
	{ .id = "LDS_H_09",
	  .spec = { EC("P-256"), SPEC(ZOO_ECDSA, DIGEST_SHA1) },
	  .finding = "weak_digest" },
	{ .id = "LDS_H_10",
	  .spec = { EC("brainpoolP256r1"), SPEC(ZOO_PLAIN, DIGEST_SHA1) },
	  .alien = true,
	  .finding = "weak_digest" },
	{ .id = "LDS_H_11",
	  .spec = { EC("brainpoolP224r1"), SPEC(ZOO_PLAIN, DIGEST_SHA224) },
	  .alien = true },
	{ .id = "LDS_H_12",
	  .spec = { EC("brainpoolP256r1"), SPEC(ZOO_PLAIN, DIGEST_SHA256) },
	  .alien = true },
	{ .id = "LDS_H_13",
	  .spec = { EC("brainpoolP384r1"), SPEC(ZOO_PLAIN, DIGEST_SHA384) },
	  .alien = true },
	{ .id = "LDS_H_14",
	  .spec = { EC("brainpoolP512r1"), SPEC(ZOO_PLAIN, DIGEST_SHA512) },
	  .alien = true },
	{ .id = "LDS_H_15",
	  .spec = { RSA_SPEC(ZOO_RSA, DIGEST_SHA256), .ds_outside = true } },
	{ .id = "LDS_H_16",
	  .spec = { EC("P-224"), SPEC(ZOO_PLAIN, DIGEST_SHA224),
	            .ds_outside = true },
	  .alien = true },
	{ .id = "LDS_H_70",
	  .spec = { EC("P-224"), SPEC(ZOO_ECDSA, DIGEST_SHA224) } },
	{ .id = "LDS_H_71",
	  .spec = { EC("P-256"), SPEC(ZOO_ECDSA, DIGEST_SHA256) } },
	{ .id = "LDS_H_72",
	  .spec = { EC("P-384"), SPEC(ZOO_ECDSA, DIGEST_SHA384) } },
	{ .id = "LDS_H_73",
	  .spec = { EC("brainpoolP512r1"), SPEC(ZOO_ECDSA, DIGEST_SHA512) } },
	{ .id = "LDS_H_74",
	  .spec = { RSA_SPEC(ZOO_PSS, DIGEST_SHA256),
	            .group_digest = DIGEST_SHA224 } },
	{ .id = "LDS_H_75",
	  .spec = { RSA_SPEC(ZOO_PSS, DIGEST_SHA256),
	            .attribute_digest = DIGEST_SHA224 },
	  .alien = true },
	{ .id = "LDS_H_76",
	  .spec = { .csca = "P-256",
	            .chain = ZOO_ECDSA,
	            .chain_digest = DIGEST_SHA224,
	            .sod = ZOO_RSA,
	            .sod_digest = DIGEST_SHA256,
	            .attribute_digest = DIGEST_SHA224 },
	  .alien = true },
	{ .id = "LDS_H_77",
	  .spec = { .chain = ZOO_PSS,
	            .chain_digest = DIGEST_SHA224,
	            .sod = ZOO_PSS,
	            .sod_digest = DIGEST_SHA256 } },
	{ .id = "LDS_H_78", .spec = { .chain = ZOO_RSA, .sod = ZOO_PSS } },
	{ .id = "LDS_H_79",
	  .spec = { RSA_SPEC(ZOO_RSA_BARE, DIGEST_SHA1) },
	  .finding = "weak_digest" },
	{ .id = "LDS_H_80", .spec = { RSA_SPEC(ZOO_RSA_BARE, DIGEST_SHA224) } },
	{ .id = "LDS_H_81", .spec = { RSA_SPEC(ZOO_RSA_BARE, DIGEST_SHA256) } },
	{ .id = "LDS_H_82", .spec = { RSA_SPEC(ZOO_RSA_BARE, DIGEST_SHA384) } },
	{ .id = "LDS_H_83", .spec = { RSA_SPEC(ZOO_RSA_BARE, DIGEST_SHA512) } },
	{ .id = "LDS_H_86", .spec = { .lds_1_8 = true } },
	{ .id = "LDS_H_89",
	  .spec = { .defect = ZOO_SO_FUTURE },
	  .finding = "lds_version_unknown" },
	{ .id = "LDS_H_94", .spec = { RSA_SPEC(ZOO_PSS, DIGEST_SHA224) } },
	{ .id = "LDS_H_95", .spec = { RSA_SPEC(ZOO_PSS, DIGEST_SHA384) } },
	{ .id = "LDS_H_96", .spec = { RSA_SPEC(ZOO_PSS, DIGEST_SHA512) } },
	{ .id = "LDS_H_97",
	  .spec = { DSA_KEYS, SPEC(ZOO_DSA, DIGEST_SHA224) } },
	{ .id = "LDS_H_98",
	  .spec = { DSA_KEYS, SPEC(ZOO_DSA, DIGEST_SHA256) } },
	{ .id = "key_id", .spec = { .by_key_id = true } },
	{ .id = "key_id_outside",
	  .spec = { .by_key_id = true, .ds_outside = true } },
	{ .id = "explicit_p256",
	  .spec = { EC("P-256"), SPEC(ZOO_ECDSA, DIGEST_SHA256),
	            .explicit_curve = true } },
	{ .id = "explicit_brainpool",
	  .spec = { EC("brainpoolP384r1"), SPEC(ZOO_PLAIN, DIGEST_SHA384),
	            .explicit_curve = true },
	  .alien = true },
	{ .id = "explicit_p521",
	  .spec = { EC("P-521"), SPEC(ZOO_ECDSA, DIGEST_SHA512),
	            .explicit_curve = true } },
	{ .id = "pss_key",
	  .spec = { .csca = "rsapss2048",
	            .ds = "rsapss2048",
	            RSA_SPEC(ZOO_PSS, DIGEST_SHA256) } },
	{ .id = "pss_defaults",
	  .spec = { RSA_SPEC(ZOO_PSS, DIGEST_SHA1),
	            .defect = ZOO_SI_PSS_DEFAULTS },
	  .finding = "weak_digest" },
	{ .id = "indefinite",
	  .spec = { .defect = ZOO_INDEFINITE },
	  .finding = "indefinite_length" },
	{ .id = "reversed", .spec = { .defect = ZOO_SI_REVERSED } },
	{ .id = "unsorted",
	  .spec = { .defect = ZOO_SI_UNSORTED },
	  .alien = true,
	  .finding = "signed_attributes_not_sorted" },
	{ .id = "trailing",
	  .spec = { .defect = ZOO_TRAILING_BYTES },
	  .finding = "trailing_bytes" },
	{ .id = "two_signers",
	  .spec = { .defect = ZOO_CMS_TWO_SIGNERS },
	  .finding = "many_signers" },
};

#define FAILS(where, why) \
	.place = (where), .verdict = CCCD_FAILED, .reason = (why)
#define F(name_, what, where, why)                                             \
	{                                                                      \
		.id = (name_), .spec = { .defect = (what) }, FAILS(where, why) \
	}
#define FEC(name_, what, where, why)                                   \
	{                                                              \
		.id = (name_),                                         \
		.spec = { EC("P-256"), SPEC(ZOO_ECDSA, DIGEST_SHA256), \
			  .explicit_curve = true, .defect = (what) },  \
		FAILS(where, why)                                      \
	}
#define FPSS(name_, what, where, why)                       \
	{                                                   \
		.id = (name_),                              \
		.spec = { RSA_SPEC(ZOO_PSS, DIGEST_SHA256), \
			  .defect = (what) },               \
		FAILS(where, why)                           \
	}

static struct row bad_rows[] = {
	F("LDS_H_17", ZOO_TAG_78, IN_SIGNATURE, "malformed"),
	F("LDS_H_18", ZOO_LENGTH_SHORT, IN_SIGNATURE, "malformed"),
	F("LDS_H_19", ZOO_LENGTH_LONG, IN_SIGNATURE, "malformed"),
	F("LDS_H_20", ZOO_CMS_VERSION, IN_SIGNATURE, "signed_data_version"),
	F("LDS_H_21", ZOO_CMS_NO_VERSION, IN_SIGNATURE, "malformed"),
	F("LDS_H_22", ZOO_CMS_DIGEST_MD5, IN_SIGNATURE, "digest_not_allowed"),
	F("LDS_H_23", ZOO_CMS_NO_DIGESTS, IN_SIGNATURE, "malformed"),
	F("LDS_H_24", ZOO_CMS_TYPE, IN_SIGNATURE, "wrong_content_type"),
	F("LDS_H_25", ZOO_CMS_NO_TYPE, IN_SIGNATURE, "malformed"),
	F("LDS_H_26", ZOO_SI_VERSION, IN_SIGNATURE, "signer_version"),
	F("LDS_H_27", ZOO_SI_NO_VERSION, IN_SIGNATURE, "malformed"),
	F("LDS_H_28", ZOO_SI_SERIAL, IN_SIGNATURE, "signer_mismatch"),
	F("LDS_H_28_issuer", ZOO_SI_ISSUER, IN_SIGNATURE, "signer_mismatch"),
	{ .id = "LDS_H_29",
	  .spec = { .by_key_id = true, .defect = ZOO_SI_KEY_ID },
	  .place = IN_SIGNATURE,
	  .verdict = CCCD_FAILED,
	  .reason = "signer_mismatch" },
	F("LDS_H_30", ZOO_SI_DIGEST_MD5, IN_HASH, "digest_not_allowed"),
	F("LDS_H_31", ZOO_SI_NO_DIGEST, IN_SIGNATURE, "malformed"),
	F("LDS_H_32", ZOO_SI_DIGEST_WRONG, IN_HASH, "message_digest_mismatch"),
	F("LDS_H_33", ZOO_SI_DIGEST_MISSING, IN_HASH, "message_digest_missing"),
	F("LDS_H_36", ZOO_SI_ALGORITHM_MD5, IN_SIGNATURE,
	  "algorithm_not_allowed"),
	F("LDS_H_37", ZOO_SI_SIGNATURE, IN_SIGNATURE, "bad_signature"),
	F("LDS_H_38", ZOO_SI_NO_SIGNATURE, IN_SIGNATURE, "malformed"),
	F("LDS_H_39", ZOO_SO_VERSION, IN_CONTENT, "security_object_version"),
	F("LDS_H_40", ZOO_SO_NO_VERSION, IN_CONTENT,
	  "security_object_malformed"),
	F("LDS_H_41", ZOO_SO_DIGEST_MD5, IN_CONTENT, "digest_not_allowed"),
	F("LDS_H_42", ZOO_SO_NO_DIGEST, IN_CONTENT,
	  "security_object_malformed"),
	F("LDS_H_43", ZOO_SO_HASH_WRONG, IN_GROUPS, "data_group_hash_wrong"),
	F("LDS_H_44", ZOO_SO_NO_DG1, IN_GROUPS, "data_group_not_listed"),
	F("LDS_H_45", ZOO_SO_EXTRA_DG10, IN_GROUPS, "data_group_missing"),
	F("LDS_H_46", ZOO_SO_NUMBER_FF, IN_CONTENT,
	  "security_object_malformed"),
	F("LDS_H_47", ZOO_SO_NO_NUMBER, IN_CONTENT,
	  "security_object_malformed"),
	F("LDS_H_48", ZOO_DS_VERSION_1, IN_DS_TRUST, "certificate_version"),
	F("LDS_H_49", ZOO_DS_NO_VERSION, IN_DS_TRUST, "certificate_version"),
	F("LDS_H_50", ZOO_DS_NO_SERIAL, IN_SIGNATURE, "signer_malformed"),
	F("LDS_H_51", ZOO_DS_ALGORITHMS_DIFFER, IN_DS_TRUST,
	  "certificate_algorithms_differ"),
	F("LDS_H_52", ZOO_DS_NO_INNER_ALGORITHM, IN_SIGNATURE,
	  "signer_malformed"),
	F("LDS_H_53", ZOO_DS_ISSUER_NO_COUNTRY, IN_DS_TRUST,
	  "issuer_name_differs"),
	F("LDS_H_54", ZOO_DS_ISSUER_OTHER, IN_DS_TRUST, "issuer_name_differs"),
	F("LDS_H_55", ZOO_DS_NO_ISSUER, IN_SIGNATURE, "signer_malformed"),
	F("LDS_H_56", ZOO_DS_TIME_FORM, IN_STRICT, "certificate_time_form"),
	F("LDS_H_57", ZOO_DS_NO_VALIDITY, IN_SIGNATURE, "signer_malformed"),
	F("LDS_H_58", ZOO_DS_KEY_MD5, IN_SIGNATURE, "signer_key_refused"),
	F("LDS_H_59", ZOO_DS_NO_KEY, IN_SIGNATURE, "signer_malformed"),
	F("LDS_H_60", ZOO_DS_AKI_EMPTY, IN_STRICT, "authority_key_id_missing"),
	F("LDS_H_61", ZOO_DS_NO_AKI, IN_STRICT, "authority_key_id_missing"),
	F("LDS_H_62", ZOO_DS_KEY_USAGE_NOT_CRITICAL, IN_STRICT,
	  "key_usage_not_critical"),
	F("LDS_H_63", ZOO_DS_KEY_USAGE_OTHER, IN_DS_TRUST,
	  "key_usage_not_signature"),
	F("LDS_H_64", ZOO_DS_NO_KEY_USAGE, IN_DS_TRUST, "key_usage_missing"),
	F("LDS_H_65", ZOO_DS_ALGORITHM_MD5, IN_DS_SIGNATURE,
	  "algorithm_not_allowed"),
	F("LDS_H_66", ZOO_DS_NO_ALGORITHM, IN_SIGNATURE, "signer_malformed"),
	F("LDS_H_67", ZOO_DS_SIGNATURE, IN_DS_SIGNATURE,
	  "issuer_signature_wrong"),
	F("LDS_H_68", ZOO_DS_NO_SIGNATURE, IN_SIGNATURE, "signer_malformed"),
	F("LDS_H_84", ZOO_SI_VERSION_SWAPPED, IN_SIGNATURE, "signer_version"),
	{ .id = "LDS_H_85",
	  .spec = { .by_key_id = true, .defect = ZOO_SI_VERSION_SWAPPED },
	  .place = IN_SIGNATURE,
	  .verdict = CCCD_FAILED,
	  .reason = "signer_version" },
	F("LDS_H_87", ZOO_SO_VERSION_WITHOUT_INFO, IN_CONTENT,
	  "lds_version_mismatch"),
	F("LDS_H_88", ZOO_SO_INFO_WITHOUT_VERSION, IN_CONTENT,
	  "lds_version_mismatch"),
	/* Beyond the test plan. */
	F("enveloped", ZOO_ENVELOPED, IN_SIGNATURE, "malformed"),
	F("no_content", ZOO_CMS_NO_CONTENT, IN_SIGNATURE, "content_missing"),
	F("no_signer", ZOO_CMS_NO_SIGNER, IN_SIGNATURE, "malformed"),
	F("legacy_type", ZOO_CMS_TYPE_LEGACY, IN_SIGNATURE,
	  "wrong_content_type"),
	F("sdu_type", ZOO_CMS_TYPE_SDU, IN_SIGNATURE, "wrong_content_type"),
	F("digest_twice", ZOO_SI_DIGEST_TWICE, IN_HASH,
	  "message_digest_duplicate"),
	F("no_attributes", ZOO_SI_NO_ATTRIBUTES, IN_SIGNATURE,
	  "signed_attributes_missing"),
	F("type_missing", ZOO_SI_TYPE_MISSING, IN_SIGNATURE,
	  "content_type_missing"),
	F("type_twice", ZOO_SI_TYPE_TWICE, IN_SIGNATURE,
	  "content_type_duplicate"),
	F("type_other", ZOO_SI_TYPE_OTHER, IN_SIGNATURE,
	  "content_type_mismatch"),
	F("time_twice", ZOO_SI_TIME_TWICE, IN_SIGNATURE,
	  "signing_time_duplicate"),
	F("empty_signature", ZOO_SI_EMPTY_SIGNATURE, IN_SIGNATURE,
	  "bad_signature"),
	FPSS("pss_salt", ZOO_SI_PSS_SALT, IN_SIGNATURE, "bad_signature"),
	FPSS("pss_trailer", ZOO_SI_PSS_TRAILER, IN_SIGNATURE,
	     "algorithm_malformed"),
	FPSS("pss_parameters", ZOO_SI_PSS_NO_PARAMETERS, IN_SIGNATURE,
	     "algorithm_malformed"),
	{ .id = "unknown_algorithm",
	  .spec = { .defect = ZOO_SI_ALGORITHM_UNKNOWN },
	  .place = IN_SIGNATURE,
	  .verdict = CCCD_UNDETERMINED,
	  .reason = "unknown_algorithm" },
	{ .id = "unknown_digest",
	  .spec = { .defect = ZOO_SO_DIGEST_UNKNOWN },
	  .place = IN_GROUPS,
	  .verdict = CCCD_UNDETERMINED,
	  .reason = "unknown_digest" },
	{ .id = "suffix",
	  .spec = { .ds = "rsa3e2048", .defect = ZOO_SI_SUFFIX },
	  .place = IN_SIGNATURE,
	  .verdict = CCCD_FAILED,
	  .reason = "bad_signature" },
	F("number_0", ZOO_SO_NUMBER_0, IN_CONTENT, "data_group_number"),
	F("number_17", ZOO_SO_NUMBER_17, IN_CONTENT, "data_group_number"),
	F("dg1_twice", ZOO_SO_DG1_TWICE, IN_CONTENT, "data_group_listed_twice"),
	F("hash_short", ZOO_SO_HASH_SHORT, IN_CONTENT,
	  "data_group_hash_length"),
	F("garbage", ZOO_SO_GARBAGE, IN_CONTENT, "security_object_malformed"),
	F("is_ca", ZOO_DS_IS_CA, IN_DS_TRUST, "signer_is_ca"),
	F("critical", ZOO_DS_UNKNOWN_CRITICAL, IN_DS_TRUST,
	  "critical_extension_unknown"),
	F("extension_twice", ZOO_DS_EXTENSION_TWICE, IN_DS_TRUST,
	  "extension_duplicate"),
	F("purpose", ZOO_DS_PURPOSE_LIST, IN_DS_TRUST, "purpose_differs"),
	F("expired", ZOO_DS_EXPIRED, IN_DS_VALIDITY, "not_valid_at_signing"),
	F("not_yet", ZOO_DS_NOT_YET, IN_DS_VALIDITY, "not_yet_valid"),
	F("usage_over", ZOO_DS_USAGE_OVER, IN_DS_VALIDITY,
	  "not_valid_at_signing"),
	F("other_state", ZOO_DS_OTHER_STATE, IN_DS_TRUST,
	  "certificate_countries_differ"),
	FEC("curve_generator", ZOO_DS_CURVE_GENERATOR, IN_SIGNATURE,
	    "signer_key_refused"),
	FEC("curve_cofactor", ZOO_DS_CURVE_COFACTOR, IN_SIGNATURE,
	    "signer_key_refused"),
	FEC("curve_no_cofactor", ZOO_DS_CURVE_NO_COFACTOR, IN_SIGNATURE,
	    "signer_key_refused"),
	FEC("curve_coefficient", ZOO_DS_CURVE_COEFFICIENT, IN_SIGNATURE,
	    "signer_key_refused"),
	F("empty_digests", ZOO_CMS_EMPTY_DIGESTS, IN_FINDINGS,
	  "digest_list_empty"),
	F("crls", ZOO_CMS_CRLS, IN_FINDINGS, "crls_present"),
	F("no_time", ZOO_SI_NO_TIME, IN_FINDINGS, "signing_time_absent"),
	F("expired_today", ZOO_DS_EXPIRED_TODAY, IN_FINDINGS, "expired_today"),
	F("aki_other", ZOO_DS_AKI_OTHER, IN_FINDINGS, "issuer_found_by_name"),
};

static const struct auth_check *check_at(const struct zoo_verdict *verdict,
                                         enum place place)
{
	const struct pa_object *object = &verdict->sod.object;

	switch (place) {
	case IN_HASH: return &object->hash;
	case IN_SIGNATURE: return &object->signature;
	case IN_CONTENT: return &verdict->sod.content;
	case IN_GROUPS: return &verdict->groups.data_groups;
	case IN_DS_SIGNATURE: return &object->ds_signature;
	case IN_DS_VALIDITY: return &object->ds_validity;
	case IN_DS_TRUST:
	case IN_STRICT: return &object->ds_trust;
	case NOWHERE:
	case IN_FINDINGS: break;
	}
	return NULL;
}

static bool is_found(const struct zoo_verdict *verdict, const char *code)
{
	return auth_findings_have(&verdict->sod.object.findings, code) ||
	       auth_findings_have(&verdict->groups.findings, code);
}

static void explain(const struct row *row, const struct zoo_verdict *verdict)
{
	const struct pa_object *object = &verdict->sod.object;

	print_message("%s: hash %s/%s signature %s/%s content %s/%s groups "
	              "%s/%s ds %s/%s trust %s/%s validity %s/%s csca %s/%s\n",
	              row->id, cccd_verdict_name(object->hash.verdict),
	              auth_check_reason(&object->hash),
	              cccd_verdict_name(object->signature.verdict),
	              auth_check_reason(&object->signature),
	              cccd_verdict_name(verdict->sod.content.verdict),
	              auth_check_reason(&verdict->sod.content),
	              cccd_verdict_name(verdict->groups.data_groups.verdict),
	              auth_check_reason(&verdict->groups.data_groups),
	              cccd_verdict_name(object->ds_signature.verdict),
	              auth_check_reason(&object->ds_signature),
	              cccd_verdict_name(object->ds_trust.verdict),
	              auth_check_reason(&object->ds_trust),
	              cccd_verdict_name(object->ds_validity.verdict),
	              auth_check_reason(&object->ds_validity),
	              cccd_verdict_name(object->csca_validity.verdict),
	              auth_check_reason(&object->csca_validity));
	for (size_t i = 0; i < object->findings.count; i++)
		print_message("  %s\n", object->findings.at[i].code);
}

static void good_document_passes(void **state)
{
	const struct row *row = *state;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;

	zoo_make(&row->spec, &document);
	verdict = zoo_judge(&document, true);
	if (verdict->passive.verdict != CCCD_SUCCESSFUL)
		explain(row, verdict);
	assert_int_equal(verdict->passive.verdict, CCCD_SUCCESSFUL);
	if (row->finding != NULL)
		assert_true(is_found(verdict, row->finding));
	for (size_t i = 0; i < ZOO_GROUPS; i++) {
		assert_int_equal(verdict->groups.state[zoo_numbers[i]],
		                 PA_IDENTICAL);
		assert_true(passive_auth_covers(&verdict->sod, &verdict->groups,
		                                zoo_numbers[i]));
	}
	assert_int_equal(verdict->groups.com_sod_consistency.verdict,
	                 CCCD_SUCCESSFUL);
	assert_true(row->alien || zoo_openssl_accepts(&document));
}

static void bad_document_fails(void **state)
{
	const struct row *row = *state;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	const struct auth_check *check = NULL;

	zoo_make(&row->spec, &document);
	verdict = zoo_judge(&document, row->place == IN_STRICT);
	check = check_at(verdict, row->place);
	assert_non_null(check);
	if (check == NULL)
		return;
	if (check->verdict != row->verdict ||
	    strcmp(auth_check_reason(check), row->reason) != 0)
		explain(row, verdict);
	assert_int_equal(check->verdict, row->verdict);
	assert_string_equal(auth_check_reason(check), row->reason);
	assert_int_equal(verdict->passive.verdict, row->verdict);
	for (unsigned int i = 1; i <= PA_GROUPS; i++)
		assert_true(row->place == IN_GROUPS ||
		            !passive_auth_covers(&verdict->sod,
		                                 &verdict->groups, i));
}

/* Reported even where nobody asked for strictness. */
static void lenient_judge_reports(void **state)
{
	const struct row *row = *state;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;

	zoo_make(&row->spec, &document);
	verdict = zoo_judge(&document, false);
	assert_true(is_found(verdict, row->reason));
	assert_int_equal(verdict->passive.verdict, CCCD_SUCCESSFUL);
}

/* OpenSSL refuses whatever we call a wrong signature or digest. */
static void openssl_agrees(void **state)
{
	const struct row *row = *state;
	ZOO_DOCUMENT document = { 0 };

	zoo_make(&row->spec, &document);
	assert_false(zoo_openssl_accepts(&document));
}

static struct CMUnitTest tests[ROWS_MAX * 2];
static size_t test_count;

static void add_test(struct row *row, CMUnitTestFunction function)
{
	tests[test_count++] = (struct CMUnitTest){
		.name = row->id,
		.test_func = function,
		.initial_state = row,
	};
}

static bool openssl_must_refuse(const struct row *row)
{
	static const char *const reasons[] = { "bad_signature",
		                               "message_digest_mismatch",
		                               "message_digest_missing" };

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (strcmp(row->reason, reasons[i]) == 0)
			return true;
	return false;
}

int main(void)
{
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(good_rows); i++)
		add_test(&good_rows[i], good_document_passes);
	for (size_t i = 0; i < ARRAY_LEN(bad_rows); i++) {
		if (bad_rows[i].place != IN_FINDINGS)
			add_test(&bad_rows[i], bad_document_fails);
		if (bad_rows[i].place == IN_STRICT ||
		    bad_rows[i].place == IN_FINDINGS)
			add_test(&bad_rows[i], lenient_judge_reports);
		if (openssl_must_refuse(&bad_rows[i]))
			add_test(&bad_rows[i], openssl_agrees);
	}
	failed = _cmocka_run_group_tests("passive_auth", tests, test_count,
	                                 NULL, NULL);
	zoo_keys_free();
	return failed;
}
