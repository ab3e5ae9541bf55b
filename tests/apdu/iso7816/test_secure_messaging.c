/* SPDX-License-Identifier: Apache-2.0 */
/* Secure messaging against the worked examples and a hostile card. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "apdu/iso7816/secure_messaging.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/vectors.h"

static const uint8_t key_bytes[CIPHER_KEY_MAX] = {
	0x01, 0x02, 0x04, 0x07, 0x08, 0x0B, 0x0D, 0x0E, 0x10, 0x13, 0x15,
	0x16, 0x19, 0x1A, 0x1C, 0x1F, 0x20, 0x23, 0x25, 0x26, 0x29, 0x2A,
	0x2C, 0x2F, 0x31, 0x32, 0x34, 0x37, 0x38, 0x3B, 0x3D, 0x3E
};

static const enum cipher_id all_ciphers[] = { CIPHER_3DES, CIPHER_AES128,
	                                      CIPHER_AES192, CIPHER_AES256 };

static void open_plain(struct secure_messaging *sm, enum cipher_id cipher)
{
	struct span key = span_first(SPAN(key_bytes), cipher_key_len(cipher));

	memset(sm, 0, sizeof(*sm));
	assert_int_equal(sm_open(sm, cipher, key, key, span_of(NULL, 0)),
	                 CCCD_OK);
}

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

/* ---- A card of our own, to answer as it likes -------------------- */

static void put(struct buf *buf, const void *at, size_t len)
{
	assert_int_equal(buf_append(buf, span_of(at, len)), CCCD_OK);
}

/* The MAC of a response under the counter that sm_unwrap() will use. */
static void sign(const struct secure_messaging *sm, struct span objects,
                 uint8_t mac[static MAC_LEN])
{
	size_t block_len = cipher_block_len(sm->cipher);
	uint8_t ssc[CIPHER_BLOCK_MAX];
	BUF body = buf_make(70000);

	memcpy(ssc, sm->ssc, block_len);
	ssc[block_len - 1]++;
	put(&body, objects.at, objects.len);
	if (sm->cipher != CIPHER_3DES)
		assert_int_equal(pad_append(&body, block_len), CCCD_OK);
	assert_int_equal(mac_compute(sm->cipher, secret_span(&sm->k_mac),
	                             span_of(ssc, block_len), buf_span(&body),
	                             mac),
	                 CCCD_OK);
}

/* Cryptogram of @plain, which the caller has padded. */
static void seal(const struct secure_messaging *sm, struct buf *plain)
{
	size_t block_len = cipher_block_len(sm->cipher);
	uint8_t ssc[CIPHER_BLOCK_MAX];
	uint8_t iv[CIPHER_BLOCK_MAX] = { 0 };

	memcpy(ssc, sm->ssc, block_len);
	ssc[block_len - 1]++;
	if (sm->cipher != CIPHER_3DES)
		assert_int_equal(
		        cipher_ecb_encrypt(sm->cipher, secret_span(&sm->k_enc),
		                           span_of(ssc, block_len), iv),
		        CCCD_OK);
	assert_int_equal(cipher_cbc_encrypt(sm->cipher, secret_span(&sm->k_enc),
	                                    iv, buf_span(plain), plain->at),
	                 CCCD_OK);
}

static void put_object(struct buf *buf, uint32_t tag, struct span value)
{
	uint8_t head[TLV_HEAD_MAX];
	struct tlv_writer writer = tlv_writer(head, sizeof(head));

	tlv_put_head(&writer, tag, value.len);
	put(buf, head, writer.len);
	put(buf, value.at, value.len);
}

static void put_cryptogram(struct buf *objects,
                           const struct secure_messaging *sm, struct span plain)
{
	BUF text = buf_make(70000);
	BUF value = buf_make(70000);

	put(&text, plain.at, plain.len);
	assert_int_equal(pad_append(&text, cipher_block_len(sm->cipher)),
	                 CCCD_OK);
	seal(sm, &text);
	put(&value, "\x01", 1);
	put(&value, text.at, text.len);
	put_object(objects, 0x87, buf_span(&value));
}

/* Objects, their MAC and a status word. */
static void finish(struct buf *objects, const struct secure_messaging *sm,
                   const char *sw)
{
	uint8_t mac[MAC_LEN];

	sign(sm, buf_span(objects), mac);
	put_object(objects, 0x8E, SPAN(mac));
	put(objects, sw, 2);
}

static enum cccd_err unwrap(const struct secure_messaging *sm,
                            struct span rapdu, bool *ret_open)
{
	struct secure_messaging copy = *sm;
	BUF plain = buf_make(70000);
	struct response response = { 0 };
	enum cccd_err err = sm_unwrap(&copy, rapdu, &plain, &response);

	*ret_open = sm_is_open(&copy);
	if (err == CCCD_OK)
		assert_int_equal(copy.proven, sm->proven + 1);
	else
		assert_int_equal(plain.len, 0);
	return err;
}

static void assert_refused(const struct secure_messaging *sm,
                           const struct buf *rapdu)
{
	bool open = true;

	assert_int_equal(unwrap(sm, buf_span(rapdu), &open),
	                 CCCD_ERR_SM_BROKEN);
	assert_false(open);
}

static void assert_taken(const struct secure_messaging *sm,
                         const struct buf *rapdu)
{
	bool open = false;

	assert_int_equal(unwrap(sm, buf_span(rapdu), &open), CCCD_OK);
	assert_true(open);
}

static void good_response(const struct secure_messaging *sm, struct buf *ret)
{
	put_cryptogram(ret, sm, span_text("twenty bytes of data"));
	put(ret, "\x99\x02\x90\x00", 4);
	finish(ret, sm, "\x90\x00");
}

/* [9303-11 9.8.3, 9.8.5] */
static void pitfall_01_sm_unwrap_refuses_every_flipped_bit(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		struct secure_messaging sm;
		BUF rapdu = buf_make(512);

		open_plain(&sm, all_ciphers[c]);
		good_response(&sm, &rapdu);
		assert_taken(&sm, &rapdu);
		for (size_t bit = 0; bit < rapdu.len * 8; bit++) {
			uint8_t mask = (uint8_t)(1U << (bit % 8));

			rapdu.at[bit / 8] ^= mask;
			assert_refused(&sm, &rapdu);
			rapdu.at[bit / 8] ^= mask;
		}
		sm_close(&sm);
	}
}

/* Every sequence of up to four of the three objects, but the right one. */
static void put_choice(struct buf *ret, const struct span parts[static 3],
                       unsigned int choice)
{
	for (; choice > 0; choice /= 4) {
		unsigned int which = choice % 4;

		if (which > 0)
			put(ret, parts[which - 1].at, parts[which - 1].len);
	}
	put(ret, "\x90\x00", 2);
}

static void refuse_arrangements(const struct secure_messaging *sm)
{
	BUF good = buf_make(512);
	struct span parts[3];
	struct tlv_reader reader;
	unsigned int accepted = 0;

	good_response(sm, &good);
	reader = tlv_open(span_first(buf_span(&good), good.len - 2));
	for (size_t i = 0; i < 3; i++) {
		struct tlv object = { 0 };

		assert_int_equal(tlv_next(&reader, &object), CCCD_OK);
		parts[i] = object.whole;
	}
	for (unsigned int choice = 0; choice < 256; choice++) {
		BUF rapdu = buf_make(512);
		bool open = false;

		put_choice(&rapdu, parts, choice);
		if (span_equal(buf_span(&rapdu), buf_span(&good))) {
			assert_taken(sm, &rapdu);
			accepted++;
			continue;
		}
		assert_int_equal(unwrap(sm, buf_span(&rapdu), &open),
		                 CCCD_ERR_SM_BROKEN);
	}
	assert_true(accepted > 0);
}

static void pitfall_01_sm_unwrap_refuses_other_arrangements(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		struct secure_messaging sm;

		open_plain(&sm, all_ciphers[c]);
		refuse_arrangements(&sm);
		sm_close(&sm);
	}
}

/* The same, but signed by a card that knows the keys. */
static void sm_unwrap_refuses_signed_nonsense(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "", 0 },                                 /* no status */
		{ "\x99\x02\x90\x00\x99\x02\x90\x00", 8 }, /* twice */
		{ "\x99\x01\x90", 3 },                     /* short */
		{ "\x99\x03\x90\x00\x00", 5 },             /* long */
		{ "\x99\x02\x62\x82", 4 },                 /* other word */
		{ "\x80\x01\x00\x99\x02\x90\x00", 7 },     /* unknown */
		{ "\x87\x00\x99\x02\x90\x00", 6 },         /* empty */
		{ "\x87\x01\x01\x99\x02\x90\x00", 7 },     /* no block */
		{ "\x87\x02\x01\x00\x99\x02\x90\x00", 8 }, /* part block */
		{ "\x85\x00\x99\x02\x90\x00", 6 },         /* empty */
		{ "\x81\x01\x00\x99\x02\x90\x00", 7 },     /* plain data */
		{ "\x87\x80\x99\x02\x90\x00", 6 },         /* indefinite */
		{ "\x99\x02\x90\x00\x87\x01\x01", 7 },     /* order */
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct secure_messaging sm;
			BUF rapdu = buf_make(512);

			open_plain(&sm, all_ciphers[c]);
			put(&rapdu, rows[i].bytes, rows[i].len);
			finish(&rapdu, &sm, "\x90\x00");
			assert_refused(&sm, &rapdu);
			sm_close(&sm);
		}
}

static void signed_cryptogram(const struct secure_messaging *sm,
                              const char *plain, size_t blocks,
                              uint8_t indicator, struct buf *ret)
{
	size_t len = blocks * cipher_block_len(sm->cipher);
	BUF text = buf_make(512);
	BUF value = buf_make(512);

	for (size_t i = 0; i < len; i++)
		put(&text, i < strlen(plain) ? &plain[i] : "\0", 1);
	seal(sm, &text);
	put(&value, &indicator, 1);
	put(&value, text.at, text.len);
	put_object(ret, 0x87, buf_span(&value));
	put(ret, "\x99\x02\x90\x00", 4);
	finish(ret, sm, "\x90\x00");
}

/* The code is the one of a wrong MAC: no oracle. */
static void pitfall_26_sm_unwrap_gives_one_code_for_bad_padding(void **state)
{
	static const struct {
		const char *plain;
		size_t blocks;
		uint8_t indicator;
		bool good;
	} rows[] = {
		{ "data\x80", 1, 0x01, true },  { "\x80", 1, 0x01, true },
		{ "data\x80", 1, 0x02, false }, { "data\x80", 2, 0x01, false },
		{ "data", 1, 0x01, false },     { "data\x81", 1, 0x01, false },
		{ "", 1, 0x01, false },
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct secure_messaging sm;
			BUF rapdu = buf_make(512);

			open_plain(&sm, all_ciphers[c]);
			signed_cryptogram(&sm, rows[i].plain, rows[i].blocks,
			                  rows[i].indicator, &rapdu);
			if (rows[i].good)
				assert_taken(&sm, &rapdu);
			else
				assert_refused(&sm, &rapdu);
			sm_close(&sm);
		}
}

/* The MAC covers the bytes as they came, long length forms included. */
static void sm_unwrap_takes_lengths_longer_than_needed(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		struct secure_messaging sm;
		BUF rapdu = buf_make(512);
		BUF inner = buf_make(512);
		struct tlv_reader reader;
		struct span value = { 0 };

		open_plain(&sm, all_ciphers[c]);
		put_cryptogram(&inner, &sm, span_text("data"));
		reader = tlv_open(buf_span(&inner));
		assert_int_equal(tlv_expect(&reader, 0x87, &value), CCCD_OK);
		put(&rapdu, "\x87\x82\x00", 3);
		put(&rapdu, &(uint8_t){ (uint8_t)value.len }, 1);
		put(&rapdu, value.at, value.len);
		put(&rapdu, "\x99\x81\x02\x90\x00", 5);
		finish(&rapdu, &sm, "\x90\x00");
		assert_taken(&sm, &rapdu);
		sm_close(&sm);
	}
}

static void pitfall_24_sm_unwrap_closes_on_a_naked_status(void **state)
{
	static const char *const words[] = { "\x67\x00", "\x69\x88", "\x69\x82",
		                             "\x90\x00" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct secure_messaging sm;
		BUF rapdu = buf_make(8);

		open_plain(&sm, CIPHER_AES128);
		put(&rapdu, words[i], 2);
		assert_refused(&sm, &rapdu);
		rapdu.len = 1;
		assert_refused(&sm, &rapdu);
		rapdu.len = 0;
		assert_refused(&sm, &rapdu);
		sm_close(&sm);
	}
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

static void sm_unwrap_takes_the_longest_response(void **state)
{
	static uint8_t data[65500];

	(void)state;
	memset(data, 0xA5, sizeof(data));
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		struct secure_messaging sm;
		struct response response = { 0 };
		BUF rapdu = buf_make(70000);
		BUF plain = buf_make(70000);

		open_plain(&sm, all_ciphers[c]);
		put_cryptogram(&rapdu, &sm, SPAN(data));
		put(&rapdu, "\x99\x02\x90\x00", 4);
		finish(&rapdu, &sm, "\x90\x00");
		assert_int_equal(
		        sm_unwrap(&sm, buf_span(&rapdu), &plain, &response),
		        CCCD_OK);
		assert_true(span_equal(response.data, SPAN(data)));
		sm_close(&sm);
	}
}

/* A response of the full short Le must fit 256 bytes of data. */
static void sm_short_le_is_the_largest_that_fits(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(all_ciphers); c++) {
		uint8_t data[256] = { 0 };
		struct secure_messaging sm;
		size_t le = 0;

		open_plain(&sm, all_ciphers[c]);
		le = sm_short_le(&sm);
		for (size_t extra = 0; extra < 2; extra++) {
			BUF rapdu = buf_make(512);

			put_cryptogram(&rapdu, &sm, span_of(data, le + extra));
			put(&rapdu, "\x99\x02\x90\x00", 4);
			finish(&rapdu, &sm, "\x90\x00");
			assert_int_equal(rapdu.len <= 258, extra == 0);
		}
		sm_close(&sm);
	}
}

static void sm_open_refuses_wrong_lengths(void **state)
{
	struct secure_messaging sm = { 0 };
	struct span key = span_first(SPAN(key_bytes), 16);
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
		cmocka_unit_test(
		        pitfall_01_sm_unwrap_refuses_every_flipped_bit),
		cmocka_unit_test(
		        pitfall_01_sm_unwrap_refuses_other_arrangements),
		cmocka_unit_test(sm_unwrap_refuses_signed_nonsense),
		cmocka_unit_test(
		        pitfall_26_sm_unwrap_gives_one_code_for_bad_padding),
		cmocka_unit_test(sm_unwrap_takes_lengths_longer_than_needed),
		cmocka_unit_test(pitfall_24_sm_unwrap_closes_on_a_naked_status),
		cmocka_unit_test(pitfall_24_sm_wrap_refuses_a_spent_counter),
		cmocka_unit_test(sm_wrap_writes_le_in_one_or_two_bytes),
		cmocka_unit_test(sm_wrap_protects_the_longest_command),
		cmocka_unit_test(sm_unwrap_takes_the_longest_response),
		cmocka_unit_test(sm_short_le_is_the_largest_that_fits),
		cmocka_unit_test(sm_open_refuses_wrong_lengths),
		cmocka_unit_test(sm_close_leaves_no_key_behind),
	};

	return cmocka_run_group_tests_name("secure_messaging", tests, NULL,
	                                   NULL);
}
