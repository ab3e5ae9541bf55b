/* SPDX-License-Identifier: Apache-2.0 */
/* A PN532 on a serial line: what its commands do. */
#include "tests/sim/pn532.h"

#include <stdlib.h>

#include "tests/sim/pn532_frame.h"

enum {
	TFI_CHIP = 0xD5,
	/* Data bytes of an extended frame after TFI, code and status. */
	CHUNK_MAX = 262,
	QUEUE_MAX = 100000,
	STATUS_TIMEOUT = 0x01,
	STATUS_RELEASED = 0x29,
	STATUS_MORE = 0x40,
	STATUS_NAD = 0x80,
	OVERSIZE_LEN = 300,
	RATE_CODES = 3,
};

/**
 * struct pn532 - the chip.
 * @input:   of the host, not parsed yet
 * @output:  due at @due_us: acknowledgements at once, answers later
 * @answer:  of the running command
 * @rest:    of a response that goes by chaining
 * @listed:  a card was activated and not let go
 */
struct pn532 {
	struct pn532_card card;
	struct buf input;
	struct buf output;
	struct buf answer;
	struct buf rest;
	uint64_t due_us;
	bool running;
	bool real_time;
	bool listed;
	bool field;
	size_t chunk;
	unsigned int bit_rate;
	unsigned int fields;
	enum pn532_fault fault;
	unsigned int after;
	unsigned int times;
};

static const char *const fault_names[PN532_FAULTS] = {
	"none",   "checksum", "no-ack",   "lost",    "released", "noise",
	"wedged", "nad",      "oversize", "endless", "length",   "wrong-ats",
};

enum pn532_fault pn532_fault_by_name(const char *name)
{
	unsigned int i = 0;

	while (i < PN532_FAULTS && strcmp(fault_names[i], name) != 0)
		i++;
	return (enum pn532_fault)i;
}

struct pn532 *pn532_new(const struct pn532_card *card)
{
	struct pn532 *chip = calloc(1, sizeof(*chip));

	if (chip == NULL)
		return NULL;
	chip->card = *card;
	chip->input = buf_make(PN532_FRAME_MAX);
	chip->output = buf_make(QUEUE_MAX);
	chip->answer = buf_make(PN532_FRAME_MAX);
	chip->rest = buf_make(SIM_RESPONSE_MAX);
	chip->chunk = CHUNK_MAX;
	chip->bit_rate = 106;
	return chip;
}

void pn532_free(struct pn532 *chip)
{
	if (chip == NULL)
		return;
	buf_release(&chip->input);
	buf_release(&chip->output);
	buf_release(&chip->answer);
	buf_release(&chip->rest);
	free(chip);
}

void pn532_set_fault(struct pn532 *chip, enum pn532_fault fault,
                     unsigned int after, unsigned int times)
{
	chip->fault = fault;
	chip->after = after;
	chip->times = times;
}

void pn532_set_real_time(struct pn532 *chip, bool on)
{
	chip->real_time = on;
}

void pn532_set_chunk(struct pn532 *chip, size_t chunk)
{
	chip->chunk = chunk < CHUNK_MAX ? chunk : CHUNK_MAX;
}

unsigned int pn532_bit_rate(const struct pn532 *chip)
{
	return chip->bit_rate;
}

unsigned int pn532_fields(const struct pn532 *chip)
{
	return chip->fields;
}

/* Whether @fault strikes now; it counts what it lets pass. */
static bool strikes(struct pn532 *chip, enum pn532_fault fault)
{
	if (chip->fault != fault)
		return false;
	if (chip->after > 0) {
		chip->after--;
		return false;
	}
	if (chip->times > 0 && --chip->times == 0)
		chip->fault = PN532_FINE;
	return true;
}

static void set_field(struct pn532 *chip, bool on)
{
	if (on == chip->field)
		return;
	chip->field = on;
	chip->fields += on;
	chip->listed = false;
	chip->bit_rate = 106;
	chip->card.power(chip->card.context, on);
}

/* What a command puts after its answer code. */
typedef enum cccd_err (*perform_fn)(struct pn532 *chip, struct span args,
                                    struct buf *ret);

static enum cccd_err nothing(struct pn532 *chip, struct span args,
                             struct buf *ret)
{
	(void)chip;
	(void)args;
	(void)ret;
	return CCCD_OK;
}

static enum cccd_err status_ok(struct pn532 *chip, struct span args,
                               struct buf *ret)
{
	(void)chip;
	(void)args;
	return buf_append_byte(ret, 0);
}

/* The communication line test gives everything back. */
static enum cccd_err diagnose(struct pn532 *chip, struct span args,
                              struct buf *ret)
{
	(void)chip;
	return buf_append(ret, args);
}

static enum cccd_err firmware(struct pn532 *chip, struct span args,
                              struct buf *ret)
{
	static const uint8_t version[] = { 0x32, 0x01, 0x06, 0x07 };

	(void)chip;
	(void)args;
	return buf_append(ret, SPAN(version));
}

static enum cccd_err general_status(struct pn532 *chip, struct span args,
                                    struct buf *ret)
{
	const uint8_t status[] = { 0x00, chip->field, 0x00, 0x00 };

	(void)args;
	return buf_append(ret, SPAN(status));
}

static enum cccd_err read_registers(struct pn532 *chip, struct span args,
                                    struct buf *ret)
{
	(void)chip;
	for (size_t i = 0; i + 1 < args.len; i += 2)
		TRY(buf_append_byte(ret, 0));
	return CCCD_OK;
}

static enum cccd_err configure_rf(struct pn532 *chip, struct span args,
                                  struct buf *ret)
{
	enum { ITEM_FIELD = 0x01 };

	(void)ret;
	if (args.len >= 2 && args.at[0] == ITEM_FIELD)
		set_field(chip, (args.at[1] & 1) != 0);
	return CCCD_OK;
}

static enum cccd_err list_target(struct pn532 *chip, struct span args,
                                 struct buf *ret)
{
	/* One target: SENS_RES, SEL_RES with ISO/IEC 14443-4, random UID. */
	static const uint8_t head[] = { 0x01, 0x01, 0x00, 0x04, 0x20,
		                        0x04, 0x08, 0x3A, 0x5C, 0x91 };
	struct span ats = chip->card.ats(chip->card.context);

	if (args.len < 2 || args.at[1] != 0x00 || ats.len == 0)
		return buf_append_byte(ret, 0);
	/* A card that was activated before is activated anew. */
	chip->card.power(chip->card.context, true);
	chip->field = true;
	chip->listed = true;
	chip->bit_rate = 106;
	TRY(buf_append(ret, SPAN(head)));
	if (strikes(chip, PN532_WRONG_ATS))
		return buf_append_byte(ret, 0);
	return buf_append(ret, ats);
}

/* InPSL: both directions at the rate of a code 0, 1, 2. */
static enum cccd_err raise_rate(struct pn532 *chip, struct span args,
                                struct buf *ret)
{
	static const unsigned int rates[RATE_CODES] = { 106, 212, 424 };

	if (args.len != 3 || args.at[1] >= RATE_CODES ||
	    args.at[1] != args.at[2] || !chip->listed)
		return buf_append_byte(ret, 0x27);
	chip->bit_rate = rates[args.at[1]];
	return buf_append_byte(ret, 0);
}

static enum cccd_err release(struct pn532 *chip, struct span args,
                             struct buf *ret)
{
	chip->listed = false;
	buf_reset(&chip->rest);
	return status_ok(chip, args, ret);
}

static enum cccd_err power_down(struct pn532 *chip, struct span args,
                                struct buf *ret)
{
	set_field(chip, false);
	return status_ok(chip, args, ret);
}

static bool is_there(const struct pn532 *chip)
{
	return chip->listed && chip->card.ats(chip->card.context).len > 0;
}

/* Only the block that asks whether the card is there. */
static enum cccd_err thru(struct pn532 *chip, struct span args, struct buf *ret)
{
	enum { R_NAK = 0xB2, R_ACK = 0xA2 };

	if (args.len != 1 || args.at[0] != R_NAK || !is_there(chip))
		return buf_append_byte(ret, STATUS_TIMEOUT);
	TRY(buf_append_byte(ret, 0));
	return buf_append_byte(ret, R_ACK);
}

/* The next piece of the response; more to come is said in its status. */
static enum cccd_err put_piece(struct pn532 *chip, struct buf *ret)
{
	bool endless = chip->fault == PN532_ENDLESS && chip->after == 0;
	bool more = chip->rest.len > chip->chunk || endless;
	size_t len =
	        chip->rest.len < chip->chunk ? chip->rest.len : chip->chunk;
	uint8_t status = more ? STATUS_MORE : 0;

	if (strikes(chip, PN532_NAD))
		status |= STATUS_NAD;
	TRY(buf_append_byte(ret, status));
	TRY(buf_append(ret, span_of(chip->rest.at, len)));
	memmove(chip->rest.at, chip->rest.at + len, chip->rest.len - len);
	chip->rest.len -= len;
	return CCCD_OK;
}

static enum cccd_err ask_card(struct pn532 *chip, struct span command,
                              struct buf *ret)
{
	struct sim_outcome outcome = { 0 };

	if (!is_there(chip) || strikes(chip, PN532_LOST)) {
		chip->listed = false;
		return buf_append_byte(ret, STATUS_TIMEOUT);
	}
	if (strikes(chip, PN532_RELEASED)) {
		chip->listed = false;
		return buf_append_byte(ret, STATUS_RELEASED);
	}
	TRY(chip->card.exchange(chip->card.context, command, &chip->rest,
	                        &outcome));
	if (chip->real_time)
		chip->due_us += outcome.time_us;
	if (outcome.removed || outcome.mute)
		return buf_append_byte(ret, STATUS_TIMEOUT);
	while (chip->fault == PN532_OVERSIZE && chip->after == 0 &&
	       chip->rest.len < OVERSIZE_LEN)
		TRY(buf_append_byte(&chip->rest, 0x5A));
	(void)strikes(chip, PN532_OVERSIZE);
	if (chip->fault == PN532_ENDLESS && chip->after > 0)
		chip->after--;
	return put_piece(chip, ret);
}

static enum cccd_err exchange(struct pn532 *chip, struct span args,
                              struct buf *ret)
{
	if (args.len == 0)
		return buf_append_byte(ret, 0x27);
	if (args.len == 1)
		return put_piece(chip, ret);
	buf_reset(&chip->rest);
	return ask_card(chip, span_after(args, 1), ret);
}

static const struct command {
	uint8_t code;
	perform_fn perform;
} commands[] = {
	{ 0x00, diagnose },       { 0x02, firmware },
	{ 0x04, general_status }, { 0x06, read_registers },
	{ 0x08, nothing },        { 0x12, nothing },
	{ 0x14, nothing },        { 0x16, power_down },
	{ 0x32, configure_rf },   { 0x40, exchange },
	{ 0x42, thru },           { 0x44, release },
	{ 0x4A, list_target },    { 0x4E, raise_rate },
	{ 0x52, release },        { 0x54, status_ok },
};

static const struct command *find(uint8_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

static enum cccd_err put_answer(struct pn532 *chip, struct span payload)
{
	size_t checksum;

	buf_reset(&chip->answer);
	TRY(pn532_frame_put(payload, &chip->answer));
	checksum = chip->answer.len - 2;
	if (payload.at[1] == 0x41 && strikes(chip, PN532_CHECKSUM))
		chip->answer.at[checksum] ^= 0x01;
	if (payload.at[1] == 0x41 && strikes(chip, PN532_LENGTH))
		chip->answer.at[4] ^= 0x01;
	chip->running = true;
	return CCCD_OK;
}

static enum cccd_err run(struct pn532 *chip, struct span payload)
{
	BUF body = buf_make(PN532_FRAME_MAX);
	const struct command *command = find(payload.at[0]);

	if (command == NULL) {
		chip->running = true;
		return buf_set(&chip->answer, pn532_error_frame());
	}
	TRY(buf_append_byte(&body, TFI_CHIP));
	TRY(buf_append_byte(&body, (uint8_t)(command->code + 1)));
	TRY(command->perform(chip, span_after(payload, 1), &body));
	return put_answer(chip, buf_span(&body));
}

/* A wedged chip stays so until somebody takes the fault away. */
static bool is_wedged(struct pn532 *chip, uint8_t code)
{
	if (chip->fault != PN532_WEDGED)
		return false;
	if (chip->after > 0 && code == 0x40)
		chip->after--;
	return chip->after == 0;
}

static enum cccd_err obey(struct pn532 *chip, const struct pn532_frame *frame,
                          uint64_t now_us)
{
	static const uint8_t noise[] = { 0x00, 0xFF, 0x80, 0x55, 0x00,
		                         0xFF, 0x13, 0x37, 0xAA, 0x00 };

	/* Any frame, an acknowledgement too, ends the running command. */
	chip->running = false;
	if (frame->kind == PN532_ACK || frame->kind == PN532_NACK)
		return CCCD_OK;
	if (is_wedged(chip, frame->payload.at[0]))
		return CCCD_OK;
	if (strikes(chip, PN532_NO_ACK))
		return CCCD_OK;
	if (strikes(chip, PN532_NOISE))
		TRY(buf_append(&chip->output, SPAN(noise)));
	TRY(buf_append(&chip->output, pn532_ack_frame()));
	chip->due_us = now_us;
	return run(chip, frame->payload);
}

enum cccd_err pn532_feed(struct pn532 *chip, struct span bytes, uint64_t now_us)
{
	struct pn532_frame frame;
	size_t used;

	if (bytes.len > PN532_FRAME_MAX - chip->input.len)
		buf_reset(&chip->input);
	TRY(buf_append(&chip->input, span_first(bytes, PN532_FRAME_MAX)));
	for (;;) {
		used = pn532_frame_take(buf_span(&chip->input), &frame);
		if (used == 0)
			return CCCD_OK;
		if (frame.kind != PN532_NO_FRAME)
			TRY(obey(chip, &frame, now_us));
		memmove(chip->input.at, chip->input.at + used,
		        chip->input.len - used);
		chip->input.len -= used;
	}
}

uint64_t pn532_take(struct pn532 *chip, uint64_t now_us, struct buf *ret)
{
	if (chip->output.len > 0) {
		if (buf_append(ret, buf_span(&chip->output)) != CCCD_OK)
			return UINT64_MAX;
		buf_reset(&chip->output);
	}
	if (!chip->running)
		return UINT64_MAX;
	if (now_us < chip->due_us)
		return chip->due_us - now_us;
	chip->running = false;
	(void)!buf_append(ret, buf_span(&chip->answer));
	return UINT64_MAX;
}

struct pn532_ats pn532_ats_of(struct span atr)
{
	enum { ATR_HEAD = 4, HISTORICAL_MASK = 0x0F };
	/* FSC 256; 212 and 424 kbit/s both ways; FWI 8; CID. */
	struct pn532_ats ats = { { 0, 0x78, 0x33, 0x80, 0x02 }, 5 };
	size_t len = 0;

	if (atr.len > ATR_HEAD && atr.at[0] == 0x3B && atr.at[2] == 0x80 &&
	    atr.at[3] == 0x01)
		len = atr.at[1] & HISTORICAL_MASK;
	if (len > 0 && ATR_HEAD + len < atr.len) {
		memcpy(ats.bytes + ats.len, atr.at + ATR_HEAD, len);
		ats.len += len;
	}
	ats.bytes[0] = (uint8_t)ats.len;
	return ats;
}
