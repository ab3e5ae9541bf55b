/* SPDX-License-Identifier: Apache-2.0 */
/* cccdd.conf(5): one table of settings, strictly read. */
#include "service/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

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

/* Values are short; a longer one is no value of ours. */
enum { VALUE_MAX = 1024, ADDRESS_PORT_MAX = 5 };

/* Each of these gives NULL, or the reason why the value is bad. */

static const char *take_path(const char *value, char *ret)
{
	if (value[0] != '/')
		return "a path begins with /";
	if (strlen(value) >= CONFIG_PATH_MAX)
		return "the path is longer than 107 bytes";
	(void)snprintf(ret, CONFIG_PATH_MAX, "%s", value);
	return NULL;
}

/* Digits without zeros in front, at most @most. */
static bool take_number(const char *text, size_t len, uint64_t most,
                        uint64_t *ret)
{
	uint64_t value = 0;

	if (len == 0 || len > 9 || (len > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	*ret = value;
	return value <= most;
}

/* No switch opens the service to a network: rule R2. */
static const char *check_address(const char *value)
{
	static const char *const hosts[] = { "127.0.0.1:", "[::1]:" };
	uint64_t port = 0;

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		size_t skip = strlen(hosts[i]);

		if (strncmp(value, hosts[i], skip) != 0)
			continue;
		return take_number(value + skip, strlen(value + skip), 65535,
		                   &port)
		               ? NULL
		               : "the port is no number up to 65535";
	}
	return "only 127.0.0.1:PORT and [::1]:PORT";
}

static const char *check_uri(const char *value)
{
	return strncmp(value, "nfc:", 4) == 0 ? NULL : "a URI begins with nfc:";
}

/* Words between blanks. */
static const char *take_list(const char *value,
                             const char *(*check)(const char *value),
                             struct config_list *ret)
{
	struct config_list list = { .count = 0 };
	const char *reason = NULL;

	while (*value != '\0') {
		size_t len = strcspn(value, " \t");
		char *item = NULL;

		if (list.count == CONFIG_LIST_MAX)
			return "more than 8 words";
		item = list.items[list.count];
		if (len >= CONFIG_URI_MAX)
			return "a word is too long";
		memcpy(item, value, len);
		item[len] = '\0';
		reason = check(item);
		if (reason != NULL)
			return reason;
		for (size_t i = 0; i < list.count; i++)
			if (strcmp(list.items[i], item) == 0)
				return "a word stands twice";
		list.count++;
		value += len;
		value += strspn(value, " \t");
	}
	*ret = list;
	return NULL;
}

/* "60 s", "200 ms", "5 min", "1 h"; a bare number is seconds. */
static bool take_time(const char *value, uint64_t *ret_ms)
{
	static const struct {
		const char *name;
		uint32_t ms;
	} units[] = { { "", SECOND },
		      { "ms", 1 },
		      { "s", SECOND },
		      { "min", MINUTE },
		      { "h", HOUR } };
	size_t digits = strspn(value, "0123456789");
	const char *unit = value + digits;
	uint64_t number = 0;

	unit += strspn(unit, " ");
	if (!take_number(value, digits, UINT32_MAX, &number))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strcmp(units[i].name, unit) != 0)
			continue;
		*ret_ms = number * units[i].ms;
		return true;
	}
	return false;
}

static const char *take_amount(const struct setting *setting, const char *value,
                               uint32_t *ret)
{
	uint64_t amount = 0;

	if (setting->kind == KIND_COUNT
	            ? !take_number(value, strlen(value), UINT32_MAX, &amount)
	            : !take_time(value, &amount))
		return setting->kind == KIND_COUNT
		               ? "it is no whole number"
		               : "it is no time like 60 s, 200 ms, 5 min";
	if (setting->kind == KIND_SECONDS && amount % SECOND != 0)
		return "whole seconds only";
	if (setting->kind == KIND_SECONDS)
		amount /= SECOND;
	if (amount < setting->least || amount > setting->most)
		return "it is too small or too large, see cccdd.conf(5)";
	*ret = (uint32_t)amount;
	return NULL;
}

static const char *take_word(const char *value, const char *const *words,
                             size_t count, size_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i], value) != 0)
			continue;
		*ret = i;
		return NULL;
	}
	return "it is none of the words in cccdd.conf(5)";
}

static const char *take_switch(const char *value, bool *ret)
{
	static const char *const words[] = { "no", "yes" };
	size_t at = 0;
	const char *reason = take_word(value, words, ARRAY_LEN(words), &at);

	if (reason == NULL)
		*ret = at == 1;
	return reason;
}

static const char *take_language(const char *value, enum cccd_lang *ret)
{
	static const char *const words[] = { "vi", "en" };
	size_t at = 0;
	const char *reason = take_word(value, words, ARRAY_LEN(words), &at);

	if (reason == NULL)
		*ret = at == 1 ? CCCD_LANG_EN : CCCD_LANG_VI;
	return reason;
}

static const char *take_log_level(const char *value, enum config_log_level *ret)
{
	static const char *const words[] = { "error", "warning", "info",
		                             "debug" };
	size_t at = 0;
	const char *reason = take_word(value, words, ARRAY_LEN(words), &at);

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
                              struct config *ret)
{
	void *place = (char *)ret + setting->offset;

	if (setting->empty != NULL && strcmp(value, setting->empty) == 0) {
		clear(setting, place);
		return NULL;
	}
	switch (setting->kind) {
	case KIND_PATH: return take_path(value, place);
	case KIND_LISTEN: return take_list(value, check_address, place);
	case KIND_NFC: return take_list(value, check_uri, place);
	case KIND_SWITCH: return take_switch(value, place);
	case KIND_TIME:
	case KIND_SECONDS:
	case KIND_COUNT: return take_amount(setting, value, place);
	case KIND_LANGUAGE: return take_language(value, place);
	case KIND_LOG_LEVEL: return take_log_level(value, place);
	}
	return "it is of no kind";
}

void config_default(struct config *ret)
{
	*ret = (struct config){ .pcsc = false };
	for (size_t i = 0; i < SETTINGS; i++)
		/* Its reasons are for files; tests look at the table. */
		(void)take_value(&settings[i], settings[i].initial, ret);
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
	const char *name;
	unsigned int line;
	struct cccd_error *error;
	bool seen[SETTINGS];
	struct config *config;
};

static enum cccd_err refuse(const struct reading *reading, const char *key,
                            const char *reason)
{
	return fail(reading->error, CCCD_ERR_POLICY_CONFIG,
	            "%.60s, line %u: %.26s%s%s", reading->name, reading->line,
	            key, key[0] != '\0' ? ": " : "", reason);
}

static enum cccd_err take_setting(struct reading *reading, const char *key,
                                  const char *value)
{
	const char *reason = NULL;

	for (size_t i = 0; i < SETTINGS; i++) {
		if (strcmp(settings[i].key, key) != 0)
			continue;
		if (reading->seen[i])
			return refuse(reading, key, "it stands twice");
		reading->seen[i] = true;
		reason = take_value(&settings[i], value, reading->config);
		return reason == NULL ? CCCD_OK : refuse(reading, key, reason);
	}
	return refuse(reading, "", "there is no such setting");
}

static enum cccd_err take_line(struct reading *reading, struct span line)
{
	char text[VALUE_MAX];
	char *value = NULL;
	size_t key = 0;

	line = text_trim(line);
	if (line.len == 0 || line.at[0] == '#')
		return CCCD_OK;
	if (line.len >= sizeof(text))
		return refuse(reading, "", "the line is too long");
	if (!text_is_utf8(line) || text_has_controls(line))
		return refuse(reading, "", "a control character");
	memcpy(text, line.at, line.len);
	text[line.len] = '\0';
	key = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
	value = text + key + strspn(text + key, " \t");
	if (key == 0 || *value != '=')
		return refuse(reading, "", "it is not \"key = value\"");
	value++;
	value += strspn(value, " \t");
	text[key] = '\0';
	if (*value == '\0')
		return refuse(reading, text, "it has no value");
	return take_setting(reading, text, value);
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
	if (reason == NULL)
		return CCCD_OK;
	return fail(error, CCCD_ERR_POLICY_CONFIG, "%.60s: %s", name, reason);
}

/* Every line, then the whole. */
static enum cccd_err take_text(struct reading *reading, struct span text)
{
	while (text.len > 0) {
		const uint8_t *end = memchr(text.at, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.at) : text.len;

		reading->line++;
		TRY(take_line(reading, span_first(text, len)));
		text = span_after(text, len + 1);
	}
	return check_whole(reading->config, reading->name, reading->error);
}

enum cccd_err config_parse(struct span text, const char *name,
                           struct cccd_error *error, struct config *ret)
{
	struct reading reading = { .name = name, .error = error };
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
	struct stat facts;
	enum cccd_err err = CCCD_OK;

	if (stat(path, &facts) != 0)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno, "%.120s",
		                   path);
	/* Whoever can write it chooses the registry and the trust store. */
	if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0 ||
	    (facts.st_uid != 0 && facts.st_uid != geteuid()))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%.100s: others may write it", path);
	if (!S_ISREG(facts.st_mode))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%.100s: no plain file", path);
	err = file_read(path, error, &text);
	if (err == CCCD_ERR_DATA_TOO_LARGE) {
		if (error != NULL)
			error_reset(error);
		err = fail(error, CCCD_ERR_POLICY_CONFIG,
		           "%.100s: larger than %d bytes", path,
		           CONFIG_FILE_MAX);
	}
	TRY(err);
	return config_parse(buf_span(&text), path, error, ret);
}
