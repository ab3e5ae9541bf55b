/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a watch: a thread for pcscd, one for USB, one per device. */
#ifndef READER_WATCH_PART_H
#define READER_WATCH_PART_H

#include <pthread.h>

#include <cccd/watch.h>

#include "base/macros.h"
#include "reader/host.h"

/**
 * struct watch_post - where the events of all parts go.
 * @lock: held during a call
 */
struct watch_post {
	pthread_mutex_t lock;
	cccd_watch_fn fn;
	void *context;
	struct host host;
};

/* @reader with its card as @kind says. */
void watch_tell(struct watch_post *post, enum cccd_watch_kind kind,
                const struct cccd_reader_info *reader);

/* A thread of a part, and the bell that ends its sleep. */
struct watch_thread {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool rung;
	bool stop;
	bool ended;
};

/**
 * watch_thread_start() - run @main over @part.
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY, nothing to join then.
 */
CHECKED enum cccd_err watch_thread_start(struct watch_thread *thread,
                                         void *(*main)(void *), void *part);

/* Sleep on the thread itself until rung or told to stop. */
void watch_thread_sleep(struct watch_thread *thread, unsigned int ms);

bool watch_thread_stopped(struct watch_thread *thread);

/* From any thread. */
void watch_thread_ring(struct watch_thread *thread);
void watch_thread_stop(struct watch_thread *thread);

/* The last thing that @main does. */
void watch_thread_end(struct watch_thread *thread);

/**
 * watch_thread_join() - wait for the end.
 * @nudge: called again and again until then: a cancel may come too early;
 *         may be NULL
 */
void watch_thread_join(struct watch_thread *thread, void (*nudge)(void *),
                       void *part);

/* The readers of pcscd. */
struct watch_pcsc;
CHECKED enum cccd_err watch_pcsc_start(struct watch_post *post,
                                       struct watch_pcsc **ret);
void watch_pcsc_stop(struct watch_pcsc *part);
void watch_pcsc_free(struct watch_pcsc *part);

/**
 * watch_nfc_start() - one NFC reader.
 * @uri:  "nfc:…"
 * @name: to show; NULL for what follows "nfc:"
 */
struct watch_nfc;
CHECKED enum cccd_err watch_nfc_start(struct watch_post *post, const char *uri,
                                      const char *name, unsigned int poll_ms,
                                      struct watch_nfc **ret);
const char *watch_nfc_uri(const struct watch_nfc *part);
void watch_nfc_stop(struct watch_nfc *part);

/* After it was unplugged: tell so; then as watch_nfc_stop(). */
void watch_nfc_retire(struct watch_nfc *part);
void watch_nfc_free(struct watch_nfc *part);

/* NFC readers on USB: starts a part for each. */
struct watch_usb;
CHECKED enum cccd_err watch_usb_start(struct watch_post *post,
                                      unsigned int poll_ms,
                                      struct watch_usb **ret);
void watch_usb_stop(struct watch_usb *part);
void watch_usb_free(struct watch_usb *part);

#endif
