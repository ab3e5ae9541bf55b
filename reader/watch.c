/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and cards that come and go: the parts under one roof. */
#include "reader/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "reader/watch_part.h"

struct cccd_watch {
	struct watch_post post;
	struct watch_pcsc *pcsc;
	struct watch_usb *usb;
	struct watch_nfc *nfc[CCCD_WATCH_NFC_MAX];
	size_t nfc_count;
};

static bool shows_card(enum cccd_watch_kind kind)
{
	return kind == CCCD_WATCH_CARD_PRESENT;
}

void watch_tell(struct watch_post *post, enum cccd_watch_kind kind,
                const struct cccd_reader_info *reader)
{
	struct cccd_watch_event event = { .kind = kind, .reader = *reader };

	event.reader.card_present = shows_card(kind);
	if (!shows_card(kind)) {
		memset(event.reader.atr, 0, sizeof(event.reader.atr));
		event.reader.atr_len = 0;
	}
	(void)pthread_mutex_lock(&post->lock);
	post->fn(&event, post->context);
	(void)pthread_mutex_unlock(&post->lock);
}

static bool is_sane(const struct cccd_watch_options *options)
{
	const unsigned int worlds = CCCD_WATCH_PCSC | CCCD_WATCH_NFC;

	if ((options->worlds & ~worlds) != 0 ||
	    options->nfc_count > CCCD_WATCH_NFC_MAX ||
	    options->nfc_poll_ms < CCCD_WATCH_NFC_POLL_MIN_MS ||
	    options->nfc_poll_ms > CCCD_WATCH_NFC_POLL_MAX_MS)
		return false;
	for (size_t i = 0; i < options->nfc_count; i++)
		if (strncmp(options->nfc_uris[i], "nfc:", 4) != 0 ||
		    options->nfc_uris[i][4] == '\0')
			return false;
	return true;
}

static enum cccd_err start_nfc(struct cccd_watch *watch,
                               const struct cccd_watch_options *options)
{
	for (size_t i = 0; i < options->nfc_count; i++) {
		TRY(watch_nfc_start(&watch->post, options->nfc_uris[i], NULL,
		                    options->nfc_poll_ms, &watch->nfc[i]));
		watch->nfc_count++;
	}
	return watch_usb_start(&watch->post, options->nfc_poll_ms, &watch->usb);
}

static enum cccd_err start_parts(struct cccd_watch *watch,
                                 const struct cccd_watch_options *options)
{
	if ((options->worlds & CCCD_WATCH_PCSC) != 0)
		TRY(watch_pcsc_start(&watch->post, &watch->pcsc));
	if ((options->worlds & CCCD_WATCH_NFC) != 0)
		TRY(start_nfc(watch, options));
	return CCCD_OK;
}

enum cccd_err watch_start(const struct cccd_watch_options *options,
                          cccd_watch_fn fn, void *context,
                          struct cccd_watch **ret)
{
	struct cccd_watch *watch = NULL;
	enum cccd_err err;

	if (!is_sane(options) || fn == NULL)
		return CCCD_ERR_USAGE_ARGUMENT;
	watch = calloc(1, sizeof(*watch));
	if (watch == NULL)
		return CCCD_ERR_MEMORY;
	watch->post.fn = fn;
	watch->post.context = context;
	host_here(&watch->post.host);
	if (pthread_mutex_init(&watch->post.lock, NULL) != 0) {
		free(watch);
		return CCCD_ERR_MEMORY;
	}
	err = start_parts(watch, options);
	if (err != CCCD_OK) {
		watch_stop(watch);
		return err;
	}
	*ret = watch;
	return CCCD_OK;
}

/* All are told first, so that they end at the same time. */
void watch_stop(struct cccd_watch *watch)
{
	if (watch == NULL)
		return;
	watch_pcsc_stop(watch->pcsc);
	watch_usb_stop(watch->usb);
	for (size_t i = 0; i < watch->nfc_count; i++)
		watch_nfc_stop(watch->nfc[i]);
	watch_pcsc_free(watch->pcsc);
	watch_usb_free(watch->usb);
	for (size_t i = 0; i < watch->nfc_count; i++)
		watch_nfc_free(watch->nfc[i]);
	(void)pthread_mutex_destroy(&watch->post.lock);
	free(watch);
}
