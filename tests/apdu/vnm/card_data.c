/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/apdu/vnm/card_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "apdu/vnm/day.h"
#include "tests/support/vectors.h"

struct cccd_mrz card_mrz_of(const char *text)
{
	struct cccd_mrz mrz = { 0 };

	assert_int_equal(mrz_parse(span_text(text), &mrz), CCCD_OK);
	return mrz;
}

struct cccd_mrz card_mrz_named(const char *name)
{
	struct vectors *v = vectors_open("mrz");
	struct cccd_mrz mrz = card_mrz_of(vectors_text(v, name));

	vectors_close(v);
	return mrz;
}

void card_set_field(struct cccd_dg13 *dg13, enum cccd_dg13_number number,
                    const char *text)
{
	dg13->fields[number].state =
	        text[0] == '\0' ? CCCD_FIELD_MISSING : CCCD_FIELD_PRESENT;
	dg13->fields[number].text = span_bytes(span_text(text));
}

void card_set_date(struct cccd_dg13 *dg13, enum cccd_dg13_number number,
                   struct cccd_field_date *date, const char *text)
{
	card_set_field(dg13, number, text);
	date->form = day_read(span_text(text), &date->date);
}

struct cccd_dg13 card_full_dg13(void)
{
	struct cccd_dg13 dg13 = { .national = true };

	card_set_field(&dg13, CCCD_DG13_ID_NUMBER, "001199000001");
	card_set_field(&dg13, CCCD_DG13_FULL_NAME,
	               "Nguye\u0302\u0303n Va\u0306n A");
	card_set_date(&dg13, CCCD_DG13_DATE_OF_BIRTH, &dg13.birth,
	              "01/01/1999");
	card_set_field(&dg13, CCCD_DG13_SEX, "Nữ");
	card_set_field(&dg13, CCCD_DG13_NATIONALITY, "Việt Nam");
	card_set_field(&dg13, CCCD_DG13_ETHNICITY, "Tày");
	card_set_field(&dg13, CCCD_DG13_RELIGION, "Không");
	card_set_field(&dg13, CCCD_DG13_PLACE_OF_ORIGIN,
	               "Xã Phú Lâm, Yên Sơn, Hà Giang");
	card_set_field(&dg13, CCCD_DG13_PLACE_OF_RESIDENCE,
	               "Số 1 Phố Huế, Hoàn Kiếm, TP. Hà Nội");
	card_set_field(&dg13, CCCD_DG13_PERSONAL_FEATURES, "Sẹo chấm, C: 1cm");
	card_set_date(&dg13, CCCD_DG13_DATE_OF_ISSUE, &dg13.issue,
	              "15/07/2022");
	card_set_date(&dg13, CCCD_DG13_DATE_OF_EXPIRY, &dg13.expiry,
	              "01/01/2039");
	card_set_field(&dg13, CCCD_DG13_OLD_NUMBER, "012345678, 001199999999");
	dg13.father.text = span_bytes(span_text("Nguyễn Văn B"));
	dg13.mother.text = span_bytes(span_text("Trần Thị C"));
	dg13.spouse.text = span_bytes(span_text("Lê D"));
	return dg13;
}
