/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and cards that do what a test says, behind struct engine_ops. */
#include "tests/service/core/fake_engine.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "base/secret.h"
#include "lib/json/result.h"

struct fake {
	bool running;
	bool deaf;
	bool cancelled;
	bool has_end;
	enum cccd_err end;
	unsigned int runs;
	bool has_note;
	struct job_note note;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static struct fake fakes[FAKE_READERS];

void fake_reset(void)
{
	(void)pthread_mutex_lock(&lock);
	memset(fakes, 0, sizeof(fakes));
	(void)pthread_mutex_unlock(&lock);
}

static enum cccd_err check_key(const struct json_access_key *key,
                               struct cccd_error *error)
{
	if (!key->document && strlen(key->value) != 6)
		return fail(error, CCCD_ERR_USAGE_KEY_MALFORMED, "six digits");
	return CCCD_OK;
}

static enum cccd_err fake_open(const char *uri, const struct job_means *means,
                               void **ret)
{
	unsigned int number = 0;

	(void)means;
	if (sscanf(uri, "fake:%u", &number) != 1 || number >= FAKE_READERS)
		return CCCD_ERR_READER_NONE;
	*ret = &fakes[number];
	return CCCD_OK;
}

static void fake_close(void *engine)
{
	(void)engine;
}

static void fake_cancel(void *engine)
{
	struct fake *fake = engine;

	(void)pthread_mutex_lock(&lock);
	fake->cancelled = true;
	(void)pthread_cond_broadcast(&change);
	(void)pthread_mutex_unlock(&lock);
}

static void give_answer(struct job *job)
{
	struct job_answer *answer = &job->answer;
	static const uint8_t jpeg[] = { 0xFF, 0xD8, 'p', 'i', 'c', 0xFF, 0xD9 };

	answer->result.overall = CCCD_SUCCESSFUL;
	answer->result.checks[CCCD_CHECK_PASSIVE_AUTHENTICATION] =
	        (struct cccd_check){ .verdict = CCCD_SUCCESSFUL,
		                     .reason = "",
		                     .mode = CCCD_MODE_MANDATORY,
		                     .ms = 12 };
	for (unsigned int i = 0; i < CCCD_CHECKS; i++)
		if (answer->result.checks[i].reason == NULL)
			answer->result.checks[i].reason = "";
	answer->result.access.password = "can";
	answer->result.access.mapping = "gm";
	answer->result.access.cipher = "aes128";
	(void)snprintf(answer->result.profile, sizeof(answer->result.profile),
	               "counter");
	answer->document_kind = "cccd";
	(void)snprintf(answer->document, sizeof(answer->document), "%s",
	               "001099012345");
	answer->text = strdup("{\"schema\":\"urn:cccd:result:1\"}");
	assert_non_null(answer->text);
	answer->digests.present[CCCD_FILE_SOD] = true;
	if ((job->matter.grant.scopes.bits & JSON_SCOPE_PORTRAIT) != 0)
		assert_int_equal(buf_set(&answer->portrait, SPAN(jpeg)),
		                 CCCD_OK);
}

static void pass_note(struct fake *fake, const struct job *job,
                      job_note_fn note, void *context)
{
	struct job_note said = fake->note;

	fake->has_note = false;
	said.job = job->number;
	(void)pthread_mutex_unlock(&lock);
	note(context, &said);
	(void)pthread_mutex_lock(&lock);
	(void)pthread_cond_broadcast(&change);
}

static void fake_run(void *engine, struct job *job, job_note_fn note,
                     void *context)
{
	struct fake *fake = engine;
	enum cccd_err err = CCCD_OK;

	(void)pthread_mutex_lock(&lock);
	fake->running = true;
	fake->runs++;
	(void)pthread_cond_broadcast(&change);
	while (!fake->has_end && (!fake->cancelled || fake->deaf)) {
		if (fake->has_note)
			pass_note(fake, job, note, context);
		else
			(void)pthread_cond_wait(&change, &lock);
	}
	err = fake->has_end ? fake->end : CCCD_ERR_CANCELLED;
	fake->has_end = false;
	fake->cancelled = false;
	fake->running = false;
	(void)pthread_cond_broadcast(&change);
	(void)pthread_mutex_unlock(&lock);
	if (err == CCCD_OK)
		give_answer(job);
	else
		(void)fail(&job->answer.error, err, "as the test says");
}

const struct engine_ops fake_engine = {
	.name = "fake",
	.check_key = check_key,
	.open = fake_open,
	.run = fake_run,
	.cancel = fake_cancel,
	.close = fake_close,
};

static void tell(struct house *house, unsigned int reader,
                 enum cccd_watch_kind kind)
{
	struct inbox_reader event = { .kind = kind };

	(void)snprintf(event.id, sizeof(event.id), "r%u", reader);
	(void)snprintf(event.uri, sizeof(event.uri), "fake:%u", reader);
	(void)snprintf(event.name, sizeof(event.name), "Fake %u", reader);
	(void)snprintf(event.reader_kind, sizeof(event.reader_kind), "pcsc");
	inbox_reader(house->sessions->inbox, &event);
	sessions_drain(house->sessions);
}

void fake_plug(struct house *house, unsigned int reader, bool in)
{
	tell(house, reader,
	     in ? CCCD_WATCH_READER_ADDED : CCCD_WATCH_READER_REMOVED);
}

void fake_card(struct house *house, unsigned int reader, bool there)
{
	tell(house, reader,
	     there ? CCCD_WATCH_CARD_PRESENT : CCCD_WATCH_CARD_REMOVED);
}

void fake_service(struct house *house, bool there)
{
	tell(house, 0,
	     there ? CCCD_WATCH_SERVICE_BACK : CCCD_WATCH_SERVICE_LOST);
}

void fake_end(unsigned int reader, enum cccd_err err)
{
	(void)pthread_mutex_lock(&lock);
	fakes[reader].has_end = true;
	fakes[reader].end = err;
	(void)pthread_cond_broadcast(&change);
	(void)pthread_mutex_unlock(&lock);
}

bool fake_is_running(unsigned int reader)
{
	bool running = false;

	(void)pthread_mutex_lock(&lock);
	running = fakes[reader].running;
	(void)pthread_mutex_unlock(&lock);
	return running;
}

unsigned int fake_runs(unsigned int reader)
{
	unsigned int runs = 0;

	(void)pthread_mutex_lock(&lock);
	runs = fakes[reader].runs;
	(void)pthread_mutex_unlock(&lock);
	return runs;
}

void fake_await_running(unsigned int reader)
{
	uint64_t end = clock_steady_ms() + HOUSE_LIMIT_MS;

	while (!fake_is_running(reader)) {
		assert_true(clock_steady_ms() < end);
		clock_sleep_ms(2);
	}
}

void fake_await_idle(unsigned int reader)
{
	uint64_t end = clock_steady_ms() + HOUSE_LIMIT_MS;

	while (fake_is_running(reader)) {
		assert_true(clock_steady_ms() < end);
		clock_sleep_ms(1);
	}
}

void fake_set_deaf(unsigned int reader, bool deaf)
{
	(void)pthread_mutex_lock(&lock);
	fakes[reader].deaf = deaf;
	(void)pthread_cond_broadcast(&change);
	(void)pthread_mutex_unlock(&lock);
}

void fake_note(unsigned int reader, enum job_note_kind kind, const char *step)
{
	(void)pthread_mutex_lock(&lock);
	fakes[reader].note = (struct job_note){
		.kind = kind, .ms = 5, .done = 10, .total = 20
	};
	(void)snprintf(fakes[reader].note.step, sizeof(fakes[reader].note.step),
	               "%s", step);
	fakes[reader].has_note = true;
	(void)pthread_cond_broadcast(&change);
	while (fakes[reader].has_note)
		(void)pthread_cond_wait(&change, &lock);
	(void)pthread_mutex_unlock(&lock);
}
