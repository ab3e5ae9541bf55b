/* SPDX-License-Identifier: Apache-2.0 */
/* The test card before a simulated PN532, on a pseudo-terminal. */
#ifndef TESTS_READER_CHIP_H
#define TESTS_READER_CHIP_H

#include "tests/sim/pn532.h"

struct chip;

/* Starts a thread that plays the chip; ends the program when it cannot. */
struct chip *chip_start(void);
void chip_stop(struct chip *chip);

/* The connection string of libnfc, "pn532_uart:/dev/pts/N". */
const char *chip_device(const struct chip *chip);

/* Lay the card before the chip, or take it away. */
void chip_lay(struct chip *chip, bool present);

/* See pn532_set_fault(). */
void chip_fault(struct chip *chip, enum pn532_fault fault, unsigned int after,
                unsigned int times);

/* See pn532_set_chunk(). */
void chip_chunk(struct chip *chip, size_t chunk);

/* Unplug the chip. A new one has another name. */
void chip_unplug(struct chip *chip);

/* kbit/s of the running session; whether the field is on. */
unsigned int chip_bit_rate(struct chip *chip);
bool chip_field(struct chip *chip);

#endif
