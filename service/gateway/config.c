/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-gateway.conf(5): sections of settings, strictly read. */
#include "service/gateway/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/secret.h"
#include "base/value.h"
#include "lib/json/registry.h"
#include "lib/json/result.h"
#include "lib/json/words.h"
#include "service/conf.h"

enum kind {
	KIND_ID,
	KIND_PATH,
	KIND_LISTEN,
	KIND_WORDS,
	KIND_ORIGINS,
	KIND_SWITCH,
	KIND_TIME,
	KIND_SECONDS,
	KIND_COUNT,
	KIND_LANGUAGE,
	KIND_LEVEL,
};

/** struct setting - one key of [gateway]; NULL: it must be given. */
struct setting {
	const char *key;
	const char *initial;
	enum kind kind;
	size_t offset;
	uint32_t least;
	uint32_t most;
};

enum { SECOND = 1000, MINUTE = 60 * SECOND };

#define AT(member) offsetof(struct gateway_config, member)

/* clang-format off */
static const struct setting settings[] = {
	{ "id", NULL, KIND_ID, AT(id), 0, 0 },
	{ "listen", "127.0.0.1:24080", KIND_LISTEN, AT(listen), 0, 0 },
	{ "any_address", "no", KIND_SWITCH, AT(any_address), 0, 0 },
	{ "hosts", "none", KIND_WORDS, AT(hosts), 0, 0 },
	{ "origins", "none", KIND_ORIGINS, AT(origins), 0, 0 },
	{ "socket", "none", KIND_PATH, AT(socket), 0, 0 },
	{ "store", "/var/lib/cccd-gateway/gateway.db", KIND_PATH, AT(store),
	  0, 0 },
	{ "store_conninfo_file", "none", KIND_PATH, AT(conninfo_file), 0, 0 },
	{ "log_key", "/var/lib/cccd-gateway/log.key", KIND_PATH, AT(log_key),
	  0, 0 },
	{ "log_numbers", "no", KIND_SWITCH, AT(log_numbers), 0, 0 },
	{ "log_officer_names", "no", KIND_SWITCH, AT(log_officer_names), 0,
	  0 },
	{ "log_retention_days", "0", KIND_COUNT, AT(retention_days), 0,
	  36500 },
	{ "nonce_time", "300 s", KIND_SECONDS, AT(nonce_s), 10, 900 },
	{ "check_time", "15 s", KIND_TIME, AT(check_ms), 100, MINUTE },
	{ "interrupted_after", "180 s", KIND_SECONDS, AT(interrupted_s), 6,
	  3600 },
	{ "clock_leeway", "5 s", KIND_SECONDS, AT(leeway_s), 0, 60 },
	{ "workers", "16", KIND_COUNT, AT(workers), 1, 64 },
	{ "queue", "256", KIND_COUNT, AT(queue), 1, 65536 },
	{ "max_connections", "256", KIND_COUNT, AT(max_connections), 1,
	  20000 },
	{ "max_body", "524288", KIND_COUNT, AT(max_body), 4096, 4194304 },
	{ "diacritics_count", "no", KIND_SWITCH, AT(diacritics_count), 0, 0 },
	{ "tables", "/usr/share/cccd/tables", KIND_PATH, AT(tables), 0, 0 },
	{ "language", "vi", KIND_LANGUAGE, AT(language), 0, 0 },
	{ "log_level", "info", KIND_LEVEL, AT(log_level), 0, 0 },
};
/* clang-format on */

enum { HEX_LEN = 2 * GATEWAY_HASH_LEN };
enum {
	REGISTRY_SCOPES = JSON_SCOPE_ID | JSON_SCOPE_DEMOGRAPHIC |
	                  JSON_SCOPE_ADDRESS | JSON_SCOPE_FAMILY |
	                  JSON_SCOPE_SENSITIVE,
};
enum { SETTINGS = ARRAY_LEN(settings), PER_MINUTE = 600 };

/* Each of these gives NULL, or the reason why the value is bad. */

static const char *take_text(const char *value, char *ret, size_t max)
{
	return value_text(value, "it is too long", ret, max);
}

static const char *take_path(const char *value, char *ret)
{
	if (strcmp(value, "none") == 0)
		return take_text("", ret, GATEWAY_TEXT_MAX);
	return value_path(value, "it is too long", ret, GATEWAY_TEXT_MAX);
}

/* "ADDRESS:PORT"; whether it is loopback is asked of the whole. */
static const char *check_listen(const char *value)
{
	const char *colon = strrchr(value, ':');

	if (colon == NULL || colon == value || !value_is_port(colon + 1))
		return "an address and a port, as 127.0.0.1:24080";
	return NULL;
}

static const char *check_word(const char *value)
{
	return word_is_printable(value, GATEWAY_TEXT_MAX)
	               ? NULL
	               : "a word of letters it may not have";
}

static const char *take_list(const char *value,
                             const char *(*check)(const char *word),
                             struct gateway_list *ret)
{
	const struct value_list list = {
		.check = check,
		.too_many = "more than 16 words",
		.most = GATEWAY_LIST_MAX,
		.item_max = GATEWAY_TEXT_MAX,
	};

	if (strcmp(value, "none") == 0)
		value = "";
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
		.units = VALUE_UNITS_USUAL,
		.least = setting->least,
		.most = setting->most,
		.beyond = beyond,
	};

	return value_amount(value, &range, ret);
}

static const char *take_switch(const char *value, bool *ret)
{
	return value_switch(value, "yes or no", ret);
}

static const char *take_level(const char *value, uint32_t *ret)
{
	static const char *const names[] = { "error", "warning", "info" };
	const struct value_words words = { names, ARRAY_LEN(names),
		                           "error, warning or info" };
	size_t at = 0;
	const char *reason = value_word(value, &words, &at);

	if (reason == NULL)
		*ret = (uint32_t)at + 1;
	return reason;
}

static const char *take_value(const struct setting *setting, const char *value,
                              char *beyond, struct gateway_config *config)
{
	void *place = (char *)config + setting->offset;

	switch (setting->kind) {
	case KIND_ID:
		if (!word_is_printable(value, GATEWAY_ID_MAX))
			return "it has letters it may not have";
		return take_text(value, place, GATEWAY_ID_MAX);
	case KIND_PATH: return take_path(value, place);
	case KIND_LISTEN: return take_list(value, check_listen, place);
	case KIND_WORDS: return take_list(value, check_word, place);
	case KIND_ORIGINS: return take_list(value, json_origin_check, place);
	case KIND_SWITCH: return take_switch(value, place);
	case KIND_TIME:
	case KIND_SECONDS:
	case KIND_COUNT: return take_amount(setting, value, beyond, place);
	case KIND_LANGUAGE: return value_language(value, "vi or en", place);
	case KIND_LEVEL: return take_level(value, place);
	}
	return "it is of no kind";
}

/** enum section - what the lines that follow belong to. */
enum section {
	SECTION_NONE = 0,
	SECTION_GATEWAY,
	SECTION_CALLER,
	SECTION_CONNECTOR
};

/** enum caller_key - keys of [caller NAME]. */
enum caller_key {
	CALLER_BEARER = 0,
	CALLER_SCOPES,
	CALLER_UNPROVEN,
	CALLER_RATE,
	CALLER_KEYS
};

/**
 * struct reading - a file on its way in.
 * @beyond:      room for a reason
 * @seen:        keys of [gateway], so that none stands twice
 * @caller_seen: of the caller of this section
 */
struct reading {
	struct conf_place place;
	struct gateway_config *config;
	enum section section;
	char beyond[VALUE_BEYOND_MAX];
	bool seen[SETTINGS];
	bool caller_seen[CALLER_KEYS];
};

static enum cccd_err refuse(const struct reading *reading, const char *reason)
{
	return conf_refuse(&reading->place, "", reason);
}

static const char *take_hex(const char *value, uint8_t ret[static 32])
{
	if (strlen(value) != HEX_LEN ||
	    strspn(value, "0123456789abcdef") != HEX_LEN)
		return "64 digits of lower-case hexadecimal, see "
		       "cccd-gateway caller hash";
	for (size_t i = 0; i < GATEWAY_HASH_LEN; i++) {
		char pair[3] = { value[2 * i], value[2 * i + 1], '\0' };

		ret[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return NULL;
}

static const char *take_scopes(const char *value, struct json_scopes *ret)
{
	struct gateway_list *list = malloc(sizeof(*list));
	const char *reason = "no memory";

	if (list != NULL)
		reason = take_list(value, check_word, list);
	for (size_t i = 0; reason == NULL && i < list->count; i++)
		if (!json_scopes_add(ret, list->items[i]))
			reason = "no such scope, or one twice";
	free(list);
	if (reason == NULL && (ret->bits & ~(unsigned int)REGISTRY_SCOPES) != 0)
		reason = "no value of a registry has such a scope";
	for (size_t i = 0; reason == NULL && i < JSON_AGE_WORDS; i++)
		if (ret->ages[i] != 0)
			reason = "no value of a registry has such a scope";
	return reason;
}

/* Two callers with one token could not be told apart in the log. */
static const char *take_bearer(const struct gateway_callers *callers,
                               const char *value, struct gateway_caller *ret)
{
	const char *reason = take_hex(value, ret->bearer);

	for (const struct gateway_caller *other = callers->list;
	     reason == NULL && other < ret; other++)
		if (memcmp(other->bearer, ret->bearer, GATEWAY_HASH_LEN) == 0)
			reason = "another caller has the same";
	return reason;
}

static const char *take_rate(const char *value, char *beyond, uint32_t *ret)
{
	static const struct setting rate = {
		"rate_per_minute", NULL, KIND_COUNT, 0, 1, 1000000
	};

	return take_amount(&rate, value, beyond, ret);
}

static const char *take_caller(struct reading *reading, const char *key,
                               const char *value)
{
	static const char *const keys[CALLER_KEYS] = {
		[CALLER_BEARER] = "bearer_sha256",
		[CALLER_SCOPES] = "scopes",
		[CALLER_UNPROVEN] = "allow_unproven",
		[CALLER_RATE] = "rate_per_minute",
	};
	struct gateway_callers *callers = &reading->config->callers;
	struct gateway_caller *caller = &callers->list[callers->count - 1];
	int at = word_find(keys, CALLER_KEYS, key);

	if (at < 0)
		return "there is no such setting of a caller";
	if (reading->caller_seen[at])
		return "it stands twice";
	reading->caller_seen[at] = true;
	switch ((enum caller_key)at) {
	case CALLER_BEARER: return take_bearer(callers, value, caller);
	case CALLER_SCOPES: return take_scopes(value, &caller->scopes);
	case CALLER_UNPROVEN:
		return take_switch(value, &caller->allow_unproven);
	case CALLER_RATE:
		return take_rate(value, reading->beyond, &caller->per_minute);
	case CALLER_KEYS: break;
	}
	return "it is of no kind";
}

static const char *take_connector(struct reading *reading, const char *key,
                                  const char *value)
{
	struct gateway_connector *connector = &reading->config->connector;
	const char *reason = NULL;

	if (strcmp(key, "kind") == 0 && connector->kind[0] != '\0')
		return "it stands twice";
	if (strcmp(key, "kind") == 0)
		return take_text(value, connector->kind,
		                 sizeof(connector->kind));
	if (connector->count == GATEWAY_SETTINGS_MAX)
		return "too many settings";
	reason = take_text(key, connector->keys[connector->count],
	                   GATEWAY_CALLER_MAX);
	if (reason == NULL)
		reason = take_text(value, connector->values[connector->count],
		                   GATEWAY_VALUE_MAX);
	if (reason == NULL)
		connector->count++;
	return reason;
}

static const char *take_own(struct reading *reading, const char *key,
                            const char *value)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		if (strcmp(settings[i].key, key) != 0)
			continue;
		if (reading->seen[i])
			return "it stands twice";
		reading->seen[i] = true;
		return take_value(&settings[i], value, reading->beyond,
		                  reading->config);
	}
	return "there is no such setting";
}

static enum cccd_err take_setting(void *context, const char *key,
                                  const char *value)
{
	struct reading *reading = context;
	const char *reason = "it stands in no section";

	switch (reading->section) {
	case SECTION_NONE: break;
	case SECTION_GATEWAY: reason = take_own(reading, key, value); break;
	case SECTION_CALLER: reason = take_caller(reading, key, value); break;
	case SECTION_CONNECTOR:
		reason = take_connector(reading, key, value);
		break;
	}
	return reason == NULL ? CCCD_OK
	                      : conf_refuse(&reading->place, key, reason);
}

/* A caller without a token could never call, or always. */
static enum cccd_err end_section(const struct reading *reading)
{
	if (reading->section == SECTION_CALLER &&
	    !reading->caller_seen[CALLER_BEARER])
		return refuse(reading, "the caller above has no "
		                       "bearer_sha256");
	return CCCD_OK;
}

static enum cccd_err begin_caller(struct reading *reading, const char *name)
{
	struct gateway_callers *callers = &reading->config->callers;

	if (callers->count == GATEWAY_CALLERS_MAX)
		return refuse(reading, "too many callers");
	for (size_t i = 0; i < callers->count; i++)
		if (strcmp(callers->list[i].name, name) == 0)
			return refuse(reading, "a caller stands twice");
	callers->list[callers->count] =
	        (struct gateway_caller){ .per_minute = PER_MINUTE };
	(void)snprintf(callers->list[callers->count++].name, GATEWAY_CALLER_MAX,
	               "%s", name);
	reading->section = SECTION_CALLER;
	memset(reading->caller_seen, 0, sizeof(reading->caller_seen));
	return CCCD_OK;
}

static enum cccd_err take_section(void *context, char *text)
{
	struct reading *reading = context;
	size_t len = strlen(text);
	char *name = NULL;

	TRY(end_section(reading));
	if (text[len - 1] != ']')
		return refuse(reading, "a section ends with ]");
	text[len - 1] = '\0';
	name = strchr(text, ' ');
	if (strcmp(text, "[gateway") == 0) {
		reading->section = SECTION_GATEWAY;
		return CCCD_OK;
	}
	if (name == NULL || !word_is_id(name + 1, GATEWAY_CALLER_MAX))
		return refuse(reading, "[gateway], [caller NAME] or "
		                       "[connector NAME]");
	*name++ = '\0';
	if (strcmp(text, "[caller") == 0)
		return begin_caller(reading, name);
	if (strcmp(text, "[connector") != 0)
		return refuse(reading, "there is no such section");
	if (reading->config->connector.name[0] != '\0')
		return refuse(reading, "one connector only");
	(void)snprintf(reading->config->connector.name, GATEWAY_CALLER_MAX,
	               "%s", name);
	reading->section = SECTION_CONNECTOR;
	return CCCD_OK;
}

static bool is_loopback(const char *address)
{
	return strncmp(address, "127.0.0.1:", 10) == 0 ||
	       strncmp(address, "[::1]:", 6) == 0;
}

/* What no single line can tell. */
static enum cccd_err check_whole(const struct reading *reading)
{
	const struct gateway_config *config = reading->config;
	const char *reason = NULL;

	if (config->id[0] == '\0')
		reason = "id is missing";
	else if (config->connector.kind[0] == '\0')
		reason = "a [connector NAME] with its kind is missing";
	else if (config->listen.count == 0 && config->socket[0] == '\0')
		reason = "nobody could call: listen and socket are none";
	else if (!conf_fits_socket(config->socket))
		reason = "the path of the socket is longer than 107 bytes";
	else if (config->store[0] == '\0' && config->conninfo_file[0] == '\0')
		reason = "store is none";
	else if (!config->log_numbers && config->log_key[0] == '\0')
		reason = "log_key is none";
	else if (config->interrupted_s * SECOND < config->check_ms + 5 * SECOND)
		reason = "interrupted_after is not 5 s above check_time";
	for (size_t i = 0; i < config->listen.count; i++)
		if (!config->any_address &&
		    !is_loopback(config->listen.items[i]))
			reason = "listen beyond loopback needs any_address";
	if (reason == NULL)
		return CCCD_OK;
	return fail(reading->place.error, CCCD_ERR_POLICY_CONFIG, "%.60s: %s",
	            reading->place.name, reason);
}

static enum cccd_err read_all(struct reading *reading, struct span text)
{
	const struct conf_lines lines = {
		.key_letters = "abcdefghijklmnopqrstuvwxyz_0123456789",
		.setting = take_setting,
		.section = take_section,
		.context = reading,
	};

	for (size_t i = 0; i < SETTINGS; i++)
		if (settings[i].initial != NULL &&
		    take_value(&settings[i], settings[i].initial,
		               reading->beyond, reading->config) != NULL)
			return fail(reading->place.error, CCCD_ERR_INTERNAL,
			            "a default is bad");
	TRY(conf_read(text, &lines, &reading->place));
	TRY(end_section(reading));
	return check_whole(reading);
}

enum cccd_err gateway_config_parse(struct span text, const char *name,
                                   struct cccd_error *error,
                                   struct gateway_config **ret)
{
	struct reading reading = { .place = { name, 0, error } };
	enum cccd_err err = CCCD_OK;

	reading.config = calloc(1, sizeof(*reading.config));
	if (reading.config == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	err = read_all(&reading, text);
	if (err == CCCD_OK)
		*ret = reading.config;
	else
		gateway_config_free(reading.config);
	return err;
}

enum cccd_err gateway_config_load(const char *path, struct cccd_error *error,
                                  struct gateway_config **ret)
{
	BUF text = buf_make(GATEWAY_CONFIG_MAX);

	TRY(conf_load(path, error, &text));
	return gateway_config_parse(buf_span(&text), path, error, ret);
}

void gateway_config_free(struct gateway_config *config)
{
	if (config != NULL)
		wipe(config, sizeof(*config));
	free(config);
}

const struct gateway_caller *
gateway_caller_find(const struct gateway_callers *callers, struct span token)
{
	const struct gateway_caller *found = NULL;
	struct digest digest;

	if (token.len == 0 ||
	    digest_compute(DIGEST_SHA256, token, &digest) != CCCD_OK)
		return NULL;
	/* All are looked at, whichever it is. */
	for (size_t i = 0; i < callers->count; i++)
		if (secret_equal(
		            digest_span(&digest),
		            span_of(callers->list[i].bearer, GATEWAY_HASH_LEN)))
			found = &callers->list[i];
	return found;
}
