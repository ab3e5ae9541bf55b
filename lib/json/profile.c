/* SPDX-License-Identifier: Apache-2.0 */
/* Check profiles: which checks count, and how. */
#include "lib/json/profile.h"

#include <stdio.h>
#include <string.h>

#include "lib/json/make.h"
#include "lib/json/parse.h"

enum { PROFILE_FILE_MAX = 65536 };

static bool mode_by_name(const char *name, enum cccd_check_mode *ret)
{
	for (unsigned int i = 0; i <= CCCD_MODE_MANDATORY; i++) {
		if (strcmp(cccd_mode_name((enum cccd_check_mode)i), name) != 0)
			continue;
		*ret = (enum cccd_check_mode)i;
		return true;
	}
	return false;
}

static bool check_by_name(const char *name, unsigned int *ret)
{
	for (unsigned int i = 0; i < CCCD_CHECKS; i++) {
		if (strcmp(cccd_check_name((enum cccd_check_id)i), name) != 0)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

static enum cccd_err take_modes(const cJSON *checks, struct cccd_error *error,
                                struct cccd_profile *ret)
{
	const cJSON *item = NULL;

	if (!cJSON_IsObject(checks))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "profile: \"checks\" is missing");
	cJSON_ArrayForEach(item, checks)
	{
		unsigned int id = 0;

		if (!check_by_name(item->string, &id))
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "profile: no check \"%.40s\"",
			            item->string);
		if (!cJSON_IsString(item) ||
		    !mode_by_name(item->valuestring, &ret->modes[id]))
			return fail(error, CCCD_ERR_POLICY_CONFIG,
			            "profile: bad mode of \"%.40s\"",
			            item->string);
	}
	return CCCD_OK;
}

/* The shipped name stands for the shipped modes, whoever reads a result. */
static enum cccd_err check_name(const struct cccd_profile *profile,
                                struct cccd_error *error)
{
	const struct cccd_profile *shipped = cccd_profile_counter();
	bool same = profile->revocation_from_first_crl ==
	            shipped->revocation_from_first_crl;

	for (size_t i = 0; i < CCCD_CHECKS; i++)
		same = same && profile->modes[i] == shipped->modes[i];
	if (same || strcmp(profile->name, shipped->name) != 0)
		return CCCD_OK;
	return fail(error, CCCD_ERR_POLICY_CONFIG,
	            "profile: \"%s\" is the shipped one, name yours otherwise",
	            shipped->name);
}

enum cccd_err json_profile_parse(struct span text, struct cccd_error *error,
                                 struct cccd_profile *ret)
{
	static const char *const members[] = { "schema", "name", "checks",
		                               "revocation_from_first_crl" };
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct cccd_profile profile = { 0 };
	const char *schema = NULL;
	const char *name = NULL;

	TRY(parse_object(text, "profile", error, &root));
	TRY(parse_no_others(root, members, ARRAY_LEN(members), error));
	TRY(parse_text(root, "schema", error, &schema));
	TRY(parse_text(root, "name", error, &name));
	if (strcmp(schema, "urn:cccd:profile:1") != 0 || name[0] == '\0' ||
	    strlen(name) >= sizeof(profile.name))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "profile: bad schema or name");
	(void)snprintf(profile.name, sizeof(profile.name), "%s", name);
	TRY(parse_bool(root, "revocation_from_first_crl", error,
	               &profile.revocation_from_first_crl));
	TRY(take_modes(cJSON_GetObjectItemCaseSensitive(root, "checks"), error,
	               &profile));
	TRY(check_name(&profile, error));
	*ret = profile;
	return CCCD_OK;
}

enum cccd_err json_profile_load(const char *path, struct cccd_error *error,
                                struct cccd_profile *ret)
{
	BUF text = buf_make(PROFILE_FILE_MAX);

	TRY(parse_read(path, error, &text));
	return json_profile_parse(buf_span(&text), error, ret);
}
