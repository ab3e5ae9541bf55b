/* SPDX-License-Identifier: Apache-2.0 */
/* A probe for the eyes of the person whose card it was. */
#include "cli/probe_print.h"

#include <string.h>

#include "cli/print.h"
#include "lib/json/probe.h"

enum { DEPTH_MAX = 8 };

/* How a container is laid out: members below each other, or in a line. */
enum layout {
	LAYOUT_BLOCK = 0,
	LAYOUT_LIST,
	LAYOUT_LINE,
	LAYOUT_BRACKETS,
};

struct printer {
	FILE *out;
	size_t depth;
	enum layout layouts[DEPTH_MAX];
	bool begun[DEPTH_MAX];
};

/* What a member is called in Vietnamese; in English its own name is good. */
static const struct {
	const char *name;
	const char *label;
} labels[] = {
	{ "access", "Mở chip" },
	{ "active_authentication", "Chip ký trả lời (AA)" },
	{ "algorithm", "thuật toán" },
	{ "alternative_name", "có tên khác" },
	{ "atr", "ATR/ATS" },
	{ "atr_info", "EF.ATR/INFO" },
	{ "authority_key_id", "có mã khoá nơi cấp" },
	{ "birth", "ngày sinh: dạng" },
	{ "bit_rate_kbps", "tốc độ (kbit/s)" },
	{ "bits", "số bit" },
	{ "bytes", "nội dung" },
	{ "bytes_withheld", "giữ lại nội dung" },
	{ "capabilities", "Khả năng của thẻ" },
	{ "card", "Thẻ" },
	{ "card_access", "EF.CardAccess" },
	{ "certificates", "số chứng thư" },
	{ "check_digits_correct", "số kiểm tra đúng" },
	{ "checks", "Kiểm chứng" },
	{ "chip_authentication", "Chip chứng minh (CA)" },
	{ "cipher", "mã hoá" },
	{ "code", "mã" },
	{ "cms_version", "phiên bản CMS" },
	{ "command", "gửi (byte)" },
	{ "command_chaining", "nối lệnh" },
	{ "content_type", "loại nội dung" },
	{ "crls", "có CRL" },
	{ "curve", "đường cong" },
	{ "data_group", "nhóm dữ liệu" },
	{ "data_groups", "số nhóm dữ liệu" },
	{ "declared_count", "số ảnh khai báo" },
	{ "declared_height", "cao khai báo" },
	{ "declared_width", "rộng khai báo" },
	{ "defects", "Lỗi thấy được" },
	{ "dg1", "DG1 (MRZ)" },
	{ "dg13", "DG13 (dữ liệu riêng của Việt Nam)" },
	{ "dg14", "DG14 (khoá CA)" },
	{ "dg15", "DG15 (khoá AA)" },
	{ "dg2", "DG2 (ảnh)" },
	{ "digest", "hàm băm" },
	{ "document_code", "loại giấy tờ" },
	{ "document_signer", "Chứng thư ký (DS)" },
	{ "document_types", "có loại giấy tờ" },
	{ "domain_parameters", "bộ tham số" },
	{ "downgraded", "hạ xuống BAC" },
	{ "error", "lỗi" },
	{ "exchanges", "Trao đổi với thẻ" },
	{ "expiry", "ngày hết hạn: dạng" },
	{ "explicit_parameters", "ghi rõ tham số" },
	{ "extended", "lệnh dài" },
	{ "extended_length", "lệnh dài" },
	{ "extended_length_information", "có thông tin lệnh dài" },
	{ "extras", "thành phần lạ" },
	{ "faces", "số ảnh" },
	{ "facts", "nhận xét" },
	{ "father", "cha" },
	{ "fields", "các trường" },
	{ "files", "Các tệp" },
	{ "finished", "đọc trọn" },
	{ "form", "cách viết" },
	{ "format", "dạng" },
	{ "format_owner", "chủ dạng" },
	{ "format_type", "loại dạng" },
	{ "height", "cao" },
	{ "id", "số hiệu" },
	{ "in_com", "có trong COM" },
	{ "in_sod", "có trong SOD" },
	{ "indefinite_length", "độ dài bất định" },
	{ "infos", "thông tin" },
	{ "ins", "lệnh" },
	{ "issue", "ngày cấp: dạng" },
	{ "issuer", "nơi cấp" },
	{ "issuing_state", "nước cấp" },
	{ "key", "khoá" },
	{ "kind", "loại" },
	{ "largest_le", "Le lớn nhất" },
	{ "lds_version", "phiên bản LDS" },
	{ "length", "độ dài" },
	{ "long_number", "số dài" },
	{ "longest_response", "trả lời dài nhất" },
	{ "malformed", "sai dạng" },
	{ "mapping", "ánh xạ" },
	{ "max_command", "lệnh tối đa (byte)" },
	{ "max_response", "trả lời tối đa (byte)" },
	{ "mother", "mẹ" },
	{ "name", "tên" },
	{ "name_truncated", "tên bị cắt" },
	{ "national", "đúng mẫu Việt Nam" },
	{ "not_after", "có hiệu lực đến" },
	{ "not_before", "có hiệu lực từ" },
	{ "number", "số thứ tự" },
	{ "objects", "đối tượng" },
	{ "optional_2_length", "dữ liệu tuỳ chọn 2: độ dài" },
	{ "optional_length", "dữ liệu tuỳ chọn: độ dài" },
	{ "outcome", "kết quả" },
	{ "pace_constant", "PACE dùng hằng số" },
	{ "pace_offered", "thẻ mời PACE" },
	{ "pace_status_word", "từ trạng thái PACE" },
	{ "pace_visible", "thấy EF.CardAccess" },
	{ "parameter_id", "bộ tham số" },
	{ "parameter_id_retried", "gửi lại bộ tham số" },
	{ "password", "mã mở" },
	{ "picture", "loại ảnh" },
	{ "picture_size", "cỡ ảnh (byte)" },
	{ "precision", "đến mức" },
	{ "protocol", "giao thức" },
	{ "reader", "Đầu đọc" },
	{ "reason", "lý do" },
	{ "response", "nhận (byte)" },
	{ "resumed", "số lần nối lại" },
	{ "run", "Lần đọc" },
	{ "secured", "mã hoá" },
	{ "select_by_df_name", "chọn theo tên" },
	{ "sex_stated", "có ghi giới tính" },
	{ "shape", "hình dạng" },
	{ "short_ef_identifier", "mã tệp ngắn" },
	{ "signature_form", "dạng chữ ký" },
	{ "signature_length", "độ dài chữ ký" },
	{ "signed_attributes", "có thuộc tính ký" },
	{ "signed_with", "được ký bằng" },
	{ "signed_with_oid", "được ký bằng (OID)" },
	{ "signer_algorithm", "thuật toán ký" },
	{ "signer_algorithm_oid", "thuật toán ký (OID)" },
	{ "signer_by_key_id", "gọi bằng mã khoá" },
	{ "signer_digest", "hàm băm khi ký" },
	{ "signer_version", "phiên bản người ký" },
	{ "signers", "số người ký" },
	{ "signing_time_present", "có giờ ký" },
	{ "size", "cỡ (byte)" },
	{ "size_at_most", "cỡ không quá (byte)" },
	{ "sod", "EF.SOD (chữ ký số)" },
	{ "specimen", "thẻ mẫu" },
	{ "spouse", "vợ/chồng" },
	{ "standard", "tiêu chuẩn" },
	{ "state", "tình trạng" },
	{ "status_word", "từ trạng thái" },
	{ "step", "bước" },
	{ "subject_form", "tên người ký (che số)" },
	{ "subject_key_id", "có mã khoá" },
	{ "tag", "thẻ ASN.1" },
	{ "tries_left", "số lần thử còn lại" },
	{ "type", "kiểu" },
	{ "unicode_version", "phiên bản Unicode" },
	{ "unknown_critical", "mở rộng lạ bắt buộc" },
	{ "usage_period", "có hạn dùng khoá" },
	{ "value", "giá trị" },
	{ "verdict", "kết luận" },
	{ "version", "phiên bản" },
	{ "width", "rộng" },
};

static const char *label_of(const char *name)
{
	if (cccd_lang_from_environment() == CCCD_LANG_EN)
		return name;
	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		if (strcmp(labels[i].name, name) == 0)
			return labels[i].label;
	return name;
}

/* What comes before a member or a container: indentation or a comma. */
static void put_name(struct printer *to, const char *name)
{
	enum layout layout = to->layouts[to->depth];

	if (layout == LAYOUT_BLOCK || layout == LAYOUT_LIST)
		(void)fprintf(to->out, "%*s", (int)(2 * to->depth), "");
	else if (to->begun[to->depth])
		(void)fputs(", ", to->out);
	to->begun[to->depth] = true;
	if (layout == LAYOUT_LIST)
		(void)fputs("- ", to->out);
	else if (name != NULL)
		(void)fputs(label_of(name), to->out);
}

static void end_member(struct printer *to)
{
	enum layout layout = to->layouts[to->depth];

	if (layout == LAYOUT_BLOCK || layout == LAYOUT_LIST)
		(void)fputc('\n', to->out);
}

static void on_open(void *context, const char *name, bool list)
{
	struct printer *to = context;
	enum layout outer = to->layouts[to->depth];
	enum layout inner = list ? LAYOUT_LIST : LAYOUT_BLOCK;

	put_name(to, name);
	if (outer == LAYOUT_LIST) {
		inner = LAYOUT_LINE;
	} else if (outer == LAYOUT_BLOCK) {
		(void)fputc('\n', to->out);
	} else {
		(void)fputs(" (", to->out);
		inner = LAYOUT_BRACKETS;
	}
	if (to->depth + 1 < DEPTH_MAX)
		to->depth++;
	to->layouts[to->depth] = inner;
	to->begun[to->depth] = false;
}

static void on_close(void *context)
{
	struct printer *to = context;
	enum layout layout = to->layouts[to->depth];

	if (layout == LAYOUT_LINE)
		(void)fputc('\n', to->out);
	if (layout == LAYOUT_BRACKETS)
		(void)fputc(')', to->out);
	if (to->depth > 0)
		to->depth--;
}

static void on_text(void *context, const char *name, const char *value)
{
	struct printer *to = context;

	put_name(to, name);
	if (name != NULL)
		(void)fputs(": ", to->out);
	print_clean(to->out, value);
	end_member(to);
}

static void on_number(void *context, const char *name, double value)
{
	struct printer *to = context;

	put_name(to, name);
	(void)fprintf(to->out, ": %.10g", value);
	end_member(to);
}

static void on_truth(void *context, const char *name, bool value)
{
	on_text(context, name,
	        value ? cli_text("có", "yes") : cli_text("không", "no"));
}

void print_probe(FILE *out, const struct cccd_probe *probe)
{
	static const struct probe_teller teller = { on_open, on_close, on_text,
		                                    on_number, on_truth };
	struct printer to = { .out = out };

	probe_tell(probe, &teller, &to);
}
