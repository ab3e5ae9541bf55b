/* SPDX-License-Identifier: Apache-2.0 */
/* One check: from an assertion to the registry's word, or a refusal. */
#ifndef SERVICE_GATEWAY_CHECK_H
#define SERVICE_GATEWAY_CHECK_H

#include "base/secret.h"
#include "service/gateway/check_keys.h"
#include "service/gateway/config.h"
#include "service/gateway/match.h"
#include "service/gateway/store.h"

enum { CHECK_ID_MAX = 23, CHECK_TRANSACTION_MAX = 64 };

/**
 * struct check_parts - what every check uses; many threads at once.
 * @keys:    of desks, made before; NULL makes each anew
 * @ask:     connector_query() of @connector, or a test's
 * @log_key: of HMAC-SHA-256 over numbers
 */
struct check_parts {
	struct store *store;
	struct check_keys *keys;
	struct connector *connector;
	enum cccd_err (*ask)(struct connector *connector,
	                     const struct registry_question *question,
	                     uint64_t deadline_ms, struct registry_answer *ret);
	unsigned int capabilities;
	const char *source;
	const char *audience;
	uint32_t leeway_s;
	uint32_t check_ms;
	struct secret log_key;
	bool log_numbers;
	bool log_officer_names;
	struct match_rules rules;
};

/** enum check_stage - of a check, in this order. */
enum check_stage {
	CHECK_VERIFY = 0, /* all that needs no database but for its desk */
	CHECK_SPEND,
	CHECK_ASK,
	CHECK_COMPARE,
	CHECK_WRITE_DOWN,
	CHECK_STAGES,
};

/**
 * struct check_outcome - what came of it; no personal data but in @text.
 * @text:        the reply, wiped and freed with json_text_free(); NULL after
 *               a refusal
 * @request_id:  "" when nothing was asked
 * @transaction: of the desk; "" before the assertion was verified
 * @http_status: of the registry's last reply; 0 without one
 * @detail:      of struct registry_answer
 * @stages:      how many were begun; @stage_us: how long each took
 */
struct check_outcome {
	char *text;
	char request_id[CHECK_ID_MAX];
	char transaction[CHECK_TRANSACTION_MAX];
	enum match_verdict verdict;
	enum registry_outcome registry;
	unsigned int attempts;
	long http_status;
	char detail[REGISTRY_DETAIL_MAX];
	unsigned int stages;
	uint64_t stage_us[CHECK_STAGES];
};

/**
 * check_run() - verify, spend the nonce, ask, compare, write down, answer.
 * @caller: whose bearer was right
 * @body:   of POST /v1/checks; hostile
 *
 * Nothing is asked of the registry unless everything about the assertion
 * holds, and no answer leaves without its line in the usage log.
 *
 * Return: CCCD_OK; CCCD_ERR_REQUEST_*; CCCD_ERR_ASSERTION_*;
 * CCCD_ERR_OTHER_CITIZEN; CCCD_ERR_CARD_UNPROVEN; CCCD_ERR_NONCE_SPENT;
 * CCCD_ERR_NONCE_EXPIRED; CCCD_ERR_STORE; CCCD_ERR_AUDIT when the line
 * could not be written; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err check_run(const struct check_parts *parts,
                                const struct gateway_caller *caller,
                                struct span body, struct cccd_error *error,
                                struct check_outcome *ret);

/**
 * check_nonce() - a nonce for one reading at a desk.
 * @ret: the reply, freed with json_text_free()
 */
CHECKED enum cccd_err check_nonce(const struct check_parts *parts,
                                  const struct gateway_caller *caller,
                                  uint32_t lifetime_s, char **ret);

#endif
