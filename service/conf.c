/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files of the daemons: who may write them, their lines. */
#include "service/conf.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

bool conf_fits_socket(const char *path)
{
	struct sockaddr_un address;

	return strlen(path) < sizeof(address.sun_path);
}

enum cccd_err conf_refuse(const struct conf_place *place, const char *key,
                          const char *reason)
{
	return fail(place->error, CCCD_ERR_POLICY_CONFIG,
	            "%.60s, line %u: %.26s%s%s", place->name, place->line, key,
	            key[0] != '\0' ? ": " : "", reason);
}

static const char bad_letter[] = "a control character";

static bool has_tab(const char *text)
{
	return strchr(text, '\t') != NULL;
}

/* Tabs may stand around the sign of equality, and nowhere else. */
static enum cccd_err take_setting(const struct conf_lines *lines,
                                  const struct conf_place *place, char *text)
{
	size_t key = strspn(text, lines->key_letters);
	const char *value = text + key + strspn(text + key, " \t");

	if (key == 0 || *value != '=')
		return conf_refuse(place, "", "it is not \"key = value\"");
	value++;
	value += strspn(value, " \t");
	text[key] = '\0';
	if (*value == '\0')
		return conf_refuse(place, text, "it has no value");
	if (has_tab(value))
		return conf_refuse(place, "", bad_letter);
	return lines->setting(lines->context, text, value);
}

/* Other than tabs. */
static bool has_controls(struct span line)
{
	while (line.len > 0) {
		const uint8_t *tab = memchr(line.at, '\t', line.len);
		size_t len = tab != NULL ? (size_t)(tab - line.at) : line.len;

		if (text_has_controls(span_first(line, len)))
			return true;
		line = span_after(line, len + 1);
	}
	return false;
}

static enum cccd_err take_line(const struct conf_lines *lines,
                               const struct conf_place *place, struct span line)
{
	char text[CONF_LINE_MAX];

	line = text_trim(line);
	if (line.len == 0 || line.at[0] == '#')
		return CCCD_OK;
	if (line.len >= sizeof(text))
		return conf_refuse(place, "", "the line is too long");
	if (!text_is_utf8(line) || has_controls(line))
		return conf_refuse(place, "", bad_letter);
	memcpy(text, line.at, line.len);
	text[line.len] = '\0';
	if (text[0] == '[' && lines->section != NULL)
		return has_tab(text) ? conf_refuse(place, "", bad_letter)
		                     : lines->section(lines->context, text);
	return take_setting(lines, place, text);
}

enum cccd_err conf_read(struct span text, const struct conf_lines *lines,
                        struct conf_place *place)
{
	/* Some editors begin a file with it; nobody sees it there. */
	static const uint8_t mark[] = { 0xEF, 0xBB, 0xBF };

	if (span_equal(span_first(text, sizeof(mark)), SPAN(mark)))
		text = span_after(text, sizeof(mark));
	while (text.len > 0) {
		const uint8_t *end = memchr(text.at, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.at) : text.len;

		place->line++;
		TRY(take_line(lines, place, span_first(text, len)));
		text = span_after(text, len + 1);
	}
	return CCCD_OK;
}

enum cccd_err conf_load(const char *path, struct cccd_error *error,
                        struct buf *ret)
{
	struct cccd_error cause = { .tries_left = -1 };
	struct stat facts;
	enum cccd_err err = CCCD_OK;

	if (stat(path, &facts) != 0)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno, "%.120s",
		                   path);
	/* Whoever can write it chooses whom the daemon believes. */
	if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0 ||
	    (facts.st_uid != 0 && facts.st_uid != geteuid()))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%.100s: others may write it", path);
	if (!S_ISREG(facts.st_mode))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%.100s: no plain file", path);
	err = file_read(path, &cause, ret);
	if (err == CCCD_OK)
		return err;
	if (err != CCCD_ERR_DATA_TOO_LARGE)
		return fail_path(error, err, cause.native, path, cause.text);
	return fail(error, CCCD_ERR_POLICY_CONFIG,
	            "%.100s: larger than %zu bytes", path, ret->max);
}
