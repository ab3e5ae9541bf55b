/* SPDX-License-Identifier: Apache-2.0 */
/* PACE against the worked examples, APDU by APDU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include "tests/apdu/access/pace_run.h"

static void assert_channel(struct run *run)
{
	static const uint8_t zero[CIPHER_BLOCK_MAX];
	const struct secure_messaging *sm = &run->rig.card.sm;

	assert_true(sm_is_open(sm));
	assert_true(span_equal(secret_span(&sm->k_enc), value(run, "ks_enc")));
	assert_true(span_equal(secret_span(&sm->k_mac), value(run, "ks_mac")));
	assert_memory_equal(sm->ssc, zero, sizeof(zero));
	assert_true(script_done(&run->rig.script));
	assert_int_equal(run->rig.tape.used, run->rig.tape.len);
	assert_int_equal(run->result.failed_step, 5);
	assert_int_equal(run->result.status_word, SW_OK);
	assert_int_equal(run->result.tries_left, -1);
	assert_false(run->result.retried);
	assert_false(run->result.sent_parameter_id);
	assert_true(span_equal(public_value_span(&run->result.ephemeral_ic),
	                       value(run, "eph_ic_public")));
	assert_true(span_equal(public_value_span(&run->result.ephemeral_ifd),
	                       value(run, "eph_ifd_public")));
}

static void whole_example(const char *file, enum password_type type,
                          const char *password_name,
                          enum cccd_pace_mapping mapping)
{
	static struct run run;

	open_run(&run, file, "");
	password(&run, type, password_name);
	add_steps(&run, 5);
	add_randomness(&run);
	assert_int_equal(start(&run), CCCD_OK);
	assert_channel(&run);
	assert_int_equal(run.result.mapping, mapping);
	assert_int_equal(run.result.password, type);
	close_run(&run);
}

/* [9303-11 App. G.1] */
static void pace_run_matches_appendix_g1(void **state)
{
	(void)state;
	whole_example("pace_ecdh_gm", PASSWORD_MRZ, "mrz_information_text",
	              CCCD_PACE_MAPPING_GM);
}

/* [9303-11 App. G.2] the last answer carries a certificate reference */
static void pace_run_matches_appendix_g2(void **state)
{
	(void)state;
	whole_example("pace_dh_gm", PASSWORD_MRZ, "mrz_information_text",
	              CCCD_PACE_MAPPING_GM);
}

/* [9303-11 App. H.1] */
static void pace_run_matches_appendix_h1(void **state)
{
	(void)state;
	whole_example("pace_ecdh_im", PASSWORD_CAN, "k_pi_password_text",
	              CCCD_PACE_MAPPING_IM);
}

/* [9303-11 App. H.2] */
static void pace_run_matches_appendix_h2(void **state)
{
	(void)state;
	whole_example("pace_dh_im", PASSWORD_CAN, "k_pi_password_text",
	              CCCD_PACE_MAPPING_IM);
}

/* [9303-11 App. I] */
static void pace_run_matches_appendix_i(void **state)
{
	static struct run run;

	(void)state;
	open_run(&run, "pace_ecdh_cam", "");
	password(&run, PASSWORD_MRZ, "mrz_information_text");
	add_steps(&run, 5);
	add_randomness(&run);
	assert_int_equal(start(&run), CCCD_OK);
	assert_channel(&run);
	assert_int_equal(run.result.mapping, CCCD_PACE_MAPPING_CAM);
	assert_true(span_equal(span_of(run.result.chip_auth_data,
	                               run.result.chip_auth_data_len),
	                       value(&run, "chip_auth_data_ca_ic")));
	assert_true(span_equal(public_value_span(&run.result.map_public),
	                       value(&run, "map_ic_public")));
	close_run(&run);
}

/* A card as the CCCD is, EF.CardAccess with other infos before PACE's. */
static void pace_run_matches_cccd_script(void **state)
{
	(void)state;
	whole_example("pace_cccd_can", PASSWORD_CAN, "password_text",
	              CCCD_PACE_MAPPING_GM);
}

static void pace_run_finds_pace_in_the_cccd_file(void **state)
{
	static struct run run;

	(void)state;
	open_run(&run, "pace_cccd_can", "");
	assert_int_equal(
	        security_infos_parse(value(&run, "ef_card_access_cccd"),
	                             &run.infos),
	        CCCD_OK);
	password(&run, PASSWORD_CAN, "password_text");
	add_steps(&run, 5);
	add_randomness(&run);
	assert_int_equal(start(&run), CCCD_OK);
	assert_channel(&run);
	assert_int_equal(run.result.domain_id, 13);
	assert_int_equal(run.result.cipher, CIPHER_AES128);
	close_run(&run);
}

static void pace_run_matches_generated_sets(void **state)
{
	static const char *const prefixes[] = { "g1_", "g2_", "g3_",
		                                "g4_", "g5_", "g6_",
		                                "g7_", "g8_", "g9_" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		static struct run run;
		enum password_type type = PASSWORD_CAN;

		open_run(&run, "pace_gm_generated", prefixes[i]);
		if (value(&run, "password_reference").at[0] == 1)
			type = PASSWORD_MRZ;
		password(&run, type, "password_text");
		add_steps(&run, 5);
		add_randomness(&run);
		assert_int_equal(start(&run), CCCD_OK);
		assert_channel(&run);
		assert_int_equal(
		        run.result.domain_id,
		        strtol(text(&run, "parameter_id_text"), NULL, 10));
		close_run(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pace_run_matches_appendix_g1),
		cmocka_unit_test(pace_run_matches_appendix_g2),
		cmocka_unit_test(pace_run_matches_appendix_h1),
		cmocka_unit_test(pace_run_matches_appendix_h2),
		cmocka_unit_test(pace_run_matches_appendix_i),
		cmocka_unit_test(pace_run_matches_cccd_script),
		cmocka_unit_test(pace_run_finds_pace_in_the_cccd_file),
		cmocka_unit_test(pace_run_matches_generated_sets),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
