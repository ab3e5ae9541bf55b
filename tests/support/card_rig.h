/* SPDX-License-Identifier: Apache-2.0 */
/* A struct card over a scripted reader, with randomness on a tape. */
#ifndef TESTS_SUPPORT_CARD_RIG_H
#define TESTS_SUPPORT_CARD_RIG_H

#include "apdu/iso7816/card.h"
#include "tests/support/script_reader.h"

/* Everything a protocol needs; fill @script and @tape first. */
struct card_rig {
	struct script script;
	struct tape tape;
	struct random random;
	struct cccd_error error;
	struct reader *reader;
	struct card card;
};

/* Zeroed, without a reader yet. */
void card_rig_init(struct card_rig *rig);

/* Connect the card; @random NULL for the tape. */
void card_rig_open(struct card_rig *rig, const struct random *random);

void card_rig_close(struct card_rig *rig);

#endif
