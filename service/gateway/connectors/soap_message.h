/* SPDX-License-Identifier: Apache-2.0 */
/* The SOAP request and the headers that go with it. */
#ifndef SERVICE_GATEWAY_CONNECTORS_SOAP_MESSAGE_H
#define SERVICE_GATEWAY_CONNECTORS_SOAP_MESSAGE_H

#include "service/gateway/connectors/fields.h"
#include "service/gateway/connectors/headers.h"
#include "service/gateway/connectors/soap_answer.h"

/**
 * struct soap_options - the variants seen in the field; from soap_rules.
 * @unqualified:  elements below the operation bear no namespace
 * @client:       X-Road-Client; @api_key: ApiKey; "" leaves a header out
 * @user, @secret: of the Basic header; "" leaves it out
 * @service_url:  what is hashed into it; "": the URL that is called
 * @seconds:      Timestamp in seconds instead of milliseconds
 * @officer_keys: file of "officer keyName:keyPass" lines for AuthHash
 * @action:       value of SOAPAction, quotes included by us
 */
struct soap_options {
	struct soap_dialect dialect;
	unsigned int unqualified;
	char client[SETTING_TEXT_MAX];
	char api_key[SETTING_SECRET_MAX];
	char user[SETTING_TEXT_MAX];
	char secret[SETTING_SECRET_MAX];
	char service_url[SETTING_URL_MAX];
	unsigned int seconds;
	char officer_keys[SETTING_PATH_MAX];
	char action[SETTING_TEXT_MAX];
};

/* What an envelope needs, and what only its headers need. */
extern const struct setting_rule soap_rules[];
extern const size_t soap_rule_count;
extern const struct setting_rule soap_header_rules[];
extern const size_t soap_header_rule_count;

/**
 * soap_message_make() - the envelope.
 * @ret: emptied first
 *
 * Elements stand in the order that the registry insists on.
 */
CHECKED enum cccd_err soap_message_make(const struct soap_options *options,
                                        enum registry_operation operation,
                                        const struct fields *fields,
                                        struct buf *ret);

/**
 * soap_headers_make() - X-Road-Client, ApiKey, Timestamp, Authorization,
 * SOAPAction and AuthHash.
 * @url:       that is called
 * @now_ms:    since 1970 UTC
 * @auth_hash: base64 for AuthHash; NULL for none
 */
CHECKED enum cccd_err soap_headers_make(const struct soap_options *options,
                                        const char *url, int64_t now_ms,
                                        const char *auth_hash,
                                        struct headers *ret);

#endif
