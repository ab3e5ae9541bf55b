/* SPDX-License-Identifier: Apache-2.0 */
/* Templates of optional fields, data groups 11, 12 and 16, as tables. */
#ifndef APDU_LDS_FIELDS_H
#define APDU_LDS_FIELDS_H

#include <cccd/lds.h>

#include "base/span.h"

enum field_kind {
	FIELD_BYTES = 1, /* struct cccd_bytes */
	FIELD_DATE,      /* struct cccd_date, characters or BCD */
	FIELD_TIME,      /* char[15], characters or BCD */
	FIELD_IMAGE,     /* struct cccd_image */
	FIELD_LIST,      /* struct cccd_bytes[CCCD_OTHER_NAMES_MAX] */
	FIELD_GROUP,     /* holds fields itself: they follow, one level down */
};

/**
 * struct field_row - where the value of a tag goes.
 * @offset: of the member in the result
 * @count:  of a list's size_t counter; 0 otherwise
 */
struct field_row {
	uint32_t tag;
	enum field_kind kind;
	size_t offset;
	size_t count;
};

struct field_table {
	const struct field_row *rows;
	size_t count;
};

/**
 * fields_read() - the objects of a template into a result.
 * @value:       contents of the template
 * @table:       at most one level of FIELD_GROUP is followed
 * @result:      zeroed structure the rows' offsets belong to
 * @ret_unknown: objects of no row
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_DUPLICATE when a single field stands twice;
 * CCCD_ERR_DATA_TOO_LARGE for a list that is too long; as tlv_next().
 */
CHECKED enum cccd_err fields_read(struct span value,
                                  const struct field_table *table, void *result,
                                  size_t *ret_unknown);

#endif
