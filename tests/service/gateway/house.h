/* SPDX-License-Identifier: Apache-2.0 */
/* A gateway's checks over a store of their own and a scripted registry. */
#ifndef TESTS_SERVICE_GATEWAY_HOUSE_H
#define TESTS_SERVICE_GATEWAY_HOUSE_H

#include "service/gateway/check.h"
#include "tests/service/gateway/desk.h"

#define NUMBER "001190000001"
#define NAME   "Nguyễn Thị Mẫu"

enum { TOKEN_MAX = 1600 };

/** struct house - a gateway whose registry counts its questions. */
struct house {
	char dir[64];
	char path[80];
	struct store *store;
	struct desk desk;
	struct check_parts parts;
	struct gateway_caller caller;
	char nonce[64];
	struct cccd_error error;
	struct check_outcome outcome;
};

/** struct house_registry - scripted; one thread. */
struct house_registry {
	size_t questions;
	enum registry_outcome outcome;
	const char *full_name;
};

extern struct house_registry registry;

int house_set_up(void **state);
int house_tear_down(void **state);

/* A fresh nonce, as the reply to POST /v1/nonces has it. */
void house_draw(struct house *house);
void house_sign(struct house *house, struct desk_claims claims,
                char ret[static TOKEN_MAX]);
/* @more: members of the body, after a comma. */
enum cccd_err house_send(struct house *house, const char *token,
                         const char *more);
enum cccd_err house_try(struct house *house, struct desk_claims claims);
/* Of the log, which is whole. */
uint64_t house_lines(struct house *house);
/* A statement into the store, behind the gateway's back. */
void house_meddle(const struct house *house, const char *sql);
/* For the check of docs/api: what was really said. */
void house_show(const char *name, const char *text);

#endif
