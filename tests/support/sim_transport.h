/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated card as an embedder's own device, in this process. */
#ifndef TESTS_SUPPORT_SIM_TRANSPORT_H
#define TESTS_SUPPORT_SIM_TRANSPORT_H

#include <stdatomic.h>

#include <cccd/session.h>

#include "tests/sim/sim_card.h"

/**
 * struct sim_device - a reader with a card on it.
 * @card:      on the device; what a scripted removal lays back
 * @powered:   between connect and disconnect
 * @transmits: exchanges so far
 * @pause_us:  real time of each exchange
 */
struct sim_device {
	struct sim_card *card;
	bool powered;
	atomic_uint transmits;
	unsigned int pause_us;
};

/* The functions over struct sim_device; @card tells the lengths. */
struct cccd_transport sim_transport(const struct sim_card *card);

/* A session over @device with the holder's @key: "can", "mrz_lines", …
 * Ends the program when it cannot. */
struct cccd_session *sim_session(struct sim_device *device, const char *key);

/* The card of a profile; ends the program when there is none. */
struct sim_card *sim_card_of(const char *profile);

#endif
