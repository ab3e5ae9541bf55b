/* SPDX-License-Identifier: Apache-2.0 */
/* From a profile to a card: keys, files, hashes, the SOD, then defects. */
#include "tests/sim/build.h"

#include <stdlib.h>

enum { PADDING_ROUNDS = 16 };

/* ATR of a contactless reader for a chip without historical bytes.
 * [PC/SC part 3, 3.1.3.2.3.1] */
static const uint8_t default_atr[] = { 0x3B, 0x80, 0x80, 0x01, 0x01 };

/* Pad until the file has the size that the profile wants. */
static enum cccd_err build_sized(struct sim_card *card, enum sim_file_id id,
                                 struct buf *ret)
{
	size_t want = card->profile->files[id].size;
	size_t pad = 0;

	TRY(sim_build_file(card, id, 0, ret));
	for (int i = 0; want != 0 && i < PADDING_ROUNDS; i++) {
		if (ret->len == want)
			return CCCD_OK;
		if (want < ret->len && pad < ret->len - want)
			return CCCD_ERR_DATA_TOO_LARGE;
		pad = pad + want - ret->len;
		/* The first round pays for the container of the padding. */
		if (i == 0 && pad > 32)
			pad -= 16;
		buf_reset(ret);
		TRY(sim_build_file(card, id, pad, ret));
	}
	return want == 0 || ret->len == want ? CCCD_OK
	                                     : CCCD_ERR_DATA_UNSUPPORTED;
}

/* Files that are there unless the profile says no. */
static bool wanted(const struct sim_card *card, enum sim_file_id id)
{
	const struct sim_profile *profile = card->profile;

	if (profile->files[id].present != SIM_NONE)
		return profile->files[id].present == SIM_YES;
	if (profile->files[id].content.len > 0)
		return true;
	switch ((int)id) {
	case SIM_FILE_COM:
	case SIM_FILE_DG1:
	case SIM_FILE_SOD: return true;
	case SIM_FILE_DG2: return strcmp(profile->portrait, "none") != 0;
	case SIM_FILE_DG11: return profile->dg11.full_name[0] != '\0';
	case SIM_FILE_DG12: return profile->dg12.authority[0] != '\0';
	case SIM_FILE_DG13: return profile->dg13.fields[1][0] != '\0';
	case SIM_FILE_DG14:
		return profile->chip_auth.count > 0 ||
		       profile->access.pace_count > 0;
	case SIM_FILE_DG15:
		return strcmp(profile->active_auth.type, "none") != 0;
	case SIM_FILE_CARD_ACCESS: return profile->access.pace_count > 0;
	default: return false;
	}
}

static enum cccd_err make_file(struct sim_card *card, enum sim_file_id id,
                               struct cccd_error *error)
{
	const struct sim_file_profile *how = &card->profile->files[id];
	struct chip_file *file = &card->files[id];
	enum cccd_err err;

	file->locked = how->locked;
	if (!wanted(card, id))
		return CCCD_OK;
	file->present = true;
	file->bytes = buf_make(SIM_DER_MAX);
	err = how->content.len > 0
	              ? buf_set(&file->bytes, buf_span(&how->content))
	              : build_sized(card, id, &file->bytes);
	if (err != CCCD_OK)
		return fail(error, CCCD_ERR_DATA_MALFORMED,
		            "profile: file %u cannot be made (%s)",
		            (unsigned int)id, cccd_err_code(err));
	return CCCD_OK;
}

/* A data group that is on the chip but "in_sod": false has no hash; one
 * that is in the SOD but "present": false is stripped afterwards. */
static enum cccd_err make_groups(struct sim_card *card,
                                 struct cccd_error *error)
{
	enum digest_id id = sim_digest_by_name(card->profile->sod.digest);

	if (id == DIGEST_NONE)
		return fail(error, CCCD_ERR_DATA_MALFORMED,
		            "profile: sod.digest is not known");
	for (int i = SIM_FILE_DG1; i <= SIM_FILE_DG16; i++) {
		struct chip_file *file = &card->files[i];

		TRY(make_file(card, (enum sim_file_id)i, error));
		if (file->present)
			TRY(digest_compute(id, buf_span(&file->bytes),
			                   &file->digest));
	}
	return CCCD_OK;
}

/* A length that lies, bytes that were changed, bytes behind the end. */
static enum cccd_err spoil(struct sim_card *card, enum sim_file_id id)
{
	const struct sim_file_profile *how = &card->profile->files[id];
	struct buf *bytes = &card->files[id].bytes;
	BUF made = buf_make(SIM_DER_MAX);
	struct span rest = buf_span(bytes);
	struct span value;
	uint32_t tag;

	if (!card->files[id].present)
		return CCCD_OK;
	if (how->stripped) {
		card->files[id].present = false;
		return CCCD_OK;
	}
	for (size_t i = 0; i < how->edit.len && how->offset + i < bytes->len;
	     i++)
		bytes->at[how->offset + i] = how->edit.at[i];
	if (how->lying && sim_der_next(&rest, &tag, &value)) {
		uint8_t head[] = { (uint8_t)tag,
			           0x84,
			           (uint8_t)(how->length >> 24),
			           (uint8_t)(how->length >> 16),
			           (uint8_t)(how->length >> 8),
			           (uint8_t)how->length };

		TRY(buf_append(&made, SPAN(head)));
		TRY(buf_append(&made, value));
		TRY(buf_set(bytes, buf_span(&made)));
	}
	return how->tail.len > 0 ? buf_append(bytes, buf_span(&how->tail))
	                         : CCCD_OK;
}

static void set_secret(struct sim_card *card, const char *which,
                       const char *text)
{
	for (size_t i = 0; i < CHIP_SECRETS_MAX; i++) {
		struct chip_secret *secret = &card->secrets[i];

		if (secret->which == NULL && strlen(text) < SIM_TEXT_MAX &&
		    text[0] != '\0') {
			secret->which = which;
			memcpy(secret->text, text, strlen(text) + 1);
			return;
		}
	}
}

static enum cccd_err make_secrets(struct sim_card *card)
{
	const struct sim_document *document = &card->profile->document;
	struct sim_mrz mrz;
	size_t len = strlen(document->id_number);

	TRY(sim_mrz_make(document, &mrz));
	set_secret(card, "mrz", mrz.information);
	set_secret(card, "mrz_lines", mrz.lines);
	set_secret(card, "document_number", mrz.number);
	set_secret(card, "birth", document->birth);
	set_secret(card, "expiry", document->expiry);
	set_secret(card, "id_number", document->id_number);
	/* [cccd-card 3.2] Six last digits, where no other CAN is given. */
	if (document->can[0] != '\0')
		set_secret(card, "can", document->can);
	else if (len >= 6)
		set_secret(card, "can", document->id_number + len - 6);
	set_secret(card, "pin", document->pin);
	set_secret(card, "puk", document->puk);
	return CCCD_OK;
}

static void free_pki(struct sim_pki *pki)
{
	sim_pki_release(pki);
}

static enum cccd_err make_pki(struct sim_card *card)
{
	CLEANUP(free_pki) struct sim_pki pki = { .ds = { .secret = NULL } };

	card->csca = buf_make(SIM_DER_MAX);
	card->ds = buf_make(SIM_DER_MAX);
	card->crl = buf_make(SIM_DER_MAX);
	TRY(sim_pki_make(card->profile, &pki));
	TRY(sim_pki_csca(card->profile, &pki, &card->csca));
	TRY(sim_pki_ds(card->profile, &pki, 0, &card->ds));
	return sim_pki_crl(card->profile, &pki, &card->crl);
}

static void set_atr(struct sim_card *card)
{
	const struct buf *atr = &card->profile->behaviour.atr;
	struct span bytes = atr->len > 0 && atr->len <= sizeof(card->atr)
	                            ? buf_span(atr)
	                            : SPAN(default_atr);

	memcpy(card->atr, bytes.at, bytes.len);
	card->atr_len = bytes.len;
}

static enum cccd_err make_others(struct sim_card *card,
                                 struct cccd_error *error)
{
	static const enum sim_file_id order[] = {
		SIM_FILE_COM,         SIM_FILE_SOD,           SIM_FILE_CVCA,
		SIM_FILE_CARD_ACCESS, SIM_FILE_CARD_SECURITY, SIM_FILE_ATR_INFO,
		SIM_FILE_DIR,
	};

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		TRY(make_file(card, order[i], error));
	return CCCD_OK;
}

enum cccd_err sim_personalise(struct sim_card *card, struct cccd_error *error)
{
	enum cccd_err err =
	        sim_rng_init(card->profile->seed, "chip", &card->rng);

	set_atr(card);
	for (size_t i = 0; i < SIM_PASSWORDS; i++)
		card->tries_left[i] = card->profile->access.tries;
	if (err == CCCD_OK)
		err = make_secrets(card);
	if (err == CCCD_OK)
		err = sim_build_keys(card);
	if (err == CCCD_OK)
		err = make_pki(card);
	if (err != CCCD_OK)
		return fail(error, CCCD_ERR_DATA_MALFORMED,
		            "profile: document, key or certificate (%s)",
		            cccd_err_code(err));
	TRY(make_groups(card, error));
	TRY(make_others(card, error));
	for (int i = 0; i < SIM_FILES; i++)
		TRY(spoil(card, (enum sim_file_id)i));
	return CCCD_OK;
}
