/* SPDX-License-Identifier: Apache-2.0 */
/* The opening handshake of a WebSocket. [RFC 6455 4.2] */
#include "service/listen/ws_handshake.h"

#include "base/digest.h"

static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { KEY_LEN = 24 };

/* Base64 of 16 bytes: 22 digits, the last with four bits of nothing. */
static bool is_key(struct span key)
{
	if (key.len != KEY_LEN || key.at[22] != '=' || key.at[23] != '=')
		return false;
	for (size_t i = 0; i < 22; i++)
		if (memchr(alphabet, key.at[i], 64) == NULL)
			return false;
	return memchr("AQgw", key.at[21], 4) != NULL;
}

bool ws_upgrade_ok(const struct http_head *head)
{
	return head->count[HTTP_UPGRADE] == 1 &&
	       http_is(head->value[HTTP_UPGRADE], "websocket") &&
	       http_has_token(head->value[HTTP_CONNECTION], "upgrade") &&
	       head->count[HTTP_WS_KEY] == 1 &&
	       is_key(head->value[HTTP_WS_KEY]);
}

bool ws_version_ok(const struct http_head *head)
{
	return head->count[HTTP_WS_VERSION] == 1 &&
	       http_is(head->value[HTTP_WS_VERSION], "13");
}

bool ws_offers(struct span offers, const char *subprotocol)
{
	struct span wanted = span_text(subprotocol);

	while (offers.len > 0) {
		const uint8_t *comma = memchr(offers.at, ',', offers.len);
		size_t len = comma == NULL ? offers.len
		                           : (size_t)(comma - offers.at);
		struct span offer = span_first(offers, len);

		while (offer.len > 0 && offer.at[0] == ' ')
			offer = span_after(offer, 1);
		while (offer.len > 0 && offer.at[offer.len - 1] == ' ')
			offer.len--;
		if (span_equal(offer, wanted))
			return true;
		offers = span_after(offers, len + 1);
	}
	return false;
}

/* @len is a multiple of three, or two more than one. */
static void base64(const uint8_t *at, size_t len, char *ret)
{
	for (size_t i = 0; i < len; i += 3) {
		uint32_t third = i + 2 < len ? at[i + 2] : 0;
		uint32_t bits = (uint32_t)at[i] << 16 |
		                (uint32_t)at[i + 1] << 8 | third;

		*ret++ = alphabet[bits >> 18];
		*ret++ = alphabet[bits >> 12 & 63];
		*ret++ = alphabet[bits >> 6 & 63];
		*ret++ = (char)(i + 2 < len ? alphabet[bits & 63] : '=');
	}
	*ret = '\0';
}

enum cccd_err ws_accept(struct span key, char ret[static WS_ACCEPT_MAX])
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	struct digest digest = { 0 };

	TRY(digest_compute_pair(DIGEST_SHA1, key, span_text(guid), &digest));
	base64(digest.bytes, digest.len, ret);
	return CCCD_OK;
}
