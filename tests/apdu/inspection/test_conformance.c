/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of the published test plan that a whole read shows best; each row
 * bears the case's own name, see docs/conformance.md. */
#include "tests/apdu/inspection/inspect_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/hex.h"

enum {
	NO_CHECK = CCCD_CHECKS,
	CONTENT_MAX = 20000,
	CURVE_FIRST = 8,
	CURVE_LAST = 18,
};

/**
 * struct expected - what must come of a read.
 * @err:     of the inspection
 * @overall: of the result, where @err is CCCD_OK
 * @check:   the check that tells, and its "verdict/reason"
 * @defect:  a defect or suspicion that must be named; NULL for none
 */
struct expected {
	enum cccd_err err;
	enum cccd_verdict overall;
	unsigned int check;
	const char *says;
	const char *defect;
};

/**
 * struct row - a case.
 * @profile: members of the simulated card
 */
struct row {
	const char *name;
	const char *profile;
	struct expected expected;
};

#define CCCD_2021 "\"extends\": \"cccd-2021\""
#define PACE_CAM  "\"extends\": \"pace-cam\""
#define AA_ONLY                                                          \
	CCCD_2021 ", \"chip_auth\": {\"keys\": []}, \"active_auth\": "   \
	          "{\"type\": \"ecdsa\", \"domain\": 13, \"announce\": " \
	          "true, \"hash\": \"sha256\"}"
#define FAULT(step, bytes)                                              \
	CCCD_2021 ", \"faults\": [{\"do\": \"data\", \"step\": \"" step \
	          "\", \"bytes\": \"" bytes "\"}]"
#define CONTENT(file, bytes) \
	", \"files\": {\"" file "\": {\"content\": \"" bytes "\"}}"
/* The two PACEInfos of the card between @head and @more. */
#define ACCESS_EDITED(head, more)                                        \
	PACE_CAM ", \"files\": {\"dg14\": {\"content\": \"6E023100\"}, " \
	         "\"card_access\": {\"content\": \"" head                \
	         "3012060A04007F0007020204020202010202010D"              \
	         "3012060A04007F0007020204060202010202010D" more "\"}}"
#define GOOD                                                 \
	{                                                    \
		CCCD_OK, CCCD_SUCCESSFUL, NO_CHECK, "", NULL \
	}
#define STOPS(err)                                    \
	{                                             \
		err, CCCD_NOT_RUN, NO_CHECK, "", NULL \
	}

static const struct row rows[] = {
	/* Read whole; that nothing protects it is said, and the profile of
	 * the counter asks for more. */
	{ "ISO7816_A_01",
	  CCCD_2021 ", \"access\": {\"open\": true, \"pace\": [], \"bac\": "
	            "false}",
	  { CCCD_OK, CCCD_UNDETERMINED, CCCD_CHECK_ACCESS_CONTROL,
	    "not_supported/no_access_control", NULL } },
	{ "ISO7816_D_05",
	  CCCD_2021 ", \"chip_auth\": {\"keys\": ["
	            "{\"protocol\": \"ecdh-aes-128\", \"domain\": 13, \"id\": "
	            "1}, "
	            "{\"protocol\": \"ecdh-aes-256\", \"domain\": 16, \"id\": "
	            "2}, "
	            "{\"protocol\": \"ecdh-aes-192\", \"domain\": 12, \"id\": "
	            "3}]}",
	  GOOD },
	{ "ISO7816_G_11",
	  FAULT("pace_nonce", "7C1290100102030405060708090A0B0C0D0E0F10"),
	  STOPS(CCCD_ERR_DATA_MISSING) },
	{ "ISO7816_G_13", FAULT("pace_map", "7C03920104"),
	  STOPS(CCCD_ERR_DATA_MISSING) },
	{ "ISO7816_G_25", FAULT("pace_token", "7C0A96080102030405060708"),
	  STOPS(CCCD_ERR_DATA_MISSING) },
	/* The mapping is proven by EF.CardSecurity alone. */
	{ "ISO7816_G_38",
	  PACE_CAM CONTENT("dg14", "6E023100"),
	  { CCCD_OK, CCCD_SUCCESSFUL, CCCD_CHECK_PACE_CAM, "successful",
	    NULL } },
	/* EF.COM is unsigned: it is told, and decides nothing. */
	{ "LDS_A_01",
	  CCCD_2021 CONTENT("com", "61145F0104303130375F36063034303030305C"
	                           "026175"),
	  { CCCD_OK, CCCD_SUCCESSFUL, CCCD_CHECK_COM_SOD_CONSISTENCY,
	    "failed/com_malformed", NULL } },
	{ "LDS_B_09",
	  CCCD_2021 ", \"document\": {\"state\": \"V1M\"}",
	  { CCCD_OK, CCCD_UNDETERMINED, CCCD_CHECK_ISSUING_STATE,
	    "undetermined/state_unknown", "mrz_form_wrong" } },
	/* Signed as it stands: authentic, and named. */
	{ "LDS_B_14",
	  CCCD_2021 ", \"document\": {\"nationality\": \"V1M\"}",
	  { CCCD_OK, CCCD_SUCCESSFUL, NO_CHECK, "", "mrz_form_wrong" } },
	{ "LDS_B_18",
	  "\"extends\": \"passport-td3\", \"document\": {\"sex\": \"Q\"}",
	  { CCCD_OK, CCCD_SUCCESSFUL, NO_CHECK, "", "mrz_form_wrong" } },
	{ "LDS_B_24",
	  CCCD_2021 CONTENT("dg1", "61035F1F00"),
	  { CCCD_OK, CCCD_UNDETERMINED, CCCD_CHECK_DATA_GROUPS, "successful",
	    "dg1_malformed" } },
	{ "LDS_C_04",
	  CCCD_2021 CONTENT("dg2", "76047F610100"),
	  { CCCD_OK, CCCD_SUCCESSFUL, CCCD_CHECK_DATA_GROUPS, "successful",
	    "dg2_malformed" } },
	{ "LDS_F_01",
	  CCCD_2021
	  ", \"active_auth\": {\"type\": \"none\"}" CONTENT("dg14", "6F023100"),
	  { CCCD_OK, CCCD_UNDETERMINED, CCCD_CHECK_CHIP_GENUINENESS,
	    "not_supported/no_chip_proof_offered", "dg14_malformed" } },
	/* Without DG14 to repeat it, EF.CardSecurity shows what was added:
	 * something that nobody knows, or one more way in. */
	{ "LDS_J_02",
	  ACCESS_EDITED("3132", "30080603883701040100"),
	  { CCCD_OK, CCCD_FAILED, CCCD_CHECK_CARD_ACCESS_CONSISTENCY,
	    "failed/card_access_differs", NULL } },
	{ "LDS_J_02, PACE with 3DES",
	  ACCESS_EDITED("313C", "3012060A04007F0007020204020102010202010D"),
	  { CCCD_OK, CCCD_FAILED, CCCD_CHECK_CARD_ACCESS_CONSISTENCY,
	    "failed/card_access_differs", NULL } },
	{ "LDS_K_02",
	  CCCD_2021 CONTENT("atr_info", "7F660A02030004000203000400"), GOOD },
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

static void judge(const char *name, const struct expected *expected,
                  const struct inspect_rig *rig)
{
	const struct cccd_result *result = &rig->result;
	if (rig->err != expected->err)
		fail_msg("%s: %s, not %s (%s)", name, cccd_err_code(rig->err),
		         cccd_err_code(expected->err), rig->error.text);
	/* [pitfall 34] an error never comes with a success. */
	if (expected->err != CCCD_OK) {
		assert_int_not_equal(result->overall, CCCD_SUCCESSFUL);
		return;
	}
	if (expected->check != NO_CHECK) {
		char text[96];

		inspect_check(rig, (enum cccd_check_id)expected->check, text);
		if (strcmp(text, expected->says) != 0)
			fail_msg("%s: %s, not %s", name, text, expected->says);
	}
	if (result->overall != expected->overall)
		fail_msg("%s: overall %s, not %s", name,
		         cccd_verdict_name(result->overall),
		         cccd_verdict_name(expected->overall));
	if (expected->defect != NULL && !names(rig, expected->defect))
		fail_msg("%s: %s is not named", name, expected->defect);
}

static void inspect(const char *name, const char *profile,
                    const struct expected *expected)
{
	struct inspect_rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	inspect_load(rig, profile);
	inspect_plan(rig, INSPECT_CAN);
	inspect_run(rig);
	judge(name, expected, rig);
	inspect_free(rig);
	free(rig);
}

/* { members, and what @more says }; the caller frees. */
static char *profile_of(const char *members, const char *more)
{
	size_t cap = strlen(members) + strlen(more) + 3;
	char *text = malloc(cap);

	assert_non_null(text);
	(void)snprintf(text, cap, "{%s%s}", members, more);
	return text;
}

static void plan_cases_end_as_they_must(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *profile = profile_of(rows[i].profile, "");

		inspect(rows[i].name, profile, &rows[i].expected);
		free(profile);
	}
}

/* ---- Files of a card, edited and signed anew ------------------------ */

/* A file's bytes, of a card of their own. */
struct content {
	uint8_t at[CONTENT_MAX];
	size_t len;
};

static void take_file(const char *members, const char *file,
                      struct content *ret)
{
	char *profile = profile_of(members, "");
	struct sim_card *card = NULL;
	struct span bytes = { 0 };

	assert_int_equal(sim_card_load(profile, NULL, &card), CCCD_OK);
	bytes = sim_card_file(card, file);
	assert_true(bytes.len > 0 && bytes.len <= CONTENT_MAX);
	memcpy(ret->at, bytes.at, bytes.len);
	ret->len = bytes.len;
	sim_card_free(card);
	free(profile);
}

/* Where @bytes stand for the first time. */
static size_t find(const struct content *content, struct span bytes)
{
	for (size_t i = 0; i + bytes.len <= content->len; i++)
		if (memcmp(content->at + i, bytes.at, bytes.len) == 0)
			return i;
	fail_msg("not in the file");
	return 0;
}

/* A length of two bytes, @by less. */
static void lessen(struct content *content, size_t at, size_t by)
{
	size_t len = (size_t)content->at[at] << 8 | content->at[at + 1];

	assert_true(len >= by);
	len -= by;
	content->at[at] = (uint8_t)(len >> 8);
	content->at[at + 1] = (uint8_t)len;
}

static void cut(struct content *content, size_t at, size_t count)
{
	assert_true(at + count <= content->len);
	content->len -= count;
	memmove(content->at + at, content->at + at + count, content->len - at);
}

/* Where each length of the simulated DG2 stands. */
enum {
	DG2_FILE = 2,
	DG2_GROUP = 7,
	DG2_COUNT = 9,
	DG2_TEMPLATE = 15,
	DG2_DATA = 37,
	DG2_RECORDS = 49,
	DG2_RECORD = 55,
	DG2_POINTS = 57,
};

static void portrait_of_no_bytes(struct content *dg2)
{
	static const size_t lengths[] = { DG2_FILE, DG2_GROUP,   DG2_TEMPLATE,
		                          DG2_DATA, DG2_RECORDS, DG2_RECORD };
	size_t image = find(dg2, SPAN(((uint8_t[]){ 0xFF, 0xD8, 0xFF })));
	size_t count = dg2->len - image;

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		lessen(dg2, lengths[i], count);
	cut(dg2, image, count);
}

static void no_number_of_instances(struct content *dg2)
{
	assert_int_equal(dg2->at[DG2_COUNT], 0x02);
	lessen(dg2, DG2_FILE, 3);
	lessen(dg2, DG2_GROUP, 3);
	cut(dg2, DG2_COUNT, 3);
}

static void more_points_than_bytes(struct content *dg2)
{
	dg2->at[DG2_POINTS] = 0xFF;
	dg2->at[DG2_POINTS + 1] = 0xFF;
}

static void unknown_signature_algorithm(struct content *dg14)
{
	static const uint8_t oid[] = { 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00,
		                       0x07, 0x01, 0x01, 0x04, 0x01 };

	dg14->at[find(dg14, SPAN(oid)) + sizeof(oid)] = 0x7F;
}

/* ChipAuthenticationInfo of the card, up to its version. */
static const uint8_t ca_info[] = { 0x30, 0x0F, 0x06, 0x0A, 0x04, 0x00,
	                           0x7F, 0x00, 0x07, 0x02, 0x02, 0x03,
	                           0x02, 0x02, 0x02, 0x01 };

static void version_ten(struct content *dg14)
{
	dg14->at[find(dg14, SPAN(ca_info)) + sizeof(ca_info)] = 10;
}

static void no_version(struct content *dg14)
{
	size_t at = find(dg14, SPAN(ca_info));

	cut(dg14, at + sizeof(ca_info) - 2, 3);
	dg14->at[at + 1] = (uint8_t)(dg14->at[at + 1] - 3);
	/* 6E 81 xx 31 81 xx */
	assert_int_equal(dg14->at[1], 0x81);
	dg14->at[2] = (uint8_t)(dg14->at[2] - 3);
	dg14->at[5] = (uint8_t)(dg14->at[5] - 3);
}

static void as_it_is(struct content *content)
{
	(void)content;
}

/* Keeps the number of SecurityInfos; only parameters differ. */
static void other_parameters(struct content *card_access)
{
	card_access->at[card_access->len - 1] ^= 0x01;
}

/**
 * struct remade - a case whose file is taken from a card and edited.
 * @from: members of the card that the file comes from; NULL = @profile
 */
struct remade {
	const char *name;
	const char *profile;
	const char *from;
	const char *file;
	void (*edit)(struct content *content);
	struct expected expected;
};

#define NO_AA CCCD_2021 ", \"active_auth\": {\"type\": \"none\"}"

static const struct remade remade[] = {
	{ "ISO7816_C_08",
	  CCCD_2021,
	  NULL,
	  "dg2",
	  portrait_of_no_bytes,
	  { CCCD_OK, CCCD_SUCCESSFUL, CCCD_CHECK_DATA_GROUPS, "successful",
	    "dg2_malformed" } },
	/* Then the key's size gives the hash; what is right proves the key. */
	{ "ISO7816_F_09",
	  AA_ONLY,
	  NULL,
	  "dg14",
	  unknown_signature_algorithm,
	  { CCCD_OK, CCCD_SUCCESSFUL, CCCD_CHECK_ACTIVE_AUTHENTICATION,
	    "successful", NULL } },
	{ "ISO7816_G_39",
	  PACE_CAM,
	  PACE_CAM ", \"seed\": \"another\"",
	  "card_security",
	  as_it_is,
	  { CCCD_OK, CCCD_FAILED, CCCD_CHECK_PACE_CAM, "failed/not_proven",
	    "pace_cam_failed" } },
	{ "ISO7816_G_40",
	  PACE_CAM,
	  PACE_CAM ", \"chip_auth\": {\"keys\": []}",
	  "card_security",
	  as_it_is,
	  { CCCD_OK, CCCD_FAILED, CCCD_CHECK_PACE_CAM, "failed/key_missing",
	    "pace_cam_failed" } },
	/* The records count themselves: the face is read all the same. */
	{ "LDS_C_07", CCCD_2021, NULL, "dg2", no_number_of_instances, GOOD },
	{ "LDS_C_16",
	  CCCD_2021,
	  NULL,
	  "dg2",
	  more_points_than_bytes,
	  { CCCD_OK, CCCD_SUCCESSFUL, CCCD_CHECK_DATA_GROUPS, "successful",
	    "dg2_malformed" } },
	{ "LDS_F_06",
	  NO_AA,
	  NULL,
	  "dg14",
	  version_ten,
	  { CCCD_OK, CCCD_FAILED, CCCD_CHECK_CHIP_AUTHENTICATION,
	    "failed/refused", NULL } },
	{ "LDS_F_07",
	  NO_AA,
	  NULL,
	  "dg14",
	  no_version,
	  { CCCD_OK, CCCD_FAILED, CCCD_CHECK_CHIP_AUTHENTICATION,
	    "failed/refused", NULL } },
	{ "LDS_J_03",
	  PACE_CAM,
	  NULL,
	  "card_access",
	  other_parameters,
	  { CCCD_OK, CCCD_FAILED, CCCD_CHECK_CARD_ACCESS_CONSISTENCY,
	    "failed/card_access_differs", NULL } },
};

static void read_remade(const struct remade *row)
{
	struct content *content = calloc(1, sizeof(*content));
	char *hex = malloc(2 * CONTENT_MAX + 1);
	char *more = malloc(2 * CONTENT_MAX + 128);
	char *profile = NULL;

	assert_non_null(content);
	assert_non_null(hex);
	assert_non_null(more);
	take_file(row->from != NULL ? row->from : row->profile, row->file,
	          content);
	row->edit(content);
	hex_encode(span_of(content->at, content->len), hex,
	           2 * CONTENT_MAX + 1);
	(void)snprintf(more, 2 * CONTENT_MAX + 128,
	               ", \"files\": {\"%s\": {\"content\": \"%s\"}}",
	               row->file, hex);
	profile = profile_of(row->profile, more);
	inspect(row->name, profile, &row->expected);
	free(profile);
	free(more);
	free(hex);
	free(content);
}

static void plan_cases_with_edited_files_end_so_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(remade); i++)
		read_remade(&remade[i]);
}

/* ISO7816_G_41: the mapping over every curve, with every cipher. */
static void mapping_is_proven_over_every_curve(void **state)
{
	static const struct expected proven = { CCCD_OK, CCCD_SUCCESSFUL,
		                                CCCD_CHECK_PACE_CAM,
		                                "successful", NULL };
	char profile[384];
	char name[48];

	(void)state;
	for (int curve = CURVE_FIRST; curve <= CURVE_LAST; curve++)
		for (int bits = 128; bits <= 256; bits += 64) {
			(void)snprintf(name, sizeof(name), "%d, AES-%d", curve,
			               bits);
			(void)snprintf(
			        profile, sizeof(profile),
			        "{" PACE_CAM ", \"access\": {\"pace\": [{"
			        "\"protocol\": \"ecdh-cam-aes-%d\", "
			        "\"domain\": %d}]}, \"chip_auth\": {\"keys\": "
			        "[{\"protocol\": \"ecdh-aes-128\", "
			        "\"domain\": %d, \"id\": %d}]}}",
			        bits, curve, curve, curve);
			inspect(name, profile, &proven);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_cases_end_as_they_must),
		cmocka_unit_test(plan_cases_with_edited_files_end_so_too),
		cmocka_unit_test(mapping_is_proven_over_every_curve),
	};

	return cmocka_run_group_tests_name("conformance", tests, NULL, NULL);
}
