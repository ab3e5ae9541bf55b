/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/apdu/lds/mrz_records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

static struct vectors *vectors;

int mrz_records_open(void **state)
{
	(void)state;
	vectors = vectors_open("mrz");
	return 0;
}

int mrz_records_close(void **state)
{
	(void)state;
	vectors_close(vectors);
	return 0;
}

struct vectors *mrz_vectors(void)
{
	return vectors;
}

const char *mrz_record_text(int record, const char *member)
{
	char name[64];
	const char *value = NULL;

	(void)snprintf(name, sizeof(name), "m%02d_%s_text", record, member);
	value = vectors_text(vectors, name);
	return value != NULL ? value : "";
}

void mrz_record_parse(int record, struct cccd_mrz *mrz)
{
	assert_int_equal(
	        mrz_parse(span_text(mrz_record_text(record, "mrz")), mrz),
	        CCCD_OK);
}
