/* SPDX-License-Identifier: Apache-2.0 */
/* Master lists and single certificates: who is admitted, and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/apdu/auth/zoo/lists.h"

static void pitfall_21_list_of_a_pinned_csca_is_admitted(void **state)
{
	FIXTURE fixture = { 0 };
	STORE *store = new_store();
	STORE *pins = new_store();

	(void)state;
	fixture_make(MASTER_LIST_SIGNER, ZOO_RIGHT, &fixture);
	assert_int_equal(trust_pins_add(pins, buf_span(&fixture.csca)),
	                 CCCD_OK);
	assert_int_equal(
	        import_with(store, pins, false, buf_span(&fixture.list)),
	        CCCD_OK);
	assert_true(told.at[0].is_list && told.at[0].admitted);
	assert_string_equal(told.at[0].reason, "list_pinned");
	assert_int_equal(told.by_kind[CCCD_TRUST_ANCHOR], 2);
	assert_int_equal(told.by_kind[CCCD_TRUST_LINK], 2);
	assert_int_equal(told.admitted, 4);
	assert_int_equal(told.refused, 2);
	assert_int_equal(csca_store_count(store, CCCD_TRUST_SIGNER), 0);
	/* Once more: everything is there. */
	assert_int_equal(
	        import_with(store, pins, false, buf_span(&fixture.list)),
	        CCCD_OK);
	assert_int_equal(told.admitted, 0);
	assert_int_equal(told.refused, 6);
}

static void list_gives_each_refusal_its_own_reason(void **state)
{
	FIXTURE fixture = { 0 };
	STORE *store = new_store();
	STORE *pins = new_store();
	bool signer_seen = false;
	bool orphan_seen = false;

	(void)state;
	fixture_make(MASTER_LIST_SIGNER, ZOO_RIGHT, &fixture);
	assert_int_equal(
	        import_with(store, pins, true, buf_span(&fixture.list)),
	        CCCD_OK);
	assert_string_equal(told.at[0].reason, "list_by_operator");
	for (size_t i = 0; i < told.count; i++) {
		if (told.at[i].admitted)
			continue;
		signer_seen = signer_seen ||
		              strcmp(told.at[i].reason, "not_a_ca") == 0;
		orphan_seen =
		        orphan_seen ||
		        strcmp(told.at[i].reason, "issuer_unknown") == 0 ||
		        strcmp(told.at[i].reason, "issuer_signature_wrong") ==
		                0;
	}
	assert_true(signer_seen);
	assert_true(orphan_seen);
}

static void pitfall_21_list_of_an_unknown_signer_is_refused(void **state)
{
	FIXTURE fixture = { 0 };
	STORE *store = new_store();
	STORE *pins = new_store();

	(void)state;
	fixture_make(MASTER_LIST_SIGNER, ZOO_RIGHT, &fixture);
	assert_int_equal(trust_pins_add(pins, buf_span(&fixture.second)),
	                 CCCD_OK);
	assert_int_equal(
	        import_with(store, pins, false, buf_span(&fixture.list)),
	        CCCD_OK);
	assert_false(told.at[0].admitted);
	assert_string_equal(told.at[0].reason, "list_not_pinned");
	assert_int_equal(told.count, 7);
	assert_int_equal(told.admitted, 0);
	for (size_t i = 1; i < told.count; i++)
		assert_string_equal(told.at[i].reason, "list_not_pinned");
	assert_int_equal(csca_store_count(store, CCCD_TRUST_ANCHOR), 0);
}

static void pitfall_21_pinned_signer_suffices(void **state)
{
	FIXTURE fixture = { 0 };
	STORE *store = new_store();
	STORE *pins = new_store();

	(void)state;
	fixture_make(MASTER_LIST_SIGNER, ZOO_RIGHT, &fixture);
	assert_int_equal(trust_pins_add(pins, buf_span(&fixture.signer)),
	                 CCCD_OK);
	assert_int_equal(
	        import_with(store, pins, false, buf_span(&fixture.list)),
	        CCCD_OK);
	assert_string_equal(told.at[0].reason, "list_pinned");
	assert_int_equal(told.admitted, 4);
}

/* The operator may vouch for a signer, never for a wrong signature. */
static void pitfall_21_altered_list_is_refused_whoever_vouches(void **state)
{
	static const enum zoo_defect defects[] = {
		ZOO_SI_SIGNATURE,
		ZOO_SI_DIGEST_WRONG,
		ZOO_CMS_NO_SIGNER,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(defects); i++) {
		FIXTURE fixture = { 0 };
		STORE *store = new_store();
		STORE *pins = new_store();
		enum cccd_err err = CCCD_OK;

		fixture_make(MASTER_LIST_SIGNER, defects[i], &fixture);
		assert_int_equal(trust_pins_add(pins, buf_span(&fixture.csca)),
		                 CCCD_OK);
		err = import_with(store, pins, true, buf_span(&fixture.list));
		assert_true(err == CCCD_OK || err == CCCD_ERR_TRUST_REFUSED);
		assert_int_equal(told.admitted, 0);
		assert_int_equal(csca_store_count(store, CCCD_TRUST_ANCHOR), 0);
	}
}

/* A document signer of the pinned CSCA may not sign lists. */
static void pitfall_21_signer_of_another_purpose_is_refused(void **state)
{
	static const char *const ekus[] = { NULL, "2.23.136.1.1.8",
		                            "1.3.6.1.5.5.7.3.1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ekus); i++) {
		FIXTURE fixture = { 0 };
		STORE *store = new_store();
		STORE *pins = new_store();

		fixture_make(ekus[i], ZOO_RIGHT, &fixture);
		assert_int_equal(trust_pins_add(pins, buf_span(&fixture.csca)),
		                 CCCD_OK);
		assert_int_equal(import_with(store, pins, false,
		                             buf_span(&fixture.list)),
		                 CCCD_OK);
		assert_false(told.at[0].admitted);
		assert_string_equal(told.at[0].reason, "purpose_differs");
		assert_int_equal(told.admitted, 0);
	}
}

static void operator_may_bring_a_csca(void **state)
{
	BUF csca = { 0 };
	STORE *store = new_store();
	STORE *pins = new_store();

	(void)state;
	make_csca("csca", NULL, &csca);
	assert_int_equal(import_with(store, pins, false, buf_span(&csca)),
	                 CCCD_OK);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.at[0].reason, "anchor_by_operator");
	assert_string_equal(told.at[0].basis, "operator");
}

static void certificate_is_refused_by_its_first_fault(void **state)
{
	static const struct {
		enum zoo_defect defect;
		const char *reason;
	} rows[] = {
		{ ZOO_DS_VERSION_1, "certificate_version" },
		{ ZOO_DS_ALGORITHMS_DIFFER, "certificate_algorithms_differ" },
		{ ZOO_DS_UNKNOWN_CRITICAL, "critical_extension_unknown" },
		{ ZOO_DS_EXTENSION_TWICE, "extension_duplicate" },
		{ ZOO_DS_NO_KEY_USAGE, "key_usage_missing" },
		{ ZOO_DS_KEY_USAGE_OTHER, "key_usage_not_certificates" },
		{ ZOO_DS_CURVE_GENERATOR, "key_refused" },
		{ ZOO_DS_CURVE_COFACTOR, "key_refused" },
		{ ZOO_DS_SIGNATURE, "issuer_unknown" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		BUF der = { 0 };
		STORE *store = new_store();
		STORE *pins = new_store();
		struct zoo_certificate csca = {
			.country = "UT",
			.common_name = "CSCA Utopia",
			.key = zoo_key("csca", "P-256"),
			.alg = ZOO_ECDSA,
			.serial = 5,
			.from = ZOO_SIGNED,
			.to = ZOO_SIGNED + 20LL * ZOO_YEAR,
			.is_ca = true,
			.explicit_curve = true,
			.defect = rows[i].defect,
		};

		zoo_certificate(&csca, &der);
		assert_int_equal(
		        import_with(store, pins, false, buf_span(&der)),
		        CCCD_OK);
		assert_int_equal(told.count, 1);
		assert_false(told.at[0].admitted);
		assert_string_equal(told.at[0].reason, rows[i].reason);
	}
}

static void unknown_file_is_refused(void **state)
{
	STORE *store = new_store();
	STORE *pins = new_store();

	(void)state;
	assert_int_equal(
	        import_with(store, pins, false, span_text("Dear Sir or Madam")),
	        CCCD_ERR_TRUST_REFUSED);
	assert_int_equal(import_with(store, pins, false, span_of(NULL, 0)),
	                 CCCD_ERR_TRUST_REFUSED);
	assert_int_equal(told.count, 0);
}

/* struct public_list - a list that a state publishes. */
struct public_list {
	const char *file;
	const char *signer_cn;
	size_t total;
	size_t anchors;
	size_t links;
	size_t explicit_curves;
};

static const struct public_list public_lists[] = {
	{ "NL_ML_2026-07-22.ml", "NL", 411, 411, 0, 111 },
	{ "DE_ML_2024-08-07-07-38-24.ml", "DE", 541, 358, 162, 121 },
};

static bool read_public(const char *name, struct buf *ret)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes it */
	const char *dir = getenv("CCCD_TEST_DATA");
	uint8_t bytes[1024];
	char path[1024];
	FILE *file = NULL;
	size_t got = 0;

	if (dir == NULL)
		return false;
	(void)snprintf(path, sizeof(path), "%s/masterlists/%s", dir, name);
	file = fopen(path, "rb");
	if (file == NULL)
		return false;
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		der_raw(ret, span_of(bytes, got));
	(void)fclose(file);
	return true;
}

static size_t count_explicit(const struct csca_store *store,
                             enum cccd_trust_kind kind)
{
	const struct csca_entry *entry = NULL;
	size_t count = 0;

	for (size_t i = 0; (entry = csca_store_at(store, kind, i)) != NULL;
	     i++) {
		PUBLIC_KEY key = { 0 };

		assert_int_equal(
		        public_key_parse(entry->certificate.spki, &key),
		        CCCD_OK);
		count += key.explicit_curve;
	}
	return count;
}

static void judge_public_list(const struct public_list *list, struct span file)
{
	STORE *vouched = new_store();
	STORE *store = new_store();
	STORE *nobody = new_store();
	STORE *pins = new_store();
	const struct csca_entry *entry = NULL;

	/* Nobody vouches: every certificate is refused, by name. */
	assert_int_equal(import_with(store, nobody, false, file), CCCD_OK);
	assert_string_equal(told.at[0].reason, "list_not_pinned");
	assert_int_equal(told.refused, list->total);
	/* The operator vouches: its CSCA can be taken from the list. */
	assert_int_equal(import_with(vouched, nobody, true, file), CCCD_OK);
	assert_string_equal(told.at[0].reason, "list_by_operator");
	for (size_t i = 0;
	     (entry = csca_store_at(vouched, CCCD_TRUST_ANCHOR, i)) != NULL;
	     i++) {
		char state[STATE_TEXT_MAX];

		certificate_country(entry->certificate.subject, state);
		if (strcmp(state, list->signer_cn) == 0)
			assert_int_equal(
			        trust_pins_add(pins, buf_span(&entry->der)),
			        CCCD_OK);
	}
	/* Pinned: signature and path are right, every one has its word. */
	assert_int_equal(import_with(store, pins, false, file), CCCD_OK);
	assert_true(told.at[0].is_list && told.at[0].admitted);
	assert_string_equal(told.at[0].reason, "list_pinned");
	assert_int_equal(told.admitted + told.refused, list->total);
	assert_int_equal(told.by_kind[CCCD_TRUST_ANCHOR], list->anchors);
	assert_int_equal(told.by_kind[CCCD_TRUST_LINK], list->links);
	for (size_t i = 1; i < told.count; i++)
		assert_true(told.at[i].reason[0] != '\0');
	assert_int_equal(count_explicit(store, CCCD_TRUST_ANCHOR) +
	                         count_explicit(store, CCCD_TRUST_LINK),
	                 list->explicit_curves);
}

/* Skipping jumps: nothing is held by then that would leak. */
static void check_public_list(const struct public_list *list)
{
	BUF file = buf_make(CSCA_LIST_MAX);

	if (!read_public(list->file, &file)) {
		print_message("skipped: CCCD_TEST_DATA has no masterlists/%s\n",
		              list->file);
		skip();
	}
	judge_public_list(list, buf_span(&file));
}

static void public_list_of_the_netherlands_is_accounted_for(void **state)
{
	(void)state;
	check_public_list(&public_lists[0]);
}

static void public_list_of_germany_is_accounted_for(void **state)
{
	(void)state;
	check_public_list(&public_lists[1]);
}

static int free_keys(void **state)
{
	(void)state;
	zoo_keys_free();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pitfall_21_list_of_a_pinned_csca_is_admitted),
		cmocka_unit_test(list_gives_each_refusal_its_own_reason),
		cmocka_unit_test(
		        pitfall_21_list_of_an_unknown_signer_is_refused),
		cmocka_unit_test(pitfall_21_pinned_signer_suffices),
		cmocka_unit_test(
		        pitfall_21_altered_list_is_refused_whoever_vouches),
		cmocka_unit_test(
		        pitfall_21_signer_of_another_purpose_is_refused),
		cmocka_unit_test(operator_may_bring_a_csca),
		cmocka_unit_test(certificate_is_refused_by_its_first_fault),
		cmocka_unit_test(unknown_file_is_refused),
		cmocka_unit_test(
		        public_list_of_the_netherlands_is_accounted_for),
		cmocka_unit_test(public_list_of_germany_is_accounted_for),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
