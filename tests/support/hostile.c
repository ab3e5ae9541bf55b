/* SPDX-License-Identifier: Apache-2.0 */
/* What a lying card does to a valid file, for every parser alike. */
#include "tests/support/hostile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* An exact copy on the heap, so that one byte too far is noticed. */
static enum cccd_err parse_copy(struct span bytes, hostile_parse *parse)
{
	uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
	enum cccd_err err = CCCD_OK;

	assert_non_null(copy);
	if (bytes.len > 0)
		memcpy(copy, bytes.at, bytes.len);
	err = parse(span_of(copy, bytes.len));
	free(copy);
	if (err != CCCD_OK)
		assert_int_equal(cccd_err_domain(err), CCCD_DOMAIN_DATA);
	return err;
}

void hostile_truncate(struct span valid, hostile_parse *parse)
{
	for (size_t len = 0; len < valid.len; len++)
		assert_int_not_equal(parse_copy(span_first(valid, len), parse),
		                     CCCD_OK);
}

void hostile_mutate(struct span valid, hostile_parse *parse)
{
	static const uint8_t lengths[] = { 0x00, 0x01, 0x7F, 0x80, 0x81, 0x82,
		                           0x83, 0x84, 0x85, 0x88, 0xFF };
	uint8_t *copy = malloc(valid.len);

	assert_non_null(copy);
	for (size_t i = 0; i < valid.len; i++) {
		memcpy(copy, valid.at, valid.len);
		for (size_t j = 0; j < sizeof(lengths); j++) {
			copy[i] = lengths[j];
			(void)parse_copy(span_of(copy, valid.len), parse);
		}
		for (unsigned int bit = 0; bit < 8; bit++) {
			copy[i] = (uint8_t)(valid.at[i] ^ 1U << bit);
			(void)parse_copy(span_of(copy, valid.len), parse);
		}
	}
	free(copy);
}

void hostile_lying_lengths(struct span valid, hostile_parse *parse)
{
	static const uint8_t lies[][5] = {
		{ 0x83, 0xFF, 0xFF, 0xFF },       /* 16 MiB */
		{ 0x84, 0x01, 0x00, 0x00, 0x00 }, /* 16 MiB and one byte more */
		{ 0x84, 0xFF, 0xFF, 0xFF, 0xFF },
		{ 0x84, 0x7F, 0xFF, 0xFF, 0xFF },
		{ 0x80 },
	};
	static const size_t lens[] = { 4, 5, 5, 5, 1 };
	uint8_t *copy = malloc(valid.len + 5);

	assert_non_null(copy);
	/* In place of every byte, as if a length stood there. */
	for (size_t i = 0; i < valid.len; i++) {
		for (size_t j = 0; j < sizeof(lens) / sizeof(lens[0]); j++) {
			memcpy(copy, valid.at, i);
			memcpy(copy + i, lies[j], lens[j]);
			memcpy(copy + i + lens[j], valid.at + i + 1,
			       valid.len - i - 1);
			(void)parse_copy(span_of(copy, valid.len - 1 + lens[j]),
			                 parse);
		}
	}
	free(copy);
}

void hostile_all(struct span valid, hostile_parse *parse)
{
	assert_int_equal(parse_copy(valid, parse), CCCD_OK);
	hostile_truncate(valid, parse);
	hostile_mutate(valid, parse);
	hostile_lying_lengths(valid, parse);
}
