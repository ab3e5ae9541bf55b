/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in a real PostgreSQL, which directory_pg.py starts. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "service/gateway/connectors/connector.h"

static char secret[64];

static void write_conninfo(const char *host)
{
	char text[256];
	int fd = 0;

	(void)snprintf(secret, sizeof(secret), "/tmp/cccd-conninfo-XXXXXX");
	fd = mkstemp(secret);
	assert_true(fd >= 0);
	(void)snprintf(text, sizeof(text), "host=%s user=desk dbname=postgres",
	               host);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
}

static enum registry_outcome ask(const char *host, const char *table,
                                 const char *id, unsigned int limit_ms,
                                 struct registry_answer *ret)
{
	const struct connector_setting settings[] = {
		{ "engine", "postgresql" }, { "conninfo_file", secret },
		{ "table", table },         { "connect_time", "60 s" },
		{ "request_time", "60 s" },
	};
	const struct connector_section section = {
		.name = "pilot",
		.kind = "directory",
		.settings = settings,
		.count = ARRAY_LEN(settings),
	};
	const struct registry_question question = {
		.operation = REGISTRY_LOOKUP,
		.request_id = "r-1",
		.id_number = id,
		.old_number = "012345678",
		.full_name = "",
		.date_of_birth = "",
		.sex = "",
		.officer_id = "",
		.officer_name = "",
		.service_code = "",
		.procedure_code = "",
	};
	struct connector *connector = NULL;

	write_conninfo(host);
	assert_int_equal(connector_open(&section, NULL, &connector), CCCD_OK);
	(void)unlink(secret);
	/* Twice, so that the kept connection is used as well. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(connector_query(connector, &question,
		                                 clock_steady_ms() + limit_ms,
		                                 ret),
		                 CCCD_OK);
	connector_close(connector);
	return ret->outcome;
}

static void directory_pg_tells_every_outcome_apart(void **state)
{
	static const struct {
		const char *table;
		const char *id;
		unsigned int limit_ms;
		enum registry_outcome outcome;
	} rows[] = {
		{ "citizens", "001090000001", 60000, REGISTRY_FOUND },
		{ "public.citizens", "", 60000, REGISTRY_FOUND },
		{ "citizens", "001090000009", 60000, REGISTRY_NOT_FOUND },
		{ "citizens", "001090000003", 60000, REGISTRY_AMBIGUOUS },
		{ "citizens", "001090000004", 60000, REGISTRY_DATABASE },
		{ "no_such_table", "001090000001", 60000, REGISTRY_DATABASE },
		{ "sleepy", "001090000001", 2000, REGISTRY_TIME_OUT },
	};
	const char *host = getenv("CCCD_PGHOST");
	struct registry_answer *answer = registry_answer_new();

	(void)state;
	assert_non_null(answer);
	assert_non_null(host);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum registry_outcome outcome =
		        ask(host, rows[i].table, rows[i].id, rows[i].limit_ms,
		            answer);

		if (outcome != rows[i].outcome)
			print_error("row %zu: %s\n", i,
			            registry_outcome_name(outcome));
		assert_int_equal(outcome, rows[i].outcome);
		if (outcome == REGISTRY_FOUND)
			assert_string_equal(answer->citizen.full_name,
			                    "Nguyễn Văn An");
		else
			assert_string_equal(answer->citizen.full_name, "");
	}
	assert_int_equal(
	        ask("/nonexistent", "citizens", "001090000001", 60000, answer),
	        REGISTRY_UNREACHABLE);
	registry_answer_free(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directory_pg_tells_every_outcome_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
