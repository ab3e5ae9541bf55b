/* SPDX-License-Identifier: Apache-2.0 */
/* cccd read: one card, from the reader to the verdict. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/portrait.h"
#include "cli/print.h"
#include "cli/read.h"
#include "lib/json/evidence.h"
#include "lib/json/profile.h"
#include "lib/json/result.h"
#include "lib/json/tables.h"

/* The one session of the process, for the signal's thread. */
static struct cccd_session *running;
static sigset_t stop_signals;
static atomic_bool run_is_over;

static void session_cleanup(struct cccd_session **session)
{
	cccd_session_free(*session);
}

static void trust_cleanup(struct cccd_trust **trust)
{
	cccd_trust_close(*trust);
}

/* Ctrl-C ends the read in good order: the card is let go of. */
static void *wait_for_stop(void *context)
{
	int signal = 0;

	(void)context;
	(void)sigwait(&stop_signals, &signal);
	if (!atomic_load(&run_is_over))
		cccd_session_cancel(running);
	return NULL;
}

static bool watch_signals(pthread_t *ret)
{
	(void)sigemptyset(&stop_signals);
	(void)sigaddset(&stop_signals, SIGINT);
	(void)sigaddset(&stop_signals, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &stop_signals, NULL);
	return pthread_create(ret, NULL, wait_for_stop, NULL) == 0;
}

enum cccd_err cli_run_watched(struct cccd_session *session)
{
	enum cccd_err err = CCCD_OK;
	pthread_t watcher;
	bool watching = false;

	running = session;
	atomic_store(&run_is_over, false);
	watching = watch_signals(&watcher);
	err = cccd_session_run(session);
	/* Woken, not cancelled: it may hold a lock of the session. */
	atomic_store(&run_is_over, true);
	if (watching) {
		(void)pthread_kill(watcher, SIGINT);
		(void)pthread_join(watcher, NULL);
	}
	(void)pthread_sigmask(SIG_UNBLOCK, &stop_signals, NULL);
	running = NULL;
	return err;
}

static enum cccd_err give_keys(struct cccd_session *session,
                               const struct read_options *options)
{
	if (options->document)
		TRY(cccd_session_set_document(session, options->document_number,
		                              options->birth, options->expiry));
	for (unsigned int i = 1; i < CLI_KEYS; i++)
		if (options->keys[i][0] != '\0')
			TRY(cccd_session_set_access_key(session,
			                                (enum cccd_access_key)i,
			                                options->keys[i]));
	return CCCD_OK;
}

enum cccd_err cli_prepare(struct cccd_session *session,
                          const struct read_options *options)
{
	TRY(cccd_session_set_options(session, &options->engine));
	TRY(give_keys(session, options));
	if (options->has_challenge)
		cccd_session_set_challenge(session, options->challenge);
	if (options->reader != NULL)
		TRY(cccd_session_set_reader(session, options->reader));
	if (options->trace != NULL)
		TRY(cccd_session_record(session, options->trace,
		                        options->trace_full));
	return CCCD_OK;
}

/* A profile file in place of the shipped one. */
static int load_profile(struct cccd_session *session, const char *path)
{
	struct cccd_profile profile = { 0 };
	struct cccd_error error = { .tries_left = -1 };

	if (path == NULL)
		return EXIT_OK;
	if (json_profile_load(path, &error, &profile) != CCCD_OK)
		return cli_complain(&error);
	cccd_session_set_profile(session, &profile);
	return EXIT_OK;
}

int cli_open_trust(const char *dir, const char *demo_dir,
                   struct cccd_trust **ret)
{
	struct cccd_error error = { .tries_left = -1 };
	const char *path = demo_dir != NULL ? demo_dir : dir;
	enum cccd_trust_mode mode =
	        demo_dir != NULL ? CCCD_TRUST_DEMO : CCCD_TRUST_REAL;

	*ret = NULL;
	/* Without a store a read is still worth something: issuer unknown. */
	if (path == NULL && access(CLI_TRUST_DIR, R_OK) != 0)
		return EXIT_OK;
	if (path == NULL)
		path = CLI_TRUST_DIR;
	if (cccd_trust_open(path, mode, &error, ret) != CCCD_OK)
		return cli_complain(&error);
	return EXIT_OK;
}

/* Tables that a signed bundle replaced; a refused one is said aloud. */
static void load_bundle(struct json_tables *tables)
{
	struct cccd_error error = { .tries_left = -1 };

	if (json_tables_load_bundle(tables, CLI_TABLES_DIR, CLI_PINS_DIR,
	                            &error) != CCCD_OK)
		(void)cli_complain(&error);
}

/* Codes are an addition: without tables the words stay as printed. */
static enum cccd_err make_person(const struct cccd_document *document,
                                 const struct read_options *options,
                                 struct cccd_person *ret)
{
	const char *dir =
	        options->tables != NULL ? options->tables : CCCD_TABLES_DIR;
	struct json_tables tables = { 0 };

	TRY(cccd_document_person(document, ret));
	if (json_tables_load(dir, NULL, &tables) == CCCD_OK) {
		load_bundle(&tables);
		cccd_person_apply_tables(ret, &tables.view);
	}
	json_tables_release(&tables);
	return CCCD_OK;
}

static int print_json_result(const struct cccd_session *session,
                             const struct read_options *options,
                             const struct cccd_person *person)
{
	const struct json_result_input input = {
		.result = cccd_session_result(session),
		.document = cccd_session_document(session),
		.person = person,
		.scopes = options->scopes,
		.renderings = options->renderings,
		.pretty = true,
	};
	char *text = NULL;

	if (json_result_text(&input, &text) != CCCD_OK)
		return EXIT_INTERNAL;
	(void)puts(text);
	json_text_free(text);
	return EXIT_OK;
}

static int report(const struct cccd_session *session,
                  const struct read_options *options)
{
	const struct cccd_document *document = cccd_session_document(session);
	const struct cccd_result *result = cccd_session_result(session);
	struct cccd_person *person = calloc(1, sizeof(*person));
	bool have = false;
	int status = EXIT_OK;

	if (person == NULL)
		return EXIT_INTERNAL;
	have = make_person(document, options, person) == CCCD_OK;
	if (options->json) {
		status = print_json_result(session, options,
		                           have ? person : NULL);
	} else {
		if (have)
			print_person(stdout, person);
		print_result(stdout, result);
	}
	cccd_person_wipe(person);
	free(person);
	return status;
}

static int save_evidence(const struct cccd_session *session, const char *path)
{
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_evidence *evidence = NULL;
	enum cccd_err err = CCCD_OK;

	if (path == NULL)
		return EXIT_OK;
	error.code = cccd_session_evidence(session, &evidence);
	if (error.code != CCCD_OK)
		return cli_complain(&error);
	err = json_evidence_save(path, evidence, &error);
	cccd_evidence_free(evidence);
	return err == CCCD_OK ? EXIT_OK : cli_complain(&error);
}

static int finish(const struct cccd_session *session,
                  const struct read_options *options)
{
	const struct cccd_result *result = cccd_session_result(session);
	int status = EXIT_OK;

	if (options->out != NULL)
		status = output_files(options->out,
		                      cccd_session_document(session));
	if (status == EXIT_OK)
		status = save_evidence(session, options->evidence);
	if (status == EXIT_OK)
		status = portrait_save(options->portrait,
		                       cccd_session_document(session),
		                       options->engine.groups);
	if (status == EXIT_OK)
		status = report(session, options);
	if (fflush(stdout) != 0 && status == EXIT_OK)
		status = EXIT_INTERNAL;
	/* [pitfall 34] one value decides what is printed and returned. */
	return status != EXIT_OK ? status
	                         : cli_exit_of_verdict(result->overall);
}

/* An error is a document too, for programs that read our output. */
static int give_up(const struct cccd_error *error, bool json)
{
	char *text = NULL;

	if (json && json_problem_text(error, &text) == CCCD_OK) {
		(void)puts(text);
		json_text_free(text);
	}
	return cli_complain(error);
}

int cli_read_with(struct read_options *options)
{
	CLEANUP(session_cleanup) struct cccd_session *session = NULL;
	CLEANUP(trust_cleanup) struct cccd_trust *trust = NULL;
	struct progress_line line = {
		.out = stderr,
		.terminal = isatty(STDERR_FILENO) != 0,
	};
	enum cccd_err err = CCCD_OK;
	int status = read_options_ask(options);

	portrait_clear(options->portrait);
	if (status == EXIT_OK)
		status = cli_open_trust(options->trust, options->demo_trust,
		                        &trust);
	if (status != EXIT_OK)
		return status;
	if (cccd_session_new(&session) != CCCD_OK)
		return EXIT_INTERNAL;
	cccd_session_set_trust(session, trust);
	status = load_profile(session, options->profile);
	if (status != EXIT_OK)
		return status;
	if (!options->quiet)
		cccd_session_set_progress(session, print_progress, &line);
	err = cli_prepare(session, options);
	if (err == CCCD_OK)
		err = cli_run_watched(session);
	print_progress_end(&line);
	if (err != CCCD_OK)
		return give_up(cccd_session_error(session), options->json);
	return finish(session, options);
}

int cli_read(int argc, char **argv)
{
	struct read_options *options = calloc(1, sizeof(*options));
	int status = EXIT_INTERNAL;

	if (options == NULL)
		return status;
	status = read_options_parse(argc, argv, options, NULL, 0);
	if (status == EXIT_OK && !options->leave)
		status = cli_read_with(options);
	read_options_wipe(options);
	free(options);
	return status;
}
