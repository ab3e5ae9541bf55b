/* SPDX-License-Identifier: Apache-2.0 */
/* MRZ_information, the password of BAC and PACE [9303-11 4.3.2, D.2]. */
#include "apdu/lds/date.h"
#include "apdu/lds/mrz.h"

#define FILLER '<'

enum {
	NUMBER_FIELD_LEN = 9,
	NUMBER_MAX = 22,
	DATE_LEN = 6,
	DATES_LEN = 2 * (DATE_LEN + 1),
	ISO_DATE_LEN = 10,
	LONG_DATE_LEN = 8,
};

/* What the three fields become: @number is padded to nine. */
static enum cccd_err put(struct secret *out, struct span bytes)
{
	if (bytes.len > sizeof(out->bytes) - out->len)
		return CCCD_ERR_DATA_TOO_LARGE;
	if (bytes.len > 0)
		memcpy(out->bytes + out->len, bytes.at, bytes.len);
	out->len += bytes.len;
	return CCCD_OK;
}

static enum cccd_err put_char(struct secret *out, char c)
{
	return put(out, span_of(&c, 1));
}

static enum cccd_err put_number(struct secret *out, struct span number,
                                char digit)
{
	TRY(put(out, number));
	for (size_t i = number.len; i < NUMBER_FIELD_LEN; i++)
		TRY(put_char(out, FILLER));
	return put_char(out, digit);
}

enum cccd_err mrz_information(const struct cccd_mrz *mrz, struct secret *ret)
{
	SECRET out = { 0 };

	if (mrz->format == CCCD_MRZ_NONE)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(put_number(&out, span_text(mrz->document_number),
	               mrz->document_number_check.printed));
	TRY(put(&out, span_text(mrz->date_of_birth.text)));
	TRY(put_char(&out, mrz->date_of_birth_check.printed));
	TRY(put(&out, span_text(mrz->date_of_expiry.text)));
	TRY(put_char(&out, mrz->date_of_expiry_check.printed));
	return secret_set(ret, secret_span(&out));
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum cccd_err mrz_clean(struct span text, struct secret *ret)
{
	SECRET out = { 0 };

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (is_blank(c))
			continue;
		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != FILLER)
			return CCCD_ERR_DATA_MALFORMED;
		if (out.len == MRZ_LEN_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		out.bytes[out.len++] = c;
	}
	return secret_set(ret, secret_span(&out));
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* A date of the MRZ and its check digit. */
static bool is_checked_date(struct span text)
{
	struct span digit = span_after(text, DATE_LEN);

	return date_parse(span_first(text, DATE_LEN)).state !=
	               CCCD_DATE_INVALID &&
	       digit.len > 0 && is_digit(digit.at[0]);
}

/* Not, for example, the first line of a card alone. */
static bool is_information(struct span text)
{
	struct span dates = { 0 };

	if (text.len < MRZ_INFORMATION_LEN || text.len > MRZ_INFORMATION_MAX)
		return false;
	dates = span_after(text, text.len - DATES_LEN);
	return is_checked_date(dates) &&
	       is_checked_date(span_after(dates, DATE_LEN + 1));
}

static bool has_digit(struct span text)
{
	size_t last = text.len - 1;
	char digit = mrz_check_digit(span_first(text, last));

	return span_equal(span_after(text, last), span_of(&digit, 1));
}

/* Whether all three check digits of an information are correct. */
static bool digits_agree(struct span information)
{
	size_t number_len = information.len - DATES_LEN;
	struct span dates = span_after(information, number_len);

	return has_digit(span_first(information, number_len)) &&
	       has_digit(span_first(dates, DATE_LEN + 1)) &&
	       has_digit(span_after(dates, DATE_LEN + 1));
}

static enum cccd_err information_of(struct span zone, struct secret *ret)
{
	struct cccd_mrz mrz = { 0 };
	enum cccd_err err = mrz_parse(zone, &mrz);

	if (err == CCCD_OK)
		err = mrz_information(&mrz, ret);
	wipe(&mrz, sizeof(mrz));
	return err;
}

enum cccd_err mrz_information_from_text(struct span text, struct secret *ret,
                                        bool *ret_digits)
{
	SECRET clean = { 0 };
	SECRET out = { 0 };

	TRY(mrz_clean(text, &clean));
	if (is_information(secret_span(&clean)))
		TRY(secret_set(&out, secret_span(&clean)));
	else
		TRY(information_of(secret_span(&clean), &out));
	*ret_digits = digits_agree(secret_span(&out));
	return secret_set(ret, secret_span(&out));
}

/* YYMMDD, CCYYMMDD or CCYY-MM-DD to the six characters of an MRZ. */
static enum cccd_err put_date(struct secret *out, struct span date)
{
	uint8_t text[DATE_LEN] = { 0 };
	struct span six = span_of(text, sizeof(text));

	if (date.len == ISO_DATE_LEN) {
		if (date.at[4] != '-' || date.at[7] != '-')
			return CCCD_ERR_DATA_MALFORMED;
		memcpy(text, date.at + 2, 2);
		memcpy(text + 2, date.at + 5, 2);
		memcpy(text + 4, date.at + 8, 2);
	} else if (date.len == LONG_DATE_LEN) {
		memcpy(text, date.at + 2, sizeof(text));
	} else if (date.len == DATE_LEN) {
		memcpy(text, date.at, sizeof(text));
	} else {
		return CCCD_ERR_DATA_MALFORMED;
	}
	if (date_parse(six).state == CCCD_DATE_INVALID)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(put(out, six));
	return put_char(out, mrz_check_digit(six));
}

enum cccd_err mrz_information_from_document(struct span number,
                                            struct span birth,
                                            struct span expiry,
                                            struct secret *ret)
{
	SECRET clean = { 0 };
	SECRET out = { 0 };

	TRY(mrz_clean(number, &clean));
	while (clean.len > 0 && clean.bytes[clean.len - 1] == FILLER)
		clean.len--;
	if (clean.len == 0 || clean.len > NUMBER_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	/* Fillers at the end weigh nothing: the digit needs no padding. */
	TRY(put_number(&out, secret_span(&clean),
	               mrz_check_digit(secret_span(&clean))));
	TRY(put_date(&out, birth));
	TRY(put_date(&out, expiry));
	return secret_set(ret, secret_span(&out));
}
