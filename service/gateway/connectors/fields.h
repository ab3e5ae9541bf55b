/* SPDX-License-Identifier: Apache-2.0 */
/* A question in the registry's own words, the same for XML and JSON. */
#ifndef SERVICE_GATEWAY_CONNECTORS_FIELDS_H
#define SERVICE_GATEWAY_CONNECTORS_FIELDS_H

#include "service/gateway/connectors/connector.h"
#include "service/gateway/connectors/settings.h"

/**
 * struct field_options - what the agency adds; from field_rules.
 * @agency:         MaDonVi
 * @procedure:      MaDVC where the question names none; "" for none
 * @without_procedure: what then: refused, left out or sent empty
 * @integration:    MaTichHop of a look-up; @integration_check: of an
 *                  authentication, "" leaves it out
 * @account, @phone: TaiKhoan, SoDienThoai; "" leaves them out
 * @date_dashed:    yyyy-mm-dd instead of yyyymmdd
 * @name_as_is:     the name not in capitals
 */
struct field_options {
	char agency[SETTING_TEXT_MAX];
	char procedure[SETTING_TEXT_MAX];
	unsigned int without_procedure;
	char integration[SETTING_TEXT_MAX];
	char integration_check[SETTING_TEXT_MAX];
	char account[SETTING_TEXT_MAX];
	char phone[SETTING_TEXT_MAX];
	unsigned int date_dashed;
	unsigned int name_as_is;
};

extern const struct setting_rule field_rules[];
extern const size_t field_rule_count;

/**
 * struct fields - values as they are sent; "" where an element is left out.
 *
 * Either @number or @old_number, and either @date or @year is "".
 * @empty_procedure: the element of @procedure is sent though it is ""
 */
struct fields {
	char request[41];
	char procedure[21];
	bool empty_procedure;
	char integration[21];
	char officer[21];
	char agency[36];
	char account[SETTING_TEXT_MAX];
	char phone[SETTING_TEXT_MAX];
	char number[13];
	char old_number[10];
	char name[CITIZEN_NAME_MAX];
	char date[11];
	char year[5];
};

/**
 * fields_make() - and see whether the registry will take it.
 *
 * Return: NULL, or which part the question lacks or has too much of, without
 * its value.
 */
CHECKED const char *fields_make(const struct field_options *options,
                                const struct registry_question *question,
                                struct fields *ret);

void fields_wipe(struct fields *fields);

#endif
