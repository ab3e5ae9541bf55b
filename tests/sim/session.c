/* SPDX-License-Identifier: Apache-2.0 */
/* Secure messaging, the chip's side: 9303-11 9.8. */
#include "tests/sim/chip.h"

enum { SM_HEADER = 4 };

enum cccd_err chip_session_keys(enum sim_cipher cipher, struct span secret,
                                struct chip_keys *ret)
{
	ret->cipher = cipher;
	TRY(sim_kdf(cipher, secret, 1, ret->enc));
	return sim_kdf(cipher, secret, 2, ret->mac);
}

static size_t block_len(const struct chip_session *session)
{
	return sim_block_len(session->keys.cipher);
}

/* [9303-11 9.8.2] The counter has the width of a block. */
static void count(struct chip_session *session)
{
	for (size_t i = block_len(session); i-- > 0;) {
		if (++session->ssc[i] != 0)
			return;
	}
}

/* [9303-11 9.8.6.1, 9.8.7.1] */
static enum cccd_err make_iv(const struct chip_session *session, uint8_t *iv)
{
	memset(iv, 0, SIM_BLOCK_MAX);
	if (session->keys.cipher == SIM_3DES)
		return CCCD_OK;
	return sim_encrypt_block(session->keys.cipher, session->keys.enc,
	                         session->ssc, iv);
}

static enum cccd_err pad(struct buf *buf, size_t block)
{
	TRY(buf_append_byte(buf, 0x80));
	while (buf->len % block != 0)
		TRY(buf_append_byte(buf, 0));
	return CCCD_OK;
}

/* Checksum over counter, padded header (commands only) and objects. */
static enum cccd_err checksum(const struct chip_session *session,
                              const uint8_t *header, struct span objects,
                              uint8_t mac[static SIM_MAC_LEN])
{
	BUF all = buf_make(CHIP_PROTECTED_MAX);
	size_t block = block_len(session);

	TRY(buf_append(&all, span_of(session->ssc, block)));
	if (header != NULL) {
		TRY(buf_append(&all, span_of(header, SM_HEADER)));
		TRY(pad(&all, block));
	}
	TRY(buf_append(&all, objects));
	/* The retail MAC pads by itself. */
	if (session->keys.cipher != SIM_3DES)
		TRY(pad(&all, block));
	return sim_mac(session->keys.cipher, session->keys.mac, buf_span(&all),
	               mac);
}

/* struct objects - of a protected command. */
struct objects {
	struct span body;
	bool has_data;
	struct span data;
	bool has_le;
	struct span le;
	struct span mac;
};

/* Exactly [85 or 87] [97] 8E, in this order. [9303-11 9.8.4] */
static bool split(struct span bytes, bool odd, struct objects *ret)
{
	struct objects made = { .has_data = false };
	struct span rest = bytes;
	uint32_t tag;
	struct span value;

	made.body = span_of(bytes.at, 0);
	if (!sim_der_next(&rest, &tag, &value))
		return false;
	if (tag == (odd ? 0x85U : 0x87U)) {
		made.has_data = true;
		made.data = value;
		made.body = span_first(bytes, bytes.len - rest.len);
		if (!sim_der_next(&rest, &tag, &value))
			return false;
	}
	if (tag == 0x97) {
		made.has_le = true;
		made.le = value;
		made.body = span_first(bytes, bytes.len - rest.len);
		if (!sim_der_next(&rest, &tag, &value))
			return false;
	}
	if (tag != 0x8E || value.len != SIM_MAC_LEN || rest.len != 0)
		return false;
	made.mac = value;
	*ret = made;
	return true;
}

static bool unpad(struct buf *buf)
{
	while (buf->len > 0 && buf->at[buf->len - 1] == 0)
		buf->len--;
	if (buf->len == 0 || buf->at[buf->len - 1] != 0x80)
		return false;
	buf->len--;
	return true;
}

static bool decrypt(const struct chip_session *session, struct span data,
                    bool indicator, struct buf *plain)
{
	uint8_t iv[SIM_BLOCK_MAX];

	if (indicator) {
		if (data.len == 0 || data.at[0] != 0x01)
			return false;
		data = span_after(data, 1);
	}
	if (data.len == 0 || data.len % block_len(session) != 0)
		return false;
	return make_iv(session, iv) == CCCD_OK &&
	       buf_set(plain, data) == CCCD_OK &&
	       sim_decrypt(session->keys.cipher, session->keys.enc, iv,
	                   buf_span(plain), plain->at) == CCCD_OK &&
	       unpad(plain);
}

static bool take_le(const struct objects *objects, struct chip_command *cmd)
{
	struct span le = objects->le;

	/* The outer Le says nothing of the inner one. */
	cmd->has_le = objects->has_le;
	cmd->le_zero = false;
	cmd->ne = 0;
	if (!objects->has_le)
		return true;
	if (le.len != 1 && le.len != 2)
		return false;
	cmd->ne = le.len == 1 ? le.at[0] : (size_t)le.at[0] << 8 | le.at[1];
	cmd->le_zero = cmd->ne == 0;
	if (cmd->le_zero)
		cmd->ne = le.len == 1 ? 256 : 65536;
	return true;
}

uint16_t chip_session_unwrap(struct chip_session *session,
                             const struct sim_profile *profile,
                             struct span apdu, struct chip_command *cmd,
                             struct buf *plain)
{
	struct objects objects;
	uint8_t mac[SIM_MAC_LEN];
	uint16_t wrong = (uint16_t)profile->behaviour.sm_sw;

	if (!session->open)
		return wrong;
	count(session);
	if (!split(cmd->data, (cmd->ins & 1) != 0, &objects))
		return SW_SM_MISSING;
	if (checksum(session, apdu.at, objects.body, mac) != CCCD_OK ||
	    memcmp(mac, objects.mac.at, SIM_MAC_LEN) != 0)
		return wrong;
	if (profile->behaviour.require_external_le && !cmd->has_le)
		return SW_LENGTH;
	cmd->data = span_of(NULL, 0);
	if (objects.has_data) {
		if (!decrypt(session, objects.data, (cmd->ins & 1) == 0, plain))
			return wrong;
		cmd->data = buf_span(plain);
	}
	if (!take_le(&objects, cmd))
		return wrong;
	cmd->secured = true;
	return SW_OK;
}

/* Padding indicator for DO'87' only, then the cryptogram. */
static enum cccd_err cryptogram(const struct chip_session *session, bool odd,
                                struct span data, struct buf *ret)
{
	BUF body = buf_make(CHIP_PROTECTED_MAX);
	uint8_t iv[SIM_BLOCK_MAX];

	TRY(make_iv(session, iv));
	TRY(buf_append(&body, data));
	TRY(pad(&body, block_len(session)));
	TRY(sim_encrypt(session->keys.cipher, session->keys.enc, iv,
	                buf_span(&body), body.at));
	if (!odd)
		TRY(buf_append_byte(ret, 0x01));
	return buf_append(ret, buf_span(&body));
}

/* DO'87' or DO'85' over @data; nothing for no data. */
static enum cccd_err data_object(const struct sim_card *card, bool odd,
                                 struct span data, struct buf *ret)
{
	BUF value = buf_make(CHIP_PROTECTED_MAX);
	SIM_DER object = sim_der_make();
	uint8_t tag = odd ? 0x85 : 0x87;

	if (data.len == 0)
		return CCCD_OK;
	TRY(cryptogram(&card->state.session, odd, data, &value));
	if (card->profile->behaviour.long_lengths && value.len < 0x80) {
		uint8_t head[] = { tag, 0x81, (uint8_t)value.len };

		TRY(buf_append(ret, SPAN(head)));
		return buf_append(ret, buf_span(&value));
	}
	sim_der_put(&object, tag, buf_span(&value));
	return sim_der_take(&object, ret);
}

enum cccd_err chip_session_wrap(struct sim_card *card,
                                const struct chip_command *cmd,
                                struct span data, uint16_t sw, struct buf *ret)
{
	struct chip_session *session = &card->state.session;
	BUF do87 = buf_make(CHIP_PROTECTED_MAX);
	SIM_DER objects = sim_der_make();
	uint8_t do99[] = { 0x99, 2, (uint8_t)(sw >> 8), (uint8_t)sw };
	uint8_t mac[SIM_MAC_LEN];

	count(session);
	TRY(data_object(card, (cmd->ins & 1) != 0, data, &do87));
	TRY(chip_faults_objects(card, &objects, buf_span(&do87), SPAN(do99)));
	TRY(objects.err);
	TRY(checksum(session, NULL, buf_span(&objects.out), mac));
	sim_der_put(&objects, 0x8E, SPAN(mac));
	TRY(sim_der_take(&objects, ret));
	return buf_append(ret, span_of(do99 + 2, 2));
}

size_t chip_session_room(const struct chip_session *session, size_t limit)
{
	size_t block = block_len(session);
	/* DO'99' 4, DO'8E' 10, and the head of DO'87' with its indicator. */
	size_t head = limit > 0xFF + 18 ? 5 : 4;
	size_t room;

	if (limit < 14 + head + block)
		return 0;
	room = (limit - 14 - head) / block * block;
	return room - 1;
}
