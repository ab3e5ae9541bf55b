/* SPDX-License-Identifier: Apache-2.0 */
/* A circuit breaker: who failed often is left alone for a while. */
#include "service/gateway/connectors/breaker.h"

bool breaker_init(struct breaker *breaker, uint32_t threshold, uint64_t open_ms,
                  uint64_t (*now_ms)(void))
{
	breaker->state = BREAKER_CLOSED;
	breaker->failures = 0;
	breaker->threshold = threshold;
	breaker->open_ms = open_ms;
	breaker->opened_at = 0;
	breaker->probing = false;
	breaker->era = 0;
	breaker->now_ms = now_ms;
	return pthread_mutex_init(&breaker->lock, NULL) == 0;
}

static void change(struct breaker *breaker, enum breaker_state state)
{
	breaker->state = state;
	breaker->probing = false;
	breaker->era++;
}

/* Time alone turns open into half open. */
static enum breaker_state state_now(struct breaker *breaker)
{
	if (breaker->state == BREAKER_OPEN &&
	    breaker->now_ms() - breaker->opened_at >= breaker->open_ms)
		change(breaker, BREAKER_HALF_OPEN);
	return breaker->state;
}

bool breaker_enter(struct breaker *breaker, uint64_t *ret_era)
{
	bool enters = false;

	(void)pthread_mutex_lock(&breaker->lock);
	switch (state_now(breaker)) {
	case BREAKER_CLOSED: enters = true; break;
	case BREAKER_OPEN: break;
	case BREAKER_HALF_OPEN:
		enters = !breaker->probing;
		breaker->probing = true;
		break;
	}
	if (enters)
		*ret_era = breaker->era;
	(void)pthread_mutex_unlock(&breaker->lock);
	return enters;
}

static void open_up(struct breaker *breaker)
{
	change(breaker, BREAKER_OPEN);
	breaker->opened_at = breaker->now_ms();
}

static void close_up(struct breaker *breaker)
{
	breaker->failures = 0;
	if (breaker->state != BREAKER_CLOSED)
		change(breaker, BREAKER_CLOSED);
}

static void take_report(struct breaker *breaker, enum breaker_report report)
{
	switch (report) {
	case BREAKER_SAYS_NOTHING: breaker->probing = false; break;
	case BREAKER_WORKS: close_up(breaker); break;
	case BREAKER_FAILS:
		if (breaker->failures < UINT32_MAX)
			breaker->failures++;
		if (breaker->state == BREAKER_HALF_OPEN ||
		    (breaker->threshold > 0 &&
		     breaker->failures >= breaker->threshold))
			open_up(breaker);
		break;
	}
}

void breaker_leave(struct breaker *breaker, uint64_t era,
                   enum breaker_report report)
{
	(void)pthread_mutex_lock(&breaker->lock);
	/* A call that began in another state is late news; taken for the
	 * probe's, it would open, close or let a second probe through. */
	if (era == breaker->era)
		take_report(breaker, report);
	(void)pthread_mutex_unlock(&breaker->lock);
}

enum breaker_state breaker_look(struct breaker *breaker)
{
	enum breaker_state state = BREAKER_CLOSED;

	(void)pthread_mutex_lock(&breaker->lock);
	state = state_now(breaker);
	(void)pthread_mutex_unlock(&breaker->lock);
	return state;
}

void breaker_release(struct breaker *breaker)
{
	(void)pthread_mutex_destroy(&breaker->lock);
}
