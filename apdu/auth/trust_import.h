/* SPDX-License-Identifier: Apache-2.0 */
/* Importing trust: PEM, DER, master lists, deviation lists, LDIF. */
#ifndef APDU_AUTH_TRUST_IMPORT_H
#define APDU_AUTH_TRUST_IMPORT_H

#include "apdu/auth/csca_store.h"

enum {
	TRUST_IMPORT_MAX = 256 * 1024 * 1024, /* the whole PKD as LDIF */
	TRUST_OBJECTS_MAX = 65536,
};

/**
 * struct trust_judgement - one object, and what became of it.
 * @is_list:  a master list as a whole
 * @admitted: it is in the store now, or the list is believed
 * @der:      the object; of a list its signer's certificate, may be empty
 * @basis:    "operator", "master_list", "link", "issuer"
 * @specimen: how it was flagged
 */
struct trust_judgement {
	enum cccd_trust_kind kind;
	bool is_list;
	bool admitted;
	const char *reason;
	const char *note;
	const char *basis;
	bool specimen;
	struct span der;
};

/* An error ends the import. */
typedef enum cccd_err (*trust_judged_fn)(const struct trust_judgement *what,
                                         void *context);

/**
 * struct trust_import - an import under way.
 * @store:       what is admitted goes in here
 * @pins:        who may sign master lists
 * @accept_list: the operator vouches for an unpinned list
 * @specimen:    flag everything that is admitted
 * @judged:      called for every object, after it went into the store
 */
struct trust_import {
	struct csca_store *store;
	const struct csca_store *pins;
	bool accept_list;
	bool specimen;
	int64_t now_s;
	trust_judged_fn judged;
	void *context;
};

/**
 * trust_import() - everything that stands in one file.
 * @file: whatever it holds, by its contents
 *
 * Return: CCCD_OK, also when every object was refused;
 * CCCD_ERR_TRUST_REFUSED when it holds nothing we know;
 * CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_MEMORY; errors of @judged.
 *
 * [9303-12 5, 9, 10; RFC 2849; RFC 7468]
 */
CHECKED enum cccd_err trust_import(const struct trust_import *import,
                                   struct span file);

/**
 * trust_pins_add() - a certificate that may sign lists, PEM or DER.
 *
 * A self-signed CA certificate pins its CSCA, another one pins itself.
 *
 * Return: CCCD_OK; CCCD_ERR_TRUST_REFUSED for a file without certificate,
 * a public key of a table bundle among them; errors of csca_store_add().
 */
CHECKED enum cccd_err trust_pins_add(struct csca_store *pins, struct span file);

#endif
