/* SPDX-License-Identifier: Apache-2.0 */
/* The chip's side of secure messaging, written apart from the reader's. */
#include "tests/support/sm_card.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEAD_LEN = 4 };

static void must(enum cccd_err err)
{
	if (err != CCCD_OK) {
		(void)fprintf(stderr, "sm_card: error %04X\n",
		              (unsigned int)err);
		abort();
	}
}

void sm_card_open(struct sm_card *sm, enum cipher_id cipher, struct span k_enc,
                  struct span k_mac)
{
	memset(sm, 0, sizeof(*sm));
	sm->cipher = cipher;
	memcpy(sm->k_enc, k_enc.at, k_enc.len);
	memcpy(sm->k_mac, k_mac.at, k_mac.len);
}

static struct span key(const struct sm_card *sm, const uint8_t *bytes)
{
	return span_of(bytes, cipher_key_len(sm->cipher));
}

static size_t block(const struct sm_card *sm)
{
	return cipher_block_len(sm->cipher);
}

static void count(struct sm_card *sm)
{
	for (size_t i = block(sm); i > 0; i--)
		if (++sm->ssc[i - 1] != 0)
			return;
}

static void mac_of(const struct sm_card *sm, struct buf *text,
                   uint8_t ret[static MAC_LEN])
{
	if (sm->cipher != CIPHER_3DES)
		must(pad_append(text, block(sm)));
	must(mac_compute(sm->cipher, key(sm, sm->k_mac), buf_span(text),
	                 span_of(NULL, 0), ret));
}

static void iv_of(const struct sm_card *sm, uint8_t *iv)
{
	memset(iv, 0, CIPHER_BLOCK_MAX);
	if (sm->cipher != CIPHER_3DES)
		must(cipher_ecb_encrypt(sm->cipher, key(sm, sm->k_enc),
		                        span_of(sm->ssc, block(sm)), iv));
}

/* Length field at @at; moves past it. */
static size_t length(const uint8_t **at)
{
	size_t len = *(*at)++;

	if (len == 0x81)
		return *(*at)++;
	if (len == 0x82) {
		len = (size_t)(*at)[0] << 8 | (*at)[1];
		*at += 2;
	}
	return len;
}

static void decrypt(const struct sm_card *sm, struct span value,
                    struct buf *plain)
{
	uint8_t iv[CIPHER_BLOCK_MAX];
	size_t before = plain->len;
	size_t len = 0;

	iv_of(sm, iv);
	must(buf_append(plain, value));
	must(cipher_cbc_decrypt(sm->cipher, key(sm, sm->k_enc), iv, value,
	                        plain->at + before));
	must(pad_strip(span_after(buf_span(plain), before), &len));
	plain->len = before + len;
}

/* The objects of a command: short and extended Lc alike. */
static struct span body_of(struct span command)
{
	struct span rest = span_after(command, HEAD_LEN);
	size_t len = rest.at[0];

	if (len != 0)
		return span_of(rest.at + 1, len);
	len = (size_t)rest.at[1] << 8 | rest.at[2];
	return span_of(rest.at + 3, len);
}

bool sm_card_receive(struct sm_card *sm, struct span command, struct buf *plain)
{
	BUF text = buf_make(70000);
	struct span body = { 0 };
	const uint8_t *at = NULL;
	uint8_t mac[MAC_LEN];

	if (command.len < HEAD_LEN + 1 + 10 || (command.at[0] & 0x0C) != 0x0C)
		return false;
	count(sm);
	body = body_of(command);
	must(buf_append(&text, span_of(sm->ssc, block(sm))));
	must(buf_append(&text, span_of(command.at, HEAD_LEN)));
	must(pad_append(&text, block(sm)));
	must(buf_append(&text, span_first(body, body.len - 10)));
	mac_of(sm, &text, mac);
	if (memcmp(mac, body.at + body.len - MAC_LEN, MAC_LEN) != 0)
		return false;
	must(buf_set(plain, span_of(command.at, HEAD_LEN)));
	plain->at[0] &= 0xF3;
	at = body.at;
	if (*at == 0x87 || *at == 0x85) {
		size_t skip = *at++ == 0x87 ? 1 : 0;
		size_t len = length(&at);

		decrypt(sm, span_of(at + skip, len - skip), plain);
	}
	return true;
}

static void put_length(struct buf *buf, size_t len)
{
	if (len > 0xFF)
		must(buf_append_byte(buf, 0x82));
	else if (len > 0x7F)
		must(buf_append_byte(buf, 0x81));
	if (len > 0xFF)
		must(buf_append_byte(buf, (uint8_t)(len >> 8)));
	must(buf_append_byte(buf, (uint8_t)len));
}

static void put_data(const struct sm_card *sm, struct span data,
                     struct buf *response)
{
	BUF value = buf_make(70000);
	uint8_t iv[CIPHER_BLOCK_MAX];

	if (data.len == 0)
		return;
	must(buf_append(&value, data));
	must(pad_append(&value, block(sm)));
	iv_of(sm, iv);
	must(cipher_cbc_encrypt(sm->cipher, key(sm, sm->k_enc), iv,
	                        buf_span(&value), value.at));
	must(buf_append_byte(response, 0x87));
	put_length(response, value.len + 1);
	must(buf_append_byte(response, 0x01));
	must(buf_append(response, buf_span(&value)));
}

void sm_card_answer(struct sm_card *sm, struct span data, uint16_t sw,
                    struct buf *response)
{
	const uint8_t status[] = { 0x99, 0x02, (uint8_t)(sw >> 8),
		                   (uint8_t)sw };
	BUF text = buf_make(70000);
	uint8_t mac[2 + MAC_LEN] = { 0x8E, MAC_LEN };

	count(sm);
	put_data(sm, data, response);
	must(buf_append(response, SPAN(status)));
	must(buf_append(&text, span_of(sm->ssc, block(sm))));
	must(buf_append(&text, buf_span(response)));
	mac_of(sm, &text, mac + 2);
	must(buf_append(response, SPAN(mac)));
	must(buf_append(response, span_of(status + 2, 2)));
}
