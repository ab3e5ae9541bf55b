/* SPDX-License-Identifier: Apache-2.0 */
/* Chip Authentication, version 1: Doc 9303-11 6.2. */
#include "apdu/auth/chip_auth.h"

#include "apdu/auth/agreement_key.h"
#include "apdu/auth/exchange.h"
#include "apdu/crypto/kdf.h"
#include "apdu/lds/security_info.h"
#include "apdu/tlv/tlv.h"
#include "base/error.h"

enum {
	INS_MANAGE_SECURITY_ENVIRONMENT = 0x22,
	INS_GENERAL_AUTHENTICATE = 0x86,
	INS_SELECT = 0xA4,
	P1_SET_COMPUTE = 0x41,
	P2_KEY_AGREEMENT = 0xA6,
	P2_AUTHENTICATION = 0xA4,
	P1_SELECT_EF = 0x02,
	P2_NO_DATA = 0x0C,
	DO_MECHANISM = 0x80,
	DO_KEY_ID = 0x84,
	DO_KAT_PUBLIC = 0x91,
	DO_DYNAMIC = 0x7C,
	DO_EPHEMERAL = 0x80,
	OID_MAX = 16,
	MESSAGE_MAX = DOMAIN_ELEMENT_MAX + 32,
};

/**
 * struct chip_auth - one run; released at its end.
 * @info: protocol taken apart
 * @pair: our ephemeral keys
 */
struct chip_auth {
	struct card *card;
	const struct chip_auth_key *key;
	struct chip_auth_result *result;
	struct domain *domain;
	struct key_pair pair;
};

static void chip_auth_release(struct chip_auth *run)
{
	domain_free(run->domain);
	key_pair_wipe(&run->pair);
}

const char *chip_auth_outcome_name(enum chip_auth_outcome outcome)
{
	static const char *const names[] = {
		[CHIP_AUTH_NOT_RUN] = "not_run",
		[CHIP_AUTH_PROVEN] = "proven",
		[CHIP_AUTH_REFUSED] = "refused",
		[CHIP_AUTH_UNPROVEN] = "unproven",
		[CHIP_AUTH_KEY_INVALID] = "key_invalid",
		[CHIP_AUTH_UNSUPPORTED] = "unsupported",
	};
	size_t index = (size_t)outcome;

	return names[index < ARRAY_LEN(names) ? index : CHIP_AUTH_NOT_RUN];
}

/* What a key that could not be used means; an outcome, or an error. */
static enum cccd_err judge_key(enum cccd_err err,
                               enum chip_auth_outcome *ret_outcome)
{
	if (err == CCCD_ERR_CRYPTO_UNSUPPORTED)
		*ret_outcome = CHIP_AUTH_UNSUPPORTED;
	else if (err == CCCD_ERR_CRYPTO_KEY ||
	         cccd_err_domain(err) == CCCD_DOMAIN_DATA)
		*ret_outcome = CHIP_AUTH_KEY_INVALID;
	else
		return err;
	return CCCD_OK;
}

static enum cipher_id cipher_of(enum cccd_cipher cipher)
{
	switch (cipher) {
	case CCCD_CIPHER_3DES: return CIPHER_3DES;
	case CCCD_CIPHER_AES128: return CIPHER_AES128;
	case CCCD_CIPHER_AES192: return CIPHER_AES192;
	case CCCD_CIPHER_AES256: return CIPHER_AES256;
	case CCCD_CIPHER_NONE: break;
	}
	return CIPHER_NONE;
}

/* Without a ChipAuthenticationInfo there is only one it can be: 3DES. */
static enum cccd_err choose_protocol(struct chip_auth *run)
{
	struct cccd_chip_auth_info info = { .key_agreement = 0 };
	bool ec = domain_kind(run->domain) == DOMAIN_EC;

	run->result->inferred = run->key->protocol.len == 0;
	if (run->result->inferred) {
		run->result->cipher = CIPHER_3DES;
		run->result->used_kat = true;
		return CCCD_OK;
	}
	if (run->key->protocol.len > OID_MAX ||
	    !chip_auth_protocol(run->key->protocol, &info))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	if (ec != (info.key_agreement == CCCD_KEY_AGREEMENT_ECDH))
		return CCCD_ERR_CRYPTO_KEY;
	run->result->cipher = cipher_of(info.cipher);
	run->result->used_kat = info.cipher == CCCD_CIPHER_3DES;
	return CCCD_OK;
}

static enum cccd_err prepare(struct chip_auth *run)
{
	struct chip_auth_result *result = run->result;

	TRY(agreement_key_parse(run->key->spki, &run->domain,
	                        &result->ic_public));
	result->domain_id = domain_id(run->domain);
	result->domain_name = domain_name(run->domain);
	result->has_key_id = run->key->has_key_id;
	result->key_id = run->key->key_id;
	return choose_protocol(run);
}

/* The least number of bytes [9303-11 9.4.1]. */
static void put_key_id(const struct chip_auth *run, struct tlv_writer *writer)
{
	const uint32_t id = run->key->key_id;
	const uint8_t bytes[] = { (uint8_t)(id >> 24), (uint8_t)(id >> 16),
		                  (uint8_t)(id >> 8), (uint8_t)id };
	struct span value = SPAN(bytes);

	if (!run->key->has_key_id)
		return;
	while (value.len > 1 && value.at[0] == 0)
		value = span_after(value, 1);
	tlv_put(writer, DO_KEY_ID, value);
}

static enum cccd_err send(struct chip_auth *run, const struct command *command,
                          const struct tlv_writer *writer)
{
	struct command whole = *command;
	struct response response = { 0 };

	TRY(tlv_written(writer, &whole.data));
	TRY(auth_exchange(run->card, &whole, &response));
	run->result->status_word = response.sw;
	if (response.sw != SW_OK)
		run->result->outcome = CHIP_AUTH_REFUSED;
	return CCCD_OK;
}

/* [9303-11 6.2.4.1] one command, 3DES only. */
static enum cccd_err set_kat(struct chip_auth *run)
{
	static const struct command command = {
		.ins = INS_MANAGE_SECURITY_ENVIRONMENT,
		.p1 = P1_SET_COMPUTE,
		.p2 = P2_KEY_AGREEMENT
	};
	uint8_t bytes[MESSAGE_MAX];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));

	tlv_put(&writer, DO_KAT_PUBLIC,
	        public_value_span(&run->pair.public_value));
	put_key_id(run, &writer);
	return send(run, &command, &writer);
}

static enum cccd_err set_at(struct chip_auth *run)
{
	static const struct command command = {
		.ins = INS_MANAGE_SECURITY_ENVIRONMENT,
		.p1 = P1_SET_COMPUTE,
		.p2 = P2_AUTHENTICATION
	};
	uint8_t bytes[OID_MAX + 16];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));

	tlv_put(&writer, DO_MECHANISM, run->key->protocol);
	put_key_id(run, &writer);
	return send(run, &command, &writer);
}

/* What stands in the answer proves nothing; see prove(). */
static enum cccd_err authenticate(struct chip_auth *run)
{
	static const struct command command = { .ins = INS_GENERAL_AUTHENTICATE,
		                                .le = LE_MAX_SHORT };
	uint8_t bytes[MESSAGE_MAX];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	size_t mark = tlv_begin(&writer, DO_DYNAMIC);

	tlv_put(&writer, DO_EPHEMERAL,
	        public_value_span(&run->pair.public_value));
	tlv_finish(&writer, mark);
	return send(run, &command, &writer);
}

static enum cccd_err agree(struct chip_auth *run)
{
	if (run->result->used_kat)
		return set_kat(run);
	/* [9303-11 6.2.4.2] */
	TRY(set_at(run));
	if (run->result->outcome == CHIP_AUTH_REFUSED)
		return CCCD_OK;
	return authenticate(run);
}

/* [9303-11 6.2.2, 9.8.2] new keys, a counter of zero. */
static enum cccd_err change_keys(struct chip_auth *run)
{
	SECRET shared = { .len = 0 };
	SECRET k_enc = { .len = 0 };
	SECRET k_mac = { .len = 0 };
	enum cipher_id cipher = run->result->cipher;

	TRY(key_agree(run->domain, &run->pair,
	              public_value_span(&run->result->ic_public), &shared));
	TRY(kdf_session(cipher, secret_span(&shared), &k_enc, &k_mac));
	return sm_open(&run->card->sm, cipher, secret_span(&k_enc),
	               secret_span(&k_mac), span_of(NULL, 0));
}

/*
 * "No error" is no proof: a chip without the private key can say 9000 too.
 * One answer whose MAC is right under the new keys is [pitfall 8].
 */
static enum cccd_err prove(struct chip_auth *run, uint16_t probe)
{
	const uint8_t fid[] = { (uint8_t)(probe >> 8), (uint8_t)probe };
	const struct command select = { .ins = INS_SELECT,
		                        .p1 = P1_SELECT_EF,
		                        .p2 = P2_NO_DATA,
		                        .data = SPAN(fid) };
	struct cccd_error *kept = run->card->error;
	struct cccd_error own;
	struct response response = { 0 };
	enum cccd_err err = CCCD_OK;

	error_reset(&own);
	run->card->error = &own;
	err = card_exchange(run->card, &select, &response);
	run->card->error = kept;
	if (err == CCCD_ERR_SM_BROKEN) {
		run->result->outcome = CHIP_AUTH_UNPROVEN;
		run->result->status_word = own.status_word;
		return CCCD_OK;
	}
	if (err != CCCD_OK)
		return fail_sw(kept, err, own.status_word,
		               "chip authentication: no proof");
	run->result->outcome = run->card->sm.proven > 0 ? CHIP_AUTH_PROVEN
	                                                : CHIP_AUTH_UNPROVEN;
	return CCCD_OK;
}

static enum cccd_err run_protocol(struct chip_auth *run, uint16_t probe)
{
	enum cccd_err err =
	        key_generate(run->domain, run->card->random, &run->pair);

	if (err != CCCD_OK)
		return fail(run->card->error, err,
		            "chip authentication: no ephemeral key pair");
	run->result->ifd_public = run->pair.public_value;
	TRY(agree(run));
	if (run->result->outcome == CHIP_AUTH_REFUSED)
		return CCCD_OK;
	err = change_keys(run);
	if (err != CCCD_OK)
		return fail(run->card->error, err,
		            "chip authentication: key agreement failed");
	return prove(run, probe);
}

enum cccd_err chip_auth_run(struct card *card, const struct chip_auth_key *key,
                            uint16_t probe, struct chip_auth_result *ret)
{
	CLEANUP(chip_auth_release)
	struct chip_auth run = { .card = card, .key = key, .result = ret };
	enum cccd_err err = CCCD_OK;

	*ret = (struct chip_auth_result){ .domain_id = DOMAIN_ID_NONE };
	if (!sm_is_open(&card->sm))
		return fail(card->error, CCCD_ERR_USAGE_STATE,
		            "chip authentication outside a channel");
	err = prepare(&run);
	if (err != CCCD_OK)
		return judge_key(err, &ret->outcome);
	return run_protocol(&run, probe);
}

enum cccd_err chip_auth_check_mapping(struct span spki, int domain_id_used,
                                      struct span chip_auth_data,
                                      struct span map_public,
                                      enum chip_auth_outcome *ret_outcome)
{
	CLEANUP(domain_cleanup) struct domain *domain = NULL;
	struct public_value key = { .len = 0 };
	struct public_value product = { .len = 0 };
	enum cccd_err err = agreement_key_parse(spki, &domain, &key);

	if (err != CCCD_OK)
		return judge_key(err, ret_outcome);
	if (domain_kind(domain) != DOMAIN_EC ||
	    domain_id(domain) != domain_id_used) {
		*ret_outcome = CHIP_AUTH_KEY_INVALID;
		return CCCD_OK;
	}
	err = key_multiply(domain, chip_auth_data, public_value_span(&key),
	                   &product);
	if (err == CCCD_ERR_CRYPTO_KEY) {
		*ret_outcome = CHIP_AUTH_UNPROVEN;
		return CCCD_OK;
	}
	TRY(err);
	*ret_outcome = key_equal(public_value_span(&product), map_public)
	                       ? CHIP_AUTH_PROVEN
	                       : CHIP_AUTH_UNPROVEN;
	return CCCD_OK;
}
