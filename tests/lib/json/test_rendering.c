/* SPDX-License-Identifier: Apache-2.0 */
/* Renderings for the desk's other systems. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Before cmocka, whose fail() is a macro. */
#include "lib/json/rendering.h"

#include <cmocka.h>

enum { ALL_SCOPES = JSON_SCOPES_DESK };

static const struct cccd_person specimen = {
	.id_number = "001199000001",
	.document_number = "199000001",
	.document_kind = CCCD_KIND_CCCD,
	.issuing_state = "VNM",
	.full_name = "Nguyễn Văn A",
	.full_name_source = CCCD_SOURCE_DG13,
	.name_primary = "NGUYEN",
	.name_secondary = "VAN A",
	.date_of_birth = "1999-01-02",
	.sex = CCCD_SEX_FEMALE,
	.nationality = "Việt Nam",
	.nationality_alpha_3 = "VNM",
	.ethnicity = "Tày",
	.ethnicity_code = { .code = "02",
	                    .name = "Tày",
	                    .table = "ethnic_groups",
	                    .version = "1",
	                    .date = "1979-03-02",
	                    .confidence = "general" },
	.place_of_residence = { .text = "Số 1, Hà Nội", .as_of = "card issue" },
};

/* Static: a person is too large for the frame of a test. */
static struct cccd_person p;

static struct cccd_result result;

static void prove(void)
{
	static const struct cccd_result proved = {
		.transaction = "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11",
		.finished = 1795399811,
		.overall = CCCD_SUCCESSFUL,
		.checks = {
			[CCCD_CHECK_PASSIVE_AUTHENTICATION] = {
				.verdict = CCCD_SUCCESSFUL,
			},
			[CCCD_CHECK_CHIP_GENUINENESS] = {
				.verdict = CCCD_UNDETERMINED,
			},
		},
	};

	result = proved;
}

static void assert_rendering(unsigned int rendering, unsigned int scopes,
                             const struct cccd_person *person,
                             const struct cccd_result *proof,
                             const char *wanted)
{
	cJSON *root = cJSON_CreateObject();
	char *text = NULL;

	assert_int_equal(
	        json_renderings_add(root, rendering, scopes, person, proof),
	        CCCD_OK);
	text = cJSON_PrintUnformatted(root);
	assert_string_equal(text, wanted);
	cJSON_free(text);
	cJSON_Delete(root);
}

static void csdldc_is_exact(void **state)
{
	(void)state;
	p = specimen;
	assert_rendering(JSON_RENDER_CSDLDC, ALL_SCOPES, &p, NULL,
	                 "{\"csdldc\":{\"SoDinhDanh\":\"001199000001\","
	                 "\"HoVaTen\":\"NGUYỄN VĂN A\","
	                 "\"NgayThangNam\":\"19990102\"}}");
	(void)strcpy(p.date_of_birth, "1999");
	assert_rendering(JSON_RENDER_CSDLDC, ALL_SCOPES, &p, NULL,
	                 "{\"csdldc\":{\"SoDinhDanh\":\"001199000001\","
	                 "\"HoVaTen\":\"NGUYỄN VĂN A\",\"Nam\":\"1999\"}}");
	(void)strcpy(p.date_of_birth, "1999-01");
	assert_rendering(JSON_RENDER_CSDLDC, ALL_SCOPES, &p, NULL,
	                 "{\"csdldc\":{\"SoDinhDanh\":\"001199000001\","
	                 "\"HoVaTen\":\"NGUYỄN VĂN A\",\"Nam\":\"1999\"}}");
}

static void bhyt_is_exact(void **state)
{
	(void)state;
	p = specimen;
	assert_rendering(JSON_RENDER_BHYT, ALL_SCOPES, &p, NULL,
	                 "{\"bhyt\":{\"maThe\":\"001199000001\","
	                 "\"hoTen\":\"Nguyễn Văn A\","
	                 "\"ngaySinh\":\"02/01/1999\"}}");
	(void)strcpy(p.date_of_birth, "1999");
	assert_rendering(JSON_RENDER_BHYT, ALL_SCOPES, &p, NULL,
	                 "{\"bhyt\":{\"maThe\":\"001199000001\","
	                 "\"hoTen\":\"Nguyễn Văn A\",\"ngaySinh\":\"1999\"}}");
}

static void xml130_is_exact(void **state)
{
	(void)state;
	p = specimen;
	assert_rendering(
	        JSON_RENDER_XML130, ALL_SCOPES, &p, NULL,
	        "{\"xml130\":{\"SO_CCCD\":\"001199000001\","
	        "\"HO_TEN\":\"Nguyễn Văn A\","
	        "\"NGAY_SINH\":\"199901020000\",\"GIOI_TINH\":\"2\","
	        "\"tables\":{\"MA_DANTOC\":{\"table\":\"ethnic_groups\","
	        "\"version\":\"1\",\"date\":\"1979-03-02\","
	        "\"confidence\":\"general\"}},\"MA_DANTOC\":\"02\","
	        "\"omitted\":{\"MA_QUOCTICH\":\"table_not_established\"}}}");
}

static void xml130_renders_the_unknown(void **state)
{
	(void)state;
	p = specimen;
	(void)strcpy(p.date_of_birth, "1999-07");
	p.sex = CCCD_SEX_UNSPECIFIED;
	p.ethnicity_code.code[0] = '\0';
	(void)strcpy(p.health_nationality.code, "000");
	(void)strcpy(p.health_nationality.table, "health_nationalities");
	assert_rendering(
	        JSON_RENDER_XML130, ALL_SCOPES, &p, NULL,
	        "{\"xml130\":{\"SO_CCCD\":\"001199000001\","
	        "\"HO_TEN\":\"Nguyễn Văn A\","
	        "\"NGAY_SINH\":\"199907000000\",\"GIOI_TINH\":\"3\","
	        "\"omitted\":{\"MA_DANTOC\":\"not_in_table\"},"
	        "\"tables\":{\"MA_QUOCTICH\":{\"table\":"
	        "\"health_nationalities\",\"version\":\"\",\"date\":\"\","
	        "\"confidence\":\"\"}},\"MA_QUOCTICH\":\"000\"}}");
	/* A passport instead of a citizen number. */
	p.id_number[0] = '\0';
	(void)strcpy(p.document_number, "L898902C3");
	(void)strcpy(p.date_of_birth, "1999");
	p.ethnicity[0] = '\0';
	p.health_nationality.code[0] = '\0';
	p.sex = CCCD_SEX_MALE;
	assert_rendering(JSON_RENDER_XML130, ALL_SCOPES, &p, NULL,
	                 "{\"xml130\":{\"SO_CCCD\":\"L898902C3\","
	                 "\"HO_TEN\":\"Nguyễn Văn A\","
	                 "\"NGAY_SINH\":\"199900000000\",\"GIOI_TINH\":\"1\","
	                 "\"omitted\":{\"MA_DANTOC\":\"not_on_chip\","
	                 "\"MA_QUOCTICH\":\"table_not_established\"}}}");
}

static void renderings_stay_within_scopes(void **state)
{
	(void)state;
	p = specimen;
	assert_rendering(JSON_RENDER_CSDLDC | JSON_RENDER_BHYT |
	                         JSON_RENDER_XML130 | JSON_RENDER_FHIR,
	                 0, &p, NULL,
	                 "{\"csdldc\":{},\"bhyt\":{},\"xml130\":{},"
	                 "\"fhir\":{\"resourceType\":\"Patient\"}}");
	assert_rendering(JSON_RENDER_XML130,
	                 JSON_SCOPE_ID | JSON_SCOPE_DEMOGRAPHIC, &p, NULL,
	                 "{\"xml130\":{\"SO_CCCD\":\"001199000001\","
	                 "\"HO_TEN\":\"Nguyễn Văn A\","
	                 "\"NGAY_SINH\":\"199901020000\",\"GIOI_TINH\":\"2\","
	                 "\"omitted\":{\"MA_DANTOC\":\"not_granted\","
	                 "\"MA_QUOCTICH\":\"table_not_established\"}}}");
	assert_rendering(0, ALL_SCOPES, &p, NULL, "{}");
}

static void fhir_is_exact(void **state)
{
	(void)state;
	prove();
	p = specimen;
	assert_rendering(
	        JSON_RENDER_FHIR, ALL_SCOPES, &p, &result,
	        "{\"fhir\":{\"resourceType\":\"Patient\",\"extension\":["
	        "{\"url\":\"urn:cccd:fhir:verification\",\"extension\":["
	        "{\"url\":\"transaction\",\"valueString\":"
	        "\"0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11\"},"
	        "{\"url\":\"finished\",\"valueDateTime\":"
	        "\"2026-11-23T02:10:11Z\"},"
	        "{\"url\":\"overall\",\"valueCode\":\"successful\"},"
	        "{\"url\":\"passive_authentication\",\"valueCode\":"
	        "\"successful\"},"
	        "{\"url\":\"chip_genuineness\",\"valueCode\":"
	        "\"undetermined\"},"
	        "{\"url\":\"specimen\",\"valueBoolean\":false}]},"
	        "{\"url\":\"http://hl7.org/fhir/StructureDefinition/"
	        "patient-nationality\",\"extension\":[{\"url\":\"code\","
	        "\"valueCodeableConcept\":{\"coding\":[{\"system\":"
	        "\"urn:iso:std:iso:3166\",\"code\":\"VNM\"}],"
	        "\"text\":\"Việt Nam\"}}]}],"
	        "\"identifier\":[{\"use\":\"official\",\"type\":{\"coding\":"
	        "[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
	        "v2-0203\",\"code\":\"NI\"}]},"
	        "\"system\":\"urn:cccd:id_number\","
	        "\"value\":\"001199000001\"}],"
	        "\"name\":[{\"use\":\"official\",\"text\":\"Nguyễn Văn A\","
	        "\"family\":\"Nguyễn\",\"given\":[\"Văn\",\"A\"]}],"
	        "\"gender\":\"female\",\"birthDate\":\"1999-01-02\","
	        "\"address\":[{\"extension\":[{\"url\":"
	        "\"urn:cccd:fhir:as_of\",\"valueString\":\"card issue\"}],"
	        "\"use\":\"home\",\"text\":\"Số 1, Hà Nội\"}]}}");
}

static void fhir_marks_specimens_and_passports(void **state)
{
	cJSON *root = cJSON_CreateObject();
	char *text = NULL;

	(void)state;
	prove();
	p = specimen;
	result.specimen = true;
	p.id_number[0] = '\0';
	p.document_kind = CCCD_KIND_PASSPORT;
	p.full_name_source = CCCD_SOURCE_DG1;
	p.sex = CCCD_SEX_UNSPECIFIED;
	assert_int_equal(json_renderings_add(root, JSON_RENDER_FHIR, ALL_SCOPES,
	                                     &p, &result),
	                 CCCD_OK);
	text = cJSON_PrintUnformatted(root);
	assert_non_null(strstr(text, "\"code\":\"HTEST\""));
	assert_non_null(strstr(text, "\"valueBoolean\":true"));
	assert_non_null(strstr(text, "\"code\":\"PPN\""));
	assert_non_null(strstr(text, "\"family\":\"NGUYEN\",\"given\":"
	                             "[\"VAN A\"]"));
	assert_non_null(strstr(text, "\"gender\":\"unknown\""));
	cJSON_free(text);
	cJSON_Delete(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csdldc_is_exact),
		cmocka_unit_test(bhyt_is_exact),
		cmocka_unit_test(xml130_is_exact),
		cmocka_unit_test(xml130_renders_the_unknown),
		cmocka_unit_test(renderings_stay_within_scopes),
		cmocka_unit_test(fhir_is_exact),
		cmocka_unit_test(fhir_marks_specimens_and_passports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
