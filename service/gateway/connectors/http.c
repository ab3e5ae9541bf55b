/* SPDX-License-Identifier: Apache-2.0 */
/* POST to a configured server and nowhere else: mTLS, deadlines, caps. */
#include "service/gateway/connectors/http.h"

#include <pthread.h>
#include <stdlib.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/random.h"
#include "service/gateway/connectors/http_failure.h"
#include "service/gateway/connectors/pool.h"

static const char *const switch_words[] = { "no", "yes", NULL };

#define AT(member) offsetof(struct http_options, member)

const struct setting_rule http_rules[] = {
	{ "ca", SETTING_PATH, "", AT(ca), NULL, 0, 0 },
	{ "certificate", SETTING_PATH, "", AT(certificate), NULL, 0, 0 },
	{ "key", SETTING_PRIVATE, "", AT(key), NULL, 0, 0 },
	{ "proxy", SETTING_URL, "", AT(proxy), NULL, 0, 0 },
	{ "plain_http", SETTING_WORD, "no", AT(plain), switch_words, 0, 0 },
	{ "http2", SETTING_WORD, "yes", AT(http2), switch_words, 0, 0 },
	{ "trace_header", SETTING_WORD, "no", AT(trace), switch_words, 0, 0 },
	{ "connect_time", SETTING_TIME, "3 s", AT(connect_ms), NULL, 10,
	  60000 },
	{ "request_time", SETTING_TIME, "10 s", AT(request_ms), NULL, 10,
	  120000 },
	{ "retries", SETTING_NUMBER, "1", AT(retries), NULL, 0, 3 },
	{ "answer_max", SETTING_NUMBER, "262144", AT(answer_max), NULL, 1024,
	  1024 * 1024 },
};
const size_t http_rule_count = ARRAY_LEN(http_rules);

struct http_client {
	struct http_options options;
	struct pool pool;
};

/* libcurl wants one first call while nobody else calls it. */
static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void begin_curl(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void close_handle(void *handle)
{
	curl_easy_cleanup(handle);
}

enum cccd_err http_check_url(const struct http_options *options,
                             const char *name, const char *key, const char *url,
                             struct cccd_error *error)
{
	if (options->plain == 0 && strncmp(url, "http://", 7) == 0)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: %.40s: http without TLS needs "
		            "plain_http = yes",
		            name, key);
	return CCCD_OK;
}

enum cccd_err http_client_new(const struct http_options *options,
                              const char *name, struct cccd_error *error,
                              struct http_client **ret)
{
	struct http_client *client = NULL;

	if ((options->certificate[0] == '\0') != (options->key[0] == '\0'))
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: certificate and key belong "
		            "together",
		            name);
	(void)pthread_once(&curl_once, begin_curl);
	client = calloc(1, sizeof(*client));
	if (client == NULL)
		return CCCD_ERR_MEMORY;
	client->options = *options;
	if (!pool_init(&client->pool, close_handle)) {
		free(client);
		return CCCD_ERR_MEMORY;
	}
	*ret = client;
	return CCCD_OK;
}

void http_client_free(struct http_client *client)
{
	if (client == NULL)
		return;
	pool_release(&client->pool);
	wipe(client, sizeof(*client));
	free(client);
}

void http_reply_release(struct http_reply *reply)
{
	buf_release(&reply->body);
}

/** struct transfer - one attempt. */
struct transfer {
	CURL *curl;
	const struct http_call *call;
	struct http_reply *reply;
	bool too_large;
	char reason[CURL_ERROR_SIZE];
};

static size_t take_body(char *at, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	struct span part = span_of(at, size * count);

	if (buf_append(&transfer->reply->body, part) == CCCD_OK)
		return part.len;
	transfer->too_large = true;
	return 0;
}

/* Whatever a list takes is freed with it, so a failure frees it whole. */
static struct curl_slist *append(struct curl_slist *list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(list, line);

	if (longer == NULL)
		curl_slist_free_all(list);
	return longer;
}

static struct curl_slist *make_headers(const struct http_call *call)
{
	/* No "100 Continue" dance, and nothing of ours in the banner. */
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	/* Where none is named any coding would do, and none is undone here.
	 * [RFC 9110 12.5.3] */
	if (list != NULL)
		list = append(list, "Accept-Encoding: identity");
	for (size_t i = 0;
	     list != NULL && i < HTTP_HEADERS_MAX && call->headers[i] != NULL;
	     i++)
		list = append(list, call->headers[i]);
	return list;
}

/* libcurl copies headers; a copy of a credential is wiped before it goes. */
static void free_headers(struct curl_slist *list)
{
	for (struct curl_slist *at = list; at != NULL; at = at->next)
		wipe(at->data, strlen(at->data));
	curl_slist_free_all(list);
}

static bool set_security(CURL *curl, const struct http_options *options)
{
	const char *protocols = options->plain != 0 ? "http,https" : "https";
	bool set = true;

	set &= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols) ==
	       CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) ==
	       CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_SSLVERSION,
	                        (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
	if (options->ca[0] != '\0') {
		set &= curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca) ==
		       CURLE_OK;
		set &= curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK;
	}
	if (options->certificate[0] != '\0') {
		set &= curl_easy_setopt(curl, CURLOPT_SSLCERT,
		                        options->certificate) == CURLE_OK;
		set &= curl_easy_setopt(curl, CURLOPT_SSLKEY, options->key) ==
		       CURLE_OK;
	}
	return set;
}

/* A name's resolver runs in a thread, which libcurl would wait for past every
 * deadline. A library older than its header knows no such option. */
#if LIBCURL_VERSION_NUM >= 0x075700
static bool set_quick_exit(CURL *curl)
{
	CURLcode code = curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);

	return code == CURLE_OK || code == CURLE_UNKNOWN_OPTION;
}
#else
static bool set_quick_exit(CURL *curl)
{
	(void)curl;
	return true;
}
#endif

/* An empty proxy keeps libcurl from asking the environment. */
static bool set_way(CURL *curl, const struct http_options *options,
                    const struct http_call *call, uint64_t left_ms)
{
	uint64_t connect_ms =
	        options->connect_ms < left_ms ? options->connect_ms : left_ms;
	bool set = true;

	set &= curl_easy_setopt(curl, CURLOPT_PROXY, options->proxy) ==
	       CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_NOPROXY, "") == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
	set &= set_quick_exit(curl);
	set &= curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
	                        (long)connect_ms) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)left_ms) ==
	       CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
	                        options->http2 != 0
	                                ? (long)CURL_HTTP_VERSION_2TLS
	                                : (long)CURL_HTTP_VERSION_1_1) ==
	       CURLE_OK;
	/* libcurl repeats a request by itself when a kept connection turns
	 * out to be dead; what may go out once goes out on a fresh one. */
	set &= curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT,
	                        call->idempotent ? 0L : 1L) == CURLE_OK;
	return set;
}

static bool set_request(struct transfer *transfer,
                        const struct curl_slist *headers)
{
	const struct http_call *call = transfer->call;
	CURL *curl = transfer->curl;
	bool set = true;

	set &= curl_easy_setopt(curl, CURLOPT_URL, call->url) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
	                        (const char *)call->body.at) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
	                        (curl_off_t)call->body.len) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) ==
	       CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
	set &= curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->reason) ==
	       CURLE_OK;
	return set;
}

/* The media type without its parameters, lower case. */
static bool type_is(const char *header, const char *type)
{
	size_t len = strcspn(header, "; \t");

	if (len != strlen(type))
		return false;
	for (size_t i = 0; i < len; i++) {
		char byte = header[i];

		if (byte >= 'A' && byte <= 'Z')
			byte = (char)(byte - 'A' + 'a');
		if (byte != type[i])
			return false;
	}
	return true;
}

static bool is_accepted(CURL *curl, const struct http_call *call)
{
	char *type = NULL;

	if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK ||
	    type == NULL)
		return false;
	for (size_t i = 0; call->accept[i] != NULL; i++)
		if (type_is(type, call->accept[i]))
			return true;
	return false;
}

static void judge(struct transfer *transfer, CURLcode code)
{
	struct http_reply *reply = transfer->reply;
	long verified = 0;

	(void)curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE,
	                        &reply->status);
	(void)curl_easy_getinfo(transfer->curl, CURLINFO_SSL_VERIFYRESULT,
	                        &verified);
	if (transfer->too_large)
		reply->failure = REGISTRY_TOO_LARGE;
	else if (code != CURLE_OK)
		reply->failure = http_failure(code, verified, transfer->reason);
	else if (reply->status == 200 &&
	         !is_accepted(transfer->curl, transfer->call))
		reply->failure = REGISTRY_CONTENT_TYPE;
	else
		reply->failure = REGISTRY_NOT_ASKED;
}

/* One attempt; whether another one is allowed to follow. */
static CHECKED enum cccd_err attempt(struct http_client *client,
                                     struct transfer *transfer,
                                     uint64_t left_ms, bool *ret_again)
{
	struct curl_slist *headers = make_headers(transfer->call);
	CURLcode code = CURLE_OUT_OF_MEMORY;
	bool set = headers != NULL;

	curl_easy_reset(transfer->curl);
	transfer->reason[0] = '\0';
	transfer->too_large = false;
	buf_reset(&transfer->reply->body);
	transfer->reply->status = 0;
	set = set && set_security(transfer->curl, &client->options) &&
	      set_way(transfer->curl, &client->options, transfer->call,
	              left_ms) &&
	      set_request(transfer, headers);
	if (set)
		code = curl_easy_perform(transfer->curl);
	judge(transfer, code);
	transfer->reply->attempts += http_was_sent(code) ? 1 : 0;
	*ret_again = transfer->reply->failure != REGISTRY_TLS_CLIENT &&
	             http_may_repeat(code, transfer->reply->status,
	                             transfer->call->idempotent);
	/* The handle stays alive; nothing of this call stays in it. */
	curl_easy_reset(transfer->curl);
	free_headers(headers);
	return code == CURLE_OUT_OF_MEMORY ? CCCD_ERR_MEMORY : CCCD_OK;
}

/* Full jitter: anything from nothing to the whole step. */
static uint64_t pause_ms(unsigned int turn)
{
	enum { STEP_MS = 100 };
	uint64_t most = (uint64_t)STEP_MS << turn;
	uint16_t dice = 0;

	if (random_fill(&random_system, (uint8_t *)&dice, sizeof(dice)) !=
	    CCCD_OK)
		return most;
	return dice % (most + 1);
}

static CHECKED enum cccd_err repeat(struct http_client *client,
                                    struct transfer *transfer)
{
	uint64_t now = clock_steady_ms();
	uint64_t until = now + client->options.request_ms;
	uint64_t pause = 0;
	bool again = true;

	if (transfer->call->deadline_ms < until)
		until = transfer->call->deadline_ms;
	for (unsigned int turn = 0; again; turn++) {
		if (now >= until) {
			/* Keep what an attempt said; else it is the time. */
			if (turn == 0)
				transfer->reply->failure = REGISTRY_TIME_OUT;
			return CCCD_OK;
		}
		TRY(attempt(client, transfer, until - now, &again));
		if (!again || turn >= client->options.retries)
			return CCCD_OK;
		pause = pause_ms(turn);
		if (clock_steady_ms() + pause >= until)
			return CCCD_OK;
		clock_sleep_ms((unsigned int)pause);
		now = clock_steady_ms();
	}
	return CCCD_OK;
}

enum cccd_err http_post(struct http_client *client,
                        const struct http_call *call, struct http_reply *ret)
{
	struct transfer transfer = { .call = call, .reply = ret };
	enum cccd_err err = CCCD_OK;

	ret->failure = REGISTRY_NOT_ASKED;
	ret->attempts = 0;
	buf_release(&ret->body);
	ret->body = buf_make(client->options.answer_max);
	transfer.curl = pool_take(&client->pool);
	if (transfer.curl == NULL)
		transfer.curl = curl_easy_init();
	if (transfer.curl == NULL)
		return CCCD_ERR_MEMORY;
	err = repeat(client, &transfer);
	wipe(transfer.reason, sizeof(transfer.reason));
	pool_give(&client->pool, transfer.curl);
	return err;
}
