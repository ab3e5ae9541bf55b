/* SPDX-License-Identifier: Apache-2.0 */
/* What a caller of the gateway sends, and what it is about. */
#ifndef LIB_JSON_GATEWAY_REQUEST_H
#define LIB_JSON_GATEWAY_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "lib/json/citizen.h"

enum {
	GATEWAY_WORD_MAX = 65,
	GATEWAY_NAME_MAX = 129,
	GATEWAY_NONCE_MAX = 513,
	GATEWAY_OLD_NUMBERS = 4,
};

/**
 * struct gateway_request - the body of POST /v1/checks.
 * @assertion:      a compact JWS; owned
 * @officer_id:     of the officer who asks
 * @officer_name:   "" when not given
 * @service_code, @procedure_code: "" when not given
 * @id_number:      of whom the caller's case is about; "" when not given
 */
struct gateway_request {
	struct buf assertion;
	char officer_id[GATEWAY_WORD_MAX];
	char officer_name[GATEWAY_NAME_MAX];
	char service_code[GATEWAY_WORD_MAX];
	char procedure_code[GATEWAY_WORD_MAX];
	char id_number[CITIZEN_NUMBER_MAX];
};

/**
 * gateway_request_parse() - strictly; unknown members are refused.
 * @ret: released by the caller, whatever is returned
 *
 * Return: CCCD_OK; CCCD_ERR_REQUEST_MALFORMED naming a member of ours;
 * CCCD_ERR_REQUEST_TOO_LARGE; CCCD_ERR_MEMORY. No message holds a value.
 */
CHECKED enum cccd_err gateway_request_parse(struct span body,
                                            struct cccd_error *error,
                                            struct gateway_request *ret);

/* Wipes. */
void gateway_request_release(struct gateway_request *request);

/**
 * gateway_nonce_peek() - under which nonce an assertion goes.
 * @token: not verified: good for looking up what was issued, and nothing
 *         else
 *
 * Return: CCCD_OK; CCCD_ERR_ASSERTION_MALFORMED; CCCD_ERR_ASSERTION_NONCE
 * when it is none of ours in form; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err gateway_nonce_peek(struct span token,
                                         struct cccd_error *error,
                                         char ret[static GATEWAY_NONCE_MAX]);

/**
 * struct gateway_person - the holder, as a verified result has it.
 *
 * "" where it says nothing. Personal: wiped by its owner.
 */
struct gateway_person {
	char id_number[CITIZEN_NUMBER_MAX];
	char old_numbers[GATEWAY_OLD_NUMBERS][CITIZEN_NUMBER_MAX];
	size_t old_number_count;
	char full_name[CITIZEN_NAME_MAX];
	bool name_truncated;
	char date_of_birth[CITIZEN_DATE_MAX];
	char sex[CITIZEN_CODE_MAX];
	char residence[CITIZEN_TEXT_MAX];
	char origin[CITIZEN_TEXT_MAX];
	char father_name[CITIZEN_NAME_MAX];
	char mother_name[CITIZEN_NAME_MAX];
	char spouse_name[CITIZEN_NAME_MAX];
};

/**
 * gateway_person_read() - from the result of a verified assertion.
 *
 * Return: CCCD_OK; CCCD_ERR_ASSERTION_MALFORMED for a member of a wrong
 * type or length; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err gateway_person_read(struct span result,
                                          struct cccd_error *error,
                                          struct gateway_person *ret);

#endif
