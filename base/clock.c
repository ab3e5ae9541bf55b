/* SPDX-License-Identifier: Apache-2.0 */
/* Time: a steady clock for deadlines, the wall clock for records. */
#define _DEFAULT_SOURCE /* adjtimex */
#include "base/clock.h"

#include <stdio.h>
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

/* Of the Gregorian calendar from 0000-03-01; years begin in March here. */
static int64_t day_of(int64_t year, int64_t month, int64_t day)
{
	int64_t since_march = (month + 9) % 12;

	year -= month < 3 ? 1 : 0;
	return 365 * year + year / 4 - year / 100 + year / 400 +
	       (153 * since_march + 2) / 5 + day - 1;
}

bool clock_parse(const char *text, int64_t *ret)
{
	char again[CLOCK_TEXT_MAX];
	struct tm at = { 0 };

	/* Whatever this lets through does not come back the same. */
	/* NOLINTNEXTLINE(cert-err34-c) */
	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ", &at.tm_year, &at.tm_mon,
	           &at.tm_mday, &at.tm_hour, &at.tm_min, &at.tm_sec) != 6)
		return false;
	*ret = (day_of(at.tm_year, at.tm_mon, at.tm_mday) -
	        day_of(1970, 1, 1)) *
	               86400 +
	       INT64_C(60) * (INT64_C(60) * at.tm_hour + at.tm_min) + at.tm_sec;
	clock_text(*ret, again);
	return strcmp(text, again) == 0;
}
