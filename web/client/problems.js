/* SPDX-License-Identifier: Apache-2.0 */
/* Every problem and next step, in Vietnamese and English.
 * Written by scripts/make-web-words from base/error_table.c and base/error_next.c:
 * change it there. */
export const problems = Object.freeze({
	"access_key_blocked": {
		status: 422, retryable: false, next: "use_other_document",
		vi: "Mã truy cập của thẻ đã bị khoá.",
		en: "The card's access key is blocked or suspended.",
	},
	"access_key_malformed": {
		status: 422, retryable: true, next: "ask_access_key",
		vi: "Số hoặc mã đã nhập sai dạng.",
		en: "The access key has a wrong form.",
	},
	"access_key_missing": {
		status: 422, retryable: true, next: "ask_access_key",
		vi: "Cần số căn cước, mã CAN hoặc vùng MRZ để mở thẻ.",
		en: "The card needs the ID number, the CAN or the MRZ.",
	},
	"access_key_not_allowed": {
		status: 403, retryable: false, next: "mend_registration",
		vi: "Khoá mở thẻ không được phép đến từ nơi này.",
		en: "An access key may not come from this side.",
	},
	"access_key_rejected": {
		status: 422, retryable: true, next: "ask_access_key",
		vi: "Thẻ từ chối số hoặc mã đã nhập.",
		en: "The card refused the access key.",
	},
	"agent_unavailable": {
		status: 503, retryable: true, next: "start_agent",
		vi: "Chưa có chương trình xin đồng ý trên máy này.",
		en: "No consent agent is connected.",
	},
	"algorithm_not_supported": {
		status: 424, retryable: false, next: "call_support",
		vi: "Thuật toán của thẻ chưa được hỗ trợ.",
		en: "The card's algorithm is not supported.",
	},
	"algorithm_wrong": {
		status: 422, retryable: false, next: "call_support",
		vi: "Thuật toán của bản xác nhận không phải của khoá thiết bị.",
		en: "The algorithm of the assertion is not that of the device key.",
	},
	"apdu_too_long": {
		status: 424, retryable: false, next: "call_support",
		vi: "Lệnh vượt quá giới hạn của đầu đọc.",
		en: "The command is longer than the reader allows.",
	},
	"assertion_expired": {
		status: 422, retryable: false, next: "start_again",
		vi: "Bản xác nhận đã hết hạn.",
		en: "The assertion has expired.",
	},
	"assertion_malformed": {
		status: 422, retryable: false, next: "start_again",
		vi: "Bản xác nhận không đúng dạng.",
		en: "The assertion is malformed.",
	},
	"assertion_too_old": {
		status: 422, retryable: false, next: "start_again",
		vi: "Bản xác nhận đã lập quá lâu.",
		en: "The assertion was made too long ago.",
	},
	"assertion_type_wrong": {
		status: 422, retryable: false, next: "start_again",
		vi: "Đây không phải là bản xác nhận đọc thẻ.",
		en: "This token is no assertion of a card reading.",
	},
	"audience_not_allowed": {
		status: 403, retryable: false, next: "mend_registration",
		vi: "Nơi nhận kết quả này không được đăng ký.",
		en: "This audience is not registered.",
	},
	"audience_wrong": {
		status: 422, retryable: false, next: "mend_registration",
		vi: "Bản xác nhận được lập cho hệ thống khác.",
		en: "The assertion was made for another system.",
	},
	"audit_unavailable": {
		status: 503, retryable: true, next: "call_support",
		vi: "Không ghi được nhật ký, nên không giao kết quả.",
		en: "The audit log cannot be written: no result leaves.",
	},
	"bac_length_wrong": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Thẻ trả lời BAC sai độ dài.",
		en: "The card's BAC answer has a wrong length.",
	},
	"bac_mac_wrong": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Thẻ trả lời BAC với mã xác thực sai.",
		en: "The card's BAC answer has a wrong MAC.",
	},
	"bac_not_offered": {
		status: 424, retryable: false, next: "ask_access_key",
		vi: "Thẻ không nhận cách truy cập BAC.",
		en: "The card does not offer Basic Access Control.",
	},
	"bac_rnd_ic_wrong": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Thẻ trả lời BAC với số ngẫu nhiên của thẻ bị sai.",
		en: "The card's BAC answer does not hold RND.IC.",
	},
	"bac_rnd_ifd_wrong": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Thẻ trả lời BAC với số ngẫu nhiên của đầu đọc bị sai.",
		en: "The card's BAC answer does not hold RND.IFD.",
	},
	"bad_argument": {
		status: 400, retryable: false, next: "read_manual",
		vi: "Tham số không hợp lệ.",
		en: "An argument is not valid.",
	},
	"bad_state": {
		status: 409, retryable: false, next: "call_support",
		vi: "Lệnh gọi sai thứ tự.",
		en: "The call came out of order.",
	},
	"cancelled": {
		status: 410, retryable: true, next: "none",
		vi: "Đã huỷ.",
		en: "Cancelled.",
	},
	"card_changed": {
		status: 424, retryable: true, next: "lay_card",
		vi: "Một thẻ khác đã được đặt vào giữa chừng.",
		en: "Another card was laid on the reader half-way.",
	},
	"card_mute": {
		status: 424, retryable: true, next: "lay_card",
		vi: "Thẻ không trả lời.",
		en: "The card does not answer.",
	},
	"card_not_proven": {
		status: 422, retryable: false, next: "check_by_hand",
		vi: "Thẻ chưa được xác thực, nên không tra cứu.",
		en: "The card is not proven, so nothing is looked up.",
	},
	"card_not_supported": {
		status: 424, retryable: false, next: "use_other_document",
		vi: "Đây không phải thẻ căn cước hay hộ chiếu gắn chip.",
		en: "This is not a chip ID card or passport.",
	},
	"card_protocol_error": {
		status: 424, retryable: true, next: "lay_card",
		vi: "Thẻ trả lời sai quy cách.",
		en: "The card's answer breaks the protocol.",
	},
	"card_refused": {
		status: 424, retryable: true, next: "lay_card",
		vi: "Thẻ từ chối một lệnh.",
		en: "The card refused a command.",
	},
	"card_removed": {
		status: 424, retryable: true, next: "lay_card",
		vi: "Thẻ đã bị nhấc ra khi đang đọc.",
		en: "The card was taken away during the read.",
	},
	"card_token_wrong": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Thẻ không chứng minh được khoá phiên.",
		en: "The card did not prove the session key.",
	},
	"configuration_bad": {
		status: 503, retryable: false, next: "mend_configuration",
		vi: "Một tệp cấu hình bị sai.",
		en: "A configuration file is bad.",
	},
	"consent_refused": {
		status: 422, retryable: true, next: "ask_consent",
		vi: "Người dân không đồng ý.",
		en: "Consent was refused.",
	},
	"crypto_failed": {
		status: 500, retryable: false, next: "call_support",
		vi: "Phép tính mật mã thất bại.",
		en: "A cryptographic operation failed.",
	},
	"data_duplicate": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Một phần dữ liệu bị lặp.",
		en: "A part of the data stands twice.",
	},
	"data_malformed": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Dữ liệu sai cấu trúc.",
		en: "The data is malformed.",
	},
	"data_missing": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Thiếu một phần dữ liệu bắt buộc.",
		en: "A required part of the data is missing.",
	},
	"data_too_large": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Dữ liệu lớn quá giới hạn.",
		en: "The data is beyond the limit.",
	},
	"data_truncated": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Dữ liệu bị cụt.",
		en: "The data ends too early.",
	},
	"data_unsupported": {
		status: 424, retryable: false, next: "call_support",
		vi: "Dạng dữ liệu chưa được hỗ trợ.",
		en: "This form of data is not supported.",
	},
	"device_known": {
		status: 409, retryable: false, next: "list_devices",
		vi: "Khoá này đã được đăng ký từ trước.",
		en: "This key is registered already.",
	},
	"device_revoked": {
		status: 422, retryable: false, next: "make_new_key",
		vi: "Khoá của máy đọc này đã bị thu hồi.",
		en: "This desk's device key was revoked.",
	},
	"device_unknown": {
		status: 422, retryable: false, next: "register_device",
		vi: "Máy đọc này chưa được đăng ký.",
		en: "This desk's device key is not registered.",
	},
	"downgrade_refused": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Thẻ lùi từ PACE về BAC; quy định ở đây không cho phép.",
		en: "The card fell back from PACE to BAC; policy forbids it.",
	},
	"file_error": {
		status: 500, retryable: false, next: "read_manual",
		vi: "Không đọc hoặc ghi được tệp.",
		en: "A file cannot be read or written.",
	},
	"file_locked": {
		status: 424, retryable: false, next: "none",
		vi: "Tệp này cần quyền đọc cao hơn.",
		en: "This file needs further rights.",
	},
	"file_missing": {
		status: 424, retryable: false, next: "none",
		vi: "Thẻ không có tệp này.",
		en: "The card does not have this file.",
	},
	"format_not_allowed": {
		status: 403, retryable: false, next: "mend_registration",
		vi: "Định dạng kết quả này không được đăng ký.",
		en: "This format of the result is not registered.",
	},
	"internal": {
		status: 500, retryable: false, next: "call_support",
		vi: "Lỗi bên trong chương trình.",
		en: "An internal error.",
	},
	"key_invalid": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Thẻ gửi khoá công khai không hợp lệ.",
		en: "The card sent an invalid public key.",
	},
	"key_reflected": {
		status: 424, retryable: false, next: "check_by_hand",
		vi: "Thẻ gửi trả lại chính khoá của đầu đọc.",
		en: "The card sent our own key back.",
	},
	"log_broken": {
		status: 500, retryable: false, next: "keep_log",
		vi: "Nhật ký đã bị sửa hoặc thiếu.",
		en: "The log was changed, or lines of it are missing.",
	},
	"malformed_request": {
		status: 400, retryable: false, next: "mend_request",
		vi: "Yêu cầu sai dạng.",
		en: "The request is malformed.",
	},
	"misdirected_host": {
		status: 421, retryable: false, next: "mend_request",
		vi: "Yêu cầu gửi tới sai tên máy.",
		en: "The request names another host.",
	},
	"no_card": {
		status: 424, retryable: true, next: "lay_card",
		vi: "Chưa thấy thẻ trên đầu đọc.",
		en: "No card was laid on the reader.",
	},
	"no_reader": {
		status: 503, retryable: true, next: "check_reader",
		vi: "Không tìm thấy đầu đọc thẻ.",
		en: "No card reader was found.",
	},
	"nonce_expired": {
		status: 422, retryable: false, next: "start_again",
		vi: "Lần đọc thẻ kéo dài quá thời hạn cho phép.",
		en: "The reading took longer than its nonce lives.",
	},
	"nonce_spent": {
		status: 409, retryable: false, next: "start_again",
		vi: "Bản xác nhận này đã được dùng một lần rồi.",
		en: "This assertion has been used before.",
	},
	"nonce_too_short": {
		status: 422, retryable: false, next: "mend_request",
		vi: "Số ngẫu nhiên của máy chủ ngắn hơn 256 bit.",
		en: "The nonce is shorter than 256 bits.",
	},
	"nonce_wrong": {
		status: 422, retryable: false, next: "start_again",
		vi: "Bản xác nhận thuộc về một lần đọc khác.",
		en: "The assertion belongs to another reading.",
	},
	"not_yet_valid": {
		status: 422, retryable: false, next: "start_again",
		vi: "Bản xác nhận chưa có hiệu lực; xem lại đồng hồ của máy.",
		en: "The assertion is not valid yet; check the clocks.",
	},
	"origin_not_registered": {
		status: 403, retryable: false, next: "mend_registration",
		vi: "Trang hoặc người dùng này chưa được đăng ký.",
		en: "This origin or user is not registered.",
	},
	"other_citizen": {
		status: 422, retryable: false, next: "check_by_hand",
		vi: "Thẻ trên bàn đọc là của công dân khác.",
		en: "The card on the desk belongs to another citizen.",
	},
	"out_of_memory": {
		status: 500, retryable: true, next: "call_support",
		vi: "Máy hết bộ nhớ.",
		en: "The machine is out of memory.",
	},
	"pcsc_unavailable": {
		status: 503, retryable: true, next: "start_pcscd",
		vi: "Không kết nối được dịch vụ đầu đọc (pcscd).",
		en: "The reader service (pcscd) cannot be reached.",
	},
	"picture_not_rendered": {
		status: 424, retryable: false, next: "compare_photo",
		vi: "Không hiển thị được ảnh trên chip.",
		en: "The picture on the chip cannot be shown.",
	},
	"policy_refused": {
		status: 403, retryable: false, next: "mend_configuration",
		vi: "Quy định ở đây không cho phép việc này.",
		en: "Policy does not permit this.",
	},
	"portrait_not_available": {
		status: 404, retryable: false, next: "none",
		vi: "Không có ảnh chân dung cho phiên đọc này.",
		en: "This session has no portrait to give.",
	},
	"purpose_not_allowed": {
		status: 403, retryable: false, next: "mend_registration",
		vi: "Mục đích này không được đăng ký.",
		en: "This purpose is not registered.",
	},
	"random_failed": {
		status: 500, retryable: false, next: "call_support",
		vi: "Máy không cấp được số ngẫu nhiên.",
		en: "The machine gave no random numbers.",
	},
	"rate_limited": {
		status: 429, retryable: true, next: "pause_and_retry",
		vi: "Quá nhiều yêu cầu.",
		en: "Too many requests.",
	},
	"reader_busy": {
		status: 409, retryable: true, next: "wait_and_retry",
		vi: "Đầu đọc đang được chương trình khác sử dụng.",
		en: "Another program is using the reader.",
	},
	"reader_io": {
		status: 424, retryable: true, next: "lay_card",
		vi: "Truyền dữ liệu với thẻ bị lỗi.",
		en: "The transmission to the card failed.",
	},
	"reader_lost": {
		status: 424, retryable: true, next: "check_reader",
		vi: "Đầu đọc đã bị rút ra.",
		en: "The reader was unplugged.",
	},
	"reader_permission": {
		status: 503, retryable: false, next: "call_support",
		vi: "Hệ thống không cho phép dùng đầu đọc.",
		en: "The system does not permit the use of the reader.",
	},
	"reader_timeout": {
		status: 424, retryable: true, next: "lay_card",
		vi: "Đầu đọc hoặc thẻ trả lời quá chậm.",
		en: "The reader or the card took too long to answer.",
	},
	"reader_unsupported": {
		status: 424, retryable: false, next: "check_reader",
		vi: "Đầu đọc không hỗ trợ thao tác này.",
		en: "The reader does not support this operation.",
	},
	"relying_party_mismatch": {
		status: 403, retryable: false, next: "mend_registration",
		vi: "Yêu cầu nêu tên một bên sử dụng khác.",
		en: "The request names another relying party.",
	},
	"renderer_unavailable": {
		status: 503, retryable: false, next: "call_support",
		vi: "Máy này không chuyển được ảnh (thiếu cccd-render).",
		en: "This machine cannot render pictures (no cccd-render).",
	},
	"request_signature_invalid": {
		status: 422, retryable: false, next: "mend_request",
		vi: "Chữ ký của yêu cầu thiếu hoặc không đúng.",
		en: "The signature of the request is missing or not valid.",
	},
	"result_already_delivered": {
		status: 410, retryable: false, next: "start_again",
		vi: "Kết quả đã được giao và không giao lại.",
		en: "The result was delivered before, and is not again.",
	},
	"scope_not_allowed": {
		status: 403, retryable: false, next: "mend_registration",
		vi: "Phần mềm này không được xin trường dữ liệu đó.",
		en: "This relying party may not ask for that scope.",
	},
	"secure_messaging_broken": {
		status: 424, retryable: true, next: "lay_card",
		vi: "Kênh bảo mật với thẻ bị đứt.",
		en: "The secure channel to the card broke.",
	},
	"session_expired": {
		status: 410, retryable: false, next: "start_again",
		vi: "Phiên đọc đã hết hạn.",
		en: "The session has expired.",
	},
	"session_not_found": {
		status: 404, retryable: false, next: "start_again",
		vi: "Không có phiên đọc này.",
		en: "There is no such session.",
	},
	"signature_bad": {
		status: 422, retryable: false, next: "call_support",
		vi: "Chữ ký của bản xác nhận không đúng.",
		en: "The signature of the assertion does not hold.",
	},
	"store_unavailable": {
		status: 503, retryable: true, next: "call_support",
		vi: "Không truy cập được cơ sở dữ liệu của cổng tra cứu.",
		en: "The gateway's database does not answer.",
	},
	"token_invalid": {
		status: 401, retryable: false, next: "check_token",
		vi: "Mã truy cập không hợp lệ.",
		en: "The access token is not valid.",
	},
	"too_large": {
		status: 413, retryable: false, next: "mend_request",
		vi: "Yêu cầu quá lớn.",
		en: "The request is too large.",
	},
	"trust_refused": {
		status: 422, retryable: false, next: "install_trust",
		vi: "Chứng thư hoặc danh sách không được chấp nhận.",
		en: "The certificate or list was not admitted.",
	},
	"trust_store_bad": {
		status: 503, retryable: false, next: "install_trust",
		vi: "Kho chứng thư tin cậy bị hỏng.",
		en: "The store of trusted certificates is damaged.",
	},
	"trust_store_missing": {
		status: 503, retryable: false, next: "install_trust",
		vi: "Chưa có kho chứng thư tin cậy.",
		en: "There is no store of trusted certificates.",
	},
	"unsupported_media_type": {
		status: 415, retryable: false, next: "mend_request",
		vi: "Kiểu nội dung của yêu cầu không được hỗ trợ.",
		en: "The content type of the request is not supported.",
	},
});

export const nextSteps = Object.freeze({
	"ask_access_key": {
		vi: "Kiểm tra số in trên thẻ (hoặc vùng MRZ) rồi nhập lại.",
		en: "Check the number printed on the card (or its MRZ) and enter it again.",
	},
	"ask_consent": {
		vi: "Hỏi lại người dân; không đồng ý thì không đọc thẻ.",
		en: "Ask the citizen again; without consent the card is not read.",
	},
	"call_support": {
		vi: "Ghi lại mã lỗi và báo người quản trị.",
		en: "Note the error code and tell the administrator.",
	},
	"check_by_hand": {
		vi: "Không dùng dữ liệu này; giữ thẻ lại để kiểm tra thủ công.",
		en: "Do not use this data; have the document checked by hand.",
	},
	"check_reader": {
		vi: "Cắm lại đầu đọc rồi chạy: cccd readers",
		en: "Plug the reader in again, then run: cccd readers",
	},
	"check_token": {
		vi: "Bắt đầu một lượt đọc mới; nếu vẫn lỗi, nhờ người quản trị kiểm tra mã truy cập của phần mềm.",
		en: "Start a new read; if that fails too, have the administrator check the token of the front end or back end.",
	},
	"compare_photo": {
		vi: "Đối chiếu với ảnh in trên thẻ.",
		en: "Compare with the photograph printed on the card.",
	},
	"install_trust": {
		vi: "Nạp chứng thư CSCA do cơ quan có thẩm quyền cung cấp: cccd trust import TỆP",
		en: "Import the CSCA certificate from the authority: cccd trust import FILE",
	},
	"keep_log": {
		vi: "Giữ nguyên nhật ký, không sửa hay xoá, và báo người chịu trách nhiệm.",
		en: "Keep the log as it is, change and delete nothing, and tell whoever is responsible.",
	},
	"lay_card": {
		vi: "Đặt thẻ nằm yên trên đầu đọc rồi thử lại.",
		en: "Lay the card flat on the reader, keep it still, and try again.",
	},
	"list_devices": {
		vi: "Không cần làm gì thêm. Xem các khoá: cccd-gateway device list",
		en: "Nothing is to be done. See the keys: cccd-gateway device list",
	},
	"make_new_key": {
		vi: "Trên máy đọc chạy: cccd device rotate, rồi nhờ người quản trị thêm khoá mới.",
		en: "On the desk run: cccd device rotate; have the administrator add the new key.",
	},
	"mend_configuration": {
		vi: "Sửa cấu hình theo dòng được nêu rồi thử lại.",
		en: "Mend the configuration at the place named, then try again.",
	},
	"mend_registration": {
		vi: "Nhờ người quản trị sửa đăng ký phần mềm: cccd rp list",
		en: "Have the administrator mend the registration: cccd rp list",
	},
	"mend_request": {
		vi: "Báo nhà cung cấp phần mềm: yêu cầu gửi tới cccdd chưa đúng.",
		en: "Tell the maker of the front end: its request is not right.",
	},
	"none": {
		vi: "",
		en: "",
	},
	"pause_and_retry": {
		vi: "Chờ hết thời gian ghi ở Retry-After rồi thử lại.",
		en: "Wait as long as Retry-After says, then try again.",
	},
	"read_manual": {
		vi: "Xem hướng dẫn: cccd --help",
		en: "See: cccd --help",
	},
	"register_device": {
		vi: "Trên máy đọc chạy: cccd device show --jwks, rồi nhờ người quản trị bên nhận thêm khoá đó.",
		en: "On the desk run: cccd device show --jwks; have the administrator of the system that checks it add that key.",
	},
	"start_again": {
		vi: "Bắt đầu một lượt đọc mới.",
		en: "Start a new read.",
	},
	"start_agent": {
		vi: "Mở chương trình xin đồng ý trên máy này rồi thử lại.",
		en: "Start the consent agent on this machine, then try again.",
	},
	"start_pcscd": {
		vi: "Khởi động dịch vụ đầu đọc: sudo systemctl start pcscd",
		en: "Start the reader service: sudo systemctl start pcscd",
	},
	"use_other_document": {
		vi: "Dùng thẻ khác, hoặc kiểm tra giấy tờ theo cách thủ công.",
		en: "Use another card, or check the document by hand.",
	},
	"wait_and_retry": {
		vi: "Đóng chương trình đang dùng đầu đọc, rồi thử lại.",
		en: "Close the program that uses the reader, then try again.",
	},
});
