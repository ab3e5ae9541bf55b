/* SPDX-License-Identifier: Apache-2.0 */
/* What was read from a card: raw files and their meaning. */
#ifndef CCCD_DOCUMENT_H
#define CCCD_DOCUMENT_H

#include <cccd/bytes.h>
#include <cccd/error.h>
#include <cccd/export.h>
#include <cccd/lds.h>
#include <cccd/person.h>
#include <cccd/vnm.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cccd_document;

/** enum cccd_file_state - what became of a file. */
enum cccd_file_state {
	CCCD_FILE_NOT_READ = 0, /* nobody asked for it */
	CCCD_FILE_READ,
	CCCD_FILE_MISSING, /* the card does not have it (6A82) */
	CCCD_FILE_LOCKED,  /* needs rights we do not have (6982) */
	CCCD_FILE_REFUSED, /* any other refusal */
	CCCD_FILE_BAD,     /* too long, truncated or not as announced */
	CCCD_FILE_ABORTED, /* the read ended in the middle */
};

/** cccd_file_state_name() - "read", "missing", … */
CCCD_EXPORT const char *cccd_file_state_name(enum cccd_file_state state);

/** cccd_file_name() - "dg1", "sod", "card_access", …; "" when unknown. */
CCCD_EXPORT const char *cccd_file_name(enum cccd_file file);

/** cccd_file_by_name() - CCCD_FILE_NONE for an unknown name. */
CCCD_EXPORT enum cccd_file cccd_file_by_name(const char *name);

CCCD_EXPORT enum cccd_file_state
cccd_document_state(const struct cccd_document *document, enum cccd_file file);

/** cccd_document_file() - raw bytes as read; empty unless CCCD_FILE_READ. */
CCCD_EXPORT struct cccd_bytes
cccd_document_file(const struct cccd_document *document, enum cccd_file file);

/**
 * cccd_document_dg1() and the like - a file taken apart.
 * @ret: borrows from @document
 *
 * What is parsed is not thereby proven: see cccd_session_result().
 *
 * Return: CCCD_OK; CCCD_ERR_CARD_FILE_MISSING when it was not read;
 * CCCD_ERR_DATA_* when it is malformed.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_dg1(const struct cccd_document *document, struct cccd_mrz *ret);

CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_dg2(const struct cccd_document *document, struct cccd_dg2 *ret);

CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_dg7(const struct cccd_document *document,
                  struct cccd_images *ret);

CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_dg11(const struct cccd_document *document, struct cccd_dg11 *ret);

CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_dg12(const struct cccd_document *document, struct cccd_dg12 *ret);

CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_dg13(const struct cccd_document *document, struct cccd_dg13 *ret);

/* DG14: what the chip can prove. */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_dg14(const struct cccd_document *document,
                   struct cccd_security_infos *ret);

CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_dg15(const struct cccd_document *document,
                   struct cccd_public_key *ret);

CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_dg16(const struct cccd_document *document, struct cccd_dg16 *ret);

CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_com(const struct cccd_document *document, struct cccd_com *ret);

/* EF.CardAccess. */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_card_access(const struct cccd_document *document,
                          struct cccd_security_infos *ret);

/**
 * cccd_document_person() - the holder, from DG1, DG13, DG11 and DG12.
 * @ret: holds copies; wipe it with cccd_person_wipe()
 *
 * Return: CCCD_OK; CCCD_ERR_CARD_FILE_MISSING without DG1 and DG13.
 */
CCCD_EXPORT CCCD_CHECKED enum cccd_err
cccd_document_person(const struct cccd_document *document,
                     struct cccd_person *ret);

#ifdef __cplusplus
}
#endif

#endif
