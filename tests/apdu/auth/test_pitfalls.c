/* SPDX-License-Identifier: Apache-2.0 */
/* The pitfalls of passive authentication, each with its rule and test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/apdu/auth/zoo/lists.h"

enum { DAY = 86400 };

/* Every single bit of the signed content counts. */
static void pitfall_10_only_verified_bytes_are_parsed(void **state)
{
	ZOO_DOCUMENT document = { 0 };

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	for (size_t i = 60; i < 90; i++) {
		ZOO_VERDICT *verdict = NULL;

		document.sod.at[i] ^= 0x04;
		verdict = zoo_judge(&document, false);
		assert_int_not_equal(verdict->passive.verdict, CCCD_SUCCESSFUL);
		assert_false(verdict->sod.trusted_content &&
		             verdict->sod.object.hash.verdict !=
		                     CCCD_SUCCESSFUL);
		document.sod.at[i] ^= 0x04;
	}
}

static void pitfall_11_broken_signature_yields_no_group_verdict(void **state)
{
	ZOO_VERDICT *verdict = zoo_judge_defect(ZOO_SI_SIGNATURE);

	(void)state;
	assert_false(verdict->sod.trusted_content);
	assert_int_equal(verdict->sod.groups[1].count, 0);
	expect(verdict->groups.data_groups, CCCD_UNDETERMINED, "unbound");
	for (size_t i = 0; i < ZOO_GROUPS; i++)
		assert_int_equal(verdict->groups.state[zoo_numbers[i]],
		                 PA_PRESENT);
	expect(verdict->groups.com_sod_consistency, CCCD_UNDETERMINED,
	       "unbound");
}

static void pitfall_12_legacy_type_needs_its_name(void **state)
{
	static const struct {
		enum zoo_defect defect;
		unsigned int right;
		unsigned int wrong;
	} rows[] = {
		{ ZOO_CMS_TYPE_LEGACY, PA_RELAX_LEGACY_CONTENT_TYPE,
		  PA_RELAX_SDU_CONTENT_TYPE },
		{ ZOO_CMS_TYPE_SDU, PA_RELAX_SDU_CONTENT_TYPE,
		  PA_RELAX_LEGACY_CONTENT_TYPE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct zoo_spec spec = zoo_ec_spec;
		ZOO_DOCUMENT document = { 0 };
		ZOO_VERDICT *right = NULL;
		ZOO_VERDICT *wrong = NULL;
		STORE *store = NULL;
		struct trust_input input = { .now_s = ZOO_NOW };

		spec.defect = rows[i].defect;
		zoo_make(&spec, &document);
		store = zoo_store(&document);
		input.store = store;
		input.relaxations = rows[i].right;
		right = zoo_judge_with(&document, &input);
		expect(right->passive, CCCD_SUCCESSFUL, "");
		assert_true(auth_findings_have(&right->sod.object.findings,
		                               "legacy_content_type"));
		input.relaxations = rows[i].wrong;
		wrong = zoo_judge_with(&document, &input);
		expect(wrong->sod.object.signature, CCCD_FAILED,
		       "wrong_content_type");
	}
}

/* The certificate was signed with PSS and SHA-512, the object is not. */
static void pitfall_13_algorithm_comes_from_the_signer_info(void **state)
{
	const struct zoo_spec spec = { .chain = ZOO_PSS,
		                       .chain_digest = DIGEST_SHA512,
		                       .sod = ZOO_RSA,
		                       .sod_digest = DIGEST_SHA256 };
	ZOO_VERDICT *verdict = zoo_judge_spec(&spec);
	const struct pa_signer *signer = &verdict->sod.object.signer;

	(void)state;
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_string_equal(signer->signature_algorithm, "rsa_sha256");
	assert_string_equal(signer->ds_signature_algorithm, "rsa_pss_sha512");
	assert_string_equal(signer->digest_algorithm, "sha256");
}

static void pitfall_13_pss_parameters_must_be_the_real_ones(void **state)
{
	static const enum zoo_defect defects[] = { ZOO_SI_PSS_SALT,
		                                   ZOO_SI_PSS_TRAILER,
		                                   ZOO_SI_PSS_NO_PARAMETERS };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(defects); i++) {
		struct zoo_spec spec = { .sod = ZOO_PSS, .defect = defects[i] };
		ZOO_VERDICT *verdict = zoo_judge_spec(&spec);

		assert_int_equal(verdict->sod.object.signature.verdict,
		                 CCCD_FAILED);
	}
}

static void pitfall_14_digest_as_suffix_is_no_signature(void **state)
{
	const struct zoo_spec spec = { .ds = "rsa3e2048",
		                       .defect = ZOO_SI_SUFFIX };
	const struct zoo_spec right = { .ds = "rsa3e2048" };
	ZOO_VERDICT *forged = zoo_judge_spec(&spec);
	ZOO_VERDICT *verdict = zoo_judge_spec(&right);

	(void)state;
	expect(forged->sod.object.signature, CCCD_FAILED, "bad_signature");
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
}

static void pitfall_15_every_group_read_is_listed_once(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *extra = NULL;
	ZOO_VERDICT *twice = zoo_judge_defect(ZOO_SO_DG1_TWICE);
	ZOO_VERDICT *zero = zoo_judge_defect(ZOO_SO_NUMBER_0);
	ZOO_VERDICT *seventeen = zoo_judge_defect(ZOO_SO_NUMBER_17);
	ZOO_VERDICT *missing = zoo_judge_defect(ZOO_SO_EXTRA_DG10);

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	document.group[16] = der_new();
	der_put(&document.group[16], 0x70, span_text("planted"));
	extra = zoo_judge(&document, false);
	expect(extra->groups.data_groups, CCCD_FAILED, "data_group_not_listed");
	assert_int_equal(extra->groups.state[16], PA_NOT_IDENTICAL);
	expect(twice->sod.content, CCCD_FAILED, "data_group_listed_twice");
	assert_int_equal(twice->groups.state[1], PA_NOT_IDENTICAL);
	expect(zero->sod.content, CCCD_FAILED, "data_group_number");
	expect(seventeen->sod.content, CCCD_FAILED, "data_group_number");
	expect(missing->groups.data_groups, CCCD_FAILED, "data_group_missing");
	assert_int_equal(missing->groups.missing, 1U << 10);
}

static void pitfall_15_refused_group_is_told_apart(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	struct pa_files files = { 0 };
	struct passive_auth_groups groups = { 0 };

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	verdict = zoo_judge(&document, false);
	zoo_files(&document, &files);
	files.read[3] = PA_GROUP_REFUSED;
	assert_int_equal(
	        passive_auth_check_groups(&verdict->sod, &files, &groups),
	        CCCD_OK);
	expect(groups.data_groups, CCCD_UNDETERMINED, "data_group_refused");
	files.may_be_refused = 1U << 3;
	assert_int_equal(
	        passive_auth_check_groups(&verdict->sod, &files, &groups),
	        CCCD_OK);
	expect(groups.data_groups, CCCD_SUCCESSFUL, "");
	assert_int_equal(groups.state[3], PA_PRESENT);
	files.read[2] = PA_GROUP_ABORTED;
	assert_int_equal(
	        passive_auth_check_groups(&verdict->sod, &files, &groups),
	        CCCD_OK);
	assert_int_equal(groups.data_groups.verdict, CCCD_ABORTED);
}

/* The same set in another order is another file. */
static void pitfall_16_hash_covers_the_raw_bytes(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	/* A longer length form of the very same object. */
	{
		BUF file = der_new();
		struct span value =
		        span_after(buf_span(&document.group[14]), 2);

		der_raw(&file, SPAN(((const uint8_t[]){ 0x6E, 0x81 })));
		der_raw(&file, span_of(&document.group[14].at[1], 1));
		der_raw(&file, value);
		buf_reset(&document.group[14]);
		der_raw(&document.group[14], buf_span(&file));
	}
	verdict = zoo_judge(&document, false);
	assert_int_equal(verdict->groups.state[14], PA_NOT_IDENTICAL);
	expect(verdict->groups.data_groups, CCCD_FAILED,
	       "data_group_hash_wrong");
}

static void pitfall_18_issuing_state_is_one(void **state)
{
	static const struct {
		const char *mrz;
		const char *issuer;
		const char *subject;
		const char *csca;
		enum cccd_verdict verdict;
		const char *reason;
	} rows[] = {
		{ "VNM", "VN", "VN", "VN", CCCD_SUCCESSFUL, "" },
		{ "VNM", "VN", "VN", "", CCCD_SUCCESSFUL, "" },
		{ "D<<", "DE", "DE", "DE", CCCD_SUCCESSFUL, "" },
		{ "D", "DE", "DE", "DE", CCCD_SUCCESSFUL, "" },
		{ "EUE", "EU", "EU", "EU", CCCD_SUCCESSFUL, "" },
		{ "UNO", "UN", "UN", "UN", CCCD_SUCCESSFUL, "" },
		{ "UNK", "UN", "UN", "UN", CCCD_SUCCESSFUL, "" },
		{ "RKS", "KS", "KS", "KS", CCCD_SUCCESSFUL, "" },
		{ "GBD", "GB", "GB", "GB", CCCD_SUCCESSFUL, "" },
		{ "CHN", "HK", "HK", "HK", CCCD_SUCCESSFUL, "" },
		{ "VNM", "VNM", "VNM", "VNM", CCCD_SUCCESSFUL, "" },
		{ "VNM", "LA", "LA", "LA", CCCD_FAILED, "state_differs" },
		{ "VNM", "VN", "LA", "VN", CCCD_FAILED, "state_differs" },
		{ "VNM", "VN", "VN", "LA", CCCD_FAILED, "state_differs" },
		{ "D<<", "FR", "FR", "FR", CCCD_FAILED, "state_differs" },
		{ "DEU", "DE", "DE", "DE", CCCD_SUCCESSFUL, "" },
		{ "VNM", "", "", "", CCCD_UNDETERMINED, "state_unknown" },
		{ "QQQ", "VN", "VN", "VN", CCCD_UNDETERMINED, "state_unknown" },
		{ "VNM", "QQ", "QQ", "QQ", CCCD_UNDETERMINED, "state_unknown" },
		{ "", "VN", "VN", "VN", CCCD_UNDETERMINED, "state_unknown" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pa_object object = { 0 };

		(void)snprintf(object.signer.issuer_country, PA_STATE_MAX, "%s",
		               rows[i].issuer);
		(void)snprintf(object.signer.country, PA_STATE_MAX, "%s",
		               rows[i].subject);
		(void)snprintf(object.signer.csca_country, PA_STATE_MAX, "%s",
		               rows[i].csca);
		expect(passive_auth_check_state(&object,
		                                span_text(rows[i].mrz)),
		       rows[i].verdict, rows[i].reason);
	}
}

static void pitfall_18_document_of_the_zoo_is_utopian(void **state)
{
	ZOO_VERDICT *verdict = zoo_judge_defect(ZOO_RIGHT);

	(void)state;
	expect(passive_auth_check_state(&verdict->sod.object, span_text("UTO")),
	       CCCD_SUCCESSFUL, "");
	expect(passive_auth_check_state(&verdict->sod.object, span_text("VNM")),
	       CCCD_FAILED, "state_differs");
}

static void signer_signs_the_types_it_lists(void **state)
{
	struct zoo_spec spec = zoo_ec_spec;
	ZOO_VERDICT *any = NULL;
	ZOO_VERDICT *exact = NULL;
	ZOO_VERDICT *silent = zoo_judge_defect(ZOO_RIGHT);

	(void)state;
	spec.document_type = "I";
	any = zoo_judge_spec(&spec);
	spec.document_type = "ID";
	exact = zoo_judge_spec(&spec);
	expect(passive_auth_check_type(&any->sod.object, span_text("I<")),
	       CCCD_SUCCESSFUL, "");
	expect(passive_auth_check_type(&any->sod.object, span_text("ID")),
	       CCCD_SUCCESSFUL, "");
	expect(passive_auth_check_type(&any->sod.object, span_text("AC")),
	       CCCD_SUCCESSFUL, "");
	expect(passive_auth_check_type(&exact->sod.object, span_text("I<")),
	       CCCD_FAILED, "document_type_not_allowed");
	expect(passive_auth_check_type(&any->sod.object, span_text("P<")),
	       CCCD_FAILED, "document_type_not_allowed");
	assert_true(auth_findings_have(&any->sod.object.findings,
	                               "document_type_not_allowed"));
	expect(passive_auth_check_type(&silent->sod.object, span_text("P<")),
	       CCCD_NOT_SUPPORTED, "document_types_absent");
}

static void pitfall_19_weak_digest_is_reported(void **state)
{
	const struct zoo_spec spec = { .csca = "P-256",
		                       .ds = "P-256",
		                       .chain = ZOO_ECDSA,
		                       .chain_digest = DIGEST_SHA1,
		                       .sod = ZOO_ECDSA,
		                       .sod_digest = DIGEST_SHA1 };
	ZOO_VERDICT *verdict = zoo_judge_spec(&spec);
	const struct auth_findings *findings = &verdict->sod.object.findings;

	(void)state;
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_true(auth_findings_have(findings, "weak_digest"));
	assert_true(auth_findings_have(findings, "weak_digest_certificate"));
	assert_true(auth_findings_have(findings, "weak_digest_groups"));
}

static void pitfall_19_both_moments_are_reported(void **state)
{
	ZOO_VERDICT *today = zoo_judge_defect(ZOO_DS_EXPIRED_TODAY);
	ZOO_VERDICT *before = zoo_judge_defect(ZOO_DS_EXPIRED);
	ZOO_VERDICT *not_yet = zoo_judge_defect(ZOO_DS_NOT_YET);
	ZOO_VERDICT *right = zoo_judge_defect(ZOO_RIGHT);

	(void)state;
	expect(today->sod.object.ds_validity, CCCD_SUCCESSFUL, "expired_today");
	assert_true(today->sod.object.valid_at_signing);
	assert_false(today->sod.object.valid_today);
	expect(before->sod.object.ds_validity, CCCD_FAILED,
	       "not_valid_at_signing");
	assert_false(before->sod.object.valid_at_signing);
	expect(not_yet->sod.object.ds_validity, CCCD_FAILED, "not_yet_valid");
	assert_true(right->sod.object.valid_at_signing);
	assert_true(right->sod.object.valid_today);
	assert_int_equal(right->sod.object.signing_time, ZOO_SIGNED);
}

static void pitfall_19_model_of_today_fails_what_expired(void **state)
{
	struct zoo_spec spec = zoo_ec_spec;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;
	struct trust_input input = { .now_s = ZOO_NOW,
		                     .validity = PA_VALID_TODAY };

	(void)state;
	spec.defect = ZOO_DS_EXPIRED_TODAY;
	zoo_make(&spec, &document);
	store = zoo_store(&document);
	input.store = store;
	verdict = zoo_judge_with(&document, &input);
	expect(verdict->sod.object.ds_validity, CCCD_FAILED, "expired");
}

static void pitfall_19_missing_signing_time_waits_for_the_issue(void **state)
{
	ZOO_VERDICT *verdict = zoo_judge_defect(ZOO_SI_NO_TIME);
	ZOO_VERDICT *late = zoo_judge_defect(ZOO_SI_NO_TIME);

	(void)state;
	expect(verdict->sod.object.ds_validity, CCCD_SUCCESSFUL,
	       "signing_time_absent");
	passive_auth_check_issue(&verdict->sod, ZOO_SIGNED);
	expect(verdict->sod.object.ds_validity, CCCD_SUCCESSFUL,
	       "signing_time_absent");
	/* After the private key usage period: the key was not to sign. */
	passive_auth_check_issue(&late->sod, ZOO_SIGNED + ZOO_YEAR);
	expect(late->sod.object.ds_validity, CCCD_FAILED, "not_valid_at_issue");
	assert_false(late->sod.object.valid_at_signing);
}

/* Curves spelled out: equal in every number, or refused. */
static void pitfall_28_explicit_curve_must_be_known(void **state)
{
	static const enum zoo_defect defects[] = {
		ZOO_DS_CURVE_GENERATOR,
		ZOO_DS_CURVE_COFACTOR,
		ZOO_DS_CURVE_NO_COFACTOR,
		ZOO_DS_CURVE_COEFFICIENT,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(defects); i++) {
		struct zoo_spec spec = zoo_ec_spec;
		ZOO_VERDICT *verdict = NULL;

		spec.explicit_curve = true;
		spec.defect = defects[i];
		verdict = zoo_judge_spec(&spec);
		expect(verdict->sod.object.signature, CCCD_FAILED,
		       "signer_key_refused");
	}
}

static void pitfall_28_only_signed_data_is_accepted(void **state)
{
	ZOO_VERDICT *verdict = zoo_judge_defect(ZOO_ENVELOPED);

	(void)state;
	expect(verdict->sod.object.signature, CCCD_FAILED, "malformed");
}

/* Deeply nested, endless and oversized files end at once. */
static void pitfall_28_depth_and_size_are_bounded(void **state)
{
	static uint8_t deep[PA_SOD_MAX + 2];
	STORE *store = NULL;
	struct trust_input input = { .now_s = ZOO_NOW };
	struct passive_auth_sod *sod = calloc(1, sizeof(*sod));

	(void)state;
	assert_non_null(sod);
	assert_int_equal(csca_store_new(CCCD_TRUST_REAL, &store), CCCD_OK);
	input.store = store;
	for (size_t i = 0; i < sizeof(deep); i += 2) {
		deep[i] = i == 0 ? 0x77 : 0x30;
		deep[i + 1] = 0x80;
	}
	assert_int_equal(
	        passive_auth_check_sod(span_of(deep, PA_SOD_MAX), &input, sod),
	        CCCD_OK);
	expect(sod->object.signature, CCCD_FAILED, "malformed");
	assert_int_equal(passive_auth_check_sod(SPAN(deep), &input, sod),
	                 CCCD_OK);
	expect(sod->object.signature, CCCD_FAILED, "malformed");
	assert_int_equal(passive_auth_check_sod(span_of(NULL, 0), &input, sod),
	                 CCCD_OK);
	expect(sod->object.signature, CCCD_FAILED, "malformed");
	passive_auth_sod_release(sod);
	free(sod);
}

static void check_sod_without_store_is_a_mistake(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	struct trust_input input = { .now_s = ZOO_NOW };
	struct passive_auth_sod *sod = calloc(1, sizeof(*sod));

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	assert_int_equal(
	        passive_auth_check_sod(buf_span(&document.sod), &input, sod),
	        CCCD_ERR_USAGE_ARGUMENT);
	free(sod);
}

static int free_keys(void **state)
{
	(void)state;
	zoo_keys_free();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pitfall_10_only_verified_bytes_are_parsed),
		cmocka_unit_test(
		        pitfall_11_broken_signature_yields_no_group_verdict),
		cmocka_unit_test(pitfall_12_legacy_type_needs_its_name),
		cmocka_unit_test(
		        pitfall_13_algorithm_comes_from_the_signer_info),
		cmocka_unit_test(
		        pitfall_13_pss_parameters_must_be_the_real_ones),
		cmocka_unit_test(pitfall_14_digest_as_suffix_is_no_signature),
		cmocka_unit_test(pitfall_15_every_group_read_is_listed_once),
		cmocka_unit_test(pitfall_15_refused_group_is_told_apart),
		cmocka_unit_test(pitfall_16_hash_covers_the_raw_bytes),
		cmocka_unit_test(pitfall_18_issuing_state_is_one),
		cmocka_unit_test(pitfall_18_document_of_the_zoo_is_utopian),
		cmocka_unit_test(signer_signs_the_types_it_lists),
		cmocka_unit_test(pitfall_19_weak_digest_is_reported),
		cmocka_unit_test(pitfall_19_both_moments_are_reported),
		cmocka_unit_test(pitfall_19_model_of_today_fails_what_expired),
		cmocka_unit_test(
		        pitfall_19_missing_signing_time_waits_for_the_issue),
		cmocka_unit_test(pitfall_28_explicit_curve_must_be_known),
		cmocka_unit_test(pitfall_28_only_signed_data_is_accepted),
		cmocka_unit_test(pitfall_28_depth_and_size_are_bounded),
		cmocka_unit_test(check_sod_without_store_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
