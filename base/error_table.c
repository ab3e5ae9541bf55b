/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of errors: code, HTTP status, texts, next step. */
#include <cccd/error.h>

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

struct next_step {
	const char *code;
	const char *text[2];
};

static const struct next_step next_none = { "none", { "", "" } };
static const struct next_step next_reader = {
	"check_reader",
	{ "Cắm lại đầu đọc rồi chạy: cccd readers",
	  "Plug the reader in again, then run: cccd readers" }
};
static const struct next_step next_service = {
	"start_pcscd",
	{ "Khởi động dịch vụ đầu đọc: sudo systemctl start pcscd",
	  "Start the reader service: sudo systemctl start pcscd" }
};
static const struct next_step next_wait = {
	"wait_and_retry",
	{ "Đóng chương trình đang dùng đầu đọc, rồi thử lại.",
	  "Close the program that uses the reader, then try again." }
};
static const struct next_step next_card = {
	"lay_card",
	{ "Đặt thẻ nằm yên trên đầu đọc rồi thử lại.",
	  "Lay the card flat on the reader, keep it still, and try again." }
};
static const struct next_step next_key = {
	"ask_access_key",
	{ "Kiểm tra số in trên thẻ (hoặc vùng MRZ) rồi nhập lại.",
	  "Check the number printed on the card (or its MRZ) and enter it "
	  "again." }
};
static const struct next_step next_other_card = {
	"use_other_document",
	{ "Dùng thẻ khác, hoặc kiểm tra giấy tờ theo cách thủ công.",
	  "Use another card, or check the document by hand." }
};
static const struct next_step next_doubt = {
	"check_by_hand",
	{ "Không dùng dữ liệu này; giữ thẻ lại để kiểm tra thủ công.",
	  "Do not use this data; have the document checked by hand." }
};
static const struct next_step next_photo = {
	"compare_photo",
	{ "Đối chiếu với ảnh in trên thẻ.",
	  "Compare with the photograph printed on the card." }
};
static const struct next_step next_trust = {
	"install_trust",
	{ "Nạp chứng thư CSCA do cơ quan có thẩm quyền cung cấp: "
	  "cccd trust import TỆP",
	  "Import the CSCA certificate from the authority: "
	  "cccd trust import FILE" }
};
static const struct next_step next_config = {
	"mend_configuration",
	{ "Sửa cấu hình theo dòng được nêu rồi thử lại.",
	  "Mend the configuration at the place named, then try again." }
};
static const struct next_step next_usage = {
	"read_manual", { "Xem hướng dẫn: cccd --help", "See: cccd --help" }
};
static const struct next_step next_support = {
	"call_support",
	{ "Ghi lại mã lỗi và báo người quản trị.",
	  "Note the error code and tell the administrator." }
};

struct error_row {
	enum cccd_err err;
	const char *code;
	int http_status;
	bool retryable;
	const struct next_step *next;
	const char *text[2];
};

static const struct error_row rows[] = {
	{ CCCD_OK, "ok", 200, false, &next_none, { "Thành công.", "Done." } },

	{ CCCD_ERR_READER_NONE,
	  "no_reader",
	  503,
	  true,
	  &next_reader,
	  { "Không tìm thấy đầu đọc thẻ.", "No card reader was found." } },
	{ CCCD_ERR_READER_SERVICE,
	  "pcsc_unavailable",
	  503,
	  true,
	  &next_service,
	  { "Không kết nối được dịch vụ đầu đọc (pcscd).",
	    "The reader service (pcscd) cannot be reached." } },
	{ CCCD_ERR_READER_BUSY,
	  "reader_busy",
	  409,
	  true,
	  &next_wait,
	  { "Đầu đọc đang được chương trình khác sử dụng.",
	    "Another program is using the reader." } },
	{ CCCD_ERR_READER_LOST,
	  "reader_lost",
	  424,
	  true,
	  &next_reader,
	  { "Đầu đọc đã bị rút ra.", "The reader was unplugged." } },
	{ CCCD_ERR_READER_TIMEOUT,
	  "reader_timeout",
	  424,
	  true,
	  &next_card,
	  { "Đầu đọc hoặc thẻ trả lời quá chậm.",
	    "The reader or the card took too long to answer." } },
	{ CCCD_ERR_READER_IO,
	  "reader_io",
	  424,
	  true,
	  &next_card,
	  { "Truyền dữ liệu với thẻ bị lỗi.",
	    "The transmission to the card failed." } },
	{ CCCD_ERR_READER_UNSUPPORTED,
	  "reader_unsupported",
	  424,
	  false,
	  &next_reader,
	  { "Đầu đọc không hỗ trợ thao tác này.",
	    "The reader does not support this operation." } },
	{ CCCD_ERR_READER_OVERSIZE,
	  "apdu_too_long",
	  424,
	  false,
	  &next_support,
	  { "Lệnh vượt quá giới hạn của đầu đọc.",
	    "The command is longer than the reader allows." } },
	{ CCCD_ERR_READER_PERMISSION,
	  "reader_permission",
	  503,
	  false,
	  &next_support,
	  { "Hệ thống không cho phép dùng đầu đọc.",
	    "The system does not permit the use of the reader." } },
	{ CCCD_ERR_READER_NO_CARD,
	  "no_card",
	  424,
	  true,
	  &next_card,
	  { "Chưa thấy thẻ trên đầu đọc.",
	    "No card was laid on the reader." } },

	{ CCCD_ERR_CARD_REMOVED,
	  "card_removed",
	  424,
	  true,
	  &next_card,
	  { "Thẻ đã bị nhấc ra khi đang đọc.",
	    "The card was taken away during the read." } },
	{ CCCD_ERR_CARD_MUTE,
	  "card_mute",
	  424,
	  true,
	  &next_card,
	  { "Thẻ không trả lời.", "The card does not answer." } },
	{ CCCD_ERR_CARD_UNSUPPORTED,
	  "card_not_supported",
	  424,
	  false,
	  &next_other_card,
	  { "Đây không phải thẻ căn cước hay hộ chiếu gắn chip.",
	    "This is not a chip ID card or passport." } },
	{ CCCD_ERR_CARD_PASSWORD,
	  "access_key_rejected",
	  422,
	  true,
	  &next_key,
	  { "Thẻ từ chối số hoặc mã đã nhập.",
	    "The card refused the access key." } },
	{ CCCD_ERR_CARD_BLOCKED,
	  "access_key_blocked",
	  422,
	  false,
	  &next_other_card,
	  { "Mã truy cập của thẻ đã bị khoá.",
	    "The card's access key is blocked or suspended." } },
	{ CCCD_ERR_CARD_REFUSED,
	  "card_refused",
	  424,
	  true,
	  &next_card,
	  { "Thẻ từ chối một lệnh.", "The card refused a command." } },
	{ CCCD_ERR_CARD_CHANGED,
	  "card_changed",
	  424,
	  true,
	  &next_card,
	  { "Một thẻ khác đã được đặt vào giữa chừng.",
	    "Another card was laid on the reader half-way." } },
	{ CCCD_ERR_CARD_FILE_MISSING,
	  "file_missing",
	  424,
	  false,
	  &next_none,
	  { "Thẻ không có tệp này.", "The card does not have this file." } },
	{ CCCD_ERR_CARD_FILE_LOCKED,
	  "file_locked",
	  424,
	  false,
	  &next_none,
	  { "Tệp này cần quyền đọc cao hơn.",
	    "This file needs further rights." } },
	{ CCCD_ERR_CARD_PROTOCOL,
	  "card_protocol_error",
	  424,
	  true,
	  &next_card,
	  { "Thẻ trả lời sai quy cách.",
	    "The card's answer breaks the protocol." } },
	{ CCCD_ERR_CARD_BAC_NOT_OFFERED,
	  "bac_not_offered",
	  424,
	  false,
	  &next_key,
	  { "Thẻ không nhận cách truy cập BAC.",
	    "The card does not offer Basic Access Control." } },

	{ CCCD_ERR_DATA_TRUNCATED,
	  "data_truncated",
	  424,
	  false,
	  &next_doubt,
	  { "Dữ liệu bị cụt.", "The data ends too early." } },
	{ CCCD_ERR_DATA_MALFORMED,
	  "data_malformed",
	  424,
	  false,
	  &next_doubt,
	  { "Dữ liệu sai cấu trúc.", "The data is malformed." } },
	{ CCCD_ERR_DATA_TOO_LARGE,
	  "data_too_large",
	  424,
	  false,
	  &next_doubt,
	  { "Dữ liệu lớn quá giới hạn.", "The data is beyond the limit." } },
	{ CCCD_ERR_DATA_MISSING,
	  "data_missing",
	  424,
	  false,
	  &next_doubt,
	  { "Thiếu một phần dữ liệu bắt buộc.",
	    "A required part of the data is missing." } },
	{ CCCD_ERR_DATA_DUPLICATE,
	  "data_duplicate",
	  424,
	  false,
	  &next_doubt,
	  { "Một phần dữ liệu bị lặp.", "A part of the data stands twice." } },
	{ CCCD_ERR_DATA_UNSUPPORTED,
	  "data_unsupported",
	  424,
	  false,
	  &next_support,
	  { "Dạng dữ liệu chưa được hỗ trợ.",
	    "This form of data is not supported." } },
	{ CCCD_ERR_DATA_PICTURE,
	  "picture_not_rendered",
	  424,
	  false,
	  &next_photo,
	  { "Không hiển thị được ảnh trên chip.",
	    "The picture on the chip cannot be shown." } },

	{ CCCD_ERR_CRYPTO_FAILED,
	  "crypto_failed",
	  500,
	  false,
	  &next_support,
	  { "Phép tính mật mã thất bại.",
	    "A cryptographic operation failed." } },
	{ CCCD_ERR_CRYPTO_RANDOM,
	  "random_failed",
	  500,
	  false,
	  &next_support,
	  { "Máy không cấp được số ngẫu nhiên.",
	    "The machine gave no random numbers." } },
	{ CCCD_ERR_CRYPTO_UNSUPPORTED,
	  "algorithm_not_supported",
	  424,
	  false,
	  &next_support,
	  { "Thuật toán của thẻ chưa được hỗ trợ.",
	    "The card's algorithm is not supported." } },
	{ CCCD_ERR_CRYPTO_KEY,
	  "key_invalid",
	  424,
	  false,
	  &next_doubt,
	  { "Thẻ gửi khoá công khai không hợp lệ.",
	    "The card sent an invalid public key." } },
	{ CCCD_ERR_CRYPTO_REFLECTED,
	  "key_reflected",
	  424,
	  false,
	  &next_doubt,
	  { "Thẻ gửi trả lại chính khoá của đầu đọc.",
	    "The card sent our own key back." } },
	{ CCCD_ERR_CRYPTO_TOKEN,
	  "card_token_wrong",
	  424,
	  false,
	  &next_doubt,
	  { "Thẻ không chứng minh được khoá phiên.",
	    "The card did not prove the session key." } },
	{ CCCD_ERR_SM_BROKEN,
	  "secure_messaging_broken",
	  424,
	  true,
	  &next_card,
	  { "Kênh bảo mật với thẻ bị đứt.",
	    "The secure channel to the card broke." } },
	{ CCCD_ERR_BAC_MAC,
	  "bac_mac_wrong",
	  424,
	  false,
	  &next_doubt,
	  { "Thẻ trả lời BAC với mã xác thực sai.",
	    "The card's BAC answer has a wrong MAC." } },
	{ CCCD_ERR_BAC_RND_IFD,
	  "bac_rnd_ifd_wrong",
	  424,
	  false,
	  &next_doubt,
	  { "Thẻ trả lời BAC với số ngẫu nhiên của đầu đọc bị sai.",
	    "The card's BAC answer does not hold RND.IFD." } },
	{ CCCD_ERR_BAC_RND_IC,
	  "bac_rnd_ic_wrong",
	  424,
	  false,
	  &next_doubt,
	  { "Thẻ trả lời BAC với số ngẫu nhiên của thẻ bị sai.",
	    "The card's BAC answer does not hold RND.IC." } },
	{ CCCD_ERR_BAC_LENGTH,
	  "bac_length_wrong",
	  424,
	  false,
	  &next_doubt,
	  { "Thẻ trả lời BAC sai độ dài.",
	    "The card's BAC answer has a wrong length." } },

	{ CCCD_ERR_TRUST_STORE_MISSING,
	  "trust_store_missing",
	  503,
	  false,
	  &next_trust,
	  { "Chưa có kho chứng thư tin cậy.",
	    "There is no store of trusted certificates." } },
	{ CCCD_ERR_TRUST_STORE_BAD,
	  "trust_store_bad",
	  503,
	  false,
	  &next_trust,
	  { "Kho chứng thư tin cậy bị hỏng.",
	    "The store of trusted certificates is damaged." } },
	{ CCCD_ERR_TRUST_REFUSED,
	  "trust_refused",
	  422,
	  false,
	  &next_trust,
	  { "Chứng thư hoặc danh sách không được chấp nhận.",
	    "The certificate or list was not admitted." } },

	{ CCCD_ERR_POLICY_DOWNGRADE,
	  "downgrade_refused",
	  424,
	  false,
	  &next_doubt,
	  { "Thẻ lùi từ PACE về BAC; quy định ở đây không cho phép.",
	    "The card fell back from PACE to BAC; policy forbids it." } },
	{ CCCD_ERR_POLICY_CONFIG,
	  "configuration_bad",
	  503,
	  false,
	  &next_config,
	  { "Một tệp cấu hình bị sai.", "A configuration file is bad." } },
	{ CCCD_ERR_POLICY_REFUSED,
	  "policy_refused",
	  403,
	  false,
	  &next_config,
	  { "Quy định ở đây không cho phép việc này.",
	    "Policy does not permit this." } },

	{ CCCD_ERR_USAGE_ARGUMENT,
	  "bad_argument",
	  400,
	  false,
	  &next_usage,
	  { "Tham số không hợp lệ.", "An argument is not valid." } },
	{ CCCD_ERR_USAGE_KEY_MISSING,
	  "access_key_missing",
	  422,
	  true,
	  &next_key,
	  { "Cần số căn cước, mã CAN hoặc vùng MRZ để mở thẻ.",
	    "The card needs the ID number, the CAN or the MRZ." } },
	{ CCCD_ERR_USAGE_KEY_MALFORMED,
	  "access_key_malformed",
	  422,
	  true,
	  &next_key,
	  { "Số hoặc mã đã nhập sai dạng.",
	    "The access key has a wrong form." } },
	{ CCCD_ERR_USAGE_STATE,
	  "bad_state",
	  409,
	  false,
	  &next_support,
	  { "Lệnh gọi sai thứ tự.", "The call came out of order." } },
	{ CCCD_ERR_USAGE_FILE,
	  "file_error",
	  500,
	  false,
	  &next_usage,
	  { "Không đọc hoặc ghi được tệp.",
	    "A file cannot be read or written." } },
	{ CCCD_ERR_CANCELLED,
	  "cancelled",
	  410,
	  true,
	  &next_none,
	  { "Đã huỷ.", "Cancelled." } },

	{ CCCD_ERR_MEMORY,
	  "out_of_memory",
	  500,
	  true,
	  &next_support,
	  { "Máy hết bộ nhớ.", "The machine is out of memory." } },
	{ CCCD_ERR_RENDERER,
	  "renderer_unavailable",
	  503,
	  false,
	  &next_support,
	  { "Máy này không chuyển được ảnh (thiếu cccd-render).",
	    "This machine cannot render pictures (no cccd-render)." } },
	{ CCCD_ERR_INTERNAL,
	  "internal",
	  500,
	  false,
	  &next_support,
	  { "Lỗi bên trong chương trình.", "An internal error." } },
};

static const struct error_row *row_of(enum cccd_err err)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].err == err)
			return &rows[i];
	return &rows[ARRAY_LEN(rows) - 1];
}

const char *cccd_err_code(enum cccd_err err)
{
	return row_of(err)->code;
}

const char *cccd_err_text(enum cccd_err err, enum cccd_lang lang)
{
	return row_of(err)->text[lang == CCCD_LANG_EN];
}

const char *cccd_err_next(enum cccd_err err)
{
	return row_of(err)->next->code;
}

const char *cccd_err_next_text(enum cccd_err err, enum cccd_lang lang)
{
	return row_of(err)->next->text[lang == CCCD_LANG_EN];
}

int cccd_err_http_status(enum cccd_err err)
{
	return row_of(err)->http_status;
}

bool cccd_err_retryable(enum cccd_err err)
{
	return row_of(err)->retryable;
}

enum cccd_err_domain cccd_err_domain(enum cccd_err err)
{
	return (enum cccd_err_domain)((unsigned int)err >> 8);
}

enum cccd_lang cccd_lang_from_environment(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		/* Read once at start-up, before any thread. */
		const char *value =
		        getenv(names[i]); /* NOLINT(concurrency-mt-unsafe) */

		if (value != NULL && value[0] != '\0')
			return strncmp(value, "en", 2) == 0 ? CCCD_LANG_EN
			                                    : CCCD_LANG_VI;
	}
	return CCCD_LANG_VI;
}
