/* SPDX-License-Identifier: Apache-2.0 */
/* Reason codes of the trust store as sentences. */
#include "cli/trust_words.h"

#include <string.h>

#include "cli/cli.h"

static const struct {
	const char *code;
	const char *text[2];
} words[] = {
	/* admitted */
	{ "anchor_by_operator",
	  { "CSCA do người quản trị nạp", "CSCA on the operator's word" } },
	{ "anchor_by_list",
	  { "CSCA theo danh sách đã được tin",
	    "CSCA on the word of a believed list" } },
	{ "link_verified",
	  { "chứng thư nối, khoá trước đã ký",
	    "link certificate, signed by the former key" } },
	{ "signer_verified",
	  { "chứng thư ký tài liệu, CSCA đã ký",
	    "document signer, signed by its CSCA" } },
	{ "crl_verified",
	  { "danh sách thu hồi, CSCA đã ký",
	    "revocation list, signed by its CSCA" } },
	{ "list_pinned",
	  { "danh sách do người ký đã ghim xác nhận",
	    "list signed by a pinned signer" } },
	{ "list_by_operator",
	  { "danh sách do người quản trị bảo đảm",
	    "list on the operator's word" } },
	{ "list_verified",
	  { "danh sách sai lệch, CSCA đã xác nhận",
	    "deviation list, signer proved up to its CSCA" } },
	{ "sound", { "tốt", "sound" } },
	/* refused */
	{ "already_there", { "đã có trong kho", "already in the store" } },
	{ "list_not_pinned",
	  { "người ký danh sách không nằm trong các chứng thư đã ghim",
	    "the list's signer is not pinned" } },
	{ "issuer_unknown",
	  { "không biết nơi cấp", "its issuer is not in the store" } },
	{ "issuer_signature_wrong",
	  { "chữ ký của nơi cấp sai", "its issuer's signature is wrong" } },
	{ "issuer_name_differs",
	  { "tên nơi cấp không khớp với khoá đã ký",
	    "the issuer's name is not that of the key that signed" } },
	{ "bad_signature", { "chữ ký sai", "the signature is wrong" } },
	{ "message_digest_mismatch",
	  { "nội dung đã bị sửa", "the content was altered" } },
	{ "signer_missing",
	  { "thiếu chứng thư của người ký",
	    "the signer's certificate is missing" } },
	{ "signer_mismatch",
	  { "chứng thư kèm theo không phải của người ký",
	    "the certificate inside is not the signer's" } },
	{ "purpose_differs",
	  { "chứng thư của người ký dùng cho việc khác",
	    "the signer's certificate is for another purpose" } },
	{ "not_a_ca", { "không phải chứng thư CSCA", "not a CA" } },
	{ "key_usage_missing",
	  { "thiếu mục đích sử dụng khoá", "the key usage is missing" } },
	{ "key_usage_not_certificates",
	  { "khoá không được phép ký chứng thư",
	    "the key may not sign certificates" } },
	{ "key_refused",
	  { "khoá hoặc đường cong không được chấp nhận",
	    "its key or curve is not accepted" } },
	{ "certificate_version",
	  { "không phải chứng thư phiên bản 3", "not version 3" } },
	{ "certificate_algorithms_differ",
	  { "hai lần ghi thuật toán không giống nhau",
	    "its two algorithm fields differ" } },
	{ "certificate_country_missing",
	  { "thiếu mã quốc gia", "it names no country" } },
	{ "critical_extension_unknown",
	  { "có phần mở rộng bắt buộc mà ta không hiểu",
	    "a critical extension is unknown" } },
	{ "extension_malformed",
	  { "phần mở rộng sai cấu trúc", "an extension is malformed" } },
	{ "extension_duplicate",
	  { "phần mở rộng bị lặp", "an extension stands twice" } },
	{ "unknown_algorithm",
	  { "thuật toán không biết", "its algorithm is unknown" } },
	{ "algorithm_not_allowed",
	  { "thuật toán bị cấm (MD5 …)",
	    "its algorithm is not allowed (MD5 …)" } },
	{ "algorithm_malformed",
	  { "tham số thuật toán sai", "its algorithm is malformed" } },
	{ "malformed", { "sai cấu trúc", "malformed" } },
	{ "too_large", { "quá lớn", "too large" } },
	{ "store_refused", { "kho từ chối", "the store refused it" } },
	{ "specimen_refused",
	  { "chứng thư mẫu, không dùng cho thẻ thật",
	    "a specimen, not for real documents" } },
	{ "file_missing", { "mất tệp", "its file is missing" } },
	{ "file_altered", { "tệp đã bị sửa", "its file was altered" } },
	{ "wrong_folder", { "nằm sai thư mục", "in the wrong folder" } },
	{ "not_in_index",
	  { "không có trong index.json, không được tin",
	    "not in index.json, not believed" } },
	/* notes */
	{ "expired", { "đã hết hạn", "expired" } },
	{ "expired_today",
	  { "người ký nay đã hết hạn, khi ký còn hạn",
	    "the signer has expired since it signed" } },
	{ "not_yet_valid", { "chưa có hiệu lực", "not valid yet" } },
	{ "weak_key", { "khoá yếu", "weak key" } },
	{ "weak_digest", { "hàm băm yếu (SHA-1)", "weak hash (SHA-1)" } },
	{ "stale_crl", { "danh sách thu hồi đã cũ", "stale" } },
};

const char *trust_words(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].code, code) == 0)
			return cli_text(words[i].text[0], words[i].text[1]);
	return code;
}
