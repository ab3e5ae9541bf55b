/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps found out; inspection_conclude() makes verdicts of it. */
#ifndef APDU_INSPECTION_FACTS_H
#define APDU_INSPECTION_FACTS_H

#include <cccd/document.h>
#include <cccd/result.h>

#include "apdu/auth/active_auth.h"
#include "apdu/auth/chip_auth.h"
#include "apdu/auth/passive_auth.h"

/* What became of the data of PACE with chip authentication mapping. */
enum cam_outcome {
	CAM_NOT_RUN = 0,
	CAM_PROVEN,         /* the data fits the key of EF.CardSecurity */
	CAM_WRONG,          /* it does not */
	CAM_NO_KEY,         /* EF.CardSecurity has no such key */
	CAM_KEY_UNVERIFIED, /* EF.CardSecurity is not validly signed */
	CAM_FILE_REFUSED,   /* the chip would not give EF.CardSecurity */
};

/**
 * struct inspection_facts - facts only, no verdict; zeroed: nothing known.
 * @access:        how the chip was opened
 * @opened:        a channel was opened
 * @plain:         the files could be read without any access control
 * @breaks:        times the channel ended by a naked status word
 * @sod_checked:   @sod is filled
 * @sod_read, @dg14_read, @dg15_read: what became of the files
 * @groups_checked: @groups is filled
 * @ca_promised:   DG14 holds a key for chip authentication
 * @ca_wanted:     the caller's request needed it
 * @aa_wanted:     active authentication was due
 * @cam:           chip authentication mapping
 * @card_security: filled where EF.CardSecurity was checked
 * @card_access, @issuing_state, @mrz, @cross, @expiry: checks made by
 *                 pure functions over the data that was read
 * @interrupted:   the steps ended with an error: nothing is successful
 * @ms:            milliseconds per check
 */
struct inspection_facts {
	struct cccd_access access;
	bool opened;
	bool plain;
	unsigned int breaks;
	bool sod_checked;
	struct passive_auth_sod sod;
	enum cccd_file_state sod_read;
	enum cccd_file_state dg14_read;
	enum cccd_file_state dg15_read;
	bool groups_checked;
	struct passive_auth_groups groups;
	bool ca_promised;
	struct chip_auth_result ca;
	bool aa_wanted;
	struct active_auth_result aa;
	enum cam_outcome cam;
	bool card_security_checked;
	struct pa_object card_security;
	struct auth_check card_access;
	struct auth_check issuing_state;
	struct auth_check mrz;
	struct auth_check cross;
	struct auth_check expiry;
	struct auth_findings findings;
	uint32_t ms[CCCD_CHECKS];
	bool store_has_crls;
	bool interrupted;
};

void inspection_facts_release(struct inspection_facts *facts);

/**
 * inspection_conclude() - the only maker of verdicts.
 * @facts:   zeroed facts give a result in which nothing is proved
 * @profile: how the checks count
 * @ret:     checks, groups, suspicions, defects, access, signer, specimen
 *           and overall are set; the rest is left alone
 *
 * A chip or active authentication counts only if passive authentication
 * covers the hash of DG14 or DG15 [9303-11 6.1, 6.2]. Pure.
 */
void inspection_conclude(const struct inspection_facts *facts,
                         const struct cccd_profile *profile,
                         struct cccd_result *ret);

#endif
