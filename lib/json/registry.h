/* SPDX-License-Identifier: Apache-2.0 */
/* Relying parties: one file says who may ask for what. */
#ifndef LIB_JSON_REGISTRY_H
#define LIB_JSON_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>
#include <cccd/result.h>

#include "base/error.h"
#include "base/span.h"
#include "lib/json/scopes.h"

enum {
	RP_FILE_MAX = 65536,
	RP_ID_MAX = 128,     /* with NUL, as all of these */
	RP_ORIGIN_MAX = 256, /* the longest host name fits */
	RP_PURPOSE_MAX = 64,
	RP_AUDIENCE_NAME_MAX = 32,
	RP_AUDIENCE_MAX = 256,
	RP_JWKS_MAX = 16384,
	RP_ORIGINS = 8,
	RP_UIDS = 16,
	RP_PURPOSES = 16,
	RP_AUDIENCES = 8,
	RP_QUOTA_DEFAULT = 600,
	RP_QUOTA_MOST = 100000,
};

/** enum json_request_mode - what proves that a request is the back end's. */
enum json_request_mode {
	JSON_REQUEST_ORIGIN = 1, /* coming from the origin is enough */
	JSON_REQUEST_SIGNED,     /* a JWS of the back end */
};

/** enum json_consent_mode - who asks the citizen; service-api 7. */
enum json_consent_mode {
	JSON_CONSENT_OPERATOR = 1, /* the front end, logged by text id */
	JSON_CONSENT_PROMPT,       /* the agent of the seated user */
	JSON_CONSENT_NONE,         /* only where the law says so */
};

/** enum json_key_from - where an access key may come from, as bits. */
enum json_key_from {
	JSON_KEY_FRONT_END = 1 << 0,
	JSON_KEY_AGENT = 1 << 1,
	JSON_KEY_SCANNER = 1 << 2,
};

/** enum json_format - how a result may leave, as bits. */
enum json_format {
	JSON_FORMAT_JSON = 1 << 0,
	JSON_FORMAT_JWT = 1 << 1,
};

/** struct json_audience - a receiver of assertions, chosen by name. */
struct json_audience {
	char name[RP_AUDIENCE_NAME_MAX];
	char aud[RP_AUDIENCE_MAX];
};

/**
 * struct json_relying_party - one registered front end with its back ends.
 * @id:         the audience of its assertions where @audiences is empty
 * @origins:    serialised origins, compared whole
 * @uids:       local users that are this relying party
 * @jwks:       text of its public keys, NULL without; owned
 * @scopes_max: more is never granted
 * @key_from:   enum json_key_from, or-ed
 * @formats:    enum json_format, or-ed
 * @renderings: enum json_rendering, or-ed
 * @profile:    name of the check profile
 * @quota_per_hour: sessions; 0 is not a value
 */
struct json_relying_party {
	char id[RP_ID_MAX];
	char origins[RP_ORIGINS][RP_ORIGIN_MAX];
	size_t origin_count;
	uint32_t uids[RP_UIDS];
	size_t uid_count;
	enum json_request_mode request_mode;
	char *jwks;
	struct json_scopes scopes_max;
	char purposes[RP_PURPOSES][RP_PURPOSE_MAX];
	size_t purpose_count;
	enum json_consent_mode consent;
	unsigned int key_from;
	struct json_audience audiences[RP_AUDIENCES];
	size_t audience_count;
	unsigned int formats;
	unsigned int renderings;
	char profile[CCCD_PROFILE_NAME_MAX];
	uint32_t quota_per_hour;
};

/**
 * json_relying_party_parse() - schema docs/api/relying-party.schema.json.
 *
 * Return: CCCD_OK, the caller frees *@ret; CCCD_ERR_POLICY_CONFIG with line,
 * member and reason; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err json_relying_party_parse(struct span text,
                                               struct cccd_error *error,
                                               struct json_relying_party **ret);

/**
 * json_relying_party_text() - the file that says this, for a person to read.
 * @ret: freed with json_text_free()
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY; CCCD_ERR_POLICY_CONFIG when it would not
 * be taken back.
 */
CHECKED enum cccd_err
json_relying_party_text(const struct json_relying_party *party,
                        struct cccd_error *error, char **ret);

/* Accepts NULL. */
void json_relying_party_free(struct json_relying_party *party);

/**
 * json_relying_party_clash() - what two entries both claim.
 *
 * Return: "id", "origin" or "local user"; NULL when they can stand together.
 */
const char *json_relying_party_clash(const struct json_relying_party *a,
                                     const struct json_relying_party *b);

/**
 * json_origin_check() - whether a text is a serialised origin of ours.
 *
 * scheme://host[:port] and nothing more, in lower case, without the scheme's
 * own port; no pattern, no "null", no user, no path. Plain http only for
 * loopback: localhost, 127.0.0.1 and [::1]. rules R4, R5
 *
 * Return: NULL for a good one; else the reason, in English.
 */
const char *json_origin_check(const char *text);

/* Names, for views and records; "" for what has none. */
const char *json_consent_mode_name(enum json_consent_mode mode);
const char *json_request_mode_name(enum json_request_mode mode);

/* The bit of a name; 0 for an unknown word. */
unsigned int json_key_from_by_name(const char *name);
unsigned int json_format_by_name(const char *name);

#endif
