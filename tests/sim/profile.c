/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a profile, section by section, and their defaults. */
#include "tests/sim/profile.h"

#include <stdlib.h>

#include "tests/sim/profile_json.h"

#define AT(type, member_) .offset = offsetof(struct type, member_)
#define BOOL(type, name_)                                         \
	{                                                         \
		.name = #name_, .kind = SIM_BOOL, AT(type, name_) \
	}
#define TRI(type, name_)                                         \
	{                                                        \
		.name = #name_, .kind = SIM_TRI, AT(type, name_) \
	}
#define UINT(type, name_)                                         \
	{                                                         \
		.name = #name_, .kind = SIM_UINT, AT(type, name_) \
	}
#define SW(type, name_)                                                   \
	{                                                                 \
		.name = #name_, .kind = SIM_SW, AT(type, name_), .cap = 4 \
	}
#define TEXT(type, name_)                                          \
	{                                                          \
		.name = #name_, .kind = SIM_TEXT, AT(type, name_), \
		.cap = sizeof(((struct type *)0)->name_)           \
	}
#define BYTES(type, name_)                                         \
	{                                                          \
		.name = #name_, .kind = SIM_BYTES, AT(type, name_) \
	}
#define ENUM(type, name_, names_)                                  \
	{                                                          \
		.name = #name_, .kind = SIM_ENUM, AT(type, name_), \
		.names = (names_)                                  \
	}
#define SUB(type, name_, table_)                                  \
	{                                                         \
		.name = #name_, .kind = SIM_SUB, AT(type, name_), \
		.sub = (table_)                                   \
	}

static const struct sim_member document_members[] = {
	TEXT(sim_document, format),
	TEXT(sim_document, code),
	TEXT(sim_document, state),
	TEXT(sim_document, nationality),
	TEXT(sim_document, id_number),
	TEXT(sim_document, number),
	TEXT(sim_document, optional),
	TEXT(sim_document, optional2),
	TEXT(sim_document, name),
	TEXT(sim_document, birth),
	TEXT(sim_document, sex),
	TEXT(sim_document, expiry),
	TEXT(sim_document, can),
	TEXT(sim_document, pin),
	TEXT(sim_document, puk),
	TEXT(sim_document, mrz),
	{ .name = NULL },
};

static const struct sim_member file_members[] = {
	TRI(sim_file_profile, present),
	UINT(sim_file_profile, size),
	BYTES(sim_file_profile, content),
	SW(sim_file_profile, locked),
	TRI(sim_file_profile, in_com),
	TRI(sim_file_profile, in_sod),
	BOOL(sim_file_profile, bad_hash),
	BOOL(sim_file_profile, stripped),
	{ .name = "length",
	  .kind = SIM_UINT,
	  AT(sim_file_profile, length),
	  .given = offsetof(struct sim_file_profile, lying) },
	BYTES(sim_file_profile, tail),
	UINT(sim_file_profile, offset),
	BYTES(sim_file_profile, edit),
	{ .name = NULL },
};

static const char *const file_names[] = {
	"com",  "dg1",         "dg2",           "dg3",      "dg4",  "dg5",
	"dg6",  "dg7",         "dg8",           "dg9",      "dg10", "dg11",
	"dg12", "dg13",        "dg14",          "dg15",     "dg16", "sod",
	"cvca", "card_access", "card_security", "atr_info", "dir",  NULL,
};

#define FILE_MEMBER(name_, id)                                         \
	{                                                              \
		.name = (name_), .kind = SIM_SUB, .sub = file_members, \
		.offset = (id) * sizeof(struct sim_file_profile)       \
	}

static const struct sim_member files_members[] = {
	FILE_MEMBER("com", SIM_FILE_COM),
	FILE_MEMBER("dg1", SIM_FILE_DG1),
	FILE_MEMBER("dg2", SIM_FILE_DG2),
	FILE_MEMBER("dg3", SIM_FILE_DG3),
	FILE_MEMBER("dg4", SIM_FILE_DG4),
	FILE_MEMBER("dg5", SIM_FILE_DG5),
	FILE_MEMBER("dg6", SIM_FILE_DG6),
	FILE_MEMBER("dg7", SIM_FILE_DG7),
	FILE_MEMBER("dg8", SIM_FILE_DG8),
	FILE_MEMBER("dg9", SIM_FILE_DG9),
	FILE_MEMBER("dg10", SIM_FILE_DG10),
	FILE_MEMBER("dg11", SIM_FILE_DG11),
	FILE_MEMBER("dg12", SIM_FILE_DG12),
	FILE_MEMBER("dg13", SIM_FILE_DG13),
	FILE_MEMBER("dg14", SIM_FILE_DG14),
	FILE_MEMBER("dg15", SIM_FILE_DG15),
	FILE_MEMBER("dg16", SIM_FILE_DG16),
	FILE_MEMBER("sod", SIM_FILE_SOD),
	FILE_MEMBER("cvca", SIM_FILE_CVCA),
	FILE_MEMBER("card_access", SIM_FILE_CARD_ACCESS),
	FILE_MEMBER("card_security", SIM_FILE_CARD_SECURITY),
	FILE_MEMBER("atr_info", SIM_FILE_ATR_INFO),
	FILE_MEMBER("dir", SIM_FILE_DIR),
	{ .name = NULL },
};

static const struct sim_member com_members[] = {
	TEXT(sim_com_profile, lds),
	TEXT(sim_com_profile, unicode),
	{ .name = "list",
	  .kind = SIM_UINTS,
	  AT(sim_com_profile, list),
	  .cap = SIM_COM_LIST_MAX,
	  .count = offsetof(struct sim_com_profile, list_count) },
	{ .name = NULL },
};

static const struct sim_member dg11_members[] = {
	TEXT(sim_dg11_profile, full_name),
	TEXT(sim_dg11_profile, personal_number),
	TEXT(sim_dg11_profile, birth),
	TEXT(sim_dg11_profile, birth_place),
	TEXT(sim_dg11_profile, address),
	{ .name = NULL },
};

static const struct sim_member dg12_members[] = {
	TEXT(sim_dg12_profile, authority),
	TEXT(sim_dg12_profile, issued),
	{ .name = NULL },
};

static const char *const absent_names[] = { "omit", "string", "number",
	                                    "sequence", NULL };

#define FIELD(name_, n)                                                 \
	{                                                               \
		.name = (name_), .kind = SIM_TEXT, .cap = SIM_TEXT_MAX, \
		.offset = offsetof(struct sim_dg13_profile, fields[n])  \
	}

static const struct sim_member dg13_members[] = {
	BOOL(sim_dg13_profile, wrapper),
	ENUM(sim_dg13_profile, absent, absent_names),
	BOOL(sim_dg13_profile, utf8_only),
	FIELD("id_number", 1),
	FIELD("full_name", 2),
	FIELD("birth", 3),
	FIELD("sex", 4),
	FIELD("nationality", 5),
	FIELD("ethnicity", 6),
	FIELD("religion", 7),
	FIELD("origin", 8),
	FIELD("residence", 9),
	FIELD("features", 10),
	FIELD("issued", 11),
	FIELD("expires", 12),
	FIELD("father", 13),
	TEXT(sim_dg13_profile, mother),
	FIELD("spouse", 14),
	FIELD("old_number", 15),
	FIELD("field_16", 16),
	{ .name = NULL },
};

static const struct sim_member pace_members[] = {
	TEXT(sim_pace_profile, protocol),
	UINT(sim_pace_profile, domain),
	UINT(sim_pace_profile, explicit_of),
	UINT(sim_pace_profile, version),
	{ .name = NULL },
};

static void pace_defaults(void *element)
{
	struct sim_pace_profile *pace = element;

	*pace = (struct sim_pace_profile){ .domain = 13, .version = 2 };
}

static const char *const password_names[] = { "none", "mrz", "can",
	                                      "pin",  "puk", NULL };
static const char *const parameter_names[] = { "optional", "required",
	                                       "forbidden", NULL };

static const struct sim_member access_members[] = {
	{ .name = "pace",
	  .kind = SIM_LIST,
	  AT(sim_access_profile, pace),
	  .cap = SIM_PACE_MAX,
	  .sub = pace_members,
	  .element = sizeof(struct sim_pace_profile),
	  .count = offsetof(struct sim_access_profile, pace_count),
	  .defaults = pace_defaults },
	{ .name = "passwords",
	  .kind = SIM_FLAGS,
	  AT(sim_access_profile, passwords),
	  .names = password_names },
	BOOL(sim_access_profile, bac),
	BOOL(sim_access_profile, open),
	SW(sim_access_profile, bac_sw),
	SW(sim_access_profile, bac_wrong_sw),
	UINT(sim_access_profile, tries),
	TEXT(sim_access_profile, wrong_sw),
	SW(sim_access_profile, blocked_sw),
	SW(sim_access_profile, suspended_sw),
	ENUM(sim_access_profile, parameter_id, parameter_names),
	BOOL(sim_access_profile, announce_ta),
	BOOL(sim_access_profile, announce_ca),
	{ .name = NULL },
};

static const struct sim_member ca_members[] = {
	TEXT(sim_ca_profile, protocol),
	UINT(sim_ca_profile, domain),
	{ .name = "id",
	  .kind = SIM_UINT,
	  AT(sim_ca_profile, id),
	  .given = offsetof(struct sim_ca_profile, has_id) },
	BOOL(sim_ca_profile, announce),
	BOOL(sim_ca_profile, in_dg14),
	BOOL(sim_ca_profile, explicit_domain),
	{ .name = NULL },
};

static void ca_defaults(void *element)
{
	struct sim_ca_profile *ca = element;

	*ca = (struct sim_ca_profile){ .domain = 13,
		                       .announce = true,
		                       .in_dg14 = true };
}

static const struct sim_member chip_auth_members[] = {
	{ .name = "keys",
	  .kind = SIM_LIST,
	  AT(sim_chip_auth_profile, keys),
	  .cap = SIM_CA_MAX,
	  .sub = ca_members,
	  .element = sizeof(struct sim_ca_profile),
	  .count = offsetof(struct sim_chip_auth_profile, count),
	  .defaults = ca_defaults },
	SW(sim_chip_auth_profile, mse_sw),
	SW(sim_chip_auth_profile, ga_sw),
	BOOL(sim_chip_auth_profile, clone),
	BOOL(sim_chip_auth_profile, kat),
	BOOL(sim_chip_auth_profile, mse_at),
	BOOL(sim_chip_auth_profile, unsorted),
	{ .name = NULL },
};

static const struct sim_member active_auth_members[] = {
	TEXT(sim_active_auth_profile, type),
	UINT(sim_active_auth_profile, bits),
	UINT(sim_active_auth_profile, exponent),
	UINT(sim_active_auth_profile, domain),
	BOOL(sim_active_auth_profile, explicit_domain),
	TEXT(sim_active_auth_profile, hash),
	TEXT(sim_active_auth_profile, trailer),
	BOOL(sim_active_auth_profile, der),
	BOOL(sim_active_auth_profile, announce),
	TEXT(sim_active_auth_profile, fault),
	SW(sim_active_auth_profile, sw),
	{ .name = NULL },
};

static const struct sim_member pki_members[] = {
	TEXT(sim_pki_profile, seed),
	TEXT(sim_pki_profile, state),
	TEXT(sim_pki_profile, organisation),
	TEXT(sim_pki_profile, name),
	TEXT(sim_pki_profile, key),
	TEXT(sim_pki_profile, hash),
	TEXT(sim_pki_profile, from),
	TEXT(sim_pki_profile, to),
	BOOL(sim_pki_profile, explicit_domain),
	BOOL(sim_pki_profile, negative_serial),
	TEXT(sim_pki_profile, crl_from),
	TEXT(sim_pki_profile, crl_to),
	BOOL(sim_pki_profile, revoke_ds),
	{ .name = NULL },
};

static const struct sim_member sod_members[] = {
	TEXT(sim_sod_profile, digest),
	UINT(sim_sod_profile, version),
	TEXT(sim_sod_profile, content_type),
	TEXT(sim_sod_profile, signing_time),
	TEXT(sim_sod_profile, scheme),
	TEXT(sim_sod_profile, hash),
	BOOL(sim_sod_profile, sid_ski),
	BOOL(sim_sod_profile, no_certificate),
	BOOL(sim_sod_profile, bad_signature),
	BOOL(sim_sod_profile, bad_message_digest),
	BOOL(sim_sod_profile, indefinite),
	BOOL(sim_sod_profile, duplicate_dg),
	TEXT(sim_sod_profile, key),
	TEXT(sim_sod_profile, state),
	TEXT(sim_sod_profile, signer),
	TEXT(sim_sod_profile, from),
	TEXT(sim_sod_profile, to),
	TEXT(sim_sod_profile, usage_from),
	TEXT(sim_sod_profile, usage_to),
	BOOL(sim_sod_profile, explicit_domain),
	BOOL(sim_sod_profile, other_csca),
	BOOL(sim_sod_profile, key_usage_wrong),
	BOOL(sim_sod_profile, is_ca),
	BOOL(sim_sod_profile, unknown_critical),
	BOOL(sim_sod_profile, document_types),
	{ .name = NULL },
};

static const char *const le_zero_names[] = { "fit", "empty", "oversize", NULL };
static const char *const eof_names[] = { "6282", "9000", NULL };

static const struct sim_member behaviour_members[] = {
	BYTES(sim_behaviour_profile, atr),
	SW(sim_behaviour_profile, select_mf),
	SW(sim_behaviour_profile, select_application),
	BOOL(sim_behaviour_profile, sfi),
	BOOL(sim_behaviour_profile, fid),
	BOOL(sim_behaviour_profile, odd_ins),
	BOOL(sim_behaviour_profile, extended),
	UINT(sim_behaviour_profile, max_short),
	UINT(sim_behaviour_profile, max_extended),
	BOOL(sim_behaviour_profile, oversize_6c),
	UINT(sim_behaviour_profile, read_cap),
	ENUM(sim_behaviour_profile, eof, eof_names),
	SW(sim_behaviour_profile, beyond_sw),
	ENUM(sim_behaviour_profile, le_zero, le_zero_names),
	BOOL(sim_behaviour_profile, more_61),
	BOOL(sim_behaviour_profile, chaining),
	SW(sim_behaviour_profile, plain_sw),
	SW(sim_behaviour_profile, sm_sw),
	BOOL(sim_behaviour_profile, naked_errors),
	BOOL(sim_behaviour_profile, long_lengths),
	SW(sim_behaviour_profile, no_sfi_sw),
	SW(sim_behaviour_profile, card_access_sw),
	BOOL(sim_behaviour_profile, card_access_anywhere),
	BOOL(sim_behaviour_profile, require_external_le),
	BOOL(sim_behaviour_profile, refuse_le),
	UINT(sim_behaviour_profile, nonce_len),
	{ .name = NULL },
};

static const struct sim_member reader_members[] = {
	UINT(sim_reader_profile, max_command),
	UINT(sim_reader_profile, max_response),
	{ .name = NULL },
};

static const struct sim_member latency_members[] = {
	UINT(sim_latency_profile, bit_rate_kbps),
	UINT(sim_latency_profile, per_apdu_ms),
	UINT(sim_latency_profile, pace_ms),
	UINT(sim_latency_profile, ca_ms),
	UINT(sim_latency_profile, aa_ms),
	{ .name = NULL },
};

/* In the order of enum sim_fault_kind. */
static const char *const fault_names[SIM_FAULT_KINDS + 1] = {
	"remove",      "mute",       "slow",      "sw",          "sm_sw",
	"data",        "empty",      "truncate",  "flip",        "bad_mac",
	"drop_99",     "drop_8e",    "extra",     "duplicate",   "swap",
	"append",      "wire",       "plain",     "replay",      "outer_sw",
	"wrong_token", "reflect",    "off_curve", "infinity",    "small_order",
	"cam_bad",     "cam_absent", "bac_mac",   "bac_rnd_ifd", "bac_rnd_ic",
	"bac_short",   "bac_long",   NULL,
};

static const struct sim_member fault_members[] = {
	{ .name = "do",
	  .kind = SIM_ENUM,
	  AT(sim_fault_profile, kind),
	  .names = fault_names },
	UINT(sim_fault_profile, apdu),
	UINT(sim_fault_profile, power),
	{ .name = "ins", .kind = SIM_SW, AT(sim_fault_profile, ins), .cap = 2 },
	TEXT(sim_fault_profile, step),
	ENUM(sim_fault_profile, file, file_names),
	{ .name = "offset",
	  .kind = SIM_UINT,
	  AT(sim_fault_profile, offset),
	  .given = offsetof(struct sim_fault_profile, has_offset) },
	UINT(sim_fault_profile, received),
	UINT(sim_fault_profile, nth),
	UINT(sim_fault_profile, times),
	UINT(sim_fault_profile, value),
	{ .name = "sw",
	  .kind = SIM_SW,
	  AT(sim_fault_profile, value),
	  .cap = 4 },
	BYTES(sim_fault_profile, bytes),
	TEXT(sim_fault_profile, reinsert),
	{ .name = NULL },
};

static void fault_defaults(void *element)
{
	struct sim_fault_profile *fault = element;

	*fault = (struct sim_fault_profile){ .kind = SIM_FAULT_KINDS,
		                             .ins = SIM_ANY,
		                             .file = SIM_FILES,
		                             .nth = 1,
		                             .times = 1,
		                             .reinsert = "self" };
}

static const struct sim_member profile_members[] = {
	{ .name = "$schema",
	  .kind = SIM_TEXT,
	  AT(sim_profile, schema),
	  .cap = SIM_TEXT_MAX },
	TEXT(sim_profile, name),
	TEXT(sim_profile, description),
	TEXT(sim_profile, seed),
	TEXT(sim_profile, portrait),
	SUB(sim_profile, document, document_members),
	SUB(sim_profile, files, files_members),
	SUB(sim_profile, com, com_members),
	SUB(sim_profile, dg11, dg11_members),
	SUB(sim_profile, dg12, dg12_members),
	SUB(sim_profile, dg13, dg13_members),
	SUB(sim_profile, access, access_members),
	SUB(sim_profile, chip_auth, chip_auth_members),
	SUB(sim_profile, active_auth, active_auth_members),
	SUB(sim_profile, pki, pki_members),
	SUB(sim_profile, sod, sod_members),
	SUB(sim_profile, behaviour, behaviour_members),
	SUB(sim_profile, reader, reader_members),
	SUB(sim_profile, latency, latency_members),
	{ .name = "faults",
	  .kind = SIM_LIST,
	  AT(sim_profile, faults),
	  .cap = SIM_FAULTS_MAX,
	  .sub = fault_members,
	  .element = sizeof(struct sim_fault_profile),
	  .count = offsetof(struct sim_profile, fault_count),
	  .defaults = fault_defaults },
	{ .name = NULL },
};

enum sim_file_id sim_file_by_name(const char *name)
{
	unsigned int id = 0;

	while (id < SIM_FILES && strcmp(file_names[id], name) != 0)
		id++;
	return (enum sim_file_id)id;
}

/* What a profile need not say: the card of most countries. */
static const struct sim_profile default_profile = {
	.name = "unnamed",
	.seed = "specimen",
	.portrait = "specimen.jpg",
	.document = { .format = "td1" },
	.com = { .lds = "0107", .unicode = "040000" },
	.dg13 = { .wrapper = true },
	.access = { .bac_sw = 0x6985,
	            .bac_wrong_sw = 0x6300,
	            .wrong_sw = "6300",
	            .blocked_sw = 0x6983,
	            .suspended_sw = 0x6985,
	            .passwords = 1U << SIM_MRZ | 1U << SIM_CAN },
	.chip_auth = { .kat = true, .mse_at = true },
	.active_auth = { .type = "none",
	                 .bits = 2048,
	                 .exponent = 65537,
	                 .domain = 12,
	                 .hash = "sha256",
	                 .announce = true },
	.pki = { .seed = "specimen",
	         .state = "VN",
	         .organisation = "SPECIMEN",
	         .name = "CSCA Specimen",
	         .key = "p384",
	         .hash = "sha384",
	         .from = "20210119000000Z",
	         .to = "20460413000000Z",
	         .crl_from = "20260101000000Z",
	         .crl_to = "20460413000000Z" },
	.sod = { .digest = "sha256",
	         .content_type = "2.23.136.1.1.1",
	         .signing_time = "20220301080000Z",
	         .scheme = "ecdsa",
	         .hash = "sha256",
	         .key = "p256",
	         .signer = "Document Signer Specimen",
	         .from = "20220101000000Z",
	         .to = "20400101000000Z",
	         .usage_from = "20220101000000Z",
	         .usage_to = "20270101000000Z" },
	.behaviour = { .select_mf = 0x9000,
	               .sfi = true,
	               .fid = true,
	               .odd_ins = true,
	               .extended = true,
	               .max_short = 256,
	               .max_extended = 65536,
	               .beyond_sw = 0x6B00,
	               .chaining = true,
	               .plain_sw = 0x6982,
	               .sm_sw = 0x6988,
	               .no_sfi_sw = 0x6985,
	               .card_access_anywhere = true,
	               .nonce_len = 0 },
	.reader = { .max_command = 65545, .max_response = 65538 },
	.latency = { .bit_rate_kbps = 424 },
};

void sim_profile_free(struct sim_profile *profile)
{
	if (profile == NULL)
		return;
	for (size_t i = 0; i < SIM_FILES; i++) {
		buf_release(&profile->files[i].content);
		buf_release(&profile->files[i].tail);
		buf_release(&profile->files[i].edit);
	}
	for (size_t i = 0; i < SIM_FAULTS_MAX; i++)
		buf_release(&profile->faults[i].bytes);
	buf_release(&profile->behaviour.atr);
	free(profile);
}

static enum cccd_err check_faults(const struct sim_profile *profile,
                                  struct cccd_error *error)
{
	for (size_t i = 0; i < profile->fault_count; i++) {
		if (profile->faults[i].kind == SIM_FAULT_KINDS)
			return fail(error, CCCD_ERR_DATA_MALFORMED,
			            "profile: a fault without \"do\"");
	}
	return CCCD_OK;
}

static void free_profile(struct sim_profile **profile)
{
	sim_profile_free(*profile);
}

static void free_json(cJSON **json)
{
	cJSON_Delete(*json);
}

enum cccd_err sim_profile_load(const char *profile, struct cccd_error *error,
                               struct sim_profile **ret)
{
	CLEANUP(free_json) cJSON *json = NULL;
	CLEANUP(free_profile) struct sim_profile *made = NULL;

	TRY(sim_json_load(profile, error, &json));
	made = malloc(sizeof(*made));
	if (made == NULL)
		return CCCD_ERR_MEMORY;
	*made = default_profile;
	TRY(sim_json_fill(json, "profile", profile_members, made, error));
	TRY(check_faults(made, error));
	*ret = made;
	made = NULL;
	return CCCD_OK;
}
