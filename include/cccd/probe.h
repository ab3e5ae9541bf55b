/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of card this is, without anything about its person. */
#ifndef CCCD_PROBE_H
#define CCCD_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/document.h>
#include <cccd/error.h>
#include <cccd/export.h>
#include <cccd/result.h>
#include <cccd/session.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	CCCD_PROBE_EXCHANGES_MAX = 1024,
	CCCD_PROBE_OBJECTS_MAX = 16,
	CCCD_PROBE_BYTES_MAX = 512,
	CCCD_PROBE_VALUE_MAX = 32,
	CCCD_PROBE_OID_MAX = 128,
	CCCD_PROBE_NAME_MAX = 256,
	CCCD_PROBE_WORD_MAX = 48,
	CCCD_PROBE_SHAPE_MAX = 32,
	/* Sizes that tell of a person are rounded up to a multiple. */
	CCCD_PROBE_ROUNDING = 64,
	/* Numbers of odd members of DG13 stand as they are up to this. */
	CCCD_PROBE_NUMBER_MAX = 99,
};

/**
 * struct cccd_probe_run - how the run ended.
 * @finished: without an error
 * @error:    why not
 * @step:     where the error was
 * @status_word: that came with it, 0 for none
 * @tries_left: that the card stated, -1 when it did not
 * @specimen: the anchor is a specimen
 */
struct cccd_probe_run {
	bool finished;
	enum cccd_err error;
	char step[CCCD_PROBE_WORD_MAX];
	uint16_t status_word;
	int tries_left;
	bool specimen;
};

/**
 * struct cccd_probe_file - one file.
 * @size:    bytes; rounded up to CCCD_PROBE_ROUNDING where @rounded
 * @rounded: the file is about the person
 * @in_sod, @in_com: listed there
 */
struct cccd_probe_file {
	enum cccd_file_state state;
	size_t size;
	bool rounded;
	bool in_sod;
	bool in_com;
};

/**
 * struct cccd_probe_key - a public key without its value.
 * @algorithm: dotted object identifier
 * @curve:     its name, or the dotted identifier of one we do not know
 */
struct cccd_probe_key {
	enum cccd_key_type type;
	size_t bits;
	char algorithm[CCCD_PROBE_OID_MAX];
	char curve[CCCD_PROBE_OID_MAX];
	bool explicit_parameters;
	bool has_parameter_id;
	uint32_t parameter_id;
};

/**
 * struct cccd_probe_info - one SecurityInfo.
 * @protocol:  dotted object identifier
 * @version:   0 where the kind has none
 * @id:        of parameters or key, when @has_id
 * @algorithm: of active authentication, dotted; "" else
 * @len:       bytes of the element
 */
struct cccd_probe_info {
	enum cccd_security_info_kind kind;
	bool malformed;
	char protocol[CCCD_PROBE_OID_MAX];
	uint32_t version;
	bool has_id;
	uint32_t id;
	char algorithm[CCCD_PROBE_OID_MAX];
	bool has_key;
	struct cccd_probe_key key;
	size_t len;
};

/**
 * struct cccd_probe_infos - EF.CardAccess or DG14.
 * @present: the file was read and understood
 */
struct cccd_probe_infos {
	bool present;
	struct cccd_probe_info infos[CCCD_SECURITY_INFOS_MAX];
	size_t count;
};

/**
 * struct cccd_probe_bytes - a file whose bytes are the same on many cards.
 * @withheld: it holds objects that might be of one card only
 */
struct cccd_probe_bytes {
	uint8_t bytes[CCCD_PROBE_BYTES_MAX];
	size_t len;
	bool withheld;
};

/**
 * struct cccd_probe_object - one object of EF.ATR/INFO.
 * @value: filled for objects that tell of the kind of card
 */
struct cccd_probe_object {
	uint32_t tag;
	size_t len;
	uint8_t value[CCCD_PROBE_VALUE_MAX];
	size_t value_len;
};

/** struct cccd_probe_atr_info - EF.ATR/INFO. */
struct cccd_probe_atr_info {
	bool present;
	struct cccd_probe_bytes raw;
	struct cccd_atr_info info;
	struct cccd_probe_object objects[CCCD_PROBE_OBJECTS_MAX];
	size_t count;
};

/**
 * struct cccd_probe_sod - EF.SOD without hashes and signature.
 * @hash_count:   data groups listed
 * @digest:       of the data group hashes, "sha256"; "" when not known
 * @signer_digest, @signer_algorithm: of the SignerInfo
 * @signer_oid:   the same, dotted
 * @by_key_id:    the signer is named by its key identifier
 * @signing_time: the attribute is there; never its value
 */
struct cccd_probe_sod {
	bool present;
	bool indefinite;
	uint32_t version;
	size_t hash_count;
	char digest[CCCD_PROBE_WORD_MAX];
	char lds_version[5];
	char unicode_version[7];
	char content_type[CCCD_PROBE_OID_MAX];
	uint32_t cms_version;
	size_t certificate_count;
	size_t signer_count;
	bool has_crls;
	uint32_t signer_version;
	bool by_key_id;
	bool signed_attributes;
	bool signing_time;
	char signer_digest[CCCD_PROBE_WORD_MAX];
	char signer_algorithm[CCCD_PROBE_WORD_MAX];
	char signer_oid[CCCD_PROBE_OID_MAX];
	size_t signature_len;
};

/**
 * struct cccd_probe_signer - the document signer's certificate.
 * @issuer:    its name
 * @subject:   its name with "#" for every digit, and "*" for attributes
 *             other than country, organisation, unit and common name
 * @not_before, @not_after: seconds since 1970 UTC
 * @algorithm: that signed it; @algorithm_oid the same, dotted
 */
struct cccd_probe_signer {
	bool present;
	char issuer[CCCD_PROBE_NAME_MAX];
	char subject[CCCD_PROBE_NAME_MAX];
	int64_t not_before;
	int64_t not_after;
	char algorithm[CCCD_PROBE_WORD_MAX];
	char algorithm_oid[CCCD_PROBE_OID_MAX];
	struct cccd_probe_key key;
	bool usage_period;
	bool document_types;
	bool subject_key_id;
	bool authority_key_id;
	bool alt_name;
	bool unknown_critical;
};

/**
 * struct cccd_probe_mrz - DG1 without its contents.
 * @checks_correct: all check digits are right
 * @birth, @expiry: how much of the date is stated
 * @no_expiry: the expiry is the one that stands for "none"
 * @long_number: the document number has two places
 * @sex_stated:  it is M or F
 */
struct cccd_probe_mrz {
	bool present;
	enum cccd_mrz_format format;
	char document_code[3];
	char issuing_state[4];
	bool checks_correct;
	enum cccd_date_state birth;
	enum cccd_date_state expiry;
	bool no_expiry;
	bool long_number;
	bool name_truncated;
	bool sex_stated;
	const char *optional_length;
	const char *optional_2_length;
};

/**
 * struct cccd_probe_face - the first portrait of DG2 without its bytes.
 * @size: class of its bytes: "1-4096", "4097-8192", …
 */
struct cccd_probe_face {
	bool present;
	uint32_t declared_count;
	size_t face_count;
	enum cccd_biometric_standard standard;
	uint16_t format_owner;
	uint16_t format_type;
	enum cccd_image_format format;
	uint32_t width;
	uint32_t height;
	uint32_t declared_width;
	uint32_t declared_height;
	const char *size;
};

/**
 * struct cccd_probe_field - one field of DG13.
 * @number: CCCD_PROBE_NUMBER_MAX + 1 stands for all that are larger
 * @tag:    ASN.1 tag of its string, 0 when there is none
 * @length: class of its bytes: "0", "1-8", "9-16", "17-32", "33-64", "65+"
 */
struct cccd_probe_field {
	uint32_t number;
	enum cccd_field_state state;
	uint32_t tag;
	const char *length;
};

/**
 * struct cccd_probe_date - how a date of DG13 is written.
 * @precision: "day", "month", "year" or "none"
 * @shape: of a text in no known form: 9 for a digit, A for letters
 */
struct cccd_probe_date {
	enum cccd_date_form form;
	const char *precision;
	char shape[CCCD_PROBE_SHAPE_MAX];
};

/**
 * struct cccd_probe_dg13 - DG13 without its contents.
 * @fields: by number, index 0 is not used
 * @father, @mother, @spouse: strings nested in fields 13 and 14
 * @extras: members that found no place in the table
 */
struct cccd_probe_dg13 {
	bool present;
	bool national;
	uint32_t facts;
	struct cccd_probe_field fields[CCCD_DG13_FIELDS];
	struct cccd_probe_field father;
	struct cccd_probe_field mother;
	struct cccd_probe_field spouse;
	struct cccd_probe_date birth;
	struct cccd_probe_date issue;
	struct cccd_probe_date expiry;
	struct cccd_probe_field extras[CCCD_DG13_EXTRA_MAX];
	uint32_t extra_count;
};

/**
 * struct cccd_probe_proofs - chip and active authentication.
 * @ca_outcome, @aa_outcome: "proven", "valid", "refused", "not_run", …
 * @ca_status_word, @aa_status_word: of the last command, 0 for none
 * @aa_digest:   hash the signature was verified with, "" when not run
 * @aa_der:      ECDSA in DER rather than plain r || s
 * @aa_signature_len: bytes
 */
struct cccd_probe_proofs {
	char ca_outcome[CCCD_PROBE_WORD_MAX];
	uint16_t ca_status_word;
	char aa_outcome[CCCD_PROBE_WORD_MAX];
	uint16_t aa_status_word;
	bool aa_is_ec;
	char aa_digest[CCCD_PROBE_WORD_MAX];
	bool aa_der;
	size_t aa_signature_len;
};

/**
 * struct cccd_probe - everything `cccd probe` tells.
 * @transport: with the reader's serial number taken out of its name
 * @historical: capabilities in the ATR's historical bytes
 * @checks:   as in the result; document_expiry is left out
 * @largest_le: largest Le not refused; above 256 rounded up
 * @longest_response: bytes, in an answer to READ BINARY rounded up
 * @exchanges: the first CCCD_PROBE_EXCHANGES_MAX; a response to READ BINARY
 *            has its length rounded up to CCCD_PROBE_ROUNDING
 * @exchange_total: all of them
 *
 * Holds no name, number or date of the person, no byte of the portrait, no
 * hash, signature, key, certificate serial number or session data. Nothing
 * in it points into the session.
 */
struct cccd_probe {
	struct cccd_probe_run run;
	struct cccd_transport_facts transport;
	struct cccd_card_capabilities historical;
	struct cccd_access access;
	struct cccd_check checks[CCCD_CHECKS];
	struct cccd_defect defects[CCCD_DEFECTS_MAX];
	size_t defect_count;
	struct cccd_probe_file files[CCCD_FILES_COUNT];
	struct cccd_probe_bytes card_access_bytes;
	struct cccd_probe_infos card_access;
	struct cccd_probe_atr_info atr_info;
	struct cccd_probe_infos dg14;
	bool has_dg15;
	struct cccd_probe_key dg15;
	struct cccd_probe_sod sod;
	struct cccd_probe_signer signer;
	struct cccd_probe_mrz dg1;
	struct cccd_probe_face dg2;
	struct cccd_probe_dg13 dg13;
	struct cccd_probe_proofs proofs;
	uint32_t largest_le;
	uint32_t longest_response;
	struct cccd_exchange exchanges[CCCD_PROBE_EXCHANGES_MAX];
	size_t exchange_count;
	size_t exchange_total;
};

/** CCCD_PROBE_FLAGS - what a session that is probed has in its options. */
#define CCCD_PROBE_FLAGS (CCCD_SURVEY | CCCD_ALWAYS_ACTIVE_AUTH)

/**
 * cccd_probe_watch() - keep the exchanges of the next run.
 * @probe: cleared; borrowed until the session is freed or watches another
 *
 * Takes the session's exchange observer.
 */
CCCD_EXPORT void cccd_probe_watch(struct cccd_session *session,
                                  struct cccd_probe *probe);

/**
 * cccd_probe_fill() - the rest, after the run, also after one that failed.
 * @ret: the structure that watched
 *
 * Wipe the session afterwards: the structure does not need it.
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_probe_fill(const struct cccd_session *session, struct cccd_probe *ret);

#ifdef __cplusplus
}
#endif

#endif
