/* SPDX-License-Identifier: Apache-2.0 */
/* cccd selfcheck: what lies on the disk. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/selfcheck.h"
#include "lib/json/audit_walk.h"
#include "lib/json/parse.h"
#include "lib/json/registry.h"

bool check_path(const struct check_place *place, const char *path,
                char ret[static CHECK_PATH_MAX])
{
	return snprintf(ret, CHECK_PATH_MAX, "%s%s", place->root, path) <
	       CHECK_PATH_MAX;
}

/* Not there, not for our eyes, or something else. */
static enum selfcheck_verdict not_seen(const struct check_rule *rule,
                                       const char *path, char *detail)
{
	int cause = errno;

	(void)snprintf(detail, SELFCHECK_DETAIL_MAX, "%.150s: %s", path,
	               cause == ENOENT ? "missing"
	                               : (cause == EACCES ? "sudo" : "error"));
	if (cause == ENOENT)
		return rule->absent;
	return cause == EACCES ? SELFCHECK_WARN : rule->bad;
}

static enum selfcheck_verdict mode_of(const struct check_place *place,
                                      const struct check_rule *rule,
                                      const char *path, char *detail)
{
	uid_t owner =
	        rule->owner == OWNED_BY_DAEMON ? place->daemon : place->owner;
	struct stat status = { 0 };

	if (lstat(path, &status) != 0)
		return not_seen(rule, path, detail);
	(void)snprintf(detail, SELFCHECK_DETAIL_MAX, "%.150s: %04o, uid %ju",
	               path, (unsigned int)status.st_mode & 07777U,
	               (uintmax_t)status.st_uid);
	if (S_ISLNK(status.st_mode) || (status.st_mode & rule->forbidden) != 0)
		return rule->bad;
	return rule->owner == OWNED_BY_ANY || status.st_uid == owner ||
	                       status.st_uid == place->owner
	               ? SELFCHECK_PASS
	               : rule->bad;
}

/* The files of a folder one by one, until one is bad. */
static enum selfcheck_verdict modes_in(const struct check_place *place,
                                       const struct check_rule *rule,
                                       const char *folder, DIR *stream,
                                       char *detail)
{
	enum selfcheck_verdict verdict = SELFCHECK_PASS;
	const struct dirent *entry = NULL;

	while (verdict == SELFCHECK_PASS) {
		char path[CHECK_PATH_MAX + 256];

		/* The stream is ours. NOLINTNEXTLINE(concurrency-*) */
		entry = readdir(stream);
		if (entry == NULL)
			break;
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
		               entry->d_name);
		verdict = mode_of(place, rule, path, detail);
	}
	return verdict;
}

enum selfcheck_verdict check_mode(const struct check_place *place,
                                  const struct check_rule *rule,
                                  char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	char path[CHECK_PATH_MAX];
	enum selfcheck_verdict verdict = SELFCHECK_PASS;
	DIR *stream = NULL;

	if (!check_path(place, rule->path, path))
		return rule->bad;
	verdict = mode_of(place, rule, path, ret_detail);
	if (verdict != SELFCHECK_PASS)
		return verdict;
	stream = opendir(path);
	if (stream == NULL)
		return errno == EACCES ? not_seen(rule, path, ret_detail)
		                       : verdict;
	verdict = modes_in(place, rule, path, stream, ret_detail);
	(void)closedir(stream);
	if (verdict == SELFCHECK_PASS)
		(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX, "%.180s",
		               path);
	return verdict;
}

enum selfcheck_verdict
check_exists(const struct check_place *place, const struct check_rule *rule,
             char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	const char *folder = rule->path;

	/* Several folders stand between colons. */
	while (*folder != '\0') {
		char path[CHECK_PATH_MAX];
		int len = (int)strcspn(folder, ":");

		if (snprintf(path, sizeof(path), "%s%.*s/%s", place->root, len,
		             folder, rule->ask) < CHECK_PATH_MAX &&
		    access(path, R_OK) == 0) {
			(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX,
			               "%.180s", path);
			return SELFCHECK_PASS;
		}
		folder += len;
		folder += *folder == ':';
	}
	(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX, "%s: missing",
	               rule->ask);
	return rule->bad;
}

static void buf_cleanup(struct buf *buf)
{
	buf_release(buf);
}

/* One file through the parser that the daemon uses. */
static bool is_valid(const char *path, char *detail)
{
	CLEANUP(buf_cleanup) struct buf text = buf_make(RP_FILE_MAX);
	struct json_relying_party *party = NULL;
	struct cccd_error error = { .tries_left = -1 };

	if (parse_read(path, &error, &text) == CCCD_OK &&
	    json_relying_party_parse(buf_span(&text), &error, &party) ==
	            CCCD_OK) {
		json_relying_party_free(party);
		return true;
	}
	(void)snprintf(detail, SELFCHECK_DETAIL_MAX, "%.80s: %.100s", path,
	               error.text);
	return false;
}

static bool is_json(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 &&
	       strcmp(name + len - 5, ".json") == 0;
}

enum selfcheck_verdict
check_registry(const struct check_place *place, const struct check_rule *rule,
               char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	char folder[CHECK_PATH_MAX];
	const struct dirent *entry = NULL;
	unsigned int count = 0;
	bool good = true;
	DIR *stream = NULL;

	if (!check_path(place, rule->path, folder))
		return rule->bad;
	stream = opendir(folder);
	if (stream == NULL)
		return not_seen(rule, folder, ret_detail);
	/* The stream is ours. NOLINTNEXTLINE(concurrency-*) */
	while (good && (entry = readdir(stream)) != NULL) {
		char path[CHECK_PATH_MAX + 256];

		if (!is_json(entry->d_name))
			continue;
		count++;
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
		               entry->d_name);
		good = is_valid(path, ret_detail);
	}
	(void)closedir(stream);
	if (!good)
		return rule->bad;
	(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX, "%u", count);
	return count > 0 ? SELFCHECK_PASS : SELFCHECK_WARN;
}

static void ignore(void *context, const struct audit_finding *finding)
{
	(void)context;
	(void)finding;
}

enum selfcheck_verdict check_audit(const struct check_place *place,
                                   const struct check_rule *rule,
                                   char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	char path[CHECK_PATH_MAX];
	const struct audit_walk walk = { .dir = path, .found = ignore };
	struct audit_summary summary = { 0 };
	struct cccd_error error = { .tries_left = -1 };
	uint64_t faults = 0;

	if (!check_path(place, rule->path, path))
		return rule->bad;
	if (audit_walk_run(&walk, &error, &summary) != CCCD_OK) {
		errno = (int)error.native;
		return not_seen(rule, path, ret_detail);
	}
	faults = summary.chains[AUDIT_CHAIN_READS].faults +
	         summary.chains[AUDIT_CHAIN_SECURITY].faults;
	(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX,
	               "%" PRIu64 " + %" PRIu64 ", faults %" PRIu64,
	               summary.chains[AUDIT_CHAIN_READS].lines,
	               summary.chains[AUDIT_CHAIN_SECURITY].lines, faults);
	return faults == 0 ? SELFCHECK_PASS : rule->bad;
}

static struct cccd_trust *open_store(const struct check_place *place,
                                     const struct check_rule *rule,
                                     char *detail)
{
	char path[CHECK_PATH_MAX];
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_trust *trust = NULL;

	if (!check_path(place, rule->path, path))
		return NULL;
	if (cccd_trust_open(path, CCCD_TRUST_REAL, &error, &trust) == CCCD_OK)
		return trust;
	(void)snprintf(detail, SELFCHECK_DETAIL_MAX, "%.100s: %s", path,
	               cccd_err_code(error.code));
	return NULL;
}

enum selfcheck_verdict
check_anchors(const struct check_place *place, const struct check_rule *rule,
              char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	struct cccd_trust *trust = open_store(place, rule, ret_detail);
	unsigned int anchors = 0;

	if (trust == NULL)
		return rule->bad;
	for (size_t i = 0; i < cccd_trust_count(trust); i++) {
		const struct cccd_trust_entry *entry = cccd_trust_at(trust, i);

		if (entry->kind == CCCD_TRUST_ANCHOR && !entry->specimen)
			anchors++;
	}
	cccd_trust_close(trust);
	(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX, "%u", anchors);
	return anchors > 0 ? SELFCHECK_PASS : rule->bad;
}

enum selfcheck_verdict check_crls(const struct check_place *place,
                                  const struct check_rule *rule,
                                  char ret_detail[static SELFCHECK_DETAIL_MAX])
{
	struct cccd_trust *trust = open_store(place, rule, ret_detail);
	struct cccd_trust_object object = { 0 };
	int64_t newest = 0;
	char text[CLOCK_TEXT_MAX] = "missing";

	if (trust == NULL)
		return rule->bad;
	for (size_t i = 0; i < cccd_trust_count(trust); i++) {
		const struct cccd_trust_entry *entry = cccd_trust_at(trust, i);

		if (entry->kind == CCCD_TRUST_CRL &&
		    cccd_trust_show(trust, entry->sha256, &object) == CCCD_OK &&
		    object.not_after > newest)
			newest = object.not_after;
	}
	cccd_trust_close(trust);
	if (newest != 0)
		clock_text(newest, text);
	(void)snprintf(ret_detail, SELFCHECK_DETAIL_MAX, "nextUpdate %s", text);
	return newest > clock_wall_s() ? SELFCHECK_PASS : rule->bad;
}
