/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-sim: the simulated card in a virtual reader, or its specimen trust. */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/sim/pn532_stage.h"
#include "tests/sim/tell_keys.h"
#include "tests/sim/vpcd.h"

enum { RETRY_MS = 200, SLOT_PORT = 35963 };

/* struct options - of the command line. */
struct options {
	const char *profile;
	const char *host;
	char port[16];
	const char *make_pki;
	const char *pn532;
	const char *pn532_fault;
	char *tell_keys;
	bool sleep;
	bool quiet_start;
	bool show;
};

/* Toggled by SIGUSR1; a signal handler has no other way to speak. */
static volatile sig_atomic_t toggled;

static void on_signal(int number)
{
	(void)number;
	toggled = 1;
}

static void usage(FILE *stream)
{
	(void)fprintf(
	        stream,
	        "usage: cccd-sim [--card NAME | --profile FILE] [--slot N |\n"
	        "                --vpcd HOST:PORT] [--real-time] [--absent]\n"
	        "                [--tell-keys FILE]\n"
	        "       cccd-sim [--card NAME | --profile FILE] --pn532 "
	        "PTY|auto\n"
	        "                [--pn532-fault NAME[@AFTER[xTIMES]]] "
	        "[--real-time] [--absent]\n"
	        "       cccd-sim [--card NAME | --profile FILE] --make-pki "
	        "DIR\n"
	        "       cccd-sim [--card NAME | --profile FILE] --show\n"
	        "\n"
	        "Commands on standard input: insert [NAME], remove, quit;\n"
	        "with --pn532 also: fault NAME[@AFTER[xTIMES]], unplug, plug, "
	        "rate.\n"
	        "SIGUSR1 removes the card, or inserts it again.\n"
	        "--tell-keys appends a line, k_enc k_mac in hexadecimal, to "
	        "FILE\n"
	        "whenever a secure channel begins.\n");
}

static bool set_address(struct options *options, char *text)
{
	char *colon = strrchr(text, ':');

	if (colon == NULL || strlen(colon + 1) >= sizeof(options->port))
		return false;
	*colon = '\0';
	options->host = text;
	memcpy(options->port, colon + 1, strlen(colon + 1) + 1);
	return true;
}

static bool set_slot(struct options *options, const char *text)
{
	char *end = NULL;
	unsigned long slot = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || slot > 15)
		return false;
	(void)snprintf(options->port, sizeof(options->port), "%lu",
	               SLOT_PORT + slot);
	return true;
}

static bool set_option(struct options *options, int option, char *value)
{
	switch (option) {
	case 'c':
	case 'p': options->profile = value; return true;
	case 'v': return set_address(options, value);
	case 's': return set_slot(options, value);
	case 'k': options->make_pki = value; return true;
	case 'n': options->pn532 = value; return true;
	case 'f': options->pn532_fault = value; return true;
	case 't': options->tell_keys = value; return true;
	case 'r': options->sleep = true; return true;
	case 'a': options->quiet_start = true; return true;
	case 'S': options->show = true; return true;
	default: return false;
	}
}

static bool parse_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "card", required_argument, NULL, 'c' },
		{ "profile", required_argument, NULL, 'p' },
		{ "vpcd", required_argument, NULL, 'v' },
		{ "slot", required_argument, NULL, 's' },
		{ "make-pki", required_argument, NULL, 'k' },
		{ "pn532", required_argument, NULL, 'n' },
		{ "pn532-fault", required_argument, NULL, 'f' },
		{ "tell-keys", required_argument, NULL, 't' },
		{ "real-time", no_argument, NULL, 'r' },
		{ "absent", no_argument, NULL, 'a' },
		{ "show", no_argument, NULL, 'S' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*ret = (struct options){ .profile = "cccd-2021",
		                 .host = "127.0.0.1",
		                 .port = "35963" };
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread */
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (!set_option(ret, option, optarg))
			return false;
	}
	/* Only the card in the virtual reader tells. */
	if (ret->tell_keys != NULL &&
	    (ret->pn532 != NULL || ret->make_pki != NULL || ret->show))
		return false;
	return optind == argc;
}

static int complain(const struct cccd_error *error, enum cccd_err err)
{
	(void)fprintf(stderr, "cccd-sim: %s: %s\n", cccd_err_code(err),
	              error->text);
	return 1;
}

/* struct stage - the card that is shown, and whether it lies there. */
struct stage {
	const struct options *options;
	struct sim_card *card;
	int socket;
	bool present;
	bool input_open;
	bool quit;
};

static void take_away(struct stage *stage)
{
	if (stage->socket >= 0)
		(void)close(stage->socket);
	stage->socket = -1;
	stage->present = false;
	sim_card_power(stage->card, false);
}

static enum cccd_err load_card(const struct options *options, const char *name,
                               struct cccd_error *error, struct sim_card **ret)
{
	TRY(sim_card_load(name, error, ret));
	sim_card_set_key_tap(*ret, tell_keys, options->tell_keys);
	return CCCD_OK;
}

static enum cccd_err change_card(struct stage *stage, const char *name,
                                 struct cccd_error *error)
{
	struct sim_card *card = NULL;

	TRY(load_card(stage->options, name, error, &card));
	take_away(stage);
	sim_card_free(stage->card);
	stage->card = card;
	return CCCD_OK;
}

static void say(const char *word)
{
	(void)printf("%s\n", word);
	(void)fflush(stdout);
}

static void obey(struct stage *stage, char *line)
{
	struct cccd_error error = { .code = CCCD_OK };
	char *rest = NULL;
	const char *word = strtok_r(line, " \t\r\n", &rest);
	const char *name = strtok_r(NULL, " \t\r\n", &rest);
	enum cccd_err err = CCCD_OK;

	if (word == NULL)
		return;
	if (strcmp(word, "quit") == 0) {
		stage->quit = true;
	} else if (strcmp(word, "remove") == 0) {
		take_away(stage);
		say("removed");
	} else if (strcmp(word, "insert") == 0) {
		if (name != NULL)
			err = change_card(stage, name, &error);
		stage->present = err == CCCD_OK || stage->present;
	} else {
		say("unknown command");
	}
	if (err != CCCD_OK)
		(void)complain(&error, err);
}

static void read_input(struct stage *stage)
{
	char line[256];

	if (fgets(line, sizeof(line), stdin) == NULL)
		stage->input_open = false;
	else
		obey(stage, line);
}

/* Connecting is inserting. The reader may not be up yet: try again. */
static void connect_card(struct stage *stage)
{
	struct cccd_error error = { .code = CCCD_OK };
	int fd;

	if (vpcd_connect(stage->options->host, stage->options->port, &error,
	                 &fd) != CCCD_OK)
		return;
	stage->socket = fd;
	say("ready");
}

/* A card that a fault took away comes back if its fault says so. */
static void lay_back(struct stage *stage)
{
	struct sim_card *back = sim_card_reinserted(stage->card);
	struct cccd_error error = { .code = CCCD_OK };
	bool returns = back != NULL;
	const char *name = back == NULL ? "" : sim_card_name(back);
	char copy[64];

	(void)snprintf(copy, sizeof(copy), "%s", name);
	returns = returns && (back == stage->card ||
	                      change_card(stage, copy, &error) == CCCD_OK);
	take_away(stage);
	say("removed");
	stage->present = returns;
}

static void serve_once(struct stage *stage)
{
	enum cccd_err err =
	        vpcd_serve(stage->socket, stage->card, stage->options->sleep);

	if (err == CCCD_OK)
		return;
	if (err == CCCD_ERR_CARD_REMOVED) {
		lay_back(stage);
		return;
	}
	/* The reader went away: wait for its return. */
	(void)close(stage->socket);
	stage->socket = -1;
	say("reader lost");
}

static void toggle(struct stage *stage)
{
	toggled = 0;
	if (stage->present) {
		take_away(stage);
		say("removed");
	} else {
		stage->present = true;
	}
}

static void turn(struct stage *stage)
{
	struct pollfd fds[2] = {
		{ .fd = stage->input_open ? STDIN_FILENO : -1,
		  .events = POLLIN },
		{ .fd = stage->socket, .events = POLLIN },
	};

	if (poll(fds, 2, RETRY_MS) < 0)
		return;
	if (fds[0].revents != 0)
		read_input(stage);
	if (fds[1].revents != 0 && stage->socket >= 0)
		serve_once(stage);
}

static int run(const struct options *options)
{
	struct cccd_error error = { .code = CCCD_OK };
	struct stage stage = { .options = options,
		               .socket = -1,
		               .present = !options->quiet_start,
		               .input_open = true };
	struct sigaction action = { .sa_handler = on_signal };
	enum cccd_err err =
	        load_card(options, options->profile, &error, &stage.card);

	if (err != CCCD_OK)
		return complain(&error, err);
	(void)sigaction(SIGUSR1, &action, NULL);
	(void)setvbuf(stdin, NULL, _IONBF, 0);
	while (!stage.quit) {
		if (toggled)
			toggle(&stage);
		if (stage.present && stage.socket < 0)
			connect_card(&stage);
		turn(&stage);
	}
	take_away(&stage);
	sim_card_free(stage.card);
	return 0;
}

static int run_pn532(const struct options *options)
{
	const struct pn532_options stage = {
		.profile = options->profile,
		.line = options->pn532,
		.fault = options->pn532_fault,
		.absent = options->quiet_start,
		.real_time = options->sleep,
	};
	struct cccd_error error = { .code = CCCD_OK };
	enum cccd_err err = pn532_stage_run(&stage, &error);

	return err == CCCD_OK ? 0 : complain(&error, err);
}

static int show(const char *profile)
{
	static const char *const which[] = { "can",       "id_number", "mrz",
		                             "mrz_lines", "pin",       "puk" };
	struct cccd_error error = { .code = CCCD_OK };
	struct sim_card *card = NULL;
	enum cccd_err err = sim_card_load(profile, &error, &card);

	if (err != CCCD_OK)
		return complain(&error, err);
	(void)printf("name=%s\n", sim_card_name(card));
	for (size_t i = 0; i < ARRAY_LEN(which); i++) {
		const char *text = sim_card_secret(card, which[i]);

		if (text != NULL)
			(void)printf("%s=%s\n", which[i], text);
	}
	sim_card_free(card);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options;
	struct cccd_error error = { .code = CCCD_OK };
	enum cccd_err err = CCCD_OK;

	if (!parse_options(argc, argv, &options)) {
		usage(stderr);
		return 2;
	}
	if (options.show)
		return show(options.profile);
	if (options.pn532 != NULL)
		return run_pn532(&options);
	if (options.make_pki == NULL)
		return run(&options);
	err = sim_pki_export(options.profile, options.make_pki, &error);
	return err == CCCD_OK ? 0 : complain(&error, err);
}
