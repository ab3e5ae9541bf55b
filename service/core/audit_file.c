/* SPDX-License-Identifier: Apache-2.0 */
/* One chain of the audit log on disk: its end, its growth, its repair. */
#include "service/core/audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum { FILE_MODE = 0600 };

static const char first_hash[] = "0000000000000000000000000000000000000000"
                                 "000000000000000000000000";

static enum cccd_err unavailable(struct cccd_error *error, const char *what)
{
	return fail_native(error, CCCD_ERR_AUDIT, errno, "%s", what);
}

static enum cccd_err open_month(struct audit_file *file, const char *month,
                                struct cccd_error *error)
{
	char name[AUDIT_FILE_NAME_MAX];
	int fd = -1;

	audit_file_name(file->chain, month, name);
	fd = openat(file->dir, name,
	            O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	            FILE_MODE);
	if (fd < 0)
		return unavailable(error, "the log cannot be opened");
	/* A file whose name is lost by a power cut loses its lines. */
	if (fsync(file->dir) != 0) {
		enum cccd_err err =
		        unavailable(error, "the directory cannot be synced");

		(void)close(fd);
		return err;
	}
	if (file->fd >= 0)
		(void)close(file->fd);
	file->fd = fd;
	file->size = 0;
	(void)snprintf(file->month, sizeof(file->month), "%.7s", month);
	return CCCD_OK;
}

/* struct tail - the end of one file. */
struct tail {
	uint64_t size; /* of whole lines */
	uint64_t torn; /* bytes behind them */
	bool has_line;
	bool sound; /* the last line is one of ours, its hash right */
	struct audit_line line;
};

static bool read_at(int fd, uint8_t *at, size_t len, uint64_t offset)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got = pread(fd, at + done, len - done,
		                    (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* Offset behind the last line feed before @end, 0 when there is none. */
static enum cccd_err find_feed(int fd, uint64_t end, struct buf *room,
                               struct cccd_error *error, uint64_t *ret)
{
	TRY(buf_reserve(room, AUDIT_LINE_MAX));
	while (end > 0) {
		size_t len =
		        end < AUDIT_LINE_MAX ? (size_t)end : AUDIT_LINE_MAX;

		if (!read_at(fd, room->at, len, end - len))
			return unavailable(error, "the log cannot be read");
		for (size_t i = len; i > 0; i--) {
			if (room->at[i - 1] != '\n')
				continue;
			*ret = end - len + i;
			return CCCD_OK;
		}
		end -= len;
	}
	*ret = 0;
	return CCCD_OK;
}

static enum cccd_err read_tail(int fd, struct buf *room,
                               struct cccd_error *error, struct tail *ret)
{
	struct tail tail = { 0 };
	struct stat status = { 0 };
	uint64_t from = 0;
	size_t len = 0;

	if (fstat(fd, &status) != 0)
		return unavailable(error, "the log cannot be read");
	TRY(find_feed(fd, (uint64_t)status.st_size, room, error, &tail.size));
	tail.torn = (uint64_t)status.st_size - tail.size;
	*ret = tail;
	if (tail.size == 0)
		return CCCD_OK;
	TRY(find_feed(fd, tail.size - 1, room, error, &from));
	ret->has_line = true;
	if (tail.size - from > AUDIT_LINE_MAX)
		return CCCD_OK;
	len = (size_t)(tail.size - 1 - from);
	if (!read_at(fd, room->at, len, from))
		return unavailable(error, "the log cannot be read");
	ret->sound = audit_line_parse(span_of(room->at, len), &ret->line) ==
	                     CCCD_OK &&
	             strcmp(ret->line.hash, ret->line.true_hash) == 0;
	return CCCD_OK;
}

/* Cut off whatever stands behind the last whole line. */
static enum cccd_err settle(struct audit_file *file, struct cccd_error *error)
{
	if (ftruncate(file->fd, (off_t)file->size) != 0 ||
	    fdatasync(file->fd) != 0)
		return unavailable(error, "a torn line cannot be taken off");
	file->unsettled = false;
	return CCCD_OK;
}

static enum cccd_err older_tail(struct audit_file *file, const char *name,
                                struct cccd_error *error, struct tail *ret)
{
	int fd = openat(file->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum cccd_err err = CCCD_OK;

	if (fd < 0)
		return unavailable(error, "the log cannot be read");
	err = read_tail(fd, &file->line, error, ret);
	(void)close(fd);
	return err;
}

/* The newest file is the one to go on in; its last line, or an older one's
 * when it has none yet. */
static enum cccd_err find_end(struct audit_file *file,
                              const struct audit_files *files,
                              struct cccd_error *error, struct tail *ret)
{
	size_t left = files->count;
	const char *name = NULL;
	uint64_t torn = 0;

	if (left == 0)
		return CCCD_OK;
	name = files->names[--left];
	TRY(open_month(file, name + strlen(name) - strlen("0000-00.jsonl"),
	               error));
	TRY(read_tail(file->fd, &file->line, error, ret));
	file->size = ret->size;
	torn = ret->torn;
	while (left > 0 && !ret->has_line)
		TRY(older_tail(file, files->names[--left], error, ret));
	ret->torn = torn;
	return torn > 0 ? settle(file, error) : CCCD_OK;
}

static enum cccd_err open_head(struct audit_file *file,
                               struct cccd_error *error)
{
	file->head =
	        openat(file->dir, audit_head_name(file->chain),
	               O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	return file->head < 0 ? unavailable(error, "the head cannot be opened")
	                      : CCCD_OK;
}

/* The head told of lines that are not there any more. */
static void note_missing(const struct audit_head *head, struct audit_gap *gap)
{
	gap->detail = "lines_missing";
	gap->sequence = head->sequence;
	memcpy(gap->hash, head->hash, sizeof(gap->hash));
}

/**
 * judge_end() - the newest line against what the head remembers.
 *
 * The chain goes on behind the higher of the two numbers: a gap stays a gap
 * for whoever verifies later.
 */
static void judge_end(struct audit_file *file, const struct tail *tail,
                      const struct audit_head *head, bool head_bad,
                      struct audit_gap *gap)
{
	const char *hash = first_hash;

	if (tail->has_line) {
		file->last.sequence = tail->line.sequence;
		/* Of an altered line its bytes, not its words. */
		if (tail->line.true_hash[0] != '\0')
			hash = tail->line.true_hash;
	}
	if (tail->has_line && !tail->sound && head->sequence > 0)
		file->last.sequence = head->sequence;
	memcpy(file->last.hash, hash, sizeof(file->last.hash));
	gap->bytes = tail->torn;
	if (tail->torn > 0)
		gap->detail = "torn_line";
	if (head_bad)
		gap->detail = "head_damaged";
	else if (head->sequence == 0 && file->last.sequence > 0)
		gap->detail = "head_missing";
	if (tail->has_line && !tail->sound)
		gap->detail = "tail_damaged";
	if (head->sequence <= file->last.sequence)
		return;
	note_missing(head, gap);
	file->last.sequence = head->sequence;
}

static enum cccd_err find_last(struct audit_file *file,
                               struct cccd_error *error, struct audit_gap *gap)
{
	struct audit_files files = { 0 };
	struct audit_head head = { 0 };
	struct tail tail = { 0 };
	enum cccd_err err = CCCD_OK;
	bool head_bad = false;

	err = audit_head_read(file->dir, file->chain, NULL, &head);
	head_bad = err == CCCD_ERR_DATA_MALFORMED;
	if (err != CCCD_OK && !head_bad)
		return unavailable(error, "the head cannot be read");
	err = audit_files_list(file->dir, file->chain, NULL, &files);
	if (err != CCCD_OK)
		return err == CCCD_ERR_MEMORY
		               ? err
		               : unavailable(error, "the log cannot be listed");
	err = find_end(file, &files, error, &tail);
	audit_files_free(&files);
	TRY(err);
	judge_end(file, &tail, &head, head_bad, gap);
	return open_head(file, error);
}

enum cccd_err audit_file_open(int dir, enum audit_chain_id chain,
                              struct cccd_error *error, struct audit_file *ret,
                              struct audit_gap *ret_gap)
{
	struct audit_file file = {
		.chain = chain,
		.dir = dir,
		.fd = -1,
		.head = -1,
		.line = buf_make(AUDIT_LINE_MAX),
	};
	struct audit_gap gap = { 0 };
	enum cccd_err err = find_last(&file, error, &gap);

	if (err != CCCD_OK) {
		audit_file_close(&file);
		return err;
	}
	*ret = file;
	*ret_gap = gap;
	return CCCD_OK;
}

/* Back to the last whole line; tried again before the next one. */
static void undo(struct audit_file *file)
{
	int cause = errno;

	file->unsettled = true;
	(void)settle(file, NULL);
	errno = cause;
}

static enum cccd_err write_line(struct audit_file *file,
                                const struct audit_head *next,
                                struct cccd_error *error)
{
	struct span line = buf_span(&file->line);
	char text[AUDIT_HEAD_LEN + 1];
	ssize_t written = write(file->fd, line.at, line.len);

	if (written != (ssize_t)line.len) {
		/* A disk that takes a part takes no more. */
		if (written >= 0)
			errno = ENOSPC;
		undo(file);
		return unavailable(error, "the line cannot be written");
	}
	if (fdatasync(file->fd) != 0) {
		undo(file);
		return unavailable(error, "the line cannot be synced");
	}
	audit_head_make(file->chain, next, text);
	if (pwrite(file->head, text, AUDIT_HEAD_LEN, 0) != AUDIT_HEAD_LEN) {
		undo(file);
		return unavailable(error, "the head cannot be written");
	}
	file->size += line.len;
	return CCCD_OK;
}

enum cccd_err audit_file_add(struct audit_file *file,
                             const struct audit_entry *entry,
                             const char *document, const struct audit_gap *gap,
                             struct cccd_error *error)
{
	struct audit_link link = {
		.chain = file->chain,
		.sequence = file->last.sequence + 1,
		.time = clock_wall_s(),
	};
	struct audit_head next = { .sequence = link.sequence };
	char time[CLOCK_TEXT_MAX];

	memcpy(link.previous, file->last.hash, sizeof(link.previous));
	(void)snprintf(link.document, sizeof(link.document), "%s", document);
	TRY(audit_line_make(entry, &link, gap, &file->line, next.hash));
	clock_text(link.time, time);
	time[AUDIT_MONTH_TEXT - 1] = '\0';
	/* A clock that went back does not take the chain back with it. */
	if (file->fd < 0 || strcmp(time, file->month) > 0)
		TRY(open_month(file, time, error));
	if (file->unsettled)
		TRY(settle(file, error));
	TRY(write_line(file, &next, error));
	file->last = next;
	return CCCD_OK;
}

enum cccd_err audit_file_old(struct audit_file *file,
                             const struct audit_files *files, int64_t before,
                             struct cccd_error *error, struct audit_head *ret,
                             size_t *ret_count)
{
	struct audit_head last = { 0 };
	size_t count = 0;

	for (; count + 1 < files->count; count++) {
		const char *name = files->names[count];
		const char *month =
		        name + strlen(name) - strlen("0000-00.jsonl");
		struct tail tail = { 0 };

		if (audit_month_end(month) > before)
			break;
		TRY(older_tail(file, name, error, &tail));
		if (tail.torn > 0 || (tail.has_line && !tail.sound))
			break;
		if (!tail.has_line)
			continue;
		last.sequence = tail.line.sequence;
		memcpy(last.hash, tail.line.hash, sizeof(last.hash));
	}
	*ret = last;
	*ret_count = count;
	return CCCD_OK;
}

void audit_file_close(struct audit_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd);
	if (file->head >= 0)
		(void)close(file->head);
	buf_release(&file->line);
	file->fd = -1;
	file->head = -1;
}
