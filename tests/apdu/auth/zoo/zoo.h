/* SPDX-License-Identifier: Apache-2.0 */
/* A PKI and documents made to order, right or with one defect. */
#ifndef TESTS_APDU_AUTH_ZOO_ZOO_H
#define TESTS_APDU_AUTH_ZOO_ZOO_H

#include "apdu/auth/passive_auth.h"
#include "tests/apdu/auth/zoo/der.h"
#include "tests/apdu/auth/zoo/keys.h"

/* One thing to get wrong. The names say where. */
enum zoo_defect {
	ZOO_RIGHT = 0,
	/* the file */
	ZOO_TAG_78,
	ZOO_LENGTH_SHORT,
	ZOO_LENGTH_LONG,
	ZOO_TRAILING_BYTES,
	ZOO_INDEFINITE,
	ZOO_ENVELOPED,
	/* SignedData */
	ZOO_CMS_VERSION,
	ZOO_CMS_NO_VERSION,
	ZOO_CMS_DIGEST_MD5,
	ZOO_CMS_NO_DIGESTS,
	ZOO_CMS_EMPTY_DIGESTS,
	ZOO_CMS_TYPE,
	ZOO_CMS_TYPE_LEGACY,
	ZOO_CMS_TYPE_SDU,
	ZOO_CMS_NO_TYPE,
	ZOO_CMS_NO_CONTENT,
	ZOO_CMS_NO_SIGNER,
	ZOO_CMS_TWO_SIGNERS,
	ZOO_CMS_CRLS,
	/* SignerInfo */
	ZOO_SI_VERSION,
	ZOO_SI_NO_VERSION,
	ZOO_SI_VERSION_SWAPPED, /* 3 with issuer, 1 with key identifier */
	ZOO_SI_SERIAL,
	ZOO_SI_ISSUER,
	ZOO_SI_KEY_ID,
	ZOO_SI_DIGEST_MD5,
	ZOO_SI_NO_DIGEST,
	ZOO_SI_DIGEST_WRONG,
	ZOO_SI_DIGEST_MISSING,
	ZOO_SI_DIGEST_TWICE,
	ZOO_SI_NO_ATTRIBUTES,
	ZOO_SI_TYPE_MISSING,
	ZOO_SI_TYPE_TWICE,
	ZOO_SI_TYPE_OTHER,
	ZOO_SI_NO_TIME,
	ZOO_SI_TIME_TWICE,
	ZOO_SI_REVERSED, /* attributes in the other order, signed so */
	ZOO_SI_UNSORTED, /* sent in another order than signed */
	ZOO_SI_ALGORITHM_MD5,
	ZOO_SI_ALGORITHM_UNKNOWN,
	ZOO_SI_SIGNATURE,
	ZOO_SI_NO_SIGNATURE,
	ZOO_SI_EMPTY_SIGNATURE,
	ZOO_SI_SUFFIX,       /* digest as suffix, no padding, exponent 3 */
	ZOO_SI_PSS_DEFAULTS, /* every parameter left to RFC 4055 */
	ZOO_SI_PSS_TRAILER,
	ZOO_SI_PSS_SALT,
	ZOO_SI_PSS_NO_PARAMETERS,
	/* LDS security object */
	ZOO_SO_VERSION,
	ZOO_SO_NO_VERSION,
	ZOO_SO_VERSION_WITHOUT_INFO,
	ZOO_SO_INFO_WITHOUT_VERSION,
	ZOO_SO_FUTURE, /* ldsVersion 0109 */
	ZOO_SO_DIGEST_MD5,
	ZOO_SO_DIGEST_UNKNOWN,
	ZOO_SO_NO_DIGEST,
	ZOO_SO_HASH_WRONG, /* of DG2 */
	ZOO_SO_HASH_SHORT,
	ZOO_SO_NO_DG1,
	ZOO_SO_EXTRA_DG10,
	ZOO_SO_NUMBER_FF,
	ZOO_SO_NUMBER_0,
	ZOO_SO_NUMBER_17,
	ZOO_SO_NO_NUMBER,
	ZOO_SO_DG1_TWICE,
	ZOO_SO_GARBAGE,
	/* DS certificate */
	ZOO_DS_VERSION_1,
	ZOO_DS_NO_VERSION,
	ZOO_DS_NO_SERIAL,
	ZOO_DS_ALGORITHMS_DIFFER,
	ZOO_DS_NO_INNER_ALGORITHM,
	ZOO_DS_ISSUER_NO_COUNTRY,
	ZOO_DS_ISSUER_OTHER,
	ZOO_DS_NO_ISSUER,
	ZOO_DS_TIME_FORM,
	ZOO_DS_NO_VALIDITY,
	ZOO_DS_KEY_MD5,
	ZOO_DS_NO_KEY,
	ZOO_DS_AKI_EMPTY,
	ZOO_DS_NO_AKI,
	ZOO_DS_AKI_OTHER,
	ZOO_DS_KEY_USAGE_NOT_CRITICAL,
	ZOO_DS_KEY_USAGE_OTHER,
	ZOO_DS_NO_KEY_USAGE,
	ZOO_DS_ALGORITHM_MD5,
	ZOO_DS_NO_ALGORITHM,
	ZOO_DS_SIGNATURE,
	ZOO_DS_NO_SIGNATURE,
	ZOO_DS_IS_CA,
	ZOO_DS_UNKNOWN_CRITICAL,
	ZOO_DS_EXTENSION_TWICE,
	ZOO_DS_PURPOSE_LIST,
	ZOO_DS_EXPIRED,       /* before the signing time */
	ZOO_DS_EXPIRED_TODAY, /* valid at the signing time */
	ZOO_DS_NOT_YET,
	ZOO_DS_USAGE_OVER,
	ZOO_DS_OTHER_STATE, /* subject of another state */
	ZOO_DS_CURVE_GENERATOR,
	ZOO_DS_CURVE_COFACTOR,
	ZOO_DS_CURVE_NO_COFACTOR,
	ZOO_DS_CURVE_COEFFICIENT,
	ZOO_DEFECTS,
};

/*
 * struct zoo_spec - a document. Zero is right: RSA PKCS#1 with SHA-256
 * where nothing is said, DS certificate inside, named by issuer.
 * @csca, @ds: kinds of keys for zoo_key()
 * @chain:     algorithm and hash of the DS certificate's signature
 * @sod:       algorithm of the SignerInfo
 * @sod_digest: hash of the SignerInfo's signature; 0 = SHA-256
 * @attribute_digest: digestAlgorithm; 0 = as @sod_digest
 * @group_digest: 0 = as @attribute_digest
 */
struct zoo_spec {
	const char *csca;
	const char *ds;
	enum zoo_alg chain;
	enum digest_id chain_digest;
	enum zoo_alg sod;
	enum digest_id sod_digest;
	enum digest_id attribute_digest;
	enum digest_id group_digest;
	bool ds_outside;
	bool by_key_id;
	bool explicit_curve;
	bool lds_1_8;
	const char *document_type;
	enum zoo_defect defect;
};

enum {
	ZOO_GROUPS = 6,
	ZOO_NOW = 1795392000,    /* 2026-11-23 */
	ZOO_SIGNED = 1735689600, /* 2025-01-01 */
	ZOO_YEAR = 31557600,
};

/*
 * struct zoo_document - all that a check needs.
 * @csca, @ds: certificates
 * @sod, @com: files; @group: files of DG1, 2, 3, 13, 14, 15 by number
 */
struct zoo_document {
	struct buf csca;
	struct buf ds;
	struct buf sod;
	struct buf com;
	struct buf group[PA_GROUPS + 1];
};

#define ZOO_DOCUMENT CLEANUP(zoo_release) struct zoo_document

void zoo_make(const struct zoo_spec *spec, struct zoo_document *ret);
void zoo_release(struct zoo_document *document);

/* The group numbers that a right document has. */
extern const unsigned int zoo_numbers[ZOO_GROUPS];

/*
 * struct zoo_certificate - a certificate by hand.
 * @names: country, organisation, common name
 * @issuer_key, @issuer_names: NULL = self-signed
 */
struct zoo_certificate {
	const char *country;
	const char *common_name;
	const char *issuer_country;
	const char *issuer_common_name;
	EVP_PKEY *key;
	EVP_PKEY *issuer_key;
	enum zoo_alg alg;
	enum digest_id digest;
	unsigned long serial;
	long long from;
	long long to;
	long long usage_from;
	long long usage_to;
	bool is_ca;
	bool explicit_curve;
	bool name_change;
	const char *eku;
	const char *document_type;
	enum zoo_defect defect;
};

void zoo_certificate(const struct zoo_certificate *spec, struct buf *ret);

/* An EC key with its curve spelled out, right or wrong. */
void zoo_explicit_spki(EVP_PKEY *key, enum zoo_defect defect, struct buf *ret);

/* SHA-1 of the key's bits, 20 bytes. */
void zoo_key_id(EVP_PKEY *key, struct digest *ret);

/* A CRL of @issuer_key listing @serials. */
struct zoo_crl {
	const char *country;
	const char *common_name;
	EVP_PKEY *key;
	enum zoo_alg alg;
	enum digest_id digest;
	long long this_update;
	long long next_update; /* 0 = absent */
	const unsigned long *serials;
	size_t count;
	bool delta;
	bool bad_signature;
};

void zoo_crl(const struct zoo_crl *spec, struct buf *ret);

/* A ContentInfo with SignedData around @content. */
struct zoo_signed {
	const char *content_type;
	struct span content;
	EVP_PKEY *key;
	enum zoo_alg alg;
	enum digest_id digest; /* of the signature */
	enum digest_id attribute_digest;
	struct span named;   /* whom the SignerInfo names; empty = @signer */
	struct span signer;  /* certificate */
	struct span more[4]; /* further certificates inside */
	bool ds_outside;
	bool by_key_id;
	enum zoo_defect defect;
};

void zoo_signed_data(const struct zoo_signed *spec, struct buf *ret);

#endif
