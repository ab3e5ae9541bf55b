/* SPDX-License-Identifier: Apache-2.0 */
/* cccdd(8): the verified identity for front ends on the same machine. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cccd/version.h>

#include "base/sign_pair.h"
#include "service/config.h"
#include "service/core/registry.h"
#include "service/daemon.h"
#include "service/say.h"

#define CONFIG_PATH "/etc/cccd/cccdd.conf"

/* As contracts has them for cccd(1). */
enum { EXIT_FINE = 0, EXIT_CALL = 1, EXIT_CONFIG = 5, EXIT_TROUBLE = 6 };

struct options {
	const char *config;
	bool check;
	bool help;
	bool version;
};

static void usage(FILE *stream)
{
	bool english = cccd_lang_from_environment() == CCCD_LANG_EN;

	(void)fputs(
	        english ? "Usage: cccdd [--config FILE] [--check]\n"
	                  "\n"
	                  "  --config FILE  settings instead of " CONFIG_PATH
	                  "\n"
	                  "  --check        look at settings and relying "
	                  "parties, then end\n"
	                  "  --version      print the version\n"
	                : "Cách dùng: cccdd [--config TỆP] [--check]\n"
	                  "\n"
	                  "  --config TỆP  tệp cấu hình thay cho " CONFIG_PATH
	                  "\n"
	                  "  --check       kiểm tra cấu hình và các phần mềm "
	                  "đã đăng ký rồi dừng\n"
	                  "  --version     in phiên bản\n",
	        stream);
}

static bool parse_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;

	*ret = (struct options){ .config = NULL };
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread */
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'c': ret->config = optarg; break;
		case 'k': ret->check = true; break;
		case 'h': ret->help = true; break;
		case 'v': ret->version = true; break;
		default: return false;
		}
	}
	return optind == argc;
}

/* Names and keys pass through here: no core, no debugger of the same user. */
static void shut_doors(void)
{
	const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(SIGPIPE, SIG_IGN);
	/* A limit on the log's size is a full disk, and no end. */
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)umask(077);
}

static int complain(const struct cccd_error *error, enum cccd_err err)
{
	struct cccd_error told = *error;

	told.code = err;
	say_error(&told);
	return err == CCCD_ERR_MEMORY || err == CCCD_ERR_INTERNAL ? EXIT_TROUBLE
	                                                          : EXIT_CONFIG;
}

/* The usual file may be missing: the defaults are a configuration. */
static enum cccd_err load(const char *path, struct cccd_error *error,
                          struct config *ret)
{
	if (path == NULL && access(CONFIG_PATH, F_OK) != 0) {
		config_default(ret);
		return CCCD_OK;
	}
	return config_load(path != NULL ? path : CONFIG_PATH, error, ret);
}

static int serve(const struct config *config)
{
	struct cccd_error error = { .tries_left = -1 };
	struct daemon *daemon = NULL;
	enum cccd_err err = daemon_new(config, &error, &daemon);

	if (err != CCCD_OK)
		return complain(&error, err);
	daemon_run(daemon);
	daemon_free(daemon);
	return EXIT_FINE;
}

int main(int argc, char **argv)
{
	struct cccd_error error = { .tries_left = -1 };
	struct options options;
	static struct config config; /* large, and one for the whole run */
	struct registry *registry = NULL;
	enum cccd_err err = CCCD_OK;

	say_begin("cccdd", cccd_lang_from_environment(), CONFIG_LOG_INFO);
	if (!parse_options(argc, argv, &options)) {
		usage(stderr);
		return EXIT_CALL;
	}
	if (options.help) {
		usage(stdout);
		return EXIT_FINE;
	}
	if (options.version) {
		(void)printf("cccdd %s\n", cccd_version());
		return EXIT_FINE;
	}
	shut_doors();
	/* Without the right to lock memory keys are still wiped. */
	(void)sign_protect_memory();
	err = load(options.config, &error, &config);
	if (err != CCCD_OK)
		return complain(&error, err);
	say_begin("cccdd", config.language, (int)config.log_level);
	if (!options.check)
		return serve(&config);
	err = registry_load(config.relying_parties, &error, &registry);
	registry_unref(registry);
	return err == CCCD_OK ? EXIT_FINE : complain(&error, err);
}
