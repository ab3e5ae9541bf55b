/* SPDX-License-Identifier: Apache-2.0 */
/* cccd audit and cccd report over logs that the daemon's own code wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include <cjson/cJSON.h>

#include <cccd/cccd.h>

#include "base/macros.h"
#include "service/core/journal.h"
#include "tests/e2e/call.h"
#include "tests/service/core/audit_rig.h"
#include "tests/support/canary.h"
#include "tests/support/canary_card.h"
#include "tests/support/sim_transport.h"

static const char november[] = "2026-11.jsonl";

/* struct said - a call and what it must answer. */
struct said {
	const char *args[10];
	const char *language;
	int status;
	const char *out;
	const char *err;
};

static void must_say(const struct said *said)
{
	struct call call = { .language = said->language };
	struct answer *answer = NULL;

	memcpy(call.args, said->args, sizeof(said->args));
	answer = call_run(&call);
	if (answer->status != said->status ||
	    (said->out != NULL && strstr(answer->out, said->out) == NULL) ||
	    (said->err != NULL && strstr(answer->err, said->err) == NULL))
		print_error("%s %s: %d\n%s%s", said->args[0],
		            said->args[1] != NULL ? said->args[1] : "",
		            answer->status, answer->out, answer->err);
	assert_int_equal(answer->status, said->status);
	if (said->out != NULL)
		assert_non_null(strstr(answer->out, said->out));
	if (said->err != NULL)
		assert_non_null(strstr(answer->err, said->err));
	call_free(answer);
}

#define MUST_SAY(...) must_say(&(struct said){ __VA_ARGS__ })

static void options_are_judged(void **state)
{
	(void)state;
	MUST_SAY({ "audit" }, "en", 1, NULL, "an action is missing");
	MUST_SAY({ "audit", "mend" }, "en", 1, NULL, "unknown action: mend");
	MUST_SAY({ "audit", "--help" }, "en", 0, "cccd audit verify", NULL);
	MUST_SAY({ "audit", "verify", "--help" }, "vi", 0, "Cách dùng", NULL);
	MUST_SAY({ "audit", "verify", "--dir" }, "en", 1, NULL,
	         "a bad argument: --dir");
	MUST_SAY({ "audit", "verify", "--anchor", "1:00" }, "en", 1, NULL,
	         "a bad argument: --anchor");
	MUST_SAY({ "audit", "verify", "--dir", "/nonexistent" }, "en", 5, NULL,
	         "/nonexistent");
	MUST_SAY({ "report" }, "en", 1, NULL, "--month is missing");
	MUST_SAY({ "report", "--help" }, "vi", 0, "Cách dùng", NULL);
	MUST_SAY({ "report", "--month", "2026-13" }, "en", 1, NULL, "2026-13");
	MUST_SAY({ "report", "--month", "2026-1" }, "en", 1, NULL, "2026-1");
	MUST_SAY({ "report", "--month", "November" }, "en", 1, NULL,
	         "November");
	MUST_SAY({ "report", "--month", "2026-11", "--json", "--csv" }, "en", 1,
	         NULL, "do not go together");
	MUST_SAY({ "report", "--month", "2026-11", "--dir", "/nonexistent" },
	         "en", 5, NULL, "/nonexistent");
}

static void verify_says_where_and_what(void **state)
{
	struct rig *rig = *state;
	struct audit_head head = { 0 };
	char anchor[100];
	char *text = NULL;
	size_t len = 0;

	rig_fill(rig, 2);
	audit_head(rig->audit, &head);
	(void)snprintf(anchor, sizeof(anchor), "4:%s", head.hash);
	MUST_SAY({ "audit", "verify", "--dir", rig->dir }, "en", 0,
	         "The log is sound: 4 lines, 1 files, 0 faults", NULL);
	MUST_SAY({ "audit", "verify", "--dir", rig->dir }, "vi", 0,
	         "Nhật ký nguyên vẹn: 4 dòng", NULL);
	MUST_SAY({ "audit", "verify", "--dir", rig->dir }, "en", 0, anchor,
	         NULL);
	MUST_SAY({ "audit", "verify", "--dir", rig->dir, "--anchor", anchor },
	         "en", 0, "sound", NULL);
	anchor[0] = '3';
	MUST_SAY({ "audit", "verify", "--dir", rig->dir, "--anchor", anchor },
	         "en", 11, "2026-11.jsonl, line 3: differs from the anchor",
	         NULL);
	rig_close(rig);
	text = rig_load(rig, november, &len);
	*strstr(text, "hospital") = 'H';
	rig_save(rig, november, text, len);
	free(text);
	MUST_SAY({ "audit", "verify", "--dir", rig->dir }, "en", 11,
	         "2026-11.jsonl, line 1: the line was altered (number 1)\n",
	         NULL);
	MUST_SAY({ "audit", "verify", "--dir", rig->dir }, "vi", 11,
	         "2026-11.jsonl, dòng 1: dòng đã bị sửa (số 1)\n", NULL);
	MUST_SAY({ "audit", "verify", "--quiet", "--dir", rig->dir }, "en", 11,
	         "THE LOG IS NOT SOUND: 4 lines, 1 files, 1 faults", NULL);
	rig_open(rig);
}

static void verify_says_it_in_json(void **state)
{
	struct rig *rig = *state;
	const struct call call = {
		.args = { "audit", "verify", "--json", "--dir", rig->dir },
		.language = "en",
	};
	struct answer *answer = NULL;
	cJSON *root = NULL;
	const cJSON *first = NULL;
	char *text = NULL;
	size_t len = 0;

	rig_fill(rig, 2);
	rig_close(rig);
	text = rig_load(rig, november, &len);
	*strstr(text, "hospital") = 'H';
	rig_save(rig, november, text, len);
	free(text);
	answer = call_run(&call);
	assert_int_equal(answer->status, 11);
	root = call_json(answer);
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(root, "sound")));
	first = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "findings"), 0);
	assert_string_equal(json_text_at(first, "finding"), "altered");
	assert_string_equal(json_text_at(first, "file"), november);
	assert_int_equal(cJSON_GetObjectItem(first, "line")->valueint, 1);
	cJSON_Delete(root);
	call_free(answer);
	rig_open(rig);
}

/* One of each way to end, and times from 1 to 20 s. */
static void fill_month(struct rig *rig)
{
	struct audit_entry entry;

	for (unsigned int i = 1; i <= 20; i++) {
		entry = rig_read(rig, "t-1");
		entry.timings.total = 1000UL * i;
		if (i > 15)
			entry.rp = "pharmacy";
		if (i == 16)
			rig->result.overall = CCCD_FAILED;
		if (i == 17)
			rig->result.overall = CCCD_UNDETERMINED;
		if (i == 18)
			rig->result.suspicions[rig->result.suspicion_count++] =
			        "chip_authentication_failed";
		rig_append(rig, &entry);
	}
	entry = rig_read(rig, "t-2");
	entry.result = NULL;
	entry.outcome = AUDIT_ENDED_FAILED;
	entry.problem = "card_removed";
	rig_append(rig, &entry);
	rig_append(rig, &entry);
	entry.outcome = AUDIT_ENDED_CANCELLED;
	entry.problem = NULL;
	rig_append(rig, &entry);
	entry.outcome = AUDIT_ENDED_EXPIRED;
	rig_append(rig, &entry);
	entry = rig_delivery("t-1");
	rig_append(rig, &entry);
	entry.way = AUDIT_WAY_PORTRAIT;
	rig_append(rig, &entry);
	entry = (struct audit_entry){ .kind = AUDIT_LEASE_BROKEN };
	rig_append(rig, &entry);
}

static double number_at(const cJSON *root, const char *group, const char *name)
{
	const cJSON *item =
	        cJSON_GetObjectItem(cJSON_GetObjectItem(root, group), name);

	assert_true(cJSON_IsNumber(item));
	return item->valuedouble;
}

static void report_counts_a_month(void **state)
{
	struct rig *rig = *state;
	const struct call call = {
		.args = { "report", "--json", "--month", "2026-11", "--dir",
		          rig->dir },
		.language = "en",
	};
	struct answer *answer = NULL;
	cJSON *root = NULL;
	const cJSON *reads = NULL;
	const cJSON *rps = NULL;

	fill_month(rig);
	/* The month before and the one after do not count. */
	machine.wall_s += 31 * 86400;
	rig_fill(rig, 3);
	answer = call_run(&call);
	assert_int_equal(answer->status, 0);
	root = call_json(answer);
	reads = cJSON_GetObjectItem(root, "reads");
	assert_int_equal(cJSON_GetObjectItem(reads, "total")->valueint, 24);
	assert_true(number_at(reads, "outcomes", "read") == 20);
	assert_true(number_at(reads, "outcomes", "failed") == 2);
	assert_true(number_at(reads, "outcomes", "cancelled") == 1);
	assert_true(number_at(reads, "outcomes", "expired") == 1);
	assert_true(number_at(reads, "verdicts", "successful") == 18);
	assert_true(number_at(reads, "verdicts", "failed") == 1);
	assert_true(number_at(reads, "verdicts", "undetermined") == 1);
	assert_int_equal(
	        cJSON_GetObjectItem(reads, "clone_suspicions")->valueint, 1);
	assert_true(number_at(root, "ms", "median") == 10000);
	assert_true(number_at(root, "ms", "p95") == 19000);
	assert_true(number_at(root, "deliveries", "jwt") == 1);
	assert_true(number_at(root, "deliveries", "portrait") == 1);
	assert_true(number_at(root, "security", "lease_broken") == 1);
	assert_true(number_at(root, "security", "clone_suspicion") == 1);
	rps = cJSON_GetObjectItem(root, "relying_parties");
	assert_int_equal(cJSON_GetArraySize(rps), 2);
	assert_string_equal(json_text_at(cJSON_GetArrayItem(rps, 0), "rp"),
	                    "pharmacy");
	assert_int_equal(
	        cJSON_GetObjectItem(cJSON_GetArrayItem(rps, 0), "reads")
	                ->valueint,
	        5);
	cJSON_Delete(root);
	call_free(answer);
}

static void report_prints_text_and_csv(void **state)
{
	struct rig *rig = *state;
	char *text = NULL;
	size_t len = 0;

	fill_month(rig);
	MUST_SAY({ "report", "--month", "2026-11", "--dir", rig->dir }, "en", 0,
	         "card_removed                              2\n", NULL);
	MUST_SAY({ "report", "--month", "2026-11", "--dir", rig->dir }, "vi", 0,
	         "Lượt đọc\n", NULL);
	MUST_SAY({ "report", "--csv", "--month", "2026-11", "--dir", rig->dir },
	         "vi", 0, "group,name,value\n\"reads\",\"total\",24\n", NULL);
	MUST_SAY({ "report", "--csv", "--month", "2026-11", "--dir", rig->dir },
	         "vi", 0, "\"problems\",\"card_removed\",2\n", NULL);
	MUST_SAY({ "report", "--csv", "--month", "2026-10", "--dir", rig->dir },
	         "en", 0, "\"reads\",\"total\",0\n", NULL);
	/* Figures of an altered log are shown, and not believed. */
	rig_close(rig);
	text = rig_load(rig, november, &len);
	*strstr(text, "hospital") = 'H';
	rig_save(rig, november, text, len);
	free(text);
	MUST_SAY({ "report", "--csv", "--month", "2026-11", "--dir", rig->dir },
	         "en", 11, "\"log\",\"faults\",1\n", "not sound");
	rig_open(rig);
}

/* The month is that of the machine: 18:00 UTC is tomorrow in Hà Nội. */
static void report_follows_the_time_zone(void **state)
{
	struct rig *rig = *state;

	/* 2026-11-30T18:00:00Z */
	machine.wall_s = 1796061600;
	rig_fill(rig, 1);
	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	MUST_SAY({ "report", "--csv", "--month", "2026-11", "--dir", rig->dir },
	         "en", 0, "\"reads\",\"total\",1\n", NULL);
	assert_int_equal(setenv("TZ", "ICT-7", 1), 0);
	MUST_SAY({ "report", "--csv", "--month", "2026-12", "--dir", rig->dir },
	         "en", 0, "\"reads\",\"total\",1\n", NULL);
	MUST_SAY(
	        { "report", "--json", "--month", "2026-12", "--dir", rig->dir },
	        "en", 0, "\"time_zone\":\t\"+07:00\"", NULL);
	assert_int_equal(unsetenv("TZ"), 0);
}

/* Keyed and chained hashes look like anything: they are not searched. */
static void blank_hashes(char *text, size_t len)
{
	size_t run = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && strchr("0123456789abcdef", text[i]) != NULL &&
		    text[i] != '\0') {
			run++;
			continue;
		}
		if (run == 64)
			memset(text + i - run, '.', run);
		run = 0;
	}
}

static void must_be_silent(const char *what, char *text, size_t len)
{
	blank_hashes(text, len);
	for (size_t i = 0; i < ARRAY_LEN(canary_words); i++) {
		const char *form = canary_sings(span_of(text, len),
		                                span_text(canary_words[i]));

		if (form != NULL)
			print_error("%s tells %s (%s)\n", what, canary_words[i],
			            form);
		assert_null(form);
	}
}

static void must_be_silent_file(const struct rig *rig, const char *name)
{
	size_t len = 0;
	char *text = rig_load(rig, name, &len);

	assert_true(len > 0);
	must_be_silent(name, text, len);
	free(text);
}

static void must_be_silent_call(const struct call *call)
{
	struct answer *answer = call_run(call);

	assert_int_equal(answer->status, 0);
	assert_true(answer->out_len > 0);
	must_be_silent(call->args[0], answer->out, answer->out_len);
	call_free(answer);
}

/* Read the canary's card and record it as the daemon would. */
static void record_canary(struct rig *rig, struct journal *journal)
{
	const struct audit_config config = {
		.dir = rig->dir,
		.site_key = span_text("0123456789abcdef0123456789abcdef"),
		.journal = journal,
	};
	struct sim_device device = { .card = sim_card_of(CANARY_CARD) };
	struct cccd_session *session = sim_session(&device, "mrz_lines");
	struct cccd_person *person = calloc(1, sizeof(*person));
	struct cccd_result result;
	struct audit_entry entry;

	assert_non_null(person);
	assert_int_equal(cccd_session_run(session), CCCD_OK);
	result = *cccd_session_result(session);
	assert_int_equal(
	        cccd_document_person(cccd_session_document(session), person),
	        CCCD_OK);
	assert_string_equal(person->id_number, CANARY_ID_NUMBER);
	rig_close(rig);
	assert_int_equal(audit_open(&config, NULL, &rig->audit), CCCD_OK);
	entry = rig_read(rig, result.transaction);
	result.suspicions[0] = "chip_authentication_failed";
	result.suspicion_count = 1;
	result.checks[CCCD_CHECK_PASSIVE_AUTHENTICATION].verdict = CCCD_FAILED;
	entry.result = &result;
	entry.document_kind = cccd_document_kind_name(person->document_kind);
	entry.document = span_text(person->id_number);
	rig_append(rig, &entry);
	entry.document = span_text(person->document_number);
	rig_append(rig, &entry);
	/* What a careless front end sends as the id of a text. */
	entry.consent_text = person->id_number;
	assert_int_equal(audit_append(rig->audit, &entry, NULL),
	                 CCCD_ERR_USAGE_ARGUMENT);
	entry.consent_text = person->full_name;
	assert_int_equal(audit_append(rig->audit, &entry, NULL),
	                 CCCD_ERR_USAGE_ARGUMENT);
	entry = rig_delivery(result.transaction);
	rig_append(rig, &entry);
	cccd_person_wipe(person);
	free(person);
	cccd_session_free(session);
	sim_card_free(device.card);
}

static void nothing_tells_of_the_holder(void **state)
{
	struct rig *rig = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct journal *journal = NULL;
	static char text[32768];
	unsigned int told = 0;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t got = 0;

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%.80s/j",
	               rig->dir);
	assert_int_equal(
	        bind(fd, (const struct sockaddr *)&address, sizeof(address)),
	        0);
	assert_int_equal(journal_open(address.sun_path, &journal), CCCD_OK);
	record_canary(rig, journal);
	while ((got = recv(fd, text, sizeof(text), MSG_DONTWAIT)) > 0) {
		must_be_silent("the journal", text, (size_t)got);
		told++;
	}
	/* Two reads with two warnings each, and a delivery. */
	assert_int_equal(told, 7);
	(void)close(fd);
	must_be_silent_file(rig, november);
	must_be_silent_file(rig, "security-2026-11.jsonl");
	must_be_silent_file(rig, "head.json");
	must_be_silent_call(&(struct call){
	        .args = { "report", "--month", "2026-11", "--dir", rig->dir },
	        .language = "vi" });
	must_be_silent_call(
	        &(struct call){ .args = { "report", "--json", "--month",
	                                  "2026-11", "--dir", rig->dir },
	                        .language = "vi" });
	must_be_silent_call(
	        &(struct call){ .args = { "report", "--csv", "--month",
	                                  "2026-11", "--dir", rig->dir },
	                        .language = "vi" });
	must_be_silent_call(&(struct call){
	        .args = { "audit", "verify", "--json", "--dir", rig->dir },
	        .language = "vi" });
	rig_close(rig);
	journal_close(journal);
	rig_open(rig);
}

#define ON_RIG(test) \
	cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_judged),
		ON_RIG(verify_says_where_and_what),
		ON_RIG(verify_says_it_in_json),
		ON_RIG(report_counts_a_month),
		ON_RIG(report_prints_text_and_csv),
		ON_RIG(report_follows_the_time_zone),
		ON_RIG(nothing_tells_of_the_holder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
