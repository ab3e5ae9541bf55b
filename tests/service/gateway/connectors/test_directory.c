/* SPDX-License-Identifier: Apache-2.0 */
/* The directory: a table of one's own, in a file. */
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
#include <sqlite3.h>

#include "base/clock.h"
#include "service/gateway/connectors/connector.h"

enum { WAIT_MS = 60000 };

static char folder[64];
static char file[96];

static void run(const char *text)
{
	sqlite3 *db = NULL;
	char *why = NULL;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		print_error("%s\n", why);
	assert_null(why);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* The table of docs/gateway-connectors.md. */
static void make_table(void)
{
	run("CREATE TABLE citizens (id_number TEXT, old_number TEXT,"
	    " full_name TEXT NOT NULL, date_of_birth TEXT, sex TEXT,"
	    " nationality TEXT, ethnicity TEXT, religion TEXT, origin TEXT,"
	    " residence TEXT, current_residence TEXT, father_name TEXT,"
	    " mother_name TEXT, spouse_name TEXT);"
	    "CREATE INDEX by_id ON citizens (id_number);"
	    "CREATE INDEX by_old ON citizens (old_number);");
}

static int start(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/cccd-directory-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(file, sizeof(file), "%s/pilot.db", folder);
	make_table();
	run("INSERT INTO citizens (id_number, old_number, full_name,"
	    " date_of_birth, sex, residence, father_name) VALUES"
	    " ('001090000001', '012345678', 'Nguyễn Văn An', '1990-01-31',"
	    " 'male', 'Tổ 5, Hà Nội', 'Nguyễn Văn Bình'),"
	    " ('001090000002', NULL, 'Trần Thị Bình', '1991', NULL, NULL,"
	    " NULL),"
	    " ('001090000003', NULL, 'Lê A', '1992', NULL, NULL, NULL),"
	    " ('001090000003', NULL, 'Lê B', '1992', NULL, NULL, NULL),"
	    " ('001090000004', NULL, 'Lê C', '31/01/1992', NULL, NULL, NULL),"
	    " ('001090000005', '1234', 'Lê D', '1992', NULL, NULL, NULL),"
	    " ('001090000006', NULL, 'Lê E' || char(0) || 'F', '1992', NULL,"
	    " NULL, NULL);"
	    "INSERT INTO citizens (id_number, old_number, full_name) VALUES"
	    " (NULL, '112345670', 'Null'), ('', '112345671', 'Empty'),"
	    " ('   ', '112345672', 'Blank'),"
	    " (NULL, '112345673', 'Twin'), ('', '112345673', 'Twin'),"
	    " ('001090000007', '112345674', 'Other'),"
	    " (NULL, '112345674', 'Old'), (NULL, '1234', 'Short'),"
	    " (NULL, '1234567ab', 'Letters');");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	(void)unlink(file);
	return rmdir(folder);
}

static enum cccd_err open_with(const char *key, const char *value,
                               struct cccd_error *error, struct connector **ret)
{
	const struct connector_setting settings[] = {
		{ "path", file },
		{ "request_time", "60 s" },
		{ key, value },
	};
	const struct connector_section section = {
		.name = "pilot",
		.kind = "directory",
		.settings = settings,
		.count = key != NULL ? 3 : 2,
	};

	return connector_open(&section, error, ret);
}

static struct registry_question question_of(const char *id, const char *old)
{
	return (struct registry_question){
		.operation = REGISTRY_LOOKUP,
		.request_id = "r-1",
		.id_number = id,
		.old_number = old,
		.full_name = "Nguyễn Văn An",
		.date_of_birth = "1990-01-31",
		.sex = "",
		.officer_id = "",
		.officer_name = "",
		.service_code = "",
		.procedure_code = "",
	};
}

static void ask(struct connector *connector, const char *id, const char *old,
                struct registry_answer *ret)
{
	const struct registry_question question = question_of(id, old);

	assert_int_equal(connector_query(connector, &question,
	                                 clock_steady_ms() + WAIT_MS, ret),
	                 CCCD_OK);
}

static void directory_tells_every_outcome_apart(void **state)
{
	static const struct {
		const char *id;
		const char *old;
		enum registry_outcome outcome;
	} rows[] = {
		{ "001090000001", "", REGISTRY_FOUND },
		{ "", "012345678", REGISTRY_FOUND },
		{ "001090000002", "", REGISTRY_FOUND },
		{ "001090000009", "", REGISTRY_NOT_FOUND },
		{ "", "112345678", REGISTRY_NOT_FOUND },
		{ "001090000003", "", REGISTRY_AMBIGUOUS },
		{ "001090000004", "", REGISTRY_DATABASE },
		{ "001090000005", "", REGISTRY_DATABASE },
		{ "001090000006", "", REGISTRY_DATABASE },
		{ "00109000000x", "", REGISTRY_QUESTION },
		{ "", "", REGISTRY_QUESTION },
	};
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = NULL;

	(void)state;
	assert_non_null(answer);
	assert_int_equal(open_with(NULL, NULL, NULL, &connector), CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ask(connector, rows[i].id, rows[i].old, answer);
		if (answer->outcome != rows[i].outcome)
			print_error("row %zu: %s\n", i,
			            registry_outcome_name(answer->outcome));
		assert_int_equal(answer->outcome, rows[i].outcome);
		assert_int_equal(answer->citizen.full_name[0] != '\0',
		                 rows[i].outcome == REGISTRY_FOUND);
	}
	ask(connector, "001090000001", "", answer);
	assert_string_equal(answer->citizen.full_name, "Nguyễn Văn An");
	assert_string_equal(answer->citizen.date_of_birth, "1990-01-31");
	assert_string_equal(answer->citizen.sex, "male");
	assert_string_equal(answer->citizen.permanent_residence.text,
	                    "Tổ 5, Hà Nội");
	assert_string_equal(answer->citizen.father.full_name,
	                    "Nguyễn Văn Bình");
	connector_close(connector);
	registry_answer_free(answer);
}

/* Old numbers were given twice: twelve digits decide where a row has them. */
static void directory_falls_back_on_the_old_number(void **state)
{
	static const struct {
		const char *id;
		const char *old;
		enum registry_outcome outcome;
		const char *name;
	} rows[] = {
		{ "001090000009", "112345670", REGISTRY_FOUND, "Null" },
		{ "001090000009", "112345671", REGISTRY_FOUND, "Empty" },
		{ "001090000009", "112345672", REGISTRY_FOUND, "Blank" },
		{ "001090000009", "112345674", REGISTRY_FOUND, "Old" },
		{ "001090000009", "112345673", REGISTRY_AMBIGUOUS, "" },
		{ "001090000009", "012345678", REGISTRY_NOT_FOUND, "" },
		{ "001090000009", "112345679", REGISTRY_NOT_FOUND, "" },
		/* No number of nine digits asks nothing. */
		{ "001090000009", "1234", REGISTRY_NOT_FOUND, "" },
		{ "001090000009", "1234567ab", REGISTRY_NOT_FOUND, "" },
		/* What twelve digits say stands. */
		{ "001090000007", "112345670", REGISTRY_FOUND, "Other" },
		{ "001090000003", "112345670", REGISTRY_AMBIGUOUS, "" },
		{ "001090000004", "112345670", REGISTRY_DATABASE, "" },
		/* Alone it takes whoever has it. */
		{ "", "112345670", REGISTRY_FOUND, "Null" },
		{ "", "112345674", REGISTRY_AMBIGUOUS, "" },
	};
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = NULL;

	(void)state;
	assert_non_null(answer);
	assert_int_equal(open_with(NULL, NULL, NULL, &connector), CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ask(connector, rows[i].id, rows[i].old, answer);
		if (answer->outcome != rows[i].outcome)
			print_error("row %zu: %s\n", i,
			            registry_outcome_name(answer->outcome));
		assert_int_equal(answer->outcome, rows[i].outcome);
		assert_string_equal(answer->citizen.full_name, rows[i].name);
		assert_int_equal(answer->attempts, 1);
	}
	connector_close(connector);
	registry_answer_free(answer);
}

static void directory_authenticates_nobody(void **state)
{
	struct registry_question question = question_of("001090000001", "");
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = NULL;

	(void)state;
	assert_non_null(answer);
	assert_int_equal(open_with(NULL, NULL, NULL, &connector), CCCD_OK);
	question.operation = REGISTRY_AUTHENTICATE;
	assert_int_equal(connector_query(connector, &question,
	                                 clock_steady_ms() + WAIT_MS, answer),
	                 CCCD_OK);
	assert_int_equal(answer->outcome, REGISTRY_UNSUPPORTED);
	assert_int_equal(connector_capabilities(connector), REGISTRY_LOOKUP);
	connector_close(connector);
	registry_answer_free(answer);
}

/* Each way in which a database fails is one of its own. */
static void directory_tells_what_ails_the_database(void **state)
{
	static const struct {
		const char *key;
		const char *value;
		enum registry_outcome outcome;
	} rows[] = {
		{ "path", "/nonexistent/pilot.db", REGISTRY_UNREACHABLE },
		{ "path", "/etc/hostname", REGISTRY_DATABASE },
		{ "table", "no_such_table", REGISTRY_DATABASE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct connector_setting settings[] = {
			{ rows[i].key, rows[i].value },
			{ "path", file },
		};
		const struct connector_section section = {
			.name = "pilot",
			.kind = "directory",
			.settings = settings,
			.count = strcmp(rows[i].key, "path") == 0 ? 1 : 2,
		};
		struct registry_answer *answer = registry_answer_new();
		struct connector *connector = NULL;

		assert_non_null(answer);
		assert_int_equal(connector_open(&section, NULL, &connector),
		                 CCCD_OK);
		ask(connector, "001090000001", "", answer);
		assert_int_equal(answer->outcome, rows[i].outcome);
		connector_close(connector);
		registry_answer_free(answer);
	}
}

/* A table that is made anew each night and put in the old one's place. */
static void directory_reads_the_file_that_is_there(void **state)
{
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = NULL;
	char away[128];

	(void)state;
	assert_non_null(answer);
	(void)snprintf(away, sizeof(away), "%s.old", file);
	assert_int_equal(open_with(NULL, NULL, NULL, &connector), CCCD_OK);
	ask(connector, "001090000001", "", answer);
	assert_int_equal(answer->outcome, REGISTRY_FOUND);
	assert_int_equal(rename(file, away), 0);
	ask(connector, "001090000001", "", answer);
	assert_int_equal(answer->outcome, REGISTRY_UNREACHABLE);
	make_table();
	ask(connector, "001090000001", "", answer);
	assert_int_equal(answer->outcome, REGISTRY_NOT_FOUND);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rename(away, file), 0);
	ask(connector, "001090000001", "", answer);
	assert_int_equal(answer->outcome, REGISTRY_FOUND);
	connector_close(connector);
	registry_answer_free(answer);
}

/* A writer holds the file: the deadline ends the wait. */
static void directory_keeps_its_deadline(void **state)
{
	struct registry_answer *answer = registry_answer_new();
	const struct registry_question question =
	        question_of("001090000001", "");
	struct connector *connector = NULL;
	sqlite3 *db = NULL;

	(void)state;
	assert_non_null(answer);
	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
	                 SQLITE_OK);
	assert_int_equal(open_with(NULL, NULL, NULL, &connector), CCCD_OK);
	assert_int_equal(connector_query(connector, &question,
	                                 clock_steady_ms() + 100, answer),
	                 CCCD_OK);
	assert_int_equal(answer->outcome, REGISTRY_TIME_OUT);
	assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL),
	                 SQLITE_OK);
	ask(connector, "001090000001", "", answer);
	assert_int_equal(answer->outcome, REGISTRY_FOUND);
	connector_close(connector);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	registry_answer_free(answer);
}

static void directory_refuses_tables_that_are_statements(void **state)
{
	static const char *const bad[] = {
		"citizens; DROP TABLE citizens",
		"citizens--",
		"\"citizens\"",
		"a.b.c",
		".citizens",
		"1citizens",
		"citizens where 1",
		"Citizens",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct connector *connector = NULL;
		struct cccd_error error = { 0 };

		assert_int_equal(open_with("table", bad[i], &error, &connector),
		                 CCCD_ERR_POLICY_CONFIG);
		assert_null(connector);
	}
}

static void *ask_often(void *context)
{
	const struct registry_question question =
	        question_of("001090000001", "");
	struct registry_answer *answer = registry_answer_new();
	uintptr_t found = 0;

	for (int i = 0; answer != NULL && i < 200; i++)
		if (connector_query(context, &question,
		                    clock_steady_ms() + WAIT_MS,
		                    answer) == CCCD_OK &&
		    answer->outcome == REGISTRY_FOUND)
			found++;
	registry_answer_free(answer);
	return (void *)found;
}

static void directory_serves_many_threads(void **state)
{
	struct connector *connector = NULL;
	pthread_t threads[8];
	uintptr_t found = 0;

	(void)state;
	assert_int_equal(open_with(NULL, NULL, NULL, &connector), CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(
		        pthread_create(&threads[i], NULL, ask_often, connector),
		        0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *each = NULL;

		assert_int_equal(pthread_join(threads[i], &each), 0);
		found += (uintptr_t)each;
	}
	assert_int_equal(found, ARRAY_LEN(threads) * 200);
	connector_close(connector);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directory_tells_every_outcome_apart),
		cmocka_unit_test(directory_falls_back_on_the_old_number),
		cmocka_unit_test(directory_authenticates_nobody),
		cmocka_unit_test(directory_tells_what_ails_the_database),
		cmocka_unit_test(directory_reads_the_file_that_is_there),
		cmocka_unit_test(directory_keeps_its_deadline),
		cmocka_unit_test(directory_refuses_tables_that_are_statements),
		cmocka_unit_test(directory_serves_many_threads),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
