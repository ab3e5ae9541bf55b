/* SPDX-License-Identifier: Apache-2.0 */
/* What a platform itself says of how a call went. */
#ifndef SERVICE_GATEWAY_CONNECTORS_PLATFORM_CODE_H
#define SERVICE_GATEWAY_CONNECTORS_PLATFORM_CODE_H

#include "base/span.h"
#include "service/gateway/connectors/settings.h"

enum { CODE_WORDS_MAX = 16, CODE_WORD_MAX = 64 };

/**
 * struct code_options - from code_rules.
 * @member: path in the platform's document; "": nobody looks
 * @list:   the words that mean it went well, as they were given
 * @good:   @count of them, after code_finish()
 */
struct code_options {
	char member[SETTING_TEXT_MAX];
	char list[SETTING_TEXT_MAX];
	char good[CODE_WORDS_MAX][CODE_WORD_MAX];
	size_t count;
};

extern const struct setting_rule code_rules[];
extern const size_t code_rule_count;

/* Parts @list; CCCD_ERR_POLICY_CONFIG for one key without the other. */
CHECKED enum cccd_err code_finish(const struct connector_section *section,
                                  struct cccd_error *error,
                                  struct code_options *options);

/**
 * code_judge() - whether the document may be an answer.
 * @ret: REGISTRY_NOT_ASKED when it may; else what it is instead
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err code_judge(const struct code_options *options,
                                 struct span document,
                                 enum registry_outcome *ret);

#endif
