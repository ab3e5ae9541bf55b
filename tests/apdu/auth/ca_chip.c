/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/apdu/auth/ca_chip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "apdu/crypto/kdf.h"
#include "apdu/tlv/tlv.h"

static const uint8_t session_key[CIPHER_KEY_MAX] = { 1, 2, 4, 7, 8, 11, 13 };

void must(enum cccd_err err)
{
	assert_int_equal(err, CCCD_OK);
}

static enum cccd_err naked(struct buf *response, uint16_t sw)
{
	const uint8_t bytes[] = { (uint8_t)(sw >> 8), (uint8_t)sw };

	return buf_append(response, SPAN(bytes));
}

static void change_keys(struct ca_chip *chip, struct span theirs)
{
	SECRET shared = { .len = 0 };
	SECRET k_enc = { .len = 0 };
	SECRET k_mac = { .len = 0 };

	if (chip->mode == CA_KEEPS_OLD)
		return;
	must(key_agree(chip->domain, &chip->pair, theirs, &shared));
	if (chip->mode == CA_NO_KEY)
		shared.bytes[0] ^= 1;
	must(kdf_session(chip->cipher, secret_span(&shared), &k_enc, &k_mac));
	sm_card_open(&chip->sm, chip->cipher, secret_span(&k_enc),
	             secret_span(&k_mac));
	chip->changed = true;
}

static enum cccd_err answer(struct ca_chip *chip, const char *data, size_t len,
                            uint16_t sw, struct buf *response)
{
	sm_card_answer(&chip->sm, span_of(data, len), sw, response);
	return CCCD_OK;
}

static enum cccd_err manage(struct ca_chip *chip, struct span plain,
                            struct buf *response)
{
	struct tlv_reader reader = tlv_open(span_after(plain, 4));
	struct span key = { 0 };

	if (chip->mode == CA_REFUSES_MSE)
		return answer(chip, NULL, 0, chip->sw, response);
	if (chip->mode == CA_DROPS_MSE)
		return naked(response, chip->sw);
	(void)answer(chip, NULL, 0, 0x9000, response);
	if (plain.at[3] == 0xA6) {
		must(tlv_expect(&reader, 0x91, &key));
		change_keys(chip, key);
	}
	return CCCD_OK;
}

static enum cccd_err authenticate(struct ca_chip *chip, struct span plain,
                                  struct buf *response)
{
	struct span inner = { 0 };
	struct span key = { 0 };

	must(buf_append(&chip->chain, span_after(plain, 4)));
	if ((plain.at[0] & 0x10) != 0)
		return answer(chip, NULL, 0, 0x9000, response);
	if (chip->mode == CA_REFUSES_GA)
		return answer(chip, NULL, 0, chip->sw, response);
	if (chip->mode == CA_DROPS_GA)
		return naked(response, chip->sw);
	must(tlv_only(buf_span(&chip->chain), 0x7C, &inner));
	must(tlv_only(inner, 0x80, &key));
	(void)answer(chip, "\x7C\x00", 2, 0x9000, response);
	change_keys(chip, key);
	return CCCD_OK;
}

static enum cccd_err ca_answer(void *context, struct span command,
                               struct buf *response)
{
	struct ca_chip *chip = context;
	BUF plain = buf_make(70000);

	if (!sm_card_receive(&chip->sm, command, &plain))
		return naked(response, 0x6988);
	assert_true(chip->sent < 8 && plain.len <= 600);
	memcpy(chip->commands[chip->sent], plain.at, plain.len);
	chip->lens[chip->sent++] = plain.len;
	if (plain.at[1] == 0x22)
		return manage(chip, buf_span(&plain), response);
	if (plain.at[1] == 0x86)
		return authenticate(chip, buf_span(&plain), response);
	if (chip->mode == CA_NAKED_AFTER)
		return naked(response, 0x6988);
	return answer(chip, NULL, 0, 0x6A82, response);
}

/* SubjectPublicKeyInfo with standardizedDomainParameters [9303-11 9.5.1]. */
static void make_spki(struct ca_session *s, unsigned int id)
{
	static const uint8_t oid[] = {
		0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02
	};
	const uint8_t parameter = (uint8_t)id;
	struct tlv_writer writer = tlv_writer(s->spki, sizeof(s->spki));
	size_t whole = tlv_begin(&writer, TAG_SEQUENCE);
	size_t algorithm = tlv_begin(&writer, TAG_SEQUENCE);
	size_t bits = 0;
	struct span key = public_value_span(&s->chip.pair.public_value);

	tlv_put(&writer, TAG_OID, SPAN(oid));
	tlv_put(&writer, TAG_INTEGER, span_of(&parameter, 1));
	tlv_finish(&writer, algorithm);
	bits = tlv_begin(&writer, TAG_BIT_STRING);
	tlv_put_raw(&writer, span_of("\0", 1));
	if (id <= 2) {
		tlv_put_head(&writer, TAG_INTEGER, key.len + 1);
		tlv_put_raw(&writer, span_of("\0", 1));
	}
	tlv_put_raw(&writer, key);
	tlv_finish(&writer, bits);
	tlv_finish(&writer, whole);
	must(tlv_written(&writer, &s->key.spki));
}

void ca_prepare(struct ca_session *s, unsigned int id, uint8_t cipher)
{
	static const uint8_t stem[] = { 0x04, 0x00, 0x7F, 0x00, 0x07,
		                        0x02, 0x02, 0x03, 0x00, 0x00 };
	struct span old = span_first(SPAN(session_key), 16);

	memset(s, 0, sizeof(*s));
	memcpy(s->oid, stem, sizeof(stem));
	s->oid[8] = id <= 2 ? 1 : 2;
	s->oid[9] = cipher;
	s->key.protocol = SPAN(s->oid);
	s->chip.cipher = (enum cipher_id)cipher;
	s->chip.chain = buf_make(4096);
	must(domain_from_id(id, &s->chip.domain));
	must(key_generate(s->chip.domain, &random_system, &s->chip.pair));
	make_spki(s, id);
	sm_card_open(&s->chip.sm, CIPHER_AES128, old, old);
	card_rig_init(&s->rig);
	s->rig.script.answer = ca_answer;
	s->rig.script.context = &s->chip;
	card_rig_open(&s->rig, &random_system);
	must(sm_open(&s->rig.card.sm, CIPHER_AES128, old, old,
	             span_of(NULL, 0)));
}

void ca_run(struct ca_session *s)
{
	must(chip_auth_run(&s->rig.card, &s->key, FID_DG14, &s->result));
	/* A refusal is a fact; it is not the session's error. */
	assert_int_equal(s->rig.error.code, CCCD_OK);
}

void ca_finish(struct ca_session *s)
{
	card_rig_close(&s->rig);
	domain_free(s->chip.domain);
	buf_release(&s->chip.chain);
}
