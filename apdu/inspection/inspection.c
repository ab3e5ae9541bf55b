/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of steps and how it is walked: Doc 9303-11 4.2, 8. */
#include "apdu/inspection/inspection.h"

#include <stdio.h>
#include <stdlib.h>

#include "apdu/auth/csca_store.h"
#include "apdu/inspection/steps.h"
#include "base/clock.h"
#include "base/error.h"

enum {
	/* Interruptions one inspection survives. */
	RECOVERIES_MAX = 64,
	/* … and those in a row that brought neither a byte nor a lesson. */
	STUCK_MAX = 3,
	/* A reader that still sees the card that has just left. */
	BOUNCE_MS = 50,
};

static bool always(const struct inspection *inspection)
{
	(void)inspection;
	return true;
}

static bool listed(const struct inspection *inspection, unsigned int group)
{
	return (inspection->listed & CCCD_GROUP_BIT(group)) != 0;
}

static bool wanted(const struct inspection *inspection, unsigned int group)
{
	return listed(inspection, group) &&
	       (inspection->in->options.groups & CCCD_GROUP_BIT(group)) != 0;
}

static bool survey_due(const struct inspection *inspection)
{
	return (inspection->in->options.flags & CCCD_SURVEY) != 0;
}

static bool has_plan(const struct inspection *inspection)
{
	return inspection->in->plan != NULL && inspection->in->plan->count > 0;
}

static bool atr_info_due(const struct inspection *inspection)
{
	return survey_due(inspection) ||
	       (inspection->card.extended &&
	        inspection->memory->extended == EXTENDED_UNKNOWN);
}

static bool card_access_due(const struct inspection *inspection)
{
	return has_plan(inspection) || survey_due(inspection);
}

static bool no_channel(const struct inspection *inspection)
{
	return !inspection->facts.opened;
}

static bool cam_ran(const struct inspection *inspection)
{
	return inspection->facts.opened &&
	       inspection->channel.pace.mapping == CCCD_PACE_MAPPING_CAM;
}

/* The chip was asked for it already where the mapping needs it. */
static bool card_security_due(const struct inspection *inspection)
{
	return survey_due(inspection) && inspection->facts.opened &&
	       !cam_ran(inspection) && !inspection->card_security_asked;
}

static bool dg14_due(const struct inspection *inspection)
{
	return listed(inspection, 14);
}

static bool chip_auth_due(const struct inspection *inspection)
{
	return inspection->facts.ca_promised && inspection->facts.opened &&
	       inspection->facts.ca.outcome == CHIP_AUTH_NOT_RUN;
}

static bool dg1_due(const struct inspection *inspection)
{
	return wanted(inspection, 1);
}

static bool dg13_due(const struct inspection *inspection)
{
	return wanted(inspection, 13);
}

static bool proven_otherwise(const struct inspection *inspection)
{
	return inspection->facts.ca.outcome == CHIP_AUTH_PROVEN ||
	       inspection->facts.cam == CAM_PROVEN;
}

/* [contracts] only when nothing else proved the chip, or when asked for. */
static bool active_auth_needed(const struct inspection *inspection)
{
	return listed(inspection, 15) &&
	       (!proven_otherwise(inspection) ||
	        (inspection->in->options.flags & CCCD_ALWAYS_ACTIVE_AUTH));
}

static bool dg15_due(const struct inspection *inspection)
{
	return wanted(inspection, 15) || active_auth_needed(inspection);
}

static bool active_auth_due(const struct inspection *inspection)
{
	return active_auth_needed(inspection) &&
	       inspection->states[CCCD_FILE_DG15] == CCCD_FILE_READ &&
	       inspection->facts.aa.outcome == ACTIVE_AUTH_NOT_RUN;
}

static bool com_due(const struct inspection *inspection)
{
	return (inspection->in->options.flags & CCCD_SKIP_COM) == 0;
}

static bool portrait_due(const struct inspection *inspection)
{
	return wanted(inspection, 2);
}

const struct inspection_step inspection_steps[] = {
	{ "atr_info", "9303-10 3.11.1", step_atr_info, atr_info_due },
	{ "survey_master_file", "9303-10 3.11", step_survey_master_file,
	  survey_due },
	{ "card_access", "9303-11 4.2", step_card_access, card_access_due },
	{ "pace", "9303-11 4.4", step_pace, has_plan },
	{ "card_security", "9303-11 4.4.3.5", step_card_security, cam_ran },
	{ "survey_card_security", "9303-10 3.11.4", step_survey_card_security,
	  card_security_due },
	{ "application", "9303-10 3.4", step_application, always },
	{ "bac", "9303-11 4.3", step_bac, no_channel },
	{ "sod", "9303-10 4.6.2", step_sod, always },
	{ "dg14", "9303-10 4.7.14", step_dg14, dg14_due },
	{ "chip_auth", "9303-11 6.2", step_chip_auth, chip_auth_due },
	{ "dg1", "9303-10 4.7.1", step_dg1, dg1_due },
	{ "dg13", "9303-10 4.7.13", step_dg13, dg13_due },
	{ "passive_auth", "9303-11 5.1", step_passive_auth, always },
	{ "dg15", "9303-10 4.7.15", step_dg15, dg15_due },
	{ "active_auth", "9303-11 6.1", step_active_auth, active_auth_due },
	{ "com", "9303-10 4.6.1", step_com, com_due },
	{ "other_groups", "9303-10 4.7", step_other_groups, always },
	{ "access_info", "9303-11 9.2.11", step_access_info, always },
	{ "portrait", "9303-10 4.7.2", step_portrait, portrait_due },
	{ "survey_application", "9303-10 4.6", step_survey_application,
	  survey_due },
};

const size_t inspection_step_count = ARRAY_LEN(inspection_steps);

static void tell(const struct inspection *inspection, enum cccd_event event)
{
	const struct inspection_input *in = inspection->in;
	const struct cccd_progress progress = {
		.event = event,
		.step = inspection->step,
		.read = inspection->read_total,
		.ms = (uint32_t)(clock_steady_ms() - inspection->started_ms),
	};

	if (in->progress != NULL)
		in->progress(&progress, in->context);
}

enum cccd_err inspection_new(const struct inspection_input *in,
                             struct cccd_error *error, struct inspection **ret)
{
	struct inspection *inspection = calloc(1, sizeof(*inspection));

	if (inspection == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	inspection->in = in;
	inspection->error = error;
	inspection->step = "";
	card_init(&inspection->card, in->reader, in->random, error);
	*ret = inspection;
	return CCCD_OK;
}

/* Forget everything about the card, keep what was learnt of its kind. */
static void forget(struct inspection *inspection)
{
	if (inspection->verifying)
		(void)pthread_join(inspection->verifier, NULL);
	inspection->verifying = false;
	for (size_t i = 0; i < CCCD_FILES_COUNT; i++) {
		transfer_release(&inspection->files[i]);
		inspection->files[i] = (struct transfer){ 0 };
		inspection->states[i] = CCCD_FILE_NOT_READ;
	}
	inspection_facts_release(&inspection->facts);
	wipe(&inspection->channel, sizeof(inspection->channel));
	wipe(&inspection->card_access, sizeof(inspection->card_access));
	wipe(&inspection->dg14, sizeof(inspection->dg14));
	inspection->listed = 0;
	inspection->read_total = 0;
	inspection->progress_mark = 0;
	inspection->constant_refused = false;
	if (inspection->card_security_seen == CCCD_FILE_READ)
		inspection->card_security_asked = false;
	else
		inspection->states[CCCD_FILE_CARD_SECURITY] =
		        inspection->card_security_seen;
}

void inspection_free(struct inspection *inspection)
{
	if (inspection == NULL)
		return;
	forget(inspection);
	card_release(&inspection->card);
	free(inspection);
}

/* A hint is not tried against; a survey is there to find out, and what
 * worked once is known better. */
static bool takes_hint(const struct inspection *inspection,
                       const struct reader_card *card)
{
	return card->short_hint && !survey_due(inspection) &&
	       inspection->memory->extended != EXTENDED_WORKS;
}

static enum cccd_err connect_card(struct inspection *inspection)
{
	struct reader *reader = inspection->in->reader;
	const struct reader_card *card = NULL;

	sm_close(&inspection->card.sm);
	TRY(reader_connect(reader, inspection->error));
	card = reader_card(reader);
	inspection->reader_card = *card;
	inspection->memory = card_memory_of(inspection->in->memories, card);
	inspection->card.extended =
	        card->max_command > READER_SHORT_COMMAND_MAX &&
	        card->max_response > READER_SHORT_RESPONSE_MAX &&
	        inspection->memory->extended != EXTENDED_REFUSED &&
	        !takes_hint(inspection, card);
	return CCCD_OK;
}

/* Whether laying the card down again, or resetting it, may mend it. */
static bool can_recover(const struct inspection *inspection, enum cccd_err err)
{
	switch ((unsigned int)err) {
	case CCCD_ERR_CARD_REMOVED:
	case CCCD_ERR_CARD_MUTE:
	case CCCD_ERR_READER_IO:
	case CCCD_ERR_READER_TIMEOUT:
	case CCCD_ERR_READER_OVERSIZE:
		return inspection->in->options.resume_ms > 0;
	case CCCD_ERR_SM_BROKEN:
		/* A wrong MAC is an attack or a fault; a naked status word
		 * is how many chips refuse [pitfall 24]. */
		return inspection->error->status_word != 0;
	default: return false;
	}
}

/* A PIN or PUK was sent and its answer lost: perhaps it was wrong, and the
 * next try blocks it. A person must decide [pitfall 25]. */
static bool secret_is_unanswered(const struct inspection *inspection)
{
	const struct pace_result *pace = &inspection->channel.pace;

	return (pace->password == PASSWORD_PIN ||
	        pace->password == PASSWORD_PUK) &&
	       pace->failed_step == PACE_LAST_STEP;
}

/* Extended lengths that the reader only claims [emrtd 5.24]. */
static bool blame_extended(struct inspection *inspection, enum cccd_err err)
{
	struct card_memory *memory = inspection->memory;
	bool cut = err == CCCD_ERR_SM_BROKEN &&
	           card_answer_is_truncated(&inspection->card);

	if (!inspection->card.extended ||
	    memory->extended == EXTENDED_REFUSED ||
	    (err != CCCD_ERR_READER_IO && err != CCCD_ERR_READER_OVERSIZE &&
	     !cut))
		return false;
	memory->extended = EXTENDED_REFUSED;
	return true;
}

/* Bytes held of all files: what a recovery must increase. */
static size_t bytes_held(const struct inspection *inspection)
{
	size_t held = inspection->read_total;

	for (size_t i = 0; i < CCCD_FILES_COUNT; i++)
		if (inspection->states[i] == CCCD_FILE_NOT_READ)
			held += inspection->files[i].bytes.len;
	return held;
}

static bool out_of_patience(struct inspection *inspection)
{
	size_t held = bytes_held(inspection);
	bool lesson = !card_memory_equal(&inspection->memory_mark,
	                                 inspection->memory);

	inspection->stuck = held > inspection->progress_mark || lesson
	                            ? 0
	                            : inspection->stuck + 1;
	inspection->progress_mark = held;
	inspection->memory_mark = *inspection->memory;
	inspection->recoveries++;
	return inspection->stuck > STUCK_MAX ||
	       inspection->recoveries > RECOVERIES_MAX;
}

/* Chip authentication as before: the channel that follows must be the
 * proven chip's again. */
static enum cccd_err prove_again(struct inspection *inspection)
{
	struct chip_auth_result *ca = &inspection->facts.ca;
	const struct chip_auth_result before = *ca;
	enum cccd_err err = CCCD_OK;

	if (before.outcome != CHIP_AUTH_PROVEN)
		return CCCD_OK;
	err = step_chip_auth(inspection);
	if (err == CCCD_OK && ca->outcome != CHIP_AUTH_PROVEN)
		return fail(inspection->error, CCCD_ERR_CARD_CHANGED,
		            "chip authentication failed on resuming");
	/* Lost once more on the way: it is still to be proven again. */
	if (err != CCCD_OK)
		*ca = before;
	return err;
}

static bool can_wait(const struct inspection *inspection)
{
	const struct reader *reader = inspection->in->reader;

	return (reader_ops(reader)->capabilities & READER_CAN_WAIT) != 0;
}

static enum cccd_err wait_again(struct inspection *inspection)
{
	if (!can_wait(inspection))
		return CCCD_OK;
	return reader_wait(inspection->in->reader,
	                   inspection->in->options.resume_ms,
	                   inspection->error);
}

/* A card that bounces is seen and gone again before it is powered: whoever
 * waits goes on waiting, up to @wait_ms. */
static enum cccd_err connect_patiently(struct inspection *inspection,
                                       unsigned int wait_ms)
{
	uint64_t end = clock_steady_ms() + wait_ms;
	enum cccd_err err = connect_card(inspection);

	while (err == CCCD_ERR_READER_NO_CARD && can_wait(inspection)) {
		uint64_t now = clock_steady_ms();

		if (now >= end)
			return err;
		error_reset(inspection->error);
		clock_sleep_ms(BOUNCE_MS);
		TRY(reader_wait(inspection->in->reader,
		                (unsigned int)(end - now), inspection->error));
		err = connect_card(inspection);
	}
	return err;
}

/* [contracts, Resume] authenticate again, same EF.SOD, go on. Before there
 * was a security object there is nothing to mix up: begin anew. */
static enum cccd_err resume(struct inspection *inspection, size_t *ret_step)
{
	bool anew = inspection->states[CCCD_FILE_SOD] != CCCD_FILE_READ;

	reader_disconnect(inspection->in->reader);
	TRY(wait_again(inspection));
	TRY(connect_patiently(inspection, inspection->in->options.resume_ms));
	if (anew) {
		forget(inspection);
		*ret_step = 0;
		return CCCD_OK;
	}
	TRY(open_again(inspection));
	TRY(same_card(inspection));
	return prove_again(inspection);
}

static bool is_late(const struct inspection *inspection)
{
	uint64_t deadline_ms = inspection->card.deadline_ms;

	return deadline_ms != 0 && clock_steady_ms() > deadline_ms;
}

/* Try to go on after @err; the first cause is given back when it cannot. */
static enum cccd_err recover(struct inspection *inspection, enum cccd_err err,
                             size_t *ret_step)
{
	struct cccd_error cause = *inspection->error;
	bool blamed = false;

	for (;;) {
		if (secret_is_unanswered(inspection))
			return err;
		blamed = blame_extended(inspection, err);
		if ((!blamed && !can_recover(inspection, err)) ||
		    is_late(inspection) || out_of_patience(inspection))
			return err;
		/* The next card may be another one. */
		if (err != CCCD_ERR_SM_BROKEN) {
			inspection->card_security_seen = CCCD_FILE_NOT_READ;
			inspection->card_security_asked = false;
		}
		tell(inspection, CCCD_EVENT_LOST);
		if (inspection->error->status_word != 0)
			inspection->facts.breaks++;
		error_reset(inspection->error);
		err = resume(inspection, ret_step);
		if (err == CCCD_OK)
			break;
		/* Nobody laid the card back: the loss is the cause. */
		if (err == CCCD_ERR_READER_NO_CARD) {
			*inspection->error = cause;
			return cause.code;
		}
	}
	inspection->resumed++;
	tell(inspection, CCCD_EVENT_RESUMED);
	return CCCD_OK;
}

static enum cccd_err run_step(struct inspection *inspection,
                              const struct inspection_step *step)
{
	enum cccd_err err = CCCD_OK;

	inspection->step = step->name;
	tell(inspection, CCCD_EVENT_STEP_STARTED);
	err = step->run(inspection);
	if (err == CCCD_OK)
		tell(inspection, CCCD_EVENT_STEP_FINISHED);
	return err;
}

static enum cccd_err walk(struct inspection *inspection)
{
	size_t i = 0;

	while (i < inspection_step_count) {
		const struct inspection_step *step = &inspection_steps[i];
		size_t next = i + 1;
		enum cccd_err err = CCCD_OK;

		if (step->due(inspection))
			err = run_step(inspection, step);
		if (err != CCCD_OK) {
			next = i;
			TRY(recover(inspection, err, &next));
		}
		i = next;
	}
	return CCCD_OK;
}

/* Files that were under way, or still to come, when the walk ended. */
static void mark_aborted(struct inspection *inspection)
{
	uint32_t due = inspection->listed & inspection->in->options.groups;

	for (size_t i = 0; i < CCCD_FILES_COUNT; i++) {
		bool begun = inspection->files[i].bytes.len > 0;
		bool coming =
		        i < CCCD_GROUPS && (due & CCCD_GROUP_BIT(i)) != 0 &&
		        (lds_file((enum cccd_file)i)->flags & LDS_EAC) == 0;

		if (inspection->states[i] == CCCD_FILE_NOT_READ &&
		    (begun || coming))
			inspection->states[i] = CCCD_FILE_ABORTED;
	}
	inspection->facts.interrupted = true;
	inspection->facts.sod_read = inspection->states[CCCD_FILE_SOD];
	inspection->facts.dg14_read = inspection->states[CCCD_FILE_DG14];
	inspection->facts.dg15_read = inspection->states[CCCD_FILE_DG15];
}

static void note_step(struct inspection *inspection)
{
	struct cccd_error *error = inspection->error;

	(void)snprintf(error->step, sizeof(error->step), "%s",
	               inspection->step);
}

enum cccd_err inspection_run(struct inspection *inspection)
{
	enum cccd_err err = CCCD_OK;

	inspection->started_ms = clock_steady_ms();
	if (inspection->in->options.read_ms != 0)
		inspection->card.deadline_ms = inspection->started_ms +
		                               inspection->in->options.read_ms;
	err = connect_patiently(inspection, inspection->in->options.wait_ms);
	if (err == CCCD_OK) {
		tell(inspection, CCCD_EVENT_CARD);
		err = walk(inspection);
	}
	if (err != CCCD_OK) {
		mark_aborted(inspection);
		note_step(inspection);
	}
	sm_close(&inspection->card.sm);
	reader_disconnect(inspection->in->reader);
	if (join_verifier(inspection) != CCCD_OK && err == CCCD_OK)
		err = inspection->error->code;
	return err;
}

void inspection_judge(struct inspection *inspection, struct cccd_result *ret)
{
	/* Again, because the portrait and others came after the first. */
	inspection->facts.store_has_crls =
	        csca_store_count(inspection->in->trust.store, CCCD_TRUST_CRL) >
	        0;
	if (check_groups(inspection) != CCCD_OK)
		inspection->facts.groups_checked = false;
	check_data(inspection);
	inspection_conclude(&inspection->facts, inspection->in->profile, ret);
}
