/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-render: one image in, one clean JPEG out, in a locked room. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/macros.h"
#include "service/render/confine.h"
#include "service/render/picture.h"

/* One byte more than the cap tells that it is exceeded. */
enum { ROOM = PICTURE_INPUT_MAX + 1 };

/* Everything up to the end, or as much as there is room for. */
static bool read_image(uint8_t *room, struct span *ret)
{
	size_t len = 0;
	ssize_t got = 1;

	while (got != 0 && len < ROOM) {
		got = read(STDIN_FILENO, room + len, ROOM - len);
		if (got < 0 && errno != EINTR)
			return false;
		if (got > 0)
			len += (size_t)got;
	}
	*ret = span_of(room, len);
	return true;
}

static bool write_all(struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t done = write(STDOUT_FILENO, bytes.at, bytes.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes = span_after(bytes, (size_t)done);
	}
	return true;
}

static void put(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static int answer(enum picture_status status, const struct picture *picture)
{
	uint8_t head[PICTURE_HEAD];

	put(head, PICTURE_MARK);
	put(head + 4, (uint32_t)status);
	put(head + 8, picture->width);
	put(head + 12, picture->height);
	put(head + 16, (uint32_t)picture->len);
	if (!write_all(SPAN(head)) ||
	    !write_all(span_of(picture->at, picture->len)))
		return EXIT_FAILURE;
	return status == PICTURE_RENDERED ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The one argument; without it, as large as we ever make them. */
static uint32_t side_of(int argc, char **argv)
{
	long side = argc > 1 ? strtol(argv[1], NULL, 10) : PICTURE_SIDE_MAX;

	return side >= PICTURE_SIDE_MIN && side <= PICTURE_SIDE_MAX
	               ? (uint32_t)side
	               : PICTURE_SIDE_MAX;
}

static int render(uint32_t side_max, uint8_t *room)
{
	CLEANUP(picture_release) struct picture picture = { 0 };
	struct span image = { 0 };

	if (!read_image(room, &image))
		return EXIT_FAILURE;
	return answer(picture_render(image, side_max, &picture), &picture);
}

int main(int argc, char **argv)
{
	const struct picture none = { 0 };
	uint32_t side_max = side_of(argc, argv);
	uint8_t *room = malloc(ROOM);

	if (room == NULL)
		return answer(PICTURE_TOO_LARGE, &none);
	/* The end of main() would call what the filter forbids. */
	if (confine())
		_exit(render(side_max, room));
	/* No way round it: unconfined, not a byte is looked at. */
	free(room);
	return answer(PICTURE_UNCONFINED, &none);
}
