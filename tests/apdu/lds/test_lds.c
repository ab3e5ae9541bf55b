/* SPDX-License-Identifier: Apache-2.0 */
/* The table of files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "apdu/lds/lds.h"

static void table_has_every_file_once(void **state)
{
	bool seen[CCCD_FILES_COUNT] = { false };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lds_files); i++) {
		assert_in_range(lds_files[i].id, 1, CCCD_FILES_COUNT - 1);
		assert_false(seen[lds_files[i].id]);
		seen[lds_files[i].id] = true;
		assert_in_range(lds_files[i].sfi, 1, 30);
		assert_true(lds_files[i].max > 0);
		assert_ptr_equal(lds_file(lds_files[i].id), &lds_files[i]);
		assert_ptr_equal(lds_file_by_name(lds_files[i].name),
		                 &lds_files[i]);
	}
	assert_null(lds_file(CCCD_FILE_NONE));
	assert_null(lds_file_by_name("dg17"));
	assert_null(lds_file_by_name(""));
}

/* [9303-10 table 38] */
static void data_groups_stand_where_the_table_says(void **state)
{
	static const uint8_t tags[] = { 0x61, 0x75, 0x63, 0x76, 0x65, 0x66,
		                        0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C,
		                        0x6D, 0x6E, 0x6F, 0x70 };
	char name[8];

	(void)state;
	for (uint32_t n = 1; n <= 16; n++) {
		const struct lds_file *file = lds_file_by_dg(n);

		assert_non_null(file);
		(void)snprintf(name, sizeof(name), "dg%u", n);
		assert_string_equal(file->name, name);
		assert_int_equal(file->id, n);
		assert_int_equal(file->fid, 0x0100 + n);
		assert_int_equal(file->sfi, n);
		assert_int_equal(file->tag, tags[n - 1]);
		assert_int_equal(file->application, LDS_LDS1);
		assert_ptr_equal(lds_file_by_tag(tags[n - 1]), file);
		assert_int_equal(lds_dg_number(file->id), n);
		assert_int_equal((file->flags & LDS_EAC) != 0,
		                 n == 3 || n == 4);
	}
	assert_true((lds_file(CCCD_FILE_DG13)->flags & LDS_RAW) != 0);
}

static void other_files_stand_where_the_table_says(void **state)
{
	static const struct {
		enum cccd_file id;
		uint16_t fid;
		uint8_t sfi;
		uint8_t tag;
		enum lds_application application;
	} rows[] = {
		{ CCCD_FILE_COM, 0x011E, 0x1E, 0x60, LDS_LDS1 },
		{ CCCD_FILE_SOD, 0x011D, 0x1D, 0x77, LDS_LDS1 },
		{ CCCD_FILE_CVCA, 0x011C, 0x1C, 0, LDS_LDS1 },
		{ CCCD_FILE_CARD_ACCESS, 0x011C, 0x1C, 0x31, LDS_MASTER_FILE },
		{ CCCD_FILE_CARD_SECURITY, 0x011D, 0x1D, 0x30,
		  LDS_MASTER_FILE },
		{ CCCD_FILE_ATR_INFO, 0x2F01, 0x01, 0, LDS_MASTER_FILE },
		{ CCCD_FILE_DIR, 0x2F00, 0x1E, 0, LDS_MASTER_FILE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct lds_file *file = lds_file(rows[i].id);

		assert_int_equal(file->fid, rows[i].fid);
		assert_int_equal(file->sfi, rows[i].sfi);
		assert_int_equal(file->tag, rows[i].tag);
		assert_int_equal(file->application, rows[i].application);
		assert_int_equal(lds_dg_number(file->id), 0);
	}
}

/* emrtd.md 4, item 15: DG0, DG17 and beyond are no data groups. */
static void pitfall_15_numbers_out_of_range_have_no_file(void **state)
{
	(void)state;
	assert_null(lds_file_by_dg(0));
	assert_null(lds_file_by_dg(17));
	assert_null(lds_file_by_dg(UINT32_MAX));
	assert_null(lds_file_by_tag(0));
	/* A tag of the master file does not count in EF.COM. */
	assert_null(lds_file_by_tag(0x31));
	assert_null(lds_file_by_tag(0x7F61));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_has_every_file_once),
		cmocka_unit_test(data_groups_stand_where_the_table_says),
		cmocka_unit_test(other_files_stand_where_the_table_says),
		cmocka_unit_test(pitfall_15_numbers_out_of_range_have_no_file),
	};

	return cmocka_run_group_tests_name("apdu.lds", tests, NULL, NULL);
}
