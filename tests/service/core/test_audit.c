/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log as the daemon writes it: order, and what it takes. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/macros.h"
#include "tests/service/core/audit_rig.h"

static const char november[] = "2026-11.jsonl";

static void audit_append_writes_one_line_a_call(void **state)
{
	struct rig *rig = *state;
	struct audit_head head = { 0 };
	struct stat status = { 0 };
	char path[RIG_PATH];
	char *text = NULL;
	size_t len = 0;

	rig_fill(rig, 3);
	rig_assert_sound(rig, 6, 0);
	audit_head(rig->audit, &head);
	assert_int_equal(head.sequence, 6);
	text = rig_load(rig, november, &len);
	assert_memory_equal(
	        text, "{\"schema\":\"urn:cccd:audit:1\",\"sequence\":1,", 42);
	assert_non_null(strstr(text, head.hash));
	/* Every check stands there, and nothing of the number but its hash. */
	for (unsigned int id = 0; id < CCCD_CHECKS; id++)
		assert_non_null(
		        strstr(text, cccd_check_name((enum cccd_check_id)id)));
	assert_null(strstr(text, "001099000001"));
	assert_non_null(strstr(text, "\"reference\":\""));
	free(text);
	rig_path(rig, november, path);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(stat(rig->dir, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
}

static void audit_chain_crosses_the_months(void **state)
{
	struct rig *rig = *state;
	struct rig_verdict verdict;

	rig_fill(rig, 1);
	machine.wall_s += 20 * 86400;
	rig_fill(rig, 1);
	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 0);
	assert_int_equal(verdict.summary.chains[AUDIT_CHAIN_READS].files, 2);
	/* A clock that went back takes nothing back with it. */
	machine.wall_s -= 20 * 86400;
	rig_fill(rig, 1);
	rig_close(rig);
	rig_open(rig);
	rig_fill(rig, 1);
	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 0);
	assert_int_equal(verdict.summary.chains[AUDIT_CHAIN_READS].files, 2);
	assert_int_equal(verdict.summary.chains[AUDIT_CHAIN_READS].lines, 8);
	assert_int_equal(verdict.summary.chains[AUDIT_CHAIN_READS].repairs, 0);
}

static void audit_open_goes_on_behind_an_empty_month(void **state)
{
	struct rig *rig = *state;

	rig_fill(rig, 2);
	rig_close(rig);
	rig_save(rig, "2026-12.jsonl", "", 0);
	rig_open(rig);
	rig_fill(rig, 1);
	rig_assert_sound(rig, 6, 0);
}

static void audit_open_refuses_a_second_daemon(void **state)
{
	struct rig *rig = *state;
	const struct audit_config config = {
		.dir = rig->dir,
		.site_key = span_text("0123456789abcdef0123456789abcdef"),
	};
	struct cccd_error error = { .tries_left = -1 };
	struct audit *second = NULL;

	assert_int_equal(audit_open(&config, &error, &second), CCCD_ERR_AUDIT);
	assert_int_equal(error.native, EWOULDBLOCK);
	assert_null(second);
	rig_close(rig);
	error = (struct cccd_error){ .tries_left = -1 };
	assert_int_equal(audit_open(&config, &error, &second), CCCD_OK);
	audit_close(second);
}

static void audit_open_refuses_what_it_cannot_use(void **state)
{
	struct rig *rig = *state;
	struct audit_config config = {
		.dir = "/nonexistent/below/audit",
		.site_key = span_text("0123456789abcdef0123456789abcdef"),
	};
	struct cccd_error error = { .tries_left = -1 };
	struct audit *audit = NULL;

	(void)rig;
	assert_int_equal(audit_open(&config, &error, &audit), CCCD_ERR_AUDIT);
	assert_int_equal(error.native, ENOENT);
	config.site_key = span_text("0123456789abcdef0123456789abcde");
	assert_int_equal(audit_open(&config, NULL, &audit),
	                 CCCD_ERR_USAGE_ARGUMENT);
}

enum { THREADS = 4, EACH = 25 };

static void *append_some(void *context)
{
	struct rig *rig = context;
	const struct audit_entry entry = rig_delivery("t-threads");

	for (unsigned int i = 0; i < EACH; i++)
		if (audit_append(rig->audit, &entry, NULL) != CCCD_OK)
			return context;
	return NULL;
}

static void audit_append_serves_several_threads(void **state)
{
	struct rig *rig = *state;
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
		        pthread_create(&threads[i], NULL, append_some, rig), 0);
	for (size_t i = 0; i < THREADS; i++) {
		void *bad = NULL;

		assert_int_equal(pthread_join(threads[i], &bad), 0);
		assert_null(bad);
	}
	rig_assert_sound(rig, (uint64_t)THREADS * EACH, 0);
}

static uint64_t security_lines(const struct rig *rig)
{
	struct rig_verdict verdict;

	rig_walk(rig, &verdict);
	assert_int_equal(rig_faults(&verdict), 0);
	return verdict.summary.chains[AUDIT_CHAIN_SECURITY].lines;
}

static void audit_append_counts_what_strangers_cause(void **state)
{
	struct rig *rig = *state;
	const struct audit_entry stranger = {
		.kind = AUDIT_UNKNOWN_ORIGIN,
		.origin = "https://evil.example\"\n\x1b[2J\xff",
	};
	char *text = NULL;

	for (unsigned int i = 0; i < 1000; i++)
		rig_append(rig, &stranger);
	assert_int_equal(security_lines(rig), 12);
	machine.skipped_ms = 3600 * 1000;
	rig_append(rig, &stranger);
	assert_int_equal(security_lines(rig), 14);
	text = rig_load(rig, "security-2026-11.jsonl", NULL);
	assert_non_null(strstr(text, "\"count\":988"));
	/* Its words are printable, whatever they were. */
	assert_non_null(strstr(text, "https://evil.example\\\"??[2J?"));
	free(text);
	for (unsigned int i = 0; i < 20; i++)
		rig_append(rig, &stranger);
	rig_close(rig);
	text = rig_load(rig, "security-2026-11.jsonl", NULL);
	assert_non_null(strstr(text, "\"count\":9"));
	free(text);
	rig_open(rig);
	rig_assert_sound(rig, 0, 0);
}

static void audit_append_tells_security_of_forged_and_copied(void **state)
{
	struct rig *rig = *state;
	struct audit_entry entry = rig_read(rig, "t-1");
	struct cccd_result *result = &rig->result;
	char *text = NULL;

	result->checks[CCCD_CHECK_PASSIVE_AUTHENTICATION].verdict = CCCD_FAILED;
	result->checks[CCCD_CHECK_DATA_GROUPS].verdict = CCCD_FAILED;
	result->checks[CCCD_CHECK_DATA_GROUPS].reason = "hash_mismatch";
	result->overall = CCCD_FAILED;
	rig_append(rig, &entry);
	assert_int_equal(security_lines(rig), 1);
	entry = rig_read(rig, "t-2");
	result->suspicions[0] = "chip_authentication_failed";
	result->suspicion_count = 1;
	rig_append(rig, &entry);
	assert_int_equal(security_lines(rig), 2);
	text = rig_load(rig, "security-2026-11.jsonl", NULL);
	assert_non_null(strstr(text, "\"kind\":\"bad_sod\",\"transaction\":"
	                             "\"t-1\""));
	assert_non_null(strstr(text, "data_groups:hash_mismatch"));
	assert_non_null(strstr(text, "\"kind\":\"clone_suspicion\",\"transac"
	                             "tion\":\"t-2\""));
	assert_non_null(strstr(text, "chip_authentication_failed"));
	assert_null(strstr(text, "001099000001"));
	free(text);
	rig_assert_sound(rig, 2, 0);
}

/* Without the security line there is no read either. */
static void audit_append_refuses_a_read_without_its_warning(void **state)
{
	struct rig *rig = *state;
	struct audit_entry entry = rig_read(rig, "t-1");

	rig->result.suspicions[0] = "active_authentication_failed";
	rig->result.suspicion_count = 1;
	machine.sync_errno = EIO;
	assert_int_equal(audit_append(rig->audit, &entry, NULL),
	                 CCCD_ERR_AUDIT);
	machine.sync_errno = 0;
	rig_assert_sound(rig, 0, 0);
	assert_int_equal(security_lines(rig), 0);
}

static void audit_append_refuses_what_does_not_go_together(void **state)
{
	struct rig *rig = *state;
	struct audit_entry rows[12];
	size_t count = 0;

	/* A read without an end, without its transaction, its result, its
	 * problem; a delivery without a way; a way without a delivery. */
	rows[count] = rig_read(rig, "t-1");
	rows[count++].outcome = AUDIT_ENDED_NONE;
	rows[count++] = rig_read(rig, "");
	rows[count] = rig_read(rig, "t-1");
	rows[count++].result = NULL;
	rows[count] = rig_read(rig, "t-1");
	rows[count++].outcome = AUDIT_ENDED_FAILED;
	rows[count] = rig_delivery("t-1");
	rows[count++].way = AUDIT_WAY_NONE;
	rows[count] = rig_read(rig, "t-1");
	rows[count++].way = AUDIT_WAY_JSON;
	/* Nobody but the log itself tells of repairs. */
	rows[count++] = (struct audit_entry){ .kind = AUDIT_RECOVERED };
	rows[count++] = (struct audit_entry){ .kind = AUDIT_NONE };
	/* A person's number where an id of a text belongs; bad words. */
	rows[count] = rig_read(rig, "t-1");
	rows[count++].consent_text = "consent-001099000001";
	rows[count] = rig_read(rig, "t-1");
	rows[count++].consent_text = "Nguyễn Thị Mẫu";
	rows[count] = rig_read(rig, "t-1");
	rows[count++].rp = "two\nlines";
	rows[count] = rig_read(rig, "t-1");
	rows[count++].purpose = "\xff";
	assert_int_equal(count, ARRAY_LEN(rows));
	for (size_t i = 0; i < count; i++)
		assert_int_equal(audit_append(rig->audit, &rows[i], NULL),
		                 CCCD_ERR_USAGE_ARGUMENT);
	rig_assert_sound(rig, 0, 0);
}

static void audit_reference_depends_on_key_and_number(void **state)
{
	struct rig *rig = *state;
	struct audit_entry entry = rig_read(rig, "t-1");
	char seen[3][AUDIT_HASH_TEXT];
	char *text = NULL;
	char *at = NULL;

	rig_append(rig, &entry);
	rig_append(rig, &entry);
	entry.document = span_text("001099000002");
	rig_append(rig, &entry);
	text = rig_load(rig, november, NULL);
	at = text;
	for (size_t i = 0; i < 3; i++) {
		at = strstr(at, "\"reference\":\"");
		assert_non_null(at);
		at += strlen("\"reference\":\"");
		(void)snprintf(seen[i], sizeof(seen[i]), "%.64s", at);
	}
	free(text);
	assert_string_equal(seen[0], seen[1]);
	assert_string_not_equal(seen[0], seen[2]);
	/* HMAC-SHA-256 of the label and the number, computed elsewhere. */
	assert_string_equal(seen[0], "0eebcd51307b6fad879ec93ac84f12246601f487e"
	                             "a8543b5c1af8bda2f705b4b");
}

#define ON_RIG(test) \
	cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_RIG(audit_append_writes_one_line_a_call),
		ON_RIG(audit_chain_crosses_the_months),
		ON_RIG(audit_open_goes_on_behind_an_empty_month),
		ON_RIG(audit_open_refuses_a_second_daemon),
		ON_RIG(audit_open_refuses_what_it_cannot_use),
		ON_RIG(audit_append_serves_several_threads),
		ON_RIG(audit_append_counts_what_strangers_cause),
		ON_RIG(audit_append_tells_security_of_forged_and_copied),
		ON_RIG(audit_append_refuses_a_read_without_its_warning),
		ON_RIG(audit_append_refuses_what_does_not_go_together),
		ON_RIG(audit_reference_depends_on_key_and_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
