/* SPDX-License-Identifier: Apache-2.0 */
/* What people see: the person, the checks, the overall line. */
#include "cli/print.h"

#include <string.h>

void print_clean(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7F)
			(void)fputc('?', out);
		else if (c == 0xC2 && (unsigned char)text[1] >= 0x80 &&
		         (unsigned char)text[1] < 0xA0)
			(void)fputc('?', out), text++;
		else
			(void)fputc(c, out);
	}
}

static void line(FILE *out, const char *vietnamese, const char *english,
                 const char *value)
{
	if (value[0] == '\0')
		return;
	(void)fprintf(out, "  %s: ", cli_text(vietnamese, english));
	print_clean(out, value);
	(void)fputc('\n', out);
}

static const char *kind_title(enum cccd_document_kind kind)
{
	switch (kind) {
	case CCCD_KIND_CCCD:
		return cli_text("Căn cước công dân", "Citizen card (CCCD)");
	case CCCD_KIND_CAN_CUOC:
		return cli_text("Thẻ Căn cước", "Identity card (Căn cước)");
	case CCCD_KIND_PASSPORT: return cli_text("Hộ chiếu", "Passport");
	case CCCD_KIND_OTHER:
	case CCCD_KIND_UNKNOWN: break;
	}
	return cli_text("Giấy tờ gắn chip", "Chip document");
}

static const char *sex_title(enum cccd_sex sex)
{
	const char *name = cccd_sex_name(sex);

	if (strcmp(name, "male") == 0)
		return cli_text("Nam", "male");
	if (strcmp(name, "female") == 0)
		return cli_text("Nữ", "female");
	return name;
}

void print_person(FILE *out, const struct cccd_person *person)
{
	(void)fprintf(out, "%s\n", kind_title(person->document_kind));
	line(out, "Số", "Number", person->id_number);
	line(out, "Số giấy tờ", "Document number", person->document_number);
	line(out, "Họ và tên", "Name", person->full_name);
	line(out, "Ngày sinh", "Date of birth", person->date_of_birth);
	line(out, "Giới tính", "Sex", sex_title(person->sex));
	line(out, "Quốc tịch", "Nationality", person->nationality);
	line(out,
	     person->place_of_origin.label[0] != '\0'
	             ? person->place_of_origin.label
	             : "Quê quán",
	     "Place of origin", person->place_of_origin.text);
	line(out,
	     person->place_of_residence.label[0] != '\0'
	             ? person->place_of_residence.label
	             : "Nơi cư trú",
	     "Residence (at issue)", person->place_of_residence.text);
	line(out, "Dân tộc", "Ethnicity", person->ethnicity);
	line(out, "Tôn giáo", "Religion", person->religion);
	line(out, "Đặc điểm nhận dạng", "Personal features",
	     person->personal_features);
	line(out, "Cha", "Father", person->father_name);
	line(out, "Mẹ", "Mother", person->mother_name);
	line(out, "Vợ/chồng", "Spouse", person->spouse_name);
	for (size_t i = 0; i < person->old_number_count; i++)
		line(out, "Số cũ", "Earlier number", person->old_numbers[i]);
	line(out, "Ngày cấp", "Date of issue", person->date_of_issue);
	line(out, "Có giá trị đến", "Date of expiry",
	     person->no_expiry ? cli_text("không thời hạn", "no expiry")
	                       : person->date_of_expiry);
}

static const char *verdict_mark(enum cccd_verdict verdict)
{
	switch (verdict) {
	case CCCD_SUCCESSFUL: return cli_text("đạt", "ok");
	case CCCD_FAILED: return cli_text("SAI", "FAILED");
	case CCCD_UNDETERMINED: return cli_text("chưa rõ", "unclear");
	case CCCD_NOT_SUPPORTED: return cli_text("không có", "n/a");
	case CCCD_ABORTED: return cli_text("dở dang", "aborted");
	case CCCD_NOT_RUN: break;
	}
	return "-";
}

/* [issue: proof for people] three outcomes kept apart. */
static const char *overall_text(enum cccd_verdict verdict)
{
	switch (verdict) {
	case CCCD_SUCCESSFUL: return cli_text("ĐÃ CHỨNG THỰC", "PROVEN");
	case CCCD_FAILED:
		return cli_text("GIẢ MẠO HOẶC HỎNG", "FORGED OR DAMAGED");
	case CCCD_NOT_RUN:
	case CCCD_UNDETERMINED:
	case CCCD_NOT_SUPPORTED:
	case CCCD_ABORTED: break;
	}
	return cli_text("CHƯA ĐỦ CĂN CỨ", "NOT PROVEN");
}

/* Whether a person wants to see the check at all. */
static bool is_telling(const struct cccd_check *check)
{
	return check->verdict != CCCD_NOT_RUN &&
	       !(check->verdict == CCCD_NOT_SUPPORTED &&
	         check->mode != CCCD_MODE_MANDATORY);
}

/* A fault that weighs nothing in the profile is not passed over silently. */
static bool is_not_counted(const struct cccd_check *check)
{
	return check->mode == CCCD_MODE_EVALUATORY &&
	       check->verdict != CCCD_SUCCESSFUL &&
	       check->verdict != CCCD_NOT_SUPPORTED;
}

static void print_list(FILE *out, const struct cccd_result *result, int english)
{
	for (size_t i = 0; i < result->suspicion_count; i++)
		(void)fprintf(out, "  ! %s\n",
		              cccd_reason_text(result->suspicions[i], english));
	for (size_t i = 0; i < result->defect_count; i++) {
		const struct cccd_defect *defect = &result->defects[i];

		if (defect->group != 0)
			(void)fprintf(out, "  * DG%u: %s\n", defect->group,
			              cccd_reason_text(defect->code, english));
		else
			(void)fprintf(out, "  * %s\n",
			              cccd_reason_text(defect->code, english));
	}
}

void print_result(FILE *out, const struct cccd_result *result)
{
	int english = cccd_lang_from_environment() == CCCD_LANG_EN;

	(void)fprintf(out, "%s\n", cli_text("Kiểm chứng", "Checks"));
	for (unsigned int i = 0; i < CCCD_CHECKS; i++) {
		const struct cccd_check *check = &result->checks[i];

		if (!is_telling(check))
			continue;
		(void)fprintf(out, "  [%s] %s", verdict_mark(check->verdict),
		              cccd_check_title((enum cccd_check_id)i, english));
		if (check->reason[0] != '\0')
			(void)fprintf(out, " - %s",
			              cccd_reason_text(check->reason, english));
		if (is_not_counted(check))
			(void)fputs(cli_text(" (không tính)", " (not counted)"),
			            out);
		(void)fputc('\n', out);
	}
	print_list(out, result, english);
	if (result->specimen)
		(void)fprintf(out, "  %s\n",
		              cli_text("Thẻ mẫu: không phải giấy tờ thật.",
		                       "A specimen: not a real document."));
	/* Whose rules the word below follows, unless they are the usual. */
	if (strcmp(result->profile, cccd_profile_counter()->name) != 0) {
		(void)fprintf(out, "  %s ",
		              cli_text("Theo quy định kiểm tra:",
		                       "By the check profile:"));
		print_clean(out, result->profile);
		(void)fputc('\n', out);
	}
	(void)fprintf(out, "=> %s\n", overall_text(result->overall));
}

static const char *step_title(const char *step)
{
	static const struct {
		const char *step;
		const char *text[2];
	} titles[] = {
		{ "atr_info", { "hỏi khả năng của thẻ", "card limits" } },
		{ "card_access", { "hỏi cách mở chip", "access info" } },
		{ "pace", { "mở chip (PACE)", "opening (PACE)" } },
		{ "bac", { "mở chip (BAC)", "opening (BAC)" } },
		{ "card_security", { "khoá của chip", "chip key" } },
		{ "application", { "chọn ứng dụng", "application" } },
		{ "sod", { "chữ ký số", "security object" } },
		{ "dg14", { "khoá của chip", "chip key" } },
		{ "chip_auth", { "chip chứng minh", "chip proof" } },
		{ "dg1", { "MRZ", "MRZ" } },
		{ "dg13", { "thông tin cá nhân", "personal data" } },
		{ "passive_auth", { "kiểm chữ ký", "signature check" } },
		{ "dg15", { "khoá AA", "AA key" } },
		{ "active_auth", { "chip ký trả lời", "chip signs" } },
		{ "com", { "danh mục tệp", "file list" } },
		{ "other_groups", { "nhóm khác", "other groups" } },
		{ "access_info", { "so thông tin mở", "access check" } },
		{ "portrait", { "ảnh", "portrait" } },
		{ "survey_master_file", { "tệp chung", "master file" } },
		{ "survey_card_security", { "khoá của chip", "chip key" } },
		{ "survey_application", { "tệp khác", "other files" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		if (strcmp(titles[i].step, step) == 0)
			return cli_text(titles[i].text[0], titles[i].text[1]);
	return step;
}

/* On a terminal the line is written over; in a log each event is a line. */
static void put_line(struct progress_line *where, const char *text)
{
	if (where->terminal)
		(void)fprintf(where->out, "\r\033[K%s", text);
	else
		(void)fprintf(where->out, "%s\n", text);
	where->open = where->terminal;
	(void)fflush(where->out);
}

static void file_line(struct progress_line *where,
                      const struct cccd_progress *progress)
{
	char text[160];

	if (!where->terminal)
		return;
	(void)snprintf(text, sizeof(text), "%s %zu/%zu (%.1f s)",
	               step_title(progress->step), progress->done,
	               progress->total, progress->ms / 1000.0);
	put_line(where, text);
}

void print_progress(const struct cccd_progress *progress, void *context)
{
	struct progress_line *where = context;
	char text[160];

	switch (progress->event) {
	case CCCD_EVENT_WAITING:
		put_line(where, cli_text("Mời đặt thẻ lên đầu đọc…",
		                         "Lay the card on the reader…"));
		break;
	case CCCD_EVENT_CARD:
		put_line(where, cli_text("Đã thấy thẻ, giữ yên…",
		                         "Card found, keep it still…"));
		break;
	case CCCD_EVENT_STEP_STARTED:
		(void)snprintf(text, sizeof(text), "%s… (%.1f s)",
		               step_title(progress->step),
		               progress->ms / 1000.0);
		put_line(where, text);
		break;
	case CCCD_EVENT_FILE: file_line(where, progress); break;
	case CCCD_EVENT_LOST:
		put_line(where, cli_text("Mất thẻ: đặt lại thẻ lên đầu đọc…",
		                         "Card lost: lay it down again…"));
		break;
	case CCCD_EVENT_RESUMED:
		put_line(where, cli_text("Đọc tiếp…", "Going on…"));
		break;
	case CCCD_EVENT_STEP_FINISHED: break;
	}
}

void print_progress_end(struct progress_line *line)
{
	if (line->open)
		(void)fputs("\r\033[K", line->out);
	line->open = false;
}
