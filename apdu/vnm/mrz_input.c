/* SPDX-License-Identifier: Apache-2.0 */
/* An MRZ as typed or as read by OCR: doubts are reported, not repaired. */
#include "apdu/vnm/mrz_input.h"

#include "apdu/lds/mrz.h"
#include "apdu/vnm/citizen_number.h"
#include "base/secret.h"
#include "base/text.h"

enum {
	CLEAN_MAX = 96,
	TAIL_LEN = 15, /* check digit, birth, digit, expiry, digit */
	ID_CHECK_AT = 14,
};

/* The cleaned text and how it came to be. */
struct clean {
	uint8_t at[CLEAN_MAX];
	size_t len;
	bool small;
	bool foreign[CLEAN_MAX];
};

static void clean_wipe(struct clean *clean)
{
	wipe(clean, sizeof(*clean));
}

/* What OCR engines take for each other, digit first. */
static const char confusions[][2] = {
	{ '0', 'O' }, { '0', 'Q' }, { '0', 'D' }, { '1', 'I' },
	{ '1', 'L' }, { '2', 'Z' }, { '5', 'S' }, { '6', 'G' },
	{ '7', 'T' }, { '8', 'B' }, { '<', 'K' },
};

static char digit_for(char letter)
{
	for (size_t i = 0; i < ARRAY_LEN(confusions); i++)
		if (confusions[i][1] == letter && confusions[i][0] != '<')
			return confusions[i][0];
	return '\0';
}

static char letter_for(char digit)
{
	for (size_t i = 0; i < ARRAY_LEN(confusions); i++)
		if (confusions[i][0] == digit)
			return confusions[i][1];
	return '\0';
}

void access_note(struct access_plan *plan, enum access_note_code code,
                 size_t position, char read, char meant)
{
	if (plan->note_count == ACCESS_NOTES_MAX)
		return;
	plan->notes[plan->note_count++] =
	        (struct access_note){ .code = code,
		                      .position = (uint16_t)position,
		                      .read = read,
		                      .meant = meant };
}

void mrz_input_wipe(struct mrz_input *input)
{
	wipe(input, sizeof(*input));
}

/* OCR engines print fillers as quotation marks: U+00AB, U+2039. */
static bool is_quote(struct span text)
{
	static const char *const quotes[] = { "\u00AB", "\u2039" };

	for (size_t i = 0; i < ARRAY_LEN(quotes); i++) {
		struct span quote = span_text(quotes[i]);

		if (span_equal(span_first(text, quote.len), quote))
			return true;
	}
	return false;
}

static bool is_mrz_byte(uint8_t byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	       byte == '<';
}

/* Blanks, line ends and what follows the first byte of a character. */
static bool is_skipped(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' ||
	       (byte & 0xC0) == 0x80;
}

/* A sign that no MRZ has: noted, and a filler keeps its place. */
static void scan_foreign(struct span text, size_t position,
                         struct access_plan *plan, struct clean *clean)
{
	char meant = '\0';
	char read = '?';

	if (text.at[0] < 0x7F)
		read = (char)text.at[0];
	if (is_quote(text))
		meant = '<';
	access_note(plan, ACCESS_NOTE_MRZ_CHARACTER, position, read, meant);
	if (clean->len < CLEAN_MAX) {
		clean->foreign[clean->len] = true;
		clean->at[clean->len++] = '<';
	}
}

/* Characters in order; blanks go, what no MRZ has is noted. */
static void scan(struct span text, struct access_plan *plan,
                 struct clean *clean)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.at[i];

		if (is_skipped(byte))
			continue;
		count++;
		if (byte >= 'a' && byte <= 'z') {
			clean->small = true;
			byte = (uint8_t)(byte - 'a' + 'A');
		}
		if (!is_mrz_byte(byte))
			scan_foreign(span_after(text, i), count, plan, clean);
		else if (clean->len < CLEAN_MAX)
			clean->at[clean->len++] = byte;
	}
	if (clean->small)
		access_note(plan, ACCESS_NOTE_MRZ_SMALL, 0, '\0', '\0');
}

/* Where only digits (and fillers in dates), or only letters, can stand. */
struct zone {
	uint8_t at;
	uint8_t len;
	char kind; /* digits, dates (t), letters, fillers */
};

static const struct zone td1_zones[] = {
	{ 0, 5, 'l' },  { 14, 1, 't' }, { 30, 6, 't' },
	{ 36, 1, 'd' }, { 38, 6, 't' }, { 44, 1, 'd' },
	{ 45, 3, 'l' }, { 59, 1, 'd' }, { 60, 30, 'l' },
};
static const struct zone td1_vnm_zones[] = {
	{ 5, 10, 'd' }, { 15, 12, 'd' }, { 27, 2, 'f' },
	{ 29, 1, 'd' }, { 48, 11, 'f' },
};
static const struct zone td2_zones[] = {
	{ 0, 36, 'l' }, { 45, 1, 't' }, { 46, 3, 'l' }, { 49, 6, 't' },
	{ 55, 1, 'd' }, { 57, 6, 't' }, { 63, 1, 'd' }, { 71, 1, 'd' },
};
static const struct zone td3_zones[] = {
	{ 0, 44, 'l' }, { 53, 1, 'd' }, { 54, 3, 'l' }, { 57, 6, 't' },
	{ 63, 1, 'd' }, { 65, 6, 't' }, { 71, 1, 'd' }, { 87, 1, 'd' },
};
/* Behind the number of an MRZ_information. */
static const struct zone tail_zones[] = {
	{ 0, 1, 'd' }, { 1, 6, 't' },  { 7, 1, 'd' },
	{ 8, 6, 't' }, { 14, 1, 'd' },
};

static bool fits(char byte, char kind)
{
	bool digit = byte >= '0' && byte <= '9';

	if (kind == 'l')
		return !digit;
	if (kind == 'f')
		return byte == '<';
	return digit || (kind == 't' && byte == '<');
}

static char meant_for(char byte, char kind)
{
	if (kind == 'f')
		return '<';
	if (kind == 'l')
		return letter_for(byte);
	return digit_for(byte);
}

/* Notes every character that cannot stand in its zone. */
static void check_zones(struct span text, size_t offset,
                        const struct zone *zones, size_t count,
                        struct access_plan *plan)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < zones[i].len; j++) {
			size_t at = offset + zones[i].at + j;
			char byte = (char)text.at[at];

			if (fits(byte, zones[i].kind))
				continue;
			access_note(plan, ACCESS_NOTE_MRZ_CONFUSION, at + 1,
			            byte, meant_for(byte, zones[i].kind));
		}
	}
}

static bool is_vietnamese(const struct cccd_mrz *mrz)
{
	return mrz->format == CCCD_MRZ_TD1 &&
	       strcmp(mrz->issuing_state, "VNM") == 0;
}

static void check_format(struct span text, const struct cccd_mrz *mrz,
                         struct access_plan *plan)
{
	if (mrz->format == CCCD_MRZ_TD1)
		check_zones(text, 0, td1_zones, ARRAY_LEN(td1_zones), plan);
	if (is_vietnamese(mrz))
		check_zones(text, 0, td1_vnm_zones, ARRAY_LEN(td1_vnm_zones),
		            plan);
	if (mrz->format == CCCD_MRZ_TD2)
		check_zones(text, 0, td2_zones, ARRAY_LEN(td2_zones), plan);
	if (mrz->format == CCCD_MRZ_TD3)
		check_zones(text, 0, td3_zones, ARRAY_LEN(td3_zones), plan);
}

/*
 * A number of letters and digits with a wrong digit: when exactly one
 * exchange of look-alikes would mend it, say so.
 */
static void suggest_number(struct span number, char printed, size_t offset,
                           struct access_plan *plan)
{
	uint8_t work[CCCD_MRZ_NUMBER_MAX];
	size_t found = 0;
	size_t where = 0;
	char meant = '\0';

	if (number.len > sizeof(work))
		return;
	for (size_t i = 0; i < number.len; i++) {
		char byte = (char)number.at[i];
		char other = meant_for(byte, byte >= 'A' ? 'd' : 'l');

		if (other == '\0')
			continue;
		memcpy(work, number.at, number.len);
		work[i] = (uint8_t)other;
		if (mrz_check_digit(span_of(work, number.len)) != printed)
			continue;
		found++;
		where = i;
		meant = other;
	}
	if (found == 1)
		access_note(plan, ACCESS_NOTE_MRZ_CONFUSION, offset + where + 1,
		            (char)number.at[where], meant);
	wipe(work, sizeof(work));
}

/* The citizen number in the optional data, if all its proofs hold. */
static void take_id_number(const struct cccd_mrz *mrz, struct access_plan *plan,
                           struct mrz_input *input)
{
	struct span optional = span_text(mrz->optional_data);
	struct span number = span_first(optional, CITIZEN_NUMBER_LEN);
	struct span nine = span_text(mrz->document_number);

	if (!is_vietnamese(mrz) || optional.len != ID_CHECK_AT + 1 ||
	    !citizen_number_is(number))
		return;
	if ((char)optional.at[ID_CHECK_AT] != mrz_check_digit(number)) {
		access_note(plan, ACCESS_NOTE_CHECK_ID_NUMBER, 30,
		            (char)optional.at[ID_CHECK_AT], '\0');
		return;
	}
	/* Two witnesses for the same digits that contradict each other. */
	if (!span_equal(span_after(number, 3), nine)) {
		access_note(plan, ACCESS_NOTE_NUMBERS_DIFFER, 6, '\0', '\0');
		return;
	}
	memcpy(input->id_number, number.at, number.len);
}

/* Notes for the three digits of the key; true when all are right. */
static bool check_digits(const struct cccd_mrz *mrz, struct access_plan *plan)
{
	const struct {
		const struct cccd_mrz_check *check;
		enum access_note_code code;
	} rows[] = {
		{ &mrz->document_number_check, ACCESS_NOTE_CHECK_NUMBER },
		{ &mrz->date_of_birth_check, ACCESS_NOTE_CHECK_BIRTH },
		{ &mrz->date_of_expiry_check, ACCESS_NOTE_CHECK_EXPIRY },
	};
	bool good = true;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].check->correct)
			continue;
		good = false;
		access_note(plan, rows[i].code, 0, rows[i].check->printed,
		            '\0');
	}
	if (!mrz->composite_check.correct)
		access_note(plan, ACCESS_NOTE_CHECK_COMPOSITE, 0,
		            mrz->composite_check.printed, '\0');
	return good;
}

static void put_information(const struct secret *information,
                            struct mrz_input *input)
{
	if (information->len > sizeof(input->information))
		return;
	memcpy(input->information, information->bytes, information->len);
	input->information_len = information->len;
}

/* Whether a sign that no MRZ has stands anywhere but in the names. */
static bool is_damaged(const struct clean *clean)
{
	size_t names = clean->len == MRZ_TD1_LEN ? 60 : 5;
	size_t names_end =
	        clean->len == MRZ_TD1_LEN ? MRZ_TD1_LEN : clean->len / 2;

	if (clean->len <= MRZ_INFORMATION_MAX)
		names = names_end = clean->len;
	for (size_t i = 0; i < clean->len; i++) {
		bool in_names = i >= names && i < names_end;

		if (!in_names && clean->foreign[i])
			return true;
	}
	return false;
}

static bool dates_exist(const struct cccd_mrz *mrz)
{
	return mrz->date_of_birth.state != CCCD_DATE_INVALID &&
	       mrz->date_of_expiry.state != CCCD_DATE_INVALID;
}

static enum cccd_err read_whole(struct span text, bool as_printed, bool damaged,
                                struct access_plan *plan,
                                struct mrz_input *input)
{
	SECRET information = { 0 };
	size_t number_at = text.len == MRZ_TD1_LEN ? 5 : text.len / 2;
	bool usable = false;

	TRY(mrz_parse(text, &plan->mrz));
	plan->has_mrz = true;
	check_format(text, &plan->mrz, plan);
	usable = check_digits(&plan->mrz, plan) && dates_exist(&plan->mrz);
	if (!plan->mrz.document_number_check.correct &&
	    !plan->mrz.long_number && !is_vietnamese(&plan->mrz))
		suggest_number(span_first(span_after(text, number_at), 9),
		               plan->mrz.document_number_check.printed,
		               number_at, plan);
	take_id_number(&plan->mrz, plan, input);
	if (damaged || (!usable && !as_printed))
		return CCCD_OK;
	TRY(mrz_information(&plan->mrz, &information));
	put_information(&information, input);
	return CCCD_OK;
}

static bool digit_holds(struct span text, size_t at, size_t len)
{
	struct span part = span_first(span_after(text, at), len);

	return (char)text.at[at + len] == mrz_check_digit(part);
}

static void read_information(struct span text, bool as_printed, bool damaged,
                             struct access_plan *plan, struct mrz_input *input)
{
	size_t tail = text.len - TAIL_LEN;
	bool number = digit_holds(text, 0, tail);
	bool birth = digit_holds(text, tail + 1, 6);
	bool expiry = digit_holds(text, tail + 8, 6);

	check_zones(text, tail, tail_zones, ARRAY_LEN(tail_zones), plan);
	if (!number) {
		access_note(plan, ACCESS_NOTE_CHECK_NUMBER, tail + 1,
		            (char)text.at[tail], '\0');
		suggest_number(span_first(text, tail), (char)text.at[tail], 0,
		               plan);
	}
	if (!birth)
		access_note(plan, ACCESS_NOTE_CHECK_BIRTH, tail + 8,
		            (char)text.at[tail + 7], '\0');
	if (!expiry)
		access_note(plan, ACCESS_NOTE_CHECK_EXPIRY, tail + 15,
		            (char)text.at[tail + 14], '\0');
	if (damaged || ((!number || !birth || !expiry) && !as_printed))
		return;
	memcpy(input->information, text.at, text.len);
	input->information_len = text.len;
}

enum cccd_err mrz_input_read(struct span text, bool as_printed,
                             struct access_plan *plan, struct mrz_input *ret)
{
	CLEANUP(clean_wipe) struct clean clean = { 0 };
	CLEANUP(mrz_input_wipe) struct mrz_input input = { 0 };
	struct span cleaned = { 0 };
	bool damaged = false;

	scan(text, plan, &clean);
	cleaned = span_of(clean.at, clean.len);
	damaged = is_damaged(&clean);
	if (clean.len == MRZ_TD1_LEN || clean.len == MRZ_TD2_LEN ||
	    clean.len == MRZ_TD3_LEN) {
		TRY(read_whole(cleaned, as_printed, damaged, plan, &input));
	} else if (clean.len >= MRZ_INFORMATION_LEN &&
	           clean.len <= MRZ_INFORMATION_MAX) {
		read_information(cleaned, as_printed, damaged, plan, &input);
	} else {
		access_note(plan, ACCESS_NOTE_MRZ_LENGTH, clean.len, '\0',
		            '\0');
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	}
	*ret = input;
	return CCCD_OK;
}
