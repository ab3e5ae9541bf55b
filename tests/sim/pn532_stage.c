/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-sim --pn532: the simulated card before a simulated chip. */
#include "tests/sim/pn532_stage.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TURN_MS = 200, LINE_LEN = 256, NAME_LEN = 32 };

/**
 * struct stage - the chip, its line, and the card that lies there or not.
 * @ats: of the card
 */
struct stage {
	struct sim_card *card;
	struct pn532 *chip;
	struct pn532_line line;
	struct pn532_ats ats;
	bool present;
	bool quit;
};

static void put_card(struct stage *stage, struct sim_card *card)
{
	if (card != stage->card)
		sim_card_free(stage->card);
	stage->card = card;
	stage->ats = pn532_ats_of(sim_card_atr(card));
	stage->present = true;
}

static struct span stage_ats(void *context)
{
	const struct stage *stage = context;

	return span_of(stage->ats.bytes, stage->present ? stage->ats.len : 0);
}

static void stage_power(void *context, bool on)
{
	struct stage *stage = context;

	sim_card_power(stage->card, on);
}

/* A card that a fault took away comes back if its fault says so. */
static enum cccd_err stage_exchange(void *context, struct span command,
                                    struct buf *response,
                                    struct sim_outcome *ret)
{
	struct stage *stage = context;
	struct sim_card *back = NULL;

	TRY(sim_card_exchange(stage->card, command, response, ret));
	if (!ret->removed)
		return CCCD_OK;
	back = sim_card_reinserted(stage->card);
	stage->present = back == stage->card;
	if (back != NULL && back != stage->card)
		put_card(stage, back);
	return CCCD_OK;
}

static void say(const char *word, const char *rest)
{
	(void)printf("%s%s%s\n", word, rest[0] == '\0' ? "" : " ", rest);
	(void)fflush(stdout);
}

/* NAME[@AFTER[xTIMES]]; once unless said otherwise. */
static bool set_fault(struct stage *stage, const char *text)
{
	char name[NAME_LEN] = { 0 };
	size_t len = strcspn(text, "@");
	unsigned long after = 0;
	unsigned long times = 1;
	char *end = NULL;
	enum pn532_fault fault;

	if (len >= sizeof(name))
		return false;
	memcpy(name, text, len);
	if (text[len] == '@') {
		after = strtoul(text + len + 1, &end, 10);
		if (*end == 'x')
			times = strtoul(end + 1, &end, 10);
		if (*end != '\0')
			return false;
	}
	fault = pn532_fault_by_name(name);
	if (fault == PN532_FAULTS)
		return false;
	pn532_set_fault(stage->chip, fault, (unsigned int)after,
	                (unsigned int)times);
	return true;
}

static void insert(struct stage *stage, const char *name)
{
	struct cccd_error error = { .code = CCCD_OK };
	struct sim_card *card = stage->card;

	if (name != NULL && sim_card_load(name, &error, &card) != CCCD_OK) {
		say("error", error.text);
		return;
	}
	put_card(stage, card);
	say("inserted", "");
}

static void plug(struct stage *stage)
{
	struct cccd_error error = { .code = CCCD_OK };

	if (stage->line.master < 0 &&
	    pn532_line_open("auto", &error, &stage->line) != CCCD_OK)
		say("error", error.text);
	else
		say("ready", stage->line.path);
}

static void say_rate(const struct stage *stage)
{
	char text[NAME_LEN];

	(void)snprintf(text, sizeof(text), "%u", pn532_bit_rate(stage->chip));
	say("rate", text);
}

static void obey(struct stage *stage, char *line)
{
	char *rest = NULL;
	const char *word = strtok_r(line, " \t\r\n", &rest);
	const char *name = strtok_r(NULL, " \t\r\n", &rest);

	if (word == NULL)
		return;
	if (strcmp(word, "quit") == 0) {
		stage->quit = true;
	} else if (strcmp(word, "remove") == 0) {
		stage->present = false;
		say("removed", "");
	} else if (strcmp(word, "insert") == 0) {
		insert(stage, name);
	} else if (strcmp(word, "fault") == 0 && name != NULL) {
		say(set_fault(stage, name) ? "fault" : "error", name);
	} else if (strcmp(word, "unplug") == 0) {
		pn532_line_close(&stage->line);
		say("unplugged", "");
	} else if (strcmp(word, "plug") == 0) {
		plug(stage);
	} else if (strcmp(word, "rate") == 0) {
		say_rate(stage);
	} else {
		say("error", "unknown word");
	}
}

static bool is_readable(int fd, int timeout_ms)
{
	struct pollfd state = { .fd = fd, .events = POLLIN };

	return poll(&state, 1, timeout_ms) > 0;
}

static void turn(struct stage *stage)
{
	char line[LINE_LEN];
	bool plugged = stage->line.master >= 0;

	if (plugged && pn532_line_turn(&stage->line, stage->chip, STDIN_FILENO,
	                               TURN_MS) != CCCD_OK) {
		pn532_line_close(&stage->line);
		say("line lost", "");
	}
	if (!is_readable(STDIN_FILENO, plugged ? 0 : TURN_MS))
		return;
	if (fgets(line, sizeof(line), stdin) == NULL)
		stage->quit = true;
	else
		obey(stage, line);
}

static void clear(struct stage *stage)
{
	pn532_line_close(&stage->line);
	pn532_free(stage->chip);
	sim_card_free(stage->card);
}

static enum cccd_err serve(struct stage *stage,
                           const struct pn532_options *options,
                           struct cccd_error *error)
{
	const struct pn532_card card = { stage_ats, stage_power, stage_exchange,
		                         stage };
	struct sim_card *first = NULL;

	TRY(sim_card_load(options->profile, error, &first));
	put_card(stage, first);
	stage->present = !options->absent;
	stage->chip = pn532_new(&card);
	if (stage->chip == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	pn532_set_real_time(stage->chip, options->real_time);
	if (options->fault != NULL && !set_fault(stage, options->fault))
		return fail(error, CCCD_ERR_USAGE_ARGUMENT, "fault %.60s",
		            options->fault);
	TRY(pn532_line_open(options->line, error, &stage->line));
	say("ready", stage->line.path);
	while (!stage->quit)
		turn(stage);
	return CCCD_OK;
}

enum cccd_err pn532_stage_run(const struct pn532_options *options,
                              struct cccd_error *error)
{
	struct stage stage = { .line = { .master = -1, .slave = -1 } };
	enum cccd_err err;

	(void)setvbuf(stdin, NULL, _IONBF, 0);
	err = serve(&stage, options, error);
	clear(&stage);
	return err;
}
