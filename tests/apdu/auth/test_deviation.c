/* SPDX-License-Identifier: Apache-2.0 */
/* Deviation lists: what they excuse, and what they do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "apdu/auth/deviation.h"
#include "tests/apdu/auth/zoo/lists.h"

enum { DAY = 86400 };

static const char deviation_list[] = "2.23.136.1.1.7";
static const char deviation_list_signer[] = "2.23.136.1.1.8";

/* What a deviation list of the tests says. */
struct deviation_spec {
	const char *oid;
	unsigned int group;
	const char *number;
	const char *type;
	bool by_key_id;
	bool by_digest;
	bool by_period;
	bool unbound;
};

static void put_documents(struct buf *out, const struct deviation_spec *spec,
                          struct span ds)
{
	struct certificate certificate = { 0 };
	struct digest digest = { 0 };
	size_t whole = der_begin(out);
	size_t mark = 0;

	assert_int_equal(certificate_parse(ds, &certificate), CCCD_OK);
	if (spec->type != NULL)
		der_put(out, 0x80, span_text(spec->type));
	mark = der_begin(out);
	if (spec->by_digest) {
		assert_int_equal(digest_compute(DIGEST_SHA256, ds, &digest),
		                 CCCD_OK);
		der_put(out, 0x83, digest_span(&digest));
	} else if (spec->by_key_id) {
		der_put(out, 0x82, certificate.ext.subject_key_id);
	} else if (!spec->unbound) {
		der_raw(out, certificate.issuer);
		der_put(out, 0x02, certificate.serial);
		der_end(out, mark, 0xA1);
	}
	if (spec->by_period) {
		mark = der_begin(out);
		der_time(out, ZOO_SIGNED - DAY, true);
		der_time(out, ZOO_SIGNED + DAY, true);
		der_end(out, mark, 0xA4);
	}
	if (spec->number != NULL) {
		mark = der_begin(out);
		der_text(out, 0x13, "X0000000");
		der_text(out, 0x13, spec->number);
		der_end(out, mark, 0xA5);
	}
	der_end(out, whole, 0x30);
}

static void put_description(struct buf *out, const struct deviation_spec *spec)
{
	size_t whole = der_begin(out);

	der_text(out, 0x13, "what went wrong");
	der_oid(out, spec->oid);
	if (spec->group != 0) {
		size_t mark = der_begin(out);

		der_number(out, spec->group);
		der_end(out, mark, 0xA0);
	}
	der_end(out, whole, 0x30);
	der_end(out, whole, 0x31);
}

static void put_deviations(struct buf *out, const struct deviation_spec *spec,
                           struct span ds)
{
	size_t whole = der_begin(out);
	size_t mark = 0;
	size_t one = 0;

	der_number(out, 0);
	zoo_digest_algorithm(DIGEST_SHA256, out);
	mark = der_begin(out);
	one = der_begin(out);
	put_documents(out, spec, ds);
	put_description(out, spec);
	der_end(out, one, 0x30);
	der_end(out, mark, 0x31);
	der_end(out, whole, 0x30);
}

static void make_deviations(const struct deviation_spec *spec, struct span ds,
                            enum zoo_defect defect, struct buf *ret)
{
	BUF content = der_new();
	BUF signer = { 0 };

	put_deviations(&content, spec, ds);
	make_signer(deviation_list_signer, &signer);
	make_signed(deviation_list, buf_span(&content), buf_span(&signer),
	            defect, ret);
}

/* The verdict on a document with @defect, after the list has spoken. */
static struct zoo_verdict *judge_deviant(enum zoo_defect defect,
                                         const struct deviation_spec *spec,
                                         const struct pa_document *facts)
{
	struct zoo_spec document_spec = zoo_ec_spec;
	ZOO_DOCUMENT document = { 0 };
	BUF list = { 0 };
	STORE *store = NULL;
	STORE *pins = new_store();
	struct trust_input input = { .now_s = ZOO_NOW };
	struct zoo_verdict *verdict = NULL;

	document_spec.defect = defect;
	zoo_make(&document_spec, &document);
	store = zoo_store(&document);
	make_deviations(spec, buf_span(&document.ds), ZOO_RIGHT, &list);
	assert_int_equal(import_with(store, pins, false, buf_span(&list)),
	                 CCCD_OK);
	assert_int_equal(told.by_kind[CCCD_TRUST_DEVIATION], 1);
	input.store = store;
	verdict = zoo_judge_with(&document, &input);
	assert_int_equal(passive_auth_apply_deviations(&input, facts,
	                                               &verdict->sod,
	                                               &verdict->groups),
	                 CCCD_OK);
	verdict->passive =
	        passive_auth_verdict(&verdict->sod, &verdict->groups);
	return verdict;
}

static void deviation_excuses_what_it_names(void **state)
{
	const struct deviation_spec hash = { .oid = "2.23.136.1.1.7.2.2",
		                             .group = 2 };
	const struct deviation_spec signature = { .oid = "2.23.136.1.1.7.2.3",
		                                  .by_key_id = true };
	const struct deviation_spec ds = { .oid = "2.23.136.1.1.7.1.1",
		                           .by_digest = true };
	const struct deviation_spec encoding = { .oid = "2.23.136.1.1.7.1.2" };
	ZOO_VERDICT *verdict = NULL;

	(void)state;
	verdict = judge_deviant(ZOO_SO_HASH_WRONG, &hash, NULL);
	expect(verdict->groups.data_groups, CCCD_UNDETERMINED,
	       "known_deviation");
	expect(verdict->passive, CCCD_UNDETERMINED, "known_deviation");
	assert_true(auth_findings_have(&verdict->sod.object.findings,
	                               "deviation_dg_hash"));
	assert_int_equal(verdict->groups.state[2], PA_NOT_IDENTICAL);
	zoo_verdict_cleanup(&verdict);
	verdict = judge_deviant(ZOO_SI_SIGNATURE, &signature, NULL);
	expect(verdict->sod.object.signature, CCCD_UNDETERMINED,
	       "known_deviation");
	assert_false(verdict->sod.trusted_content);
	zoo_verdict_cleanup(&verdict);
	verdict = judge_deviant(ZOO_DS_SIGNATURE, &ds, NULL);
	expect(verdict->sod.object.ds_signature, CCCD_UNDETERMINED,
	       "known_deviation");
	expect(verdict->sod.object.ds_trust, CCCD_UNDETERMINED,
	       "known_deviation");
	zoo_verdict_cleanup(&verdict);
	verdict = judge_deviant(ZOO_DS_NO_KEY_USAGE, &encoding, NULL);
	expect(verdict->sod.object.ds_trust, CCCD_UNDETERMINED,
	       "known_deviation");
}

static void deviation_excuses_nothing_else(void **state)
{
	const struct deviation_spec other_group = { .oid = "2.23.136.1.1.7.2.2",
		                                    .group = 1 };
	const struct deviation_spec encoding = { .oid = "2.23.136.1.1.7.1.2" };
	const struct deviation_spec unbound = { .oid = "2.23.136.1.1.7.2.3",
		                                .unbound = true };
	const struct deviation_spec numbered = { .oid = "2.23.136.1.1.7.2.3",
		                                 .number = "C1234567" };
	ZOO_VERDICT *verdict = NULL;

	(void)state;
	verdict = judge_deviant(ZOO_SO_HASH_WRONG, &other_group, NULL);
	expect(verdict->groups.data_groups, CCCD_FAILED,
	       "data_group_hash_wrong");
	zoo_verdict_cleanup(&verdict);
	verdict = judge_deviant(ZOO_DS_SIGNATURE, &encoding, NULL);
	expect(verdict->sod.object.ds_trust, CCCD_FAILED,
	       "issuer_signature_wrong");
	zoo_verdict_cleanup(&verdict);
	verdict = judge_deviant(ZOO_SI_SIGNATURE, &unbound, NULL);
	expect(verdict->sod.object.signature, CCCD_FAILED, "bad_signature");
	zoo_verdict_cleanup(&verdict);
	/* Bound to a number nobody has read yet. */
	verdict = judge_deviant(ZOO_SI_SIGNATURE, &numbered, NULL);
	expect(verdict->sod.object.signature, CCCD_FAILED, "bad_signature");
}

static void deviation_conditions_are_joined_by_and(void **state)
{
	const struct deviation_spec spec = { .oid = "2.23.136.1.1.7.2.3",
		                             .number = "C1234567",
		                             .type = "I<",
		                             .by_period = true };
	struct pa_document facts = { .type = span_text("I<"),
		                     .number = span_text("C1234567<"),
		                     .issued_s = ZOO_SIGNED };
	ZOO_VERDICT *verdict = NULL;

	(void)state;
	verdict = judge_deviant(ZOO_SI_SIGNATURE, &spec, &facts);
	expect(verdict->sod.object.signature, CCCD_UNDETERMINED,
	       "known_deviation");
	zoo_verdict_cleanup(&verdict);
	facts.issued_s = ZOO_SIGNED + 2LL * DAY;
	verdict = judge_deviant(ZOO_SI_SIGNATURE, &spec, &facts);
	expect(verdict->sod.object.signature, CCCD_FAILED, "bad_signature");
	zoo_verdict_cleanup(&verdict);
	facts.issued_s = ZOO_SIGNED;
	facts.number = span_text("C7654321");
	verdict = judge_deviant(ZOO_SI_SIGNATURE, &spec, &facts);
	expect(verdict->sod.object.signature, CCCD_FAILED, "bad_signature");
	zoo_verdict_cleanup(&verdict);
	facts.number = span_text("C1234567");
	facts.type = span_text("P<");
	verdict = judge_deviant(ZOO_SI_SIGNATURE, &spec, &facts);
	expect(verdict->sod.object.signature, CCCD_FAILED, "bad_signature");
}

static void deviation_never_makes_a_check_successful(void **state)
{
	const struct deviation_spec aa = { .oid = "2.23.136.1.1.7.1.4" };
	ZOO_VERDICT *verdict = judge_deviant(ZOO_RIGHT, &aa, NULL);

	(void)state;
	expect(verdict->passive, CCCD_SUCCESSFUL, "");
	assert_true(verdict->sod.object.aa_key_compromised);
}

static void deviation_list_of_a_stranger_is_refused(void **state)
{
	const struct deviation_spec spec = { .oid = "2.23.136.1.1.7.2.3" };
	ZOO_DOCUMENT document = { 0 };
	BUF list = { 0 };
	BUF altered = { 0 };
	STORE *empty = new_store();
	STORE *store = NULL;
	STORE *pins = new_store();

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	make_deviations(&spec, buf_span(&document.ds), ZOO_RIGHT, &list);
	make_deviations(&spec, buf_span(&document.ds), ZOO_SI_SIGNATURE,
	                &altered);
	assert_int_equal(import_with(empty, pins, false, buf_span(&list)),
	                 CCCD_OK);
	assert_string_equal(told.at[0].reason, "issuer_unknown");
	assert_int_equal(import_with(store, pins, false, buf_span(&altered)),
	                 CCCD_OK);
	assert_string_equal(told.at[0].reason, "bad_signature");
	assert_int_equal(csca_store_count(store, CCCD_TRUST_DEVIATION), 0);
}

/* A CSCA and a signer of deviation lists of another state. */
static void make_foreigners(struct buf *ret_csca, struct buf *ret_signer)
{
	struct zoo_certificate csca = {
		.country = "XX",
		.common_name = "CSCA Elsewhere",
		.key = zoo_key("second", "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 5,
		.from = ZOO_SIGNED - 2LL * ZOO_YEAR,
		.to = ZOO_SIGNED + 20LL * ZOO_YEAR,
		.is_ca = true,
	};
	struct zoo_certificate signer = {
		.country = "XX",
		.common_name = "List signer",
		.issuer_country = "XX",
		.issuer_common_name = "CSCA Elsewhere",
		.key = zoo_key("lister", "P-256"),
		.issuer_key = zoo_key("second", "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 6,
		.from = ZOO_SIGNED - ZOO_YEAR,
		.to = ZOO_SIGNED + 5LL * ZOO_YEAR,
		.eku = deviation_list_signer,
	};

	zoo_certificate(&csca, ret_csca);
	zoo_certificate(&signer, ret_signer);
}

/* A state speaks for its own documents, however well it is trusted. */
static void deviation_of_another_state_does_not_apply(void **state)
{
	const struct deviation_spec spec = { .oid = "2.23.136.1.1.7.2.3" };
	struct zoo_spec document_spec = zoo_ec_spec;
	ZOO_DOCUMENT document = { 0 };
	ZOO_VERDICT *verdict = NULL;
	BUF content = der_new();
	BUF csca = { 0 };
	BUF signer = { 0 };
	BUF list = { 0 };
	STORE *store = NULL;
	STORE *pins = new_store();
	struct trust_input input = { .now_s = ZOO_NOW };

	(void)state;
	document_spec.defect = ZOO_SI_SIGNATURE;
	zoo_make(&document_spec, &document);
	store = zoo_store(&document);
	make_foreigners(&csca, &signer);
	put_deviations(&content, &spec, buf_span(&document.ds));
	make_signed(deviation_list, buf_span(&content), buf_span(&signer),
	            ZOO_RIGHT, &list);
	assert_int_equal(import_with(store, pins, false, buf_span(&csca)),
	                 CCCD_OK);
	assert_int_equal(import_with(store, pins, false, buf_span(&list)),
	                 CCCD_OK);
	assert_int_equal(told.by_kind[CCCD_TRUST_DEVIATION], 1);
	input.store = store;
	verdict = zoo_judge_with(&document, &input);
	assert_int_equal(passive_auth_apply_deviations(
	                         &input, NULL, &verdict->sod, &verdict->groups),
	                 CCCD_OK);
	expect(verdict->sod.object.signature, CCCD_FAILED, "bad_signature");
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
		cmocka_unit_test(deviation_excuses_what_it_names),
		cmocka_unit_test(deviation_excuses_nothing_else),
		cmocka_unit_test(deviation_conditions_are_joined_by_and),
		cmocka_unit_test(deviation_never_makes_a_check_successful),
		cmocka_unit_test(deviation_list_of_a_stranger_is_refused),
		cmocka_unit_test(deviation_of_another_state_does_not_apply),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
