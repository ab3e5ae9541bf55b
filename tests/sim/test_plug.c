/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles as text, and the card behind a struct reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include <cjson/cJSON.h>
#include <dirent.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "tests/sim/sim_reader.h"

static void refused(const char *profile, const char *why)
{
	struct cccd_error error = { .code = CCCD_OK };
	struct sim_card *card = NULL;

	assert_int_not_equal(sim_card_load(profile, &error, &card), CCCD_OK);
	assert_null(card);
	if (strstr(error.text, why) == NULL)
		_fail(error.text, __LINE__);
}

static void profile_refuses_what_it_does_not_know(void **state)
{
	(void)state;
	refused("{\"colour\":\"red\"}", "\"colour\" in profile is not known");
	refused("{\"access\":{\"pase\":[]}}",
	        "\"pase\" in access is not known");
	refused("{\"access\":{\"pace\":[{\"curve\":13}]}}",
	        "\"curve\" in pace is not known");
	refused("{\"access\":{\"bac\":1}}", "\"bac\" in access has a bad");
	refused("{\"behaviour\":{\"select_mf\":\"6D0\"}}", "select_mf");
	refused("{\"faults\":[{\"do\":\"explode\"}]}", "\"do\"");
	refused("{\"faults\":[{\"apdu\":1}]}", "without \"do\"");
	refused("{\"files\":{\"dg17\":{}}}", "dg17");
	refused("{\"files\":[]}", "is not an object");
	refused("{\"extends\":7}", "extends");
	refused("{", "not a JSON object");
	refused("no-such-card", "cannot be read");
	refused("{\"chip_auth\":{\"keys\":[{\"protocol\":\"ecdh-rot13\"}]}}",
	        "algorithm_not_supported");
	refused("{\"files\":{\"dg1\":{\"size\":10}}}", "file 1");
}

/* A member of the schema is a member of the parser. */
static void section_is_known(const char *section, const cJSON *properties)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, properties)
	{
		struct cccd_error error = { .code = CCCD_OK };
		struct sim_card *card = NULL;
		char profile[256];

		(void)snprintf(profile, sizeof(profile),
		               section[0] == '\0' ? "{\"%s%s\":{\"~\":1}}"
		                                  : "{\"%s\":{\"%s\":"
		                                    "{\"~\":1}}}",
		               section, item->string);
		assert_int_not_equal(sim_card_load(profile, &error, &card),
		                     CCCD_OK);
		if (strstr(error.text, "is not known") != NULL &&
		    strstr(error.text, "\"~\"") == NULL)
			_fail(error.text, __LINE__);
	}
}

static cJSON *read_json(const char *path)
{
	static char text[1 << 17];
	FILE *file = fopen(path, "rb");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	(void)fclose(file);
	return cJSON_Parse(text);
}

static const char *profiles_path(const char *name)
{
	static char path[1024];
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it */
	const char *root = getenv("CCCD_SOURCE_DIR");

	(void)snprintf(path, sizeof(path), "%s/tests/sim/profiles/%s", root,
	               name);
	return path;
}

static void schema_and_parser_agree(void **state)
{
	cJSON *schema = read_json(profiles_path("schema.json"));
	const cJSON *properties = cJSON_GetObjectItem(schema, "properties");
	const cJSON *section;

	(void)state;
	assert_non_null(properties);
	section_is_known("", properties);
	cJSON_ArrayForEach(section, properties)
	{
		const cJSON *inner = cJSON_GetObjectItem(section, "properties");

		if (inner != NULL)
			section_is_known(section->string, inner);
	}
	cJSON_Delete(schema);
}

static void every_shipped_profile_makes_a_card(void **state)
{
	DIR *directory = opendir(profiles_path(""));
	const struct dirent *entry;
	size_t count = 0;

	(void)state;
	assert_non_null(directory);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	while ((entry = readdir(directory)) != NULL) {
		struct cccd_error error = { .code = CCCD_OK };
		struct sim_card *card = NULL;
		const char *dot = strrchr(entry->d_name, '.');

		if (dot == NULL || strcmp(dot, ".json") != 0 ||
		    strcmp(entry->d_name, "schema.json") == 0)
			continue;
		if (sim_card_load(profiles_path(entry->d_name), &error,
		                  &card) != CCCD_OK)
			_fail(error.text, __LINE__);
		sim_card_free(card);
		count++;
	}
	(void)closedir(directory);
	assert_true(count > 80);
}

static struct sim_card *load(const char *profile)
{
	struct cccd_error error = { .code = CCCD_OK };
	struct sim_card *card = NULL;

	if (sim_card_load(profile, &error, &card) != CCCD_OK)
		_fail(error.text, 0);
	return card;
}

static enum cccd_err send(struct reader *reader, const char *command,
                          struct buf *response)
{
	BUF bytes = buf_make(512);

	assert_int_equal(hex_decode(command, &bytes), CCCD_OK);
	return reader_transmit(reader, buf_span(&bytes), response, NULL);
}

static void reader_passes_apdus_and_counts(void **state)
{
	struct sim_card *card = load("cccd-2021");
	struct reader *reader = NULL;
	BUF response = buf_make(READER_RESPONSE_MAX);
	const struct sim_counters *counters = sim_card_counters(card);

	(void)state;
	assert_int_equal(sim_reader_open(card, &reader), CCCD_OK);
	assert_int_equal(reader_connect(reader, NULL), CCCD_OK);
	assert_int_equal(reader_card(reader)->atr_len, 5);
	assert_int_equal(send(reader, "00A4020C02011C", &response), CCCD_OK);
	assert_int_equal(send(reader, "00B0000000", &response), CCCD_OK);
	assert_int_equal(response.len, 56);
	assert_int_equal(counters->apdus, 2);
	assert_int_equal(counters->by_ins[0xB0], 1);
	assert_int_equal(counters->sent, 12);
	assert_int_equal(counters->received, 58);
	assert_int_equal(counters->power_ups, 1);
	reader_close(reader);
	sim_card_free(card);
}

/* 9 bits a byte at the bit rate, and the cost of each exchange. */
static void latency_is_modelled_not_slept(void **state)
{
	struct sim_card *card =
	        load("{\"extends\":\"cccd-2021\",\"latency\":{"
	             "\"bit_rate_kbps\":106,\"per_apdu_ms\":3000}}");
	struct reader *reader = NULL;
	BUF response = buf_make(READER_RESPONSE_MAX);
	uint64_t start = clock_steady_ms();

	(void)state;
	assert_int_equal(sim_reader_open(card, &reader), CCCD_OK);
	assert_int_equal(reader_connect(reader, NULL), CCCD_OK);
	assert_int_equal(send(reader, "00A4020C02011C", &response), CCCD_OK);
	assert_true(clock_steady_ms() - start < 3000);
	/* 7 and 2 bytes, each in a block of 3 more. */
	assert_int_equal(sim_card_counters(card)->time_us,
	                 3000000 + 9 * (7 + 3) * 1000 / 106 +
	                         9 * (2 + 3) * 1000 / 106);
	reader_set_timeout(reader, 2000);
	assert_int_equal(send(reader, "00A4020C02011C", &response),
	                 CCCD_ERR_READER_TIMEOUT);
	reader_close(reader);
	sim_card_free(card);
}

static void scripted_removal_ends_with_a_wait(void **state)
{
	struct sim_card *card = load("{\"extends\":\"cccd-2021\",\"faults\":["
	                             "{\"do\":\"remove\",\"apdu\":2},"
	                             "{\"do\":\"remove\",\"apdu\":4,"
	                             "\"reinsert\":\"pace-dh\"},"
	                             "{\"do\":\"mute\",\"apdu\":3}]}");
	struct reader *reader = NULL;
	BUF response = buf_make(READER_RESPONSE_MAX);
	bool present = true;

	(void)state;
	assert_int_equal(sim_reader_open(card, &reader), CCCD_OK);
	assert_int_equal(reader_connect(reader, NULL), CCCD_OK);
	assert_int_equal(send(reader, "00A4020C02011C", &response), CCCD_OK);
	assert_int_equal(send(reader, "00B0000000", &response),
	                 CCCD_ERR_CARD_REMOVED);
	assert_int_equal(send(reader, "00B0000000", &response),
	                 CCCD_ERR_CARD_REMOVED);
	assert_int_equal(reader_present(reader, &present, NULL), CCCD_OK);
	assert_false(present);
	assert_int_equal(reader_wait(reader, 0, NULL), CCCD_OK);
	assert_int_equal(reader_connect(reader, NULL), CCCD_OK);
	assert_int_equal(send(reader, "00B0000000", &response),
	                 CCCD_ERR_CARD_MUTE);
	assert_int_equal(send(reader, "00B0000000", &response),
	                 CCCD_ERR_CARD_REMOVED);
	assert_int_equal(reader_wait(reader, 0, NULL), CCCD_OK);
	assert_int_equal(reader_connect(reader, NULL), CCCD_OK);
	/* Another card: PACE without curves. */
	assert_int_equal(send(reader, "00B09C0000", &response), CCCD_OK);
	assert_int_equal(response.at[response.len - 3], 0);
	reader_close(reader);
	sim_card_free(card);
}

struct late {
	struct sim_slot *slot;
	struct sim_card *card;
	struct reader *reader;
};

static void *insert_later(void *context)
{
	const struct timespec pause = { .tv_nsec = 50000000L };
	struct late *late = context;

	(void)nanosleep(&pause, NULL);
	sim_slot_insert(late->slot, late->card);
	return NULL;
}

static void *cancel_later(void *context)
{
	const struct timespec pause = { .tv_nsec = 50000000L };
	struct late *late = context;

	(void)nanosleep(&pause, NULL);
	reader_cancel(late->reader);
	return NULL;
}

static void slot_moves_cards_under_a_reader(void **state)
{
	struct late late = { .card = load("cccd-2021") };
	BUF response = buf_make(READER_RESPONSE_MAX);
	pthread_t thread;

	(void)state;
	assert_int_equal(sim_slot_new(NULL, &late.slot), CCCD_OK);
	assert_int_equal(sim_slot_open(late.slot, &late.reader), CCCD_OK);
	assert_int_equal(reader_wait(late.reader, 5, NULL),
	                 CCCD_ERR_READER_NO_CARD);
	assert_int_equal(reader_connect(late.reader, NULL),
	                 CCCD_ERR_READER_NO_CARD);
	assert_int_equal(pthread_create(&thread, NULL, insert_later, &late), 0);
	assert_int_equal(reader_wait(late.reader, 10000, NULL), CCCD_OK);
	(void)pthread_join(thread, NULL);
	assert_int_equal(reader_connect(late.reader, NULL), CCCD_OK);
	assert_int_equal(send(late.reader, "00A4020C02011C", &response),
	                 CCCD_OK);
	sim_slot_remove(late.slot);
	assert_int_equal(send(late.reader, "00A4020C02011C", &response),
	                 CCCD_ERR_CARD_REMOVED);
	assert_int_equal(pthread_create(&thread, NULL, cancel_later, &late), 0);
	assert_int_equal(reader_wait(late.reader, 10000, NULL),
	                 CCCD_ERR_CANCELLED);
	(void)pthread_join(thread, NULL);
	reader_close(late.reader);
	sim_slot_free(late.slot);
	sim_card_free(late.card);
}

static void small_reader_refuses_long_commands(void **state)
{
	struct sim_card *card = load("pn532-short");
	struct reader *reader = NULL;
	BUF response = buf_make(READER_RESPONSE_MAX);
	uint8_t long_command[300] = { 0x00, 0xD6 };

	(void)state;
	assert_int_equal(sim_reader_open(card, &reader), CCCD_OK);
	assert_int_equal(reader_connect(reader, NULL), CCCD_OK);
	assert_int_equal(reader_card(reader)->max_command, 262);
	assert_int_equal(
	        reader_transmit(reader, SPAN(long_command), &response, NULL),
	        CCCD_ERR_READER_OVERSIZE);
	assert_int_equal(sim_card_counters(card)->apdus, 0);
	reader_close(reader);
	sim_card_free(card);
}

static void export_writes_what_a_card_was_signed_with(void **state)
{
	struct sim_card *card = load("cccd-2021");
	struct sim_card *other = load("pace-cam");
	char directory[] = "/tmp/cccd-sim-XXXXXX";
	char path[64];
	struct span want = sim_card_certificate(card, "csca");
	uint8_t got[2048];
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(sim_pki_export("cccd-2021", directory, NULL), CCCD_OK);
	(void)snprintf(path, sizeof(path), "%s/csca.der", directory);
	file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fread(got, 1, sizeof(got), file), want.len);
	(void)fclose(file);
	assert_memory_equal(got, want.at, want.len);
	/* One country signer for all Vietnamese specimens. */
	assert_true(span_equal(want, sim_card_certificate(other, "csca")));
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/crl.der", directory);
	(void)unlink(path);
	assert_int_equal(rmdir(directory), 0);
	sim_card_free(card);
	sim_card_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profile_refuses_what_it_does_not_know),
		cmocka_unit_test(schema_and_parser_agree),
		cmocka_unit_test(every_shipped_profile_makes_a_card),
		cmocka_unit_test(reader_passes_apdus_and_counts),
		cmocka_unit_test(latency_is_modelled_not_slept),
		cmocka_unit_test(scripted_removal_ends_with_a_wait),
		cmocka_unit_test(slot_moves_cards_under_a_reader),
		cmocka_unit_test(small_reader_refuses_long_commands),
		cmocka_unit_test(export_writes_what_a_card_was_signed_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
