/* SPDX-License-Identifier: Apache-2.0 */
/* What a person can do about an error. */
#include "base/error_table.h"

const struct next_step next_none = { "none", { "", "" } };
const struct next_step next_reader = {
	"check_reader",
	{ "Cắm lại đầu đọc rồi chạy: cccd readers",
	  "Plug the reader in again, then run: cccd readers" }
};
const struct next_step next_service = {
	"start_pcscd",
	{ "Khởi động dịch vụ đầu đọc: sudo systemctl start pcscd",
	  "Start the reader service: sudo systemctl start pcscd" }
};
const struct next_step next_wait = {
	"wait_and_retry",
	{ "Đóng chương trình đang dùng đầu đọc, rồi thử lại.",
	  "Close the program that uses the reader, then try again." }
};
const struct next_step next_card = {
	"lay_card",
	{ "Đặt thẻ nằm yên trên đầu đọc rồi thử lại.",
	  "Lay the card flat on the reader, keep it still, and try again." }
};
const struct next_step next_key = {
	"ask_access_key",
	{ "Kiểm tra số in trên thẻ (hoặc vùng MRZ) rồi nhập lại.",
	  "Check the number printed on the card (or its MRZ) and enter it "
	  "again." }
};
const struct next_step next_other_card = {
	"use_other_document",
	{ "Dùng thẻ khác, hoặc kiểm tra giấy tờ theo cách thủ công.",
	  "Use another card, or check the document by hand." }
};
const struct next_step next_doubt = {
	"check_by_hand",
	{ "Không dùng dữ liệu này; giữ thẻ lại để kiểm tra thủ công.",
	  "Do not use this data; have the document checked by hand." }
};
const struct next_step next_photo = {
	"compare_photo",
	{ "Đối chiếu với ảnh in trên thẻ.",
	  "Compare with the photograph printed on the card." }
};
const struct next_step next_trust = {
	"install_trust",
	{ "Nạp chứng thư CSCA do cơ quan có thẩm quyền cung cấp: "
	  "cccd trust import TỆP",
	  "Import the CSCA certificate from the authority: "
	  "cccd trust import FILE" }
};
const struct next_step next_config = {
	"mend_configuration",
	{ "Sửa cấu hình theo dòng được nêu rồi thử lại.",
	  "Mend the configuration at the place named, then try again." }
};
const struct next_step next_usage = {
	"read_manual", { "Xem hướng dẫn: cccd --help", "See: cccd --help" }
};
const struct next_step next_support = {
	"call_support",
	{ "Ghi lại mã lỗi và báo người quản trị.",
	  "Note the error code and tell the administrator." }
};
const struct next_step next_pause = {
	"pause_and_retry",
	{ "Chờ hết thời gian ghi ở Retry-After rồi thử lại.",
	  "Wait as long as Retry-After says, then try again." }
};
const struct next_step next_again = {
	"start_again", { "Bắt đầu một lượt đọc mới.", "Start a new read." }
};
const struct next_step next_front_end = {
	"mend_request",
	{ "Báo nhà cung cấp phần mềm: yêu cầu gửi tới cccdd chưa đúng.",
	  "Tell the maker of the front end: its request is not right." }
};
const struct next_step next_registry = {
	"mend_registration",
	{ "Nhờ người quản trị sửa đăng ký phần mềm: cccd rp list",
	  "Have the administrator mend the registration: cccd rp list" }
};
const struct next_step next_agent = {
	"start_agent",
	{ "Mở chương trình xin đồng ý trên máy này rồi thử lại.",
	  "Start the consent agent on this machine, then try again." }
};
const struct next_step next_consent = {
	"ask_consent",
	{ "Hỏi lại người dân; không đồng ý thì không đọc thẻ.",
	  "Ask the citizen again; without consent the card is not read." }
};
const struct next_step next_device = {
	"register_device",
	{ "Trên máy đọc chạy: cccd device show --jwks, rồi nhờ người quản trị "
	  "bên nhận thêm khoá đó.",
	  "On the desk run: cccd device show --jwks; have the administrator of "
	  "the system that checks it add that key." }
};
const struct next_step next_devices = {
	"list_devices",
	{ "Không cần làm gì thêm. Xem các khoá: cccd-gateway device list",
	  "Nothing is to be done. See the keys: cccd-gateway device list" }
};
const struct next_step next_new_key = {
	"make_new_key",
	{ "Trên máy đọc chạy: cccd device rotate, rồi nhờ người quản trị thêm "
	  "khoá mới.",
	  "On the desk run: cccd device rotate; have the administrator add the "
	  "new key." }
};
const struct next_step next_log = {
	"keep_log",
	{ "Giữ nguyên nhật ký, không sửa hay xoá, và báo người chịu trách "
	  "nhiệm.",
	  "Keep the log as it is, change and delete nothing, and tell whoever "
	  "is responsible." }
};
const struct next_step next_token = {
	"check_token",
	{ "Bắt đầu một lượt đọc mới; nếu vẫn lỗi, nhờ người quản trị kiểm tra "
	  "mã truy cập của phần mềm.",
	  "Start a new read; if that fails too, have the administrator check "
	  "the token of the front end or back end." }
};
