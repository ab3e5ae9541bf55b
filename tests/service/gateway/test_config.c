/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-gateway.conf: every key, every refusal with its line, the callers. */
#include "service/gateway/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/buf.h"
#include "base/file.h"
#include "lib/json/result.h"

/* SHA-256 of "t0ken-of-the-desk-0123456789abcdefghij" and of two others. */
#define TOKEN "t0ken-of-the-desk-0123456789abcdefghij"
#define HASH_A                             \
	"f0b14356e8ed7d276351f05b0a456e62" \
	"26d7e4fcb000213cdbe55f9adbabf50d"
#define HASH_B                             \
	"d9298a10d1b0735837dc4bd85dac641b" \
	"0f3cef27a47e5d53a54f2f3f5b2fcffa"
#define BEARER "bearer_sha256 = "

#define OWN       "[gateway]\nid = urn:test:gw\n"
#define CONNECTOR "[connector pilot]\nkind = directory\n"
#define CALLER    "[caller desk]\n" BEARER HASH_A "\n"

/* The path of a socket is at most 107 bytes long. */
#define SOCKET_107                                               \
	"ssssssssssssssssssssssssssssssssssssssssssssssssssssss" \
	"sssssssssssssssssssssssssssssssssssssssssssssssssssss"

enum { TEXT_MAX = 65536 };

static enum cccd_err parse(const char *text, struct cccd_error *error,
                           struct gateway_config **ret)
{
	*error = (struct cccd_error){ .tries_left = -1 };
	return gateway_config_parse(span_text(text), "x.conf", error, ret);
}

/* It must be good. */
static struct gateway_config *good(const char *text)
{
	struct gateway_config *config = NULL;
	struct cccd_error error;

	if (parse(text, &error, &config) != CCCD_OK)
		print_error("%s\n", error.text);
	assert_int_equal(error.code, CCCD_OK);
	assert_non_null(config);
	return config;
}

static void gateway_config_has_the_defaults_of_the_manual(void **state)
{
	struct gateway_config *config = good(OWN CONNECTOR);

	(void)state;
	assert_string_equal(config->id, "urn:test:gw");
	assert_int_equal(config->listen.count, 1);
	assert_string_equal(config->listen.items[0], "127.0.0.1:24080");
	assert_false(config->any_address);
	assert_int_equal(config->hosts.count, 0);
	assert_int_equal(config->origins.count, 0);
	assert_string_equal(config->socket, "");
	assert_string_equal(config->store, "/var/lib/cccd-gateway/gateway.db");
	assert_string_equal(config->conninfo_file, "");
	assert_string_equal(config->log_key, "/var/lib/cccd-gateway/log.key");
	assert_false(config->log_numbers);
	assert_false(config->log_officer_names);
	assert_int_equal(config->retention_days, 0);
	assert_int_equal(config->nonce_s, 300);
	assert_int_equal(config->check_ms, 15000);
	assert_int_equal(config->interrupted_s, 180);
	assert_int_equal(config->leeway_s, 5);
	assert_int_equal(config->workers, 16);
	assert_int_equal(config->queue, 256);
	assert_int_equal(config->max_connections, 256);
	assert_int_equal(config->max_body, 524288);
	assert_false(config->diacritics_count);
	assert_string_equal(config->tables, "/usr/share/cccd/tables");
	assert_int_equal(config->language, CCCD_LANG_VI);
	assert_int_equal(config->log_level, 3);
	assert_int_equal(config->callers.count, 0);
	assert_string_equal(config->connector.name, "pilot");
	assert_string_equal(config->connector.kind, "directory");
	assert_int_equal(config->connector.count, 0);
	gateway_config_free(config);
}

static const char every_key[] =
        "# Cổng của xã\n"
        "[gateway]\n"
        "id = urn:example:gateway\n"
        "listen = 127.0.0.1:0 [::1]:24080 0.0.0.0:65535\r\n"
        "any_address = yes\n"
        "hosts = gw.example gw.example:8443\n"
        "origins = https://a.example http://localhost:8080\n"
        "socket=/run/cccd-gateway/api.sock\n"
        "store = none\n"
        "store_conninfo_file = /etc/cccd/conninfo\n"
        "log_key = none\n"
        "log_numbers = yes\n"
        "log_officer_names = yes\n"
        "log_retention_days = 3650\n"
        "nonce_time = 2 min\n"
        "check_time = 900 ms\n"
        "interrupted_after = 6 s\n"
        "clock_leeway = 0 s\n"
        "workers = 64\n"
        "queue = 65536\n"
        "max_connections = 20000\n"
        "max_body = 4096\n"
        "diacritics_count = yes\n"
        "tables = none\n"
        "language = en\n"
        "log_level = error\n";

static void gateway_config_takes_every_key(void **state)
{
	char text[2048];
	struct gateway_config *config = NULL;

	(void)state;
	(void)snprintf(text, sizeof(text), "%s%s", every_key, CONNECTOR);
	config = good(text);
	assert_string_equal(config->id, "urn:example:gateway");
	assert_int_equal(config->listen.count, 3);
	assert_string_equal(config->listen.items[2], "0.0.0.0:65535");
	assert_true(config->any_address);
	assert_int_equal(config->hosts.count, 2);
	assert_string_equal(config->hosts.items[1], "gw.example:8443");
	assert_int_equal(config->origins.count, 2);
	assert_string_equal(config->origins.items[0], "https://a.example");
	assert_string_equal(config->socket, "/run/cccd-gateway/api.sock");
	assert_string_equal(config->store, "");
	assert_string_equal(config->conninfo_file, "/etc/cccd/conninfo");
	assert_string_equal(config->log_key, "");
	assert_true(config->log_numbers);
	assert_true(config->log_officer_names);
	assert_int_equal(config->retention_days, 3650);
	assert_int_equal(config->nonce_s, 120);
	assert_int_equal(config->check_ms, 900);
	assert_int_equal(config->interrupted_s, 6);
	assert_int_equal(config->leeway_s, 0);
	assert_int_equal(config->workers, 64);
	assert_int_equal(config->queue, 65536);
	assert_int_equal(config->max_connections, 20000);
	assert_int_equal(config->max_body, 4096);
	assert_true(config->diacritics_count);
	assert_string_equal(config->tables, "");
	assert_int_equal(config->language, CCCD_LANG_EN);
	assert_int_equal(config->log_level, 1);
	gateway_config_free(config);
}

/* A gateway's section may be left and entered again; each key stands once. */
static void gateway_config_takes_sections_in_any_order(void **state)
{
	struct gateway_config *config =
	        good(CALLER CONNECTOR OWN "[gateway]\nlanguage = en\n");

	(void)state;
	assert_int_equal(config->callers.count, 1);
	assert_int_equal(config->language, CCCD_LANG_EN);
	gateway_config_free(config);
}

/** struct refusal - lines, and what their reason says. */
struct refusal {
	const char *text;
	const char *words;
};

static void assert_refused(const char *text, const char *words)
{
	struct gateway_config *config = NULL;
	struct cccd_error error;

	assert_int_equal(parse(text, &error, &config), CCCD_ERR_POLICY_CONFIG);
	assert_null(config);
	if (strstr(error.text, words) == NULL)
		print_error("%s: %s\n", text, error.text);
	assert_non_null(strstr(error.text, "x.conf"));
	assert_non_null(strstr(error.text, words));
}

/* Each stands on line 3, behind a section and its id. */
static const struct refusal bad_settings[] = {
	{ "colour = red", "line 3: colour: there is no such setting" },
	{ "ID = x", "line 3: it is not" },
	{ "workers", "line 3: it is not" },
	{ "= 8", "line 3: it is not" },
	{ "workers =", "line 3: workers: it has no value" },
	{ "workers = 8 # eight", "line 3: workers: it is no whole number" },
	{ "workers = 0", "too small or too large: 1 to 64" },
	{ "workers = 65", "too small or too large: 1 to 64" },
	{ "workers = 08", "no whole number" },
	{ "queue = 0", "too small or too large: 1 to 65536" },
	{ "queue = 65537", "too small or too large: 1 to 65536" },
	{ "max_connections = 0", "too small or too large: 1 to 20000" },
	{ "max_connections = 20001", "too small or too large: 1 to 20000" },
	{ "max_body = 4095", "too small or too large: 4096 to 4194304" },
	{ "max_body = 4194305", "too small or too large: 4096 to 4194304" },
	{ "max_body = 512 KiB", "no whole number" },
	{ "log_retention_days = 36501", "too small or too large: 0 to 36500" },
	{ "log_retention_days = -1", "no whole number" },
	{ "nonce_time = 9 s", "too small or too large: 10 s to 15 min" },
	{ "nonce_time = 901 s", "too small or too large: 10 s to 15 min" },
	{ "nonce_time = 10500 ms", "whole seconds only" },
	{ "nonce_time = 300", "no time" },
	{ "check_time = 99 ms", "too small or too large: 100 ms to 1 min" },
	{ "check_time = 61 s", "too small or too large: 100 ms to 1 min" },
	{ "check_time = 1 h", "no time" },
	{ "clock_leeway = 61 s", "too small or too large: 0 s to 1 min" },
	{ "interrupted_after = 5 s", "too small or too large: 6 s to 60 min" },
	{ "interrupted_after = 61 min",
	  "too small or too large: 6 s to 60 min" },
	{ "interrupted_after = 19 s", "not 5 s above check_time" },
	{ "any_address = true", "line 3: any_address: yes or no" },
	{ "log_numbers = 1", "yes or no" },
	{ "log_officer_names = Yes", "yes or no" },
	{ "diacritics_count = y", "yes or no" },
	{ "language = fr", "line 3: language: vi or en" },
	{ "log_level = debug", "line 3: log_level: error, warning or info" },
	{ "socket = /" SOCKET_107, "longer than 107 bytes" },
	{ "socket = api.sock", "line 3: socket: a path begins with /" },
	{ "store = gateway.db", "a path begins with /" },
	{ "store = none", "store is none" },
	{ "store_conninfo_file = ~/x", "a path begins with /" },
	{ "log_key = ./k", "a path begins with /" },
	{ "log_key = none", "log_key is none" },
	{ "tables = \"/usr\"", "a path begins with /" },
	{ "tables = /a\tb", "line 3: a control character" },
	{ "tables = /\xff", "line 3: a control character" },
	{ "id = urn:second", "line 3: id: it stands twice" },
	{ "queue = 1\nqueue = 1", "line 4: queue: it stands twice" },
	{ "listen = none", "nobody could call" },
	{ "listen = 24080", "line 3: listen: an address and a port" },
	{ "listen = :24080", "an address and a port" },
	{ "listen = 127.0.0.1:", "an address and a port" },
	{ "listen = 127.0.0.1:65536", "an address and a port" },
	{ "listen = 127.0.0.1:080", "an address and a port" },
	{ "listen = 0.0.0.0:24080", "beyond loopback needs any_address" },
	{ "listen = [::]:24080", "beyond loopback needs any_address" },
	{ "listen = 127.0.0.1:1 192.0.2.1:1", "needs any_address" },
	{ "listen = 127.0.0.10:1", "needs any_address" },
	{ "hosts = a\xC3\xA9", "letters it may not have" },
	{ "hosts = a b c d e f g h i j k l m n o p q", "more than 16 words" },
	{ "origins = *", "patterns are not taken" },
	{ "origins = https://*.example", "patterns are not taken" },
	{ "origins = null", "does not begin with https://" },
	{ "origins = https://a.example/", "no path" },
	{ "origins = https://a.example:443", "the scheme's own port" },
	{ "origins = http://a.example", "http is only for" },
	{ "origins = https://A.example", "lower case" },
	{ "[gateway", "line 3: a section ends with ]" },
	{ "[gateway] x", "line 3: a section ends with ]" },
	{ "[]", "line 3: [gateway], [caller NAME]" },
	{ "[caller]", "line 3: [gateway], [caller NAME]" },
	{ "[caller ]", "line 3: [gateway], [caller NAME]" },
	{ "[caller  desk]", "line 3: [gateway], [caller NAME]" },
	{ "[caller a/b]", "line 3: [gateway], [caller NAME]" },
	{ "[caller Desk]", "line 3: [gateway], [caller NAME]" },
	{ "[Gateway]", "line 3: [gateway], [caller NAME]" },
	{ "[desk one]", "line 3: there is no such section" },
};

static void gateway_config_refuses_settings_with_line_and_reason(void **state)
{
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_settings); i++) {
		(void)snprintf(text, sizeof(text), "%s%s\n%s", OWN,
		               bad_settings[i].text, CONNECTOR);
		assert_refused(text, bad_settings[i].words);
	}
}

static const struct refusal bad_files[] = {
	{ "", "x.conf: id is missing" },
	{ "id = urn:test:gw", "line 1: id: it stands in no section" },
	{ CONNECTOR, "x.conf: id is missing" },
	{ OWN, "a [connector NAME] with its kind is missing" },
	{ OWN "[connector a]\npath = /x", "with its kind is missing" },
	{ OWN CONNECTOR CONNECTOR, "line 5: one connector only" },
	{ OWN CONNECTOR "kind = soap", "line 5: kind: it stands twice" },
	{ "[gateway]\nid = a b\n", "line 2: id: it has letters" },
	{ "[gateway]\nid = \xC4\x91\n", "line 2: id: it has letters" },
	{ OWN CONNECTOR "[caller desk]", "the caller above has no bearer" },
	{ OWN CONNECTOR "[caller desk]\n[caller b]", "line 6: the caller" },
	{ OWN CONNECTOR CALLER CALLER, "line 7: a caller stands twice" },
	{ OWN CONNECTOR CALLER "[caller b]\n" BEARER HASH_A,
	  "line 8: bearer_sha256: another caller has the same" },
	{ OWN CONNECTOR CALLER BEARER HASH_B,
	  "line 7: bearer_sha256: it stands twice" },
	{ OWN CONNECTOR CALLER "scopes = id\nscopes = address",
	  "line 8: scopes: it stands twice" },
	{ OWN CONNECTOR CALLER "allow_unproven = no\nallow_unproven = yes",
	  "line 8: allow_unproven: it stands twice" },
	{ OWN CONNECTOR CALLER "rate_per_minute = 1\nrate_per_minute = 2",
	  "line 8: rate_per_minute: it stands twice" },
	{ OWN CONNECTOR CALLER "scopes = id everything", "no such scope" },
	{ OWN CONNECTOR CALLER "scopes = id portrait",
	  "no value of a registry" },
	{ OWN CONNECTOR CALLER "scopes = age_over_18",
	  "no value of a registry" },
	{ OWN CONNECTOR CALLER "scopes = id id",
	  "no such scope, or one twice" },
	{ OWN CONNECTOR CALLER "allow_unproven = 1", "yes or no" },
	{ OWN CONNECTOR CALLER "rate_per_minute = 0",
	  "too small or too large: 1 to 1000000" },
	{ OWN CONNECTOR CALLER "rate_per_minute = 1000001", "too large" },
	{ OWN CONNECTOR CALLER "language = en",
	  "line 7: language: there is no such setting of a caller" },
	{ OWN CONNECTOR "[caller b]\n" BEARER "0123", "64 digits" },
	{ OWN CONNECTOR "[caller b]\n" BEARER TOKEN, "64 digits" },
	{ OWN CONNECTOR "[caller b]\n" BEARER HASH_A "0", "64 digits" },
};

static void gateway_config_refuses_files_with_line_and_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_files); i++)
		assert_refused(bad_files[i].text, bad_files[i].words);
}

/* No value is repeated: it may be a token in the wrong place. */
static void gateway_config_refusals_repeat_no_value(void **state)
{
	struct gateway_config *config = NULL;
	struct cccd_error error;

	(void)state;
	assert_int_equal(parse(OWN CONNECTOR "[caller b]\n" BEARER TOKEN,
	                       &error, &config),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_null(strstr(error.text, TOKEN));
	assert_int_equal(parse("[gateway]\nlanguage = " TOKEN, &error, &config),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_null(strstr(error.text, TOKEN));
}

static void gateway_config_minds_length_and_nul(void **state)
{
	static const char nul[] = "[gateway]\nid = urn:a\0b\n";
	struct gateway_config *config = NULL;
	struct cccd_error error = { .tries_left = -1 };
	char text[3072];

	(void)state;
	assert_int_equal(gateway_config_parse(span_of(nul, sizeof(nul) - 1),
	                                      "x.conf", &error, &config),
	                 CCCD_ERR_POLICY_CONFIG);
	(void)snprintf(text, sizeof(text), "[gateway]\nid = %0128d\n%s", 0,
	               CONNECTOR);
	config = good(text);
	assert_int_equal(strlen(config->id), GATEWAY_ID_MAX - 1);
	gateway_config_free(config);
	(void)snprintf(text, sizeof(text), "[gateway]\nid = %0129d\n", 0);
	assert_refused(text, "line 2: id: it has letters");
	(void)snprintf(text, sizeof(text), "%sstore = /%0255d\n", OWN, 0);
	assert_refused(text, "line 3: store: it is too long");
	(void)snprintf(text, sizeof(text), "%shosts = %0256d\n", OWN, 0);
	assert_refused(text, "line 3: hosts: a word is too long");
	(void)snprintf(text, sizeof(text), "%s[caller %064d]\n", OWN, 0);
	assert_refused(text, "line 3: [gateway], [caller NAME]");
	(void)snprintf(text, sizeof(text), "%s# %01100d\nstore = /%01100d\n",
	               OWN, 0, 0);
	assert_refused(text, "line 4: the line is too long");
}

static void gateway_config_keeps_a_connector_s_own_settings(void **state)
{
	struct gateway_config *config = good(OWN CONNECTOR "engine = sqlite\n"
	                                                   "path = /a b/c = d\n"
	                                                   "column_2 = số\n");
	const struct gateway_connector *own = &config->connector;

	(void)state;
	assert_int_equal(own->count, 3);
	assert_string_equal(own->keys[1], "path");
	assert_string_equal(own->values[1], "/a b/c = d");
	assert_string_equal(own->keys[2], "column_2");
	assert_string_equal(own->values[2], "số");
	gateway_config_free(config);
}

/* The @i-th line of its kind; each is a caller's, or a connector's setting. */
static void append_line(struct buf *text, bool caller, size_t i)
{
	char line[256];

	if (caller)
		(void)snprintf(line, sizeof(line),
		               "[caller c%zu]\n" BEARER "%064zu\n", i, i);
	else
		(void)snprintf(line, sizeof(line), "key_%zu = 1\n", i);
	assert_int_equal(buf_append(text, span_text(line)), CCCD_OK);
}

static void assert_most(size_t most, bool caller, const char *words)
{
	BUF text = buf_make(TEXT_MAX);
	struct cccd_error error = { .tries_left = -1 };
	struct gateway_config *config = NULL;

	assert_int_equal(buf_append(&text, span_text(OWN CONNECTOR)), CCCD_OK);
	for (size_t i = 0; i < most; i++)
		append_line(&text, caller, i);
	assert_int_equal(gateway_config_parse(buf_span(&text), "x.conf", &error,
	                                      &config),
	                 CCCD_OK);
	gateway_config_free(config);
	append_line(&text, caller, most);
	assert_int_equal(gateway_config_parse(buf_span(&text), "x.conf", &error,
	                                      &config),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_non_null(strstr(error.text, words));
}

static void gateway_config_counts_callers_and_settings(void **state)
{
	(void)state;
	assert_most(GATEWAY_SETTINGS_MAX, false, "too many settings");
	assert_most(GATEWAY_CALLERS_MAX, true, "too many callers");
}

static bool has(const struct gateway_caller *caller, unsigned int scope)
{
	return (caller->scopes.bits & scope) != 0;
}

static void gateway_config_reads_callers(void **state)
{
	struct gateway_config *config =
	        good(OWN CALLER "[caller b.2-c]\n"
	                        "rate_per_minute = 1000000\n"
	                        "allow_unproven = yes\n"
	                        "scopes = id demographic address family "
	                        "sensitive\n" BEARER HASH_B "\n"
	                        "[caller c]\n"
	                        "scopes = none\n" BEARER
	                        "00000000000000000000000000000000"
	                        "000000000000000000000000000000ff\n" CONNECTOR);
	const struct gateway_caller *caller = config->callers.list;

	(void)state;
	assert_int_equal(config->callers.count, 3);
	assert_string_equal(caller->name, "desk");
	assert_int_equal(caller->bearer[0], 0xF0);
	assert_int_equal(caller->scopes.bits, 0);
	assert_false(caller->allow_unproven);
	assert_int_equal(caller->per_minute, 600);
	caller++;
	assert_string_equal(caller->name, "b.2-c");
	assert_true(has(caller, JSON_SCOPE_ID));
	assert_true(has(caller, JSON_SCOPE_DEMOGRAPHIC));
	assert_true(has(caller, JSON_SCOPE_ADDRESS));
	assert_true(has(caller, JSON_SCOPE_FAMILY));
	assert_true(has(caller, JSON_SCOPE_SENSITIVE));
	assert_false(has(caller, JSON_SCOPE_PORTRAIT));
	assert_true(caller->allow_unproven);
	assert_int_equal(caller->per_minute, 1000000);
	caller++;
	assert_int_equal(caller->scopes.bits, 0);
	assert_int_equal(caller->bearer[31], 0xFF);
	gateway_config_free(config);
}

static void gateway_caller_find_knows_whole_tokens_only(void **state)
{
	struct gateway_config *config = good(
	        OWN CONNECTOR "[caller other]\n" BEARER HASH_B "\n" CALLER);
	const struct gateway_callers *callers = &config->callers;
	static const struct gateway_callers nobody = { .count = 0 };
	struct span token = span_text(TOKEN);

	(void)state;
	assert_ptr_equal(gateway_caller_find(callers, token),
	                 &callers->list[1]);
	for (size_t len = 0; len < token.len; len++)
		assert_null(
		        gateway_caller_find(callers, span_first(token, len)));
	assert_null(gateway_caller_find(callers, span_text(TOKEN " ")));
	assert_null(gateway_caller_find(callers, span_text(TOKEN "\n")));
	/* What stands in the file opens nothing. */
	assert_null(gateway_caller_find(callers, span_text(HASH_A)));
	assert_null(
	        gateway_caller_find(callers, span_of(token.at, sizeof(TOKEN))));
	assert_null(gateway_caller_find(&nobody, token));
	gateway_config_free(config);
	gateway_config_free(NULL);
}

static void assert_load(const char *path, enum cccd_err want, const char *words)
{
	struct cccd_error error = { .tries_left = -1 };
	struct gateway_config *config = NULL;

	assert_int_equal(gateway_config_load(path, &error, &config), want);
	assert_non_null(strstr(error.text, words));
	assert_int_equal(config != NULL, want == CCCD_OK);
	gateway_config_free(config);
}

static void gateway_config_load_reads_what_only_we_can_write(void **state)
{
	char dir[] = "/tmp/cccd-conf-XXXXXX";
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/gateway.conf", dir);
	assert_load(path, CCCD_ERR_USAGE_FILE, path);
	assert_int_equal(file_write(path, span_text(OWN CONNECTOR), NULL),
	                 CCCD_OK);
	assert_load(path, CCCD_OK, "");
	assert_int_equal(chmod(path, 0640), 0);
	assert_load(path, CCCD_OK, "");
	assert_int_equal(chmod(path, 0660), 0);
	assert_load(path, CCCD_ERR_POLICY_CONFIG, "others may write it");
	assert_int_equal(chmod(path, 0602), 0);
	assert_load(path, CCCD_ERR_POLICY_CONFIG, "others may write it");
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, GATEWAY_CONFIG_MAX + 1), 0);
	assert_load(path, CCCD_ERR_POLICY_CONFIG, "larger than");
	assert_load(dir, CCCD_ERR_POLICY_CONFIG, "no plain file");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gateway_config_has_the_defaults_of_the_manual),
		cmocka_unit_test(gateway_config_takes_every_key),
		cmocka_unit_test(gateway_config_takes_sections_in_any_order),
		cmocka_unit_test(
		        gateway_config_refuses_settings_with_line_and_reason),
		cmocka_unit_test(
		        gateway_config_refuses_files_with_line_and_reason),
		cmocka_unit_test(gateway_config_refusals_repeat_no_value),
		cmocka_unit_test(gateway_config_minds_length_and_nul),
		cmocka_unit_test(
		        gateway_config_keeps_a_connector_s_own_settings),
		cmocka_unit_test(gateway_config_counts_callers_and_settings),
		cmocka_unit_test(gateway_config_reads_callers),
		cmocka_unit_test(gateway_caller_find_knows_whole_tokens_only),
		cmocka_unit_test(
		        gateway_config_load_reads_what_only_we_can_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
