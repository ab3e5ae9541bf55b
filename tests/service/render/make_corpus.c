/* SPDX-License-Identifier: Apache-2.0 */
/* Seeds for fuzz_picture: make_corpus DIRECTORY */
#include <stdio.h>
#include <stdlib.h>

#include "base/macros.h"
#include "tests/service/render/images.h"

enum { PATH_LEN = 512, WIDTH = 20, HEIGHT = 24 };

struct seed {
	const char *name;
	struct image_form form;
};

static const struct seed seeds[] = {
	{ "jpeg", { .kind = IMAGE_JPEG, .components = 3 } },
	{ "jpeg_grey", { .kind = IMAGE_JPEG, .components = 1 } },
	{ "jpeg_cmyk", { .kind = IMAGE_JPEG, .components = 4 } },
	{ "jpeg_progressive",
	  { .kind = IMAGE_JPEG_PROGRESSIVE, .components = 3 } },
	{ "jp2", { .kind = IMAGE_JP2, .components = 3, .bits = 8 } },
	{ "jp2_grey", { .kind = IMAGE_JP2, .components = 1, .bits = 8 } },
	{ "jp2_alpha",
	  { .kind = IMAGE_JP2, .components = 4, .bits = 8, .lossless = true } },
	{ "jp2_deep",
	  { .kind = IMAGE_JP2,
	    .components = 3,
	    .bits = 16,
	    .lossless = true } },
	{ "jp2_ycc",
	  { .kind = IMAGE_JP2,
	    .components = 3,
	    .bits = 8,
	    .ycc = true,
	    .lossless = true } },
	{ "j2k_tiles",
	  { .kind = IMAGE_CODESTREAM,
	    .components = 3,
	    .bits = 8,
	    .tile = 16 } },
	{ "j2k_offset",
	  { .kind = IMAGE_CODESTREAM,
	    .components = 1,
	    .bits = 8,
	    .is_signed = true,
	    .offset = 5 } },
};

static int write_seed(const char *dir, const struct seed *seed)
{
	struct image_form form = seed->form;
	char path[PATH_LEN];
	size_t len = 0;
	uint8_t *at = NULL;
	FILE *file = NULL;
	int bad = 0;

	form.width = WIDTH;
	form.height = HEIGHT;
	at = image_make(&form, &len);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, seed->name);
	file = fopen(path, "wb");
	bad = file == NULL || fwrite(at, 1, len, file) != len;
	if (file != NULL)
		bad |= fclose(file) != 0;
	free(at);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = argc != 2;

	for (size_t i = 0; i < ARRAY_LEN(seeds) && bad == 0; i++)
		bad = write_seed(argv[1], &seeds[i]);
	return bad;
}
