/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of a transcript (*.cccd-trace.jsonl): one flat JSON object each,
 * without blanks and escapes, with texts and unsigned integers only.
 *
 * First line:
 *   {"format":"cccd-trace","version":1,"mode":"redacted","transport":"pcsc"}
 * with mode "redacted" (for reading) or "full" (replay works). Then events:
 *   {"event":"connect","ms":3,"result":"ok","atr":"3B…",
 *    "max_command":65545,"max_response":65538}
 *   {"event":"exchange","ms":12,"us":4210,"head":"00A4020C",
 *    "command_len":7,"response_len":2,"result":"ok","sw":"9000",
 *    "command":"…","response":"…"}
 *   {"event":"disconnect","ms":900}
 *   {"event":"random","bytes":"…"}
 * "ms" counts from the first line, "us" is the duration of the exchange,
 * "result" a code of cccd_err_code(); without "ok" there is no answer.
 * "command" and "response" are absent where they are redacted.
 */
#ifndef READER_TRACE_H
#define READER_TRACE_H

#include "base/buf.h"
#include "reader/reader.h"

enum {
	TRACE_VERSION = 1,
	TRACE_MEMBERS_MAX = 12,
	/* Two hexadecimal APDUs and the names around them. */
	TRACE_LINE_MAX = 2 * (READER_COMMAND_MAX + READER_RESPONSE_MAX) + 1024,
	TRACE_FILE_MAX = 16 * 1024 * 1024,
};

#define TRACE_FORMAT "cccd-trace"

struct trace_member {
	struct span name;
	struct span value;
	bool is_text;
};

/* One parsed line; the spans point into the line. */
struct trace_line {
	struct trace_member members[TRACE_MEMBERS_MAX];
	size_t count;
};

/**
 * trace_parse() - split a line @text, without its line feed, into its members.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED; CCCD_ERR_DATA_TOO_LARGE for
 * too long a line or too many members; CCCD_ERR_DATA_DUPLICATE.
 */
CHECKED enum cccd_err trace_parse(struct span text, struct trace_line *ret);

bool trace_has(const struct trace_line *line, const char *name);

/* Whether @name is there and is the text @value. */
bool trace_is(const struct trace_line *line, const char *name,
              const char *value);

/* CCCD_ERR_DATA_MISSING; CCCD_ERR_DATA_MALFORMED when it is no number. */
CHECKED enum cccd_err trace_number(const struct trace_line *line,
                                   const char *name, uint32_t *ret);

/* Replaces the contents of @ret by the hexadecimal member's bytes. */
CHECKED enum cccd_err trace_hex(const struct trace_line *line, const char *name,
                                struct buf *ret);

/* The error whose code stands in "result". */
CHECKED enum cccd_err trace_result(const struct trace_line *line,
                                   enum cccd_err *ret);

/**
 * struct trace_writer - makes one line; latches its first failure.
 * @text: the line so far
 * @err:  checked once, by trace_end()
 */
struct trace_writer {
	struct buf text;
	enum cccd_err err;
};

/* Starts a new line; the memory of the last one is used again. */
void trace_begin(struct trace_writer *writer);
void trace_put_text(struct trace_writer *writer, const char *name,
                    const char *value);
void trace_put_number(struct trace_writer *writer, const char *name,
                      uint32_t value);
void trace_put_hex(struct trace_writer *writer, const char *name,
                   struct span bytes);

/* Ends the line with a line feed; the line is in @writer->text. */
CHECKED enum cccd_err trace_end(struct trace_writer *writer);

void trace_writer_release(struct trace_writer *writer);

#endif
