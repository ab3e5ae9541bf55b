/* SPDX-License-Identifier: Apache-2.0 */
/* What the journal and the service manager receive, on sockets of ours. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/macros.h"
#include "base/span.h"
#include "service/core/audit.h"
#include "service/core/journal.h"
#include "service/core/notify.h"
#include "tests/e2e/call.h"

enum { TEXT_MAX = 20000 };

/* struct post - a datagram socket with a name, and what came last. */
struct post {
	char dir[64];
	char name[108];
	int fd;
	size_t len;
	char text[TEXT_MAX];
};

/* @mark is the first character of the name: '/' or '@'. */
static struct post *post_open(char mark)
{
	struct post *post = calloc(1, sizeof(*post));
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = 0;

	assert_non_null(post);
	make_directory(post->dir);
	(void)snprintf(post->name, sizeof(post->name), "%s%.60s/post",
	               mark == '@' ? "@" : "", post->dir);
	memcpy(address.sun_path, post->name, strlen(post->name));
	if (mark == '@')
		address.sun_path[0] = '\0';
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	                  strlen(post->name));
	post->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(post->fd, (const struct sockaddr *)&address, len),
	                 0);
	return post;
}

static void post_close(struct post *post)
{
	(void)close(post->fd);
	remove_directory(post->dir);
	free(post);
}

/* The next datagram; it is there, because sending does not wait. */
static const char *post_take(struct post *post)
{
	ssize_t got = recv(post->fd, post->text, sizeof(post->text) - 1,
	                   MSG_DONTWAIT);

	assert_true(got > 0);
	post->len = (size_t)got;
	post->text[got] = '\0';
	return post->text;
}

static bool post_is_empty(const struct post *post)
{
	char byte = 0;

	return recv(post->fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static void journal_send_speaks_the_native_protocol(void **state)
{
	struct post *post = post_open('/');
	struct journal *journal = NULL;
	const struct journal_field fields[] = {
		{ "CCCD_TXN", "t-1" },
		{ "CCCD_EMPTY", "" },
		{ "CCCD_NONE", NULL },
		{ "CCCD_DETAIL", "two\nlines" },
	};
	/* The length of a value with a line feed stands before it. */
	static const char binary[] = "CCCD_DETAIL\n\x09\0\0\0\0\0\0\0two\n"
	                             "lines\n";
	const char *text = NULL;

	(void)state;
	assert_int_equal(journal_open(post->name, &journal), CCCD_OK);
	journal_send(journal, JOURNAL_READ, fields, ARRAY_LEN(fields));
	text = post_take(post);
	assert_non_null(
	        strstr(text, "MESSAGE_ID=84d48a457f5649d9bc1235aafac25ff6\n"));
	assert_non_null(strstr(text, "PRIORITY=6\n"));
	assert_non_null(strstr(text, "SYSLOG_IDENTIFIER=cccdd\n"));
	assert_non_null(strstr(text, "\nCCCD_TXN=t-1\n"));
	assert_null(strstr(text, "CCCD_EMPTY"));
	assert_null(strstr(text, "CCCD_NONE"));
	assert_true(post->len > sizeof(binary));
	assert_memory_equal(post->text + post->len - (sizeof(binary) - 1),
	                    binary, sizeof(binary) - 1);
	journal_close(journal);
	post_close(post);
}

static void journal_send_waits_for_nobody(void **state)
{
	struct post *post = post_open('/');
	struct journal *journal = NULL;

	(void)state;
	assert_int_equal(journal_open(post->name, &journal), CCCD_OK);
	/* Nobody reads: the queue fills up, and nothing stops. */
	for (unsigned int i = 0; i < 2000; i++)
		journal_send(journal, JOURNAL_START, NULL, 0);
	post_close(post);
	/* Nobody is there any more. */
	journal_send(journal, JOURNAL_START, NULL, 0);
	journal_send(NULL, JOURNAL_START, NULL, 0);
	journal_close(journal);
	journal_close(NULL);
}

static void journal_open_refuses_a_path_that_is_none(void **state)
{
	struct journal *journal = NULL;
	char path[200];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(journal_open(path, &journal), CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(journal_open("", &journal), CCCD_ERR_USAGE_ARGUMENT);
	assert_null(journal);
}

static void audit_tells_the_journal_what_it_wrote(void **state)
{
	struct post *post = post_open('/');
	struct cccd_result result = { .overall = CCCD_FAILED };
	struct journal *journal = NULL;
	struct audit *audit = NULL;
	struct audit_config config = {
		.site_key = span_text("0123456789abcdef0123456789abcdef"),
	};
	struct audit_entry entry = {
		.kind = AUDIT_READ,
		.transaction = "t-1",
		.outcome = AUDIT_ENDED_READ,
		.result = &result,
		.document = span_text("001099000001"),
	};
	struct audit_head head = { 0 };
	char dir[96];
	const char *text = NULL;

	(void)state;
	result.checks[CCCD_CHECK_DATA_GROUPS].verdict = CCCD_FAILED;
	result.checks[CCCD_CHECK_DOCUMENT_EXPIRY].verdict = CCCD_FAILED;
	(void)snprintf(dir, sizeof(dir), "%.60s/audit", post->dir);
	config.dir = dir;
	assert_int_equal(journal_open(post->name, &journal), CCCD_OK);
	config.journal = journal;
	assert_int_equal(audit_open(&config, NULL, &audit), CCCD_OK);
	assert_int_equal(audit_append(audit, &entry, NULL), CCCD_OK);
	audit_head(audit, &head);
	text = post_take(post);
	assert_non_null(strstr(text, "\nCCCD_TXN=t-1\n"));
	assert_non_null(strstr(text, "\nCCCD_VERDICT=failed\n"));
	assert_non_null(strstr(text, "\nCCCD_CHECK=data_groups\n"));
	assert_non_null(strstr(text, "\nCCCD_CHECK=document_expiry\n"));
	assert_non_null(strstr(text, "\nCCCD_AUDIT_SEQUENCE=1\n"));
	assert_non_null(strstr(text, head.hash));
	assert_null(strstr(text, "001099000001"));
	assert_true(post_is_empty(post));
	audit_close(audit);
	journal_close(journal);
	remove_directory(dir);
	post_close(post);
}

static struct notify *notify_to(const char *name)
{
	struct notify *notify = NULL;

	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	assert_int_equal(notify_open(&notify), CCCD_OK);
	assert_null(getenv("NOTIFY_SOCKET"));
	return notify;
}

static void says_every_state(struct post *post)
{
	struct notify *notify = notify_to(post->name);

	notify_ready(notify, NULL);
	assert_string_equal(post_take(post), "READY=1");
	notify_ready(notify, "2 readers");
	assert_string_equal(post_take(post), "READY=1\nSTATUS=2 readers");
	notify_reloading(notify);
	assert_memory_equal(post_take(post),
	                    "RELOADING=1\nMONOTONIC_USEC=", 27);
	assert_true(strtoull(post->text + 27, NULL, 10) > 0);
	notify_status(notify, "1 session");
	assert_string_equal(post_take(post), "STATUS=1 session");
	notify_watchdog(notify);
	assert_string_equal(post_take(post), "WATCHDOG=1");
	notify_stopping(notify);
	assert_string_equal(post_take(post), "STOPPING=1");
	assert_true(post_is_empty(post));
	notify_close(notify);
	post_close(post);
}

static void notify_speaks_to_a_path_and_to_an_abstract_name(void **state)
{
	(void)state;
	says_every_state(post_open('/'));
	says_every_state(post_open('@'));
}

static void notify_is_silent_without_a_manager(void **state)
{
	struct notify *notify = NULL;

	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	assert_int_equal(notify_open(&notify), CCCD_OK);
	notify_ready(notify, "x");
	assert_int_equal(notify_watchdog_ms(notify), 0);
	notify_close(notify);
	notify_ready(NULL, "x");
	notify_close(NULL);
	notify = NULL;
	assert_int_equal(setenv("NOTIFY_SOCKET", "relative", 1), 0);
	assert_int_equal(notify_open(&notify), CCCD_ERR_POLICY_CONFIG);
	assert_null(notify);
}

/* struct watch - what the manager says, and how often we answer. */
struct watch {
	const char *usec;
	long long pid; /* added to ours; -1 for none at all */
	uint32_t ms;
};

static void notify_takes_the_watchdog_only_when_it_is_meant(void **state)
{
	static const struct watch rows[] = {
		{ "30000000", 0, 15000 }, { "30000000", -1, 15000 },
		{ "30000000", 1, 0 },     { "0", 0, 0 },
		{ "many", 0, 0 },         { "", 0, 0 },
		{ "30000000x", 0, 0 },    { NULL, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct notify *notify = NULL;
		char pid[24];

		(void)snprintf(pid, sizeof(pid), "%lld",
		               (long long)getpid() + rows[i].pid);
		(void)unsetenv("NOTIFY_SOCKET");
		if (rows[i].usec != NULL)
			(void)setenv("WATCHDOG_USEC", rows[i].usec, 1);
		if (rows[i].pid >= 0)
			(void)setenv("WATCHDOG_PID", pid, 1);
		assert_int_equal(notify_open(&notify), CCCD_OK);
		assert_int_equal(notify_watchdog_ms(notify), rows[i].ms);
		assert_null(getenv("WATCHDOG_USEC"));
		assert_null(getenv("WATCHDOG_PID"));
		notify_close(notify);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(journal_send_speaks_the_native_protocol),
		cmocka_unit_test(journal_send_waits_for_nobody),
		cmocka_unit_test(journal_open_refuses_a_path_that_is_none),
		cmocka_unit_test(audit_tells_the_journal_what_it_wrote),
		cmocka_unit_test(
		        notify_speaks_to_a_path_and_to_an_abstract_name),
		cmocka_unit_test(notify_is_silent_without_a_manager),
		cmocka_unit_test(
		        notify_takes_the_watchdog_only_when_it_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
