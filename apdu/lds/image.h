/* SPDX-License-Identifier: Apache-2.0 */
/* What an image says about itself, without decoding it. */
#ifndef APDU_LDS_IMAGE_H
#define APDU_LDS_IMAGE_H

#include <cccd/lds.h>

#include "base/span.h"

/**
 * image_look() - format and size from signature and header.
 * @bytes: the image; the result borrows from it
 *
 * Never fails: an unknown format or a broken header leaves zeros. Nothing
 * is decoded.
 *
 * [ISO/IEC 10918-1 B.2.2; ISO/IEC 15444-1 A.5.1, I.5.3; PNG 11.2.2]
 */
struct cccd_image image_look(struct span bytes);

#endif
