/* SPDX-License-Identifier: Apache-2.0 */
/* Textual encodings: RFC 7468. */
#include "apdu/auth/pem.h"

#include "apdu/auth/ldif.h"

static const char begin_mark[] = "-----BEGIN ";
static const char end_mark[] = "-----END ";
static const char dashes[] = "-----";

static const struct {
	const char *text;
	enum pem_label label;
} labels[] = {
	{ "CERTIFICATE", PEM_CERTIFICATE },
	{ "X509 CERTIFICATE", PEM_CERTIFICATE },
	{ "TRUSTED CERTIFICATE", PEM_OTHER },
	{ "X509 CRL", PEM_CRL },
	{ "CMS", PEM_CMS },
	{ "PKCS7", PEM_CMS },
};

/* Where @text stands in @in; in.len when it does not. */
static size_t find(struct span in, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= in.len; i++) {
		const uint8_t *at =
		        memchr(in.at + i, text[0], in.len - len - i + 1);

		if (at == NULL)
			return in.len;
		i = (size_t)(at - in.at);
		if (memcmp(at, text, len) == 0)
			return i;
	}
	return in.len;
}

bool pem_is(struct span text)
{
	return find(text, begin_mark) < text.len;
}

static enum pem_label label_of(struct span text)
{
	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		if (span_equal(text, span_text(labels[i].text)))
			return labels[i].label;
	return PEM_OTHER;
}

enum cccd_err pem_next(struct span *rest, struct buf *ret,
                       enum pem_label *ret_label)
{
	struct span body = { 0 };
	size_t len = 0;

	buf_reset(ret);
	*ret_label = PEM_NONE;
	*rest = span_after(*rest, find(*rest, begin_mark));
	if (rest->len == 0)
		return CCCD_OK;
	*rest = span_after(*rest, strlen(begin_mark));
	len = find(*rest, dashes);
	*ret_label = label_of(span_first(*rest, len));
	body = span_after(*rest, len + strlen(dashes));
	len = find(body, end_mark);
	*rest = span_after(body, len);
	if (len == body.len)
		return CCCD_ERR_DATA_MALFORMED;
	return base64_decode(span_first(body, len), ret);
}
