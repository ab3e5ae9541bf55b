/* SPDX-License-Identifier: Apache-2.0 */
/* CMS SignedData as documents and lists carry it: RFC 5652 5. */
#ifndef APDU_AUTH_CMS_H
#define APDU_AUTH_CMS_H

#include "apdu/auth/certificate.h"
#include "base/buf.h"
#include "base/digest.h"

enum {
	CMS_CERTIFICATES_MAX = 16,
	CMS_SIGNERS_MAX = 4,
	CMS_DIGESTS_MAX = 16,
	CMS_ATTRIBUTES_MAX = 32,
};

/**
 * struct cms_signer - one SignerInfo; everything is borrowed.
 * @version:     1 or 3 where it is right
 * @issuer, @serial: whole Name and value of the INTEGER; empty when named
 *               by key identifier
 * @key_id:      subject key identifier; empty when named by issuer
 * @digest_algorithm, @signature_algorithm: values of the SEQUENCEs
 * @attributes:  value of the SET of signed attributes; empty when absent
 * @has_attributes: the field is there
 * @signature:   octets
 */
struct cms_signer {
	uint32_t version;
	struct span issuer;
	struct span serial;
	struct span key_id;
	struct span digest_algorithm;
	struct span signature_algorithm;
	struct span attributes;
	bool has_attributes;
	struct span signature;
};

/**
 * struct cms_signed - SignedData in its parts; everything is borrowed.
 * @version:      3 where it is right
 * @digests:      values of the DigestAlgorithmIdentifiers
 * @content_type: value of the OBJECT IDENTIFIER
 * @content:      octets of eContent; empty when absent
 * @certificates: whole certificates, the first CMS_CERTIFICATES_MAX
 * @has_crls:     the field is there; its contents are not used
 * @signers:      the first CMS_SIGNERS_MAX
 */
struct cms_signed {
	uint32_t version;
	struct span digests[CMS_DIGESTS_MAX];
	size_t digest_count;
	struct span content_type;
	bool has_content;
	struct span content;
	struct span certificates[CMS_CERTIFICATES_MAX];
	size_t certificate_count;
	bool has_crls;
	struct cms_signer signers[CMS_SIGNERS_MAX];
	size_t signer_count;
};

/**
 * cms_parse() - a ContentInfo that holds SignedData, and nothing else.
 * @der: with definite lengths: see tlv_normalise()
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_UNSUPPORTED for any other content type;
 * CCCD_ERR_DATA_TOO_LARGE beyond the limits above; CCCD_ERR_DATA_MALFORMED,
 * CCCD_ERR_DATA_MISSING, CCCD_ERR_DATA_TRUNCATED.
 *
 * [RFC 5652 3, 5.1, 5.3]
 */
CHECKED enum cccd_err cms_parse(struct span der, struct cms_signed *ret);

/**
 * struct cms_attributes - the signed attributes we judge.
 * @content_type:   value of the OBJECT IDENTIFIER
 * @message_digest: octets
 * @signing_time:   UTC seconds
 * @count_*:        how often each one stands there, values counted
 * @malformed:      one of them cannot be read
 */
struct cms_attributes {
	struct span content_type;
	struct span message_digest;
	int64_t signing_time;
	unsigned int count_content_type;
	unsigned int count_message_digest;
	unsigned int count_signing_time;
	bool malformed;
};

/**
 * cms_attributes_parse() - read the signed attributes, in any order.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_* when the set itself is broken.
 *
 * [RFC 5652 5.3, 11]
 */
CHECKED enum cccd_err cms_attributes_parse(struct span attributes,
                                           struct cms_attributes *ret);

/**
 * cms_signer_is() - whether @certificate is the one @signer names.
 *
 * By issuer and serial number, or by the subject key identifier.
 */
bool cms_signer_is(const struct cms_signer *signer,
                   const struct certificate *certificate);

/**
 * cms_signer_verify() - the signature over the attributes under @key.
 * @algorithm: from the SignerInfo
 * @ret_sorted: it only verified over the attributes sorted as DER wants
 *
 * The attributes are signed as a SET, whatever their tag in the message
 * [RFC 5652 5.4].
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY; CCCD_ERR_DATA_*.
 */
CHECKED enum cccd_err
cms_signer_verify(const struct cms_signer *signer,
                  const struct signature_algorithm *algorithm,
                  const struct public_key *key, bool *ret_good,
                  bool *ret_sorted);

#endif
