/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and cards that come and go, as one stream of events. */
#ifndef CCCD_WATCH_H
#define CCCD_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>
#include <cccd/export.h>
#include <cccd/reader.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cccd_watch;

/**
 * enum cccd_watch_kind - what happened.
 * @CCCD_WATCH_READER_ADDED:   also for each reader that is there at first
 * @CCCD_WATCH_READER_REMOVED: unplugged, or its service went away
 * @CCCD_WATCH_CARD_PRESENT:   also for each card that is there at first; a
 *                             card that was swapped unseen is removed and
 *                             present
 * @CCCD_WATCH_CARD_REMOVED:   also before its reader is removed
 * @CCCD_WATCH_SERVICE_LOST:   pcscd is not there, or no longer; its readers
 *                             were removed before
 * @CCCD_WATCH_SERVICE_BACK:   pcscd answers again; its readers follow
 */
enum cccd_watch_kind {
	CCCD_WATCH_READER_ADDED = 1,
	CCCD_WATCH_READER_REMOVED,
	CCCD_WATCH_CARD_PRESENT,
	CCCD_WATCH_CARD_REMOVED,
	CCCD_WATCH_SERVICE_LOST,
	CCCD_WATCH_SERVICE_BACK,
};

/**
 * struct cccd_watch_event - one event.
 * @reader: whole, with the new state of its card; of an event of a service
 *          only @kind and @problem say something
 */
struct cccd_watch_event {
	enum cccd_watch_kind kind;
	struct cccd_reader_info reader;
};

/**
 * Called on a thread of the watch, one call at a time and in the order of
 * events; @event lasts for the call. It must be quick and must not call
 * cccd_watch_stop().
 */
typedef void (*cccd_watch_fn)(const struct cccd_watch_event *event,
                              void *context);

/** Bits of cccd_watch_options.worlds. */
enum cccd_watch_world {
	CCCD_WATCH_PCSC = 1 << 0,
	/* NFC readers on USB that are known and not left to pcscd, and those
	 * of @nfc_uris. */
	CCCD_WATCH_NFC = 1 << 1,
};

enum {
	CCCD_WATCH_NFC_MAX = 8,
	CCCD_WATCH_NFC_POLL_MIN_MS = 50,
	CCCD_WATCH_NFC_POLL_MAX_MS = 60000,
};

/**
 * struct cccd_watch_options - start from cccd_watch_options_default().
 * @worlds:       enum cccd_watch_world, or-ed
 * @nfc_uris:     "nfc:unix:PATH", "nfc:pn532_uart:/dev/ttyS0", …: readers
 *                that cannot be found, only named; borrowed until
 *                cccd_watch_start() returns
 * @nfc_count:    of them, at most CCCD_WATCH_NFC_MAX
 * @nfc_poll_ms:  between two looks for a card, in the bounds above
 */
struct cccd_watch_options {
	unsigned int worlds;
	const char *const *nfc_uris;
	size_t nfc_count;
	unsigned int nfc_poll_ms;
};

/** Both worlds, no named NFC reader, a look every 500 ms. */
CCCD_EXPORT struct cccd_watch_options cccd_watch_options_default(void);

/**
 * cccd_watch_start() - watch until cccd_watch_stop().
 * @options: NULL for the defaults
 * @fn:      first told of what is there already
 *
 * A session of this process is not disturbed: of a PC/SC reader only the
 * state is asked for, and an NFC reader that a session has open is left
 * alone: what that session sees of its card is what the events tell. A
 * session that opens an NFC reader makes the watch let go of it first.
 *
 * Return: CCCD_OK, the caller stops *@ret; CCCD_ERR_USAGE_ARGUMENT for
 * options out of bounds or a URI of another scheme; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_watch_start(const struct cccd_watch_options *options, cccd_watch_fn fn,
                 void *context, struct cccd_watch **ret);

/** Joins the threads; no call comes after it. Accepts NULL. */
CCCD_EXPORT void cccd_watch_stop(struct cccd_watch *watch);

#ifdef __cplusplus
}
#endif

#endif
