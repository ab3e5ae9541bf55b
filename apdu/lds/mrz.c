/* SPDX-License-Identifier: Apache-2.0 */
/* The machine readable zone: Doc 9303-3 4, 9303-4/-5/-6 4.2. */
#include "apdu/lds/mrz.h"

#include "apdu/lds/date.h"

#define FILLER '<'

struct field {
	uint8_t at;
	uint8_t len;
};

enum { COMPOSITE_PARTS = 4 };

/* Places of the fields, counted from 0 over all lines. */
struct layout {
	enum cccd_mrz_format format;
	uint8_t len;
	struct field document_code;
	struct field issuing_state;
	struct field name;
	struct field number;
	struct field number_check;
	struct field nationality;
	struct field birth;
	struct field birth_check;
	struct field sex;
	struct field expiry;
	struct field expiry_check;
	struct field optional;
	struct field optional_check;
	struct field optional_2;
	struct field composite_check;
	struct field composite[COMPOSITE_PARTS];
};

static const struct layout layouts[] = {
	{
	        /* [9303-5 4.2.2, 4.2.4] */
	        .format = CCCD_MRZ_TD1,
	        .len = MRZ_TD1_LEN,
	        .document_code = { 0, 2 },
	        .issuing_state = { 2, 3 },
	        .number = { 5, 9 },
	        .number_check = { 14, 1 },
	        .optional = { 15, 15 },
	        .birth = { 30, 6 },
	        .birth_check = { 36, 1 },
	        .sex = { 37, 1 },
	        .expiry = { 38, 6 },
	        .expiry_check = { 44, 1 },
	        .nationality = { 45, 3 },
	        .optional_2 = { 48, 11 },
	        .composite_check = { 59, 1 },
	        .name = { 60, 30 },
	        .composite = { { 5, 25 }, { 30, 7 }, { 38, 7 }, { 48, 11 } },
	},
	{
	        /* [9303-6 4.2.2] */
	        .format = CCCD_MRZ_TD2,
	        .len = MRZ_TD2_LEN,
	        .document_code = { 0, 2 },
	        .issuing_state = { 2, 3 },
	        .name = { 5, 31 },
	        .number = { 36, 9 },
	        .number_check = { 45, 1 },
	        .nationality = { 46, 3 },
	        .birth = { 49, 6 },
	        .birth_check = { 55, 1 },
	        .sex = { 56, 1 },
	        .expiry = { 57, 6 },
	        .expiry_check = { 63, 1 },
	        .optional = { 64, 7 },
	        .composite_check = { 71, 1 },
	        .composite = { { 36, 10 }, { 49, 7 }, { 57, 14 } },
	},
	{
	        /* [9303-4 4.2.2] */
	        .format = CCCD_MRZ_TD3,
	        .len = MRZ_TD3_LEN,
	        .document_code = { 0, 2 },
	        .issuing_state = { 2, 3 },
	        .name = { 5, 39 },
	        .number = { 44, 9 },
	        .number_check = { 53, 1 },
	        .nationality = { 54, 3 },
	        .birth = { 57, 6 },
	        .birth_check = { 63, 1 },
	        .sex = { 64, 1 },
	        .expiry = { 65, 6 },
	        .expiry_check = { 71, 1 },
	        .optional = { 72, 14 },
	        .optional_check = { 86, 1 },
	        .composite_check = { 87, 1 },
	        .composite = { { 44, 10 }, { 57, 7 }, { 65, 22 } },
	},
};

static bool is_mrz_character(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == FILLER;
}

static unsigned int weigh(struct span text, size_t *position)
{
	static const unsigned int weights[] = { 7, 3, 1 };
	unsigned int sum = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		unsigned int value = 0;

		if (c >= '0' && c <= '9')
			value = (unsigned int)(c - '0');
		else if (c >= 'A' && c <= 'Z')
			value = (unsigned int)(c - 'A') + 10;
		sum += value * weights[*position % ARRAY_LEN(weights)];
		(*position)++;
	}
	return sum;
}

char mrz_check_digit(struct span text)
{
	size_t position = 0;

	return (char)('0' + weigh(text, &position) % 10);
}

static struct span part_of(struct span text, struct field field)
{
	return span_first(span_after(text, field.at), field.len);
}

static char one_of(struct span text, struct field field)
{
	struct span part = part_of(text, field);

	if (part.len != 1)
		return '\0';
	return (char)part.at[0];
}

static struct span without_fillers(struct span text)
{
	while (text.len > 0 && text.at[text.len - 1] == FILLER)
		text.len--;
	return text;
}

/* @cap bytes at @out; every field of the layouts fits its member. */
static void copy(struct span text, char *out, size_t cap)
{
	struct span trimmed = without_fillers(span_first(text, cap - 1));

	if (trimmed.len > 0)
		memcpy(out, trimmed.at, trimmed.len);
	out[trimmed.len] = '\0';
}

static struct cccd_mrz_check check(char printed, char computed)
{
	return (struct cccd_mrz_check){ .printed = printed,
		                        .computed = computed,
		                        .correct = printed == computed };
}

/* [9303-3 4.6] fillers between the parts of a name become blanks */
static void copy_name(struct span text, char *out, size_t cap)
{
	struct span trimmed = without_fillers(text);
	size_t used = 0;

	for (size_t i = 0; i < trimmed.len && used + 1 < cap; i++) {
		if (trimmed.at[i] != FILLER)
			out[used++] = (char)trimmed.at[i];
		else if (used > 0 && out[used - 1] != ' ')
			out[used++] = ' ';
	}
	out[used] = '\0';
}

/* Two fillers part the primary identifier from the secondary one. */
static void read_names(struct span field, struct cccd_mrz *mrz)
{
	size_t end = 0;

	while (end < field.len &&
	       !(field.at[end] == FILLER &&
	         (end + 1 == field.len || field.at[end + 1] == FILLER)))
		end++;
	if (field.len > 0)
		memcpy(mrz->name, field.at, field.len);
	mrz->name[field.len] = '\0';
	copy_name(span_first(field, end), mrz->primary_identifier,
	          sizeof(mrz->primary_identifier));
	copy_name(span_after(field, end), mrz->secondary_identifier,
	          sizeof(mrz->secondary_identifier));
	mrz->name_truncated = without_fillers(field).len == field.len;
}

/* Characters of the optional data that belong to the number, digit too. */
static size_t long_number_tail(struct span text, const struct layout *layout)
{
	struct span number = part_of(text, layout->number);
	struct span optional = part_of(text, layout->optional);
	size_t len = 0;

	if (layout->format == CCCD_MRZ_TD3 ||
	    one_of(text, layout->number_check) != FILLER ||
	    without_fillers(number).len < number.len)
		return 0;
	while (len < optional.len && optional.at[len] != FILLER)
		len++;
	/* At least one more character and the check digit. */
	return len >= 2 ? len : 0;
}

/* Both places together are shorter than the member. */
static void append(struct span part, char *out, size_t *used)
{
	for (size_t i = 0; i < part.len; i++)
		out[(*used)++] = (char)part.at[i];
	out[*used] = '\0';
}

/* [9303-5 4.2.2, 9303-6 4.2.2] numbers of more than nine characters */
static void read_number(struct span text, const struct layout *layout,
                        struct cccd_mrz *mrz)
{
	struct span number = part_of(text, layout->number);
	struct span optional = part_of(text, layout->optional);
	size_t tail = long_number_tail(text, layout);
	size_t used = 0;

	if (tail == 0) {
		copy(number, mrz->document_number,
		     sizeof(mrz->document_number));
		mrz->document_number_check =
		        check(one_of(text, layout->number_check),
		              mrz_check_digit(number));
		copy(optional, mrz->optional_data, sizeof(mrz->optional_data));
		return;
	}
	mrz->long_number = true;
	append(number, mrz->document_number, &used);
	append(span_first(optional, tail - 1), mrz->document_number, &used);
	mrz->document_number_check = check(
	        one_of(optional, (struct field){ (uint8_t)(tail - 1), 1 }),
	        mrz_check_digit(span_text(mrz->document_number)));
	/* One filler ends the number; what follows it is the issuer's. */
	copy(span_after(optional, tail + 1), mrz->optional_data,
	     sizeof(mrz->optional_data));
}

static void read_checks(struct span text, const struct layout *layout,
                        struct cccd_mrz *mrz)
{
	struct span optional = part_of(text, layout->optional);
	size_t position = 0;
	unsigned int sum = 0;

	mrz->date_of_birth_check =
	        check(one_of(text, layout->birth_check),
	              mrz_check_digit(part_of(text, layout->birth)));
	mrz->date_of_expiry_check =
	        check(one_of(text, layout->expiry_check),
	              mrz_check_digit(part_of(text, layout->expiry)));
	for (size_t i = 0; i < COMPOSITE_PARTS; i++)
		sum += weigh(part_of(text, layout->composite[i]), &position);
	mrz->composite_check = check(one_of(text, layout->composite_check),
	                             (char)('0' + sum % 10));
	if (layout->optional_check.len == 0)
		return;
	mrz->optional_data_check = check(one_of(text, layout->optional_check),
	                                 mrz_check_digit(optional));
	/* [9303-4 4.2.2] empty optional data: zero or filler */
	if (without_fillers(optional).len == 0 &&
	    mrz->optional_data_check.printed == FILLER)
		mrz->optional_data_check.correct = true;
}

static const struct layout *layout_of(struct span text)
{
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++)
		if (layouts[i].len == text.len)
			return &layouts[i];
	return NULL;
}

enum cccd_err mrz_parse(struct span text, struct cccd_mrz *ret)
{
	const struct layout *layout = layout_of(text);
	struct cccd_mrz mrz = { 0 };

	if (layout == NULL)
		return CCCD_ERR_DATA_MALFORMED;
	for (size_t i = 0; i < text.len; i++)
		if (!is_mrz_character(text.at[i]))
			return CCCD_ERR_DATA_MALFORMED;
	mrz.format = layout->format;
	memcpy(mrz.text, text.at, text.len);
	copy(part_of(text, layout->document_code), mrz.document_code,
	     sizeof(mrz.document_code));
	copy(part_of(text, layout->issuing_state), mrz.issuing_state,
	     sizeof(mrz.issuing_state));
	copy(part_of(text, layout->nationality), mrz.nationality,
	     sizeof(mrz.nationality));
	copy(part_of(text, layout->optional_2), mrz.optional_data_2,
	     sizeof(mrz.optional_data_2));
	mrz.sex = one_of(text, layout->sex);
	mrz.date_of_birth = date_parse(part_of(text, layout->birth));
	mrz.date_of_expiry = date_parse(part_of(text, layout->expiry));
	read_number(text, layout, &mrz);
	read_names(part_of(text, layout->name), &mrz);
	read_checks(text, layout, &mrz);
	*ret = mrz;
	return CCCD_OK;
}
