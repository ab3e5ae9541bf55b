/* SPDX-License-Identifier: Apache-2.0 */
/* cccdd.conf: every key, every refusal with its line. */
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

#include "base/file.h"
#include "service/config.h"

/* The path of a socket is at most 107 bytes long. */
#define SOCKET_107                                               \
	"ssssssssssssssssssssssssssssssssssssssssssssssssssssss" \
	"sssssssssssssssssssssssssssssssssssssssssssssssssssss"

static int set_up(void **state)
{
	*state = calloc(1, sizeof(struct config));
	return *state == NULL;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

/* Parsed into the fixture; it must be good. */
static const struct config *good(void **state, const char *text)
{
	struct cccd_error error = { .tries_left = -1 };

	if (config_parse(span_text(text), "x.conf", &error, *state) != CCCD_OK)
		print_error("%s\n", error.text);
	assert_int_equal(error.code, CCCD_OK);
	return *state;
}

static void config_default_is_what_the_contract_says(void **state)
{
	const struct config *config = good(state, "");

	assert_int_equal(config->listen.count, 2);
	assert_string_equal(config->listen.items[0], "127.0.0.1:24012");
	assert_string_equal(config->listen.items[1], "[::1]:24012");
	assert_string_equal(config->api_socket, "/run/cccdd/api.sock");
	assert_string_equal(config->agent_socket, "/run/cccdd/agent.sock");
	assert_string_equal(config->relying_parties,
	                    "/etc/cccd/relying-parties.d");
	assert_string_equal(config->profiles, "/etc/cccd/profiles");
	assert_string_equal(config->trust, "/var/lib/cccd/trust");
	assert_string_equal(config->demo_trust, "");
	assert_string_equal(config->audit, "/var/lib/cccd/audit");
	assert_string_equal(config->renderer, "");
	assert_true(config->pcsc);
	assert_int_equal(config->nfc.count, 0);
	assert_int_equal(config->lease_ms, 60000);
	assert_int_equal(config->grace_ms, 5000);
	assert_int_equal(config->head_ms, 5000);
	assert_int_equal(config->hello_ms, 2000);
	assert_int_equal(config->heartbeat_ms, 15000);
	assert_int_equal(config->assertion_s, 300);
	assert_int_equal(config->max_connections, 64);
	assert_int_equal(config->max_connections_per_origin, 8);
	assert_int_equal(config->language, CCCD_LANG_VI);
	assert_int_equal(config->log_level, CONFIG_LOG_INFO);
}

/* Every default, written out, means the default. */
static void config_keys_tell_their_defaults(void **state)
{
	struct config *plain = calloc(1, sizeof(*plain));
	const char *initial = NULL;
	const char *key = NULL;
	char text[2048] = "";
	size_t used = 0;

	assert_non_null(plain);
	config_default(plain);
	for (size_t i = 0; (key = config_key(i, &initial)) != NULL; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		                         "%s = %s\n", key, initial);
	assert_in_range(used, 500, sizeof(text) - 1);
	assert_memory_equal(good(state, text), plain, sizeof(*plain));
	free(plain);
}

static void config_parse_takes_values(void **state)
{
	const struct config *config =
	        good(state, "# Quầy số 3\n"
	                    "\n"
	                    "  listen   =   127.0.0.1:0   \r\n"
	                    "api_socket=/tmp/a b.sock\n"
	                    "demo_trust = /tmp/t\n"
	                    "renderer = /usr/lib/x\n"
	                    "pcsc = no\n"
	                    "nfc = nfc:pn532_uart:/dev/ttyUSB0 nfc:b\n"
	                    "session_time = 2 min\n"
	                    "card_time = 1 h\n"
	                    "lease_time = 7\n"
	                    "grace_time = 0\n"
	                    "head_time = 250 ms\n"
	                    "idle_time = 90s\n"
	                    "assertion_time = 1 min\n"
	                    "max_connections = 20000\n"
	                    "max_event_listeners = 500\n"
	                    "language = en\n"
	                    "log_level = debug");

	assert_int_equal(config->listen.count, 1);
	assert_string_equal(config->listen.items[0], "127.0.0.1:0");
	assert_string_equal(config->api_socket, "/tmp/a b.sock");
	assert_string_equal(config->demo_trust, "/tmp/t");
	assert_string_equal(config->renderer, "/usr/lib/x");
	assert_false(config->pcsc);
	assert_int_equal(config->nfc.count, 2);
	assert_string_equal(config->nfc.items[1], "nfc:b");
	assert_int_equal(config->session_ms, 120000);
	assert_int_equal(config->card_wait_ms, 3600000);
	assert_int_equal(config->lease_ms, 7000);
	assert_int_equal(config->grace_ms, 0);
	assert_int_equal(config->head_ms, 250);
	assert_int_equal(config->idle_ms, 90000);
	assert_int_equal(config->assertion_s, 60);
	assert_int_equal(config->max_connections, 20000);
	assert_int_equal(config->max_event_listeners, 500);
	assert_int_equal(config->language, CCCD_LANG_EN);
	assert_int_equal(config->log_level, CONFIG_LOG_DEBUG);
}

static const struct {
	const char *text;
	const char *words;
} refusals[] = {
	{ "colour = red", "line 1: there is no such setting" },
	{ "\n#x\nPCSC = yes", "line 3:" },
	{ "pcsc = yes\npcsc = yes", "line 2: pcsc: it stands twice" },
	{ "pcsc", "line 1: it is not" },
	{ "pcsc yes", "line 1: it is not" },
	{ "= yes", "line 1: it is not" },
	{ "pcsc =", "line 1: pcsc: it has no value" },
	{ "pcsc = maybe", "line 1: pcsc:" },
	{ "pcsc = yes # comment", "line 1: pcsc:" },
	{ "[service]", "line 1: it is not" },
	{ "trust = var/lib", "line 1: trust: a path begins with /" },
	{ "trust = none", "line 1: trust:" },
	{ "trust = \"/var/lib\"", "line 1: trust:" },
	{ "listen = 0.0.0.0:24012", "only 127.0.0.1" },
	{ "listen = localhost:24012", "only 127.0.0.1" },
	{ "listen = 127.0.0.1:24012 192.168.1.1:1", "only 127.0.0.1" },
	{ "listen = [::]:24012", "only 127.0.0.1" },
	{ "listen = 127.0.0.1", "only 127.0.0.1" },
	{ "listen = 127.0.0.1:", "the port" },
	{ "listen = 127.0.0.1:65536", "the port" },
	{ "listen = 127.0.0.1:08", "the port" },
	{ "listen = 127.0.0.1:1 127.0.0.1:1", "twice" },
	{ "listen = none\napi_socket = none", "nobody could call" },
	{ "api_socket = /" SOCKET_107, "longer than 107 bytes" },
	{ "agent_socket = /" SOCKET_107, "longer than 107 bytes" },
	{ "compat_listen = none", "there is no such setting" },
	{ "nfc = pcsc:x", "begins with nfc:" },
	{ "nfc = nfc:1 nfc:2 nfc:3 nfc:4 nfc:5 nfc:6 nfc:7 nfc:8 nfc:9",
	  "more than 8" },
	{ "lease_time = -1", "no time" },
	{ "lease_time = 1.5 s", "no time" },
	{ "lease_time = 60 seconds", "no time" },
	{ "lease_time = 060", "no time" },
	{ "lease_time = s", "no time" },
	{ "lease_time = 500 ms", "too small" },
	{ "lease_time = 11 min", "too small or too large: 1 s to 10 min" },
	{ "lease_time = 999999999 h", "too large" },
	{ "lease_time = 99999999999999999999", "no time" },
	{ "assertion_time = 301", "too large" },
	{ "assertion_time = 10500 ms", "whole seconds" },
	{ "max_connections = 0", "too small" },
	{ "max_connections = 20001", "too large" },
	{ "max_connections = 64 s", "no whole number" },
	{ "max_connections = 4", "max_connections_per_origin" },
	{ "language = fr", "line 1: language:" },
	{ "log_level = all", "line 1: log_level:" },
	{ "tables = /a\tb", "a control character" },
	{ "tables = /a\x01", "a control character" },
	{ "tables = /\xff", "a control character" },
};

static void config_parse_refuses_with_line_and_reason(void **state)
{
	struct config *before = calloc(1, sizeof(*before));

	assert_non_null(before);
	memset(before, 0x5A, sizeof(*before));
	memcpy(*state, before, sizeof(*before));
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		struct cccd_error error = { .tries_left = -1 };

		assert_int_equal(config_parse(span_text(refusals[i].text),
		                              "x.conf", &error, *state),
		                 CCCD_ERR_POLICY_CONFIG);
		if (strstr(error.text, refusals[i].words) == NULL)
			print_error("%s: %s\n", refusals[i].text, error.text);
		assert_non_null(strstr(error.text, "x.conf"));
		assert_non_null(strstr(error.text, refusals[i].words));
	}
	/* What failed changed nothing. */
	assert_memory_equal(*state, before, sizeof(*before));
	free(before);
}

static void config_parse_minds_length_and_nul(void **state)
{
	static const char nul[] = "pcsc = no\0\n";
	struct cccd_error error = { .tries_left = -1 };
	char text[2048];

	assert_int_equal(config_parse(span_of(nul, sizeof(nul) - 1), "x",
	                              &error, *state),
	                 CCCD_ERR_POLICY_CONFIG);
	(void)snprintf(text, sizeof(text), "trust = /%0*d", 106, 0);
	assert_int_equal(strlen(good(state, text)->trust), 107);
	(void)snprintf(text, sizeof(text), "trust = /%0*d", 107, 0);
	error = (struct cccd_error){ .tries_left = -1 };
	assert_int_equal(config_parse(span_text(text), "x", &error, *state),
	                 CCCD_ERR_POLICY_CONFIG);
	(void)snprintf(text, sizeof(text), "nfc = nfc:%0*d", 1200, 0);
	error = (struct cccd_error){ .tries_left = -1 };
	assert_int_equal(config_parse(span_text(text), "x", &error, *state),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_non_null(strstr(error.text, "too long"));
}

static void config_load_reads_what_only_we_can_write(void **state)
{
	char dir[] = "/tmp/cccd-conf-XXXXXX";
	struct cccd_error error = { .tries_left = -1 };
	struct config *config = *state;
	char path[64];

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/cccdd.conf", dir);
	assert_int_equal(config_load(path, &error, config),
	                 CCCD_ERR_USAGE_FILE);
	error = (struct cccd_error){ .tries_left = -1 };
	assert_int_equal(file_write(path, span_text("pcsc = no\n"), NULL),
	                 CCCD_OK);
	assert_int_equal(config_load(path, &error, config), CCCD_OK);
	assert_false(config->pcsc);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(config_load(path, &error, config),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_non_null(strstr(error.text, "others may write it"));
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(truncate(path, CONFIG_FILE_MAX + 1), 0);
	error = (struct cccd_error){ .tries_left = -1 };
	assert_int_equal(config_load(path, &error, config),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_non_null(strstr(error.text, "larger than"));
	error = (struct cccd_error){ .tries_left = -1 };
	assert_int_equal(config_load(dir, &error, config),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(config_default_is_what_the_contract_says),
		WITH(config_keys_tell_their_defaults),
		WITH(config_parse_takes_values),
		WITH(config_parse_refuses_with_line_and_reason),
		WITH(config_parse_minds_length_and_nul),
		WITH(config_load_reads_what_only_we_can_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
