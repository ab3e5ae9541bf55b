/* SPDX-License-Identifier: Apache-2.0 */
/* Indefinite lengths to definite ones [X.690 8.1.3.6, 8.7.3]. */
#include "apdu/tlv/tlv.h"

enum {
	FIRST_BYTE_CONSTRUCTED = 0x20,
	TAG_OCTET_STRING_CONSTRUCTED = 0x24,
	END_OF_CONTENTS_LEN = 2,
};

/*
 * struct frame - one constructed object being copied.
 * @tag:      as it will be written
 * @out:      where its tag begins in the output
 * @head_len: bytes of tag and length already in the output
 * @end:      where its contents end in the input; SIZE_MAX when indefinite
 * @changed:  its contents differ from the input: the length is stale
 * @merged:   part of a constructed OCTET STRING around it: has no head
 */
struct frame {
	uint32_t tag;
	size_t out;
	size_t head_len;
	size_t end;
	bool changed;
	bool merged;
};

struct normaliser {
	struct span in;
	size_t at;
	struct buf *out;
	struct frame frames[TLV_DEPTH_MAX];
	size_t depth;
};

static struct frame *innermost(struct normaliser *n)
{
	return n->depth == 0 ? NULL : &n->frames[n->depth - 1];
}

/* Only segments may stand in a constructed OCTET STRING [X.690 8.7.3.2]. */
static enum cccd_err check_parent(const struct frame *parent, uint32_t tag)
{
	if (parent == NULL || parent->tag != TAG_OCTET_STRING_CONSTRUCTED)
		return CCCD_OK;
	if (tag == TAG_OCTET_STRING || tag == TAG_OCTET_STRING_CONSTRUCTED)
		return CCCD_OK;
	return CCCD_ERR_DATA_MALFORMED;
}

/* Where the object around the current place ends, as far as known. */
static size_t limit_of(const struct normaliser *n)
{
	for (size_t i = n->depth; i > 0; i--)
		if (n->frames[i - 1].end != SIZE_MAX)
			return n->frames[i - 1].end;
	return n->in.len;
}

static enum cccd_err open_frame(struct normaliser *n,
                                const struct tlv_head *head)
{
	const struct frame *parent = innermost(n);
	struct frame frame = { .tag = head->tag,
		               .out = n->out->len,
		               .end = SIZE_MAX };

	if (n->depth == TLV_DEPTH_MAX)
		return CCCD_ERR_DATA_MALFORMED;
	frame.merged =
	        parent != NULL && parent->tag == TAG_OCTET_STRING_CONSTRUCTED;
	frame.changed =
	        head->indefinite || head->tag == TAG_OCTET_STRING_CONSTRUCTED;
	if (!frame.merged) {
		frame.head_len = head->head_len;
		TRY(buf_append(n->out,
		               span_of(n->in.at + n->at, head->head_len)));
	}
	n->at += head->head_len;
	if (!head->indefinite)
		frame.end = n->at + head->value_len;
	n->frames[n->depth++] = frame;
	return CCCD_OK;
}

static enum cccd_err copy_primitive(struct normaliser *n,
                                    const struct tlv_head *head)
{
	const struct frame *parent = innermost(n);
	struct span whole =
	        span_of(n->in.at + n->at, head->head_len + head->value_len);

	n->at += whole.len;
	if (parent != NULL && parent->tag == TAG_OCTET_STRING_CONSTRUCTED)
		whole = span_after(whole, head->head_len);
	return buf_append(n->out, whole);
}

/* Put a fresh head before the contents that already stand in the output. */
static enum cccd_err write_head(struct buf *out, const struct frame *frame)
{
	uint8_t bytes[TLV_HEAD_MAX];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	size_t contents = frame->out + frame->head_len;
	size_t len = out->len - contents;
	struct span head = { 0 };
	uint32_t tag = frame->tag;

	if (tag == TAG_OCTET_STRING_CONSTRUCTED)
		tag = TAG_OCTET_STRING;
	tlv_put_head(&writer, tag, len);
	TRY(tlv_written(&writer, &head));
	TRY(buf_reserve(out, frame->out + head.len + len));
	memmove(out->at + frame->out + head.len, out->at + contents, len);
	memcpy(out->at + frame->out, head.at, head.len);
	out->len = frame->out + head.len + len;
	return CCCD_OK;
}

static enum cccd_err close_frame(struct normaliser *n)
{
	struct frame frame = n->frames[--n->depth];
	struct frame *parent = innermost(n);

	if (!frame.changed)
		return CCCD_OK;
	if (parent != NULL)
		parent->changed = true;
	return frame.merged ? CCCD_OK : write_head(n->out, &frame);
}

static bool at_end_of_contents(const struct normaliser *n)
{
	struct span rest = span_after(n->in, n->at);

	return rest.len >= END_OF_CONTENTS_LEN && rest.at[0] == 0 &&
	       rest.at[1] == 0;
}

/* Close what ends here; @ret_closed tells whether something did. */
static enum cccd_err close_if_ended(struct normaliser *n, bool *ret_closed)
{
	const struct frame *frame = innermost(n);
	bool indefinite = frame != NULL && frame->end == SIZE_MAX;

	*ret_closed = false;
	if (frame == NULL)
		return CCCD_OK;
	if (indefinite && at_end_of_contents(n)) {
		/* It may not reach beyond a definite object around it. */
		if (END_OF_CONTENTS_LEN > limit_of(n) - n->at)
			return CCCD_ERR_DATA_MALFORMED;
		n->at += END_OF_CONTENTS_LEN;
		*ret_closed = true;
	} else if (!indefinite && n->at == frame->end) {
		*ret_closed = true;
	}
	return *ret_closed ? close_frame(n) : CCCD_OK;
}

/* Bit 6 of the first tag byte [X.690 8.1.2.5]. */
static bool is_constructed(uint32_t tag)
{
	while (tag > 0xFF)
		tag >>= 8;
	return (tag & FIRST_BYTE_CONSTRUCTED) != 0;
}

static enum cccd_err copy_one(struct normaliser *n)
{
	size_t limit = limit_of(n);
	struct span rest = span_first(span_after(n->in, n->at), limit - n->at);
	struct tlv_head head = { 0 };
	bool constructed = false;

	TRY(tlv_read_head(rest, &head));
	constructed = is_constructed(head.tag);
	if (head.indefinite && !constructed)
		return CCCD_ERR_DATA_MALFORMED;
	if (head.value_len > rest.len - head.head_len)
		return CCCD_ERR_DATA_TRUNCATED;
	TRY(check_parent(innermost(n), head.tag));
	return constructed ? open_frame(n, &head) : copy_primitive(n, &head);
}

static enum cccd_err normalise(struct normaliser *n)
{
	bool closed = false;

	TRY(copy_one(n));
	while (n->depth > 0) {
		TRY(close_if_ended(n, &closed));
		if (!closed)
			TRY(copy_one(n));
	}
	return CCCD_OK;
}

enum cccd_err tlv_normalise(struct span bytes, struct buf *ret,
                            size_t *ret_used)
{
	struct normaliser n = { .in = bytes, .out = ret };
	enum cccd_err err = CCCD_OK;

	buf_reset(ret);
	err = normalise(&n);
	if (err != CCCD_OK) {
		buf_reset(ret);
		return err;
	}
	*ret_used = n.at;
	return CCCD_OK;
}
