/* SPDX-License-Identifier: Apache-2.0 */
/* The options of reading, shared by read and trace. */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/secret.h"
#include "lib/json/result.h"

/* Long options by number; those from fd read the same value elsewhere. */
enum {
	OPT_HELP = 'h',
	OPT_READER = 'r',
	OPT_WAIT = 'w',
	OPT_GROUPS = 'g',
	OPT_OUT = 'o',
	OPT_JSON = 'j',
	OPT_QUIET = 'q',
	OPT_TIMEOUT = 1000,
	OPT_RESUME,
	OPT_TRUST,
	OPT_DEMO_TRUST,
	OPT_PROFILE,
	OPT_TABLES,
	OPT_EVIDENCE,
	OPT_PORTRAIT,
	OPT_RENDER,
	OPT_SCOPES,
	OPT_CHALLENGE,
	OPT_TRACE,
	OPT_TRACE_FULL,
	OPT_REFUSE_DOWNGRADE,
	OPT_NO_BAC,
	OPT_SKIP_COM,
	OPT_ACTIVE_AUTH,
	OPT_GUESS_EXPIRY,
	OPT_NOW,
	OPT_KEYS,
	OPT_ID_NUMBER = OPT_KEYS,
	OPT_CAN,
	OPT_MRZ,
	OPT_QR,
	OPT_PIN,
	OPT_PUK,
	OPT_DOCUMENT,
	OPT_BIRTH,
	OPT_EXPIRY,
	OPT_KEYS_END,
	OPT_FD = 100, /* added to a key option */
};

#define KEY(name, code)                                              \
	{ name, required_argument, NULL, (code) },                   \
	{                                                            \
		name "-fd", required_argument, NULL, (code) + OPT_FD \
	}

static const struct option long_options[] = {
	{ "help", no_argument, NULL, OPT_HELP },
	{ "reader", required_argument, NULL, OPT_READER },
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ "groups", required_argument, NULL, OPT_GROUPS },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "resume", required_argument, NULL, OPT_RESUME },
	{ "trust", required_argument, NULL, OPT_TRUST },
	{ "demo-trust", required_argument, NULL, OPT_DEMO_TRUST },
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "tables", required_argument, NULL, OPT_TABLES },
	{ "evidence", required_argument, NULL, OPT_EVIDENCE },
	{ "portrait", required_argument, NULL, OPT_PORTRAIT },
	{ "render", required_argument, NULL, OPT_RENDER },
	{ "scopes", required_argument, NULL, OPT_SCOPES },
	{ "challenge", required_argument, NULL, OPT_CHALLENGE },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "full", no_argument, NULL, OPT_TRACE_FULL },
	{ "refuse-downgrade", no_argument, NULL, OPT_REFUSE_DOWNGRADE },
	{ "no-bac", no_argument, NULL, OPT_NO_BAC },
	{ "skip-com", no_argument, NULL, OPT_SKIP_COM },
	{ "active-auth", no_argument, NULL, OPT_ACTIVE_AUTH },
	{ "guess-expiry", optional_argument, NULL, OPT_GUESS_EXPIRY },
	{ "now", required_argument, NULL, OPT_NOW },
	KEY("id-number", OPT_ID_NUMBER),
	KEY("can", OPT_CAN),
	KEY("mrz", OPT_MRZ),
	KEY("qr", OPT_QR),
	KEY("pin", OPT_PIN),
	KEY("puk", OPT_PUK),
	KEY("document-number", OPT_DOCUMENT),
	KEY("birth", OPT_BIRTH),
	KEY("expiry", OPT_EXPIRY),
	{ NULL, 0, NULL, 0 },
};

static int bad_value(const char *option, const char *value)
{
	(void)value; /* perhaps a secret: never shown */
	return cli_usage("read", "giá trị của --%s không hợp lệ",
	                 "the value of --%s is not valid", option);
}

/* The same key option twice is a mistake. */
static int key_twice(const char *option)
{
	return cli_usage("read", "--%s chỉ được dùng một lần",
	                 "--%s may stand only once", option);
}

static bool parse_number(const char *text, unsigned long max,
                         unsigned long *ret)
{
	char *end = NULL;
	unsigned long value = 0;

	if (text[0] < '0' || text[0] > '9')
		return false;
	value = strtoul(text, &end, 10);
	if (*end != '\0' || value > max)
		return false;
	*ret = value;
	return true;
}

static bool parse_seconds(const char *text, uint32_t *ret_ms)
{
	unsigned long seconds = 0;

	if (!parse_number(text, 86400, &seconds))
		return false;
	*ret_ms = (uint32_t)(seconds * 1000);
	return true;
}

/* "dg1,dg13": the bits of the groups. */
static bool add_group(const char *name, unsigned int *bits)
{
	enum cccd_file file = cccd_file_by_name(name);

	if (file < CCCD_FILE_DG1 || file > CCCD_FILE_DG16)
		return false;
	*bits |= CCCD_GROUP_BIT((unsigned int)file);
	return true;
}

static bool add_scope(const char *name, unsigned int *bits)
{
	unsigned int bit =
	        strcmp(name, "all") == 0
	                ? JSON_SCOPES_DESK | JSON_SCOPE_RAW
	                : json_scope_by_name(name) & JSON_SCOPES_DIRECT;

	*bits |= bit;
	return bit != 0;
}

static bool add_rendering(const char *name, unsigned int *bits)
{
	unsigned int bit = json_rendering_by_name(name);

	*bits |= bit;
	return bit != 0;
}

/* Words between commas, each judged by @add. */
static bool parse_words(const char *text,
                        bool (*add)(const char *name, unsigned int *bits),
                        unsigned int *ret)
{
	char word[32];
	unsigned int bits = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, ",");

		if (len == 0 || len >= sizeof(word))
			return false;
		memcpy(word, text, len);
		word[len] = '\0';
		if (!add(word, &bits))
			return false;
		text += len + (text[len] == ',');
	}
	*ret = bits;
	return bits != 0;
}

static bool parse_challenge(const char *text, struct read_options *ret)
{
	BUF bytes = buf_make(sizeof(ret->challenge));

	if (hex_decode(text, &bytes) != CCCD_OK ||
	    bytes.len != sizeof(ret->challenge))
		return false;
	memcpy(ret->challenge, bytes.at, bytes.len);
	ret->has_challenge = true;
	return true;
}

/* Everything up to the end of the descriptor, without the last line feed. */
static bool read_descriptor(const char *text, char *value, size_t cap)
{
	unsigned long fd = 0;
	size_t len = 0;
	ssize_t got = 1;

	if (!parse_number(text, 1024, &fd))
		return false;
	while (got > 0 && len < cap) {
		got = read((int)fd, value + len, cap - len);
		if (got > 0)
			len += (size_t)got;
	}
	if (got < 0 || len == cap)
		return false;
	value[len] = '\0';
	while (len > 0 && (value[len - 1] == '\n' || value[len - 1] == '\r'))
		value[--len] = '\0';
	return len > 0;
}

/* From the argument, which is overwritten, or from the descriptor. */
static bool take_value(char *argument, bool from_fd, char *value, size_t cap)
{
	size_t len = strlen(argument);

	if (from_fd)
		return read_descriptor(argument, value, cap);
	if (len == 0 || len >= cap)
		return false;
	memcpy(value, argument, len + 1);
	/* Other users of the machine can see the arguments of a program. */
	memset(argument, 'x', len);
	return true;
}

/* Where the value of a key option goes. */
static char *key_slot(int code, struct read_options *ret, size_t *ret_cap)
{
	static const enum cccd_access_key types[] = {
		[OPT_ID_NUMBER - OPT_KEYS] = CCCD_ACCESS_KEY_ID_NUMBER,
		[OPT_CAN - OPT_KEYS] = CCCD_ACCESS_KEY_CAN,
		[OPT_MRZ - OPT_KEYS] = CCCD_ACCESS_KEY_MRZ,
		[OPT_QR - OPT_KEYS] = CCCD_ACCESS_KEY_QR,
		[OPT_PIN - OPT_KEYS] = CCCD_ACCESS_KEY_PIN,
		[OPT_PUK - OPT_KEYS] = CCCD_ACCESS_KEY_PUK,
	};

	switch (code) {
	case OPT_DOCUMENT:
		*ret_cap = sizeof(ret->document_number);
		return ret->document_number;
	case OPT_BIRTH: *ret_cap = sizeof(ret->birth); return ret->birth;
	case OPT_EXPIRY: *ret_cap = sizeof(ret->expiry); return ret->expiry;
	default:
		*ret_cap = KEY_TEXT_MAX;
		return ret->keys[types[code - OPT_KEYS]];
	}
}

static int take_key(int code, bool from_fd, char *argument, const char *name,
                    struct read_options *ret)
{
	size_t cap = 0;
	char *slot = key_slot(code, ret, &cap);

	if (slot[0] != '\0')
		return key_twice(name);
	if (!take_value(argument, from_fd, slot, cap))
		return bad_value(name, argument);
	ret->document = ret->document || code == OPT_DOCUMENT;
	return EXIT_OK;
}

static bool take_flag(int code, struct read_options *ret)
{
	static const struct {
		int code;
		uint32_t flag;
	} flags[] = {
		{ OPT_REFUSE_DOWNGRADE, CCCD_REFUSE_DOWNGRADE },
		{ OPT_NO_BAC, CCCD_NO_BAC },
		{ OPT_SKIP_COM, CCCD_SKIP_COM },
		{ OPT_ACTIVE_AUTH, CCCD_ALWAYS_ACTIVE_AUTH },
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (flags[i].code != code)
			continue;
		ret->engine.flags |= flags[i].flag;
		return true;
	}
	return false;
}

static bool take_path(int code, const char *argument, struct read_options *ret)
{
	switch (code) {
	case OPT_READER: ret->reader = argument; break;
	case OPT_OUT: ret->out = argument; break;
	case OPT_TRUST: ret->trust = argument; break;
	case OPT_DEMO_TRUST: ret->demo_trust = argument; break;
	case OPT_PROFILE: ret->profile = argument; break;
	case OPT_TABLES: ret->tables = argument; break;
	case OPT_EVIDENCE: ret->evidence = argument; break;
	case OPT_PORTRAIT: ret->portrait = argument; break;
	case OPT_TRACE: ret->trace = argument; break;
	default: return false;
	}
	return true;
}

static bool take_scalar(int code, const char *argument,
                        struct read_options *ret, bool *ret_valid)
{
	unsigned long number = 0;

	switch (code) {
	case OPT_WAIT:
		*ret_valid = parse_seconds(argument, &ret->engine.wait_ms);
		break;
	case OPT_TIMEOUT:
		*ret_valid = parse_seconds(argument, &ret->engine.exchange_ms);
		break;
	case OPT_RESUME:
		*ret_valid = parse_seconds(argument, &ret->engine.resume_ms);
		break;
	case OPT_NOW:
		*ret_valid = parse_number(argument, INT32_MAX, &number);
		ret->engine.now = (int64_t)number;
		break;
	case OPT_GROUPS:
		*ret_valid =
		        parse_words(argument, add_group, &ret->engine.groups);
		break;
	case OPT_SCOPES:
		*ret_valid = parse_words(argument, add_scope, &ret->scopes);
		break;
	case OPT_RENDER:
		*ret_valid =
		        parse_words(argument, add_rendering, &ret->renderings);
		break;
	case OPT_GUESS_EXPIRY:
		ret->engine.flags |= CCCD_GUESS_EXPIRY;
		*ret_valid =
		        argument == NULL || parse_number(argument, 9, &number);
		ret->engine.expiry_candidate = (uint32_t)number;
		break;
	case OPT_CHALLENGE: *ret_valid = parse_challenge(argument, ret); break;
	default: return false;
	}
	return true;
}

static int take_option(int code, int index, char *argument,
                       struct read_options *ret)
{
	const char *name = index >= 0 ? long_options[index].name : "";
	bool from_fd = code >= OPT_KEYS + OPT_FD;
	int key = from_fd ? code - OPT_FD : code;
	bool valid = true;

	if (key >= OPT_KEYS && key < OPT_KEYS_END)
		return take_key(key, from_fd, argument, name, ret);
	if (take_flag(code, ret) || take_path(code, argument, ret))
		return EXIT_OK;
	if (take_scalar(code, argument, ret, &valid))
		return valid ? EXIT_OK : bad_value(name, argument);
	switch (code) {
	case OPT_JSON: ret->json = true; return EXIT_OK;
	case OPT_QUIET: ret->quiet = true; return EXIT_OK;
	case OPT_TRACE_FULL: ret->trace_full = true; return EXIT_OK;
	case OPT_HELP:
		ret->leave = true;
		read_options_help();
		return EXIT_OK;
	default:
		return cli_usage("read", "tuỳ chọn không hợp lệ",
		                 "an option is not valid");
	}
}

static int check_document(const struct read_options *options)
{
	bool dates = options->birth[0] != '\0' || options->expiry[0] != '\0';
	bool all = options->birth[0] != '\0' && options->expiry[0] != '\0';

	if (options->document ? all : !dates)
		return EXIT_OK;
	return cli_usage("read",
	                 "--document-number, --birth và --expiry đi cùng nhau",
	                 "--document-number, --birth and --expiry go together");
}

int read_options_parse(int argc, char **argv, struct read_options *ret,
                       const char **operands, size_t max)
{
	int index = -1;
	int code = 0;
	int status = EXIT_OK;
	size_t count = 0;

	memset(ret, 0, sizeof(*ret));
	ret->engine = cccd_options_default();
	ret->scopes = JSON_SCOPES_DESK;
	opterr = 0;
	optind = 1;
	while (status == EXIT_OK && !ret->leave &&
	       /* One thread until the session runs. */
	       (code = getopt_long(argc, argv, /* NOLINT */
	                           "hr:w:g:o:jq", long_options, &index)) !=
	               -1) {
		status = take_option(code, index, optarg, ret);
		index = -1;
	}
	if (status != EXIT_OK || ret->leave)
		return status;
	for (; optind < argc && count < max; optind++)
		operands[count++] = argv[optind];
	if (optind < argc)
		return cli_usage("read", "thừa tham số", "too many operands");
	return check_document(ret);
}

/* A bare number: 12 digits are the citizen number, 6 the CAN. */
static enum cccd_access_key guess_type(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (text[digits] == '\0' && digits == 12)
		return CCCD_ACCESS_KEY_ID_NUMBER;
	if (text[digits] == '\0' && digits == 6)
		return CCCD_ACCESS_KEY_CAN;
	if (strchr(text, '|') != NULL)
		return CCCD_ACCESS_KEY_QR;
	return CCCD_ACCESS_KEY_MRZ;
}

static bool has_key(const struct read_options *options)
{
	bool any = options->document;

	for (size_t i = 0; i < CLI_KEYS; i++)
		any = any || options->keys[i][0] != '\0';
	return any;
}

int read_options_ask(struct read_options *options)
{
	char *text = options->keys[CCCD_ACCESS_KEY_NONE];

	if (has_key(options) || isatty(STDIN_FILENO) == 0 ||
	    isatty(STDERR_FILENO) == 0)
		return EXIT_OK;
	(void)fputs(cli_text("Số căn cước (12 số), CAN (6 số), MRZ hoặc QR: ",
	                     "ID number (12 digits), CAN (6), MRZ or QR: "),
	            stderr);
	if (fgets(text, KEY_TEXT_MAX, stdin) == NULL)
		return EXIT_USAGE;
	text[strcspn(text, "\r\n")] = '\0';
	if (text[0] != '\0')
		memcpy(options->keys[guess_type(text)], text, KEY_TEXT_MAX);
	wipe(text, KEY_TEXT_MAX);
	return EXIT_OK;
}

void read_options_wipe_keys(struct read_options *options)
{
	wipe(options->keys, sizeof(options->keys));
	wipe(options->document_number, sizeof(options->document_number));
	wipe(options->birth, sizeof(options->birth));
	wipe(options->expiry, sizeof(options->expiry));
}

void read_options_wipe(struct read_options *options)
{
	wipe(options, sizeof(*options));
}
