/* SPDX-License-Identifier: Apache-2.0 */
/* PACE against a chip that answers: every group, and every trick. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#undef fail

#include "apdu/access/pace.h"
#include "apdu/lds/security_info.h"
#include "tests/apdu/access/pace_chip.h"
#include "tests/support/card_rig.h"
#include "tests/support/vectors.h"

/* id-PACE with its last two arcs open [9303-11 9.2.3]. */
static const uint8_t oid_stem[] = { 0x04, 0x00, 0x7F, 0x00, 0x07,
	                            0x02, 0x02, 0x04, 0x00, 0x00 };

enum {
	ARC_DH_GM = 1,
	ARC_ECDH_GM = 2,
	ARC_DH_IM = 3,
	ARC_ECDH_IM = 4,
};

/* One session with a chip. */
struct session {
	uint8_t oid[sizeof(oid_stem)];
	struct cccd_pace_info info;
	struct password password;
	struct pace_result result;
	struct pace_chip chip;
	struct card_rig rig;
};

static void prepare(struct session *s, uint8_t agreement, uint8_t cipher,
                    unsigned int parameter_id)
{
	memset(s, 0, sizeof(*s));
	memcpy(s->oid, oid_stem, sizeof(oid_stem));
	s->oid[8] = agreement;
	s->oid[9] = cipher;
	assert_true(pace_protocol(SPAN(s->oid), &s->info));
	s->info.version = 2;
	s->info.parameter_id = parameter_id;
	s->info.has_parameter_id = true;
	assert_int_equal(
	        password_set(PASSWORD_CAN, span_text("123456"), &s->password),
	        CCCD_OK);
	s->chip.oid = SPAN(s->oid);
	s->chip.mapping = s->info.mapping;
	s->chip.cipher = (enum cipher_id)cipher;
	s->chip.parameter_id = parameter_id;
	assert_int_equal(
	        password_key(&s->password, s->chip.cipher, &s->chip.k_pi),
	        CCCD_OK);
	card_rig_init(&s->rig);
	s->rig.script.answer = pace_chip_answer;
	s->rig.script.context = &s->chip;
}

static enum cccd_err run(struct session *s)
{
	card_rig_open(&s->rig, &random_system);
	/* [9303-11 9.3.1] a key of 2048 bits does not fit a short APDU. */
	s->rig.card.extended = true;
	return pace_run(&s->rig.card, &s->info, NULL, &s->password, &s->result);
}

static void finish(struct session *s)
{
	card_rig_close(&s->rig);
	pace_chip_release(&s->chip);
	password_wipe(&s->password);
}

static void assert_same_keys(const struct session *s)
{
	const struct secure_messaging *sm = &s->rig.card.sm;

	assert_true(sm_is_open(sm));
	assert_true(span_equal(secret_span(&sm->k_enc),
	                       secret_span(&s->chip.k_enc)));
	assert_true(span_equal(secret_span(&sm->k_mac),
	                       secret_span(&s->chip.k_mac)));
}

static void honest_session(uint8_t agreement, uint8_t cipher,
                           unsigned int parameter_id)
{
	static struct session s;

	prepare(&s, agreement, cipher, parameter_id);
	assert_int_equal(run(&s), CCCD_OK);
	assert_same_keys(&s);
	assert_int_equal(s.chip.sent, 5);
	finish(&s);
}

/* [9303-11 tables 2, 3, 12] every mapping, group and cipher. */
static void pace_run_opens_every_curve(void **state)
{
	static const unsigned int ids[] = { 8,  9,  10, 11, 12, 13,
		                            14, 15, 16, 17, 18 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		for (uint8_t cipher = 1; cipher <= 4; cipher++) {
			honest_session(ARC_ECDH_GM, cipher, ids[i]);
			if (ids[i] != 10)
				honest_session(ARC_ECDH_IM, cipher, ids[i]);
		}
}

static void pace_run_opens_every_dh_group(void **state)
{
	(void)state;
	for (unsigned int id = 0; id <= 2; id++)
		for (uint8_t cipher = 1; cipher <= 4; cipher++) {
			honest_session(ARC_DH_GM, cipher, id);
			honest_session(ARC_DH_IM, cipher, id);
		}
}

/* [9303-11 table 12] P-224 cannot be used with it: p = 1 mod 4. */
static void pace_run_refuses_integrated_mapping_on_p224(void **state)
{
	static struct session s;

	(void)state;
	prepare(&s, ARC_ECDH_IM, 2, 10);
	assert_int_equal(run(&s), CCCD_ERR_CRYPTO_UNSUPPORTED);
	assert_int_equal(s.chip.sent, 0);
	finish(&s);
}

static void pitfall_25_pace_run_sends_nothing_after_a_wrong_can(void **state)
{
	static struct session s;

	(void)state;
	prepare(&s, ARC_ECDH_GM, 2, 13);
	s.chip.k_pi.bytes[0] ^= 1;
	assert_int_equal(run(&s), CCCD_ERR_CARD_PASSWORD);
	assert_int_equal(s.rig.error.status_word, 0x6300);
	assert_int_equal(s.chip.sent, 5);
	assert_false(sm_is_open(&s.rig.card.sm));
	finish(&s);
}

static void trick(uint8_t agreement, unsigned int id, enum pace_chip_mode mode,
                  enum cccd_err want, size_t sent)
{
	static struct session s;

	prepare(&s, agreement, 2, id);
	s.chip.mode = mode;
	assert_int_equal(run(&s), want);
	assert_int_equal(s.rig.error.code, want);
	assert_int_equal(s.chip.sent, sent);
	assert_false(sm_is_open(&s.rig.card.sm));
	finish(&s);
}

/* [9303-11 4.4.1 3d] */
static void pitfall_35_pace_run_refuses_reflected_keys(void **state)
{
	(void)state;
	trick(ARC_ECDH_GM, 13, CHIP_REFLECTS_MAP, CCCD_ERR_CRYPTO_REFLECTED, 3);
	trick(ARC_ECDH_GM, 12, CHIP_REFLECTS_MAP, CCCD_ERR_CRYPTO_REFLECTED, 3);
	trick(ARC_DH_GM, 0, CHIP_REFLECTS_MAP, CCCD_ERR_CRYPTO_REFLECTED, 3);
	trick(ARC_ECDH_GM, 13, CHIP_REFLECTS_EPHEMERAL,
	      CCCD_ERR_CRYPTO_REFLECTED, 4);
	trick(ARC_ECDH_IM, 13, CHIP_REFLECTS_EPHEMERAL,
	      CCCD_ERR_CRYPTO_REFLECTED, 4);
	trick(ARC_DH_GM, 2, CHIP_REFLECTS_EPHEMERAL, CCCD_ERR_CRYPTO_REFLECTED,
	      4);
	trick(ARC_DH_IM, 1, CHIP_REFLECTS_EPHEMERAL, CCCD_ERR_CRYPTO_REFLECTED,
	      4);
	trick(ARC_ECDH_GM, 13, CHIP_MIRRORS_EPHEMERAL,
	      CCCD_ERR_CRYPTO_REFLECTED, 4);
}

static void pace_run_refuses_a_chip_without_the_keys(void **state)
{
	(void)state;
	trick(ARC_ECDH_GM, 13, CHIP_WRONG_TOKEN, CCCD_ERR_CRYPTO_TOKEN, 5);
	trick(ARC_DH_GM, 0, CHIP_WRONG_TOKEN, CCCD_ERR_CRYPTO_TOKEN, 5);
}

static void send_key(uint8_t agreement, unsigned int id, struct span value)
{
	static const enum pace_chip_mode modes[] = { CHIP_SENDS_MAP,
		                                     CHIP_SENDS_EPHEMERAL };
	static struct session s;

	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		prepare(&s, agreement, 2, id);
		s.chip.mode = modes[i];
		s.chip.value = value;
		assert_int_equal(run(&s), CCCD_ERR_CRYPTO_KEY);
		assert_int_equal(s.chip.sent, 3 + i);
		assert_false(sm_is_open(&s.rig.card.sm));
		finish(&s);
	}
}

static void curve_generator(unsigned int id, uint8_t *out, size_t *ret_len)
{
	CLEANUP(domain_cleanup) struct domain *domain = NULL;

	assert_int_equal(domain_from_id(id, &domain), CCCD_OK);
	assert_int_equal(domain_generator(domain, out, ret_len), CCCD_OK);
}

static void pitfall_35_pace_run_refuses_keys_off_the_curve(void **state)
{
	(void)state;
	for (unsigned int id = 8; id <= 18; id++) {
		uint8_t point[DOMAIN_ELEMENT_MAX];
		uint8_t beyond[DOMAIN_ELEMENT_MAX];
		size_t len = 0;

		curve_generator(id, point, &len);
		point[len - 1] ^= 1; /* off the curve */
		send_key(ARC_ECDH_GM, id, span_of(point, len));
		point[len - 1] ^= 1;
		send_key(ARC_ECDH_GM, id, span_of(point, len - 1));
		send_key(ARC_ECDH_GM, id, span_of(point, len + 1));
		memcpy(beyond, point, len);
		memset(beyond + 1, 0xFF, (len - 1) / 2);
		send_key(ARC_ECDH_GM, id, span_of(beyond, len));
		memset(beyond + 1, 0, len - 1); /* 0, 0 */
		send_key(ARC_ECDH_GM, id, span_of(beyond, len));
		point[0] = (uint8_t)(0x02U |
		                     (point[len - 1] & 1U)); /* compressed */
		send_key(ARC_ECDH_GM, id, span_of(point, (len + 1) / 2));
		point[0] =
		        (uint8_t)(0x06U | (point[len - 1] & 1U)); /* hybrid */
		send_key(ARC_ECDH_GM, id, span_of(point, len));
		point[0] = 0x00; /* infinity */
		send_key(ARC_ECDH_GM, id, span_of(point, 1));
	}
}

/* 0, 1, p - 1, p, and 2, which is not in the subgroup. */
static void pitfall_35_pace_run_refuses_dh_values_outside(void **state)
{
	struct vectors *vectors = vectors_open("pace_dh_gm");
	struct span p = vectors_bytes(vectors, "group_p");
	uint8_t value[129] = { 0 };

	(void)state;
	send_key(ARC_DH_GM, 0, span_of(value, 1));
	send_key(ARC_DH_GM, 0, span_of(value, 128));
	value[127] = 1;
	send_key(ARC_DH_GM, 0, span_of(value, 128));
	value[127] = 2;
	send_key(ARC_DH_GM, 0, span_of(value, 128));
	memcpy(value, p.at, p.len);
	send_key(ARC_DH_GM, 0, span_of(value, 128));
	value[127]--;
	send_key(ARC_DH_GM, 0, span_of(value, 128));
	memmove(value + 1, value, 128); /* 129 bytes are too many */
	value[0] = 0;
	send_key(ARC_DH_GM, 0, span_of(value, 129));
	vectors_close(vectors);
}

/* One agreement in 256: the bytes 00 at the front must stay. */
static void pitfall_03_pace_run_keeps_leading_zeros(void **state)
{
	static const enum pace_chip_mode modes[] = { CHIP_X_BEGINS_00,
		                                     CHIP_Y_BEGINS_00,
		                                     CHIP_Z_BEGINS_00 };
	static const unsigned int ids[] = { 8, 12, 13, 15 };
	static struct session s;

	(void)state;
	for (size_t m = 0; m < ARRAY_LEN(modes); m++)
		for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
			prepare(&s, ARC_ECDH_GM, 2, ids[i]);
			s.chip.mode = modes[m];
			assert_int_equal(run(&s), CCCD_OK);
			assert_same_keys(&s);
			finish(&s);
		}
	prepare(&s, ARC_DH_GM, 2, 0);
	s.chip.mode = CHIP_Z_BEGINS_00;
	assert_int_equal(run(&s), CCCD_OK);
	assert_same_keys(&s);
	finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pace_run_opens_every_curve),
		cmocka_unit_test(pace_run_opens_every_dh_group),
		cmocka_unit_test(pace_run_refuses_integrated_mapping_on_p224),
		cmocka_unit_test(
		        pitfall_25_pace_run_sends_nothing_after_a_wrong_can),
		cmocka_unit_test(pitfall_35_pace_run_refuses_reflected_keys),
		cmocka_unit_test(pace_run_refuses_a_chip_without_the_keys),
		cmocka_unit_test(
		        pitfall_35_pace_run_refuses_keys_off_the_curve),
		cmocka_unit_test(pitfall_35_pace_run_refuses_dh_values_outside),
		cmocka_unit_test(pitfall_03_pace_run_keeps_leading_zeros),
	};

	return cmocka_run_group_tests_name("pace_chip", tests, NULL, NULL);
}
