/* SPDX-License-Identifier: Apache-2.0 */
/* A card whose person is made of words that stand nowhere else. */
#ifndef TESTS_SUPPORT_CANARY_CARD_H
#define TESTS_SUPPORT_CANARY_CARD_H

#define CANARY_CARD_ON(profile)                                           \
	"{\"extends\":\"" profile "\",\"seed\":\"canary\","               \
	"\"document\":{\"id_number\":\"079187654321\","                   \
	"\"name\":\"QUYENVYX<<ZOANH<WFJORD\",\"birth\":\"870923\","       \
	"\"sex\":\"F\",\"expiry\":\"470923\"},"                           \
	"\"dg13\":{\"id_number\":\"079187654321\","                       \
	"\"full_name\":\"Quyềnvỹx Zoánh Wfjörd\","                  \
	"\"birth\":\"23/09/1987\",\"nationality\":\"Việt Namxqz\","     \
	"\"ethnicity\":\"Kinhxq\",\"religion\":\"Zoroxq\","               \
	"\"origin\":\"Xã Quokkaxa, Tỉnh Jumbofq\","                    \
	"\"residence\":\"Số 7391 phố Sphinxgy, Phường Kwartzby\"," \
	"\"features\":\"Sẹo hình Blixtwq sau Glyphvo\","               \
	"\"issued\":\"17/11/2021\",\"expires\":\"23/09/2047\","           \
	"\"father\":\"Vậtfử Oqdadx\",\"mother\":\"Trầnqz Oqmumx\"," \
	"\"spouse\":\"Hùngwj Oqwedx\",\"old_number\":\"276543219\","     \
	"\"field_16\":\"F16CANARYXQZ0147\"},"                             \
	"\"dg11\":{\"full_name\":\"ELEVENFQ<<NAMEXQ\","                   \
	"\"personal_number\":\"PN9087XQ55\",\"birth\":\"19870923\","      \
	"\"birth_place\":\"PLACEFQXZ\",\"address\":\"ADDRESSFQXZ\"},"     \
	"\"sod\":{\"signing_time\":\"20211117083142Z\"}}"

#define CANARY_CARD CANARY_CARD_ON("cccd-2021")

/* The holder's number, of which the last six digits are the CAN. */
#define CANARY_ID_NUMBER "079187654321"
#define CANARY_CAN       "654321"

/* The 24 characters of the MRZ that open it. */
#define CANARY_MRZ "187654321787092394709231"

/* What must be heard nowhere. Sex and kind are told by the card's look. */
static const char *const canary_words[] = {
	"187654321",  "079187",     "654321",     "QUYENVYX",  "ZOANH<",
	"WFJORD",     "870923",     "470923",     "Quyềnvỹx",  "Zoánh",
	"Wfjörd",     "23/09/1987", "1987-09-23", "19870923",  "2047-09-23",
	"Namxqz",     "Kinhxq",     "Zoroxq",     "Quokkaxa",  "Jumbofq",
	"Sphinxgy",   "Kwartzby",   "Blixtwq",    "Glyphvo",   "17/11/2021",
	"2021-11-17", "211117083",  "23/09/2047", "Vậtfử",     "Oqdadx",
	"Trầnqz",     "Oqmumx",     "Hùngwj",     "Oqwedx",    "276543219",
	"F16CANARY",  "ELEVENFQ",   "PN9087XQ55", "PLACEFQXZ", "ADDRESSFQ",
};

#endif
