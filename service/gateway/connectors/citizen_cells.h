/* SPDX-License-Identifier: Apache-2.0 */
/* The members of CongDan, from XML and JSON alike, into a citizen. */
#ifndef SERVICE_GATEWAY_CONNECTORS_CITIZEN_CELLS_H
#define SERVICE_GATEWAY_CONNECTORS_CITIZEN_CELLS_H

#include "service/gateway/connectors/connector.h"

/**
 * struct citizen_reading - a person while the members come in.
 * @citizen: zeroed; filled member by member
 * The rest is what has to wait for its siblings. Wiped by its owner.
 */
struct citizen_reading {
	struct citizen *citizen;
	struct {
		char family[CITIZEN_NAME_MAX];
		char middle[CITIZEN_NAME_MAX];
		char given[CITIZEN_NAME_MAX];
	} name;
	char sex[CITIZEN_CODE_MAX];
	char year[CITIZEN_DATE_MAX];
};

/* Whether citizen_take() looks at the text at a path below CongDan. */
bool citizen_reads(const char *path);

/**
 * citizen_take() - one member, its children before it.
 * @path: below CongDan, "ThuongTru/ChiTiet"; unknown ones are passed over
 * @text: its own text; UTF-8 or not
 *
 * Return: false when the value is bad or stands twice.
 */
bool citizen_take(struct citizen_reading *reading, const char *path,
                  struct span text);

/**
 * citizen_finish() - after the last member.
 * @male, @female: codes of GioiTinh
 *
 * Return: whether it is a person that can be compared with one.
 */
bool citizen_finish(struct citizen_reading *reading, const char *male,
                    const char *female);

#endif
