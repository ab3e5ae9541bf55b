/* SPDX-License-Identifier: Apache-2.0 */
/* The result document urn:cccd:result:1, for every program alike. */
#ifndef LIB_JSON_RESULT_H
#define LIB_JSON_RESULT_H

#include <cccd/document.h>
#include <cccd/evidence.h>
#include <cccd/result.h>

#include "base/macros.h"
#include "lib/json/scopes.h"

/* Scopes of the identity, service-api 7; contracts, The result. */
enum json_scope {
	JSON_SCOPE_ID = 1 << 0,
	JSON_SCOPE_DEMOGRAPHIC = 1 << 1,
	JSON_SCOPE_ADDRESS = 1 << 2,
	JSON_SCOPE_FAMILY = 1 << 3,
	JSON_SCOPE_SENSITIVE = 1 << 4,
	JSON_SCOPE_PORTRAIT = 1 << 5,
	JSON_SCOPE_RAW = 1 << 6,
};

/* All that a person at the desk sees; raw files only when asked for. */
enum { JSON_SCOPES_DESK = 0x3F };

/* The bit of "id", "demographic", …; 0 for an unknown word. */
unsigned int json_scope_by_name(const char *name);

/* Renderings for other systems, service-api 8. */
enum json_rendering {
	JSON_RENDER_CSDLDC = 1 << 0,
	JSON_RENDER_BHYT = 1 << 1,
	JSON_RENDER_XML130 = 1 << 2,
	JSON_RENDER_FHIR = 1 << 3,
};

unsigned int json_rendering_by_name(const char *name);

/**
 * struct json_result_input - what goes into the document.
 * @person:     NULL when there is none
 * @document:   files for digests, portrait and raw data
 * @scopes:     enum json_scope and enum json_scope_derived, or-ed
 * @ages:       age_over_NN as in struct json_scopes; a member is left out
 *              when the birth date leaves it open
 * @pairwise_id: this relying party's own name of the person, made by the
 *              caller; NULL or "" without
 * @no_digests: leave the digests of files out; scope raw overrules
 * @renderings: enum json_rendering, or-ed
 * @active_auth: challenge and answer of the chip, for scope raw; NULL where
 *              active authentication did not run
 * @pretty:     with line feeds and indentation
 */
struct json_result_input {
	const struct cccd_result *result;
	const struct cccd_document *document;
	const struct cccd_person *person;
	unsigned int scopes;
	uint32_t ages[JSON_AGE_WORDS];
	const char *pairwise_id;
	bool no_digests;
	unsigned int renderings;
	const struct cccd_active_auth_facts *active_auth;
	bool pretty;
};

/**
 * json_result_text() - the document as text.
 * @ret: the caller wipes and frees it with json_text_free()
 */
CHECKED enum cccd_err json_result_text(const struct json_result_input *input,
                                       char **ret);

/**
 * json_problem_text() - an error as an RFC 9457 problem document.
 * @error: with its code, step, tries left; no personal data stands in it
 */
CHECKED enum cccd_err json_problem_text(const struct cccd_error *error,
                                        char **ret);

void json_text_free(char *text);

#endif
