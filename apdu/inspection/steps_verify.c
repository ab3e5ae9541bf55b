/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs: Doc 9303-11 5.1, 6.1, 6.2 and the checks over the data. */
#include "apdu/inspection/steps.h"

#include "apdu/lds/dg15.h"
#include "apdu/lds/security_info.h"
#include "base/clock.h"
#include "base/error.h"

static void *verify_sod(void *context)
{
	struct inspection *inspection = context;
	uint64_t start = clock_steady_ms();

	inspection->verifier_err = passive_auth_check_sod(
	        file_bytes(inspection, CCCD_FILE_SOD), &inspection->in->trust,
	        &inspection->facts.sod);
	inspection->facts.ms[CCCD_CHECK_SECURITY_OBJECT_SIGNATURE] =
	        (uint32_t)(clock_steady_ms() - start);
	return NULL;
}

enum cccd_err start_verifier(struct inspection *inspection)
{
	if (inspection->verifying || inspection->facts.sod_checked)
		return CCCD_OK;
	/* Without a thread the same work is done here, only later. */
	if (pthread_create(&inspection->verifier, NULL, verify_sod,
	                   inspection) != 0)
		(void)verify_sod(inspection);
	else
		inspection->verifying = true;
	return CCCD_OK;
}

enum cccd_err join_verifier(struct inspection *inspection)
{
	if (inspection->verifying)
		(void)pthread_join(inspection->verifier, NULL);
	inspection->verifying = false;
	if (inspection->states[CCCD_FILE_SOD] != CCCD_FILE_READ)
		return CCCD_OK;
	inspection->facts.sod_checked = inspection->verifier_err == CCCD_OK;
	if (inspection->verifier_err != CCCD_OK)
		return fail(inspection->error, inspection->verifier_err,
		            "the security object could not be checked");
	return CCCD_OK;
}

/* The row of DG14 to use: strongest cipher first [TR-03110]. */
static const struct cccd_chip_auth_info *
best_chip_auth(const struct cccd_security_infos *infos)
{
	const struct cccd_chip_auth_info *best = NULL;

	for (size_t i = 0; i < infos->chip_auth_count; i++) {
		const struct cccd_chip_auth_info *info = &infos->chip_auth[i];

		if (info->version == 1 &&
		    security_infos_key_of(infos, info) != NULL &&
		    (best == NULL || info->cipher > best->cipher))
			best = info;
	}
	return best;
}

static struct chip_auth_key key_for(const struct cccd_security_infos *infos)
{
	const struct cccd_chip_auth_info *info = best_chip_auth(infos);
	const struct cccd_chip_auth_key_info *key = &infos->chip_auth_key[0];
	struct chip_auth_key ret = { 0 };

	if (info != NULL) {
		key = security_infos_key_of(infos, info);
		ret.protocol = bytes_span(info->protocol);
	}
	ret.spki = bytes_span(key->public_key);
	ret.has_key_id = key->has_key_id;
	ret.key_id = key->key_id;
	return ret;
}

enum cccd_err step_chip_auth(struct inspection *inspection)
{
	const struct chip_auth_key key = key_for(&inspection->dg14);
	struct inspection_facts *facts = &inspection->facts;
	uint64_t start = clock_steady_ms();

	facts->ca = (struct chip_auth_result){ 0 };
	TRY(chip_auth_run(&inspection->card, &key,
	                  lds_file(CCCD_FILE_DG14)->fid, &facts->ca));
	facts->ms[CCCD_CHECK_CHIP_AUTHENTICATION] =
	        (uint32_t)(clock_steady_ms() - start);
	if (!sm_is_open(&inspection->card.sm)) {
		error_reset(inspection->error);
		return fail_sw(inspection->error, CCCD_ERR_SM_BROKEN,
		               facts->ca.status_word,
		               "chip authentication ended the channel");
	}
	return CCCD_OK;
}

/* Whether the refusal may only be about lengths: chips that read short may
 * sign with extended ones, and long RSA keys need them [9303-11 6.1.4]. */
static bool asks_for_extended(const struct inspection *inspection)
{
	const struct reader_card *card = &inspection->reader_card;
	uint16_t sw = inspection->facts.aa.status_word;

	return !inspection->card.extended && !inspection->aa_extended &&
	       (sw == SW_WRONG_LENGTH || sw >> 8 == 0x6C) &&
	       card->max_command > READER_SHORT_COMMAND_MAX &&
	       card->max_response > READER_SHORT_RESPONSE_MAX;
}

/* A naked status word says no and takes the channel with it. */
static bool channel_ended(const struct inspection *inspection)
{
	return inspection->facts.opened && !sm_is_open(&inspection->card.sm);
}

static enum cccd_err sign_once(struct inspection *inspection, struct span key,
                               struct span algorithm, struct span challenge)
{
	struct card *card = &inspection->card;
	bool kept = card->extended;
	enum cccd_err err = CCCD_OK;

	card->extended = kept || inspection->aa_extended;
	err = active_auth_run(card, key, algorithm, challenge,
	                      &inspection->facts.aa);
	card->extended = kept;
	return err;
}

/* Where the refused length took the channel, the step comes again. */
static enum cccd_err let_sign(struct inspection *inspection, struct span key,
                              struct span algorithm, struct span challenge)
{
	struct active_auth_result *aa = &inspection->facts.aa;

	TRY(sign_once(inspection, key, algorithm, challenge));
	if (aa->outcome != ACTIVE_AUTH_REFUSED ||
	    !asks_for_extended(inspection))
		return CCCD_OK;
	inspection->aa_extended = true;
	aa->outcome = ACTIVE_AUTH_NOT_RUN;
	if (channel_ended(inspection))
		return CCCD_OK;
	return sign_once(inspection, key, algorithm, challenge);
}

enum cccd_err step_active_auth(struct inspection *inspection)
{
	const struct cccd_security_infos *dg14 = &inspection->dg14;
	struct inspection_facts *facts = &inspection->facts;
	uint8_t challenge[ACTIVE_AUTH_CHALLENGE_LEN] = { 0 };
	struct cccd_public_key key = { 0 };
	struct span algorithm = { 0 };
	uint64_t start = clock_steady_ms();

	facts->aa_wanted = true;
	if (dg15_parse(file_bytes(inspection, CCCD_FILE_DG15), &key) !=
	    CCCD_OK) {
		facts->aa.outcome = ACTIVE_AUTH_KEY_INVALID;
		return CCCD_OK;
	}
	if (dg14->active_auth_count > 0)
		algorithm =
		        bytes_span(dg14->active_auth[0].signature_algorithm);
	/* [pitfall 23] the caller's challenge or a fresh one. */
	if (inspection->in->challenge != NULL)
		memcpy(challenge, inspection->in->challenge, sizeof(challenge));
	else
		TRY(random_fill(inspection->in->random, challenge,
		                sizeof(challenge)));
	TRY(let_sign(inspection, bytes_span(key.whole), algorithm,
	             SPAN(challenge)));
	facts->ms[CCCD_CHECK_ACTIVE_AUTHENTICATION] =
	        (uint32_t)(clock_steady_ms() - start);
	if (channel_ended(inspection)) {
		error_reset(inspection->error);
		return fail_sw(inspection->error, CCCD_ERR_SM_BROKEN,
		               facts->aa.status_word,
		               "active authentication ended the channel");
	}
	return CCCD_OK;
}

static enum pa_group_read group_read(enum cccd_file_state state)
{
	static const enum pa_group_read reads[] = {
		[CCCD_FILE_NOT_READ] = PA_GROUP_NOT_READ,
		[CCCD_FILE_READ] = PA_GROUP_READ,
		[CCCD_FILE_MISSING] = PA_GROUP_MISSING,
		[CCCD_FILE_LOCKED] = PA_GROUP_REFUSED,
		[CCCD_FILE_REFUSED] = PA_GROUP_REFUSED,
		[CCCD_FILE_BAD] = PA_GROUP_REFUSED,
		[CCCD_FILE_ABORTED] = PA_GROUP_ABORTED,
	};

	return reads[state];
}

enum cccd_err check_groups(struct inspection *inspection)
{
	struct pa_files files = { 0 };

	if (!inspection->facts.sod_checked)
		return CCCD_OK;
	for (unsigned int group = 1; group < CCCD_GROUPS; group++) {
		const struct lds_file *row = lds_file_by_dg(group);

		files.read[group] = group_read(inspection->states[row->id]);
		files.group[group] = file_bytes(inspection, row->id);
		if ((row->flags & LDS_EAC) != 0)
			files.may_be_refused |= CCCD_GROUP_BIT(group);
	}
	files.com = file_bytes(inspection, CCCD_FILE_COM);
	files.com_state = group_read(inspection->states[CCCD_FILE_COM]);
	inspection->facts.groups = (struct passive_auth_groups){ 0 };
	TRY(passive_auth_check_groups(&inspection->facts.sod, &files,
	                              &inspection->facts.groups));
	inspection->facts.groups_checked = true;
	return CCCD_OK;
}

enum cccd_err step_passive_auth(struct inspection *inspection)
{
	TRY(join_verifier(inspection));
	return check_groups(inspection);
}

static bool pace_info_equal(const struct cccd_pace_info *a,
                            const struct cccd_pace_info *b)
{
	return span_equal(bytes_span(a->protocol), bytes_span(b->protocol)) &&
	       a->version == b->version &&
	       a->has_parameter_id == b->has_parameter_id &&
	       a->parameter_id == b->parameter_id;
}

/* Whether every PACEInfo of @part stands in @whole. */
static bool pace_repeated(const struct cccd_security_infos *part,
                          const struct cccd_security_infos *whole)
{
	for (size_t i = 0; i < part->pace_count; i++) {
		bool found = false;

		for (size_t j = 0; j < whole->pace_count && !found; j++)
			found = pace_info_equal(&part->pace[i],
			                        &whole->pace[j]);
		if (!found)
			return false;
	}
	return true;
}

/* EF.CardAccess could not be seen, but signed data says PACE is there. */
static struct auth_check hidden_access(const struct inspection *inspection)
{
	const struct cccd_security_infos used = {
		.pace = { inspection->channel.info },
		.pace_count = 1,
	};

	if (inspection->dg14.pace_count == 0)
		return auth_check_make(CCCD_NOT_SUPPORTED, "pace_not_offered");
	if (inspection->facts.access.protocol == CCCD_ACCESS_PACE &&
	    pace_repeated(&used, &inspection->dg14))
		return auth_check_make(CCCD_SUCCESSFUL, "pace_constant");
	return auth_check_make(CCCD_UNDETERMINED, "card_access_hidden");
}

/* [9303-11 9.2.11; TR-03105-5.1 LDS_J] EF.CardSecurity repeats it too: all
 * of it, and no other way to open the chip. It may hold more of the rest. */
static bool card_security_differs(const struct inspection *inspection)
{
	const struct cccd_security_infos *signed_infos =
	        &inspection->card_security;

	return inspection->facts.card_security.content.len > 0 &&
	       inspection->states[CCCD_FILE_CARD_ACCESS] == CCCD_FILE_READ &&
	       (!security_infos_contain(signed_infos,
	                                &inspection->card_access) ||
	        !pace_repeated(signed_infos, &inspection->card_access));
}

static struct auth_check compare_access(const struct inspection *inspection)
{
	const struct inspection_facts *facts = &inspection->facts;

	if (card_security_differs(inspection))
		return auth_check_make(CCCD_FAILED, "card_access_differs");
	if (facts->dg14_read != CCCD_FILE_READ)
		return auth_check_make(CCCD_NOT_SUPPORTED, "not_repeated");
	if (!facts->groups_checked ||
	    !passive_auth_covers(&facts->sod, &facts->groups, 14))
		return auth_check_make(CCCD_UNDETERMINED, "unbound");
	if (inspection->states[CCCD_FILE_CARD_ACCESS] != CCCD_FILE_READ)
		return hidden_access(inspection);
	/* Older documents do not repeat it [9303-11 9.2.11]. */
	if (inspection->dg14.pace_count == 0)
		return auth_check_make(CCCD_NOT_SUPPORTED, "not_repeated");
	if (pace_repeated(&inspection->card_access, &inspection->dg14) &&
	    pace_repeated(&inspection->dg14, &inspection->card_access))
		return auth_check_make(CCCD_SUCCESSFUL, NULL);
	return auth_check_make(CCCD_FAILED, "card_access_differs");
}

/* [9303-11 4.2; pitfall 5] What EF.CardAccess said must stand again, signed:
 * only this shows that it was stripped or edited. */
enum cccd_err step_access_info(struct inspection *inspection)
{
	struct inspection_facts *facts = &inspection->facts;

	facts->card_access = compare_access(inspection);
	/* The rest should be repeated too, but opens no door. */
	if (facts->card_access.verdict == CCCD_SUCCESSFUL &&
	    !security_infos_contain(&inspection->dg14,
	                            &inspection->card_access))
		auth_findings_add(&facts->findings, "card_access_not_repeated",
		                  0);
	return CCCD_OK;
}
