/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-gateway(8): the population registry, only with the card on a desk. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cccd/assertion.h>
#include <cccd/version.h>

#include "lib/json/heap.h"
#include "service/gateway/commands.h"
#include "service/gateway/gateway.h"
#include "service/say.h"

#define CONFIG_PATH "/etc/cccd/cccd-gateway.conf"

enum { WORDS_MAX = 3 };

struct options {
	const char *config;
	const char *words[WORDS_MAX];
	struct command command;
	bool check;
	bool help;
	bool version;
};

static void usage(FILE *stream)
{
	bool english = cccd_lang_from_environment() == CCCD_LANG_EN;

	(void)fputs(
	        english ? "Usage: cccd-gateway [--config FILE] [--check]\n"
	                  "       cccd-gateway --help | --version\n"
	                  "       cccd-gateway device add [--name NAME] FILE\n"
	                  "       cccd-gateway device list\n"
	                  "       cccd-gateway device revoke THUMBPRINT\n"
	                  "       cccd-gateway log export [--csv] "
	                  "[--from TIME] [--to TIME]\n"
	                  "       cccd-gateway log export [--csv] "
	                  "--transaction ID | --request ID\n"
	                  "       cccd-gateway log verify\n"
	                  "       cccd-gateway caller hash\n"
	                : "Cách dùng: cccd-gateway [--config TỆP] [--check]\n"
	                  "           cccd-gateway --help | --version\n"
	                  "           cccd-gateway device add [--name TÊN] "
	                  "TỆP\n"
	                  "           cccd-gateway device list\n"
	                  "           cccd-gateway device revoke VÂN_TAY\n"
	                  "           cccd-gateway log export [--csv] "
	                  "[--from GIỜ] [--to GIỜ]\n"
	                  "           cccd-gateway log export [--csv] "
	                  "--transaction MÃ | --request MÃ\n"
	                  "           cccd-gateway log verify\n"
	                  "           cccd-gateway caller hash\n",
	        stream);
}

/* A time, a transaction or a request: two of them would be a riddle. */
static bool names_one_way(const struct command *command)
{
	bool times = command->from[0] != '\0' || command->to[0] != '\0';

	return times + (command->transaction != NULL) +
	               (command->request != NULL) <=
	       1;
}

static bool add_word(struct options *options, const char *word)
{
	if (options->command.count == WORDS_MAX)
		return false;
	options->words[options->command.count++] = word;
	return true;
}

/* One in 64 begins with "-", and is no option for that. */
static bool is_thumbprint(const char *word)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "abcdefghijklmnopqrstuvwxyz"
	                              "0123456789-_";

	return word != NULL && strlen(word) == CCCD_THUMBPRINT_MAX - 1 &&
	       word[strspn(word, letters)] == '\0';
}

static bool parse_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "name", required_argument, NULL, 'n' },
		{ "csv", no_argument, NULL, 's' },
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "transaction", required_argument, NULL, 'x' },
		{ "request", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	bool good = true;

	*ret = (struct options){ .config = CONFIG_PATH,
		                 .command = { .from = "", .to = "" } };
	/* "-": words come one by one, as 1, where they stand.
	 * NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread */
	while ((option = getopt_long(argc, argv, "-", table, NULL)) != -1) {
		switch (option) {
		case 1:
			good = good && add_word(ret, optarg);
			if (is_thumbprint(argv[optind]))
				good = good && add_word(ret, argv[optind++]);
			break;
		case 'c': ret->config = optarg; break;
		case 'k': ret->check = true; break;
		case 'n': ret->command.name = optarg; break;
		case 's': ret->command.csv = true; break;
		case 'f':
			ret->command.from = optarg;
			good = good && optarg[0] != '\0';
			break;
		case 't':
			ret->command.to = optarg;
			good = good && optarg[0] != '\0';
			break;
		case 'x': ret->command.transaction = optarg; break;
		case 'r': ret->command.request = optarg; break;
		case 'h': ret->help = true; break;
		case 'v': ret->version = true; break;
		default: return false;
		}
	}
	while (optind < argc)
		good = good && add_word(ret, argv[optind++]);
	ret->command.words = ret->words;
	return good && ret->command.count != 1 &&
	       !(ret->check && ret->command.count > 0) &&
	       names_one_way(&ret->command);
}

/* Names and numbers pass through here: no core, no debugger. */
static void shut_doors(void)
{
	const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)umask(077);
	json_heap_wipe_on_free();
}

static int serve(const char *path, const struct gateway_config *config)
{
	struct cccd_error error = { .tries_left = -1 };
	struct gateway *gateway = NULL;
	enum cccd_err err = CCCD_OK;

	say_begin("cccd-gateway", config->language, (int)config->log_level);
	err = gateway_new(path, config, &error, &gateway);
	if (err != CCCD_OK)
		return command_complain(&error, err);
	gateway_run(gateway);
	gateway_free(gateway);
	return COMMAND_FINE;
}

static int check(const struct gateway_config *config)
{
	struct cccd_error error = { .tries_left = -1 };
	enum cccd_err err = gateway_check(config, &error);

	return err == CCCD_OK ? COMMAND_FINE : command_complain(&error, err);
}

static int run(const struct options *options)
{
	struct cccd_error error = { .tries_left = -1 };
	struct gateway_config *config = NULL;
	enum cccd_err err =
	        gateway_config_load(options->config, &error, &config);
	int code = COMMAND_FINE;

	if (err != CCCD_OK)
		return command_complain(&error, err);
	if (options->command.count > 0)
		code = command_run(&options->command, config);
	else if (options->check)
		code = check(config);
	else
		code = serve(options->config, config);
	gateway_config_free(config);
	return code;
}

int main(int argc, char **argv)
{
	struct options options;

	say_begin("cccd-gateway", cccd_lang_from_environment(), 3);
	if (!parse_options(argc, argv, &options)) {
		usage(stderr);
		return COMMAND_CALL;
	}
	if (options.help) {
		usage(stdout);
		return COMMAND_FINE;
	}
	if (options.version) {
		(void)printf("cccd-gateway %s\n", cccd_version());
		return COMMAND_FINE;
	}
	shut_doors();
	if (options.command.count == 2 &&
	    strcmp(options.command.words[0], "caller") == 0 &&
	    strcmp(options.command.words[1], "hash") == 0)
		return command_hash();
	if (options.command.count > 0 && !command_exists(&options.command)) {
		usage(stderr);
		return COMMAND_CALL;
	}
	return run(&options);
}
