/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates as Doc 9303-12 7.1.1 profiles them, without trust. */
#ifndef APDU_AUTH_CERTIFICATE_H
#define APDU_AUTH_CERTIFICATE_H

#include "apdu/auth/signature.h"
#include "base/span.h"

enum {
	CERTIFICATE_V3 = 2,
	CERTIFICATE_EXTENSIONS_MAX = 48,
	STATE_TEXT_MAX = 4, /* two or three letters and the terminator */
};

/* keyUsage bits [RFC 5280 4.2.1.3]. */
enum {
	KEY_USAGE_DIGITAL_SIGNATURE = 1U << 0,
	KEY_USAGE_KEY_CERT_SIGN = 1U << 5,
	KEY_USAGE_CRL_SIGN = 1U << 6,
};

/* What an extended key usage allows. */
enum {
	CERTIFICATE_EKU_MASTER_LIST = 1U << 0,
	CERTIFICATE_EKU_DEVIATION_LIST = 1U << 1,
	CERTIFICATE_EKU_OTHER = 1U << 2,
};

/**
 * struct certificate_extensions - what the extensions say.
 * @key_usage:     bits as above, bit n of the BIT STRING = 1 << n
 * @usage_from, @usage_to: private key usage period; INT64_MIN, INT64_MAX
 *                 where open
 * @subject_key_id, @authority_key_id: empty when absent
 * @alt_name:      value of subjectAltName; empty when absent
 * @eku:           CERTIFICATE_EKU_*; 0 when the extension is absent
 * @path_len:      -1 when absent
 */
struct certificate_extensions {
	bool has_key_usage;
	bool key_usage_critical;
	unsigned int key_usage;
	bool has_basic_constraints;
	bool basic_constraints_critical;
	bool is_ca;
	int path_len;
	bool has_usage_period;
	int64_t usage_from;
	int64_t usage_to;
	bool has_authority_key_id;
	struct span subject_key_id;
	struct span authority_key_id;
	struct span alt_name;
	struct span document_types;
	unsigned int eku;
	bool name_change;
	bool unknown_critical;
	bool duplicate;
	bool malformed;
};

/**
 * struct certificate - a parsed certificate; everything is borrowed.
 * @whole:     the object
 * @tbs:       the signed part, whole object
 * @algorithm, @inner_algorithm: AlgorithmIdentifier, whole objects; must be
 *             the same
 * @signature: octets of the BIT STRING
 * @version:   2 means v3
 * @serial:    value of the INTEGER
 * @issuer, @subject: whole Names
 * @spki:      whole SubjectPublicKeyInfo
 * @irregular_time: readable but not as RFC 5280 wants it
 */
struct certificate {
	struct span whole;
	struct span tbs;
	struct span algorithm;
	struct span inner_algorithm;
	struct span signature;
	uint32_t version;
	struct span serial;
	struct span issuer;
	struct span subject;
	struct span spki;
	int64_t not_before;
	int64_t not_after;
	bool irregular_time;
	struct certificate_extensions ext;
};

/**
 * certificate_parse() - one DER certificate.
 * @der: borrowed as long as @ret is used
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED, CCCD_ERR_DATA_MISSING,
 * CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_TOO_LARGE for too many extensions.
 *
 * [RFC 5280 4.1; 9303-12 7.1.1]
 */
CHECKED enum cccd_err certificate_parse(struct span der,
                                        struct certificate *ret);

/* Whether the outer and the signed algorithm are the same bytes. */
bool certificate_algorithms_agree(const struct certificate *certificate);

/* Whether issuer and subject are the same name. */
bool certificate_is_self_issued(const struct certificate *certificate);

/* C=, two letters in upper case; "" when absent or of another form. */
void certificate_country(struct span name, char ret[static STATE_TEXT_MAX]);

/* ICAO code in the subjectAltName's directory name [9303-12 7.1.1.2]. */
void certificate_alt_state(const struct certificate *certificate,
                           char ret[static STATE_TEXT_MAX]);

/* RFC 2253 text of a Name, cut at what fits; "" when it is malformed. */
void certificate_name_text(struct span name, char *text, size_t cap);

/* The same name in another string type or case is the same name. */
bool certificate_names_equal(struct span a, struct span b);

/**
 * certificate_signed_by() - whether @key made the certificate's signature.
 * @ret_algorithm: may be NULL
 *
 * Return: CCCD_OK; errors of signature_algorithm_parse(); CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err certificate_signed_by(
        const struct certificate *certificate, const struct public_key *key,
        struct signature_algorithm *ret_algorithm, bool *ret_good);

#endif
