/* SPDX-License-Identifier: Apache-2.0 */
/* What a chip says it can do: SecurityInfos, Doc 9303-11 9.2. */
#ifndef CCCD_SECURITY_INFO_H
#define CCCD_SECURITY_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cccd_key_agreement {
	CCCD_KEY_AGREEMENT_NONE = 0,
	CCCD_KEY_AGREEMENT_DH,
	CCCD_KEY_AGREEMENT_ECDH,
};

enum cccd_cipher {
	CCCD_CIPHER_NONE = 0,
	CCCD_CIPHER_3DES,
	CCCD_CIPHER_AES128,
	CCCD_CIPHER_AES192,
	CCCD_CIPHER_AES256,
};

enum cccd_pace_mapping {
	CCCD_PACE_MAPPING_NONE = 0,
	CCCD_PACE_MAPPING_GM,  /* generic */
	CCCD_PACE_MAPPING_IM,  /* integrated */
	CCCD_PACE_MAPPING_CAM, /* chip authentication */
};

enum cccd_digest {
	CCCD_DIGEST_NONE = 0, /* absent or not known */
	CCCD_DIGEST_SHA1,
	CCCD_DIGEST_SHA224,
	CCCD_DIGEST_SHA256,
	CCCD_DIGEST_SHA384,
	CCCD_DIGEST_SHA512,
};

/**
 * struct cccd_pace_info - one way to run PACE [9303-11 9.2.1].
 * @protocol:         contents of the OBJECT IDENTIFIER
 * @version:          2 is the one Doc 9303 knows
 * @parameter_id:     standardized domain parameters [9303-11 9.5.1], or the
 *                    identifier of explicit ones
 * @has_parameter_id: whether it was given
 */
struct cccd_pace_info {
	struct cccd_bytes protocol;
	enum cccd_key_agreement key_agreement;
	enum cccd_pace_mapping mapping;
	enum cccd_cipher cipher;
	uint32_t version;
	uint32_t parameter_id;
	bool has_parameter_id;
};

/**
 * struct cccd_pace_domain_info - explicit parameters [9303-11 9.2.2].
 * @protocol:  contents of the OBJECT IDENTIFIER
 * @algorithm: whole AlgorithmIdentifier; not to be used unless known to be
 *             secure
 */
struct cccd_pace_domain_info {
	struct cccd_bytes protocol;
	enum cccd_key_agreement key_agreement;
	enum cccd_pace_mapping mapping;
	struct cccd_bytes algorithm;
	uint32_t parameter_id;
	bool has_parameter_id;
};

/** struct cccd_chip_auth_info - one way to run it [9303-11 9.2.5]. */
struct cccd_chip_auth_info {
	struct cccd_bytes protocol;
	enum cccd_key_agreement key_agreement;
	enum cccd_cipher cipher;
	uint32_t version;
	uint32_t key_id;
	bool has_key_id;
};

/**
 * struct cccd_chip_auth_key_info - a static key [9303-11 9.2.6].
 * @protocol:   contents of the OBJECT IDENTIFIER, id-PK-DH or id-PK-ECDH
 * @public_key: whole SubjectPublicKeyInfo
 */
struct cccd_chip_auth_key_info {
	struct cccd_bytes protocol;
	enum cccd_key_agreement key_agreement;
	struct cccd_bytes public_key;
	uint32_t key_id;
	bool has_key_id;
};

/**
 * struct cccd_terminal_auth_info - [9303-11 9.2.8, TR-03110-3 A.1.1.3].
 * @cvca_fid: where EF.CVCA is when not at its usual place; 0 when not given
 * @cvca_sfi: its short identifier, 0 when not given
 */
struct cccd_terminal_auth_info {
	uint32_t version;
	uint16_t cvca_fid;
	uint8_t cvca_sfi;
};

/**
 * struct cccd_active_auth_info - [9303-11 9.2.4].
 * @signature_algorithm: contents of the OBJECT IDENTIFIER
 * @digest:              of that algorithm, CCCD_DIGEST_NONE when not known
 * @plain:               it is one of TR-03111: r and s without DER
 */
struct cccd_active_auth_info {
	uint32_t version;
	struct cccd_bytes signature_algorithm;
	enum cccd_digest digest;
	bool plain;
};

enum cccd_security_info_kind {
	CCCD_SECURITY_INFO_OTHER = 0, /* not of Doc 9303: kept as it is */
	CCCD_SECURITY_INFO_PACE,
	CCCD_SECURITY_INFO_PACE_DOMAIN,
	CCCD_SECURITY_INFO_CHIP_AUTH,
	CCCD_SECURITY_INFO_CHIP_AUTH_KEY,
	CCCD_SECURITY_INFO_TERMINAL_AUTH,
	CCCD_SECURITY_INFO_ACTIVE_AUTH,
	CCCD_SECURITY_INFO_EF_DIR,
};

/**
 * struct cccd_security_info - one element of the SET, whatever it is.
 * @kind:      by its object identifier
 * @malformed: its kind is known but its contents do not follow the clause;
 *             it is in no other list
 * @protocol:  contents of the OBJECT IDENTIFIER
 * @raw:       the whole SEQUENCE, for comparing two files
 */
struct cccd_security_info {
	enum cccd_security_info_kind kind;
	bool malformed;
	struct cccd_bytes protocol;
	struct cccd_bytes raw;
};

enum {
	CCCD_SECURITY_INFOS_MAX = 32,
	CCCD_PACE_INFOS_MAX = 16,
	CCCD_PACE_DOMAIN_INFOS_MAX = 4,
	CCCD_CHIP_AUTH_INFOS_MAX = 8,
	CCCD_CHIP_AUTH_KEYS_MAX = 8,
	CCCD_TERMINAL_AUTH_INFOS_MAX = 4,
	CCCD_ACTIVE_AUTH_INFOS_MAX = 4,
};

/**
 * struct cccd_security_infos - EF.CardAccess, DG14 or EF.CardSecurity.
 * @all:       every element in file order, known or not
 * @ef_dir:    signed copy of EF.DIR; @at is NULL when there is none
 * @malformed: elements of known kind that could not be read
 *
 * Every list is in file order. Pointers reach into the file's bytes.
 */
struct cccd_security_infos {
	struct cccd_security_info all[CCCD_SECURITY_INFOS_MAX];
	size_t count;
	struct cccd_pace_info pace[CCCD_PACE_INFOS_MAX];
	size_t pace_count;
	struct cccd_pace_domain_info pace_domain[CCCD_PACE_DOMAIN_INFOS_MAX];
	size_t pace_domain_count;
	struct cccd_chip_auth_info chip_auth[CCCD_CHIP_AUTH_INFOS_MAX];
	size_t chip_auth_count;
	struct cccd_chip_auth_key_info chip_auth_key[CCCD_CHIP_AUTH_KEYS_MAX];
	size_t chip_auth_key_count;
	struct cccd_terminal_auth_info
	        terminal_auth[CCCD_TERMINAL_AUTH_INFOS_MAX];
	size_t terminal_auth_count;
	struct cccd_active_auth_info active_auth[CCCD_ACTIVE_AUTH_INFOS_MAX];
	size_t active_auth_count;
	struct cccd_bytes ef_dir;
	size_t malformed;
};

#ifdef __cplusplus
}
#endif

#endif
