/* SPDX-License-Identifier: Apache-2.0 */
/* Active Authentication: ISO/IEC 9796-2 and ECDSA, good and forged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include "apdu/auth/active_auth.h"
#include "apdu/auth/iso9796.h"
#include "apdu/lds/security_info.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/card_rig.h"
#include "tests/support/sm_card.h"
#include "tests/support/vectors.h"

static struct span value(struct vectors *vectors, const char *set,
                         const char *name)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "%s_%s", set, name);
	return vectors_bytes(vectors, full);
}

static struct span apdu(struct vectors *vectors, const char *set,
                        const char *field)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "%s_internal_authenticate", set);
	return vectors_apdu(vectors, full, field);
}

/* The SubjectPublicKeyInfo in a DG15. */
static struct span spki_of(struct span dg15)
{
	struct span value_of = { 0 };

	assert_int_equal(tlv_only(dg15, 0x6F, &value_of), CCCD_OK);
	return value_of;
}

static enum active_auth_outcome verify(struct span dg15, struct span algorithm,
                                       struct span challenge,
                                       struct span signature,
                                       struct active_auth_result *ret)
{
	assert_int_equal(active_auth_verify(spki_of(dg15), algorithm, challenge,
	                                    signature, ret),
	                 CCCD_OK);
	return ret->outcome;
}

static const struct {
	const char *name;
	enum digest_id digest;
	unsigned int bits;
} rsa_sets[] = {
	{ "rsa1024_sha1", DIGEST_SHA1, 1024 },
	{ "rsa1024_sha256", DIGEST_SHA256, 1024 },
	{ "rsa1280_sha1_two", DIGEST_SHA1, 1280 },
	{ "rsa2048_sha224", DIGEST_SHA224, 2048 },
	{ "rsa2048_sha256", DIGEST_SHA256, 2048 },
	{ "rsa2048_sha384", DIGEST_SHA384, 2048 },
	{ "rsa3072_sha512", DIGEST_SHA512, 3072 },
};

static const struct span no_info = { .len = 0 };

/* [9303-11 6.1.2.2, App. F] */
static void active_auth_verify_matches_rsa_vectors(void **state)
{
	struct vectors *v = vectors_open("iso9796_2");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rsa_sets); i++) {
		const char *set = rsa_sets[i].name;
		struct active_auth_result result = { .bits = 0 };

		assert_int_equal(verify(value(v, set, "dg15"), no_info,
		                        value(v, set, "rnd_ifd"),
		                        value(v, set, "signature"), &result),
		                 ACTIVE_AUTH_VALID);
		assert_int_equal(result.digest, rsa_sets[i].digest);
		assert_int_equal(result.bits, rsa_sets[i].bits);
		assert_false(result.is_ec);
	}
	vectors_close(v);
}

static void active_auth_verify_refuses_bad_rsa_vectors(void **state)
{
	static const char *const bad[] = { "signature_bad_m1",
		                           "signature_bad_header",
		                           "signature_bad_trailer" };
	struct vectors *v = vectors_open("iso9796_2");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rsa_sets); i++)
		for (size_t b = 0; b < ARRAY_LEN(bad); b++) {
			const char *set = rsa_sets[i].name;
			struct active_auth_result result = { .bits = 0 };

			assert_int_equal(verify(value(v, set, "dg15"), no_info,
			                        value(v, set, "rnd_ifd"),
			                        value(v, set, bad[b]), &result),
			                 ACTIVE_AUTH_INVALID);
		}
	vectors_close(v);
}

/* [pitfall 23] an old signature over another challenge */
static void pitfall_23_active_auth_verify_binds_the_challenge(void **state)
{
	struct vectors *v = vectors_open("iso9796_2");
	struct active_auth_result result = { .bits = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rsa_sets); i++)
		for (size_t bit = 0; bit < 64; bit++) {
			const char *set = rsa_sets[i].name;
			uint8_t challenge[8];

			memcpy(challenge, value(v, set, "rnd_ifd").at, 8);
			challenge[bit / 8] ^= (uint8_t)(1U << (bit % 8));
			assert_int_equal(verify(value(v, set, "dg15"), no_info,
			                        SPAN(challenge),
			                        value(v, set, "signature"),
			                        &result),
			                 ACTIVE_AUTH_INVALID);
		}
	vectors_close(v);
}

static void active_auth_verify_pads_short_signatures(void **state)
{
	struct vectors *v = vectors_open("iso9796_2");
	struct span dg15 = value(v, "rsa1024_sha1", "dg15");
	struct span rnd = value(v, "rsa1024_sha1", "rnd_ifd");
	struct span good = value(v, "rsa1024_sha1", "signature");
	struct active_auth_result result = { .bits = 0 };
	uint8_t longer[132] = { 0 };

	(void)state;
	memcpy(longer + 4, good.at, good.len);
	assert_int_equal(verify(dg15, no_info, rnd, SPAN(longer), &result),
	                 ACTIVE_AUTH_VALID);
	longer[0] = 1;
	assert_int_equal(verify(dg15, no_info, rnd, SPAN(longer), &result),
	                 ACTIVE_AUTH_INVALID);
	assert_int_equal(verify(dg15, no_info, rnd,
	                        span_first(good, good.len - 1), &result),
	                 ACTIVE_AUTH_INVALID);
	assert_int_equal(verify(dg15, no_info, rnd, span_of(NULL, 0), &result),
	                 ACTIVE_AUTH_INVALID);
	/* s = n is not below the modulus. */
	assert_int_equal(verify(dg15, no_info, rnd,
	                        value(v, "rsa1024_sha1", "modulus"), &result),
	                 ACTIVE_AUTH_INVALID);
	vectors_close(v);
}

/* The block of the standard's own example, RIPEMD-160: not ours to take. */
static void iso9796_parse_reads_the_standard_block(void **state)
{
	struct vectors *v = vectors_open("iso9796_2");
	struct span block = vectors_bytes(v, "iso_message_representative");
	struct iso9796_message message = { .digest = DIGEST_NONE };
	uint8_t copy[80];

	(void)state;
	assert_int_equal(iso9796_parse(vectors_bytes(v, "app_f_message_"
	                                                "representative"),
	                               &message),
	                 CCCD_OK);
	assert_true(
	        span_equal(message.recovered, vectors_bytes(v, "app_f_m1")));
	assert_true(span_equal(message.hash, vectors_bytes(v, "app_f_hash")));
	assert_int_equal(message.digest, DIGEST_SHA1);
	assert_int_equal(block.len, sizeof(copy));
	memcpy(copy, block.at, sizeof(copy));
	assert_int_equal(iso9796_parse(SPAN(copy), &message), CCCD_OK);
	assert_true(span_equal(message.recovered,
	                       vectors_bytes(v, "iso_recovered_m1")));
	vectors_close(v);
}

/* ---- ECDSA ---------------------------------------------------------- */

static const struct {
	const char *name;
	enum digest_id digest;
} ec_sets[] = {
	{ "s1", DIGEST_SHA256 },
	{ "s2", DIGEST_SHA256 },
	{ "s3", DIGEST_SHA384 },
	{ "s4", DIGEST_SHA256 },
};

/* signatureAlgorithm of an ActiveAuthenticationInfo. */
static struct span algorithm_of(struct span info)
{
	struct tlv_reader reader;
	struct span part = { 0 };

	assert_int_equal(tlv_only(info, TAG_SEQUENCE, &part), CCCD_OK);
	reader = tlv_open(part);
	assert_int_equal(tlv_expect(&reader, TAG_OID, &part), CCCD_OK);
	assert_int_equal(tlv_expect(&reader, TAG_INTEGER, &part), CCCD_OK);
	assert_int_equal(tlv_expect(&reader, TAG_OID, &part), CCCD_OK);
	return part;
}

/* [9303-11 6.1.2.3] */
static void active_auth_verify_matches_ecdsa_vectors(void **state)
{
	struct vectors *v = vectors_open("active_auth_ecdsa");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ec_sets); i++)
		for (int variant = 0; variant < 4; variant++) {
			const char *set = ec_sets[i].name;
			struct active_auth_result result = { .bits = 0 };
			bool info = (variant & 1) != 0;
			bool der = (variant & 2) != 0;

			assert_int_equal(
			        verify(value(v, set, "dg15"),
			               info ? algorithm_of(value(
			                              v, set,
			                              "active_"
			                              "authentication_info"))
			                    : no_info,
			               value(v, set, "rnd_ifd"),
			               value(v, set,
			                     der ? "signature_der"
			                         : "signature"),
			               &result),
			        ACTIVE_AUTH_VALID);
			assert_true(result.is_ec);
			assert_int_equal(result.digest, ec_sets[i].digest);
			assert_int_equal(result.digest_from_info, info);
			assert_int_equal(result.der, der);
		}
	vectors_close(v);
}

static void active_auth_verify_refuses_bad_ecdsa(void **state)
{
	static const char *const bad[] = { "signature_bad",
		                           "signature_zero_bad" };
	struct vectors *v = vectors_open("active_auth_ecdsa");
	struct active_auth_result result = { .bits = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ec_sets); i++) {
		const char *set = ec_sets[i].name;
		struct span dg15 = value(v, set, "dg15");
		struct span rnd = value(v, set, "rnd_ifd");
		struct span good = value(v, set, "signature");

		for (size_t b = 0; b < ARRAY_LEN(bad); b++)
			assert_int_equal(verify(dg15, no_info, rnd,
			                        value(v, set, bad[b]), &result),
			                 ACTIVE_AUTH_INVALID);
		assert_int_equal(verify(dg15, no_info, rnd,
		                        span_first(good, good.len - 1),
		                        &result),
		                 ACTIVE_AUTH_INVALID);
		assert_int_equal(verify(dg15, no_info, span_first(good, 8),
		                        good, &result),
		                 ACTIVE_AUTH_INVALID);
		assert_int_equal(verify(dg15, no_info, rnd, no_info, &result),
		                 ACTIVE_AUTH_INVALID);
	}
	vectors_close(v);
}

static void active_auth_verify_tells_bad_keys(void **state)
{
	struct vectors *v = vectors_open("active_auth_ecdsa");
	struct span dg15 = value(v, "s1", "dg15");
	struct span spki = spki_of(dg15);
	struct span rnd = value(v, "s1", "rnd_ifd");
	struct span good = value(v, "s1", "signature");
	struct active_auth_result result = { .bits = 0 };
	uint8_t copy[128];

	(void)state;
	assert_int_equal(active_auth_verify(spki, no_info, span_first(rnd, 7),
	                                    good, &result),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(active_auth_verify(span_first(spki, spki.len - 1),
	                                    no_info, rnd, good, &result),
	                 CCCD_OK);
	assert_int_equal(result.outcome, ACTIVE_AUTH_KEY_INVALID);
	memcpy(copy, spki.at, spki.len);
	copy[spki.len - 1] ^= 1; /* off the curve */
	assert_int_equal(active_auth_verify(span_of(copy, spki.len), no_info,
	                                    rnd, good, &result),
	                 CCCD_OK);
	assert_int_equal(result.outcome, ACTIVE_AUTH_KEY_INVALID);
	assert_string_equal(active_auth_outcome_name(result.outcome),
	                    "key_invalid");
	vectors_close(v);
}

/* ---- The exchange ---------------------------------------------------- */

static void run_set(const char *file, const char *set)
{
	static struct card_rig rig;
	struct vectors *v = vectors_open(file);
	struct active_auth_result result = { .bits = 0 };

	card_rig_init(&rig);
	script_add(&rig.script, apdu(v, set, "command"),
	           apdu(v, set, "response"));
	card_rig_open(&rig, NULL);
	assert_int_equal(
	        active_auth_run(&rig.card, spki_of(value(v, set, "dg15")),
	                        no_info, value(v, set, "rnd_ifd"), &result),
	        CCCD_OK);
	assert_int_equal(result.outcome, ACTIVE_AUTH_VALID);
	assert_int_equal(result.status_word, SW_OK);
	assert_memory_equal(result.challenge, value(v, set, "rnd_ifd").at, 8);
	assert_true(span_equal(span_of(result.signature, result.signature_len),
	                       value(v, set, "signature")));
	assert_true(script_done(&rig.script));
	card_rig_close(&rig);
	vectors_close(v);
}

/* [9303-11 6.1.3] */
static void active_auth_run_matches_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rsa_sets); i++)
		run_set("iso9796_2", rsa_sets[i].name);
	for (size_t i = 0; i < ARRAY_LEN(ec_sets); i++)
		run_set("active_auth_ecdsa", ec_sets[i].name);
}

/* Answers beyond 256 bytes, in two parts */
static void active_auth_run_collects_a_long_signature(void **state)
{
	static const uint8_t more[] = { 0x00, 0xC0, 0x00, 0x00, 0x80 };
	static struct card_rig rig;
	static uint8_t first[258];
	static uint8_t second[130];
	struct vectors *v = vectors_open("iso9796_2");
	struct span signature = value(v, "rsa3072_sha512", "signature");
	struct active_auth_result result = { .bits = 0 };

	(void)state;
	memcpy(first, signature.at, 256);
	memcpy(first + 256, "\x61\x80", 2);
	memcpy(second, signature.at + 256, 128);
	memcpy(second + 128, "\x90\x00", 2);
	card_rig_init(&rig);
	script_add(&rig.script, apdu(v, "rsa3072_sha512", "command"),
	           SPAN(first));
	script_add(&rig.script, SPAN(more), SPAN(second));
	card_rig_open(&rig, NULL);
	assert_int_equal(
	        active_auth_run(&rig.card,
	                        spki_of(value(v, "rsa3072_sha512", "dg15")),
	                        no_info, value(v, "rsa3072_sha512", "rnd_ifd"),
	                        &result),
	        CCCD_OK);
	assert_int_equal(result.outcome, ACTIVE_AUTH_VALID);
	card_rig_close(&rig);
	vectors_close(v);
}

/* Le from the key: the largest is answered with nothing by some. */
static void active_auth_run_asks_for_as_much_as_the_key_gives(void **state)
{
	static const uint8_t tail[] = { 0x01, 0x80 };
	static struct card_rig rig;
	struct vectors *v = vectors_open("iso9796_2");
	struct active_auth_result result = { .bits = 0 };

	(void)state;
	card_rig_init(&rig);
	script_add(&rig.script, span_of(NULL, 0),
	           apdu(v, "rsa3072_sha512", "response"));
	card_rig_open(&rig, NULL);
	rig.card.extended = true;
	assert_int_equal(
	        active_auth_run(&rig.card,
	                        spki_of(value(v, "rsa3072_sha512", "dg15")),
	                        no_info, value(v, "rsa3072_sha512", "rnd_ifd"),
	                        &result),
	        CCCD_OK);
	assert_int_equal(result.outcome, ACTIVE_AUTH_VALID);
	assert_memory_equal(rig.script.last + rig.script.last_len - 2, tail, 2);
	card_rig_close(&rig);
	vectors_close(v);
}

static void run_refused(struct span answer, bool channel,
                        enum active_auth_outcome want)
{
	static struct card_rig rig;
	struct vectors *v = vectors_open("active_auth_ecdsa");
	struct vectors *sm = vectors_open("sm_aes");
	struct active_auth_result result = { .bits = 0 };

	card_rig_init(&rig);
	script_add(&rig.script, span_of(NULL, 0), answer);
	card_rig_open(&rig, NULL);
	if (channel)
		assert_int_equal(sm_open(&rig.card.sm, CIPHER_AES128,
		                         vectors_bytes(sm, "ks_enc"),
		                         vectors_bytes(sm, "ks_mac"),
		                         span_of(NULL, 0)),
		                 CCCD_OK);
	assert_int_equal(
	        active_auth_run(&rig.card, spki_of(value(v, "s1", "dg15")),
	                        no_info, value(v, "s1", "rnd_ifd"), &result),
	        CCCD_OK);
	assert_int_equal(result.outcome, want);
	assert_int_equal(rig.error.code, CCCD_OK);
	assert_int_equal(result.signature_len, 0);
	card_rig_close(&rig);
	vectors_close(v);
	vectors_close(sm);
}

static void active_auth_run_reports_refusals(void **state)
{
	(void)state;
	run_refused(span_of("\x6A\x88", 2), false, ACTIVE_AUTH_REFUSED);
	run_refused(span_of("\x6D\x00", 2), false, ACTIVE_AUTH_REFUSED);
	run_refused(span_of("\x6A\x81", 2), true, ACTIVE_AUTH_REFUSED);
	run_refused(span_of("\x90\x00", 2), false, ACTIVE_AUTH_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(active_auth_verify_matches_rsa_vectors),
		cmocka_unit_test(active_auth_verify_refuses_bad_rsa_vectors),
		cmocka_unit_test(
		        pitfall_23_active_auth_verify_binds_the_challenge),
		cmocka_unit_test(active_auth_verify_pads_short_signatures),
		cmocka_unit_test(iso9796_parse_reads_the_standard_block),
		cmocka_unit_test(active_auth_verify_matches_ecdsa_vectors),
		cmocka_unit_test(active_auth_verify_refuses_bad_ecdsa),
		cmocka_unit_test(active_auth_verify_tells_bad_keys),
		cmocka_unit_test(active_auth_run_matches_vectors),
		cmocka_unit_test(active_auth_run_collects_a_long_signature),
		cmocka_unit_test(
		        active_auth_run_asks_for_as_much_as_the_key_gives),
		cmocka_unit_test(active_auth_run_reports_refusals),
	};

	return cmocka_run_group_tests_name("active_auth", tests, NULL, NULL);
}
