/* SPDX-License-Identifier: Apache-2.0 */
/* From a powered card to a channel: Doc 9303-11 4.2, 4.3, 4.4. */
#include "apdu/inspection/steps.h"

#include "apdu/access/bac.h"
#include "apdu/auth/chip_auth.h"
#include "apdu/lds/atr_info.h"
#include "apdu/lds/security_info.h"
#include "base/error.h"

/* PACEInfo of the citizen card, by public reports: only where the chip does
 * not show EF.CardAccess, and the result says so [cccd-card 3.1]. */
static const uint8_t cccd_pace_oid[] = { 0x04, 0x00, 0x7F, 0x00, 0x07,
	                                 0x02, 0x02, 0x04, 0x02, 0x02 };
enum { CCCD_PACE_PARAMETER_ID = 13 };

static enum cccd_err attempt_password(const struct access_attempt *attempt,
                                      struct password *ret)
{
	static const enum password_type types[] = {
		[ACCESS_CAN] = PASSWORD_CAN,
		[ACCESS_MRZ] = PASSWORD_MRZ,
		[ACCESS_PIN] = PASSWORD_PIN,
		[ACCESS_PUK] = PASSWORD_PUK,
	};

	return password_set(types[attempt->password],
	                    span_of(attempt->value, attempt->len), ret);
}

/* Errors that end an attempt to see a file, but not the session. */
static bool is_card_saying_no(enum cccd_err err)
{
	switch ((unsigned int)err) {
	case CCCD_ERR_CARD_FILE_MISSING:
	case CCCD_ERR_CARD_FILE_LOCKED:
	case CCCD_ERR_CARD_REFUSED:
	case CCCD_ERR_CARD_PROTOCOL:
	case CCCD_ERR_DATA_TRUNCATED:
	case CCCD_ERR_DATA_MALFORMED:
	case CCCD_ERR_DATA_TOO_LARGE: return true;
	default: return false;
	}
}

/* What is learnt here about lengths says nothing about protected reads. */
enum cccd_err read_master_file(struct inspection *inspection,
                               enum cccd_file file, bool by_sfi)
{
	const struct lds_file *row = lds_file(file);
	struct transfer *transfer = &inspection->files[file];
	struct card_memory memory = *inspection->memory;
	enum cccd_err err = CCCD_OK;

	transfer_release(transfer);
	*transfer = transfer_make(row->fid, row->sfi, row->max);
	/* EF.ATR/INFO and EF.DIR are rows of objects, not one. */
	transfer->unframed = row->tag == 0;
	memory.no_sfi = !by_sfi;
	memory.extended = EXTENDED_REFUSED;
	err = read_file(&inspection->card, &memory, transfer);
	if (err == CCCD_OK) {
		inspection->states[file] = CCCD_FILE_READ;
		return CCCD_OK;
	}
	if (!is_card_saying_no(err))
		return err;
	inspection->states[file] = err == CCCD_ERR_CARD_FILE_MISSING
	                                   ? CCCD_FILE_MISSING
	                                   : CCCD_FILE_REFUSED;
	transfer->bytes.len = 0;
	error_reset(inspection->error);
	return CCCD_OK;
}

/* SELECT of the master file, in the forms that chips take [emrtd 5.3]. */
static enum cccd_err select_master_file(struct inspection *inspection,
                                        bool *ret_done)
{
	static const uint8_t mf[] = { 0x3F, 0x00 };
	const struct command forms[] = {
		{ .ins = 0xA4, .p1 = 0x00, .p2 = 0x0C, .data = SPAN(mf) },
		{ .ins = 0xA4, .p1 = 0x00, .p2 = 0x0C },
	};
	struct response response = { 0 };

	*ret_done = false;
	for (size_t i = 0; i < ARRAY_LEN(forms) && !*ret_done; i++) {
		TRY(card_exchange(&inspection->card, &forms[i], &response));
		*ret_done = response.sw == SW_OK;
	}
	return CCCD_OK;
}

/* The file by identifier, by short identifier, then after the MF: the first
 * form is the one confirmed on the citizen card, which refuses the last. */
static enum cccd_err see_card_access(struct inspection *inspection)
{
	const enum cccd_file_state *state =
	        &inspection->states[CCCD_FILE_CARD_ACCESS];
	bool done = false;

	TRY(read_master_file(inspection, CCCD_FILE_CARD_ACCESS, false));
	if (*state == CCCD_FILE_READ)
		return CCCD_OK;
	TRY(read_master_file(inspection, CCCD_FILE_CARD_ACCESS, true));
	if (*state == CCCD_FILE_READ)
		return CCCD_OK;
	TRY(select_master_file(inspection, &done));
	if (!done)
		return CCCD_OK;
	return read_master_file(inspection, CCCD_FILE_CARD_ACCESS, false);
}

/* The file is still selected: any file readable in the clear will do. */
static enum cccd_err probe_lengths(struct inspection *inspection)
{
	if (!inspection->card.extended ||
	    inspection->states[CCCD_FILE_CARD_ACCESS] != CCCD_FILE_READ)
		return CCCD_OK;
	TRY(card_probe_extended(&inspection->card, inspection->memory));
	inspection->card.extended =
	        inspection->memory->extended == EXTENDED_WORKS;
	return CCCD_OK;
}

enum cccd_err step_card_access(struct inspection *inspection)
{
	struct cccd_access *access = &inspection->facts.access;
	struct span file = { 0 };

	TRY(see_card_access(inspection));
	TRY(probe_lengths(inspection));
	file = file_bytes(inspection, CCCD_FILE_CARD_ACCESS);
	if (file.len == 0)
		return CCCD_OK;
	if (security_infos_parse(file, &inspection->card_access) != CCCD_OK) {
		wipe(&inspection->card_access, sizeof(inspection->card_access));
		auth_findings_add(&inspection->facts.findings,
		                  "card_access_malformed", 0);
		return CCCD_OK;
	}
	access->pace_visible = true;
	return CCCD_OK;
}

enum cccd_err step_atr_info(struct inspection *inspection)
{
	struct cccd_atr_info info = { 0 };

	TRY(read_master_file(inspection, CCCD_FILE_ATR_INFO, false));
	if (atr_info_parse(file_bytes(inspection, CCCD_FILE_ATR_INFO), &info) !=
	    CCCD_OK)
		return CCCD_OK;
	if (info.max_response != 0)
		inspection->memory->max_response = info.max_response;
	return CCCD_OK;
}

/* Rank of a PACEInfo we can run: chip authentication mapping proves the
 * chip at once; generic is what every terminal knows. 0: cannot. */
static unsigned int pace_rank(const struct cccd_pace_info *info)
{
	static const unsigned int mapping[] = {
		[CCCD_PACE_MAPPING_NONE] = 0,
		[CCCD_PACE_MAPPING_IM] = 10,
		[CCCD_PACE_MAPPING_GM] = 20,
		[CCCD_PACE_MAPPING_CAM] = 30,
	};

	/* [9303-11 9.5.1] 0-2 are groups of integers, 8-18 curves. */
	bool known =
	        info->has_parameter_id &&
	        (info->key_agreement == CCCD_KEY_AGREEMENT_DH
	                 ? info->parameter_id <= 2
	                 : info->parameter_id >= 8 && info->parameter_id <= 18);

	if (!known || info->version != 2 || info->cipher == CCCD_CIPHER_NONE)
		return 0;
	return mapping[info->mapping] == 0
	               ? 0
	               : mapping[info->mapping] + (unsigned int)info->cipher;
}

/* The best PACEInfo below @limit, which becomes its rank. */
static const struct cccd_pace_info *
next_pace(const struct cccd_security_infos *infos, unsigned int *limit)
{
	const struct cccd_pace_info *best = NULL;
	unsigned int best_rank = 0;

	for (size_t i = 0; i < infos->pace_count; i++) {
		unsigned int rank = pace_rank(&infos->pace[i]);

		if (rank > best_rank && rank < *limit) {
			best = &infos->pace[i];
			best_rank = rank;
		}
	}
	*limit = best_rank;
	return best;
}

/* [9303-11 4.4.4.1] DO'84' is needed when several sets are on offer. */
static bool is_ambiguous(const struct cccd_security_infos *infos)
{
	for (size_t i = 1; i < infos->pace_count; i++)
		if (infos->pace[i].parameter_id != infos->pace[0].parameter_id)
			return true;
	return infos->pace_domain_count > 1;
}

/* [cccd-card 3.1] generic mapping, AES-128, brainpoolP256r1. */
struct cccd_pace_info pace_constant_info(void)
{
	return (struct cccd_pace_info){
		.protocol = { cccd_pace_oid, sizeof(cccd_pace_oid) },
		.key_agreement = CCCD_KEY_AGREEMENT_ECDH,
		.mapping = CCCD_PACE_MAPPING_GM,
		.cipher = CCCD_CIPHER_AES128,
		.version = 2,
		.parameter_id = CCCD_PACE_PARAMETER_ID,
		.has_parameter_id = true,
	};
}

static const char *cipher_name(enum cipher_id cipher)
{
	static const char *const names[] = {
		[CIPHER_NONE] = "",         [CIPHER_3DES] = "3des",
		[CIPHER_AES128] = "aes128", [CIPHER_AES192] = "aes192",
		[CIPHER_AES256] = "aes256",
	};

	return names[cipher];
}

static const char *mapping_name(enum cccd_pace_mapping mapping)
{
	static const char *const names[] = {
		[CCCD_PACE_MAPPING_NONE] = "",
		[CCCD_PACE_MAPPING_GM] = "gm",
		[CCCD_PACE_MAPPING_IM] = "im",
		[CCCD_PACE_MAPPING_CAM] = "cam",
	};

	return names[mapping];
}

static void note_pace(struct inspection *inspection)
{
	const struct pace_result *pace = &inspection->channel.pace;
	struct cccd_access *access = &inspection->facts.access;

	access->protocol = CCCD_ACCESS_PACE;
	access->password = password_type_name(pace->password);
	access->mapping = mapping_name(pace->mapping);
	access->cipher = cipher_name(pace->cipher);
	access->domain_id = pace->domain_id;
	access->parameter_id_retried = pace->retried;
	access->pace_constant = !access->pace_visible;
	inspection->facts.opened = true;
}

/* One run of PACE; a refusal that is no refused password is a fact. */
static enum cccd_err try_pace(struct inspection *inspection,
                              const struct access_attempt *attempt,
                              const struct cccd_pace_info *info)
{
	struct inspection_channel *channel = &inspection->channel;
	CLEANUP(password_wipe) struct password password = { 0 };
	const struct pace_options options = {
		.parameter_id_ambiguous = channel->ambiguous,
	};
	enum cccd_err err = CCCD_OK;

	TRY(attempt_password(attempt, &password));
	channel->info = *info;
	channel->pace = (struct pace_result){ 0 };
	err = pace_run(&inspection->card, info, &options, &password,
	               &channel->pace);
	if (err == CCCD_ERR_CARD_PASSWORD || err == CCCD_ERR_CARD_BLOCKED)
		inspection->error->tries_left = channel->pace.tries_left;
	/* Step 4 judges nothing but the password, whatever the chip calls its
	 * refusal: no other attempt may follow [pitfall 25]. */
	if (err == CCCD_ERR_CARD_REFUSED &&
	    channel->pace.failed_step == PACE_LAST_STEP) {
		error_reset(inspection->error);
		return fail_sw(inspection->error, CCCD_ERR_CARD_PASSWORD,
		               channel->pace.status_word,
		               "PACE step 4 was refused");
	}
	/* A PACEInfo that we do not speak after all: perhaps the next one. */
	if (err == CCCD_ERR_CRYPTO_UNSUPPORTED &&
	    channel->pace.failed_step == 0) {
		error_reset(inspection->error);
		return CCCD_OK;
	}
	if (err == CCCD_ERR_CARD_REFUSED) {
		inspection->facts.access.pace_status =
		        channel->pace.status_word;
		error_reset(inspection->error);
		return CCCD_OK;
	}
	TRY(err);
	channel->attempt = attempt;
	note_pace(inspection);
	return CCCD_OK;
}

/* One password over the PACEInfos on offer, best first. */
static enum cccd_err try_attempt(struct inspection *inspection,
                                 const struct access_attempt *attempt)
{
	const struct cccd_security_infos *infos = &inspection->card_access;
	const struct cccd_pace_info constant = pace_constant_info();
	const struct cccd_pace_info *info = NULL;
	unsigned int limit = UINT32_MAX;

	if (!inspection->facts.access.pace_visible) {
		if (inspection->constant_refused)
			return CCCD_OK;
		TRY(try_pace(inspection, attempt, &constant));
		inspection->constant_refused = !inspection->facts.opened;
		return CCCD_OK;
	}
	while (!inspection->facts.opened &&
	       (info = next_pace(infos, &limit)) != NULL)
		TRY(try_pace(inspection, attempt, info));
	return CCCD_OK;
}

enum cccd_err step_pace(struct inspection *inspection)
{
	const struct access_plan *plan = inspection->in->plan;
	unsigned int limit = UINT32_MAX;

	inspection->channel.ambiguous = is_ambiguous(&inspection->card_access);
	inspection->facts.access.pace_offered =
	        next_pace(&inspection->card_access, &limit) != NULL;
	for (size_t i = 0; i < plan->count && !inspection->facts.opened; i++)
		if (plan->attempts[i].protocol == ACCESS_PACE)
			TRY(try_attempt(inspection, &plan->attempts[i]));
	return CCCD_OK;
}

/* [9303-11 4.4.3.5] The key that the mapping proved must be signed. */
static enum cam_outcome judge_cam(struct inspection *inspection)
{
	const struct pace_result *pace = &inspection->channel.pace;
	const struct cccd_security_infos *infos = &inspection->card_security;
	enum chip_auth_outcome outcome = CHIP_AUTH_NOT_RUN;

	for (size_t i = 0; i < infos->chip_auth_key_count; i++) {
		const struct cccd_chip_auth_key_info *key =
		        &infos->chip_auth_key[i];

		if (key->has_key_id &&
		    key->key_id != inspection->channel.info.parameter_id)
			continue;
		if (chip_auth_check_mapping(
		            bytes_span(key->public_key), pace->domain_id,
		            span_of(pace->chip_auth_data,
		                    pace->chip_auth_data_len),
		            public_value_span(&pace->map_public),
		            &outcome) != CCCD_OK)
			continue;
		if (outcome == CHIP_AUTH_PROVEN)
			return CAM_PROVEN;
	}
	return outcome == CHIP_AUTH_NOT_RUN ? CAM_NO_KEY : CAM_WRONG;
}

enum cccd_err prove_mapping(struct inspection *inspection)
{
	struct inspection_facts *facts = &inspection->facts;
	struct span file = file_bytes(inspection, CCCD_FILE_CARD_SECURITY);

	facts->cam = CAM_FILE_REFUSED;
	if (file.len == 0)
		return CCCD_OK;
	pa_object_release(&facts->card_security);
	TRY(card_security_check(file, &inspection->in->trust,
	                        &facts->card_security));
	facts->card_security_checked = true;
	facts->cam = CAM_KEY_UNVERIFIED;
	if (facts->card_security.content.len == 0 ||
	    security_infos_parse(buf_span(&facts->card_security.content),
	                         &inspection->card_security) != CCCD_OK)
		return CCCD_OK;
	facts->cam = judge_cam(inspection);
	return CCCD_OK;
}

enum cccd_err step_card_security(struct inspection *inspection)
{
	const enum cccd_file_state *state =
	        &inspection->states[CCCD_FILE_CARD_SECURITY];
	enum cccd_err err = read_lds_file(inspection, CCCD_FILE_CARD_SECURITY);

	/* Refused with the end of the channel: the answer is known, and not
	 * asked for again in the next one. */
	if (err == CCCD_ERR_SM_BROKEN && *state != CCCD_FILE_NOT_READ)
		inspection->card_security_seen = *state;
	TRY(err);
	return prove_mapping(inspection);
}

enum cccd_err step_application(struct inspection *inspection)
{
	struct response response = { 0 };

	TRY(card_select_application(&inspection->card,
	                            span_of(lds1_aid, sizeof(lds1_aid)),
	                            &response));
	if (response.sw != SW_OK)
		return fail_sw(inspection->error, CCCD_ERR_CARD_UNSUPPORTED,
		               response.sw, "no eMRTD application");
	return CCCD_OK;
}

static const struct access_attempt *bac_attempt(const struct access_plan *plan)
{
	for (size_t i = 0; plan != NULL && i < plan->count; i++)
		if (plan->attempts[i].protocol == ACCESS_BAC)
			return &plan->attempts[i];
	return NULL;
}

static enum cccd_err run_bac(struct inspection *inspection,
                             const struct access_attempt *attempt)
{
	CLEANUP(password_wipe) struct password password = { 0 };

	TRY(attempt_password(attempt, &password));
	TRY(bac_run(&inspection->card, &password));
	inspection->channel.attempt = attempt;
	inspection->facts.opened = true;
	inspection->facts.access.protocol = CCCD_ACCESS_BAC;
	inspection->facts.access.password = password_type_name(password.type);
	inspection->facts.access.domain_id = -1;
	return CCCD_OK;
}

/* [9303-11 4.2] Whether the files can be read as they are: then there was
 * nothing to open. Else @cause is what ends the session. */
static enum cccd_err read_plainly(struct inspection *inspection,
                                  enum cccd_err cause)
{
	const struct cccd_error why = *inspection->error;
	enum cccd_file_state *state = &inspection->states[CCCD_FILE_SOD];

	error_reset(inspection->error);
	TRY(read_lds_file(inspection, CCCD_FILE_SOD));
	inspection->facts.plain = *state == CCCD_FILE_READ;
	if (inspection->facts.plain)
		return CCCD_OK;
	*state = CCCD_FILE_NOT_READ;
	*inspection->error = why;
	return cause;
}

/* With the key there is, or an error that names what is missing. */
static enum cccd_err open_by_bac(struct inspection *inspection)
{
	const struct access_attempt *attempt =
	        bac_attempt(inspection->in->plan);
	struct cccd_access *access = &inspection->facts.access;
	uint32_t flags = inspection->in->options.flags;

	if (attempt == NULL || (flags & CCCD_NO_BAC) != 0)
		return fail_sw(inspection->error,
		               access->pace_offered
		                       ? CCCD_ERR_CARD_REFUSED
		                       : CCCD_ERR_USAGE_KEY_MISSING,
		               access->pace_status,
		               "the chip does not open with PACE and this "
		               "password; BAC needs the MRZ");
	/* [pitfall 5] never silently. */
	access->downgraded = access->pace_offered;
	if (access->downgraded && (flags & CCCD_REFUSE_DOWNGRADE) != 0)
		return fail_sw(inspection->error, CCCD_ERR_POLICY_DOWNGRADE,
		               access->pace_status,
		               "PACE was offered and failed");
	if (access->downgraded)
		auth_findings_add(&inspection->facts.findings, "pace_downgrade",
		                  0);
	return run_bac(inspection, attempt);
}

enum cccd_err step_bac(struct inspection *inspection)
{
	enum cccd_err err = CCCD_OK;

	/* Without any key: perhaps a document without access control. */
	if (inspection->in->plan == NULL || inspection->in->plan->count == 0) {
		inspection->facts.plain = true;
		return CCCD_OK;
	}
	err = open_by_bac(inspection);
	if ((err == CCCD_ERR_CARD_BAC_NOT_OFFERED ||
	     err == CCCD_ERR_USAGE_KEY_MISSING) &&
	    !inspection->facts.access.pace_offered)
		return read_plainly(inspection, err);
	return err;
}

/* The chip that proved itself by the mapping must do so again. */
static enum cccd_err map_again(struct inspection *inspection)
{
	if (inspection->facts.cam == CAM_PROVEN &&
	    judge_cam(inspection) != CAM_PROVEN)
		return fail(inspection->error, CCCD_ERR_CARD_CHANGED,
		            "the mapping's proof failed on resuming");
	return CCCD_OK;
}

enum cccd_err open_again(struct inspection *inspection)
{
	struct inspection_channel *channel = &inspection->channel;
	enum cccd_err err = CCCD_OK;

	if (channel->attempt == NULL)
		return step_application(inspection);
	if (channel->attempt->protocol == ACCESS_PACE) {
		inspection->facts.opened = false;
		err = try_pace(inspection, channel->attempt, &channel->info);
		if (err == CCCD_OK && !inspection->facts.opened)
			err = CCCD_ERR_CARD_PASSWORD;
		if (err == CCCD_OK)
			err = map_again(inspection);
		if (err == CCCD_OK)
			return step_application(inspection);
	} else {
		TRY(step_application(inspection));
		err = run_bac(inspection, channel->attempt);
	}
	/* It took this password before: it is not the same card. */
	if (err == CCCD_ERR_CARD_PASSWORD) {
		error_reset(inspection->error);
		return fail(inspection->error, CCCD_ERR_CARD_CHANGED,
		            "the access key is refused now");
	}
	return err;
}
