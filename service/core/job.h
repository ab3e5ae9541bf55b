/* SPDX-License-Identifier: Apache-2.0 */
/* One reading for one session: what to read, and what came of it. */
#ifndef SERVICE_CORE_JOB_H
#define SERVICE_CORE_JOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <cccd/reader.h>
#include <cccd/session.h>

#include "base/buf.h"
#include "lib/json/request.h"
#include "service/core/assertion.h"
#include "service/core/policy.h"

struct cccd_tables;
struct cccd_trust;

enum {
	JOB_ID_MAX = 37, /* a UUID */
	JOB_STEP_MAX = 32,
	JOB_NUMBER_MAX = 32, /* of a document */
	JOB_PORTRAIT_MAX = 4 << 20,
};

/**
 * struct job_means - what every reading of the daemon uses; borrowed.
 * @trust:    NULL: every issuer is unknown
 * @tables:   NULL: words get no codes
 * @renderer: cccd-render; NULL for the installed one
 * @keys:     for pairwise ids: the site key never changes once it is open
 * @read_ms:  deadline of a whole reading; 0 for the library's own
 */
struct job_means {
	const struct cccd_trust *trust;
	const struct cccd_tables *tables;
	const char *renderer;
	const struct device_keys *keys;
	uint32_t read_ms;
};

/**
 * struct job_answer - what came of a reading.
 * @error:    its code is CCCD_OK when there is a verdict
 * @result:   with the session's transaction
 * @text:     the result document; freed with json_text_free()
 * @portrait: a JPEG, empty without one
 * @pairwise: this relying party's name of the person, "" for none
 * @document: number for the audit log's keyed reference; personal
 */
struct job_answer {
	struct cccd_error error;
	struct cccd_result result;
	char *text;
	struct buf portrait;
	struct assertion_digests digests;
	char pairwise[PAIRWISE_TEXT_MAX];
	char document[JOB_NUMBER_MAX];
	const char *document_kind;
};

/**
 * struct matter - what a session is about, for whoever acts for it.
 * @id:      of the session; also its transaction
 * @local:   a program on the Unix socket, of @uid
 * @reader:  id of the one it holds, or held last; "" before
 * @consent_given, @consent_text: what the citizen agreed to
 * @created_ms, @began_ms: steady; @began_ms is the first reading's, 0 before
 */
struct matter {
	char id[JOB_ID_MAX];
	struct grant grant;
	bool local;
	uint32_t uid;
	char reader[CCCD_READER_ID_MAX];
	bool consent_given;
	char consent_text[REQUEST_WORD_MAX];
	uint64_t created_ms;
	uint64_t began_ms;
};

/**
 * struct job - of the loop until it is given to a worker, of the worker
 * until it comes back, of the loop again then.
 * @number:  unique in this process
 * @matter:  of the session, when the reading began
 * @key:     wiped when the worker is done with it
 * @claimed: whoever sets it first writes the audit log's one line of the
 *           session: the worker when there is a verdict, else the loop
 */
struct job {
	struct job *next;
	uint64_t number;
	struct matter matter;
	struct json_access_key key;
	atomic_flag claimed;
	struct job_answer answer;
};

CHECKED enum cccd_err job_new(struct job **ret);

/* Wipe and free; accepts NULL. */
void job_free(struct job *job);

/* What was read, and only that: digests, texts, picture. */
void job_answer_wipe(struct job_answer *answer);

/** enum job_note_kind - what a worker tells while it reads. */
enum job_note_kind {
	JOB_NOTHING = 0,
	JOB_STEP_STARTED,
	JOB_STEP_FINISHED,
	JOB_FILE,
	JOB_LOST, /* the card, or its channel; trying again */
	JOB_RESUMED,
	JOB_VERIFYING, /* everything is read */
};

/**
 * struct job_note - one such word.
 * @ms:          a finished step took
 * @done, @total: bytes of a file
 */
struct job_note {
	uint64_t job;
	enum job_note_kind kind;
	char step[JOB_STEP_MAX];
	uint32_t ms;
	size_t done;
	size_t total;
};

typedef void (*job_note_fn)(void *context, const struct job_note *note);

#endif
