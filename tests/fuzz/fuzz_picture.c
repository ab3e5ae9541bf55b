/* SPDX-License-Identifier: Apache-2.0 */
/* The decoders, unconfined: an image in, a clean JPEG or a status out. */
#include "service/render/picture.h"

#include <stdlib.h>

#include "lib/picture_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIDE_MAX = 64 };

static void put(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* What the decoders let through has to pass the parent's check as well. */
static void check(const struct picture *picture)
{
	struct picture_reply found = { 0 };
	size_t len = PICTURE_HEAD + picture->len;
	uint8_t *reply = malloc(len);

	if (reply == NULL)
		return;
	put(reply, PICTURE_MARK);
	put(reply + 4, PICTURE_RENDERED);
	put(reply + 8, picture->width);
	put(reply + 12, picture->height);
	put(reply + 16, (uint32_t)picture->len);
	memcpy(reply + PICTURE_HEAD, picture->at, picture->len);
	if (picture_reply_parse(span_of(reply, len), SIDE_MAX, NULL, &found) !=
	    CCCD_OK)
		abort();
	free(reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct picture picture = { 0 };

	if (picture_render(span_of(data, size), SIDE_MAX, &picture) ==
	    PICTURE_RENDERED)
		check(&picture);
	picture_release(&picture);
	return 0;
}
