/* SPDX-License-Identifier: Apache-2.0 */
/* Master lists, LDIF, PEM and deviation lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "apdu/auth/deviation.h"
#include "apdu/auth/ldif.h"
#include "apdu/auth/pem.h"
#include "apdu/auth/trust_import.h"
#include "tests/apdu/auth/zoo/judge.h"

enum { DAY = 86400, TOLD_MAX = 1024 };

#define STORE CLEANUP(store_cleanup) struct csca_store

static const char master_list[] = "2.23.136.1.1.2";
static const char master_list_signer[] = "2.23.136.1.1.3";
static const char deviation_list[] = "2.23.136.1.1.7";
static const char deviation_list_signer[] = "2.23.136.1.1.8";

static void store_cleanup(struct csca_store **store)
{
	csca_store_free(*store);
}

static struct csca_store *new_store(void)
{
	struct csca_store *store = NULL;

	assert_int_equal(csca_store_new(CCCD_TRUST_REAL, &store), CCCD_OK);
	return store;
}

/* What an import said, object by object. */
struct told {
	struct trust_judgement at[TOLD_MAX];
	size_t count;
	size_t admitted;
	size_t refused;
	size_t by_kind[CCCD_TRUST_KINDS];
};

static struct told told;

static enum cccd_err tell(const struct trust_judgement *what, void *context)
{
	(void)context;
	assert_true(told.count < TOLD_MAX);
	assert_non_null(what->reason);
	told.at[told.count++] = *what;
	if (what->is_list)
		return CCCD_OK;
	told.admitted += what->admitted;
	told.refused += !what->admitted;
	told.by_kind[what->kind] += what->admitted;
	return CCCD_OK;
}

static enum cccd_err import_with(struct csca_store *store,
                                 const struct csca_store *pins,
                                 bool accept_list, struct span file)
{
	struct trust_import import = { .store = store,
		                       .pins = pins,
		                       .accept_list = accept_list,
		                       .now_s = ZOO_NOW,
		                       .judged = tell };

	memset(&told, 0, sizeof(told));
	return trust_import(&import, file);
}

static void make_csca(const char *owner, const char *signer_owner,
                      struct buf *ret)
{
	struct zoo_certificate csca = {
		.country = "UT",
		.common_name = "CSCA Utopia",
		.issuer_country = "UT",
		.issuer_common_name = "CSCA Utopia",
		.key = zoo_key(owner, "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 5,
		.from = ZOO_SIGNED - 2LL * ZOO_YEAR,
		.to = ZOO_SIGNED + 20LL * ZOO_YEAR,
		.is_ca = true,
	};

	if (signer_owner != NULL)
		csca.issuer_key = zoo_key(signer_owner, "P-256");
	zoo_certificate(&csca, ret);
}

/* A signer of lists under the CSCA "csca". */
static void make_signer(const char *eku, struct buf *ret)
{
	struct zoo_certificate signer = {
		.country = "UT",
		.common_name = "List signer",
		.issuer_country = "UT",
		.issuer_common_name = "CSCA Utopia",
		.key = zoo_key("lister", "P-256"),
		.issuer_key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 900,
		.from = ZOO_SIGNED - ZOO_YEAR,
		.to = ZOO_SIGNED + 5LL * ZOO_YEAR,
		.eku = eku,
	};

	zoo_certificate(&signer, ret);
}

static void make_signed(const char *type, struct span content,
                        struct span signer, enum zoo_defect defect,
                        struct buf *ret)
{
	const struct zoo_signed spec = {
		.content_type = type,
		.content = content,
		.key = zoo_key("lister", "P-256"),
		.alg = ZOO_ECDSA,
		.digest = DIGEST_SHA256,
		.attribute_digest = DIGEST_SHA256,
		.signer = signer,
		.by_key_id = true,
		.defect = defect,
	};

	*ret = der_new();
	zoo_signed_data(&spec, ret);
}

/* CscaMasterList ::= SEQUENCE { version, SET OF Certificate } */
static void put_list(struct buf *out, const struct span *items, size_t count)
{
	size_t whole = der_begin(out);
	size_t mark = 0;

	der_number(out, 0);
	mark = der_begin(out);
	for (size_t i = 0; i < count; i++)
		der_raw(out, items[i]);
	der_end(out, mark, 0x31);
	der_end(out, whole, 0x30);
}

/*
 * struct fixture - a list of Utopia: its CSCA, a second one, a link to a
 * third key and a link of that key to a fourth, and a document signer that
 * has no place there.
 */
struct fixture {
	struct buf csca;
	struct buf second;
	struct buf third;  /* link: csca signs third */
	struct buf fourth; /* link: third signs fourth */
	struct buf orphan; /* link: nobody's key signs it */
	struct buf ds;
	struct buf signer;
	struct buf list;
};

static void fixture_make(const char *eku, enum zoo_defect defect,
                         struct fixture *ret)
{
	BUF content = der_new();
	struct zoo_certificate ds = {
		.country = "UT",
		.common_name = "Document Signer",
		.issuer_country = "UT",
		.issuer_common_name = "CSCA Utopia",
		.key = zoo_key("ds", "P-256"),
		.issuer_key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 12,
		.from = ZOO_SIGNED,
		.to = ZOO_SIGNED + 5LL * ZOO_YEAR,
	};

	*ret = (struct fixture){ 0 };
	make_csca("csca", NULL, &ret->csca);
	make_csca("second", NULL, &ret->second);
	make_csca("third", "csca", &ret->third);
	make_csca("fourth", "third", &ret->fourth);
	make_csca("fifth", "nobody", &ret->orphan);
	zoo_certificate(&ds, &ret->ds);
	make_signer(eku, &ret->signer);
	{
		/* The last link stands first. */
		const struct span items[] = {
			buf_span(&ret->fourth), buf_span(&ret->orphan),
			buf_span(&ret->third),  buf_span(&ret->ds),
			buf_span(&ret->csca),   buf_span(&ret->second),
		};

		put_list(&content, items, ARRAY_LEN(items));
	}
	make_signed(master_list, buf_span(&content), buf_span(&ret->signer),
	            defect, &ret->list);
}

static void fixture_release(struct fixture *fixture)
{
	buf_release(&fixture->csca);
	buf_release(&fixture->second);
	buf_release(&fixture->third);
	buf_release(&fixture->fourth);
	buf_release(&fixture->orphan);
	buf_release(&fixture->ds);
	buf_release(&fixture->signer);
	buf_release(&fixture->list);
}

#define FIXTURE CLEANUP(fixture_release) struct fixture

static void pitfall_21_list_of_a_pinned_csca_is_admitted(void **state)
{
	FIXTURE fixture = { 0 };
	STORE *store = new_store();
	STORE *pins = new_store();

	(void)state;
	fixture_make(master_list_signer, ZOO_RIGHT, &fixture);
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
	fixture_make(master_list_signer, ZOO_RIGHT, &fixture);
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
	fixture_make(master_list_signer, ZOO_RIGHT, &fixture);
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
	fixture_make(master_list_signer, ZOO_RIGHT, &fixture);
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

		fixture_make(master_list_signer, defects[i], &fixture);
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

static void put_base64(struct buf *out, struct span bytes, size_t fold)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                             "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t column = 0;

	for (size_t i = 0; i < bytes.len; i += 3) {
		uint32_t bits = (uint32_t)bytes.at[i] << 16;
		char group[4] = { 0 };

		if (i + 1 < bytes.len)
			bits |= (uint32_t)bytes.at[i + 1] << 8;
		if (i + 2 < bytes.len)
			bits |= bytes.at[i + 2];
		for (size_t k = 0; k < 4; k++)
			group[k] = digits[(bits >> (18 - 6 * k)) & 0x3F];
		if (i + 2 >= bytes.len)
			group[3] = '=';
		if (i + 1 >= bytes.len)
			group[2] = '=';
		for (size_t k = 0; k < 4; k++) {
			if (fold != 0 && column == fold) {
				der_raw(out, span_text("\n "));
				column = 0;
			}
			der_raw(out, span_of(&group[k], 1));
			column++;
		}
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
	fixture_make(master_list_signer, ZOO_RIGHT, &fixture);
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
	fixture_make(master_list_signer, ZOO_RIGHT, &fixture);
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

static const struct zoo_spec ec_spec = {
	.csca = "P-256",
	.ds = "P-256",
	.chain = ZOO_ECDSA,
	.sod = ZOO_ECDSA,
};

/* The verdict on a document with @defect, after the list has spoken. */
static struct zoo_verdict *judge_deviant(enum zoo_defect defect,
                                         const struct deviation_spec *spec,
                                         const struct pa_document *facts)
{
	struct zoo_spec document_spec = ec_spec;
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

static void expect(struct auth_check check, enum cccd_verdict verdict,
                   const char *reason)
{
	assert_int_equal(check.verdict, verdict);
	assert_string_equal(auth_check_reason(&check), reason);
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
	zoo_make(&ec_spec, &document);
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
	struct zoo_spec document_spec = ec_spec;
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

static void check_public_list(const struct public_list *list)
{
	BUF file = buf_make(CSCA_LIST_MAX);
	STORE *vouched = new_store();
	STORE *store = new_store();
	STORE *nobody = new_store();
	STORE *pins = new_store();
	const struct csca_entry *entry = NULL;

	if (!read_public(list->file, &file)) {
		print_message("skipped: CCCD_TEST_DATA has no masterlists/%s\n",
		              list->file);
		skip();
	}
	/* Nobody vouches: every certificate is refused, by name. */
	assert_int_equal(import_with(store, nobody, false, buf_span(&file)),
	                 CCCD_OK);
	assert_string_equal(told.at[0].reason, "list_not_pinned");
	assert_int_equal(told.refused, list->total);
	/* The operator vouches: its CSCA can be taken from the list. */
	assert_int_equal(import_with(vouched, nobody, true, buf_span(&file)),
	                 CCCD_OK);
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
	assert_int_equal(import_with(store, pins, false, buf_span(&file)),
	                 CCCD_OK);
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
		cmocka_unit_test(pem_holds_several_certificates),
		cmocka_unit_test(pem_next_refuses_what_is_cut),
		cmocka_unit_test(ldif_of_the_pkd_is_imported),
		cmocka_unit_test(ldif_crl_without_its_csca_is_refused),
		cmocka_unit_test(ldif_next_reads_folds_and_options),
		cmocka_unit_test(base64_decode_keeps_the_vectors_of_rfc_4648),
		cmocka_unit_test(deviation_excuses_what_it_names),
		cmocka_unit_test(deviation_excuses_nothing_else),
		cmocka_unit_test(deviation_conditions_are_joined_by_and),
		cmocka_unit_test(deviation_never_makes_a_check_successful),
		cmocka_unit_test(deviation_list_of_a_stranger_is_refused),
		cmocka_unit_test(deviation_of_another_state_does_not_apply),
		cmocka_unit_test(
		        public_list_of_the_netherlands_is_accounted_for),
		cmocka_unit_test(public_list_of_germany_is_accounted_for),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
