/* SPDX-License-Identifier: Apache-2.0 */
/* What lies on the simulated chip and how it is read; its SOD judged by
 * OpenSSL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include <openssl/cms.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "tests/sim/terminal.h"

static const struct file_row {
	const char *name;
	unsigned int fid;
	unsigned int sfi;
} file_rows[] = {
	{ "com", 0x011E, 0x1E },  { "sod", 0x011D, 0x1D },
	{ "dg1", 0x0101, 0x01 },  { "dg2", 0x0102, 0x02 },
	{ "dg13", 0x010D, 0x0D }, { "dg14", 0x010E, 0x0E },
	{ "dg15", 0x010F, 0x0F },
};

/* [cccd-card 3.1, 4] */
static void cold_card_answers_as_the_facts_say(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_send(&t, "00A4000C023F00"), 0x6D00);
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), 0x9000);
	assert_int_equal(terminal_send(&t, "00B0000000"), 0x9000);
	assert_int_equal(t.data.len, 54);
	assert_int_equal(terminal_send(&t, "009C000000"), 0x6D00);
	assert_int_equal(terminal_send(&t, "00A4040C07A0000002471001"), 0x9000);
	assert_int_equal(terminal_send(&t, "00A4020C020101"), 0x6982);
	assert_int_equal(terminal_send(&t, "00B0810000"), 0x6982);
	assert_int_equal(terminal_send(&t, "00A4020C02011C"), 0x9000);
	assert_int_equal(terminal_send(&t, "00A4040C07A0000002472001"), 0x6A82);
	terminal_close(&t);
}

static void every_file_reads_back_by_identifier(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_bac(&t), SW_OK);
	for (size_t i = 0; i < ARRAY_LEN(file_rows); i++) {
		BUF got = buf_make(1 << 20);

		(void)terminal_read_file(&t, file_rows[i].fid, &got);
		assert_true(got.len > 0);
		assert_true(
		        span_equal(buf_span(&got),
		                   sim_card_file(t.card, file_rows[i].name)));
	}
	assert_int_equal(terminal_select(&t, 0x0103), 0x6982);
	assert_int_equal(terminal_select(&t, 0x010B), 0x6A82);
	assert_int_equal(t.seal, SEAL_GOOD);
	terminal_close(&t);
}

static void every_file_reads_by_short_identifier(void **state)
{
	struct terminal t;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_bac(&t), SW_OK);
	for (size_t i = 0; i < ARRAY_LEN(file_rows); i++) {
		struct span want = sim_card_file(t.card, file_rows[i].name);

		(void)terminal_read(&t, 0x80 | file_rows[i].sfi, 3, 16);
		assert_int_equal(t.seal, SEAL_GOOD);
		assert_int_equal(t.data.len, 16);
		assert_memory_equal(t.data.at, want.at + 3, 16);
		/* The file is selected now. [ISO/IEC 7816-4 7.3.3] */
		assert_int_equal(terminal_read(&t, 0, 0, 4), SW_OK);
		assert_memory_equal(t.data.at, want.at, 4);
	}
	terminal_close(&t);
}

/* [9303-10 3.6.3.2] Offsets of 16 bits and more need the odd instruction. */
static void odd_instruction_reads_beyond_32k(void **state)
{
	static const uint8_t offset[] = { 0x54, 0x03, 0x00, 0x90, 0x00 };
	struct terminal t;
	struct span want;
	struct span value;

	(void)state;
	terminal_open(&t, "big-portrait");
	assert_int_equal(terminal_bac(&t), SW_OK);
	want = sim_card_file(t.card, "dg2");
	assert_int_equal(want.len, 48000);
	assert_int_equal(terminal_select(&t, 0x0102), SW_OK);
	assert_int_equal(terminal_secure(&t, "0CB10000", SPAN(offset), 0x40),
	                 SW_OK);
	assert_int_equal(t.seal, SEAL_GOOD);
	assert_true(sim_der_find(buf_span(&t.data), 0x53, &value));
	assert_true(value.len > 0);
	assert_memory_equal(value.at, want.at + 0x9000, value.len);
	terminal_close(&t);
}

static void extended_read_takes_a_file_at_once(void **state)
{
	struct terminal t;
	struct span want;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_int_equal(terminal_bac(&t), SW_OK);
	want = sim_card_file(t.card, "dg2");
	assert_int_equal(terminal_read(&t, 0x82, 0, (int)want.len), SW_OK);
	assert_int_equal(t.seal, SEAL_GOOD);
	assert_true(span_equal(buf_span(&t.data), want));
	terminal_close(&t);
}

static void model_files_have_their_sizes(void **state)
{
	static const struct {
		const char *name;
		size_t len;
	} sizes[] = {
		{ "card_access", 54 }, { "com", 27 },    { "sod", 2000 },
		{ "dg1", 95 },         { "dg2", 17000 }, { "dg13", 700 },
		{ "dg14", 400 },       { "dg15", 294 },
	};
	static const char *const profiles[] = { "model-files", "model-3des" };

	(void)state;
	for (size_t p = 0; p < ARRAY_LEN(profiles); p++) {
		struct terminal t;

		terminal_open(&t, profiles[p]);
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
			assert_int_equal(
			        sim_card_file(t.card, sizes[i].name).len,
			        sizes[i].len);
		terminal_close(&t);
	}
}

/* [cccd-card 6, 7] The numbers of the default card. */
static void default_card_is_who_it_says(void **state)
{
	static const uint8_t com[] = { 0x60, 0x18, 0x5F, 0x01, 0x04, '0',  '1',
		                       '0',  '7',  0x5F, 0x36, 0x06, '0',  '4',
		                       '0',  '0',  '0',  '0',  0x5C, 0x06, 0x61,
		                       0x75, 0x63, 0x6D, 0x6E, 0x6F };
	struct terminal t;

	(void)state;
	terminal_open(&t, "cccd-2021");
	assert_string_equal(sim_card_secret(t.card, "can"), "000001");
	assert_string_equal(sim_card_secret(t.card, "mrz"),
	                    "199000001499010183901016");
	assert_string_equal(sim_card_secret(t.card, "mrz_lines"),
	                    "IDVNM1990000014001199000001<<5"
	                    "9901018F3901016VNM<<<<<<<<<<<2"
	                    "NGUYEN<<THI<MAU<<<<<<<<<<<<<<<");
	assert_true(span_equal(sim_card_file(t.card, "com"), SPAN(com)));
	terminal_close(&t);
	terminal_open(&t, "cccd-2023-no-expiry");
	assert_string_equal(sim_card_secret(t.card, "mrz_lines"),
	                    "IDVNM0600000020001060000002<<1"
	                    "6001010M9912315VNM<<<<<<<<<<<8"
	                    "TRAN<<VAN<MAU<<<<<<<<<<<<<<<<<");
	terminal_close(&t);
}

static void same_profile_gives_same_bytes(void **state)
{
	struct terminal a;
	struct terminal b;

	(void)state;
	terminal_open(&a, "cccd-2021");
	terminal_open(&b, "cccd-2021");
	for (size_t i = 0; i < ARRAY_LEN(file_rows); i++)
		assert_true(
		        span_equal(sim_card_file(a.card, file_rows[i].name),
		                   sim_card_file(b.card, file_rows[i].name)));
	assert_true(span_equal(sim_card_certificate(a.card, "csca"),
	                       sim_card_certificate(b.card, "csca")));
	assert_int_equal(terminal_bac(&a), terminal_bac(&b));
	assert_memory_equal(a.session.keys.enc, b.session.keys.enc, 16);
	terminal_close(&a);
	terminal_close(&b);
}

static X509 *certificate(const struct sim_card *card, const char *which)
{
	struct span der = sim_card_certificate(card, which);
	const uint8_t *at = der.at;
	X509 *ret = d2i_X509(NULL, &at, (long)der.len);

	assert_non_null(ret);
	assert_ptr_equal(at, der.at + der.len);
	return ret;
}

/* The CMS inside EF.SOD; indefinite lengths are BER, which d2i reads. */
static CMS_ContentInfo *sod_of(const struct sim_card *card)
{
	struct span sod = sim_card_file(card, "sod");
	const uint8_t *at;
	CMS_ContentInfo *ret;
	size_t head = sod.at[1] == 0x80 ? 2 : sod.at[1] == 0x82 ? 4 : 3;

	at = sod.at + head;
	ret = d2i_CMS_ContentInfo(NULL, &at, (long)(sod.len - head));
	assert_non_null(ret);
	return ret;
}

static int verify_flags(const char *profile, unsigned int flags)
{
	struct terminal t;
	X509_STORE *store = X509_STORE_new();
	X509 *csca;
	X509 *ds;
	CMS_ContentInfo *cms;
	STACK_OF(X509) *extra = sk_X509_new_null();
	int ret;

	terminal_open(&t, profile);
	csca = certificate(t.card, "csca");
	ds = certificate(t.card, "ds");
	assert_true(sk_X509_push(extra, ds) > 0);
	assert_true(X509_STORE_add_cert(store, csca));
	assert_true(X509_STORE_set_purpose(store, X509_PURPOSE_ANY));
	assert_true(X509_STORE_set_flags(store, X509_V_FLAG_NO_CHECK_TIME));
	cms = sod_of(t.card);
	ret = CMS_verify(cms, extra, store, NULL, NULL, flags);
	CMS_ContentInfo_free(cms);
	sk_X509_free(extra);
	X509_free(ds);
	X509_free(csca);
	X509_STORE_free(store);
	terminal_close(&t);
	return ret;
}

static void openssl_verifies_good_sods_to_the_csca(void **state)
{
	static const char *const profiles[] = {
		"cccd-2021",      "cancuoc-2024-child", "passport-td3",
		"model-files",    "pace-aes256",        "sod-rsa-pss",
		"sod-rsa-pkcs1",  "sod-indefinite",     "lds-18",
		"id-eid-de-like", "bad-sod-sha1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		if (verify_flags(profiles[i], 0) != 1)
			_fail(profiles[i], __LINE__);
	}
}

/* [test rig, behaviour 11] The signature holds, the chain is refused. */
static void openssl_refuses_explicit_parameters_in_the_chain(void **state)
{
	(void)state;
	assert_int_equal(verify_flags("sod-explicit", 0), 0);
	assert_int_equal(
	        verify_flags("sod-explicit", CMS_NO_SIGNER_CERT_VERIFY), 1);
	assert_int_equal(
	        verify_flags("rig-10-odd-specimen", CMS_NO_SIGNER_CERT_VERIFY),
	        1);
}

static void openssl_refuses_bad_sods(void **state)
{
	static const char *const profiles[] = {
		"bad-sod-signature",
		"bad-sod-message-digest",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		assert_int_equal(
		        verify_flags(profiles[i], CMS_NO_SIGNER_CERT_VERIFY),
		        0);
	assert_int_equal(verify_flags("bad-ds-unknown", 0), 0);
	assert_int_equal(verify_flags("bad-ds-critical", 0), 0);
	assert_int_equal(verify_flags("bad-sod-no-certificate", 0), 1);
}

/* [9303-10 4.6.2.2] One hash for each data group, of its bytes. */
static void sod_lists_every_group_once(void **state)
{
	struct terminal t;
	CMS_ContentInfo *cms;
	ASN1_OCTET_STRING **content;
	struct span rest;
	struct span lds;
	struct span list;
	uint32_t tag;
	size_t count = 0;

	(void)state;
	terminal_open(&t, "cccd-2021");
	cms = sod_of(t.card);
	content = CMS_get0_content(cms);
	rest = span_of((*content)->data, (size_t)(*content)->length);
	assert_true(sim_der_next(&rest, &tag, &lds));
	assert_true(sim_der_next(&lds, &tag, &list)); /* version */
	assert_true(sim_der_next(&lds, &tag, &list)); /* algorithm */
	assert_true(sim_der_next(&lds, &tag, &list)); /* hashes */
	while (sim_der_next(&list, &tag, &rest)) {
		struct span number;
		struct span hash;
		struct digest digest;
		char name[8];

		assert_true(sim_der_find(rest, 0x02, &number));
		assert_true(sim_der_find(rest, 0x04, &hash));
		(void)snprintf(name, sizeof(name), "dg%d", number.at[0]);
		assert_int_equal(digest_compute(DIGEST_SHA256,
		                                sim_card_file(t.card, name),
		                                &digest),
		                 CCCD_OK);
		assert_true(span_equal(hash, digest_span(&digest)));
		count++;
	}
	assert_int_equal(count, 6);
	CMS_ContentInfo_free(cms);
	terminal_close(&t);
}

static void certificates_and_list_are_a_chain(void **state)
{
	struct terminal t;
	X509 *csca;
	X509 *ds;
	X509_CRL *crl;
	X509_REVOKED *entry = NULL;
	struct span der;
	const uint8_t *at;

	(void)state;
	terminal_open(&t, "bad-ds-revoked");
	csca = certificate(t.card, "csca");
	ds = certificate(t.card, "ds");
	assert_int_equal(X509_check_issued(csca, ds), X509_V_OK);
	assert_int_equal(X509_verify(csca, X509_get0_pubkey(csca)), 1);
	assert_int_equal(X509_verify(ds, X509_get0_pubkey(csca)), 1);
	der = sim_card_certificate(t.card, "crl");
	at = der.at;
	crl = d2i_X509_CRL(NULL, &at, (long)der.len);
	assert_non_null(crl);
	assert_int_equal(X509_CRL_verify(crl, X509_get0_pubkey(csca)), 1);
	assert_int_equal(X509_CRL_get0_by_cert(crl, &entry, ds), 1);
	X509_CRL_free(crl);
	X509_free(ds);
	X509_free(csca);
	terminal_close(&t);
}

/* [9303-11 9.2.11] DG14 repeats what EF.CardAccess says. */
static void dg14_repeats_card_access(void **state)
{
	struct terminal t;
	struct span access;
	struct span infos;
	struct span rest;
	uint32_t tag;

	(void)state;
	terminal_open(&t, "cccd-2021");
	rest = sim_card_file(t.card, "card_access");
	assert_true(sim_der_next(&rest, &tag, &access));
	infos = sim_card_file(t.card, "dg14");
	while (access.len > 0) {
		struct span before = access;
		struct span value;
		bool found = false;
		size_t len;

		assert_true(sim_der_next(&access, &tag, &value));
		len = before.len - access.len;
		for (size_t i = 0; i + len <= infos.len; i++)
			found = found ||
			        memcmp(infos.at + i, before.at, len) == 0;
		assert_true(found);
	}
	terminal_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cold_card_answers_as_the_facts_say),
		cmocka_unit_test(every_file_reads_back_by_identifier),
		cmocka_unit_test(every_file_reads_by_short_identifier),
		cmocka_unit_test(odd_instruction_reads_beyond_32k),
		cmocka_unit_test(extended_read_takes_a_file_at_once),
		cmocka_unit_test(model_files_have_their_sizes),
		cmocka_unit_test(default_card_is_who_it_says),
		cmocka_unit_test(same_profile_gives_same_bytes),
		cmocka_unit_test(openssl_verifies_good_sods_to_the_csca),
		cmocka_unit_test(
		        openssl_refuses_explicit_parameters_in_the_chain),
		cmocka_unit_test(openssl_refuses_bad_sods),
		cmocka_unit_test(sod_lists_every_group_once),
		cmocka_unit_test(certificates_and_list_are_a_chain),
		cmocka_unit_test(dg14_repeats_card_access),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
