/* SPDX-License-Identifier: Apache-2.0 */
/* How the JPEG library gives up: by a jump, without a word. */
#ifndef SERVICE_RENDER_JPEG_ERROR_H
#define SERVICE_RENDER_JPEG_ERROR_H

#include <setjmp.h>
/* jpeglib.h needs these and does not say so. */
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include "base/picture.h"

/**
 * struct jpeg_error - an error manager that knows where to return to.
 * @manager: first, so that the library's pointer is ours
 * @status:  why, once it has jumped
 */
struct jpeg_error {
	struct jpeg_error_mgr manager;
	jmp_buf back;
	enum picture_status status;
};

/* Ready to be jumped back to; the caller calls setjmp() itself. */
struct jpeg_error_mgr *jpeg_error_init(struct jpeg_error *error);

/* Leave the library with this status. */
_Noreturn void jpeg_error_leave(j_common_ptr common,
                                enum picture_status status);

#endif
