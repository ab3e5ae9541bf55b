/* SPDX-License-Identifier: Apache-2.0 */
/* The chip's main loop: a command in, an answer out, and the time it took. */
#include "tests/sim/chip.h"

#include <stdlib.h>

enum { CHAIN_LIMIT = 4096 };

typedef uint16_t (*handler)(struct sim_card *card,
                            const struct chip_command *cmd, struct buf *ret);

static uint16_t manage_security(struct sim_card *card,
                                const struct chip_command *cmd,
                                struct buf *ret);
static uint16_t general_authenticate(struct sim_card *card,
                                     const struct chip_command *cmd,
                                     struct buf *ret);

/* struct command_row - an instruction and the name of its step. */
static const struct command_row {
	uint8_t ins;
	const char *step;
	handler run;
} command_rows[] = {
	{ 0xA4, "select", chip_select },
	{ 0xB0, "read", chip_read_binary },
	{ 0xB1, "read", chip_read_binary },
	{ 0x84, "challenge", chip_get_challenge },
	{ 0x82, "bac", chip_external_authenticate },
	{ 0x22, "mse", manage_security },
	{ 0x86, "general_authenticate", general_authenticate },
	{ 0x88, "active_auth", chip_internal_authenticate },
};

/* struct mse_row - MSE:Set in its three uses here. */
static const struct mse_row {
	uint8_t p1;
	uint8_t p2;
	const char *step;
	handler run;
} mse_rows[] = {
	{ 0xC1, 0xA4, "pace_mse", chip_pace_set_at },
	{ 0x41, 0xA4, "ca_mse", chip_ca_set_at },
	{ 0x41, 0xA6, "ca_kat", chip_ca_set_kat },
};

static const char *const pace_steps[] = { "", "pace_nonce", "pace_map",
	                                  "pace_agree", "pace_token" };

static const struct mse_row *mse_of(const struct chip_command *cmd)
{
	for (size_t i = 0; i < ARRAY_LEN(mse_rows); i++) {
		if (mse_rows[i].p1 == cmd->p1 && mse_rows[i].p2 == cmd->p2)
			return &mse_rows[i];
	}
	return NULL;
}

static uint16_t manage_security(struct sim_card *card,
                                const struct chip_command *cmd, struct buf *ret)
{
	const struct mse_row *row = mse_of(cmd);

	return row == NULL ? SW_PARAMETERS : row->run(card, cmd, ret);
}

static uint16_t general_authenticate(struct sim_card *card,
                                     const struct chip_command *cmd,
                                     struct buf *ret)
{
	if (card->state.ca_key >= 0)
		return chip_ca_agree(card, cmd, ret);
	return chip_pace_step(card, cmd, ret);
}

static const struct command_row *row_of(uint8_t ins)
{
	for (size_t i = 0; i < ARRAY_LEN(command_rows); i++) {
		if (command_rows[i].ins == ins)
			return &command_rows[i];
	}
	return NULL;
}

static const char *step_of(const struct sim_card *card,
                           const struct chip_command *cmd)
{
	const struct command_row *row = row_of(cmd->ins);

	if (cmd->ins == 0x22 && mse_of(cmd) != NULL)
		return mse_of(cmd)->step;
	if (cmd->ins == 0x86)
		return card->state.ca_key >= 0
		               ? "chip_auth"
		               : pace_steps[card->state.pace.step];
	if (cmd->ins == 0xA4 && cmd->p1 == 0x04)
		return "select_application";
	return row == NULL ? "" : row->step;
}

void chip_abort(struct sim_card *card)
{
	card->state.session = (struct chip_session){ .open = false };
	card->state.has_next = false;
	card->state.granted = card->profile->access.open;
	card->state.ca_key = -1;
	chip_pace_reset(&card->state.pace);
}

static void forget(struct sim_card *card)
{
	struct chip_state *state = &card->state;

	chip_pace_reset(&state->pace);
	buf_release(&state->chain);
	buf_release(&state->more);
	*state = (struct chip_state){ .file = SIM_FILES,
		                      .context = CONTEXT_NONE,
		                      .ca_key = -1,
		                      .chain = buf_make(CHAIN_LIMIT),
		                      .more = buf_make(CHIP_RESPONSE_MAX) };
}

void sim_card_power(struct sim_card *card, bool on)
{
	forget(card);
	card->powered = on;
	card->reinsert = NULL;
	if (on)
		card->counters.power_ups++;
}

/* Whether what was gathered and @data make one whole object. */
static bool completes(const struct sim_card *card, struct span data)
{
	BUF whole = buf_make(CHAIN_LIMIT);
	struct span rest;
	struct span value;
	uint32_t tag;

	if (buf_append(&whole, buf_span(&card->state.chain)) != CCCD_OK ||
	    buf_append(&whole, data) != CCCD_OK)
		return false;
	rest = buf_span(&whole);
	return sim_der_next(&rest, &tag, &value);
}

/* GENERAL AUTHENTICATE in PACE answers each link of its chain once the
 * dynamic data are whole; everything else gathers until the last link.
 * [9303-11 4.4.4.3; ISO/IEC 7816-4 5.3.3] */
static bool gathers(const struct sim_card *card, const struct chip_command *cmd)
{
	if (!cmd->chained)
		return false;
	if (cmd->ins == 0x86 && card->state.ca_key < 0)
		return !completes(card, cmd->data);
	return true;
}

static uint16_t gather(struct sim_card *card, const struct chip_command *cmd)
{
	struct chip_state *state = &card->state;

	if (!card->profile->behaviour.chaining)
		return 0x6884;
	if (state->chain.len > 0 && state->chain_ins != cmd->ins) {
		buf_reset(&state->chain);
		return 0x6883;
	}
	state->chain_ins = cmd->ins;
	return buf_append(&state->chain, cmd->data) == CCCD_OK ? SW_OK
	                                                       : SW_LENGTH;
}

/* Run a command whose data are complete. */
static uint16_t run(struct sim_card *card, struct chip_command *cmd,
                    struct buf *data)
{
	const struct command_row *row = row_of(cmd->ins);
	BUF whole = buf_make(CHAIN_LIMIT);

	if (row == NULL)
		return SW_INS;
	/* Some chips insist on case 3 exactly as the standard shows it. */
	if (card->profile->behaviour.refuse_le && cmd->has_le &&
	    (cmd->ins == 0xA4 || cmd->ins == 0x22))
		return SW_LENGTH;
	if (gathers(card, cmd))
		return gather(card, cmd);
	if (card->state.chain.len > 0 && card->state.chain_ins == cmd->ins) {
		if (buf_append(&card->state.chain, cmd->data) != CCCD_OK ||
		    buf_append(&whole, buf_span(&card->state.chain)) != CCCD_OK)
			return SW_LENGTH;
		cmd->data = buf_span(&whole);
	}
	buf_reset(&card->state.chain);
	return row->run(card, cmd, data);
}

/* What the handlers see: the secured command unwrapped, or the plain one
 * with its consequence for an open session. */
static uint16_t receive(struct sim_card *card, struct span apdu,
                        struct chip_command *cmd, struct buf *plain)
{
	struct chip_state *state = &card->state;

	if (!chip_command_parse(apdu, cmd))
		return SW_LENGTH;
	if (cmd->extended && !card->profile->behaviour.extended)
		return SW_LENGTH;
	if ((cmd->cla & 0xE0) != 0 ||
	    ((cmd->cla & 0x0C) != 0 && (cmd->cla & 0x0C) != 0x0C))
		return SW_CLA;
	if ((cmd->cla & 0x0C) == 0x0C)
		return chip_session_unwrap(&state->session, card->profile, apdu,
		                           cmd, plain);
	/* [9303-11 9.8.3] A plain command ends the session. */
	if (state->session.open)
		return (uint16_t)card->profile->behaviour.plain_sw;
	return SW_OK;
}

static enum cccd_err put_sw(struct buf *response, uint16_t sw)
{
	TRY(buf_append_byte(response, (uint8_t)(sw >> 8)));
	return buf_append_byte(response, (uint8_t)sw);
}

static bool is_error(uint16_t sw)
{
	return sw != SW_OK && sw != SW_END_OF_FILE;
}

static void begin_session(struct sim_card *card)
{
	const struct chip_keys *keys = &card->state.next.keys;
	size_t len = sim_key_len(keys->cipher);

	card->state.session = card->state.next;
	card->state.has_next = false;
	if (card->key_tap != NULL)
		card->key_tap(card->key_tap_context, span_of(keys->enc, len),
		              span_of(keys->mac, len));
}

/* Protected or not, and the keys of the next command. */
static enum cccd_err respond(struct sim_card *card,
                             const struct chip_command *cmd, struct span data,
                             uint16_t sw, struct buf *response)
{
	struct chip_state *state = &card->state;

	if (cmd->secured && is_error(sw) &&
	    card->profile->behaviour.naked_errors) {
		TRY(put_sw(response, sw));
		chip_abort(card);
	} else if (cmd->secured) {
		TRY(chip_session_wrap(card, cmd, data, sw, response));
	} else {
		TRY(buf_append(response, data));
		TRY(put_sw(response, sw));
	}
	TRY(chip_faults_wire(card, cmd->secured, data, sw, response));
	if (chip_fault(card, SIM_FAULT_SW) != NULL)
		chip_abort(card);
	if (state->has_next)
		begin_session(card);
	return CCCD_OK;
}

/* A whole answer beyond what was asked for is handed out in pieces.
 * [ISO/IEC 7816-4 5.3.4] */
static enum cccd_err fit(struct sim_card *card, const struct chip_command *cmd,
                         size_t limit, struct buf *response)
{
	size_t body = response->len - 2;
	struct buf *more = &card->state.more;
	size_t rest;

	(void)cmd;
	if (!card->profile->behaviour.more_61 || body <= limit)
		return CCCD_OK;
	rest = body - limit;
	TRY(buf_set(more, span_of(response->at + limit, rest + 2)));
	response->len = limit;
	return put_sw(response, (uint16_t)(0x6100 | (rest > 0xFF ? 0 : rest)));
}

static enum cccd_err get_response(struct sim_card *card,
                                  const struct chip_command *cmd,
                                  struct buf *response)
{
	BUF all = buf_make(CHIP_RESPONSE_MAX);

	TRY(buf_append(&all, buf_span(&card->state.more)));
	buf_reset(&card->state.more);
	TRY(buf_append(response, buf_span(&all)));
	return fit(card, cmd, cmd->ne, response);
}

/* What an answer may carry under the command's own Le. */
static bool too_long(const struct sim_card *card,
                     const struct chip_command *cmd, size_t len)
{
	size_t wire = cmd->extended ? 65536 : 256;

	if (cmd->ins == 0xB0 || cmd->ins == 0xB1 ||
	    card->profile->behaviour.more_61 || len == 0)
		return false;
	if (cmd->secured)
		return len > chip_session_room(&card->state.session, wire);
	return len > wire;
}

/* struct turn - one exchange while it is worked on. */
struct turn {
	struct chip_command cmd;
	struct buf plain;
	struct buf data;
	size_t wire_ne;
	uint16_t sw;
};

static void turn_release(struct turn *turn)
{
	buf_release(&turn->plain);
	buf_release(&turn->data);
}

static enum cccd_err process(struct sim_card *card, struct span apdu,
                             struct turn *turn, struct buf *response)
{
	struct chip_command *cmd = &turn->cmd;
	struct chip_command outer = { .ne = 256 };

	if (chip_command_parse(apdu, &outer) && outer.ins == 0xC0 &&
	    card->state.more.len > 0)
		return get_response(card, &outer, response);
	turn->wire_ne = outer.has_le ? outer.ne : 256;
	turn->sw = receive(card, apdu, cmd, &turn->plain);
	if (turn->sw != SW_OK) {
		chip_abort(card);
		return put_sw(response, turn->sw);
	}
	turn->sw = run(card, cmd, &turn->data);
	if (too_long(card, cmd, turn->data.len)) {
		buf_reset(&turn->data);
		turn->sw = SW_LENGTH;
	}
	if (is_error(turn->sw))
		buf_reset(&turn->data);
	chip_faults_plain(card, &turn->data, &turn->sw);
	TRY(respond(card, cmd, buf_span(&turn->data), turn->sw, response));
	return fit(card, cmd, turn->wire_ne, response);
}

/* The command as its handler will see it, so that a fault can tell which
 * file and step it is. The session is not touched. */
static void peek(const struct sim_card *card, struct span apdu,
                 struct chip_command *cmd, struct buf *plain)
{
	struct chip_session session = card->state.session;

	*cmd = (struct chip_command){ .cla = 0 };
	if (!chip_command_parse(apdu, cmd))
		return;
	if ((cmd->cla & 0x0C) == 0x0C)
		(void)chip_session_unwrap(&session, card->profile, apdu, cmd,
		                          plain);
}

/* ISO/IEC 14443-4 over type A: 9 bits a byte, 3 bytes around each block of
 * 253, and an R(ACK) of 3 for all but the last one. */
static uint64_t air_us(const struct sim_card *card, size_t bytes)
{
	size_t blocks = bytes / 253 + 1;
	uint64_t bits = 9 * (uint64_t)(bytes + 3 * (2 * blocks - 1));
	unsigned int rate = card->profile->latency.bit_rate_kbps;

	return rate == 0 ? 0 : bits * 1000 / rate;
}

static uint64_t time_of(const struct sim_card *card,
                        const struct chip_command *cmd, const char *step,
                        size_t sent, size_t received)
{
	const struct sim_latency_profile *latency = &card->profile->latency;
	uint64_t us = (uint64_t)latency->per_apdu_ms * 1000 +
	              air_us(card, sent) + air_us(card, received);
	const struct sim_fault_profile *slow = chip_fault(card, SIM_FAULT_SLOW);

	if (strncmp(step, "pace_", 5) == 0 && cmd->ins == 0x86)
		us += (uint64_t)latency->pace_ms * 1000;
	if (strcmp(step, "chip_auth") == 0 || strcmp(step, "ca_kat") == 0)
		us += (uint64_t)latency->ca_ms * 1000;
	if (cmd->ins == 0x88)
		us += (uint64_t)latency->aa_ms * 1000;
	if (slow != NULL)
		us += (uint64_t)slow->value * 1000;
	return us;
}

static void tell(struct sim_card *card, struct span apdu,
                 const struct chip_command *cmd, const struct turn *turn,
                 struct buf *response)
{
	BUF plain = buf_make(CHIP_RESPONSE_MAX);
	BUF answer = buf_make(CHIP_RESPONSE_MAX);
	uint8_t head[4] = { cmd->cla, cmd->ins, cmd->p1, cmd->p2 };
	struct sim_exchange exchange = { .number = card->exchanges,
		                         .command = apdu,
		                         .plain_command = apdu,
		                         .secured = cmd->secured };

	if (card->tap == NULL)
		return;
	if (cmd->secured && buf_append(&plain, SPAN(head)) == CCCD_OK &&
	    buf_append_byte(&plain, (uint8_t)cmd->data.len) == CCCD_OK &&
	    buf_append(&plain, cmd->data) == CCCD_OK)
		exchange.plain_command = buf_span(&plain);
	if (buf_append(&answer, buf_span(&turn->data)) == CCCD_OK &&
	    put_sw(&answer, turn->sw) == CCCD_OK)
		exchange.plain_response = buf_span(&answer);
	card->tap(card->tap_context, &exchange, response);
}

static void account(struct sim_card *card, const struct chip_command *cmd,
                    size_t sent, size_t received, uint64_t time_us)
{
	card->counters.apdus++;
	card->counters.by_ins[cmd->ins]++;
	card->counters.sent += sent;
	card->counters.received += received;
	card->counters.time_us += time_us;
	card->answered += received;
}

static enum cccd_err leave(struct sim_card *card, struct sim_outcome *ret)
{
	const struct sim_fault_profile *remove =
	        chip_fault(card, SIM_FAULT_REMOVE);

	ret->removed = remove != NULL;
	ret->mute = !ret->removed;
	if (remove != NULL) {
		forget(card);
		card->powered = false;
		card->reinsert = remove->reinsert;
	}
	return CCCD_OK;
}

enum cccd_err sim_card_exchange(struct sim_card *card, struct span command,
                                struct buf *response, struct sim_outcome *ret)
{
	CLEANUP(turn_release)
	struct turn turn = { .plain = buf_make(CHIP_RESPONSE_MAX),
		             .data = buf_make(CHIP_RESPONSE_MAX) };
	struct chip_command seen;
	BUF plain = buf_make(CHIP_RESPONSE_MAX);
	const char *step;

	buf_reset(response);
	*ret = (struct sim_outcome){ .mute = !card->powered };
	if (!card->powered)
		return CCCD_OK;
	card->exchanges++;
	peek(card, command, &seen, &plain);
	step = step_of(card, &seen);
	chip_faults_choose(card, &seen, step);
	ret->time_us = time_of(card, &seen, step, command.len, 0);
	if (chip_fault(card, SIM_FAULT_REMOVE) != NULL ||
	    chip_fault(card, SIM_FAULT_MUTE) != NULL) {
		account(card, &seen, command.len, 0, ret->time_us);
		return leave(card, ret);
	}
	TRY(process(card, command, &turn, response));
	ret->time_us = time_of(card, &seen, step, command.len, response->len);
	account(card, &seen, command.len, response->len, ret->time_us);
	TRY(buf_set(&card->last_response, buf_span(response)));
	tell(card, command, &seen, &turn, response);
	return CCCD_OK;
}
