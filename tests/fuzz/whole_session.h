/* SPDX-License-Identifier: Apache-2.0 */
/* One inspection as a fuzzer's first byte asks for it. */
#ifndef TESTS_FUZZ_WHOLE_SESSION_H
#define TESTS_FUZZ_WHOLE_SESSION_H

#include "apdu/auth/csca_store.h"
#include "apdu/inspection/inspection.h"
#include "tests/fuzz/wire.h"

/* Bits of the first byte. */
enum {
	SESSION_MRZ = 1 << 0,        /* with the MRZ as key, else the CAN */
	SESSION_EXTENDED = 1 << 1,   /* the reader passes extended lengths */
	SESSION_PORTRAIT = 1 << 2,   /* read DG2 too */
	SESSION_RESUME = 1 << 3,     /* go on after a loss */
	SESSION_ACTIVE_AUTH = 1 << 4 /* also where it is not needed */
};

/**
 * struct whole_session - everything one inspection borrows.
 * @reader: set by the caller before inspection_new()
 */
struct whole_session {
	struct access_plan plan;
	struct card_memories memories;
	struct fixed_random fixed;
	struct random random;
	struct csca_store *store;
	struct cccd_error error;
	struct inspection_input input;
};

static const uint8_t session_tape[] = {
	0x3B, 0x7A, 0x11, 0xC4, 0x95, 0x2E, 0x68, 0xDF, 0x07, 0xB3, 0x5C,
	0xE1, 0x40, 0x99, 0x26, 0x8D, 0xFA, 0x13, 0x74, 0xAB, 0xCE, 0x35,
	0x80, 0x1F, 0x62, 0xD7, 0x49, 0x9E, 0x0C, 0xB5, 0x53, 0xE8, 0x21,
};

/* The specimen's keys; the same random bytes in every run. */
static inline enum cccd_err whole_session_init(struct whole_session *session,
                                               uint8_t flags)
{
	struct access_input keys = { 0 };

	memset(session, 0, sizeof(*session));
	error_reset(&session->error);
	if ((flags & SESSION_MRZ) != 0)
		keys.mrz = span_text("199000001499010183901016");
	else
		keys.can = span_text("000001");
	TRY(access_plan_make(&keys, &session->plan));
	TRY(csca_store_new(CCCD_TRUST_REAL, &session->store));
	session->fixed.bytes = SPAN(session_tape);
	session->random = (struct random){ .fill = fixed_fill,
		                           .context = &session->fixed };
	session->input = (struct inspection_input){
		.random = &session->random,
		.memories = &session->memories,
		.plan = &session->plan,
		.profile = cccd_profile_counter(),
		.trust = { .store = session->store, .now_s = 1795000000 },
		.options = {
			.groups = (flags & SESSION_PORTRAIT) != 0
			                  ? CCCD_ALL_GROUPS
			                  : CCCD_ALL_GROUPS & ~CCCD_GROUP_BIT(2),
			.flags = (flags & SESSION_ACTIVE_AUTH) != 0
			                 ? CCCD_ALWAYS_ACTIVE_AUTH
			                 : 0,
			.exchange_ms = 1000,
			.resume_ms = (flags & SESSION_RESUME) != 0 ? 1 : 0,
		},
	};
	return CCCD_OK;
}

static inline void whole_session_free(struct whole_session *session)
{
	csca_store_free(session->store);
	access_plan_wipe(&session->plan);
}

#endif
