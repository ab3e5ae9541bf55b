/* SPDX-License-Identifier: Apache-2.0 */
/* The table of hostile requests over real sockets. [service-api 0, 1] */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include "base/file.h"
#include "tests/service/listen/daemon.h"

enum {
	AXES_MAX = 16,
	VALUES_MAX = 32,
	REQUEST_MAX = 32768,
	REPLY_MAX = 8192,
	TABLE_MAX = 1 << 20,
	LONG = 300,
	HEAD = 8192,
	FIELDS = 65,
};

struct value {
	const char *name;
	const char *text;
	int status;
	bool grammar; /* refused before anything else is looked at */
};

struct axis {
	const char *name;
	size_t count;
	struct value values[VALUES_MAX];
};

struct table {
	struct daemon daemon;
	cJSON *json;
	bool tcp;
	size_t count;
	struct axis axes[AXES_MAX];
	char request[REQUEST_MAX];
	size_t request_len;
	char reply[REPLY_MAX];
	/* The one reply of each refusal before admission. */
	char first[600][REPLY_MAX];
	size_t asked;
};

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	assert_true(cJSON_IsString(item));
	return item->valuestring;
}

static const cJSON *first_of(const cJSON *object, const char *name)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, name);

	assert_true(cJSON_IsArray(list));
	return list->child;
}

static bool has_door(const cJSON *object, const char *door)
{
	const cJSON *item = NULL;

	for (item = first_of(object, "doors"); item != NULL; item = item->next)
		if (strcmp(item->valuestring, door) == 0)
			return true;
	return false;
}

static bool is_grammar(const char *axis, const cJSON *value, int status)
{
	return status != 0 &&
	       (strcmp(axis, "version") == 0 || strcmp(axis, "framing") == 0 ||
	        cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(value, "first")));
}

static void load_axis(struct table *table, const cJSON *json)
{
	struct axis *axis = &table->axes[table->count++];
	const cJSON *item = NULL;

	axis->name = text_of(json, "axis");
	axis->count = 0;
	for (item = first_of(json, "values"); item != NULL; item = item->next) {
		struct value *value = &axis->values[axis->count++];

		assert_true(axis->count <= VALUES_MAX);
		value->name = text_of(item, "name");
		value->text = text_of(item, "text");
		value->status = cJSON_GetObjectItemCaseSensitive(item, "status")
		                        ->valueint;
		value->grammar = is_grammar(axis->name, item, value->status);
	}
}

static void load(struct table *table, bool tcp)
{
	const cJSON *item = NULL;

	table->tcp = tcp;
	table->count = 0;
	memset(table->first, 0, sizeof(table->first));
	for (item = first_of(table->json, "axes"); item != NULL;
	     item = item->next)
		if (has_door(item, tcp ? "tcp" : "unix"))
			load_axis(table, item);
}

static void add(struct table *table, const char *bytes, size_t len)
{
	assert_true(len <= sizeof(table->request) - table->request_len);
	memcpy(table->request + table->request_len, bytes, len);
	table->request_len += len;
}

static void add_filling(struct table *table, const char *name)
{
	char text[32] = "";

	if (strncmp(name, "{port}", 6) == 0) {
		(void)snprintf(text, sizeof(text), "%u", table->daemon.port);
		add(table, text, strlen(text));
	} else if (strncmp(name, "{port6}", 7) == 0) {
		(void)snprintf(text, sizeof(text), "%u", table->daemon.port6);
		add(table, text, strlen(text));
	} else if (strncmp(name, "{nul}", 5) == 0) {
		add(table, "", 1);
	} else if (strncmp(name, "{fields}", 8) == 0) {
		for (int i = 0; i < FIELDS; i++)
			add(table, "X: y\r\n", 6);
	} else {
		for (int i = 0; i < (name[1] == '8' ? HEAD : LONG); i++)
			add(table, "a", 1);
	}
}

static void add_text(struct table *table, const char *text)
{
	while (*text != '\0') {
		size_t plain = strcspn(text, "{");

		/* The body's own braces are no filling. */
		if (text[plain] == '{' && text[plain + 1] == '}')
			plain += 2;
		add(table, text, plain);
		text += plain;
		if (*text != '{')
			continue;
		add_filling(table, text);
		text = strchr(text, '}') + 1;
	}
}

static struct axis *axis_of(struct table *table, const char *name)
{
	size_t i = 0;

	while (i + 1 < table->count && strcmp(table->axes[i].name, name) != 0)
		i++;
	assert_string_equal(table->axes[i].name, name);
	return &table->axes[i];
}

/* @chosen: index of the value of each axis. */
static void compose(struct table *table, const size_t *chosen)
{
	const cJSON *item = NULL;

	table->request_len = 0;
	for (item = first_of(table->json, "order"); item != NULL;
	     item = item->next) {
		struct axis *axis = axis_of(table, item->valuestring);

		add_text(table, axis->values[chosen[axis - table->axes]].text);
	}
	add(table, "\r\n", 2);
	add_text(table,
	         axis_of(table, "body")->values[chosen[table->count - 1]].text);
}

static void check_always(const char *reply, int status)
{
	static const char *const always[][2] = {
		{ "Vary", "Origin" },
		{ "Cache-Control", "no-store" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Content-Security-Policy",
		  "default-src 'none'; frame-ancestors 'none'" },
		{ "Access-Control-Max-Age", "600" },
		{ "Server", "" },
		{ "Date", "" },
		{ "Access-Control-Allow-Credentials", "" },
		{ "Access-Control-Allow-Private-Network", "" },
		{ "Set-Cookie", "" },
	};
	char value[128] = "";

	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		assert_string_equal(
		        client_field(reply, always[i][0], value, sizeof(value)),
		        always[i][1]);
	/* A stranger is told nothing, and may not read even that. */
	if (status == 403 || status == 421) {
		assert_string_equal(client_body(reply), "");
		assert_string_equal(client_field(reply,
		                                 "Access-Control-Allow-Origin",
		                                 value, sizeof(value)),
		                    "");
	}
}

/* What is said before admission depends on nothing but its status. */
static void check_same(struct table *table, int status)
{
	char *first = table->first[status];

	if (first[0] == '\0')
		memcpy(first, table->reply, sizeof(table->reply));
	assert_string_equal(first, table->reply);
}

static int ask(struct table *table)
{
	struct daemon *daemon = &table->daemon;
	char value[32] = "";
	int fd = table->tcp ? client_tcp(daemon) : client_unix(daemon);
	int status = 0;

	(void)client_send(fd, table->request, table->request_len);
	status = client_reply(fd, table->reply, sizeof(table->reply));
	if (status != 0)
		check_always(table->reply, status);
	(void)client_field(table->reply, "Connection", value, sizeof(value));
	if (status >= 400 && strcmp(value, "close") == 0)
		assert_true(client_is_ended(fd));
	(void)close(fd);
	table->asked++;
	return status;
}

static int expected_of(const struct value *a, const struct value *b)
{
	const struct value *decides = a;

	/* Only one bad part, or the grammar against the rules. */
	if (a->status <= 0 && b->status != 0)
		decides = b;
	else if (b->grammar && !a->grammar)
		decides = b;
	if (decides->status < 0)
		return -decides->status;
	return decides->status == 0 ? 201 : decides->status;
}

static void try_pair(struct table *table, size_t i, size_t a, size_t j,
                     size_t b)
{
	size_t chosen[AXES_MAX] = { 0 };
	const struct value *first = &table->axes[i].values[a];
	const struct value *second = &table->axes[j].values[b];
	int expected = expected_of(first, second);
	int status = 0;

	chosen[i] = a;
	chosen[j] = b;
	compose(table, chosen);
	status = ask(table);
	/* Two breaches of the grammar: the first one met. */
	if (first->grammar && second->grammar && status == second->status)
		expected = status;
	if (status != expected)
		print_error("%s: %s, %s: %s\n", table->axes[i].name,
		            first->name, table->axes[j].name, second->name);
	assert_int_equal(status, expected);
	if (expected == 403 || expected == 421 || expected == 505)
		check_same(table, status);
}

/* Every value of an axis against every value of the axes after it. */
static void try_axis(struct table *table, size_t i)
{
	for (size_t j = i + 1; j < table->count; j++)
		for (size_t a = 0; a < table->axes[i].count; a++)
			for (size_t b = 0; b < table->axes[j].count; b++)
				try_pair(table, i, a, j, b);
}

static void doors_judge_every_pair_by_socket_file(void **state)
{
	struct table *table = *state;

	load(table, false);
	for (size_t i = 0; i < table->count; i++)
		try_axis(table, i);
	assert_true(table->asked > 5000);
}

static void doors_judge_strangers_first_by_tcp(void **state)
{
	static const char *const axes[] = { "host", "origin", "fetch" };
	struct table *table = *state;

	load(table, true);
	for (size_t i = 0; i < ARRAY_LEN(axes); i++)
		try_axis(table,
		         (size_t)(axis_of(table, axes[i]) - table->axes));
}

static void doors_judge_each_value_by_tcp(void **state)
{
	struct table *table = *state;

	load(table, true);
	for (size_t i = 0; i + 1 < table->count; i++)
		for (size_t a = 0; a < table->axes[i].count; a++)
			try_pair(table, i, a, table->count - 1, 0);
}

static void try_row(struct table *table, const cJSON *row, const char *door)
{
	int expected =
	        cJSON_GetObjectItemCaseSensitive(row, "status")->valueint;
	int status = 0;

	if (!has_door(row, door))
		return;
	table->tcp = strcmp(door, "tcp") == 0;
	table->request_len = 0;
	add_text(table, text_of(row, "send"));
	status = ask(table);
	if (status != expected)
		print_error("%s by %s\n", text_of(row, "name"), door);
	assert_int_equal(status, expected);
}

static void doors_judge_whole_requests(void **state)
{
	struct table *table = *state;
	const cJSON *row = NULL;

	for (row = first_of(table->json, "requests"); row != NULL;
	     row = row->next) {
		if (strstr(text_of(row, "send"), "{port6}") != NULL &&
		    table->daemon.port6 == 0)
			continue;
		try_row(table, row, "tcp");
		try_row(table, row, "unix");
	}
}

static void doors_answer_ipv6_as_ipv4(void **state)
{
	struct table *table = *state;
	char request[256] = "";
	char reply[1024] = "";

	if (table->daemon.port6 == 0) {
		print_message("skipped: no IPv6 on this machine\n");
		skip();
	}
	(void)snprintf(request, sizeof(request),
	               "GET /v1/health HTTP/1.1\r\nHost: [::1]:%u\r\n"
	               "Origin: " DAEMON_ORIGIN "\r\n\r\n",
	               table->daemon.port6);
	assert_int_equal(client_ask(client_tcp6(&table->daemon), request, reply,
	                            sizeof(reply)),
	                 200);
	(void)snprintf(request, sizeof(request),
	               "GET /v1/health HTTP/1.1\r\nHost: [::1]:%u\r\n\r\n",
	               table->daemon.port6);
	assert_int_equal(client_ask(client_tcp6(&table->daemon), request, reply,
	                            sizeof(reply)),
	                 403);
}

static void doors_refuse_users_who_are_not_registered(void **state)
{
	struct table *table = *state;
	size_t chosen[AXES_MAX] = { 0 };

	load(table, false);
	compose(table, chosen);
	atomic_store(&table->daemon.peers_refused, true);
	assert_int_equal(ask(table), 403);
	atomic_store(&table->daemon.peers_refused, false);
	assert_int_equal(ask(table), 201);
}

static int open_table(void **state)
{
	static const struct listen_limits limits = { .connections = 512,
		                                     .per_origin = 512 };
	struct table *table = calloc(1, sizeof(*table));
	struct buf text = buf_make(TABLE_MAX);
	char path[512] = "";

	assert_non_null(table);
	(void)snprintf(path, sizeof(path),
	               "%s/tests/service/listen/hostile.json",
	               getenv("CCCD_SOURCE_DIR"));
	assert_int_equal(file_read(path, NULL, &text), CCCD_OK);
	table->json = cJSON_ParseWithLength((char *)text.at, text.len);
	assert_non_null(table->json);
	buf_release(&text);
	daemon_start(&table->daemon, &limits);
	*state = table;
	return 0;
}

static int close_table(void **state)
{
	struct table *table = *state;

	daemon_stop(&table->daemon);
	cJSON_Delete(table->json);
	free(table);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doors_judge_each_value_by_tcp),
		cmocka_unit_test(doors_judge_whole_requests),
		cmocka_unit_test(doors_answer_ipv6_as_ipv4),
		cmocka_unit_test(doors_refuse_users_who_are_not_registered),
		cmocka_unit_test(doors_judge_strangers_first_by_tcp),
		cmocka_unit_test(doors_judge_every_pair_by_socket_file),
	};

	return cmocka_run_group_tests(tests, open_table, close_table);
}
