/* SPDX-License-Identifier: Apache-2.0 */
/* Demonstration trust from a bare folder: csca.der, crl.der, a list … */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "apdu/auth/trust_import.h"
#include "base/clock.h"
#include "base/file.h"
#include "lib/trust.h"

static void dir_cleanup(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

static void store_cleanup(struct csca_store **store)
{
	csca_store_free(*store);
}

/* What was refused may find its CSCA in the next round. */
static enum cccd_err note_refused(const struct trust_judgement *what,
                                  void *context)
{
	bool *refused = context;

	*refused = *refused || !what->admitted;
	return CCCD_OK;
}

/* What a file holds goes in; what it does not hold is no error here. */
static enum cccd_err load_file(const struct trust_import *import,
                               const char *path)
{
	BUF file = buf_make(CSCA_LIST_MAX);
	struct stat stat_file = { 0 };
	enum cccd_err err = CCCD_OK;

	if (stat(path, &stat_file) != 0 || !S_ISREG(stat_file.st_mode) ||
	    file_read(path, NULL, &file) != CCCD_OK)
		return CCCD_OK;
	err = trust_import(import, buf_span(&file));
	return err == CCCD_ERR_MEMORY ? err : CCCD_OK;
}

static enum cccd_err load_all(const struct trust_import *import,
                              const char *dir)
{
	CLEANUP(dir_cleanup) DIR *folder = opendir(dir);
	const struct dirent *entry = NULL;
	char path[TRUST_PATH_MAX];

	if (folder == NULL)
		return CCCD_OK;
	/* The stream is ours alone. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((entry = readdir(folder)) != NULL) {
		int len = snprintf(path, sizeof(path), "%s/%s", dir,
		                   entry->d_name);

		if (entry->d_name[0] == '.' || len < 0 ||
		    (size_t)len >= sizeof(path))
			continue;
		TRY(load_file(import, path));
	}
	return CCCD_OK;
}

enum cccd_err trust_load_loose(struct cccd_trust *trust)
{
	CLEANUP(store_cleanup) struct csca_store *pins = NULL;
	bool refused = false;
	struct trust_import import = {
		.store = trust->store,
		.accept_list = true,
		.specimen = true,
		.now_s = clock_wall_s(),
		.judged = note_refused,
		.context = &refused,
	};

	TRY(csca_store_new(CCCD_TRUST_DEMO, &pins));
	import.pins = pins;
	TRY(load_all(&import, trust->dir));
	/* Lists, links and CRLs want their CSCA to be there first. */
	return refused ? load_all(&import, trust->dir) : CCCD_OK;
}
