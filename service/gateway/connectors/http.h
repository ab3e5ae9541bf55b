/* SPDX-License-Identifier: Apache-2.0 */
/* POST to a configured server and nowhere else: mTLS, deadlines, caps. */
#ifndef SERVICE_GATEWAY_CONNECTORS_HTTP_H
#define SERVICE_GATEWAY_CONNECTORS_HTTP_H

#include "base/buf.h"
#include "service/gateway/connectors/connector.h"
#include "service/gateway/connectors/settings.h"

enum {
	HTTP_TYPE_MAX = 64,
	HTTP_HEADERS_MAX = 16,
	HTTP_REQUEST_MAX = 64 * 1024,
};

/**
 * struct http_options - how to reach a server; from http_rules.
 * @ca:          PEM bundle that is trusted instead of the system's
 * @certificate, @key: ours, PEM
 * @proxy:       "": none, whatever the environment says
 * @plain:       0 refuses http://, which sends everything in clear
 * @http2:       1 takes it where the server offers it
 * @trace:       1 sends the desk's transaction as traceparent
 * @connect_ms:  for the connection with its handshake
 * @request_ms:  for everything, further attempts included
 * @retries:     further attempts of an idempotent call
 * @answer_max:  bytes of a body
 */
struct http_options {
	char ca[SETTING_PATH_MAX];
	char certificate[SETTING_PATH_MAX];
	char key[SETTING_PATH_MAX];
	char proxy[SETTING_URL_MAX];
	unsigned int plain;
	unsigned int http2;
	unsigned int trace;
	uint32_t connect_ms;
	uint32_t request_ms;
	uint32_t retries;
	uint32_t answer_max;
};

/* The settings every connector over HTTP has. */
extern const struct setting_rule http_rules[];
extern const size_t http_rule_count;

/** struct http_client - connections kept alive for any number of threads. */
struct http_client;

/**
 * http_client_new() - reaches nobody yet.
 * @name: of the connector, for messages
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG for half a pair of certificate
 * and key; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err http_client_new(const struct http_options *options,
                                      const char *name,
                                      struct cccd_error *error,
                                      struct http_client **ret);

/* CCCD_ERR_POLICY_CONFIG for http:// where that was not allowed. */
CHECKED enum cccd_err http_check_url(const struct http_options *options,
                                     const char *name, const char *key,
                                     const char *url, struct cccd_error *error);

/**
 * struct http_call - one POST.
 * @headers:    "Name: value" lines, NULL at the end; no CR or LF in them
 * @accept:     media types the answer may have, NULL at the end
 * @idempotent: asking twice is asking once; only then a call that reached
 *              the server may be made again: so often as the options say,
 *              and once more where a kept connection turns out to be closed
 */
struct http_call {
	const char *url;
	const char *headers[HTTP_HEADERS_MAX];
	const char *const *accept;
	struct span body;
	bool idempotent;
	uint64_t deadline_ms;
};

/**
 * struct http_reply - what came back.
 * @failure:  REGISTRY_NOT_ASKED when a whole reply came, of any status and
 *            of an accepted type; else why not
 * @attempts: requests that may have left this machine
 */
struct http_reply {
	enum registry_outcome failure;
	long status;
	unsigned int attempts;
	struct buf body;
};

#define HTTP_REPLY CLEANUP(http_reply_release) struct http_reply

void http_reply_release(struct http_reply *reply);

/**
 * http_post() - and wait for the reply.
 * @ret: zeroed or used before; its body is replaced
 *
 * Follows no redirect, keeps no cookie, asks no .netrc. A reply that is no
 * 200 is given whatever its type is.
 *
 * Return: CCCD_OK whatever came of it; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err http_post(struct http_client *client,
                                const struct http_call *call,
                                struct http_reply *ret);

/* What a status alone says; REGISTRY_NOT_ASKED for 200. */
enum registry_outcome http_status_outcome(long status);

/* Accepts NULL. */
void http_client_free(struct http_client *client);

#endif
