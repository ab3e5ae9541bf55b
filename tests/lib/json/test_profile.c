/* SPDX-License-Identifier: Apache-2.0 */
/* Check profiles as files: what is taken, what is refused. */
#include "lib/json/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static enum cccd_err parse(const char *name, const char *checks,
                           struct cccd_profile *ret)
{
	struct cccd_error error = { .tries_left = -1 };
	char text[512];

	(void)snprintf(text, sizeof(text),
	               "{\"schema\": \"urn:cccd:profile:1\", "
	               "\"name\": \"%s\", \"checks\": {%s}}",
	               name, checks);
	return json_profile_parse(span_text(text), &error, ret);
}

static void profile_parse_takes_one_of_the_operators_own(void **state)
{
	struct cccd_profile profile = { 0 };

	(void)state;
	assert_int_equal(
	        parse("ours", "\"document_expiry\": \"mandatory\"", &profile),
	        CCCD_OK);
	assert_string_equal(profile.name, "ours");
	assert_int_equal(profile.modes[CCCD_CHECK_DOCUMENT_EXPIRY],
	                 CCCD_MODE_MANDATORY);
	assert_int_equal(profile.modes[CCCD_CHECK_DATA_GROUPS],
	                 CCCD_MODE_EVALUATORY);
}

/* A result that says "counter" was judged by the shipped profile. */
static void profile_parse_refuses_another_under_the_shipped_name(void **state)
{
	struct cccd_profile profile = { 0 };

	(void)state;
	assert_int_equal(parse("counter", "\"document_expiry\": \"mandatory\"",
	                       &profile),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_string_equal(profile.name, "");
}

static void profile_load_takes_the_shipped_file(void **state)
{
	const struct cccd_profile *shipped = cccd_profile_counter();
	struct cccd_profile profile = { 0 };
	struct cccd_error error = { .tries_left = -1 };

	(void)state;
	assert_int_equal(json_profile_load(SHIPPED_PROFILE, &error, &profile),
	                 CCCD_OK);
	assert_string_equal(profile.name, shipped->name);
	assert_memory_equal(profile.modes, shipped->modes,
	                    sizeof(profile.modes));
	assert_int_equal(profile.revocation_from_first_crl,
	                 shipped->revocation_from_first_crl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profile_parse_takes_one_of_the_operators_own),
		cmocka_unit_test(
		        profile_parse_refuses_another_under_the_shipped_name),
		cmocka_unit_test(profile_load_takes_the_shipped_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
