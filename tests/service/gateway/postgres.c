/* SPDX-License-Identifier: Apache-2.0 */
/* A PostgreSQL of the test's own, on a Unix socket. */
#include "tests/service/gateway/postgres.h"

#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMAND_MAX = 1024 };

struct postgres {
	char dir[64];
	char bin[256];
	char conninfo[160];
};

/* PostgreSQL refuses to run as root: as its own user then. */
static bool run(const struct postgres *postgres, const char *command)
{
	char whole[2 * COMMAND_MAX];

	(void)snprintf(whole, sizeof(whole),
	               geteuid() == 0
	                       ? "setpriv --reuid=postgres --regid=postgres "
	                         "--clear-groups sh -c \"cd %s && %s\" "
	                         ">>%s/out 2>&1 </dev/null"
	                       : "sh -c \"cd %s && %s\" >>%s/out 2>&1 "
	                         "</dev/null",
	               postgres->dir, command, postgres->dir);
	/* A test's own words.
	 * NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe) */
	return system(whole) == 0;
}

static bool control(const struct postgres *postgres, const char *what)
{
	char command[COMMAND_MAX];

	(void)snprintf(command, sizeof(command),
	               "%s/pg_ctl -w -t 120 -D data -l data/log "
	               "-o '-c listen_addresses= -c fsync=off -k %s' %s",
	               postgres->bin, postgres->dir, what);
	return run(postgres, command);
}

static bool find_programs(struct postgres *postgres)
{
	glob_t found = { 0 };
	/* One thread so far. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	bool there = glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL,
	                  &found) == 0 &&
	             found.gl_pathc > 0;

	if (there) {
		const char *path = found.gl_pathv[found.gl_pathc - 1];

		(void)snprintf(postgres->bin, sizeof(postgres->bin), "%.*s",
		               (int)(strrchr(path, '/') - path), path);
	}
	globfree(&found);
	return there;
}

static bool make_dir(struct postgres *postgres)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	const struct passwd *user = getpwnam("postgres");

	(void)snprintf(postgres->dir, sizeof(postgres->dir),
	               "/tmp/cccd-pg-XXXXXX");
	if (mkdtemp(postgres->dir) == NULL)
		return false;
	return geteuid() != 0 ||
	       (user != NULL &&
	        chown(postgres->dir, user->pw_uid, user->pw_gid) == 0);
}

struct postgres *postgres_start(void)
{
	struct postgres *postgres = calloc(1, sizeof(*postgres));
	char command[COMMAND_MAX];

	if (postgres == NULL || !find_programs(postgres)) {
		(void)printf("skipped: no PostgreSQL server here\n");
		free(postgres);
		return NULL;
	}
	if (!make_dir(postgres)) {
		(void)printf("skipped: no user for PostgreSQL\n");
		free(postgres);
		return NULL;
	}
	(void)snprintf(command, sizeof(command),
	               "%s/initdb -U cccd -A trust -N -E UTF8 --locale=C data",
	               postgres->bin);
	(void)snprintf(postgres->conninfo, sizeof(postgres->conninfo),
	               "host=%s user=cccd dbname=postgres", postgres->dir);
	if (run(postgres, command) && control(postgres, "start"))
		return postgres;
	(void)printf("skipped: PostgreSQL does not start: see %s/out\n",
	             postgres->dir);
	free(postgres);
	return NULL;
}

const char *postgres_conninfo(const struct postgres *postgres)
{
	return postgres->conninfo;
}

bool postgres_restart(struct postgres *postgres)
{
	return control(postgres, "-m immediate stop") &&
	       control(postgres, "start");
}

void postgres_stop(struct postgres *postgres)
{
	char command[COMMAND_MAX];

	if (postgres == NULL)
		return;
	(void)control(postgres, "-m immediate stop");
	(void)snprintf(command, sizeof(command), "rm -rf %s", postgres->dir);
	/* NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe) */
	if (system(command) != 0)
		(void)printf("%s stays behind\n", postgres->dir);
	free(postgres);
}
