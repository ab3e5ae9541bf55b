/* SPDX-License-Identifier: Apache-2.0 */
/* The native protocol of the journal: systemd.io/JOURNAL_NATIVE_PROTOCOL. */
#include "service/core/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"

enum { DATAGRAM_MAX = 16384 };

static const char default_path[] = "/run/systemd/journal/socket";

struct journal {
	int fd;
	enum cccd_lang lang;
	struct sockaddr_un address;
};

const struct journal_row journal_rows[JOURNAL_MESSAGES] = {
	[JOURNAL_NONE] = { "", '6', { "", "" } },
	[JOURNAL_START] = { "dde9f660266d4cb4a5011bd2994e0906",
	                    '6',
	                    { "cccdd bắt đầu phục vụ",
	                      "cccdd began to serve" } },
	[JOURNAL_STOP] = { "a88136e0a84d426e834db615a65843ea",
	                   '6',
	                   { "cccdd đã dừng", "cccdd ended" } },
	[JOURNAL_READ] = { "84d48a457f5649d9bc1235aafac25ff6",
	                   '6',
	                   { "Một phiên đọc thẻ đã kết thúc",
	                     "A read of a card came to its end" } },
	[JOURNAL_DELIVERY] = { "c46b9e35d64c46598165928d4e203c12",
	                       '6',
	                       { "Kết quả được giao cho bên yêu cầu",
	                         "A result is handed to its requester" } },
	[JOURNAL_RECOVERED] = { "b679e2093d34464d8f3effb84caf60b3",
	                        '3',
	                        { "Nhật ký kiểm toán bị hỏng ở cuối",
	                          "The audit log was found damaged" } },
	[JOURNAL_EXPIRED] = { "7900376b77c54c069e3a156e87c52d1c",
	                      '6',
	                      { "Đã xoá nhật ký cũ theo thời hạn lưu",
	                        "Old months of the audit log were removed" } },
	[JOURNAL_BAD_SOD] = { "0dd658a42c3e4a0a9ca6c9b41a868f80",
	                      '4',
	                      { "Dữ liệu trên chip không nguyên gốc",
	                        "The data of a chip is not genuine" } },
	[JOURNAL_CLONE_SUSPICION] = { "39f4dbde0c6241d1a47a9b1ecac778b5",
	                              '4',
	                              { "Nghi chip bị sao chép",
	                                "A chip may be a copy" } },
	[JOURNAL_UNKNOWN_ORIGIN] = { "747c02d7602447929e8f131874fb85ea",
	                             '5',
	                             { "Trang hoặc người dùng chưa đăng ký",
	                               "A page or user is not registered" } },
	[JOURNAL_ACCESS_KEY_REFUSED] = { "09e3db5577ae450880d93ae93436636c",
	                                 '5',
	                                 { "Thẻ liên tục từ chối mã mở thẻ",
	                                   "Access keys are refused again and "
	                                   "again" } },
	[JOURNAL_LEASE_BROKEN] = { "2db3da1d088c4e92ba2ba59db880fb66",
	                           '5',
	                           { "Người vận hành đã giành lại đầu đọc",
	                             "An operator took a reader back" } },
	[JOURNAL_REGISTRY_REFUSED] = { "f32ec4afe44943d4b4515cd899b824cc",
	                               '4',
	                               { "Danh sách bên sử dụng mới bị sai",
	                                 "A new registry was refused" } },
	[JOURNAL_REQUEST_FORGED] = { "620f55b966944f05af17dfb47d525d50",
	                             '4',
	                             { "Chữ ký của yêu cầu không đúng",
	                               "The signature of a request is "
	                               "wrong" } },
	[JOURNAL_AUDIT_FAILED] = { "efe7437e1e684545aaac7c948d80abf4",
	                           '3',
	                           { "Không ghi được nhật ký kiểm toán",
	                             "The audit log cannot be written" } },
};

enum cccd_err journal_open(const char *path, struct journal **ret)
{
	struct journal *journal = NULL;

	if (path == NULL)
		path = default_path;
	if (path[0] == '\0' ||
	    strlen(path) >= sizeof(journal->address.sun_path))
		return CCCD_ERR_USAGE_ARGUMENT;
	journal = calloc(1, sizeof(*journal));
	if (journal == NULL)
		return CCCD_ERR_MEMORY;
	journal->address.sun_family = AF_UNIX;
	memcpy(journal->address.sun_path, path, strlen(path));
	journal->lang = cccd_lang_from_environment();
	journal->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (journal->fd < 0) {
		free(journal);
		return CCCD_ERR_INTERNAL;
	}
	*ret = journal;
	return CCCD_OK;
}

void journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	(void)close(journal->fd);
	free(journal);
}

/* NAME=value; a value with a line feed goes with its length. */
static enum cccd_err put(struct buf *datagram, const char *name,
                         const char *value)
{
	size_t len = strlen(value);
	uint8_t size[8];

	TRY(buf_append(datagram, span_text(name)));
	if (strchr(value, '\n') == NULL) {
		TRY(buf_append_byte(datagram, '='));
	} else {
		for (size_t i = 0; i < sizeof(size); i++)
			size[i] = (uint8_t)((uint64_t)len >> 8 * i);
		TRY(buf_append_byte(datagram, '\n'));
		TRY(buf_append(datagram, SPAN(size)));
	}
	TRY(buf_append(datagram, span_text(value)));
	return buf_append_byte(datagram, '\n');
}

static enum cccd_err compose(const struct journal *journal,
                             enum journal_message message,
                             const struct journal_field *fields, size_t count,
                             struct buf *ret)
{
	const struct journal_row *row = &journal_rows[message];
	char priority[2] = { row->priority, '\0' };

	TRY(put(ret, "MESSAGE", row->text[journal->lang]));
	TRY(put(ret, "MESSAGE_ID", row->id));
	TRY(put(ret, "PRIORITY", priority));
	TRY(put(ret, "SYSLOG_IDENTIFIER", "cccdd"));
	for (size_t i = 0; i < count; i++)
		if (fields[i].value != NULL && fields[i].value[0] != '\0')
			TRY(put(ret, fields[i].name, fields[i].value));
	return CCCD_OK;
}

void journal_send(const struct journal *journal, enum journal_message message,
                  const struct journal_field *fields, size_t count)
{
	BUF datagram = buf_make(DATAGRAM_MAX);

	if (journal == NULL ||
	    compose(journal, message, fields, count, &datagram) != CCCD_OK)
		return;
	/* A full or absent journal holds nobody up. */
	(void)sendto(journal->fd, datagram.at, datagram.len,
	             MSG_DONTWAIT | MSG_NOSIGNAL,
	             (const struct sockaddr *)&journal->address,
	             sizeof(journal->address));
}
