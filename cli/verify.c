/* SPDX-License-Identifier: Apache-2.0 */
/* cccd verify: a saved reading, proven again without its card. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print.h"
#include "cli/read.h"
#include "lib/json/evidence.h"
#include "lib/json/profile.h"
#include "lib/json/result.h"

struct verify_options {
	const char *file;
	const char *trust;
	const char *demo_trust;
	const char *profile;
	int64_t now;
	bool json;
};

static int help(void)
{
	(void)fputs(cli_text("Cách dùng: cccd verify TỆP [--trust THƯ_MỤC | "
	                     "--demo-trust THƯ_MỤC]\n"
	                     "                 [--profile TỆP] [--now "
	                     "GIÂY_TỪ_1970] [--json]\n"
	                     "\n"
	                     "Kiểm chứng lại bằng chứng mà cccd read "
	                     "--evidence đã lưu.\n"
	                     "Không có --now thì lấy thời điểm đọc thẻ.\n",
	                     "Usage: cccd verify FILE [--trust DIR | "
	                     "--demo-trust DIR]\n"
	                     "                   [--profile FILE] [--now "
	                     "SECONDS_SINCE_1970] [--json]\n"
	                     "\n"
	                     "Proves evidence again that cccd read --evidence "
	                     "saved. Without --now the\n"
	                     "moment of the reading counts.\n"),
	            stdout);
	return EXIT_OK;
}

static int print_json(const struct cccd_evidence *evidence,
                      const struct cccd_result *result,
                      const struct cccd_person *person)
{
	const struct json_result_input input = {
		.result = result,
		.document = cccd_evidence_document(evidence),
		.person = person,
		.scopes = JSON_SCOPES_DESK,
		.pretty = true,
	};
	char *text = NULL;

	if (json_result_text(&input, &text) != CCCD_OK)
		return EXIT_INTERNAL;
	(void)puts(text);
	json_text_free(text);
	return EXIT_OK;
}

static int report(const struct cccd_evidence *evidence,
                  const struct cccd_result *result, bool json)
{
	struct cccd_person *person = calloc(1, sizeof(*person));
	int status = EXIT_OK;
	bool have = false;

	if (person == NULL)
		return EXIT_INTERNAL;
	have = cccd_document_person(cccd_evidence_document(evidence), person) ==
	       CCCD_OK;
	if (json) {
		status = print_json(evidence, result, have ? person : NULL);
	} else {
		if (have)
			print_person(stdout, person);
		print_result(stdout, result);
	}
	cccd_person_wipe(person);
	free(person);
	return status != EXIT_OK ? status
	                         : cli_exit_of_verdict(result->overall);
}

static int verify_with(const struct verify_options *options,
                       const struct cccd_evidence *evidence,
                       const struct cccd_trust *trust,
                       struct cccd_result *result)
{
	struct cccd_profile profile = *cccd_profile_counter();
	struct cccd_error error = { .tries_left = -1 };

	if (options->profile != NULL &&
	    json_profile_load(options->profile, &error, &profile) != CCCD_OK)
		return cli_complain(&error);
	error.code =
	        cccd_verify(evidence, trust, &profile, options->now, result);
	if (error.code != CCCD_OK)
		return cli_complain(&error);
	return report(evidence, result, options->json);
}

static int verify(const struct verify_options *options)
{
	struct cccd_result *result = calloc(1, sizeof(*result));
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_evidence *evidence = NULL;
	struct cccd_trust *trust = NULL;
	int status = EXIT_INTERNAL;

	if (result == NULL)
		return status;
	status = cli_open_trust(options->trust, options->demo_trust, &trust);
	if (status == EXIT_OK &&
	    json_evidence_load(options->file, &error, &evidence) != CCCD_OK)
		status = cli_complain(&error);
	else if (status == EXIT_OK)
		status = verify_with(options, evidence, trust, result);
	cccd_evidence_free(evidence);
	cccd_trust_close(trust);
	free(result);
	return status;
}

static bool take_option(int code, char *argument, struct verify_options *ret)
{
	char *end = NULL;

	switch (code) {
	case 't': ret->trust = argument; return true;
	case 'd': ret->demo_trust = argument; return true;
	case 'p': ret->profile = argument; return true;
	case 'j': ret->json = true; return true;
	case 'n':
		ret->now = strtoll(argument, &end, 10);
		return *argument != '\0' && *end == '\0' && ret->now > 0;
	default: return false;
	}
}

int cli_verify(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "trust", required_argument, NULL, 't' },
		{ "demo-trust", required_argument, NULL, 'd' },
		{ "profile", required_argument, NULL, 'p' },
		{ "now", required_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct verify_options options = { 0 };
	int code = 0;

	opterr = 0;
	optind = 1;
	/* One thread. */
	while ((code = getopt_long(argc, argv, "", longs, /* NOLINT */
	                           NULL)) != -1) {
		if (code == 'h')
			return help();
		if (!take_option(code, optarg, &options))
			return cli_usage("verify", "tuỳ chọn không hợp lệ",
			                 "an option is not valid");
	}
	if (optind != argc - 1)
		return cli_usage("verify", "cần đúng một tệp",
		                 "exactly one file, please");
	options.file = argv[optind];
	return verify(&options);
}
