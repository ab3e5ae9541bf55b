/* SPDX-License-Identifier: Apache-2.0 */
/* The table of files, Doc 9303-10 3.11, 4.6 and table 38. */
#include "apdu/lds/lds.h"

enum {
	SMALL = 4 * 1024,
	MEDIUM = 64 * 1024,
	LARGE = 1024 * 1024, /* files that may hold images */
};

const uint8_t lds1_aid[7] = { 0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01 };

#define DG(number, tag, flags, max)                                            \
	{                                                                      \
		CCCD_FILE_DG##number, "dg" #number, FID_LDS1_DG1 + (number)-1, \
		        (number), (tag), LDS_LDS1, (flags), (max)              \
	}

const struct lds_file lds_files[LDS_FILES_COUNT] = {
	DG(1, 0x61, 0, SMALL),
	DG(2, 0x75, 0, LARGE),
	DG(3, 0x63, LDS_EAC, LARGE),
	DG(4, 0x76, LDS_EAC, LARGE),
	DG(5, 0x65, 0, LARGE),
	DG(6, 0x66, LDS_RAW, LARGE),
	DG(7, 0x67, 0, LARGE),
	DG(8, 0x68, LDS_RAW, LARGE),
	DG(9, 0x69, LDS_RAW, LARGE),
	DG(10, 0x6A, LDS_RAW, LARGE),
	DG(11, 0x6B, 0, LARGE),
	DG(12, 0x6C, 0, LARGE),
	/* National contents: nothing here may look inside. */
	DG(13, 0x6D, LDS_RAW, LARGE),
	DG(14, 0x6E, 0, MEDIUM),
	DG(15, 0x6F, 0, MEDIUM),
	DG(16, 0x70, 0, MEDIUM),
	{ CCCD_FILE_COM, "com", FID_LDS1_COM, 0x1E, 0x60, LDS_LDS1,
	  LDS_UNSIGNED, SMALL },
	{ CCCD_FILE_SOD, "sod", FID_LDS1_SOD, 0x1D, 0x77, LDS_LDS1,
	  LDS_UNSIGNED, MEDIUM },
	{ CCCD_FILE_CVCA, "cvca", FID_LDS1_CVCA, 0x1C, 0, LDS_LDS1,
	  LDS_UNSIGNED, SMALL },
	{ CCCD_FILE_CARD_ACCESS, "card_access", FID_MF_CARD_ACCESS, 0x1C, 0x31,
	  LDS_MASTER_FILE, LDS_UNSIGNED, SMALL },
	{ CCCD_FILE_CARD_SECURITY, "card_security", FID_MF_CARD_SECURITY, 0x1D,
	  0x30, LDS_MASTER_FILE, LDS_UNSIGNED, MEDIUM },
	{ CCCD_FILE_ATR_INFO, "atr_info", FID_MF_ATR_INFO, 0x01, 0,
	  LDS_MASTER_FILE, LDS_UNSIGNED, SMALL },
	{ CCCD_FILE_DIR, "dir", FID_MF_DIR, 0x1E, 0, LDS_MASTER_FILE,
	  LDS_UNSIGNED, SMALL },
};

const struct lds_file *lds_file(enum cccd_file id)
{
	for (size_t i = 0; i < ARRAY_LEN(lds_files); i++)
		if (lds_files[i].id == id)
			return &lds_files[i];
	return NULL;
}

const struct lds_file *lds_file_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(lds_files); i++)
		if (strcmp(lds_files[i].name, name) == 0)
			return &lds_files[i];
	return NULL;
}

const struct lds_file *lds_file_by_tag(uint32_t tag)
{
	for (size_t i = 0; i < ARRAY_LEN(lds_files) && tag != 0; i++)
		if (lds_files[i].tag == tag &&
		    lds_files[i].application == LDS_LDS1)
			return &lds_files[i];
	return NULL;
}

const struct lds_file *lds_file_by_dg(uint32_t number)
{
	if (number < CCCD_FILE_DG1 || number > CCCD_FILE_DG16)
		return NULL;
	return &lds_files[number - CCCD_FILE_DG1];
}

unsigned int lds_dg_number(enum cccd_file id)
{
	return id >= CCCD_FILE_DG1 && id <= CCCD_FILE_DG16 ? id : 0;
}
