/* SPDX-License-Identifier: Apache-2.0 */
/* Secure messaging, 3DES and AES: Doc 9303-11 9.8. */
#include "apdu/iso7816/secure_messaging.h"

#include "apdu/tlv/tlv.h"

/* Secure messaging objects [9303-11 9.8.4]. */
enum {
	DO_CRYPTOGRAM = 0x85,
	DO_PADDED_CRYPTOGRAM = 0x87,
	DO_MAC = 0x8E,
	DO_LE = 0x97,
	DO_STATUS = 0x99,
	/* First byte of DO'87': padded by ISO/IEC 9797-1 method 2. */
	PADDING_INDICATOR = 0x01,
};

enum {
	HEADER_LEN = 4,
	STATUS_LEN = 2,
	/* Longest command or response data with objects around it. */
	BODY_MAX = 65536 + 64,
	/* 256 bytes less the objects around the data. */
	SHORT_LE_3DES = 231,
	SHORT_LE_AES = 223,
};

enum cccd_err sm_open(struct secure_messaging *sm, enum cipher_id cipher,
                      struct span k_enc, struct span k_mac, struct span ssc)
{
	size_t block_len = cipher_block_len(cipher);

	if (block_len == 0 || k_enc.len != cipher_key_len(cipher) ||
	    k_mac.len != k_enc.len || (ssc.len != 0 && ssc.len != block_len))
		return CCCD_ERR_USAGE_ARGUMENT;
	sm_close(sm);
	TRY(secret_set(&sm->k_enc, k_enc));
	TRY(secret_set(&sm->k_mac, k_mac));
	if (ssc.len > 0)
		memcpy(sm->ssc, ssc.at, ssc.len);
	sm->cipher = cipher;
	return CCCD_OK;
}

void sm_close(struct secure_messaging *sm)
{
	wipe(sm, sizeof(*sm));
}

size_t sm_short_le(const struct secure_messaging *sm)
{
	return sm->cipher == CIPHER_3DES ? SHORT_LE_3DES : SHORT_LE_AES;
}

static struct span ssc_span(const struct secure_messaging *sm)
{
	return span_of(sm->ssc, cipher_block_len(sm->cipher));
}

/* A counter that came round would use a key and a counter twice. */
static enum cccd_err ssc_increment(struct secure_messaging *sm)
{
	size_t i = cipher_block_len(sm->cipher);

	while (i > 0)
		if (++sm->ssc[--i] != 0)
			return CCCD_OK;
	return CCCD_ERR_SM_BROKEN;
}

/* The last counter that leaves one for the response. */
static bool ssc_is_spent(const struct secure_messaging *sm)
{
	size_t len = cipher_block_len(sm->cipher);

	for (size_t i = 0; i + 1 < len; i++)
		if (sm->ssc[i] != 0xFF)
			return false;
	return sm->ssc[len - 1] >= 0xFE;
}

/* [9303-11 9.8.6.1, 9.8.7.1] zero for 3DES, E(KS_Enc, SSC) for AES. */
static enum cccd_err make_iv(const struct secure_messaging *sm,
                             uint8_t iv[static CIPHER_BLOCK_MAX])
{
	memset(iv, 0, CIPHER_BLOCK_MAX);
	if (sm->cipher == CIPHER_3DES)
		return CCCD_OK;
	return cipher_ecb_encrypt(sm->cipher, secret_span(&sm->k_enc),
	                          ssc_span(sm), iv);
}

/* [9303-11 9.8.6.2, 9.8.7.2] @body is padded for AES and restored. */
static enum cccd_err make_mac(const struct secure_messaging *sm,
                              struct span head, struct buf *body,
                              uint8_t ret[static MAC_LEN])
{
	size_t block_len = cipher_block_len(sm->cipher);
	size_t len = body->len;

	if (sm->cipher != CIPHER_3DES)
		TRY(pad_append(body, block_len));
	TRY(mac_compute(sm->cipher, secret_span(&sm->k_mac), head,
	                buf_span(body), ret));
	body->len = len;
	return CCCD_OK;
}

static enum cccd_err append_object(struct buf *body, uint32_t tag,
                                   struct span value)
{
	uint8_t head[TLV_HEAD_MAX];
	struct tlv_writer writer = tlv_writer(head, sizeof(head));
	struct span written = { 0 };

	tlv_put_head(&writer, tag, value.len);
	TRY(tlv_written(&writer, &written));
	TRY(buf_append(body, written));
	return buf_append(body, value);
}

/* [9303-11 9.8.4] DO'87' for even, DO'85' for odd instructions. */
static enum cccd_err append_data(const struct secure_messaging *sm,
                                 const struct command *command,
                                 struct buf *body)
{
	bool odd = (command->ins & 1) != 0;
	size_t skip = odd ? 0 : 1;
	uint8_t iv[CIPHER_BLOCK_MAX];
	BUF value = buf_make(BODY_MAX);

	if (command->data.len == 0)
		return CCCD_OK;
	TRY(buf_append(&value, command->data));
	TRY(pad_append(&value, cipher_block_len(sm->cipher)));
	TRY(make_iv(sm, iv));
	TRY(cipher_cbc_encrypt(sm->cipher, secret_span(&sm->k_enc), iv,
	                       buf_span(&value), value.at));
	if (odd)
		return append_object(body, DO_CRYPTOGRAM, buf_span(&value));
	TRY(buf_append_byte(&value, 0));
	memmove(value.at + skip, value.at, value.len - skip);
	value.at[0] = PADDING_INDICATOR;
	return append_object(body, DO_PADDED_CRYPTOGRAM, buf_span(&value));
}

/* One byte up to 256 (as 00), two bytes up to 65536 (as 0000). */
static enum cccd_err append_le(const struct command *command, struct buf *body)
{
	const uint8_t le[] = { (uint8_t)(command->le >> 8),
		               (uint8_t)command->le };
	size_t skip = command->le <= LE_MAX_SHORT ? 1 : 0;

	if (command->le == LE_NONE)
		return CCCD_OK;
	return append_object(body, DO_LE, span_after(SPAN(le), skip));
}

static enum cccd_err wrap_body(const struct secure_messaging *sm,
                               const struct command *command, struct buf *body)
{
	size_t block_len = cipher_block_len(sm->cipher);
	uint8_t head[2 * CIPHER_BLOCK_MAX] = { 0 };
	uint8_t mac[MAC_LEN];

	memcpy(head, sm->ssc, block_len);
	head[block_len] = command->cla | CLA_SM;
	head[block_len + 1] = command->ins;
	head[block_len + 2] = command->p1;
	head[block_len + 3] = command->p2;
	head[block_len + HEADER_LEN] = 0x80;
	TRY(append_data(sm, command, body));
	TRY(append_le(command, body));
	TRY(make_mac(sm, span_of(head, 2 * block_len), body, mac));
	return append_object(body, DO_MAC, SPAN(mac));
}

enum cccd_err sm_wrap(struct secure_messaging *sm,
                      const struct command *command, bool extended,
                      struct buf *ret)
{
	struct command wrapped = *command;
	BUF body = buf_make(BODY_MAX);

	if (!sm_is_open(sm) || command->le > LE_MAX_EXTENDED)
		return CCCD_ERR_USAGE_ARGUMENT;
	if (ssc_is_spent(sm))
		return CCCD_ERR_SM_BROKEN;
	TRY(ssc_increment(sm));
	TRY(wrap_body(sm, command, &body));
	extended = extended || body.len > LC_MAX_SHORT ||
	           command->le > LE_MAX_SHORT;
	wrapped.cla |= CLA_SM;
	wrapped.data = buf_span(&body);
	wrapped.le = extended ? LE_MAX_EXTENDED : LE_MAX_SHORT;
	return command_encode(&wrapped, extended, ret);
}

/* struct protected - a response taken apart; nothing is verified yet. */
struct protected
{
	uint32_t data_tag;
	struct span data;
	struct span status;
	struct span mac;
	struct span authenticated;
};

/*
 * Exactly [DO'85' or DO'87'] DO'99' DO'8E', over the raw bytes: an object
 * may use more length bytes than it needs, and the MAC covers them so.
 */
static enum cccd_err parse(struct span objects, struct protected *ret)
{
	struct tlv_reader reader = tlv_open(objects);
	uint32_t tag = tlv_peek(&reader);

	*ret = (struct protected){ .data_tag = 0 };
	if (tag == DO_CRYPTOGRAM || tag == DO_PADDED_CRYPTOGRAM) {
		TRY(tlv_expect(&reader, tag, &ret->data));
		ret->data_tag = tag;
	}
	TRY(tlv_expect(&reader, DO_STATUS, &ret->status));
	ret->authenticated = span_first(objects, objects.len - reader.rest.len);
	TRY(tlv_expect(&reader, DO_MAC, &ret->mac));
	TRY(tlv_end(&reader));
	if (ret->status.len != STATUS_LEN || ret->mac.len != MAC_LEN)
		return CCCD_ERR_DATA_MALFORMED;
	return CCCD_OK;
}

static enum cccd_err verify(const struct secure_messaging *sm,
                            const struct protected *response)
{
	BUF body = buf_make(BODY_MAX + CIPHER_BLOCK_MAX);
	uint8_t mac[MAC_LEN];

	TRY(buf_append(&body, response->authenticated));
	TRY(make_mac(sm, ssc_span(sm), &body, mac));
	if (!secret_equal(SPAN(mac), response->mac))
		return CCCD_ERR_SM_BROKEN;
	return CCCD_OK;
}

/* Only after verify(): no padding oracle [pitfall 26]. */
static enum cccd_err decrypt(const struct secure_messaging *sm,
                             const struct protected *response,
                             struct buf *plain)
{
	struct span data = response->data;
	uint8_t iv[CIPHER_BLOCK_MAX];
	size_t len = 0;

	buf_reset(plain);
	if (response->data_tag == 0)
		return CCCD_OK;
	if (response->data_tag == DO_PADDED_CRYPTOGRAM) {
		if (data.len == 0 || data.at[0] != PADDING_INDICATOR)
			return CCCD_ERR_DATA_MALFORMED;
		data = span_after(data, 1);
	}
	TRY(make_iv(sm, iv));
	TRY(buf_set(plain, data));
	TRY(cipher_cbc_decrypt(sm->cipher, secret_span(&sm->k_enc), iv, data,
	                       plain->at));
	TRY(pad_strip(buf_span(plain), &len));
	if (plain->len - len > cipher_block_len(sm->cipher))
		return CCCD_ERR_DATA_MALFORMED;
	plain->len = len;
	return CCCD_OK;
}

static enum cccd_err unwrap(struct secure_messaging *sm, struct span rapdu,
                            struct buf *plain, struct response *ret)
{
	struct protected response = { 0 };
	struct span outer = { 0 };

	if (!sm_is_open(sm) || rapdu.len < STATUS_LEN)
		return CCCD_ERR_SM_BROKEN;
	TRY(ssc_increment(sm));
	outer = span_after(rapdu, rapdu.len - STATUS_LEN);
	TRY(parse(span_first(rapdu, rapdu.len - STATUS_LEN), &response));
	TRY(verify(sm, &response));
	if (!span_equal(outer, response.status))
		return CCCD_ERR_SM_BROKEN;
	TRY(decrypt(sm, &response, plain));
	ret->data = buf_span(plain);
	ret->sw = (uint16_t)(outer.at[0] << 8 | outer.at[1]);
	return CCCD_OK;
}

enum cccd_err sm_unwrap(struct secure_messaging *sm, struct span rapdu,
                        struct buf *plain, struct response *ret)
{
	if (unwrap(sm, rapdu, plain, ret) != CCCD_OK) {
		/* One code for every fault, and no second chance. */
		buf_reset(plain);
		sm_close(sm);
		return CCCD_ERR_SM_BROKEN;
	}
	sm->proven++;
	return CCCD_OK;
}
