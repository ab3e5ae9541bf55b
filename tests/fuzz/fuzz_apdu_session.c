/* SPDX-License-Identifier: Apache-2.0 */
/* A whole inspection; every answer of the card comes from the input. */
#include <stdlib.h>

#include "base/error.h"
#include "tests/fuzz/whole_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* More than a document of the largest files takes in short commands. */
enum { EXCHANGES_MAX = 3000 };

/**
 * struct hostile - the card: the input in counted pieces, an empty one for
 * a card that is taken away and laid back.
 * @flags: of the session
 * @left:  exchanges until it is gone for good
 */
struct hostile {
	struct wire wire;
	uint8_t flags;
	unsigned int left;
};

static enum cccd_err hostile_connect(void *state, struct reader_card *ret,
                                     struct cccd_error *error)
{
	const struct hostile *hostile = state;
	bool extended = (hostile->flags & SESSION_EXTENDED) != 0;

	if (hostile->left == 0 || hostile->wire.rest.len < 2)
		return fail(error, CCCD_ERR_CARD_REMOVED, "the input ended");
	ret->atr[0] = 0x3B;
	ret->atr[1] = 0x80;
	ret->atr_len = 2;
	ret->max_command =
	        extended ? READER_COMMAND_MAX : READER_SHORT_COMMAND_MAX;
	ret->max_response =
	        extended ? READER_RESPONSE_MAX : READER_SHORT_RESPONSE_MAX;
	return CCCD_OK;
}

static enum cccd_err hostile_transmit(void *state, struct span command,
                                      struct buf *response,
                                      unsigned int timeout_ms,
                                      struct cccd_error *error)
{
	struct hostile *hostile = state;

	(void)timeout_ms;
	if (hostile->left == 0 || hostile->wire.rest.len < 2)
		return fail(error, CCCD_ERR_CARD_REMOVED, "the input ended");
	hostile->left--;
	TRY(wire_answer(&hostile->wire, command, response));
	if (response->len == 0)
		return fail(error, CCCD_ERR_CARD_REMOVED, "taken away");
	return CCCD_OK;
}

static void hostile_disconnect(void *state)
{
	(void)state;
}

static void hostile_close(void *state)
{
	(void)state;
}

static const struct reader_ops hostile_ops = {
	.scheme = "hostile",
	.capabilities = READER_CAN_EXTENDED,
	.connect = hostile_connect,
	.transmit = hostile_transmit,
	.disconnect = hostile_disconnect,
	.close = hostile_close,
};

static void inspect(struct whole_session *session, struct reader *reader)
{
	struct inspection *inspection = NULL;
	struct cccd_result result = { 0 };
	enum cccd_err err = CCCD_OK;

	session->input.reader = reader;
	if (inspection_new(&session->input, &session->error, &inspection) !=
	    CCCD_OK)
		return;
	err = inspection_run(inspection);
	inspection_judge(inspection, &result);
	/* Nobody is trusted, so nothing is proven, whatever the card says. */
	if (result.overall == CCCD_SUCCESSFUL ||
	    result.checks[CCCD_CHECK_CHIP_GENUINENESS].verdict ==
	            CCCD_SUCCESSFUL)
		abort();
	/* An error has its cause. */
	if (err != CCCD_OK && session->error.code == CCCD_OK)
		abort();
	inspection_free(inspection);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostile hostile = { .left = EXCHANGES_MAX };
	struct whole_session *session = calloc(1, sizeof(*session));
	struct reader *reader = NULL;

	if (session == NULL || size < 1) {
		free(session);
		return 0;
	}
	hostile.flags = data[0];
	hostile.wire.rest = span_after(span_of(data, size), 1);
	if (whole_session_init(session, hostile.flags) == CCCD_OK &&
	    reader_open_ops(&hostile_ops, &hostile, &reader) == CCCD_OK) {
		inspect(session, reader);
		reader_close(reader);
	}
	whole_session_free(session);
	free(session);
	return 0;
}
