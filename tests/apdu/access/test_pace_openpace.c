/* SPDX-License-Identifier: Apache-2.0 */
/* Our terminal against a chip made of OpenPACE, which nobody here wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <eac/ca.h>
#include <eac/eac.h>
#include <eac/objects.h>
#include <eac/pace.h>

#include <cmocka.h>
#undef fail

#include "apdu/access/pace.h"
#include "apdu/crypto/kdf.h"
#include "apdu/lds/security_info.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/card_rig.h"

/* OpenPACE's chip and what it was asked. */
struct oracle {
	EAC_CTX *ctx;
	PACE_SEC *secret;
	BUF_MEM *theirs;
	bool accepted;
	size_t sent;
};

static enum cccd_err status(struct buf *response, uint16_t sw)
{
	const uint8_t bytes[] = { (uint8_t)(sw >> 8), (uint8_t)sw };

	return buf_append(response, SPAN(bytes));
}

static enum cccd_err answer(struct buf *response, uint32_t tag, BUF_MEM *value)
{
	uint8_t bytes[DOMAIN_ELEMENT_MAX + 32];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	size_t mark = tlv_begin(&writer, 0x7C);
	struct span written = { 0 };

	assert_non_null(value);
	tlv_put(&writer, tag, span_of(value->data, value->length));
	tlv_finish(&writer, mark);
	assert_int_equal(tlv_written(&writer, &written), CCCD_OK);
	assert_int_equal(buf_append(response, written), CCCD_OK);
	BUF_MEM_free(value);
	return status(response, 0x9000);
}

static BUF_MEM *memory(struct span bytes)
{
	BUF_MEM *mem = BUF_MEM_new();

	assert_non_null(mem);
	assert_int_equal(BUF_MEM_grow(mem, bytes.len), bytes.len);
	memcpy(mem->data, bytes.at, bytes.len);
	return mem;
}

static enum cccd_err map(struct oracle *oracle, struct span value,
                         struct buf *response)
{
	BUF_MEM *own = PACE_STEP3A_generate_mapping_data(oracle->ctx);
	BUF_MEM *in = memory(value);

	assert_int_equal(PACE_STEP3A_map_generator(oracle->ctx, in), 1);
	BUF_MEM_free(in);
	return answer(response, 0x82, own);
}

static enum cccd_err agree(struct oracle *oracle, struct span value,
                           struct buf *response)
{
	BUF_MEM *own = PACE_STEP3B_generate_ephemeral_key(oracle->ctx);

	oracle->theirs = memory(value);
	assert_int_equal(
	        PACE_STEP3B_compute_shared_secret(oracle->ctx, oracle->theirs),
	        1);
	return answer(response, 0x84, own);
}

static enum cccd_err authenticate(struct oracle *oracle, struct span value,
                                  struct buf *response)
{
	BUF_MEM *token = memory(value);
	BUF_MEM *own = NULL;

	assert_int_equal(PACE_STEP3C_derive_keys(oracle->ctx), 1);
	own = PACE_STEP3D_compute_authentication_token(oracle->ctx,
	                                               oracle->theirs);
	oracle->accepted = PACE_STEP3D_verify_authentication_token(oracle->ctx,
	                                                           token) == 1;
	BUF_MEM_free(token);
	if (!oracle->accepted) {
		BUF_MEM_free(own);
		return status(response, 0x6300);
	}
	return answer(response, 0x86, own);
}

static struct span data_of(struct span command)
{
	struct span rest = span_after(command, 4);
	size_t len = rest.len > 0 ? rest.at[0] : 0;

	if (rest.len == 0)
		return rest;
	if (len == 0 && rest.len > 3) {
		len = (size_t)rest.at[1] << 8 | rest.at[2];
		return span_of(rest.at + 3, len);
	}
	return span_of(rest.at + 1, len);
}

static enum cccd_err oracle_answer(void *context, struct span command,
                                   struct buf *response)
{
	struct oracle *oracle = context;
	struct span inner = { 0 };
	struct tlv_reader reader = { 0 };
	struct tlv object = { 0 };

	oracle->sent++;
	if (command.at[1] == 0x22)
		return status(response, 0x9000);
	assert_int_equal(tlv_only(data_of(command), 0x7C, &inner), CCCD_OK);
	reader = tlv_open(inner);
	if (tlv_at_end(&reader))
		return answer(
		        response, 0x80,
		        PACE_STEP1_enc_nonce(oracle->ctx, oracle->secret));
	assert_int_equal(tlv_next(&reader, &object), CCCD_OK);
	if (object.tag == 0x81)
		return map(oracle, object.value, response);
	if (object.tag == 0x83)
		return agree(oracle, object.value, response);
	return authenticate(oracle, object.value, response);
}

struct session {
	uint8_t oid[10];
	struct cccd_pace_info info;
	struct password password;
	struct pace_result result;
	struct oracle oracle;
	struct card_rig rig;
};

static int pace_nid(uint8_t agreement, uint8_t cipher)
{
	const int dh[] = { NID_id_PACE_DH_GM_3DES_CBC_CBC,
		           NID_id_PACE_DH_GM_AES_CBC_CMAC_128,
		           NID_id_PACE_DH_GM_AES_CBC_CMAC_192,
		           NID_id_PACE_DH_GM_AES_CBC_CMAC_256 };
	const int ecdh[] = { NID_id_PACE_ECDH_GM_3DES_CBC_CBC,
		             NID_id_PACE_ECDH_GM_AES_CBC_CMAC_128,
		             NID_id_PACE_ECDH_GM_AES_CBC_CMAC_192,
		             NID_id_PACE_ECDH_GM_AES_CBC_CMAC_256 };

	return agreement == 1 ? dh[cipher - 1] : ecdh[cipher - 1];
}

static void prepare(struct session *s, unsigned int id, uint8_t cipher)
{
	static const uint8_t stem[] = { 0x04, 0x00, 0x7F, 0x00, 0x07,
		                        0x02, 0x02, 0x04, 0x00, 0x00 };

	memset(s, 0, sizeof(*s));
	memcpy(s->oid, stem, sizeof(stem));
	s->oid[8] = id <= 2 ? 1 : 2;
	s->oid[9] = cipher;
	assert_true(pace_protocol(SPAN(s->oid), &s->info));
	s->info.version = 2;
	s->info.parameter_id = id;
	s->info.has_parameter_id = true;
	assert_int_equal(
	        password_set(PASSWORD_CAN, span_text("123456"), &s->password),
	        CCCD_OK);
	s->oracle.ctx = EAC_CTX_new();
	assert_non_null(s->oracle.ctx);
	s->oracle.ctx->tr_version = EAC_TR_VERSION_2_02;
	assert_int_equal(EAC_CTX_init_pace(s->oracle.ctx,
	                                   pace_nid(s->oid[8], cipher),
	                                   (int)id),
	                 1);
	card_rig_init(&s->rig);
	s->rig.script.answer = oracle_answer;
	s->rig.script.context = &s->oracle;
	card_rig_open(&s->rig, &random_system);
	s->rig.card.extended = true;
}

static void finish(struct session *s)
{
	card_rig_close(&s->rig);
	PACE_SEC_clear_free(s->oracle.secret);
	BUF_MEM_free(s->oracle.theirs);
	EAC_CTX_clear_free(s->oracle.ctx);
}

static void assert_key(const struct secret *key, const BUF_MEM *want)
{
	assert_int_equal(key->len, want->length);
	assert_memory_equal(key->bytes, want->data, key->len);
}

/* [9303-11 9.7.1.1] OpenPACE leaves the parity bits of 3DES as they are. */
static void assert_session_key(const struct secret *key, const BUF_MEM *want,
                               uint8_t cipher)
{
	const unsigned int mask = cipher == 1 ? 0xFE : 0xFF;

	assert_int_equal(key->len, want->length);
	for (size_t i = 0; i < key->len; i++)
		assert_int_equal(key->bytes[i] & mask,
		                 (uint8_t)want->data[i] & mask);
}

/*
 * OpenPACE forgets the leading zeros of a DH secret, which PKCS#3 keeps:
 * such a run (1 in 256) says nothing and is repeated.
 */
static bool unpadded(const struct session *s)
{
	const BUF_MEM *shared = s->oracle.ctx->pace_ctx->ka_ctx->shared_secret;

	return s->oid[8] == 1 && shared != NULL && shared->length % 128 != 0;
}

static bool open_session(unsigned int id, uint8_t cipher)
{
	static struct session s;
	const KA_CTX *keys = NULL;
	enum cccd_err err = CCCD_OK;
	bool repeat = false;

	prepare(&s, id, cipher);
	s.oracle.secret = PACE_SEC_new("123456", 6, PACE_CAN);
	err = pace_run(&s.rig.card, &s.info, NULL, &s.password, &s.result);
	repeat = unpadded(&s);
	if (!repeat) {
		assert_int_equal(err, CCCD_OK);
		assert_true(s.oracle.accepted);
		keys = s.oracle.ctx->pace_ctx->ka_ctx;
		assert_session_key(&s.rig.card.sm.k_enc, keys->k_enc, cipher);
		assert_session_key(&s.rig.card.sm.k_mac, keys->k_mac, cipher);
	}
	finish(&s);
	return !repeat;
}

/* [9303-11 4.4] every standardized group with every cipher */
static void pace_run_opens_an_openpace_chip(void **state)
{
	(void)state;
	for (unsigned int id = 0; id <= 18; id++) {
		if (id > 2 && id < 8)
			continue;
		for (uint8_t cipher = 1; cipher <= 4; cipher++)
			while (!open_session(id, cipher))
				;
	}
}

static void pitfall_25_openpace_chip_refuses_a_wrong_can(void **state)
{
	static struct session s;

	(void)state;
	prepare(&s, 13, 2);
	s.oracle.secret = PACE_SEC_new("123457", 6, PACE_CAN);
	assert_int_equal(
	        pace_run(&s.rig.card, &s.info, NULL, &s.password, &s.result),
	        CCCD_ERR_CARD_PASSWORD);
	assert_false(s.oracle.accepted);
	assert_int_equal(s.oracle.sent, 5);
	finish(&s);
}

/* ---- Chip authentication: OpenPACE holds the static key ------------- */

static int ca_nid(unsigned int id)
{
	return id <= 2 ? NID_id_CA_DH_AES_CBC_CMAC_128
	               : NID_id_CA_ECDH_AES_CBC_CMAC_128;
}

/*
 * The shared secret is what both versions of chip authentication have in
 * common; OpenPACE derives the keys of version 2 from it.
 */
static bool agree_statically(unsigned int id)
{
	CLEANUP(domain_cleanup) struct domain *domain = NULL;
	EAC_CTX *ctx = EAC_CTX_new();
	struct key_pair chip = { .public_value = { .len = 0 } };
	struct key_pair own = { .public_value = { .len = 0 } };
	SECRET shared = { .len = 0 };
	BUF_MEM *ours = NULL;
	const BUF_MEM *theirs = NULL;
	bool padded = false;

	assert_int_equal(domain_from_id(id, &domain), CCCD_OK);
	assert_int_equal(key_generate(domain, &random_system, &chip), CCCD_OK);
	assert_int_equal(key_generate(domain, &random_system, &own), CCCD_OK);
	ctx->tr_version = EAC_TR_VERSION_2_02;
	assert_int_equal(EAC_CTX_init_ca(ctx, ca_nid(id), (int)id), 1);
	assert_int_equal(
	        CA_set_key(ctx, chip.private_key.bytes, chip.private_key.len,
	                   chip.public_value.bytes, chip.public_value.len),
	        1);
	ours = memory(public_value_span(&own.public_value));
	assert_int_equal(CA_STEP4_compute_shared_secret(ctx, ours), 1);
	assert_int_equal(key_agree(domain, &own,
	                           public_value_span(&chip.public_value),
	                           &shared),
	                 CCCD_OK);
	theirs = ctx->ca_ctx->ka_ctx->shared_secret;
	padded = theirs->length == shared.len;
	if (padded)
		assert_key(&shared, theirs);
	BUF_MEM_free(ours);
	EAC_CTX_clear_free(ctx);
	return padded;
}

/* [9303-11 6.2.1] */
static void key_agree_equals_openpace_chip_authentication(void **state)
{
	(void)state;
	for (unsigned int id = 0; id <= 18; id++)
		if (id <= 2 || id >= 8)
			while (!agree_statically(id))
				;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pace_run_opens_an_openpace_chip),
		cmocka_unit_test(pitfall_25_openpace_chip_refuses_a_wrong_can),
		cmocka_unit_test(key_agree_equals_openpace_chip_authentication),
	};
	int failed = 0;

	EAC_init();
	failed = cmocka_run_group_tests_name("openpace", tests, NULL, NULL);
	EAC_cleanup();
	return failed;
}
