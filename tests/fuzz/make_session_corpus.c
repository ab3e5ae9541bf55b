/* SPDX-License-Identifier: Apache-2.0 */
/* Seeds of fuzz_apdu_session: what simulated cards answered. Run by hand:
 * make_session_corpus tests/fuzz/corpus/apdu_session */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "tests/fuzz/whole_session.h"
#include "tests/sim/sim_reader.h"

enum { SEED_MAX = 1 << 20, PATH_LEN = 512 };

static const struct seed {
	const char *name;
	const char *card;
	uint8_t flags;
} seeds[] = {
	{ "pace_can", "cccd-2021", SESSION_EXTENDED },
	{ "pace_mrz", "cccd-2021", SESSION_EXTENDED | SESSION_MRZ },
	{ "pace_active", "aa-rsa-2048",
	  SESSION_EXTENDED | SESSION_ACTIVE_AUTH },
	{ "pace_short",
	  "{\"extends\": \"cccd-2021\", \"reader\": "
	  "{\"max_command\": 261, \"max_response\": 258}}",
	  SESSION_RESUME },
	{ "pace_cam", "pace-cam", SESSION_EXTENDED },
	{ "pace_im", "pace-im", SESSION_EXTENDED },
	{ "pace_dh", "pace-dh", SESSION_EXTENDED },
	{ "pace_3des", "model-3des", SESSION_EXTENDED },
	{ "bac", "bac-only", SESSION_EXTENDED | SESSION_MRZ },
	{ "portrait", "cccd-2021", SESSION_EXTENDED | SESSION_PORTRAIT },
	{ "naked", "rig-01-naked-errors", SESSION_EXTENDED },
	{ "no_sfi", "rig-06-no-sfi", SESSION_EXTENDED },
	{ "not_an_emrtd", "not-an-emrtd", SESSION_EXTENDED },
};

__attribute__((noreturn)) static void die(const char *what)
{
	(void)fprintf(stderr, "make_session_corpus: %s\n", what);
	exit(1);
}

/* Each answer as a counted piece. */
static void keep(void *context, const struct sim_exchange *exchange,
                 struct buf *response)
{
	struct buf *out = context;

	(void)exchange;
	if (response->len > 0xFFFF ||
	    buf_append_byte(out, (uint8_t)(response->len >> 8)) != CCCD_OK ||
	    buf_append_byte(out, (uint8_t)response->len) != CCCD_OK ||
	    buf_append(out, buf_span(response)) != CCCD_OK)
		die("an answer is too long");
}

static void play(const struct seed *seed, struct sim_card *card)
{
	struct whole_session *session = calloc(1, sizeof(*session));
	struct inspection *inspection = NULL;
	struct reader *reader = NULL;

	if (session == NULL ||
	    whole_session_init(session, seed->flags) != CCCD_OK ||
	    sim_reader_open(card, &reader) != CCCD_OK)
		die(seed->name);
	session->input.reader = reader;
	if (inspection_new(&session->input, &session->error, &inspection) !=
	    CCCD_OK)
		die(seed->name);
	(void)printf("%-12s %s\n", seed->name,
	             cccd_err_code(inspection_run(inspection)));
	inspection_free(inspection);
	reader_close(reader);
	whole_session_free(session);
	free(session);
}

static void make(const struct seed *seed, const char *directory)
{
	BUF out = buf_make(SEED_MAX);
	struct cccd_error error = { .tries_left = -1 };
	struct sim_card *card = NULL;
	char path[PATH_LEN];

	if (sim_card_load(seed->card, &error, &card) != CCCD_OK ||
	    buf_append_byte(&out, seed->flags) != CCCD_OK)
		die(seed->card);
	sim_card_set_tap(card, keep, &out);
	play(seed, card);
	sim_card_free(card);
	(void)snprintf(path, sizeof(path), "%s/%s", directory, seed->name);
	if (file_write(path, buf_span(&out), &error) != CCCD_OK)
		die(path);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		die("one directory, please");
	for (size_t i = 0; i < ARRAY_LEN(seeds); i++)
		make(&seeds[i], argv[1]);
	return 0;
}
