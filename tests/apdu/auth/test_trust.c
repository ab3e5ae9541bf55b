/* SPDX-License-Identifier: Apache-2.0 */
/* Anchors, links, CRLs and specimens: who is believed, and for what. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/apdu/auth/zoo/lists.h"

static void unknown_issuer_is_told_apart_from_a_bad_signature(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = new_store();

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->sod.object.signature, CCCD_SUCCESSFUL, "");
	expect(verdict->sod.object.ds_signature, CCCD_UNDETERMINED,
	       "issuer_unknown");
	expect(verdict->sod.object.ds_trust, CCCD_UNDETERMINED,
	       "issuer_unknown");
	expect(verdict->sod.object.csca_validity, CCCD_UNDETERMINED,
	       "issuer_unknown");
	expect(verdict->groups.data_groups, CCCD_SUCCESSFUL, "");
	expect(verdict->passive, CCCD_UNDETERMINED, "issuer_unknown");
	/* Hashes fit, and yet nobody vouches for the key in DG15. */
	assert_int_equal(verdict->groups.state[15], PA_IDENTICAL);
	assert_false(passive_auth_covers(&verdict->sod, &verdict->groups, 15));
}

static void missing_signer_is_undetermined(void **state)
{
	struct zoo_spec spec = zoo_ec_spec;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;

	(void)state;
	spec.ds_outside = true;
	zoo_make(&spec, &document);
	store = zoo_store(&document);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->sod.object.signature, CCCD_UNDETERMINED,
	       "signer_missing");
	expect(verdict->groups.data_groups, CCCD_UNDETERMINED, "unbound");
	assert_false(verdict->sod.trusted_content);
}

static void signer_is_found_in_the_store(void **state)
{
	struct zoo_spec spec = zoo_ec_spec;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;

	(void)state;
	spec.ds_outside = true;
	zoo_make(&spec, &document);
	store = zoo_store(&document);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_SIGNER,
	                                buf_span(&document.ds), false),
	                 CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_false(verdict->sod.object.signer.in_object);
}

/* A signer in the store is found, never trusted by that. */
static void signer_in_the_store_needs_its_anchor(void **state)
{
	struct zoo_spec spec = zoo_ec_spec;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = new_store();

	(void)state;
	spec.ds_outside = true;
	zoo_make(&spec, &document);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_SIGNER,
	                                buf_span(&document.ds), false),
	                 CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->passive, CCCD_UNDETERMINED, "issuer_unknown");
}

static void specimen_is_refused_outside_demonstration(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = new_store();

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_ANCHOR,
	                                buf_span(&document.csca), true),
	                 CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->sod.object.ds_trust, CCCD_FAILED, "specimen_refused");
	assert_int_equal(verdict->passive.verdict, CCCD_FAILED);
	assert_true(verdict->sod.object.specimen);
}

static void specimen_counts_in_demonstration_and_says_so(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	assert_int_equal(csca_store_new(CCCD_TRUST_DEMO, &store), CCCD_OK);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_ANCHOR,
	                                buf_span(&document.csca), false),
	                 CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_true(verdict->sod.object.specimen);
}

static void link_leads_to_the_old_anchor(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	BUF old = { 0 };
	BUF link = { 0 };
	STORE *store = new_store();

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	make_csca("old", NULL, &old);
	make_csca("csca", "old", &link);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_LINK, buf_span(&link), false),
	        CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->sod.object.ds_trust, CCCD_UNDETERMINED,
	       "issuer_unknown");
	zoo_verdict_cleanup(&verdict);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_ANCHOR, buf_span(&old), false),
	        CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_true(auth_findings_have(&verdict->sod.object.findings,
	                               "issuer_through_link"));
}

static void link_is_refused_as_anchor(void **state)
{
	BUF link = { 0 };
	STORE *store = new_store();

	(void)state;
	make_csca("csca", "old", &link);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_ANCHOR,
	                                buf_span(&link), false),
	                 CCCD_ERR_TRUST_REFUSED);
	assert_int_equal(csca_store_count(store, CCCD_TRUST_ANCHOR), 0);
}

static void forged_link_leads_nowhere(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	BUF old = { 0 };
	BUF link = { 0 };
	STORE *store = new_store();

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	make_csca("old", NULL, &old);
	make_csca("csca", "other", &link);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_ANCHOR, buf_span(&old), false),
	        CCCD_OK);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_LINK, buf_span(&link), false),
	        CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->sod.object.ds_trust, CCCD_UNDETERMINED,
	       "issuer_unknown");
}

static void other_key_of_the_same_name_is_unknown(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	BUF other = { 0 };
	STORE *store = new_store();

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	make_csca("other", NULL, &other);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_ANCHOR,
	                                buf_span(&other), false),
	                 CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->sod.object.ds_trust, CCCD_UNDETERMINED,
	       "issuer_unknown");
}

static void store_refuses_what_does_not_fit(void **state)
{
	static const uint8_t garbage[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };
	ZOO_DOCUMENT document = { 0 };
	STORE *store = NULL;

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_ANCHOR,
	                                buf_span(&document.csca), false),
	                 CCCD_ERR_DATA_DUPLICATE);
	assert_int_not_equal(
	        csca_store_add(store, CCCD_TRUST_ANCHOR, SPAN(garbage), false),
	        CCCD_OK);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_ANCHOR,
	                                buf_span(&document.ds), false),
	                 CCCD_ERR_TRUST_REFUSED);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_SIGNER,
	                                buf_span(&document.csca), false),
	                 CCCD_ERR_TRUST_REFUSED);
	assert_int_not_equal(csca_store_add(store, CCCD_TRUST_CRL,
	                                    buf_span(&document.csca), false),
	                     CCCD_OK);
	assert_int_equal(csca_store_count(store, CCCD_TRUST_ANCHOR), 1);
}

static void store_digest_names_its_contents(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	BUF other = { 0 };
	STORE *first = NULL;
	STORE *second = new_store();
	uint8_t a[32];
	uint8_t b[32];

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	make_csca("other", NULL, &other);
	first = zoo_store(&document);
	assert_int_equal(csca_store_add(second, CCCD_TRUST_ANCHOR,
	                                buf_span(&other), false),
	                 CCCD_OK);
	assert_int_equal(csca_store_add(second, CCCD_TRUST_ANCHOR,
	                                buf_span(&document.csca), false),
	                 CCCD_OK);
	assert_int_equal(csca_store_digest(first, a), CCCD_OK);
	assert_int_equal(csca_store_digest(second, b), CCCD_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_int_equal(csca_store_add(first, CCCD_TRUST_ANCHOR,
	                                buf_span(&other), false),
	                 CCCD_OK);
	assert_int_equal(csca_store_digest(first, a), CCCD_OK);
	assert_memory_equal(a, b, sizeof(a));
}

static void removed_anchor_is_believed_no_longer(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;
	uint8_t sha256[32];

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	memcpy(sha256, csca_store_at(store, CCCD_TRUST_ANCHOR, 0)->sha256, 32);
	assert_int_equal(csca_store_remove(store, CCCD_TRUST_ANCHOR, sha256),
	                 CCCD_OK);
	assert_int_equal(csca_store_remove(store, CCCD_TRUST_ANCHOR, sha256),
	                 CCCD_ERR_DATA_MISSING);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->passive, CCCD_UNDETERMINED, "issuer_unknown");
}

/* What the verifying threads share: nothing of it changes. */
struct shared {
	const struct zoo_document *document;
	const struct csca_store *store;
};

static void *verify_often(void *context)
{
	const struct shared *shared = context;

	for (size_t i = 0; i < 50; i++) {
		ZOO_VERDICT *verdict =
		        zoo_judge_in(shared->document, shared->store);

		if (verdict->passive.verdict != CCCD_SUCCESSFUL)
			return context;
	}
	return NULL;
}

static void check_sod_runs_on_several_threads(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	STORE *store = NULL;
	struct shared shared = { .document = &document };
	pthread_t threads[4];

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	shared.store = store;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, verify_often,
		                                &shared),
		                 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *failed = NULL;

		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
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
		cmocka_unit_test(
		        unknown_issuer_is_told_apart_from_a_bad_signature),
		cmocka_unit_test(missing_signer_is_undetermined),
		cmocka_unit_test(signer_is_found_in_the_store),
		cmocka_unit_test(signer_in_the_store_needs_its_anchor),
		cmocka_unit_test(specimen_is_refused_outside_demonstration),
		cmocka_unit_test(specimen_counts_in_demonstration_and_says_so),
		cmocka_unit_test(link_leads_to_the_old_anchor),
		cmocka_unit_test(link_is_refused_as_anchor),
		cmocka_unit_test(forged_link_leads_nowhere),
		cmocka_unit_test(other_key_of_the_same_name_is_unknown),
		cmocka_unit_test(store_refuses_what_does_not_fit),
		cmocka_unit_test(store_digest_names_its_contents),
		cmocka_unit_test(removed_anchor_is_believed_no_longer),
		cmocka_unit_test(check_sod_runs_on_several_threads),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
