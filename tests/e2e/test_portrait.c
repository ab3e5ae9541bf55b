/* SPDX-License-Identifier: Apache-2.0 */
/* The portrait of a card as a JPEG file, through the real program. */
#include "tests/e2e/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#undef fail

#include "base/file.h"
#include "base/macros.h"

enum { PATH_LEN = 128, STATUS_MAX = 10 };

static struct desk desk;
static char directory[64];
static char picture[PATH_LEN];

/* The face of whoever was read before. */
static void leave_old_picture(void)
{
	assert_int_equal(file_write(picture, span_text("old"), NULL), CCCD_OK);
}

static struct answer *read_card(const char *number, const char *option,
                                const char *value)
{
	const struct call call = {
		.args = { "read", "--quiet", "--reader", DESK_SLOT_0,
		          "--id-number", number, "--demo-trust", desk_trust(),
		          "--portrait", picture, option, value },
		.language = "en",
	};

	leave_old_picture();
	return call_run(&call);
}

static void check_jpeg(void)
{
	static const uint8_t head[] = { 0xFF, 0xD8, 0xFF };
	size_t len = 0;
	char *text = file_text(picture, &len);
	struct stat found;

	assert_non_null(text);
	assert_true(len > 5000);
	assert_memory_equal(text, head, sizeof(head));
	free(text);
	assert_int_equal(stat(picture, &found), 0);
	assert_int_equal(found.st_mode & 0777, 0600);
}

static void no_file(void)
{
	struct stat found;

	assert_int_not_equal(stat(picture, &found), 0);
}

static void portrait_of_either_format_is_a_jpeg(void **state)
{
	static const char *const cards[] = { "cccd-2021", "portrait-jp2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
		struct answer *answer = NULL;

		desk_lay(&desk, cards[i], NULL);
		answer = read_card("001199000001", NULL, NULL);
		assert_int_equal(answer->status, 0);
		assert_string_equal(answer->err, "");
		check_jpeg();
		call_free(answer);
	}
}

/* Its verdict is as good as any, and no older face stays in the file. */
static void portrait_of_a_child_is_said_to_be_absent(void **state)
{
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, "cancuoc-2024-child", NULL);
	answer = read_card("001322000004", NULL, NULL);
	assert_int_equal(answer->status, 0);
	assert_non_null(strstr(answer->err, "This card holds no picture."));
	no_file();
	call_free(answer);
}

static void portrait_not_asked_for_is_said_to_be_so(void **state)
{
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, "cccd-2021", NULL);
	answer = read_card("001199000001", "--groups", "dg1,dg13");
	assert_true(answer->status <= STATUS_MAX);
	assert_non_null(strstr(answer->err, "--groups lacks dg2"));
	no_file();
	call_free(answer);
}

/* A machine without the renderer reads and proves all the same. */
static void portrait_without_renderer_is_said_to_be_so(void **state)
{
	const char *program = getenv("CCCD_RENDER_CHILD");
	char *kept = NULL;
	struct answer *answer = NULL;

	(void)state;
	assert_non_null(program);
	kept = strdup(program);
	assert_non_null(kept);
	assert_int_equal(setenv("CCCD_RENDER_CHILD", "/nonexistent", 1), 0);
	desk_lay(&desk, "cccd-2021", NULL);
	answer = read_card("001199000001", NULL, NULL);
	assert_int_equal(setenv("CCCD_RENDER_CHILD", kept, 1), 0);
	free(kept);
	assert_int_equal(answer->status, 0);
	assert_non_null(strstr(answer->err, "[renderer_unavailable]"));
	no_file();
	call_free(answer);
}

/* Nothing is read here: the face before must be gone all the same. */
static void portrait_of_a_failed_read_leaves_no_older_one(void **state)
{
	struct answer *answer = NULL;

	(void)state;
	desk_lay(&desk, "cccd-2021", NULL);
	answer = read_card("001199999999", NULL, NULL);
	assert_int_equal(answer->status, 4);
	no_file();
	call_free(answer);
}

static int open_all(void **state)
{
	(void)state;
	make_directory(directory);
	(void)snprintf(picture, sizeof(picture), "%s/face.jpg", directory);
	desk_open(&desk, false);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	desk_close(&desk);
	remove_directory(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(portrait_of_either_format_is_a_jpeg),
		cmocka_unit_test(portrait_of_a_child_is_said_to_be_absent),
		cmocka_unit_test(portrait_not_asked_for_is_said_to_be_so),
		cmocka_unit_test(portrait_without_renderer_is_said_to_be_so),
		cmocka_unit_test(portrait_of_a_failed_read_leaves_no_older_one),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
