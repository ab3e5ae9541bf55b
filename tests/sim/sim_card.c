/* SPDX-License-Identifier: Apache-2.0 */
/* The card as its users hold it: load, ask, free. */
#include "tests/sim/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void release_keys(struct sim_card *card)
{
	for (size_t i = 0; i < SIM_CA_MAX; i++) {
		sim_group_release(&card->ca[i].group);
		sim_number_release(&card->ca[i].secret);
		sim_element_release(&card->ca[i].public_key);
		buf_release(&card->ca[i].public_info);
	}
	sim_rsa_release(&card->aa.rsa);
	sim_group_release(&card->aa.group);
	sim_number_release(&card->aa.secret);
	buf_release(&card->aa.public_info);
}

/* A card that is laid on instead belongs to the one it replaces; chains of
 * them end with the first that names nobody. */
void sim_card_free(struct sim_card *card)
{
	while (card != NULL) {
		struct sim_card *next = card->reinserted;

		for (size_t i = 0; i < SIM_FILES; i++)
			buf_release(&card->files[i].bytes);
		release_keys(card);
		buf_release(&card->csca);
		buf_release(&card->ds);
		buf_release(&card->crl);
		buf_release(&card->last_response);
		chip_pace_reset(&card->state.pace);
		buf_release(&card->state.chain);
		buf_release(&card->state.more);
		sim_profile_free(card->profile);
		free(card);
		card = next;
	}
}

static void free_card(struct sim_card **card)
{
	sim_card_free(*card);
}

enum cccd_err sim_card_load(const char *profile, struct cccd_error *error,
                            struct sim_card **ret)
{
	CLEANUP(free_card) struct sim_card *card = calloc(1, sizeof(*card));

	if (card == NULL)
		return CCCD_ERR_MEMORY;
	card->last_response = buf_make(CHIP_RESPONSE_MAX);
	TRY(sim_profile_load(profile, error, &card->profile));
	TRY(sim_personalise(card, error));
	sim_card_power(card, false);
	*ret = card;
	card = NULL;
	return CCCD_OK;
}

struct sim_card *sim_card_reinserted(struct sim_card *card)
{
	if (card->reinsert == NULL || strcmp(card->reinsert, "") == 0)
		return NULL;
	if (strcmp(card->reinsert, "self") == 0)
		return card;
	if (card->reinserted == NULL &&
	    sim_card_load(card->reinsert, NULL, &card->reinserted) != CCCD_OK)
		return NULL;
	return card->reinserted;
}

const char *sim_card_name(const struct sim_card *card)
{
	return card->profile->name;
}

struct span sim_card_atr(const struct sim_card *card)
{
	return span_of(card->atr, card->atr_len);
}

size_t sim_card_max_command(const struct sim_card *card)
{
	return card->profile->reader.max_command;
}

size_t sim_card_max_response(const struct sim_card *card)
{
	return card->profile->reader.max_response;
}

const char *sim_card_secret(const struct sim_card *card, const char *which)
{
	for (size_t i = 0; i < CHIP_SECRETS_MAX; i++) {
		if (card->secrets[i].which != NULL &&
		    strcmp(card->secrets[i].which, which) == 0)
			return card->secrets[i].text;
	}
	return NULL;
}

struct span sim_card_file(const struct sim_card *card, const char *which)
{
	enum sim_file_id id = sim_file_by_name(which);

	if (id == SIM_FILES || !card->files[id].present)
		return span_of(NULL, 0);
	return buf_span(&card->files[id].bytes);
}

struct span sim_card_certificate(const struct sim_card *card, const char *which)
{
	if (strcmp(which, "csca") == 0)
		return buf_span(&card->csca);
	if (strcmp(which, "ds") == 0)
		return buf_span(&card->ds);
	if (strcmp(which, "crl") == 0)
		return buf_span(&card->crl);
	return span_of(NULL, 0);
}

const struct sim_counters *sim_card_counters(const struct sim_card *card)
{
	return &card->counters;
}

void sim_card_reset_counters(struct sim_card *card)
{
	card->counters = (struct sim_counters){ .apdus = 0 };
}

void sim_card_set_tap(struct sim_card *card, sim_tap tap, void *context)
{
	card->tap = tap;
	card->tap_context = context;
}

void sim_card_set_key_tap(struct sim_card *card, sim_key_tap tap, void *context)
{
	card->key_tap = tap;
	card->key_tap_context = context;
}

void sim_card_set_random(struct sim_card *card, const struct random *random)
{
	card->rng.tape = random;
}

static enum cccd_err write_file(const char *directory, const char *name,
                                struct span bytes, struct cccd_error *error)
{
	char path[1024];
	int len = snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file;
	bool ok;

	if (len < 0 || (size_t)len >= sizeof(path))
		return CCCD_ERR_USAGE_FILE;
	file = fopen(path, "wb");
	if (file == NULL)
		return fail(error, CCCD_ERR_USAGE_FILE, "cannot write %.120s",
		            path);
	ok = fwrite(bytes.at, 1, bytes.len, file) == bytes.len;
	return fclose(file) == 0 && ok ? CCCD_OK : CCCD_ERR_USAGE_FILE;
}

enum cccd_err sim_pki_export(const char *profile, const char *directory,
                             struct cccd_error *error)
{
	CLEANUP(free_card) struct sim_card *card = NULL;

	TRY(sim_card_load(profile, error, &card));
	/* Whether it was there already shows when the files are written. */
	(void)mkdir(directory, 0755);
	TRY(write_file(directory, "csca.der", buf_span(&card->csca), error));
	return write_file(directory, "crl.der", buf_span(&card->crl), error);
}
