/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of cccd-render: its head, and the grammar of its JPEG. */
#include "lib/picture_reply.h"

/* [ISO/IEC 10918-1 table B.1] */
enum {
	MARKER = 0xFF,
	STUFFED = 0x00,
	SOF0 = 0xC0,
	DHT = 0xC4,
	SOI = 0xD8,
	EOI = 0xD9,
	SOS = 0xDA,
	DQT = 0xDB,
	APP0 = 0xE0,
};

enum { MARKER_LEN = 2, LENGTH_LEN = 2, SOF_LEN = 6, BITS = 8 };

static uint32_t number(const uint8_t *at, size_t len)
{
	uint32_t value = 0;

	for (size_t i = 0; i < len; i++)
		value = value << 8 | at[i];
	return value;
}

/* What the picture is checked against, and how far the check has come. */
struct check {
	struct span rest;
	uint32_t width;
	uint32_t height;
	bool framed;
};

static bool take_marker(struct check *check, uint8_t *ret)
{
	if (check->rest.len < MARKER_LEN || check->rest.at[0] != MARKER)
		return false;
	*ret = check->rest.at[1];
	check->rest = span_after(check->rest, MARKER_LEN);
	return true;
}

static bool take_segment(struct check *check, struct span *ret)
{
	size_t len = 0;

	if (check->rest.len < LENGTH_LEN)
		return false;
	len = number(check->rest.at, LENGTH_LEN);
	if (len < LENGTH_LEN || len > check->rest.len)
		return false;
	*ret = span_of(check->rest.at + LENGTH_LEN, len - LENGTH_LEN);
	check->rest = span_after(check->rest, len);
	return true;
}

/* One frame of eight bits, grey or of three components, as announced. */
static bool check_frame(struct check *check, struct span segment)
{
	if (check->framed || segment.len < SOF_LEN)
		return false;
	check->framed = true;
	return segment.at[0] == BITS &&
	       number(segment.at + 1, 2) == check->height &&
	       number(segment.at + 3, 2) == check->width &&
	       (segment.at[5] == 1 || segment.at[5] == 3);
}

static bool is_jfif(struct span segment)
{
	return segment.len == 14 && memcmp(segment.at, "JFIF", 5) == 0;
}

/* From the scan's first byte to EOI, which has to be the very end. */
static bool check_scan(struct span scan)
{
	size_t at = 0;

	if (scan.len < MARKER_LEN)
		return false;
	while (at < scan.len - MARKER_LEN) {
		if (scan.at[at] == MARKER && scan.at[at + 1] != STUFFED)
			return false;
		at += scan.at[at] == MARKER ? 2 : 1;
	}
	return at == scan.len - MARKER_LEN && scan.at[at] == MARKER &&
	       scan.at[at + 1] == EOI;
}

/* One segment; @ret_scan when it opens the scan. */
static bool check_segment(struct check *check, bool first, bool *ret_scan)
{
	struct span segment = { 0 };
	uint8_t marker = 0;

	if (!take_marker(check, &marker) || !take_segment(check, &segment))
		return false;
	switch (marker) {
	case APP0: return first && is_jfif(segment);
	case DQT:
	case DHT: return true;
	case SOF0: return check_frame(check, segment);
	case SOS: *ret_scan = true; return check->framed;
	default: return false;
	}
}

static bool check_jpeg(struct check *check)
{
	bool scan = false;
	bool first = true;
	uint8_t marker = 0;

	if (!take_marker(check, &marker) || marker != SOI)
		return false;
	while (!scan) {
		if (!check_segment(check, first, &scan))
			return false;
		first = false;
	}
	return check_scan(check->rest);
}

static enum cccd_err refusal(uint32_t status, struct cccd_error *error)
{
	switch (status) {
	case PICTURE_MALFORMED:
		return fail(error, CCCD_ERR_DATA_PICTURE,
		            "the image is malformed");
	case PICTURE_TOO_LARGE:
		return fail(error, CCCD_ERR_DATA_TOO_LARGE,
		            "the image is too large");
	case PICTURE_UNSUPPORTED:
		return fail(error, CCCD_ERR_DATA_UNSUPPORTED,
		            "the image has another format");
	case PICTURE_UNCONFINED:
		return fail(error, CCCD_ERR_RENDERER,
		            "cccd-render could not be confined");
	default:
		return fail(error, CCCD_ERR_DATA_PICTURE,
		            "cccd-render gave no answer");
	}
}

enum cccd_err picture_reply_parse(struct span reply, uint32_t side_max,
                                  struct cccd_error *error,
                                  struct picture_reply *ret)
{
	struct span jpeg = span_after(reply, PICTURE_HEAD);
	struct check check = { .rest = jpeg };

	if (reply.len < PICTURE_HEAD || number(reply.at, 4) != PICTURE_MARK)
		return refusal(PICTURE_NONE, error);
	if (number(reply.at + 4, 4) != PICTURE_RENDERED)
		return refusal(number(reply.at + 4, 4), error);
	check.width = number(reply.at + 8, 4);
	check.height = number(reply.at + 12, 4);
	if (check.width == 0 || check.width > side_max || check.height == 0 ||
	    check.height > side_max || jpeg.len > PICTURE_OUTPUT_MAX ||
	    number(reply.at + 16, 4) != jpeg.len || !check_jpeg(&check))
		return fail(error, CCCD_ERR_DATA_PICTURE,
		            "cccd-render's answer is not a clean picture");
	*ret = (struct picture_reply){ .jpeg = jpeg,
		                       .width = check.width,
		                       .height = check.height };
	return CCCD_OK;
}
