/* SPDX-License-Identifier: Apache-2.0 */
/* Every call and every happening in every state of a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "tests/service/core/moves.h"

#define STATE_ CCCD_ERR_USAGE_STATE
#define OVER_  CCCD_ERR_CANCELLED
#define LATE_  CCCD_ERR_SESSION_EXPIRED
#define SOURCE CCCD_ERR_KEY_SOURCE
#define MALFOR CCCD_ERR_USAGE_KEY_MALFORMED
#define REFUSE CCCD_ERR_CONSENT_REFUSED
#define GIVEN_ CCCD_ERR_RESULT_DELIVERED
#define CARD__ CCCD_ERR_CARD_REMOVED
#define NOPIC_ CCCD_ERR_PORTRAIT
#define OK____ CCCD_OK

/*
 * By call and state: consent, card, key, reading, verifying, ready,
 * delivered, failed, cancelled, expired.
 */
static const enum cccd_err answers[CALLS][STATES - 2] = {
	[CALL_KEY] = { OK____, OK____, OK____, STATE_, STATE_, STATE_, STATE_,
	               STATE_, OVER_, LATE_ },
	[CALL_BAD_KEY] = { MALFOR, MALFOR, MALFOR, STATE_, STATE_, STATE_,
	                   STATE_, STATE_, OVER_, LATE_ },
	[CALL_CONSENT] = { OK____, STATE_, STATE_, STATE_, STATE_, STATE_,
	                   STATE_, STATE_, OVER_, LATE_ },
	[CALL_REFUSAL] = { REFUSE, STATE_, STATE_, STATE_, STATE_, STATE_,
	                   STATE_, STATE_, OVER_, LATE_ },
	[CALL_AGENT_CONSENT] = { STATE_, STATE_, STATE_, STATE_, STATE_, STATE_,
	                         STATE_, STATE_, OVER_, LATE_ },
	[CALL_AGENT_KEY] = { SOURCE, SOURCE, SOURCE, STATE_, STATE_, STATE_,
	                     STATE_, STATE_, OVER_, LATE_ },
	[CALL_JSON] = { STATE_, STATE_, STATE_, STATE_, STATE_, OK____, GIVEN_,
	                CARD__, OVER_, LATE_ },
	[CALL_JWT] = { STATE_, STATE_, STATE_, STATE_, STATE_, OK____, GIVEN_,
	               CARD__, OVER_, LATE_ },
	[CALL_PORTRAIT] = { STATE_, STATE_, STATE_, STATE_, STATE_, OK____,
	                    OK____, NOPIC_, OVER_, LATE_ },
	[CALL_VIEW] = { OK____, OK____, OK____, OK____, OK____, OK____, OK____,
	                OK____, OK____, OK____ },
};

/* What a call leaves behind; 0 where it changes nothing. */
static const unsigned int moves[CALLS][STATES - 2] = {
	[CALL_KEY] = { 0, 0, SESSION_READING },
	[CALL_CONSENT] = { SESSION_AWAITING_CARD },
	[CALL_REFUSAL] = { SESSION_FAILED },
	[CALL_JSON] = { [5] = SESSION_DELIVERED },
	[CALL_JWT] = { [5] = SESSION_DELIVERED },
};

static void sessions_answer_every_call_in_every_state(void **state)
{
	struct house *house = *state;

	for (unsigned int call = 0; call < CALLS; call++) {
		for (unsigned int at = SESSION_AWAITING_CONSENT; at < STATES;
		     at++) {
			struct session *session =
			        moves_bring(house, (enum session_state)at);
			unsigned int after = moves[call][at - 2];

			assert_int_equal(session->state, at);
			assert_int_equal(
			        moves_call(house, session, (enum call)call),
			        answers[call][at - 2]);
			assert_int_equal(session->state,
			                 after != 0 ? after : at);
			moves_clear(house, session);
		}
	}
}

enum happening {
	HAPPENS_CANCEL,
	HAPPENS_LEASE_OVER,
	HAPPENS_CLIENT_LOST,
	HAPPENS_READER_LOST,
	HAPPENS_CARD_TAKEN,
	HAPPENS_LEASE_BROKEN,
	HAPPENINGS,
};

static void lose_client(struct house *house, struct session *session)
{
	sessions_attach(house->sessions, session);
	sessions_detach(house->sessions, session_id(session));
	(void)sessions_tick(house->sessions, house_now(house));
	atomic_fetch_add(&house->now_ms, house->parts.grace_ms);
	(void)sessions_tick(house->sessions, house_now(house));
}

static void happen(struct house *house, struct session *session,
                   enum happening happening)
{
	const struct caller operator_ = house_shell();

	switch (happening) {
	case HAPPENS_CANCEL: sessions_cancel(house->sessions, session); return;
	case HAPPENS_LEASE_OVER:
		atomic_fetch_add(&house->now_ms, house->parts.lease_ms);
		(void)sessions_tick(house->sessions, house_now(house));
		return;
	case HAPPENS_CLIENT_LOST: lose_client(house, session); return;
	case HAPPENS_READER_LOST:
		fake_plug(house, 0, false);
		fake_plug(house, 0, true);
		return;
	case HAPPENS_CARD_TAKEN: fake_card(house, 0, false); return;
	case HAPPENS_LEASE_BROKEN:
		assert_int_equal(sessions_break_lease(house->sessions,
		                                      &operator_, "r0", NULL),
		                 CCCD_OK);
		return;
	case HAPPENINGS: return;
	}
}

#define CANCEL SESSION_CANCELLED
#define EXPIRE SESSION_EXPIRED
#define FAILED SESSION_FAILED
#define NOCARD SESSION_AWAITING_CARD

/* The state after; 0 where nothing changes. Ended ones never do. */
static const unsigned int after_all[HAPPENINGS][STATES - 2] = {
	[HAPPENS_CANCEL] = { CANCEL, CANCEL, CANCEL, CANCEL, CANCEL, CANCEL },
	[HAPPENS_LEASE_OVER] = { EXPIRE, EXPIRE, EXPIRE, EXPIRE, EXPIRE,
	                         EXPIRE },
	[HAPPENS_CLIENT_LOST] = { CANCEL, CANCEL, CANCEL, CANCEL, CANCEL,
	                          CANCEL },
	[HAPPENS_READER_LOST] = { FAILED, FAILED, FAILED, FAILED, FAILED },
	[HAPPENS_CARD_TAKEN] = { 0, 0, NOCARD },
	[HAPPENS_LEASE_BROKEN] = { CANCEL, CANCEL, CANCEL, CANCEL, CANCEL },
};

static void sessions_survive_every_happening_in_every_state(void **state)
{
	struct house *house = *state;

	for (unsigned int what = 0; what < HAPPENINGS; what++) {
		for (unsigned int at = SESSION_AWAITING_CONSENT; at < STATES;
		     at++) {
			struct session *session =
			        moves_bring(house, (enum session_state)at);
			unsigned int after = after_all[what][at - 2];

			happen(house, session, (enum happening)what);
			assert_int_equal(session->state,
			                 after != 0 ? after : at);
			if (after >= SESSION_DELIVERED)
				moves_assert_wiped(session);
			moves_clear(house, session);
			moves_assert_wiped(session);
		}
	}
}

int main(void)
{
#define CASE(name)                                                \
	cmocka_unit_test_setup_teardown(name, moves_setup_reader, \
	                                moves_teardown)
	const struct CMUnitTest tests[] = {
		CASE(sessions_answer_every_call_in_every_state),
		CASE(sessions_survive_every_happening_in_every_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
