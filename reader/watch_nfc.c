/* SPDX-License-Identifier: Apache-2.0 */
/* One NFC reader and its card, as they come and go. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "reader/identify.h"
#include "reader/nfc.h"
#include "reader/nfc_claim.h"
#include "reader/survey.h"
#include "reader/watch_part.h"

enum {
	/* A device that is there and does not open is asked ever less. */
	RETRY_MAX_MS = 5000,
	/* One failed look may be noise. */
	FAILURES_MAX = 2,
};

static const char scheme[] = "nfc:";

/**
 * struct watch_nfc - of its own thread, but for the cancel of @reader.
 * @there, @info: as told
 * @held:     the registry knows that we use the device
 * @failures: looks that failed in a row
 * @pause_ms: until the next look
 * @unplugged: tell so before the end
 */
struct watch_nfc {
	struct watch_post *post;
	struct watch_thread thread;
	struct reader *reader;
	struct nfc_claim *claim;
	struct cccd_reader_info info;
	bool there;
	bool held;
	unsigned int failures;
	unsigned int poll_ms;
	unsigned int pause_ms;
	atomic_bool unplugged;
};

static void set_card(struct watch_nfc *part, bool present)
{
	if (part->info.card_present == present)
		return;
	part->info.card_present = present;
	watch_tell(part->post,
	           present ? CCCD_WATCH_CARD_PRESENT : CCCD_WATCH_CARD_REMOVED,
	           &part->info);
}

static void disappear(struct watch_nfc *part)
{
	if (!part->there)
		return;
	set_card(part, false);
	part->there = false;
	watch_tell(part->post, CCCD_WATCH_READER_REMOVED, &part->info);
}

static void appear(struct watch_nfc *part)
{
	if (part->there)
		return;
	part->there = true;
	watch_tell(part->post, CCCD_WATCH_READER_ADDED, &part->info);
}

static void let_go(struct watch_nfc *part)
{
	nfc_idle_drop(part->reader);
	if (part->held)
		nfc_watch_yield(part->claim);
	part->held = false;
}

/* From the thread of a session that wants the device. */
static void poke(void *context)
{
	struct watch_nfc *part = context;

	reader_cancel(part->reader);
	watch_thread_ring(&part->thread);
}

static bool hold(struct watch_nfc *part)
{
	const struct nfc_yield yield = { .poke = poke, .context = part };

	/* Before the claim: a poke that comes after it must stay. */
	if (!part->held) {
		reader_resume(part->reader);
		part->held = nfc_watch_hold(part->claim, &yield);
	}
	return part->held;
}

/* The device's file or the service's socket; USB is seen by others. */
static bool node_there(const struct watch_nfc *part)
{
	const char *at = strchr(part->info.uri + strlen(scheme), ':');
	char path[HOST_PATH_MAX];

	if (at == NULL || at[1] != '/')
		return true;
	(void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(at + 1, ":"),
	               at + 1);
	return host_exists(path);
}

/* What a session of this process saw of a device that is its own now. */
static void take_sight(struct watch_nfc *part, enum nfc_sight sight)
{
	switch (sight) {
	case NFC_GONE: disappear(part); return;
	case NFC_UNKNOWN: appear(part); return;
	case NFC_EMPTY:
	case NFC_CARD:
		appear(part);
		set_card(part, sight == NFC_CARD);
		return;
	}
}

static void slow_down(struct watch_nfc *part)
{
	part->pause_ms *= 2;
	if (part->pause_ms > RETRY_MAX_MS)
		part->pause_ms = RETRY_MAX_MS;
	if (part->pause_ms < part->poll_ms)
		part->pause_ms = part->poll_ms;
}

/* A device that we may not open is there all the same. */
static void take_refusal(struct watch_nfc *part)
{
	if (!part->there)
		survey_refused(&part->post->host, &part->info);
	appear(part);
	set_card(part, false);
}

static void take_failure(struct watch_nfc *part, enum cccd_err err)
{
	part->failures++;
	switch ((unsigned int)err) {
	case CCCD_ERR_CANCELLED: part->failures = 0; return;
	case CCCD_ERR_READER_BUSY: appear(part); break;
	case CCCD_ERR_READER_PERMISSION: take_refusal(part); break;
	case CCCD_ERR_READER_IO:
	case CCCD_ERR_READER_LOST:
	case CCCD_ERR_READER_TIMEOUT:
		if (part->failures < FAILURES_MAX)
			return;
		disappear(part);
		break;
	default: disappear(part);
	}
	slow_down(part);
}

static void ask_device(struct watch_nfc *part)
{
	bool present = false;
	enum cccd_err err = reader_present(part->reader, &present, NULL);

	if (err != CCCD_OK) {
		let_go(part);
		take_failure(part, err);
		return;
	}
	part->failures = 0;
	part->pause_ms = part->poll_ms;
	if (part->info.problem.code[0] != '\0') {
		disappear(part);
		memset(&part->info.problem, 0, sizeof(part->info.problem));
	}
	appear(part);
	set_card(part, present);
}

static void look(struct watch_nfc *part)
{
	enum nfc_sight sight = NFC_UNKNOWN;

	if (!node_there(part)) {
		let_go(part);
		disappear(part);
		part->pause_ms = part->poll_ms;
	} else if (nfc_watch_asked(part->claim, &sight)) {
		let_go(part);
		take_sight(part, sight);
		part->pause_ms = part->poll_ms;
	} else if (hold(part)) {
		ask_device(part);
	}
}

static void *nfc_main(void *context)
{
	struct watch_nfc *part = context;

	while (!watch_thread_stopped(&part->thread)) {
		look(part);
		watch_thread_sleep(&part->thread, part->pause_ms);
	}
	let_go(part);
	if (atomic_load(&part->unplugged))
		disappear(part);
	watch_thread_end(&part->thread);
	return NULL;
}

static void release(struct watch_nfc *part)
{
	nfc_claim_free(part->claim);
	reader_close(part->reader);
	free(part);
}

static enum cccd_err describe(struct watch_nfc *part, const char *uri,
                              const char *name)
{
	struct cccd_reader_info *info = &part->info;
	struct usb_bus *bus = calloc(1, sizeof(*bus));
	const char *rest = uri + strlen(scheme);

	if (bus == NULL)
		return CCCD_ERR_MEMORY;
	usb_scan(&part->post->host, bus);
	host_copy(uri, info->uri, sizeof(info->uri));
	host_copy(name == NULL ? rest : name, info->name, sizeof(info->name));
	(void)snprintf(info->kind, sizeof(info->kind), "nfc");
	identify_nfc(&part->post->host, bus, info);
	free(bus);
	part->claim = nfc_watch_new(rest, info->id, uri);
	return part->claim == NULL ? CCCD_ERR_MEMORY
	                           : nfc_open_idle(rest, NULL, &part->reader);
}

enum cccd_err watch_nfc_start(struct watch_post *post, const char *uri,
                              const char *name, unsigned int poll_ms,
                              struct watch_nfc **ret)
{
	struct watch_nfc *part = calloc(1, sizeof(*part));
	enum cccd_err err;

	if (part == NULL)
		return CCCD_ERR_MEMORY;
	part->post = post;
	part->poll_ms = poll_ms;
	part->pause_ms = poll_ms;
	atomic_init(&part->unplugged, false);
	err = describe(part, uri, name);
	if (err == CCCD_OK)
		err = watch_thread_start(&part->thread, nfc_main, part);
	if (err != CCCD_OK) {
		release(part);
		return err;
	}
	*ret = part;
	return CCCD_OK;
}

const char *watch_nfc_uri(const struct watch_nfc *part)
{
	return part->info.uri;
}

static void nudge(void *context)
{
	struct watch_nfc *part = context;

	reader_cancel(part->reader);
}

void watch_nfc_stop(struct watch_nfc *part)
{
	if (part == NULL)
		return;
	watch_thread_stop(&part->thread);
	nudge(part);
}

void watch_nfc_retire(struct watch_nfc *part)
{
	atomic_store(&part->unplugged, true);
	watch_nfc_stop(part);
}

void watch_nfc_free(struct watch_nfc *part)
{
	if (part == NULL)
		return;
	watch_thread_join(&part->thread, nudge, part);
	release(part);
}
