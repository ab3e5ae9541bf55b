/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who in this process uses which NFC device: libnfc opens a device once, so
 * a watch lets go of it before a session takes it, and learns from the
 * session what lies on it.
 */
#ifndef READER_NFC_CLAIM_H
#define READER_NFC_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

struct nfc_claim;

/* What the user of a device saw there last. */
enum nfc_sight {
	NFC_UNKNOWN = 0,
	NFC_EMPTY,
	NFC_CARD,
	NFC_GONE, /* the device itself */
};

/**
 * struct nfc_yield - how a watch is told to let go.
 * @poke: called under the registry's lock, from any thread: must be quick
 */
struct nfc_yield {
	void (*poke)(void *context);
	void *context;
};

/**
 * nfc_claim_take() - a session is going to use a device.
 * @want: what follows "nfc:"; "" is any device
 *
 * Waits, seconds at most, until no watch holds it. Several sessions may
 * claim one device: the system lets one of them open it.
 *
 * Return: the claim, ended with nfc_claim_free(); NULL without memory.
 */
struct nfc_claim *nfc_claim_take(const char *want);

/* The session tells what it saw; accepts NULL. */
void nfc_claim_note(struct nfc_claim *claim, enum nfc_sight sight);

/* Sessions and watches; accepts NULL. */
void nfc_claim_free(struct nfc_claim *claim);

/**
 * nfc_watch_new() - a watch would like to look at a device.
 * @id, @uri: under which it is announced, copied
 *
 * Return: a claim that holds nothing yet; NULL without memory.
 */
struct nfc_claim *nfc_watch_new(const char *want, const char *id,
                                const char *uri);

/**
 * nfc_watch_hold() - the watch begins to use the device.
 *
 * Return: false when a session uses or wants it.
 */
bool nfc_watch_hold(struct nfc_claim *claim, const struct nfc_yield *yield);

/* The watch has let go. */
void nfc_watch_yield(struct nfc_claim *claim);

/* Whether a session uses or wants the device; what it saw. */
bool nfc_watch_asked(struct nfc_claim *claim, enum nfc_sight *ret);

/* The URI under which a watch announced an id; false when none did. */
bool nfc_claim_uri(const char *id, char *ret, size_t cap);

#endif
