/* SPDX-License-Identifier: Apache-2.0 */
/* libpcsclite replaced: readers and cards at a test's word. Link with
 * --wrap for the calls below. */
#ifndef TESTS_READER_FAKE_PCSCD_H
#define TESTS_READER_FAKE_PCSCD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No service, or one without readers. */
void fake_pcscd_run(bool runs);

/* @channel: SCARD_ATTR_CHANNEL_ID, or 0 for a driver without it. */
void fake_pcscd_plug(const char *name, uint32_t channel);
void fake_pcscd_unplug(const char *name);

/* A reader that somebody has for himself lets nobody connect. */
void fake_pcscd_hold(const char *name, bool held);

void fake_pcscd_lay(const char *name, bool present);

/* Away and back before anybody looked. */
void fake_pcscd_swap(const char *name);

/* Contexts and handles not given back; connections made so far. */
size_t fake_pcscd_open(void);
size_t fake_pcscd_connections(void);

#endif
