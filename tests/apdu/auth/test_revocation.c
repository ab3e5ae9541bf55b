/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation: pitfall 20, Doc 9303-12 7.1.4 and appendix D.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/apdu/auth/zoo/lists.h"

enum { DAY = 86400, DS_SERIAL = 4711 };

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

	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	if (spec != NULL)
		assert_int_equal(add_crl(store, spec), CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	return verdict->sod.object.ds_revocation;
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
	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	assert_int_equal(add_crl(store, &spec), CCCD_OK);
	verdict = zoo_judge_in(&document, store);
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
	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	assert_int_equal(add_crl(store, &new), CCCD_OK);
	assert_int_equal(add_crl(store, &old), CCCD_OK);
	assert_int_equal(csca_store_crl_date(store), new.this_update);
	verdict = zoo_judge_in(&document, store);
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
	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	input.store = store;
	assert_int_equal(add_crl(store, &spec), CCCD_OK);
	verdict = zoo_judge_with(&document, &input);
	expect(verdict->sod.object.ds_revocation, CCCD_UNDETERMINED,
	       "stale_crl");
}

/* The CSCA "Utopia" with a key of @owner, signed by @signer_owner. */
static void make_named_csca(const char *owner, const char *signer_owner,
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
	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	assert_int_equal(add_crl(store, &spec), CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->sod.object.ds_revocation, CCCD_UNDETERMINED, "no_crl");
	zoo_verdict_cleanup(&verdict);
	make_named_csca("new", "csca", "CSCA New Utopia", true, &link);
	assert_int_equal(
	        csca_store_add(store, CCCD_TRUST_LINK, buf_span(&link), false),
	        CCCD_OK);
	verdict = zoo_judge_in(&document, store);
	expect(verdict->sod.object.ds_revocation, CCCD_FAILED, "revoked");
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
		cmocka_unit_test(crl_of_a_renamed_csca_counts),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
