/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that JSON documents pass through on their way. */
#ifndef LIB_JSON_HEAP_H
#define LIB_JSON_HEAP_H

/**
 * json_heap_wipe_on_free() - from now on cJSON overwrites what it frees.
 *
 * Trees and half-made texts hold names and numbers. A daemon runs for
 * months, so it calls this before its first thread; texts are still freed
 * with json_text_free(), and plain malloc() makes memory that fits it. May
 * be called again.
 */
void json_heap_wipe_on_free(void);

#endif
