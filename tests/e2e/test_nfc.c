/* SPDX-License-Identifier: Apache-2.0 */
/* Whole reads through the real libnfc beside the real pcscd. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include <cccd/cccd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "tests/e2e/desk.h"
#include "tests/reader/event_log.h"
#include "tests/support/child.h"
#include "tests/support/rig.h"

enum { LINE_LEN = 256, URI_LEN = 128, KILLS = 5, PAUSE_MS = 40 };

/* The NFC reader: a simulated card before a simulated chip. */
struct antenna {
	pid_t sim;
	FILE *words;
	FILE *answers;
	char uri[URI_LEN];
};

static struct desk desk;
static struct antenna antenna;

static const char number_option[] = "--id-number";
static const char number[] = "001199000001";

static void hear(char line[static LINE_LEN])
{
	assert_non_null(fgets(line, LINE_LEN, antenna.answers));
	line[strcspn(line, "\n")] = '\0';
}

static void say(const char *words, const char *expected)
{
	char line[LINE_LEN];

	assert_true(fprintf(antenna.words, "%s\n", words) > 0);
	assert_int_equal(fflush(antenna.words), 0);
	hear(line);
	if (strncmp(line, expected, strlen(expected)) != 0)
		print_error("%s: %s\n", words, line);
	assert_memory_equal(line, expected, strlen(expected));
	if (strncmp(line, "ready ", 6) == 0)
		(void)snprintf(antenna.uri, sizeof(antenna.uri),
		               "nfc:pn532_uart:%.100s", line + 6);
}

static void lay(const char *card)
{
	char words[LINE_LEN];

	(void)snprintf(words, sizeof(words), "insert %s", card);
	say(words, "inserted");
}

static void start(bool real_time)
{
	const char *const argv[] = {
		getenv("CCCD_SIM_PROGRAM"),       "--pn532", "auto",
		real_time ? "--real-time" : NULL, NULL,
	};
	char line[LINE_LEN];

	antenna.sim = rig_spawn_piped(desk.rig, argv, &antenna.words,
	                              &antenna.answers);
	hear(line);
	assert_memory_equal(line, "ready ", 6);
	(void)snprintf(antenna.uri, sizeof(antenna.uri),
	               "nfc:pn532_uart:%.100s", line + 6);
}

static void stop(void)
{
	rig_kill(antenna.sim);
	(void)fclose(antenna.words);
	(void)fclose(antenna.answers);
}

static struct answer *start_read(const char *reader, const char *option,
                                 const char *value)
{
	const struct call call = {
		.args = { "read", "--json", "--quiet", "--reader", reader,
		          option, value, "--demo-trust", desk_trust() },
	};

	return call_start(&call);
}

static struct answer *read_card(const char *reader, const char *option,
                                const char *value)
{
	struct answer *answer = start_read(reader, option, value);

	call_finish(answer);
	return answer;
}

/* What another reader and another minute may change. */
static void forget_the_way(cJSON *root)
{
	static const char *const members[] = { "transaction", "time",
		                               "transport" };
	cJSON *check = NULL;

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		cJSON_DeleteItemFromObject(root, members[i]);
	cJSON_ArrayForEach(check, cJSON_GetObjectItem(root, "checks"))
	        cJSON_DeleteItemFromObject(check, "ms");
}

static void expect_bit_rate(const cJSON *root, int rate)
{
	const cJSON *transport = cJSON_GetObjectItem(root, "transport");
	const cJSON *member = cJSON_GetObjectItem(transport, "bit_rate_kbps");

	assert_non_null(member);
	assert_int_equal(member->valueint, rate);
}

static void expect_same(const char *card, const struct answer *nfc,
                        const struct answer *pcsc)
{
	cJSON *left = call_json(nfc);
	cJSON *right = call_json(pcsc);

	assert_string_equal(json_text_at(left, "transport.kind"), "nfc");
	assert_string_equal(json_text_at(right, "transport.kind"), "pcsc");
	expect_bit_rate(left, 424);
	forget_the_way(left);
	forget_the_way(right);
	if (!cJSON_Compare(left, right, true)) {
		char *was = cJSON_Print(left);
		char *is = cJSON_Print(right);

		print_error("%s over nfc: %s\nover pcsc: %s\n", card, was, is);
		cJSON_free(was);
		cJSON_free(is);
	}
	assert_true(cJSON_Compare(left, right, true));
	cJSON_Delete(left);
	cJSON_Delete(right);
}

/**
 * struct row - a card, what its holder knows, and the exit code.
 */
struct row {
	const char *card;
	const char *option;
	const char *value;
	int status;
};

/* Among them one that needs command chaining without extended length. */
static const struct row rows[] = {
	{ "cccd-2021", number_option, number, 0 },
	{ "cancuoc-2024-adult", number_option, "079095000003", 0 },
	{ "pace-dh-2048-chained", number_option, number, 0 },
	{ "bac-only", "--mrz", "199000001499010183901016", 0 },
	{ "pace-cam", number_option, number, 0 },
	{ "bad-dg1-edited", number_option, number, 11 },
	{ "bad-clone-ca", number_option, number, 11 },
};

static void verdict_is_the_same_over_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		struct answer *pcsc = NULL;
		struct answer *nfc = NULL;

		desk_lay(&desk, row->card, NULL);
		lay(row->card);
		pcsc = read_card(DESK_SLOT_0, row->option, row->value);
		nfc = read_card(antenna.uri, row->option, row->value);
		if (nfc->status != row->status)
			print_error("%s: exit %d: %s%s\n", row->card,
			            nfc->status, nfc->out, nfc->err);
		assert_int_equal(nfc->status, row->status);
		assert_int_equal(pcsc->status, row->status);
		expect_same(row->card, nfc, pcsc);
		call_free(pcsc);
		call_free(nfc);
	}
}

/* Each reads the card that lies on it, while the other one reads. */
static void both_ways_read_at_the_same_time(void **state)
{
	struct answer *pcsc = NULL;
	struct answer *nfc = NULL;
	cJSON *root = NULL;

	(void)state;
	desk_lay(&desk, "cancuoc-2024-adult", NULL);
	lay("cccd-2021");
	pcsc = start_read(DESK_SLOT_0, number_option, "079095000003");
	nfc = start_read(antenna.uri, number_option, number);
	call_finish(pcsc);
	call_finish(nfc);
	assert_int_equal(pcsc->status, 0);
	assert_int_equal(nfc->status, 0);
	root = call_json(pcsc);
	assert_string_equal(json_text_at(root, "identity.id_number"),
	                    "079095000003");
	cJSON_Delete(root);
	root = call_json(nfc);
	assert_string_equal(json_text_at(root, "identity.id_number"), number);
	cJSON_Delete(root);
	call_free(pcsc);
	call_free(nfc);
}

/* Needs no library of ours: the card as Debian's own tool sees it. */
static void nfc_list_sees_the_card(void **state)
{
	const char *const argv[] = { getenv("CCCD_NFC_LIST"), "-v", NULL };
	FILE *words = NULL;
	FILE *answers = NULL;
	char line[LINE_LEN];
	bool sak = false;
	bool ats = false;
	pid_t pid;

	(void)state;
	if (argv[0] == NULL)
		skip();
	lay("cccd-2021");
	assert_int_equal(setenv("LIBNFC_DEVICE", antenna.uri + 4, 1), 0);
	assert_int_equal(setenv("LIBNFC_AUTO_SCAN", "false", 1), 0);
	pid = rig_spawn_piped(desk.rig, argv, &words, &answers);
	while (fgets(line, sizeof(line), answers) != NULL) {
		sak = sak || strstr(line, "SAK (SEL_RES): 20") != NULL;
		ats = ats || strstr(line, "ATS: 78  33  80  02") != NULL;
	}
	rig_wait(pid);
	(void)fclose(words);
	(void)fclose(answers);
	(void)unsetenv("LIBNFC_DEVICE");
	(void)unsetenv("LIBNFC_AUTO_SCAN");
	assert_true(sak);
	assert_true(ats);
}

static pid_t await_child_of(pid_t parent)
{
	uint64_t end = clock_steady_ms() + CALL_LIMIT_MS;
	pid_t pid = 0;

	while ((pid = child_of(parent)) == 0) {
		assert_true(clock_steady_ms() < end);
		clock_sleep_ms(1);
	}
	return pid;
}

static void read_survives_the_death_of_cccd_nfc(void **state)
{
	struct answer *answer = NULL;

	(void)state;
	stop();
	start(true);
	for (unsigned int i = 0; i < KILLS; i++) {
		answer = start_read(antenna.uri, number_option, number);
		clock_sleep_ms(PAUSE_MS * (i + 4));
		/* A child of the program that we just started. */
		assert_int_equal(kill(await_child_of(answer->pid), SIGKILL), 0);
		call_finish(answer);
		if (answer->status != 2)
			print_error("exit %d: %s%s\n", answer->status,
			            answer->out, answer->err);
		assert_int_equal(answer->status, 2);
		call_free(answer);
	}
	stop();
	start(false);
	answer = read_card(antenna.uri, number_option, number);
	assert_int_equal(answer->status, 0);
	call_free(answer);
}

static void read_works_after_the_reader_was_plugged_in_again(void **state)
{
	struct answer *answer = NULL;

	(void)state;
	say("unplug", "unplugged");
	answer = read_card(antenna.uri, number_option, number);
	assert_int_equal(answer->status, 2);
	call_free(answer);
	say("plug", "ready ");
	answer = read_card(antenna.uri, number_option, number);
	assert_int_equal(answer->status, 0);
	call_free(answer);
}

/**
 * struct visit - one read through the library.
 * @cut: unplug the NFC reader when a file has arrived so far; 0 never
 */
struct visit {
	struct cccd_session *session;
	const struct cccd_trust *trust;
	size_t cut;
	enum cccd_err err;
};

static void cut_in(const struct cccd_progress *progress, void *context)
{
	struct visit *visit = context;

	if (visit->cut == 0 || progress->event != CCCD_EVENT_FILE ||
	    progress->read < visit->cut)
		return;
	visit->cut = 0;
	say("unplug", "unplugged");
}

static void visit_open(struct visit *visit, const char *uri, const char *key)
{
	assert_int_equal(cccd_session_new(&visit->session), CCCD_OK);
	cccd_session_set_trust(visit->session, visit->trust);
	cccd_session_set_progress(visit->session, cut_in, visit);
	assert_int_equal(cccd_session_set_reader(visit->session, uri), CCCD_OK);
	assert_int_equal(cccd_session_set_access_key(visit->session,
	                                             CCCD_ACCESS_KEY_ID_NUMBER,
	                                             key),
	                 CCCD_OK);
}

static void *visit_run(void *context)
{
	struct visit *visit = context;

	visit->err = cccd_session_run(visit->session);
	return NULL;
}

static void visit_expect(const struct visit *visit, const char *expected)
{
	struct cccd_person *person = calloc(1, sizeof(*person));

	assert_non_null(person);
	assert_int_equal(visit->err, CCCD_OK);
	assert_int_equal(cccd_session_result(visit->session)->overall,
	                 CCCD_SUCCESSFUL);
	assert_int_equal(cccd_document_person(
	                         cccd_session_document(visit->session), person),
	                 CCCD_OK);
	assert_string_equal(person->id_number, expected);
	cccd_person_wipe(person);
	free(person);
}

static struct cccd_trust *open_trust(void)
{
	struct cccd_trust *trust = NULL;

	assert_int_equal(
	        cccd_trust_open(desk_trust(), CCCD_TRUST_DEMO, NULL, &trust),
	        CCCD_OK);
	return trust;
}

static struct cccd_watch *start_watch(struct event_log *log)
{
	const char *const uris[] = { antenna.uri };
	struct cccd_watch_options options = cccd_watch_options_default();
	struct cccd_watch *watch = NULL;

	options.nfc_uris = uris;
	options.nfc_count = 1;
	options.nfc_poll_ms = CCCD_WATCH_NFC_POLL_MIN_MS;
	assert_int_equal(cccd_watch_start(&options, event_log_add, log, &watch),
	                 CCCD_OK);
	return watch;
}

/* The ids of the two readers with a card, as "id:…". */
static void take_ids(struct event_log *log, char pcsc[static URI_LEN],
                     char nfc[static URI_LEN])
{
	pcsc[0] = nfc[0] = '\0';
	while (pcsc[0] == '\0' || nfc[0] == '\0') {
		const struct cccd_watch_event *event = event_log_take(log);
		bool is_nfc = strcmp(event->reader.kind, "nfc") == 0;

		if (event->kind == CCCD_WATCH_CARD_PRESENT)
			(void)snprintf(is_nfc ? nfc : pcsc, URI_LEN, "id:%s",
			               event->reader.id);
	}
}

/* Two cards at once through the library, and nobody is in the way. */
static void watch_leaves_two_sessions_alone(void **state)
{
	struct event_log *log = event_log_new();
	struct cccd_trust *trust = open_trust();
	struct visit left = { .trust = trust };
	struct visit right = { .trust = trust };
	struct cccd_watch *watch = NULL;
	char pcsc[URI_LEN];
	char nfc[URI_LEN];
	pthread_t thread;

	(void)state;
	desk_lay(&desk, "cancuoc-2024-adult", NULL);
	lay("cccd-2021");
	watch = start_watch(log);
	take_ids(log, pcsc, nfc);
	while (event_log_waiting(log) > 0)
		(void)event_log_take(log);
	visit_open(&left, pcsc, "079095000003");
	visit_open(&right, nfc, number);
	assert_int_equal(pthread_create(&thread, NULL, visit_run, &left), 0);
	(void)visit_run(&right);
	assert_int_equal(pthread_join(thread, NULL), 0);
	visit_expect(&left, "079095000003");
	visit_expect(&right, number);
	assert_string_equal(cccd_session_result(right.session)->transport.kind,
	                    "nfc");
	/* Nothing came or went meanwhile. */
	assert_int_equal(event_log_waiting(log), 0);
	cccd_session_free(left.session);
	cccd_session_free(right.session);
	cccd_watch_stop(watch);
	cccd_trust_close(trust);
	event_log_free(log);
}

static void unplugging_in_the_middle_of_a_read_is_typed(void **state)
{
	struct event_log *log = event_log_new();
	struct cccd_trust *trust = open_trust();
	struct visit visit = { .trust = trust, .cut = 600 };
	struct cccd_watch *watch = NULL;

	(void)state;
	desk_lay(&desk, NULL, NULL);
	lay("cccd-2021");
	watch = start_watch(log);
	visit_open(&visit, antenna.uri, number);
	(void)visit_run(&visit);
	assert_int_equal(visit.cut, 0);
	assert_int_equal(visit.err, CCCD_ERR_READER_LOST);
	assert_int_equal(cccd_session_error(visit.session)->code,
	                 CCCD_ERR_READER_LOST);
	while (event_log_take(log)->kind != CCCD_WATCH_READER_REMOVED)
		;
	say("plug", "ready ");
	assert_int_equal(cccd_session_set_reader(visit.session, antenna.uri),
	                 CCCD_OK);
	(void)visit_run(&visit);
	visit_expect(&visit, number);
	cccd_session_free(visit.session);
	cccd_watch_stop(watch);
	cccd_trust_close(trust);
	event_log_free(log);
}

static int open_all(void **state)
{
	(void)state;
	desk_open(&desk, false);
	start(false);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	stop();
	desk_close(&desk);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdict_is_the_same_over_both_ways),
		cmocka_unit_test(both_ways_read_at_the_same_time),
		cmocka_unit_test(read_survives_the_death_of_cccd_nfc),
		cmocka_unit_test(
		        read_works_after_the_reader_was_plugged_in_again),
		cmocka_unit_test(watch_leaves_two_sessions_alone),
		cmocka_unit_test(unplugging_in_the_middle_of_a_read_is_typed),
		cmocka_unit_test(nfc_list_sees_the_card),
	};

	return cmocka_run_group_tests_name("nfc", tests, open_all, close_all);
}
