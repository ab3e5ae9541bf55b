/* SPDX-License-Identifier: Apache-2.0 */
/* One read of one card, from the reader to the verdict. */
#include <cccd/session.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "apdu/inspection/inspection.h"
#include "apdu/vnm/access_key.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/hex.h"
#include "base/uuid.h"
#include "lib/document.h"
#include "lib/evidence.h"
#include "lib/observe.h"
#include "lib/record_file.h"
#include "lib/session.h"
#include "lib/transport.h"
#include "lib/trust.h"
#include "reader/replay.h"

_Static_assert((int)CCCD_TRANSACTION_MAX == (int)UUID_TEXT_MAX, "a UUID");

/* Where each kind of access key is kept: kinds, then the document's dates. */
enum {
	SLOT_NUMBER = CCCD_ACCESS_KEY_PUK + 1,
	SLOT_BIRTH,
	SLOT_EXPIRY,
	KEY_SLOTS,
};

/*
 * @lock: held while @reader is replaced, and to cancel it
 * @cancelled: a cancel that no run has spent yet
 */
struct cccd_session {
	pthread_mutex_t lock;
	atomic_bool cancelled;
	struct reader *reader;
	char uri[READER_NAME_MAX + 8];
	struct record_file *record;
	struct secret keys[KEY_SLOTS];
	struct access_plan plan;
	struct cccd_options options;
	struct cccd_profile profile;
	const struct cccd_trust *trust;
	bool has_challenge;
	uint8_t challenge[ACTIVE_AUTH_CHALLENGE_LEN];
	cccd_progress_fn progress;
	void *context;
	struct observation observation;
	struct card_memories memories;
	struct cccd_error error;
	struct cccd_result result;
	struct cccd_document document;
	struct cccd_evidence_facts evidence;
	bool finished;
};

struct cccd_options cccd_options_default(void)
{
	return (struct cccd_options){
		.groups = CCCD_ALL_GROUPS,
		.exchange_ms = 10000,
		.wait_ms = 0,
		.resume_ms = 10000,
		.read_ms = 180000,
	};
}

enum cccd_err cccd_session_new(struct cccd_session **ret)
{
	struct cccd_session *session = calloc(1, sizeof(*session));

	if (session == NULL)
		return CCCD_ERR_MEMORY;
	session->options = cccd_options_default();
	session->profile = *cccd_profile_counter();
	result_clear(&session->result);
	error_reset(&session->error);
	atomic_init(&session->cancelled, false);
	if (pthread_mutex_init(&session->lock, NULL) != 0) {
		free(session);
		return CCCD_ERR_MEMORY;
	}
	(void)snprintf(session->uri, sizeof(session->uri), "pcsc:");
	*ret = session;
	return CCCD_OK;
}

/* Put @reader, or NULL, in the place of the one that is open. */
static void session_use_reader(struct cccd_session *session,
                               struct reader *reader)
{
	struct reader *old = session->reader;

	(void)pthread_mutex_lock(&session->lock);
	session->reader = reader;
	(void)pthread_mutex_unlock(&session->lock);
	reader_close(old);
	record_file_close(session->record);
	session->record = NULL;
}

static void session_forget(struct cccd_session *session)
{
	document_clear(&session->document);
	result_clear(&session->result);
	wipe(&session->evidence, sizeof(session->evidence));
	session->finished = false;
}

void cccd_session_wipe(struct cccd_session *session)
{
	access_plan_wipe(&session->plan);
	wipe(session->keys, sizeof(session->keys));
	wipe(session->challenge, sizeof(session->challenge));
	session->has_challenge = false;
	session_forget(session);
}

void cccd_session_free(struct cccd_session *session)
{
	if (session == NULL)
		return;
	session_use_reader(session, NULL);
	cccd_session_wipe(session);
	(void)pthread_mutex_destroy(&session->lock);
	free(session);
}

enum cccd_err cccd_session_set_reader(struct cccd_session *session,
                                      const char *uri)
{
	struct reader *reader = NULL;

	error_reset(&session->error);
	if (strlen(uri) >= sizeof(session->uri))
		return fail(&session->error, CCCD_ERR_USAGE_ARGUMENT,
		            "reader URI too long");
	TRY(reader_open(uri, &session->error, &reader));
	session_use_reader(session, reader);
	if (uri != session->uri)
		(void)snprintf(session->uri, sizeof(session->uri), "%s", uri);
	return CCCD_OK;
}

enum cccd_err cccd_session_set_transport(struct cccd_session *session,
                                         const struct cccd_transport *transport,
                                         void *context)
{
	struct reader *reader = NULL;

	TRY(transport_open(transport, context, &reader));
	session_use_reader(session, reader);
	(void)snprintf(session->uri, sizeof(session->uri), "embedded:");
	return CCCD_OK;
}

static struct span slot(const struct cccd_session *session, unsigned int i)
{
	return secret_span(&session->keys[i]);
}

/* All keys given so far to one plan; the first note says what is wrong. */
static enum cccd_err make_plan(struct cccd_session *session)
{
	const struct access_input input = {
		.id_number = slot(session, CCCD_ACCESS_KEY_ID_NUMBER),
		.can = slot(session, CCCD_ACCESS_KEY_CAN),
		.mrz = slot(session, CCCD_ACCESS_KEY_MRZ),
		.qr = slot(session, CCCD_ACCESS_KEY_QR),
		.pin = slot(session, CCCD_ACCESS_KEY_PIN),
		.puk = slot(session, CCCD_ACCESS_KEY_PUK),
		.number = slot(session, SLOT_NUMBER),
		.birth = slot(session, SLOT_BIRTH),
		.expiry = slot(session, SLOT_EXPIRY),
		.derive_expiry =
		        (session->options.flags & CCCD_GUESS_EXPIRY) != 0,
		.derive_index = session->options.expiry_candidate,
	};
	struct access_plan *plan = &session->plan;
	enum cccd_err err = CCCD_OK;

	access_plan_wipe(plan);
	err = access_plan_make(&input, plan);
	if (err == CCCD_OK)
		return CCCD_OK;
	if (plan->note_count == 0)
		return fail(&session->error, err, "no way in from this key");
	return fail(&session->error, err, "%s, character %u",
	            access_note_name(plan->notes[0].code),
	            (unsigned int)plan->notes[0].position);
}

enum cccd_err cccd_session_set_access_key(struct cccd_session *session,
                                          enum cccd_access_key type,
                                          const char *text)
{
	error_reset(&session->error);
	if (type <= CCCD_ACCESS_KEY_NONE || type > CCCD_ACCESS_KEY_PUK)
		return fail(&session->error, CCCD_ERR_USAGE_ARGUMENT,
		            "unknown type of access key");
	if (secret_set(&session->keys[type], span_text(text)) != CCCD_OK)
		return fail(&session->error, CCCD_ERR_USAGE_KEY_MALFORMED,
		            "the access key is too long");
	return make_plan(session);
}

enum cccd_err cccd_session_set_document(struct cccd_session *session,
                                        const char *number, const char *birth,
                                        const char *expiry)
{
	error_reset(&session->error);
	if (secret_set(&session->keys[SLOT_NUMBER], span_text(number)) !=
	            CCCD_OK ||
	    secret_set(&session->keys[SLOT_BIRTH], span_text(birth)) !=
	            CCCD_OK ||
	    secret_set(&session->keys[SLOT_EXPIRY], span_text(expiry)) !=
	            CCCD_OK)
		return fail(&session->error, CCCD_ERR_USAGE_KEY_MALFORMED,
		            "the access key is too long");
	return make_plan(session);
}

enum cccd_err cccd_session_set_options(struct cccd_session *session,
                                       const struct cccd_options *options)
{
	if (options->exchange_ms == 0 || options->exchange_ms > 600000)
		return CCCD_ERR_USAGE_ARGUMENT;
	session->options = *options;
	return CCCD_OK;
}

void cccd_session_set_profile(struct cccd_session *session,
                              const struct cccd_profile *profile)
{
	session->profile = *profile;
}

void cccd_session_set_trust(struct cccd_session *session,
                            const struct cccd_trust *trust)
{
	session->trust = trust;
}

void cccd_session_set_challenge(struct cccd_session *session,
                                const uint8_t challenge[8])
{
	memcpy(session->challenge, challenge, sizeof(session->challenge));
	session->has_challenge = true;
}

void cccd_session_set_progress(struct cccd_session *session,
                               cccd_progress_fn progress, void *context)
{
	session->progress = progress;
	session->context = context;
}

void cccd_session_set_exchange_observer(struct cccd_session *session,
                                        cccd_exchange_fn observer,
                                        void *context)
{
	session->observation.observer = observer;
	session->observation.context = context;
}

enum cccd_err cccd_session_record(struct cccd_session *session,
                                  const char *path, bool full)
{
	struct reader *recording = NULL;

	error_reset(&session->error);
	if (session->record != NULL)
		return fail(&session->error, CCCD_ERR_USAGE_STATE,
		            "already recording");
	if (session->reader == NULL)
		TRY(cccd_session_set_reader(session, session->uri));
	TRY(record_file_open(path, full, session->reader, &session->error,
	                     &recording, &session->record));
	(void)pthread_mutex_lock(&session->lock);
	session->reader = recording;
	(void)pthread_mutex_unlock(&session->lock);
	return CCCD_OK;
}

/* Randomness of the run: the system's, a tape's, or a recorded one. */
static struct random session_random(struct cccd_session *session)
{
	if (strcmp(reader_ops(session->reader)->scheme, "replay") == 0)
		return reader_replay_random(session->reader);
	if (session->record != NULL)
		return reader_record_random(session->reader, &random_system);
	return random_system;
}

/* The observer of exchanges is told which step they belong to. */
static void on_progress(const struct cccd_progress *progress, void *context)
{
	struct cccd_session *session = context;

	session->observation.step = progress->step;
	if (session->progress != NULL)
		session->progress(progress, session->context);
}

static void tell_waiting(const struct cccd_session *session)
{
	const struct cccd_progress progress = {
		.event = CCCD_EVENT_WAITING,
		.step = "",
	};

	if (session->progress != NULL)
		session->progress(&progress, session->context);
}

static enum cccd_err wait_card(struct cccd_session *session)
{
	unsigned int capabilities = reader_ops(session->reader)->capabilities;

	if (session->options.wait_ms == 0 ||
	    (capabilities & READER_CAN_WAIT) == 0)
		return CCCD_OK;
	tell_waiting(session);
	return reader_wait(session->reader, session->options.wait_ms,
	                   &session->error);
}

/* Move the files out of a finished inspection. */
static void keep_document(struct cccd_session *session,
                          struct inspection *inspection)
{
	for (size_t i = 0; i < CCCD_FILES_COUNT; i++) {
		session->document.states[i] = inspection->states[i];
		session->document.files[i] = inspection->files[i].bytes;
		inspection->files[i] = (struct transfer){ 0 };
	}
}

static enum cccd_extended extended_length(const struct inspection *inspection)
{
	const struct reader_card *card = &inspection->reader_card;

	if (card->max_command <= READER_SHORT_COMMAND_MAX ||
	    card->max_response <= READER_SHORT_RESPONSE_MAX)
		return CCCD_EXTENDED_NO_READER;
	switch (inspection->memory->extended) {
	case EXTENDED_WORKS: return CCCD_EXTENDED_WORKS;
	case EXTENDED_REFUSED: return CCCD_EXTENDED_REFUSED;
	case EXTENDED_UNKNOWN: break;
	}
	return CCCD_EXTENDED_UNKNOWN;
}

static void keep_transport(struct cccd_session *session,
                           const struct inspection *inspection)
{
	struct cccd_transport_facts *facts = &session->result.transport;

	(void)snprintf(facts->kind, sizeof(facts->kind), "%s",
	               reader_ops(session->reader)->scheme);
	facts->exchanges = inspection->card.exchanges;
	facts->resumed = inspection->resumed;
	memcpy(facts->reader, inspection->reader_card.reader,
	       sizeof(facts->reader));
	facts->max_command = (uint32_t)inspection->reader_card.max_command;
	facts->max_response = (uint32_t)inspection->reader_card.max_response;
	facts->bit_rate_kbps = inspection->reader_card.bit_rate_kbps;
	if (inspection->memory == NULL)
		return;
	memcpy(facts->atr, inspection->memory->atr, sizeof(facts->atr));
	facts->atr_len = inspection->memory->atr_len;
	facts->largest_read = (uint32_t)inspection->memory->largest_le;
	facts->extended_length = extended_length(inspection);
	facts->extended = inspection->card.extended &&
	                  inspection->memory->extended == EXTENDED_WORKS;
}

static enum cccd_err inspect(struct cccd_session *session,
                             const struct inspection_input *input)
{
	struct inspection *inspection = NULL;
	struct cccd_result *result = &session->result;
	enum cccd_err err = CCCD_OK;

	TRY(inspection_new(input, &session->error, &inspection));
	err = inspection_run(inspection);
	inspection_judge(inspection, result);
	(void)snprintf(result->issuing_state, sizeof(result->issuing_state),
	               "%s", inspection->issuing_state);
	if (inspection->states[CCCD_FILE_SOD] != CCCD_FILE_NOT_READ)
		hex_encode(span_of(lds1_aid, sizeof(lds1_aid)),
		           result->application, sizeof(result->application));
	evidence_facts_of(inspection, &session->evidence);
	keep_document(session, inspection);
	keep_transport(session, inspection);
	inspection_free(inspection);
	return err;
}

static enum cccd_err run(struct cccd_session *session)
{
	const struct random random = session_random(session);
	struct inspection_input input = {
		.random = &random,
		.memories = &session->memories,
		.plan = &session->plan,
		.profile = &session->profile,
		.options = session->options,
		.challenge = session->has_challenge ? session->challenge : NULL,
		.progress = on_progress,
		.context = session,
	};
	CLEANUP(observed_close) struct reader *observed = NULL;
	struct csca_store *empty = NULL;
	enum cccd_err err = CCCD_OK;

	input.trust.now_s = session->options.now != 0 ? session->options.now
	                                              : clock_wall_s();
	session->observation.step = "";
	TRY(observe_open(session->reader, &session->observation, &observed));
	input.reader = observed;
	TRY(trust_input_fill(session->trust, &empty, &input.trust));
	reader_set_timeout(observed, session->options.exchange_ms);
	/* Never of a tape: two replays are two reads. */
	TRY(uuid_make(&random_system, session->result.transaction));
	session->result.started = clock_wall_s();
	session->result.clock_synchronised = clock_synchronised();
	err = wait_card(session);
	if (err == CCCD_OK)
		err = inspect(session, &input);
	session->result.finished = clock_wall_s();
	session->finished = err == CCCD_OK;
	trust_facts(session->trust, &session->result.trust);
	csca_store_free(empty);
	return err;
}

enum cccd_err cccd_session_run(struct cccd_session *session)
{
	enum cccd_err err = CCCD_OK;

	error_reset(&session->error);
	session_forget(session);
	if (session->reader == NULL)
		TRY(cccd_session_set_reader(session, session->uri));
	err = atomic_load(&session->cancelled) ? CCCD_ERR_CANCELLED
	                                       : run(session);
	/* A cancel is spent by the run that it ended. */
	if (err == CCCD_ERR_CANCELLED) {
		atomic_store(&session->cancelled, false);
		reader_resume(session->reader);
	}
	/* [contracts, transcript] with all its secrets only of a specimen. */
	if (!session->result.specimen && record_file_discard(session->record) &&
	    err == CCCD_OK)
		err = fail(&session->error, CCCD_ERR_POLICY_REFUSED,
		           "a full transcript is for specimen cards only");
	if (err != CCCD_OK)
		return fail(&session->error, err, "the run ended");
	return CCCD_OK;
}

void cccd_session_cancel(struct cccd_session *session)
{
	atomic_store(&session->cancelled, true);
	(void)pthread_mutex_lock(&session->lock);
	if (session->reader != NULL)
		reader_cancel(session->reader);
	(void)pthread_mutex_unlock(&session->lock);
}

const struct cccd_error *cccd_session_error(const struct cccd_session *session)
{
	return &session->error;
}

const struct cccd_result *
cccd_session_result(const struct cccd_session *session)
{
	return &session->result;
}

const struct cccd_document *
cccd_session_document(const struct cccd_session *session)
{
	return &session->document;
}

const struct cccd_evidence_facts *
session_facts(const struct cccd_session *session)
{
	return &session->evidence;
}

enum cccd_err cccd_session_evidence(const struct cccd_session *session,
                                    struct cccd_evidence **ret)
{
	struct cccd_evidence_facts *facts = NULL;
	enum cccd_err err = CCCD_OK;

	if (!session->finished)
		return CCCD_ERR_USAGE_STATE;
	facts = malloc(sizeof(*facts));
	if (facts == NULL)
		return CCCD_ERR_MEMORY;
	*facts = session->evidence;
	memcpy(facts->transaction, session->result.transaction,
	       sizeof(facts->transaction));
	facts->taken = session->result.started;
	facts->clock_synchronised = session->result.clock_synchronised;
	facts->transport = session->result.transport;
	memcpy(facts->trust_digest, session->result.trust.digest,
	       sizeof(facts->trust_digest));
	err = evidence_make(facts, &session->document, ret);
	wipe(facts, sizeof(*facts));
	free(facts);
	return err;
}
