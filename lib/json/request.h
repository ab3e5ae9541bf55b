/* SPDX-License-Identifier: Apache-2.0 */
/* What a caller sends: the request, the access key, the consent. */
#ifndef LIB_JSON_REQUEST_H
#define LIB_JSON_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/error.h>
#include <cccd/session.h>

#include "base/error.h"
#include "base/span.h"
#include "lib/json/registry.h"
#include "lib/json/scopes.h"

enum {
	REQUEST_BODY_MAX = 65536,
	REQUEST_NONCE_LEAST = 43, /* base64url of 256 bits */
	REQUEST_NONCE_MAX = 129,  /* with NUL, as all of these */
	REQUEST_READER_MAX = 65,
	REQUEST_TOKEN_MAX = 32769,
	REQUEST_KEY_MAX = 512, /* as the session takes them */
	REQUEST_DATE_MAX = 16,
	REQUEST_WORD_MAX = 65,
};

/** enum json_evidence_level - how much of the files goes with a result. */
enum json_evidence_level {
	JSON_EVIDENCE_DEFAULT = 0, /* the request says nothing */
	JSON_EVIDENCE_NONE,
	JSON_EVIDENCE_DIGEST,
	JSON_EVIDENCE_RAW,
};

/**
 * struct json_request - the request object, service-api 3.
 * @rp:       who the caller says it is
 * @nonce:    base64url letters, the back end's
 * @required_checks: bit n is enum cccd_check_id n
 * @audience: a name of the registry; "" when not given
 * @reader:   id of a reader, or "any"
 * @format:   one of enum json_format; 0 when not given
 * @request_jwt: the same request signed by the back end; NULL without.
 *            Owned. Where it stands, @rp, @reader and this are all that the
 *            outer request says: one statement, never two
 */
struct json_request {
	char rp[RP_ID_MAX];
	char nonce[REQUEST_NONCE_MAX];
	char purpose[RP_PURPOSE_MAX];
	struct json_scopes scopes;
	uint32_t required_checks;
	char audience[RP_AUDIENCE_NAME_MAX];
	char reader[REQUEST_READER_MAX];
	enum json_evidence_level evidence;
	unsigned int format;
	char *request_jwt;
};

/**
 * json_request_parse() - the body of POST /v1/sessions.
 * @ret: to be released by the caller
 *
 * Return: CCCD_OK; CCCD_ERR_REQUEST_MALFORMED naming the member;
 * CCCD_ERR_REQUEST_TOO_LARGE; CCCD_ERR_NONCE_TOO_SHORT; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err json_request_parse(struct span body,
                                         struct cccd_error *error,
                                         struct json_request *ret);

/**
 * json_request_parse_signed() - what a verified request_jwt asks for.
 * @text: of struct request_jwt: the request object without request_jwt and
 *        reader, and without the token's own claims
 *
 * Return: as json_request_parse().
 */
CHECKED enum cccd_err json_request_parse_signed(struct span text,
                                                struct cccd_error *error,
                                                struct json_request *ret);

void json_request_release(struct json_request *request);

/**
 * struct json_access_key - the body of POST …/access-key. Secret.
 * @document: @value is the document's number, beside @birth and @expiry
 * @type:     CCCD_ACCESS_KEY_NONE with @document
 */
struct json_access_key {
	bool document;
	enum cccd_access_key type;
	char value[REQUEST_KEY_MAX];
	char birth[REQUEST_DATE_MAX];
	char expiry[REQUEST_DATE_MAX];
};

/**
 * json_access_key_parse() - contracts, Access keys.
 * @body: the caller's to wipe
 * @ret:  to be wiped by the caller
 *
 * Return: CCCD_OK; CCCD_ERR_REQUEST_MALFORMED; CCCD_ERR_REQUEST_TOO_LARGE;
 * CCCD_ERR_USAGE_KEY_MALFORMED for a value of a wrong form;
 * CCCD_ERR_MEMORY. No message holds any part of a value.
 */
CHECKED enum cccd_err json_access_key_parse(struct span body,
                                            struct cccd_error *error,
                                            struct json_access_key *ret);

void json_access_key_wipe(struct json_access_key *key);

/**
 * struct json_consent - the body of POST …/consent.
 * @text_id:    which text the citizen was shown
 * @actor:      who asked: an id of the desk's own, never a name
 * @deselected: scopes that the citizen struck out
 */
struct json_consent {
	bool granted;
	char text_id[REQUEST_WORD_MAX];
	char actor[REQUEST_WORD_MAX];
	struct json_scopes deselected;
};

/* Return: CCCD_OK; CCCD_ERR_REQUEST_MALFORMED; CCCD_ERR_REQUEST_TOO_LARGE. */
CHECKED enum cccd_err json_consent_parse(struct span body,
                                         struct cccd_error *error,
                                         struct json_consent *ret);

/* "none", "digest", "raw", ""; "json", "jwt", "". */
const char *json_evidence_name(enum json_evidence_level level);
const char *json_format_name(unsigned int format);

#endif
