/* SPDX-License-Identifier: Apache-2.0 */
/* CSCA master lists: Doc 9303-12 9. */
#ifndef APDU_AUTH_MASTER_LIST_H
#define APDU_AUTH_MASTER_LIST_H

#include "apdu/auth/passive_auth.h"
#include "apdu/tlv/tlv.h"

/**
 * master_list_check() - signature, signer and its pin.
 * @der:  ContentInfo with definite lengths
 * @pins: anchors and signers that may sign lists; borrowed
 * @ret:  zeroed; @ret->ds_trust is successful only when the signer is
 *        pinned itself or leads to a pinned CSCA; release it
 *
 * Return: as signed_object_check().
 *
 * [9303-12 9.1; pitfall 21]
 */
CHECKED enum cccd_err master_list_check(struct span der,
                                        const struct csca_store *pins,
                                        int64_t now_s, struct pa_object *ret);

/**
 * master_list_open() - the certificates of a list's content.
 * @ret: one SEQUENCE for each certificate; read with tlv_next()
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_UNSUPPORTED for another version;
 * CCCD_ERR_DATA_MALFORMED, CCCD_ERR_DATA_MISSING, CCCD_ERR_DATA_TRUNCATED.
 *
 * [9303-12 9.2]
 */
CHECKED enum cccd_err master_list_open(struct span content,
                                       struct tlv_reader *ret);

#endif
