/* SPDX-License-Identifier: Apache-2.0 */
/* Trust anchors and what hangs on them, in memory: Doc 9303-12 6.1. */
#include "apdu/auth/csca_store.h"

#include <stdlib.h>

#include "base/digest.h"

enum { SHA256_LEN = 32, FIRST_CAP = 16 };

/* struct shelf - the entries of one kind, in the order of their hashes. */
struct shelf {
	struct csca_entry **entries;
	size_t count;
	size_t cap;
};

struct csca_store {
	enum cccd_trust_mode mode;
	struct shelf shelves[CCCD_TRUST_KINDS];
};

static const struct {
	const char *folder;
	size_t max;
} kinds[CCCD_TRUST_KINDS] = {
	[CCCD_TRUST_ANCHOR] = { "anchors", CSCA_CERTIFICATE_MAX },
	[CCCD_TRUST_LINK] = { "links", CSCA_CERTIFICATE_MAX },
	[CCCD_TRUST_CRL] = { "crls", CSCA_CRL_MAX },
	[CCCD_TRUST_SIGNER] = { "signers", CSCA_CERTIFICATE_MAX },
	[CCCD_TRUST_DEVIATION] = { "deviations", CSCA_LIST_MAX },
};

const char *csca_store_folder(enum cccd_trust_kind kind)
{
	return kinds[kind].folder;
}

enum cccd_err csca_store_new(enum cccd_trust_mode mode, struct csca_store **ret)
{
	struct csca_store *store = calloc(1, sizeof(*store));

	if (store == NULL)
		return CCCD_ERR_MEMORY;
	store->mode = mode;
	*ret = store;
	return CCCD_OK;
}

static void entry_free(struct csca_entry *entry)
{
	if (entry == NULL)
		return;
	buf_release(&entry->der);
	free(entry);
}

static void entry_cleanup(struct csca_entry **entry)
{
	entry_free(*entry);
}

void csca_store_free(struct csca_store *store)
{
	if (store == NULL)
		return;
	for (size_t k = 0; k < CCCD_TRUST_KINDS; k++) {
		for (size_t i = 0; i < store->shelves[k].count; i++)
			entry_free(store->shelves[k].entries[i]);
		free(store->shelves[k].entries);
	}
	free(store);
}

enum cccd_trust_mode csca_store_mode(const struct csca_store *store)
{
	return store->mode;
}

/* The place of @sha256, or the one where it belongs. */
static size_t shelf_place(const struct shelf *shelf,
                          const uint8_t sha256[static SHA256_LEN])
{
	size_t low = 0;
	size_t high = shelf->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(shelf->entries[mid]->sha256, sha256, SHA256_LEN) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool shelf_has_at(const struct shelf *shelf, size_t place,
                         const uint8_t sha256[static SHA256_LEN])
{
	return place < shelf->count &&
	       memcmp(shelf->entries[place]->sha256, sha256, SHA256_LEN) == 0;
}

static enum cccd_err shelf_grow(struct shelf *shelf)
{
	size_t cap = shelf->cap == 0 ? FIRST_CAP : 2 * shelf->cap;
	struct csca_entry **entries = NULL;

	if (shelf->count < shelf->cap)
		return CCCD_OK;
	if (cap > CSCA_STORE_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	entries = realloc(shelf->entries, cap * sizeof(struct csca_entry *));
	if (entries == NULL)
		return CCCD_ERR_MEMORY;
	shelf->entries = entries;
	shelf->cap = cap;
	return CCCD_OK;
}

/* Takes @entry over on success. */
static enum cccd_err shelf_insert(struct shelf *shelf, struct csca_entry *entry)
{
	size_t place = shelf_place(shelf, entry->sha256);

	if (shelf_has_at(shelf, place, entry->sha256))
		return CCCD_ERR_DATA_DUPLICATE;
	TRY(shelf_grow(shelf));
	memmove(shelf->entries + place + 1, shelf->entries + place,
	        (shelf->count - place) * sizeof(struct csca_entry *));
	shelf->entries[place] = entry;
	shelf->count++;
	return CCCD_OK;
}

/* Signed by itself: a link certificate is no anchor, a signer is no CA. */
static enum cccd_err check_certificate(const struct csca_entry *entry)
{
	const struct certificate *certificate = &entry->certificate;
	PUBLIC_KEY key = { 0 };
	bool signed_by_itself = false;

	TRY(public_key_parse(certificate->spki, &key));
	if (entry->kind == CCCD_TRUST_ANCHOR)
		TRY(certificate_signed_by(certificate, &key, NULL,
		                          &signed_by_itself));
	if (entry->kind == CCCD_TRUST_ANCHOR &&
	    (!signed_by_itself || !certificate_is_self_issued(certificate)))
		return CCCD_ERR_TRUST_REFUSED;
	if (entry->kind == CCCD_TRUST_SIGNER && certificate->ext.is_ca)
		return CCCD_ERR_TRUST_REFUSED;
	return CCCD_OK;
}

static enum cccd_err entry_parse(struct csca_entry *entry, bool check)
{
	struct span der = buf_span(&entry->der);

	switch (entry->kind) {
	case CCCD_TRUST_ANCHOR:
	case CCCD_TRUST_LINK:
	case CCCD_TRUST_SIGNER:
		TRY(certificate_parse(der, &entry->certificate));
		return check ? check_certificate(entry) : CCCD_OK;
	case CCCD_TRUST_CRL: return crl_parse(der, &entry->crl);
	case CCCD_TRUST_DEVIATION: break;
	}
	return CCCD_OK;
}

static enum cccd_err entry_fill(struct csca_entry *entry, struct span der,
                                bool check)
{
	struct digest sha256 = { 0 };

	entry->der = buf_make(kinds[entry->kind].max);
	TRY(buf_set(&entry->der, der));
	TRY(digest_compute(DIGEST_SHA256, der, &sha256));
	memcpy(entry->sha256, sha256.bytes, SHA256_LEN);
	return entry_parse(entry, check);
}

static enum cccd_err add(struct csca_store *store, enum cccd_trust_kind kind,
                         struct span der, bool specimen, bool check)
{
	CLEANUP(entry_cleanup) struct csca_entry *entry = NULL;

	if ((size_t)kind >= CCCD_TRUST_KINDS)
		return CCCD_ERR_USAGE_ARGUMENT;
	entry = calloc(1, sizeof(*entry));
	if (entry == NULL)
		return CCCD_ERR_MEMORY;
	entry->kind = kind;
	entry->specimen = specimen || store->mode == CCCD_TRUST_DEMO;
	TRY(entry_fill(entry, der, check));
	TRY(shelf_insert(&store->shelves[kind], entry));
	entry = NULL;
	return CCCD_OK;
}

enum cccd_err csca_store_add(struct csca_store *store,
                             enum cccd_trust_kind kind, struct span der,
                             bool specimen)
{
	return add(store, kind, der, specimen, true);
}

enum cccd_err csca_store_restore(struct csca_store *store,
                                 enum cccd_trust_kind kind, struct span der,
                                 bool specimen)
{
	return add(store, kind, der, specimen, false);
}

size_t csca_store_count(const struct csca_store *store,
                        enum cccd_trust_kind kind)
{
	return store->shelves[kind].count;
}

const struct csca_entry *csca_store_at(const struct csca_store *store,
                                       enum cccd_trust_kind kind, size_t index)
{
	const struct shelf *shelf = &store->shelves[kind];

	return index < shelf->count ? shelf->entries[index] : NULL;
}

const struct csca_entry *csca_store_find(const struct csca_store *store,
                                         enum cccd_trust_kind kind,
                                         const uint8_t sha256[static 32])
{
	const struct shelf *shelf = &store->shelves[kind];
	size_t place = shelf_place(shelf, sha256);

	return shelf_has_at(shelf, place, sha256) ? shelf->entries[place]
	                                          : NULL;
}

enum cccd_err csca_store_remove(struct csca_store *store,
                                enum cccd_trust_kind kind,
                                const uint8_t sha256[static 32])
{
	struct shelf *shelf = &store->shelves[kind];
	size_t place = shelf_place(shelf, sha256);

	if (!shelf_has_at(shelf, place, sha256))
		return CCCD_ERR_DATA_MISSING;
	entry_free(shelf->entries[place]);
	shelf->count--;
	memmove(shelf->entries + place, shelf->entries + place + 1,
	        (shelf->count - place) * sizeof(struct csca_entry *));
	return CCCD_OK;
}

/* One byte for the folder, then the hash. */
static enum cccd_err append_hashes(const struct csca_store *store,
                                   struct buf *out)
{
	for (size_t k = 0; k < CCCD_TRUST_KINDS; k++) {
		for (size_t i = 0; i < store->shelves[k].count; i++) {
			const struct csca_entry *entry =
			        store->shelves[k].entries[i];

			TRY(buf_append_byte(out, (uint8_t)k));
			TRY(buf_append(out, SPAN(entry->sha256)));
		}
	}
	return CCCD_OK;
}

enum cccd_err csca_store_digest(const struct csca_store *store,
                                uint8_t ret[static 32])
{
	BUF hashes = buf_make((size_t)CSCA_STORE_MAX * CCCD_TRUST_KINDS *
	                      (SHA256_LEN + 1));
	struct digest digest = { 0 };

	TRY(append_hashes(store, &hashes));
	TRY(digest_compute(DIGEST_SHA256, buf_span(&hashes), &digest));
	memcpy(ret, digest.bytes, SHA256_LEN);
	return CCCD_OK;
}

int64_t csca_store_crl_date(const struct csca_store *store)
{
	const struct shelf *shelf = &store->shelves[CCCD_TRUST_CRL];
	int64_t newest = 0;

	for (size_t i = 0; i < shelf->count; i++)
		if (shelf->entries[i]->crl.this_update > newest)
			newest = shelf->entries[i]->crl.this_update;
	return newest;
}
