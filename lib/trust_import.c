/* SPDX-License-Identifier: Apache-2.0 */
/* cccd_trust_import(): what is admitted becomes files and index rows. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apdu/auth/certificate.h"
#include "apdu/auth/trust_import.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "lib/trust.h"
#include "lib/trust_words.h"

enum {
	PIN_MAX = 64 * 1024,
	FILE_MODE = 0644, /* no secret; the daemon's user reads them */
};

/* What one import works on. */
struct work {
	struct cccd_trust *trust;
	const struct cccd_trust_import *import;
	struct cccd_error *error;
	int64_t now;
	bool changed;
};

static enum cccd_err write_object(struct work *work,
                                  const struct cccd_trust_entry *entry,
                                  struct span der)
{
	char path[TRUST_PATH_MAX];

	if (!trust_file_path(work->trust, entry, path))
		return CCCD_ERR_TRUST_STORE_BAD;
	if (file_write(path, der, NULL) != CCCD_OK ||
	    chmod(path, FILE_MODE) != 0)
		return fail_native(work->error, CCCD_ERR_TRUST_STORE_BAD, errno,
		                   "the trust store cannot be written");
	return CCCD_OK;
}

/* "/a/b/DE_ML.ml" is known by its last part. */
static void take_source(const char *path, char *ret, size_t cap)
{
	const char *slash = strrchr(path, '/');

	(void)snprintf(ret, cap, "%s", slash == NULL ? path : slash + 1);
	for (size_t i = 0; ret[i] != '\0'; i++)
		if ((unsigned char)ret[i] < ' ' || ret[i] == 0x7F)
			ret[i] = '?';
}

static enum cccd_err keep(struct work *work, const struct trust_judgement *what,
                          const char *sha256)
{
	struct cccd_trust_entry entry = { .kind = what->kind,
		                          .specimen = what->specimen };

	(void)snprintf(entry.sha256, sizeof(entry.sha256), "%s", sha256);
	(void)snprintf(entry.basis, sizeof(entry.basis), "%s", what->basis);
	take_source(work->import->path, entry.source, sizeof(entry.source));
	clock_text(work->now, entry.date);
	TRY(write_object(work, &entry, what->der));
	TRY(trust_index_add(work->trust, &entry));
	work->changed = true;
	return CCCD_OK;
}

static enum cccd_err judged(const struct trust_judgement *what, void *context)
{
	struct work *work = context;
	struct cccd_trust_decision decision = { .kind = what->kind,
		                                .is_list = what->is_list,
		                                .admitted = what->admitted,
		                                .reason = what->reason,
		                                .note = what->note };
	struct digest digest = { 0 };

	TRY(digest_compute(DIGEST_SHA256, what->der, &digest));
	if (!what->is_list)
		trust_hash_text(digest.bytes, decision.sha256);
	trust_subject_text(what->kind, what->der, decision.subject,
	                   sizeof(decision.subject), decision.country);
	if (what->admitted && !what->is_list)
		TRY(keep(work, what, decision.sha256));
	if (work->import->report != NULL)
		work->import->report(&decision, work->import->context);
	return CCCD_OK;
}

static void dir_cleanup(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

/* A key of a table bundle lies in the same folder and is passed over. */
static enum cccd_err add_pin(struct csca_store *pins, const char *path)
{
	BUF file = buf_make(PIN_MAX);
	enum cccd_err err = file_read(path, NULL, &file);

	if (err == CCCD_OK)
		err = trust_pins_add(pins, buf_span(&file));
	return err == CCCD_ERR_MEMORY ? err : CCCD_OK;
}

static enum cccd_err load_pins(const char *folder, struct cccd_error *error,
                               struct csca_store *pins)
{
	CLEANUP(dir_cleanup) DIR *dir = NULL;
	char path[TRUST_DIR_MAX + NAME_MAX + 2];
	const struct dirent *file = NULL;

	if (folder == NULL)
		return CCCD_OK;
	if (strlen(folder) >= TRUST_DIR_MAX || (dir = opendir(folder)) == NULL)
		return fail_native(error, CCCD_ERR_USAGE_FILE, errno,
		                   "the folder of pins cannot be read");
	/* The stream is ours alone. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((file = readdir(dir)) != NULL) {
		if (file->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
		               file->d_name);
		TRY(add_pin(pins, path));
	}
	return CCCD_OK;
}

static enum cccd_err run(struct work *work, const struct csca_store *pins)
{
	BUF file = buf_make(TRUST_IMPORT_MAX);
	struct trust_import import = {
		.store = work->trust->store,
		.pins = pins,
		.accept_list = work->import->accept_list,
		.specimen = work->import->specimen,
		.now_s = work->now,
		.judged = judged,
		.context = work,
	};
	enum cccd_err err = CCCD_OK;

	TRY(file_read(work->import->path, work->error, &file));
	err = trust_import(&import, buf_span(&file));
	/* What was admitted before an error stands in the index too. */
	if (work->changed)
		TRY(trust_index_save(work->trust, work->error));
	if (err == CCCD_ERR_TRUST_REFUSED)
		return fail(work->error, err,
		            "the file holds no certificate, list or CRL");
	return err;
}

static void store_cleanup(struct csca_store **store)
{
	csca_store_free(*store);
}

enum cccd_err cccd_trust_import(struct cccd_trust *trust,
                                const struct cccd_trust_import *import,
                                struct cccd_error *error)
{
	CLEANUP(store_cleanup) struct csca_store *pins = NULL;
	CLEANUP(trust_unlock) int lock = -1;
	struct work work = {
		.trust = trust,
		.import = import,
		.error = error,
		.now = import->now != 0 ? import->now : clock_wall_s(),
	};

	TRY(csca_store_new(CCCD_TRUST_REAL, &pins));
	TRY(load_pins(import->pins, error, pins));
	TRY(trust_begin(trust, error, &lock));
	return run(&work, pins);
}
