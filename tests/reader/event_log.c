/* SPDX-License-Identifier: Apache-2.0 */
/* What a watch told, in its order. */
#include "tests/reader/event_log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"

enum { EVENTS_MAX = 4096, TURN_MS = 2 };

/* @inside: the watch promised one call at a time. */
struct event_log {
	pthread_mutex_t lock;
	atomic_int inside;
	struct cccd_watch_event events[EVENTS_MAX];
	size_t count;
	size_t taken;
	struct cccd_watch_event last;
};

struct event_log *event_log_new(void)
{
	struct event_log *log = calloc(1, sizeof(*log));

	if (log == NULL || pthread_mutex_init(&log->lock, NULL) != 0)
		abort();
	return log;
}

void event_log_free(struct event_log *log)
{
	(void)pthread_mutex_destroy(&log->lock);
	free(log);
}

void event_log_add(const struct cccd_watch_event *event, void *context)
{
	struct event_log *log = context;

	if (atomic_fetch_add(&log->inside, 1) != 0)
		abort();
	(void)pthread_mutex_lock(&log->lock);
	if (log->count == EVENTS_MAX)
		abort();
	log->events[log->count++] = *event;
	(void)pthread_mutex_unlock(&log->lock);
	atomic_fetch_sub(&log->inside, 1);
}

size_t event_log_waiting(struct event_log *log)
{
	size_t waiting;

	(void)pthread_mutex_lock(&log->lock);
	waiting = log->count - log->taken;
	(void)pthread_mutex_unlock(&log->lock);
	return waiting;
}

const struct cccd_watch_event *event_log_take(struct event_log *log)
{
	uint64_t end = clock_steady_ms() + EVENT_LOG_MS;

	while (event_log_waiting(log) == 0) {
		assert_true(clock_steady_ms() < end);
		clock_sleep_ms(TURN_MS);
	}
	(void)pthread_mutex_lock(&log->lock);
	log->last = log->events[log->taken++];
	/* Long tests begin again at the start. */
	if (log->taken == log->count)
		log->taken = log->count = 0;
	(void)pthread_mutex_unlock(&log->lock);
	return &log->last;
}

const struct cccd_reader_info *event_log_expect(struct event_log *log,
                                                enum cccd_watch_kind kind)
{
	const struct cccd_watch_event *event = event_log_take(log);

	if (event->kind != kind)
		print_error("event %d of %s instead of %d\n", (int)event->kind,
		            event->reader.uri, (int)kind);
	assert_int_equal(event->kind, kind);
	assert_int_equal(event->reader.card_present,
	                 kind == CCCD_WATCH_CARD_PRESENT);
	return &event->reader;
}
