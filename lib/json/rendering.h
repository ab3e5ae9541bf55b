/* SPDX-License-Identifier: Apache-2.0 */
/* One read value in the formats of the desk's other systems: service-api 8. */
#ifndef LIB_JSON_RENDERING_H
#define LIB_JSON_RENDERING_H

#include <cccd/person.h>
#include <cccd/result.h>

#include "lib/json/make.h"
#include "lib/json/result.h"

/*
 * Each adds one object to @parent. A value that the person lacks or that
 * @scopes do not grant is left out; where a code table is what is missing,
 * "omitted" says so, and "tables" names the table behind every code.
 * Identifiers are strings.
 */

/* SoDinhDanh, HoVaTen in capitals, NgayThangNam yyyymmdd or else Nam yyyy. */
void json_render_csdldc(struct json_maker *maker, cJSON *parent,
                        const struct cccd_person *person, unsigned int scopes);

/* maThe, hoTen, ngaySinh dd/MM/yyyy, or yyyy when only that is known. */
void json_render_bhyt(struct json_maker *maker, cJSON *parent,
                      const struct cccd_person *person, unsigned int scopes);

/* HO_TEN, SO_CCCD, NGAY_SINH yyyymmdd0000, GIOI_TINH, MA_DANTOC, MA_QUOCTICH;
 * zeros for an unknown day or month. */
void json_render_xml130(struct json_maker *maker, cJSON *parent,
                        const struct cccd_person *person, unsigned int scopes);

/**
 * json_render_fhir() - HL7 FHIR R4 Patient.
 * @result: what was proved, as an extension; NULL leaves it out. A specimen
 *          is marked as test data.
 */
void json_render_fhir(struct json_maker *maker, cJSON *parent,
                      const struct cccd_person *person,
                      const struct cccd_result *result, unsigned int scopes);

/**
 * json_renderings_add() - every rendering asked for, by its name.
 * @renderings: enum json_rendering, or-ed
 * @scopes:     enum json_scope, or-ed; nothing beyond them is rendered
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err json_renderings_add(cJSON *parent,
                                          unsigned int renderings,
                                          unsigned int scopes,
                                          const struct cccd_person *person,
                                          const struct cccd_result *result);

#endif
