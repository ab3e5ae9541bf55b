/* SPDX-License-Identifier: Apache-2.0 */
/* EF.COM against EF.SOD: pitfall 17, LDS_H_69 and 90 to 92. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/apdu/auth/zoo/lists.h"

/* EF.COM without DG14 and DG15 hides nothing: the SOD decides. */
static void pitfall_17_com_changes_nothing_but_a_finding(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	/* The tag list ends the file: 6E 6F becomes 6D 6D. */
	document.com.at[document.com.len - 1] = 0x6D;
	document.com.at[document.com.len - 2] = 0x6D;
	verdict = zoo_judge(&document, false);
	expect(verdict->groups.com_sod_consistency, CCCD_FAILED, "com_differs");
	assert_int_equal(verdict->groups.hidden, (1U << 14) | (1U << 15));
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_int_equal(verdict->groups.state[14], PA_IDENTICAL);
	assert_int_equal(verdict->groups.state[15], PA_IDENTICAL);
}

/* LDS_H_90 to 92: more, fewer, and other groups than EF.COM says. */
static void lds_h_90_com_with_fewer_groups_differs(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	document.com.at[document.com.len - 1] = 0x6E; /* DG15 → DG14 */
	verdict = zoo_judge(&document, false);
	expect(verdict->groups.com_sod_consistency, CCCD_FAILED, "com_differs");
	assert_true(auth_findings_have(&verdict->groups.findings,
	                               "com_hides_data_group"));
}

static void lds_h_91_com_with_more_groups_differs(void **state)
{
	ZOO_VERDICT *verdict = zoo_judge_defect(ZOO_SO_NO_DG1);

	(void)state;
	expect(verdict->groups.com_sod_consistency, CCCD_FAILED, "com_differs");
	assert_true(auth_findings_have(&verdict->groups.findings,
	                               "com_names_data_group"));
}

static void lds_h_92_com_with_other_groups_differs(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	document.com.at[document.com.len - 1] = 0x70; /* DG15 → DG16 */
	verdict = zoo_judge(&document, false);
	expect(verdict->groups.com_sod_consistency, CCCD_FAILED, "com_differs");
	assert_int_equal(verdict->groups.hidden, 1U << 15);
}

/* LDS_H_69: the hash fails whatever the contents of DG2 look like. */
static void lds_h_69_corrupted_group_fails_by_its_hash(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	document.group[2].at[document.group[2].len - 1] ^= 0xFF;
	verdict = zoo_judge(&document, false);
	expect(verdict->groups.data_groups, CCCD_FAILED,
	       "data_group_hash_wrong");
	assert_int_equal(verdict->groups.state[2], PA_NOT_IDENTICAL);
	assert_int_equal(verdict->groups.state[1], PA_IDENTICAL);
}

static void com_that_is_absent_is_no_failure(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	struct pa_files files = { 0 };
	struct passive_auth_groups groups = { 0 };

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	verdict = zoo_judge(&document, false);
	zoo_files(&document, &files);
	files.com_state = PA_GROUP_MISSING;
	assert_int_equal(
	        passive_auth_check_groups(&verdict->sod, &files, &groups),
	        CCCD_OK);
	expect(groups.com_sod_consistency, CCCD_NOT_SUPPORTED, "com_absent");
	files.com_state = PA_GROUP_READ;
	files.com = span_text("not a template");
	assert_int_equal(
	        passive_auth_check_groups(&verdict->sod, &files, &groups),
	        CCCD_OK);
	expect(groups.com_sod_consistency, CCCD_FAILED, "com_malformed");
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
		cmocka_unit_test(pitfall_17_com_changes_nothing_but_a_finding),
		cmocka_unit_test(lds_h_90_com_with_fewer_groups_differs),
		cmocka_unit_test(lds_h_91_com_with_more_groups_differs),
		cmocka_unit_test(lds_h_92_com_with_other_groups_differs),
		cmocka_unit_test(lds_h_69_corrupted_group_fails_by_its_hash),
		cmocka_unit_test(com_that_is_absent_is_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
