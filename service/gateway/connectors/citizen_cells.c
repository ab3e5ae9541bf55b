/* SPDX-License-Identifier: Apache-2.0 */
/* The members of CongDan and where each goes. */
#include "service/gateway/connectors/citizen_cells.h"

#include "base/text.h"
#include "service/gateway/connectors/citizen_words.h"

/* Where the text at a path goes. */
enum cell_kind {
	CELL_ID,
	CELL_OLD,
	CELL_TEXT,
	CELL_DATE,
};

struct cell {
	const char *path;
	enum cell_kind kind;
	size_t offset;
	size_t cap;
};

#define AT(member)  offsetof(struct citizen, member)
#define CAP(member) sizeof(((struct citizen *)0)->member)
#define TEXT(p, m)                          \
	{                                   \
		p, CELL_TEXT, AT(m), CAP(m) \
	}
#define NUMBER(p, m)                      \
	{                                 \
		p, CELL_ID, AT(m), CAP(m) \
	}
#define DATE(p)                                                     \
	{                                                           \
		p, CELL_DATE, AT(date_of_birth), CAP(date_of_birth) \
	}
#define OLD(p, m)                          \
	{                                  \
		p, CELL_OLD, AT(m), CAP(m) \
	}
/* clang-format off */
/* NOLINTBEGIN(bugprone-macro-parentheses): members and string pieces */
#define PLACE(p, m)                            \
	TEXT(p "/MaTinhThanh", m.province),    \
	TEXT(p "/MaQuanHuyen", m.district),    \
	TEXT(p "/MaPhuongXa", m.commune),      \
	TEXT(p "/ChiTiet", m.detail),          \
	TEXT(p "/QuocGia", m.country)
#define RELATIVE(p, m)                         \
	TEXT(p "/QuocTich", m.nationality),    \
	NUMBER(p "/SoDinhDanh", m.id_number),  \
	OLD(p "/SoCMND", m.old_number),        \
	TEXT(p "/QuanHe", m.relation)

static const struct cell cells[] = {
	NUMBER("SoDinhDanh", id_number),
	OLD("SoCMND", old_number),
	DATE("NgayThangNamSinh/NgayThangNam"),
	/* As JSON has it. */
	DATE("NgayThangNamSinh"),
	DATE("NgayThangNam"),
	TEXT("DanToc", ethnicity),
	TEXT("TonGiao", religion),
	TEXT("TinhTrangHonNhan", marital_status),
	TEXT("NhomMau", blood_group),
	TEXT("QuocTich", nationality),
	TEXT("SoSoHoKhau", household),
	PLACE("NoiDangKyKhaiSinh", birth_registration),
	PLACE("QueQuan", origin),
	PLACE("ThuongTru", permanent_residence),
	PLACE("NoiOHienTai", current_residence),
	RELATIVE("Cha", father),
	RELATIVE("Me", mother),
	RELATIVE("VoChong", spouse),
	RELATIVE("NguoiDaiDien", representative),
	RELATIVE("ChuHo", head),
};

/* Whose name ends with HoVaTen below this path. */
static const struct {
	const char *path;
	size_t offset;
} names[] = {
	{ "HoVaTen", AT(full_name) },
	{ "Cha/HoVaTen", AT(father.full_name) },
	{ "Me/HoVaTen", AT(mother.full_name) },
	{ "VoChong/HoVaTen", AT(spouse.full_name) },
	{ "NguoiDaiDien/HoVaTen", AT(representative.full_name) },
	{ "ChuHo/HoVaTen", AT(head.full_name) },
};
/* NOLINTEND(bugprone-macro-parentheses) */
/* clang-format on */

/* Below each of these names; kept until it ends. */
static const struct {
	const char *leaf;
	size_t offset;
} parts[] = {
	{ "Ho", offsetof(struct citizen_reading, name.family) },
	{ "ChuDem", offsetof(struct citizen_reading, name.middle) },
	{ "Ten", offsetof(struct citizen_reading, name.given) },
};

/* The cards of 2013 to 2015 bore the twelve digits that stayed: a number,
 * but not an old one. */
static bool set_old_number(struct span text, char *place)
{
	char same[CITIZEN_NUMBER_MAX] = "";

	return citizen_set_number(text, 9, place) ||
	       citizen_set_number(text, 12, same);
}

static bool set_cell(const struct cell *cell, struct span text,
                     struct citizen *citizen)
{
	char *place = (char *)citizen + cell->offset;

	/* An element that stands twice says two things; one around others
	 * has nothing but blanks of its own. */
	if (text_trim(text).len == 0)
		return true;
	if (place[0] != '\0')
		return false;
	switch (cell->kind) {
	case CELL_ID: return citizen_set_number(text, 12, place);
	case CELL_OLD: return set_old_number(text, place);
	case CELL_DATE: return citizen_set_date(text, place);
	case CELL_TEXT: return citizen_set_text(text, place, cell->cap);
	}
	return false;
}

/* The end of a whole name: its parts, or the text of the element itself. */
static bool end_name(struct citizen_reading *reading, size_t offset,
                     struct span text)
{
	char *place = (char *)reading->citizen + offset;
	bool in_parts = reading->name.family[0] != '\0' ||
	                reading->name.middle[0] != '\0' ||
	                reading->name.given[0] != '\0';
	bool good = place[0] == '\0';

	if (in_parts)
		good = good && citizen_join_name(reading->name.family,
		                                 reading->name.middle,
		                                 reading->name.given, place);
	else
		good = good && citizen_set_text(text, place, CITIZEN_NAME_MAX);
	wipe(&reading->name, sizeof(reading->name));
	return good;
}

/* What a path says: the place of a cell, name or part by its index. */
enum member_kind {
	MEMBER_OTHER = 0,
	MEMBER_NAME,
	MEMBER_NAME_PART,
	MEMBER_CELL,
	MEMBER_SEX,
	MEMBER_YEAR,
};

struct member {
	enum member_kind kind;
	size_t index;
};

/* Ho, ChuDem, Ten below a name of somebody we know: those of others end
 * nowhere, and their parts would become somebody else's. */
static struct member find_name(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t len = strlen(names[i].path);

		if (strncmp(names[i].path, path, len) != 0)
			continue;
		if (path[len] == '\0')
			return (struct member){ MEMBER_NAME, i };
		for (size_t j = 0; j < ARRAY_LEN(parts); j++)
			if (path[len] == '/' &&
			    strcmp(parts[j].leaf, path + len + 1) == 0)
				return (struct member){ MEMBER_NAME_PART, j };
	}
	return (struct member){ MEMBER_OTHER, 0 };
}

static struct member find(const char *path)
{
	struct member member = find_name(path);

	for (size_t i = 0; i < ARRAY_LEN(cells) && member.kind == MEMBER_OTHER;
	     i++)
		if (strcmp(cells[i].path, path) == 0)
			member = (struct member){ MEMBER_CELL, i };
	if (strcmp(path, "GioiTinh") == 0)
		member.kind = MEMBER_SEX;
	else if (strcmp(path, "NgayThangNamSinh/Nam") == 0 ||
	         strcmp(path, "Nam") == 0)
		member.kind = MEMBER_YEAR;
	return member;
}

bool citizen_reads(const char *path)
{
	return find(path).kind != MEMBER_OTHER;
}

bool citizen_take(struct citizen_reading *reading, const char *path,
                  struct span text)
{
	struct member member = find(path);
	char *part = NULL;

	switch (member.kind) {
	case MEMBER_OTHER: return true;
	case MEMBER_NAME:
		return end_name(reading, names[member.index].offset, text);
	case MEMBER_NAME_PART:
		part = (char *)reading + parts[member.index].offset;
		return part[0] == '\0' &&
		       citizen_set_text(text, part, CITIZEN_NAME_MAX);
	case MEMBER_CELL:
		return set_cell(&cells[member.index], text, reading->citizen);
	case MEMBER_SEX:
		return reading->sex[0] == '\0' &&
		       citizen_set_text(text, reading->sex,
		                        sizeof(reading->sex));
	case MEMBER_YEAR:
		return reading->year[0] == '\0' &&
		       citizen_set_date(text, reading->year);
	}
	return false;
}

bool citizen_finish(struct citizen_reading *reading, const char *male,
                    const char *female)
{
	struct citizen *citizen = reading->citizen;

	/* The year alone, where there is no whole date. */
	if (citizen->date_of_birth[0] == '\0')
		memcpy(citizen->date_of_birth, reading->year,
		       sizeof(citizen->date_of_birth));
	else if (reading->year[0] != '\0' &&
	         strncmp(citizen->date_of_birth, reading->year, 4) != 0)
		return false;
	citizen_set_sex(reading->sex, male, female, citizen->sex);
	return citizen_is_somebody(citizen);
}
