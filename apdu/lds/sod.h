/* SPDX-License-Identifier: Apache-2.0 */
/* EF.SOD and EF.CardSecurity: the parts of a signed object, unverified. */
#ifndef APDU_LDS_SOD_H
#define APDU_LDS_SOD_H

#include <cccd/lds.h>

#include "base/buf.h"
#include "base/span.h"

/**
 * signed_data_parse() - the parts of a CMS SignedData.
 * @der: one ContentInfo with definite lengths
 * @ret: borrows from @der
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_UNSUPPORTED for another content type;
 * CCCD_ERR_DATA_MISSING; CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED;
 * CCCD_ERR_DATA_TOO_LARGE.
 *
 * [RFC 5652 3, 5.1; 9303-10 4.6.2.2]
 */
CHECKED enum cccd_err signed_data_parse(struct span der,
                                        struct cccd_signed_data *ret);

/**
 * card_security_parse() - EF.CardSecurity: a bare ContentInfo.
 * @memory: gets the file with definite lengths
 * @ret:    borrows from @memory; its content is for security_infos_parse(),
 *          once the signature was verified
 *
 * [9303-11 9.2.11]
 */
CHECKED enum cccd_err card_security_parse(struct span file, struct buf *memory,
                                          struct cccd_signed_data *ret);

/**
 * sod_parse() - signature parts and hash list of the document security
 * object.
 * @file:   the whole file as read; what follows its end is ignored
 * @memory: gets the file with definite lengths
 * @ret:    borrows from @memory
 *
 * Return: as signed_data_parse(); CCCD_ERR_MEMORY.
 *
 * [9303-10 4.6.2, D]
 */
CHECKED enum cccd_err sod_parse(struct span file, struct buf *memory,
                                struct cccd_sod *ret);

/* How often a data group number stands in the list; once is right. */
size_t sod_count_of(const struct cccd_sod *sod, uint32_t number);

/* Its hash; NULL unless the number stands there exactly once. */
const struct cccd_data_group_hash *sod_hash_of(const struct cccd_sod *sod,
                                               uint32_t number);

/* The digest of an AlgorithmIdentifier; CCCD_DIGEST_NONE when not known. */
enum cccd_digest digest_of_algorithm(struct span algorithm);

#endif
