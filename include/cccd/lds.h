/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the Logical Data Structure, Doc 9303-10. */
#ifndef CCCD_LDS_H
#define CCCD_LDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/bytes.h>
#include <cccd/security_info.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum cccd_file - every elementary file a reader may meet. */
enum cccd_file {
	CCCD_FILE_NONE = 0,
	CCCD_FILE_DG1 = 1, /* data groups have their own number */
	CCCD_FILE_DG2,
	CCCD_FILE_DG3,
	CCCD_FILE_DG4,
	CCCD_FILE_DG5,
	CCCD_FILE_DG6,
	CCCD_FILE_DG7,
	CCCD_FILE_DG8,
	CCCD_FILE_DG9,
	CCCD_FILE_DG10,
	CCCD_FILE_DG11,
	CCCD_FILE_DG12,
	CCCD_FILE_DG13,
	CCCD_FILE_DG14,
	CCCD_FILE_DG15,
	CCCD_FILE_DG16,
	CCCD_FILE_COM,
	CCCD_FILE_SOD,
	CCCD_FILE_CVCA,
	CCCD_FILE_CARD_ACCESS,
	CCCD_FILE_CARD_SECURITY,
	CCCD_FILE_ATR_INFO,
	CCCD_FILE_DIR,
};

enum { CCCD_FILES_COUNT = 24 }; /* array size when indexed by cccd_file */

#ifdef __cplusplus
}
#endif

#endif
