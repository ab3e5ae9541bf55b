/* SPDX-License-Identifier: Apache-2.0 */
/* SecurityInfos of EF.CardAccess and DG14. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "apdu/lds/lds.h"
#include "apdu/lds/security_info.h"
#include "apdu/tlv/tlv.h"
#include "tests/support/hostile.h"
#include "tests/support/vectors.h"

static struct vectors *vectors;

static int open_vectors(void **state)
{
	(void)state;
	vectors = vectors_open("security_info");
	return 0;
}

static int close_vectors(void **state)
{
	(void)state;
	vectors_close(vectors);
	return 0;
}

static size_t number_of(const char *text)
{
	return strtoul(text, NULL, 10);
}

static const char *text_of(const char *prefix, int number, const char *suffix)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s%d_%s", prefix, number, suffix);
	return vectors_text(vectors, name);
}

static struct span card_access(int number)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "ca%d_bytes", number);
	return vectors_bytes(vectors, name);
}

/* What the vectors print for PACE: identifiers, and parameter ids. */
static void describe_pace(const struct cccd_security_infos *infos, char *oids,
                          char *ids, char *positions)
{
	oids[0] = ids[0] = positions[0] = '\0';
	for (size_t i = 0; i < infos->pace_count; i++) {
		char oid[OID_TEXT_MAX];

		oid_text(bytes_span(infos->pace[i].protocol), oid);
		(void)sprintf(oids + strlen(oids), "%s%s", i ? " " : "", oid);
		if (infos->pace[i].has_parameter_id)
			(void)sprintf(ids + strlen(ids), "%s%u", i ? " " : "",
			              infos->pace[i].parameter_id);
	}
	for (size_t i = 0, n = 0; i < infos->count; i++)
		if (infos->all[i].kind == CCCD_SECURITY_INFO_PACE)
			(void)sprintf(positions + strlen(positions), "%s%zu",
			              n++ ? " " : "", i + 1);
}

static void card_access_agrees_with_the_vectors(void **state)
{
	static struct cccd_security_infos infos;
	char oids[256];
	char ids[64];
	char positions[64];

	(void)state;
	for (int i = 1; i <= 9; i++) {
		assert_int_equal(security_infos_parse(card_access(i), &infos),
		                 CCCD_OK);
		assert_int_equal(
		        infos.count,
		        number_of(text_of("ca", i, "element_count_text")));
		assert_int_equal(infos.malformed, 0);
		describe_pace(&infos, oids, ids, positions);
		assert_string_equal(oids, text_of("ca", i, "pace_oid_text"));
		assert_string_equal(ids,
		                    text_of("ca", i, "pace_parameter_id_text"));
		assert_string_equal(positions,
		                    text_of("ca", i, "pace_positions_text"));
	}
}

/* Every element in file order, as oid:version:id where we know the kind. */
static void elements_stand_in_file_order(void **state)
{
	static struct cccd_security_infos infos;
	char oid[OID_TEXT_MAX];

	(void)state;
	for (int i = 1; i <= 9; i++) {
		const char *rest = text_of("ca", i, "elements_text");

		assert_int_equal(security_infos_parse(card_access(i), &infos),
		                 CCCD_OK);
		for (size_t j = 0; j < infos.count; j++) {
			oid_text(bytes_span(infos.all[j].protocol), oid);
			assert_memory_equal(rest, oid, strlen(oid));
			assert_int_equal(rest[strlen(oid)], ':');
			rest = strchr(rest, ' ');
			rest = rest != NULL ? rest + 1 : "";
		}
		assert_string_equal(rest, "");
	}
}

static void cccd_card_access_is_read_by_identifier(void **state)
{
	static struct cccd_security_infos infos;

	(void)state;
	assert_int_equal(security_infos_parse(card_access(1), &infos), CCCD_OK);
	assert_int_equal(infos.pace_count, 1);
	assert_int_equal(infos.pace[0].key_agreement, CCCD_KEY_AGREEMENT_ECDH);
	assert_int_equal(infos.pace[0].mapping, CCCD_PACE_MAPPING_GM);
	assert_int_equal(infos.pace[0].cipher, CCCD_CIPHER_AES128);
	assert_int_equal(infos.pace[0].version, 2);
	assert_true(infos.pace[0].has_parameter_id);
	assert_int_equal(infos.pace[0].parameter_id, 13);
	assert_int_equal(infos.chip_auth_count, 1);
	assert_int_equal(infos.chip_auth[0].key_agreement,
	                 CCCD_KEY_AGREEMENT_ECDH);
	assert_int_equal(infos.chip_auth[0].cipher, CCCD_CIPHER_AES128);
	assert_int_equal(infos.chip_auth[0].version, 1);
	assert_false(infos.chip_auth[0].has_key_id);
	assert_int_equal(infos.terminal_auth_count, 1);
	assert_int_equal(infos.terminal_auth[0].version, 1);
	assert_int_equal(infos.all[0].kind, CCCD_SECURITY_INFO_TERMINAL_AUTH);
	assert_int_equal(infos.all[1].kind, CCCD_SECURITY_INFO_CHIP_AUTH);
	assert_int_equal(infos.all[2].kind, CCCD_SECURITY_INFO_PACE);
}

static void strangers_are_kept_raw(void **state)
{
	static struct cccd_security_infos infos;

	(void)state;
	/* EAC 2 elements: domain parameters of CA, locator, privileged. */
	assert_int_equal(security_infos_parse(card_access(4), &infos), CCCD_OK);
	for (size_t i = 3; i < 6; i++) {
		assert_int_equal(infos.all[i].kind, CCCD_SECURITY_INFO_OTHER);
		assert_int_equal(infos.all[i].raw.at[0], TAG_SEQUENCE);
		assert_false(infos.all[i].malformed);
	}
	assert_int_equal(infos.chip_auth_count, 1);
	assert_int_equal(infos.chip_auth[0].version, 2);
	assert_int_equal(infos.chip_auth[0].key_id, 1);
}

struct protocol_row {
	const char *name;
	enum cccd_key_agreement key_agreement;
	enum cccd_pace_mapping mapping;
	enum cccd_cipher cipher;
};

/* "pace-ecdh-gm-aes128" and "ca-dh-3des" as three facts. */
static struct protocol_row row_of(const char *name)
{
	struct protocol_row row = { .name = name };

	row.key_agreement = strstr(name, "ecdh") != NULL
	                            ? CCCD_KEY_AGREEMENT_ECDH
	                            : CCCD_KEY_AGREEMENT_DH;
	if (strstr(name, "-gm-") != NULL)
		row.mapping = CCCD_PACE_MAPPING_GM;
	else if (strstr(name, "-im-") != NULL)
		row.mapping = CCCD_PACE_MAPPING_IM;
	else if (strstr(name, "-cam-") != NULL)
		row.mapping = CCCD_PACE_MAPPING_CAM;
	if (strstr(name, "3des") != NULL)
		row.cipher = CCCD_CIPHER_3DES;
	else if (strstr(name, "aes128") != NULL)
		row.cipher = CCCD_CIPHER_AES128;
	else if (strstr(name, "aes192") != NULL)
		row.cipher = CCCD_CIPHER_AES192;
	else if (strstr(name, "aes256") != NULL)
		row.cipher = CCCD_CIPHER_AES256;
	return row;
}

static void protocols_mean_what_their_names_say(void **state)
{
	size_t pace = 0;
	size_t chip_auth = 0;

	(void)state;
	for (int i = 1; i <= 34; i++) {
		struct cccd_pace_info info = { 0 };
		struct cccd_chip_auth_info ca = { 0 };
		struct protocol_row row = { 0 };
		struct span oid = { 0 };
		char name[64];

		(void)snprintf(name, sizeof(name), "oid%02d_name_text", i);
		row = row_of(vectors_text(vectors, name));
		(void)snprintf(name, sizeof(name), "oid%02d_der", i);
		assert_int_equal(
		        tlv_only(vectors_bytes(vectors, name), TAG_OID, &oid),
		        CCCD_OK);
		assert_int_equal(pace_protocol(oid, &info),
		                 strncmp(row.name, "pace", 4) == 0);
		assert_int_equal(chip_auth_protocol(oid, &ca),
		                 strncmp(row.name, "ca-", 3) == 0);
		if (strncmp(row.name, "pace", 4) == 0) {
			pace++;
			assert_int_equal(info.key_agreement, row.key_agreement);
			assert_int_equal(info.mapping, row.mapping);
			assert_int_equal(info.cipher, row.cipher);
		}
		if (strncmp(row.name, "ca-", 3) == 0) {
			chip_auth++;
			assert_int_equal(ca.key_agreement, row.key_agreement);
			assert_int_equal(ca.cipher, row.cipher);
		}
	}
	assert_int_equal(pace, 19);
	assert_int_equal(chip_auth, 8);
}

static void protocols_that_do_not_exist_are_refused(void **state)
{
	/* id-PACE.5, .7, .ECDH-CAM with 3DES, cipher 0 and 5 */
	static const uint8_t arcs[][2] = { { 5, 2 }, { 7, 2 }, { 6, 1 },
		                           { 2, 0 }, { 2, 5 }, { 0, 2 } };
	uint8_t oid[] = {
		0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0, 0
	};
	struct cccd_pace_info info = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(arcs); i++) {
		memcpy(oid + 8, arcs[i], 2);
		assert_false(pace_protocol(SPAN(oid), &info));
	}
}

static void bad_card_access_is_refused(void **state)
{
	static const char *const names[] = { "card_access_truncated_bad",
		                             "card_access_inner_overrun_bad",
		                             "card_access_wrong_tag_bad" };
	static struct cccd_security_infos infos;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_not_equal(
		        security_infos_parse(vectors_bytes(vectors, names[i]),
		                             &infos),
		        CCCD_OK);
}

/* A known kind that breaks its clause is counted and stays raw. */
static void malformed_elements_are_counted(void **state)
{
	static const uint8_t set[] = {
		0x31, 0x15, 0x30, 0x0D, 0x06, 0x08, 0x04, 0x00, 0x7F,
		0x00, 0x07, 0x02, 0x02, 0x02, 0x04, 0x01, 0x01, /* id-TA with an
		                                                   OCTET STRING
		                                                   for its
		                                                   version */
		0x30, 0x04, 0x06, 0x02, 0x2A, 0x03,
	};
	static struct cccd_security_infos infos;

	(void)state;
	assert_int_equal(security_infos_parse(SPAN(set), &infos), CCCD_OK);
	assert_int_equal(infos.count, 2);
	assert_int_equal(infos.malformed, 1);
	assert_true(infos.all[0].malformed);
	assert_int_equal(infos.terminal_auth_count, 0);
}

/* id-PACE.5 with parameters, and id-PK.3: no such key agreement exists */
static void unassigned_arcs_are_malformed(void **state)
{
	static const uint8_t arcs[][2] = { { 4, 5 }, { 1, 3 }, { 1, 0 } };
	uint8_t set[] = { 0x31, 0x0F, 0x30, 0x0D, 0x06, 0x09, 0x04, 0x00, 0x7F,
		          0x00, 0x07, 0x02, 0x02, 0,    0,    0x30, 0x00 };
	static struct cccd_security_infos infos;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(arcs); i++) {
		memcpy(set + 13, arcs[i], 2);
		assert_int_equal(security_infos_parse(SPAN(set), &infos),
		                 CCCD_OK);
		assert_int_equal(infos.malformed, 1);
		assert_int_equal(infos.pace_domain_count, 0);
		assert_int_equal(infos.chip_auth_key_count, 0);
	}
}

static void terminal_auth_names_where_ef_cvca_is(void **state)
{
	static const uint8_t set[] = {
		0x31, 0x18, 0x30, 0x16, 0x06, 0x08, 0x04, 0x00, 0x7F,
		0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x01, 0x01, 0x30,
		0x07, 0x04, 0x02, 0x01, 0x2C, 0x04, 0x01, 0x0C,
	};
	static struct cccd_security_infos infos;

	(void)state;
	assert_int_equal(security_infos_parse(SPAN(set), &infos), CCCD_OK);
	assert_int_equal(infos.terminal_auth_count, 1);
	assert_int_equal(infos.terminal_auth[0].cvca_fid, 0x012C);
	assert_int_equal(infos.terminal_auth[0].cvca_sfi, 0x0C);
}

static void pace_info_of_the_standard_is_read(void **state)
{
	static const struct {
		const char *name;
		enum cccd_key_agreement key_agreement;
		enum cccd_pace_mapping mapping;
		uint32_t parameter_id;
	} rows[] = {
		{ "pace_info_g1", CCCD_KEY_AGREEMENT_ECDH, CCCD_PACE_MAPPING_GM,
		  13 },
		{ "pace_info_g2", CCCD_KEY_AGREEMENT_DH, CCCD_PACE_MAPPING_GM,
		  0 },
		{ "pace_info_i", CCCD_KEY_AGREEMENT_ECDH, CCCD_PACE_MAPPING_CAM,
		  13 },
	};
	static struct cccd_security_infos infos;
	uint8_t bytes[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
		struct span set = { 0 };

		tlv_put(&writer, TAG_SET, vectors_bytes(vectors, rows[i].name));
		assert_int_equal(tlv_written(&writer, &set), CCCD_OK);
		assert_int_equal(security_infos_parse(set, &infos), CCCD_OK);
		assert_int_equal(infos.pace[0].key_agreement,
		                 rows[i].key_agreement);
		assert_int_equal(infos.pace[0].mapping, rows[i].mapping);
		assert_int_equal(infos.pace[0].parameter_id,
		                 rows[i].parameter_id);
	}
}

static void explicit_domain_parameters_are_kept_whole(void **state)
{
	static struct cccd_security_infos infos;
	uint8_t bytes[512];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	struct span set = { 0 };

	(void)state;
	tlv_put(&writer, TAG_SET,
	        vectors_bytes(vectors, "pace_domain_parameter_info_ecdh_gm"));
	assert_int_equal(tlv_written(&writer, &set), CCCD_OK);
	assert_int_equal(security_infos_parse(set, &infos), CCCD_OK);
	assert_int_equal(infos.pace_domain_count, 1);
	assert_int_equal(infos.pace_domain[0].key_agreement,
	                 CCCD_KEY_AGREEMENT_ECDH);
	assert_int_equal(infos.pace_domain[0].mapping, CCCD_PACE_MAPPING_GM);
	assert_true(span_equal(
	        bytes_span(infos.pace_domain[0].algorithm),
	        vectors_bytes(vectors, "ec_explicit_brainpoolp256r1")));
	assert_int_equal(infos.pace_domain[0].has_parameter_id, true);
	assert_int_equal(infos.pace_domain[0].parameter_id, 13);
}

static void too_many_elements_are_refused(void **state)
{
	static struct cccd_security_infos infos;
	uint8_t bytes[1024];
	struct span pace = vectors_bytes(vectors, "pace_info_g1");

	(void)state;
	for (size_t n = 0; n <= CCCD_PACE_INFOS_MAX + 1; n++) {
		struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
		size_t mark = tlv_begin(&writer, TAG_SET);
		struct span set = { 0 };

		for (size_t i = 0; i < n; i++)
			tlv_put_raw(&writer, pace);
		tlv_finish(&writer, mark);
		assert_int_equal(tlv_written(&writer, &set), CCCD_OK);
		assert_int_equal(security_infos_parse(set, &infos),
		                 n <= CCCD_PACE_INFOS_MAX
		                         ? CCCD_OK
		                         : CCCD_ERR_DATA_TOO_LARGE);
	}
	assert_int_equal(infos.count, 0);
}

static enum cccd_err parse_set(struct span file)
{
	static struct cccd_security_infos infos;

	return security_infos_parse(file, &infos);
}

static void pitfall_27_hostile_files_are_survived(void **state)
{
	(void)state;
	for (int i = 1; i <= 9; i++)
		hostile_all(card_access(i), parse_set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(card_access_agrees_with_the_vectors),
		cmocka_unit_test(elements_stand_in_file_order),
		cmocka_unit_test(cccd_card_access_is_read_by_identifier),
		cmocka_unit_test(strangers_are_kept_raw),
		cmocka_unit_test(protocols_mean_what_their_names_say),
		cmocka_unit_test(protocols_that_do_not_exist_are_refused),
		cmocka_unit_test(bad_card_access_is_refused),
		cmocka_unit_test(malformed_elements_are_counted),
		cmocka_unit_test(unassigned_arcs_are_malformed),
		cmocka_unit_test(terminal_auth_names_where_ef_cvca_is),
		cmocka_unit_test(pace_info_of_the_standard_is_read),
		cmocka_unit_test(explicit_domain_parameters_are_kept_whole),
		cmocka_unit_test(too_many_elements_are_refused),
		cmocka_unit_test(pitfall_27_hostile_files_are_survived),
	};

	return cmocka_run_group_tests_name("apdu.lds.security_info", tests,
	                                   open_vectors, close_vectors);
}
