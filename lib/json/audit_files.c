/* SPDX-License-Identifier: Apache-2.0 */
/* The files of an audit log: their names and their lines. */
#include "lib/json/audit_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

enum {
	/* Room for a line that is too long to be one. */
	TEXT_MAX = 2 * AUDIT_LINE_MAX,
	FIRST_CAP = 16,
	/* A write of the daemon takes far less. */
	WAITS = 40,
	WAIT_MS = 25,
};

static const struct {
	const char *prefix;
	const char *head;
} chains[AUDIT_CHAINS] = {
	[AUDIT_CHAIN_READS] = { "", "head.json" },
	[AUDIT_CHAIN_SECURITY] = { "security-", "security-head.json" },
};

void audit_file_name(enum audit_chain_id chain, const char *month,
                     char ret[static AUDIT_FILE_NAME_MAX])
{
	(void)snprintf(ret, AUDIT_FILE_NAME_MAX, "%s%.7s.jsonl",
	               chains[chain].prefix, month);
}

const char *audit_head_name(enum audit_chain_id chain)
{
	return chains[chain].head;
}

static bool is_of_chain(enum audit_chain_id chain, const char *name)
{
	static const char form[] = "0000-00.jsonl";
	size_t skip = strlen(chains[chain].prefix);

	if (strncmp(name, chains[chain].prefix, skip) != 0 ||
	    strlen(name + skip) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i] != '\0'; i++) {
		char c = name[skip + i];

		if (form[i] == '0' ? c < '0' || c > '9' : c != form[i])
			return false;
	}
	return true;
}

static enum cccd_err add_name(struct audit_files *files, const char *name)
{
	char(*more)[AUDIT_FILE_NAME_MAX] = files->names;

	if (files->count >= AUDIT_FILES_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	/* At 16, 32, 64, … the room is used up. */
	if (files->count == 0 || (files->count >= FIRST_CAP &&
	                          (files->count & (files->count - 1)) == 0)) {
		size_t cap = files->count == 0 ? FIRST_CAP : 2 * files->count;

		more = realloc(files->names, cap * sizeof(*more));
		if (more == NULL)
			return CCCD_ERR_MEMORY;
		files->names = more;
	}
	(void)snprintf(more[files->count++], AUDIT_FILE_NAME_MAX, "%.31s",
	               name);
	return CCCD_OK;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static enum cccd_err list(DIR *stream, enum audit_chain_id chain,
                          struct cccd_error *error, struct audit_files *ret)
{
	struct dirent *entry = NULL;

	for (;;) {
		errno = 0;
		/* The stream is ours alone. NOLINTNEXTLINE(concurrency-*) */
		entry = readdir(stream);
		if (entry == NULL && errno != 0)
			return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
			                   "the audit log cannot be listed");
		if (entry == NULL)
			return CCCD_OK;
		if (is_of_chain(chain, entry->d_name))
			TRY(add_name(ret, entry->d_name));
	}
}

enum cccd_err audit_files_list(int dir, enum audit_chain_id chain,
                               struct cccd_error *error,
                               struct audit_files *ret)
{
	struct audit_files files = { 0 };
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	enum cccd_err err = CCCD_OK;

	if (stream == NULL) {
		err = fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                  "the audit log cannot be listed");
		if (fd >= 0)
			(void)close(fd);
		return err;
	}
	err = list(stream, chain, error, &files);
	(void)closedir(stream);
	if (err != CCCD_OK) {
		audit_files_free(&files);
		return err;
	}
	if (files.count > 1)
		qsort(files.names, files.count, sizeof(*files.names), compare);
	*ret = files;
	return CCCD_OK;
}

void audit_files_free(struct audit_files *files)
{
	free(files->names);
	*files = (struct audit_files){ 0 };
}

void audit_reader_begin(struct audit_reader *reader, int fd, bool wait)
{
	*reader = (struct audit_reader){
		.fd = fd,
		.wait = wait,
		.text = buf_make(TEXT_MAX),
	};
}

void audit_reader_end(struct audit_reader *reader)
{
	buf_release(&reader->text);
}

/* What is used goes, more comes. */
static enum cccd_err refill(struct audit_reader *reader,
                            struct cccd_error *error)
{
	struct buf *text = &reader->text;
	ssize_t got = 0;

	TRY(buf_reserve(text, TEXT_MAX));
	if (reader->used > 0)
		memmove(text->at, text->at + reader->used,
		        text->len - reader->used);
	text->len -= reader->used;
	reader->used = 0;
	do
		got = read(reader->fd, text->at + text->len,
		           TEXT_MAX - text->len);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                   "the audit log cannot be read");
	text->len += (size_t)got;
	reader->ended = got == 0;
	return CCCD_OK;
}

/* The bytes that are there, up to a line feed; false when there is none. */
static bool take(struct audit_reader *reader, struct span *ret)
{
	struct span rest = span_after(buf_span(&reader->text), reader->used);
	const uint8_t *feed =
	        rest.len == 0 ? NULL : memchr(rest.at, '\n', rest.len);

	if (feed == NULL && rest.len < AUDIT_LINE_MAX)
		return false;
	if (feed == NULL) {
		*ret = span_first(rest, AUDIT_LINE_MAX);
		reader->used += AUDIT_LINE_MAX;
		return true;
	}
	*ret = span_of(rest.at, (size_t)(feed - rest.at));
	reader->used += ret->len + 1;
	return true;
}

enum cccd_err audit_reader_next(struct audit_reader *reader,
                                struct cccd_error *error, struct span *ret)
{
	unsigned int waits = reader->wait ? WAITS : 0;

	for (;;) {
		if (take(reader, ret))
			return CCCD_OK;
		if (reader->ended && reader->used == reader->text.len)
			break;
		if (reader->ended && waits-- == 0) {
			/* A line that nobody finishes. */
			reader->torn = true;
			*ret = span_after(buf_span(&reader->text),
			                  reader->used);
			reader->used = reader->text.len;
			return CCCD_OK;
		}
		if (reader->ended)
			clock_sleep_ms(WAIT_MS);
		TRY(refill(reader, error));
	}
	*ret = span_of(NULL, 0);
	return CCCD_OK;
}

enum cccd_err audit_head_read(int dir, enum audit_chain_id chain,
                              struct cccd_error *error, struct audit_head *ret)
{
	char text[AUDIT_HEAD_LEN + 1];
	int fd = openat(dir, chains[chain].head,
	                O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got = 0;

	if (fd < 0 && errno == ENOENT) {
		*ret = (struct audit_head){ 0 };
		return CCCD_OK;
	}
	if (fd >= 0)
		got = pread(fd, text, sizeof(text), 0);
	if (fd < 0 || got < 0) {
		enum cccd_err err =
		        fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                    "the head of the log cannot be read");

		if (fd >= 0)
			(void)close(fd);
		return err;
	}
	(void)close(fd);
	/* Made, and never written to: a log without a line. */
	if (got == 0) {
		*ret = (struct audit_head){ 0 };
		return CCCD_OK;
	}
	return audit_head_parse(chain, span_of(text, (size_t)got), ret);
}
