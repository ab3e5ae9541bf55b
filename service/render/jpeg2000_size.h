/* SPDX-License-Identifier: Apache-2.0 */
/* What a JPEG 2000 image asks for, before a decoder is let near it. */
#ifndef SERVICE_RENDER_JPEG2000_SIZE_H
#define SERVICE_RENDER_JPEG2000_SIZE_H

#include <stdbool.h>

#include "base/picture.h"
#include "base/span.h"

enum { JPEG2000_TILES_MAX = 256, JPEG2000_COMPONENTS_MAX = 4 };

/**
 * jpeg2000_check_size() - hold the SIZ segment to our caps.
 * @image:     bare codestream or JP2
 * @ret_boxed: it is a JP2
 *
 * A decoder allocates by these numbers: samples, tiles × components.
 *
 * Return: PICTURE_RENDERED when it may be decoded, else why not.
 *
 * [ISO/IEC 15444-1 A.5.1, I.4, I.5.4]
 */
CHECKED enum picture_status jpeg2000_check_size(struct span image,
                                                bool *ret_boxed);

#endif
