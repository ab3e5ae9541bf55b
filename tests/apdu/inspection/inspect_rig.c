/* SPDX-License-Identifier: Apache-2.0 */
/* One inspection of one simulated card, in this process. */
#include "tests/apdu/inspection/inspect_rig.h"

#include <stdio.h>
#include <stdlib.h>

static void die(const char *what, const char *why)
{
	(void)fprintf(stderr, "inspect_rig: %s: %s\n", what, why);
	exit(99);
}

/* Within the validity of every certificate of the specimen PKI. */
enum { NOW_S = 1795000000 };

void inspect_load(struct inspect_rig *rig, const char *profile)
{
	struct cccd_error error = { 0 };

	memset(rig, 0, sizeof(*rig));
	if (sim_card_load(profile, &error, &rig->sim) != CCCD_OK)
		die(profile, error.text);
	if (sim_reader_open(rig->sim, &rig->reader) != CCCD_OK)
		die(profile, "no reader");
	if (csca_store_new(CCCD_TRUST_DEMO, &rig->store) != CCCD_OK ||
	    csca_store_add(rig->store, CCCD_TRUST_ANCHOR,
	                   sim_card_certificate(rig->sim, "csca"),
	                   true) != CCCD_OK ||
	    csca_store_add(rig->store, CCCD_TRUST_CRL,
	                   sim_card_certificate(rig->sim, "crl"),
	                   true) != CCCD_OK)
		die(profile, "no trust");
	rig->input = (struct inspection_input){
		.reader = rig->reader,
		.random = &random_system,
		.memories = &rig->memories,
		.plan = &rig->plan,
		.profile = cccd_profile_counter(),
		.trust = { .store = rig->store, .now_s = NOW_S },
		.options = { .groups = CCCD_ALL_GROUPS,
		             .exchange_ms = 10000,
		             .resume_ms = 1000 },
	};
}

static struct span secret(const struct inspect_rig *rig, const char *which)
{
	const char *text = sim_card_secret(rig->sim, which);

	return text != NULL ? span_text(text) : span_of(NULL, 0);
}

void inspect_plan(struct inspect_rig *rig, enum inspect_key key)
{
	struct access_input input = { 0 };

	if (key == INSPECT_CAN || key == INSPECT_BOTH)
		input.can = secret(rig, "can");
	if (key == INSPECT_MRZ || key == INSPECT_BOTH)
		input.mrz = secret(rig, "mrz_lines");
	if (key == INSPECT_PIN)
		input.pin = secret(rig, "pin");
	access_plan_wipe(&rig->plan);
	if (key != INSPECT_NOTHING &&
	    access_plan_make(&input, &rig->plan) != CCCD_OK)
		die(sim_card_name(rig->sim), "no plan");
}

void inspect_run(struct inspect_rig *rig)
{
	error_reset(&rig->error);
	if (inspection_new(&rig->input, &rig->error, &rig->inspection) !=
	    CCCD_OK)
		die(sim_card_name(rig->sim), "no memory");
	rig->err = inspection_run(rig->inspection);
	inspection_judge(rig->inspection, &rig->result);
}

void inspect_reset(struct inspect_rig *rig)
{
	inspection_free(rig->inspection);
	rig->inspection = NULL;
	rig->result = (struct cccd_result){ 0 };
}

void inspect_free(struct inspect_rig *rig)
{
	inspection_free(rig->inspection);
	reader_close(rig->reader);
	sim_card_free(rig->sim);
	csca_store_free(rig->store);
	access_plan_wipe(&rig->plan);
}

const char *inspect_check(const struct inspect_rig *rig, enum cccd_check_id id,
                          char text[static 96])
{
	const struct cccd_check *check = &rig->result.checks[id];

	(void)snprintf(text, 96, "%s%s%s", cccd_verdict_name(check->verdict),
	               check->reason[0] != '\0' ? "/" : "", check->reason);
	return text;
}
