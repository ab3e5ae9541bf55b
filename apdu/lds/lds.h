/* SPDX-License-Identifier: Apache-2.0 */
/* The table of files: where each one is and how it begins. */
#ifndef APDU_LDS_LDS_H
#define APDU_LDS_LDS_H

#include <cccd/lds.h>

#include "base/span.h"

/* What must be selected before a file can be read. */
enum lds_application {
	LDS_MASTER_FILE = 1,
	LDS_LDS1, /* eMRTD application A0000002471001 */
};

/* Application identifier of the eMRTD application [9303-10 3.4]. */
extern const uint8_t lds1_aid[7];

enum lds_flags {
	LDS_EAC = 1 << 0,      /* read rights need terminal authentication */
	LDS_RAW = 1 << 1,      /* no international contents to parse */
	LDS_UNSIGNED = 1 << 2, /* not covered by the document security object */
};

/* File identifiers with their application: 011C and 011D exist twice. */
enum {
	FID_MF_CARD_ACCESS = 0x011C,
	FID_MF_CARD_SECURITY = 0x011D,
	FID_MF_DIR = 0x2F00,
	FID_MF_ATR_INFO = 0x2F01,
	FID_LDS1_DG1 = 0x0101,
	FID_LDS1_CVCA = 0x011C,
	FID_LDS1_SOD = 0x011D,
	FID_LDS1_COM = 0x011E,
};

/**
 * struct lds_file - one row.
 * @id:          what our programs call it; data groups have their number
 * @name:        "dg1", "com", "card_access", …
 * @fid:         file identifier
 * @sfi:         short identifier, 1 to 30
 * @tag:         first tag of the file; 0 when it is not one object
 * @application: what must be selected
 * @flags:       enum lds_flags
 * @max:         bytes of the longest file we accept
 */
struct lds_file {
	enum cccd_file id;
	const char *name;
	uint16_t fid;
	uint8_t sfi;
	uint8_t tag;
	enum lds_application application;
	unsigned int flags;
	size_t max;
};

enum { LDS_FILES_COUNT = CCCD_FILES_COUNT - 1 };

/* THE table [9303-10 3.11, 4.6, table 38]; data groups in order, first. */
extern const struct lds_file lds_files[LDS_FILES_COUNT];

/* The row of a file; NULL for CCCD_FILE_NONE and unknown values. */
const struct lds_file *lds_file(enum cccd_file id);

/* By "dg13", "sod", …; NULL when there is none. */
const struct lds_file *lds_file_by_name(const char *name);

/* By the tag that stands in EF.COM and at the file's start; or NULL. */
const struct lds_file *lds_file_by_tag(uint32_t tag);

/* By data group number 1 to 16, as it stands in the SOD; or NULL. */
const struct lds_file *lds_file_by_dg(uint32_t number);

/* 1 to 16, or 0 when the file is no data group. */
unsigned int lds_dg_number(enum cccd_file id);

#endif
