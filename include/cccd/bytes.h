/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed bytes, as every public structure hands them out. */
#ifndef CCCD_BYTES_H
#define CCCD_BYTES_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct cccd_bytes - bytes that somebody else owns.
 * @at:  first byte; may be NULL when @len is 0
 * @len: number of bytes
 *
 * Valid as long as the object that handed it out.
 */
struct cccd_bytes {
	const uint8_t *at;
	size_t len;
};

#endif
