/* SPDX-License-Identifier: Apache-2.0 */
/* The portrait: from DG2 through the renderer to a file. */
#include "cli/portrait.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static void picture_cleanup(struct cccd_picture **picture)
{
	cccd_picture_free(*picture);
}

/* Why there is no portrait, in one sentence. */
static int tell_absence(const struct cccd_document *document, uint32_t groups)
{
	enum cccd_file_state state =
	        cccd_document_state(document, CCCD_FILE_DG2);
	bool wanted =
	        groups == 0 || (groups & CCCD_GROUP_BIT(CCCD_FILE_DG2)) != 0;
	const char *text = NULL;

	if (state == CCCD_FILE_NOT_READ && !wanted)
		text = cli_text("Không lưu ảnh: --groups không có dg2.",
		                "No picture saved: --groups lacks dg2.");
	else if (state == CCCD_FILE_NOT_READ || state == CCCD_FILE_MISSING ||
	         state == CCCD_FILE_READ)
		text = cli_text("Thẻ này không có ảnh.",
		                "This card holds no picture.");
	else
		text = cli_text("Không đọc được ảnh trên thẻ.",
		                "The card's picture could not be read.");
	(void)fprintf(stderr, "cccd: %s\n", text);
	return EXIT_OK;
}

void portrait_clear(const char *path)
{
	struct stat found;

	if (path != NULL && lstat(path, &found) == 0 && S_ISREG(found.st_mode))
		(void)unlink(path);
}

int portrait_save(const char *path, const struct cccd_document *document,
                  uint32_t groups)
{
	CLEANUP(picture_cleanup) struct cccd_picture *picture = NULL;
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_dg2 dg2 = { 0 };

	if (path == NULL)
		return EXIT_OK;
	if (cccd_document_state(document, CCCD_FILE_DG2) != CCCD_FILE_READ)
		return tell_absence(document, groups);
	error.code = cccd_document_dg2(document, &dg2);
	if (error.code == CCCD_OK &&
	    (dg2.face_count == 0 || dg2.faces[0].image.bytes.len == 0))
		return tell_absence(document, groups);
	/* The first one is the interoperable one [9303-10 4.7.2]. */
	if (error.code == CCCD_OK)
		(void)!cccd_render_portrait(dg2.faces[0].image.bytes, NULL,
		                            &error, &picture);
	if (error.code != CCCD_OK) {
		(void)cli_complain(&error);
		return EXIT_OK;
	}
	if (file_write(path, bytes_span(cccd_picture_jpeg(picture)), &error) !=
	    CCCD_OK)
		return cli_complain(&error);
	return EXIT_OK;
}
