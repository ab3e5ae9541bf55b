/* SPDX-License-Identifier: Apache-2.0 */
/* A chip that speaks PACE, rightly or wrongly, for the tests of access. */
#include "tests/apdu/access/pace_chip.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

#include "apdu/crypto/kdf.h"
#include "apdu/crypto/mapping.h"
#include "apdu/tlv/tlv.h"

static void must(enum cccd_err err)
{
	if (err != CCCD_OK) {
		(void)fprintf(stderr, "pace_chip: error %04X\n",
		              (unsigned int)err);
		abort();
	}
}

void pace_chip_release(struct pace_chip *chip)
{
	domain_free(chip->domain);
	domain_free(chip->mapped);
	memset(chip, 0, sizeof(*chip));
}

static enum cccd_err status(struct buf *response, uint16_t sw)
{
	const uint8_t bytes[] = { (uint8_t)(sw >> 8), (uint8_t)sw };

	return buf_append(response, SPAN(bytes));
}

static enum cccd_err answer(struct buf *response, uint32_t tag,
                            struct span value)
{
	uint8_t bytes[DOMAIN_ELEMENT_MAX + 32];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	size_t mark = tlv_begin(&writer, 0x7C);
	struct span written = { 0 };

	tlv_put(&writer, tag, value);
	tlv_finish(&writer, mark);
	must(tlv_written(&writer, &written));
	must(buf_append(response, written));
	return status(response, 0x9000);
}

static enum cccd_err start(struct pace_chip *chip, struct buf *response)
{
	domain_free(chip->domain);
	domain_free(chip->mapped);
	chip->domain = NULL;
	chip->mapped = NULL;
	must(domain_from_id(chip->parameter_id, &chip->domain));
	return status(response, 0x9000);
}

static enum cccd_err give_nonce(struct pace_chip *chip, struct buf *response)
{
	uint8_t encrypted[CIPHER_KEY_MAX];

	chip->nonce.len = mapping_nonce_len(chip->cipher);
	must(random_fill(&random_system, chip->nonce.bytes, chip->nonce.len));
	must(cipher_cbc_encrypt(chip->cipher, secret_span(&chip->k_pi), NULL,
	                        secret_span(&chip->nonce), encrypted));
	return answer(response, 0x80, span_of(encrypted, chip->nonce.len));
}

static enum cccd_err map_generic(struct pace_chip *chip, struct span theirs,
                                 struct buf *response)
{
	SECRET shared = { .len = 0 };

	must(key_generate(chip->domain, &random_system, &chip->map));
	if (chip->mode == CHIP_REFLECTS_MAP)
		return answer(response, 0x82, theirs);
	if (chip->mode == CHIP_SENDS_MAP)
		return answer(response, 0x82, chip->value);
	must(key_agree_element(chip->domain, &chip->map, theirs, &shared));
	must(mapping_generic(chip->domain, secret_span(&chip->nonce),
	                     secret_span(&shared), &chip->mapped));
	return answer(response, 0x82,
	              public_value_span(&chip->map.public_value));
}

static enum cccd_err map_integrated(struct pace_chip *chip, struct span nonce_t,
                                    struct buf *response)
{
	must(mapping_integrated(chip->domain, chip->cipher,
	                        secret_span(&chip->nonce), nonce_t,
	                        &chip->mapped));
	return answer(response, 0x82, span_of(NULL, 0));
}

static bool meets(const struct pace_chip *chip, const struct key_pair *pair)
{
	size_t half = domain_field_len(chip->domain);
	SECRET shared = { .len = 0 };

	if (chip->mode == CHIP_X_BEGINS_00)
		return pair->public_value.bytes[1] == 0;
	if (chip->mode == CHIP_Y_BEGINS_00)
		return pair->public_value.bytes[1 + half] == 0;
	if (chip->mode != CHIP_Z_BEGINS_00)
		return true;
	must(key_agree(chip->mapped, pair, public_value_span(&chip->theirs),
	               &shared));
	return shared.bytes[0] == 0;
}

/* The point with the other ordinate: p - Y. */
static void mirror(const struct pace_chip *chip, struct public_value *value)
{
	size_t half = domain_field_len(chip->domain);
	EC_GROUP *group = EC_GROUP_new_by_curve_name(
	        OBJ_sn2nid(domain_name(chip->domain)));
	BIGNUM *y = BN_bin2bn(value->bytes + 1 + half, (int)half, NULL);

	if (group == NULL || y == NULL ||
	    BN_sub(y, EC_GROUP_get0_field(group), y) != 1 ||
	    BN_bn2binpad(y, value->bytes + 1 + half, (int)half) != (int)half)
		abort();
	BN_free(y);
	EC_GROUP_free(group);
}

static enum cccd_err send_other(struct pace_chip *chip, struct buf *response)
{
	struct public_value value = chip->theirs;

	if (chip->mode == CHIP_SENDS_EPHEMERAL)
		return answer(response, 0x84, chip->value);
	if (chip->mode == CHIP_MIRRORS_EPHEMERAL)
		mirror(chip, &value);
	return answer(response, 0x84, public_value_span(&value));
}

static enum cccd_err agree(struct pace_chip *chip, struct span theirs,
                           struct buf *response)
{
	SECRET shared = { .len = 0 };

	memcpy(chip->theirs.bytes, theirs.at, theirs.len);
	chip->theirs.len = theirs.len;
	if (chip->mode == CHIP_REFLECTS_EPHEMERAL ||
	    chip->mode == CHIP_MIRRORS_EPHEMERAL ||
	    chip->mode == CHIP_SENDS_EPHEMERAL)
		return send_other(chip, response);
	do
		must(key_generate(chip->mapped, &random_system,
		                  &chip->ephemeral));
	while (!meets(chip, &chip->ephemeral));
	must(key_agree(chip->mapped, &chip->ephemeral, theirs, &shared));
	must(kdf_session(chip->cipher, secret_span(&shared), &chip->k_enc,
	                 &chip->k_mac));
	return answer(response, 0x84,
	              public_value_span(&chip->ephemeral.public_value));
}

static void token(struct pace_chip *chip, const struct public_value *key,
                  uint8_t ret[static MAC_LEN])
{
	uint8_t bytes[DOMAIN_ELEMENT_MAX + 32];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	size_t mark = tlv_begin(&writer, 0x7F49);
	struct span written = { 0 };

	tlv_put(&writer, 0x06, chip->oid);
	tlv_put(&writer, domain_kind(chip->domain) == DOMAIN_EC ? 0x86 : 0x84,
	        public_value_span(key));
	tlv_finish(&writer, mark);
	must(tlv_written(&writer, &written));
	must(mac_compute(chip->cipher, secret_span(&chip->k_mac), written,
	                 span_of(NULL, 0), ret));
}

static enum cccd_err finish(struct pace_chip *chip, struct span theirs,
                            struct buf *response)
{
	uint8_t want[MAC_LEN];
	uint8_t own[MAC_LEN];

	token(chip, &chip->ephemeral.public_value, want);
	if (!span_equal(SPAN(want), theirs))
		return status(response, 0x6300);
	token(chip, &chip->theirs, own);
	if (chip->mode == CHIP_WRONG_TOKEN)
		own[0] ^= 1;
	return answer(response, 0x86, SPAN(own));
}

/* Data of a command, short or extended. */
static struct span data_of(struct span command)
{
	struct span rest = span_after(command, 4);
	size_t len = rest.len > 0 ? rest.at[0] : 0;

	if (rest.len == 0)
		return rest;
	if (len == 0 && rest.len > 3) {
		len = (size_t)rest.at[1] << 8 | rest.at[2];
		return span_of(rest.at + 3, len);
	}
	return span_of(rest.at + 1, len);
}

enum cccd_err pace_chip_answer(void *context, struct span command,
                               struct buf *response)
{
	struct pace_chip *chip = context;
	struct span inner = { 0 };
	struct tlv_reader reader = { 0 };
	struct tlv object = { 0 };

	chip->sent++;
	if (command.at[1] == 0x22)
		return start(chip, response);
	if (command.at[1] != 0x86 ||
	    tlv_only(data_of(command), 0x7C, &inner) != CCCD_OK)
		return status(response, 0x6D00);
	reader = tlv_open(inner);
	if (tlv_at_end(&reader))
		return give_nonce(chip, response);
	must(tlv_next(&reader, &object));
	if (object.tag == 0x81 && chip->mapping == CCCD_PACE_MAPPING_IM)
		return map_integrated(chip, object.value, response);
	if (object.tag == 0x81)
		return map_generic(chip, object.value, response);
	if (object.tag == 0x83)
		return agree(chip, object.value, response);
	return finish(chip, object.value, response);
}
