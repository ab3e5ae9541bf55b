/* SPDX-License-Identifier: Apache-2.0 */
/* SELECT and READ BINARY: ISO/IEC 7816-4 11.1.1, 11.3.3; 9303-10 3.6. */
#include "tests/sim/chip.h"

enum { MF = 0x3F00, APPLICATION_DG1 = 0x0101 };

static const uint8_t emrtd_aid[] = { 0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01 };

/* struct row - where a file lives. */
static const struct row {
	enum sim_file_id id;
	enum chip_context context;
	uint16_t fid;
	uint8_t sfi;
} rows[] = {
	{ SIM_FILE_COM, CONTEXT_APPLICATION, 0x011E, 0x1E },
	{ SIM_FILE_SOD, CONTEXT_APPLICATION, 0x011D, 0x1D },
	{ SIM_FILE_CVCA, CONTEXT_APPLICATION, 0x011C, 0x1C },
	{ SIM_FILE_CARD_ACCESS, CONTEXT_MF, 0x011C, 0x1C },
	{ SIM_FILE_CARD_SECURITY, CONTEXT_MF, 0x011D, 0x1D },
	{ SIM_FILE_ATR_INFO, CONTEXT_MF, 0x2F01, 0x01 },
	{ SIM_FILE_DIR, CONTEXT_MF, 0x2F00, 0x1E },
};

static enum sim_file_id data_group(unsigned int number)
{
	return number >= 1 && number <= 16
	               ? (enum sim_file_id)(SIM_FILE_DG1 + number - 1)
	               : SIM_FILES;
}

static enum sim_file_id lookup(enum chip_context context, unsigned int fid,
                               unsigned int sfi)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].context == context &&
		    (rows[i].fid == fid || rows[i].sfi == sfi))
			return rows[i].id;
	}
	if (context != CONTEXT_APPLICATION)
		return SIM_FILES;
	if (sfi != 0)
		return data_group(sfi);
	return data_group(fid - APPLICATION_DG1 + 1);
}

/* A file of the current context; of the master file also from within the
 * application where the profile says so. */
static enum sim_file_id find(const struct sim_card *card, unsigned int fid,
                             unsigned int sfi)
{
	enum sim_file_id id = SIM_FILES;

	if (card->state.context == CONTEXT_APPLICATION)
		id = lookup(CONTEXT_APPLICATION, fid, sfi);
	if (id != SIM_FILES && card->files[id].present)
		return id;
	if (card->state.context != CONTEXT_APPLICATION ||
	    (card->profile->behaviour.card_access_anywhere && fid != 0))
		return lookup(CONTEXT_MF, fid, sfi);
	return id;
}

static bool open_to_all(enum sim_file_id id)
{
	return id == SIM_FILE_CARD_ACCESS || id == SIM_FILE_ATR_INFO ||
	       id == SIM_FILE_DIR;
}

/* [9303-11 4.2] */
static uint16_t allowed(const struct sim_card *card, enum sim_file_id id,
                        const struct chip_command *cmd)
{
	const struct chip_file *file = &card->files[id];

	if (id == SIM_FILE_CARD_ACCESS &&
	    card->profile->behaviour.card_access_sw != 0)
		return (uint16_t)card->profile->behaviour.card_access_sw;
	if (!file->present)
		return SW_NOT_FOUND;
	if (!open_to_all(id) && !card->profile->access.open &&
	    !(card->state.granted && cmd->secured))
		return SW_SECURITY;
	return file->locked != 0 ? (uint16_t)file->locked : SW_OK;
}

static uint16_t select_application(struct sim_card *card,
                                   const struct chip_command *cmd)
{
	uint16_t sw = (uint16_t)card->profile->behaviour.select_application;

	if (sw != 0)
		return sw;
	if (!span_equal(cmd->data, SPAN(emrtd_aid)))
		return SW_NOT_FOUND;
	card->state.context = CONTEXT_APPLICATION;
	card->state.file = SIM_FILES;
	card->state.has_challenge = false;
	return SW_OK;
}

static uint16_t select_mf(struct sim_card *card)
{
	uint16_t sw = (uint16_t)card->profile->behaviour.select_mf;

	if (sw != SW_OK)
		return sw;
	card->state.context = CONTEXT_MF;
	card->state.file = SIM_FILES;
	return SW_OK;
}

static uint16_t select_file(struct sim_card *card,
                            const struct chip_command *cmd)
{
	unsigned int fid = (unsigned int)cmd->data.at[0] << 8 | cmd->data.at[1];
	enum sim_file_id id = find(card, fid, 0);
	uint16_t sw;

	if (!card->profile->behaviour.fid)
		return SW_PARAMETERS;
	if (id == SIM_FILES)
		return SW_NOT_FOUND;
	sw = allowed(card, id, cmd);
	if (sw == SW_OK)
		card->state.file = id;
	return sw;
}

uint16_t chip_select(struct sim_card *card, const struct chip_command *cmd,
                     struct buf *ret)
{
	(void)ret;
	if (cmd->p1 == 0x04)
		return select_application(card, cmd);
	if (cmd->p1 == 0x00 &&
	    (cmd->data.len == 0 ||
	     (cmd->data.len == 2 && cmd->data.at[0] == MF >> 8 &&
	      cmd->data.at[1] == (MF & 0xFF))))
		return select_mf(card);
	if ((cmd->p1 != 0x02 && cmd->p1 != 0x00) || cmd->data.len != 2)
		return SW_PARAMETERS;
	/* FCI is not offered: P2 must ask for none. [9303-10 3.6.2] */
	if (cmd->p2 != 0x0C)
		return SW_PARAMETERS;
	return select_file(card, cmd);
}

/* Offset object 54 of the odd instruction. [ISO/IEC 7816-4 11.3.3] */
static bool odd_offset(struct span data, size_t *ret)
{
	struct span value;
	size_t offset = 0;

	if (!sim_der_find(data, 0x54, &value) || value.len == 0 ||
	    value.len > 3)
		return false;
	for (size_t i = 0; i < value.len; i++)
		offset = offset << 8 | value.at[i];
	*ret = offset;
	return true;
}

/* struct place - what a READ BINARY addresses. */
struct place {
	enum sim_file_id id;
	size_t offset;
	bool by_sfi;
};

static uint16_t place_of(const struct sim_card *card,
                         const struct chip_command *cmd, struct place *ret)
{
	struct place place = { .id = card->state.file };
	unsigned int p12 = (unsigned int)cmd->p1 << 8 | cmd->p2;

	if (cmd->ins == 0xB1) {
		if (!odd_offset(cmd->data, &place.offset))
			return SW_DATA;
		if (p12 >= 1 && p12 <= 0x1F) {
			place.by_sfi = true;
			place.id = find(card, 0, p12);
		} else if (p12 != 0) {
			place.id = find(card, p12, 0);
		}
	} else if (cmd->p1 & 0x80) {
		place.by_sfi = true;
		place.offset = cmd->p2;
		place.id = find(card, 0, cmd->p1 & 0x1F);
	} else {
		place.offset = p12;
	}
	if (place.by_sfi && !card->profile->behaviour.sfi)
		return (uint16_t)card->profile->behaviour.no_sfi_sw;
	if (place.by_sfi && place.id == SIM_FILES)
		return SW_NOT_FOUND;
	*ret = place;
	return place.id == SIM_FILES ? SW_NO_FILE_SELECTED : SW_OK;
}

enum sim_file_id chip_addressed(const struct sim_card *card,
                                const struct chip_command *cmd, size_t *ret_end)
{
	struct place place = { .id = SIM_FILES };

	*ret_end = 0;
	if (cmd->ins == 0xA4 && cmd->p1 != 0x04 && cmd->data.len == 2)
		return find(card,
		            (unsigned int)cmd->data.at[0] << 8 |
		                    cmd->data.at[1],
		            0);
	if ((cmd->ins & 0xFE) != 0xB0 || place_of(card, cmd, &place) != SW_OK)
		return SIM_FILES;
	*ret_end = place.offset + cmd->ne;
	return place.id;
}

/* What fits into a protected answer that the wire can carry. */
static size_t fitting(const struct sim_card *card,
                      const struct chip_command *cmd, size_t ne)
{
	const struct sim_behaviour_profile *how = &card->profile->behaviour;
	size_t room = chip_session_room(&card->state.session,
	                                cmd->extended ? 65536 : 256);

	/* [test rig, behaviour 2] */
	if (cmd->le_zero && how->le_zero == SIM_LE_EMPTY)
		return 0;
	if (how->more_61 || (cmd->le_zero && how->le_zero == SIM_LE_OVERSIZE))
		return ne;
	return ne > room ? room : ne;
}

/* How many bytes the answer may carry, or a status word. */
static uint16_t limit_of(const struct sim_card *card,
                         const struct chip_command *cmd, size_t *ret)
{
	const struct sim_behaviour_profile *how = &card->profile->behaviour;
	size_t most = cmd->extended ? how->max_extended : how->max_short;
	size_t ne = cmd->ne;

	if (!cmd->le_zero && ne > most)
		return how->oversize_6c && most < 256
		               ? (uint16_t)(0x6C00 | most)
		               : SW_LENGTH;
	if (ne > most)
		ne = most;
	if (how->read_cap != 0 && ne > how->read_cap)
		ne = how->read_cap;
	*ret = cmd->secured ? fitting(card, cmd, ne) : ne;
	return SW_OK;
}

static uint16_t answer(const struct sim_card *card, struct span bytes,
                       const struct chip_command *cmd, size_t limit,
                       struct buf *ret)
{
	bool past = cmd->ne > bytes.len && !cmd->le_zero;
	SIM_DER object = sim_der_make();
	struct span part = span_first(bytes, limit);
	enum cccd_err err;

	if (cmd->ins == 0xB1) {
		/* The head of DO'53' counts against the answer. */
		part = span_first(bytes, limit > 4 ? limit - 4 : 0);
		sim_der_put(&object, 0x53, part);
		err = sim_der_take(&object, ret);
	} else {
		err = buf_append(ret, part);
	}
	if (err != CCCD_OK)
		return SW_UNKNOWN;
	if (past && part.len == bytes.len &&
	    card->profile->behaviour.eof == SIM_EOF_6282)
		return SW_END_OF_FILE;
	return SW_OK;
}

uint16_t chip_read_binary(struct sim_card *card, const struct chip_command *cmd,
                          struct buf *ret)
{
	struct place place = { .id = SIM_FILES };
	const struct chip_file *file;
	size_t limit = 0;
	uint16_t sw;

	if (cmd->ins == 0xB1 && !card->profile->behaviour.odd_ins)
		return SW_INS;
	sw = place_of(card, cmd, &place);
	if (sw != SW_OK)
		return sw;
	sw = allowed(card, place.id, cmd);
	if (sw != SW_OK)
		return sw;
	if (!cmd->has_le)
		return SW_LENGTH;
	file = &card->files[place.id];
	if (place.offset >= file->bytes.len)
		return (uint16_t)card->profile->behaviour.beyond_sw;
	sw = limit_of(card, cmd, &limit);
	if (sw != SW_OK)
		return sw;
	/* A short file identifier also selects. [ISO/IEC 7816-4 7.3.3] */
	card->state.file = place.id;
	return answer(card, span_after(buf_span(&file->bytes), place.offset),
	              cmd, limit, ret);
}
