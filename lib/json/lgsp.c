/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that travels between the gateway and an exchange platform. */
#include "lib/json/lgsp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "base/text.h"
#include "lib/json/make.h"
#include "lib/json/parse.h"

enum {
	LIFE_DEFAULT_S = 300,
	LIFE_MOST_S = 366 * 24 * 60 * 60,
	LEVELS_MAX = 6,
};

/* Names and numbers pass through; what is freed is wiped before. */
static void wipe_tree(cJSON *root)
{
	cJSON *above[32];
	cJSON *item = root;
	size_t depth = 0;

	while (item != NULL) {
		if (item->valuestring != NULL)
			wipe(item->valuestring, strlen(item->valuestring));
		if (item->child != NULL && depth < ARRAY_LEN(above)) {
			above[depth++] = item;
			item = item->child;
			continue;
		}
		while (item != NULL && item->next == NULL)
			item = depth > 0 ? above[--depth] : NULL;
		if (item != NULL)
			item = item->next;
	}
}

static void tree_cleanup(cJSON **tree)
{
	wipe_tree(*tree);
	cJSON_Delete(*tree);
}

#define TREE CLEANUP(tree_cleanup) cJSON

enum cccd_err lgsp_object_make(const struct lgsp_pair *pairs, size_t count,
                               struct buf *ret)
{
	struct json_maker maker = { .failed = false };
	TREE *root = cJSON_CreateObject();
	enum cccd_err err = CCCD_OK;
	char *text = NULL;

	buf_reset(ret);
	if (root == NULL)
		return CCCD_ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		if (pairs[i].value == NULL)
			make_text(&maker, root, pairs[i].name, "");
		else
			make_text_if(&maker, root, pairs[i].name,
			             pairs[i].value);
	TRY(make_text_of(&maker, root, false, &text));
	err = buf_append(ret, span_text(text));
	wipe(text, strlen(text));
	cJSON_free(text);
	return err;
}

/* What strangers sent is data, not our configuration. */
static CHECKED enum cccd_err read_answer(struct span text, cJSON **ret)
{
	enum cccd_err err = parse_tree(text, "answer", NULL, ret);

	return err == CCCD_ERR_POLICY_CONFIG ? CCCD_ERR_DATA_MALFORMED : err;
}

static bool is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text >= 0x7F)
			return false;
	return true;
}

static bool same_word(const char *a, const char *b)
{
	for (; *a != '\0' && (*a | 0x20) == (*b | 0x20); a++)
		b++;
	return *a == '\0' && *b == '\0';
}

/* Some servers write the number as text. */
static bool take_life(const cJSON *item, uint64_t *ret)
{
	double life = LIFE_DEFAULT_S;

	if (cJSON_IsNumber(item))
		life = item->valuedouble;
	else if (cJSON_IsString(item) && strlen(item->valuestring) < 10 &&
	         text_is_digits(span_text(item->valuestring)))
		life = (double)strtol(item->valuestring, NULL, 10);
	else if (item != NULL)
		return false;
	if (!(life >= 1))
		return false;
	*ret = life < LIFE_MOST_S ? (uint64_t)life : (uint64_t)LIFE_MOST_S;
	return true;
}

enum cccd_err lgsp_token_parse(struct span text, char *ret, size_t cap,
                               uint64_t *ret_life_s)
{
	TREE *root = NULL;
	const cJSON *token = NULL;
	const cJSON *type = NULL;
	uint64_t life = 0;

	TRY(read_answer(text, &root));
	token = cJSON_GetObjectItemCaseSensitive(root, "access_token");
	type = cJSON_GetObjectItemCaseSensitive(root, "token_type");
	if (!cJSON_IsString(token) || token->valuestring[0] == '\0' ||
	    !is_printable(token->valuestring))
		return CCCD_ERR_DATA_MALFORMED;
	if (type != NULL &&
	    (!cJSON_IsString(type) || !same_word(type->valuestring, "bearer")))
		return CCCD_ERR_DATA_MALFORMED;
	if (!take_life(cJSON_GetObjectItemCaseSensitive(root, "expires_in"),
	               &life))
		return CCCD_ERR_DATA_MALFORMED;
	if (strlen(token->valuestring) >= cap)
		return CCCD_ERR_DATA_TOO_LARGE;
	memcpy(ret, token->valuestring, strlen(token->valuestring) + 1);
	*ret_life_s = life;
	return CCCD_OK;
}

static bool is_ascii_letter(char letter)
{
	return (letter >= 'a' && letter <= 'z') ||
	       (letter >= 'A' && letter <= 'Z');
}

/* "soDinhDanh" and "SoDinhDanh" are one name. */
static bool same_name(const char *a, const char *b)
{
	if (!is_ascii_letter(a[0]) || (a[0] | 0x20) != (b[0] | 0x20))
		return false;
	return strcmp(a + 1, b + 1) == 0;
}

static const cJSON *member(const cJSON *object, const char *name)
{
	const cJSON *item = NULL;

	if (!cJSON_IsObject(object))
		return NULL;
	cJSON_ArrayForEach(item, object)
	{
		if (item->string != NULL && same_name(item->string, name))
			return item;
	}
	return NULL;
}

/* Parts between dots, exact names. */
static const cJSON *at_path(const cJSON *root, const char *path)
{
	const cJSON *item = root;
	char name[LGSP_PATH_MAX];

	while (item != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");

		if (len >= sizeof(name))
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		item = cJSON_IsObject(item)
		               ? cJSON_GetObjectItemCaseSensitive(item, name)
		               : NULL;
		path += len;
		path += *path == '.';
	}
	return item;
}

enum cccd_err lgsp_text_at(struct span text, const char *path, struct buf *ret)
{
	TREE *root = NULL;
	const cJSON *item = NULL;

	buf_reset(ret);
	TRY(read_answer(text, &root));
	item = at_path(root, path);
	if (!cJSON_IsString(item))
		return CCCD_ERR_DATA_MISSING;
	return buf_append(ret, span_text(item->valuestring));
}

/* Beyond these a double no longer tells neighbours apart. */
static bool is_integer(const cJSON *item)
{
	static const double most = 9007199254740991.0;

	return cJSON_IsNumber(item) && item->valuedouble >= -most &&
	       item->valuedouble <= most &&
	       item->valuedouble == (double)(int64_t)item->valuedouble;
}

enum cccd_err lgsp_code_at(struct span text, const char *path, char *ret,
                           size_t cap)
{
	TREE *root = NULL;
	const cJSON *item = NULL;
	const char *word = NULL;
	char digits[24];

	TRY(read_answer(text, &root));
	item = at_path(root, path);
	if (cJSON_IsString(item)) {
		word = item->valuestring;
	} else if (cJSON_IsBool(item)) {
		word = cJSON_IsTrue(item) ? "true" : "false";
	} else if (is_integer(item)) {
		(void)snprintf(digits, sizeof(digits), "%" PRId64,
		               (int64_t)item->valuedouble);
		word = digits;
	} else {
		return CCCD_ERR_DATA_MISSING;
	}
	if (strlen(word) >= cap)
		return CCCD_ERR_DATA_TOO_LARGE;
	memcpy(ret, word, strlen(word) + 1);
	return CCCD_OK;
}

/* Null, no text, nought: a count of nobody, a code of no error. */
static bool says_nothing(const cJSON *item)
{
	return cJSON_IsNull(item) ||
	       (cJSON_IsString(item) && item->valuestring[0] == '\0') ||
	       (is_integer(item) && (int64_t)item->valuedouble == 0);
}

/* Whether no object from @root down to @item has another member that says
 * anything. */
static bool leads_only_to(const cJSON *root, const cJSON *item)
{
	while (root != item) {
		const cJSON *only = NULL;

		for (const cJSON *child = root->child; child != NULL;
		     child = child->next) {
			if (child != item && says_nothing(child))
				continue;
			if (only != NULL)
				return false;
			only = child;
		}
		if (only == NULL)
			return false;
		root = only;
	}
	return true;
}

/* Of an object, or of a list that is not empty. */
static CHECKED enum cccd_err take_person(const cJSON *from, const cJSON **ret)
{
	if (cJSON_IsArray(from)) {
		from = from->child;
		if (from->next != NULL)
			return CCCD_ERR_DATA_DUPLICATE;
		if (!cJSON_IsObject(from))
			return CCCD_ERR_DATA_MALFORMED;
	}
	*ret = from;
	return member(from, "SoDinhDanh") != NULL ||
	                       member(from, "SoCMND") != NULL ||
	                       member(from, "HoVaTen") != NULL
	               ? CCCD_OK
	               : CCCD_ERR_DATA_MISSING;
}

/* An empty list says that nobody is there, and only members of the same
 * answer cast doubt on it. Null says nothing, and may be all that a platform
 * gives which has failed: nothing at all may stand beside it. */
static CHECKED enum cccd_err find_person(const cJSON *root, const char *path,
                                         const cJSON **ret,
                                         enum lgsp_people *ret_people)
{
	static const char *const wrappers[] = { "CongdanCollection",
		                                "CongDanCollection",
		                                "CongDan" };
	const cJSON *answer = at_path(root, path);
	const cJSON *from = answer;
	bool alone = false;

	if (from == NULL)
		return CCCD_ERR_DATA_MISSING;
	for (size_t i = 0; i < ARRAY_LEN(wrappers); i++) {
		const cJSON *inner = member(from, wrappers[i]);

		if (inner != NULL)
			from = inner;
	}
	if (!cJSON_IsArray(from) && !cJSON_IsObject(from) &&
	    !cJSON_IsNull(from))
		return CCCD_ERR_DATA_MALFORMED;
	*ret_people = LGSP_ONE;
	if (cJSON_IsObject(from) || from->child != NULL)
		return take_person(from, ret);
	alone = leads_only_to(cJSON_IsNull(from) ? root : answer, from);
	*ret_people = alone ? LGSP_NOBODY : LGSP_UNSAID;
	return CCCD_OK;
}

/** struct walk - a person's members, children first. */
struct walk {
	lgsp_visit_fn visit;
	void *context;
	char path[LGSP_PATH_MAX];
	size_t ends[LEVELS_MAX];
	size_t depth;
};

static bool push(struct walk *walk, const char *name)
{
	size_t used = strlen(walk->path);
	size_t len = strlen(name);

	if (walk->depth >= LEVELS_MAX || len == 0 ||
	    used + len + 2 > sizeof(walk->path) || strchr(name, '/') != NULL)
		return false;
	walk->ends[walk->depth++] = used;
	if (used > 0)
		walk->path[used++] = '/';
	memcpy(walk->path + used, name, len + 1);
	if (name[0] >= 'a' && name[0] <= 'z')
		walk->path[used] = (char)(name[0] - 'a' + 'A');
	return true;
}

static void pop(struct walk *walk)
{
	walk->path[walk->ends[--walk->depth]] = '\0';
}

/* Codes may be small numbers; anything that could have lost a zero not. */
static bool tell(struct walk *walk, const cJSON *item)
{
	char digits[8];

	if (cJSON_IsString(item))
		return walk->visit(walk->context, walk->path,
		                   span_text(item->valuestring));
	if (cJSON_IsNull(item) || cJSON_IsObject(item) || cJSON_IsBool(item))
		return walk->visit(walk->context, walk->path, span_of(NULL, 0));
	if (!cJSON_IsNumber(item) || strcmp(walk->path, "GioiTinh") != 0 ||
	    !(item->valuedouble >= 0 && item->valuedouble < 100) ||
	    item->valuedouble != (double)item->valueint)
		return false;
	(void)snprintf(digits, sizeof(digits), "%d", item->valueint);
	return walk->visit(walk->context, walk->path, span_text(digits));
}

/* Up to where a sibling follows, telling every parent. */
static bool climb(struct walk *walk, const cJSON *const *above,
                  const cJSON **item)
{
	for (;;) {
		if (!tell(walk, *item))
			return false;
		pop(walk);
		if ((*item)->next != NULL || walk->depth == 0)
			return true;
		*item = above[walk->depth - 1];
	}
}

static bool walk_person(struct walk *walk, const cJSON *person)
{
	const cJSON *above[LEVELS_MAX];
	const cJSON *item = person->child;

	while (item != NULL) {
		if (!push(walk, item->string != NULL ? item->string : ""))
			return false;
		above[walk->depth - 1] = item;
		if (cJSON_IsObject(item) && item->child != NULL) {
			item = item->child;
			continue;
		}
		if (!climb(walk, above, &item))
			return false;
		item = item->next;
	}
	return true;
}

enum cccd_err lgsp_person_visit(struct span text, const char *path,
                                lgsp_visit_fn visit, void *context,
                                enum lgsp_people *ret_people)
{
	struct walk walk = { .visit = visit, .context = context };
	TREE *root = NULL;
	const cJSON *person = NULL;
	enum lgsp_people people = LGSP_NOBODY;

	TRY(read_answer(text, &root));
	TRY(find_person(root, path, &person, &people));
	if (people == LGSP_ONE && !walk_person(&walk, person))
		return CCCD_ERR_DATA_MALFORMED;
	*ret_people = people;
	return CCCD_OK;
}

enum cccd_err lgsp_exists(struct span text, const char *path, bool *ret)
{
	TREE *root = NULL;
	const cJSON *from = NULL;
	const cJSON *inner = NULL;
	const cJSON *word = NULL;

	TRY(read_answer(text, &root));
	from = at_path(root, path);
	inner = member(from, "KetQuaXacThuc");
	word = member(inner != NULL ? inner : from, "TonTai");
	if (word == NULL)
		return CCCD_ERR_DATA_MISSING;
	if (cJSON_IsBool(word)) {
		*ret = cJSON_IsTrue(word);
		return CCCD_OK;
	}
	if (!cJSON_IsString(word) || (strcmp(word->valuestring, "true") != 0 &&
	                              strcmp(word->valuestring, "false") != 0))
		return CCCD_ERR_DATA_MALFORMED;
	*ret = strcmp(word->valuestring, "true") == 0;
	return CCCD_OK;
}
