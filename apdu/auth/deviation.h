/* SPDX-License-Identifier: Apache-2.0 */
/* Deviation lists: known defects of issued documents, Doc 9303-12 10. */
#ifndef APDU_AUTH_DEVIATION_H
#define APDU_AUTH_DEVIATION_H

#include "apdu/auth/certificate.h"
#include "apdu/auth/passive_auth.h"

/* Kinds of deviation, by the end of their object identifiers. */
enum deviation_kind {
	DEVIATION_DS_SIGNATURE = 1U << 0,  /* 1.1 */
	DEVIATION_DS_ENCODING = 1U << 1,   /* 1.2 */
	DEVIATION_CSCA_ENCODING = 1U << 2, /* 1.3 */
	DEVIATION_AA_KEY = 1U << 3,        /* 1.4 */
	DEVIATION_DG_MALFORMED = 1U << 4,  /* 2.1 */
	DEVIATION_DG_HASH = 1U << 5,       /* 2.2 */
	DEVIATION_SOD_SIGNATURE = 1U << 6, /* 2.3 */
	DEVIATION_COM = 1U << 7,           /* 2.4 */
	DEVIATION_MRZ_DATA = 1U << 8,      /* 3.1 */
	DEVIATION_MRZ_CHECK = 1U << 9,     /* 3.2 */
	DEVIATION_CHIP = 1U << 10,         /* 4 */
	DEVIATION_NATIONAL = 1U << 11,     /* 5 */
};

/**
 * struct deviation_subject - the document in hand.
 * @signer:   its DS certificate
 * @document: what else is known; NULL or empty fields match nothing
 */
struct deviation_subject {
	const struct certificate *signer;
	const struct pa_document *document;
};

/**
 * struct deviation_effect - what a list says of the document.
 * @kinds:       enum deviation_kind, or-ed
 * @hash_groups: bit n: the hash of DGn is known to be wrong
 * @count:       deviations in the list, matching or not
 */
struct deviation_effect {
	unsigned int kinds;
	uint32_t hash_groups;
	size_t count;
};

/**
 * deviation_list_check() - signature and path of a list.
 * @der:   ContentInfo with definite lengths
 * @input: its store holds the anchors
 * @ret:   zeroed; release it
 *
 * Return: as signed_object_check(). [9303-12 10.1]
 */
CHECKED enum cccd_err deviation_list_check(struct span der,
                                           const struct trust_input *input,
                                           struct pa_object *ret);

/**
 * deviation_list_match() - what a list's content says of one document.
 * @content: DeviationList
 * @subject: NULL only counts
 *
 * All conditions of an entry must hold; an entry that names neither a
 * signer nor document numbers is too wide to be used.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_UNSUPPORTED for another version;
 * CCCD_ERR_DATA_*. [9303-12 10.2]
 */
CHECKED enum cccd_err
deviation_list_match(struct span content,
                     const struct deviation_subject *subject,
                     struct deviation_effect *ret);

#endif
