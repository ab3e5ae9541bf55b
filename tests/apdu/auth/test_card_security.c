/* SPDX-License-Identifier: Apache-2.0 */
/* EF.CardSecurity under the same engine as EF.SOD. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/apdu/auth/zoo/lists.h"

/* EF.CardSecurity of the document's own signer. */
static void make_card_security(const struct zoo_document *document,
                               enum zoo_defect defect, const char *type,
                               struct buf *ret)
{
	BUF content = der_new();
	struct zoo_signed spec = {
		.content_type = type,
		.key = zoo_key("ds", "P-256"),
		.alg = ZOO_ECDSA,
		.digest = DIGEST_SHA256,
		.attribute_digest = DIGEST_SHA256,
		.signer = buf_span(&document->ds),
		.defect = defect,
	};
	size_t mark = der_begin(&content);

	der_oid(&content, "0.4.0.127.0.7.2.2.4.6.2");
	der_number(&content, 2);
	der_end(&content, mark, 0x30);
	der_end(&content, mark, 0x31);
	spec.content = buf_span(&content);
	*ret = der_new();
	zoo_signed_data(&spec, ret);
}

static void check_card_security(enum zoo_defect defect, const char *type,
                                struct pa_object *ret)
{
	ZOO_DOCUMENT document = { 0 };
	BUF file = { 0 };
	STORE *store = NULL;
	struct trust_input input = { .now_s = ZOO_NOW };

	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	input.store = store;
	make_card_security(&document, defect, type, &file);
	assert_int_equal(card_security_check(buf_span(&file), &input, ret),
	                 CCCD_OK);
}

static const char security_object[] = "0.4.0.127.0.7.3.2.1";

static void pitfall_09_card_security_is_verified_to_the_csca(void **state)
{
	CLEANUP(pa_object_release) struct pa_object object = { 0 };

	(void)state;
	check_card_security(ZOO_RIGHT, security_object, &object);
	expect(object.hash, CCCD_SUCCESSFUL, "");
	expect(object.signature, CCCD_SUCCESSFUL, "");
	expect(object.ds_trust, CCCD_SUCCESSFUL, "");
	assert_int_equal(object.content.at[0], 0x31);
}

static void pitfall_09_card_security_with_bad_signature_is_empty(void **state)
{
	CLEANUP(pa_object_release) struct pa_object object = { 0 };

	(void)state;
	check_card_security(ZOO_SI_SIGNATURE, security_object, &object);
	expect(object.signature, CCCD_FAILED, "bad_signature");
	assert_int_equal(object.content.len, 0);
}

static void pitfall_09_card_security_must_be_of_its_type(void **state)
{
	CLEANUP(pa_object_release) struct pa_object object = { 0 };

	(void)state;
	check_card_security(ZOO_RIGHT, "2.23.136.1.1.1", &object);
	expect(object.signature, CCCD_FAILED, "wrong_content_type");
	assert_int_equal(object.content.len, 0);
}

/* Somebody else's SOD in place of EF.CardSecurity, and the other way. */
static void pitfall_09_objects_do_not_stand_in_for_each_other(void **state)
{
	CLEANUP(pa_object_release) struct pa_object object = { 0 };
	ZOO_DOCUMENT document = { 0 };
	STORE *store = NULL;
	struct trust_input input = { .now_s = ZOO_NOW };

	(void)state;
	zoo_make(&zoo_ec_spec, &document);
	store = zoo_store(&document);
	input.store = store;
	assert_int_equal(
	        card_security_check(span_after(buf_span(&document.sod), 4),
	                            &input, &object),
	        CCCD_OK);
	expect(object.signature, CCCD_FAILED, "wrong_content_type");
}

static void pitfall_09_empty_card_security_fails(void **state)
{
	CLEANUP(pa_object_release) struct pa_object object = { 0 };
	STORE *store = NULL;
	struct trust_input input = { .now_s = ZOO_NOW };

	(void)state;
	assert_int_equal(csca_store_new(CCCD_TRUST_REAL, &store), CCCD_OK);
	input.store = store;
	assert_int_equal(card_security_check(span_of(NULL, 0), &input, &object),
	                 CCCD_OK);
	expect(object.signature, CCCD_FAILED, "malformed");
}

static void lds_h_93_altered_card_security_fails(void **state)
{
	CLEANUP(pa_object_release) struct pa_object object = { 0 };

	(void)state;
	check_card_security(ZOO_SI_DIGEST_WRONG, security_object, &object);
	expect(object.hash, CCCD_FAILED, "message_digest_mismatch");
	assert_int_equal(object.content.len, 0);
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
		        pitfall_09_card_security_is_verified_to_the_csca),
		cmocka_unit_test(
		        pitfall_09_card_security_with_bad_signature_is_empty),
		cmocka_unit_test(pitfall_09_card_security_must_be_of_its_type),
		cmocka_unit_test(
		        pitfall_09_objects_do_not_stand_in_for_each_other),
		cmocka_unit_test(pitfall_09_empty_card_security_fails),
		cmocka_unit_test(lds_h_93_altered_card_security_fails),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
