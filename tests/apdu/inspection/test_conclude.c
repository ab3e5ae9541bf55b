/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict function over every combination of facts. */
#include "apdu/inspection/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const enum cccd_verdict verdicts[] = {
	CCCD_NOT_RUN,      CCCD_SUCCESSFUL,    CCCD_FAILED,
	CCCD_UNDETERMINED, CCCD_NOT_SUPPORTED, CCCD_ABORTED,
};

struct bench {
	struct inspection_facts facts;
	struct cccd_result result;
};

static struct bench *bench_new(void)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	return bench;
}

/* Every part of the security object with one verdict. */
static void set_object(struct pa_object *object, enum cccd_verdict verdict)
{
	const struct auth_check check = auth_check_make(verdict, NULL);

	object->hash = check;
	object->signature = check;
	object->ds_signature = check;
	object->ds_validity = check;
	object->ds_revocation = check;
	object->ds_trust = check;
	object->csca_validity = check;
}

/* A card that proves all there is to prove. */
static void make_genuine(struct inspection_facts *facts)
{
	facts->opened = true;
	facts->access.protocol = CCCD_ACCESS_PACE;
	facts->access.pace_visible = true;
	facts->sod_checked = true;
	facts->sod_read = CCCD_FILE_READ;
	facts->dg14_read = CCCD_FILE_READ;
	facts->dg15_read = CCCD_FILE_READ;
	facts->sod.trusted_content = true;
	set_object(&facts->sod.object, CCCD_SUCCESSFUL);
	facts->sod.content = auth_check_make(CCCD_SUCCESSFUL, NULL);
	facts->groups_checked = true;
	facts->groups.data_groups = auth_check_make(CCCD_SUCCESSFUL, NULL);
	for (unsigned int i = 1; i <= 15; i += i == 2 ? 11 : 1) {
		facts->sod.groups[i].count = 1;
		facts->groups.state[i] = PA_IDENTICAL;
	}
	facts->ca_promised = true;
	facts->ca.outcome = CHIP_AUTH_PROVEN;
	facts->card_access = auth_check_make(CCCD_SUCCESSFUL, NULL);
	facts->issuing_state = auth_check_make(CCCD_SUCCESSFUL, NULL);
	facts->expiry = auth_check_make(CCCD_SUCCESSFUL, NULL);
	facts->cross = auth_check_make(CCCD_SUCCESSFUL, NULL);
}

static enum cccd_verdict conclude(struct bench *bench)
{
	memset(&bench->result, 0, sizeof(bench->result));
	inspection_conclude(&bench->facts, cccd_profile_counter(),
	                    &bench->result);
	return bench->result.overall;
}

static enum cccd_verdict verdict_of(const struct bench *bench,
                                    enum cccd_check_id id)
{
	return bench->result.checks[id].verdict;
}

/* [pitfall 10] zeroed memory means that nothing was proved. */
static void pitfall_10_zeroed_facts_prove_nothing(void **state)
{
	struct bench *bench = bench_new();

	(void)state;
	assert_int_equal(conclude(bench), CCCD_UNDETERMINED);
	for (unsigned int i = 0; i < CCCD_CHECKS; i++)
		assert_int_not_equal(verdict_of(bench, (enum cccd_check_id)i),
		                     CCCD_SUCCESSFUL);
	free(bench);
}

static void genuine_card_is_successful(void **state)
{
	struct bench *bench = bench_new();

	(void)state;
	make_genuine(&bench->facts);
	assert_int_equal(conclude(bench), CCCD_SUCCESSFUL);
	assert_int_equal(bench->result.suspicion_count, 0);
	free(bench);
}

/* TR-03135-1 5.4, written a second time, by counting. */
static enum cccd_verdict expected(const struct cccd_check *checks)
{
	bool failed = false;
	bool aborted = false;
	bool short_of = false;
	bool any = false;

	for (unsigned int i = 0; i < CCCD_CHECKS; i++) {
		enum cccd_verdict v = checks[i].verdict;
		bool mandatory = checks[i].mode == CCCD_MODE_MANDATORY;

		if (checks[i].mode == CCCD_MODE_EVALUATORY)
			continue;
		failed = failed || v == CCCD_FAILED;
		aborted = aborted || v == CCCD_ABORTED;
		any = any || v == CCCD_SUCCESSFUL;
		short_of = short_of || v == CCCD_UNDETERMINED ||
		           (mandatory &&
		            (v == CCCD_NOT_RUN || v == CCCD_NOT_SUPPORTED));
	}
	if (failed)
		return CCCD_FAILED;
	if (aborted)
		return CCCD_ABORTED;
	return short_of || !any ? CCCD_UNDETERMINED : CCCD_SUCCESSFUL;
}

/* [pitfall 10] three checks through every verdict and every mode. */
static void pitfall_10_aggregate_over_all_combinations(void **state)
{
	struct cccd_check checks[CCCD_CHECKS] = { 0 };
	unsigned int combinations = 0;

	(void)state;
	for (unsigned int code = 0; code < 18U * 18U * 18U; code++) {
		unsigned int rest = code;

		for (unsigned int i = 0; i < 3; i++) {
			checks[i * 7].verdict = verdicts[rest % 6];
			checks[i * 7].mode =
			        (enum cccd_check_mode)(rest / 6 % 3);
			rest /= 18;
		}
		assert_int_equal(cccd_aggregate(checks), expected(checks));
		combinations++;
	}
	assert_int_equal(combinations, 5832);
}

/* [pitfalls 6, 7, 8] a proof counts only over a key that is signed. */
static void pitfall_07_chip_proofs_over_all_combinations(void **state)
{
	static const enum chip_auth_outcome cas[] = {
		CHIP_AUTH_NOT_RUN,     CHIP_AUTH_PROVEN,
		CHIP_AUTH_REFUSED,     CHIP_AUTH_UNPROVEN,
		CHIP_AUTH_KEY_INVALID, CHIP_AUTH_UNSUPPORTED,
	};
	static const enum pa_group_state groups[] = {
		PA_NOT_PRESENT, PA_IDENTICAL,       PA_NOT_IDENTICAL,
		PA_PRESENT,     PA_NON_CONFORMANCE, PA_ABORTED,
	};
	struct bench *bench = bench_new();

	(void)state;
	for (unsigned int code = 0; code < 6U * 6U * 2U; code++) {
		enum chip_auth_outcome ca = cas[code % 6];
		enum pa_group_state group = groups[code / 6 % 6];
		bool verified = code / 36 == 1;
		enum cccd_verdict verdict = CCCD_NOT_RUN;

		memset(&bench->facts, 0, sizeof(bench->facts));
		make_genuine(&bench->facts);
		bench->facts.ca.outcome = ca;
		bench->facts.groups.state[14] = group;
		bench->facts.sod.trusted_content = verified;
		if (!verified)
			set_object(&bench->facts.sod.object, CCCD_UNDETERMINED);
		(void)conclude(bench);
		verdict = verdict_of(bench, CCCD_CHECK_CHIP_AUTHENTICATION);
		if (verdict == CCCD_SUCCESSFUL)
			assert_true(ca == CHIP_AUTH_PROVEN && verified &&
			            group == PA_IDENTICAL);
		if (ca == CHIP_AUTH_PROVEN && !verified) {
			assert_int_equal(verdict, CCCD_UNDETERMINED);
			assert_string_equal(
			        bench->result
			                .checks[CCCD_CHECK_CHIP_AUTHENTICATION]
			                .reason,
			        "unbound");
		}
		if (ca == CHIP_AUTH_REFUSED || ca == CHIP_AUTH_UNPROVEN ||
		    ca == CHIP_AUTH_KEY_INVALID)
			assert_int_equal(verdict, CCCD_FAILED);
		assert_true(bench->result.overall != CCCD_SUCCESSFUL ||
		            verdict == CCCD_SUCCESSFUL);
	}
	free(bench);
}

/* One success suffices; without one the worst word stands. */
static void genuineness_over_all_combinations(void **state)
{
	struct bench *bench = bench_new();

	(void)state;
	for (unsigned int code = 0; code < 6U * 6U; code++) {
		enum cccd_verdict genuine = CCCD_NOT_RUN;
		bool any = false;

		memset(&bench->facts, 0, sizeof(bench->facts));
		make_genuine(&bench->facts);
		bench->facts.ca.outcome = (enum chip_auth_outcome)(code % 6);
		bench->facts.aa.outcome = (enum active_auth_outcome)(code / 6);
		(void)conclude(bench);
		any = verdict_of(bench, CCCD_CHECK_CHIP_AUTHENTICATION) ==
		              CCCD_SUCCESSFUL ||
		      verdict_of(bench, CCCD_CHECK_ACTIVE_AUTHENTICATION) ==
		              CCCD_SUCCESSFUL;
		genuine = verdict_of(bench, CCCD_CHECK_CHIP_GENUINENESS);
		assert_int_equal(genuine == CCCD_SUCCESSFUL, any);
	}
	free(bench);
}

/* [contracts] listed, but refused: a failure, and a suspicion. */
static void promised_groups_that_do_not_come_are_suspicious(void **state)
{
	static const enum cccd_file_state gone[] = { CCCD_FILE_MISSING,
		                                     CCCD_FILE_LOCKED,
		                                     CCCD_FILE_REFUSED,
		                                     CCCD_FILE_BAD };
	struct bench *bench = bench_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		memset(&bench->facts, 0, sizeof(bench->facts));
		make_genuine(&bench->facts);
		bench->facts.dg14_read = gone[i];
		bench->facts.ca_promised = false;
		bench->facts.ca.outcome = CHIP_AUTH_NOT_RUN;
		assert_int_equal(conclude(bench), CCCD_FAILED);
		assert_string_equal(bench->result.suspicions[0],
		                    "dg14_listed_but_missing");
	}
	free(bench);
}

/* [service-api 6] a site that waits for its first list sees it coming. */
static void revocation_counts_from_the_first_crl(void **state)
{
	struct bench *bench = bench_new();

	(void)state;
	make_genuine(&bench->facts);
	bench->facts.sod.object.ds_revocation =
	        auth_check_make(CCCD_UNDETERMINED, "no_crl");
	assert_int_equal(conclude(bench), CCCD_SUCCESSFUL);
	bench->facts.store_has_crls = true;
	assert_int_equal(conclude(bench), CCCD_UNDETERMINED);
	free(bench);
}

/* Each counted check alone can spoil the whole. */
static void every_mandatory_check_is_needed(void **state)
{
	struct cccd_check checks[CCCD_CHECKS];
	const struct cccd_profile *profile = cccd_profile_counter();

	(void)state;
	for (unsigned int i = 0; i < CCCD_CHECKS; i++) {
		for (unsigned int j = 0; j < CCCD_CHECKS; j++)
			checks[j] = (struct cccd_check){
				.verdict =
				        j == i ? CCCD_FAILED : CCCD_SUCCESSFUL,
				.mode = profile->modes[j],
			};
		assert_int_equal(cccd_aggregate(checks),
		                 profile->modes[i] == CCCD_MODE_EVALUATORY
		                         ? CCCD_SUCCESSFUL
		                         : CCCD_FAILED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pitfall_10_zeroed_facts_prove_nothing),
		cmocka_unit_test(genuine_card_is_successful),
		cmocka_unit_test(pitfall_10_aggregate_over_all_combinations),
		cmocka_unit_test(pitfall_07_chip_proofs_over_all_combinations),
		cmocka_unit_test(genuineness_over_all_combinations),
		cmocka_unit_test(
		        promised_groups_that_do_not_come_are_suspicious),
		cmocka_unit_test(revocation_counts_from_the_first_crl),
		cmocka_unit_test(every_mandatory_check_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
