/* SPDX-License-Identifier: Apache-2.0 */
/* Whole reads of simulated cards: every defect gets its own answer. */
#include "tests/apdu/inspection/inspect_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"

/* No check is looked at. */
enum { NO_CHECK = CCCD_CHECKS };

/**
 * struct row - a card and what must come of it.
 * @err:     of the inspection
 * @overall: of the result, where @err is CCCD_OK
 * @check:   the check that tells, and its "verdict/reason"
 * @sign:    a suspicion or defect that must be named; NULL for none
 */
struct row {
	const char *name;
	const char *profile;
	enum inspect_key key;
	enum cccd_err err;
	enum cccd_verdict overall;
	unsigned int check;
	const char *says;
	const char *sign;
};

#define GOOD(profile, key)                                                     \
	{                                                                      \
		profile, profile, key, CCCD_OK, CCCD_SUCCESSFUL, NO_CHECK, "", \
		        NULL                                                   \
	}
#define BAD(name, profile, check, says, sign)                                  \
	{                                                                      \
		name, profile, INSPECT_CAN, CCCD_OK, CCCD_FAILED, check, says, \
		        sign                                                   \
	}
#define STOPS(name, profile, key, err)                                    \
	{                                                                 \
		name, profile, key, err, CCCD_NOT_RUN, NO_CHECK, "", NULL \
	}

#define OPEN_PASSPORT                                                   \
	"{\"extends\": \"passport-td3\", \"access\": {\"open\": true, " \
	"\"bac\": false, \"pace\": []}}"

static const struct row rows[] = {
	/* What must simply work, each card in its own way. */
	GOOD("cccd-2021", INSPECT_CAN),
	GOOD("cccd-2021", INSPECT_MRZ),
	GOOD("cccd-2021", INSPECT_BOTH),
	GOOD("cccd-2023-no-expiry", INSPECT_CAN),
	GOOD("cancuoc-2024-adult", INSPECT_CAN),
	GOOD("cancuoc-2024-child", INSPECT_CAN),
	GOOD("bac-only", INSPECT_MRZ),
	GOOD("bac-only", INSPECT_BOTH),
	GOOD("pace-only", INSPECT_CAN),
	GOOD("pace-many", INSPECT_CAN),
	GOOD("pace-dh", INSPECT_CAN),
	GOOD("pace-dh-2048", INSPECT_CAN),
	GOOD("pace-aes256", INSPECT_CAN),
	GOOD("pace-im", INSPECT_CAN),
	GOOD("pace-im-dh", INSPECT_CAN),
	/* [9303-11 table 12] no integrated mapping on curve 10. */
	GOOD("{\"extends\": \"cccd-2021\", \"access\": {\"pace\": ["
	     "{\"protocol\": \"ecdh-im-aes-256\", \"domain\": 10}, "
	     "{\"protocol\": \"ecdh-im-aes-128\", \"domain\": 13}]}}",
	     INSPECT_CAN),
	GOOD("pace-parameter-required", INSPECT_CAN),
	GOOD("pace-parameter-forbidden", INSPECT_CAN),
	GOOD("passport-td3", INSPECT_MRZ),
	GOOD("id-eid-de-like", INSPECT_CAN),
	GOOD("pn532-short", INSPECT_CAN),
	GOOD("extended-info", INSPECT_CAN),
	GOOD("big-portrait", INSPECT_CAN),
	GOOD("{\"extends\": \"big-portrait\", "
	     "\"behaviour\": {\"extended\": false}}",
	     INSPECT_CAN),
	GOOD("portrait-jp2", INSPECT_CAN),
	GOOD("lds-18", INSPECT_CAN),
	GOOD("sod-explicit", INSPECT_CAN),
	GOOD("sod-indefinite", INSPECT_CAN),
	GOOD("sod-rsa-pkcs1", INSPECT_CAN),
	GOOD("sod-rsa-pss", INSPECT_CAN),
	GOOD("aa-ecdsa-der", INSPECT_CAN),
	GOOD("aa-rsa-2048", INSPECT_CAN),
	GOOD("aa-rsa-3072", INSPECT_CAN),
	/* [9303-11 6.1.4] Short reads, yet the signature needs more. */
	GOOD("{\"extends\": \"aa-rsa-2048\", "
	     "\"behaviour\": {\"max_extended\": 256, "
	     "\"naked_errors\": true}}",
	     INSPECT_CAN),
	GOOD("ca-several-keys", INSPECT_CAN),
	GOOD("ca-only-dg14-key", INSPECT_CAN),
	GOOD("rig-01-naked-errors", INSPECT_CAN),
	GOOD("rig-02-le-zero-empty", INSPECT_CAN),
	GOOD("rig-02-le-zero-oversize", INSPECT_CAN),
	GOOD("rig-04-access-cold", INSPECT_CAN),
	GOOD("rig-04-access-6986", INSPECT_MRZ),
	GOOD("rig-05-end-9000", INSPECT_CAN),
	GOOD("rig-06-no-sfi", INSPECT_CAN),
	GOOD("rig-07-strict-session", INSPECT_CAN),
	GOOD("rig-09-kat", INSPECT_CAN),
	/* [9303-11 4.2] nothing to open, whatever the desk holds: read, but
	 * never the whole success of a protected document. */
	{ "no access control, MRZ given", OPEN_PASSPORT, INSPECT_MRZ, CCCD_OK,
	  CCCD_UNDETERMINED, CCCD_CHECK_ACCESS_CONTROL,
	  "not_supported/no_access_control", NULL },
	{ "no access control, CAN given", OPEN_PASSPORT, INSPECT_CAN, CCCD_OK,
	  CCCD_UNDETERMINED, CCCD_CHECK_CHIP_GENUINENESS, "successful", NULL },
	{ "no access control, nothing given", OPEN_PASSPORT, INSPECT_NOTHING,
	  CCCD_OK, CCCD_UNDETERMINED, CCCD_CHECK_CHIP_AUTHENTICATION,
	  "not_run/no_access_control", NULL },
	{ "PACE without EF.CardAccess", "pace-invisible", INSPECT_CAN, CCCD_OK,
	  CCCD_SUCCESSFUL, CCCD_CHECK_ACCESS_CONTROL,
	  "successful/pace_constant", NULL },
	{ "chip authentication mapping", "pace-cam", INSPECT_CAN, CCCD_OK,
	  CCCD_SUCCESSFUL, CCCD_CHECK_PACE_CAM, "successful", NULL },

	/* Removed, mute, slow, refusing half-way: it goes on. */
	GOOD("bad-removed", INSPECT_CAN),
	GOOD("bad-mute", INSPECT_CAN),
	GOOD("bad-naked-6700", INSPECT_CAN),

	/* Proofs that fail, each by its name. */
	BAD("edited DG1", "bad-dg1-edited", CCCD_CHECK_DATA_GROUPS,
	    "failed/data_group_hash_wrong", "data_group_hash_wrong"),
	BAD("edited DG13", "bad-dg13-edited", CCCD_CHECK_DATA_GROUPS,
	    "failed/data_group_hash_wrong", NULL),
	BAD("cloned chip, CA", "bad-clone-ca", CCCD_CHECK_CHIP_AUTHENTICATION,
	    "failed/not_proven", "chip_authentication_failed"),
	BAD("cloned chip, AA", "bad-clone-aa", CCCD_CHECK_ACTIVE_AUTHENTICATION,
	    "failed/signature_wrong", "active_authentication_failed"),
	BAD("DG14 stripped", "bad-dg14-stripped",
	    CCCD_CHECK_CHIP_AUTHENTICATION, "failed/refused",
	    "dg14_listed_but_missing"),
	BAD("DG15 stripped", "bad-dg15-stripped",
	    CCCD_CHECK_ACTIVE_AUTHENTICATION, "failed/refused",
	    "dg15_listed_but_missing"),
	BAD("pitfall 18: signer of another state", "bad-ds-other-state",
	    CCCD_CHECK_ISSUING_STATE, "failed/state_differs", NULL),
	BAD("wrong signature", "bad-sod-signature",
	    CCCD_CHECK_SECURITY_OBJECT_SIGNATURE, "failed/bad_signature", NULL),
	BAD("wrong message digest", "bad-sod-message-digest",
	    CCCD_CHECK_SECURITY_OBJECT_HASH, "failed/message_digest_mismatch",
	    NULL),
	BAD("pitfall 12: content type", "bad-sod-content-type",
	    CCCD_CHECK_SECURITY_OBJECT_SIGNATURE, "failed/wrong_content_type",
	    NULL),
	BAD("pitfall 15: a group twice", "bad-sod-duplicate",
	    CCCD_CHECK_DATA_GROUPS, "failed/data_group_listed_twice", NULL),
	BAD("pitfall 20: revoked signer", "bad-ds-revoked",
	    CCCD_CHECK_DS_CERTIFICATE_REVOCATION, "failed/revoked", NULL),
	BAD("signer of no known CSCA key", "bad-ds-unknown",
	    CCCD_CHECK_DS_CERTIFICATE_SIGNATURE,
	    "failed/issuer_signature_wrong", NULL),
	BAD("signer not for signatures", "bad-ds-key-usage",
	    CCCD_CHECK_DS_CERTIFICATE_TRUST, "failed/key_usage_not_signature",
	    NULL),
	BAD("signer limited to other types of documents",
	    "{\"extends\": \"cccd-2021\", \"name\": \"crew\", "
	    "\"document\": {\"code\": \"AC\"}, "
	    "\"sod\": {\"document_types\": true}}",
	    CCCD_CHECK_DS_CERTIFICATE_TRUST, "failed/document_type_not_allowed",
	    "document_type_not_allowed"),
	BAD("signer expired when it signed", "bad-ds-expired",
	    CCCD_CHECK_DS_CERTIFICATE_VALIDITY, "failed/not_valid_at_signing",
	    NULL),
	BAD("pitfall 5: edited EF.CardAccess", "bad-card-access-edited",
	    CCCD_CHECK_CARD_ACCESS_CONSISTENCY, "failed/card_access_differs",
	    NULL),
	BAD("pitfall 9: wrong mapping data", "bad-cam", CCCD_CHECK_PACE_CAM,
	    "failed/not_proven", "pace_cam_failed"),
	BAD("the mapping's key is refused, and the channel ends",
	    "{\"extends\": \"pace-cam\", "
	    "\"behaviour\": {\"naked_errors\": true}, "
	    "\"files\": {\"card_security\": {\"stripped\": true}}}",
	    CCCD_CHECK_PACE_CAM, "failed/refused", "pace_cam_failed"),
	BAD("pitfall 6: CA refused with 6300", "bad-ca-6300",
	    CCCD_CHECK_CHIP_AUTHENTICATION, "failed/refused", NULL),
	BAD("pitfall 6: CA refused with 6982", "bad-ca-6982",
	    CCCD_CHECK_CHIP_AUTHENTICATION, "failed/refused", NULL),
	BAD("pitfall 6: CA refused with 6A80", "bad-ca-6a80",
	    CCCD_CHECK_CHIP_AUTHENTICATION, "failed/refused", NULL),
	BAD("pitfall 6: CA refused with 6A88", "bad-ca-6a88",
	    CCCD_CHECK_CHIP_AUTHENTICATION, "failed/refused", NULL),
	BAD("pitfall 6: CA refused with 6FFF", "bad-ca-6fff",
	    CCCD_CHECK_CHIP_AUTHENTICATION, "failed/refused", NULL),
	BAD("AA refused", "bad-aa-refused", CCCD_CHECK_ACTIVE_AUTHENTICATION,
	    "failed/refused", NULL),
	BAD("AA refused bare, the rest is read",
	    "{\"extends\": \"bad-aa-refused\", "
	    "\"behaviour\": {\"naked_errors\": true}}",
	    CCCD_CHECK_DATA_GROUPS, "successful", NULL),
	{ "signer's certificate missing", "bad-sod-no-certificate", INSPECT_CAN,
	  CCCD_OK, CCCD_UNDETERMINED, CCCD_CHECK_SECURITY_OBJECT_SIGNATURE,
	  "undetermined/signer_missing", NULL },
	{ "pitfall 17: EF.COM hides DG14", "bad-com-stripped", INSPECT_CAN,
	  CCCD_OK, CCCD_SUCCESSFUL, CCCD_CHECK_COM_SOD_CONSISTENCY,
	  "failed/com_differs", "com_hides_dg14" },
	{ "pitfall 19: SHA-1 is reported", "bad-sod-sha1", INSPECT_CAN, CCCD_OK,
	  CCCD_SUCCESSFUL, NO_CHECK, "", "weak_digest" },
	{ "pitfall 5: downgrade is recorded", "bad-pace-downgrade",
	  INSPECT_BOTH, CCCD_OK, CCCD_SUCCESSFUL, CCCD_CHECK_ACCESS_CONTROL,
	  "successful/downgrade", "pace_downgrade" },
	{ "16 MiB in the head of a file", "bad-length-lies", INSPECT_CAN,
	  CCCD_OK, CCCD_UNDETERMINED, CCCD_CHECK_DATA_GROUPS,
	  "undetermined/data_group_refused", NULL },
	{ "a head longer than the file", "bad-length-beyond", INSPECT_CAN,
	  CCCD_OK, CCCD_UNDETERMINED, CCCD_CHECK_DATA_GROUPS,
	  "undetermined/data_group_refused", NULL },
	{ "answers without data", "bad-no-progress", INSPECT_CAN, CCCD_OK,
	  CCCD_UNDETERMINED, CCCD_CHECK_DATA_GROUPS,
	  "undetermined/data_group_refused", NULL },

	/* What could not be found out: typed errors. */
	STOPS("pitfall 2: BAC answer of 39 bytes", "bad-bac-short", INSPECT_MRZ,
	      CCCD_ERR_BAC_LENGTH),
	STOPS("pitfall 2: BAC answer of 41 bytes", "bad-bac-long", INSPECT_MRZ,
	      CCCD_ERR_BAC_LENGTH),
	STOPS("pitfall 2: M_IC", "bad-bac-mac", INSPECT_MRZ, CCCD_ERR_BAC_MAC),
	STOPS("pitfall 2: RND.IFD", "bad-bac-rnd-ifd", INSPECT_MRZ,
	      CCCD_ERR_BAC_RND_IFD),
	STOPS("pitfall 2: RND.IC", "bad-bac-rnd-ic", INSPECT_MRZ,
	      CCCD_ERR_BAC_RND_IC),
	STOPS("pitfall 35: reflected key", "bad-pace-reflect", INSPECT_CAN,
	      CCCD_ERR_CRYPTO_REFLECTED),
	STOPS("pitfall 35: point off the curve", "bad-pace-off-curve",
	      INSPECT_CAN, CCCD_ERR_CRYPTO_KEY),
	STOPS("pitfall 35: point at infinity", "bad-pace-infinity", INSPECT_CAN,
	      CCCD_ERR_CRYPTO_KEY),
	STOPS("pitfall 35: DH value 1", "bad-pace-dh-one", INSPECT_CAN,
	      CCCD_ERR_CRYPTO_KEY),
	STOPS("the card's token is wrong", "bad-pace-token", INSPECT_CAN,
	      CCCD_ERR_CRYPTO_TOKEN),
	STOPS("pitfall 1: one wrong MAC", "bad-mac", INSPECT_CAN,
	      CCCD_ERR_SM_BROKEN),
	STOPS("pitfall 1: no checksum object", "bad-no-checksum", INSPECT_CAN,
	      CCCD_ERR_SM_BROKEN),
	STOPS("pitfall 1: no status object", "rig-03-no-status-object",
	      INSPECT_CAN, CCCD_ERR_SM_BROKEN),
	STOPS("another card after the loss", "bad-exchanged", INSPECT_CAN,
	      CCCD_ERR_CARD_CHANGED),
	STOPS("a chip without the mapping's key after the loss",
	      "{\"extends\": \"pace-cam\", \"faults\": [{\"do\": \"remove\", "
	      "\"file\": \"dg2\", \"offset\": 4000, "
	      "\"reinsert\": \"bad-cam\"}]}",
	      INSPECT_CAN, CCCD_ERR_CARD_CHANGED),
	GOOD("{\"extends\": \"pace-cam\", \"faults\": [{\"do\": \"remove\", "
	     "\"file\": \"dg2\", \"offset\": 4000}]}",
	     INSPECT_CAN),
	STOPS("not a Doc 9303 card", "not-an-emrtd", INSPECT_CAN,
	      CCCD_ERR_CARD_UNSUPPORTED),
	STOPS("BAC needs the MRZ", "bac-only", INSPECT_CAN,
	      CCCD_ERR_USAGE_KEY_MISSING),
	STOPS("no key at all", "cccd-2021", INSPECT_NOTHING,
	      CCCD_ERR_USAGE_KEY_MISSING),
};

static bool names(const struct inspect_rig *rig, const char *sign)
{
	const struct cccd_result *result = &rig->result;

	for (size_t i = 0; i < result->suspicion_count; i++)
		if (strcmp(result->suspicions[i], sign) == 0)
			return true;
	for (size_t i = 0; i < result->defect_count; i++)
		if (strcmp(result->defects[i].code, sign) == 0)
			return true;
	return false;
}

static void judge(const struct row *row, const struct inspect_rig *rig)
{
	char text[96] = "";

	if (rig->err != row->err)
		fail_msg("%s: %s, not %s (%s)", row->name,
		         cccd_err_code(rig->err), cccd_err_code(row->err),
		         rig->error.text);
	/* [pitfall 34] an error never comes with a success. */
	if (row->err != CCCD_OK) {
		assert_int_not_equal(rig->result.overall, CCCD_SUCCESSFUL);
		return;
	}
	if (rig->result.overall != row->overall)
		fail_msg("%s: overall %s, not %s", row->name,
		         cccd_verdict_name(rig->result.overall),
		         cccd_verdict_name(row->overall));
	if (row->check != NO_CHECK) {
		inspect_check(rig, (enum cccd_check_id)row->check, text);
		if (strcmp(text, row->says) != 0)
			fail_msg(
			        "%s: %s is %s, not %s", row->name,
			        cccd_check_name((enum cccd_check_id)row->check),
			        text, row->says);
	}
	if (row->sign != NULL && !names(rig, row->sign))
		fail_msg("%s: %s is not named", row->name, row->sign);
}

static void every_card_gets_its_own_answer(void **state)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));

	(void)state;
	assert_non_null(rig);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		inspect_load(rig, rows[i].profile);
		inspect_plan(rig, rows[i].key);
		inspect_run(rig);
		judge(&rows[i], rig);
		inspect_free(rig);
	}
	free(rig);
}

/* [pitfall 25] the card is asked once, and nothing follows. */
/* Its last day ends at midnight of the desk, not seven hours later. */
static void expiry_is_told_by_the_day_in_viet_nam(void **state)
{
	/* 2039-01-01, the last day, 23:59:59 at the desk; and after it. */
	static const int64_t times[] = { 2177513999, 2177514000 };
	static const char *const says[] = { "successful", "failed/expired" };
	struct inspect_rig *rig = calloc(1, sizeof(*rig));

	(void)state;
	assert_non_null(rig);
	for (size_t i = 0; i < 2; i++) {
		char text[96];

		inspect_load(rig, "cccd-2021");
		inspect_plan(rig, INSPECT_CAN);
		rig->input.trust.now_s = times[i];
		inspect_run(rig);
		assert_int_equal(rig->err, CCCD_OK);
		assert_string_equal(
		        inspect_check(rig, CCCD_CHECK_DOCUMENT_EXPIRY, text),
		        says[i]);
		inspect_reset(rig);
		inspect_free(rig);
	}
	free(rig);
}

static void pitfall_25_wrong_password_stops_everything(void **state)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));
	const struct access_input wrong = { .can = span_text("000000") };
	const struct sim_counters *counters = NULL;

	(void)state;
	assert_non_null(rig);
	inspect_load(rig, "cccd-2021");
	assert_int_equal(access_plan_make(&wrong, &rig->plan), CCCD_OK);
	inspect_run(rig);
	counters = sim_card_counters(rig->sim);
	assert_int_equal(rig->err, CCCD_ERR_CARD_PASSWORD);
	assert_string_equal(rig->error.step, "pace");
	/* MSE:Set AT and four GENERAL AUTHENTICATE, once. */
	assert_int_equal(counters->by_ins[0x22], 1);
	assert_int_equal(counters->by_ins[0x86], 4);
	assert_int_equal(counters->by_ins[0x82], 0);
	inspect_free(rig);
	free(rig);
}

/* [pitfall 25] the answer to a PIN was lost: whether it was right nobody
 * knows, and each further try may be the one that blocks it. */
static void pitfall_25_unanswered_pin_is_not_sent_again(void **state)
{
	static const struct {
		const char *does;
		enum cccd_err err;
	} losses[] = { { "mute", CCCD_ERR_CARD_MUTE },
		       { "remove", CCCD_ERR_CARD_REMOVED } };
	struct inspect_rig *rig = calloc(1, sizeof(*rig));
	char profile[256];

	(void)state;
	assert_non_null(rig);
	for (size_t i = 0; i < ARRAY_LEN(losses); i++) {
		(void)snprintf(profile, sizeof(profile),
		               "{\"extends\": \"pace-only\", "
		               "\"document\": {\"pin\": \"123456\"}, "
		               "\"access\": {\"passwords\": [\"pin\"]}, "
		               "\"faults\": [{\"do\": \"%s\", "
		               "\"step\": \"pace_token\"}]}",
		               losses[i].does);
		inspect_load(rig, profile);
		inspect_plan(rig, INSPECT_PIN);
		inspect_run(rig);
		assert_int_equal(rig->err, losses[i].err);
		assert_int_equal(sim_card_counters(rig->sim)->by_ins[0x86], 4);
		inspect_free(rig);
	}
	free(rig);
}

/* [pitfall 5] where policy says so, there is no way back to BAC. */
static void pitfall_05_downgrade_can_be_refused(void **state)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));

	(void)state;
	assert_non_null(rig);
	inspect_load(rig, "bad-pace-downgrade");
	inspect_plan(rig, INSPECT_BOTH);
	rig->input.options.flags = CCCD_REFUSE_DOWNGRADE;
	inspect_run(rig);
	assert_int_equal(rig->err, CCCD_ERR_POLICY_DOWNGRADE);
	assert_int_equal(sim_card_counters(rig->sim)->by_ins[0x84], 0);
	inspect_free(rig);
	free(rig);
}

/* [pitfall 7] a proof over a key that nobody signed proves nothing. */
static void pitfall_07_success_without_sod_is_unbound(void **state)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));
	struct csca_store *empty = NULL;
	char text[96];

	(void)state;
	assert_non_null(rig);
	inspect_load(rig, "cccd-2021");
	inspect_plan(rig, INSPECT_CAN);
	assert_int_equal(csca_store_new(CCCD_TRUST_REAL, &empty), CCCD_OK);
	rig->input.trust.store = empty;
	inspect_run(rig);
	assert_int_equal(rig->err, CCCD_OK);
	assert_int_equal(rig->result.overall, CCCD_UNDETERMINED);
	assert_string_equal(
	        inspect_check(rig, CCCD_CHECK_DS_CERTIFICATE_TRUST, text),
	        "undetermined/issuer_unknown");
	assert_string_equal(
	        inspect_check(rig, CCCD_CHECK_CHIP_AUTHENTICATION, text),
	        "undetermined/unbound");
	inspect_free(rig);
	csca_store_free(empty);
	free(rig);
}

/* [pitfall 33] no randomness, no session. */
static enum cccd_err no_random(void *context, uint8_t *at, size_t len)
{
	(void)context;
	(void)at;
	(void)len;
	return CCCD_ERR_CRYPTO_RANDOM;
}

static void pitfall_33_random_failure_ends_the_session(void **state)
{
	static const struct random broken = { .fill = no_random };
	struct inspect_rig *rig = calloc(1, sizeof(*rig));

	(void)state;
	assert_non_null(rig);
	inspect_load(rig, "cccd-2021");
	inspect_plan(rig, INSPECT_CAN);
	rig->input.random = &broken;
	inspect_run(rig);
	assert_int_equal(rig->err, CCCD_ERR_CRYPTO_RANDOM);
	inspect_free(rig);
	free(rig);
}

/* What no wanted group or proof needs is not read. */
static void inspection_reads_only_what_was_asked_for(void **state)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));

	(void)state;
	assert_non_null(rig);
	inspect_load(rig, "cccd-2021");
	inspect_plan(rig, INSPECT_CAN);
	rig->input.options.groups = CCCD_GROUP_BIT(1) | CCCD_GROUP_BIT(13);
	rig->input.options.flags = CCCD_SKIP_COM;
	inspect_run(rig);
	assert_int_equal(rig->err, CCCD_OK);
	assert_int_equal(rig->result.overall, CCCD_SUCCESSFUL);
	assert_int_equal(rig->inspection->states[CCCD_FILE_DG2],
	                 CCCD_FILE_NOT_READ);
	assert_int_equal(rig->inspection->states[CCCD_FILE_DG15],
	                 CCCD_FILE_NOT_READ);
	assert_int_equal(rig->inspection->states[CCCD_FILE_COM],
	                 CCCD_FILE_NOT_READ);
	assert_int_equal(rig->result.groups[2], CCCD_GROUP_PRESENT);
	assert_int_equal(rig->result.groups[1], CCCD_GROUP_IDENTICAL);
	inspect_free(rig);
	free(rig);
}

/* Fingerprints are a fact, never a request. */
static void inspection_does_not_ask_for_locked_groups(void **state)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));

	(void)state;
	assert_non_null(rig);
	inspect_load(rig, "cccd-2021");
	inspect_plan(rig, INSPECT_CAN);
	inspect_run(rig);
	assert_true(names(rig, "eac_required"));
	assert_int_equal(rig->inspection->states[CCCD_FILE_DG3],
	                 CCCD_FILE_NOT_READ);
	assert_int_equal(rig->result.groups[3], CCCD_GROUP_PRESENT);
	inspect_free(rig);
	free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_card_gets_its_own_answer),
		cmocka_unit_test(expiry_is_told_by_the_day_in_viet_nam),
		cmocka_unit_test(pitfall_25_wrong_password_stops_everything),
		cmocka_unit_test(pitfall_25_unanswered_pin_is_not_sent_again),
		cmocka_unit_test(pitfall_05_downgrade_can_be_refused),
		cmocka_unit_test(pitfall_07_success_without_sod_is_unbound),
		cmocka_unit_test(pitfall_33_random_failure_ends_the_session),
		cmocka_unit_test(inspection_reads_only_what_was_asked_for),
		cmocka_unit_test(inspection_does_not_ask_for_locked_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
