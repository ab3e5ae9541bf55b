/* SPDX-License-Identifier: Apache-2.0 */
/* From whatever the desk has to a bounded list of ways into the chip. */
#include "apdu/vnm/access_key.h"

#include "apdu/lds/date.h"
#include "apdu/lds/mrz.h"
#include "apdu/vnm/citizen_number.h"
#include "apdu/vnm/day.h"
#include "apdu/vnm/expiry.h"
#include "apdu/vnm/mrz_input.h"
#include "apdu/vnm/qr.h"
#include "base/secret.h"
#include "base/text.h"

enum {
	MRZ_DATE_LEN = 6,
	NINE = 9,
	NUMBER_MAX = 22,
	PIN_MIN = 4,
	PIN_MAX = 16,
};

/* What the inputs come to, before it becomes attempts. */
struct facts {
	char id_number[13];
	char can[CAN_LEN + 1];
	char number[NUMBER_MAX + 1];
	char birth[MRZ_DATE_LEN + 1];
	char expiry[MRZ_DATE_LEN + 1];
	struct cccd_day birth_day;
	struct cccd_day issue_day;
	struct mrz_input mrz;
};

static void facts_wipe(struct facts *facts)
{
	wipe(facts, sizeof(*facts));
}

void access_plan_wipe(struct access_plan *plan)
{
	if (plan != NULL)
		wipe(plan, sizeof(*plan));
}

const char *access_note_name(enum access_note_code code)
{
	static const char *const names[] = {
		[ACCESS_NOTE_MRZ_LENGTH] = "mrz_length",
		[ACCESS_NOTE_MRZ_CHARACTER] = "mrz_character",
		[ACCESS_NOTE_MRZ_CONFUSION] = "mrz_confusion",
		[ACCESS_NOTE_MRZ_SMALL] = "mrz_small_letters",
		[ACCESS_NOTE_CHECK_NUMBER] = "mrz_check_number",
		[ACCESS_NOTE_CHECK_BIRTH] = "mrz_check_birth",
		[ACCESS_NOTE_CHECK_EXPIRY] = "mrz_check_expiry",
		[ACCESS_NOTE_CHECK_ID_NUMBER] = "mrz_check_id_number",
		[ACCESS_NOTE_CHECK_COMPOSITE] = "mrz_check_composite",
		[ACCESS_NOTE_NUMBERS_DIFFER] = "mrz_numbers_differ",
		[ACCESS_NOTE_KEYS_DISAGREE] = "keys_disagree",
		[ACCESS_NOTE_ASSUMED_VIETNAMESE] = "assumed_vietnamese",
		[ACCESS_NOTE_EXPIRY_DERIVED] = "expiry_derived",
		[ACCESS_NOTE_EXPIRY_MISSING] = "expiry_missing",
		[ACCESS_NOTE_BIRTH_MISSING] = "birth_missing",
		[ACCESS_NOTE_QR_MANGLED] = "qr_mangled",
	};

	if ((unsigned int)code >= ARRAY_LEN(names) || names[code] == NULL)
		return "";
	return names[code];
}

/* The citizen number; a second one must be the same. */
static enum cccd_err set_id_number(const char *digits, struct access_plan *plan,
                                   struct facts *facts)
{
	if (digits[0] == '\0')
		return CCCD_OK;
	if (facts->id_number[0] != '\0' &&
	    strcmp(facts->id_number, digits) != 0) {
		access_note(plan, ACCESS_NOTE_KEYS_DISAGREE, 0, '\0', '\0');
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	}
	memcpy(facts->id_number, digits, sizeof(facts->id_number));
	return CCCD_OK;
}

static enum cccd_err take_id_number(const struct access_input *input,
                                    struct access_plan *plan,
                                    struct facts *facts)
{
	struct cccd_citizen_number number = { 0 };
	struct cccd_day no_day = { 0 };
	enum cccd_err err = CCCD_OK;

	if (input->id_number.len == 0)
		return CCCD_OK;
	TRY(citizen_number_parse(input->id_number, NULL, no_day, &number));
	err = set_id_number(number.digits, plan, facts);
	wipe(&number, sizeof(number));
	return err;
}

static enum cccd_err take_qr(const struct access_input *input,
                             struct access_plan *plan, struct facts *facts)
{
	const struct cccd_qr *qr = &plan->qr;

	if (input->qr.len == 0)
		return CCCD_OK;
	TRY(qr_parse(input->qr, &plan->qr));
	plan->has_qr = true;
	if ((qr->notes & ~(uint32_t)(CCCD_QR_BOM | CCCD_QR_LINE_ENDS)) != 0)
		access_note(plan, ACCESS_NOTE_QR_MANGLED, 0, '\0', '\0');
	facts->birth_day = qr->birth;
	facts->issue_day = qr->issue;
	return set_id_number(qr->id_number, plan, facts);
}

static enum cccd_err take_mrz(const struct access_input *input,
                              struct access_plan *plan, struct facts *facts)
{
	const struct mrz_input *mrz = &facts->mrz;

	if (input->mrz.len == 0)
		return CCCD_OK;
	TRY(mrz_input_read(input->mrz, input->as_printed, plan, &facts->mrz));
	TRY(set_id_number(mrz->id_number, plan, facts));
	/* The information does not say whose number it holds. */
	if (!plan->has_mrz && mrz->information_len == MRZ_INFORMATION_LEN &&
	    span_equal(input->issuer, span_text("VNM")) &&
	    text_is_digits(span_of(mrz->information, NINE)))
		memcpy(facts->can, mrz->information + NINE - CAN_LEN, CAN_LEN);
	if (facts->id_number[0] != '\0' && mrz->information_len > 0 &&
	    memcmp(facts->id_number + 3, mrz->information, NINE) != 0) {
		access_note(plan, ACCESS_NOTE_KEYS_DISAGREE, 0, '\0', '\0');
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	}
	return CCCD_OK;
}

/* YYMMDD with fillers for what is not known [9303-3 4.8]. */
static void write_mrz_date(struct cccd_day day, char ret[static 7])
{
	struct expiry date = { .date = day };

	expiry_write_mrz(&date, ret);
	if (day.month == 0)
		memcpy(ret + 2, "<<<<", 4);
	else if (day.day == 0)
		memcpy(ret + 4, "<<", 2);
	ret[MRZ_DATE_LEN] = '\0';
}

static enum cccd_err read_date(struct span text, char ret[static 7],
                               struct cccd_day *ret_day)
{
	struct cccd_day day = { 0 };

	text = text_trim(text);
	if (text.len == MRZ_DATE_LEN) {
		if (date_parse(text).state == CCCD_DATE_INVALID)
			return CCCD_ERR_USAGE_KEY_MALFORMED;
		memcpy(ret, text.at, MRZ_DATE_LEN);
		ret[MRZ_DATE_LEN] = '\0';
		return CCCD_OK;
	}
	if (day_read(text, &day) == CCCD_FORM_NONE)
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	write_mrz_date(day, ret);
	*ret_day = day;
	return CCCD_OK;
}

static bool says_none(struct span text)
{
	char key[32];

	return text_key(text, key, sizeof(key)) == CCCD_OK &&
	       (strcmp(key, "NONE") == 0 || strcmp(key, "KHONGTHOIHAN") == 0);
}

static enum cccd_err take_dates(const struct access_input *input,
                                struct facts *facts)
{
	struct cccd_day ignored = { 0 };

	if (input->birth.len > 0)
		TRY(read_date(input->birth, facts->birth, &facts->birth_day));
	else if (day_is_valid(facts->birth_day))
		write_mrz_date(facts->birth_day, facts->birth);
	if (input->issue.len > 0 &&
	    day_read(text_trim(input->issue), &facts->issue_day) ==
	            CCCD_FORM_NONE)
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	if (input->expiry.len == 0)
		return CCCD_OK;
	if (says_none(input->expiry)) {
		memcpy(facts->expiry, EXPIRY_NONE_MRZ, sizeof(facts->expiry));
		return CCCD_OK;
	}
	return read_date(input->expiry, facts->expiry, &ignored);
}

/* A number of 12 digits is a citizen number unless its issuer is known to
 * be somebody else: other States use such numbers too. */
static enum cccd_err take_number(const struct access_input *input,
                                 struct access_plan *plan, struct facts *facts)
{
	struct span number = text_trim(input->number);
	bool vietnamese = span_equal(input->issuer, span_text("VNM"));

	if (number.len == 0)
		return CCCD_OK;
	if (number.len > NUMBER_MAX)
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	if (citizen_number_is(number) &&
	    (vietnamese || input->issuer.len == 0)) {
		char digits[13] = { 0 };

		if (!vietnamese)
			access_note(plan, ACCESS_NOTE_ASSUMED_VIETNAMESE, 0,
			            '\0', '\0');
		memcpy(digits, number.at, number.len);
		return set_id_number(digits, plan, facts);
	}
	memcpy(facts->number, number.at, number.len);
	/* Nine digits on a Vietnamese card end like the number does. */
	if (vietnamese && number.len == NINE && text_is_digits(number))
		memcpy(facts->can, number.at + NINE - CAN_LEN, CAN_LEN);
	return CCCD_OK;
}

static enum cccd_err take_can(const struct access_input *input,
                              struct access_plan *plan, struct facts *facts)
{
	struct span can = text_trim(input->can);
	const char *derived = facts->id_number + NINE + 3 - CAN_LEN;

	if (facts->id_number[0] != '\0')
		memcpy(facts->can, derived, CAN_LEN);
	if (can.len == 0)
		return CCCD_OK;
	if (can.len != CAN_LEN || !text_is_digits(can))
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	if (facts->can[0] != '\0' && memcmp(facts->can, can.at, CAN_LEN) != 0) {
		access_note(plan, ACCESS_NOTE_KEYS_DISAGREE, 0, '\0', '\0');
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	}
	memcpy(facts->can, can.at, CAN_LEN);
	return CCCD_OK;
}

/* An expiry by the law's rule, if the operator asked for one. */
static void derive_expiry(const struct access_input *input,
                          struct access_plan *plan, struct facts *facts)
{
	struct expiry_candidates list = { 0 };

	if (facts->expiry[0] != '\0' || !input->derive_expiry ||
	    facts->id_number[0] == '\0' ||
	    expiry_candidates(facts->birth_day, facts->issue_day, &list) !=
	            CCCD_OK ||
	    input->derive_index >= list.count)
		return;
	expiry_write_mrz(&list.at[input->derive_index], facts->expiry);
	access_note(plan, ACCESS_NOTE_EXPIRY_DERIVED,
	            list.count - 1 - input->derive_index, '\0', '\0');
}

/* MRZ_information from separate fields, when they are all there. */
static enum cccd_err join_information(struct access_plan *plan,
                                      struct facts *facts)
{
	SECRET information = { 0 };
	const char *number = facts->number;
	enum cccd_err err = CCCD_OK;

	if (facts->mrz.information_len > 0)
		return CCCD_OK;
	/* The MRZ of the card holds the last nine of the 12 digits. */
	if (number[0] == '\0' && facts->id_number[0] != '\0')
		number = facts->id_number + 3;
	if (number[0] == '\0')
		return CCCD_OK;
	/* With the number alone nobody expects more than the CAN. */
	if (number != facts->number && facts->birth[0] == '\0' &&
	    facts->expiry[0] == '\0')
		return CCCD_OK;
	if (facts->birth[0] == '\0' || facts->expiry[0] == '\0') {
		if (facts->expiry[0] == '\0')
			access_note(plan, ACCESS_NOTE_EXPIRY_MISSING, 0, '\0',
			            '\0');
		if (facts->birth[0] == '\0')
			access_note(plan, ACCESS_NOTE_BIRTH_MISSING, 0, '\0',
			            '\0');
		return CCCD_OK;
	}
	err = mrz_information_from_document(
	        span_text(number), span_text(facts->birth),
	        span_text(facts->expiry), &information);
	if (err != CCCD_OK || information.len > ACCESS_VALUE_MAX)
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	memcpy(facts->mrz.information, information.bytes, information.len);
	facts->mrz.information_len = information.len;
	return CCCD_OK;
}

static void add_attempt(struct access_plan *plan, enum access_protocol protocol,
                        enum access_password password, struct span value)
{
	struct access_attempt *attempt = &plan->attempts[plan->count];

	if (value.at == NULL || value.len == 0 ||
	    value.len > ACCESS_VALUE_MAX || plan->count == ACCESS_ATTEMPTS_MAX)
		return;
	attempt->protocol = protocol;
	attempt->password = password;
	memcpy(attempt->value, value.at, value.len);
	attempt->len = value.len;
	plan->count++;
}

/* PIN and PUK open nothing else than themselves: one attempt. */
static enum cccd_err plan_secret(struct span text,
                                 enum access_password password,
                                 struct access_plan *plan)
{
	if (text.len < PIN_MIN || text.len > PIN_MAX || !text_is_digits(text))
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	add_attempt(plan, ACCESS_PACE, password, text);
	return CCCD_OK;
}

static enum cccd_err take_all(const struct access_input *input,
                              struct access_plan *plan, struct facts *facts)
{
	TRY(take_id_number(input, plan, facts));
	TRY(take_number(input, plan, facts));
	TRY(take_qr(input, plan, facts));
	TRY(take_mrz(input, plan, facts));
	TRY(take_can(input, plan, facts));
	TRY(take_dates(input, facts));
	derive_expiry(input, plan, facts);
	return join_information(plan, facts);
}

static enum cccd_err make(const struct access_input *input,
                          struct access_plan *plan)
{
	CLEANUP(facts_wipe) struct facts facts = { 0 };
	struct span information = { 0 };

	if (input->pin.len > 0)
		return plan_secret(input->pin, ACCESS_PIN, plan);
	if (input->puk.len > 0)
		return plan_secret(input->puk, ACCESS_PUK, plan);
	if (input->id_number.len + input->can.len + input->mrz.len +
	            input->number.len + input->qr.len ==
	    0)
		return CCCD_ERR_USAGE_KEY_MISSING;
	TRY(take_all(input, plan, &facts));
	memcpy(plan->id_number, facts.id_number, sizeof(plan->id_number));
	information = span_of(facts.mrz.information, facts.mrz.information_len);
	add_attempt(plan, ACCESS_PACE, ACCESS_CAN, span_text(facts.can));
	add_attempt(plan, ACCESS_PACE, ACCESS_MRZ, information);
	add_attempt(plan, ACCESS_BAC, ACCESS_MRZ, information);
	return plan->count > 0 ? CCCD_OK : CCCD_ERR_USAGE_KEY_MALFORMED;
}

enum cccd_err access_plan_make(const struct access_input *input,
                               struct access_plan *ret)
{
	wipe(ret, sizeof(*ret));
	/* Attempts are added last, when nothing can fail any more. */
	return make(input, ret);
}
