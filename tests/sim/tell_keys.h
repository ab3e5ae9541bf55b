/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-sim --tell-keys: the session keys, for who searches a memory. */
#ifndef TESTS_SIM_TELL_KEYS_H
#define TESTS_SIM_TELL_KEYS_H

#include "base/span.h"

/**
 * tell_keys() - append "k_enc k_mac" in hexadecimal as one line.
 * @path: const char *, the file; made with mode 0600. NULL tells nobody
 *
 * A sim_key_tap. What cannot be written is complained of and missing.
 */
void tell_keys(void *path, struct span k_enc, struct span k_mac);

#endif
