/* SPDX-License-Identifier: Apache-2.0 */
/* A portrait through the picture process, and its answer checked. */
#include <cccd/render.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "lib/picture_reply.h"
#include "lib/render_child.h"

/* @jpeg is the end of @reply. */
struct cccd_picture {
	struct buf reply;
	struct picture_reply view;
};

_Static_assert((int)CCCD_RENDER_SIDE_MIN == (int)PICTURE_SIDE_MIN &&
                       (int)CCCD_RENDER_SIDE_MAX == (int)PICTURE_SIDE_MAX,
               "the process has other caps than the header says");

static void picture_cleanup(struct cccd_picture **picture)
{
	cccd_picture_free(*picture);
}

/* The options with their defaults in place. */
static enum cccd_err settle(const struct cccd_render_options *options,
                            struct cccd_error *error,
                            struct cccd_render_options *ret)
{
	struct cccd_render_options settled = { 0 };

	if (options != NULL)
		settled = *options;
	if (settled.side_max == 0)
		settled.side_max = CCCD_RENDER_SIDE_MAX;
	if (settled.deadline_ms == 0)
		settled.deadline_ms = CCCD_RENDER_DEADLINE_MS;
	if (settled.side_max < CCCD_RENDER_SIDE_MIN ||
	    settled.side_max > CCCD_RENDER_SIDE_MAX ||
	    settled.deadline_ms > CCCD_RENDER_DEADLINE_MAX_MS)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "an option of the picture is out of range");
	*ret = settled;
	return CCCD_OK;
}

/* From the start of the process to its end. */
static enum cccd_err ask(struct span image,
                         const struct cccd_render_options *options,
                         struct cccd_error *error, struct buf *ret)
{
	uint64_t end = clock_steady_ms() + options->deadline_ms;
	enum cccd_err err = CCCD_OK;
	pid_t pid = 0;
	int fd = -1;
	int signal = 0;

	TRY(render_child_start(options->program, options->side_max, error, &pid,
	                       &fd));
	err = render_child_talk(fd, image, end, error, ret);
	signal = render_child_end(pid);
	(void)close(fd);
	if (err == CCCD_OK && signal != 0)
		return fail_native(error, CCCD_ERR_DATA_PICTURE, signal,
		                   "the image ended cccd-render");
	return err;
}

enum cccd_err cccd_render_portrait(struct cccd_bytes image,
                                   const struct cccd_render_options *options,
                                   struct cccd_error *error,
                                   struct cccd_picture **ret)
{
	CLEANUP(picture_cleanup) struct cccd_picture *picture = NULL;
	struct cccd_render_options settled = { 0 };

	TRY(settle(options, error, &settled));
	if (image.at == NULL || image.len == 0)
		return fail(error, CCCD_ERR_USAGE_ARGUMENT, "no image");
	if (image.len > PICTURE_INPUT_MAX)
		return fail(error, CCCD_ERR_DATA_TOO_LARGE,
		            "the image is too large");
	picture = calloc(1, sizeof(*picture));
	if (picture == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory");
	picture->reply = buf_make(PICTURE_HEAD + PICTURE_OUTPUT_MAX + 1);
	TRY(ask(bytes_span(image), &settled, error, &picture->reply));
	TRY(picture_reply_parse(buf_span(&picture->reply), settled.side_max,
	                        error, &picture->view));
	*ret = picture;
	picture = NULL;
	return CCCD_OK;
}

struct cccd_bytes cccd_picture_jpeg(const struct cccd_picture *picture)
{
	return span_bytes(picture->view.jpeg);
}

uint32_t cccd_picture_width(const struct cccd_picture *picture)
{
	return picture->view.width;
}

uint32_t cccd_picture_height(const struct cccd_picture *picture)
{
	return picture->view.height;
}

void cccd_picture_free(struct cccd_picture *picture)
{
	if (picture == NULL)
		return;
	buf_release(&picture->reply);
	free(picture);
}
