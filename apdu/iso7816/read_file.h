/* SPDX-License-Identifier: Apache-2.0 */
/* The reading engine: one elementary file in as few commands as the card
 * and the reader allow, resumable at any byte. */
#ifndef APDU_ISO7816_READ_FILE_H
#define APDU_ISO7816_READ_FILE_H

#include "apdu/iso7816/card.h"

/**
 * struct card_memory - what one kind of card was found to take.
 * @atr:          of the kind; its bytes
 * @max_extended: extended Le to use, 0 when there is none
 * @max_response: longest R-APDU the card promised in EF.ATR/INFO, else 0
 * @extended:     unknown, works, or refused
 * @max_short:    largest Le of a short read
 * @no_sfi:       READ BINARY by short identifier is refused
 * @exact:        reads past the end are refused: ask for the head first
 * @largest_le:   largest Le that was not refused so far
 *
 * Learnt once and kept for the life of the owner, per ATR or ATS.
 */
struct card_memory {
	uint8_t atr[READER_ATR_MAX];
	size_t atr_len;
	size_t max_extended;
	size_t max_response;
	enum {
		EXTENDED_UNKNOWN = 0,
		EXTENDED_WORKS,
		EXTENDED_REFUSED
	} extended;
	size_t max_short;
	bool no_sfi;
	bool exact;
	size_t largest_le;
};

enum { CARD_MEMORIES = 16 };

/**
 * struct card_memories - the kinds of card seen; the oldest is replaced.
 */
struct card_memories {
	struct card_memory kinds[CARD_MEMORIES];
	size_t next;
};

/* The memory of this kind of card, made when it is new. */
struct card_memory *card_memory_of(struct card_memories *memories,
                                   const struct reader_card *card);

/* Whether the same lengths and refusals are known. */
bool card_memory_equal(const struct card_memory *a,
                       const struct card_memory *b);

/**
 * struct transfer - a file on its way.
 * @fid:      file identifier
 * @sfi:      short identifier, 1 to 30; 0 when it has none
 * @max:      bytes of the longest file accepted
 * @bytes:    what is held so far, from offset 0; survives a lost card
 * @expected: whole length, from the head of the file; 0 until known
 * @reads:    READ BINARY commands answered so far
 * @unframed: no object around the file: it ends where the card ends it
 * @ended:    the card says that the file ends here
 * @complete: @bytes is the whole file
 * @progress: called after each read, may be NULL
 * @context:  handed to @progress
 */
struct transfer {
	uint16_t fid;
	uint8_t sfi;
	size_t max;
	struct buf bytes;
	size_t expected;
	unsigned int reads;
	bool indefinite;
	bool unframed;
	bool ended;
	bool complete;
	void (*progress)(void *context, size_t done, size_t total);
	void *context;
};

/**
 * transfer_make() - a transfer that has not begun.
 * @max: cap of the file in bytes; a longer one is refused at its head
 */
struct transfer transfer_make(uint16_t fid, uint8_t sfi, size_t max);

void transfer_release(struct transfer *transfer);

/**
 * read_file() - read, or continue to read, one file.
 * @card:     the file's application is selected
 * @memory:   of this kind of card; updated by what the card refuses
 * @transfer: bytes held already are kept and continued
 *
 * Return: CCCD_OK with @transfer complete;
 * CCCD_ERR_CARD_FILE_MISSING, CCCD_ERR_CARD_FILE_LOCKED: facts about the
 * file; the channel may be dead after them (see sm_is_open());
 * CCCD_ERR_SM_BROKEN: the channel died; @memory may have learnt why;
 * authenticate again and call again to go on at the same byte;
 * CCCD_ERR_DATA_TOO_LARGE, CCCD_ERR_DATA_TRUNCATED,
 * CCCD_ERR_DATA_MALFORMED: the file itself is bad;
 * CCCD_ERR_CARD_PROTOCOL: no progress, or more bytes than asked for;
 * reader and card errors unchanged, resumable the same way.
 *
 * [7816-4 7.2.2, 7.2.3; 9303-10 3.6]
 */
CHECKED enum cccd_err read_file(struct card *card, struct card_memory *memory,
                                struct transfer *transfer);

/**
 * card_probe_extended() - find out how long a read may be, before a channel.
 *
 * A file that can be read plainly must be selected. Where the card promised
 * a longest response (@memory->max_response) that length is probed, else
 * 65536 and then 2048 bytes, or the 512 and more that the reader passes.
 * Nothing is sent when @memory knows already.
 *
 * Return: CCCD_OK whatever was found; reader and card errors, after which
 * @memory says that extended length is refused.
 */
CHECKED enum cccd_err card_probe_extended(struct card *card,
                                          struct card_memory *memory);

#endif
