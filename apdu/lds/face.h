/* SPDX-License-Identifier: Apache-2.0 */
/* Face records: ISO/IEC 19794-5:2005 and ISO/IEC 39794-5. */
#ifndef APDU_LDS_FACE_H
#define APDU_LDS_FACE_H

#include <cccd/lds.h>

#include "apdu/lds/biometric.h"
#include "base/span.h"

/**
 * faces_read() - the images of one biometric template.
 * @template: format owner and type go into every face
 * @faces:    CCCD_FACES_MAX of them
 * @count:    how many are filled; moved on
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING without a data block or image;
 * CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_DATA_TOO_LARGE
 * beyond CCCD_FACES_MAX; CCCD_ERR_DATA_UNSUPPORTED for other records.
 */
CHECKED enum cccd_err faces_read(const struct biometric_template *template,
                                 struct cccd_face *faces, size_t *count);

#endif
