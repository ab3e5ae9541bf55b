/* SPDX-License-Identifier: Apache-2.0 */
/* Digits that went through the Vietnamese keyboard layout. */
#ifndef APDU_VNM_KEYBOARD_H
#define APDU_VNM_KEYBOARD_H

#include "base/span.h"

enum { DATE_DIGITS = 8 };

/**
 * keyboard_digits() - the first @count digits of a text.
 * @text: plain digits, or what the digit row of the Vietnamese layout
 *        types: ă â ê ô, five tone marks, đ; composed or not
 * @ret:  @count digits and NUL, when there are that many
 *
 * The layout turns each digit into one sign, so this is a reading, not a
 * guess; a sign that two digits could have made is refused.
 *
 * Return: bytes of @text taken, 0 when it begins otherwise.
 */
size_t keyboard_digits(struct span text, char *ret, size_t count);

#endif
