/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the application: Doc 9303-10 4, reading order of emrtd 2.3. */
#include "apdu/inspection/steps.h"

#include <stdlib.h>

#include "apdu/lds/com.h"
#include "apdu/lds/security_info.h"
#include "apdu/lds/sod.h"
#include "base/clock.h"
#include "base/error.h"

/* Bytes of one document; a real one has a tenth of it. */
enum { TOTAL_MAX = 4 * 1024 * 1024 };

struct span file_bytes(const struct inspection *inspection, enum cccd_file file)
{
	if (inspection->states[file] != CCCD_FILE_READ)
		return span_of(NULL, 0);
	return buf_span(&inspection->files[file].bytes);
}

static void on_bytes(void *context, size_t done, size_t total)
{
	const struct inspection *inspection = context;
	const struct inspection_input *in = inspection->in;
	const struct cccd_progress progress = {
		.event = CCCD_EVENT_FILE,
		.step = inspection->step,
		.done = done,
		.total = total,
		.read = inspection->read_total + done,
		.ms = (uint32_t)(clock_steady_ms() - inspection->started_ms),
	};

	if (in->progress != NULL)
		in->progress(&progress, in->context);
}

/* States for what the reading engine found out about a file. */
static bool fact_of(enum cccd_err err, enum cccd_file_state *ret)
{
	static const struct {
		enum cccd_err err;
		enum cccd_file_state state;
	} facts[] = {
		{ CCCD_OK, CCCD_FILE_READ },
		{ CCCD_ERR_CARD_FILE_MISSING, CCCD_FILE_MISSING },
		{ CCCD_ERR_CARD_FILE_LOCKED, CCCD_FILE_LOCKED },
		{ CCCD_ERR_CARD_REFUSED, CCCD_FILE_REFUSED },
		{ CCCD_ERR_CARD_PROTOCOL, CCCD_FILE_BAD },
		{ CCCD_ERR_DATA_TRUNCATED, CCCD_FILE_BAD },
		{ CCCD_ERR_DATA_MALFORMED, CCCD_FILE_BAD },
		{ CCCD_ERR_DATA_TOO_LARGE, CCCD_FILE_BAD },
	};

	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		if (facts[i].err != err)
			continue;
		*ret = facts[i].state;
		return true;
	}
	return false;
}

/* [pitfall 27] a cap on each file and one on all of them together. */
static size_t file_cap(const struct inspection *inspection,
                       const struct lds_file *row)
{
	size_t left = inspection->read_total < TOTAL_MAX
	                      ? TOTAL_MAX - inspection->read_total
	                      : 0;

	return row->max < left ? row->max : left;
}

enum cccd_err read_lds_file(struct inspection *inspection, enum cccd_file file)
{
	const struct lds_file *row = lds_file(file);
	struct transfer *transfer = &inspection->files[file];
	bool protected = sm_is_open(&inspection->card.sm);
	uint16_t status_word = 0;
	enum cccd_err err = CCCD_OK;

	if (inspection->states[file] != CCCD_FILE_NOT_READ)
		return CCCD_OK;
	if (transfer->fid == 0)
		*transfer = transfer_make(row->fid, row->sfi,
		                          file_cap(inspection, row));
	transfer->progress = on_bytes;
	transfer->context = inspection;
	err = read_file(&inspection->card, inspection->memory, transfer);
	if (!fact_of(err, &inspection->states[file]))
		return err;
	status_word = inspection->error->status_word;
	if (err != CCCD_OK)
		error_reset(inspection->error);
	inspection->read_total += transfer->bytes.len;
	/* The card may have closed the channel with its refusal: its status
	 * word says that it was no attack. */
	if (protected && !sm_is_open(&inspection->card.sm))
		return fail_sw(inspection->error, CCCD_ERR_SM_BROKEN,
		               status_word,
		               "channel closed by the refusal of a file");
	return CCCD_OK;
}

static uint32_t groups_of_sod(struct span file)
{
	BUF memory = buf_make(file.len);
	struct cccd_sod *sod = calloc(1, sizeof(*sod));
	uint32_t groups = 0;

	if (sod != NULL && sod_parse(file, &memory, sod) == CCCD_OK)
		for (size_t i = 0; i < sod->hash_count; i++)
			if (lds_file_by_dg(sod->hashes[i].number) != NULL)
				groups |= CCCD_GROUP_BIT(sod->hashes[i].number);
	free(sod);
	return groups;
}

static uint32_t groups_of_com(struct span file)
{
	struct cccd_com com = { 0 };
	uint32_t groups = 0;

	if (com_parse(file, &com) != CCCD_OK)
		return 0;
	for (size_t i = 0; i < com.file_count; i++)
		groups |= CCCD_GROUP_BIT(lds_dg_number(com.files[i]));
	return groups & CCCD_ALL_GROUPS;
}

/* Which groups to read: the security object's list; without one EF.COM may
 * guide the reading, never a verdict [pitfalls 11, 17]. */
static void learn_listed(struct inspection *inspection)
{
	inspection->listed =
	        groups_of_sod(file_bytes(inspection, CCCD_FILE_SOD));
	if (inspection->listed == 0)
		inspection->listed =
		        groups_of_com(file_bytes(inspection, CCCD_FILE_COM));
}

enum cccd_err step_sod(struct inspection *inspection)
{
	struct span sod = { 0 };

	TRY(read_lds_file(inspection, CCCD_FILE_SOD));
	inspection->facts.sod_read = inspection->states[CCCD_FILE_SOD];
	if (inspection->states[CCCD_FILE_SOD] == CCCD_FILE_LOCKED &&
	    !inspection->facts.opened) {
		inspection->states[CCCD_FILE_SOD] = CCCD_FILE_NOT_READ;
		return fail(inspection->error, CCCD_ERR_USAGE_KEY_MISSING,
		            "the chip wants access control");
	}
	if (inspection->states[CCCD_FILE_SOD] != CCCD_FILE_READ) {
		TRY(read_lds_file(inspection, CCCD_FILE_COM));
		learn_listed(inspection);
		return CCCD_OK;
	}
	sod = file_bytes(inspection, CCCD_FILE_SOD);
	TRY(digest_compute(DIGEST_SHA256, sod, &inspection->sod_digest));
	TRY(start_verifier(inspection));
	learn_listed(inspection);
	if (inspection->listed == 0) {
		TRY(read_lds_file(inspection, CCCD_FILE_COM));
		learn_listed(inspection);
	}
	return CCCD_OK;
}

enum cccd_err same_card(struct inspection *inspection)
{
	const struct lds_file *row = lds_file(CCCD_FILE_SOD);
	CLEANUP(transfer_release)
	struct transfer again = transfer_make(row->fid, row->sfi, row->max);
	struct digest digest = { 0 };

	if (inspection->states[CCCD_FILE_SOD] != CCCD_FILE_READ)
		return CCCD_OK;
	TRY(read_file(&inspection->card, inspection->memory, &again));
	TRY(digest_compute(DIGEST_SHA256, buf_span(&again.bytes), &digest));
	if (!span_equal(digest_span(&digest),
	                digest_span(&inspection->sod_digest)))
		return fail(inspection->error, CCCD_ERR_CARD_CHANGED,
		            "another security object after the interruption");
	return CCCD_OK;
}

enum cccd_err step_dg14(struct inspection *inspection)
{
	struct inspection_facts *facts = &inspection->facts;

	TRY(read_lds_file(inspection, CCCD_FILE_DG14));
	facts->dg14_read = inspection->states[CCCD_FILE_DG14];
	if (facts->dg14_read != CCCD_FILE_READ)
		return CCCD_OK;
	if (dg14_parse(file_bytes(inspection, CCCD_FILE_DG14),
	               &inspection->dg14) != CCCD_OK) {
		wipe(&inspection->dg14, sizeof(inspection->dg14));
		auth_findings_add(&facts->findings, "dg14_malformed", 14);
		return CCCD_OK;
	}
	facts->ca_promised = inspection->dg14.chip_auth_key_count > 0;
	return CCCD_OK;
}

enum cccd_err step_dg1(struct inspection *inspection)
{
	return read_lds_file(inspection, CCCD_FILE_DG1);
}

enum cccd_err step_dg13(struct inspection *inspection)
{
	return read_lds_file(inspection, CCCD_FILE_DG13);
}

enum cccd_err step_dg15(struct inspection *inspection)
{
	TRY(read_lds_file(inspection, CCCD_FILE_DG15));
	inspection->facts.dg15_read = inspection->states[CCCD_FILE_DG15];
	return CCCD_OK;
}

enum cccd_err step_com(struct inspection *inspection)
{
	return read_lds_file(inspection, CCCD_FILE_COM);
}

enum cccd_err step_other_groups(struct inspection *inspection)
{
	uint32_t wanted = inspection->listed & inspection->in->options.groups;

	for (unsigned int group = 3; group < CCCD_GROUPS; group++) {
		const struct lds_file *row = lds_file_by_dg(group);

		if ((inspection->listed & CCCD_GROUP_BIT(group)) == 0)
			continue;
		if ((row->flags & LDS_EAC) != 0)
			auth_findings_add(&inspection->facts.findings,
			                  "eac_required", group);
		else if ((wanted & CCCD_GROUP_BIT(group)) != 0)
			TRY(read_lds_file(inspection, row->id));
	}
	return CCCD_OK;
}

enum cccd_err step_portrait(struct inspection *inspection)
{
	return read_lds_file(inspection, CCCD_FILE_DG2);
}
