/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in a real PostgreSQL, which directory_pg.py starts. */
#include <fcntl.h>
#include <pthread.h>
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

#define OLD    "012345678"
#define ABSENT "001090000009"

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

static struct connector *open_table(const char *host, const char *table)
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
	struct connector *connector = NULL;

	write_conninfo(host);
	assert_int_equal(connector_open(&section, NULL, &connector), CCCD_OK);
	(void)unlink(secret);
	return connector;
}

static CHECKED enum cccd_err ask_once(struct connector *connector,
                                      const char *id, const char *old,
                                      unsigned int limit_ms,
                                      struct registry_answer *ret)
{
	const struct registry_question question = {
		.operation = REGISTRY_LOOKUP,
		.request_id = "r-1",
		.id_number = id,
		.old_number = old,
		.full_name = "",
		.date_of_birth = "",
		.sex = "",
		.officer_id = "",
		.officer_name = "",
		.service_code = "",
		.procedure_code = "",
	};

	return connector_query(connector, &question,
	                       clock_steady_ms() + limit_ms, ret);
}

static enum registry_outcome ask(const char *host, const char *table,
                                 const char *id, const char *old,
                                 unsigned int limit_ms,
                                 struct registry_answer *ret)
{
	struct connector *connector = open_table(host, table);

	/* Twice, so that the kept connection is used as well. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(ask_once(connector, id, old, limit_ms, ret),
		                 CCCD_OK);
	connector_close(connector);
	return ret->outcome;
}

static void directory_pg_tells_every_outcome_apart(void **state)
{
	static const struct {
		const char *table;
		const char *id;
		const char *old;
		unsigned int limit_ms;
		enum registry_outcome outcome;
	} rows[] = {
		{ "citizens", "001090000001", OLD, 60000, REGISTRY_FOUND },
		{ "public.citizens", "", OLD, 60000, REGISTRY_FOUND },
		{ "citizens", ABSENT, OLD, 60000, REGISTRY_NOT_FOUND },
		{ "citizens", "001090000003", OLD, 60000, REGISTRY_AMBIGUOUS },
		{ "citizens", "001090000004", OLD, 60000, REGISTRY_DATABASE },
		{ "no_such_table", "001090000001", OLD, 60000,
		  REGISTRY_DATABASE },
		{ "sleepy", "001090000001", OLD, 2000, REGISTRY_TIME_OUT },
		/* The old number, of rows that have no other. */
		{ "patients", ABSENT, "112345670", 60000, REGISTRY_FOUND },
		{ "patients", ABSENT, "112345671", 60000, REGISTRY_FOUND },
		{ "patients", ABSENT, "112345672", 60000, REGISTRY_FOUND },
		{ "patients", ABSENT, "112345673", 60000, REGISTRY_NOT_FOUND },
		{ "patients", ABSENT, "112345674", 60000, REGISTRY_AMBIGUOUS },
		{ "patients", ABSENT, "", 60000, REGISTRY_NOT_FOUND },
		{ "citizens", "001090000003", "112345670", 60000,
		  REGISTRY_AMBIGUOUS },
		{ "sleepy_old", ABSENT, "112345670", 2000, REGISTRY_TIME_OUT },
	};
	const char *host = getenv("CCCD_PGHOST");
	struct registry_answer *answer = registry_answer_new();

	(void)state;
	assert_non_null(answer);
	assert_non_null(host);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum registry_outcome outcome =
		        ask(host, rows[i].table, rows[i].id, rows[i].old,
		            rows[i].limit_ms, answer);

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
	assert_int_equal(ask("/nonexistent", "citizens", "001090000001", OLD,
	                     60000, answer),
	                 REGISTRY_UNREACHABLE);
	registry_answer_free(answer);
}

/* Each of them has a connection of its own before any of them is through. */
static void *meet(void *context)
{
	struct registry_answer *answer = registry_answer_new();
	enum registry_outcome outcome = REGISTRY_NOT_ASKED;

	if (answer != NULL &&
	    ask_once(context, "001090000001", OLD, 60000, answer) == CCCD_OK)
		outcome = answer->outcome;
	registry_answer_free(answer);
	return (void *)(uintptr_t)outcome;
}

static void fill_pool(struct connector *connector)
{
	pthread_t threads[8];

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(
		        pthread_create(&threads[i], NULL, meet, connector), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *outcome = NULL;

		assert_int_equal(pthread_join(threads[i], &outcome), 0);
		assert_int_equal((uintptr_t)outcome, REGISTRY_FOUND);
	}
}

static void restart_server(void)
{
	const char *word = getenv("CCCD_PGRESTART");
	int fd = 0;
	char byte = '!';

	assert_non_null(word);
	fd = (int)strtol(word, NULL, 10);
	assert_int_equal(write(fd, &byte, 1), 1);
	assert_int_equal(read(fd, &byte, 1), 1);
}

static void directory_pg_outlives_a_restart_of_the_server(void **state)
{
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector =
	        open_table(getenv("CCCD_PGHOST"), "meeting");

	(void)state;
	assert_non_null(answer);
	fill_pool(connector);
	restart_server();
	assert_int_equal(
	        ask_once(connector, "001090000002", OLD, 60000, answer),
	        CCCD_OK);
	assert_int_equal(answer->outcome, REGISTRY_FOUND);
	assert_string_equal(answer->citizen.full_name, "Trần Thị Bình");
	assert_int_equal(answer->attempts, 1);
	connector_close(connector);
	registry_answer_free(answer);
}

/* A server's remarks quote values; they belong in no journal. */
static void directory_pg_keeps_the_servers_remarks_to_itself(void **state)
{
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector =
	        open_table(getenv("CCCD_PGHOST"), "meeting");
	FILE *written = tmpfile();
	int before = dup(STDERR_FILENO);
	enum cccd_err err = CCCD_OK;

	(void)state;
	assert_non_null(answer);
	assert_non_null(written);
	assert_true(before >= 0);
	assert_true(dup2(fileno(written), STDERR_FILENO) >= 0);
	err = ask_once(connector, "001090000002", OLD, 60000, answer);
	(void)fflush(stderr);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	(void)close(before);
	assert_int_equal(err, CCCD_OK);
	assert_int_equal(answer->outcome, REGISTRY_FOUND);
	assert_int_equal(lseek(fileno(written), 0, SEEK_END), 0);
	(void)fclose(written);
	connector_close(connector);
	registry_answer_free(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directory_pg_tells_every_outcome_apart),
		cmocka_unit_test(directory_pg_outlives_a_restart_of_the_server),
		cmocka_unit_test(
		        directory_pg_keeps_the_servers_remarks_to_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
