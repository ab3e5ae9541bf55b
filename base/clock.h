/* SPDX-License-Identifier: Apache-2.0 */
/* Time: a steady clock for deadlines, the wall clock for records. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds of a clock that never steps. */
uint64_t clock_steady_ms(void);

/* Microseconds of the same clock. */
uint64_t clock_steady_us(void);

/* Seconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_s(void);

/* Whether the system says that its clock is kept in time (NTP). */
bool clock_synchronised(void);

enum { CLOCK_TEXT_MAX = 24 };

/* "2026-11-23T02:10:04Z"; "" for times that have no such form. */
void clock_text(int64_t wall_s, char text[static CLOCK_TEXT_MAX]);

/* The same back; false for any other form and for days there are not. */
bool clock_parse(const char *text, int64_t *ret);

/* Sleep; a signal may end it early. */
void clock_sleep_ms(unsigned int ms);

#endif
