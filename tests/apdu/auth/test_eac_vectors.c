/* SPDX-License-Identifier: Apache-2.0 */
/* The BSI worked examples for EAC, ECDH and DH, value by value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <openssl/bn.h>

#include <cmocka.h>
#undef fail

#include "apdu/access/password.h"
#include "apdu/auth/agreement_key.h"
#include "apdu/crypto/kdf.h"
#include "apdu/crypto/mapping.h"
#include "apdu/lds/security_info.h"
#include "tests/support/script_reader.h"
#include "tests/support/vectors.h"

#define DOMAIN CLEANUP(domain_cleanup) struct domain

static void must(enum cccd_err err)
{
	assert_int_equal(err, CCCD_OK);
}

/* The DH example prints exponents longer than the order: reduce them. */
static void generate(const struct domain *domain, struct span printed,
                     struct key_pair *ret)
{
	static struct tape tape;
	struct vectors *dh = vectors_open("pace_dh_gm");
	struct span q = vectors_bytes(dh, "group_q");
	struct random random = tape_random(&tape);
	uint8_t reduced[128];
	BIGNUM *number = BN_bin2bn(printed.at, (int)printed.len, NULL);
	BIGNUM *order = BN_bin2bn(q.at, (int)q.len, NULL);
	BN_CTX *ctx = BN_CTX_new();
	int len = (int)domain_order_len(domain);

	if (domain_kind(domain) == DOMAIN_DH)
		assert_int_equal(BN_mod(number, number, order, ctx), 1);
	assert_int_equal(BN_bn2binpad(number, reduced, len), len);
	memset(&tape, 0, sizeof(tape));
	tape_add(&tape, span_of(reduced, (size_t)len));
	must(key_generate(domain, &random, ret));
	BN_free(number);
	BN_free(order);
	BN_CTX_free(ctx);
	vectors_close(dh);
}

static void assert_value(const struct public_value *value, struct span want)
{
	assert_true(span_equal(public_value_span(value), want));
}

static void assert_secret(const struct secret *secret, struct span want)
{
	assert_true(span_equal(secret_span(secret), want));
}

static struct span bytes(struct vectors *v, const char *name)
{
	return vectors_bytes(v, name);
}

/* Steps 1 and 2: nonce and mapping. */
static void map_example(struct vectors *v, const struct domain *domain,
                        struct domain **ret)
{
	struct password password = { .type = PASSWORD_NONE };
	struct key_pair pair = { .public_value = { .len = 0 } };
	SECRET key = { .len = 0 };
	SECRET shared = { .len = 0 };
	uint8_t nonce[16];
	uint8_t generator[DOMAIN_ELEMENT_MAX];
	size_t len = 0;

	must(password_set(PASSWORD_PIN,
	                  span_text(vectors_text(v, "pace_password_text")),
	                  &password));
	must(password_key(&password, CIPHER_AES128, &key));
	assert_secret(&key, bytes(v, "pace_k_pi"));
	must(cipher_cbc_decrypt(CIPHER_AES128, secret_span(&key), NULL,
	                        bytes(v, "pace_nonce_z"), nonce));
	assert_true(span_equal(SPAN(nonce), bytes(v, "pace_nonce_s")));
	generate(domain, bytes(v, "pace_map_ifd_private"), &pair);
	assert_value(&pair.public_value, bytes(v, "pace_map_ifd_public"));
	must(key_agree_element(domain, &pair, bytes(v, "pace_map_ic_public"),
	                       &shared));
	must(mapping_generic(domain, SPAN(nonce), secret_span(&shared), ret));
	must(domain_generator(*ret, generator, &len));
	assert_true(span_equal(span_of(generator, len),
	                       bytes(v, "pace_mapped_generator")));
	password_wipe(&password);
}

/* Steps 3 and 4: keys and tokens. */
static void agree_example(struct vectors *v, const struct domain *mapped)
{
	struct key_pair pair = { .public_value = { .len = 0 } };
	SECRET shared = { .len = 0 };
	SECRET k_enc = { .len = 0 };
	SECRET k_mac = { .len = 0 };
	uint8_t token[MAC_LEN];

	generate(mapped, bytes(v, "pace_eph_ifd_private"), &pair);
	assert_value(&pair.public_value, bytes(v, "pace_eph_ifd_public"));
	must(key_agree(mapped, &pair, bytes(v, "pace_eph_ic_public"), &shared));
	assert_secret(&shared, bytes(v, "pace_shared_secret"));
	must(kdf_session(CIPHER_AES128, secret_span(&shared), &k_enc, &k_mac));
	assert_secret(&k_enc, bytes(v, "pace_ks_enc"));
	assert_secret(&k_mac, bytes(v, "pace_ks_mac"));
	must(mac_compute(CIPHER_AES128, secret_span(&k_mac),
	                 bytes(v, "pace_token_input_ifd"), span_of(NULL, 0),
	                 token));
	assert_true(span_equal(SPAN(token), bytes(v, "pace_token_ifd")));
	must(mac_compute(CIPHER_AES128, secret_span(&k_mac),
	                 bytes(v, "pace_token_input_ic"), span_of(NULL, 0),
	                 token));
	assert_true(span_equal(SPAN(token), bytes(v, "pace_token_ic")));
}

/* The static key out of EF.CardSecurity, and version 1 of the protocol. */
static void chip_example(struct vectors *v, int id)
{
	static struct cccd_security_infos infos;
	struct public_value chip = { .len = 0 };
	struct key_pair pair = { .public_value = { .len = 0 } };
	SECRET shared = { .len = 0 };
	SECRET k_enc = { .len = 0 };
	SECRET k_mac = { .len = 0 };
	DOMAIN *domain = NULL;

	must(security_infos_parse(bytes(v, "card_security_content"), &infos));
	assert_int_equal(infos.chip_auth_key_count, 1);
	must(agreement_key_parse(bytes_span(infos.chip_auth_key[0].public_key),
	                         &domain, &chip));
	assert_int_equal(domain_id(domain), id);
	assert_value(&chip, bytes(v, "ca_ic_public"));
	generate(domain, bytes(v, "ca_ifd_private"), &pair);
	assert_value(&pair.public_value, bytes(v, "ca_ifd_public"));
	must(key_agree(domain, &pair, public_value_span(&chip), &shared));
	assert_secret(&shared, bytes(v, "ca_shared_secret"));
	must(kdf_session(CIPHER_AES128, secret_span(&shared), &k_enc, &k_mac));
	assert_secret(&k_enc, bytes(v, "ca_v1_ks_enc"));
	assert_secret(&k_mac, bytes(v, "ca_v1_ks_mac"));
}

static void run_example(const char *file, unsigned int id)
{
	struct vectors *v = vectors_open(file);
	DOMAIN *domain = NULL;
	DOMAIN *mapped = NULL;

	must(domain_from_id(id, &domain));
	map_example(v, domain, &mapped);
	agree_example(v, mapped);
	chip_example(v, (int)id);
	vectors_close(v);
}

static void eac_ecdh_example_holds(void **state)
{
	(void)state;
	run_example("eac_bsi_ecdh", 13);
}

static void eac_dh_example_holds(void **state)
{
	(void)state;
	run_example("eac_bsi_dh", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eac_ecdh_example_holds),
		cmocka_unit_test(eac_dh_example_holds),
	};

	return cmocka_run_group_tests_name("eac_vectors", tests, NULL, NULL);
}
