/* SPDX-License-Identifier: Apache-2.0 */
/* A house with fake readers, and the moves that its tests are made of. */
#ifndef TESTS_SERVICE_CORE_MOVES_H
#define TESTS_SERVICE_CORE_MOVES_H

#include <stdatomic.h>

#include "tests/service/core/fake_engine.h"

enum { STATES = SESSION_EXPIRED + 1 };

/* What the audit log's disk does; see LINKER:--wrap=audit_append. */
extern atomic_bool disk_is_full;
extern atomic_bool disk_is_slow;
extern atomic_bool disk_is_asked;

/* *state is the struct house, its clock stands; with reader 0 or none. */
int moves_setup(void **state);
int moves_setup_reader(void **state);
int moves_teardown(void **state);

/* A session with a portrait on its way over reader 0, in any state. */
struct session *moves_bring(struct house *house, enum session_state state);
void moves_give_key(struct house *house, struct session *session);
/* Reader 0 ends so; then the session is ready, or has failed. */
void moves_read(struct house *house, const char *id, enum cccd_err err);
void moves_take_json(struct house *house, struct session *session);
/* The next one begins where nobody holds anything. */
void moves_clear(struct house *house, struct session *session);
/* Nothing of the person is left in what the loop holds. */
void moves_assert_wiped(const struct session *session);

enum call {
	CALL_KEY,
	CALL_BAD_KEY,
	CALL_CONSENT,
	CALL_REFUSAL,
	CALL_AGENT_CONSENT,
	CALL_AGENT_KEY,
	CALL_JSON,
	CALL_JWT,
	CALL_PORTRAIT,
	CALL_VIEW,
	CALLS,
};

enum cccd_err moves_call(struct house *house, struct session *session,
                         enum call call);

/* A request of the page of @rp for a reader, or "any". */
enum cccd_err moves_ask(struct house *house, const char *rp, const char *reader,
                        struct house_session *ret);
struct session *moves_find(struct house *house, const char *rp,
                           const struct house_session *made);
struct session *moves_take(struct house *house, const char *rp,
                           const char *reader);
void moves_refuse(struct house *house, const char *rp, const char *reader,
                  enum cccd_err err);
enum cccd_err moves_try_token(struct house *house, const char *rp,
                              const char *id, const char *token);
/* Time passes, and is looked at. */
void moves_pass(struct house *house, uint64_t ms);
const char *moves_seat(const struct session *session);

#endif
