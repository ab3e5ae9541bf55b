/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of pcscd and their cards, as they come and go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "reader/pcsc_eye.h"
#include "reader/survey.h"
#include "reader/watch_part.h"

enum {
	/* pcscd tells at once; this only bounds what a lost wake costs. */
	SLEEP_MS = 10000,
	/* Between two tries to reach a pcscd that is not there. */
	RETRY_MIN_MS = 100,
	RETRY_MAX_MS = 3000,
};

/**
 * struct watch_pcsc - of its own thread, but for the client's cancel.
 * @now:  what was told
 * @next: what is seen
 * @lost: pcscd cannot be reached, and that was told
 */
struct watch_pcsc {
	struct watch_post *post;
	struct watch_thread thread;
	struct pcsc_client client;
	struct pcsc_sight *now;
	struct pcsc_sight *next;
	bool lost;
	unsigned int retry_ms;
};

static void tell(const struct watch_pcsc *part, enum cccd_watch_kind kind,
                 const struct pcsc_seen *seen)
{
	watch_tell(part->post, kind, &seen->info);
}

/* The same reader at the same place. */
static const struct pcsc_seen *find(const struct pcsc_sight *sight,
                                    const struct pcsc_seen *wanted)
{
	for (size_t i = 0; i < sight->count; i++) {
		const struct pcsc_seen *seen = &sight->seen[i];

		if (strcmp(seen->info.id, wanted->info.id) == 0 &&
		    strcmp(seen->info.uri, wanted->info.uri) == 0 &&
		    seen->address == wanted->address)
			return seen;
	}
	return NULL;
}

static void tell_removed(const struct watch_pcsc *part,
                         const struct pcsc_seen *seen)
{
	if (seen->info.card_present)
		tell(part, CCCD_WATCH_CARD_REMOVED, seen);
	tell(part, CCCD_WATCH_READER_REMOVED, seen);
}

static void tell_added(const struct watch_pcsc *part,
                       const struct pcsc_seen *seen)
{
	tell(part, CCCD_WATCH_READER_ADDED, seen);
	if (seen->info.card_present)
		tell(part, CCCD_WATCH_CARD_PRESENT, seen);
}

/* A card that was swapped between two looks has changed pcscd's count. */
static void tell_card(const struct watch_pcsc *part,
                      const struct pcsc_seen *was, const struct pcsc_seen *is)
{
	bool swapped = was->info.card_present && is->info.card_present &&
	               was->events != is->events;

	if (was->info.card_present && (swapped || !is->info.card_present))
		tell(part, CCCD_WATCH_CARD_REMOVED, is);
	if (is->info.card_present && (swapped || !was->info.card_present))
		tell(part, CCCD_WATCH_CARD_PRESENT, is);
}

static void tell_changes(const struct watch_pcsc *part)
{
	for (size_t i = 0; i < part->now->count; i++)
		if (find(part->next, &part->now->seen[i]) == NULL)
			tell_removed(part, &part->now->seen[i]);
	for (size_t i = 0; i < part->next->count; i++) {
		const struct pcsc_seen *is = &part->next->seen[i];
		const struct pcsc_seen *was = find(part->now, is);

		if (was == NULL)
			tell_added(part, is);
		else
			tell_card(part, was, is);
	}
}

static void tell_service(const struct watch_pcsc *part,
                         enum cccd_watch_kind kind)
{
	struct cccd_reader_info reader = { .kind = "pcsc" };

	if (kind == CCCD_WATCH_SERVICE_LOST)
		survey_service(&part->post->host, &reader.problem);
	watch_tell(part->post, kind, &reader);
}

static void lose_service(struct watch_pcsc *part)
{
	if (part->lost)
		return;
	part->lost = true;
	for (size_t i = 0; i < part->now->count; i++)
		tell_removed(part, &part->now->seen[i]);
	part->now->count = 0;
	tell_service(part, CCCD_WATCH_SERVICE_LOST);
}

static void accept(struct watch_pcsc *part)
{
	struct pcsc_sight *seen = part->next;

	if (part->lost)
		tell_service(part, CCCD_WATCH_SERVICE_BACK);
	part->lost = false;
	part->retry_ms = RETRY_MIN_MS;
	tell_changes(part);
	part->next = part->now;
	part->now = seen;
}

static void wait_retry(struct watch_pcsc *part)
{
	watch_thread_sleep(&part->thread, part->retry_ms);
	part->retry_ms *= 2;
	if (part->retry_ms > RETRY_MAX_MS)
		part->retry_ms = RETRY_MAX_MS;
}

static void turn(struct watch_pcsc *part)
{
	enum cccd_err err = pcsc_eye_look(&part->client, &part->post->host,
	                                  part->now, NULL, part->next);

	if (err == CCCD_OK) {
		accept(part);
		err = pcsc_client_sleep(&part->client, SLEEP_MS, NULL);
		if (err != CCCD_OK)
			watch_thread_sleep(&part->thread, RETRY_MIN_MS);
		return;
	}
	/* One of our own shortages says nothing about pcscd. */
	if (err != CCCD_ERR_MEMORY)
		lose_service(part);
	wait_retry(part);
}

static void *pcsc_main(void *context)
{
	struct watch_pcsc *part = context;

	while (!watch_thread_stopped(&part->thread))
		turn(part);
	pcsc_client_drop(&part->client);
	watch_thread_end(&part->thread);
	return NULL;
}

static void release(struct watch_pcsc *part)
{
	free(part->now);
	free(part->next);
	free(part);
}

enum cccd_err watch_pcsc_start(struct watch_post *post, struct watch_pcsc **ret)
{
	struct watch_pcsc *part = calloc(1, sizeof(*part));
	enum cccd_err err = CCCD_ERR_MEMORY;

	if (part == NULL)
		return err;
	part->post = post;
	part->retry_ms = RETRY_MIN_MS;
	part->now = calloc(1, sizeof(*part->now));
	part->next = calloc(1, sizeof(*part->next));
	pcsc_client_init(&part->client);
	if (part->now != NULL && part->next != NULL)
		err = watch_thread_start(&part->thread, pcsc_main, part);
	if (err != CCCD_OK) {
		release(part);
		return err;
	}
	*ret = part;
	return CCCD_OK;
}

static void nudge(void *context)
{
	struct watch_pcsc *part = context;

	pcsc_client_cancel(&part->client);
}

void watch_pcsc_stop(struct watch_pcsc *part)
{
	if (part == NULL)
		return;
	watch_thread_stop(&part->thread);
	nudge(part);
}

void watch_pcsc_free(struct watch_pcsc *part)
{
	if (part == NULL)
		return;
	watch_thread_join(&part->thread, nudge, part);
	release(part);
}
