/* SPDX-License-Identifier: Apache-2.0 */
/* One read of one card, from the reader to the verdict. */
#ifndef CCCD_SESSION_H
#define CCCD_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/bytes.h>
#include <cccd/document.h>
#include <cccd/error.h>
#include <cccd/export.h>
#include <cccd/result.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cccd_session;
struct cccd_trust;

/** enum cccd_access_key - what the desk has to open the chip with. */
enum cccd_access_key {
	CCCD_ACCESS_KEY_NONE = 0,
	CCCD_ACCESS_KEY_ID_NUMBER, /* 12 digits; the CAN is derived */
	CCCD_ACCESS_KEY_CAN,       /* 6 digits */
	CCCD_ACCESS_KEY_MRZ, /* the lines, or the 24-character information */
	CCCD_ACCESS_KEY_QR,  /* text of the QR code */
	CCCD_ACCESS_KEY_PIN,
	CCCD_ACCESS_KEY_PUK,
};

/** Bits of cccd_options.flags. */
enum cccd_flag {
	/* Do not use BAC after PACE was offered and failed. */
	CCCD_REFUSE_DOWNGRADE = 1 << 0,
	/* Do not use BAC at all. */
	CCCD_NO_BAC = 1 << 1,
	/* Leave out EF.COM and its comparison with the security object. */
	CCCD_SKIP_COM = 1 << 2,
	/* Active authentication even when chip authentication succeeded. */
	CCCD_ALWAYS_ACTIVE_AUTH = 1 << 3,
	/* Derive the expiry date from birth and issue date where the access
	 * key lacks one. Only when the operator asked for it. */
	CCCD_GUESS_EXPIRY = 1 << 4,
	/* Look also at files that no proof needs: EF.DIR, EF.ATR/INFO,
	 * EF.CardSecurity, EF.CVCA. For cccd_probe_fill(): a card may answer
	 * such a question with the end of the channel, which is then opened
	 * once more. */
	CCCD_SURVEY = 1 << 5,
};

/** Bit of a data group in cccd_options.groups. */
#define CCCD_GROUP_BIT(number) (1U << (number))

/** Every data group that the card lists and lets us read. */
#define CCCD_ALL_GROUPS 0x1FFFEU

/**
 * struct cccd_options - how to read; start from cccd_options_default().
 * @groups:          bits of wanted data groups; DG14 and DG15 are read when
 *                   a proof needs them
 * @flags:           enum cccd_flag, or-ed
 * @exchange_ms:     deadline of one command, 1 to 600 000
 * @wait_ms:         how long to wait for a card, 0 for not at all
 * @read_ms:         deadline of the whole read, once a card is there
 * @resume_ms:       how long to wait for a card that was taken away
 * @expiry_candidate: with CCCD_GUESS_EXPIRY: which of the derived expiry
 *                   dates, 0 for the likeliest; each costs one attempt
 * @now:             verification time, seconds since 1970 UTC; 0 = now
 */
struct cccd_options {
	uint32_t groups;
	uint32_t flags;
	uint32_t exchange_ms;
	uint32_t wait_ms;
	uint32_t resume_ms;
	uint32_t read_ms;
	uint32_t expiry_candidate;
	int64_t now;
};

CCCD_EXPORT struct cccd_options cccd_options_default(void);

/** enum cccd_event - kinds of progress. */
enum cccd_event {
	CCCD_EVENT_WAITING = 1, /* for a card */
	CCCD_EVENT_CARD,        /* a card is there */
	CCCD_EVENT_STEP_STARTED,
	CCCD_EVENT_STEP_FINISHED,
	CCCD_EVENT_FILE, /* bytes of a file arrived */
	CCCD_EVENT_LOST, /* card or channel lost; trying again */
	CCCD_EVENT_RESUMED,
};

/**
 * struct cccd_progress - what happens now.
 * @event: see above
 * @step:  stable name of the step, e.g. "pace", "dg2"; "" outside steps
 * @done, @total: bytes of the current file; @total 0 while unknown
 * @read:  bytes read in the whole session
 * @ms:    since the card was there
 */
struct cccd_progress {
	enum cccd_event event;
	const char *step;
	size_t done;
	size_t total;
	size_t read;
	uint32_t ms;
};

/** Called on the thread of cccd_session_run(); must not call back. */
typedef void (*cccd_progress_fn)(const struct cccd_progress *progress,
                                 void *context);

/**
 * cccd_session_new() - a session that knows nothing yet.
 *
 * One thread at a time; only cccd_session_cancel() may cross threads. A
 * session may run many times; what it learns of a kind of card (lengths it
 * takes) is kept for its life.
 *
 * Return: CCCD_OK, the caller frees *@ret; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_session_new(struct cccd_session **ret);

/** cccd_session_free() - wipe and free; accepts NULL. */
CCCD_EXPORT void cccd_session_free(struct cccd_session *session);

/**
 * cccd_session_set_reader() - the reader by URI.
 * @uri: "pcsc:" for the first reader with a card, "pcsc:NAME", "nfc:" for
 *       the first device of libnfc, "nfc:DEVICE", "nfc:unix:PATH", "id:ID"
 *       of a reader as listed or announced by a watch, "replay:FILE"
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT; CCCD_ERR_READER_*.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_session_set_reader(struct cccd_session *session, const char *uri);

/**
 * struct cccd_transport - a way to a card of the embedder's own.
 * @connect:    power the card; @atr takes up to 64 bytes
 * @transmit:   one command-response pair; *@ret_len is the room on entry
 *              (65538) and the length on return
 * @disconnect: the card loses its power or session
 * @present:    whether a card is there now; may be NULL
 * @max_command, @max_response: longest APDUs, 0 for 261 and 258
 *
 * Each returns CCCD_OK or a CCCD_ERR_READER_* / CCCD_ERR_CARD_* code and
 * keeps @timeout_ms itself.
 */
struct cccd_transport {
	enum cccd_err (*connect)(void *context, uint8_t *atr,
	                         size_t *ret_atr_len);
	enum cccd_err (*transmit)(void *context, const uint8_t *command,
	                          size_t command_len, uint8_t *response,
	                          size_t *ret_len, uint32_t timeout_ms);
	void (*disconnect)(void *context);
	bool (*present)(void *context);
	size_t max_command;
	size_t max_response;
};

/**
 * cccd_session_set_transport() - read through the embedder's own device.
 * @transport: copied
 * @context:   handed to every call; stays the caller's
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_session_set_transport(struct cccd_session *session,
                           const struct cccd_transport *transport,
                           void *context);

/**
 * cccd_session_set_access_key() - what opens the chip.
 * @text: copied, wiped with the session; never logged
 *
 * May be called for several types: PACE with a CAN is tried first, then
 * PACE with MRZ data, then BAC. A later call for the same type replaces the
 * former one. What was given is also compared with the chip's data.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_KEY_MALFORMED with the fault in
 * cccd_session_error().
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_session_set_access_key(struct cccd_session *session,
                            enum cccd_access_key type, const char *text);

/**
 * cccd_session_set_document() - number, birth and expiry as access key.
 * @number: as printed; the 12-digit citizen number is accepted
 * @birth, @expiry: YYMMDD, YYYY-MM-DD or dd/MM/yyyy; an @expiry of "none"
 *                  is the card without expiry
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_session_set_document(struct cccd_session *session, const char *number,
                          const char *birth, const char *expiry);

CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_session_set_options(struct cccd_session *session,
                         const struct cccd_options *options);

/** cccd_session_set_profile() - which checks count; copied. */
CCCD_EXPORT void cccd_session_set_profile(struct cccd_session *session,
                                          const struct cccd_profile *profile);

/** cccd_session_set_trust() - anchors; borrowed, may be NULL. */
CCCD_EXPORT void cccd_session_set_trust(struct cccd_session *session,
                                        const struct cccd_trust *trust);

/**
 * cccd_session_set_challenge() - the 8 bytes that active authentication
 * shall sign; without them fresh random ones are taken.
 */
CCCD_EXPORT void cccd_session_set_challenge(struct cccd_session *session,
                                            const uint8_t challenge[8]);

CCCD_EXPORT void cccd_session_set_progress(struct cccd_session *session,
                                           cccd_progress_fn progress,
                                           void *context);

/**
 * struct cccd_exchange - one command-response pair without its payload.
 * @step:         under way, e.g. "pace"; "" outside steps
 * @ins:          instruction byte
 * @secured:      the command was protected by secure messaging
 * @extended:     it had extended length fields
 * @command_len:  bytes of the command APDU
 * @response_len: bytes of the response APDU, status word included; 0
 *                without one
 * @status_word:  of the response; 0 without one
 * @us:           microseconds it took
 * @result:       CCCD_OK, or why there is no response
 */
struct cccd_exchange {
	const char *step;
	uint8_t ins;
	bool secured;
	bool extended;
	size_t command_len;
	size_t response_len;
	uint16_t status_word;
	uint32_t us;
	enum cccd_err result;
};

/** Called on the thread of cccd_session_run(); must not call back. */
typedef void (*cccd_exchange_fn)(const struct cccd_exchange *exchange,
                                 void *context);

/**
 * cccd_session_set_exchange_observer() - be told of every exchange.
 * @observer: NULL for nobody
 */
CCCD_EXPORT void
cccd_session_set_exchange_observer(struct cccd_session *session,
                                   cccd_exchange_fn observer, void *context);

/**
 * cccd_session_record() - write a transcript of the next run.
 * @path: created with mode 0600; "" stops recording
 * @full: everything that replay: needs, the random numbers included: for
 *        specimen cards only. Otherwise heads, lengths and status words.
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_FILE.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_session_record(struct cccd_session *session, const char *path, bool full);

/**
 * cccd_session_run() - wait, open, read, prove.
 *
 * Blocks. A card that fails its proof is CCCD_OK with a result that says
 * so; an error means that it could not be found out. What was read before
 * an error stays available.
 *
 * Return: CCCD_OK; any error, details in cccd_session_error().
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_session_run(struct cccd_session *session);

/**
 * cccd_session_cancel() - make a running cccd_session_run() return
 * CCCD_ERR_CANCELLED, from any thread; also the next one when none runs.
 */
CCCD_EXPORT void cccd_session_cancel(struct cccd_session *session);

/** cccd_session_error() - the first cause of the last failure. */
CCCD_EXPORT const struct cccd_error *
cccd_session_error(const struct cccd_session *session);

/** cccd_session_result() - of the last run; all "not run" before one. */
CCCD_EXPORT const struct cccd_result *
cccd_session_result(const struct cccd_session *session);

/** cccd_session_document() - what was read; valid until the next run. */
CCCD_EXPORT const struct cccd_document *
cccd_session_document(const struct cccd_session *session);

/** cccd_session_wipe() - forget the access key and all that was read. */
CCCD_EXPORT void cccd_session_wipe(struct cccd_session *session);

#ifdef __cplusplus
}
#endif

#endif
