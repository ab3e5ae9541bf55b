/* SPDX-License-Identifier: Apache-2.0 */
/* Time: a steady clock for deadlines, the wall clock for records. */
#define _DEFAULT_SOURCE /* adjtimex */
#include "base/clock.h"

#include <string.h>
#include <sys/timex.h>
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

bool clock_synchronised(void)
{
	struct timex state = { 0 };
	int code = adjtimex(&state);

	return code >= 0 && code != TIME_ERROR &&
	       (state.status & STA_UNSYNC) == 0;
}

void clock_text(int64_t wall_s, char text[static CLOCK_TEXT_MAX])
{
	time_t seconds = (time_t)wall_s;
	struct tm parts = { 0 };

	text[0] = '\0';
	if (gmtime_r(&seconds, &parts) == NULL ||
	    strftime(text, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		text[0] = '\0';
}
