/* SPDX-License-Identifier: Apache-2.0 */
/* The test card before a simulated PN532, on a pseudo-terminal. */
#include "tests/reader/chip.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/reader/test_card.h"
#include "tests/sim/pn532_pty.h"

enum { TURN_MS = 5, DEVICE_LEN = 96 };

/* The lock is held except while the thread waits for the host. */
struct chip {
	pthread_t thread;
	pthread_mutex_t lock;
	atomic_bool stop;
	atomic_bool present;
	bool field;
	struct test_card card;
	struct pn532 *pn532;
	struct pn532_line line;
	struct pn532_ats ats;
	char device[DEVICE_LEN];
};

static struct span card_ats(void *context)
{
	struct chip *chip = context;

	return span_of(chip->ats.bytes,
	               atomic_load(&chip->present) ? chip->ats.len : 0);
}

static void card_power(void *context, bool on)
{
	struct chip *chip = context;

	chip->field = on;
	chip->card.resets += on;
}

static enum cccd_err card_exchange(void *context, struct span command,
                                   struct buf *response,
                                   struct sim_outcome *ret)
{
	struct chip *chip = context;

	*ret = (struct sim_outcome){ 0 };
	switch (test_card_answer(&chip->card, command, response)) {
	case TEST_LEAVE:
		atomic_store(&chip->present, false);
		ret->removed = true;
		return CCCD_OK;
	case TEST_SLEEP:
		ret->time_us = (uint64_t)chip->card.sleep_ms * 1000;
		return CCCD_OK;
	case TEST_ANSWER: break;
	}
	return CCCD_OK;
}

static void *play(void *context)
{
	struct chip *chip = context;

	while (!atomic_load(&chip->stop)) {
		(void)pthread_mutex_lock(&chip->lock);
		if (chip->line.master >= 0 &&
		    pn532_line_turn(&chip->line, chip->pn532, -1, TURN_MS) !=
		            CCCD_OK)
			pn532_line_close(&chip->line);
		(void)pthread_mutex_unlock(&chip->lock);
		(void)sched_yield();
	}
	return NULL;
}

struct chip *chip_start(void)
{
	struct chip *chip = calloc(1, sizeof(*chip));
	struct pn532_card card = { card_ats, card_power, card_exchange, chip };

	if (chip == NULL || pthread_mutex_init(&chip->lock, NULL) != 0 ||
	    pn532_line_open("auto", NULL, &chip->line) != CCCD_OK)
		abort();
	chip->ats = pn532_ats_of(span_of(test_atr, TEST_ATR_LEN));
	atomic_init(&chip->stop, false);
	atomic_init(&chip->present, true);
	chip->pn532 = pn532_new(&card);
	if (chip->pn532 == NULL)
		abort();
	pn532_set_real_time(chip->pn532, true);
	(void)snprintf(chip->device, sizeof(chip->device), "pn532_uart:%s",
	               chip->line.path);
	if (pthread_create(&chip->thread, NULL, play, chip) != 0)
		abort();
	return chip;
}

void chip_stop(struct chip *chip)
{
	atomic_store(&chip->stop, true);
	(void)pthread_join(chip->thread, NULL);
	pn532_line_close(&chip->line);
	pn532_free(chip->pn532);
	(void)pthread_mutex_destroy(&chip->lock);
	free(chip);
}

const char *chip_device(const struct chip *chip)
{
	return chip->device;
}

void chip_lay(struct chip *chip, bool present)
{
	atomic_store(&chip->present, present);
}

void chip_fault(struct chip *chip, enum pn532_fault fault, unsigned int after,
                unsigned int times)
{
	(void)pthread_mutex_lock(&chip->lock);
	pn532_set_fault(chip->pn532, fault, after, times);
	(void)pthread_mutex_unlock(&chip->lock);
}

void chip_chunk(struct chip *chip, size_t chunk)
{
	(void)pthread_mutex_lock(&chip->lock);
	pn532_set_chunk(chip->pn532, chunk);
	(void)pthread_mutex_unlock(&chip->lock);
}

void chip_unplug(struct chip *chip)
{
	(void)pthread_mutex_lock(&chip->lock);
	pn532_line_close(&chip->line);
	(void)pthread_mutex_unlock(&chip->lock);
}

unsigned int chip_bit_rate(struct chip *chip)
{
	unsigned int rate;

	(void)pthread_mutex_lock(&chip->lock);
	rate = pn532_bit_rate(chip->pn532);
	(void)pthread_mutex_unlock(&chip->lock);
	return rate;
}

bool chip_field(struct chip *chip)
{
	bool field;

	(void)pthread_mutex_lock(&chip->lock);
	field = chip->field;
	(void)pthread_mutex_unlock(&chip->lock);
	return field;
}
