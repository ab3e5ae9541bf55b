/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: made, run, woken, stopped. */
#include <signal.h>
#include <stdlib.h>

#include "service/listen/internal.h"

static void begin_stop(struct listen *listen);

static void on_async(uv_async_t *async)
{
	struct listen *listen = async->data;

	if (atomic_exchange(&listen->wake_wanted, false) &&
	    listen->handlers.wake != NULL)
		listen->handlers.wake(listen->handlers.context);
	if (atomic_load(&listen->stop_wanted) && !listen->stopping)
		begin_stop(listen);
}

/* A write to a connection that is gone is an error, not the end of us. */
static void ignore_pipe(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigemptyset(&ignore.sa_mask);
	(void)sigaction(SIGPIPE, &ignore, NULL);
}

enum cccd_err listen_new(const struct listen_handlers *handlers,
                         const struct listen_rules *rules,
                         const struct listen_limits *limits,
                         struct listen **ret)
{
	struct listen *listen = calloc(1, sizeof(*listen));

	if (listen == NULL)
		return CCCD_ERR_MEMORY;
	if (uv_loop_init(&listen->loop) != 0) {
		free(listen);
		return CCCD_ERR_INTERNAL;
	}
	if (uv_async_init(&listen->loop, &listen->async, on_async) != 0) {
		(void)uv_loop_close(&listen->loop);
		free(listen);
		return CCCD_ERR_INTERNAL;
	}
	ignore_pipe();
	listen->handlers = *handlers;
	listen->rules = *rules;
	listen->limits = limits_complete(limits);
	(void)uv_timer_init(&listen->loop, &listen->pause);
	(void)uv_timer_init(&listen->loop, &listen->drain);
	listen->async.data = listen;
	listen->pause.data = listen;
	listen->drain.data = listen;
	*ret = listen;
	return CCCD_OK;
}

static void drop_all(struct listen *listen)
{
	for (struct listen_conn *conn = listen->conns; conn != NULL;
	     conn = conn->next)
		conn_drop(conn);
}

/* A timer that its owner forgot must not keep the loop. */
static void on_walk(uv_handle_t *handle, void *context)
{
	(void)context;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void listen_free(struct listen *listen)
{
	if (listen == NULL)
		return;
	doors_close(listen);
	drop_all(listen);
	uv_walk(&listen->loop, on_walk, NULL);
	(void)uv_run(&listen->loop, UV_RUN_DEFAULT);
	/* uv_stop() by the last connection ends the first run early. */
	(void)uv_run(&listen->loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&listen->loop);
	free(listen);
}

static void on_drain_over(uv_timer_t *timer)
{
	drop_all(timer->data);
}

static void stop_conn(struct listen_conn *conn)
{
	switch (conn->state) {
	case CONN_WS: listen_ws_close(conn, WS_GOING_AWAY, ""); break;
	case CONN_STREAM: conn_end(conn); break;
	case CONN_REQUEST:
		if (conn->reader.bytes.len == 0)
			conn_drop(conn);
		break;
	case CONN_PENDING:
	case CONN_SENDING:
	case CONN_ENDING:
	case CONN_CLOSING: break;
	}
}

static void begin_stop(struct listen *listen)
{
	listen->stopping = true;
	doors_ignore(listen);
	for (struct listen_conn *conn = listen->conns; conn != NULL;
	     conn = conn->next)
		stop_conn(conn);
	if (listen->conns == NULL)
		uv_stop(&listen->loop);
	else
		(void)uv_timer_start(&listen->drain, on_drain_over,
		                     listen->limits.drain_ms, 0);
}

void listen_run(struct listen *listen)
{
	doors_watch(listen);
	(void)uv_run(&listen->loop, UV_RUN_DEFAULT);
}

void listen_stop(struct listen *listen)
{
	atomic_store(&listen->stop_wanted, true);
	(void)uv_async_send(&listen->async);
}

void listen_wake(struct listen *listen)
{
	atomic_store(&listen->wake_wanted, true);
	(void)uv_async_send(&listen->async);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct listen_signal_watch *watch = handle->data;
	const struct listen_handlers *handlers = &watch->listen->handlers;

	if (handlers->signal != NULL)
		handlers->signal(handlers->context, number);
}

enum cccd_err listen_signal(struct listen *listen, int number)
{
	struct listen_signal_watch *watch = NULL;

	if (listen->signal_count >= LISTEN_SIGNALS_MAX)
		return CCCD_ERR_USAGE_ARGUMENT;
	watch = &listen->signals[listen->signal_count];
	if (uv_signal_init(&listen->loop, &watch->handle) != 0)
		return CCCD_ERR_INTERNAL;
	listen->signal_count++;
	watch->listen = listen;
	watch->handle.data = watch;
	return uv_signal_start(&watch->handle, on_signal, number) == 0
	               ? CCCD_OK
	               : CCCD_ERR_USAGE_ARGUMENT;
}

size_t listen_count(const struct listen *listen)
{
	size_t count = 0;

	for (const struct listen_conn *conn = listen->conns; conn != NULL;
	     conn = conn->next)
		count += conn->state != CONN_CLOSING;
	return count;
}

struct listen_timer {
	uv_timer_t handle;
	void (*expired)(void *context);
	void *context;
};

static void on_timer(uv_timer_t *handle)
{
	const struct listen_timer *timer = handle->data;

	timer->expired(timer->context);
}

enum cccd_err listen_timer_new(struct listen *listen,
                               void (*expired)(void *context), void *context,
                               struct listen_timer **ret)
{
	struct listen_timer *timer = calloc(1, sizeof(*timer));

	if (timer == NULL)
		return CCCD_ERR_MEMORY;
	(void)uv_timer_init(&listen->loop, &timer->handle);
	timer->handle.data = timer;
	timer->expired = expired;
	timer->context = context;
	*ret = timer;
	return CCCD_OK;
}

void listen_timer_set(struct listen_timer *timer, uint64_t ms)
{
	/* The loop's clock stands while a handler runs. */
	uv_update_time(timer->handle.loop);
	(void)uv_timer_start(&timer->handle, on_timer, ms, 0);
}

void listen_timer_stop(struct listen_timer *timer)
{
	(void)uv_timer_stop(&timer->handle);
}

static void on_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void listen_timer_free(struct listen_timer *timer)
{
	if (timer != NULL)
		uv_close((uv_handle_t *)&timer->handle, on_timer_closed);
}
