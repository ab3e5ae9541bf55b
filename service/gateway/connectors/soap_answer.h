/* SPDX-License-Identifier: Apache-2.0 */
/* What a registry's SOAP answer says: facts confirmed by several clients. */
#ifndef SERVICE_GATEWAY_CONNECTORS_SOAP_ANSWER_H
#define SERVICE_GATEWAY_CONNECTORS_SOAP_ANSWER_H

#include "service/gateway/connectors/connector.h"

enum { SOAP_NAMESPACE_MAX = 256 };

/**
 * struct soap_dialect - in which words an answer is written.
 * @request_namespace, @answer_namespace: names, never addresses to call
 * @sex_male, @sex_female: codes of GioiTinh
 */
struct soap_dialect {
	char request_namespace[SOAP_NAMESPACE_MAX];
	char answer_namespace[SOAP_NAMESPACE_MAX];
	char sex_male[SOAP_NAMESPACE_MAX];
	char sex_female[SOAP_NAMESPACE_MAX];
};

/**
 * enum soap_source - what an XML declaration's encoding is worth.
 * @SOAP_OCTETS: from HTTP; another one than UTF-8 is believed, thus malformed
 * @SOAP_TEXT:   out of a string of Unicode, UTF-8 by now; nothing
 */
enum soap_source { SOAP_OCTETS = 0, SOAP_TEXT };

/**
 * soap_answer_parse() - one whole document.
 * @ret: citizen and outcome are set, nothing else; the outcome is
 *       REGISTRY_FOUND, _CONFIRMED, _NOT_FOUND, _AMBIGUOUS, _REFUSED or
 *       _FAULT (a SOAP fault of the client's or the server's making),
 *       _MALFORMED, _FORBIDDEN_MARKUP or _NAMESPACE
 *
 * Nothing is fetched, no DOCTYPE is read past its name, no entity is
 * expanded; depth, number of elements and every text are bounded. Octets that
 * are UTF-8 cannot be UTF-16: declared as such, they are UTF-8 all the same.
 *
 * Return: CCCD_OK whatever the outcome; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err soap_answer_parse(struct span document,
                                        enum soap_source source,
                                        enum registry_operation operation,
                                        const struct soap_dialect *dialect,
                                        struct registry_answer *ret);

#endif
