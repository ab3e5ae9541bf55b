/* SPDX-License-Identifier: Apache-2.0 */
/* A session manager in a house of its own: registry, log, keys, clock. */
#include "tests/service/core/house.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "lib/json/result.h"
#include "service/core/audit.h"
#include "service/core/keys.h"
#include "service/core/registry.h"
#include "tests/e2e/call.h"

enum { PATH_TEXT = 512, LOG_MAX = 8 << 20 };

#define NONCE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* cmocka's own fail() has the name of ours. */
static void give_up(const char *what, const char *detail)
{
	print_error("%s: %s\n", what, detail);
	assert_true(false);
}

static void write_party(const struct house *house, const char *rp,
                        const char *rest)
{
	char path[PATH_TEXT];
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "%s/rp/%s.json", house->dir, rp);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fprintf(file,
	                    "{\"schema\":\"urn:cccd:relying-party:1\","
	                    "\"id\":\"%s\",\"request_mode\":\"origin\","
	                    "\"scopes_max\":[\"id\",\"demographic\","
	                    "\"address\",\"family\",\"sensitive\","
	                    "\"portrait\",\"raw\",\"pairwise_id\","
	                    "\"valid_document\",\"age_over_18\"],"
	                    "\"purposes\":[\"kcb\"],"
	                    "\"formats\":[\"json\",\"jwt\"],"
	                    "\"quota_per_hour\":100000,%s}\n",
	                    rp, rest) > 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static void write_registry(const struct house *house)
{
	char shell[256];

	write_party(house, "desk",
	            "\"origins\":[\"https://desk.example\"],"
	            "\"consent\":\"none\"");
	write_party(house, "other",
	            "\"origins\":[\"https://other.example\"],"
	            "\"consent\":\"none\"");
	write_party(house, "oper",
	            "\"origins\":[\"https://oper.example\"],"
	            "\"consent\":\"operator\"");
	write_party(house, "agent",
	            "\"origins\":[\"https://agent.example\"],"
	            "\"consent\":\"prompt\",\"access_key_from\":[\"agent\"]");
	write_party(house, "scan",
	            "\"origins\":[\"https://scan.example\"],"
	            "\"consent\":\"none\",\"access_key_from\":[\"scanner\"]");
	(void)snprintf(shell, sizeof(shell),
	               "\"origins\":[],\"local_uids\":[%ld],"
	               "\"consent\":\"none\",\"access_key_from\":[\"scanner\"]",
	               (long)geteuid());
	write_party(house, "shell", shell);
}

static void make_place(const struct house *house, const char *name,
                       char path[static PATH_TEXT])
{
	(void)snprintf(path, PATH_TEXT, "%s/%s", house->dir, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* In the socket's envelope. */
static void print_event(const struct house_event *event)
{
	size_t len = strlen(event->body) + 128;
	char *text = malloc(len);

	assert_non_null(text);
	(void)snprintf(text, len, "{\"type\":\"%s\",\"seq\":%llu,\"body\":%s}",
	               event->type, (unsigned long long)event->sequence,
	               event->body);
	house_print("event", text);
	free(text);
}

static void on_event(void *context, const struct session_event *event)
{
	struct house *house = context;
	struct house_event *kept = NULL;

	assert_true(house->event_count < HOUSE_EVENTS);
	kept = &house->events[house->event_count++];
	kept->sequence = event->sequence;
	(void)snprintf(kept->type, sizeof(kept->type), "%s", event->type);
	(void)snprintf(kept->session_id, sizeof(kept->session_id), "%s",
	               event->session_id);
	kept->body = strdup(event->body);
	assert_non_null(kept->body);
	print_event(kept);
	/* [service-api 2] a stream carries one line per event. */
	assert_null(strchr(kept->body, '\n'));
}

static void on_wake(void *context)
{
	struct house *house = context;

	(void)atomic_fetch_add(&house->wakes, 1);
}

static bool on_ask(void *context, const char *session_id, const char *text)
{
	struct house *house = context;

	if (!house->agent)
		return false;
	house->asked++;
	assert_non_null(strstr(text, session_id));
	(void)snprintf(house->question, sizeof(house->question), "%s", text);
	return true;
}

uint64_t house_now(void *context)
{
	const struct house *house = context;

	return atomic_load(&house->now_ms);
}

void house_open(struct house *house)
{
	static const uint8_t site_key[32] = { 7 };
	struct cccd_error error = { .tries_left = -1 };
	struct audit_config config = { .site_key = SPAN(site_key) };
	struct device_keys_place place = { 0 };
	char audit[PATH_TEXT];
	char keys[PATH_TEXT];
	char rp[PATH_TEXT];

	memset(house, 0, sizeof(*house));
	atomic_init(&house->now_ms, 1000000);
	atomic_init(&house->wakes, 0);
	make_directory(house->dir);
	make_place(house, "audit", audit);
	make_place(house, "keys", keys);
	make_place(house, "rp", rp);
	write_registry(house);
	config.dir = audit;
	place.dir = keys;
	place.credential = "";
	if (audit_open(&config, &error, &house->audit) != CCCD_OK ||
	    device_keys_open(&place, &error, &house->keys) != CCCD_OK ||
	    registry_load(rp, &error, &house->registry) != CCCD_OK)
		give_up(cccd_err_code(error.code), error.text);
	house->parts = (struct sessions_parts){
		.audit = house->audit,
		.keys = house->keys,
		.profiles = rp,
		.lease_ms = 60000,
		.grace_ms = 5000,
		.sessions_max = 64,
		.kept = 512,
	};
}

void house_start(struct house *house, const struct sessions_seams *seams)
{
	const struct sessions_hooks hooks = {
		.context = house,
		.event = on_event,
		.wake = on_wake,
		.ask = on_ask,
	};
	struct sessions_seams mine = { .engine = &engine_card, .watch = true };

	if (seams != NULL)
		mine = *seams;
	if (mine.now_ms == house_now)
		mine.context = house;
	assert_int_equal(sessions_new_with(&house->parts, &hooks, &mine,
	                                   house->registry, &house->sessions),
	                 CCCD_OK);
}

void house_forget_events(struct house *house)
{
	for (size_t i = 0; i < house->event_count; i++)
		free(house->events[i].body);
	house->event_count = 0;
}

void house_close(struct house *house)
{
	sessions_free(house->sessions);
	registry_unref(house->registry);
	device_keys_close(house->keys);
	audit_close(house->audit);
	house_forget_events(house);
	remove_directory(house->dir);
}

struct caller house_page(const char *rp)
{
	struct caller caller = { .door = CALLER_BROWSER };

	(void)snprintf(caller.origin, sizeof(caller.origin),
	               "https://%s.example", rp);
	return caller;
}

struct caller house_shell(void)
{
	return (struct caller){ .door = CALLER_LOCAL,
		                .uid = geteuid(),
		                .gid = getegid() };
}

void house_request(const char *rp, const char *scopes, struct json_request *ret)
{
	struct cccd_error error = { .tries_left = -1 };
	char body[1024];

	(void)snprintf(body, sizeof(body),
	               "{\"rp\":\"%s\",\"nonce\":\"" NONCE
	               "\",\"purpose\":\"kcb\",\"scopes\":[%s]}",
	               rp, scopes);
	if (json_request_parse(span_text(body), &error, ret) != CCCD_OK)
		give_up("request", error.text);
}

enum cccd_err house_create(struct house *house, const struct caller *caller,
                           const struct json_request *request,
                           const char *idempotency_key,
                           struct house_session *ret)
{
	struct cccd_error error = { .tries_left = -1 };
	uint32_t retry_after_s = 0;
	char *view = NULL;
	cJSON *root = NULL;
	enum cccd_err err =
	        sessions_create(house->sessions, caller, request,
	                        idempotency_key, &error, &retry_after_s, &view);

	memset(ret, 0, sizeof(*ret));
	if (err != CCCD_OK) {
		assert_int_equal(error.code, err);
		assert_int_equal(retry_after_s > 0,
		                 err == CCCD_ERR_READER_BUSY ||
		                         err == CCCD_ERR_RATE_LIMITED);
		return err;
	}
	house_print("session", view);
	root = cJSON_Parse(view);
	assert_non_null(root);
	(void)snprintf(ret->id, sizeof(ret->id), "%s",
	               json_text_at(root, "session_id"));
	(void)snprintf(ret->token, sizeof(ret->token), "%s",
	               json_text_at(root, "session_token"));
	assert_int_equal(strlen(ret->token), SESSION_TOKEN_MAX - 1);
	cJSON_Delete(root);
	json_text_free(view);
	return CCCD_OK;
}

struct session *house_find(struct house *house, const struct caller *caller,
                           const struct house_session *session)
{
	struct session *found = NULL;

	assert_int_equal(sessions_find(house->sessions, caller, session->id,
	                               session->token, &found),
	                 CCCD_OK);
	return found;
}

static unsigned int state_of(const struct house *house, const char *id)
{
	for (const struct session *at = house->sessions->all; at != NULL;
	     at = at->next)
		if (strcmp(at->matter.id, id) == 0)
			return at->state;
	return 0;
}

void house_await(struct house *house, const char *id, enum session_state state)
{
	uint64_t end = clock_steady_ms() + HOUSE_LIMIT_MS;

	for (;;) {
		sessions_drain(house->sessions);
		if (state_of(house, id) == state)
			return;
		if (clock_steady_ms() > end)
			give_up(session_state_name((enum session_state)state_of(
			                house, id)),
			        session_state_name(state));
		clock_sleep_ms(2);
	}
}

static const struct house_event *find_event(const struct house *house,
                                            const char *type, const char *text)
{
	for (size_t i = 0; i < house->event_count; i++)
		if (strcmp(house->events[i].type, type) == 0 &&
		    strstr(house->events[i].body, text) != NULL)
			return &house->events[i];
	return NULL;
}

const struct house_event *house_await_event(struct house *house,
                                            const char *type, const char *text)
{
	uint64_t end = clock_steady_ms() + HOUSE_LIMIT_MS;
	const struct house_event *event = NULL;

	while ((event = find_event(house, type, text)) == NULL) {
		if (clock_steady_ms() > end)
			give_up(type, text);
		clock_sleep_ms(2);
		sessions_drain(house->sessions);
	}
	return event;
}

size_t house_count(const struct house *house, const char *type,
                   const char *text)
{
	size_t count = 0;

	for (size_t i = 0; i < house->event_count; i++)
		if (strcmp(house->events[i].type, type) == 0 &&
		    strstr(house->events[i].body, text) != NULL)
			count++;
	return count;
}

struct json_access_key house_can(const char *digits)
{
	struct json_access_key key = { .type = CCCD_ACCESS_KEY_CAN };

	(void)snprintf(key.value, sizeof(key.value), "%s", digits);
	return key;
}

struct json_consent house_consent(bool granted)
{
	return (struct json_consent){ .granted = granted,
		                      .text_id = "kcb-1",
		                      .actor = "desk-7" };
}

static void add_file(const char *path, char *text, size_t *used)
{
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	*used += fread(text + *used, 1, LOG_MAX - 1 - *used, file);
	text[*used] = '\0';
	(void)fclose(file);
}

char *house_log(const struct house *house, bool security)
{
	char path[PATH_TEXT];
	char *text = calloc(1, LOG_MAX);
	size_t used = 0;
	DIR *dir = NULL;
	const struct dirent *entry = NULL;

	assert_non_null(text);
	(void)snprintf(path, sizeof(path), "%s/audit", house->dir);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strstr(entry->d_name, ".jsonl") == NULL ||
		    (strncmp(entry->d_name, "security", 8) == 0) != security)
			continue;
		(void)snprintf(path, sizeof(path), "%s/audit/%s", house->dir,
		               entry->d_name);
		add_file(path, text, &used);
	}
	(void)closedir(dir);
	return text;
}

size_t house_count_text(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, part)) != NULL;
	     at += strlen(part))
		count++;
	return count;
}

void house_print(const char *schema, const char *text)
{
	const char *path = getenv("CCCD_DOCUMENTS");
	FILE *out = NULL;

	if (path == NULL)
		return;
	out = fopen(path, "a");
	assert_non_null(out);
	assert_true(fprintf(out, "%s %s\n", schema, text) > 0);
	assert_int_equal(fclose(out), 0);
}
