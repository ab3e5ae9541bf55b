/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe tells of a card, and what it must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include <cccd/cccd.h>

#include "apdu/auth/certificate.h"
#include "base/digest.h"
#include "base/macros.h"
#include "lib/json/probe.h"
#include "tests/support/canary.h"
#include "tests/support/canary_card.h"
#include "tests/support/sim_transport.h"

enum { INS_SELECT = 0xA4, INS_READ = 0xB0, INS_GENERAL_AUTH = 0x86 };

/* struct bench - a card that was probed. */
struct bench {
	struct sim_device device;
	struct cccd_session *session;
	struct cccd_probe *probe;
	enum cccd_err err;
};

static void bench_prepare(struct bench *bench, const char *profile,
                          const char *key)
{
	struct cccd_options options = cccd_options_default();

	memset(bench, 0, sizeof(*bench));
	bench->device.card = sim_card_of(profile);
	bench->session = sim_session(&bench->device, key);
	bench->probe = malloc(sizeof(*bench->probe));
	assert_non_null(bench->probe);
	options.flags = CCCD_PROBE_FLAGS;
	options.resume_ms = 100;
	assert_int_equal(cccd_session_set_options(bench->session, &options),
	                 CCCD_OK);
	cccd_probe_watch(bench->session, bench->probe);
}

static void bench_run(struct bench *bench)
{
	bench->err = cccd_session_run(bench->session);
	assert_int_equal(cccd_probe_fill(bench->session, bench->probe),
	                 CCCD_OK);
}

static const struct cccd_probe *probe_card(struct bench *bench,
                                           const char *profile, const char *key)
{
	bench_prepare(bench, profile, key);
	bench_run(bench);
	assert_int_equal(bench->err, CCCD_OK);
	assert_true(bench->probe->run.finished);
	return bench->probe;
}

static void bench_close(struct bench *bench)
{
	cccd_session_free(bench->session);
	sim_card_free(bench->device.card);
	free(bench->probe);
}

static void check_field(const struct cccd_probe_dg13 *dg13, unsigned int number,
                        uint32_t tag, const char *length)
{
	assert_int_equal(dg13->fields[number].state, CCCD_FIELD_PRESENT);
	assert_int_equal(dg13->fields[number].tag, tag);
	assert_string_equal(dg13->fields[number].length, length);
}

static void check_2021_groups(const struct cccd_probe *probe)
{
	const struct cccd_probe_dg13 *dg13 = &probe->dg13;

	assert_true(dg13->present && dg13->national);
	check_field(dg13, CCCD_DG13_ID_NUMBER, 0x13, "9-16");
	check_field(dg13, CCCD_DG13_FULL_NAME, 0x0C, "17-32");
	check_field(dg13, CCCD_DG13_SEX, 0x0C, "1-8");
	check_field(dg13, CCCD_DG13_PLACE_OF_RESIDENCE, 0x0C, "33-64");
	check_field(dg13, CCCD_DG13_PARENTS, 0x30, "33-64");
	assert_string_equal(dg13->mother.length, "17-32");
	assert_int_equal(dg13->birth.form, CCCD_FORM_SLASHES);
	assert_string_equal(dg13->birth.precision, "day");
	assert_string_equal(dg13->birth.shape, "");
	assert_int_equal(probe->dg1.format, CCCD_MRZ_TD1);
	assert_string_equal(probe->dg1.issuing_state, "VNM");
	assert_true(probe->dg1.checks_correct && probe->dg1.sex_stated);
	assert_string_equal(probe->dg1.optional_length, "9-16");
	assert_int_equal(probe->dg2.format, CCCD_IMAGE_JPEG);
	assert_string_equal(probe->dg2.size, "12289-16384");
	assert_int_equal(probe->dg2.width, 360);
}

static void check_2021_keys(const struct cccd_probe *probe)
{
	struct cccd_probe_info key = { 0 };

	for (size_t i = 0; i < probe->dg14.count; i++)
		if (probe->dg14.infos[i].has_key)
			key = probe->dg14.infos[i];
	assert_string_equal(key.protocol, "0.4.0.127.0.7.2.2.1.2");
	assert_string_equal(key.key.curve, "brainpoolP256r1");
	assert_int_equal(key.key.bits, 256);
	assert_true(probe->has_dg15);
	assert_int_equal(probe->dg15.type, CCCD_KEY_EC);
	assert_string_equal(probe->dg15.curve, "prime256v1");
	assert_string_equal(probe->proofs.ca_outcome, "proven");
	assert_string_equal(probe->proofs.aa_outcome, "valid");
	assert_string_equal(probe->proofs.aa_digest, "sha256");
	assert_true(probe->proofs.aa_is_ec && !probe->proofs.aa_der);
	assert_int_equal(probe->proofs.aa_signature_len, 64);
	assert_string_equal(probe->sod.digest, "sha256");
	assert_string_equal(probe->sod.signer_algorithm, "ecdsa_sha256");
	assert_true(probe->sod.signing_time);
	assert_int_equal(probe->sod.hash_count, 6);
	assert_string_equal(probe->signer.issuer,
	                    "CN=CSCA Specimen,O=SPECIMEN,C=VN");
	assert_string_equal(probe->signer.algorithm, "ecdsa_sha384");
	assert_int_equal(probe->signer.key.bits, 256);
}

static void check_2021_files(const struct cccd_probe *probe)
{
	const struct cccd_probe_file *files = probe->files;

	assert_int_equal(files[CCCD_FILE_DG1].size, 128);
	assert_true(files[CCCD_FILE_DG1].rounded);
	assert_int_equal(files[CCCD_FILE_DG2].size % CCCD_PROBE_ROUNDING, 0);
	assert_int_equal(files[CCCD_FILE_DG15].size, 93);
	assert_false(files[CCCD_FILE_DG15].rounded);
	/* Fingerprints are never asked for. */
	assert_int_equal(files[CCCD_FILE_DG3].state, CCCD_FILE_NOT_READ);
	assert_true(files[CCCD_FILE_DG3].in_sod && files[CCCD_FILE_DG3].in_com);
	assert_false(files[CCCD_FILE_DG11].in_sod);
	assert_int_equal(files[CCCD_FILE_DIR].state, CCCD_FILE_MISSING);
	assert_int_equal(files[CCCD_FILE_ATR_INFO].state, CCCD_FILE_MISSING);
	assert_int_equal(files[CCCD_FILE_CARD_SECURITY].state,
	                 CCCD_FILE_MISSING);
	/* EF.CardAccess under the same identifier is no EF.CVCA. */
	assert_int_equal(files[CCCD_FILE_CVCA].state, CCCD_FILE_MISSING);
}

static void probe_tells_the_card_of_2021(void **state)
{
	struct bench bench;
	const struct cccd_probe *probe = probe_card(&bench, "cccd-2021", "can");

	(void)state;
	assert_int_equal(probe->access.protocol, CCCD_ACCESS_PACE);
	assert_string_equal(probe->access.mapping, "gm");
	assert_string_equal(probe->access.cipher, "aes128");
	assert_int_equal(probe->access.domain_id, 13);
	assert_int_equal(probe->transport.extended_length, CCCD_EXTENDED_WORKS);
	assert_int_equal(probe->largest_le, 65536);
	assert_true(probe->transport.atr_len > 0);
	assert_false(probe->card_access_bytes.withheld);
	assert_int_equal(probe->card_access_bytes.len, 54);
	assert_int_equal(probe->card_access.count, 3);
	check_2021_files(probe);
	check_2021_groups(probe);
	check_2021_keys(probe);
	assert_int_equal(probe->checks[CCCD_CHECK_CHIP_AUTHENTICATION].verdict,
	                 CCCD_UNDETERMINED);
	assert_int_equal(probe->checks[CCCD_CHECK_DOCUMENT_EXPIRY].verdict,
	                 CCCD_NOT_RUN);
	bench_close(&bench);
}

static void probe_tells_the_cards_of_2023_and_2024(void **state)
{
	struct bench bench;
	const struct cccd_probe *probe =
	        probe_card(&bench, "cancuoc-2024-adult", "can");

	(void)state;
	assert_int_equal(probe->dg13.birth.form, CCCD_FORM_DMY);
	assert_int_equal(probe->dg13.issue.form, CCCD_FORM_DMY);
	assert_int_equal(probe->dg13.fields[CCCD_DG13_ETHNICITY].state,
	                 CCCD_FIELD_EMPTY);
	bench_close(&bench);
	probe = probe_card(&bench, "cccd-2023-no-expiry", "can");
	assert_int_equal(probe->dg13.expiry.form, CCCD_FORM_NO_EXPIRY);
	assert_true(probe->dg1.no_expiry);
	bench_close(&bench);
	probe = probe_card(&bench, "cancuoc-2024-child", "can");
	assert_false(probe->dg2.present);
	assert_false(probe->files[CCCD_FILE_DG2].in_sod);
	bench_close(&bench);
}

static void probe_tells_a_card_without_pace(void **state)
{
	struct bench bench;
	const struct cccd_probe *probe = probe_card(&bench, "bac-only", "mrz");

	(void)state;
	assert_int_equal(probe->access.protocol, CCCD_ACCESS_BAC);
	assert_false(probe->access.pace_visible);
	assert_false(probe->card_access.present);
	assert_int_equal(probe->files[CCCD_FILE_CARD_ACCESS].state,
	                 CCCD_FILE_MISSING);
	bench_close(&bench);
	probe = probe_card(&bench, "pace-invisible", "can");
	assert_true(probe->access.pace_constant);
	assert_false(probe->access.pace_visible);
	assert_int_equal(probe->files[CCCD_FILE_CARD_ACCESS].state,
	                 CCCD_FILE_REFUSED);
	bench_close(&bench);
}

static void probe_tells_a_passport(void **state)
{
	struct bench bench;
	const struct cccd_probe *probe =
	        probe_card(&bench, "passport-td3", "mrz");

	(void)state;
	assert_int_equal(probe->dg1.format, CCCD_MRZ_TD3);
	assert_string_equal(probe->dg1.issuing_state, "D");
	assert_false(probe->dg13.present);
	assert_int_equal(probe->files[CCCD_FILE_DG11].state, CCCD_FILE_READ);
	assert_true(probe->files[CCCD_FILE_DG11].rounded);
	assert_int_equal(probe->dg15.type, CCCD_KEY_RSA);
	assert_int_equal(probe->dg15.bits, 1024);
	assert_string_equal(probe->proofs.aa_outcome, "valid");
	assert_string_equal(probe->proofs.aa_digest, "sha1");
	assert_false(probe->proofs.aa_is_ec);
	assert_true(probe->signer.document_types);
	bench_close(&bench);
}

static void probe_tells_a_short_reader(void **state)
{
	struct bench bench;
	const struct cccd_probe *probe =
	        probe_card(&bench, "pn532-short", "can");

	(void)state;
	assert_int_equal(probe->transport.max_command, 262);
	assert_true(probe->largest_le > 0 && probe->largest_le <= 256);
	assert_true(probe->longest_response <= 320);
	for (size_t i = 0; i < probe->exchange_count; i++)
		assert_false(probe->exchanges[i].extended);
	bench_close(&bench);
}

/* [9303-10 3.11.1] The lengths a card states are told, a number is not. */
static void probe_withholds_what_may_be_of_one_card(void **state)
{
	static const char *const numbered =
	        "{\"extends\":\"extended-info\",\"files\":{\"atr_info\":"
	        "{\"content\":\"460843415244303234374703800180\"}}}";
	struct bench bench;
	const struct cccd_probe *probe =
	        probe_card(&bench, "extended-info", "can");

	(void)state;
	assert_true(probe->atr_info.present);
	assert_false(probe->atr_info.raw.withheld);
	assert_true(probe->atr_info.raw.len > 0);
	assert_int_equal(probe->atr_info.info.max_response, 1024);
	bench_close(&bench);
	probe = probe_card(&bench, numbered, "can");
	assert_true(probe->atr_info.raw.withheld);
	assert_int_equal(probe->atr_info.raw.len, 0);
	assert_int_equal(probe->atr_info.count, 2);
	assert_int_equal(probe->atr_info.objects[0].tag, 0x46);
	assert_int_equal(probe->atr_info.objects[0].len, 8);
	assert_int_equal(probe->atr_info.objects[0].value_len, 0);
	assert_int_equal(probe->atr_info.objects[1].tag, 0x47);
	assert_int_equal(probe->atr_info.objects[1].value_len, 3);
	assert_null(canary_sings(span_of(probe, sizeof(*probe)),
	                         span_text("CARD0247")));
	bench_close(&bench);
}

/* [pitfall 24] A chip that closes the channel over a missing file. */
static void probe_goes_on_after_a_naked_refusal(void **state)
{
	struct bench bench;
	const struct cccd_probe *probe =
	        probe_card(&bench, "rig-01-naked-errors", "can");
	size_t generals = 0;

	(void)state;
	assert_int_equal(probe->files[CCCD_FILE_CARD_SECURITY].state,
	                 CCCD_FILE_MISSING);
	assert_int_equal(probe->files[CCCD_FILE_DG13].state, CCCD_FILE_READ);
	for (size_t i = 0; i < probe->exchange_count; i++)
		generals += probe->exchanges[i].ins == INS_GENERAL_AUTH &&
		            strcmp(probe->exchanges[i].step, "pace") == 0;
	/* Four steps, twice. */
	assert_int_equal(generals, 8);
	assert_true(probe->transport.resumed > 0);
	bench_close(&bench);
}

static void probe_tells_every_exchange(void **state)
{
	struct bench bench;
	const struct cccd_probe *probe = probe_card(&bench, "cccd-2021", "can");
	bool selected = false;
	bool secured = false;

	(void)state;
	assert_int_equal(probe->exchange_count, probe->exchange_total);
	assert_int_equal(probe->exchange_total, bench.device.transmits);
	for (size_t i = 0; i < probe->exchange_count; i++) {
		const struct cccd_exchange *exchange = &probe->exchanges[i];

		assert_int_equal(exchange->result, CCCD_OK);
		assert_true(exchange->status_word >= 0x6000);
		assert_true(exchange->step[0] != '\0');
		selected = selected || exchange->ins == INS_SELECT;
		secured = secured || exchange->secured;
		if (exchange->ins == INS_READ && exchange->response_len > 2)
			assert_int_equal(exchange->response_len %
			                         CCCD_PROBE_ROUNDING,
			                 0);
	}
	assert_true(selected && secured);
	assert_int_equal(probe->exchanges[0].secured, 0);
	bench_close(&bench);
}

/* A wrong key, and a card that lies: both are worth a report. */
static void probe_tells_of_a_run_that_failed(void **state)
{
	struct bench bench;

	(void)state;
	bench_prepare(&bench, "cccd-2021", "can");
	assert_int_equal(cccd_session_set_access_key(
	                         bench.session, CCCD_ACCESS_KEY_CAN, "999999"),
	                 CCCD_OK);
	bench_run(&bench);
	assert_int_equal(bench.err, CCCD_ERR_CARD_PASSWORD);
	assert_false(bench.probe->run.finished);
	assert_int_equal(bench.probe->run.error, CCCD_ERR_CARD_PASSWORD);
	assert_string_equal(bench.probe->run.step, "pace");
	assert_int_equal(bench.probe->run.status_word, 0x6300);
	assert_true(bench.probe->card_access.present);
	assert_true(bench.probe->exchange_total > 0);
	bench_close(&bench);
	bench_prepare(&bench, "bad-mac", "can");
	bench_run(&bench);
	assert_int_not_equal(bench.err, CCCD_OK);
	assert_true(bench.probe->sod.present);
	bench_close(&bench);
}

/* Without a key the chip still tells what it shows to everybody. */
static void probe_tells_a_closed_card(void **state)
{
	struct bench bench;

	(void)state;
	bench_prepare(&bench, "cccd-2021", "can");
	cccd_session_wipe(bench.session);
	bench_run(&bench);
	assert_int_equal(bench.probe->run.error, CCCD_ERR_USAGE_KEY_MISSING);
	assert_int_equal(bench.probe->card_access.count, 3);
	assert_int_equal(bench.probe->access.protocol, CCCD_ACCESS_NONE);
	bench_close(&bench);
}

/* A name in place of a date shows its form, not itself. */
static void probe_tells_the_shape_of_a_strange_date(void **state)
{
	static const char *const strange =
	        "{\"extends\":\"cccd-2021\",\"dg13\":{\"issued\":"
	        "\"ngày 17.11.21\",\"birth\":\"1987\"}}";
	struct bench bench;
	const struct cccd_probe *probe = probe_card(&bench, strange, "can");

	(void)state;
	assert_int_equal(probe->dg13.issue.form, CCCD_FORM_NONE);
	assert_string_equal(probe->dg13.issue.shape, "A 99.99.99");
	assert_string_equal(probe->dg13.issue.precision, "none");
	assert_string_equal(probe->dg13.birth.precision, "year");
	bench_close(&bench);
}

static void must_be_silent(struct span place, struct span secret,
                           const char *what)
{
	const char *form = canary_sings(place, secret);

	if (form != NULL)
		print_error("%s is there: %s\n", what, form);
	assert_null(form);
}

/* Bytes of the person, and of keys, signatures and hashes. */
static void check_files_are_silent(struct span place,
                                   const struct sim_card *card)
{
	static const char *const secrets[] = { "dg1", "dg2", "dg11", "dg13" };
	struct span dg14 = sim_card_file(card, "dg14");
	struct span dg15 = sim_card_file(card, "dg15");
	struct span sod = sim_card_file(card, "sod");

	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		struct span file = sim_card_file(card, secrets[i]);
		struct digest digest = { 0 };

		assert_true(file.len > 64);
		assert_null(canary_sings_in_part(place, span_after(file, 16),
		                                 12,
		                                 file.len > 1024 ? 311 : 5));
		assert_int_equal(digest_compute(DIGEST_SHA256, file, &digest),
		                 CCCD_OK);
		must_be_silent(place, digest_span(&digest), secrets[i]);
	}
	/* The points end the files, the signature ends the SOD. */
	must_be_silent(place, span_after(dg14, dg14.len - 60), "CA key");
	must_be_silent(place, span_after(dg15, dg15.len - 60), "AA key");
	must_be_silent(place, span_after(sod, sod.len - 60), "signature");
}

static struct span serial_number(const struct sim_card *card)
{
	struct certificate ds = { 0 };

	assert_int_equal(
	        certificate_parse(sim_card_certificate(card, "ds"), &ds),
	        CCCD_OK);
	return ds.serial;
}

static void no_canary_sings_in_a_probe(void **state)
{
	struct bench bench;
	const struct cccd_probe *probe = probe_card(&bench, CANARY_CARD, "can");
	struct span raw = span_of(probe, sizeof(*probe));
	struct span serial = serial_number(bench.device.card);
	char *text = NULL;

	(void)state;
	assert_int_equal(json_probe_text(probe, &text), CCCD_OK);
	assert_true(probe->dg13.present && probe->dg2.present);
	assert_int_equal(probe->files[CCCD_FILE_DG11].state, CCCD_FILE_READ);
	for (size_t i = 0; i < ARRAY_LEN(canary_words); i++) {
		struct span word = span_text(canary_words[i]);

		must_be_silent(raw, word, canary_words[i]);
		must_be_silent(span_text(text), word, canary_words[i]);
	}
	check_files_are_silent(raw, bench.device.card);
	check_files_are_silent(span_text(text), bench.device.card);
	must_be_silent(raw, serial, "serial number");
	must_be_silent(span_text(text), serial, "serial number");
	must_be_silent(
	        span_text(text),
	        span_text(cccd_session_result(bench.session)->transaction),
	        "transaction");
	json_text_free(text);
	bench_close(&bench);
}

/* The search that the tests lean on hears every form. */
static void canary_sings_in_every_form(void **state)
{
	static const struct {
		const char *place;
		const char *form;
	} songs[] = {
		{ "xx CANARY1 xx", "plain" },
		{ "1YRANAC", "backwards" },
		{ "0043414E41525931", "hexadecimal" },
		{ "63616e61727931 43414e41525931", "hexadecimal" },
		{ "Q0FOQVJZMQ==", "base64" },
		{ "eENBTkFSWTE=", "base64" },
		{ "eHhDQU5BUlkx", "base64" },
		{ "CANARY", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(songs); i++) {
		const char *form = canary_sings(span_text(songs[i].place),
		                                span_text("CANARY1"));

		if (songs[i].form == NULL)
			assert_null(form);
		else
			assert_string_equal(form, songs[i].form);
	}
}

/* Every canary is on the card, or the test would listen to nothing. */
static void canary_card_has_its_canaries(void **state)
{
	static const char *const files[] = { "dg1", "dg11", "dg13" };
	struct sim_card *card = sim_card_of(CANARY_CARD);
	size_t heard = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(canary_words); i++) {
		bool found = false;

		for (size_t f = 0; f < ARRAY_LEN(files); f++)
			found = found ||
			        canary_sings(sim_card_file(card, files[f]),
			                     span_text(canary_words[i])) !=
			                NULL;
		heard += found;
	}
	/* Three dates stand there in another form, one in the SOD. */
	assert_int_equal(heard, ARRAY_LEN(canary_words) - 4);
	sim_card_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probe_tells_the_card_of_2021),
		cmocka_unit_test(probe_tells_the_cards_of_2023_and_2024),
		cmocka_unit_test(probe_tells_a_card_without_pace),
		cmocka_unit_test(probe_tells_a_passport),
		cmocka_unit_test(probe_tells_a_short_reader),
		cmocka_unit_test(probe_withholds_what_may_be_of_one_card),
		cmocka_unit_test(probe_goes_on_after_a_naked_refusal),
		cmocka_unit_test(probe_tells_every_exchange),
		cmocka_unit_test(probe_tells_of_a_run_that_failed),
		cmocka_unit_test(probe_tells_a_closed_card),
		cmocka_unit_test(probe_tells_the_shape_of_a_strange_date),
		cmocka_unit_test(canary_sings_in_every_form),
		cmocka_unit_test(canary_card_has_its_canaries),
		cmocka_unit_test(no_canary_sings_in_a_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
