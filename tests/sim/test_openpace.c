/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated chip against OpenPACE in the terminal's role: PACE with the
 * generic mapping, a protected command, and the key agreement of chip
 * authentication. Nobody here wrote the other side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include <eac/ca.h>
#include <eac/eac.h>
#include <eac/objects.h>
#include <eac/pace.h>

#include "tests/sim/chip.h"

enum { PROFILE_MAX = 1024, CAN_LEN = 6 };

static struct sim_card *load(const char *profile)
{
	struct cccd_error error = { .code = CCCD_OK };
	struct sim_card *card = NULL;

	if (sim_card_load(profile, &error, &card) != CCCD_OK)
		_fail(error.text, 0);
	sim_card_power(card, true);
	return card;
}

/* The data of a response that must end in 9000. */
static void exchange(struct sim_card *card, struct sim_der *body,
                     const uint8_t header[static 4], struct buf *ret)
{
	BUF command = buf_make(4096);
	struct sim_outcome outcome;
	uint8_t lc[3] = { 0, (uint8_t)(body->out.len >> 8),
		          (uint8_t)body->out.len };
	static const uint8_t le[2] = { 0, 0 };

	assert_int_equal(body->err, CCCD_OK);
	assert_int_equal(buf_append(&command, span_of(header, 4)), CCCD_OK);
	/* Extended length throughout: the keys of DH need it. */
	assert_int_equal(buf_append(&command, SPAN(lc)), CCCD_OK);
	assert_int_equal(buf_append(&command, buf_span(&body->out)), CCCD_OK);
	assert_int_equal(buf_append(&command, SPAN(le)), CCCD_OK);
	assert_int_equal(
	        sim_card_exchange(card, buf_span(&command), ret, &outcome),
	        CCCD_OK);
	assert_true(ret->len >= 2);
	assert_int_equal(ret->at[ret->len - 2], 0x90);
	assert_int_equal(ret->at[ret->len - 1], 0x00);
	ret->len -= 2;
}

static void mse_set_at(struct sim_card *card, const char *protocol)
{
	static const uint8_t header[] = { 0x00, 0x22, 0xC1, 0xA4 };
	static const uint8_t can = SIM_CAN;
	struct sim_oid oid;
	enum sim_mapping mapping;
	enum sim_cipher cipher;
	SIM_DER body = sim_der_make();
	BUF answer = buf_make(SIM_RESPONSE_MAX);

	assert_true(chip_pace_protocol(protocol, &oid, &mapping, &cipher));
	sim_der_put(&body, 0x80, span_of(oid.bytes, oid.len));
	sim_der_put(&body, 0x83, span_of(&can, 1));
	exchange(card, &body, header, &answer);
}

/* One GENERAL AUTHENTICATE: an object out, the object that answers in. */
static BUF_MEM *step(struct sim_card *card, uint32_t tag, BUF_MEM *value,
                     uint32_t answer_tag)
{
	const uint8_t header[] = { answer_tag == 0x86 ? 0x00 : 0x10, 0x86, 0,
		                   0 };
	SIM_DER body = sim_der_make();
	size_t mark = sim_der_open(&body, 0x7C);
	BUF answer = buf_make(SIM_RESPONSE_MAX);
	struct span inner;
	struct span found;
	BUF_MEM *ret;

	if (value != NULL)
		sim_der_put(&body, tag, span_of(value->data, value->length));
	sim_der_close(&body, mark);
	exchange(card, &body, header, &answer);
	assert_true(sim_der_find(buf_span(&answer), 0x7C, &inner));
	assert_true(sim_der_find(inner, answer_tag, &found));
	ret = BUF_MEM_new();
	assert_non_null(ret);
	assert_int_equal(BUF_MEM_grow(ret, found.len), found.len);
	memcpy(ret->data, found.at, found.len);
	return ret;
}

static void mutual_authentication(EAC_CTX *ctx, struct sim_card *card,
                                  const BUF_MEM *their_key)
{
	BUF_MEM *token;
	BUF_MEM *their_token;

	assert_true(PACE_STEP3C_derive_keys(ctx));
	token = PACE_STEP3D_compute_authentication_token(ctx, their_key);
	their_token = step(card, 0x85, token, 0x86);
	assert_int_equal(
	        PACE_STEP3D_verify_authentication_token(ctx, their_token), 1);
	BUF_MEM_free(their_token);
	BUF_MEM_free(token);
}

/* OpenPACE drops leading zeros of a DH secret, where PKCS #3 wants its full
 * length: false when that happened, in one of about 200 runs. */
static bool run_pace(EAC_CTX *ctx, struct sim_card *card, const char *can)
{
	size_t len = card->state.pace.group.field_len;
	bool whole;

	PACE_SEC *secret = PACE_SEC_new(can, CAN_LEN, PACE_CAN);
	BUF_MEM *nonce = step(card, 0, NULL, 0x80);
	BUF_MEM *mapping;
	BUF_MEM *theirs;
	BUF_MEM *key;
	BUF_MEM *their_key;

	assert_true(PACE_STEP2_dec_nonce(ctx, secret, nonce));
	mapping = PACE_STEP3A_generate_mapping_data(ctx);
	theirs = step(card, 0x81, mapping, 0x82);
	assert_true(PACE_STEP3A_map_generator(ctx, theirs));
	key = PACE_STEP3B_generate_ephemeral_key(ctx);
	their_key = step(card, 0x83, key, 0x84);
	assert_true(PACE_STEP3B_compute_shared_secret(ctx, their_key));
	whole = ctx->pace_ctx->ka_ctx->shared_secret->length == len;
	if (whole)
		mutual_authentication(ctx, card, their_key);
	BUF_MEM_free(their_key);
	BUF_MEM_free(key);
	BUF_MEM_free(theirs);
	BUF_MEM_free(mapping);
	BUF_MEM_free(nonce);
	PACE_SEC_clear_free(secret);
	return whole;
}

static BUF_MEM *copy(struct span bytes)
{
	BUF_MEM *ret = BUF_MEM_new();

	assert_non_null(ret);
	assert_int_equal(BUF_MEM_grow(ret, bytes.len), bytes.len);
	memcpy(ret->data, bytes.at, bytes.len);
	return ret;
}

static BUF_MEM *padded(const EAC_CTX *ctx, struct span bytes)
{
	BUF_MEM *plain = copy(bytes);
	BUF_MEM *ret = EAC_add_iso_pad(ctx, plain);

	BUF_MEM_free(plain);
	assert_non_null(ret);
	return ret;
}

static void put_mac(const EAC_CTX *ctx, struct span input, struct sim_der *body)
{
	BUF_MEM *data = padded(ctx, input);
	BUF_MEM *mac = EAC_authenticate(ctx, data);

	assert_non_null(mac);
	sim_der_put(body, 0x8E, span_of(mac->data, mac->length));
	BUF_MEM_free(mac);
	BUF_MEM_free(data);
}

/* SELECT of the application under secure messaging, wrapped by OpenPACE,
 * and its answer checked by it. */
static void select_protected(const EAC_CTX *ctx, struct sim_card *card)
{
	static const uint8_t header[] = { 0x0C, 0xA4, 0x04, 0x0C };
	static const uint8_t aid[] = { 0xA0, 0, 0, 2, 0x47, 0x10, 1 };
	BUF_MEM *plain = padded(ctx, SPAN(aid));
	BUF_MEM *sealed;
	BUF_MEM *head = padded(ctx, SPAN(header));
	BUF_MEM *input;
	BUF_MEM *mac;
	SIM_DER body = sim_der_make();
	SIM_DER mac_input = sim_der_make();
	BUF answer = buf_make(SIM_RESPONSE_MAX);
	struct span do99;
	size_t mark;

	assert_true(EAC_increment_ssc(ctx));
	sealed = EAC_encrypt(ctx, plain);
	assert_non_null(sealed);
	mark = sim_der_open(&body, 0x87);
	sim_der_raw(&body, span_of("\x01", 1));
	sim_der_raw(&body, span_of(sealed->data, sealed->length));
	sim_der_close(&body, mark);
	sim_der_raw(&mac_input, span_of(head->data, head->length));
	sim_der_raw(&mac_input, buf_span(&body.out));
	put_mac(ctx, buf_span(&mac_input.out), &body);
	exchange(card, &body, header, &answer);
	assert_int_equal(answer.len, 14);
	assert_true(EAC_increment_ssc(ctx));
	do99 = span_first(buf_span(&answer), 4);
	input = padded(ctx, do99);
	mac = copy(span_of(answer.at + 6, SIM_MAC_LEN));
	assert_int_equal(EAC_verify_authentication(ctx, input, mac), 1);
	BUF_MEM_free(mac);
	BUF_MEM_free(input);
	BUF_MEM_free(head);
	BUF_MEM_free(sealed);
	BUF_MEM_free(plain);
}

/* struct pairing - a protocol by our name and by theirs. */
struct pairing {
	const char *protocol;
	int nid;
};

static bool try_pace(const struct pairing *pairing, unsigned int domain)
{
	bool whole;
	EAC_CTX *ctx = EAC_CTX_new();
	char profile[PROFILE_MAX];
	struct sim_card *card;

	assert_non_null(ctx);
	(void)snprintf(profile, sizeof(profile),
	               "{\"extends\":\"cccd-2021\",\"seed\":\"openpace %u\","
	               "\"access\":{\"pace\":[{\"protocol\":\"%s\","
	               "\"domain\":%u}]}}",
	               domain, pairing->protocol, domain);
	card = load(profile);
	ctx->tr_version = EAC_TR_VERSION_2_02;
	assert_true(EAC_CTX_init_pace(ctx, pairing->nid, (int)domain));
	mse_set_at(card, pairing->protocol);
	whole = run_pace(ctx, card, sim_card_secret(card, "can"));
	if (whole) {
		assert_true(EAC_CTX_set_encryption_ctx(ctx, EAC_ID_PACE));
		select_protected(ctx, card);
	}
	sim_card_free(card);
	EAC_CTX_clear_free(ctx);
	return whole;
}

static void check_pace(const struct pairing *pairing, unsigned int domain)
{
	for (int i = 0; i < 5; i++) {
		if (try_pace(pairing, domain))
			return;
	}
	assert_true(false);
}

/* [9303-11 4.4, 9.8] */
static void pace_agrees_with_openpace_on_every_curve(void **state)
{
	const struct pairing pairings[] = {
		{ "ecdh-gm-3des", NID_id_PACE_ECDH_GM_3DES_CBC_CBC },
		{ "ecdh-gm-aes-128", NID_id_PACE_ECDH_GM_AES_CBC_CMAC_128 },
		{ "ecdh-gm-aes-192", NID_id_PACE_ECDH_GM_AES_CBC_CMAC_192 },
		{ "ecdh-gm-aes-256", NID_id_PACE_ECDH_GM_AES_CBC_CMAC_256 },
	};

	(void)state;
	for (unsigned int domain = 8; domain <= 18; domain++) {
		for (size_t i = 0; i < ARRAY_LEN(pairings); i++)
			check_pace(&pairings[i], domain);
	}
}

static void pace_agrees_with_openpace_on_every_group(void **state)
{
	const struct pairing pairings[] = {
		{ "dh-gm-3des", NID_id_PACE_DH_GM_3DES_CBC_CBC },
		{ "dh-gm-aes-128", NID_id_PACE_DH_GM_AES_CBC_CMAC_128 },
		{ "dh-gm-aes-192", NID_id_PACE_DH_GM_AES_CBC_CMAC_192 },
		{ "dh-gm-aes-256", NID_id_PACE_DH_GM_AES_CBC_CMAC_256 },
	};

	(void)state;
	for (unsigned int domain = 0; domain <= 2; domain++) {
		for (size_t i = 0; i < ARRAY_LEN(pairings); i++)
			check_pace(&pairings[i], domain);
	}
}

/* OpenPACE's half of the key agreement. */
static BUF_MEM *openpace_secret(EAC_CTX *ctx, const struct sim_card *card)
{
	BUF chip_key = buf_make(512);
	KA_CTX *ka = ctx->ca_ctx->ka_ctx;
	BUF_MEM *other;
	BUF_MEM *ret;

	assert_int_equal(sim_group_encode(&card->ca[0].group,
	                                  &card->ca[0].public_key, &chip_key),
	                 CCCD_OK);
	other = copy(buf_span(&chip_key));
	ret = ka->compute_key(ka->key, other, ctx->bn_ctx);
	assert_non_null(ret);
	BUF_MEM_free(other);
	return ret;
}

/* The chip's half, with OpenPACE's ephemeral key. */
static void agree_with_chip(EAC_CTX *ctx, struct sim_card *card,
                            enum sim_cipher cipher)
{
	struct chip_command cmd = { .ins = 0x86, .secured = true };
	KA_CTX *ka = ctx->ca_ctx->ka_ctx;
	BUF_MEM *own = ka->generate_key(ka->key, ctx->bn_ctx);
	SIM_DER data = sim_der_make();
	BUF answer = buf_make(SIM_RESPONSE_MAX);
	size_t mark = sim_der_open(&data, 0x7C);

	assert_non_null(own);
	sim_der_put(&data, 0x80, span_of(own->data, own->length));
	sim_der_close(&data, mark);
	cmd.data = buf_span(&data.out);
	card->state.session.open = true;
	card->state.ca_key = 0;
	card->state.ca_cipher = cipher;
	assert_int_equal(chip_ca_agree(card, &cmd, &answer), SW_OK);
	BUF_MEM_free(own);
}

/* The chip's keys must follow from OpenPACE's secret, unless that lost a
 * leading zero: then false. [9303-11 6.2.1] */
static bool try_ca(const struct pairing *pairing, unsigned int domain,
                   enum sim_cipher cipher)
{
	EAC_CTX *ctx = EAC_CTX_new();
	char profile[PROFILE_MAX];
	struct sim_card *card;
	struct chip_keys keys = { .cipher = cipher };
	BUF_MEM *shared;
	bool whole;

	assert_non_null(ctx);
	(void)snprintf(profile, sizeof(profile),
	               "{\"extends\":\"cccd-2021\",\"chip_auth\":{\"keys\":[{"
	               "\"protocol\":\"%s\",\"domain\":%u}]}}",
	               pairing->protocol, domain);
	card = load(profile);
	ctx->tr_version = EAC_TR_VERSION_2_02;
	assert_true(EAC_CTX_init_ca(ctx, pairing->nid, (int)domain));
	agree_with_chip(ctx, card, cipher);
	shared = openpace_secret(ctx, card);
	whole = shared->length == card->ca[0].group.field_len;
	if (whole) {
		assert_int_equal(
		        chip_session_keys(cipher,
		                          span_of(shared->data, shared->length),
		                          &keys),
		        CCCD_OK);
		assert_memory_equal(keys.enc, card->state.next.keys.enc,
		                    SIM_KEY_MAX);
		assert_memory_equal(keys.mac, card->state.next.keys.mac,
		                    SIM_KEY_MAX);
	}
	BUF_MEM_free(shared);
	sim_card_free(card);
	EAC_CTX_clear_free(ctx);
	return whole;
}

static void check_ca(const struct pairing *pairing, unsigned int domain,
                     enum sim_cipher cipher)
{
	for (int i = 0; i < 5; i++) {
		if (try_ca(pairing, domain, cipher))
			return;
	}
	assert_true(false);
}

static void chip_auth_agrees_with_openpace(void **state)
{
	const struct pairing ecdh = { "ecdh-aes-128",
		                      NID_id_CA_ECDH_AES_CBC_CMAC_128 };
	const struct pairing dh = { "dh-aes-256",
		                    NID_id_CA_DH_AES_CBC_CMAC_256 };

	(void)state;
	for (unsigned int domain = 8; domain <= 18; domain++)
		check_ca(&ecdh, domain, SIM_AES128);
	for (unsigned int domain = 0; domain <= 2; domain++)
		check_ca(&dh, domain, SIM_AES256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pace_agrees_with_openpace_on_every_curve),
		cmocka_unit_test(pace_agrees_with_openpace_on_every_group),
		cmocka_unit_test(chip_auth_agrees_with_openpace),
	};

	EAC_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
