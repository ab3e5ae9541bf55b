/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of JSON document this project writes, from simulated cards. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cccd/cccd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/macros.h"
#include "lib/json/evidence.h"
#include "lib/json/probe.h"
#include "lib/json/readers.h"
#include "lib/json/result.h"
#include "lib/json/tables.h"
#include "tests/docs/make_assertion.h"
#include "tests/docs/make_audit.h"
#include "tests/sim/sim_card.h"

enum {
	/* Within the validity of every certificate of the specimen PKI. */
	NOW_S = 1795000000,
	PATH_TEXT_MAX = 1024,
};

/**
 * struct work - what all documents share.
 * @dir:   where they go
 * @trust: specimen CSCA and CRL
 */
struct work {
	const char *dir;
	struct cccd_trust *trust;
	struct json_tables tables;
};

/* How a card is read. */
struct plan {
	const char *name;
	const char *profile;
	const char *key; /* what the holder knows */
	enum cccd_access_key type;
	bool no_trust;
};

static const struct plan plans[] = {
	{ "2021", "cccd-2021", "id_number", CCCD_ACCESS_KEY_ID_NUMBER, false },
	{ "2021-mrz", "cccd-2021", "mrz_lines", CCCD_ACCESS_KEY_MRZ, false },
	{ "untrusted", "cccd-2021", "can", CCCD_ACCESS_KEY_CAN, true },
	{ "2023", "cccd-2023-no-expiry", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "2024", "cancuoc-2024-adult", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "child", "cancuoc-2024-child", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "bac", "bac-only", "mrz_lines", CCCD_ACCESS_KEY_MRZ, false },
	{ "downgrade", "bad-pace-downgrade", "mrz_lines", CCCD_ACCESS_KEY_MRZ,
	  false },
	{ "invisible", "pace-invisible", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "cam", "pace-cam", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "im", "pace-im", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "dh", "pace-dh", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "explicit", "pace-explicit", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "short", "pn532-short", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "passport", "passport-td3", "mrz_lines", CCCD_ACCESS_KEY_MRZ, false },
	{ "german", "id-eid-de-like", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "jp2", "portrait-jp2", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "edited", "bad-dg1-edited", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "clone-ca", "bad-clone-ca", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "clone-aa", "bad-clone-aa", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "stripped", "bad-dg14-stripped", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "other-state", "bad-ds-other-state", "can", CCCD_ACCESS_KEY_CAN,
	  false },
	{ "revoked", "bad-ds-revoked", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "bad-cam", "bad-cam", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "lies", "bad-length-lies", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "no-signer", "bad-sod-no-certificate", "can", CCCD_ACCESS_KEY_CAN,
	  false },
	{ "removed", "bad-removed", "can", CCCD_ACCESS_KEY_CAN, false },
	{ "told", "extended-info", "can", CCCD_ACCESS_KEY_CAN, false },
};

static void die(const char *what, const char *why)
{
	(void)fprintf(stderr, "make_documents: %s: %s\n", what, why);
	exit(1);
}

static void save(const struct work *work, const char *kind, const char *name,
                 const char *text)
{
	struct cccd_error error = { .tries_left = -1 };
	char path[PATH_TEXT_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s.%s.json", work->dir, kind,
	               name);
	if (file_write(path, span_text(text), &error) != CCCD_OK)
		die(path, error.text);
}

static enum cccd_err card_connect(void *context, uint8_t *atr,
                                  size_t *ret_atr_len)
{
	struct sim_card *card = context;
	struct span from = sim_card_atr(card);

	sim_card_power(card, true);
	memcpy(atr, from.at, from.len);
	*ret_atr_len = from.len;
	return CCCD_OK;
}

static enum cccd_err card_transmit(void *context, const uint8_t *command,
                                   size_t command_len, uint8_t *response,
                                   size_t *ret_len, uint32_t timeout_ms)
{
	struct sim_card *card = context;
	struct sim_outcome outcome = { 0 };
	BUF answer = buf_make(SIM_RESPONSE_MAX);

	(void)timeout_ms;
	TRY(sim_card_exchange(card, span_of(command, command_len), &answer,
	                      &outcome));
	if (outcome.removed || outcome.mute)
		return CCCD_ERR_CARD_REMOVED;
	if (answer.len > *ret_len)
		return CCCD_ERR_READER_IO;
	memcpy(response, answer.at, answer.len);
	*ret_len = answer.len;
	return CCCD_OK;
}

static void card_disconnect(void *context)
{
	sim_card_power(context, false);
}

static void give_card(struct cccd_session *session, struct sim_card *card)
{
	const struct cccd_transport transport = {
		.connect = card_connect,
		.transmit = card_transmit,
		.disconnect = card_disconnect,
		.max_command = sim_card_max_command(card),
		.max_response = sim_card_max_response(card),
	};

	if (cccd_session_set_transport(session, &transport, card) != CCCD_OK)
		die(sim_card_name(card), "no transport");
}

/* Derived claims and nothing beside them. */
static void save_derived(const struct work *work, const char *name,
                         const struct json_result_input *whole)
{
	struct json_result_input input = *whole;
	char label[64];
	char *text = NULL;

	input.scopes = JSON_SCOPE_VALID_DOCUMENT | JSON_SCOPE_PAIRWISE_ID;
	input.ages[0] = UINT32_MAX - 1;
	input.ages[3] = 0x1FFFFFF;
	input.pairwise_id = "A-_0";
	input.renderings = 0;
	input.no_digests = true;
	if (json_result_text(&input, &text) != CCCD_OK)
		die(name, "no result");
	(void)snprintf(label, sizeof(label), "%s-derived", name);
	save(work, "result", label, text);
	json_text_free(text);
}

/* The full document, and one for each scope alone. */
static void save_results(const struct work *work, const char *name,
                         const struct cccd_result *result,
                         const struct cccd_document *document)
{
	struct cccd_person *person = calloc(1, sizeof(*person));
	struct json_result_input input = { .result = result,
		                           .document = document,
		                           .renderings = 0xF };
	char label[64];
	char *text = NULL;

	if (person == NULL)
		die(name, "no memory");
	if (cccd_document_person(document, person) == CCCD_OK) {
		cccd_person_apply_tables(person, &work->tables.view);
		input.person = person;
	}
	for (unsigned int bit = 0; bit <= 8; bit++) {
		input.scopes = bit < 8 ? (1U << bit) & 0x7FU : 0x7FU;
		if (json_result_text(&input, &text) != CCCD_OK)
			die(name, "no result");
		(void)snprintf(label, sizeof(label), "%s-%u", name, bit);
		save(work, "result", label, text);
		json_text_free(text);
	}
	save_derived(work, name, &input);
	cccd_person_wipe(person);
	free(person);
}

/* The saved reading, and its result when it is proven again. */
static void save_evidence(const struct work *work, const char *name,
                          const struct cccd_trust *trust,
                          const struct cccd_session *session)
{
	struct cccd_result *again = calloc(1, sizeof(*again));
	struct cccd_evidence *evidence = NULL;
	char label[64];
	char *text = NULL;

	if (again == NULL ||
	    cccd_session_evidence(session, &evidence) != CCCD_OK ||
	    json_evidence_text(evidence, &text) != CCCD_OK)
		die(name, "no evidence");
	save(work, "evidence", name, text);
	if (cccd_verify(evidence, trust, NULL, NOW_S, again) != CCCD_OK)
		die(name, "the evidence cannot be proven again");
	(void)snprintf(label, sizeof(label), "%s-again", name);
	save_results(work, label, again, cccd_evidence_document(evidence));
	if (again->overall != cccd_session_result(session)->overall)
		die(name, "the evidence has another verdict");
	json_text_free(text);
	cccd_evidence_free(evidence);
	free(again);
}

static void save_problem(const struct work *work, const char *name,
                         const struct cccd_error *error)
{
	char *text = NULL;

	if (json_problem_text(error, &text) != CCCD_OK)
		die(name, "no problem document");
	save(work, "problem", name, text);
	json_text_free(text);
}

/* Also leaves a transcript that replay: takes, of the first card. */
static void read_card(const struct work *work, const struct plan *plan)
{
	struct cccd_options options = cccd_options_default();
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_session *session = NULL;
	struct sim_card *card = NULL;
	const struct cccd_trust *trust = plan->no_trust ? NULL : work->trust;
	char path[PATH_TEXT_MAX];

	if (sim_card_load(plan->profile, &error, &card) != CCCD_OK)
		die(plan->profile, error.text);
	if (cccd_session_new(&session) != CCCD_OK)
		die(plan->name, "no session");
	options.now = NOW_S;
	give_card(session, card);
	cccd_session_set_trust(session, trust);
	(void)snprintf(path, sizeof(path), "%s/%s.trace.jsonl", work->dir,
	               plan->name);
	if (cccd_session_set_options(session, &options) != CCCD_OK ||
	    cccd_session_set_access_key(session, plan->type,
	                                sim_card_secret(card, plan->key)) !=
	            CCCD_OK ||
	    (plan == plans &&
	     cccd_session_record(session, path, true) != CCCD_OK))
		die(plan->name, cccd_session_error(session)->text);
	if (cccd_session_run(session) != CCCD_OK) {
		save_problem(work, plan->name, cccd_session_error(session));
	} else {
		save_results(work, plan->name, cccd_session_result(session),
		             cccd_session_document(session));
		save_evidence(work, plan->name, trust, session);
		if (plan == plans)
			make_assertion(work->dir, session);
	}
	cccd_session_free(session);
	sim_card_free(card);
}

/* What is told of the card, also when the run failed. */
static void probe_card(const struct work *work, const struct plan *plan)
{
	struct cccd_options options = cccd_options_default();
	struct cccd_probe *probe = calloc(1, sizeof(*probe));
	struct cccd_session *session = NULL;
	struct sim_card *card = NULL;
	char *text = NULL;

	if (probe == NULL || cccd_session_new(&session) != CCCD_OK ||
	    sim_card_load(plan->profile, NULL, &card) != CCCD_OK)
		die(plan->name, "no session");
	options.now = NOW_S;
	options.flags = CCCD_PROBE_FLAGS;
	give_card(session, card);
	cccd_probe_watch(session, probe);
	if (cccd_session_set_options(session, &options) != CCCD_OK ||
	    cccd_session_set_access_key(session, plan->type,
	                                sim_card_secret(card, plan->key)) !=
	            CCCD_OK)
		die(plan->name, cccd_session_error(session)->text);
	/* A run that fails is told of as well. */
	if (cccd_session_run(session) != CCCD_OK &&
	    cccd_session_error(session)->code == CCCD_OK)
		die(plan->name, "an error without a code");
	if (cccd_probe_fill(session, probe) != CCCD_OK ||
	    json_probe_text(probe, &text) != CCCD_OK)
		die(plan->name, "no probe");
	save(work, "probe", plan->name, text);
	json_text_free(text);
	cccd_session_free(session);
	sim_card_free(card);
	free(probe);
}

/* One problem document for every error there is. */
static void save_problems(const struct work *work)
{
	for (unsigned int code = 1; code < 0x900; code++) {
		struct cccd_error error = { .code = (enum cccd_err)code,
			                    .tries_left = -1 };

		if (code != CCCD_ERR_INTERNAL &&
		    strcmp(cccd_err_code(error.code), "internal") == 0)
			continue;
		if (code % 2 != 0) {
			error.tries_left = 2;
			(void)snprintf(error.step, sizeof(error.step), "pace");
			(void)snprintf(error.text, sizeof(error.text), "text");
		}
		save_problem(work, cccd_err_code(error.code), &error);
	}
}

/* Everything that can be said of a reader, and of a service. */
static void ail_reader(struct cccd_reader_list *list)
{
	static const struct cccd_reader_problem problem = {
		"pcscd_not_running", "sudo systemctl restart pcscd.socket"
	};
	struct cccd_reader_info *reader = &list->readers[0];

	reader->uri[0] = '\0';
	reader->usb_vendor = 0x072f;
	reader->usb_product = 0x2200;
	reader->max_command = 261;
	reader->max_response = 258;
	(void)snprintf(reader->driver, sizeof(reader->driver), "ccid");
	(void)snprintf(reader->quirks, sizeof(reader->quirks),
	               "probe-extended,unbind-pn533");
	reader->problem = problem;
	list->problems[0] = problem;
	list->problem_count = 1;
}

static void save_readers(const struct work *work)
{
	struct cccd_reader_list *list = calloc(1, sizeof(*list));
	char *text = NULL;

	if (list == NULL || json_readers_text(list, &text) != CCCD_OK)
		die("readers", "no memory");
	save(work, "readers", "none", text);
	json_text_free(text);
	list->count = 2;
	for (size_t i = 0; i < list->count; i++) {
		struct cccd_reader_info *reader = &list->readers[i];

		(void)snprintf(reader->name, sizeof(reader->name),
		               "Reader \"%zu\"", i);
		(void)snprintf(reader->uri, sizeof(reader->uri),
		               "pcsc:Reader \"%zu\"", i);
		(void)snprintf(reader->kind, sizeof(reader->kind), "pcsc");
		(void)snprintf(reader->id, sizeof(reader->id), "r%zu", i);
	}
	list->readers[1].card_present = true;
	list->readers[1].atr[0] = 0x3B;
	list->readers[1].atr[1] = 0x80;
	list->readers[1].atr_len = 2;
	if (json_readers_text(list, &text) != CCCD_OK)
		die("readers", "no memory");
	save(work, "readers", "two", text);
	json_text_free(text);
	ail_reader(list);
	if (json_readers_text(list, &text) != CCCD_OK)
		die("readers", "no memory");
	save(work, "readers", "ailing", text);
	json_text_free(text);
	free(list);
}

/* A store as cccd trust import makes one. */
static void make_trust(struct work *work)
{
	static const char *const files[] = { "csca.der", "crl.der" };
	struct cccd_error error = { .tries_left = -1 };
	char pki[PATH_TEXT_MAX];
	char store[PATH_TEXT_MAX];
	char path[PATH_TEXT_MAX + 16];

	(void)snprintf(pki, sizeof(pki), "%s/pki", work->dir);
	(void)snprintf(store, sizeof(store), "%s/trust", work->dir);
	if (sim_pki_export("cccd-2021", pki, &error) != CCCD_OK ||
	    cccd_trust_create(store, &error) != CCCD_OK ||
	    cccd_trust_open(store, CCCD_TRUST_DEMO, &error, &work->trust) !=
	            CCCD_OK)
		die("trust", error.text);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct cccd_trust_import import = { .path = path,
			                                  .specimen = true,
			                                  .now = NOW_S };

		(void)snprintf(path, sizeof(path), "%s/%s", pki, files[i]);
		if (cccd_trust_import(work->trust, &import, &error) != CCCD_OK)
			die(path, error.text);
	}
	if (cccd_trust_count(work->trust) != ARRAY_LEN(files))
		die("trust", "not everything was admitted");
}

int main(int argc, char **argv)
{
	struct work work = { 0 };
	struct cccd_error error = { .tries_left = -1 };

	if (argc != 3)
		die("usage", "make_documents DIRECTORY TABLES");
	work.dir = argv[1];
	if (mkdir(work.dir, 0700) != 0 && errno != EEXIST)
		die(work.dir, "cannot be made");
	if (json_tables_load(argv[2], &error, &work.tables) != CCCD_OK)
		die(argv[2], error.text);
	make_trust(&work);
	for (size_t i = 0; i < ARRAY_LEN(plans); i++)
		read_card(&work, &plans[i]);
	for (size_t i = 0; i < ARRAY_LEN(plans); i++)
		probe_card(&work, &plans[i]);
	save_problems(&work);
	save_readers(&work);
	make_audit_documents(work.dir);
	cccd_trust_close(work.trust);
	json_tables_release(&work.tables);
	return 0;
}
