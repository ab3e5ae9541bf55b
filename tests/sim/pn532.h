/* SPDX-License-Identifier: Apache-2.0 */
/* A PN532 on a serial line, with a card before it. */
#ifndef TESTS_SIM_PN532_H
#define TESTS_SIM_PN532_H

#include "tests/sim/sim_card.h"

/* What goes wrong with the chip. */
enum pn532_fault {
	PN532_FINE = 0,
	PN532_CHECKSUM,  /* an answer's data checksum is wrong */
	PN532_NO_ACK,    /* a command is not acknowledged */
	PN532_LOST,      /* the target is lost in the middle of a block */
	PN532_RELEASED,  /* the target was released */
	PN532_NOISE,     /* garbage after power-up */
	PN532_WEDGED,    /* nothing is answered any more */
	PN532_NAD,       /* a status byte with the NAD bit */
	PN532_OVERSIZE,  /* an answer longer than any buffer */
	PN532_ENDLESS,   /* an answer that always has more to come */
	PN532_LENGTH,    /* an answer's length checksum is wrong */
	PN532_WRONG_ATS, /* an ATS whose length is a lie */
	PN532_FAULTS,
};

/**
 * struct pn532_card - what lies on the antenna.
 * @ats:      TL first; empty while no card is there
 * @power:    the field goes on (a card forgets every session) or off
 * @exchange: as sim_card_exchange()
 */
struct pn532_card {
	struct span (*ats)(void *context);
	void (*power)(void *context, bool on);
	enum cccd_err (*exchange)(void *context, struct span command,
	                          struct buf *response,
	                          struct sim_outcome *ret);
	void *context;
};

struct pn532;

/* @card is copied. NULL when there is no memory. */
struct pn532 *pn532_new(const struct pn532_card *card);
void pn532_free(struct pn532 *chip);

/**
 * pn532_set_fault() - let something go wrong.
 * @after: exchanges with the card (or, for noise and no-ack, commands) that
 *         still go well
 * @times: how often, 0 for always
 */
void pn532_set_fault(struct pn532 *chip, enum pn532_fault fault,
                     unsigned int after, unsigned int times);

/* PN532_FAULTS when there is none of this name: "checksum", "no-ack", … */
enum pn532_fault pn532_fault_by_name(const char *name);

/* Whether exchanges take the time that their outcome says. */
void pn532_set_real_time(struct pn532 *chip, bool on);

/* Longest piece of a response in one frame; more goes by chaining. */
void pn532_set_chunk(struct pn532 *chip, size_t chunk);

/* kbit/s over the air, and how often the field was switched on. */
unsigned int pn532_bit_rate(const struct pn532 *chip);
unsigned int pn532_fields(const struct pn532 *chip);

/**
 * pn532_feed() - bytes from the host.
 * @now_us: of a steady clock
 */
CHECKED enum cccd_err pn532_feed(struct pn532 *chip, struct span bytes,
                                 uint64_t now_us);

/**
 * pn532_take() - bytes for the host that are due.
 * @ret: appended to
 *
 * Return: microseconds until more is due; UINT64_MAX for nothing.
 */
uint64_t pn532_take(struct pn532 *chip, uint64_t now_us, struct buf *ret);

/* The ATS of a card whose ATR a PC/SC reader made. */
struct pn532_ats {
	uint8_t bytes[32];
	size_t len;
};

struct pn532_ats pn532_ats_of(struct span atr);

#endif
