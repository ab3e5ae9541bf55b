/* SPDX-License-Identifier: Apache-2.0 */
/* A saved reading: kept from a session, proven again without the card. */
#include <cccd/evidence.h>

#include <stdio.h>
#include <stdlib.h>

#include "apdu/inspection/inspection.h"
#include "apdu/lds/security_info.h"
#include "base/error.h"
#include "base/secret.h"
#include "lib/document.h"
#include "lib/evidence.h"
#include "lib/trust.h"

struct cccd_evidence {
	struct cccd_evidence_facts facts;
	struct cccd_document document;
};

enum cccd_err cccd_evidence_new(struct cccd_evidence **ret)
{
	struct cccd_evidence *evidence = calloc(1, sizeof(*evidence));

	if (evidence == NULL)
		return CCCD_ERR_MEMORY;
	*ret = evidence;
	return CCCD_OK;
}

void cccd_evidence_free(struct cccd_evidence *evidence)
{
	if (evidence == NULL)
		return;
	document_clear(&evidence->document);
	wipe(evidence, sizeof(*evidence));
	free(evidence);
}

struct cccd_evidence_facts *cccd_evidence_facts(struct cccd_evidence *evidence)
{
	return &evidence->facts;
}

const struct cccd_document *
cccd_evidence_document(const struct cccd_evidence *evidence)
{
	return &evidence->document;
}

enum cccd_err cccd_evidence_set_file(struct cccd_evidence *evidence,
                                     enum cccd_file file,
                                     enum cccd_file_state state,
                                     struct cccd_bytes bytes)
{
	const struct lds_file *row = lds_file(file);
	struct buf copy = { 0 };

	if (row == NULL || (unsigned int)state > CCCD_FILE_ABORTED)
		return CCCD_ERR_USAGE_ARGUMENT;
	copy = buf_make(row->max);
	if (state == CCCD_FILE_READ)
		TRY(buf_set(&copy, bytes_span(bytes)));
	buf_release(&evidence->document.files[file]);
	evidence->document.files[file] = copy;
	evidence->document.states[file] = state;
	return CCCD_OK;
}

enum cccd_err evidence_make(const struct cccd_evidence_facts *facts,
                            const struct cccd_document *document,
                            struct cccd_evidence **ret)
{
	struct cccd_evidence *evidence = NULL;
	enum cccd_err err = CCCD_OK;

	TRY(cccd_evidence_new(&evidence));
	evidence->facts = *facts;
	for (unsigned int i = 1; i < CCCD_FILES_COUNT && err == CCCD_OK; i++)
		err = cccd_evidence_set_file(
		        evidence, (enum cccd_file)i, document->states[i],
		        span_bytes(buf_span(&document->files[i])));
	if (err != CCCD_OK) {
		cccd_evidence_free(evidence);
		return err;
	}
	*ret = evidence;
	return CCCD_OK;
}

/* Bytes into a fixed array; what does not fit was never written there. */
#define KEEP(to, to_len, from, from_len)                                      \
	do {                                                                  \
		(to_len) = (from_len) < sizeof(to) ? (from_len) : sizeof(to); \
		memcpy((to), (from), (to_len));                               \
	} while (0)

static void keep_chip_auth(const struct chip_auth_result *from,
                           struct cccd_chip_auth_facts *to)
{
	(void)snprintf(to->outcome, sizeof(to->outcome), "%s",
	               chip_auth_outcome_name(from->outcome));
	to->status_word = from->status_word;
	KEEP(to->ifd_public, to->ifd_public_len, from->ifd_public.bytes,
	     from->ifd_public.len);
	KEEP(to->ic_public, to->ic_public_len, from->ic_public.bytes,
	     from->ic_public.len);
}

static void keep_active_auth(const struct active_auth_result *from,
                             struct cccd_active_auth_facts *to)
{
	(void)snprintf(to->outcome, sizeof(to->outcome), "%s",
	               active_auth_outcome_name(from->outcome));
	to->status_word = from->status_word;
	memcpy(to->challenge, from->challenge, sizeof(to->challenge));
	KEEP(to->signature, to->signature_len, from->signature,
	     from->signature_len);
}

static void keep_cam(const struct inspection *inspection,
                     struct cccd_cam_facts *to)
{
	const struct pace_result *pace = &inspection->channel.pace;

	to->present = inspection->facts.cam != CAM_NOT_RUN;
	if (!to->present)
		return;
	to->domain_id = pace->domain_id;
	to->parameter_id = inspection->channel.info.parameter_id;
	KEEP(to->map_public, to->map_public_len, pace->map_public.bytes,
	     pace->map_public.len);
	KEEP(to->chip_auth_data, to->chip_auth_data_len, pace->chip_auth_data,
	     pace->chip_auth_data_len);
}

void evidence_facts_of(const struct inspection *inspection,
                       struct cccd_evidence_facts *ret)
{
	const struct inspection_facts *facts = &inspection->facts;

	ret->access = facts->access;
	ret->opened = facts->opened;
	ret->plain = facts->plain;
	ret->breaks = facts->breaks;
	ret->mrz_verdict = facts->mrz.verdict;
	ret->cross_verdict = facts->cross.verdict;
	keep_chip_auth(&facts->ca, &ret->chip_auth);
	keep_active_auth(&facts->aa, &ret->active_auth);
	keep_cam(inspection, &ret->cam);
}

/* An outcome by its name; the zero value for an unknown one. */
static enum chip_auth_outcome chip_auth_by_name(const char *name)
{
	for (unsigned int i = 0; i <= CHIP_AUTH_UNSUPPORTED; i++)
		if (strcmp(chip_auth_outcome_name((enum chip_auth_outcome)i),
		           name) == 0)
			return (enum chip_auth_outcome)i;
	return CHIP_AUTH_NOT_RUN;
}

static enum active_auth_outcome active_auth_by_name(const char *name)
{
	for (unsigned int i = 0; i <= ACTIVE_AUTH_UNSUPPORTED; i++)
		if (strcmp(active_auth_outcome_name(
		                   (enum active_auth_outcome)i),
		           name) == 0)
			return (enum active_auth_outcome)i;
	return ACTIVE_AUTH_NOT_RUN;
}

static void put_proofs(const struct cccd_evidence_facts *from,
                       struct inspection *to)
{
	struct active_auth_result *aa = &to->facts.aa;
	struct pace_result *pace = &to->channel.pace;

	to->facts.ca.outcome = chip_auth_by_name(from->chip_auth.outcome);
	to->facts.ca.status_word = from->chip_auth.status_word;
	aa->outcome = active_auth_by_name(from->active_auth.outcome);
	aa->status_word = from->active_auth.status_word;
	memcpy(aa->challenge, from->active_auth.challenge,
	       sizeof(aa->challenge));
	KEEP(aa->signature, aa->signature_len, from->active_auth.signature,
	     from->active_auth.signature_len);
	if (!from->cam.present)
		return;
	to->facts.cam = CAM_KEY_UNVERIFIED;
	pace->mapping = CCCD_PACE_MAPPING_CAM;
	pace->domain_id = from->cam.domain_id;
	to->channel.info.parameter_id = from->cam.parameter_id;
	KEEP(pace->map_public.bytes, pace->map_public.len, from->cam.map_public,
	     from->cam.map_public_len);
	KEEP(pace->chip_auth_data, pace->chip_auth_data_len,
	     from->cam.chip_auth_data, from->cam.chip_auth_data_len);
}

static enum cccd_err put_files(const struct cccd_document *from,
                               struct inspection *to)
{
	for (unsigned int i = 1; i < CCCD_FILES_COUNT; i++) {
		to->states[i] = from->states[i];
		if (from->states[i] != CCCD_FILE_READ)
			continue;
		to->files[i].bytes = buf_make(from->files[i].len);
		TRY(buf_append(&to->files[i].bytes, buf_span(&from->files[i])));
		to->files[i].complete = true;
	}
	return CCCD_OK;
}

static enum cccd_err reprove(const struct cccd_evidence *evidence,
                             struct inspection *inspection)
{
	TRY(put_files(&evidence->document, inspection));
	inspection->facts.access = evidence->facts.access;
	inspection->facts.opened = evidence->facts.opened;
	inspection->facts.plain = evidence->facts.plain;
	inspection->facts.breaks = evidence->facts.breaks;
	put_proofs(&evidence->facts, inspection);
	if (inspection->states[CCCD_FILE_CARD_ACCESS] == CCCD_FILE_READ &&
	    security_infos_parse(
	            buf_span(&inspection->files[CCCD_FILE_CARD_ACCESS].bytes),
	            &inspection->card_access) != CCCD_OK)
		wipe(&inspection->card_access, sizeof(inspection->card_access));
	return inspection_reprove(inspection);
}

/* Neither leaves a proof for others: the outcome of chip authentication is
 * the reader's word, and data that fit the mapping's key anybody can make. */
static void mark_recorded(struct cccd_result *result)
{
	static const enum cccd_check_id told[] = {
		CCCD_CHECK_CHIP_AUTHENTICATION, CCCD_CHECK_PACE_CAM,
		CCCD_CHECK_CHIP_GENUINENESS
	};

	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		struct cccd_check *check = &result->checks[told[i]];
		bool by_signature =
		        told[i] == CCCD_CHECK_CHIP_GENUINENESS &&
		        result->checks[CCCD_CHECK_ACTIVE_AUTHENTICATION]
		                        .verdict == CCCD_SUCCESSFUL;

		if (check->verdict == CCCD_SUCCESSFUL && !by_signature)
			check->reason = "as_recorded";
	}
}

static void conclude(const struct cccd_evidence *evidence,
                     struct inspection *inspection, struct cccd_result *ret)
{
	const struct cccd_evidence_facts *facts = &evidence->facts;

	inspection_judge(inspection, ret);
	/* What the desk typed is not kept: its comparisons stand as recorded,
	 * unless the data alone already says worse. */
	if (facts->mrz_verdict != CCCD_NOT_RUN)
		inspection->facts.mrz =
		        auth_check_make(facts->mrz_verdict, "as_recorded");
	if (facts->cross_verdict != CCCD_NOT_RUN &&
	    facts->cross_verdict != inspection->facts.cross.verdict &&
	    inspection->facts.cross.verdict != CCCD_FAILED)
		inspection->facts.cross =
		        auth_check_make(facts->cross_verdict, "as_recorded");
	inspection_conclude(&inspection->facts, inspection->in->profile, ret);
	mark_recorded(ret);
	memcpy(ret->transaction, facts->transaction, sizeof(ret->transaction));
	memcpy(ret->issuing_state, inspection->issuing_state,
	       sizeof(ret->issuing_state));
	ret->started = facts->taken;
	ret->finished = facts->taken;
	ret->clock_synchronised = facts->clock_synchronised;
	ret->transport = facts->transport;
	(void)snprintf(ret->transport.kind, sizeof(ret->transport.kind),
	               "offline");
}

enum cccd_err cccd_verify(const struct cccd_evidence *evidence,
                          const struct cccd_trust *trust,
                          const struct cccd_profile *profile, int64_t now,
                          struct cccd_result *ret)
{
	struct inspection_input input = {
		.profile = profile != NULL ? profile : cccd_profile_counter(),
		.options = { .groups = CCCD_ALL_GROUPS },
	};
	struct csca_store *empty = NULL;
	struct inspection *inspection = NULL;
	struct cccd_error error = { .tries_left = -1 };
	enum cccd_err err = CCCD_OK;

	input.trust.now_s = now != 0 ? now : evidence->facts.taken;
	TRY(trust_input_fill(trust, &empty, &input.trust));
	result_clear(ret);
	err = inspection_new(&input, &error, &inspection);
	if (err == CCCD_OK)
		err = reprove(evidence, inspection);
	if (err == CCCD_OK)
		conclude(evidence, inspection, ret);
	trust_facts(trust, &ret->trust);
	inspection_free(inspection);
	csca_store_free(empty);
	return err;
}
