/* SPDX-License-Identifier: Apache-2.0 */
/* The JPEG library's errors as statuses; nothing is printed. */
#include "service/render/jpeg_error.h"

#include <jerror.h>

void jpeg_error_leave(j_common_ptr common, enum picture_status status)
{
	struct jpeg_error *error = (struct jpeg_error *)(void *)common->err;

	error->status = status;
	longjmp(error->back, 1);
}

static _Noreturn void leave(j_common_ptr common)
{
	switch (common->err->msg_code) {
	case JERR_OUT_OF_MEMORY:
	case JERR_IMAGE_TOO_BIG:
	case JERR_WIDTH_OVERFLOW: jpeg_error_leave(common, PICTURE_TOO_LARGE);
	case JERR_CONVERSION_NOTIMPL:
	case JERR_SOF_UNSUPPORTED:
	case JERR_BAD_PRECISION: jpeg_error_leave(common, PICTURE_UNSUPPORTED);
	default: jpeg_error_leave(common, PICTURE_MALFORMED);
	}
}

/*
 * A picture that ends too early would be filled up with grey: a face that
 * nobody signed. Other warnings concern bytes the standard lets a decoder
 * skip, and are counted only.
 */
static void hear(j_common_ptr common, int level)
{
	if (level >= 0)
		return;
	common->err->num_warnings++;
	if (common->err->msg_code == JWRN_JPEG_EOF ||
	    common->err->msg_code == JWRN_HIT_MARKER)
		jpeg_error_leave(common, PICTURE_MALFORMED);
}

static void stay_silent(j_common_ptr common)
{
	(void)common;
}

struct jpeg_error_mgr *jpeg_error_init(struct jpeg_error *error)
{
	(void)jpeg_std_error(&error->manager);
	error->manager.error_exit = leave;
	error->manager.emit_message = hear;
	error->manager.output_message = stay_silent;
	error->status = PICTURE_MALFORMED;
	return &error->manager;
}
