/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator does beside the running gateway. */
#include "service/gateway/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cccd/assertion.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"
#include "lib/json/gateway_reply.h"
#include "lib/json/jwk.h"
#include "lib/json/result.h"
#include "lib/json/words.h"
#include "service/gateway/gateway.h"
#include "service/say.h"

enum {
	TOKEN_LEAST = 32,
	TOKEN_MAX = 512,
	DEVICE_NAME_MAX = 65,
	NAME_ROOM = 512,
	DAY_LEN = 10,
};

int command_complain(const struct cccd_error *error, enum cccd_err err)
{
	struct cccd_error told = *error;

	told.code = err;
	say_error(&told);
	return err == CCCD_ERR_MEMORY || err == CCCD_ERR_INTERNAL
	               ? COMMAND_TROUBLE
	               : COMMAND_CONFIG;
}

static const char *own_words(const char *vietnamese, const char *english)
{
	return cccd_lang_from_environment() == CCCD_LANG_EN ? english
	                                                    : vietnamese;
}

/* As `cccd device show` prints them: two people read to each other. */
static void print_key(const struct cccd_jwks *keys)
{
	(void)printf("%s: %s\n", own_words("Vân tay khoá", "Thumbprint"),
	             cccd_jwks_thumbprint(keys, 0));
	(void)printf("%s: %s\n", own_words("Đọc cho nhau", "Read it aloud as"),
	             cccd_jwks_spoken(keys, 0));
}

static enum cccd_err add_key(struct store *store, const struct cccd_jwks *keys,
                             const char *name)
{
	char now[CLOCK_TEXT_MAX];
	const struct store_device device = {
		.thumbprint = cccd_jwks_thumbprint(keys, 0),
		.name = name,
		.jwk = cccd_jwks_jwk(keys, 0),
		.added = now,
		.revoked = "",
	};

	clock_text(clock_wall_s(), now);
	return store_device_add(store, &device);
}

static bool look_no_further(void *context, const struct store_device *device)
{
	(void)context;
	(void)device;
	return false;
}

/* It is there already; whether it counts is another thing to be told. */
static enum cccd_err judge_known(struct store *store, const char *thumbprint,
                                 struct cccd_error *error)
{
	enum cccd_err err =
	        store_device_find(store, thumbprint, look_no_further, NULL);

	if (err == CCCD_OK)
		err = CCCD_ERR_DEVICE_KNOWN;
	return err == CCCD_ERR_STORE ? err : fail(error, err, "%s", thumbprint);
}

/* As people write it, and fit to be shown: "Quầy 3". */
static enum cccd_err take_name(const char *text, struct cccd_error *error,
                               char ret[static NAME_ROOM])
{
	struct span name = span_text(text);

	if (text_is_utf8(name) && !text_has_controls(name) &&
	    text_nfc(name, ret, NAME_ROOM) == CCCD_OK && ret[0] != '\0' &&
	    strlen(ret) < DEVICE_NAME_MAX)
		return CCCD_OK;
	return fail(error, CCCD_ERR_USAGE_ARGUMENT,
	            "--name: 1 to %d bytes of UTF-8, no control characters",
	            DEVICE_NAME_MAX - 1);
}

/* The first key of the file: `cccd device show --jwks` has the current one
 * there, and those that it replaced after it. */
static enum cccd_err device_add(struct store *store,
                                const struct command *command,
                                struct cccd_error *error)
{
	BUF text = buf_make(JWKS_TEXT_MAX);
	struct cccd_error cause = { .tries_left = -1 };
	struct cccd_jwks *keys = NULL;
	char name[NAME_ROOM] = "";
	enum cccd_err err = CCCD_OK;

	if (command->name != NULL)
		TRY(take_name(command->name, error, name));
	err = file_read(command->words[2], &cause, &text);
	if (err != CCCD_OK)
		return fail_path(error, err, cause.native, command->words[2],
		                 cause.text);
	error_reset(&cause);
	err = cccd_jwks_parse((const char *)text.at, text.len, &cause, &keys);
	if (err != CCCD_OK)
		return fail_path(error, err, 0, command->words[2], cause.text);
	if (cccd_jwks_count(keys) == 0)
		err = fail(error, CCCD_ERR_POLICY_CONFIG, "no key in the file");
	if (err == CCCD_OK)
		err = add_key(store, keys, name);
	if (err == CCCD_OK)
		print_key(keys);
	else if (err == CCCD_ERR_USAGE_STATE)
		err = judge_known(store, cccd_jwks_thumbprint(keys, 0), error);
	cccd_jwks_free(keys);
	return err;
}

static bool print_device(void *context, const struct store_device *device)
{
	struct cccd_jwks *keys = NULL;

	(void)context;
	if (cccd_jwks_parse(device->jwk, strlen(device->jwk), NULL, &keys) !=
	    CCCD_OK)
		return true;
	(void)printf("%s  %s  %s  %s  %s\n", device->thumbprint,
	             cccd_jwks_spoken(keys, 0), device->added,
	             device->revoked[0] != '\0' ? device->revoked : "-",
	             device->name);
	cccd_jwks_free(keys);
	return true;
}

static enum cccd_err device_list(struct store *store,
                                 const struct command *command,
                                 struct cccd_error *error)
{
	(void)command;
	(void)error;
	return store_device_list(store, print_device, NULL);
}

static enum cccd_err device_revoke(struct store *store,
                                   const struct command *command,
                                   struct cccd_error *error)
{
	char now[CLOCK_TEXT_MAX];
	enum cccd_err err = CCCD_OK;

	clock_text(clock_wall_s(), now);
	err = store_device_revoke(store, command->words[2], now);
	return err == CCCD_ERR_ASSERTION_DEVICE_UNKNOWN
	               ? fail(error, err, "no such device here")
	               : err;
}

/* RFC 4180; what a spreadsheet would take for a formula gets a mark. */
static void print_cell(const char *text, const char *end)
{
	(void)putchar('"');
	if (text[0] != '\0' && strchr("=+-@", text[0]) != NULL)
		(void)putchar('\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)putchar('"');
		(void)putchar(*text);
	}
	(void)printf("\"%s", end);
}

static bool print_csv(void *context, const struct usage_row *row)
{
	(void)context;
	(void)printf("%" PRIu64 ",", row->seq);
	for (size_t i = 0; i < USAGE_COLUMNS; i++)
		print_cell(row->line.texts[i], ",");
	print_cell(row->prev, ",");
	print_cell(row->hash, "\r\n");
	return ferror(stdout) == 0;
}

static bool print_json(void *context, const struct usage_row *row)
{
	const struct gateway_line line = {
		.seq = row->seq,
		.names = usage_names,
		.texts = row->line.texts,
		.count = USAGE_COLUMNS,
		.prev = row->prev,
		.hash = row->hash,
	};
	enum cccd_err *err = context;
	char *text = NULL;

	*err = gateway_line_text(&line, &text);
	if (*err != CCCD_OK)
		return false;
	(void)puts(text);
	json_text_free(text);
	return ferror(stdout) == 0;
}

static enum cccd_err walk_log(struct store *store,
                              const struct command *command, void *context)
{
	usage_row_fn print = command->csv ? print_csv : print_json;

	if (command->transaction != NULL || command->request != NULL)
		return store_log_find(store, command->transaction,
		                      command->request, print, context);
	return store_log_export(store, command->from, command->to, print,
	                        context);
}

/* "2026-11-23" or "2026-11-23T02:10:04Z": lines are compared as text, and
 * whatever else would find nothing and sound like "nothing happened". */
static bool is_time(const char *text)
{
	int64_t time = 0;

	if (strlen(text) == DAY_LEN) {
		char full[CLOCK_TEXT_MAX];

		(void)snprintf(full, sizeof(full), "%sT00:00:00Z", text);
		return clock_parse(full, &time);
	}
	return clock_parse(text, &time);
}

static enum cccd_err judge_times(const struct command *command,
                                 struct cccd_error *error)
{
	const char *const times[] = { command->from, command->to };
	static const char *const names[] = { "from", "to" };

	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (times[i][0] != '\0' && !is_time(times[i]))
			return fail(error, CCCD_ERR_USAGE_ARGUMENT,
			            "--%s is no YYYY-MM-DD and no "
			            "YYYY-MM-DDTHH:MM:SSZ (UTC)",
			            names[i]);
	if (times[0][0] != '\0' && times[1][0] != '\0' &&
	    strcmp(times[0], times[1]) >= 0)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "--from is not before --to");
	return CCCD_OK;
}

static enum cccd_err log_export(struct store *store,
                                const struct command *command,
                                struct cccd_error *error)
{
	enum cccd_err own = CCCD_OK;

	TRY(judge_times(command, error));
	if (command->csv) {
		(void)fputs("seq,", stdout);
		for (size_t i = 0; i < USAGE_COLUMNS; i++)
			(void)printf("%s,", usage_names[i]);
		(void)fputs("prev,hash\r\n", stdout);
	}
	TRY(walk_log(store, command, &own));
	if (own == CCCD_OK && (fflush(stdout) != 0 || ferror(stdout) != 0))
		own = CCCD_ERR_USAGE_FILE;
	return own == CCCD_OK ? own : fail(error, own, "standard output");
}

static enum cccd_err log_verify(struct store *store,
                                const struct command *command,
                                struct cccd_error *error)
{
	uint64_t lines = 0;
	uint64_t bad = 0;

	(void)command;
	TRY(store_log_verify(store, &lines, &bad));
	(void)printf("%" PRIu64 " %s\n", lines,
	             own_words("dòng nhật ký", "lines of the log"));
	if (bad == 0)
		return CCCD_OK;
	return fail(error, CCCD_ERR_LOG_BROKEN,
	            "the chain does not hold at line %" PRIu64, bad);
}

static const struct {
	const char *noun;
	const char *verb;
	size_t words;
	/* What was never there is no empty log. */
	bool existing;
	enum cccd_err (*run)(struct store *store, const struct command *command,
	                     struct cccd_error *error);
} commands[] = {
	{ "device", "add", 3, false, device_add },
	{ "device", "list", 2, true, device_list },
	{ "device", "revoke", 3, true, device_revoke },
	{ "log", "export", 2, true, log_export },
	{ "log", "verify", 2, true, log_verify },
};

/* Only where nothing was said of it yet. */
static enum cccd_err name_store(const struct gateway_config *config,
                                struct cccd_error *error)
{
	bool server = config->conninfo_file[0] != '\0';

	if (error->code != CCCD_OK)
		return error->code;
	return fail(error, CCCD_ERR_STORE, "%.100s: cannot be read or written",
	            server ? config->conninfo_file : config->store);
}

static size_t find_command(const struct command *command)
{
	size_t at = 0;

	while (at < ARRAY_LEN(commands) &&
	       (command->count != commands[at].words ||
	        strcmp(command->words[0], commands[at].noun) != 0 ||
	        strcmp(command->words[1], commands[at].verb) != 0))
		at++;
	return at;
}

bool command_exists(const struct command *command)
{
	return find_command(command) < ARRAY_LEN(commands);
}

/* What a command found, as an exit code, and told. */
static int end(struct cccd_error *error, enum cccd_err err)
{
	int code = COMMAND_CALL;

	if (err == CCCD_OK)
		return COMMAND_FINE;
	if (err == CCCD_ERR_ASSERTION_DEVICE_UNKNOWN) {
		/* The table has a desk's people add it. */
		say_error_next(error, "Xem các khoá: cccd-gateway device list",
		               "See the keys: cccd-gateway device list");
		return code;
	}
	code = command_complain(error, err);
	if (err == CCCD_ERR_LOG_BROKEN)
		return COMMAND_FAILED;
	return err == CCCD_ERR_USAGE_ARGUMENT || err == CCCD_ERR_DEVICE_KNOWN ||
	                       err == CCCD_ERR_ASSERTION_DEVICE_REVOKED
	               ? COMMAND_CALL
	               : code;
}

int command_run(const struct command *command,
                const struct gateway_config *config)
{
	struct cccd_error error = { .tries_left = -1 };
	struct store *store = NULL;
	enum cccd_err err = CCCD_OK;
	size_t at = find_command(command);

	if (at == ARRAY_LEN(commands))
		return COMMAND_CALL;
	err = gateway_store_open(config, commands[at].existing, &error, &store);
	if (err == CCCD_OK)
		err = commands[at].run(store, command, &error);
	if (err == CCCD_ERR_STORE)
		err = name_store(config, &error);
	store_close(store);
	return end(&error, err);
}

/* Never an argument: those stand in the list of processes. */
int command_hash(void)
{
	struct cccd_error error = { .tries_left = -1 };
	/* With room for one letter too many, which is not read over. */
	char token[TOKEN_MAX + 1];
	struct digest digest;
	size_t len = 0;

	if (fgets(token, sizeof(token), stdin) == NULL)
		token[0] = '\0';
	len = strcspn(token, "\r\n");
	token[len] = '\0';
	if (len < TOKEN_LEAST || !word_is_printable(token, TOKEN_MAX)) {
		(void)fail(&error, CCCD_ERR_USAGE_ARGUMENT,
		           "a token has %d to %d letters, and no blanks",
		           TOKEN_LEAST, TOKEN_MAX - 1);
		say_error(&error);
		return COMMAND_CALL;
	}
	if (digest_compute(DIGEST_SHA256, span_of(token, len), &digest) !=
	    CCCD_OK)
		return COMMAND_TROUBLE;
	wipe(token, sizeof(token));
	for (size_t i = 0; i < digest.len; i++)
		(void)printf("%02x", digest.bytes[i]);
	(void)putchar('\n');
	return COMMAND_FINE;
}
