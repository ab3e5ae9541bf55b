/* SPDX-License-Identifier: Apache-2.0 */
/* The overall word of a set of checks: TR-03135-1 5.4. */
#include <cccd/result.h>

#include "base/macros.h"

const char *cccd_check_name(enum cccd_check_id id)
{
	static const char *const names[CCCD_CHECKS] = {
		[CCCD_CHECK_ACCESS_CONTROL] = "access_control",
		[CCCD_CHECK_SECURE_MESSAGING] = "secure_messaging",
		[CCCD_CHECK_TERMINAL_AUTHENTICATION] =
		        "terminal_authentication",
		[CCCD_CHECK_PASSIVE_AUTHENTICATION] = "passive_authentication",
		[CCCD_CHECK_SECURITY_OBJECT_HASH] = "security_object.hash",
		[CCCD_CHECK_SECURITY_OBJECT_SIGNATURE] =
		        "security_object.signature",
		[CCCD_CHECK_DS_CERTIFICATE_SIGNATURE] =
		        "ds_certificate.signature",
		[CCCD_CHECK_DS_CERTIFICATE_VALIDITY] =
		        "ds_certificate.validity",
		[CCCD_CHECK_DS_CERTIFICATE_REVOCATION] =
		        "ds_certificate.revocation",
		[CCCD_CHECK_DS_CERTIFICATE_TRUST] = "ds_certificate.trust",
		[CCCD_CHECK_CSCA_VALIDITY] = "csca.validity",
		[CCCD_CHECK_COM_SOD_CONSISTENCY] = "com_sod_consistency",
		[CCCD_CHECK_DATA_GROUPS] = "data_groups",
		[CCCD_CHECK_CARD_ACCESS_CONSISTENCY] =
		        "card_access_consistency",
		[CCCD_CHECK_ISSUING_STATE] = "issuing_state",
		[CCCD_CHECK_ACTIVE_AUTHENTICATION] = "active_authentication",
		[CCCD_CHECK_CHIP_AUTHENTICATION] = "chip_authentication",
		[CCCD_CHECK_PACE_CAM] = "pace_cam",
		[CCCD_CHECK_CHIP_GENUINENESS] = "chip_genuineness",
		[CCCD_CHECK_MRZ_CONSISTENCY] = "mrz_consistency",
		[CCCD_CHECK_CROSS_DATA_CONSISTENCY] = "cross_data_consistency",
		[CCCD_CHECK_DOCUMENT_EXPIRY] = "document_expiry",
	};

	return (unsigned int)id < CCCD_CHECKS ? names[id] : "";
}

const char *cccd_extended_name(enum cccd_extended extended)
{
	static const char *const names[] = {
		[CCCD_EXTENDED_UNKNOWN] = "unknown",
		[CCCD_EXTENDED_WORKS] = "works",
		[CCCD_EXTENDED_REFUSED] = "refused",
		[CCCD_EXTENDED_NO_READER] = "no_reader",
	};

	return (unsigned int)extended < ARRAY_LEN(names) ? names[extended]
	                                                 : names[0];
}

const char *cccd_mode_name(enum cccd_check_mode mode)
{
	static const char *const names[] = {
		[CCCD_MODE_EVALUATORY] = "evaluatory",
		[CCCD_MODE_OPTIONAL] = "optional",
		[CCCD_MODE_MANDATORY] = "mandatory",
	};

	return (unsigned int)mode < ARRAY_LEN(names) ? names[mode] : names[0];
}

const char *cccd_group_state_name(enum cccd_group_state state)
{
	static const char *const names[] = {
		[CCCD_GROUP_NOT_PRESENT] = "not_present",
		[CCCD_GROUP_IDENTICAL] = "identical",
		[CCCD_GROUP_NOT_IDENTICAL] = "not_identical",
		[CCCD_GROUP_PRESENT] = "present",
		[CCCD_GROUP_NON_CONFORMANCE] = "non_conformance",
		[CCCD_GROUP_ABORTED] = "aborted",
	};

	return (unsigned int)state < ARRAY_LEN(names) ? names[state] : names[0];
}

/* How one check weighs: SUCCESSFUL, FAILED, ABORTED, UNDETERMINED, or
 * NOT_RUN when it is neutral. */
static enum cccd_verdict weight(const struct cccd_check *check)
{
	bool mandatory = check->mode == CCCD_MODE_MANDATORY;

	if (check->mode == CCCD_MODE_EVALUATORY)
		return CCCD_NOT_RUN;
	switch (check->verdict) {
	case CCCD_NOT_RUN:
	case CCCD_NOT_SUPPORTED:
		return mandatory ? CCCD_UNDETERMINED : CCCD_NOT_RUN;
	case CCCD_SUCCESSFUL:
	case CCCD_FAILED:
	case CCCD_UNDETERMINED:
	case CCCD_ABORTED: return check->verdict;
	}
	return CCCD_UNDETERMINED;
}

enum cccd_verdict cccd_aggregate(const struct cccd_check checks[CCCD_CHECKS])
{
	unsigned int seen[CCCD_ABORTED + 1] = { 0 };

	for (size_t i = 0; i < CCCD_CHECKS; i++)
		seen[weight(&checks[i])]++;
	if (seen[CCCD_FAILED] > 0)
		return CCCD_FAILED;
	if (seen[CCCD_ABORTED] > 0)
		return CCCD_ABORTED;
	if (seen[CCCD_UNDETERMINED] > 0 || seen[CCCD_SUCCESSFUL] == 0)
		return CCCD_UNDETERMINED;
	return CCCD_SUCCESSFUL;
}

const struct cccd_profile *cccd_profile_counter(void)
{
	/* What may be absent from a genuine document is optional; EF.COM is
	 * unsigned and never counts. */
	static const struct cccd_profile counter = {
		.name = "counter",
		.revocation_from_first_crl = true,
		.modes = {
			[CCCD_CHECK_ACCESS_CONTROL] = CCCD_MODE_MANDATORY,
			[CCCD_CHECK_SECURE_MESSAGING] = CCCD_MODE_MANDATORY,
			[CCCD_CHECK_TERMINAL_AUTHENTICATION] =
				CCCD_MODE_EVALUATORY,
			[CCCD_CHECK_PASSIVE_AUTHENTICATION] =
				CCCD_MODE_MANDATORY,
			[CCCD_CHECK_SECURITY_OBJECT_HASH] =
				CCCD_MODE_MANDATORY,
			[CCCD_CHECK_SECURITY_OBJECT_SIGNATURE] =
				CCCD_MODE_MANDATORY,
			[CCCD_CHECK_DS_CERTIFICATE_SIGNATURE] =
				CCCD_MODE_MANDATORY,
			[CCCD_CHECK_DS_CERTIFICATE_VALIDITY] =
				CCCD_MODE_MANDATORY,
			[CCCD_CHECK_DS_CERTIFICATE_REVOCATION] =
				CCCD_MODE_OPTIONAL,
			[CCCD_CHECK_DS_CERTIFICATE_TRUST] =
				CCCD_MODE_MANDATORY,
			[CCCD_CHECK_CSCA_VALIDITY] = CCCD_MODE_MANDATORY,
			[CCCD_CHECK_COM_SOD_CONSISTENCY] =
				CCCD_MODE_EVALUATORY,
			[CCCD_CHECK_DATA_GROUPS] = CCCD_MODE_MANDATORY,
			[CCCD_CHECK_CARD_ACCESS_CONSISTENCY] =
				CCCD_MODE_OPTIONAL,
			[CCCD_CHECK_ISSUING_STATE] = CCCD_MODE_MANDATORY,
			[CCCD_CHECK_ACTIVE_AUTHENTICATION] =
				CCCD_MODE_OPTIONAL,
			[CCCD_CHECK_CHIP_AUTHENTICATION] = CCCD_MODE_OPTIONAL,
			[CCCD_CHECK_PACE_CAM] = CCCD_MODE_OPTIONAL,
			[CCCD_CHECK_CHIP_GENUINENESS] = CCCD_MODE_MANDATORY,
			[CCCD_CHECK_MRZ_CONSISTENCY] = CCCD_MODE_OPTIONAL,
			[CCCD_CHECK_CROSS_DATA_CONSISTENCY] =
				CCCD_MODE_OPTIONAL,
			[CCCD_CHECK_DOCUMENT_EXPIRY] = CCCD_MODE_MANDATORY,
		},
	};

	return &counter;
}
