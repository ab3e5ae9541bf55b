/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway counts, read back as a scraper reads it. */
#include "service/gateway/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

enum { LINE_ROOM = 256, NAMES_MAX = 32, NAME_ROOM = 64 };

/* The only labels there are, and what stands in them. */
#define LETTERS "abcdefghijklmnopqrstuvwxyz_"

/**
 * struct scrape - the text exposition format, read strictly.
 * @names: of families, in their order
 * @samples: lines with a number
 */
struct scrape {
	char names[NAMES_MAX][NAME_ROOM];
	size_t count;
	size_t samples;
};

static const struct metrics_now calm = { .circuit = "closed",
	                                 .store_ok = true };

static char *text_of(const struct metrics *metrics,
                     const struct metrics_now *now)
{
	struct buf text = buf_make(METRICS_TEXT_MAX);

	assert_int_equal(metrics_text(metrics, now, &text), CCCD_OK);
	assert_int_equal(buf_append_byte(&text, '\0'), CCCD_OK);
	return (char *)text.at;
}

/* The number of one sample, which stands there once. */
static double sample(const char *text, const char *name)
{
	char start[LINE_ROOM];
	const char *at = NULL;
	char *end = NULL;
	double value = 0;

	(void)snprintf(start, sizeof(start), "\ncccd_gateway_%s ", name);
	at = strstr(text, start);
	if (at == NULL) {
		assert_string_equal(name, "(which is missing)");
		return -1;
	}
	assert_null(strstr(at + 1, start));
	value = strtod(at + strlen(start), &end);
	assert_int_equal(*end, '\n');
	return value;
}

static void assert_sample(const char *text, const char *name, double want)
{
	double found = sample(text, name);

	if (found < want - 1e-9 || found > want + 1e-9)
		print_error("%s: %f\n", name, found);
	assert_true(found >= want - 1e-9 && found <= want + 1e-9);
}

/* "{result="…"}" of letters, "{le="…"}" of a number; where it ends. */
static const char *take_label(const char *at)
{
	static const char *const names[] = { "result", "outcome", "code",
		                             "le" };
	size_t len = strcspn(at, "=");
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		known |= strlen(names[i]) == len &&
		         strncmp(names[i], at, len) == 0;
	assert_true(known);
	at += len;
	assert_int_equal(strncmp(at, "=\"", 2), 0);
	at += 2;
	len = strspn(at, LETTERS "0123456789.+I"
	                         "nf");
	assert_true(len > 0);
	assert_int_equal(strncmp(at + len, "\"} ", 3), 0);
	return at + len + 3;
}

static void take_sample(struct scrape *scrape, const char *line)
{
	const char *family = scrape->names[scrape->count - 1];
	size_t len = strlen(family);
	const char *at = line;
	char *end = NULL;

	/* Of the family that was announced last. */
	assert_int_equal(strncmp(line, family, len), 0);
	at += strspn(line, LETTERS);
	if (*at == '{')
		at = take_label(at + 1);
	else
		assert_int_equal(*at++, ' ');
	(void)strtod(at, &end);
	assert_true(end != at && *end == '\0');
	scrape->samples++;
}

/* "# HELP name text", then "# TYPE name kind". */
static void take_comment(struct scrape *scrape, const char *line)
{
	char name[NAME_ROOM];
	char kind[16];

	if (strncmp(line, "# HELP ", 7) == 0) {
		assert_int_equal(sscanf(line, "# HELP %63s", name), 1);
		for (size_t i = 0; i < scrape->count; i++)
			assert_string_not_equal(scrape->names[i], name);
		assert_true(scrape->count < NAMES_MAX);
		(void)snprintf(scrape->names[scrape->count++], NAME_ROOM, "%s",
		               name);
		assert_null(strchr(line, '\\'));
		return;
	}
	assert_int_equal(sscanf(line, "# TYPE %63s %15s", name, kind), 2);
	assert_string_equal(name, scrape->names[scrape->count - 1]);
	assert_true(strcmp(kind, "counter") == 0 ||
	            strcmp(kind, "gauge") == 0 ||
	            strcmp(kind, "histogram") == 0);
	/* [Prometheus] a counter says so in its name. */
	assert_int_equal(strcmp(kind, "counter") == 0,
	                 strstr(name, "_total") != NULL);
}

/* Every line, or the test fails. */
static struct scrape read_back(const char *text)
{
	struct scrape scrape = { .count = 0 };

	assert_true(text[0] != '\0' && text[strlen(text) - 1] == '\n');
	while (*text != '\0') {
		char line[LINE_ROOM];
		size_t len = strcspn(text, "\n");

		assert_in_range(len, 1, sizeof(line) - 1);
		memcpy(line, text, len);
		line[len] = '\0';
		if (line[0] == '#')
			take_comment(&scrape, line);
		else
			take_sample(&scrape, line);
		text += len + 1;
	}
	return scrape;
}

static void metrics_text_of_nothing_is_all_zero(void **state)
{
	const struct metrics metrics = { .nonces = 0 };
	char *text = text_of(&metrics, &calm);
	struct scrape scrape = read_back(text);

	(void)state;
	assert_int_equal(scrape.count, 13);
	assert_sample(text, "checks_total{result=\"match\"}", 0);
	assert_sample(text, "log_commit_seconds_count", 0);
	assert_sample(text, "checks_total{result=\"not_found\"}", 0);
	assert_sample(text, "check_seconds_count", 0);
	assert_sample(text, "store_up", 1);
	assert_sample(text, "registry_circuit_open", 0);
	/* What never happened has no line. */
	assert_null(strstr(text, "refusals_total{"));
	assert_null(strstr(text, "registry_outcomes_total{"));
	free(text);
}

static void metrics_answered_counts_verdict_outcome_and_time(void **state)
{
	const struct check_outcome match = { .verdict = MATCH_MATCH,
		                             .registry = REGISTRY_FOUND,
		                             .attempts = 1 };
	const struct check_outcome lost = { .verdict = MATCH_UNDETERMINED,
		                            .registry = REGISTRY_TIME_OUT,
		                            .attempts = 3 };
	struct metrics metrics = { .nonces = 4, .abandoned = 3 };
	char *text = NULL;

	(void)state;
	metrics_answered(&metrics, &match, 1000);
	metrics_answered(&metrics, &match, 1001);
	metrics_answered(&metrics, &lost, 15000001);
	text = text_of(&metrics, &calm);
	(void)read_back(text);
	assert_sample(text, "nonces_total", 4);
	assert_sample(text, "abandoned_total", 3);
	assert_sample(text, "checks_total{result=\"match\"}", 2);
	assert_sample(text, "checks_total{result=\"mismatch\"}", 0);
	assert_sample(text, "checks_total{result=\"undetermined\"}", 1);
	assert_sample(text, "registry_outcomes_total{outcome=\"found\"}", 2);
	assert_sample(text, "registry_outcomes_total{outcome=\"time_out\"}", 1);
	assert_sample(text, "registry_requests_total", 5);
	assert_sample(text, "check_seconds_bucket{le=\"0.001\"}", 1);
	assert_sample(text, "check_seconds_bucket{le=\"0.0025\"}", 2);
	assert_sample(text, "check_seconds_bucket{le=\"15\"}", 2);
	assert_sample(text, "check_seconds_bucket{le=\"+Inf\"}", 3);
	assert_sample(text, "check_seconds_count", 3);
	assert_sample(text, "check_seconds_sum", 15.002002);
	free(text);
}

/* Buckets hold all that lie below them, too. */
static void metrics_buckets_never_fall(void **state)
{
	const struct check_outcome match = { .verdict = MATCH_MATCH };
	struct metrics metrics = { .nonces = 0 };
	double before = 0;
	double bound = 0;
	char *text = NULL;
	const char *at = NULL;

	(void)state;
	for (uint64_t us = 1; us < 100000000; us *= 3)
		metrics_answered(&metrics, &match, us);
	text = text_of(&metrics, &calm);
	at = text;
	while ((at = strstr(at, "check_seconds_bucket{le=\"")) != NULL) {
		double le = strtod(strchr(at, '"') + 1, NULL);
		double count = strtod(strchr(at, '}') + 1, NULL);

		assert_true(le > bound);
		assert_true(count >= before);
		bound = le;
		before = count;
		at++;
	}
	assert_sample(text, "check_seconds_count", before);
	free(text);
}

static void metrics_refused_counts_each_code(void **state)
{
	struct metrics metrics = { .nonces = 0 };
	char *text = NULL;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		metrics_refused(&metrics, CCCD_ERR_TOKEN_INVALID);
	metrics_refused(&metrics, CCCD_ERR_RATE_LIMITED);
	text = text_of(&metrics, &calm);
	(void)read_back(text);
	assert_sample(text, "refusals_total{code=\"token_invalid\"}", 3);
	assert_sample(text, "refusals_total{code=\"rate_limited\"}", 1);
	assert_null(strstr(text, "code=\"ok\""));
	free(text);
}

/* However many codes there are, the table is not left. */
static void metrics_refused_takes_more_codes_than_it_has_room_for(void **state)
{
	struct metrics metrics = { .nonces = 0 };
	struct metrics_now now = calm;
	uint64_t counted = 0;
	char *text = NULL;

	(void)state;
	now.store_ok = false;
	now.log = (struct store_stats){ .commits = 2,
		                        .tasks = 7,
		                        .commit_us = 3000000,
		                        .buckets = { [7] = 2 } };
	for (int i = 1; i <= 2 * METRICS_REFUSALS_MAX; i++)
		metrics_refused(&metrics, (enum cccd_err)i);
	for (size_t i = 0; i < METRICS_REFUSALS_MAX; i++)
		counted += metrics.refusals[i].count;
	assert_int_equal(counted, METRICS_REFUSALS_MAX);
	text = text_of(&metrics, &now);
	assert_sample(text, "store_up", 0);
	assert_sample(text, "log_lines_total", 7);
	assert_sample(text, "log_commit_seconds_bucket{le=\"0.5\"}", 0);
	assert_sample(text, "log_commit_seconds_bucket{le=\"5\"}", 2);
	assert_sample(text, "log_commit_seconds_sum", 3);
	free(text);
}

static void metrics_text_tells_what_is_so_now(void **state)
{
	const struct metrics metrics = { .nonces = UINT64_MAX };
	const struct metrics_now now = { .circuit = "open",
		                         .waiting = 7,
		                         .connections = 12 };
	const struct metrics_now half = { .circuit = "half_open",
		                          .store_ok = true };
	char *text = text_of(&metrics, &now);

	(void)state;
	(void)read_back(text);
	assert_sample(text, "registry_circuit_open", 1);
	assert_sample(text, "store_up", 0);
	assert_sample(text, "waiting", 7);
	assert_sample(text, "connections", 12);
	assert_non_null(strstr(text, "nonces_total 18446744073709551615\n"));
	free(text);
	text = text_of(&metrics, &half);
	assert_sample(text, "registry_circuit_open", 0);
	free(text);
}

/* Callers, officers and numbers are no labels: whatever an outcome holds. */
static void metrics_text_has_nothing_from_outside(void **state)
{
	char reply[] = "{\"registry\":\"match\",\"name\":\"Nguyễn\"}";
	const struct check_outcome hostile = {
		.text = reply,
		.request_id = "req\"} 1\n# TYPE x",
		.transaction = "canary\"} 666\ncccd_gateway_x 1",
		.verdict = MATCH_MISMATCH,
		.registry = REGISTRY_FOUND,
	};
	struct metrics metrics = { .nonces = 0 };
	struct metrics_now now = calm;
	char *text = NULL;

	(void)state;
	now.circuit = "canary\"} 1\n";
	metrics_answered(&metrics, &hostile, 5);
	text = text_of(&metrics, &now);
	(void)read_back(text);
	assert_null(strstr(text, "canary"));
	assert_null(strstr(text, "req\""));
	assert_null(strstr(text, "Nguyễn"));
	free(text);
}

/* Every word that may become a label needs no escaping. */
static void metrics_labels_need_no_escaping(void **state)
{
	struct metrics metrics = { .nonces = 0 };
	char *text = NULL;

	(void)state;
	for (unsigned int i = 0; i < REGISTRY_OUTCOMES; i++) {
		const struct check_outcome outcome = {
			.registry = (enum registry_outcome)i
		};

		metrics_answered(&metrics, &outcome, 1);
	}
	text = text_of(&metrics, &calm);
	assert_true(read_back(text).samples > REGISTRY_OUTCOMES);
	free(text);
}

static void metrics_text_fails_where_it_does_not_fit(void **state)
{
	const struct metrics metrics = { .nonces = 0 };
	char *whole = text_of(&metrics, &calm);
	size_t len = strlen(whole);

	(void)state;
	free(whole);
	for (size_t room = 0; room < len; room += 37) {
		BUF text = buf_make(room);

		assert_int_not_equal(metrics_text(&metrics, &calm, &text),
		                     CCCD_OK);
		assert_true(text.len <= room);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_text_of_nothing_is_all_zero),
		cmocka_unit_test(
		        metrics_answered_counts_verdict_outcome_and_time),
		cmocka_unit_test(metrics_buckets_never_fall),
		cmocka_unit_test(metrics_refused_counts_each_code),
		cmocka_unit_test(
		        metrics_refused_takes_more_codes_than_it_has_room_for),
		cmocka_unit_test(metrics_text_tells_what_is_so_now),
		cmocka_unit_test(metrics_text_has_nothing_from_outside),
		cmocka_unit_test(metrics_labels_need_no_escaping),
		cmocka_unit_test(metrics_text_fails_where_it_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
