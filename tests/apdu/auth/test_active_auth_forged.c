/* SPDX-License-Identifier: Apache-2.0 */
/* Active Authentication: blocks that a forger would like to see taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <openssl/bn.h>

#include <cmocka.h>
#undef fail

#include "apdu/auth/active_auth.h"
#include "apdu/auth/iso9796.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/vectors.h"

static struct span value(struct vectors *vectors, const char *set,
                         const char *name)
{
	char full[64];

	(void)snprintf(full, sizeof(full), "%s_%s", set, name);
	return vectors_bytes(vectors, full);
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

static const struct span no_info = { .len = 0 };

struct forger {
	struct vectors *vectors;
	const char *set;
	uint8_t block[ISO9796_MODULUS_MAX];
	size_t len;
	struct span challenge;
};

static void forger_open(struct forger *forger, const char *set)
{
	forger->vectors = vectors_open("iso9796_2");
	forger->set = set;
	forger->len = value(forger->vectors, set, "modulus").len;
	forger->challenge = value(forger->vectors, set, "rnd_ifd");
	memset(forger->block, 0x55, sizeof(forger->block));
}

static void power(struct forger *forger, const uint8_t *in, bool complement,
                  uint8_t *out)
{
	struct span n_bytes = value(forger->vectors, forger->set, "modulus");
	struct span d_bytes =
	        value(forger->vectors, forger->set, "private_exponent");
	BIGNUM *n = BN_bin2bn(n_bytes.at, (int)n_bytes.len, NULL);
	BIGNUM *d = BN_bin2bn(d_bytes.at, (int)d_bytes.len, NULL);
	BIGNUM *m = BN_bin2bn(in, (int)forger->len, NULL);
	BN_CTX *ctx = BN_CTX_new();

	assert_int_equal(BN_mod_exp(m, m, d, n, ctx), 1);
	if (complement)
		assert_int_equal(BN_sub(m, n, m), 1);
	assert_int_equal(BN_bn2binpad(m, out, (int)forger->len), forger->len);
	BN_free(n);
	BN_free(d);
	BN_free(m);
	BN_CTX_free(ctx);
}

/* Put the hash of recovered || rest before a trailer of @trailer_len. */
static void put_hash(struct forger *forger, size_t start, struct span rest,
                     enum digest_id id, size_t trailer_len)
{
	size_t end = forger->len - trailer_len - digest_len(id);
	struct digest digest = { .len = 0 };

	assert_int_equal(
	        digest_compute_pair(id,
	                            span_of(forger->block + start, end - start),
	                            rest, &digest),
	        CCCD_OK);
	memcpy(forger->block + end, digest.bytes, digest.len);
}

static void check(struct forger *forger, bool complement,
                  enum active_auth_outcome want)
{
	uint8_t signature[ISO9796_MODULUS_MAX];
	struct active_auth_result result = { .bits = 0 };

	power(forger, forger->block, complement, signature);
	assert_int_equal(verify(value(forger->vectors, forger->set, "dg15"),
	                        no_info, forger->challenge,
	                        span_of(signature, forger->len), &result),
	                 want);
}

static void sha256_block(struct forger *forger, uint8_t first, size_t start,
                         struct span rest)
{
	forger->block[0] = first;
	forger->block[forger->len - 2] = 0x34;
	forger->block[forger->len - 1] = 0xCC;
	put_hash(forger, start, rest, DIGEST_SHA256, 2);
}

static void active_auth_verify_takes_padded_and_total_messages(void **state)
{
	static struct forger f;

	(void)state;
	forger_open(&f, "rsa2048_sha256");
	sha256_block(&f, 0x6A, 1, f.challenge);
	check(&f, false, ACTIVE_AUTH_VALID);
	/* [ISO/IEC 9796-2 B.4] the smaller of s and n - s */
	check(&f, true, ACTIVE_AUTH_VALID);
	/* A shorter M1 is padded with nibbles B up to an A. */
	f.block[1] = 0xBB;
	f.block[2] = 0xBB;
	f.block[3] = 0xBA;
	sha256_block(&f, 0x6B, 4, f.challenge);
	check(&f, false, ACTIVE_AUTH_VALID);
	/* Total recovery: the challenge is the end of the message. */
	memcpy(f.block + f.len - 2 - 32 - 8, f.challenge.at, 8);
	sha256_block(&f, 0x4A, 1, span_of(NULL, 0));
	check(&f, false, ACTIVE_AUTH_VALID);
	vectors_close(f.vectors);
}

static void active_auth_verify_refuses_forged_blocks(void **state)
{
	static const uint8_t heads[] = { 0x00, 0x0A, 0x2A, 0x4A, 0x5A, 0x7A,
		                         0x8A, 0xAA, 0x6C, 0x60, 0x6F };
	static struct forger f;

	(void)state;
	forger_open(&f, "rsa2048_sha256");
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		sha256_block(&f, heads[i], 1, f.challenge);
		check(&f, false, ACTIVE_AUTH_INVALID);
	}
	/* Padding that is interrupted, or never ends. */
	f.block[1] = 0x0A;
	sha256_block(&f, 0x6B, 2, f.challenge);
	check(&f, false, ACTIVE_AUTH_INVALID);
	f.block[1] = 0xBC;
	sha256_block(&f, 0x6B, 2, f.challenge);
	check(&f, false, ACTIVE_AUTH_INVALID);
	memset(f.block, 0xBB, f.len);
	f.block[0] = 0x6B;
	f.block[f.len - 2] = 0x34;
	f.block[f.len - 1] = 0xCC;
	check(&f, false, ACTIVE_AUTH_INVALID);
	vectors_close(f.vectors);
}

/* [pitfall 14] the right hash in the wrong place proves nothing. */
static void pitfall_14_active_auth_verify_checks_the_whole_block(void **state)
{
	static const uint8_t trailers[][2] = { { 0x34, 0xCD }, { 0x34, 0xBC },
		                               { 0x31, 0xCC }, { 0x35, 0xCC },
		                               { 0x00, 0xCC }, { 0x34, 0x0C } };
	static struct forger f;

	(void)state;
	forger_open(&f, "rsa2048_sha256");
	for (size_t i = 0; i < ARRAY_LEN(trailers); i++) {
		sha256_block(&f, 0x6A, 1, f.challenge);
		f.block[f.len - 2] = trailers[i][0];
		f.block[f.len - 1] = trailers[i][1];
		check(&f, false, ACTIVE_AUTH_INVALID);
	}
	/* Only the tail is right: the hash of the challenge alone. */
	memset(f.block, 0, f.len);
	sha256_block(&f, 0x00, f.len - 34, f.challenge);
	check(&f, false, ACTIVE_AUTH_INVALID);
	/* Total recovery of a message without our challenge. */
	memset(f.block, 0x55, f.len);
	sha256_block(&f, 0x4A, 1, span_of(NULL, 0));
	check(&f, false, ACTIVE_AUTH_INVALID);
	vectors_close(f.vectors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        active_auth_verify_takes_padded_and_total_messages),
		cmocka_unit_test(active_auth_verify_refuses_forged_blocks),
		cmocka_unit_test(
		        pitfall_14_active_auth_verify_checks_the_whole_block),
	};

	return cmocka_run_group_tests_name("active_auth_forged", tests, NULL,
	                                   NULL);
}
