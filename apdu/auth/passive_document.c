/* SPDX-License-Identifier: Apache-2.0 */
/* What the signer has to do with the document that DG1 describes. */
#include "apdu/auth/certificate.h"
#include "apdu/auth/country.h"
#include "apdu/auth/passive_auth.h"
#include "apdu/tlv/tlv.h"

enum { SECONDS_OF_DAY = 86400 };

struct auth_check passive_auth_check_state(const struct pa_object *object,
                                           struct span dg1_state)
{
	const char *const codes[] = {
		object->signer.issuer_country,
		object->signer.country,
		object->signer.csca_country,
	};
	struct auth_check check = auth_check_make(CCCD_SUCCESSFUL, NULL);

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		enum country_match match = country_compare(dg1_state, codes[i]);

		/* An unknown CSCA has no country: its own check says so. */
		if (codes[i] == object->signer.csca_country &&
		    codes[i][0] == '\0')
			continue;
		if (match == COUNTRY_OTHER)
			return auth_check_make(CCCD_FAILED, "state_differs");
		if (match == COUNTRY_UNKNOWN)
			check = auth_check_make(CCCD_UNDETERMINED,
			                        "state_unknown");
	}
	return check;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void passive_auth_check_issue(struct passive_auth_sod *sod, int64_t issued_s)
{
	struct pa_object *object = &sod->object;
	const struct pa_signer *signer = &object->signer;
	int64_t from = later(signer->not_before, signer->usage_from);
	int64_t to = earlier(signer->not_after, signer->usage_to);

	if (object->ds_der.len == 0 || object->signing_time != 0 ||
	    object->ds_validity.verdict == CCCD_FAILED)
		return;
	if (issued_s >= from - SECONDS_OF_DAY &&
	    issued_s - SECONDS_OF_DAY <= to) {
		object->ds_validity = auth_check_make(
		        CCCD_SUCCESSFUL, object->valid_today
		                                 ? "signing_time_absent"
		                                 : "expired_today");
		return;
	}
	object->valid_at_signing = false;
	auth_findings_add(&object->findings, "not_valid_at_issue", 0);
	auth_check_fail(&object->ds_validity, "not_valid_at_issue");
}

/* "P" stands for every type that begins with it [9303-12 7.1.1.6]. */
static bool type_fits(struct span listed, struct span code)
{
	while (code.len > 0 && code.at[code.len - 1] == '<')
		code.len--;
	if (listed.len == 1)
		code = span_first(code, 1);
	return listed.len > 0 && span_equal(listed, code);
}

/* DocumentTypeListSyntax: version, SET OF DocumentType */
static bool list_allows(struct span value, struct span code)
{
	struct tlv_reader reader = tlv_open(value);
	struct span part = { 0 };

	if (tlv_expect(&reader, TAG_INTEGER, &part) != CCCD_OK ||
	    tlv_expect(&reader, TAG_SET, &part) != CCCD_OK)
		return false;
	reader = tlv_open(part);
	while (tlv_expect(&reader, TAG_PRINTABLE_STRING, &part) == CCCD_OK)
		if (type_fits(part, code))
			return true;
	return false;
}

struct auth_check passive_auth_check_type(struct pa_object *object,
                                          struct span code)
{
	struct certificate signer = { 0 };

	if (object->ds_der.len == 0 || code.len == 0 ||
	    certificate_parse(buf_span(&object->ds_der), &signer) != CCCD_OK)
		return auth_check_make(CCCD_UNDETERMINED, "signer_missing");
	if (signer.ext.document_types.len == 0)
		return auth_check_make(CCCD_NOT_SUPPORTED,
		                       "document_types_absent");
	if (list_allows(signer.ext.document_types, code))
		return auth_check_make(CCCD_SUCCESSFUL, NULL);
	auth_findings_add(&object->findings, "document_type_not_allowed", 0);
	return auth_check_make(CCCD_FAILED, "document_type_not_allowed");
}
