/* SPDX-License-Identifier: Apache-2.0 */
/* What a back end does with an assertion: verify it, or refuse it. */
#ifndef CCCD_ASSERTION_H
#define CCCD_ASSERTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>
#include <cccd/export.h>
#include <cccd/result.h>
#include <cccd/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cccd_assertion;
struct cccd_jwks;
struct cccd_trust;

enum {
	CCCD_NONCE_TEXT_MAX = 44, /* a nonce of 256 bits in base64url */
	CCCD_THUMBPRINT_MAX = 44, /* RFC 7638, SHA-256 */
	/* With the raw files of a card at level A3. */
	CCCD_ASSERTION_MAX = 4 * 1024 * 1024,
};

/**
 * cccd_jwks_parse() - the public keys of registered devices.
 * @text: @len bytes, a JSON Web Key Set or one JSON Web Key; only ES256 on
 *        P-256 and Ed25519, and never a private key
 *
 * One set may be used by many threads at once.
 *
 * Return: CCCD_OK, freed with cccd_jwks_free(); CCCD_ERR_POLICY_CONFIG
 * naming the key or the line; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err cccd_jwks_parse(const char *text,
                                                       size_t len,
                                                       struct cccd_error *error,
                                                       struct cccd_jwks **ret);

/** cccd_jwks_free() - accepts NULL. */
CCCD_EXPORT void cccd_jwks_free(struct cccd_jwks *keys);

CCCD_EXPORT size_t cccd_jwks_count(const struct cccd_jwks *keys);

/** cccd_jwks_thumbprint() - of one key, 43 letters; NULL beyond the last. */
CCCD_EXPORT const char *cccd_jwks_thumbprint(const struct cccd_jwks *keys,
                                             size_t index);

/**
 * cccd_jwks_spoken() - the thumbprint in 25 digits, for reading aloud.
 *
 * The same as `cccd device show` prints; NULL beyond the last.
 */
CCCD_EXPORT const char *cccd_jwks_spoken(const struct cccd_jwks *keys,
                                         size_t index);

/**
 * cccd_jwks_jwk() - one key as JSON text, public members only, in the form
 * of RFC 7638; NULL beyond the last.
 */
CCCD_EXPORT const char *cccd_jwks_jwk(const struct cccd_jwks *keys,
                                      size_t index);

/**
 * cccd_device_find_fn - the key of one device, for those who keep many.
 * @thumbprint: that the assertion names; 43 base64url letters, not proven
 * @ret:        a set that holds it, borrowed until the verification is over
 *
 * Return: CCCD_OK; CCCD_ERR_ASSERTION_DEVICE_UNKNOWN,
 * CCCD_ERR_ASSERTION_DEVICE_REVOKED or another error, passed on.
 */
typedef enum cccd_err (*cccd_device_find_fn)(void *context,
                                             const char *thumbprint,
                                             const struct cccd_jwks **ret);

/**
 * struct cccd_assertion_expected - what the back end knows beforehand.
 * @nonce:     that it issued for this very reading; 43 letters or more
 * @audience:  its own name, as the desk's registry spells it
 * @keys:      of the registered devices; NULL: ask @find
 * @find:      only asked when @keys is NULL
 * @now:       seconds since 1970 UTC; 0 = the system's clock
 * @leeway_s:  by which clocks may differ, at most 60; 0 is strict
 * @max_age_s: refuse what was issued earlier; 0 = by its exp alone
 */
struct cccd_assertion_expected {
	const char *nonce;
	const char *audience;
	const struct cccd_jwks *keys;
	cccd_device_find_fn find;
	void *context;
	int64_t now;
	uint32_t leeway_s;
	uint32_t max_age_s;
};

/**
 * cccd_assertion_verify() - the only way to the contents of an assertion.
 * @token: @len bytes, a compact JWS; hostile
 * @error: may be NULL
 *
 * That a nonce is spent once is the caller's part: it forgets the nonce
 * when this returns, whatever it returns.
 *
 * Return: CCCD_OK, freed with cccd_assertion_free();
 * CCCD_ERR_ASSERTION_MALFORMED, _TYPE, _ALGORITHM, _DEVICE_UNKNOWN,
 * _DEVICE_REVOKED, _SIGNATURE, _AUDIENCE, _NONCE, _EXPIRED, _NOT_YET,
 * _TOO_OLD; CCCD_ERR_NONCE_TOO_SHORT for an expected nonce that can be
 * guessed; CCCD_ERR_USAGE_ARGUMENT; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_assertion_verify(const char *token, size_t len,
                      const struct cccd_assertion_expected *expected,
                      struct cccd_assertion **ret, struct cccd_error *error);

/** cccd_assertion_free() - wipe and free; accepts NULL. */
CCCD_EXPORT void cccd_assertion_free(struct cccd_assertion *assertion);

/* What was proven. Texts are borrowed; "" where a claim is absent. */

/** cccd_assertion_result() - the result object as JSON, ended with NUL. */
CCCD_EXPORT const char *
cccd_assertion_result(const struct cccd_assertion *assertion, size_t *ret_len);
/** cccd_assertion_payload() - all claims as JSON, ended with NUL. */
CCCD_EXPORT const char *
cccd_assertion_payload(const struct cccd_assertion *assertion, size_t *ret_len);
CCCD_EXPORT const char *
cccd_assertion_transaction(const struct cccd_assertion *assertion);
CCCD_EXPORT const char *
cccd_assertion_id(const struct cccd_assertion *assertion); /* jti */
CCCD_EXPORT const char *
cccd_assertion_device(const struct cccd_assertion *assertion);
CCCD_EXPORT const char *
cccd_assertion_origin(const struct cccd_assertion *assertion);
CCCD_EXPORT const char *
cccd_assertion_purpose(const struct cccd_assertion *assertion);
CCCD_EXPORT const char *
cccd_assertion_consent(const struct cccd_assertion *assertion);
/* The pairwise identifier, sub. */
CCCD_EXPORT const char *
cccd_assertion_subject(const struct cccd_assertion *assertion);
/* "A1", "A2" or "A3": what the device says; A3 is proven only by
 * cccd_assertion_check_evidence(). */
CCCD_EXPORT const char *
cccd_assertion_level(const struct cccd_assertion *assertion);
CCCD_EXPORT int64_t
cccd_assertion_issued(const struct cccd_assertion *assertion);
CCCD_EXPORT int64_t
cccd_assertion_expires(const struct cccd_assertion *assertion);
/* The overall verdict that the device reached. */
CCCD_EXPORT enum cccd_verdict
cccd_assertion_overall(const struct cccd_assertion *assertion);

/**
 * cccd_assertion_identity() - a text member of the identity.
 * @name: e.g. "id_number", "full_name"
 *
 * Return: borrowed; NULL when it is absent or no text.
 */
CCCD_EXPORT const char *
cccd_assertion_identity(const struct cccd_assertion *assertion,
                        const char *name);

/**
 * struct cccd_assertion_proof - what the chip's own signatures prove.
 * @verdict: CCCD_SUCCESSFUL only if the chip signed the challenge of this
 *           nonce and audience, the files are those that the issuer signed,
 *           and the identity is what the files say. CCCD_UNDETERMINED
 *           without evidence or without the issuer's certificate
 * @reason:  "", "evidence_missing", "challenge_wrong",
 *           "active_authentication", "passive_authentication",
 *           "identity_differs"
 * @member:  of the identity, where @reason is "identity_differs"
 * @result:  every check carried out again
 */
struct cccd_assertion_proof {
	enum cccd_verdict verdict;
	const char *reason;
	char member[32];
	struct cccd_result result;
};

/**
 * cccd_assertion_check_evidence() - level A3, without trust in the desk.
 * @trust: the issuer's certificates; NULL: nobody is known
 * @now:   verification time; 0 = when the assertion was issued
 *
 * Not proven: codes that a desk's tables added (…_code, province), renderings
 * and the pairwise identifier; and that nobody relayed or read the card
 * over somebody's shoulder.
 *
 * Return: CCCD_OK whatever the verdict; CCCD_ERR_MEMORY;
 * CCCD_ERR_CRYPTO_FAILED.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_assertion_check_evidence(const struct cccd_assertion *assertion,
                              const struct cccd_trust *trust, int64_t now,
                              struct cccd_assertion_proof *ret);

/* The other half of a back end: what it sends to the desk. */

/** cccd_nonce_make() - 256 random bits as base64url. */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_nonce_make(char ret[CCCD_NONCE_TEXT_MAX]);

struct cccd_backend_key;

/**
 * cccd_backend_key_load() - a back end's private key.
 * @path: PKCS#8 PEM, P-256 or Ed25519; nobody else may read the file
 * @kid:  as in the JWKS of the desk's registry; NULL: the thumbprint
 *
 * Return: CCCD_OK, freed with cccd_backend_key_free(); CCCD_ERR_POLICY_CONFIG;
 * CCCD_ERR_USAGE_FILE; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_backend_key_load(const char *path, const char *kid,
                      struct cccd_error *error, struct cccd_backend_key **ret);

/** cccd_backend_key_free() - wipe and free; accepts NULL. */
CCCD_EXPORT void cccd_backend_key_free(struct cccd_backend_key *key);

/** cccd_backend_key_jwks() - its public key, for the desk's registry. Borrowed.
 */
CCCD_EXPORT const char *
cccd_backend_key_jwks(const struct cccd_backend_key *key);

/**
 * struct cccd_request - what the back end asks of one desk.
 * @rp:         its id in the desk's registry
 * @device:     thumbprint of the desk's key
 * @request:    JSON object: nonce, scopes, purpose and whatever else the
 *              request object of the service takes
 * @now:        seconds since 1970 UTC; 0 = the system's clock
 * @lifetime_s: at most 300; 0 for that
 */
struct cccd_request {
	const char *rp;
	const char *device;
	const char *request;
	int64_t now;
	uint32_t lifetime_s;
};

/**
 * cccd_request_sign() - a request that a front end can only pass on.
 * @ret: freed with free()
 *
 * Return: CCCD_OK; CCCD_ERR_NONCE_TOO_SHORT; CCCD_ERR_USAGE_ARGUMENT;
 * CCCD_ERR_CRYPTO_FAILED; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_request_sign(const struct cccd_backend_key *key,
                  const struct cccd_request *request, struct cccd_error *error,
                  char **ret);

#ifdef __cplusplus
}
#endif

#endif
