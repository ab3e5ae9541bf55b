/* SPDX-License-Identifier: Apache-2.0 */
/* cccd_render_portrait() with the real cccd-render. */
#include <cccd/render.h>

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "base/macros.h"
#include "base/picture.h"
#include "base/span.h"
#include "tests/service/render/images.h"
#include "tests/support/self.h"

enum {
	RENDERS = 200,
	FLIPS = 150,
	CUTS = 40,
	THREADS = 4,
	RENDERS_EACH = 10,
	BOMB_KIB = 32 << 10,
	WORST_KIB = 384 << 10,
	PAGES_SLACK = 64,
};

static const char *const specimens[] = { "tests/sim/profiles/specimen.jpg",
	                                 "tests/sim/profiles/specimen.jp2" };

static void no_child_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static enum cccd_err render(struct span image)
{
	struct cccd_picture *picture = NULL;
	enum cccd_err err =
	        cccd_render_portrait(span_bytes(image), NULL, NULL, &picture);

	assert_true((err == CCCD_OK) == (picture != NULL));
	cccd_picture_free(picture);
	return err;
}

static void render_gives_a_clean_jpeg(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specimens); i++) {
		struct cccd_error error = { .tries_left = -1 };
		struct cccd_picture *picture = NULL;
		struct pixels pixels = { 0 };
		size_t len = 0;
		uint8_t *at = image_load(specimens[i], &len);

		assert_int_equal(
		        cccd_render_portrait((struct cccd_bytes){ at, len },
		                             NULL, &error, &picture),
		        CCCD_OK);
		assert_int_equal(error.code, CCCD_OK);
		assert_true(image_read_jpeg(
		        bytes_span(cccd_picture_jpeg(picture)), &pixels));
		assert_int_equal(pixels.width, 360);
		assert_int_equal(pixels.height, 480);
		assert_int_equal(cccd_picture_width(picture), 360);
		assert_int_equal(cccd_picture_height(picture), 480);
		cccd_picture_free(picture);
		free(pixels.at);
		free(at);
	}
	no_child_left();
}

static void render_keeps_to_the_side_asked_for(void **state)
{
	const struct cccd_render_options options = { .side_max = 120 };
	struct cccd_picture *picture = NULL;
	size_t len = 0;
	uint8_t *at = image_load(specimens[1], &len);

	(void)state;
	assert_int_equal(cccd_render_portrait((struct cccd_bytes){ at, len },
	                                      &options, NULL, &picture),
	                 CCCD_OK);
	assert_int_equal(cccd_picture_width(picture), 90);
	assert_int_equal(cccd_picture_height(picture), 120);
	cccd_picture_free(picture);
	free(at);
}

static void render_refuses_bad_arguments(void **state)
{
	static const struct cccd_render_options bad[] = {
		{ .side_max = CCCD_RENDER_SIDE_MIN - 1 },
		{ .side_max = CCCD_RENDER_SIDE_MAX + 1 },
		{ .deadline_ms = CCCD_RENDER_DEADLINE_MAX_MS + 1 },
	};
	static const struct cccd_render_options absent = {
		.program = "/nonexistent/cccd-render"
	};
	const struct cccd_bytes image = { (const uint8_t *)"x", 1 };
	struct cccd_picture *picture = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(
		        cccd_render_portrait(image, &bad[i], NULL, &picture),
		        CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cccd_render_portrait((struct cccd_bytes){ 0 }, NULL,
	                                      NULL, &picture),
	                 CCCD_ERR_USAGE_ARGUMENT);
	assert_int_equal(cccd_render_portrait(image, &absent, NULL, &picture),
	                 CCCD_ERR_RENDERER);
	assert_int_equal(render(span_text("no image at all")),
	                 CCCD_ERR_DATA_UNSUPPORTED);
	assert_null(picture);
}

static bool is_typed(enum cccd_err err)
{
	return err == CCCD_OK || err == CCCD_ERR_DATA_PICTURE ||
	       err == CCCD_ERR_DATA_TOO_LARGE ||
	       err == CCCD_ERR_DATA_UNSUPPORTED;
}

static void pitfall_29_render_survives_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specimens); i++) {
		size_t len = 0;
		uint8_t *at = image_load(specimens[i], &len);

		for (size_t j = 1; j <= CUTS; j++) {
			size_t cut = (len - 3) * j / CUTS;
			enum cccd_err err = render(span_of(at, cut));

			assert_true(err == CCCD_ERR_DATA_PICTURE ||
			            err == CCCD_ERR_DATA_UNSUPPORTED);
		}
		free(at);
	}
	no_child_left();
}

/* The same flips in every run; more of them near the head. */
static void pitfall_29_render_survives_flipped_bits(void **state)
{
	uint32_t random = 29;
	unsigned int refused = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specimens); i++) {
		size_t len = 0;
		uint8_t *at = image_load(specimens[i], &len);

		for (size_t j = 0; j < FLIPS; j++) {
			size_t range = j % 2 == 0 ? 600 : len;
			size_t where;
			enum cccd_err err = CCCD_OK;

			random = random * 1664525 + 1013904223;
			where = (random >> 4) % range;
			at[where] ^= (uint8_t)(1U << (random >> 29));
			err = render(span_of(at, len));
			at[where] ^= (uint8_t)(1U << (random >> 29));
			assert_true(is_typed(err));
			refused += err != CCCD_OK;
		}
		free(at);
	}
	assert_true(refused > 0);
	no_child_left();
}

/* Peak memory of the children so far, in KiB. */
static long children_peak(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
	return usage.ru_maxrss;
}

static void put16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* 65 500 × 65 500 pixels in each format: refused by the header alone. Runs
 * first, while no other child has used memory. */
static void pitfall_29_render_refuses_a_bomb_at_once(void **state)
{
	static const uint8_t siz[] = { 0xFF, 0x51 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specimens); i++) {
		size_t len = 0;
		size_t head = 0;
		uint8_t *at = image_load(specimens[i], &len);

		if (i == 0) {
			while (at[head] != 0xFF || at[head + 1] != 0xC0)
				head++;
			put16(at + head + 5, 65500);
			put16(at + head + 7, 65500);
		} else {
			while (memcmp(at + head, siz, sizeof(siz)) != 0)
				head++;
			put16(at + head + 6, 1);
			put16(at + head + 10, 1);
		}
		assert_int_equal(render(span_of(at, len)),
		                 CCCD_ERR_DATA_TOO_LARGE);
		free(at);
	}
	assert_in_range(children_peak(), 1, BOMB_KIB);
}

/* The largest that is let through still fits the child's memory. */
static void render_manages_the_largest_image(void **state)
{
	const struct image_form forms[] = {
		{ .kind = IMAGE_JPEG_PROGRESSIVE,
		  .width = 2600,
		  .height = 2400,
		  .components = 3 },
		{ .kind = IMAGE_JP2,
		  .width = 2600,
		  .height = 2400,
		  .components = 3,
		  .bits = 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const struct cccd_render_options patient = { .deadline_ms =
			                                             30000 };
		struct cccd_picture *picture = NULL;
		size_t len = 0;
		uint8_t *at = image_make(&forms[i], &len);

		assert_in_range(len, 1, PICTURE_INPUT_MAX);
		assert_int_equal(
		        cccd_render_portrait((struct cccd_bytes){ at, len },
		                             &patient, NULL, &picture),
		        CCCD_OK);
		assert_int_equal(cccd_picture_width(picture), 2000);
		cccd_picture_free(picture);
		free(at);
	}
	print_message("largest child: %ld MiB\n", children_peak() / 1024);
	assert_in_range(children_peak(), 1, WORST_KIB);
}

static void render_leaks_nothing(void **state)
{
	size_t len = 0;
	uint8_t *at = image_load(specimens[1], &len);
	size_t descriptors = 0;
	uint64_t start = 0;
	long pages = 0;

	(void)state;
	for (int i = 0; i < RENDERS + 20; i++) {
		/* The first ones warm the allocator up. */
		if (i == 20) {
			descriptors = self_descriptors();
			pages = self_resident_pages();
			start = clock_steady_ms();
		}
		assert_int_equal(render(span_of(at, len)), CCCD_OK);
	}
	print_message("%d renders, %.1f ms each\n", RENDERS,
	              (double)(clock_steady_ms() - start) / RENDERS);
	assert_int_equal(self_descriptors(), descriptors);
#ifndef CCCD_SANITIZED
	assert_true(self_resident_pages() - pages < PAGES_SLACK);
#else
	(void)pages;
#endif
	no_child_left();
	free(at);
}

struct job {
	struct span image;
	unsigned int good;
};

static void *render_some(void *context)
{
	struct job *job = context;

	for (int i = 0; i < RENDERS_EACH; i++) {
		struct cccd_picture *picture = NULL;

		job->good += cccd_render_portrait(span_bytes(job->image), NULL,
		                                  NULL, &picture) == CCCD_OK;
		cccd_picture_free(picture);
	}
	return NULL;
}

static void render_works_from_several_threads(void **state)
{
	pthread_t threads[THREADS];
	struct job jobs[THREADS] = { 0 };
	size_t len = 0;
	uint8_t *at = image_load(specimens[0], &len);

	(void)state;
	for (size_t i = 0; i < THREADS; i++) {
		jobs[i].image = span_of(at, len);
		assert_int_equal(pthread_create(&threads[i], NULL, render_some,
		                                &jobs[i]),
		                 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(jobs[i].good, RENDERS_EACH);
	}
	no_child_left();
	free(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pitfall_29_render_refuses_a_bomb_at_once),
		cmocka_unit_test(render_gives_a_clean_jpeg),
		cmocka_unit_test(render_keeps_to_the_side_asked_for),
		cmocka_unit_test(render_refuses_bad_arguments),
		cmocka_unit_test(pitfall_29_render_survives_truncation),
		cmocka_unit_test(pitfall_29_render_survives_flipped_bits),
		cmocka_unit_test(render_leaks_nothing),
		cmocka_unit_test(render_works_from_several_threads),
		cmocka_unit_test(render_manages_the_largest_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
