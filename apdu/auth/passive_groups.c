/* SPDX-License-Identifier: Apache-2.0 */
/* The files that were read against the SOD: TR-03135-1 5.6.4.4. */
#include "apdu/auth/passive_auth.h"
#include "apdu/lds/com.h"
#include "apdu/lds/lds.h"

const char *pa_group_state_name(enum pa_group_state state)
{
	static const char *const names[] = {
		[PA_NOT_PRESENT] = "not_present",
		[PA_IDENTICAL] = "identical",
		[PA_NOT_IDENTICAL] = "not_identical",
		[PA_PRESENT] = "present",
		[PA_NON_CONFORMANCE] = "non_conformance",
		[PA_ABORTED] = "aborted",
	};

	return (size_t)state < ARRAY_LEN(names) ? names[state] : names[0];
}

/* The aggregate goes down from successful: failed, aborted, undetermined. */
static void lower(struct auth_check *check, enum cccd_verdict verdict,
                  const char *reason)
{
	if (check->verdict == CCCD_FAILED)
		return;
	if (verdict == CCCD_UNDETERMINED && check->verdict == CCCD_ABORTED)
		return;
	if (verdict == check->verdict)
		return;
	*check = auth_check_make(verdict, reason);
}

static void defect(struct passive_auth_groups *groups, const char *code,
                   unsigned int number)
{
	auth_findings_add(&groups->findings, code, number);
	lower(&groups->data_groups, CCCD_FAILED, code);
}

/* The bytes as read, never a re-encoding of them [pitfall 16]. */
static enum cccd_err compare(const struct passive_auth_sod *sod,
                             struct span file, unsigned int number,
                             struct passive_auth_groups *groups)
{
	const struct pa_group_hash *listed = &sod->groups[number];
	struct digest digest = { 0 };

	if (sod->digest == DIGEST_NONE) {
		groups->state[number] = PA_NON_CONFORMANCE;
		lower(&groups->data_groups, CCCD_UNDETERMINED,
		      "unknown_digest");
		return CCCD_OK;
	}
	TRY(digest_compute(sod->digest, file, &digest));
	if (span_equal(digest_span(&digest), digest_span(&listed->digest))) {
		groups->state[number] = PA_IDENTICAL;
		return CCCD_OK;
	}
	groups->state[number] = PA_NOT_IDENTICAL;
	defect(groups, "data_group_hash_wrong", number);
	return CCCD_OK;
}

/* A group that was read must be listed exactly once [pitfall 15]. */
static enum cccd_err check_read(const struct passive_auth_sod *sod,
                                struct span file, unsigned int number,
                                struct passive_auth_groups *groups)
{
	unsigned int count = sod->groups[number].count;

	groups->state[number] = PA_PRESENT;
	if (!sod->trusted_content)
		return CCCD_OK;
	if (count == 1)
		return compare(sod, file, number, groups);
	groups->state[number] = PA_NOT_IDENTICAL;
	defect(groups,
	       count == 0 ? "data_group_not_listed" : "data_group_listed_twice",
	       number);
	return CCCD_OK;
}

static void check_absent(const struct passive_auth_sod *sod,
                         unsigned int number,
                         struct passive_auth_groups *groups)
{
	groups->state[number] = PA_NOT_PRESENT;
	if (sod->groups[number].count == 0)
		return;
	groups->missing |= 1U << number;
	defect(groups, "data_group_missing", number);
}

static void check_refused(const struct passive_auth_sod *sod,
                          const struct pa_files *files, unsigned int number,
                          struct passive_auth_groups *groups)
{
	groups->state[number] = PA_PRESENT;
	if (sod->groups[number].count == 0 ||
	    (files->may_be_refused & (1U << number)) != 0)
		return;
	auth_findings_add(&groups->findings, "data_group_refused", number);
	lower(&groups->data_groups, CCCD_UNDETERMINED, "data_group_refused");
}

static enum cccd_err check_group(const struct passive_auth_sod *sod,
                                 const struct pa_files *files,
                                 unsigned int number,
                                 struct passive_auth_groups *groups)
{
	switch (files->read[number]) {
	case PA_GROUP_READ:
		return check_read(sod, files->group[number], number, groups);
	case PA_GROUP_MISSING: check_absent(sod, number, groups); break;
	case PA_GROUP_REFUSED: check_refused(sod, files, number, groups); break;
	case PA_GROUP_ABORTED:
		groups->state[number] = PA_ABORTED;
		lower(&groups->data_groups, CCCD_ABORTED, "card_removed");
		break;
	case PA_GROUP_NOT_READ:
		groups->state[number] = sod->groups[number].count > 0
		                                ? PA_PRESENT
		                                : PA_NOT_PRESENT;
		break;
	}
	return CCCD_OK;
}

static uint32_t groups_of_sod(const struct passive_auth_sod *sod)
{
	uint32_t set = 0;

	for (unsigned int i = 1; i <= PA_GROUPS; i++)
		if (sod->groups[i].count > 0)
			set |= 1U << i;
	return set;
}

static uint32_t groups_of_com(const struct cccd_com *com)
{
	uint32_t set = 0;

	for (size_t i = 0; i < com->file_count; i++)
		set |= 1U << lds_dg_number(com->files[i]);
	return set & ~1U; /* number 0: no data group */
}

static void compare_com(const struct passive_auth_sod *sod,
                        const struct cccd_com *com,
                        struct passive_auth_groups *groups)
{
	uint32_t in_sod = groups_of_sod(sod);
	uint32_t in_com = groups_of_com(com);

	groups->hidden = in_sod & ~in_com;
	for (unsigned int i = 1; i <= PA_GROUPS; i++) {
		uint32_t bit = 1U << i;

		if ((in_sod & ~in_com & bit) != 0)
			auth_findings_add(&groups->findings,
			                  "com_hides_data_group", i);
		if ((in_com & ~in_sod & bit) != 0)
			auth_findings_add(&groups->findings,
			                  "com_names_data_group", i);
	}
	if (sod->lds_version[0] != '\0' &&
	    strcmp(sod->lds_version, com->lds_version) != 0)
		auth_findings_add(&groups->findings, "lds_version_differs", 0);
	groups->com_sod_consistency =
	        in_sod == in_com ? auth_check_make(CCCD_SUCCESSFUL, NULL)
	                         : auth_check_make(CCCD_FAILED, "com_differs");
}

/* EF.COM is unsigned: compared and reported, never relied on [pitfall 17] */
static void check_com(const struct passive_auth_sod *sod,
                      const struct pa_files *files,
                      struct passive_auth_groups *groups)
{
	struct auth_check *check = &groups->com_sod_consistency;
	struct cccd_com com = { 0 };

	if (files->com_state == PA_GROUP_NOT_READ)
		return;
	if (files->com_state == PA_GROUP_ABORTED)
		*check = auth_check_make(CCCD_ABORTED, "card_removed");
	else if (files->com_state != PA_GROUP_READ)
		*check = auth_check_make(CCCD_NOT_SUPPORTED, "com_absent");
	else if (!sod->trusted_content)
		*check = auth_check_make(CCCD_UNDETERMINED, "unbound");
	else if (com_parse(files->com, &com) != CCCD_OK)
		*check = auth_check_make(CCCD_FAILED, "com_malformed");
	else
		compare_com(sod, &com, groups);
}

enum cccd_err passive_auth_check_groups(const struct passive_auth_sod *sod,
                                        const struct pa_files *files,
                                        struct passive_auth_groups *ret)
{
	struct passive_auth_groups groups = { 0 };
	bool any = false;

	groups.data_groups = auth_check_make(CCCD_SUCCESSFUL, NULL);
	if (sod->content.verdict == CCCD_FAILED)
		lower(&groups.data_groups, CCCD_FAILED, sod->content.reason);
	else if (!sod->trusted_content)
		lower(&groups.data_groups, CCCD_UNDETERMINED, "unbound");
	for (unsigned int i = 1; i <= PA_GROUPS; i++) {
		any = any || files->read[i] == PA_GROUP_READ;
		TRY(check_group(sod, files, i, &groups));
	}
	if (!any)
		lower(&groups.data_groups, CCCD_UNDETERMINED, "nothing_read");
	check_com(sod, files, &groups);
	*ret = groups;
	return CCCD_OK;
}

bool passive_auth_covers(const struct passive_auth_sod *sod,
                         const struct passive_auth_groups *groups,
                         unsigned int number)
{
	return number >= 1 && number <= PA_GROUPS && sod->trusted_content &&
	       sod->content.verdict == CCCD_SUCCESSFUL &&
	       sod->object.ds_trust.verdict == CCCD_SUCCESSFUL &&
	       sod->object.ds_signature.verdict == CCCD_SUCCESSFUL &&
	       sod->object.ds_validity.verdict == CCCD_SUCCESSFUL &&
	       groups->state[number] == PA_IDENTICAL;
}
