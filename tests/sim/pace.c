/* SPDX-License-Identifier: Apache-2.0 */
/* PACE, the chip's side: 9303-11 4.4. */
#include "tests/sim/chip.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAG_DYNAMIC = 0x7C, NONCE_LEN = 16 };

/* "ecdh-gm-aes-128" and its kin. [9303-11 9.2.3] */
static const struct mapping_row {
	const char *prefix;
	enum sim_mapping mapping;
	unsigned int arc;
} mapping_rows[] = {
	{ "dh-gm-", SIM_GM, 1 },     { "ecdh-gm-", SIM_GM, 2 },
	{ "dh-im-", SIM_IM, 3 },     { "ecdh-im-", SIM_IM, 4 },
	{ "ecdh-cam-", SIM_CAM, 6 },
};

static const struct cipher_row {
	const char *name;
	enum sim_cipher cipher;
	unsigned int arc;
} cipher_rows[] = {
	{ "3des", SIM_3DES, 1 },
	{ "aes-128", SIM_AES128, 2 },
	{ "aes-192", SIM_AES192, 3 },
	{ "aes-256", SIM_AES256, 4 },
};

static const struct mapping_row *mapping_of(const char *protocol)
{
	for (size_t i = 0; i < ARRAY_LEN(mapping_rows); i++) {
		const char *prefix = mapping_rows[i].prefix;

		if (strncmp(protocol, prefix, strlen(prefix)) == 0)
			return &mapping_rows[i];
	}
	return NULL;
}

static const struct cipher_row *cipher_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(cipher_rows); i++) {
		if (strcmp(name, cipher_rows[i].name) == 0)
			return &cipher_rows[i];
	}
	return NULL;
}

bool chip_pace_protocol(const char *protocol, struct sim_oid *ret_oid,
                        enum sim_mapping *ret_mapping,
                        enum sim_cipher *ret_cipher)
{
	const struct mapping_row *mapping = mapping_of(protocol);
	const struct cipher_row *cipher;
	char dotted[64];

	if (mapping == NULL)
		return false;
	cipher = cipher_of(protocol + strlen(mapping->prefix));
	if (cipher == NULL)
		return false;
	(void)snprintf(dotted, sizeof(dotted), "0.4.0.127.0.7.2.2.4.%u.%u",
	               mapping->arc, cipher->arc);
	*ret_mapping = mapping->mapping;
	*ret_cipher = cipher->cipher;
	return sim_oid_encode(dotted, ret_oid) == CCCD_OK;
}

void chip_pace_reset(struct chip_pace *pace)
{
	sim_group_release(&pace->group);
	sim_number_release(&pace->map_private);
	sim_element_release(&pace->generator);
	buf_release(&pace->peer);
	buf_release(&pace->own);
	*pace = (struct chip_pace){ .step = PACE_IDLE };
}

/* The offer that the object identifier and the parameter id name. */
static const struct sim_pace_profile *choose(const struct sim_card *card,
                                             struct span oid, bool has_id,
                                             unsigned int id,
                                             size_t *ret_matches)
{
	const struct sim_pace_profile *found = NULL;

	*ret_matches = 0;
	for (size_t i = 0; i < card->profile->access.pace_count; i++) {
		const struct sim_pace_profile *offer =
		        &card->profile->access.pace[i];
		struct sim_oid own;
		enum sim_mapping mapping;
		enum sim_cipher cipher;

		if (!chip_pace_protocol(offer->protocol, &own, &mapping,
		                        &cipher) ||
		    !span_equal(oid, span_of(own.bytes, own.len)) ||
		    (has_id && offer->domain != id))
			continue;
		if (found == NULL)
			found = offer;
		(*ret_matches)++;
	}
	return found;
}

/* 6983 blocked; 6985 when one try is left of a PIN that suspends. */
static uint16_t password_state(const struct sim_card *card,
                               unsigned int password)
{
	const struct sim_access_profile *access = &card->profile->access;

	if (password == SIM_NONE || password >= SIM_PASSWORDS ||
	    (access->passwords & 1U << password) == 0)
		return SW_NO_REFERENCE;
	if (access->tries == 0)
		return SW_OK;
	if (card->tries_left[password] == 0)
		return (uint16_t)access->blocked_sw;
	if (password == SIM_PIN && card->tries_left[password] == 1 &&
	    access->tries > 1)
		return (uint16_t)access->suspended_sw;
	return SW_OK;
}

/* struct set_at - data objects of MSE:Set AT. [9303-11 4.4.4.1] */
struct set_at {
	struct span oid;
	struct span password;
	bool has_id;
	unsigned int id;
};

static bool read_set_at(struct span data, struct set_at *ret)
{
	struct span id;

	if (!sim_der_find(data, 0x80, &ret->oid) ||
	    !sim_der_find(data, 0x83, &ret->password) || ret->password.len != 1)
		return false;
	ret->has_id = sim_der_find(data, 0x84, &id);
	if (ret->has_id && id.len != 1)
		return false;
	ret->id = ret->has_id ? id.at[0] : 0;
	return true;
}

static enum cccd_err open_domain(struct chip_pace *pace)
{
	bool standard = pace->info->domain <= 31;

	return sim_group_open(standard ? pace->info->domain
	                               : pace->info->explicit_of,
	                      &pace->group);
}

static uint16_t begin(struct sim_card *card, const struct set_at *at,
                      const struct sim_pace_profile *offer)
{
	struct chip_pace *pace = &card->state.pace;

	chip_pace_reset(pace);
	pace->info = offer;
	pace->password = at->password.at[0];
	if (!chip_pace_protocol(offer->protocol, &pace->oid, &pace->mapping,
	                        &pace->cipher) ||
	    open_domain(pace) != CCCD_OK)
		return SW_DATA;
	pace->peer = buf_make(512);
	pace->own = buf_make(512);
	pace->step = PACE_NONCE;
	return SW_OK;
}

uint16_t chip_pace_set_at(struct sim_card *card, const struct chip_command *cmd,
                          struct buf *ret)
{
	const struct sim_access_profile *access = &card->profile->access;
	struct set_at at = { .has_id = false };
	const struct sim_pace_profile *offer;
	size_t matches;
	uint16_t sw;

	(void)ret;
	if (access->pace_count == 0)
		return SW_INS;
	if (!read_set_at(cmd->data, &at))
		return SW_DATA;
	if ((access->parameter_id == 1 && !at.has_id) ||
	    (access->parameter_id == 2 && at.has_id))
		return SW_DATA;
	offer = choose(card, at.oid, at.has_id, at.id, &matches);
	/* Ambiguous without DO'84'. [9303-11 4.4.4.1] */
	if (offer == NULL || matches > 1)
		return SW_DATA;
	sw = password_state(card, at.password.at[0]);
	if (sw != SW_OK)
		return sw;
	return begin(card, &at, offer);
}

/* f(pi) of table 14. */
static enum cccd_err password_key(const struct sim_card *card,
                                  const struct chip_pace *pace,
                                  uint8_t key[static SIM_KEY_MAX])
{
	static const char *const which[SIM_PASSWORDS] = { "", "mrz", "can",
		                                          "pin", "puk" };
	const char *text = sim_card_secret(card, which[pace->password]);
	struct digest digest;

	if (text == NULL)
		return CCCD_ERR_DATA_MISSING;
	if (pace->password != SIM_MRZ)
		return sim_kdf(pace->cipher, span_text(text), 3, key);
	TRY(digest_compute(DIGEST_SHA1, span_text(text), &digest));
	return sim_kdf(pace->cipher, digest_span(&digest), 3, key);
}

static enum cccd_err step_nonce(struct sim_card *card, struct span data,
                                struct sim_der *answer)
{
	struct chip_pace *pace = &card->state.pace;
	uint8_t key[SIM_KEY_MAX];
	uint8_t z[sizeof(pace->nonce)];

	if (data.len != 0)
		return CCCD_ERR_DATA_MALFORMED;
	/* l is the least multiple of the block that is not below k, for the
	 * integrated mapping; one AES block else. [9303-11 4.4.3.3] */
	pace->nonce_len = NONCE_LEN;
	if (pace->mapping == SIM_IM && sim_key_len(pace->cipher) > NONCE_LEN)
		pace->nonce_len = NONCE_LEN * (size_t)2;
	if (card->profile->behaviour.nonce_len != 0)
		pace->nonce_len = card->profile->behaviour.nonce_len;
	if (pace->nonce_len > sizeof(pace->nonce))
		return CCCD_ERR_INTERNAL;
	TRY(sim_rng_fill(&card->rng, pace->nonce, pace->nonce_len));
	TRY(password_key(card, pace, key));
	TRY(sim_encrypt(pace->cipher, key, NULL,
	                span_of(pace->nonce, pace->nonce_len), z));
	sim_der_put(answer, 0x80, span_of(z, pace->nonce_len));
	return CCCD_OK;
}

static enum cccd_err step_map(struct sim_card *card, struct span data,
                              struct sim_der *answer)
{
	struct span value;
	BUF made = buf_make(512);

	if (!sim_der_find(data, 0x81, &value))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(chip_pace_map(card, value, &made));
	sim_der_put(answer, 0x82, buf_span(&made));
	return CCCD_OK;
}

static enum cccd_err agree(struct sim_card *card, struct span peer)
{
	struct chip_pace *pace = &card->state.pace;
	SIM_ELEMENT other = { .point = NULL };
	SIM_ELEMENT shared = { .point = NULL };
	SIM_ELEMENT own = { .point = NULL };
	SIM_NUMBER *secret = NULL;
	BUF k = buf_make(512);

	TRY(sim_group_decode(&pace->group, peer, &other));
	TRY(sim_group_private(&pace->group, &card->rng, &secret));
	TRY(sim_group_power(&pace->group, &pace->generator, secret, &own));
	TRY(sim_group_encode(&pace->group, &own, &pace->own));
	/* The token is over the value, not over leading zeros sent. */
	TRY(sim_group_encode(&pace->group, &other, &pace->peer));
	if (span_equal(buf_span(&pace->own), buf_span(&pace->peer)))
		return CCCD_ERR_CRYPTO_REFLECTED;
	TRY(sim_group_power(&pace->group, &other, secret, &shared));
	TRY(sim_group_secret(&pace->group, &shared, &k));
	return chip_session_keys(pace->cipher, buf_span(&k), &pace->keys);
}

enum cccd_err chip_pace_falsify(const struct sim_card *card, struct span peer,
                                struct buf *key)
{
	size_t head = card->state.pace.group.curve != NULL ? 1 : 0;

	if (chip_fault(card, SIM_FAULT_REFLECT) != NULL)
		return buf_set(key, peer);
	if (chip_fault(card, SIM_FAULT_OFF_CURVE) != NULL)
		key->at[key->len - 1] ^= 0x01;
	if (chip_fault(card, SIM_FAULT_INFINITY) != NULL) {
		key->len = 1;
		key->at[0] = 0;
	}
	/* (0, 0), or the number 1. */
	if (chip_fault(card, SIM_FAULT_SMALL_ORDER) != NULL) {
		memset(key->at + head, 0, key->len - head);
		if (head == 0)
			key->at[key->len - 1] = 1;
	}
	return CCCD_OK;
}

static enum cccd_err step_agree(struct sim_card *card, struct span data,
                                struct sim_der *answer)
{
	BUF key = buf_make(512);
	struct span value;

	if (!sim_der_find(data, 0x83, &value))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(agree(card, value));
	TRY(buf_set(&key, buf_span(&card->state.pace.own)));
	TRY(chip_pace_falsify(card, value, &key));
	sim_der_put(answer, 0x84, buf_span(&key));
	return CCCD_OK;
}

/* [9303-11 4.4.3.4, 9.4] */
static enum cccd_err token(const struct chip_pace *pace, struct span key,
                           uint8_t mac[static SIM_MAC_LEN])
{
	SIM_DER object = sim_der_make();
	size_t mark = sim_der_open(&object, 0x7F49);

	sim_der_put(&object, 0x06, span_of(pace->oid.bytes, pace->oid.len));
	sim_der_put(&object, pace->group.curve != NULL ? 0x86 : 0x84, key);
	sim_der_close(&object, mark);
	TRY(object.err);
	return sim_mac(pace->cipher, pace->keys.mac, buf_span(&object.out),
	               mac);
}

static enum cccd_err step_token(struct sim_card *card, struct span data,
                                struct sim_der *answer)
{
	struct chip_pace *pace = &card->state.pace;
	uint8_t mac[SIM_MAC_LEN];
	struct span value;
	BUF cam = buf_make(512);

	if (!sim_der_find(data, 0x85, &value))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(token(pace, buf_span(&pace->own), mac));
	if (!span_equal(value, SPAN(mac)))
		return CCCD_ERR_CARD_PASSWORD;
	TRY(token(pace, buf_span(&pace->peer), mac));
	if (chip_fault(card, SIM_FAULT_WRONG_TOKEN) != NULL)
		mac[0] ^= 0x01;
	sim_der_put(answer, 0x86, SPAN(mac));
	if (pace->mapping == SIM_CAM &&
	    chip_fault(card, SIM_FAULT_CAM_ABSENT) == NULL) {
		TRY(chip_pace_cam(card, &cam));
		sim_der_put(answer, 0x8A, buf_span(&cam));
	}
	card->state.next =
	        (struct chip_session){ .open = true, .keys = pace->keys };
	card->state.has_next = true;
	card->state.granted = true;
	return CCCD_OK;
}

/* "6300", or "63CX" with the tries that are left. */
static uint16_t wrong_password(struct sim_card *card, unsigned int password)
{
	const struct sim_access_profile *access = &card->profile->access;
	unsigned int sw;

	if (access->tries != 0 && card->tries_left[password] > 0)
		card->tries_left[password]--;
	if (access->tries != 0 && strcmp(access->wrong_sw, "63CX") == 0)
		return (uint16_t)(0x63C0 | (card->tries_left[password] & 0xF));
	if (strcmp(access->wrong_sw, "63CX") == 0)
		return SW_FAILED;
	sw = (unsigned int)strtoul(access->wrong_sw, NULL, 16);
	return (uint16_t)sw;
}

static const struct step_row {
	enum cccd_err (*run)(struct sim_card *card, struct span data,
	                     struct sim_der *answer);
	enum chip_pace_step next;
	bool chained;
} step_rows[] = {
	[PACE_NONCE] = { step_nonce, PACE_MAP, true },
	[PACE_MAP] = { step_map, PACE_AGREE, true },
	[PACE_AGREE] = { step_agree, PACE_TOKEN, true },
	[PACE_TOKEN] = { step_token, PACE_IDLE, false },
};

static uint16_t run_step(struct sim_card *card, struct span data,
                         struct buf *ret)
{
	struct chip_pace *pace = &card->state.pace;
	const struct step_row *row = &step_rows[pace->step];
	SIM_DER answer = sim_der_make();
	size_t mark = sim_der_open(&answer, TAG_DYNAMIC);
	enum cccd_err err = row->run(card, data, &answer);

	if (err == CCCD_ERR_CARD_PASSWORD)
		return wrong_password(card, pace->password);
	if (err == CCCD_ERR_DATA_MALFORMED || err == CCCD_ERR_CRYPTO_KEY)
		return SW_DATA;
	sim_der_close(&answer, mark);
	if (err != CCCD_OK || sim_der_take(&answer, ret) != CCCD_OK)
		return SW_FAILED;
	pace->step = row->next;
	return SW_OK;
}

uint16_t chip_pace_step(struct sim_card *card, const struct chip_command *cmd,
                        struct buf *ret)
{
	struct chip_pace *pace = &card->state.pace;
	struct span rest = cmd->data;
	struct span data;
	uint32_t tag;
	uint16_t sw = SW_DATA;

	if (pace->step == PACE_IDLE)
		return SW_CONDITIONS;
	if (cmd->p1 == 0 && cmd->p2 == 0 && sim_der_next(&rest, &tag, &data) &&
	    tag == TAG_DYNAMIC && rest.len == 0 &&
	    cmd->chained == step_rows[pace->step].chained)
		sw = run_step(card, data, ret);
	if (sw == SW_OK && pace->step == PACE_IDLE)
		card->tries_left[pace->password] = card->profile->access.tries;
	if (sw != SW_OK || pace->step == PACE_IDLE)
		chip_pace_reset(pace);
	return sw;
}
