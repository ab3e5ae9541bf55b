/* SPDX-License-Identifier: Apache-2.0 */
/* When a fault strikes, and what it does to an answer. */
#include "tests/sim/chip.h"

/* The step at which a kind makes sense when the profile names none. */
static const char *step_of_kind(unsigned int kind)
{
	switch (kind) {
	case SIM_FAULT_WRONG_TOKEN:
	case SIM_FAULT_CAM_BAD:
	case SIM_FAULT_CAM_ABSENT: return "pace_token";
	case SIM_FAULT_REFLECT:
	case SIM_FAULT_OFF_CURVE:
	case SIM_FAULT_INFINITY:
	case SIM_FAULT_SMALL_ORDER: return "pace_agree";
	case SIM_FAULT_BAC_MAC:
	case SIM_FAULT_BAC_RND_IFD:
	case SIM_FAULT_BAC_RND_IC:
	case SIM_FAULT_BAC_SHORT:
	case SIM_FAULT_BAC_LONG: return "bac";
	default: return "";
	}
}

/* Kinds that only make sense under secure messaging. */
static bool needs_session(unsigned int kind)
{
	return kind == SIM_FAULT_BAD_MAC || kind == SIM_FAULT_DROP_99 ||
	       kind == SIM_FAULT_DROP_8E || kind == SIM_FAULT_EXTRA ||
	       kind == SIM_FAULT_DUPLICATE || kind == SIM_FAULT_SWAP ||
	       kind == SIM_FAULT_SM_SW || kind == SIM_FAULT_PLAIN ||
	       kind == SIM_FAULT_OUTER_SW;
}

static bool matches(const struct sim_card *card,
                    const struct sim_fault_profile *fault,
                    const struct chip_command *cmd, const char *step)
{
	const char *wanted = fault->step[0] != '\0' ? fault->step
	                                            : step_of_kind(fault->kind);
	size_t end = 0;
	enum sim_file_id file = chip_addressed(card, cmd, &end);

	return (fault->apdu == 0 || fault->apdu == card->exchanges) &&
	       (fault->power == 0 ||
	        fault->power == card->counters.power_ups) &&
	       (fault->ins == SIM_ANY || fault->ins == cmd->ins) &&
	       (wanted[0] == '\0' || strcmp(wanted, step) == 0) &&
	       (fault->file == SIM_FILES || fault->file == file) &&
	       (!fault->has_offset || end > fault->offset) &&
	       (fault->received == 0 || card->answered >= fault->received) &&
	       (!needs_session(fault->kind) || cmd->secured);
}

void chip_faults_choose(struct sim_card *card, const struct chip_command *cmd,
                        const char *step)
{
	card->active_count = 0;
	for (size_t i = 0; i < card->profile->fault_count; i++) {
		const struct sim_fault_profile *fault =
		        &card->profile->faults[i];
		struct chip_fault_state *state = &card->faults[i];

		if (!matches(card, fault, cmd, step))
			continue;
		state->matched++;
		if (state->matched < fault->nth ||
		    (fault->times != 0 && state->struck >= fault->times) ||
		    card->active_count == CHIP_ACTIVE_MAX)
			continue;
		state->struck++;
		card->active[card->active_count++] = fault;
	}
}

const struct sim_fault_profile *chip_fault(const struct sim_card *card,
                                           enum sim_fault_kind kind)
{
	for (size_t i = 0; i < card->active_count; i++) {
		if (card->active[i]->kind == kind)
			return card->active[i];
	}
	return NULL;
}

/* Before protection: the card means what it says. */
void chip_faults_plain(struct sim_card *card, struct buf *data, uint16_t *sw)
{
	const struct sim_fault_profile *fault =
	        chip_fault(card, SIM_FAULT_SM_SW);

	if (fault != NULL) {
		buf_reset(data);
		*sw = (uint16_t)fault->value;
	}
	fault = chip_fault(card, SIM_FAULT_DATA);
	if (fault != NULL && buf_set(data, buf_span(&fault->bytes)) != CCCD_OK)
		*sw = SW_UNKNOWN;
	if (chip_fault(card, SIM_FAULT_EMPTY) != NULL)
		buf_reset(data);
	fault = chip_fault(card, SIM_FAULT_TRUNCATE);
	if (fault != NULL && data->len > fault->value)
		data->len = fault->value;
}

enum cccd_err chip_faults_objects(struct sim_card *card,
                                  struct sim_der *objects, struct span do87,
                                  struct span do99)
{
	static const uint8_t extra[] = { 0x80, 0x01, 0x00 };
	bool swap = chip_fault(card, SIM_FAULT_SWAP) != NULL;

	if (!swap)
		sim_der_raw(objects, do87);
	if (chip_fault(card, SIM_FAULT_DROP_99) == NULL)
		sim_der_raw(objects, do99);
	if (swap)
		sim_der_raw(objects, do87);
	if (chip_fault(card, SIM_FAULT_EXTRA) != NULL)
		sim_der_raw(objects, SPAN(extra));
	if (chip_fault(card, SIM_FAULT_DUPLICATE) != NULL)
		sim_der_raw(objects, do99);
	return objects->err;
}

static void flip(struct buf *response, unsigned int bit)
{
	if (bit / 8 < response->len)
		response->at[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
}

static enum cccd_err set_outer(struct buf *response, unsigned int sw)
{
	if (response->len >= 2)
		response->len -= 2;
	TRY(buf_append_byte(response, (uint8_t)(sw >> 8)));
	return buf_append_byte(response, (uint8_t)sw);
}

static enum cccd_err replace(struct sim_card *card, struct span data,
                             uint16_t sw, struct buf *response)
{
	const struct sim_fault_profile *fault;

	if (chip_fault(card, SIM_FAULT_PLAIN) != NULL) {
		TRY(buf_set(response, data));
		TRY(buf_append_byte(response, (uint8_t)(sw >> 8)));
		TRY(buf_append_byte(response, (uint8_t)sw));
	}
	fault = chip_fault(card, SIM_FAULT_WIRE);
	if (fault != NULL)
		TRY(buf_set(response, buf_span(&fault->bytes)));
	if (chip_fault(card, SIM_FAULT_REPLAY) != NULL &&
	    card->last_response.len > 0)
		TRY(buf_set(response, buf_span(&card->last_response)));
	fault = chip_fault(card, SIM_FAULT_SW);
	if (fault != NULL) {
		buf_reset(response);
		TRY(set_outer(response, fault->value));
	}
	return CCCD_OK;
}

/* DO'8E' and the status word are the last 12 bytes. */
enum { TAIL = 12 };

static enum cccd_err drop_checksum(struct buf *response)
{
	uint8_t sw[2];

	if (response->len < TAIL)
		return CCCD_OK;
	memcpy(sw, response->at + response->len - 2, 2);
	response->len -= TAIL;
	return buf_append(response, SPAN(sw));
}

enum cccd_err chip_faults_wire(struct sim_card *card, bool secured,
                               struct span data, uint16_t sw,
                               struct buf *response)
{
	const struct sim_fault_profile *fault;

	if (secured && response->len >= TAIL &&
	    chip_fault(card, SIM_FAULT_BAD_MAC) != NULL)
		response->at[response->len - 3] ^= 0x01;
	if (secured && chip_fault(card, SIM_FAULT_DROP_8E) != NULL)
		TRY(drop_checksum(response));
	TRY(replace(card, data, sw, response));
	fault = chip_fault(card, SIM_FAULT_OUTER_SW);
	if (fault != NULL)
		TRY(set_outer(response, fault->value));
	fault = chip_fault(card, SIM_FAULT_FLIP);
	if (fault != NULL)
		flip(response, fault->value);
	fault = chip_fault(card, SIM_FAULT_APPEND);
	if (fault != NULL && response->len >= 2) {
		unsigned int outer =
		        (unsigned int)response->at[response->len - 2] << 8 |
		        response->at[response->len - 1];

		response->len -= 2;
		TRY(buf_append(response, buf_span(&fault->bytes)));
		TRY(buf_append_byte(response, (uint8_t)(outer >> 8)));
		TRY(buf_append_byte(response, (uint8_t)outer));
	}
	return CCCD_OK;
}
