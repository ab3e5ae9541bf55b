/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped profile file says what the library does without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/json/profile.h"

static void counter_file_equals_the_built_in_profile(void **state)
{
	const struct cccd_profile *built_in = cccd_profile_counter();
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_profile file = { 0 };
	char path[512];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/packaging/profiles/counter.json",
	               getenv("CCCD_SOURCE_DIR")); /* NOLINT */
	if (json_profile_load(path, &error, &file) != CCCD_OK)
		fail_msg("%s", error.text);
	assert_string_equal(file.name, built_in->name);
	assert_int_equal(file.revocation_from_first_crl,
	                 built_in->revocation_from_first_crl);
	for (unsigned int i = 0; i < CCCD_CHECKS; i++)
		if (file.modes[i] != built_in->modes[i])
			fail_msg("%s is %s",
			         cccd_check_name((enum cccd_check_id)i),
			         cccd_mode_name(file.modes[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counter_file_equals_the_built_in_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
