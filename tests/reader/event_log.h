/* SPDX-License-Identifier: Apache-2.0 */
/* What a watch told, in its order. */
#ifndef TESTS_READER_EVENT_LOG_H
#define TESTS_READER_EVENT_LOG_H

#include <cccd/watch.h>

enum { EVENT_LOG_MS = 60000 };

/**
 * struct event_log - from event_log_new() to event_log_free().
 * @taken: how many event_log_take() has handed out
 */
struct event_log;

struct event_log *event_log_new(void);
void event_log_free(struct event_log *log);

/* For cccd_watch_start(); @context is the log. */
void event_log_add(const struct cccd_watch_event *event, void *context);

/* The next event, waited for; ends the test when none comes. Borrowed until
 * the next call, as is the reader below. */
const struct cccd_watch_event *event_log_take(struct event_log *log);

/* The next event has this kind; returns its reader. */
const struct cccd_reader_info *event_log_expect(struct event_log *log,
                                                enum cccd_watch_kind kind);

/* Events that nobody has taken yet. */
size_t event_log_waiting(struct event_log *log);

#endif
