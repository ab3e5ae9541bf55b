/* SPDX-License-Identifier: Apache-2.0 */
/* cccd_trust_remove() and cccd_trust_verify(). */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apdu/auth/admission.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "lib/trust.h"
#include "lib/trust_words.h"

enum { STRAY_NAME_MAX = CCCD_TRUST_NAME_TEXT };

/* What one look at the store works on. */
struct work {
	const struct cccd_trust *trust;
	int64_t now;
	cccd_trust_report_fn report;
	void *context;
	size_t unsound;
};

enum cccd_err cccd_trust_remove(struct cccd_trust *trust, const char *sha256,
                                struct cccd_error *error)
{
	CLEANUP(trust_unlock) int lock = -1;
	struct cccd_trust_index *index = &trust->index;
	struct cccd_trust_entry *entry = NULL;
	char path[TRUST_PATH_MAX];
	enum cccd_err err = CCCD_OK;
	uint8_t bytes[32];

	TRY(trust_begin(trust, error, &lock));
	entry = trust_index_find(trust, sha256);
	if (entry == NULL || !trust_file_path(trust, entry, path))
		return fail(error, CCCD_ERR_USAGE_ARGUMENT,
		            "no entry, or several, have this hash");
	/* A file that is gone already is no reason to keep the row. */
	if (trust_hash_bytes(entry->sha256, bytes))
		err = csca_store_remove(trust->store, entry->kind, bytes);
	if (err != CCCD_OK && err != CCCD_ERR_DATA_MISSING)
		return fail(error, err, "the entry cannot be removed");
	index->count--;
	memmove(entry, entry + 1,
	        (size_t)(index->entries + index->count - entry) *
	                sizeof(*entry));
	TRY(trust_index_save(trust, error));
	if (unlink(path) != 0 && errno != ENOENT)
		return fail_native(error, CCCD_ERR_TRUST_STORE_BAD, errno,
		                   "a file cannot be removed");
	return CCCD_OK;
}

static void tell(struct work *work, struct cccd_trust_decision *decision,
                 const char *reason)
{
	decision->reason = reason;
	decision->admitted = strcmp(reason, "sound") == 0;
	if (decision->note == NULL)
		decision->note = "";
	work->unsound += !decision->admitted;
	if (work->report != NULL)
		work->report(decision, work->context);
}

/* The file against its name; NULL when it is what it says. */
static const char *file_fault(const struct work *work,
                              const struct cccd_trust_entry *entry,
                              struct buf *der)
{
	char path[TRUST_PATH_MAX];
	char text[CCCD_TRUST_SHA256_TEXT];
	struct digest digest = { 0 };

	if (!trust_file_path(work->trust, entry, path) ||
	    file_read(path, NULL, der) != CCCD_OK)
		return "file_missing";
	if (digest_compute(DIGEST_SHA256, buf_span(der), &digest) != CCCD_OK)
		return "file_altered";
	trust_hash_text(digest.bytes, text);
	return strcmp(text, entry->sha256) == 0 ? NULL : "file_altered";
}

/* Whether it would be admitted today, and what there is to say. */
static const char *admission_fault(const struct work *work,
                                   const struct cccd_trust_entry *entry,
                                   struct span der, const char **ret_note)
{
	const struct csca_store *store = work->trust->store;
	struct admission admission = { 0 };
	enum cccd_err err = CCCD_OK;

	switch (entry->kind) {
	case CCCD_TRUST_ANCHOR:
	case CCCD_TRUST_LINK:
	case CCCD_TRUST_SIGNER:
		err = admission_certificate(store, der, ADMISSION_OPERATOR,
		                            work->now, &admission);
		break;
	case CCCD_TRUST_CRL:
		err = admission_crl(store, der, work->now, &admission);
		break;
	case CCCD_TRUST_DEVIATION:
		err = admission_deviation(store, der, work->now, &admission);
		break;
	}
	if (err != CCCD_OK)
		return cccd_err_code(err);
	*ret_note = admission.note;
	if (!admission.admitted)
		return admission.reason;
	return admission.kind == entry->kind ? NULL : "wrong_folder";
}

static enum cccd_err verify_entry(struct work *work,
                                  const struct cccd_trust_entry *entry)
{
	BUF der = buf_make(CSCA_LIST_MAX);
	struct cccd_trust_decision decision = { .kind = entry->kind };
	const char *fault = file_fault(work, entry, &der);

	memcpy(decision.sha256, entry->sha256, sizeof(decision.sha256));
	trust_subject_text(entry->kind, buf_span(&der), decision.subject,
	                   sizeof(decision.subject), decision.country);
	if (fault == NULL)
		fault = admission_fault(work, entry, buf_span(&der),
		                        &decision.note);
	if (fault == NULL && entry->specimen &&
	    work->trust->mode == CCCD_TRUST_REAL)
		fault = "specimen_refused";
	tell(work, &decision, fault == NULL ? "sound" : fault);
	return CCCD_OK;
}

static bool is_indexed(const struct cccd_trust *trust,
                       enum cccd_trust_kind kind, const char *name)
{
	for (size_t i = 0; i < trust->index.count; i++) {
		const struct cccd_trust_entry *entry = &trust->index.entries[i];

		if (entry->kind == kind && strlen(name) == 64 + 4 &&
		    strncmp(name, entry->sha256, 64) == 0 &&
		    strcmp(name + 64, ".der") == 0)
			return true;
	}
	return false;
}

static void dir_cleanup(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

/* Files that lie in a folder and stand in no row. */
static void verify_folder(struct work *work, enum cccd_trust_kind kind)
{
	CLEANUP(dir_cleanup) DIR *dir = NULL;
	char path[TRUST_PATH_MAX];
	const struct dirent *file = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s", work->trust->dir,
	               csca_store_folder(kind));
	dir = opendir(path);
	if (dir == NULL)
		return;
	/* The stream is ours alone. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((file = readdir(dir)) != NULL) {
		struct cccd_trust_decision decision = { .kind = kind };

		if (file->d_name[0] == '.' ||
		    is_indexed(work->trust, kind, file->d_name))
			continue;
		(void)snprintf(decision.subject, sizeof(decision.subject),
		               "%.*s", STRAY_NAME_MAX - 1, file->d_name);
		tell(work, &decision, "not_in_index");
	}
}

enum cccd_err cccd_trust_verify(const struct cccd_trust *trust, int64_t now,
                                cccd_trust_report_fn report, void *context,
                                size_t *ret_unsound)
{
	struct work work = { .trust = trust,
		             .now = now != 0 ? now : clock_wall_s(),
		             .report = report,
		             .context = context };

	for (size_t i = 0; i < trust->index.count; i++)
		TRY(verify_entry(&work, &trust->index.entries[i]));
	for (size_t k = 0; k < CCCD_TRUST_KINDS; k++)
		verify_folder(&work, (enum cccd_trust_kind)k);
	*ret_unsound = work.unsound;
	return CCCD_OK;
}
