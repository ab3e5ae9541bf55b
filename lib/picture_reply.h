/* SPDX-License-Identifier: Apache-2.0 */
/* What the picture process answered: believed only as far as checked. */
#ifndef LIB_PICTURE_REPLY_H
#define LIB_PICTURE_REPLY_H

#include "base/error.h"
#include "base/picture.h"
#include "base/span.h"

/**
 * struct picture_reply - a picture in the reply.
 * @jpeg: borrowed from the reply
 */
struct picture_reply {
	struct span jpeg;
	uint32_t width;
	uint32_t height;
};

/**
 * picture_reply_parse() - the whole answer, head and picture.
 * @reply:    as received, to the end
 * @side_max: no side may be longer
 *
 * The picture has to be one baseline JPEG of the size announced, with JFIF
 * head, tables, one frame, one scan, and nothing before, between or after:
 * whoever took the process over could send no more than that.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_PICTURE, CCCD_ERR_DATA_TOO_LARGE,
 * CCCD_ERR_DATA_UNSUPPORTED or CCCD_ERR_RENDERER as it says itself;
 * CCCD_ERR_DATA_PICTURE when the answer breaks these rules.
 *
 * [ISO/IEC 10918-1 B.2]
 */
CHECKED enum cccd_err picture_reply_parse(struct span reply, uint32_t side_max,
                                          struct cccd_error *error,
                                          struct picture_reply *ret);

#endif
