/* SPDX-License-Identifier: Apache-2.0 */
/* A request from anybody, whole and in pieces, through parser and rules. */
#include <stdlib.h>

#include "base/macros.h"
#include "service/listen/http_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char ours[] = "127.0.0.1:24012";
static const char registered[] = "https://his.example";

static void need(bool holds)
{
	if (!holds)
		abort();
}

static bool origin_allowed(void *context, const char *origin)
{
	(void)context;
	need(origin[0] != '\0' && strlen(origin) < LISTEN_ORIGIN_MAX);
	return strcmp(origin, registered) == 0;
}

static bool peer_allowed(void *context, const struct listen_peer *peer)
{
	(void)context;
	need(peer->door != LISTEN_DOOR_TCP);
	return true;
}

/* What R1 and R3 promise of every request that gets in. */
static void check_admitted(const struct http_reader *reader,
                           enum listen_door door)
{
	const struct http_head *head = &reader->head;
	bool tcp = door == LISTEN_DOOR_TCP;

	need(head->count[HTTP_HOST] == 1);
	need(head->count[HTTP_ORIGIN] == (tcp ? 1 : 0));
	need(head->count[HTTP_TRANSFER_ENCODING] == 0);
	need(head->count[HTTP_CONTENT_LENGTH] <= 1);
	need(span_equal(head->value[HTTP_HOST],
	                span_text(tcp ? ours : "localhost")));
	need(!tcp ||
	     span_equal(head->value[HTTP_ORIGIN], span_text(registered)));
}

static void check_whole(struct http_reader *reader,
                        const struct listen_peer *peer)
{
	static const char *const names[] = { "accept", "authorization",
		                             "content-type", "cookie" };
	struct listen_fields fields = { 0 };
	struct listen_request request;

	need(reader->verdict.status == 0 && reader->verdict.admitted);
	need(reader->body.len == reader->verdict.body_len);
	need(http_path_ok(reader->head.target));
	need(reader->verdict.preflight || reader->verdict.method != 0);
	need(!reader->verdict.upgrade || reader->body.len == 0);
	http_reader_request(reader, peer, &fields, &request);
	need(strlen(request.path) == reader->verdict.path.len);
	need(http_path_ok(span_text(request.path)));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (const char *at = listen_header(&request, names[i]);
		     *at != '\0'; at++)
			need(*at >= ' ' && *at <= '~');
	need(request.body.len == 0 || request.method == LISTEN_POST);
}

/* Returns how many bytes decided it. */
static size_t feed(struct http_reader *reader, const struct http_judge *judge,
                   struct span input, size_t piece)
{
	size_t used = 0;

	while (used < input.len && (reader->step == HTTP_MORE_HEAD ||
	                            reader->step == HTTP_MORE_BODY)) {
		struct span part = span_first(span_after(input, used), piece);

		(void)http_reader_feed(reader, judge, part);
		used += part.len;
	}
	if (reader->verdict.admitted)
		check_admitted(reader, judge->peer->door);
	return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const hosts[] = { ours, NULL };
	static const struct listen_handlers handlers = {
		.origin_allowed = origin_allowed, .peer_allowed = peer_allowed
	};
	static const struct listen_rules rules = { .hosts = hosts };
	static const struct listen_limits limits = { .head_bytes = 1024,
		                                     .body_bytes = 256 };
	struct listen_peer peer = { .door = LISTEN_DOOR_TCP };
	const struct http_judge judge = { &handlers, &rules, &limits, &peer };
	struct http_reader whole;
	struct http_reader parts;
	struct span input = span_of(data, size);
	size_t used = 0;

	if (size < 2)
		return 0;
	if ((data[0] & 1) != 0)
		peer.door = LISTEN_DOOR_UNIX;
	input = span_after(input, 2);
	http_reader_init(&whole, &limits);
	http_reader_init(&parts, &limits);
	(void)feed(&whole, &judge, input, input.len);
	used = feed(&parts, &judge, input, 1U + data[1] % 16U);
	/* Pieces change nothing, but that bytes too many may come too late. */
	if (parts.step == HTTP_WHOLE && used < input.len)
		need(whole.step == HTTP_REFUSED);
	else
		need(whole.step == parts.step &&
		     whole.verdict.status == parts.verdict.status);
	if (parts.step == HTTP_WHOLE)
		check_whole(&parts, &peer);
	http_reader_release(&whole);
	http_reader_release(&parts);
	return 0;
}
