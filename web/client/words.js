/* SPDX-License-Identifier: Apache-2.0 */
/* What checks and reasons are called at the desk.
 * Written by scripts/make-web-words from base/checks.c and lib/texts.c:
 * change it there. */
export const checks = Object.freeze({
	"access_control": {
		vi: "Mở chip",
		en: "Access control",
	},
	"active_authentication": {
		vi: "Chip ký trả lời",
		en: "Active authentication",
	},
	"card_access_consistency": {
		vi: "Thông tin truy cập khớp",
		en: "Access information agrees",
	},
	"chip_authentication": {
		vi: "Chip có khoá gốc",
		en: "Chip authentication",
	},
	"chip_genuineness": {
		vi: "Chip thật, không sao chép",
		en: "Chip is genuine",
	},
	"com_sod_consistency": {
		vi: "Danh mục tệp khớp",
		en: "List of files agrees",
	},
	"cross_data_consistency": {
		vi: "Dữ liệu khớp nhau",
		en: "Data agrees with itself",
	},
	"csca.validity": {
		vi: "Chứng thư CSCA: thời hạn",
		en: "CSCA certificate: validity",
	},
	"data_groups": {
		vi: "Các nhóm dữ liệu",
		en: "Data groups",
	},
	"document_expiry": {
		vi: "Thời hạn của thẻ",
		en: "Document expiry",
	},
	"ds_certificate.revocation": {
		vi: "Chứng thư ký: thu hồi",
		en: "Signer certificate: revocation",
	},
	"ds_certificate.signature": {
		vi: "Chứng thư ký: chữ ký CSCA",
		en: "Signer certificate: signature",
	},
	"ds_certificate.trust": {
		vi: "Chứng thư ký: tin cậy",
		en: "Signer certificate: trust",
	},
	"ds_certificate.validity": {
		vi: "Chứng thư ký: thời hạn",
		en: "Signer certificate: validity",
	},
	"issuing_state": {
		vi: "Quốc gia cấp",
		en: "Issuing state",
	},
	"mrz_consistency": {
		vi: "MRZ khớp với chip",
		en: "MRZ agrees with the chip",
	},
	"pace_cam": {
		vi: "Chip có khoá gốc (CAM)",
		en: "Chip authentication mapping",
	},
	"passive_authentication": {
		vi: "Dữ liệu nguyên gốc",
		en: "Passive authentication",
	},
	"secure_messaging": {
		vi: "Kênh bảo mật",
		en: "Secure messaging",
	},
	"security_object.hash": {
		vi: "Nội dung ký",
		en: "Signed content",
	},
	"security_object.signature": {
		vi: "Chữ ký số trên chip",
		en: "Signature on the chip",
	},
	"terminal_authentication": {
		vi: "Quyền đọc vân tay",
		en: "Terminal authentication",
	},
});

export const reasons = Object.freeze({
	"active_authentication_failed": {
		vi: "chip ký sai: nghi sao chép hoặc phát lại",
		en: "the chip's signature is wrong: perhaps a clone or a replay",
	},
	"algorithm_malformed": {
		vi: "thuật toán ghi sai cấu trúc",
		en: "the algorithm is malformed",
	},
	"algorithm_not_allowed": {
		vi: "thuật toán không được phép",
		en: "the algorithm is not allowed",
	},
	"algorithm_not_supported": {
		vi: "thuật toán chưa được hỗ trợ",
		en: "algorithm not supported",
	},
	"as_recorded": {
		vi: "theo kết quả đã ghi khi đọc",
		en: "as recorded when it was read",
	},
	"authority_key_id_missing": {
		vi: "chứng thư thiếu mã khoá của bên cấp",
		en: "the certificate lacks its issuer's key identifier",
	},
	"bac": {
		vi: "mở bằng BAC",
		en: "opened with BAC",
	},
	"bad_signature": {
		vi: "chữ ký sai: dữ liệu giả hoặc hỏng",
		en: "wrong signature: forged or damaged",
	},
	"basic_constraints_present": {
		vi: "chứng thư ký có phần ràng buộc thừa",
		en: "the signer has basic constraints",
	},
	"birth_differs": {
		vi: "ngày sinh trên chip không khớp nhau",
		en: "the chip's birth dates differ",
	},
	"birth_unreadable": {
		vi: "không đọc được ngày sinh",
		en: "a birth date cannot be read",
	},
	"can_unlike_number": {
		vi: "mã CAN không phải 6 số cuối",
		en: "the CAN is not the number's end",
	},
	"can_used": {
		vi: "thẻ mở bằng CAN, không có MRZ để so",
		en: "opened with the CAN, no MRZ to compare",
	},
	"card_access_differs": {
		vi: "thông tin truy cập bị sửa",
		en: "access information was edited",
	},
	"card_access_hidden": {
		vi: "chip giấu thông tin truy cập",
		en: "the chip hides its access information",
	},
	"card_access_malformed": {
		vi: "thông tin truy cập sai cấu trúc",
		en: "the access information is malformed",
	},
	"card_access_not_repeated": {
		vi: "một phần thông tin truy cập không được ký lại",
		en: "part of the access information is not signed",
	},
	"card_security_invalid": {
		vi: "EF.CardSecurity không hợp lệ",
		en: "EF.CardSecurity is not valid",
	},
	"card_security_not_trusted": {
		vi: "EF.CardSecurity không đáng tin",
		en: "EF.CardSecurity is not trusted",
	},
	"certificate_algorithms_differ": {
		vi: "chứng thư ghi hai thuật toán khác nhau",
		en: "the certificate names two algorithms",
	},
	"certificate_countries_differ": {
		vi: "chứng thư ghi hai quốc gia khác nhau",
		en: "the certificate names two countries",
	},
	"certificate_country_missing": {
		vi: "chứng thư không ghi quốc gia",
		en: "the certificate names no country",
	},
	"certificate_serial_form": {
		vi: "số chứng thư sai dạng",
		en: "the certificate's serial number has a wrong form",
	},
	"certificate_time_form": {
		vi: "ngày của chứng thư sai dạng",
		en: "a date of the certificate has a wrong form",
	},
	"certificate_version": {
		vi: "chứng thư không phải phiên bản 3",
		en: "the certificate is not of version 3",
	},
	"chip_authentication_failed": {
		vi: "chip không chứng minh được khoá: nghi sao chép",
		en: "the chip did not prove its key: perhaps a clone",
	},
	"com_absent": {
		vi: "thẻ không có danh mục tệp",
		en: "there is no file list",
	},
	"com_differs": {
		vi: "danh mục tệp khác danh mục đã ký",
		en: "the file list differs from the signed one",
	},
	"com_hides_data_group": {
		vi: "danh mục tệp giấu một nhóm đã ký",
		en: "the file list hides a signed group",
	},
	"com_hides_dg14": {
		vi: "danh mục tệp giấu DG14",
		en: "the file list hides DG14",
	},
	"com_hides_dg15": {
		vi: "danh mục tệp giấu DG15",
		en: "the file list hides DG15",
	},
	"com_malformed": {
		vi: "danh mục tệp sai cấu trúc",
		en: "the file list is malformed",
	},
	"com_names_data_group": {
		vi: "danh mục tệp kể nhóm không được ký",
		en: "the file list names a group that is not signed",
	},
	"content_missing": {
		vi: "thiếu nội dung đã ký",
		en: "the signed content is missing",
	},
	"content_type_duplicate": {
		vi: "loại nội dung ghi hai lần",
		en: "the content type stands twice",
	},
	"content_type_mismatch": {
		vi: "loại nội dung không khớp",
		en: "the content types differ",
	},
	"content_type_missing": {
		vi: "thiếu loại nội dung",
		en: "the content type is missing",
	},
	"critical_extension_unknown": {
		vi: "chứng thư có phần bắt buộc lạ",
		en: "a critical extension is unknown",
	},
	"csca_usage_period": {
		vi: "ngoài thời gian dùng khoá của CSCA",
		en: "outside the CSCA key's usage period",
	},
	"data_group_hash_length": {
		vi: "giá trị băm sai độ dài",
		en: "a hash has a wrong length",
	},
	"data_group_hash_wrong": {
		vi: "dữ liệu đã bị sửa",
		en: "data was altered",
	},
	"data_group_listed_twice": {
		vi: "một nhóm được ký hai lần",
		en: "a group is listed twice",
	},
	"data_group_missing": {
		vi: "thiếu dữ liệu đã được ký",
		en: "signed data is missing",
	},
	"data_group_not_listed": {
		vi: "có dữ liệu không được ký",
		en: "some data is not signed",
	},
	"data_group_number": {
		vi: "số nhóm dữ liệu không hợp lệ",
		en: "a data group number is out of range",
	},
	"data_group_refused": {
		vi: "không đọc được một nhóm đã ký",
		en: "a signed group could not be read",
	},
	"deviation_aa_key_compromised": {
		vi: "danh sách sai lệch: khoá AA bị lộ",
		en: "deviation list: AA key compromised",
	},
	"deviations_not_applied": {
		vi: "chưa áp dụng được danh sách sai lệch",
		en: "the deviation list could not be applied",
	},
	"dg11_malformed": {
		vi: "DG11 sai cấu trúc",
		en: "DG11 is malformed",
	},
	"dg12_malformed": {
		vi: "DG12 sai cấu trúc",
		en: "DG12 is malformed",
	},
	"dg13_malformed": {
		vi: "DG13 sai cấu trúc",
		en: "DG13 is malformed",
	},
	"dg14_listed_but_missing": {
		vi: "thiếu DG14 đã ký: nghi chip sao chép",
		en: "the signed DG14 is missing: perhaps a clone",
	},
	"dg14_malformed": {
		vi: "DG14 sai cấu trúc",
		en: "DG14 is malformed",
	},
	"dg15_listed_but_missing": {
		vi: "thiếu DG15 đã ký: nghi chip sao chép",
		en: "the signed DG15 is missing: perhaps a clone",
	},
	"dg1_malformed": {
		vi: "MRZ trên chip sai cấu trúc",
		en: "DG1 is malformed",
	},
	"dg1_not_read": {
		vi: "chưa đọc MRZ trên chip",
		en: "DG1 was not read",
	},
	"dg2_malformed": {
		vi: "ảnh trên chip sai cấu trúc",
		en: "DG2 is malformed",
	},
	"digest_list_empty": {
		vi: "danh sách thuật toán băm trống",
		en: "the list of digests is empty",
	},
	"digest_malformed": {
		vi: "thuật toán băm sai cấu trúc",
		en: "the digest is malformed",
	},
	"digest_not_allowed": {
		vi: "hàm băm không được phép",
		en: "the digest is not allowed",
	},
	"digest_not_listed": {
		vi: "hàm băm không có trong danh sách",
		en: "the digest is not listed",
	},
	"document_type_not_allowed": {
		vi: "chứng thư không được ký loại giấy tờ này",
		en: "the signer may not sign this type of document",
	},
	"document_types_absent": {
		vi: "chứng thư không ghi loại giấy tờ",
		en: "the signer lists no document types",
	},
	"downgrade": {
		vi: "lùi từ PACE về BAC",
		en: "fell back from PACE to BAC",
	},
	"eac_required": {
		vi: "cần quyền đọc của Bộ Công an",
		en: "needs a terminal certificate",
	},
	"expired": {
		vi: "đã hết hạn",
		en: "expired",
	},
	"expired_today": {
		vi: "hợp lệ khi ký, nay đã hết hạn",
		en: "valid when it signed, expired today",
	},
	"expiry_differs": {
		vi: "ngày hết hạn không khớp nhau",
		en: "the expiry dates differ",
	},
	"expiry_unknown": {
		vi: "không rõ ngày hết hạn",
		en: "the date of expiry is not known",
	},
	"expiry_unreadable": {
		vi: "không đọc được ngày hết hạn",
		en: "an expiry date cannot be read",
	},
	"extension_duplicate": {
		vi: "chứng thư có phần lặp lại",
		en: "an extension stands twice",
	},
	"extension_malformed": {
		vi: "chứng thư có phần sai cấu trúc",
		en: "an extension is malformed",
	},
	"few_data_groups": {
		vi: "chỉ có một nhóm dữ liệu được ký",
		en: "fewer groups are signed than there should be",
	},
	"given_number_differs": {
		vi: "số đã nhập khác số trên chip",
		en: "the number given is not the chip's",
	},
	"given_number_not_on_chip": {
		vi: "chip không có số để so",
		en: "the chip has no number to compare",
	},
	"group_missing": {
		vi: "thiếu dữ liệu đã được ký",
		en: "signed data is missing",
	},
	"indefinite_length": {
		vi: "chữ ký số mã hoá kiểu BER",
		en: "the security object has indefinite lengths",
	},
	"issuer_found_by_name": {
		vi: "tìm bên cấp theo tên",
		en: "the issuer was found by its name",
	},
	"issuer_name_differs": {
		vi: "tên bên cấp không khớp",
		en: "the issuer's name differs",
	},
	"issuer_signature_wrong": {
		vi: "chứng thư ký không do CSCA này cấp",
		en: "the signer was not issued by this CSCA",
	},
	"issuer_through_link": {
		vi: "qua chứng thư nối của CSCA",
		en: "through a CSCA link certificate",
	},
	"issuer_unknown": {
		vi: "chưa có chứng thư CSCA của cơ quan cấp",
		en: "the issuer's CSCA certificate is not installed",
	},
	"key_compromised": {
		vi: "khoá của chip đã bị lộ",
		en: "the chip's key is compromised",
	},
	"key_invalid": {
		vi: "khoá của chip không hợp lệ",
		en: "the chip's key is invalid",
	},
	"key_missing": {
		vi: "thiếu khoá của chip",
		en: "the key is missing",
	},
	"key_usage_missing": {
		vi: "chứng thư không ghi mục đích khoá",
		en: "the key usage is missing",
	},
	"key_usage_not_critical": {
		vi: "mục đích khoá không bắt buộc",
		en: "the key usage is not critical",
	},
	"key_usage_not_signature": {
		vi: "khoá không được dùng để ký",
		en: "the key is not for signatures",
	},
	"known_deviation": {
		vi: "sai lệch đã biết của bên cấp",
		en: "a known deviation of the issuer",
	},
	"lds_version_differs": {
		vi: "phiên bản LDS không khớp",
		en: "the LDS versions differ",
	},
	"lds_version_mismatch": {
		vi: "phiên bản LDS không khớp",
		en: "the LDS versions differ",
	},
	"lds_version_unknown": {
		vi: "phiên bản LDS lạ",
		en: "the LDS version is unknown",
	},
	"legacy_content_type": {
		vi: "loại nội dung kiểu cũ",
		en: "a content type of old",
	},
	"malformed": {
		vi: "sai cấu trúc",
		en: "malformed",
	},
	"many_signers": {
		vi: "có nhiều bên ký",
		en: "there are several signers",
	},
	"message_digest_duplicate": {
		vi: "giá trị băm ghi hai lần",
		en: "the message digest stands twice",
	},
	"message_digest_mismatch": {
		vi: "nội dung khác với phần đã ký",
		en: "the content differs from what was signed",
	},
	"message_digest_missing": {
		vi: "thiếu giá trị băm",
		en: "the message digest is missing",
	},
	"mrz_check_digit_wrong": {
		vi: "số kiểm tra của MRZ sai",
		en: "a check digit of the MRZ is wrong",
	},
	"mrz_differs": {
		vi: "MRZ khác với chip",
		en: "the MRZ differs",
	},
	"mrz_form_wrong": {
		vi: "MRZ có quốc gia hoặc giới tính sai dạng",
		en: "a state or the sex in the MRZ is of a wrong form",
	},
	"name_differs": {
		vi: "họ tên không khớp với MRZ",
		en: "the name differs from the MRZ",
	},
	"name_not_comparable": {
		vi: "không so được họ tên",
		en: "the names cannot be compared",
	},
	"no_access_control": {
		vi: "thẻ không có kiểm soát truy cập",
		en: "no access control",
	},
	"no_chip_proof_offered": {
		vi: "thẻ không có cách chứng minh chip",
		en: "the document offers no proof of its chip",
	},
	"no_crl": {
		vi: "chưa có danh sách thu hồi (CRL)",
		en: "no revocation list",
	},
	"no_expiry": {
		vi: "không thời hạn",
		en: "no expiry",
	},
	"no_mrz_given": {
		vi: "không có MRZ để so",
		en: "no MRZ was given to compare",
	},
	"no_terminal_certificate": {
		vi: "không có chứng thư đầu cuối",
		en: "no terminal certificate",
	},
	"not_carried_out": {
		vi: "chưa thực hiện",
		en: "not carried out",
	},
	"not_finished": {
		vi: "bị gián đoạn",
		en: "interrupted",
	},
	"not_offered": {
		vi: "thẻ không có",
		en: "not offered",
	},
	"not_proven": {
		vi: "chip không chứng minh được khoá",
		en: "the chip did not prove its key",
	},
	"not_repeated": {
		vi: "thẻ không ghi lại thông tin này",
		en: "the document does not repeat it",
	},
	"not_valid_at_issue": {
		vi: "chứng thư chưa hoặc hết hiệu lực khi cấp thẻ",
		en: "the signer was not in force at the date of issue",
	},
	"not_valid_at_signing": {
		vi: "chứng thư không có hiệu lực khi ký",
		en: "not valid when it signed",
	},
	"not_yet_valid": {
		vi: "chưa có hiệu lực",
		en: "not yet valid",
	},
	"nothing_read": {
		vi: "chưa đọc nhóm nào",
		en: "no group was read",
	},
	"nothing_to_compare": {
		vi: "không có gì để so",
		en: "nothing to compare",
	},
	"number_differs": {
		vi: "các số trên chip không khớp nhau",
		en: "the chip's numbers differ",
	},
	"number_malformed": {
		vi: "số định danh sai dạng",
		en: "the citizen number is malformed",
	},
	"pace_cam_failed": {
		vi: "chip không chứng minh được khoá (CAM)",
		en: "the chip did not prove its key (CAM)",
	},
	"pace_constant": {
		vi: "dùng tham số PACE mặc định của thẻ căn cước",
		en: "opened with the citizen card's PACE constant",
	},
	"pace_downgrade": {
		vi: "lùi từ PACE về BAC",
		en: "fell back from PACE to BAC",
	},
	"pace_not_offered": {
		vi: "thẻ không có PACE",
		en: "PACE is not offered",
	},
	"password_differs": {
		vi: "MRZ đã dùng khác MRZ trên chip",
		en: "the MRZ used is not the chip's",
	},
	"qr_birth_differs": {
		vi: "ngày sinh trong mã QR khác chip",
		en: "the QR's birth date differs",
	},
	"qr_birth_unreadable": {
		vi: "không đọc được ngày sinh trong mã QR",
		en: "the QR's birth date is damaged",
	},
	"qr_issue_differs": {
		vi: "ngày cấp trong mã QR khác chip",
		en: "the QR's issue date differs",
	},
	"qr_issue_unreadable": {
		vi: "không đọc được ngày cấp trong mã QR",
		en: "the QR's issue date is damaged",
	},
	"qr_name_damaged": {
		vi: "họ tên trong mã QR bị hỏng",
		en: "the QR's name is damaged",
	},
	"qr_name_differs": {
		vi: "họ tên trong mã QR khác chip",
		en: "the QR's name differs",
	},
	"qr_name_mangled": {
		vi: "họ tên trong mã QR bị bộ gõ làm sai",
		en: "the QR's name was mangled by the keyboard",
	},
	"qr_number_differs": {
		vi: "số trong mã QR khác chip",
		en: "the QR's number differs",
	},
	"qr_sex_differs": {
		vi: "giới tính trong mã QR khác chip",
		en: "the QR's sex differs",
	},
	"qr_sex_unreadable": {
		vi: "không đọc được giới tính trong mã QR",
		en: "the QR's sex is damaged",
	},
	"re_established": {
		vi: "kênh đã được mở lại",
		en: "the channel was opened again",
	},
	"refused": {
		vi: "chip từ chối điều đã hứa",
		en: "the chip refused what it promised",
	},
	"revoked": {
		vi: "chứng thư đã bị thu hồi",
		en: "revoked",
	},
	"security_object_malformed": {
		vi: "chữ ký số sai cấu trúc",
		en: "the security object is malformed",
	},
	"security_object_missing": {
		vi: "không có chữ ký số",
		en: "there is no security object",
	},
	"security_object_version": {
		vi: "phiên bản chữ ký số lạ",
		en: "the security object's version is unknown",
	},
	"sex_differs": {
		vi: "giới tính không khớp nhau",
		en: "the sexes differ",
	},
	"sex_unreadable": {
		vi: "không đọc được giới tính",
		en: "a sex cannot be read",
	},
	"signature_wrong": {
		vi: "chữ ký sai",
		en: "wrong signature",
	},
	"signed_attributes_malformed": {
		vi: "thuộc tính ký sai cấu trúc",
		en: "the signed attributes are malformed",
	},
	"signed_attributes_missing": {
		vi: "thiếu thuộc tính ký",
		en: "the signed attributes are missing",
	},
	"signed_attributes_not_sorted": {
		vi: "thuộc tính ký sai thứ tự",
		en: "the signed attributes are not in order",
	},
	"signed_data_version": {
		vi: "phiên bản SignedData lạ",
		en: "the version of SignedData is wrong",
	},
	"signer_is_ca": {
		vi: "bên ký lại là một CSCA",
		en: "the signer is a CA",
	},
	"signer_key_refused": {
		vi: "khoá của bên ký không được chấp nhận",
		en: "the signer's key is refused",
	},
	"signer_malformed": {
		vi: "chứng thư ký sai cấu trúc",
		en: "the signer's certificate is malformed",
	},
	"signer_mismatch": {
		vi: "bên ký không khớp",
		en: "the signer does not match",
	},
	"signer_missing": {
		vi: "không có chứng thư của bên ký",
		en: "the signer's certificate is missing",
	},
	"signer_not_in_object": {
		vi: "chứng thư ký không nằm trên chip",
		en: "the signer's certificate is not on the chip",
	},
	"signer_version": {
		vi: "phiên bản bên ký lạ",
		en: "the version of the signer is wrong",
	},
	"signing_time_absent": {
		vi: "không ghi thời điểm ký",
		en: "the signing time is absent",
	},
	"signing_time_duplicate": {
		vi: "thời điểm ký ghi hai lần",
		en: "the signing time stands twice",
	},
	"specimen_refused": {
		vi: "chứng thư mẫu, không dùng thật",
		en: "a specimen, refused outside of demonstrations",
	},
	"stale_crl": {
		vi: "danh sách thu hồi đã cũ",
		en: "the revocation list is stale",
	},
	"state_differs": {
		vi: "bên ký thuộc quốc gia khác",
		en: "the signer belongs to another state",
	},
	"state_unknown": {
		vi: "không rõ quốc gia",
		en: "the state is not named",
	},
	"trailing_bytes": {
		vi: "thừa dữ liệu ở cuối",
		en: "bytes follow the end",
	},
	"unbound": {
		vi: "khoá chưa được chữ ký bảo đảm",
		en: "its key is not covered by a verified signature",
	},
	"unknown_algorithm": {
		vi: "thuật toán lạ",
		en: "unknown algorithm",
	},
	"unknown_digest": {
		vi: "hàm băm lạ",
		en: "unknown digest",
	},
	"weak_digest": {
		vi: "hàm băm yếu (SHA-1)",
		en: "weak digest (SHA-1)",
	},
	"weak_digest_certificate": {
		vi: "chứng thư dùng hàm băm yếu",
		en: "the certificate uses a weak digest",
	},
	"weak_digest_groups": {
		vi: "dữ liệu băm bằng hàm yếu (SHA-1)",
		en: "the groups are hashed with SHA-1",
	},
	"weak_key": {
		vi: "khoá quá ngắn",
		en: "the key is too short",
	},
	"wrong_content_type": {
		vi: "loại nội dung ký sai",
		en: "wrong content type",
	},
});
