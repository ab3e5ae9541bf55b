/* SPDX-License-Identifier: Apache-2.0 */
/* The reading engine: ISO/IEC 7816-4 7.2, Doc 9303-10 3.6. */
#include "apdu/iso7816/read_file.h"

#include "apdu/tlv/tlv.h"
#include "base/error.h"

enum {
	INS_READ_BINARY = 0xB0,
	INS_READ_BINARY_ODD = 0xB1,
	/* P1-P2 hold 15 bits of offset; above, the odd instruction. */
	OFFSET_MAX = 0x7FFF,
	TAG_OFFSET = 0x54,
	TAG_DISCRETIONARY = 0x53,
	ODD_HEAD_MAX = 5,
	/* Longest offset that DO'54' holds in two bytes. */
	OFFSET_TWO_BYTES = 0xFFFF,
	HEAD_FIRST = 8,
	EXTENDED_MIN = 512, /* where a reader cuts the last rung */
	/* A card that gives less per read than this is not reading. */
	PROGRESS_MIN = 16,
	READS_SPARE = 64,
	/* DO'99', DO'8E' and the status word of a protected answer. */
	SM_TAIL = 4 + 10 + 2,
	/* Tag, longest length and padding indicator of DO'87'. */
	SM_HEAD = 1 + 4 + 1,
};

/* Plain bytes per short read, largest first [emrtd 2.1]. */
static const size_t short_ladder[] = {
	256, 231, 223, 192, 160, 128, 96, 64, 32
};
static const size_t extended_ladder[] = { LE_MAX_EXTENDED, 2048 };

struct card_memory *card_memory_of(struct card_memories *memories,
                                   const struct reader_card *card)
{
	struct card_memory *kind = NULL;

	for (size_t i = 0; i < CARD_MEMORIES; i++) {
		kind = &memories->kinds[i];
		if (kind->max_short != 0 &&
		    span_equal(span_of(kind->atr, kind->atr_len),
		               span_of(card->atr, card->atr_len)))
			return kind;
	}
	kind = &memories->kinds[memories->next];
	memories->next = (memories->next + 1) % CARD_MEMORIES;
	*kind = (struct card_memory){ .max_short = LE_MAX_SHORT };
	memcpy(kind->atr, card->atr, card->atr_len);
	kind->atr_len = card->atr_len;
	return kind;
}

bool card_memory_equal(const struct card_memory *a, const struct card_memory *b)
{
	return a->max_extended == b->max_extended &&
	       a->max_response == b->max_response &&
	       a->extended == b->extended && a->max_short == b->max_short &&
	       a->no_sfi == b->no_sfi && a->exact == b->exact;
}

struct transfer transfer_make(uint16_t fid, uint8_t sfi, size_t max)
{
	/* Some chips give the padding behind a short file with it. */
	return (struct transfer){ .fid = fid,
		                  .sfi = sfi,
		                  .max = max,
		                  .bytes = buf_make(max + LE_MAX_EXTENDED) };
}

void transfer_release(struct transfer *transfer)
{
	buf_release(&transfer->bytes);
}

/* The next rung below @size; 0 under the ladder. */
static size_t rung_below(const size_t *ladder, size_t count, size_t size)
{
	for (size_t i = 0; i < count; i++)
		if (ladder[i] < size)
			return ladder[i];
	return 0;
}

/* Plain bytes whose protected form fits @max_response bytes. */
static size_t fit_response(const struct card *card, size_t max_response)
{
	size_t block = cipher_block_len(card->sm.cipher);
	size_t room = 0;

	if (!sm_is_open(&card->sm))
		return max_response > 2 ? max_response - 2 : 0;
	if (max_response <= SM_TAIL + SM_HEAD + block)
		return 0;
	room = max_response - SM_TAIL - SM_HEAD;
	return room - room % block - 1;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t short_le(const struct card *card,
                       const struct card_memory *memory)
{
	size_t reader = reader_card(card->reader)->max_response;

	return least(
	        memory->max_short,
	        fit_response(card, least(reader, READER_SHORT_RESPONSE_MAX)));
}

/* Longest R-APDU that neither card nor reader is known to refuse. */
static size_t longest_response(const struct card *card,
                               const struct card_memory *memory)
{
	size_t most = least(reader_card(card->reader)->max_response,
	                    READER_RESPONSE_MAX);

	return memory->max_response != 0 ? least(most, memory->max_response)
	                                 : most;
}

/* Bytes to ask for in one read, by all that is known. */
static size_t read_le(const struct card *card, const struct card_memory *memory)
{
	size_t le = memory->max_extended;

	if (!card->extended || memory->extended == EXTENDED_REFUSED)
		return short_le(card, memory);
	/* Never probed in the clear: the first protected read is the probe. */
	if (memory->extended == EXTENDED_UNKNOWN)
		le = LE_MAX_EXTENDED;
	le = least(le, fit_response(card, longest_response(card, memory)));
	return le > LE_MAX_SHORT ? le : short_le(card, memory);
}

/* Remember that a read of @le was refused; false when nothing is left. */
static bool learn_refusal(struct card_memory *memory, size_t le)
{
	size_t below = 0;

	if (le > LE_MAX_SHORT) {
		if (memory->extended == EXTENDED_WORKS)
			below = rung_below(extended_ladder,
			                   ARRAY_LEN(extended_ladder), le);
		memory->max_extended = below;
		memory->extended =
		        below != 0 ? EXTENDED_WORKS : EXTENDED_REFUSED;
		return true;
	}
	below = rung_below(short_ladder, ARRAY_LEN(short_ladder), le);
	if (below != 0)
		memory->max_short = below;
	return below != 0;
}

/* Remember that a read of @le brought data. */
static void learn_success(struct card_memory *memory, size_t le)
{
	if (le > memory->largest_le)
		memory->largest_le = le;
	if (le > LE_MAX_SHORT && memory->extended == EXTENDED_UNKNOWN) {
		memory->extended = EXTENDED_WORKS;
		memory->max_extended = le;
	}
}

/* Whether a status word says that Le does not suit. */
static bool is_length_refusal(uint16_t sw)
{
	return sw == SW_WRONG_LENGTH || sw >> 8 == 0x6C;
}

/* 6B00 to the very first read: a chip that means the end, not the offset. */
static bool is_too_much(const struct card_memory *memory,
                        const struct transfer *transfer, uint16_t sw)
{
	return is_length_refusal(sw) ||
	       (sw == SW_OUTSIDE && transfer->bytes.len == 0 &&
	        !memory->exact && !transfer->unframed);
}

static bool is_end_of_file(uint16_t sw)
{
	return sw == SW_WARNING_EOF || sw == SW_OUTSIDE;
}

/* Naked status word of the answer that killed the channel, else 0. */
static uint16_t killer_sw(const struct card *card)
{
	struct response response = { 0 };

	if (response_decode(buf_span(&card->raw), &response) != CCCD_OK ||
	    response.data.len != 0)
		return 0;
	return response.sw;
}

/* Room for the head of a DO'53' around @len bytes: all that it may take,
 * or, where a card refuses to be asked past the end, what it takes. */
static size_t odd_head(const struct card_memory *memory, size_t len)
{
	if (!memory->exact)
		return ODD_HEAD_MAX;
	if (len < 0x80)
		return 2;
	if (len < 0x100)
		return 3;
	return len < 0x10000 ? 4 : ODD_HEAD_MAX;
}

/* [7816-4 7.2.3] Odd instruction: offset in DO'54', as short as can be
 * [9303-10 3.6.6], data in DO'53'. */
static enum cccd_err read_odd(struct card *card, size_t offset, size_t le,
                              struct response *ret)
{
	const uint8_t three[] = { TAG_OFFSET, 3, (uint8_t)(offset >> 16),
		                  (uint8_t)(offset >> 8), (uint8_t)offset };
	const uint8_t two[] = { TAG_OFFSET, 2, (uint8_t)(offset >> 8),
		                (uint8_t)offset };
	const struct command read = {
		.ins = INS_READ_BINARY_ODD,
		.data = offset > OFFSET_TWO_BYTES ? SPAN(three) : SPAN(two),
		.le = le,
	};
	struct tlv_reader objects = { 0 };
	struct span value = { 0 };

	TRY(card_exchange(card, &read, ret));
	if (ret->data.len == 0)
		return CCCD_OK;
	objects = tlv_open(ret->data);
	if (tlv_expect(&objects, TAG_DISCRETIONARY, &value) != CCCD_OK)
		return fail(card->error, CCCD_ERR_CARD_PROTOCOL,
		            "odd READ BINARY without object 53");
	ret->data = value;
	return CCCD_OK;
}

static enum cccd_err read_at(struct card *card, size_t offset, size_t le,
                             struct response *ret)
{
	const struct command read = { .ins = INS_READ_BINARY,
		                      .p1 = (uint8_t)(offset >> 8),
		                      .p2 = (uint8_t)offset,
		                      .le = le };

	if (offset > OFFSET_MAX)
		return read_odd(card, offset, le, ret);
	return card_exchange(card, &read, ret);
}

static enum cccd_err read_sfi(struct card *card, uint8_t sfi, size_t le,
                              struct response *ret)
{
	const struct command read = { .ins = INS_READ_BINARY,
		                      .p1 = (uint8_t)(0x80 | sfi),
		                      .le = le };

	return card_exchange(card, &read, ret);
}

/* What a refused selection says about the file. */
static enum cccd_err select_error(struct card *card, uint16_t sw)
{
	switch (sw) {
	case SW_NOT_FOUND:
		return fail_sw(card->error, CCCD_ERR_CARD_FILE_MISSING, sw,
		               "file is not there");
	case SW_SECURITY_STATUS:
		return fail_sw(card->error, CCCD_ERR_CARD_FILE_LOCKED, sw,
		               "file needs further rights");
	default:
		return fail_sw(card->error, CCCD_ERR_CARD_REFUSED, sw,
		               "selecting or reading the file was refused");
	}
}

/* A naked 6A82 or 6982 kills the channel, but it answers the question,
 * unless the file was already being read. */
static enum cccd_err
file_fact(struct card *card, const struct transfer *transfer, enum cccd_err err)
{
	uint16_t sw = killer_sw(card);

	if (err != CCCD_ERR_SM_BROKEN || transfer->bytes.len > 0 ||
	    (sw != SW_NOT_FOUND && sw != SW_SECURITY_STATUS))
		return err;
	if (card->error != NULL)
		error_reset(card->error);
	return select_error(card, sw);
}

static enum cccd_err select_by_fid(struct card *card,
                                   const struct transfer *transfer)
{
	struct response response = { 0 };
	enum cccd_err err = card_select_file(card, transfer->fid, &response);

	if (err != CCCD_OK)
		return file_fact(card, transfer, err);
	if (response.sw != SW_OK)
		return select_error(card, response.sw);
	return CCCD_OK;
}

/* Total length from the head of the file, once enough of it is held. */
static enum cccd_err learn_length(struct card *card, struct transfer *transfer)
{
	struct tlv_head head = { 0 };
	enum cccd_err err = CCCD_OK;

	if (transfer->expected != 0 || transfer->indefinite ||
	    transfer->unframed)
		return CCCD_OK;
	err = tlv_read_head(buf_span(&transfer->bytes), &head);
	if (err == CCCD_ERR_DATA_TRUNCATED && !transfer->ended)
		return CCCD_OK;
	if (err != CCCD_OK)
		return fail(card->error, err, "file %04X has no head",
		            transfer->fid);
	transfer->indefinite = head.indefinite;
	if (head.indefinite)
		return CCCD_OK;
	/* Both are below 2^32, so the sum does not wrap. */
	transfer->expected = head.head_len + head.value_len;
	if (transfer->expected > transfer->max)
		return fail(card->error, CCCD_ERR_DATA_TOO_LARGE,
		            "file %04X announces %zu bytes", transfer->fid,
		            transfer->expected);
	return CCCD_OK;
}

/* An indefinite file ends at its end-of-contents [X.690 8.1.3.6]. */
static enum cccd_err finish_indefinite(struct card *card,
                                       struct transfer *transfer)
{
	BUF definite = buf_make(transfer->max);
	size_t used = 0;
	enum cccd_err err =
	        tlv_normalise(buf_span(&transfer->bytes), &definite, &used);

	if (err == CCCD_ERR_DATA_TRUNCATED && !transfer->ended)
		return CCCD_OK;
	if (err != CCCD_OK)
		return fail(card->error, err,
		            "file %04X does not end as it began",
		            transfer->fid);
	transfer->bytes.len = used;
	transfer->complete = true;
	return CCCD_OK;
}

/* Cut what follows the file's end; say whether the file is whole. */
static enum cccd_err check_end(struct card *card, struct transfer *transfer)
{
	if (transfer->indefinite)
		return finish_indefinite(card, transfer);
	if (transfer->unframed) {
		transfer->complete = transfer->ended;
		return CCCD_OK;
	}
	if (transfer->expected != 0 &&
	    transfer->bytes.len >= transfer->expected) {
		transfer->bytes.len = transfer->expected;
		transfer->complete = true;
		return CCCD_OK;
	}
	if (transfer->ended)
		return fail(card->error, CCCD_ERR_DATA_TRUNCATED,
		            "file %04X ends at %zu of %zu bytes", transfer->fid,
		            transfer->bytes.len, transfer->expected);
	return CCCD_OK;
}

/* Guard against cards that answer for ever without getting anywhere. */
static enum cccd_err check_progress(struct card *card,
                                    const struct transfer *transfer, size_t got,
                                    size_t asked)
{
	if (got > asked)
		return fail(card->error, CCCD_ERR_CARD_PROTOCOL,
		            "%zu bytes came where %zu were asked", got, asked);
	if (got == 0 && !transfer->ended)
		return fail(card->error, CCCD_ERR_CARD_PROTOCOL,
		            "READ BINARY brings nothing");
	if (transfer->reads > transfer->bytes.len / PROGRESS_MIN + READS_SPARE)
		return fail(card->error, CCCD_ERR_CARD_PROTOCOL,
		            "file %04X comes in crumbs", transfer->fid);
	return CCCD_OK;
}

static enum cccd_err take_chunk(struct card *card, struct transfer *transfer,
                                const struct response *response, size_t asked)
{
	transfer->reads++;
	transfer->ended = is_end_of_file(response->sw) ||
	                  (transfer->unframed && response->data.len < asked);
	TRY(check_progress(card, transfer, response->data.len, asked));
	if (buf_append(&transfer->bytes, response->data) != CCCD_OK)
		return fail(card->error, CCCD_ERR_DATA_TOO_LARGE,
		            "file %04X does not end", transfer->fid);
	TRY(learn_length(card, transfer));
	TRY(check_end(card, transfer));
	if (transfer->progress != NULL)
		transfer->progress(transfer->context, transfer->bytes.len,
		                   transfer->expected);
	return CCCD_OK;
}

/* How much to ask for now. */
static size_t next_le(const struct card *card, const struct card_memory *memory,
                      const struct transfer *transfer)
{
	size_t le = read_le(card, memory);
	size_t offset = transfer->bytes.len;

	if (offset > OFFSET_MAX && le > odd_head(memory, le))
		le -= odd_head(memory, le);
	if (memory->exact && transfer->expected == 0 && !transfer->indefinite &&
	    !transfer->unframed)
		return least(le, HEAD_FIRST);
	/* The exact rest: some cards refuse to be asked past the end. */
	if (transfer->expected != 0)
		le = least(le, transfer->expected - offset);
	return le;
}

/* A refused length, seen protected or naked: change the plan. */
static enum cccd_err refuse_length(struct card *card,
                                   struct card_memory *memory,
                                   const struct transfer *transfer, size_t le,
                                   uint16_t sw)
{
	bool may_pass_end =
	        transfer->bytes.len == 0 || transfer->bytes.len > OFFSET_MAX;

	/* At the start of a file the card may only dislike being asked past
	 * the end: ask for the head first. So it may where the head of
	 * DO'53' is in the way. When a read inside the file is refused after
	 * that, the length was the reason. */
	if (may_pass_end && !memory->exact && le <= LE_MAX_SHORT) {
		memory->exact = true;
		return CCCD_OK;
	}
	memory->exact = false;
	if (learn_refusal(memory, le))
		return CCCD_OK;
	return fail_sw(card->error, CCCD_ERR_CARD_REFUSED, sw,
	               "no read length suits the card");
}

/* Judge a read that the card did not answer with 9000. */
static enum cccd_err refused(struct card *card, struct card_memory *memory,
                             const struct transfer *transfer,
                             const struct response *response, size_t le)
{
	if (is_too_much(memory, transfer, response->sw))
		return refuse_length(card, memory, transfer, le, response->sw);
	/* A read by short identifier that did not select the file. */
	if (response->sw == SW_NO_CURRENT_EF && transfer->bytes.len > 0 &&
	    !memory->no_sfi) {
		memory->no_sfi = true;
		return select_by_fid(card, transfer);
	}
	return select_error(card, response->sw);
}

static enum cccd_err read_next(struct card *card, struct card_memory *memory,
                               struct transfer *transfer)
{
	size_t le = next_le(card, memory, transfer);
	bool odd = transfer->bytes.len > OFFSET_MAX;
	size_t wire = odd ? le + odd_head(memory, le) : le;
	struct response response = { 0 };
	enum cccd_err err = read_at(card, transfer->bytes.len, wire, &response);

	if (err == CCCD_ERR_SM_BROKEN &&
	    is_too_much(memory, transfer, killer_sw(card))) {
		enum cccd_err learnt = refuse_length(card, memory, transfer, le,
		                                     killer_sw(card));

		return learnt != CCCD_OK ? learnt : err;
	}
	if (err != CCCD_OK)
		return file_fact(card, transfer, err);
	/* The head of DO'53' may be shorter than the room left for it, and
	 * some cards do not count it: up to all that was asked for comes. */
	if (is_end_of_file(response.sw) &&
	    !is_too_much(memory, transfer, response.sw))
		return take_chunk(card, transfer, &response, wire);
	if (response.sw != SW_OK)
		return refused(card, memory, transfer, &response, le);
	learn_success(memory, le);
	return take_chunk(card, transfer, &response, wire);
}

/* One first read by short identifier; *@ret_again after a refused length. */
static enum cccd_err try_sfi(struct card *card, struct card_memory *memory,
                             struct transfer *transfer, bool *ret_begun,
                             bool *ret_again)
{
	size_t le = next_le(card, memory, transfer);
	struct response response = { 0 };
	enum cccd_err err = read_sfi(card, transfer->sfi, le, &response);
	uint16_t sw = err == CCCD_OK ? response.sw : killer_sw(card);

	*ret_begun = false;
	*ret_again = false;
	if (err != CCCD_OK && err != CCCD_ERR_SM_BROKEN)
		return err;
	if (is_length_refusal(sw)) {
		*ret_again = true;
		TRY(refuse_length(card, memory, transfer, le, sw));
		return err;
	}
	if (err != CCCD_OK) {
		memory->no_sfi = memory->no_sfi || sw != 0;
		return err;
	}
	if (sw != SW_OK && sw != SW_WARNING_EOF)
		return CCCD_OK;
	learn_success(memory, le);
	*ret_begun = true;
	return take_chunk(card, transfer, &response, le);
}

/* First read by short identifier: selects the file and brings its head. */
static enum cccd_err begin_by_sfi(struct card *card, struct card_memory *memory,
                                  struct transfer *transfer, bool *ret_begun)
{
	bool again = true;

	while (again)
		TRY(try_sfi(card, memory, transfer, ret_begun, &again));
	return CCCD_OK;
}

static enum cccd_err begin(struct card *card, struct card_memory *memory,
                           struct transfer *transfer)
{
	bool by_sfi = transfer->bytes.len == 0 && transfer->sfi != 0 &&
	              !memory->no_sfi;
	bool begun = false;

	if (by_sfi)
		TRY(begin_by_sfi(card, memory, transfer, &begun));
	if (begun)
		return CCCD_OK;
	TRY(select_by_fid(card, transfer));
	/* The file is there, so it was the short identifier that failed. */
	memory->no_sfi = memory->no_sfi || by_sfi;
	return CCCD_OK;
}

enum cccd_err read_file(struct card *card, struct card_memory *memory,
                        struct transfer *transfer)
{
	transfer->ended = false;
	TRY(begin(card, memory, transfer));
	while (!transfer->complete)
		TRY(read_next(card, memory, transfer));
	return CCCD_OK;
}

/* One plain read of @le bytes; remembered when the card takes it. */
static enum cccd_err probe(struct card *card, struct card_memory *memory,
                           size_t le)
{
	struct response response = { 0 };

	TRY(read_at(card, 0, le, &response));
	if (response.sw != SW_OK && response.sw != SW_WARNING_EOF)
		return CCCD_OK;
	memory->extended = EXTENDED_WORKS;
	memory->max_extended = le;
	learn_success(memory, le);
	return CCCD_OK;
}

enum cccd_err card_probe_extended(struct card *card, struct card_memory *memory)
{
	const size_t rungs = ARRAY_LEN(extended_ladder);
	size_t most = longest_response(card, memory) - 2;

	if (memory->extended != EXTENDED_UNKNOWN)
		return CCCD_OK;
	memory->extended = EXTENDED_REFUSED;
	if (memory->max_response != 0)
		return probe(card, memory, most);
	for (size_t i = 0; i < rungs && memory->extended != EXTENDED_WORKS; i++)
		if (extended_ladder[i] <= most ||
		    (i + 1 == rungs && most >= EXTENDED_MIN))
			TRY(probe(card, memory,
			          least(extended_ladder[i], most)));
	return CCCD_OK;
}
