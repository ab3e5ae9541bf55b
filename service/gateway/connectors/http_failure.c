/* SPDX-License-Identifier: Apache-2.0 */
/* What libcurl's results mean here. */
#include "service/gateway/connectors/http_failure.h"

#include <string.h>

#include "service/gateway/connectors/http.h"

/* Results of OpenSSL's verification, X509_V_ERR_…; libcurl passes them on. */
enum {
	NOT_YET_VALID = 9,
	HAS_EXPIRED = 10,
};

/* The alerts by which a server refuses a client's certificate; in TLS 1.3
 * they arrive after the handshake, as an error of reading. RFC 8446 6.2 */
static bool blames_us(const char *reason)
{
	static const char *const alerts[] = {
		"alert certificate required",    "alert bad certificate",
		"alert certificate unknown",     "alert unknown ca",
		"alert certificate expired",     "alert certificate revoked",
		"alert unsupported certificate",
	};

	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		if (strstr(reason, alerts[i]) != NULL)
			return true;
	return false;
}

static const struct {
	CURLcode code;
	enum registry_outcome outcome;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, REGISTRY_NAME_UNRESOLVED },
	{ CURLE_COULDNT_RESOLVE_PROXY, REGISTRY_NAME_UNRESOLVED },
	{ CURLE_COULDNT_CONNECT, REGISTRY_UNREACHABLE },
	{ CURLE_PROXY, REGISTRY_UNREACHABLE },
	{ CURLE_OPERATION_TIMEDOUT, REGISTRY_TIME_OUT },
	{ CURLE_PEER_FAILED_VERIFICATION, REGISTRY_TLS_UNTRUSTED },
	{ CURLE_SSL_ISSUER_ERROR, REGISTRY_TLS_UNTRUSTED },
	{ CURLE_SSL_CACERT_BADFILE, REGISTRY_TLS },
	{ CURLE_SSL_CONNECT_ERROR, REGISTRY_TLS },
	{ CURLE_SSL_CIPHER, REGISTRY_TLS },
	{ CURLE_SSL_CERTPROBLEM, REGISTRY_TLS_CLIENT },
	{ CURLE_SSL_CLIENTCERT, REGISTRY_TLS_CLIENT },
	{ CURLE_PARTIAL_FILE, REGISTRY_BROKEN_OFF },
	{ CURLE_GOT_NOTHING, REGISTRY_BROKEN_OFF },
	{ CURLE_RECV_ERROR, REGISTRY_BROKEN_OFF },
	{ CURLE_SEND_ERROR, REGISTRY_BROKEN_OFF },
	{ CURLE_HTTP2, REGISTRY_BROKEN_OFF },
	{ CURLE_HTTP2_STREAM, REGISTRY_BROKEN_OFF },
	{ CURLE_FILESIZE_EXCEEDED, REGISTRY_TOO_LARGE },
};

enum registry_outcome http_failure(CURLcode code, long verified,
                                   const char *reason)
{
	if (blames_us(reason))
		return REGISTRY_TLS_CLIENT;
	if (code == CURLE_PEER_FAILED_VERIFICATION &&
	    (verified == HAS_EXPIRED || verified == NOT_YET_VALID))
		return REGISTRY_TLS_EXPIRED;
	for (size_t i = 0; i < ARRAY_LEN(failures); i++)
		if (failures[i].code == code)
			return failures[i].outcome;
	/* Chunks, headers or a version of HTTP that nobody speaks; an answer
	 * without a status line is CURLE_UNSUPPORTED_PROTOCOL, and no URL is,
	 * for the settings take http and https only. */
	return REGISTRY_MALFORMED;
}

bool http_was_sent(CURLcode code)
{
	static const CURLcode unsent[] = {
		CURLE_COULDNT_RESOLVE_HOST,
		CURLE_COULDNT_RESOLVE_PROXY,
		CURLE_COULDNT_CONNECT,
		CURLE_SSL_CONNECT_ERROR,
		CURLE_PEER_FAILED_VERIFICATION,
		CURLE_SSL_CERTPROBLEM,
		CURLE_SSL_CACERT_BADFILE,
		CURLE_SSL_CIPHER,
		CURLE_SSL_ISSUER_ERROR,
		CURLE_PROXY,
		CURLE_OUT_OF_MEMORY,
	};

	for (size_t i = 0; i < ARRAY_LEN(unsent); i++)
		if (unsent[i] == code)
			return false;
	return true;
}

bool http_may_repeat(CURLcode code, long status, bool idempotent)
{
	if (code == CURLE_COULDNT_CONNECT)
		return true;
	if (!idempotent)
		return false;
	if (code == CURLE_OK)
		return status == 502 || status == 503 || status == 504;
	return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
	       code == CURLE_SEND_ERROR || code == CURLE_PARTIAL_FILE ||
	       code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

enum registry_outcome http_status_outcome(long status)
{
	if (status == 200)
		return REGISTRY_NOT_ASKED;
	if (status == 401 || status == 407)
		return REGISTRY_UNAUTHORISED;
	if (status == 403)
		return REGISTRY_REFUSED;
	if (status >= 300 && status < 400)
		return REGISTRY_REDIRECTED;
	return REGISTRY_HTTP_STATUS;
}
