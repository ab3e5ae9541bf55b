/* SPDX-License-Identifier: Apache-2.0 */
/* Which payloads a transcript for reading may show. */
#ifndef READER_REDACT_H
#define READER_REDACT_H

#include "base/span.h"

/**
 * struct redactor - what is known of the card's state.
 * @public_file: the current EF is one that anybody may read
 * @protected_:  a protected command was seen: nothing is shown any more
 */
struct redactor {
	bool public_file;
	bool protected_;
};

/* What of one exchange may be shown beside head, lengths and status. */
struct redaction {
	bool show_command;
	bool show_response;
};

/**
 * redact() - judge one exchange and follow the selection.
 * @command:  as sent, at least 4 bytes
 * @selected: the card answered 9000
 */
struct redaction redact(struct redactor *redactor, struct span command,
                        bool selected);

#endif
