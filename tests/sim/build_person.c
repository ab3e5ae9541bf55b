/* SPDX-License-Identifier: Apache-2.0 */
/* The holder on the chip: DG2 and the Vietnamese DG13.
 * [9303-10 4.7.2; ISO/IEC 19794-5] */
#include "tests/sim/build.h"

enum { IMAGE_MAX = 1 << 19, SEGMENT_MAX = 0xFFFF };

/* struct image - a portrait and what its headers say. */
struct image {
	struct buf bytes;
	bool jpeg2000;
	unsigned int width;
	unsigned int height;
};

static unsigned int two(const uint8_t *at)
{
	return (unsigned int)at[0] << 8 | at[1];
}

/* SOF0 to SOF2 carry the size. [ITU-T T.81 B.2.2] */
static void jpeg_size(struct image *image)
{
	size_t at = 2;

	while (at + 9 < image->bytes.len && image->bytes.at[at] == 0xFF) {
		const uint8_t *p = image->bytes.at + at;

		if (p[1] >= 0xC0 && p[1] <= 0xC2) {
			image->height = two(p + 5);
			image->width = two(p + 7);
			return;
		}
		at += 2 + two(p + 2);
	}
}

/* The image header box. [ISO/IEC 15444-1 I.5.3.1] */
static void jp2_size(struct image *image)
{
	for (size_t i = 0; i + 12 < image->bytes.len; i++) {
		const uint8_t *p = image->bytes.at + i;

		if (memcmp(p, "ihdr", 4) == 0) {
			image->height = two(p + 6);
			image->width = two(p + 10);
			return;
		}
	}
}

/* Comments behind the start of image. [ITU-T T.81 B.2.4.5] */
static enum cccd_err pad_jpeg(struct image *image, size_t pad)
{
	BUF longer = buf_make(IMAGE_MAX);

	TRY(buf_append(&longer, span_first(buf_span(&image->bytes), 2)));
	while (pad > 0) {
		size_t len = pad > SEGMENT_MAX ? SEGMENT_MAX - 8 : pad;
		uint8_t head[] = { 0xFF, 0xFE, (uint8_t)((len - 2) >> 8),
			           (uint8_t)(len - 2) };

		if (len < sizeof(head))
			return CCCD_ERR_DATA_UNSUPPORTED;
		TRY(buf_append(&longer, SPAN(head)));
		for (size_t i = sizeof(head); i < len; i++)
			TRY(buf_append_byte(&longer, 'S'));
		pad -= len;
	}
	TRY(buf_append(&longer, span_after(buf_span(&image->bytes), 2)));
	return buf_set(&image->bytes, buf_span(&longer));
}

/* A free box at the end. [ISO/IEC 15444-1 I.4] */
static enum cccd_err pad_jp2(struct image *image, size_t pad)
{
	uint8_t head[] = { 0,   0,  (uint8_t)(pad >> 8), (uint8_t)pad, 'f', 'r',
		           'e', 'e' };

	if (pad == 0)
		return CCCD_OK;
	if (pad < sizeof(head) || pad > 0xFFFF)
		return CCCD_ERR_DATA_UNSUPPORTED;
	TRY(buf_append(&image->bytes, SPAN(head)));
	for (size_t i = sizeof(head); i < pad; i++)
		TRY(buf_append_byte(&image->bytes, 0));
	return CCCD_OK;
}

static void put_number(struct buf *buf, size_t len, size_t value,
                       enum cccd_err *err)
{
	while (len-- > 0 && *err == CCCD_OK)
		*err = buf_append_byte(buf, (uint8_t)(value >> (8 * len)));
}

/* Facial record header, information and image blocks: 46 bytes.
 * [ISO/IEC 19794-5 5.4 to 5.8] */
static enum cccd_err face_record(const struct image *image, char sex,
                                 struct buf *ret)
{
	static const uint8_t magic[] = { 'F', 'A', 'C', 0, '0', '1', '0', 0 };
	enum cccd_err err = buf_append(ret, SPAN(magic));
	size_t image_len = image->bytes.len;

	put_number(ret, 4, 46 + image_len, &err);
	put_number(ret, 2, 1, &err);
	put_number(ret, 4, 32 + image_len, &err);
	put_number(ret, 2, 0, &err); /* feature points */
	put_number(ret, 1, sex == 'M' ? 1 : sex == 'F' ? 2 : 0, &err);
	put_number(ret, 2, 0, &err); /* eyes, hair */
	put_number(ret, 3, 0, &err); /* features */
	put_number(ret, 2, 0, &err); /* expression */
	put_number(ret, 6, 0, &err); /* pose */
	put_number(ret, 1, 1, &err); /* full frontal */
	put_number(ret, 1, image->jpeg2000 ? 1 : 0, &err);
	put_number(ret, 2, image->width, &err);
	put_number(ret, 2, image->height, &err);
	put_number(ret, 1, 1, &err); /* sRGB */
	put_number(ret, 1, 2, &err); /* digital camera */
	put_number(ret, 4, 0, &err); /* device, quality */
	TRY(err);
	return buf_append(ret, buf_span(&image->bytes));
}

static enum cccd_err load_image(const struct sim_card *card, size_t pad,
                                struct image *image)
{
	static const uint8_t jp2[] = { 0, 0, 0, 0x0C };

	TRY(sim_profile_read(card->profile->portrait, &image->bytes));
	image->jpeg2000 = image->bytes.len > 4 &&
	                  memcmp(image->bytes.at, jp2, sizeof(jp2)) == 0;
	if (image->jpeg2000) {
		jp2_size(image);
		return pad_jp2(image, pad);
	}
	jpeg_size(image);
	return pad_jpeg(image, pad);
}

/* [9303-10 4.7.2.1] */
enum cccd_err sim_build_dg2(const struct sim_card *card, size_t pad,
                            struct buf *ret)
{
	static const uint8_t header[] = { 0xA1, 0x0F, 0x80, 0x02, 0x01, 0x01,
		                          0x81, 0x01, 0x02, 0x87, 0x02, 0x01,
		                          0x01, 0x88, 0x02, 0x00, 0x08 };
	struct image image = { .bytes = buf_make(IMAGE_MAX) };
	BUF record = buf_make(IMAGE_MAX);
	SIM_DER der = sim_der_make();
	enum cccd_err err;
	size_t whole = sim_der_open(&der, 0x75);
	size_t group = sim_der_open(&der, 0x7F61);
	size_t instance;

	if (strcmp(card->profile->portrait, "none") == 0)
		return CCCD_ERR_DATA_MISSING;
	sim_der_uint(&der, 1);
	instance = sim_der_open(&der, 0x7F60);
	sim_der_raw(&der, SPAN(header));
	err = load_image(card, pad, &image);
	if (err == CCCD_OK)
		err = face_record(&image, card->profile->document.sex[0],
		                  &record);
	buf_release(&image.bytes);
	TRY(err);
	sim_der_put(&der, 0x5F2E, buf_span(&record));
	sim_der_close(&der, instance);
	sim_der_close(&der, group);
	sim_der_close(&der, whole);
	return sim_der_take(&der, ret);
}

/* PrintableString fields. [cccd-card 6.2] */
static bool printable(unsigned int field)
{
	return field == 1 || field == 3 || field == 11 || field == 15 ||
	       field == 16;
}

static void put_value(const struct sim_dg13_profile *dg13, unsigned int field,
                      const char *text, size_t pad, struct sim_der *der)
{
	bool utf8 = dg13->utf8_only || !printable(field);
	BUF longer = buf_make(8192);

	if (pad == 0) {
		sim_der_text(der, utf8 ? 0x0C : 0x13, text);
		return;
	}
	der->err = der->err == CCCD_OK ? buf_append(&longer, span_text(text))
	                               : der->err;
	while (pad-- > 0 && der->err == CCCD_OK)
		der->err = buf_append_byte(&longer, '.');
	sim_der_put(der, 0x0C, buf_span(&longer));
}

/* All the ways in which a field can be absent. [cccd-card 6.1] */
static void put_absent(const struct sim_dg13_profile *dg13, unsigned int field,
                       struct sim_der *der)
{
	size_t mark;

	if (dg13->absent == SIM_OMIT)
		return;
	mark = sim_der_open(der, 0x30);
	sim_der_uint(der, field);
	if (dg13->absent == SIM_EMPTY_STRING)
		sim_der_put(der, 0x0C, span_of(NULL, 0));
	if (dg13->absent == SIM_EMPTY_SEQ)
		sim_der_put(der, 0x30, span_of(NULL, 0));
	sim_der_close(der, mark);
}

enum { FIELD_RESIDENCE = 9, FIELD_PARENTS = 13, FIELD_SPOUSE = 14 };

static void put_field(const struct sim_dg13_profile *dg13, unsigned int field,
                      size_t pad, struct sim_der *der)
{
	const char *text = dg13->fields[field];
	bool nested = field == FIELD_PARENTS || field == FIELD_SPOUSE;
	size_t mark;
	size_t inner = 0;

	if (text[0] == '\0') {
		put_absent(dg13, field, der);
		return;
	}
	mark = sim_der_open(der, 0x30);
	sim_der_uint(der, field);
	if (nested)
		inner = sim_der_open(der, 0x30);
	put_value(dg13, field, text, pad, der);
	if (field == FIELD_PARENTS)
		put_value(dg13, field, dg13->mother, 0, der);
	if (nested)
		sim_der_close(der, inner);
	sim_der_close(der, mark);
}

enum cccd_err sim_build_dg13(const struct sim_card *card, size_t pad,
                             struct buf *ret)
{
	const struct sim_dg13_profile *dg13 = &card->profile->dg13;
	SIM_DER der = sim_der_make();
	size_t whole = sim_der_open(&der, 0x6D);
	size_t sequence = sim_der_open(&der, 0x30);
	size_t set = 0;

	if (dg13->fields[1][0] == '\0')
		return CCCD_ERR_DATA_MISSING;
	if (dg13->wrapper) {
		sim_der_uint(&der, 1);
		sim_der_oid(&der, "1.0.10646.1.0.8");
		set = sim_der_open(&der, 0x31);
	}
	for (unsigned int i = 1; i <= SIM_DG13_FIELDS; i++)
		put_field(dg13, i, i == FIELD_RESIDENCE ? pad : 0, &der);
	if (dg13->wrapper)
		sim_der_close(&der, set);
	sim_der_close(&der, sequence);
	sim_der_close(&der, whole);
	return sim_der_take(&der, ret);
}
