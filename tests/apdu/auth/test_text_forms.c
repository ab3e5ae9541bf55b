/* SPDX-License-Identifier: Apache-2.0 */
/* PEM, base64 and the LDIF of the PKD. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "apdu/auth/ldif.h"
#include "apdu/auth/pem.h"
#include "tests/apdu/auth/zoo/lists.h"

enum { DAY = 86400 };

/* Up to three bytes as four characters. */
static void base64_group(struct span bytes, char ret[static 4])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                             "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;

	for (size_t i = 0; i < 3; i++)
		bits = bits << 8 | (i < bytes.len ? bytes.at[i] : 0U);
	memset(ret, '=', 4);
	for (size_t i = 0; i <= bytes.len; i++)
		ret[i] = digits[(bits >> (18 - 6 * i)) & 0x3F];
}

/* Base64, folded as LDIF does it after @fold characters; 0 = never. */
static void put_base64(struct buf *out, struct span bytes, size_t fold)
{
	size_t column = 0;

	for (; bytes.len > 0; bytes = span_after(bytes, 3)) {
		char group[4] = { 0 };

		if (fold != 0 && column >= fold) {
			der_raw(out, span_text("\n "));
			column = 0;
		}
		base64_group(span_first(bytes, 3), group);
		der_raw(out, SPAN(group));
		column += sizeof(group);
	}
}

static void put_pem(struct buf *out, const char *label, struct span der)
{
	BUF body = der_new();

	put_base64(&body, der, 0);
	der_raw(out, span_text("-----BEGIN "));
	der_raw(out, span_text(label));
	der_raw(out, span_text("-----\n"));
	for (size_t i = 0; i < body.len; i += 64) {
		der_raw(out, span_first(span_after(buf_span(&body), i), 64));
		der_raw(out, span_text("\n"));
	}
	der_raw(out, span_text("-----END "));
	der_raw(out, span_text(label));
	der_raw(out, span_text("-----\n"));
}

static void pem_holds_several_certificates(void **state)
{
	FIXTURE fixture = { 0 };
	BUF text = der_new();
	STORE *store = new_store();
	STORE *pins = new_store();

	(void)state;
	fixture_make(MASTER_LIST_SIGNER, ZOO_RIGHT, &fixture);
	der_raw(&text, span_text("# from the ministry\n"));
	put_pem(&text, "CERTIFICATE", buf_span(&fixture.csca));
	put_pem(&text, "CERTIFICATE", buf_span(&fixture.third));
	put_pem(&text, "CERTIFICATE", buf_span(&fixture.ds));
	assert_int_equal(import_with(store, pins, false, buf_span(&text)),
	                 CCCD_OK);
	assert_int_equal(told.by_kind[CCCD_TRUST_ANCHOR], 1);
	assert_int_equal(told.by_kind[CCCD_TRUST_LINK], 1);
	assert_int_equal(told.by_kind[CCCD_TRUST_SIGNER], 1);
}

static void pem_next_refuses_what_is_cut(void **state)
{
	BUF der = der_new();
	struct span rest = span_text("-----BEGIN CERTIFICATE-----\nAAAA\n");
	enum pem_label label = PEM_NONE;

	(void)state;
	assert_int_equal(pem_next(&rest, &der, &label),
	                 CCCD_ERR_DATA_MALFORMED);
	rest = span_text("-----BEGIN CERTIFICATE-----\nAA!A\n-----END");
	assert_int_equal(pem_next(&rest, &der, &label),
	                 CCCD_ERR_DATA_MALFORMED);
	rest = span_text("-----BEGIN X");
	assert_int_equal(pem_next(&rest, &der, &label),
	                 CCCD_ERR_DATA_MALFORMED);
}

static void put_ldif(struct buf *out, const char *attribute, struct span der)
{
	der_raw(out, span_text("\ndn: cn=x,o=dsc,c=UT,dc=data,\n"
	                       " dc=download,dc=pkd\n# a comment\n"
	                       " that is folded\nobjectClass: top\n"));
	der_raw(out, span_text(attribute));
	der_raw(out, span_text(":: "));
	put_base64(out, der, 60);
	der_raw(out, span_text("\n"));
}

static void ldif_of_the_pkd_is_imported(void **state)
{
	FIXTURE fixture = { 0 };
	BUF text = der_new();
	BUF crl = { 0 };
	const struct zoo_crl crl_spec = {
		.country = "UT",
		.common_name = "CSCA Utopia",
		.key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.digest = DIGEST_SHA256,
		.this_update = ZOO_NOW - DAY,
		.next_update = ZOO_NOW + DAY,
	};
	STORE *store = new_store();
	STORE *pins = new_store();

	(void)state;
	fixture_make(MASTER_LIST_SIGNER, ZOO_RIGHT, &fixture);
	zoo_crl(&crl_spec, &crl);
	assert_int_equal(trust_pins_add(pins, buf_span(&fixture.csca)),
	                 CCCD_OK);
	der_raw(&text, span_text("version: 1\n"));
	put_ldif(&text, "CscaMasterListData", buf_span(&fixture.list));
	put_ldif(&text, "userCertificate;binary", buf_span(&fixture.ds));
	put_ldif(&text, "certificateRevocationList;binary", buf_span(&crl));
	assert_int_equal(import_with(store, pins, false, buf_span(&text)),
	                 CCCD_OK);
	assert_int_equal(told.by_kind[CCCD_TRUST_ANCHOR], 2);
	assert_int_equal(told.by_kind[CCCD_TRUST_LINK], 2);
	assert_int_equal(told.by_kind[CCCD_TRUST_SIGNER], 1);
	assert_int_equal(told.by_kind[CCCD_TRUST_CRL], 1);
}

static void ldif_crl_without_its_csca_is_refused(void **state)
{
	BUF text = der_new();
	BUF crl = { 0 };
	const struct zoo_crl crl_spec = {
		.country = "UT",
		.common_name = "CSCA Utopia",
		.key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.digest = DIGEST_SHA256,
		.this_update = ZOO_NOW - DAY,
		.next_update = ZOO_NOW + DAY,
	};
	STORE *store = new_store();
	STORE *pins = new_store();

	(void)state;
	zoo_crl(&crl_spec, &crl);
	der_raw(&text, span_text("dn: c=UT\n"));
	put_ldif(&text, "certificateRevocationList;binary", buf_span(&crl));
	assert_int_equal(import_with(store, pins, false, buf_span(&text)),
	                 CCCD_OK);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.at[0].reason, "issuer_unknown");
}

static void ldif_next_reads_folds_and_options(void **state)
{
	static const char text[] = "dn: c=UT,\r\n dc=x\r\n"
	                           "# note\r\n  more\r\n"
	                           "userCertificate;binary:: SGVs\r\n bG8=\r\n"
	                           "bad line\n"
	                           "empty:\n";
	struct ldif_reader reader = ldif_open(span_text(text));
	struct ldif_attribute attribute = { .value = der_new() };
	bool end = false;

	(void)state;
	assert_true(ldif_is(span_text(text)));
	assert_int_equal(ldif_next(&reader, &attribute, &end), CCCD_OK);
	assert_string_equal(attribute.name, "dn");
	assert_true(
	        span_equal(buf_span(&attribute.value), span_text("c=UT,dc=x")));
	assert_int_equal(ldif_next(&reader, &attribute, &end), CCCD_OK);
	assert_string_equal(attribute.name, "usercertificate");
	assert_true(span_equal(buf_span(&attribute.value), span_text("Hello")));
	assert_int_equal(ldif_next(&reader, &attribute, &end),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(ldif_next(&reader, &attribute, &end), CCCD_OK);
	assert_string_equal(attribute.name, "empty");
	assert_int_equal(attribute.value.len, 0);
	assert_int_equal(ldif_next(&reader, &attribute, &end), CCCD_OK);
	assert_true(end);
	buf_release(&attribute.value);
}

static void base64_decode_keeps_the_vectors_of_rfc_4648(void **state)
{
	static const struct {
		const char *text;
		const char *bytes;
	} rows[] = {
		{ "", "" },
		{ "Zg==", "f" },
		{ "Zm8=", "fo" },
		{ "Zm9v", "foo" },
		{ "Zm9vYg==", "foob" },
		{ "Zm9vYmE=", "fooba" },
		{ "Zm9vYmFy", "foobar" },
		{ "Zg", "f" },
	};
	static const char *const bad[] = { "Z", "Zm9v!", "Zg==x",
		                           "Z===", "Zg===" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		BUF out = der_new();

		assert_int_equal(base64_decode(span_text(rows[i].text), &out),
		                 CCCD_OK);
		assert_true(
		        span_equal(buf_span(&out), span_text(rows[i].bytes)));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		BUF out = der_new();

		assert_int_equal(base64_decode(span_text(bad[i]), &out),
		                 CCCD_ERR_DATA_MALFORMED);
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
		cmocka_unit_test(pem_holds_several_certificates),
		cmocka_unit_test(pem_next_refuses_what_is_cut),
		cmocka_unit_test(ldif_of_the_pkd_is_imported),
		cmocka_unit_test(ldif_crl_without_its_csca_is_refused),
		cmocka_unit_test(ldif_next_reads_folds_and_options),
		cmocka_unit_test(base64_decode_keeps_the_vectors_of_rfc_4648),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
