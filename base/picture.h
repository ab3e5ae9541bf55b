/* SPDX-License-Identifier: Apache-2.0 */
/* What the picture process and its parent agree on. */
#ifndef BASE_PICTURE_H
#define BASE_PICTURE_H

/*
 * The child reads one image from descriptor 0 to its end and answers on
 * descriptor 1: PICTURE_HEAD bytes, five 32-bit numbers, most significant
 * byte first (mark, status, width, height, length), then so many bytes of
 * baseline JPEG; after a refusal width, height and length are 0. Its one
 * argument is the longest side of the answer, in pixels.
 */
enum {
	PICTURE_MARK = 0x43504331,
	PICTURE_HEAD = 20,
	PICTURE_INPUT_MAX = 1 << 20,
	PICTURE_OUTPUT_MAX = 4 << 20,
	PICTURE_SIDE_MIN = 16,
	PICTURE_SIDE_MAX = 2000,
};

/* Statuses; 0 means that nobody wrote one. */
enum picture_status {
	PICTURE_NONE = 0,
	PICTURE_RENDERED = 1,
	PICTURE_MALFORMED = 2,   /* breaks its grammar, or is cut short */
	PICTURE_TOO_LARGE = 3,   /* beyond a cap, or beyond the memory */
	PICTURE_UNSUPPORTED = 4, /* no format or colour space of ours */
	PICTURE_UNCONFINED = 5,  /* the process could not be locked in */
};

#endif
