/* SPDX-License-Identifier: Apache-2.0 */
/* cccdd.conf(5): one table of settings, strictly read. */
#include "service/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/value.h"
#include "service/conf.h"

/** enum kind - how a value is read, and into what. */
enum kind {
	KIND_PATH,   /* char[CONFIG_PATH_MAX] */
	KIND_LISTEN, /* struct config_list of loopback addresses */
	KIND_NFC,    /* struct config_list of nfc: URIs */
	KIND_SWITCH, /* bool */
	KIND_TIME,   /* uint32_t, milliseconds */
	KIND_SECONDS,
	KIND_COUNT, /* uint32_t */
	KIND_LANGUAGE,
	KIND_LOG_LEVEL,
};

/**
 * struct setting - one key.
 * @initial: its default as the file would spell it
 * @empty:   the word for nothing; NULL where there must be something
 * @least, @most: of numbers, in the unit that is stored
 */
struct setting {
	const char *key;
	const char *initial;
	enum kind kind;
	size_t offset;
	const char *empty;
	uint32_t least;
	uint32_t most;
};

#define AT(member) offsetof(struct config, member)
#define PATH(name, path)                                     \
	{                                                    \
#name, path, KIND_PATH, AT(name), NULL, 0, 0 \
	}
#define PATH_OR(name, path, word)                            \
	{                                                    \
#name, path, KIND_PATH, AT(name), word, 0, 0 \
	}
#define TIME(key, member, time, least, most)                        \
	{                                                           \
		key, time, KIND_TIME, AT(member), NULL, least, most \
	}
#define COUNT(name, count, least, most)                               \
	{                                                             \
#name, count, KIND_COUNT, AT(name), NULL, least, most \
	}

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

/* clang-format off */
static const struct setting settings[] = {
	{ "listen", "127.0.0.1:24012 [::1]:24012", KIND_LISTEN, AT(listen),
	  "none", 0, 0 },
	PATH_OR(api_socket, "/run/cccdd/api.sock", "none"),
	PATH_OR(agent_socket, "/run/cccdd/agent.sock", "none"),
	PATH(relying_parties, "/etc/cccd/relying-parties.d"),
	PATH(profiles, "/etc/cccd/profiles"),
	PATH(trust, "/var/lib/cccd/trust"),
	PATH_OR(demo_trust, "none", "none"),
	PATH(tables, "/usr/share/cccd/tables"),
	PATH(audit, "/var/lib/cccd/audit"),
	PATH(keys, "/var/lib/cccdd/keys"),
	PATH_OR(renderer, "default", "default"),
	{ "pcsc", "yes", KIND_SWITCH, AT(pcsc), NULL, 0, 0 },
	{ "nfc", "none", KIND_NFC, AT(nfc), "none", 0, 0 },
	TIME("session_time", session_ms, "5 min", SECOND, HOUR),
	TIME("card_time", card_wait_ms, "60 s", SECOND, HOUR),
	TIME("read_time", read_ms, "60 s", SECOND, 10 * MINUTE),
	TIME("lease_time", lease_ms, "60 s", SECOND, 10 * MINUTE),
	TIME("grace_time", grace_ms, "5 s", 0, MINUTE),
	TIME("head_time", head_ms, "5 s", 100, MINUTE),
	TIME("idle_time", idle_ms, "30 s", 100, HOUR),
	TIME("hello_time", hello_ms, "2 s", 100, MINUTE),
	TIME("heartbeat_time", heartbeat_ms, "15 s", 100, HOUR),
	{ "assertion_time", "300 s", KIND_SECONDS, AT(assertion_s), NULL,
	  10, 300 },
	COUNT(max_connections, "64", 1, 20000),
	COUNT(max_connections_per_origin, "8", 1, 20000),
	COUNT(max_event_listeners, "32", 1, 20000),
	COUNT(max_sessions, "16", 1, 1024),
	COUNT(events_kept, "256", 0, 65536),
	{ "language", "vi", KIND_LANGUAGE, AT(language), NULL, 0, 0 },
	COUNT(audit_retention_days, "0", 0, 36500),
	{ "log_level", "info", KIND_LOG_LEVEL, AT(log_level), NULL, 0, 0 },
};
/* clang-format on */

enum { SETTINGS = ARRAY_LEN(settings) };

#define NO_WORD "it is none of the words in cccdd.conf(5)"

/* Each of these gives NULL, or the reason why the value is bad. */

/* No switch opens the service to a network: rule R2. */
static const char *check_address(const char *value)
{
	static const char *const hosts[] = { "127.0.0.1:", "[::1]:" };

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		size_t skip = strlen(hosts[i]);

		if (strncmp(value, hosts[i], skip) != 0)
			continue;
		return value_is_port(value + skip)
		               ? NULL
		               : "the port is no number up to 65535";
	}
	return "only 127.0.0.1:PORT and [::1]:PORT";
}

static const char *check_uri(const char *value)
{
	return strncmp(value, "nfc:", 4) == 0 ? NULL : "a URI begins with nfc:";
}

static const char *take_list(const char *value,
                             const char *(*check)(const char *word),
                             struct config_list *ret)
{
	const struct value_list list = {
		.check = check,
		.too_many = "more than 8 words",
		.once = true,
		.most = CONFIG_LIST_MAX,
		.item_max = CONFIG_URI_MAX,
	};

	return value_list(value, &list, ret->items[0], &ret->count);
}

/* @beyond: see struct value_range, through which it is written to */
static const char *take_amount(const struct setting *setting, const char *value,
                               /* NOLINTNEXTLINE(readability-non-const-*) */
                               char *beyond, uint32_t *ret)
{
	const struct value_range range = {
		.kind = setting->kind == KIND_COUNT  ? VALUE_COUNT
		        : setting->kind == KIND_TIME ? VALUE_MS
		                                     : VALUE_SECONDS,
		.units = VALUE_UNITS_BARE | VALUE_UNITS_HOURS,
		.least = setting->least,
		.most = setting->most,
		.beyond = beyond,
	};

	return value_amount(value, &range, ret);
}

static const char *take_log_level(const char *value, enum config_log_level *ret)
{
	static const char *const names[] = { "error", "warning", "info",
		                             "debug" };
	const struct value_words words = { names, ARRAY_LEN(names), NO_WORD };
	size_t at = 0;
	const char *reason = value_word(value, &words, &at);

	if (reason == NULL)
		*ret = (enum config_log_level)(at + CONFIG_LOG_ERROR);
	return reason;
}

/* The word for nothing. */
static void clear(const struct setting *setting, void *place)
{
	if (setting->kind == KIND_LISTEN || setting->kind == KIND_NFC)
		*(struct config_list *)place =
		        (struct config_list){ .count = 0 };
	else
		*(char *)place = '\0';
}

static const char *take_value(const struct setting *setting, const char *value,
                              char *beyond, struct config *ret)
{
	void *place = (char *)ret + setting->offset;

	if (setting->empty != NULL && strcmp(value, setting->empty) == 0) {
		clear(setting, place);
		return NULL;
	}
	switch (setting->kind) {
	case KIND_PATH:
		return value_path(value, "the path is longer than 107 bytes",
		                  place, CONFIG_PATH_MAX);
	case KIND_LISTEN: return take_list(value, check_address, place);
	case KIND_NFC: return take_list(value, check_uri, place);
	case KIND_SWITCH: return value_switch(value, NO_WORD, place);
	case KIND_TIME:
	case KIND_SECONDS:
	case KIND_COUNT: return take_amount(setting, value, beyond, place);
	case KIND_LANGUAGE: return value_language(value, NO_WORD, place);
	case KIND_LOG_LEVEL: return take_log_level(value, place);
	}
	return "it is of no kind";
}

void config_default(struct config *ret)
{
	char beyond[VALUE_BEYOND_MAX];

	*ret = (struct config){ .pcsc = false };
	for (size_t i = 0; i < SETTINGS; i++)
		/* Its reasons are for files; tests look at the table. */
		(void)take_value(&settings[i], settings[i].initial, beyond,
		                 ret);
}

const char *config_key(size_t index, const char **ret_default)
{
	if (index >= SETTINGS)
		return NULL;
	*ret_default = settings[index].initial;
	return settings[index].key;
}

/* What a line is read into, and where its reasons go. */
struct reading {
	struct conf_place place;
	char beyond[VALUE_BEYOND_MAX];
	bool seen[SETTINGS];
	struct config *config;
};

static enum cccd_err take_setting(void *context, const char *key,
                                  const char *value)
{
	struct reading *reading = context;
	const char *reason = NULL;

	for (size_t i = 0; i < SETTINGS; i++) {
		if (strcmp(settings[i].key, key) != 0)
			continue;
		reason = reading->seen[i]
		                 ? "it stands twice"
		                 : take_value(&settings[i], value,
		                              reading->beyond, reading->config);
		reading->seen[i] = true;
		return reason == NULL
		               ? CCCD_OK
		               : conf_refuse(&reading->place, key, reason);
	}
	return conf_refuse(&reading->place, "", "there is no such setting");
}

/* What no single line can tell. */
static enum cccd_err check_whole(const struct config *config, const char *name,
                                 struct cccd_error *error)
{
	const char *reason = NULL;

	if (config->max_connections_per_origin > config->max_connections)
		reason = "max_connections_per_origin is above "
		         "max_connections";
	if (config->listen.count == 0 && config->api_socket[0] == '\0')
		reason = "nobody could call: listen and api_socket are none";
	if (!conf_fits_socket(config->api_socket) ||
	    !conf_fits_socket(config->agent_socket))
		reason = "the path of a socket is longer than 107 bytes";
	if (reason == NULL)
		return CCCD_OK;
	return fail(error, CCCD_ERR_POLICY_CONFIG, "%.60s: %s", name, reason);
}

/* Every line, then the whole. */
static enum cccd_err take_text(struct reading *reading, struct span text)
{
	const struct conf_lines lines = {
		.key_letters = "abcdefghijklmnopqrstuvwxyz_",
		.setting = take_setting,
		.context = reading,
	};

	TRY(conf_read(text, &lines, &reading->place));
	return check_whole(reading->config, reading->place.name,
	                   reading->place.error);
}

enum cccd_err config_parse(struct span text, const char *name,
                           struct cccd_error *error, struct config *ret)
{
	struct reading reading = { .place = { name, 0, error } };
	enum cccd_err err = CCCD_OK;

	reading.config = malloc(sizeof(*reading.config));
	if (reading.config == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	config_default(reading.config);
	err = take_text(&reading, text);
	if (err == CCCD_OK)
		*ret = *reading.config;
	free(reading.config);
	return err;
}

enum cccd_err config_load(const char *path, struct cccd_error *error,
                          struct config *ret)
{
	BUF text = buf_make(CONFIG_FILE_MAX);

	TRY(conf_load(path, error, &text));
	return config_parse(buf_span(&text), path, error, ret);
}
