/* SPDX-License-Identifier: Apache-2.0 */
/* cccd rp: its command line. */
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/rp.h"
#include "lib/json/result.h"

enum {
	OPT_HELP = 'h',
	OPT_JSON = 'j',
	OPT_ORIGIN = 1000,
	OPT_LOCAL_USER,
	OPT_SCOPES,
	OPT_PURPOSE,
	OPT_CONSENT,
	OPT_MODE,
	OPT_JWKS,
	OPT_AUDIENCE,
	OPT_KEY_FROM,
	OPT_FORMAT,
	OPT_RENDERING,
	OPT_PROFILE,
	OPT_QUOTA,
	OPT_REPLACE,
	OPT_DIR,
};

enum { WORD_MAX = 256 };

static const struct option long_options[] = {
	{ "help", no_argument, NULL, OPT_HELP },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "origin", required_argument, NULL, OPT_ORIGIN },
	{ "local-user", required_argument, NULL, OPT_LOCAL_USER },
	{ "scopes", required_argument, NULL, OPT_SCOPES },
	{ "purpose", required_argument, NULL, OPT_PURPOSE },
	{ "consent", required_argument, NULL, OPT_CONSENT },
	{ "mode", required_argument, NULL, OPT_MODE },
	{ "jwks", required_argument, NULL, OPT_JWKS },
	{ "audience", required_argument, NULL, OPT_AUDIENCE },
	{ "key-from", required_argument, NULL, OPT_KEY_FROM },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "rendering", required_argument, NULL, OPT_RENDERING },
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "quota", required_argument, NULL, OPT_QUOTA },
	{ "replace", no_argument, NULL, OPT_REPLACE },
	{ "dir", required_argument, NULL, OPT_DIR },
	{ NULL, 0, NULL, 0 },
};

/* Each of the following gives NULL, or the reason of a refusal. */
typedef const char *(*take_fn)(struct json_relying_party *party,
                               const char *word);

/* Words between commas. */
static const char *take_list(struct json_relying_party *party, const char *list,
                             take_fn take)
{
	const char *reason = "it is empty";
	char word[WORD_MAX];

	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		if (len == 0 || len >= sizeof(word))
			return "a word is empty, or too long";
		memcpy(word, list, len);
		word[len] = '\0';
		reason = take(party, word);
		if (reason != NULL)
			return reason;
		list += len + (list[len] == ',');
	}
	return reason;
}

/* Into the next place of a table; twins are found when it is written. */
static const char *take_word(char *place, size_t width, size_t *count,
                             size_t max, const char *word)
{
	if (*count == max)
		return "there are too many";
	if (strlen(word) >= width)
		return "it is too long";
	(void)snprintf(place, width, "%s", word);
	++*count;
	return NULL;
}

static const char *take_origin(struct json_relying_party *party,
                               const char *word)
{
	const char *reason = json_origin_check(word);

	if (reason != NULL || party->origin_count == RP_ORIGINS)
		return reason != NULL ? reason : "there are too many";
	return take_word(party->origins[party->origin_count], RP_ORIGIN_MAX,
	                 &party->origin_count, RP_ORIGINS, word);
}

static const char *take_user(struct json_relying_party *party, const char *word)
{
	char *end = NULL;
	unsigned long number = strtoul(word, &end, 10);
	/* One thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	const struct passwd *user = getpwnam(word);

	if (user == NULL && (word[0] < '0' || word[0] > '9' || *end != '\0' ||
	                     number >= UINT32_MAX))
		return "there is no such user";
	if (party->uid_count == RP_UIDS)
		return "there are too many";
	party->uids[party->uid_count++] =
	        user != NULL ? user->pw_uid : (uint32_t)number;
	return NULL;
}

static const char *take_scope(struct json_relying_party *party,
                              const char *word)
{
	return json_scopes_add(&party->scopes_max, word)
	               ? NULL
	               : "there is no such scope, or it stands twice";
}

static const char *take_purpose(struct json_relying_party *party,
                                const char *word)
{
	if (party->purpose_count == RP_PURPOSES)
		return "there are too many";
	return take_word(party->purposes[party->purpose_count], RP_PURPOSE_MAX,
	                 &party->purpose_count, RP_PURPOSES, word);
}

static const char *take_consent(struct json_relying_party *party,
                                const char *word)
{
	for (int mode = JSON_CONSENT_OPERATOR; mode <= JSON_CONSENT_NONE;
	     mode++) {
		party->consent = (enum json_consent_mode)mode;
		if (strcmp(json_consent_mode_name(party->consent), word) == 0)
			return NULL;
	}
	return "it is not operator, prompt or none";
}

static const char *take_mode(struct json_relying_party *party, const char *word)
{
	for (int mode = JSON_REQUEST_ORIGIN; mode <= JSON_REQUEST_SIGNED;
	     mode++) {
		party->request_mode = (enum json_request_mode)mode;
		if (strcmp(json_request_mode_name(party->request_mode), word) ==
		    0)
			return NULL;
	}
	return "it is neither origin nor signed";
}

static const char *take_jwks(struct json_relying_party *party, const char *path)
{
	BUF text = buf_make(RP_JWKS_MAX - 1);

	if (party->jwks != NULL)
		return "it stands twice";
	if (file_read(path, NULL, &text) != CCCD_OK)
		return "the file cannot be read, or is too large";
	party->jwks = calloc(text.len + 1, 1);
	if (party->jwks == NULL)
		return "no memory";
	if (text.len > 0)
		memcpy(party->jwks, text.at, text.len);
	return strlen(party->jwks) == text.len ? NULL : "it is no text";
}

/* NAME=AUD; an audience may hold further signs of equality. */
static const char *take_audience(struct json_relying_party *party,
                                 const char *word)
{
	struct json_audience *audience = NULL;
	size_t len = strcspn(word, "=");

	if (party->audience_count == RP_AUDIENCES)
		return "there are too many";
	audience = &party->audiences[party->audience_count];
	if (word[len] != '=' || len >= sizeof(audience->name) ||
	    strlen(word + len + 1) >= sizeof(audience->aud))
		return "it is not NAME=AUD, or too long";
	memcpy(audience->name, word, len);
	audience->name[len] = '\0';
	(void)snprintf(audience->aud, sizeof(audience->aud), "%s",
	               word + len + 1);
	party->audience_count++;
	return NULL;
}

static const char *take_key_from(struct json_relying_party *party,
                                 const char *word)
{
	unsigned int bit = json_key_from_by_name(word);

	party->key_from |= bit;
	return bit != 0 ? NULL : "it is not front_end, agent or scanner";
}

static const char *take_format(struct json_relying_party *party,
                               const char *word)
{
	unsigned int bit = json_format_by_name(word);

	party->formats |= bit;
	return bit != 0 ? NULL : "it is neither json nor jwt";
}

static const char *take_rendering(struct json_relying_party *party,
                                  const char *word)
{
	unsigned int bit = json_rendering_by_name(word);

	party->renderings |= bit;
	return bit != 0 ? NULL : "there is no such rendering";
}

static const char *take_profile(struct json_relying_party *party,
                                const char *word)
{
	size_t count = 0;

	return take_word(party->profile, sizeof(party->profile), &count, 1,
	                 word);
}

static const char *take_quota(struct json_relying_party *party,
                              const char *word)
{
	char *end = NULL;
	unsigned long number = strtoul(word, &end, 10);

	if (word[0] < '1' || word[0] > '9' || *end != '\0' ||
	    number > RP_QUOTA_MOST)
		return "it is no whole number from 1 to 100000";
	party->quota_per_hour = (uint32_t)number;
	return NULL;
}

/* The options that say something about the party. */
static const struct {
	int code;
	take_fn take;
	bool list;
} takers[] = {
	{ OPT_ORIGIN, take_origin, false },
	{ OPT_LOCAL_USER, take_user, false },
	{ OPT_SCOPES, take_scope, true },
	{ OPT_PURPOSE, take_purpose, true },
	{ OPT_CONSENT, take_consent, false },
	{ OPT_MODE, take_mode, false },
	{ OPT_JWKS, take_jwks, false },
	{ OPT_AUDIENCE, take_audience, false },
	{ OPT_KEY_FROM, take_key_from, true },
	{ OPT_FORMAT, take_format, true },
	{ OPT_RENDERING, take_rendering, true },
	{ OPT_PROFILE, take_profile, false },
	{ OPT_QUOTA, take_quota, false },
};

static int take_option(int code, int index, struct rp_options *ret)
{
	const char *reason = "?";

	for (size_t i = 0; i < ARRAY_LEN(takers); i++) {
		if (takers[i].code != code)
			continue;
		/* They all describe somebody new. */
		if (ret->verb != RP_ADD)
			return cli_usage("rp", "--%s chỉ dùng với rp add",
			                 "--%s goes with rp add only",
			                 long_options[index].name);
		reason = takers[i].list
		                 ? take_list(ret->party, optarg, takers[i].take)
		                 : takers[i].take(ret->party, optarg);
		if (reason == NULL)
			return EXIT_OK;
		(void)fprintf(stderr, "cccd: --%s: %s\n",
		              long_options[index].name, reason);
		return cli_usage("rp", "giá trị của --%s không hợp lệ",
		                 "the value of --%s is not valid",
		                 long_options[index].name);
	}
	return cli_usage("rp", "tuỳ chọn không hợp lệ",
	                 "an option is not valid");
}

/* What nobody has to say. */
static int settle(struct rp_options *ret)
{
	struct json_relying_party *party = ret->party;

	if (party->request_mode == 0)
		party->request_mode = party->jwks != NULL ? JSON_REQUEST_SIGNED
		                                          : JSON_REQUEST_ORIGIN;
	if (party->consent == 0)
		party->consent = JSON_CONSENT_OPERATOR;
	if (party->key_from == 0)
		party->key_from = JSON_KEY_FRONT_END;
	if (party->formats == 0)
		party->formats = JSON_FORMAT_JSON | JSON_FORMAT_JWT;
	if (party->profile[0] == '\0')
		(void)snprintf(party->profile, sizeof(party->profile),
		               "counter");
	if (party->quota_per_hour == 0)
		party->quota_per_hour = RP_QUOTA_DEFAULT;
	if (party->origin_count == 0 && party->uid_count == 0)
		return cli_usage("rp", "cần --origin hoặc --local-user",
		                 "--origin or --local-user is needed");
	if (json_scopes_empty(&party->scopes_max))
		return cli_usage("rp", "cần --scopes", "--scopes is needed");
	if (party->purpose_count == 0)
		return cli_usage("rp", "cần --purpose", "--purpose is needed");
	return EXIT_OK;
}

static int take_operands(int argc, char **argv, struct rp_options *ret)
{
	int count = argc - optind;

	if (ret->verb == RP_LIST)
		return count == 0 ? EXIT_OK
		                  : cli_usage("rp", "thừa tham số: %s",
		                              "too many arguments: %s",
		                              argv[optind]);
	if (count != 1)
		return cli_usage("rp", "cần đúng một TÊN",
		                 "exactly one ID is needed");
	if (strlen(argv[optind]) >= sizeof(ret->party->id))
		return cli_usage("rp", "TÊN quá dài", "the ID is too long");
	(void)snprintf(ret->party->id, sizeof(ret->party->id), "%s",
	               argv[optind]);
	return ret->verb == RP_ADD ? settle(ret) : EXIT_OK;
}

static int take_verb(const char *word, struct rp_options *ret)
{
	static const char *const verbs[] = { [RP_HELP] = "--help",
		                             [RP_ADD] = "add",
		                             [RP_LIST] = "list",
		                             [RP_REMOVE] = "remove" };

	for (unsigned int i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strcmp(verbs[i], word) != 0)
			continue;
		ret->verb = (enum rp_verb)i;
		return EXIT_OK;
	}
	return cli_usage("rp", "không có lệnh rp %s", "no such command: rp %s",
	                 word);
}

/* One option of the line. */
static int take_any(int code, int index, struct rp_options *ret)
{
	switch (code) {
	case OPT_HELP: ret->verb = RP_HELP; return EXIT_OK;
	case OPT_JSON: ret->json = true; return EXIT_OK;
	case OPT_REPLACE: ret->replace = true; return EXIT_OK;
	case OPT_DIR: ret->dir = optarg; return EXIT_OK;
	default: return take_option(code, index, ret);
	}
}

int rp_options_parse(int argc, char **argv, struct rp_options *ret)
{
	int status = EXIT_OK;
	int index = 0;
	int code = 0;

	if (argc < 2)
		return cli_usage("rp", "cần add, list hoặc remove",
		                 "add, list or remove is needed");
	status = take_verb(argv[1], ret);
	if (status != EXIT_OK || ret->verb == RP_HELP)
		return status;
	ret->party = calloc(1, sizeof(*ret->party));
	if (ret->party == NULL)
		return EXIT_INTERNAL;
	opterr = 0;
	optind = 2;
	/* One thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((code = getopt_long(argc, argv, "hj", long_options, &index)) !=
	       -1) {
		status = take_any(code, index, ret);
		if (status != EXIT_OK || ret->verb == RP_HELP)
			return status;
	}
	return take_operands(argc, argv, ret);
}
