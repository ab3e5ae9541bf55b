/* SPDX-License-Identifier: Apache-2.0 */
/* A connector's section by a table: every key known, checked, once. */
#include "service/gateway/connectors/settings.h"

#include <stdio.h>

#include "base/private_file.h"
#include "base/text.h"
#include "base/value.h"

/** struct reading - where a value comes from and who is told. */
struct reading {
	const struct connector_section *section;
	const struct setting_rule *rule;
	struct cccd_error *error;
};

static enum cccd_err refuse(const struct reading *reading, const char *reason)
{
	return fail(reading->error, CCCD_ERR_POLICY_CONFIG,
	            "connector %.40s: %.40s: %s", reading->section->name,
	            reading->rule->key, reason);
}

/* Printable ASCII, or UTF-8 beyond it: nothing that ends a header line. */
static bool is_printable(const char *value)
{
	return text_is_utf8(span_text(value)) &&
	       !text_has_controls(span_text(value));
}

static CHECKED enum cccd_err take_text(const struct reading *reading,
                                       const char *value, char *ret, size_t cap)
{
	if (!is_printable(value))
		return refuse(reading, "it holds control characters");
	if (strlen(value) >= cap)
		return refuse(reading, "it is too long");
	memcpy(ret, value, strlen(value) + 1);
	return CCCD_OK;
}

static CHECKED enum cccd_err take_url(const struct reading *reading,
                                      const char *value, char *ret)
{
	const char *host = NULL;

	if (strncmp(value, "https://", 8) == 0)
		host = value + 8;
	else if (strncmp(value, "http://", 7) == 0)
		host = value + 7;
	if (host == NULL || *host == '\0' || *host == '/')
		return refuse(reading, "it is no http or https URL");
	for (const char *at = value; *at != '\0'; at++)
		if (*at <= ' ' || *at >= 0x7F || *at == '#')
			return refuse(reading, "it is no http or https URL");
	/* Credentials have files of their own. */
	if (memchr(host, '@', strcspn(host, "/?")) != NULL)
		return refuse(reading, "a user in a URL is not taken");
	return take_text(reading, value, ret, SETTING_URL_MAX);
}

/* Where a file named without a folder lies. */
static CHECKED enum cccd_err take_path(const struct reading *reading,
                                       const char *value, char *ret)
{
	const char *folder = reading->section->credentials;
	int len = 0;

	if (value[0] == '/')
		return take_text(reading, value, ret, SETTING_PATH_MAX);
	if (folder == NULL || strchr(value, '/') != NULL)
		return refuse(reading, "a path begins with /");
	len = snprintf(ret, SETTING_PATH_MAX, "%s/%s", folder, value);
	return len > 0 && len < SETTING_PATH_MAX
	               ? CCCD_OK
	               : refuse(reading, "it is too long");
}

static CHECKED enum cccd_err read_private(const struct reading *reading,
                                          const char *value, char *path,
                                          struct buf *ret)
{
	enum private_file kind =
	        value[0] == '/' ? PRIVATE_FILE_OWN : PRIVATE_FILE_CREDENTIAL;

	TRY(take_path(reading, value, path));
	return private_file_read(path, kind, reading->error, ret);
}

/* Read now to see that it can be, and that nobody else can. */
static CHECKED enum cccd_err take_private(const struct reading *reading,
                                          const char *value, char *ret)
{
	BUF contents = buf_make(65536);

	return read_private(reading, value, ret, &contents);
}

static CHECKED enum cccd_err take_secret(const struct reading *reading,
                                         const char *value, char *ret)
{
	BUF contents = buf_make(SETTING_SECRET_MAX);
	char path[SETTING_PATH_MAX];
	struct span line = { NULL, 0 };

	TRY(read_private(reading, value, path, &contents));
	line = text_trim(buf_span(&contents));
	if (line.len == 0 || line.len >= SETTING_SECRET_MAX)
		return refuse(reading, "the file holds no secret of ours");
	if (!text_is_utf8(line) || text_has_controls(line))
		return refuse(reading, "the file holds more than one line");
	memcpy(ret, line.at, line.len);
	ret[line.len] = '\0';
	return CCCD_OK;
}

static CHECKED enum cccd_err take_word(const struct reading *reading,
                                       const char *value, unsigned int *ret)
{
	const char *const *words = reading->rule->words;

	for (unsigned int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], value) != 0)
			continue;
		*ret = i;
		return CCCD_OK;
	}
	return refuse(reading, "it is none of the words for it");
}

static enum cccd_err refuse_range(const struct reading *reading)
{
	const struct value_range range = {
		.kind = reading->rule->kind == SETTING_TIME ? VALUE_MS
		                                            : VALUE_COUNT,
		.units = VALUE_UNITS_BARE,
		.least = reading->rule->least,
		.most = reading->rule->most,
	};
	char reason[VALUE_BEYOND_MAX];

	value_beyond(&range, reason);
	return refuse(reading, reason);
}

static CHECKED enum cccd_err take_number(const struct reading *reading,
                                         const char *value, uint32_t *ret)
{
	size_t digits = strspn(value, "0123456789");
	const char *rest = value + digits;
	uint32_t number = 0;
	uint64_t amount = 0;
	uint32_t unit = 1;

	if (!value_number(value, digits, &number))
		return refuse(reading, "it is no number");
	if (reading->rule->kind == SETTING_TIME)
		unit = value_unit_ms(rest + strspn(rest, " "),
		                     VALUE_UNITS_BARE);
	else if (*rest != '\0')
		unit = 0;
	amount = (uint64_t)number * unit;
	if (unit == 0)
		return refuse(reading, "it is no number, or its unit is none");
	if (amount < reading->rule->least || amount > reading->rule->most)
		return refuse_range(reading);
	*ret = (uint32_t)amount;
	return CCCD_OK;
}

static CHECKED enum cccd_err take_value(const struct reading *reading,
                                        const char *value, void *place)
{
	bool number = reading->rule->kind == SETTING_NUMBER ||
	              reading->rule->kind == SETTING_TIME ||
	              reading->rule->kind == SETTING_WORD;

	if (value[0] == '\0' && !number) {
		*(char *)place = '\0';
		return CCCD_OK;
	}
	switch (reading->rule->kind) {
	case SETTING_TEXT:
		return take_text(reading, value, place, SETTING_TEXT_MAX);
	case SETTING_URL: return take_url(reading, value, place);
	case SETTING_PATH: return take_path(reading, value, place);
	case SETTING_PRIVATE: return take_private(reading, value, place);
	case SETTING_SECRET: return take_secret(reading, value, place);
	case SETTING_WORD: return take_word(reading, value, place);
	case SETTING_NUMBER:
	case SETTING_TIME: return take_number(reading, value, place);
	}
	return CCCD_ERR_INTERNAL;
}

/* The value of a key in the section; twice is once too often. */
static CHECKED enum cccd_err find(const struct reading *reading,
                                  const char **ret)
{
	const struct connector_section *section = reading->section;
	const char *value = NULL;

	for (size_t i = 0; i < section->count; i++) {
		if (strcmp(section->settings[i].key, reading->rule->key) != 0)
			continue;
		if (value != NULL)
			return refuse(reading, "it stands twice");
		value = section->settings[i].value;
		if (value[0] == '\0')
			return refuse(reading, "it has no value");
	}
	if (value == NULL)
		value = reading->rule->initial;
	if (value == NULL)
		return refuse(reading, "it is missing");
	*ret = value;
	return CCCD_OK;
}

static bool is_known(const struct setting_table *tables, size_t count,
                     const char *key)
{
	for (size_t t = 0; t < count; t++)
		for (size_t i = 0; i < tables[t].count; i++)
			if (strcmp(tables[t].rules[i].key, key) == 0)
				return true;
	return false;
}

enum cccd_err settings_read(const struct connector_section *section,
                            const struct setting_table *tables, size_t count,
                            struct cccd_error *error)
{
	for (size_t i = 0; i < section->count; i++)
		if (!is_known(tables, count, section->settings[i].key))
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "connector %.40s: there is no setting "
			            "%.40s",
			            section->name, section->settings[i].key);
	for (size_t t = 0; t < count; t++) {
		for (size_t i = 0; i < tables[t].count; i++) {
			const struct reading reading = { section,
				                         &tables[t].rules[i],
				                         error };
			char *base = tables[t].ret;
			const char *value = "";

			TRY(find(&reading, &value));
			TRY(take_value(&reading, value,
			               base + tables[t].rules[i].offset));
		}
	}
	return CCCD_OK;
}
