/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of pcscd at one moment, each with what it is. */
#ifndef READER_PCSC_EYE_H
#define READER_PCSC_EYE_H

#include "reader/identify.h"
#include "reader/pcsc_client.h"

/**
 * struct pcsc_seen - one reader.
 * @events: how often its card changed, as pcscd counts, modulo 65536
 * @port, @address: of the USB device that it is; "" when not known
 */
struct pcsc_seen {
	struct cccd_reader_info info;
	uint16_t events;
	char port[USB_PORT_MAX];
	unsigned int address;
};

struct pcsc_sight {
	struct pcsc_seen seen[CCCD_READERS_MAX];
	size_t count;
};

/**
 * pcsc_eye_look() - what pcscd shows.
 * @before: an earlier sight: readers that are still there stay who they
 *          are; may be NULL
 *
 * Only states are asked for; where two devices could be the same new
 * reader, its place on the bus too, which touches no card.
 *
 * Return: CCCD_OK; CCCD_ERR_READER_SERVICE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err pcsc_eye_look(struct pcsc_client *client,
                                    const struct host *host,
                                    const struct pcsc_sight *before,
                                    struct cccd_error *error,
                                    struct pcsc_sight *ret);

#endif
