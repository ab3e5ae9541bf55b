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

#include "apdu/auth/issuer.h"
#include "tests/apdu/auth/zoo/judge.h"

enum { DAY = 86400, DS_SERIAL = 4711 };

#define STORE CLEANUP(store_cleanup) struct csca_store

static void store_cleanup(struct csca_store **store)
{
	csca_store_free(*store);
}

static struct csca_store *new_store(enum cccd_trust_mode mode)
{
	struct csca_store *store = NULL;

	assert_int_equal(csca_store_new(mode, &store), CCCD_OK);
	return store;
}

static const struct zoo_spec ec_spec = {
	.csca = "P-256",
	.ds = "P-256",
	.chain = ZOO_ECDSA,
	.sod = ZOO_ECDSA,
};

static struct zoo_verdict *judge(const struct zoo_document *document,
                                 const struct csca_store *store)
{
	struct trust_input input = { .store = store, .now_s = ZOO_NOW };

	return zoo_judge_with(document, &input);
}

/* A CRL of the document's CSCA, a month old, good for two more. */
static struct zoo_crl crl_spec(void)
{
	return (struct zoo_crl){
		.country = "UT",
		.common_name = "CSCA Utopia",
		.key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.digest = DIGEST_SHA256,
		.this_update = ZOO_NOW - 30LL * DAY,
		.next_update = ZOO_NOW + 60LL * DAY,
	};
}

static enum cccd_err add_crl(struct csca_store *store,
                             const struct zoo_crl *spec)
{
	BUF der = der_new();

	buf_release(&der);
	zoo_crl(spec, &der);
	return csca_store_add(store, CCCD_TRUST_CRL, buf_span(&der), false);
}

static struct auth_check revocation_with(const struct zoo_crl *spec)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;

	zoo_make(&ec_spec, &document);
	store = zoo_store(&document);
	if (spec != NULL)
		assert_int_equal(add_crl(store, spec), CCCD_OK);
	verdict = judge(&document, store);
	return verdict->sod.object.ds_revocation;
}

static void expect(struct auth_check check, enum cccd_verdict verdict,
                   const char *reason)
{
	assert_int_equal(check.verdict, verdict);
	assert_string_equal(auth_check_reason(&check), reason);
}

static void pitfall_20_revocation_without_crl_is_undetermined(void **state)
{
	(void)state;
	expect(revocation_with(NULL), CCCD_UNDETERMINED, "no_crl");
}

static void pitfall_20_revocation_with_fresh_crl_succeeds(void **state)
{
	const unsigned long others[] = { 1, 4710, 4712 };
	struct zoo_crl spec = crl_spec();

	(void)state;
	expect(revocation_with(&spec), CCCD_SUCCESSFUL, "");
	spec.serials = others;
	spec.count = 3;
	expect(revocation_with(&spec), CCCD_SUCCESSFUL, "");
}

static void pitfall_20_revocation_with_old_crl_is_undetermined(void **state)
{
	struct zoo_crl spec = crl_spec();

	(void)state;
	spec.next_update = ZOO_NOW - DAY;
	expect(revocation_with(&spec), CCCD_UNDETERMINED, "stale_crl");
	spec.next_update = 0;
	expect(revocation_with(&spec), CCCD_UNDETERMINED, "stale_crl");
	spec = crl_spec();
	spec.this_update = ZOO_NOW + 2LL * DAY;
	expect(revocation_with(&spec), CCCD_UNDETERMINED, "stale_crl");
}

static void pitfall_20_revocation_finds_the_serial_number(void **state)
{
	const unsigned long serials[] = { 1, DS_SERIAL, 9999 };
	struct zoo_crl spec = crl_spec();

	(void)state;
	spec.serials = serials;
	spec.count = 3;
	expect(revocation_with(&spec), CCCD_FAILED, "revoked");
	/* An old list still says who was revoked. */
	spec.next_update = ZOO_NOW - DAY;
	expect(revocation_with(&spec), CCCD_FAILED, "revoked");
}

static void pitfall_20_revoked_signer_is_not_trusted(void **state)
{
	const unsigned long serials[] = { DS_SERIAL };
	struct zoo_crl spec = crl_spec();
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;

	(void)state;
	spec.serials = serials;
	spec.count = 1;
	zoo_make(&ec_spec, &document);
	store = zoo_store(&document);
	assert_int_equal(add_crl(store, &spec), CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->sod.object.ds_trust, CCCD_FAILED, "revoked");
	assert_int_equal(verdict->passive.verdict, CCCD_FAILED);
	assert_false(passive_auth_covers(&verdict->sod, &verdict->groups, 14));
}

static void revocation_ignores_crl_it_cannot_believe(void **state)
{
	struct zoo_crl spec = crl_spec();

	(void)state;
	spec.bad_signature = true;
	expect(revocation_with(&spec), CCCD_UNDETERMINED, "no_crl");
	spec = crl_spec();
	spec.common_name = "CSCA of somebody else";
	expect(revocation_with(&spec), CCCD_UNDETERMINED, "no_crl");
	spec = crl_spec();
	spec.key = zoo_key("other", "P-256");
	expect(revocation_with(&spec), CCCD_UNDETERMINED, "no_crl");
	spec = crl_spec();
	spec.delta = true;
	expect(revocation_with(&spec), CCCD_UNDETERMINED, "no_crl");
}

static void revocation_takes_the_newest_crl(void **state)
{
	const unsigned long serials[] = { DS_SERIAL };
	struct zoo_crl old = crl_spec();
	struct zoo_crl new = crl_spec();
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;

	(void)state;
	old.this_update -= 10LL * DAY;
	new.serials = serials;
	new.count = 1;
	zoo_make(&ec_spec, &document);
	store = zoo_store(&document);
	assert_int_equal(add_crl(store, &new), CCCD_OK);
	assert_int_equal(add_crl(store, &old), CCCD_OK);
	assert_int_equal(csca_store_crl_date(store), new.this_update);
	verdict = judge(&document, store);
	expect(verdict->sod.object.ds_revocation, CCCD_FAILED, "revoked");
	assert_int_equal(verdict->sod.object.signer.crl_this_update,
	                 new.this_update);
}

static void revocation_respects_the_greatest_age(void **state)
{
	struct zoo_crl spec = crl_spec();
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;
	struct trust_input input = { .now_s = ZOO_NOW,
		                     .crl_max_age_s = 7LL * DAY };

	(void)state;
	zoo_make(&ec_spec, &document);
	store = zoo_store(&document);
	input.store = store;
	assert_int_equal(add_crl(store, &spec), CCCD_OK);
	verdict = zoo_judge_with(&document, &input);
	expect(verdict->sod.object.ds_revocation, CCCD_UNDETERMINED,
	       "stale_crl");
}

static void unknown_issuer_is_told_apart_from_a_bad_signature(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = new_store(CCCD_TRUST_REAL);

	(void)state;
	zoo_make(&ec_spec, &document);
	verdict = judge(&document, store);
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
	struct zoo_spec spec = ec_spec;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = NULL;

	(void)state;
	spec.ds_outside = true;
	zoo_make(&spec, &document);
	store = zoo_store(&document);
	verdict = judge(&document, store);
	expect(verdict->sod.object.signature, CCCD_UNDETERMINED,
	       "signer_missing");
	expect(verdict->groups.data_groups, CCCD_UNDETERMINED, "unbound");
	assert_false(verdict->sod.trusted_content);
}

static void signer_is_found_in_the_store(void **state)
{
	struct zoo_spec spec = ec_spec;
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
	verdict = judge(&document, store);
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_false(verdict->sod.object.signer.in_object);
}

/* A signer in the store is found, never trusted by that. */
static void signer_in_the_store_needs_its_anchor(void **state)
{
	struct zoo_spec spec = ec_spec;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = new_store(CCCD_TRUST_REAL);

	(void)state;
	spec.ds_outside = true;
	zoo_make(&spec, &document);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_SIGNER,
	                                buf_span(&document.ds), false),
	                 CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->passive, CCCD_UNDETERMINED, "issuer_unknown");
}

static void specimen_is_refused_outside_demonstration(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = new_store(CCCD_TRUST_REAL);

	(void)state;
	zoo_make(&ec_spec, &document);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_ANCHOR,
	                                buf_span(&document.csca), true),
	                 CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->sod.object.ds_trust, CCCD_FAILED, "specimen_refused");
	assert_int_equal(verdict->passive.verdict, CCCD_FAILED);
	assert_true(verdict->sod.object.specimen);
}

static void specimen_counts_in_demonstration_and_says_so(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	STORE *store = new_store(CCCD_TRUST_DEMO);

	(void)state;
	zoo_make(&ec_spec, &document);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_ANCHOR,
	                                buf_span(&document.csca), false),
	                 CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_true(verdict->sod.object.specimen);
}

/* The CSCA "Utopia" with a key of @owner, signed by @signer_owner. */
static void make_csca(const char *owner, const char *signer_owner,
                      const char *name, bool renamed, struct buf *ret)
{
	struct zoo_certificate csca = {
		.country = "UT",
		.common_name = name,
		.issuer_country = "UT",
		.issuer_common_name = "CSCA Utopia",
		.key = zoo_key(owner, "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 77,
		.from = ZOO_SIGNED - 2LL * ZOO_YEAR,
		.to = ZOO_SIGNED + 20LL * ZOO_YEAR,
		.is_ca = true,
		.name_change = renamed,
	};

	if (signer_owner != NULL)
		csca.issuer_key = zoo_key(signer_owner, "P-256");
	zoo_certificate(&csca, ret);
}

static void link_leads_to_the_old_anchor(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	BUF old = { 0 };
	BUF link = { 0 };
	STORE *store = new_store(CCCD_TRUST_REAL);

	(void)state;
	zoo_make(&ec_spec, &document);
	make_csca("old", NULL, "CSCA Utopia", false, &old);
	make_csca("csca", "old", "CSCA Utopia", false, &link);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_LINK, buf_span(&link), false),
	        CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->sod.object.ds_trust, CCCD_UNDETERMINED,
	       "issuer_unknown");
	zoo_verdict_cleanup(&verdict);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_ANCHOR, buf_span(&old), false),
	        CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_true(auth_findings_have(&verdict->sod.object.findings,
	                               "issuer_through_link"));
}

static void link_is_refused_as_anchor(void **state)
{
	BUF link = { 0 };
	STORE *store = new_store(CCCD_TRUST_REAL);

	(void)state;
	make_csca("csca", "old", "CSCA Utopia", false, &link);
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
	STORE *store = new_store(CCCD_TRUST_REAL);

	(void)state;
	zoo_make(&ec_spec, &document);
	make_csca("old", NULL, "CSCA Utopia", false, &old);
	make_csca("csca", "other", "CSCA Utopia", false, &link);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_ANCHOR, buf_span(&old), false),
	        CCCD_OK);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_LINK, buf_span(&link), false),
	        CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->sod.object.ds_trust, CCCD_UNDETERMINED,
	       "issuer_unknown");
}

/* [9303-12 appendix D.3] the list comes under the new name */
static void crl_of_a_renamed_csca_counts(void **state)
{
	const unsigned long serials[] = { DS_SERIAL };
	struct zoo_crl spec = crl_spec();
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	BUF link = { 0 };
	STORE *store = NULL;

	(void)state;
	spec.common_name = "CSCA New Utopia";
	spec.key = zoo_key("new", "P-256");
	spec.serials = serials;
	spec.count = 1;
	zoo_make(&ec_spec, &document);
	store = zoo_store(&document);
	assert_int_equal(add_crl(store, &spec), CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->sod.object.ds_revocation, CCCD_UNDETERMINED, "no_crl");
	zoo_verdict_cleanup(&verdict);
	make_csca("new", "csca", "CSCA New Utopia", true, &link);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_LINK, buf_span(&link), false),
	        CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->sod.object.ds_revocation, CCCD_FAILED, "revoked");
}

static void other_key_of_the_same_name_is_unknown(void **state)
{
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	BUF other = { 0 };
	STORE *store = new_store(CCCD_TRUST_REAL);

	(void)state;
	zoo_make(&ec_spec, &document);
	make_csca("other", NULL, "CSCA Utopia", false, &other);
	assert_int_equal(csca_store_add(store, CCCD_TRUST_ANCHOR,
	                                buf_span(&other), false),
	                 CCCD_OK);
	verdict = judge(&document, store);
	expect(verdict->sod.object.ds_trust, CCCD_UNDETERMINED,
	       "issuer_unknown");
}

static void store_refuses_what_does_not_fit(void **state)
{
	static const uint8_t garbage[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };
	ZOO_DOCUMENT document = { 0 };
	STORE *store = NULL;

	(void)state;
	zoo_make(&ec_spec, &document);
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
	STORE *second = new_store(CCCD_TRUST_REAL);
	uint8_t a[32];
	uint8_t b[32];

	(void)state;
	zoo_make(&ec_spec, &document);
	make_csca("other", NULL, "CSCA Utopia", false, &other);
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
	zoo_make(&ec_spec, &document);
	store = zoo_store(&document);
	memcpy(sha256, csca_store_at(store, CCCD_TRUST_ANCHOR, 0)->sha256, 32);
	assert_int_equal(csca_store_remove(store, CCCD_TRUST_ANCHOR, sha256),
	                 CCCD_OK);
	assert_int_equal(csca_store_remove(store, CCCD_TRUST_ANCHOR, sha256),
	                 CCCD_ERR_DATA_MISSING);
	verdict = judge(&document, store);
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
		ZOO_VERDICT *verdict = judge(shared->document, shared->store);

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
	zoo_make(&ec_spec, &document);
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
		        pitfall_20_revocation_without_crl_is_undetermined),
		cmocka_unit_test(pitfall_20_revocation_with_fresh_crl_succeeds),
		cmocka_unit_test(
		        pitfall_20_revocation_with_old_crl_is_undetermined),
		cmocka_unit_test(pitfall_20_revocation_finds_the_serial_number),
		cmocka_unit_test(pitfall_20_revoked_signer_is_not_trusted),
		cmocka_unit_test(revocation_ignores_crl_it_cannot_believe),
		cmocka_unit_test(revocation_takes_the_newest_crl),
		cmocka_unit_test(revocation_respects_the_greatest_age),
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
		cmocka_unit_test(crl_of_a_renamed_csca_counts),
		cmocka_unit_test(other_key_of_the_same_name_is_unknown),
		cmocka_unit_test(store_refuses_what_does_not_fit),
		cmocka_unit_test(store_digest_names_its_contents),
		cmocka_unit_test(removed_anchor_is_believed_no_longer),
		cmocka_unit_test(check_sod_runs_on_several_threads),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
