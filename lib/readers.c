/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of this machine, for the public interface. */
#include <cccd/reader.h>

#include <string.h>

#include "base/macros.h"
#include "reader/reader.h"
#include "reader/survey.h"

struct problem_row {
	const char *code;
	const char *text[2];
};

static const struct problem_row problems[] = {
	{ "pcscd_missing",
	  { "Chưa cài dịch vụ đầu đọc thẻ (pcscd).",
	    "The reader service pcscd is not installed." } },
	{ "pcscd_not_running",
	  { "Dịch vụ đầu đọc thẻ (pcscd) không chạy.",
	    "The reader service pcscd does not run." } },
	{ "pcscd_permission",
	  { "Người dùng này không được phép dùng dịch vụ pcscd; sau lệnh sau, "
	    "đăng nhập lại.",
	    "This user may not use pcscd; after the command, log in again." } },
	{ "pcscd_refused",
	  { "Chính sách hệ thống (polkit) chỉ cho phiên làm việc tại chỗ dùng "
	    "đầu đọc.",
	    "A rule of the system (polkit) lets only active local sessions "
	    "use readers." } },
	{ "ccid_driver_missing",
	  { "Chưa cài trình điều khiển đầu đọc USB (libccid).",
	    "The driver of USB readers, libccid, is not installed." } },
	{ "told_to_ignore",
	  { "Một luật udev bảo pcscd bỏ qua đầu đọc này.",
	    "A udev rule tells pcscd to pass this reader over." } },
	{ "not_served",
	  { "Đầu đọc đã cắm nhưng pcscd không nhận.",
	    "The reader is plugged in, but pcscd does not serve it." } },
	{ "kernel_driver",
	  { "Mô-đun của nhân hệ điều hành đang giữ đầu đọc này.",
	    "A module of the kernel holds this reader." } },
	{ "device_permission",
	  { "Người dùng này không được phép mở thiết bị; nếu lệnh thêm nhóm, "
	    "hãy đăng nhập lại.",
	    "This user may not open the device; when the command adds a "
	    "group, log in again." } },
	{ "nfc_program_missing",
	  { "Thiếu chương trình cccd-nfc, cần cho đầu đọc NFC này.",
	    "The program cccd-nfc, which this NFC reader needs, is "
	    "missing." } },
};

enum cccd_err cccd_reader_list(struct cccd_error *error,
                               struct cccd_reader_list *ret)
{
	return reader_list(error, ret);
}

enum cccd_err cccd_reader_survey(struct cccd_error *error,
                                 struct cccd_reader_list *ret)
{
	struct host host;

	host_here(&host);
	return survey(&host, error, ret);
}

const char *cccd_reader_problem_text(const char *code, enum cccd_lang lang)
{
	for (size_t i = 0; i < ARRAY_LEN(problems); i++)
		if (strcmp(problems[i].code, code) == 0)
			return problems[i].text[lang == CCCD_LANG_EN];
	return "";
}
