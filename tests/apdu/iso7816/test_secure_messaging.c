/* SPDX-License-Identifier: Apache-2.0 */
/* Secure messaging against the worked examples, and its own edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apdu/iso7816/secure_messaging.h"
#include "tests/apdu/iso7816/sm_fixture.h"
#include "tests/support/vectors.h"

/* A plain command of the vectors: short or extended, as they print it. */
static struct command command_of(struct span bytes, bool *ret_extended)
{
	struct command command = { .cla = bytes.at[0],
		                   .ins = bytes.at[1],
		                   .p1 = bytes.at[2],
		                   .p2 = bytes.at[3] };
	struct span rest = span_after(bytes, 4);

	*ret_extended = rest.len == 3 && rest.at[0] == 0;
	if (*ret_extended) {
		command.le = (size_t)rest.at[1] << 8 | rest.at[2];
		return command;
	}
	if (rest.len > 1) {
		command.data = span_of(rest.at + 1, rest.at[0]);
		rest = span_after(rest, 1 + command.data.len);
	}
	if (rest.len == 1)
		command.le = rest.at[0] == 0 ? 256 : rest.at[0];
	return command;
}

struct session {
	const char *prefix;
	enum cipher_id cipher;
	const char *k_enc;
	const char *k_mac;
};

static bool is_bad(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, "_bad") == 0;
}

static void check_response(struct vectors *vectors, const char *name,
                           struct secure_messaging *sm)
{
	BUF plain = buf_make(65536 + 64);
	struct span want = vectors_apdu(vectors, name, "plain_response");
	struct response response = { 0 };
	enum cccd_err err = sm_unwrap(
	        sm, vectors_apdu(vectors, name, "response"), &plain, &response);

	if (is_bad(name)) {
		assert_int_equal(err, CCCD_ERR_SM_BROKEN);
		assert_false(sm_is_open(sm));
		return;
	}
	assert_int_equal(err, CCCD_OK);
	assert_int_equal(sm->proven, 1);
	assert_int_equal(response.data.len, want.len - 2);
	if (response.data.len > 0)
		assert_memory_equal(response.data.at, want.at, want.len - 2);
	assert_int_equal(response.sw,
	                 want.at[want.len - 2] << 8 | want.at[want.len - 1]);
}

static void check_exchange(struct vectors *vectors, const char *name,
                           const struct session *session)
{
	struct secure_messaging sm = { 0 };
	BUF wire = buf_make(70000);
	struct span want = vectors_apdu(vectors, name, "command");
	bool extended = false;
	struct command command = command_of(
	        vectors_apdu(vectors, name, "plain_command"), &extended);

	assert_int_equal(sm_open(&sm, session->cipher,
	                         vectors_bytes(vectors, session->k_enc),
	                         vectors_bytes(vectors, session->k_mac),
	                         vectors_apdu(vectors, name, "ssc")),
	                 CCCD_OK);
	assert_int_equal(sm_wrap(&sm, &command, extended, &wire), CCCD_OK);
	assert_int_equal(wire.len, want.len);
	assert_memory_equal(wire.at, want.at, want.len);
	check_response(vectors, name, &sm);
	sm_close(&sm);
}

static size_t check_file(const char *file, const struct session *sessions,
                         size_t count)
{
	struct vectors *vectors = vectors_open(file);
	size_t checked = 0;

	for (size_t i = 0; i < vectors_apdu_count(vectors); i++) {
		const char *name = vectors_apdu_name(vectors, i);

		for (size_t s = 0; s < count; s++) {
			size_t len = strlen(sessions[s].prefix);

			if (strncmp(name, sessions[s].prefix, len) != 0)
				continue;
			check_exchange(vectors, name, &sessions[s]);
			checked++;
			break;
		}
	}
	vectors_close(vectors);
	return checked;
}

/* [9303-11 9.8.6] */
static void sm_wrap_matches_3des_vectors(void **state)
{
	static const struct session sessions[] = {
		{ "p1_", CIPHER_3DES, "ks_enc", "ks_mac" },
		{ "p2_", CIPHER_3DES, "ca_ks_enc", "ca_ks_mac" },
		{ "carry", CIPHER_3DES, "ks_enc", "ks_mac" },
	};

	(void)state;
	assert_int_equal(check_file("sm_3des", sessions, 3), 17);
}

/* [9303-11 9.8.7] */
static void sm_wrap_matches_aes_vectors(void **state)
{
	static const struct session sessions[] = {
		{ "p1_", CIPHER_AES128, "ks_enc", "ks_mac" },
		{ "p2_", CIPHER_AES128, "ca_ks_enc", "ca_ks_mac" },
		{ "carry", CIPHER_AES128, "ks_enc", "ks_mac" },
		{ "aes192_", CIPHER_AES192, "aes192_ks_enc", "aes192_ks_mac" },
		{ "aes256_", CIPHER_AES256, "aes256_ks_enc", "aes256_ks_mac" },
	};

	(void)state;
	assert_int_equal(check_file("sm_aes", sessions, 5), 29);
}

/* [9303-11 App. D.4] */
static void sm_wrap_matches_appendix_d(void **state)
{
	static const struct session sessions[] = {
		{ "select_ef_com", CIPHER_3DES, "ks_enc", "ks_mac" },
		{ "read_binary_", CIPHER_3DES, "ks_enc", "ks_mac" },
	};

	(void)state;
	assert_int_equal(check_file("bac_3des", sessions, 2), 3);
}

static void sm_wrap_matches_cccd_session(void **state)
{
	static const struct session sessions[] = {
		{ "sm_", CIPHER_AES128, "ks_enc", "ks_mac" },
	};

	(void)state;
	assert_int_equal(check_file("pace_cccd_can", sessions, 1), 5);
}

static void pitfall_24_sm_wrap_refuses_a_spent_counter(void **state)
{
	const struct command command = { .ins = 0xB0, .le = 4 };

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		size_t block_len = cipher_block_len(all_ciphers[c]);
		struct secure_messaging sm;
		BUF wire = buf_make(300);

		open_plain(&sm, all_ciphers[c]);
		memset(sm.ssc, 0xFF, block_len);
		sm.ssc[block_len - 1] = 0xFE;
		assert_int_equal(sm_wrap(&sm, &command, false, &wire),
		                 CCCD_ERR_SM_BROKEN);
		sm.ssc[block_len - 1] = 0xFF;
		assert_int_equal(sm_wrap(&sm, &command, false, &wire),
		                 CCCD_ERR_SM_BROKEN);
		sm.ssc[block_len - 1] = 0xFD;
		assert_int_equal(sm_wrap(&sm, &command, false, &wire), CCCD_OK);
		sm_close(&sm);
	}
}

static void le_object(size_t le, bool extended, const char *want, size_t len)
{
	const struct command command = { .ins = 0xB0, .le = le };
	struct secure_messaging sm;
	BUF wire = buf_make(300);
	size_t at = extended ? 7 : 5;

	open_plain(&sm, CIPHER_AES128);
	assert_int_equal(sm_wrap(&sm, &command, extended, &wire), CCCD_OK);
	assert_memory_equal(wire.at + at, want, len);
	assert_int_equal(wire.len, at + len + 10 + (extended ? 2 : 1));
	sm_close(&sm);
}

static void sm_wrap_writes_le_in_one_or_two_bytes(void **state)
{
	(void)state;
	le_object(1, false, "\x97\x01\x01", 3);
	le_object(223, false, "\x97\x01\xDF", 3);
	le_object(256, false, "\x97\x01\x00", 3);
	le_object(257, true, "\x97\x02\x01\x01", 4);
	le_object(65535, true, "\x97\x02\xFF\xFF", 4);
	le_object(65536, true, "\x97\x02\x00\x00", 4);
}

static void sm_wrap_protects_the_longest_command(void **state)
{
	static uint8_t data[65000];
	const struct command command = { .ins = 0x86,
		                         .data = SPAN(data),
		                         .le = LE_MAX_EXTENDED };
	struct secure_messaging sm;
	BUF wire = buf_make(70000);

	(void)state;
	open_plain(&sm, CIPHER_AES256);
	assert_int_equal(sm_wrap(&sm, &command, true, &wire), CCCD_OK);
	assert_true(wire.len > sizeof(data));
	sm_close(&sm);
}

static void sm_open_refuses_wrong_lengths(void **state)
{
	struct secure_messaging sm = { 0 };
	struct span key = span_first(fixed_key(), 16);
	struct span none = span_of(NULL, 0);

	(void)state;
	assert_int_equal(sm_open(&sm, CIPHER_NONE, key, key, none),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(sm_open(&sm, CIPHER_AES256, key, key, none),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(
	        sm_open(&sm, CIPHER_AES128, key, span_first(key, 15), none),
	        CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(
	        sm_open(&sm, CIPHER_AES128, key, key, span_first(key, 8)),
	        CCCD_ERR_USAGE_ARGUMENT);
	assert_false(sm_is_open(&sm));
}

static void sm_close_leaves_no_key_behind(void **state)
{
	const struct secure_messaging zero = { 0 };
	struct secure_messaging sm;

	(void)state;
	open_plain(&sm, CIPHER_AES256);
	sm_close(&sm);
	assert_memory_equal(&sm, &zero, sizeof(sm));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sm_wrap_matches_3des_vectors),
		cmocka_unit_test(sm_wrap_matches_aes_vectors),
		cmocka_unit_test(sm_wrap_matches_appendix_d),
		cmocka_unit_test(sm_wrap_matches_cccd_session),
		cmocka_unit_test(pitfall_24_sm_wrap_refuses_a_spent_counter),
		cmocka_unit_test(sm_wrap_writes_le_in_one_or_two_bytes),
		cmocka_unit_test(sm_wrap_protects_the_longest_command),
		cmocka_unit_test(sm_open_refuses_wrong_lengths),
		cmocka_unit_test(sm_close_leaves_no_key_behind),
	};

	return cmocka_run_group_tests_name("secure_messaging", tests, NULL,
	                                   NULL);
}
