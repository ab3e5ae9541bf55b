/* SPDX-License-Identifier: Apache-2.0 */
/* A portrait as every program can show it: a clean JPEG. */
#ifndef CCCD_RENDER_H
#define CCCD_RENDER_H

#include <stdint.h>

#include <cccd/bytes.h>
#include <cccd/error.h>
#include <cccd/export.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cccd_picture;

enum {
	CCCD_RENDER_SIDE_MIN = 16,
	CCCD_RENDER_SIDE_MAX = 2000,
	CCCD_RENDER_DEADLINE_MS = 3000,
	CCCD_RENDER_DEADLINE_MAX_MS = 60000,
};

/**
 * struct cccd_render_options - zeroed means the usual.
 * @side_max:    no side of the picture is longer, in pixels,
 *               CCCD_RENDER_SIDE_MIN to CCCD_RENDER_SIDE_MAX; 0 for the
 *               latter
 * @deadline_ms: for all of it; 0 for CCCD_RENDER_DEADLINE_MS, at most
 *               CCCD_RENDER_DEADLINE_MAX_MS
 * @program:     cccd-render, an absolute path; NULL for the environment's
 *               CCCD_RENDER_CHILD, or else the installed one
 */
struct cccd_render_options {
	uint32_t side_max;
	uint32_t deadline_ms;
	const char *program;
};

/**
 * cccd_render_portrait() - decode an image of the card, far away.
 * @image:   JPEG or JPEG 2000, at most 1 MiB, as struct cccd_image holds it
 * @options: NULL for the usual
 * @error:   may be NULL; the cause of a failure
 * @ret:     a baseline JPEG without metadata; cccd_picture_free()
 *
 * Decoders have a bad record and the image is the card's: both meet in the
 * process cccd-render, which may use memory and nothing else, and its
 * answer is checked again here. Blocks until the deadline at most. Starts
 * one child and waits for it by its number; a program that reaps children
 * it did not start loses us nothing but the cause. Any thread may call.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_PICTURE when the image is broken, took too
 * long, or ended the process; CCCD_ERR_DATA_TOO_LARGE beyond a cap;
 * CCCD_ERR_DATA_UNSUPPORTED for another format; CCCD_ERR_RENDERER when
 * cccd-render is not installed or could not be confined;
 * CCCD_ERR_USAGE_ARGUMENT; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_render_portrait(struct cccd_bytes image,
                     const struct cccd_render_options *options,
                     struct cccd_error *error, struct cccd_picture **ret);

/** cccd_picture_jpeg() - the file; valid as long as @picture. */
CCCD_EXPORT struct cccd_bytes
cccd_picture_jpeg(const struct cccd_picture *picture);

/** cccd_picture_width() - in pixels, as in the file itself. */
CCCD_EXPORT uint32_t cccd_picture_width(const struct cccd_picture *picture);

/** cccd_picture_height() - likewise. */
CCCD_EXPORT uint32_t cccd_picture_height(const struct cccd_picture *picture);

/** cccd_picture_free() - wipe and free; accepts NULL. */
CCCD_EXPORT void cccd_picture_free(struct cccd_picture *picture);

#ifdef __cplusplus
}
#endif

#endif
