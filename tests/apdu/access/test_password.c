/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords and their keys against the worked examples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apdu/access/password.h"
#include "tests/support/vectors.h"

static void assert_secret(const struct secret *secret, struct span want)
{
	assert_int_equal(secret->len, want.len);
	assert_memory_equal(secret->bytes, want.at, want.len);
}

static void password_key_row(const char *file, enum password_type type,
                             const char *text, const char *want)
{
	struct vectors *vectors = vectors_open(file);
	struct password password = { .type = PASSWORD_NONE };
	SECRET key = { .len = 0 };

	assert_int_equal(password_set(type,
	                              span_text(vectors_text(vectors, text)),
	                              &password),
	                 CCCD_OK);
	assert_int_equal(password_key(&password, CIPHER_AES128, &key), CCCD_OK);
	assert_secret(&key, vectors_bytes(vectors, want));
	password_wipe(&password);
	assert_int_equal(password.type, PASSWORD_NONE);
	vectors_close(vectors);
}

/* [9303-11 9.7.3, App. G to I] */
static void password_key_matches_vectors(void **state)
{
	(void)state;
	password_key_row("pace_ecdh_gm", PASSWORD_MRZ, "mrz_information_text",
	                 "k_pi");
	password_key_row("pace_dh_gm", PASSWORD_MRZ, "mrz_information_text",
	                 "k_pi");
	password_key_row("pace_ecdh_cam", PASSWORD_MRZ, "mrz_information_text",
	                 "k_pi");
	password_key_row("pace_ecdh_im", PASSWORD_CAN, "k_pi_password_text",
	                 "k_pi");
	password_key_row("pace_cccd_can", PASSWORD_CAN, "password_text",
	                 "k_pi");
	password_key_row("eac_bsi_ecdh", PASSWORD_PIN, "pace_password_text",
	                 "pace_k_pi");
}

/* [9303-11 9.7.2, App. D.2] */
static void password_bac_keys_match_vectors(void **state)
{
	struct vectors *vectors = vectors_open("bac_3des");
	struct password password = { .type = PASSWORD_NONE };
	SECRET k_enc = { .len = 0 };
	SECRET k_mac = { .len = 0 };

	(void)state;
	assert_int_equal(password_set(PASSWORD_MRZ,
	                              span_text(vectors_text(
	                                      vectors, "mrz_information_text")),
	                              &password),
	                 CCCD_OK);
	assert_int_equal(password_bac_keys(&password, &k_enc, &k_mac), CCCD_OK);
	assert_secret(&k_enc, vectors_bytes(vectors, "k_enc"));
	assert_secret(&k_mac, vectors_bytes(vectors, "k_mac"));
	password_wipe(&password);
	vectors_close(vectors);
}

static void password_bac_keys_refuse_a_can(void **state)
{
	struct password password = { .type = PASSWORD_NONE };
	SECRET k_enc = { .len = 0 };
	SECRET k_mac = { .len = 0 };

	(void)state;
	assert_int_equal(password_bac_keys(&password, &k_enc, &k_mac),
	                 CCCD_ERR_USAGE_KEY_MISSING);
	assert_int_equal(
	        password_set(PASSWORD_CAN, span_text("123456"), &password),
	        CCCD_OK);
	assert_int_equal(password_bac_keys(&password, &k_enc, &k_mac),
	                 CCCD_ERR_USAGE_KEY_MISSING);
	password_wipe(&password);
}

static void password_set_looks_at_the_form(void **state)
{
	static const struct {
		enum password_type type;
		const char *text;
		enum cccd_err err;
	} rows[] = {
		{ PASSWORD_CAN, "123456", CCCD_OK },
		{ PASSWORD_PUK, "0123456789", CCCD_OK },
		{ PASSWORD_MRZ, "L898902C<369080619406236", CCCD_OK },
		{ PASSWORD_MRZ, "D23145890734934071279507122", CCCD_OK },
		{ PASSWORD_NONE, "123456", CCCD_ERR_USAGE_KEY_MISSING },
		{ PASSWORD_CAN, "", CCCD_ERR_USAGE_KEY_MISSING },
		{ PASSWORD_CAN, "123", CCCD_ERR_USAGE_KEY_MALFORMED },
		{ PASSWORD_CAN, "12345a", CCCD_ERR_USAGE_KEY_MALFORMED },
		{ PASSWORD_CAN, "12345678901234567",
		  CCCD_ERR_USAGE_KEY_MALFORMED },
		{ PASSWORD_MRZ, "L898902C<36908061940623",
		  CCCD_ERR_USAGE_KEY_MALFORMED },
		{ PASSWORD_MRZ, "l898902c<369080619406236",
		  CCCD_ERR_USAGE_KEY_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct password password = { .type = PASSWORD_NONE };

		assert_int_equal(password_set(rows[i].type,
		                              span_text(rows[i].text),
		                              &password),
		                 rows[i].err);
		password_wipe(&password);
	}
}

static void password_key_needs_a_password(void **state)
{
	const struct password password = { .type = PASSWORD_NONE };
	SECRET key = { .len = 0 };

	(void)state;
	assert_int_equal(password_key(&password, CIPHER_AES128, &key),
	                 CCCD_ERR_USAGE_KEY_MISSING);
	assert_string_equal(password_type_name(PASSWORD_CAN), "can");
	assert_string_equal(password_type_name(PASSWORD_NONE), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(password_key_matches_vectors),
		cmocka_unit_test(password_bac_keys_match_vectors),
		cmocka_unit_test(password_bac_keys_refuse_a_can),
		cmocka_unit_test(password_set_looks_at_the_form),
		cmocka_unit_test(password_key_needs_a_password),
	};

	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
