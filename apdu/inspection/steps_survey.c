/* SPDX-License-Identifier: Apache-2.0 */
/* Files that no proof needs, for knowing a kind of card: Doc 9303-10 3.11. */
#include "apdu/inspection/steps.h"

#include "apdu/lds/lds.h"
#include "base/error.h"

enum cccd_err step_survey_master_file(struct inspection *inspection)
{
	return read_master_file(inspection, CCCD_FILE_DIR, false);
}

/* By file identifier: a refused short one says less, and some chips close
 * the channel over it. */
static enum cccd_err ask_for(struct inspection *inspection, enum cccd_file file)
{
	const struct lds_file *row = lds_file(file);
	struct transfer *transfer = &inspection->files[file];

	if (transfer->fid == 0) {
		*transfer = transfer_make(row->fid, 0, row->max);
		/* EF.CVCA: references in a row, then padding. */
		transfer->unframed = row->tag == 0;
	}
	return read_lds_file(inspection, file);
}

/*
 * Only here, before the application is selected, can the file be asked for:
 * the citizen card does not go back to its master file. One question: the
 * answer may cost the channel, and with a new one the walk begins anew.
 */
enum cccd_err step_survey_card_security(struct inspection *inspection)
{
	enum cccd_err err = CCCD_OK;

	inspection->card_security_asked = true;
	err = ask_for(inspection, CCCD_FILE_CARD_SECURITY);
	inspection->card_security_seen =
	        inspection->states[CCCD_FILE_CARD_SECURITY];
	return err;
}

/* The citizen card shows EF.CardAccess under the same identifier. */
static bool is_card_access(const struct inspection *inspection,
                           enum cccd_file file)
{
	struct span bytes = file_bytes(inspection, file);

	return bytes.len > 0 &&
	       span_equal(bytes, file_bytes(inspection, CCCD_FILE_CARD_ACCESS));
}

/* The last step: what a refusal does to the channel harms nothing. */
enum cccd_err step_survey_application(struct inspection *inspection)
{
	enum cccd_err err = ask_for(inspection, CCCD_FILE_CVCA);

	if (err == CCCD_OK && is_card_access(inspection, CCCD_FILE_CVCA))
		inspection->states[CCCD_FILE_CVCA] = CCCD_FILE_MISSING;
	if (err != CCCD_ERR_SM_BROKEN)
		return err;
	if (inspection->states[CCCD_FILE_CVCA] == CCCD_FILE_NOT_READ)
		inspection->states[CCCD_FILE_CVCA] = CCCD_FILE_REFUSED;
	error_reset(inspection->error);
	return CCCD_OK;
}
