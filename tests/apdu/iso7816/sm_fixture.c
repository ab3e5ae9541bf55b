/* SPDX-License-Identifier: Apache-2.0 */
/* A channel with fixed keys, and answers made with them by hand. */
#include "tests/apdu/iso7816/sm_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "apdu/tlv/tlv.h"

static const uint8_t key_bytes[CIPHER_KEY_MAX] = {
	0x01, 0x02, 0x04, 0x07, 0x08, 0x0B, 0x0D, 0x0E, 0x10, 0x13, 0x15,
	0x16, 0x19, 0x1A, 0x1C, 0x1F, 0x20, 0x23, 0x25, 0x26, 0x29, 0x2A,
	0x2C, 0x2F, 0x31, 0x32, 0x34, 0x37, 0x38, 0x3B, 0x3D, 0x3E
};

const enum cipher_id all_ciphers[SM_CIPHERS] = { CIPHER_3DES, CIPHER_AES128,
	                                         CIPHER_AES192, CIPHER_AES256 };

void open_plain(struct secure_messaging *sm, enum cipher_id cipher)
{
	struct span key = span_first(SPAN(key_bytes), cipher_key_len(cipher));

	memset(sm, 0, sizeof(*sm));
	assert_int_equal(sm_open(sm, cipher, key, key, span_of(NULL, 0)),
	                 CCCD_OK);
}

struct span fixed_key(void)
{
	return SPAN(key_bytes);
}

void put(struct buf *buf, const void *at, size_t len)
{
	assert_int_equal(buf_append(buf, span_of(at, len)), CCCD_OK);
}

/* The MAC of a response under the counter that sm_unwrap() will use. */
static void sign(const struct secure_messaging *sm, struct span objects,
                 uint8_t mac[static MAC_LEN])
{
	size_t block_len = cipher_block_len(sm->cipher);
	uint8_t ssc[CIPHER_BLOCK_MAX];
	BUF body = buf_make(70000);

	memcpy(ssc, sm->ssc, block_len);
	ssc[block_len - 1]++;
	put(&body, objects.at, objects.len);
	if (sm->cipher != CIPHER_3DES)
		assert_int_equal(pad_append(&body, block_len), CCCD_OK);
	assert_int_equal(mac_compute(sm->cipher, secret_span(&sm->k_mac),
	                             span_of(ssc, block_len), buf_span(&body),
	                             mac),
	                 CCCD_OK);
}

/* Cryptogram of @plain, which the caller has padded. */
void seal(const struct secure_messaging *sm, struct buf *plain)
{
	size_t block_len = cipher_block_len(sm->cipher);
	uint8_t ssc[CIPHER_BLOCK_MAX];
	uint8_t iv[CIPHER_BLOCK_MAX] = { 0 };

	memcpy(ssc, sm->ssc, block_len);
	ssc[block_len - 1]++;
	if (sm->cipher != CIPHER_3DES)
		assert_int_equal(
		        cipher_ecb_encrypt(sm->cipher, secret_span(&sm->k_enc),
		                           span_of(ssc, block_len), iv),
		        CCCD_OK);
	assert_int_equal(cipher_cbc_encrypt(sm->cipher, secret_span(&sm->k_enc),
	                                    iv, buf_span(plain), plain->at),
	                 CCCD_OK);
}

void put_object(struct buf *buf, uint32_t tag, struct span value)
{
	uint8_t head[TLV_HEAD_MAX];
	struct tlv_writer writer = tlv_writer(head, sizeof(head));

	tlv_put_head(&writer, tag, value.len);
	put(buf, head, writer.len);
	put(buf, value.at, value.len);
}

void put_cryptogram(struct buf *objects, const struct secure_messaging *sm,
                    struct span plain)
{
	BUF text = buf_make(70000);
	BUF value = buf_make(70000);

	put(&text, plain.at, plain.len);
	assert_int_equal(pad_append(&text, cipher_block_len(sm->cipher)),
	                 CCCD_OK);
	seal(sm, &text);
	put(&value, "\x01", 1);
	put(&value, text.at, text.len);
	put_object(objects, 0x87, buf_span(&value));
}

/* Objects, their MAC and a status word. */
void finish(struct buf *objects, const struct secure_messaging *sm,
            const char *sw)
{
	uint8_t mac[MAC_LEN];

	sign(sm, buf_span(objects), mac);
	put_object(objects, 0x8E, SPAN(mac));
	put(objects, sw, 2);
}
