/* SPDX-License-Identifier: Apache-2.0 */
/* A saved reading proven again, without its card. */
#include "apdu/inspection/steps.h"

#include "apdu/auth/chip_auth.h"
#include "apdu/lds/dg15.h"
#include "apdu/lds/security_info.h"

/* A group that was not read then is not read now. */
static enum cccd_err again_chip(struct inspection *inspection)
{
	struct inspection_facts *facts = &inspection->facts;

	facts->dg14_read = inspection->states[CCCD_FILE_DG14];
	facts->dg15_read = inspection->states[CCCD_FILE_DG15];
	if (facts->dg14_read != CCCD_FILE_READ)
		return CCCD_OK;
	return step_dg14(inspection);
}

/* The signature that the chip made then, judged now. */
static enum cccd_err again_active(struct inspection *inspection)
{
	struct active_auth_result *aa = &inspection->facts.aa;
	const struct cccd_security_infos *dg14 = &inspection->dg14;
	struct cccd_public_key key = { 0 };
	struct span algorithm = { 0 };

	if (aa->outcome != ACTIVE_AUTH_VALID &&
	    aa->outcome != ACTIVE_AUTH_INVALID)
		return CCCD_OK;
	inspection->facts.aa_wanted = true;
	if (dg15_parse(file_bytes(inspection, CCCD_FILE_DG15), &key) !=
	    CCCD_OK) {
		aa->outcome = ACTIVE_AUTH_KEY_INVALID;
		return CCCD_OK;
	}
	if (dg14->active_auth_count > 0)
		algorithm =
		        bytes_span(dg14->active_auth[0].signature_algorithm);
	return active_auth_verify(
	        bytes_span(key.whole), algorithm, SPAN(aa->challenge),
	        span_of(aa->signature, aa->signature_len), aa);
}

enum cccd_err inspection_reprove(struct inspection *inspection)
{
	struct inspection_facts *facts = &inspection->facts;

	/* EF.CardAccess was hidden: DG14 must repeat what was used. */
	if (facts->access.pace_constant)
		inspection->channel.info = pace_constant_info();
	facts->sod_read = inspection->states[CCCD_FILE_SOD];
	if (facts->sod_read == CCCD_FILE_READ)
		TRY(start_verifier(inspection));
	TRY(join_verifier(inspection));
	TRY(again_chip(inspection));
	TRY(again_active(inspection));
	if (facts->cam != CAM_NOT_RUN)
		TRY(prove_mapping(inspection));
	TRY(check_groups(inspection));
	return step_access_info(inspection);
}
