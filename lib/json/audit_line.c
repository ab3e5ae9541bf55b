/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the audit log, and a line of it taken apart. */
#include "lib/json/audit_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "lib/json/make.h"
#include "lib/json/parse.h"

static const struct {
	const char *name;
	enum audit_chain_id chain;
} kinds[AUDIT_KINDS] = {
	[AUDIT_NONE] = { "", AUDIT_CHAIN_READS },
	[AUDIT_START] = { "start", AUDIT_CHAIN_READS },
	[AUDIT_STOP] = { "stop", AUDIT_CHAIN_READS },
	[AUDIT_READ] = { "read", AUDIT_CHAIN_READS },
	[AUDIT_DELIVERY] = { "delivery", AUDIT_CHAIN_READS },
	[AUDIT_RECOVERED] = { "recovered", AUDIT_CHAIN_READS },
	[AUDIT_EXPIRED] = { "expired", AUDIT_CHAIN_READS },
	[AUDIT_BAD_SOD] = { "bad_sod", AUDIT_CHAIN_SECURITY },
	[AUDIT_CLONE_SUSPICION] = { "clone_suspicion", AUDIT_CHAIN_SECURITY },
	[AUDIT_UNKNOWN_ORIGIN] = { "unknown_origin", AUDIT_CHAIN_SECURITY },
	[AUDIT_ACCESS_KEY_REFUSED] = { "access_key_refused",
	                               AUDIT_CHAIN_SECURITY },
	[AUDIT_LEASE_BROKEN] = { "lease_broken", AUDIT_CHAIN_SECURITY },
	[AUDIT_REGISTRY_REFUSED] = { "registry_refused", AUDIT_CHAIN_SECURITY },
	[AUDIT_REQUEST_FORGED] = { "request_forged", AUDIT_CHAIN_SECURITY },
};

static const char *const outcomes[] = {
	[AUDIT_ENDED_NONE] = "",
	[AUDIT_ENDED_READ] = "read",
	[AUDIT_ENDED_FAILED] = "failed",
	[AUDIT_ENDED_CANCELLED] = "cancelled",
	[AUDIT_ENDED_EXPIRED] = "expired",
};

static const char *const ways[] = {
	[AUDIT_WAY_NONE] = "",
	[AUDIT_WAY_JSON] = "json",
	[AUDIT_WAY_JWT] = "jwt",
	[AUDIT_WAY_SD_JWT] = "sd_jwt",
	[AUDIT_WAY_PORTRAIT] = "portrait",
};

const char *audit_kind_name(enum audit_kind kind)
{
	return (unsigned int)kind < AUDIT_KINDS ? kinds[kind].name : "";
}

enum audit_chain_id audit_kind_chain(enum audit_kind kind)
{
	return (unsigned int)kind < AUDIT_KINDS ? kinds[kind].chain
	                                        : AUDIT_CHAIN_READS;
}

const char *audit_outcome_name(enum audit_outcome outcome)
{
	return (unsigned int)outcome < ARRAY_LEN(outcomes) ? outcomes[outcome]
	                                                   : "";
}

const char *audit_way_name(enum audit_way way)
{
	return (unsigned int)way < ARRAY_LEN(ways) ? ways[way] : "";
}

bool audit_text_id_ok(const char *text_id)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "abcdefghijklmnopqrstuvwxyz"
	                              "0123456789._:-";
	size_t len = strlen(text_id);
	size_t digits = 0;

	if (len == 0 || len > 64 || strspn(text_id, allowed) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		digits =
		        text_id[i] >= '0' && text_id[i] <= '9' ? digits + 1 : 0;
		if (digits >= 9)
			return false;
	}
	return true;
}

static bool is_hash(const char *text, size_t len)
{
	return len == AUDIT_HASH_TEXT - 1 &&
	       strspn(text, "0123456789abcdef") >= len;
}

/* Two or four digits at a fixed place. */
static bool take_digits(const char *text, size_t len, int *ret)
{
	int value = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = 10 * value + (text[i] - '0');
	}
	*ret = value;
	return true;
}

/* Days since 1970-01-01 of the Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
	/* Years begin in March, so that the odd day comes last. */
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1 - 719468;
}

int64_t audit_month_end(const char *month)
{
	int year = (int)strtol(month, NULL, 10);
	int number = (int)strtol(month + 5, NULL, 10);

	return number == 12 ? days_of(year + 1, 1, 1) * 86400
	                    : days_of(year, number + 1, 1) * 86400;
}

/* "2026-11-23T02:10:04Z", as clock_text() writes it. */
static bool take_time(const char *text, int64_t *ret)
{
	char again[CLOCK_TEXT_MAX];
	int parts[6] = { 0 };
	bool good = strlen(text) == 20 && take_digits(text, 4, &parts[0]);

	for (size_t i = 1; i < 6 && good; i++)
		good = take_digits(text + 2 + 3 * i, 2, &parts[i]);
	if (!good)
		return false;
	*ret = days_of(parts[0], parts[1], parts[2]) * 86400 +
	       (int64_t)parts[3] * 3600 + (int64_t)parts[4] * 60 + parts[5];
	/* No such day, or other marks between the digits. */
	clock_text(*ret, again);
	return strcmp(text, again) == 0;
}

static enum cccd_err take_hash(const cJSON *root, const char *name,
                               char ret[static AUDIT_HASH_TEXT])
{
	const char *text = NULL;

	TRY(parse_text(root, name, NULL, &text));
	if (!is_hash(text, strlen(text)))
		return CCCD_ERR_DATA_MALFORMED;
	memcpy(ret, text, AUDIT_HASH_TEXT);
	return CCCD_OK;
}

/* A text that may be absent, cut to its room. */
static void take_word(const cJSON *root, const char *name, char *ret,
                      size_t cap)
{
	const char *text = NULL;

	ret[0] = '\0';
	if (parse_text(root, name, NULL, &text) == CCCD_OK)
		(void)snprintf(ret, cap, "%s", text);
}

static void take_number(const cJSON *root, const char *name, uint64_t *ret)
{
	double number = 0;

	if (parse_integer(root, name, 0, 9e15, NULL, &number) == CCCD_OK)
		*ret = (uint64_t)number;
}

static unsigned int index_of(const char *const *names, size_t count,
                             const char *name)
{
	for (unsigned int i = 1; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return 0;
}

static enum audit_kind kind_of(const char *name)
{
	for (unsigned int i = 1; i < AUDIT_KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return (enum audit_kind)i;
	return AUDIT_NONE;
}

static enum cccd_verdict verdict_of(const char *name)
{
	for (unsigned int i = 1; i <= CCCD_ABORTED; i++)
		if (strcmp(cccd_verdict_name((enum cccd_verdict)i), name) == 0)
			return (enum cccd_verdict)i;
	return CCCD_NOT_RUN;
}

static enum cccd_err take_place(const cJSON *root, struct audit_line *line)
{
	static const char *const schemas[] = {
		[AUDIT_CHAIN_READS] = "urn:cccd:audit:1",
		[AUDIT_CHAIN_SECURITY] = "urn:cccd:security-event:1",
	};
	const char *text = NULL;
	double number = 0;

	TRY(parse_text(root, "schema", NULL, &text));
	line->chain = AUDIT_CHAIN_READS;
	if (strcmp(text, schemas[AUDIT_CHAIN_SECURITY]) == 0)
		line->chain = AUDIT_CHAIN_SECURITY;
	else if (strcmp(text, schemas[AUDIT_CHAIN_READS]) != 0)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(parse_text(root, "kind", NULL, &text));
	line->kind = kind_of(text);
	if (line->kind == AUDIT_NONE ||
	    (line->kind != AUDIT_RECOVERED && line->kind != AUDIT_EXPIRED &&
	     kinds[line->kind].chain != line->chain))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(parse_integer(root, "sequence", 1, 9e15, NULL, &number));
	line->sequence = (uint64_t)number;
	TRY(parse_text(root, "time", NULL, &text));
	if (!take_time(text, &line->time))
		return CCCD_ERR_DATA_MALFORMED;
	TRY(take_hash(root, "prev", line->previous));
	return take_hash(root, "hash", line->hash);
}

static void take_counted(const cJSON *root, struct audit_line *line)
{
	const cJSON *ms = cJSON_GetObjectItemCaseSensitive(root, "ms");
	const cJSON *missing =
	        cJSON_GetObjectItemCaseSensitive(root, "missing");
	char word[AUDIT_TEXT_MAX];

	take_word(root, "transaction", line->transaction,
	          sizeof(line->transaction));
	take_word(root, "rp", line->rp, sizeof(line->rp));
	take_word(root, "problem", line->problem, sizeof(line->problem));
	take_word(root, "outcome", word, sizeof(word));
	line->outcome = (enum audit_outcome)index_of(outcomes,
	                                             ARRAY_LEN(outcomes), word);
	take_word(root, "delivered", word, sizeof(word));
	line->way = (enum audit_way)index_of(ways, ARRAY_LEN(ways), word);
	take_word(root, "overall", word, sizeof(word));
	line->overall = verdict_of(word);
	line->suspected = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(
	                          root, "clone_suspicion")) > 0;
	line->count = 1;
	take_number(root, "count", &line->count);
	if (cJSON_IsObject(ms))
		take_number(ms, "total", &line->total_ms);
	if (!cJSON_IsObject(missing))
		return;
	take_number(missing, "sequence", &line->missing_sequence);
	take_word(missing, "hash", line->missing_hash,
	          sizeof(line->missing_hash));
}

/* The hash is the last member, in this very form. */
static const char hash_mark[] = ",\"hash\":\"";

static enum cccd_err true_hash(struct span text,
                               char ret[static AUDIT_HASH_TEXT])
{
	size_t tail = sizeof(hash_mark) - 1 + AUDIT_HASH_TEXT - 1 + 2;
	struct digest digest = { 0 };

	if (text.len < tail || memcmp(text.at + text.len - tail, hash_mark,
	                              sizeof(hash_mark) - 1) != 0)
		return CCCD_ERR_DATA_MALFORMED;
	TRY(digest_compute(DIGEST_SHA256, span_first(text, text.len - tail),
	                   &digest));
	for (size_t i = 0; i < digest.len; i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", digest.bytes[i]);
	return CCCD_OK;
}

enum cccd_err audit_line_parse(struct span text, struct audit_line *ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct audit_line line = { 0 };

	if (text.len >= AUDIT_LINE_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	TRY(true_hash(text, line.true_hash));
	/* A line holds no NUL: what is hashed is what is understood. */
	if (memchr(text.at, '\0', text.len) != NULL ||
	    parse_object(text, "audit line", NULL, &root) != CCCD_OK ||
	    take_place(root, &line) != CCCD_OK)
		return CCCD_ERR_DATA_MALFORMED;
	take_counted(root, &line);
	*ret = line;
	return CCCD_OK;
}

static const char *const head_schemas[AUDIT_CHAINS] = {
	[AUDIT_CHAIN_READS] = "urn:cccd:audit-head:1",
	[AUDIT_CHAIN_SECURITY] = "urn:cccd:security-head:1",
};

void audit_head_make(enum audit_chain_id chain, const struct audit_head *head,
                     char text[static AUDIT_HEAD_LEN + 1])
{
	/* Filled up with blanks, which JSON permits. */
	char body[AUDIT_HEAD_LEN];

	(void)snprintf(body, sizeof(body),
	               "{\"schema\":\"%s\",\"sequence\":%llu,\"hash\":\"%s\"}",
	               head_schemas[chain], (unsigned long long)head->sequence,
	               head->hash);
	(void)snprintf(text, AUDIT_HEAD_LEN + 1, "%-*s\n", AUDIT_HEAD_LEN - 1,
	               body);
}

enum cccd_err audit_head_parse(enum audit_chain_id chain, struct span text,
                               struct audit_head *ret)
{
	CLEANUP(json_cleanup) cJSON *root = NULL;
	struct audit_head head = { 0 };
	char again[AUDIT_HEAD_LEN + 1];
	double number = 0;

	if (text.len != AUDIT_HEAD_LEN ||
	    parse_object(text, "audit head", NULL, &root) != CCCD_OK ||
	    parse_integer(root, "sequence", 1, 9e15, NULL, &number) !=
	            CCCD_OK ||
	    take_hash(root, "hash", head.hash) != CCCD_OK)
		return CCCD_ERR_DATA_MALFORMED;
	head.sequence = (uint64_t)number;
	audit_head_make(chain, &head, again);
	if (memcmp(again, text.at, AUDIT_HEAD_LEN) != 0)
		return CCCD_ERR_DATA_MALFORMED;
	*ret = head;
	return CCCD_OK;
}
