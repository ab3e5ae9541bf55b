/* SPDX-License-Identifier: Apache-2.0 */
/* A card and its defects as data: the parsed form of profiles/ *.json. */
#ifndef TESTS_SIM_PROFILE_H
#define TESTS_SIM_PROFILE_H

#include "base/buf.h"
#include "base/error.h"

enum {
	SIM_TEXT_MAX = 256,
	SIM_NAME_MAX = 64,
	SIM_PACE_MAX = 8,
	SIM_CA_MAX = 4,
	SIM_FAULTS_MAX = 24,
	SIM_DG13_FIELDS = 16,
	SIM_COM_LIST_MAX = 32,
};

enum sim_file_id {
	SIM_FILE_COM,
	SIM_FILE_DG1,
	SIM_FILE_DG2,
	SIM_FILE_DG3,
	SIM_FILE_DG4,
	SIM_FILE_DG5,
	SIM_FILE_DG6,
	SIM_FILE_DG7,
	SIM_FILE_DG8,
	SIM_FILE_DG9,
	SIM_FILE_DG10,
	SIM_FILE_DG11,
	SIM_FILE_DG12,
	SIM_FILE_DG13,
	SIM_FILE_DG14,
	SIM_FILE_DG15,
	SIM_FILE_DG16,
	SIM_FILE_SOD,
	SIM_FILE_CVCA,
	SIM_FILE_CARD_ACCESS,
	SIM_FILE_CARD_SECURITY,
	SIM_FILE_ATR_INFO,
	SIM_FILE_DIR,
	SIM_FILES,
};

enum { SIM_NONE = 0, SIM_YES = 1, SIM_NO = 2 };

/* Texts are UTF-8 and end with NUL. */
struct sim_document {
	char format[SIM_NAME_MAX];
	char code[SIM_NAME_MAX];
	char state[SIM_NAME_MAX];
	char nationality[SIM_NAME_MAX];
	char id_number[SIM_NAME_MAX];
	char number[SIM_NAME_MAX];
	char optional[SIM_NAME_MAX];
	char optional2[SIM_NAME_MAX];
	char name[SIM_TEXT_MAX];
	char birth[SIM_NAME_MAX];
	char sex[SIM_NAME_MAX];
	char expiry[SIM_NAME_MAX];
	char can[SIM_NAME_MAX];
	char pin[SIM_NAME_MAX];
	char puk[SIM_NAME_MAX];
	char mrz[SIM_TEXT_MAX];
};

/**
 * struct sim_file_profile - one file beside what the builder makes.
 * @present:  SIM_NONE lets the builder decide
 * @size:     exact bytes of the file, reached with legal padding
 * @content:  these bytes instead of built ones
 * @locked:   status word of SELECT and READ, 0 when open
 * @in_com:   SIM_NO leaves it out of EF.COM's list
 * @in_sod:   SIM_NO leaves it out of the SOD
 * @bad_hash: its hash in the SOD is wrong
 * @stripped: taken off the chip after the SOD was made
 * @length:   value of the file's length field when lying is set
 * @tail:     bytes after the object
 * @offset:   where @edit goes, after the SOD was made
 */
struct sim_file_profile {
	unsigned int present;
	unsigned int size;
	struct buf content;
	unsigned int locked;
	unsigned int in_com;
	unsigned int in_sod;
	bool bad_hash;
	bool stripped;
	bool lying;
	unsigned int length;
	struct buf tail;
	unsigned int offset;
	struct buf edit;
};

struct sim_com_profile {
	char lds[SIM_NAME_MAX];
	char unicode[SIM_NAME_MAX];
	unsigned int list[SIM_COM_LIST_MAX];
	size_t list_count;
};

struct sim_dg11_profile {
	char full_name[SIM_TEXT_MAX];
	char personal_number[SIM_NAME_MAX];
	char birth[SIM_NAME_MAX];
	char birth_place[SIM_TEXT_MAX];
	char address[SIM_TEXT_MAX];
};

struct sim_dg12_profile {
	char authority[SIM_TEXT_MAX];
	char issued[SIM_NAME_MAX];
};

enum sim_absent { SIM_OMIT, SIM_EMPTY_STRING, SIM_NUMBER_ONLY, SIM_EMPTY_SEQ };

struct sim_dg13_profile {
	bool wrapper;
	unsigned int absent;
	char fields[SIM_DG13_FIELDS + 1][SIM_TEXT_MAX];
	char mother[SIM_TEXT_MAX];
	bool utf8_only;
};

enum sim_mapping { SIM_GM = 1, SIM_IM = 2, SIM_CAM = 3 };

struct sim_pace_profile {
	char protocol[SIM_NAME_MAX];
	unsigned int domain;
	unsigned int explicit_of;
	unsigned int version;
};

enum { SIM_PASSWORDS = 5, SIM_MRZ = 1, SIM_CAN = 2, SIM_PIN = 3, SIM_PUK = 4 };

struct sim_access_profile {
	struct sim_pace_profile pace[SIM_PACE_MAX];
	size_t pace_count;
	unsigned int passwords;
	bool bac;
	bool open;
	unsigned int bac_sw;
	unsigned int bac_wrong_sw;
	unsigned int tries;
	char wrong_sw[SIM_NAME_MAX];
	unsigned int blocked_sw;
	unsigned int suspended_sw;
	unsigned int parameter_id;
	bool announce_ta;
	bool announce_ca;
};

struct sim_ca_profile {
	char protocol[SIM_NAME_MAX];
	unsigned int domain;
	unsigned int id;
	bool has_id;
	bool announce;
	bool in_dg14;
	bool explicit_domain;
};

struct sim_chip_auth_profile {
	struct sim_ca_profile keys[SIM_CA_MAX];
	size_t count;
	unsigned int mse_sw;
	unsigned int ga_sw;
	bool clone;
	bool kat;
	bool mse_at;
	bool unsorted;
};

struct sim_active_auth_profile {
	char type[SIM_NAME_MAX];
	unsigned int bits;
	unsigned int exponent;
	unsigned int domain;
	bool explicit_domain;
	char hash[SIM_NAME_MAX];
	char trailer[SIM_NAME_MAX];
	bool der;
	bool announce;
	char fault[SIM_NAME_MAX];
	unsigned int sw;
};

struct sim_pki_profile {
	char seed[SIM_NAME_MAX];
	char state[SIM_NAME_MAX];
	char organisation[SIM_NAME_MAX];
	char name[SIM_NAME_MAX];
	char key[SIM_NAME_MAX];
	char hash[SIM_NAME_MAX];
	char from[SIM_NAME_MAX];
	char to[SIM_NAME_MAX];
	bool explicit_domain;
	bool negative_serial;
	char crl_from[SIM_NAME_MAX];
	char crl_to[SIM_NAME_MAX];
	bool revoke_ds;
};

struct sim_sod_profile {
	char digest[SIM_NAME_MAX];
	unsigned int version;
	char content_type[SIM_NAME_MAX];
	char signing_time[SIM_NAME_MAX];
	char scheme[SIM_NAME_MAX];
	char hash[SIM_NAME_MAX];
	bool sid_ski;
	bool no_certificate;
	bool bad_signature;
	bool bad_message_digest;
	bool indefinite;
	bool duplicate_dg;
	char key[SIM_NAME_MAX];
	char state[SIM_NAME_MAX];
	char signer[SIM_NAME_MAX];
	char from[SIM_NAME_MAX];
	char to[SIM_NAME_MAX];
	char usage_from[SIM_NAME_MAX];
	char usage_to[SIM_NAME_MAX];
	bool explicit_domain;
	bool other_csca;
	bool key_usage_wrong;
	bool is_ca;
	bool unknown_critical;
	bool document_types;
};

enum sim_le_zero { SIM_LE_FIT, SIM_LE_EMPTY, SIM_LE_OVERSIZE };
enum sim_eof { SIM_EOF_6282, SIM_EOF_9000 };

struct sim_behaviour_profile {
	struct buf atr;
	unsigned int select_mf;
	unsigned int select_application;
	bool sfi;
	bool fid;
	bool odd_ins;
	bool extended;
	unsigned int max_short;
	unsigned int max_extended;
	bool oversize_6c;
	unsigned int read_cap;
	unsigned int eof;
	unsigned int beyond_sw;
	unsigned int le_zero;
	bool more_61;
	bool chaining;
	unsigned int plain_sw;
	unsigned int sm_sw;
	bool naked_errors;
	bool long_lengths;
	unsigned int no_sfi_sw;
	unsigned int card_access_sw;
	bool card_access_anywhere;
	bool require_external_le;
	bool refuse_le;
	unsigned int nonce_len;
};

struct sim_reader_profile {
	unsigned int max_command;
	unsigned int max_response;
};

struct sim_latency_profile {
	unsigned int bit_rate_kbps;
	unsigned int per_apdu_ms;
	unsigned int pace_ms;
	unsigned int ca_ms;
	unsigned int aa_ms;
};

enum sim_fault_kind {
	SIM_FAULT_REMOVE,
	SIM_FAULT_MUTE,
	SIM_FAULT_SLOW,
	SIM_FAULT_SW,
	SIM_FAULT_SM_SW,
	SIM_FAULT_DATA,
	SIM_FAULT_EMPTY,
	SIM_FAULT_TRUNCATE,
	SIM_FAULT_FLIP,
	SIM_FAULT_BAD_MAC,
	SIM_FAULT_DROP_99,
	SIM_FAULT_DROP_8E,
	SIM_FAULT_EXTRA,
	SIM_FAULT_DUPLICATE,
	SIM_FAULT_SWAP,
	SIM_FAULT_APPEND,
	SIM_FAULT_WIRE,
	SIM_FAULT_PLAIN,
	SIM_FAULT_REPLAY,
	SIM_FAULT_OUTER_SW,
	SIM_FAULT_WRONG_TOKEN,
	SIM_FAULT_REFLECT,
	SIM_FAULT_OFF_CURVE,
	SIM_FAULT_INFINITY,
	SIM_FAULT_SMALL_ORDER,
	SIM_FAULT_CAM_BAD,
	SIM_FAULT_CAM_ABSENT,
	SIM_FAULT_BAC_MAC,
	SIM_FAULT_BAC_RND_IFD,
	SIM_FAULT_BAC_RND_IC,
	SIM_FAULT_BAC_SHORT,
	SIM_FAULT_BAC_LONG,
	SIM_FAULT_KINDS,
};

/**
 * struct sim_fault_profile - one thing that goes wrong, and when.
 * @kind:     what happens
 * @apdu:     in the n-th exchange since load, 0 any
 * @power:    only in the n-th power-up, 0 any
 * @ins:      only for this instruction, SIM_ANY any
 * @step:     only in this step, "" any
 * @file:     only for SELECT or READ of this file, SIM_FILES any
 * @offset:   only once a READ reaches this byte of the file
 * @received: only once this many bytes were answered since load
 * @nth:      of the exchanges that match so far, begin with the n-th
 * @times:    how often it happens, 0 without end
 * @value:    position, milliseconds or status word, by @kind
 * @bytes:    bytes to use, by @kind
 * @reinsert: after a removal: profile to lay on, "self", or "" for none
 */
struct sim_fault_profile {
	unsigned int kind;
	unsigned int apdu;
	unsigned int power;
	unsigned int ins;
	char step[SIM_NAME_MAX];
	unsigned int file;
	bool has_offset;
	unsigned int offset;
	unsigned int received;
	unsigned int nth;
	unsigned int times;
	unsigned int value;
	struct buf bytes;
	char reinsert[SIM_NAME_MAX];
};

enum { SIM_ANY = 0x100 };

struct sim_profile {
	char schema[SIM_TEXT_MAX];
	char name[SIM_NAME_MAX];
	char description[SIM_TEXT_MAX * 2];
	char seed[SIM_NAME_MAX];
	char portrait[SIM_NAME_MAX];
	struct sim_document document;
	struct sim_file_profile files[SIM_FILES];
	struct sim_com_profile com;
	struct sim_dg11_profile dg11;
	struct sim_dg12_profile dg12;
	struct sim_dg13_profile dg13;
	struct sim_access_profile access;
	struct sim_chip_auth_profile chip_auth;
	struct sim_active_auth_profile active_auth;
	struct sim_pki_profile pki;
	struct sim_sod_profile sod;
	struct sim_behaviour_profile behaviour;
	struct sim_reader_profile reader;
	struct sim_latency_profile latency;
	struct sim_fault_profile faults[SIM_FAULTS_MAX];
	size_t fault_count;
};

/**
 * sim_profile_load() - parse a profile with everything it extends.
 * @profile: see sim_card_load()
 *
 * Return: CCCD_OK, the caller frees *@ret; CCCD_ERR_USAGE_FILE;
 * CCCD_ERR_DATA_MALFORMED with the member in @error's text.
 */
CHECKED enum cccd_err sim_profile_load(const char *profile,
                                       struct cccd_error *error,
                                       struct sim_profile **ret);

void sim_profile_free(struct sim_profile *profile);

/* Whole file of the profile directory, e.g. "specimen.jpg". */
CHECKED enum cccd_err sim_profile_read(const char *name, struct buf *ret);

/* SIM_FILES when there is none of this name. */
enum sim_file_id sim_file_by_name(const char *name);

#endif
