/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the Logical Data Structure, Doc 9303-10. */
#ifndef CCCD_LDS_H
#define CCCD_LDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/bytes.h>
#include <cccd/security_info.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum cccd_file - every elementary file a reader may meet. */
enum cccd_file {
	CCCD_FILE_NONE = 0,
	CCCD_FILE_DG1 = 1, /* data groups have their own number */
	CCCD_FILE_DG2,
	CCCD_FILE_DG3,
	CCCD_FILE_DG4,
	CCCD_FILE_DG5,
	CCCD_FILE_DG6,
	CCCD_FILE_DG7,
	CCCD_FILE_DG8,
	CCCD_FILE_DG9,
	CCCD_FILE_DG10,
	CCCD_FILE_DG11,
	CCCD_FILE_DG12,
	CCCD_FILE_DG13,
	CCCD_FILE_DG14,
	CCCD_FILE_DG15,
	CCCD_FILE_DG16,
	CCCD_FILE_COM,
	CCCD_FILE_SOD,
	CCCD_FILE_CVCA,
	CCCD_FILE_CARD_ACCESS,
	CCCD_FILE_CARD_SECURITY,
	CCCD_FILE_ATR_INFO,
	CCCD_FILE_DIR,
};

enum { CCCD_FILES_COUNT = 24 }; /* array size when indexed by cccd_file */

/** enum cccd_date_state - how much of a date is known. */
enum cccd_date_state {
	CCCD_DATE_UNKNOWN = 0, /* absent, or fillers throughout */
	CCCD_DATE_PARTIAL,     /* year alone, or year and month, … */
	CCCD_DATE_COMPLETE,
	CCCD_DATE_INVALID, /* no date of the calendar: see @text */
};

enum { CCCD_DATE_TEXT_MAX = 9 };

/**
 * struct cccd_date - a date as a document states it.
 * @state:       which of the numbers count
 * @text:        as it stands there: YYMMDD in an MRZ, CCYYMMDD elsewhere
 * @year:        0 to 99 when @has_century is false; -1 when not known
 * @month:       1 to 12; 0 when not known
 * @day:         1 to 31; 0 when not known
 * @has_century: @year has four digits
 *
 * An unknown part is two fillers or two zeros [9303-3 4.8, 9303-10 4.7.11].
 * What century an MRZ means is not for this structure to say.
 */
struct cccd_date {
	enum cccd_date_state state;
	char text[CCCD_DATE_TEXT_MAX];
	int year;
	int month;
	int day;
	bool has_century;
};

/** enum cccd_mrz_format - Doc 9303 parts 5, 6 and 4. */
enum cccd_mrz_format {
	CCCD_MRZ_NONE = 0,
	CCCD_MRZ_TD1, /* card, three lines of 30 */
	CCCD_MRZ_TD2, /* two lines of 36 */
	CCCD_MRZ_TD3, /* passport, two lines of 44 */
};

/**
 * struct cccd_mrz_check - one check digit [9303-3 4.9].
 * @printed:  character in its place; 0 when the format has no such digit
 * @computed: digit that belongs there
 * @correct:  they agree, or a filler stands where the clause permits it
 */
struct cccd_mrz_check {
	char printed;
	char computed;
	bool correct;
};

enum {
	CCCD_MRZ_TEXT_MAX = 91,
	CCCD_MRZ_NUMBER_MAX = 25,
	CCCD_MRZ_NAME_MAX = 40,
};

/**
 * struct cccd_mrz - a machine readable zone, field by field.
 * @text:            all of it, without line breaks
 * @document_number: complete: a number of more than nine characters is put
 *                   together from its two places [9303-5 4.2.2]
 * @long_number:     it had two places
 * @sex:             'M', 'F' or '<', as printed
 * @optional_data:   first field, less what belongs to a long number
 * @optional_data_2: TD1 only
 * @name:            the name field as it stands, with fillers
 * @name_truncated:  its last position is used: the name may have been cut
 *                   [9303-4 4.2.3]
 *
 * Texts end in NUL; trailing fillers are removed, and in names inner ones are
 * blanks. A wrong check digit is a fact here, never a failure.
 */
struct cccd_mrz {
	enum cccd_mrz_format format;
	char text[CCCD_MRZ_TEXT_MAX];
	char document_code[3];
	char issuing_state[4];
	char document_number[CCCD_MRZ_NUMBER_MAX];
	bool long_number;
	char nationality[4];
	char sex;
	struct cccd_date date_of_birth;
	struct cccd_date date_of_expiry;
	char optional_data[16];
	char optional_data_2[12];
	char name[CCCD_MRZ_NAME_MAX];
	char primary_identifier[CCCD_MRZ_NAME_MAX];
	char secondary_identifier[CCCD_MRZ_NAME_MAX];
	bool name_truncated;
	struct cccd_mrz_check document_number_check;
	struct cccd_mrz_check date_of_birth_check;
	struct cccd_mrz_check date_of_expiry_check;
	struct cccd_mrz_check optional_data_check; /* TD3 only */
	struct cccd_mrz_check composite_check;
};

enum { CCCD_COM_FILES_MAX = 32 };

/**
 * struct cccd_com - EF.COM, which nobody signs [9303-10 4.6.1].
 * @lds_version:     "0107", "0108"; "" when absent
 * @unicode_version: "040000"
 * @files:           what the tag list names, in its order, doubles included
 * @unknown:         tags of the list that mean no file
 */
struct cccd_com {
	char lds_version[5];
	char unicode_version[7];
	enum cccd_file files[CCCD_COM_FILES_MAX];
	size_t file_count;
	size_t unknown;
};

enum {
	CCCD_SIGNED_DATA_CERTIFICATES_MAX = 8,
	CCCD_SIGNED_DATA_SIGNERS_MAX = 4,
};

/**
 * struct cccd_signed_data - the parts of a CMS SignedData [RFC 5652 5.1].
 * @whole:          ContentInfo with definite lengths
 * @content_type:   contents of eContentType's OBJECT IDENTIFIER
 * @content:        contents of eContent: the bytes that are signed
 * @certificates:   whole certificates, in file order
 * @signers:        whole SignerInfos
 * @has_crls:       the field that Doc 9303 asks States not to use is there
 *
 * Structure only: nothing here is verified.
 */
struct cccd_signed_data {
	struct cccd_bytes whole;
	uint32_t version;
	struct cccd_bytes content_type;
	struct cccd_bytes content;
	struct cccd_bytes certificates[CCCD_SIGNED_DATA_CERTIFICATES_MAX];
	size_t certificate_count;
	struct cccd_bytes signers[CCCD_SIGNED_DATA_SIGNERS_MAX];
	size_t signer_count;
	bool has_crls;
};

enum { CCCD_SOD_HASHES_MAX = 32 };

/**
 * struct cccd_data_group_hash - one row of the LDS security object.
 * @number: as it stands there; 0 and numbers over 16 are facts too
 * @hash:   of the whole file as read
 */
struct cccd_data_group_hash {
	uint32_t number;
	struct cccd_bytes hash;
};

/**
 * struct cccd_sod - EF.SOD [9303-10 4.6.2].
 * @signed_data:      the signature and what it covers
 * @indefinite:       the file had indefinite lengths, against the clause
 * @version:          of the LDS security object: 0 or 1
 * @digest:           of the hash list; CCCD_DIGEST_NONE when not known
 * @digest_algorithm: whole AlgorithmIdentifier
 * @hashes:           every row, doubles and numbers out of range included
 * @lds_version:      of version 1; "" when absent
 * @unicode_version:  likewise
 */
struct cccd_sod {
	struct cccd_signed_data signed_data;
	bool indefinite;
	uint32_t version;
	enum cccd_digest digest;
	struct cccd_bytes digest_algorithm;
	struct cccd_data_group_hash hashes[CCCD_SOD_HASHES_MAX];
	size_t hash_count;
	char lds_version[5];
	char unicode_version[7];
};

enum cccd_image_format {
	CCCD_IMAGE_UNKNOWN = 0,
	CCCD_IMAGE_JPEG,
	CCCD_IMAGE_JPEG2000, /* boxed, or a bare codestream */
	CCCD_IMAGE_PNG,
};

/**
 * struct cccd_image - an image that was not decoded.
 * @format: by its signature, whatever the card declares
 * @width:  pixels, from its own header; 0 when not found
 * @height: likewise
 */
struct cccd_image {
	struct cccd_bytes bytes;
	enum cccd_image_format format;
	uint32_t width;
	uint32_t height;
};

enum cccd_biometric_standard {
	CCCD_BIOMETRIC_UNKNOWN = 0,
	CCCD_BIOMETRIC_ISO_19794,
	CCCD_BIOMETRIC_ISO_39794,
};

/**
 * struct cccd_face - one portrait of data group 2.
 * @format_owner:    of the biometric header, usually 0x0101; 0 when absent
 * @format_type:     0x0008 in ISO/IEC 19794-5; 0 when absent
 * @declared_width:  what the record says beside the image; 0 when absent
 * @declared_height: likewise
 */
struct cccd_face {
	enum cccd_biometric_standard standard;
	uint16_t format_owner;
	uint16_t format_type;
	uint32_t declared_width;
	uint32_t declared_height;
	struct cccd_image image;
};

enum { CCCD_FACES_MAX = 9 };

/**
 * struct cccd_dg2 - the encoded face [9303-10 4.7.2].
 * @declared_count: instances the file announces
 * @faces:          in file order: the first is the interoperable one
 */
struct cccd_dg2 {
	uint32_t declared_count;
	struct cccd_face faces[CCCD_FACES_MAX];
	size_t face_count;
};

/**
 * struct cccd_biometrics - data groups 3 and 4, contents untouched.
 * @declared_count: instances the file announces
 * @count:          templates that are there
 */
struct cccd_biometrics {
	uint32_t declared_count;
	size_t count;
};

enum { CCCD_IMAGES_MAX = 9 };

/**
 * struct cccd_images - data group 5 (portrait) or 7 (signature).
 * @declared_count: images the file announces
 */
struct cccd_images {
	uint32_t declared_count;
	struct cccd_image images[CCCD_IMAGES_MAX];
	size_t count;
};

enum { CCCD_OTHER_NAMES_MAX = 16 };

/**
 * struct cccd_dg11 - additional personal details [9303-10 4.7.11].
 * @tag_list: tags that should be there
 * @unknown:  objects of no known tag
 *
 * Texts are UTF-8 by the clause, not checked here; absent ones have @at NULL.
 */
struct cccd_dg11 {
	struct cccd_bytes tag_list;
	struct cccd_bytes full_name;
	struct cccd_bytes other_names[CCCD_OTHER_NAMES_MAX];
	size_t other_name_count;
	struct cccd_bytes personal_number;
	struct cccd_date date_of_birth;
	struct cccd_bytes place_of_birth;
	struct cccd_bytes permanent_address;
	struct cccd_bytes telephone;
	struct cccd_bytes profession;
	struct cccd_bytes title;
	struct cccd_bytes personal_summary;
	struct cccd_image proof_of_citizenship;
	struct cccd_bytes other_document_numbers;
	struct cccd_bytes custody_information;
	size_t unknown;
};

/**
 * struct cccd_dg12 - additional document details [9303-10 4.7.12].
 * @personalization_time: YYYYMMDDhhmmss; "" when absent
 *
 * Otherwise as struct cccd_dg11.
 */
struct cccd_dg12 {
	struct cccd_bytes tag_list;
	struct cccd_bytes issuing_authority;
	struct cccd_date date_of_issue;
	struct cccd_bytes other_persons[CCCD_OTHER_NAMES_MAX];
	size_t other_person_count;
	struct cccd_bytes endorsements;
	struct cccd_bytes tax_exit_requirements;
	struct cccd_image front_image;
	struct cccd_image rear_image;
	char personalization_time[15];
	struct cccd_bytes personalization_serial_number;
	size_t unknown;
};

enum cccd_key_type {
	CCCD_KEY_UNKNOWN = 0,
	CCCD_KEY_RSA,
	CCCD_KEY_EC,
	CCCD_KEY_DH,
};

/**
 * struct cccd_public_key - what a SubjectPublicKeyInfo says about itself.
 * @whole:     the SubjectPublicKeyInfo
 * @algorithm: contents of its OBJECT IDENTIFIER
 * @bits:      of modulus or field; 0 when not known
 * @curve:     contents of the named curve's OBJECT IDENTIFIER; @at NULL else
 * @explicit_parameters: the curve or group is spelled out
 * @has_parameter_id:    it is one of [9303-11 9.5.1]: @parameter_id
 */
struct cccd_public_key {
	struct cccd_bytes whole;
	struct cccd_bytes algorithm;
	enum cccd_key_type type;
	size_t bits;
	struct cccd_bytes curve;
	bool explicit_parameters;
	bool has_parameter_id;
	uint32_t parameter_id;
};

/** struct cccd_notified_person - one person to notify [9303-10 4.7.16]. */
struct cccd_notified_person {
	struct cccd_date date_recorded;
	struct cccd_bytes name;
	struct cccd_bytes telephone;
	struct cccd_bytes address;
};

enum { CCCD_PERSONS_MAX = 15 };

struct cccd_dg16 {
	uint32_t declared_count;
	struct cccd_notified_person persons[CCCD_PERSONS_MAX];
	size_t person_count;
};

/**
 * struct cccd_card_capabilities - [ISO/IEC 7816-4 12.1.1.9].
 * @present: the chip told; all else is false when it did not
 */
struct cccd_card_capabilities {
	bool present;
	bool select_by_df_name;
	bool short_ef_identifier;
	bool command_chaining;
	bool extended_length;
	bool extended_length_information; /* limits are in EF.ATR/INFO */
};

/**
 * struct cccd_atr_info - EF.ATR/INFO [9303-10 3.11.1].
 * @max_command:  bytes of a command APDU; 0 when not told
 * @max_response: bytes of a response APDU; 0 when not told
 */
struct cccd_atr_info {
	struct cccd_card_capabilities capabilities;
	uint32_t max_command;
	uint32_t max_response;
};

enum { CCCD_APPLICATIONS_MAX = 16 };

/**
 * struct cccd_dir - EF.DIR [9303-10 3.11.2].
 * @aids:                  application identifiers in file order
 * @travel_records:        A0000002472001 is among them
 * @visa_records:          A0000002472002
 * @additional_biometrics: A0000002472003
 */
struct cccd_dir {
	struct cccd_bytes aids[CCCD_APPLICATIONS_MAX];
	size_t count;
	bool emrtd;
	bool travel_records;
	bool visa_records;
	bool additional_biometrics;
};

enum { CCCD_CVCA_MAX = 2 };

/**
 * struct cccd_cvca - EF.CVCA [9303-11 K.2].
 * @references: Certification Authority References, the newest first
 */
struct cccd_cvca {
	struct cccd_bytes references[CCCD_CVCA_MAX];
	size_t count;
};

#ifdef __cplusplus
}
#endif

#endif
