/* SPDX-License-Identifier: Apache-2.0 */
/* The stable words of urn:cccd:probe:1. */
#include "lib/json/probe_words.h"

#include "base/macros.h"

/* The word at @at, "" where there is none. */
static const char *word(const char *const *words, size_t count, unsigned int at)
{
	return at < count && words[at] != NULL ? words[at] : "";
}

#define WORD(words, at) word((words), ARRAY_LEN(words), (unsigned int)(at))

const char *word_of_protocol(enum cccd_access_protocol protocol)
{
	static const char *const words[] = {
		[CCCD_ACCESS_NONE] = "none",
		[CCCD_ACCESS_BAC] = "bac",
		[CCCD_ACCESS_PACE] = "pace",
	};

	return WORD(words, protocol);
}

const char *word_of_key(enum cccd_key_type type)
{
	static const char *const words[] = {
		[CCCD_KEY_UNKNOWN] = "unknown",
		[CCCD_KEY_RSA] = "rsa",
		[CCCD_KEY_EC] = "ec",
		[CCCD_KEY_DH] = "dh",
	};

	return WORD(words, type);
}

const char *word_of_info(enum cccd_security_info_kind kind)
{
	static const char *const words[] = {
		[CCCD_SECURITY_INFO_OTHER] = "other",
		[CCCD_SECURITY_INFO_PACE] = "pace",
		[CCCD_SECURITY_INFO_PACE_DOMAIN] = "pace_domain",
		[CCCD_SECURITY_INFO_CHIP_AUTH] = "chip_authentication",
		[CCCD_SECURITY_INFO_CHIP_AUTH_KEY] = "chip_authentication_key",
		[CCCD_SECURITY_INFO_TERMINAL_AUTH] = "terminal_authentication",
		[CCCD_SECURITY_INFO_ACTIVE_AUTH] = "active_authentication",
		[CCCD_SECURITY_INFO_EF_DIR] = "ef_dir",
	};

	return WORD(words, kind);
}

const char *word_of_mrz(enum cccd_mrz_format format)
{
	static const char *const words[] = {
		[CCCD_MRZ_NONE] = "none",
		[CCCD_MRZ_TD1] = "td1",
		[CCCD_MRZ_TD2] = "td2",
		[CCCD_MRZ_TD3] = "td3",
	};

	return WORD(words, format);
}

const char *word_of_date_state(enum cccd_date_state state)
{
	static const char *const words[] = {
		[CCCD_DATE_UNKNOWN] = "unknown",
		[CCCD_DATE_PARTIAL] = "partial",
		[CCCD_DATE_COMPLETE] = "complete",
		[CCCD_DATE_INVALID] = "invalid",
	};

	return WORD(words, state);
}

const char *word_of_standard(enum cccd_biometric_standard standard)
{
	static const char *const words[] = {
		[CCCD_BIOMETRIC_UNKNOWN] = "unknown",
		[CCCD_BIOMETRIC_ISO_19794] = "iso_19794",
		[CCCD_BIOMETRIC_ISO_39794] = "iso_39794",
	};

	return WORD(words, standard);
}

const char *word_of_image(enum cccd_image_format format)
{
	static const char *const words[] = {
		[CCCD_IMAGE_UNKNOWN] = "unknown",
		[CCCD_IMAGE_JPEG] = "jpeg",
		[CCCD_IMAGE_JPEG2000] = "jpeg2000",
		[CCCD_IMAGE_PNG] = "png",
	};

	return WORD(words, format);
}

const char *word_of_field(enum cccd_field_state state)
{
	static const char *const words[] = {
		[CCCD_FIELD_MISSING] = "missing",
		[CCCD_FIELD_EMPTY] = "empty",
		[CCCD_FIELD_PRESENT] = "present",
		[CCCD_FIELD_INVALID] = "invalid",
	};

	return WORD(words, state);
}

const char *word_of_form(enum cccd_date_form form)
{
	static const char *const words[] = {
		[CCCD_FORM_NONE] = "none",
		[CCCD_FORM_SLASHES] = "dd/MM/yyyy",
		[CCCD_FORM_DMY] = "ddMMyyyy",
		[CCCD_FORM_ISO] = "yyyy-MM-dd",
		[CCCD_FORM_YMD] = "yyyyMMdd",
		[CCCD_FORM_YEAR] = "yyyy",
		[CCCD_FORM_NO_EXPIRY] = "no_expiry",
	};

	return WORD(words, form);
}

const char *word_of_tag(uint32_t tag)
{
	static const char *const words[] = {
		[0x02] = "integer",
		[0x04] = "octet_string",
		[0x0C] = "utf8_string",
		[0x12] = "numeric_string",
		[0x13] = "printable_string",
		[0x14] = "t61_string",
		[0x16] = "ia5_string",
		[0x17] = "utc_time",
		[0x18] = "generalized_time",
		[0x1C] = "universal_string",
		[0x1E] = "bmp_string",
		[0x30] = "sequence",
		[0x31] = "set",
	};

	return WORD(words, tag);
}

const char *word_of_fact(unsigned int bit)
{
	static const char *const words[PROBE_FACT_BITS] = {
		"no_version",        "other_version", "no_oid",
		"other_oid",         "duplicate",     "conflict",
		"unknown_number",    "odd_member",    "invalid_text",
		"parent_unclear",    "trailing",      "unparsed_date",
		"other_string_type",
	};

	return WORD(words, bit);
}
