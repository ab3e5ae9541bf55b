/* SPDX-License-Identifier: Apache-2.0 */
/* Time: a steady clock for deadlines, the wall clock for records. */
#include "base/clock.h"

#include <time.h>

uint64_t clock_steady_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

uint64_t clock_steady_ms(void)
{
	return clock_steady_us() / 1000U;
}

int64_t clock_wall_s(void)
{
	return (int64_t)time(NULL);
}

void clock_sleep_ms(unsigned int ms)
{
	struct timespec span = {
		.tv_sec = (time_t)(ms / 1000U),
		.tv_nsec = (long)(ms % 1000U) * 1000000,
	};

	(void)nanosleep(&span, NULL);
}
