/* SPDX-License-Identifier: Apache-2.0 */
/* From a finished reading to what a caller may have of it. */
#include "service/core/compose.h"

#include <stdio.h>
#include <stdlib.h>

#include <cccd/evidence.h>
#include <cccd/render.h>

#include "lib/json/result.h"

static void picture_cleanup(struct cccd_picture **picture)
{
	cccd_picture_free(*picture);
}

static void person_cleanup(struct cccd_person **person)
{
	cccd_person_wipe(*person);
	free(*person);
}

/* Without a picture there is still a person. */
static void take_portrait(const struct cccd_document *document,
                          const struct job_means *means,
                          struct job_answer *answer)
{
	const struct cccd_render_options options = { .program =
		                                             means->renderer };
	CLEANUP(picture_cleanup) struct cccd_picture *picture = NULL;
	struct cccd_dg2 dg2 = { 0 };

	if (cccd_document_dg2(document, &dg2) != CCCD_OK || dg2.face_count == 0)
		return;
	/* The first one is the interoperable one [9303-10 4.7.2]. */
	if (cccd_render_portrait(dg2.faces[0].image.bytes, &options, NULL,
	                         &picture) != CCCD_OK)
		return;
	if (buf_set(&answer->portrait,
	            bytes_span(cccd_picture_jpeg(picture))) != CCCD_OK)
		buf_reset(&answer->portrait);
}

static enum cccd_err take_pairwise(const struct job_means *means,
                                   const struct grant *grant,
                                   const struct cccd_person *person,
                                   struct job_answer *answer)
{
	if ((grant->scopes.bits & JSON_SCOPE_PAIRWISE_ID) == 0 ||
	    person->id_number[0] == '\0')
		return CCCD_OK;
	return device_keys_pairwise(means->keys, grant->rp, person->id_number,
	                            answer->pairwise);
}

/* For the log's keyed reference: the citizen's number, else the card's. */
static void take_reference(const struct cccd_person *person,
                           struct job_answer *answer)
{
	const char *number = person->id_number[0] != '\0'
	                             ? person->id_number
	                             : person->document_number;

	(void)snprintf(answer->document, sizeof(answer->document), "%s",
	               number);
	answer->document_kind = cccd_document_kind_name(person->document_kind);
}

static void evidence_cleanup(struct cccd_evidence **evidence)
{
	cccd_evidence_free(*evidence);
}

static enum cccd_err make_text(const struct cccd_session *session,
                               const struct cccd_person *person,
                               const struct grant *grant,
                               struct job_answer *answer)
{
	CLEANUP(evidence_cleanup) struct cccd_evidence *evidence = NULL;
	struct json_result_input input = {
		.result = &answer->result,
		.document = cccd_session_document(session),
		.person = person,
		.scopes = grant->scopes.bits,
		.pairwise_id = answer->pairwise,
		.no_digests = grant->evidence == JSON_EVIDENCE_NONE,
		.renderings = grant->renderings,
	};

	/* Raw files need both: the scope, and that they were asked for. */
	if (grant->evidence != JSON_EVIDENCE_RAW) {
		input.scopes &= ~(unsigned int)JSON_SCOPE_RAW;
	} else {
		TRY(cccd_session_evidence(session, &evidence));
		input.active_auth = &cccd_evidence_facts(evidence)->active_auth;
	}
	memcpy(input.ages, grant->scopes.ages, sizeof(input.ages));
	return json_result_text(&input, &answer->text);
}

enum cccd_err compose_answer(const struct cccd_session *session,
                             const struct job_means *means, struct job *job)
{
	const struct cccd_document *document = cccd_session_document(session);
	const struct grant *grant = &job->matter.grant;
	struct job_answer *answer = &job->answer;
	CLEANUP(person_cleanup)
	struct cccd_person *person = calloc(1, sizeof(*person));
	bool known = false;

	if (person == NULL)
		return CCCD_ERR_MEMORY;
	answer->result = *cccd_session_result(session);
	/* One number in the log, in the events and in what leaves. */
	(void)snprintf(answer->result.transaction,
	               sizeof(answer->result.transaction), "%s",
	               job->matter.id);
	known = cccd_document_person(document, person) == CCCD_OK;
	if (known) {
		cccd_person_apply_tables(person, means->tables);
		take_reference(person, answer);
		TRY(take_pairwise(means, grant, person, answer));
	}
	TRY(make_text(session, known ? person : NULL, grant, answer));
	/* A digest of DG1 is as good as a name to whoever can guess it. */
	if (grant->evidence != JSON_EVIDENCE_NONE)
		TRY(assertion_digests_of(document, &answer->digests));
	if ((grant->scopes.bits & JSON_SCOPE_PORTRAIT) != 0)
		take_portrait(document, means, answer);
	return CCCD_OK;
}
