/* SPDX-License-Identifier: Apache-2.0 */
/* What a platform itself says of how a call went. */
#include "service/gateway/connectors/platform_code.h"

#include "base/secret.h"
#include "base/value.h"
#include "lib/json/lgsp.h"

#define AT(member) offsetof(struct code_options, member)

const struct setting_rule code_rules[] = {
	{ "code_member", SETTING_TEXT, "", AT(member), NULL, 0, 0 },
	{ "code_good", SETTING_TEXT, "", AT(list), NULL, 0, 0 },
};
const size_t code_rule_count = ARRAY_LEN(code_rules);

/* "0,200" would be one word, and every answer a failure. */
static const char *check_word(const char *word)
{
	return strchr(word, ',') == NULL
	               ? NULL
	               : "words stand between blanks, not commas";
}

static enum cccd_err refuse(const struct connector_section *section,
                            const char *key, const char *reason,
                            struct cccd_error *error)
{
	return fail(error, CCCD_ERR_POLICY_CONFIG, "connector %.40s: %s: %s",
	            section->name, key, reason);
}

enum cccd_err code_finish(const struct connector_section *section,
                          struct cccd_error *error,
                          struct code_options *options)
{
	static const struct value_list list = {
		.check = check_word,
		.too_many = "it has too many words",
		.once = true,
		.most = CODE_WORDS_MAX,
		.item_max = CODE_WORD_MAX,
	};
	bool looks = options->member[0] != '\0';
	const char *words = options->list + strspn(options->list, " ");
	const char *reason =
	        value_list(words, &list, options->good[0], &options->count);

	if (reason != NULL)
		return refuse(section, "code_good", reason, error);
	if (looks && options->count == 0)
		return refuse(section, "code_good",
		              "it is missing beside code_member", error);
	if (!looks && options->count > 0)
		return refuse(section, "code_member",
		              "it is missing beside code_good", error);
	return CCCD_OK;
}

static bool is_good(const struct code_options *options, const char *word)
{
	for (size_t i = 0; i < options->count; i++)
		if (strcmp(options->good[i], word) == 0)
			return true;
	return false;
}

enum cccd_err code_judge(const struct code_options *options,
                         struct span document, enum registry_outcome *ret)
{
	char word[CODE_WORD_MAX] = "";
	enum cccd_err err = CCCD_OK;

	*ret = REGISTRY_NOT_ASKED;
	if (options->member[0] == '\0')
		return CCCD_OK;
	err = lgsp_code_at(document, options->member, word, sizeof(word));
	if (err == CCCD_ERR_MEMORY)
		return err;
	/* What is too long is a word, and none of ours. */
	if (err == CCCD_ERR_DATA_TOO_LARGE ||
	    (err == CCCD_OK && !is_good(options, word)))
		*ret = REGISTRY_FAULT;
	else if (err != CCCD_OK)
		*ret = REGISTRY_MALFORMED;
	/* It may be anything, somebody's number too. */
	wipe(word, sizeof(word));
	return CCCD_OK;
}
