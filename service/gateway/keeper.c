/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps house in the store, and looks whether it works; a thread's work. */
#include "service/gateway/keeper.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "service/say.h"

enum {
	/* As long as the store is not well. */
	AGAIN_MS = 1000,
	/* A look that takes longer is an answer, too. */
	LATE_MS = 5000,
	TIDY_MS = 60000,
	DAY_S = 86400,
	SECOND_MS = 1000,
	MS_NS = 1000000,
};

/**
 * struct keeper - a thread and what it has seen.
 * @doubts:     failures since it began; a look clears only those before it
 * @told:       what was last said to the operator
 * @looking_ms: when the present look began; 0 between looks
 */
struct keeper {
	struct keeper_parts parts;
	pthread_mutex_t lock;
	pthread_cond_t roused;
	pthread_t thread;
	bool store_ok;
	bool told;
	uint64_t doubts;
	uint64_t looking_ms;
	uint64_t looked_ms;
	uint64_t tidied_ms;
	bool ending;
};

/* At the end, and where another look is due first. */
static bool must_stop(struct keeper *keeper)
{
	bool stop = false;

	(void)pthread_mutex_lock(&keeper->lock);
	stop = keeper->ending || !keeper->store_ok;
	(void)pthread_mutex_unlock(&keeper->lock);
	return stop;
}

/* A clock that runs ahead must not make the log old: what expires is counted
 * from the newest check, for which a desk's clock had to agree with ours. */
static enum cccd_err expire_from(const struct keeper *keeper, int64_t now,
                                 char ret[static CLOCK_TEXT_MAX])
{
	char newest[CLOCK_TEXT_MAX];
	int64_t last = now;

	TRY(store_log_newest(keeper->parts.store, newest));
	if (!clock_parse(newest, &last) || last > now)
		last = now;
	clock_text(last - (int64_t)keeper->parts.retention_days * DAY_S, ret);
	return CCCD_OK;
}

/* In pieces, so that requests get their turn, and the end, too. */
static enum cccd_err tidy(struct keeper *keeper)
{
	const struct keeper_parts *parts = &keeper->parts;
	int64_t now = clock_wall_s();
	char before[CLOCK_TEXT_MAX];
	bool more = true;

	TRY(store_recover(parts->store, now - parts->interrupted_s));
	while (more && !must_stop(keeper))
		TRY(store_nonce_sweep(parts->store, now - DAY_S, &more));
	TRY(expire_from(keeper, now, before));
	more = parts->retention_days != 0;
	while (more && !must_stop(keeper))
		TRY(store_log_expire(parts->store, before, &more));
	return CCCD_OK;
}

/* The lock is held before and after. */
static void look(struct keeper *keeper)
{
	uint64_t doubts = keeper->doubts;
	bool good = false;

	keeper->looking_ms = clock_steady_ms();
	(void)pthread_mutex_unlock(&keeper->lock);
	good = store_look(keeper->parts.store) == CCCD_OK;
	(void)pthread_mutex_lock(&keeper->lock);
	keeper->looking_ms = 0;
	keeper->looked_ms = clock_steady_ms();
	keeper->store_ok = good && keeper->doubts == doubts;
}

/* Who waits less for the dead looks for them more often. */
static uint64_t tidy_ms(const struct keeper *keeper)
{
	uint64_t half_ms =
	        (uint64_t)keeper->parts.interrupted_s * SECOND_MS / 2;

	return half_ms < TIDY_MS ? half_ms : TIDY_MS;
}

/* The lock is held before and after. */
static void tidy_in_turn(struct keeper *keeper)
{
	enum cccd_err err = CCCD_OK;

	if (!keeper->store_ok || clock_steady_ms() < keeper->tidied_ms)
		return;
	(void)pthread_mutex_unlock(&keeper->lock);
	err = tidy(keeper);
	if (err != CCCD_OK)
		say_warning("Chưa dọn được cơ sở dữ liệu của cổng tra cứu.",
		            "The gateway's database could not be tidied.");
	(void)pthread_mutex_lock(&keeper->lock);
	keeper->tidied_ms = clock_steady_ms() + tidy_ms(keeper);
}

/* When there is something to do next; the lock is held. */
static uint64_t next_ms(const struct keeper *keeper)
{
	uint64_t look_ms =
	        keeper->looked_ms +
	        (keeper->store_ok ? keeper->parts.look_ms : AGAIN_MS);

	if (keeper->store_ok && keeper->tidied_ms < look_ms)
		return keeper->tidied_ms;
	return look_ms;
}

/* The lock is held before and after. */
static void wait_until(struct keeper *keeper, uint64_t when_ms)
{
	const struct timespec when = {
		.tv_sec = (time_t)(when_ms / SECOND_MS),
		.tv_nsec = (long)(when_ms % SECOND_MS * MS_NS),
	};

	(void)pthread_cond_timedwait(&keeper->roused, &keeper->lock, &when);
}

/* Once for each change; the lock is held before and after. */
static void tell(struct keeper *keeper)
{
	bool good = keeper->store_ok;

	if (keeper->told == good)
		return;
	keeper->told = good;
	(void)pthread_mutex_unlock(&keeper->lock);
	if (good)
		say_info("Cơ sở dữ liệu của cổng tra cứu đã ghi được lại.",
		         "The gateway's database can be written again.");
	else
		say_warning(
		        "Không ghi được cơ sở dữ liệu của cổng tra cứu (%s):"
		        " mọi yêu cầu bị từ chối cho đến khi ghi được."
		        " Hãy xem đĩa có đầy không, tệp có bị chuyển chỗ"
		        " không, máy chủ PostgreSQL có chạy không.",
		        "The gateway's database cannot be written (%s):"
		        " requests are refused until it can. Look for a"
		        " full disk, a file that was moved, a PostgreSQL"
		        " server that does not run.",
		        cccd_err_code(CCCD_ERR_STORE));
	(void)pthread_mutex_lock(&keeper->lock);
}

static void *run(void *context)
{
	struct keeper *keeper = context;

	(void)pthread_mutex_lock(&keeper->lock);
	while (!keeper->ending) {
		uint64_t when_ms = next_ms(keeper);

		/* A request met it before any look did. */
		if (keeper->told != keeper->store_ok) {
			tell(keeper);
			continue;
		}
		if (clock_steady_ms() < when_ms) {
			wait_until(keeper, when_ms);
			continue;
		}
		look(keeper);
		tidy_in_turn(keeper);
	}
	(void)pthread_mutex_unlock(&keeper->lock);
	return NULL;
}

static bool make_lock(struct keeper *keeper)
{
	pthread_condattr_t steady;
	bool good = pthread_condattr_init(&steady) == 0;

	if (!good)
		return false;
	good = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) == 0 &&
	       pthread_cond_init(&keeper->roused, &steady) == 0;
	(void)pthread_condattr_destroy(&steady);
	if (good && pthread_mutex_init(&keeper->lock, NULL) != 0) {
		(void)pthread_cond_destroy(&keeper->roused);
		good = false;
	}
	return good;
}

static void release(struct keeper *keeper)
{
	(void)pthread_mutex_destroy(&keeper->lock);
	(void)pthread_cond_destroy(&keeper->roused);
	free(keeper);
}

/* Signals are the loop's. */
static bool start(struct keeper *keeper)
{
	sigset_t all;
	sigset_t before;
	bool good = false;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	good = pthread_create(&keeper->thread, NULL, run, keeper) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return good;
}

enum cccd_err keeper_new(const struct keeper_parts *parts, struct keeper **ret)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));

	if (keeper == NULL)
		return CCCD_ERR_MEMORY;
	keeper->parts = *parts;
	/* It was opened just now. */
	keeper->store_ok = true;
	keeper->told = true;
	if (!make_lock(keeper)) {
		free(keeper);
		return CCCD_ERR_MEMORY;
	}
	if (!start(keeper)) {
		release(keeper);
		return CCCD_ERR_INTERNAL;
	}
	*ret = keeper;
	return CCCD_OK;
}

void keeper_free(struct keeper *keeper)
{
	if (keeper == NULL)
		return;
	(void)pthread_mutex_lock(&keeper->lock);
	keeper->ending = true;
	(void)pthread_cond_signal(&keeper->roused);
	(void)pthread_mutex_unlock(&keeper->lock);
	(void)pthread_join(keeper->thread, NULL);
	release(keeper);
}

void keeper_doubt(struct keeper *keeper)
{
	(void)pthread_mutex_lock(&keeper->lock);
	keeper->doubts++;
	keeper->store_ok = false;
	(void)pthread_cond_signal(&keeper->roused);
	(void)pthread_mutex_unlock(&keeper->lock);
}

bool keeper_store_ok(struct keeper *keeper)
{
	bool good = false;

	(void)pthread_mutex_lock(&keeper->lock);
	good = keeper->store_ok &&
	       (keeper->looking_ms == 0 ||
	        clock_steady_ms() < keeper->looking_ms + LATE_MS);
	(void)pthread_mutex_unlock(&keeper->lock);
	return good;
}
