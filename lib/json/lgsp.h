/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that travels between the gateway and an exchange platform. */
#ifndef LIB_JSON_LGSP_H
#define LIB_JSON_LGSP_H

#include "base/buf.h"

enum { LGSP_PATH_MAX = 128, LGSP_PAIRS_MAX = 16 };

/* struct lgsp_pair - a string member. */
struct lgsp_pair {
	const char *name;
	const char *value;
};

/**
 * lgsp_object_make() - one flat object of strings, in this order.
 * @ret: emptied first; not ended with NUL
 *
 * Pairs with an empty value are left out; NULL is sent as an empty string.
 */
CHECKED enum cccd_err lgsp_object_make(const struct lgsp_pair *pairs,
                                       size_t count, struct buf *ret);

/**
 * lgsp_token_parse() - the reply of a token server, RFC 6749 5.1.
 * @ret:        @cap bytes; the access token, printable ASCII
 * @ret_life_s: expires_in, number or digits; 300 where it is not said
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED for anything that is no bearer
 * token we can use; CCCD_ERR_DATA_TOO_LARGE beyond @cap.
 */
CHECKED enum cccd_err lgsp_token_parse(struct span text, char *ret, size_t cap,
                                       uint64_t *ret_life_s);

/**
 * lgsp_text_at() - the string at a path, "data.body"; "" is the document.
 * @ret: emptied first
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED when the text is neither object nor
 * list; CCCD_ERR_DATA_MISSING when there is no string; CCCD_ERR_DATA_TOO_LARGE.
 */
CHECKED enum cccd_err lgsp_text_at(struct span text, const char *path,
                                   struct buf *ret);

/**
 * lgsp_code_at() - the word at a path by which a platform says how it went.
 * @ret: @cap bytes; a string, an integer's decimal digits, "true", "false"
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MALFORMED when the text is neither object nor
 * list; CCCD_ERR_DATA_MISSING when there is nothing of this;
 * CCCD_ERR_DATA_TOO_LARGE beyond @cap.
 */
CHECKED enum cccd_err lgsp_code_at(struct span text, const char *path,
                                   char *ret, size_t cap);

/**
 * enum lgsp_people - who is in an answer.
 * @LGSP_NOBODY: an empty list and nothing beside it in the answer, or null
 *               and nothing beside it in the document; members that are
 *               null, "" or 0 count for nothing
 * @LGSP_UNSAID: an empty list or null beside what may say why
 * @LGSP_ONE:    a person
 */
enum lgsp_people { LGSP_NOBODY = 0, LGSP_UNSAID, LGSP_ONE };

/**
 * lgsp_visit_fn - one value of a person.
 * @path: every part with a capital, as XML has it: "ThuongTru/ChiTiet"
 *
 * Return: whether to go on.
 */
typedef bool (*lgsp_visit_fn)(void *context, const char *path,
                              struct span text);

/**
 * lgsp_person_visit() - the person in an answer.
 * @path: of the answer in the document, "data"; "" is the document
 *
 * At @path stands a person, a list of people, or an object with either in
 * congDan, perhaps inside congdanCollection; capitals at the beginning of
 * names do not count. A parent comes after its children, as an XML element
 * ends. Identifiers that are numbers are refused: they lost their zeros.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_DUPLICATE when there are several people;
 * CCCD_ERR_DATA_MISSING when nothing of this stands at @path;
 * CCCD_ERR_DATA_MALFORMED.
 */
CHECKED enum cccd_err lgsp_person_visit(struct span text, const char *path,
                                        lgsp_visit_fn visit, void *context,
                                        enum lgsp_people *ret_people);

/**
 * lgsp_exists() - the yes or no of an authentication.
 *
 * At @path stands tonTai, perhaps inside ketQuaXacThuc; a boolean or
 * "true" or "false".
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING; CCCD_ERR_DATA_MALFORMED.
 */
CHECKED enum cccd_err lgsp_exists(struct span text, const char *path,
                                  bool *ret);

#endif
