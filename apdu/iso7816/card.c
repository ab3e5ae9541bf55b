/* SPDX-License-Identifier: Apache-2.0 */
/* One connected card: command-response pairs, plain or protected. */
#include "apdu/iso7816/card.h"

#include "apdu/tlv/tlv.h"
#include "base/clock.h"
#include "base/error.h"

enum {
	INS_SELECT = 0xA4,
	INS_GET_RESPONSE = 0xC0,
	SW1_MORE = 0x61,
	SW1_WRONG_LE = 0x6C,
	/* An answer in smaller parts than this is not being given. */
	PART_MIN = 16,
	PARTS_SPARE = 64,
};

void card_init(struct card *card, struct reader *reader,
               const struct random *random, struct cccd_error *error)
{
	*card = (struct card){
		.reader = reader,
		.random = random,
		.error = error,
		.raw = buf_make(READER_RESPONSE_MAX),
		.apdu = buf_make(READER_COMMAND_MAX),
		.data = buf_make(READER_RESPONSE_MAX),
	};
}

void card_release(struct card *card)
{
	sm_close(&card->sm);
	buf_release(&card->raw);
	buf_release(&card->apdu);
	buf_release(&card->data);
}

static uint8_t sw1_of(const struct buf *raw)
{
	return raw->at[raw->len - 2];
}

static uint8_t sw2_of(const struct buf *raw)
{
	return raw->at[raw->len - 1];
}

/* One exchange, unless the time of the whole read is over. */
static enum cccd_err transmit(struct card *card, struct span command,
                              struct buf *ret)
{
	if (card->deadline_ms != 0 && clock_steady_ms() > card->deadline_ms)
		return fail(card->error, CCCD_ERR_READER_TIMEOUT,
		            "the whole read takes too long");
	card->exchanges++;
	return reader_transmit(card->reader, command, ret, card->error);
}

/* [7816-4 5.3.4] GET RESPONSE until the card has no more to give. */
static enum cccd_err collect(struct card *card)
{
	BUF part = buf_make(READER_RESPONSE_MAX);
	size_t parts = 0;

	while (sw1_of(&card->raw) == SW1_MORE) {
		uint8_t le = sw2_of(&card->raw);
		const uint8_t get_response[] = { 0x00, INS_GET_RESPONSE, 0, 0,
			                         le };

		TRY(transmit(card, SPAN(get_response), &part));
		/* No progress would let the card keep us for ever. */
		if (sw1_of(&part) == SW1_MORE &&
		    (part.len == 2 ||
		     parts++ > card->raw.len / PART_MIN + PARTS_SPARE))
			return fail(card->error, CCCD_ERR_CARD_PROTOCOL,
			            "GET RESPONSE brings nothing");
		card->raw.len -= 2;
		if (buf_append(&card->raw, buf_span(&part)) != CCCD_OK)
			return fail(card->error, CCCD_ERR_CARD_PROTOCOL,
			            "response chain is too long");
	}
	return CCCD_OK;
}

static enum cccd_err send_encoded(struct card *card)
{
	TRY(transmit(card, buf_span(&card->apdu), &card->raw));
	return collect(card);
}

static enum cccd_err send_plain(struct card *card,
                                const struct command *command,
                                struct response *ret)
{
	struct command again = *command;

	TRY(command_encode(command, false, &card->apdu));
	TRY(send_encoded(card));
	/* [7816-4 5.6] 6Cxx: the same command with the right Le, once. */
	if (sw1_of(&card->raw) == SW1_WRONG_LE && command->le != LE_NONE) {
		again.le = sw2_of(&card->raw);
		if (again.le == 0)
			again.le = LE_MAX_SHORT;
		TRY(command_encode(&again, false, &card->apdu));
		TRY(send_encoded(card));
	}
	return response_decode(buf_span(&card->raw), ret);
}

/* A status word without protection, for the record; 0 for anything else. */
static uint16_t naked_sw(const struct buf *raw)
{
	if (raw->len != 2)
		return 0;
	return (uint16_t)(sw1_of(raw) << 8 | sw2_of(raw));
}

bool card_answer_is_truncated(const struct card *card)
{
	struct tlv_reader objects = { 0 };
	struct tlv object = { 0 };
	enum cccd_err err = CCCD_OK;

	if (card->raw.len <= READER_SHORT_RESPONSE_MAX)
		return false;
	objects = tlv_open(span_first(buf_span(&card->raw), card->raw.len - 2));
	while (err == CCCD_OK)
		err = tlv_next(&objects, &object);
	return err == CCCD_ERR_DATA_TRUNCATED;
}

static enum cccd_err send_protected(struct card *card,
                                    const struct command *command,
                                    struct response *ret)
{
	size_t most = sm_short_le(&card->sm);
	bool extended = card->extended &&
	                (command->data.len > most || command->le > most);

	if (sm_wrap(&card->sm, command, extended, &card->apdu) != CCCD_OK) {
		sm_close(&card->sm);
		return fail(card->error, CCCD_ERR_SM_BROKEN,
		            "the command cannot be protected");
	}
	TRY(send_encoded(card));
	if (sm_unwrap(&card->sm, buf_span(&card->raw), &card->data, ret) !=
	    CCCD_OK)
		return fail_sw(card->error, CCCD_ERR_SM_BROKEN,
		               naked_sw(&card->raw),
		               "answer is not protected as it must be");
	return CCCD_OK;
}

static enum cccd_err send_one(struct card *card, const struct command *command,
                              struct response *ret)
{
	if (sm_is_open(&card->sm))
		return send_protected(card, command, ret);
	return send_plain(card, command, ret);
}

/* Data bytes that one link of a chain can carry. */
static size_t link_len(const struct card *card)
{
	return sm_is_open(&card->sm) ? sm_short_le(&card->sm) : LC_MAX_SHORT;
}

/* [7816-4 5.3.3] Every link but the last is marked and has no Le. */
static enum cccd_err send_chain(struct card *card,
                                const struct command *command,
                                struct response *ret)
{
	struct command link = *command;
	size_t most = link_len(card);
	size_t sent = 0;

	while (command->data.len - sent > most) {
		link.cla = command->cla | CLA_CHAINING;
		link.data = span_of(command->data.at + sent, most);
		link.le = LE_NONE;
		TRY(send_one(card, &link, ret));
		if (ret->sw != SW_OK)
			return CCCD_OK;
		sent += most;
	}
	link.cla = command->cla;
	link.data = span_after(command->data, sent);
	link.le = command->le;
	return send_one(card, &link, ret);
}

enum cccd_err card_exchange(struct card *card, const struct command *command,
                            struct response *ret)
{
	size_t most = card->extended ? LC_MAX_EXTENDED - 64 : link_len(card);

	if (command->data.len > most)
		return send_chain(card, command, ret);
	return send_one(card, command, ret);
}

enum cccd_err card_exchange_ok(struct card *card, const struct command *command,
                               struct response *ret)
{
	TRY(card_exchange(card, command, ret));
	if (ret->sw != SW_OK)
		return fail_sw(card->error, CCCD_ERR_CARD_REFUSED, ret->sw,
		               "command %02X refused", command->ins);
	return CCCD_OK;
}

enum cccd_err card_select_application(struct card *card, struct span aid,
                                      struct response *ret)
{
	/* [9303-10 3.2] P2 = 0C: no response data, hence no Le. */
	const struct command select = {
		.ins = INS_SELECT, .p1 = 0x04, .p2 = 0x0C, .data = aid
	};

	return card_exchange(card, &select, ret);
}

enum cccd_err card_select_file(struct card *card, uint16_t fid,
                               struct response *ret)
{
	const uint8_t id[] = { (uint8_t)(fid >> 8), (uint8_t)fid };
	const struct command select = {
		.ins = INS_SELECT, .p1 = 0x02, .p2 = 0x0C, .data = SPAN(id)
	};

	return card_exchange(card, &select, ret);
}
