/* SPDX-License-Identifier: Apache-2.0 */
/* Machine readable zones of the three formats: 9303-3 to 9303-6. */
#include "tests/sim/build.h"

enum { NUMBER = 9 };

char sim_mrz_check(const char *text, size_t len)
{
	static const unsigned int weights[] = { 7, 3, 1 };
	unsigned int sum = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned int value = 0;

		if (text[i] >= '0' && text[i] <= '9')
			value = (unsigned int)(text[i] - '0');
		else if (text[i] >= 'A' && text[i] <= 'Z')
			value = (unsigned int)(text[i] - 'A') + 10;
		sum += value * weights[i % 3];
	}
	return (char)('0' + sum % 10);
}

/* @text, cut or filled to @len. */
static void field(char *at, size_t len, const char *text)
{
	size_t have = strlen(text);

	memset(at, '<', len);
	memcpy(at, text, have < len ? have : len);
}

/* A field and its check digit. */
static void checked(char *at, size_t len, const char *text)
{
	field(at, len, text);
	at[len] = sim_mrz_check(at, len);
}

/* struct fields - what the formats arrange differently. */
struct fields {
	char number[SIM_NAME_MAX];
	char optional[SIM_NAME_MAX];
};

/* A Vietnamese number gives the last nine digits, then all twelve with a
 * check digit of their own. [cccd-card 7.1] */
static void resolve(const struct sim_document *document, struct fields *ret)
{
	size_t len = strlen(document->id_number);

	*ret = (struct fields){ .number = "" };
	memcpy(ret->number, document->number, sizeof(ret->number));
	memcpy(ret->optional, document->optional, sizeof(ret->optional));
	if (len != 12)
		return;
	if (ret->number[0] == '\0')
		memcpy(ret->number, document->id_number + 3, NUMBER + 1);
	if (ret->optional[0] == '\0') {
		field(ret->optional, 14, document->id_number);
		ret->optional[14] = sim_mrz_check(document->id_number, 12);
		ret->optional[15] = '\0';
	}
}

/* Number, check digit, optional data; a long number goes on in the
 * optional data. [9303-5 4.2.2 note j] */
static void number_and_optional(char *at, size_t optional_len,
                                const struct fields *fields)
{
	size_t len = strlen(fields->number);
	char rest[SIM_NAME_MAX] = "";

	checked(at, NUMBER, fields->number);
	if (len <= NUMBER) {
		field(at + NUMBER + 1, optional_len, fields->optional);
		return;
	}
	at[NUMBER] = '<';
	memcpy(rest, fields->number + NUMBER, len - NUMBER);
	rest[len - NUMBER] = sim_mrz_check(fields->number, len);
	field(at + NUMBER + 1, optional_len, rest);
}

static void composite(char *at, const char *const parts[],
                      const size_t lengths[], size_t count)
{
	char all[MRZ_MAX];
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		memcpy(all + len, parts[i], lengths[i]);
		len += lengths[i];
	}
	*at = sim_mrz_check(all, len);
}

static void make_td1(const struct sim_document *d, const struct fields *fields,
                     char *m)
{
	field(m, 2, d->code);
	field(m + 2, 3, d->state);
	number_and_optional(m + 5, 15, fields);
	checked(m + 30, 6, d->birth);
	field(m + 37, 1, d->sex);
	checked(m + 38, 6, d->expiry);
	field(m + 45, 3, d->nationality);
	field(m + 48, 11, d->optional2);
	composite(m + 59,
	          (const char *const[]){ m + 5, m + 30, m + 38, m + 48 },
	          (const size_t[]){ 25, 7, 7, 11 }, 4);
	field(m + 60, 30, d->name);
}

static void make_td2(const struct sim_document *d, const struct fields *fields,
                     char *m)
{
	field(m, 2, d->code);
	field(m + 2, 3, d->state);
	field(m + 5, 31, d->name);
	number_and_optional(m + 36, 0, fields);
	field(m + 46, 3, d->nationality);
	checked(m + 49, 6, d->birth);
	field(m + 56, 1, d->sex);
	checked(m + 57, 6, d->expiry);
	field(m + 64, 7, fields->optional);
	composite(m + 71, (const char *const[]){ m + 36, m + 49, m + 57 },
	          (const size_t[]){ 10, 7, 14 }, 3);
}

static void make_td3(const struct sim_document *d, const struct fields *fields,
                     char *m)
{
	field(m, 2, d->code);
	field(m + 2, 3, d->state);
	field(m + 5, 39, d->name);
	number_and_optional(m + 44, 0, fields);
	field(m + 54, 3, d->nationality);
	checked(m + 57, 6, d->birth);
	field(m + 64, 1, d->sex);
	checked(m + 65, 6, d->expiry);
	checked(m + 72, 14, fields->optional);
	composite(m + 87, (const char *const[]){ m + 44, m + 57, m + 65 },
	          (const size_t[]){ 10, 7, 22 }, 3);
}

static const struct format_row {
	const char *name;
	size_t len;
	void (*make)(const struct sim_document *document,
	             const struct fields *fields, char *lines);
} formats[] = {
	{ "td1", 90, make_td1 },
	{ "td2", 72, make_td2 },
	{ "td3", 88, make_td3 },
};

/* Number, birth, expiry, each with its check digit. [9303-11 4.3.2] */
static void information(const struct sim_document *document,
                        struct sim_mrz *mrz)
{
	char padded[SIM_NAME_MAX];
	size_t len = strlen(mrz->number);
	char *at = mrz->information;

	len = len < NUMBER ? NUMBER : len;
	field(padded, len, mrz->number);
	memcpy(at, padded, len);
	at[len] = sim_mrz_check(padded, len);
	checked(at + len + 1, 6, document->birth);
	checked(at + len + 8, 6, document->expiry);
	at[len + 15] = '\0';
}

enum cccd_err sim_mrz_make(const struct sim_document *document,
                           struct sim_mrz *ret)
{
	struct fields fields;

	*ret = (struct sim_mrz){ .lines = "" };
	resolve(document, &fields);
	memcpy(ret->number, fields.number, sizeof(ret->number));
	if (strlen(fields.number) > 22)
		return CCCD_ERR_DATA_TOO_LARGE;
	information(document, ret);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (strcmp(formats[i].name, document->format) != 0)
			continue;
		formats[i].make(document, &fields, ret->lines);
		if (document->mrz[0] != '\0')
			field(ret->lines, formats[i].len, document->mrz);
		ret->lines[formats[i].len] = '\0';
		return CCCD_OK;
	}
	return CCCD_ERR_DATA_UNSUPPORTED;
}
