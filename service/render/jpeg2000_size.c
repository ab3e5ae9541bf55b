/* SPDX-License-Identifier: Apache-2.0 */
/* The SIZ segment of a codestream, found through the boxes around it. */
#include "service/render/jpeg2000_size.h"

#include "service/render/raster.h"

enum {
	BOX_HEAD = 8,
	BOX_LONG_HEAD = 16,
	BOXES_MAX = 64,
	BOX_CODESTREAM = 0x6A703263, /* jp2c */
	SIZ_HEAD = 40, /* both markers and everything before the components */
	SIZ_COMPONENT = 3,
	BITS_MAX = 16,
};

static const uint8_t start_of_codestream[] = { 0xFF, 0x4F, 0xFF, 0x51 };

static uint32_t number(const uint8_t *at, size_t len)
{
	uint32_t value = 0;

	for (size_t i = 0; i < len; i++)
		value = value << 8 | at[i];
	return value;
}

/* SIZ follows SOC at once [A.5.1]. */
static bool is_codestream(struct span bytes)
{
	return bytes.len >= sizeof(start_of_codestream) &&
	       memcmp(bytes.at, start_of_codestream,
	              sizeof(start_of_codestream)) == 0;
}

/* One box off the front: its type, its contents. */
static bool take_box(struct span *rest, uint32_t *ret_type, struct span *ret)
{
	size_t head = BOX_HEAD;
	size_t len = 0;

	if (rest->len < BOX_HEAD)
		return false;
	len = number(rest->at, 4);
	*ret_type = number(rest->at + 4, 4);
	if (len == 1) {
		/* An extended length; no box of ours needs its upper half. */
		if (rest->len < BOX_LONG_HEAD || number(rest->at + 8, 4) != 0)
			return false;
		head = BOX_LONG_HEAD;
		len = number(rest->at + 12, 4);
	} else if (len == 0) {
		len = rest->len; /* the last one: to the end */
	}
	if (len < head || len > rest->len)
		return false;
	*ret = span_of(rest->at + head, len - head);
	*rest = span_after(*rest, len);
	return true;
}

static bool find_codestream(struct span file, struct span *ret)
{
	uint32_t type = 0;

	for (unsigned int i = 0; i < BOXES_MAX; i++) {
		if (!take_box(&file, &type, ret))
			return false;
		if (type == BOX_CODESTREAM)
			return true;
	}
	return false;
}

/* How many cells of a grid from @origin cover up to @end. */
static uint64_t cells(uint32_t end, uint32_t origin, uint32_t cell)
{
	return ((uint64_t)end - origin + cell - 1) / cell;
}

/* Two dimensions at a time: Xsiz Ysiz XOsiz YOsiz XTsiz YTsiz XTOsiz YTOsiz. */
static enum picture_status check_grid(const uint8_t *at)
{
	uint32_t side[2];
	uint64_t tiles = 1;

	for (size_t i = 0; i < 2; i++, at += 4) {
		uint32_t end = number(at, 4);
		uint32_t offset = number(at + 8, 4);
		uint32_t tile = number(at + 16, 4);
		uint32_t origin = number(at + 24, 4);

		if (end <= offset || origin > offset || tile == 0)
			return PICTURE_MALFORMED;
		side[i] = end - offset;
		/* Each is capped before they are multiplied. */
		if (cells(end, origin, tile) > JPEG2000_TILES_MAX)
			return PICTURE_TOO_LARGE;
		tiles *= cells(end, origin, tile);
	}
	return raster_fits(side[0], side[1]) && tiles <= JPEG2000_TILES_MAX
	               ? PICTURE_RENDERED
	               : PICTURE_TOO_LARGE;
}

static enum picture_status check_components(const uint8_t *at, size_t len,
                                            size_t count)
{
	if (count > JPEG2000_COMPONENTS_MAX)
		return PICTURE_UNSUPPORTED;
	if (count == 0 || len < count * SIZ_COMPONENT)
		return PICTURE_MALFORMED;
	for (size_t i = 0; i < count; i++, at += SIZ_COMPONENT) {
		/* The bit depth less one, its sign in the upper bit. */
		if ((at[0] & 0x7F) >= BITS_MAX)
			return PICTURE_UNSUPPORTED;
		if (at[1] == 0 || at[2] == 0)
			return PICTURE_MALFORMED;
	}
	return PICTURE_RENDERED;
}

enum picture_status jpeg2000_check_size(struct span image, bool *ret_boxed)
{
	struct span stream = image;
	enum picture_status status = PICTURE_MALFORMED;
	bool boxed = !is_codestream(image);

	if (boxed && !find_codestream(image, &stream))
		return PICTURE_MALFORMED;
	if (stream.len < SIZ_HEAD + 2 || !is_codestream(stream))
		return PICTURE_MALFORMED;
	status = check_grid(stream.at + 8);
	if (status != PICTURE_RENDERED)
		return status;
	*ret_boxed = boxed;
	return check_components(stream.at + SIZ_HEAD + 2,
	                        stream.len - SIZ_HEAD - 2,
	                        number(stream.at + SIZ_HEAD, 2));
}
