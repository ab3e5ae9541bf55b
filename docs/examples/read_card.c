/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read a card and say who holds it and what was proven.
 *
 *	cc read_card.c $(pkg-config --cflags --libs cccd) -o read_card
 *	./read_card                             lists the readers
 *	./read_card pcsc: /var/lib/cccd/trust   asks for the printed number
 *	./read_card pcsc: DIR demo              DIR: trust in specimens
 *
 * Exit: 0 proven, 1 usage or error, 10 not proven, 11 forged or damaged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cccd/cccd.h>

static int complain(const struct cccd_error *error)
{
	fprintf(stderr, "%s [%s] %s\n%s\n",
	        cccd_err_text(error->code, CCCD_LANG_EN),
	        cccd_err_code(error->code), error->text,
	        cccd_err_next_text(error->code, CCCD_LANG_EN));
	return EXIT_FAILURE;
}

static int list_readers(void)
{
	static struct cccd_reader_list list;
	struct cccd_error error = { .tries_left = -1 };

	if (cccd_reader_list(&error, &list) != CCCD_OK)
		return complain(&error);
	for (size_t i = 0; i < list.count; i++)
		printf("%s %s\n", list.readers[i].uri,
		       list.readers[i].card_present ? "card" : "empty");
	return EXIT_SUCCESS;
}

/* One line for each step, from the thread that runs the session. */
static void show_progress(const struct cccd_progress *progress, void *context)
{
	FILE *out = context;

	if (progress->event == CCCD_EVENT_WAITING)
		fprintf(out, "lay the card on the reader\n");
	if (progress->event == CCCD_EVENT_STEP_FINISHED)
		fprintf(out, "%6u ms %s\n", (unsigned int)progress->ms,
		        progress->step);
}

/* 12 digits are the citizen number, 6 the CAN, all else an MRZ. */
static enum cccd_err give_key(struct cccd_session *session, const char *text)
{
	enum cccd_access_key type = CCCD_ACCESS_KEY_MRZ;

	if (strspn(text, "0123456789") == strlen(text))
		type = strlen(text) == 6 ? CCCD_ACCESS_KEY_CAN
		                         : CCCD_ACCESS_KEY_ID_NUMBER;
	return cccd_session_set_access_key(session, type, text);
}

/* The key comes from standard input: arguments are there for all to see. */
static enum cccd_err ask_key(struct cccd_session *session)
{
	static char text[128];
	enum cccd_err err = CCCD_ERR_USAGE_KEY_MISSING;

	fprintf(stderr, "number on the card: ");
	if (fgets(text, sizeof(text), stdin) != NULL) {
		text[strcspn(text, "\r\n")] = '\0';
		err = give_key(session, text);
	}
	memset(text, 0, sizeof(text));
	return err;
}

static enum cccd_err run(struct cccd_session *session, const char *uri,
                         const struct cccd_trust *trust)
{
	struct cccd_options options = cccd_options_default();
	enum cccd_err err = CCCD_OK;

	options.wait_ms = 30000;
	cccd_session_set_trust(session, trust);
	cccd_session_set_progress(session, show_progress, stderr);
	err = cccd_session_set_options(session, &options);
	if (err == CCCD_OK)
		err = cccd_session_set_reader(session, uri);
	if (err == CCCD_OK)
		err = ask_key(session);
	return err != CCCD_OK ? err : cccd_session_run(session);
}

/* What was read is one thing, what was proven another: show both. */
static int report(const struct cccd_session *session)
{
	static struct cccd_person person;
	const struct cccd_result *result = cccd_session_result(session);

	if (cccd_document_person(cccd_session_document(session), &person) ==
	    CCCD_OK)
		printf("%s, %s, born %s\n", person.full_name, person.id_number,
		       person.date_of_birth);
	cccd_person_wipe(&person);
	for (unsigned int i = 0; i < CCCD_CHECKS; i++) {
		const struct cccd_check *check = &result->checks[i];

		if (check->verdict != CCCD_NOT_RUN)
			printf("%-28s %s %s\n",
			       cccd_check_name((enum cccd_check_id)i),
			       cccd_verdict_name(check->verdict),
			       check->reason);
	}
	printf("%s%s\n", result->specimen ? "SPECIMEN, " : "",
	       cccd_verdict_name(result->overall));
	if (result->overall == CCCD_SUCCESSFUL)
		return EXIT_SUCCESS;
	return result->overall == CCCD_FAILED ? 11 : 10;
}

static int read_card(const char *uri, const struct cccd_trust *trust)
{
	struct cccd_session *session = NULL;
	int status = EXIT_FAILURE;

	if (cccd_session_new(&session) != CCCD_OK)
		return status;
	if (run(session, uri, trust) != CCCD_OK)
		status = complain(cccd_session_error(session));
	else
		status = report(session);
	cccd_session_free(session);
	return status;
}

int main(int argc, char **argv)
{
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_trust *trust = NULL;
	enum cccd_trust_mode mode = CCCD_TRUST_REAL;
	int status = EXIT_FAILURE;

	if (argc < 2)
		return list_readers();
	if (argc > 3 && strcmp(argv[3], "demo") == 0)
		mode = CCCD_TRUST_DEMO;
	/* Without a store the issuer is unknown, and the verdict says so. */
	if (argc > 2 &&
	    cccd_trust_open(argv[2], mode, &error, &trust) != CCCD_OK)
		return complain(&error);
	status = read_card(argv[1], trust);
	cccd_trust_close(trust);
	return status;
}
