/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator's own TLV: writing DER, reading command data. X.690. */
#include "tests/sim/der.h"

#include <stdlib.h>

enum { OID = 0x06, INTEGER = 0x02, BIT_STRING = 0x03 };

struct sim_der sim_der_make(void)
{
	return (struct sim_der){ .out = buf_make(SIM_DER_MAX) };
}

void sim_der_release(struct sim_der *der)
{
	buf_release(&der->out);
}

void sim_der_raw(struct sim_der *der, struct span bytes)
{
	if (der->err == CCCD_OK && bytes.len > 0)
		der->err = buf_append(&der->out, bytes);
}

static void put_byte(struct sim_der *der, unsigned int byte)
{
	uint8_t octet = (uint8_t)byte;

	sim_der_raw(der, span_of(&octet, 1));
}

static void put_tag(struct sim_der *der, uint32_t tag)
{
	if (tag > 0xFFFF)
		put_byte(der, tag >> 16 & 0xFF);
	if (tag > 0xFF)
		put_byte(der, tag >> 8 & 0xFF);
	put_byte(der, tag & 0xFF);
}

static size_t length_form(size_t len, uint8_t form[static 5])
{
	if (len < 0x80) {
		form[0] = (uint8_t)len;
		return 1;
	}
	if (len < 0x100) {
		form[0] = 0x81;
		form[1] = (uint8_t)len;
		return 2;
	}
	if (len < 0x10000) {
		form[0] = 0x82;
		form[1] = (uint8_t)(len >> 8);
		form[2] = (uint8_t)len;
		return 3;
	}
	form[0] = 0x83;
	form[1] = (uint8_t)(len >> 16);
	form[2] = (uint8_t)(len >> 8);
	form[3] = (uint8_t)len;
	return 4;
}

void sim_der_put(struct sim_der *der, uint32_t tag, struct span value)
{
	uint8_t form[5];
	size_t len = length_form(value.len, form);

	put_tag(der, tag);
	sim_der_raw(der, span_of(form, len));
	sim_der_raw(der, value);
}

void sim_der_text(struct sim_der *der, uint32_t tag, const char *text)
{
	sim_der_put(der, tag, span_text(text));
}

size_t sim_der_open(struct sim_der *der, uint32_t tag)
{
	put_tag(der, tag);
	return der->out.len;
}

void sim_der_close(struct sim_der *der, size_t mark)
{
	uint8_t form[5] = { 0 };
	size_t body = der->out.len - mark;
	size_t len = length_form(body, form);

	/* Make room for the length, then move the members behind it. */
	sim_der_raw(der, span_of(form, len));
	if (der->err != CCCD_OK)
		return;
	memmove(der->out.at + mark + len, der->out.at + mark, body);
	memcpy(der->out.at + mark, form, len);
}

static bool oid_arc(unsigned long arc, struct sim_oid *oid)
{
	unsigned int shift = 28;

	while (shift > 0 && arc >> shift == 0)
		shift -= 7;
	for (;; shift -= 7) {
		if (oid->len == sizeof(oid->bytes))
			return false;
		oid->bytes[oid->len++] =
		        (uint8_t)((arc >> shift & 0x7F) | (shift ? 0x80 : 0));
		if (shift == 0)
			return true;
	}
}

enum cccd_err sim_oid_encode(const char *dotted, struct sim_oid *ret)
{
	struct sim_oid oid = { .len = 0 };
	char *at = NULL;
	unsigned long first = strtoul(dotted, &at, 10);
	unsigned long second;

	if (*at != '.')
		return CCCD_ERR_DATA_MALFORMED;
	second = strtoul(at + 1, &at, 10);
	if (!oid_arc(first * 40 + second, &oid))
		return CCCD_ERR_DATA_TOO_LARGE;
	while (*at == '.') {
		if (!oid_arc(strtoul(at + 1, &at, 10), &oid))
			return CCCD_ERR_DATA_TOO_LARGE;
	}
	if (*at != '\0')
		return CCCD_ERR_DATA_MALFORMED;
	*ret = oid;
	return CCCD_OK;
}

void sim_der_oid(struct sim_der *der, const char *dotted)
{
	struct sim_oid oid;
	enum cccd_err err = sim_oid_encode(dotted, &oid);

	if (err != CCCD_OK) {
		der->err = der->err == CCCD_OK ? err : der->err;
		return;
	}
	sim_der_put(der, OID, span_of(oid.bytes, oid.len));
}

void sim_der_uint(struct sim_der *der, unsigned int value)
{
	uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
		             (uint8_t)(value >> 8), (uint8_t)value };

	sim_der_integer(der, SPAN(bytes));
}

void sim_der_integer(struct sim_der *der, struct span magnitude)
{
	uint8_t zero = 0;
	uint8_t form[5];
	size_t pad;

	while (magnitude.len > 1 && magnitude.at[0] == 0)
		magnitude = span_after(magnitude, 1);
	pad = magnitude.at[0] & 0x80 ? 1 : 0;
	put_tag(der, INTEGER);
	sim_der_raw(der, span_of(form, length_form(magnitude.len + pad, form)));
	sim_der_raw(der, span_of(&zero, pad));
	sim_der_raw(der, magnitude);
}

void sim_der_bits(struct sim_der *der, struct span value)
{
	size_t mark = sim_der_open(der, BIT_STRING);

	put_byte(der, 0);
	sim_der_raw(der, value);
	sim_der_close(der, mark);
}

enum cccd_err sim_der_take(struct sim_der *der, struct buf *ret)
{
	TRY(der->err);
	return buf_append(ret, buf_span(&der->out));
}

static bool take_length(struct span *rest, size_t *ret)
{
	size_t count;
	size_t len = 0;

	if (rest->len == 0)
		return false;
	if (rest->at[0] < 0x80) {
		*ret = rest->at[0];
		*rest = span_after(*rest, 1);
		return true;
	}
	count = rest->at[0] & 0x7F;
	if (count == 0 || count > 4 || rest->len < 1 + count)
		return false;
	for (size_t i = 1; i <= count; i++)
		len = len << 8 | rest->at[i];
	*ret = len;
	*rest = span_after(*rest, 1 + count);
	return true;
}

bool sim_der_next(struct span *rest, uint32_t *ret_tag, struct span *ret_value)
{
	struct span left = *rest;
	uint32_t tag;
	size_t len;

	if (left.len < 2)
		return false;
	tag = left.at[0];
	left = span_after(left, 1);
	if ((tag & 0x1F) == 0x1F) {
		tag = tag << 8 | left.at[0];
		left = span_after(left, 1);
	}
	if (!take_length(&left, &len) || len > left.len)
		return false;
	*ret_tag = tag;
	*ret_value = span_first(left, len);
	*rest = span_after(left, len);
	return true;
}

bool sim_der_find(struct span bytes, uint32_t tag, struct span *ret_value)
{
	uint32_t found;
	struct span value;

	while (sim_der_next(&bytes, &found, &value)) {
		if (found == tag) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}
