/* SPDX-License-Identifier: Apache-2.0 */
/* The trust store: which states' certificates are believed, and why. */
#ifndef CCCD_TRUST_H
#define CCCD_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cccd/error.h>
#include <cccd/export.h>
#include <cccd/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum cccd_trust_kind - the folders of a store. */
enum cccd_trust_kind {
	CCCD_TRUST_ANCHOR = 0, /* anchors/: self-signed CSCA certificates */
	CCCD_TRUST_LINK,       /* links/: one CSCA key signs the next */
	CCCD_TRUST_CRL,        /* crls/ */
	CCCD_TRUST_SIGNER,     /* signers/: DS certificates, never trusted
	                          by themselves */
	CCCD_TRUST_DEVIATION,  /* deviations/: signed deviation lists */
};

enum { CCCD_TRUST_KINDS = 5 };

/** enum cccd_trust_mode - whether specimen anchors count. */
enum cccd_trust_mode {
	CCCD_TRUST_REAL = 0, /* entries flagged specimen are refused */
	CCCD_TRUST_DEMO,     /* every entry counts, every result says so */
};

enum {
	CCCD_TRUST_SHA256_TEXT = 65,
	CCCD_TRUST_DATE_TEXT = 24,
	CCCD_TRUST_SOURCE_TEXT = 128,
	CCCD_TRUST_NAME_TEXT = 192,
};

/**
 * struct cccd_trust_entry - one row of the store's index.
 * @kind:     its folder
 * @sha256:   of the DER file, lower-case hexadecimal; also its name
 * @source:   the file or list it came from
 * @basis:    "operator", "master_list", "link" or "issuer"
 * @date:     when it was admitted, "2026-10-01T08:00:00Z"
 * @specimen: refused unless the store is opened for demonstration
 */
struct cccd_trust_entry {
	enum cccd_trust_kind kind;
	char sha256[CCCD_TRUST_SHA256_TEXT];
	char source[CCCD_TRUST_SOURCE_TEXT];
	char basis[16];
	char date[CCCD_TRUST_DATE_TEXT];
	bool specimen;
};

/** struct cccd_trust_index - index.json in memory, in the order of folder
 * and hash. */
struct cccd_trust_index {
	struct cccd_trust_entry *entries;
	size_t count;
};

/** cccd_trust_kind_name() - "anchor", "link", "crl", "signer",
 * "deviation". */
CCCD_EXPORT const char *cccd_trust_kind_name(enum cccd_trust_kind kind);

/**
 * cccd_trust_index_parse() - urn:cccd:trust-index:1 to a structure.
 * @text:  @len bytes of JSON
 * @error: may be NULL; names the line or the entry that is bad
 *
 * Return: CCCD_OK, the caller frees with cccd_trust_index_free();
 * CCCD_ERR_TRUST_STORE_BAD; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_trust_index_parse(const char *text, size_t len, struct cccd_error *error,
                       struct cccd_trust_index *ret);

/**
 * cccd_trust_index_format() - and back.
 *
 * Return: CCCD_OK, the caller frees *@ret with free(); CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_trust_index_format(const struct cccd_trust_index *index, char **ret);

CCCD_EXPORT void cccd_trust_index_free(struct cccd_trust_index *index);

struct cccd_trust;

/**
 * cccd_trust_open() - read a store.
 * @dir:   holds anchors/, links/, crls/, signers/, deviations/, index.json
 * @mode:  CCCD_TRUST_DEMO makes every anchor a specimen; index.json may then
 *         be missing
 * @error: may be NULL
 *
 * A file that index.json does not name, or whose name is not its own hash,
 * is not believed; cccd_trust_verify() tells of it.
 *
 * Return: CCCD_OK, the caller closes; CCCD_ERR_TRUST_STORE_MISSING;
 * CCCD_ERR_TRUST_STORE_BAD; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_trust_open(const char *dir, enum cccd_trust_mode mode,
                struct cccd_error *error, struct cccd_trust **ret);

/**
 * cccd_trust_create() - make an empty store where there is none.
 *
 * Return: CCCD_OK, also when there is one already;
 * CCCD_ERR_TRUST_STORE_BAD with errno.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_trust_create(const char *dir, struct cccd_error *error);

/** cccd_trust_close() - accepts NULL. */
CCCD_EXPORT void cccd_trust_close(struct cccd_trust *trust);

CCCD_EXPORT size_t cccd_trust_count(const struct cccd_trust *trust);

/** cccd_trust_at() - by position; NULL at and beyond the count. */
CCCD_EXPORT const struct cccd_trust_entry *
cccd_trust_at(const struct cccd_trust *trust, size_t index);

/**
 * cccd_trust_digest() - SHA-256 that names this very store.
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY, CCCD_ERR_CRYPTO_FAILED.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_trust_digest(const struct cccd_trust *trust, uint8_t ret[32]);

/**
 * struct cccd_trust_object - what one entry says of itself.
 * @subject, @issuer: distinguished names; of a CRL only the issuer
 * @country:     of the subject, of a CRL of its issuer
 * @serial:      hexadecimal
 * @key:         "rsa_4096", "brainpoolP384r1_explicit"
 * @signature:   "ecdsa_sha384"
 * @key_id:      subject key identifier, hexadecimal
 * @not_before, @not_after: of a CRL thisUpdate and nextUpdate
 * @usage_from, @usage_to:  private key usage period; 0 where open
 * @revoked:     entries of a CRL; deviations of a deviation list
 */
struct cccd_trust_object {
	struct cccd_trust_entry entry;
	char subject[CCCD_TRUST_NAME_TEXT];
	char issuer[CCCD_TRUST_NAME_TEXT];
	char country[4];
	char serial[72];
	char key[40];
	char signature[40];
	char key_id[72];
	int64_t not_before;
	int64_t not_after;
	int64_t usage_from;
	int64_t usage_to;
	size_t revoked;
};

/**
 * cccd_trust_show() - one entry in words.
 * @sha256: the hash or its beginning, at least 6 digits
 *
 * Return: CCCD_OK; CCCD_ERR_USAGE_ARGUMENT when it names none or several.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_trust_show(const struct cccd_trust *trust, const char *sha256,
                struct cccd_trust_object *ret);

/**
 * struct cccd_trust_decision - one object that was looked at, and why it
 * was admitted or refused.
 * @kind:     what it is; meaningless where @is_list
 * @is_list:  the master list as a whole: its signature and its pin
 * @admitted: it is in the store now
 * @reason:   stable code: for what was admitted one of anchor_by_operator,
 *            anchor_by_list, link_verified, signer_verified, crl_verified,
 *            list_pinned, list_by_operator, list_verified; the others say
 *            why not
 * @note:     "expired", "weak_key", "weak_digest", … or ""
 * @sha256:   lower-case hexadecimal; "" for a list
 * @subject:  whom it speaks of; of a list its signer
 * @country:  of @subject
 *
 * Valid during the call.
 */
struct cccd_trust_decision {
	enum cccd_trust_kind kind;
	bool is_list;
	bool admitted;
	const char *reason;
	const char *note;
	char sha256[CCCD_TRUST_SHA256_TEXT];
	char subject[CCCD_TRUST_NAME_TEXT];
	char country[4];
};

typedef void (*cccd_trust_report_fn)(const struct cccd_trust_decision *what,
                                     void *context);

/**
 * struct cccd_trust_import - what to import and on whose word.
 * @path:        PEM, DER, a master list, a deviation list or LDIF
 * @pins:        folder of certificates that may sign master lists; NULL for
 *               none
 * @accept_list: the operator vouches for a master list that no pin covers;
 *               its own signature must still be right
 * @specimen:    flag what is admitted as specimen
 * @now:         seconds since 1970 UTC; 0 = the system's clock
 * @report:      called for every object; may be NULL
 */
struct cccd_trust_import {
	const char *path;
	const char *pins;
	bool accept_list;
	bool specimen;
	int64_t now;
	cccd_trust_report_fn report;
	void *context;
};

/**
 * cccd_trust_import() - admit what can be admitted, and say so of each.
 *
 * Files first, the index last, each by an atomic rename: whoever reads
 * meanwhile sees the old store or the new one.
 *
 * Return: CCCD_OK even when everything was refused;
 * CCCD_ERR_TRUST_REFUSED for a file that holds nothing we know;
 * CCCD_ERR_USAGE_FILE; CCCD_ERR_TRUST_STORE_BAD when the store cannot be
 * written, or another program is writing it; CCCD_ERR_MEMORY.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_trust_import(struct cccd_trust *trust,
                  const struct cccd_trust_import *import,
                  struct cccd_error *error);

/**
 * cccd_trust_remove() - take one entry out.
 * @sha256: as for cccd_trust_show()
 *
 * What hangs on a removed anchor stays and is believed no longer.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_trust_remove(struct cccd_trust *trust, const char *sha256,
                  struct cccd_error *error);

/**
 * cccd_trust_verify() - look at every entry and every file again.
 * @now:    seconds since 1970 UTC; 0 = the system's clock
 * @report: called for every entry: @admitted tells whether it is sound;
 *          reasons sound, file_missing, file_altered, not_in_index,
 *          issuer_unknown, specimen_refused; notes expired, stale_crl
 * @ret_unsound: how many are not sound
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_trust_verify(const struct cccd_trust *trust, int64_t now,
                  cccd_trust_report_fn report, void *context,
                  size_t *ret_unsound);

#ifdef __cplusplus
}
#endif

#endif
