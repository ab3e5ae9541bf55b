/* SPDX-License-Identifier: Apache-2.0 */
/* A struct card over a scripted reader, with randomness on a tape. */
#include "tests/support/card_rig.h"

#include "base/error.h"

void card_rig_init(struct card_rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	error_reset(&rig->error);
}

void card_rig_open(struct card_rig *rig, const struct random *random)
{
	rig->reader = script_open(&rig->script);
	rig->random = random != NULL ? *random : tape_random(&rig->tape);
	card_init(&rig->card, rig->reader, &rig->random, &rig->error);
}

void card_rig_close(struct card_rig *rig)
{
	card_release(&rig->card);
	reader_close(rig->reader);
	rig->reader = NULL;
}
