/* SPDX-License-Identifier: Apache-2.0 */
/* Files of settings: lines, reasons with their line, who may write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/file.h"
#include "service/conf.h"

enum { HEARD_MAX = 256, FILE_MOST = 64 };

/** struct listener - writes down what it is told, as "key=value;". */
struct listener {
	char heard[HEARD_MAX];
	struct conf_place place;
	struct cccd_error error;
};

static void hear(struct listener *listener, const char *key, const char *value)
{
	size_t used = strlen(listener->heard);

	(void)snprintf(listener->heard + used, HEARD_MAX - used, "%s=%s;", key,
	               value);
}

static enum cccd_err on_setting(void *context, const char *key,
                                const char *value)
{
	struct listener *listener = context;

	assert_true(key[0] != '\0' && value[0] != '\0');
	if (strcmp(value, "bad") == 0)
		return conf_refuse(&listener->place, key, "it is bad");
	hear(listener, key, value);
	return CCCD_OK;
}

static enum cccd_err on_section(void *context, char *line)
{
	hear(context, "section", line);
	return CCCD_OK;
}

static enum cccd_err read_bytes(struct listener *listener, struct span text,
                                bool sections)
{
	const struct conf_lines lines = {
		.key_letters = "abcdefghijklmnopqrstuvwxyz_",
		.setting = on_setting,
		.section = sections ? on_section : NULL,
		.context = listener,
	};

	*listener = (struct listener){ .error = { .tries_left = -1 } };
	listener->place.name = "x.conf";
	listener->place.error = &listener->error;
	return conf_read(text, &lines, &listener->place);
}

static void assert_heard(const char *text, const char *want)
{
	struct listener listener;

	assert_int_equal(read_bytes(&listener, span_text(text), true), CCCD_OK);
	assert_string_equal(listener.heard, want);
}

static void conf_read_gives_settings_and_sections_in_order(void **state)
{
	(void)state;
	assert_heard("", "");
	assert_heard("\n\n \t\n# a = b\n  # [c]\n", "");
	assert_heard("  a_b   =  c d \r\n[x y]\ne=#f",
	             "a_b=c d;section=[x y];e=#f;");
	assert_heard("a = b = c\nd==e\n", "a=b = c;d==e;");
	assert_heard("a = Quầy số 3", "a=Quầy số 3;");
	assert_heard("\ta\t\t=\tb\t\nc_d\t= e", "a=b;c_d=e;");
	/* The mark of some editors counts at the very beginning only. */
	assert_heard("\xEF\xBB\xBF"
	             "[x]\r\na = b\r\n",
	             "section=[x];a=b;");
	assert_heard("\xEF\xBB\xBF", "");
	/* What closes a section is the listener's to judge. */
	assert_heard(" [a] ; b \n", "section=[a] ; b;");
}

static void assert_refused(struct span text, const char *want)
{
	struct listener listener;

	assert_int_equal(read_bytes(&listener, text, false),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_string_equal(listener.error.text, want);
}

static void conf_read_refuses_with_line_and_reason(void **state)
{
	static const char nul[] = "a = b\nc = d\0\n";
	char longest[CONF_LINE_MAX + 16];

	(void)state;
	assert_refused(span_text("a = b\n\nc = bad\nd = e"),
	               "x.conf, line 3: c: it is bad");
	assert_refused(span_text("#\na ="),
	               "x.conf, line 2: a: it has no value");
	assert_refused(span_text("a"),
	               "x.conf, line 1: it is not \"key = value\"");
	assert_refused(span_text("= b"),
	               "x.conf, line 1: it is not \"key = value\"");
	assert_refused(span_text("a b = c"),
	               "x.conf, line 1: it is not \"key = value\"");
	assert_refused(span_text("A = c"),
	               "x.conf, line 1: it is not \"key = value\"");
	/* Where nobody wants sections, they are no settings either. */
	assert_refused(span_text("[a]"),
	               "x.conf, line 1: it is not \"key = value\"");
	assert_refused(span_text("a = \x01"),
	               "x.conf, line 1: a control character");
	assert_refused(span_text("a = b\n\xEF\xBB\xBF"
	                         "c = d"),
	               "x.conf, line 2: it is not \"key = value\"");
	assert_refused(span_text("\xEF\xBB\xBF\xEF\xBB\xBF"
	                         "c = d"),
	               "x.conf, line 1: it is not \"key = value\"");
	assert_refused(span_text("a\tb = c"),
	               "x.conf, line 1: it is not \"key = value\"");
	assert_refused(span_text("a\t\x02 = c"),
	               "x.conf, line 1: a control character");
	assert_refused(span_text("a = b\tc"),
	               "x.conf, line 1: a control character");
	assert_refused(span_text("a = \xC3("),
	               "x.conf, line 1: a control character");
	assert_refused(span_of(nul, sizeof(nul) - 1),
	               "x.conf, line 2: a control character");
	(void)snprintf(longest, sizeof(longest), "a=%0*d", CONF_LINE_MAX - 2,
	               0);
	assert_refused(span_text(longest),
	               "x.conf, line 1: the line is too long");
}

static void conf_read_takes_the_longest_line(void **state)
{
	struct listener listener;
	char line[CONF_LINE_MAX + 16];

	(void)state;
	(void)snprintf(line, sizeof(line), "  a=%0*d  \n", CONF_LINE_MAX - 3,
	               0);
	assert_int_equal(read_bytes(&listener, span_text(line), false),
	                 CCCD_OK);
	assert_true(strncmp(listener.heard, "a=000", 5) == 0);
}

/* A long file name or key is cut; the reason is whole. */
static void conf_refuse_cuts_names(void **state)
{
	struct cccd_error error = { .tries_left = -1 };
	struct conf_place place = { .line = 9, .error = &error };
	char name[128];

	(void)state;
	(void)snprintf(name, sizeof(name), "%0*d", 100, 0);
	place.name = name;
	assert_int_equal(conf_refuse(&place, name, "it is bad"),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_non_null(strstr(error.text, "0, line 9: 0"));
	assert_non_null(strstr(error.text, "0: it is bad"));
}

/** struct folder - a file in a directory of its own. */
struct folder {
	char dir[32];
	char path[48];
};

static int set_up(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	if (folder == NULL)
		return -1;
	*state = folder;
	(void)snprintf(folder->dir, sizeof(folder->dir),
	               "/tmp/cccd-conf-XXXXXX");
	if (mkdtemp(folder->dir) == NULL)
		return -1;
	(void)snprintf(folder->path, sizeof(folder->path), "%s/x.conf",
	               folder->dir);
	return file_write(folder->path, span_text("a = b\n"), NULL) != CCCD_OK;
}

static int tear_down(void **state)
{
	struct folder *folder = *state;

	(void)unlink(folder->path);
	(void)rmdir(folder->dir);
	free(folder);
	return 0;
}

static void assert_load(const char *path, enum cccd_err want, const char *words)
{
	struct cccd_error error = { .tries_left = -1 };
	BUF text = buf_make(FILE_MOST);

	assert_int_equal(conf_load(path, &error, &text), want);
	assert_int_equal(error.code, want);
	assert_non_null(strstr(error.text, words));
	if (want == CCCD_OK)
		assert_true(span_equal(buf_span(&text), span_text("a = b\n")));
}

static void conf_load_reads_what_only_we_can_write(void **state)
{
	static const mode_t bad[] = { 0620, 0602, 0622, 0666, 0777 };
	static const mode_t good[] = { 0400, 0600, 0640, 0644, 0755 };
	const struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(chmod(folder->path, bad[i]), 0);
		assert_load(folder->path, CCCD_ERR_POLICY_CONFIG,
		            "others may write it");
	}
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(chmod(folder->path, good[i]), 0);
		assert_load(folder->path, CCCD_OK, "");
	}
}

static void conf_load_refuses_what_another_user_owns(void **state)
{
	const struct folder *folder = *state;

	/* Only root can give a file away. */
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(folder->path, 65534, 65534), 0);
	assert_load(folder->path, CCCD_ERR_POLICY_CONFIG,
	            "others may write it");
}

static void conf_load_refuses_what_is_no_file_of_its_size(void **state)
{
	const struct folder *folder = *state;

	assert_load(folder->dir, CCCD_ERR_POLICY_CONFIG, "no plain file");
	assert_int_equal(truncate(folder->path, FILE_MOST + 1), 0);
	assert_load(folder->path, CCCD_ERR_POLICY_CONFIG,
	            "larger than 64 bytes");
	assert_int_equal(unlink(folder->path), 0);
	assert_load(folder->path, CCCD_ERR_USAGE_FILE, folder->path);
}

/* Its name is told, and why: who starts the service as another user has to
 * find out by these words. */
static void conf_load_names_what_it_may_not_read(void **state)
{
	const struct folder *folder = *state;
	bool root = geteuid() == 0;

	assert_int_equal(chmod(folder->dir, root ? 0711 : 0700), 0);
	assert_int_equal(chmod(folder->path, root ? 0600 : 0), 0);
	if (root)
		assert_int_equal(seteuid(65534), 0);
	assert_load(folder->path, CCCD_ERR_USAGE_FILE, folder->path);
	assert_load(folder->path, CCCD_ERR_USAGE_FILE, "Permission denied");
	if (root)
		assert_int_equal(seteuid(0), 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        conf_read_gives_settings_and_sections_in_order),
		cmocka_unit_test(conf_read_refuses_with_line_and_reason),
		cmocka_unit_test(conf_read_takes_the_longest_line),
		cmocka_unit_test(conf_refuse_cuts_names),
		WITH(conf_load_reads_what_only_we_can_write),
		WITH(conf_load_refuses_what_another_user_owns),
		WITH(conf_load_refuses_what_is_no_file_of_its_size),
		WITH(conf_load_names_what_it_may_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
