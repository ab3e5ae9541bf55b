/* SPDX-License-Identifier: Apache-2.0 */
/* A small terminal for the simulator's own tests: BAC and secure messaging
 * from the other side. It takes cards, not readers. */
#include "tests/sim/terminal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"

enum { CHUNK = 223, FILE_MAX = 1 << 20 };

static void die(const char *what, const char *detail)
{
	(void)fprintf(stderr, "terminal: %s: %s\n", what, detail);
	_Exit(99);
}

static void must(enum cccd_err err, const char *what)
{
	if (err != CCCD_OK)
		die(what, cccd_err_code(err));
}

void terminal_open(struct terminal *terminal, const char *profile)
{
	struct cccd_error error = { .code = CCCD_OK };

	*terminal = (struct terminal){ .wire = buf_make(SIM_RESPONSE_MAX),
		                       .data = buf_make(SIM_RESPONSE_MAX) };
	if (sim_card_load(profile, &error, &terminal->card) != CCCD_OK)
		die("profile", error.text);
	sim_card_power(terminal->card, true);
}

void terminal_close(struct terminal *terminal)
{
	sim_card_free(terminal->card);
	buf_release(&terminal->wire);
	buf_release(&terminal->data);
}

static void exchange(struct terminal *terminal, struct span command)
{
	struct buf *wire = &terminal->wire;

	must(sim_card_exchange(terminal->card, command, wire,
	                       &terminal->outcome),
	     "exchange");
	terminal->sw = 0;
	terminal->seal = SEAL_MISSING;
	if (wire->len < 2)
		return;
	terminal->seal = SEAL_NONE;
	terminal->sw = (uint16_t)(wire->at[wire->len - 2] << 8 |
	                          wire->at[wire->len - 1]);
	wire->len -= 2;
}

uint16_t terminal_send(struct terminal *terminal, const char *command)
{
	BUF bytes = buf_make(SIM_RESPONSE_MAX);

	must(hex_decode(command, &bytes), "hex");
	exchange(terminal, buf_span(&bytes));
	must(buf_set(&terminal->data, buf_span(&terminal->wire)), "data");
	return terminal->sw;
}

static size_t block_len(const struct terminal *terminal)
{
	return sim_block_len(terminal->session.keys.cipher);
}

static void count(struct terminal *terminal)
{
	for (size_t i = block_len(terminal); i-- > 0;) {
		if (++terminal->session.ssc[i] != 0)
			return;
	}
}

static void iv_of(const struct terminal *terminal, uint8_t *iv)
{
	const struct chip_session *session = &terminal->session;

	memset(iv, 0, SIM_BLOCK_MAX);
	if (session->keys.cipher != SIM_3DES)
		must(sim_encrypt_block(session->keys.cipher, session->keys.enc,
		                       session->ssc, iv),
		     "iv");
}

static void pad(const struct terminal *terminal, struct buf *buf)
{
	must(buf_append_byte(buf, 0x80), "pad");
	while (buf->len % block_len(terminal) != 0)
		must(buf_append_byte(buf, 0), "pad");
}

static void mac_over(const struct terminal *terminal, const uint8_t *header,
                     struct span objects, uint8_t mac[static SIM_MAC_LEN])
{
	const struct chip_session *session = &terminal->session;
	BUF all = buf_make(CHIP_PROTECTED_MAX);

	must(buf_append(&all, span_of(session->ssc, block_len(terminal))),
	     "mac");
	if (header != NULL) {
		must(buf_append(&all, span_of(header, 4)), "mac");
		pad(terminal, &all);
	}
	must(buf_append(&all, objects), "mac");
	if (session->keys.cipher != SIM_3DES)
		pad(terminal, &all);
	must(sim_mac(session->keys.cipher, session->keys.mac, buf_span(&all),
	             mac),
	     "mac");
}

static void put_data(const struct terminal *terminal, bool odd,
                     struct span data, struct sim_der *body)
{
	const struct chip_session *session = &terminal->session;
	BUF plain = buf_make(CHIP_PROTECTED_MAX);
	uint8_t iv[SIM_BLOCK_MAX];
	size_t mark;

	if (data.len == 0)
		return;
	iv_of(terminal, iv);
	must(buf_append(&plain, data), "data");
	pad(terminal, &plain);
	must(sim_encrypt(session->keys.cipher, session->keys.enc, iv,
	                 buf_span(&plain), plain.at),
	     "encrypt");
	mark = sim_der_open(body, odd ? 0x85 : 0x87);
	if (!odd)
		sim_der_raw(body, span_of("\x01", 1));
	sim_der_raw(body, buf_span(&plain));
	sim_der_close(body, mark);
}

static void open_data(struct terminal *terminal, struct span value, bool odd)
{
	const struct chip_session *session = &terminal->session;
	struct buf *data = &terminal->data;
	uint8_t iv[SIM_BLOCK_MAX];

	if (!odd)
		value = span_after(value, 1);
	if (value.len == 0 || value.len % block_len(terminal) != 0) {
		terminal->seal = SEAL_BROKEN;
		return;
	}
	iv_of(terminal, iv);
	must(buf_set(data, value), "data");
	must(sim_decrypt(session->keys.cipher, session->keys.enc, iv,
	                 buf_span(data), data->at),
	     "decrypt");
	while (data->len > 0 && data->at[data->len - 1] == 0)
		data->len--;
	if (data->len > 0)
		data->len--;
}

/* Exactly [85 or 87] 99 8E, checksum and both status words. */
static void open_seal(struct terminal *terminal, bool odd)
{
	struct span rest = buf_span(&terminal->wire);
	struct span whole = rest;
	struct span value = { .at = NULL };
	struct span data = { .at = NULL };
	struct span body;
	uint8_t mac[SIM_MAC_LEN];
	uint16_t inner;
	uint32_t tag;

	terminal->seal = SEAL_BROKEN;
	if (!sim_der_next(&rest, &tag, &value))
		return;
	if (tag == (odd ? 0x85U : 0x87U)) {
		data = value;
		if (!sim_der_next(&rest, &tag, &value))
			return;
	}
	if (tag != 0x99 || value.len != 2)
		return;
	inner = (uint16_t)(value.at[0] << 8 | value.at[1]);
	body = span_first(whole, whole.len - rest.len);
	if (!sim_der_next(&rest, &tag, &value) || tag != 0x8E ||
	    rest.len != 0 || inner != terminal->sw)
		return;
	mac_over(terminal, NULL, body, mac);
	if (!span_equal(value, SPAN(mac)))
		return;
	terminal->seal = SEAL_GOOD;
	if (data.len > 0)
		open_data(terminal, data, odd);
}

/* Two bytes of Le where one cannot say it. */
static bool put_le(struct sim_der *body, int le)
{
	unsigned int value = le < 0 ? 0 : (unsigned int)le;
	uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	if (le < 0)
		return false;
	sim_der_put(body, 0x97, le > 256 ? SPAN(bytes) : span_of(bytes + 1, 1));
	return le > 256;
}

uint16_t terminal_secure(struct terminal *terminal, const char *header,
                         struct span data, int le)
{
	BUF command = buf_make(CHIP_PROTECTED_MAX);
	SIM_DER body = sim_der_make();
	uint8_t mac[SIM_MAC_LEN];
	bool extended;
	uint8_t lc[3] = { 0 };
	bool odd;

	must(hex_decode(header, &command), "hex");
	odd = (command.at[1] & 1) != 0;
	count(terminal);
	put_data(terminal, odd, data, &body);
	extended = put_le(&body, le);
	mac_over(terminal, command.at, buf_span(&body.out), mac);
	sim_der_put(&body, 0x8E, SPAN(mac));
	extended = extended || body.out.len > 255;
	lc[1] = (uint8_t)(body.out.len >> 8);
	lc[2] = (uint8_t)body.out.len;
	must(buf_append(&command, extended ? SPAN(lc) : span_of(lc + 2, 1)),
	     "lc");
	must(buf_append(&command, buf_span(&body.out)), "body");
	memset(lc, 0, sizeof(lc));
	must(buf_append(&command, span_of(lc, extended ? 2 : 1)), "le");
	exchange(terminal, buf_span(&command));
	buf_reset(&terminal->data);
	count(terminal);
	if (terminal->seal == SEAL_NONE && terminal->wire.len > 0)
		open_seal(terminal, odd);
	return terminal->sw;
}

static void make_token(struct terminal *terminal, const struct chip_keys *keys,
                       const uint8_t *s, char *hex, size_t cap)
{
	uint8_t token[40];

	(void)terminal;
	must(sim_encrypt(SIM_3DES, keys->enc, NULL, span_of(s, 32), token),
	     "bac");
	must(sim_mac(SIM_3DES, keys->mac, span_of(token, 32), token + 32),
	     "bac");
	hex_encode(SPAN(token), hex, cap);
}

static void open_session(struct terminal *terminal,
                         const struct chip_keys *keys, const uint8_t *s)
{
	uint8_t r[32];
	uint8_t seed[16];

	if (terminal->data.len < 32)
		return;
	must(sim_decrypt(SIM_3DES, keys->enc, NULL,
	                 span_of(terminal->data.at, 32), r),
	     "bac");
	for (size_t i = 0; i < sizeof(seed); i++)
		seed[i] = s[16 + i] ^ r[16 + i];
	must(chip_session_keys(SIM_3DES, SPAN(seed), &terminal->session.keys),
	     "bac");
	memcpy(terminal->session.ssc, s + 12, 4);
	memcpy(terminal->session.ssc + 4, s + 4, 4);
	terminal->session.open = true;
}

uint16_t terminal_bac(struct terminal *terminal)
{
	const char *mrz = sim_card_secret(terminal->card, "mrz");
	struct digest digest;
	struct chip_keys keys;
	uint8_t s[32];
	char command[160] = "0082000028";

	if (terminal_send(terminal, "00A4040C07A0000002471001") != SW_OK ||
	    terminal_send(terminal, "0084000008") != SW_OK)
		return terminal->sw;
	must(digest_compute(DIGEST_SHA1, span_text(mrz), &digest), "bac");
	must(chip_session_keys(SIM_3DES, span_of(digest.bytes, 16), &keys),
	     "bac");
	for (size_t i = 0; i < sizeof(s); i++)
		s[i] = (uint8_t)(0xA0 + i);
	memcpy(s + 8, terminal->data.at, 8);
	make_token(terminal, &keys, s, command + 10, sizeof(command) - 10);
	memcpy(command + 90, "28", 3);
	if (terminal_send(terminal, command) == SW_OK)
		open_session(terminal, &keys, s);
	return terminal->sw;
}

uint16_t terminal_select(struct terminal *terminal, unsigned int fid)
{
	uint8_t bytes[2] = { (uint8_t)(fid >> 8), (uint8_t)fid };

	return terminal_secure(terminal, "0CA4020C", SPAN(bytes), -1);
}

uint16_t terminal_read(struct terminal *terminal, unsigned int p1,
                       unsigned int p2, int le)
{
	char header[16];

	(void)snprintf(header, sizeof(header), "0CB0%02X%02X", p1, p2);
	return terminal_secure(terminal, header, span_of(NULL, 0), le);
}

uint16_t terminal_read_file(struct terminal *terminal, unsigned int fid,
                            struct buf *ret)
{
	uint16_t sw = terminal_select(terminal, fid);

	while (sw == SW_OK && ret->len < FILE_MAX) {
		sw = terminal_read(terminal, (unsigned int)ret->len >> 8,
		                   (unsigned int)ret->len & 0xFF, CHUNK);
		if ((sw == SW_OK || sw == SW_END_OF_FILE) &&
		    terminal->data.len > 0)
			must(buf_append(ret, buf_span(&terminal->data)),
			     "file");
		if (terminal->seal != SEAL_GOOD || terminal->data.len == 0)
			return sw;
	}
	return sw;
}
