/* SPDX-License-Identifier: Apache-2.0 */
/* Whether somebody is of an age: yes, no, or not known. Never a guess. */
#ifndef LIB_JSON_AGE_H
#define LIB_JSON_AGE_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/person.h>

/* The day in Viet Nam, UTC+7 all the year; zeroed for an impossible time. */
struct cccd_day age_day(int64_t wall_s);

/**
 * age_over() - at least @age whole years old on a day.
 * @age: 1 to 120
 *
 * Who was born on 29 February has the birthday on 1 March in other years. Of
 * a birth date without month or day both ends are asked; of a year with two
 * digits both centuries, where people live so long.
 *
 * Return: false when the date leaves it open, or when there is none; @ret is
 * not written then.
 */
bool age_over(const struct cccd_person *person, struct cccd_day on,
              unsigned int age, bool *ret);

#endif
