/* SPDX-License-Identifier: Apache-2.0 */
/* Chip authentication, the chip's side: 9303-11 6.2. */
#include "tests/sim/chip.h"

/* [9303-11 9.2.7] */
static const struct ca_row {
	const char *name;
	const char *oid;
	enum sim_cipher cipher;
} ca_rows[] = {
	{ "dh-3des", "0.4.0.127.0.7.2.2.3.1.1", SIM_3DES },
	{ "dh-aes-128", "0.4.0.127.0.7.2.2.3.1.2", SIM_AES128 },
	{ "dh-aes-192", "0.4.0.127.0.7.2.2.3.1.3", SIM_AES192 },
	{ "dh-aes-256", "0.4.0.127.0.7.2.2.3.1.4", SIM_AES256 },
	{ "ecdh-3des", "0.4.0.127.0.7.2.2.3.2.1", SIM_3DES },
	{ "ecdh-aes-128", "0.4.0.127.0.7.2.2.3.2.2", SIM_AES128 },
	{ "ecdh-aes-192", "0.4.0.127.0.7.2.2.3.2.3", SIM_AES192 },
	{ "ecdh-aes-256", "0.4.0.127.0.7.2.2.3.2.4", SIM_AES256 },
};

static const struct ca_row *row_of(const char *protocol)
{
	for (size_t i = 0; i < ARRAY_LEN(ca_rows); i++) {
		if (strcmp(ca_rows[i].name, protocol) == 0)
			return &ca_rows[i];
	}
	return NULL;
}

const char *chip_ca_oid(const char *protocol)
{
	const struct ca_row *row = row_of(protocol);

	return row == NULL ? NULL : row->oid;
}

/* The key that DO'84' names, or the only one that fits; -1 when none does
 * or, without DO'84', more than one. */
static int choose(const struct sim_card *card, struct span oid, bool has_oid,
                  struct span data, bool *ret_bad_id)
{
	struct span id;
	bool has_id = sim_der_find(data, 0x84, &id);
	int found = -1;

	*ret_bad_id = has_id && id.len != 1;
	for (size_t i = 0; i < card->profile->chip_auth.count; i++) {
		const struct sim_ca_profile *key =
		        &card->profile->chip_auth.keys[i];
		const struct ca_row *row = row_of(key->protocol);
		struct sim_oid own;

		if (row == NULL || sim_oid_encode(row->oid, &own) != CCCD_OK)
			continue;
		if (has_oid ? !span_equal(oid, span_of(own.bytes, own.len))
		            : row->cipher != SIM_3DES)
			continue;
		if (has_id && (id.len != 1 || id.at[0] != key->id))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

/* New keys begin after the response. A clone makes up its own. */
static enum cccd_err agree(struct sim_card *card, int index,
                           enum sim_cipher cipher, struct span peer)
{
	const struct chip_ca_key *key = &card->ca[index];
	SIM_ELEMENT other = { .point = NULL };
	SIM_ELEMENT shared = { .point = NULL };
	SIM_NUMBER *secret = BN_dup(key->secret);
	BUF k = buf_make(512);

	if (secret == NULL)
		return CCCD_ERR_MEMORY;
	TRY(sim_group_decode(&key->group, peer, &other));
	if (card->profile->chip_auth.clone)
		TRY(sim_group_private(&key->group, &card->rng, &secret));
	TRY(sim_group_power(&key->group, &other, secret, &shared));
	TRY(sim_group_secret(&key->group, &shared, &k));
	card->state.next = (struct chip_session){ .open = true };
	TRY(chip_session_keys(cipher, buf_span(&k), &card->state.next.keys));
	card->state.has_next = true;
	return CCCD_OK;
}

static uint16_t refused(const struct sim_card *card, unsigned int sw)
{
	if (card->profile->chip_auth.count == 0)
		return SW_INS;
	if (!card->state.session.open)
		return SW_SECURITY;
	return sw == 0 ? SW_OK : (uint16_t)sw;
}

/* [9303-11 6.2.4.1] */
uint16_t chip_ca_set_kat(struct sim_card *card, const struct chip_command *cmd,
                         struct buf *ret)
{
	struct span peer;
	bool bad_id;
	int index;
	uint16_t sw = refused(card, card->profile->chip_auth.mse_sw);

	(void)ret;
	if (sw != SW_OK)
		return sw;
	if (!card->profile->chip_auth.kat)
		return SW_INS;
	if (!sim_der_find(cmd->data, 0x91, &peer))
		return SW_DATA;
	index = choose(card, span_of(NULL, 0), false, cmd->data, &bad_id);
	if (index < 0)
		return bad_id ? SW_DATA : SW_NO_REFERENCE;
	return agree(card, index, SIM_3DES, peer) == CCCD_OK ? SW_OK : SW_DATA;
}

/* [9303-11 6.2.4.2] */
uint16_t chip_ca_set_at(struct sim_card *card, const struct chip_command *cmd,
                        struct buf *ret)
{
	struct span oid;
	bool bad_id;
	const struct ca_row *row;
	int index;
	uint16_t sw = refused(card, card->profile->chip_auth.mse_sw);

	(void)ret;
	card->state.ca_key = -1;
	if (sw != SW_OK)
		return sw;
	if (!card->profile->chip_auth.mse_at)
		return SW_INS;
	if (!sim_der_find(cmd->data, 0x80, &oid))
		return SW_DATA;
	index = choose(card, oid, true, cmd->data, &bad_id);
	if (index < 0)
		return bad_id ? SW_DATA : SW_NO_REFERENCE;
	row = row_of(card->profile->chip_auth.keys[index].protocol);
	if (row == NULL)
		return SW_DATA;
	card->state.ca_key = index;
	card->state.ca_cipher = row->cipher;
	return SW_OK;
}

uint16_t chip_ca_agree(struct sim_card *card, const struct chip_command *cmd,
                       struct buf *ret)
{
	static const uint8_t empty[] = { 0x7C, 0x00 };
	struct span data;
	struct span peer;
	int index = card->state.ca_key;
	uint16_t sw = refused(card, card->profile->chip_auth.ga_sw);

	if (index < 0)
		return SW_CONDITIONS;
	card->state.ca_key = -1;
	if (sw != SW_OK)
		return sw;
	if (!sim_der_find(cmd->data, 0x7C, &data) ||
	    !sim_der_find(data, 0x80, &peer))
		return SW_DATA;
	if (agree(card, index, card->state.ca_cipher, peer) != CCCD_OK)
		return SW_FAILED;
	return buf_append(ret, SPAN(empty)) == CCCD_OK ? SW_OK : SW_UNKNOWN;
}
