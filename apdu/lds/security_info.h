/* SPDX-License-Identifier: Apache-2.0 */
/* SecurityInfos of EF.CardAccess, DG14 and EF.CardSecurity. */
#ifndef APDU_LDS_SECURITY_INFO_H
#define APDU_LDS_SECURITY_INFO_H

#include <cccd/security_info.h>

#include "base/digest.h"
#include "base/span.h"

/**
 * security_infos_parse() - a bare SET OF SecurityInfo.
 * @set: EF.CardAccess as read, or the verified content of EF.CardSecurity
 * @ret: borrows from @set
 *
 * The SET is searched by object identifier, never by position, and need not
 * be in DER order. Elements of other standards are kept raw; an element of a
 * known kind that does not follow its clause is counted, not fatal.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_TRUNCATED; CCCD_ERR_DATA_MALFORMED;
 * CCCD_ERR_DATA_MISSING when it is not a SET; CCCD_ERR_DATA_TOO_LARGE for
 * more elements than the arrays hold.
 *
 * [9303-11 9.2]
 */
CHECKED enum cccd_err security_infos_parse(struct span set,
                                           struct cccd_security_infos *ret);

/* The same inside the template 6E of data group 14 [9303-10 4.7.14]. */
CHECKED enum cccd_err dg14_parse(struct span file,
                                 struct cccd_security_infos *ret);

/**
 * security_infos_key_of() - the static key a chip authentication uses.
 * @info: one of @infos->chip_auth
 *
 * The key with the same identifier; when one side gives none, the only key
 * of the same key agreement.
 *
 * Return: one of @infos->chip_auth_key, NULL when none or several fit.
 *
 * [9303-11 9.2.5, 9.2.6]
 */
const struct cccd_chip_auth_key_info *
security_infos_key_of(const struct cccd_security_infos *infos,
                      const struct cccd_chip_auth_info *info);

/**
 * security_infos_contain() - whether every element of @part is in @whole.
 *
 * Compares raw elements as a set: what EF.CardAccess said must stand again
 * in the signed file [9303-11 9.2.11].
 */
bool security_infos_contain(const struct cccd_security_infos *whole,
                            const struct cccd_security_infos *part);

/**
 * pace_protocol() - what a PACE object identifier stands for.
 * @oid: contents of the OBJECT IDENTIFIER
 * @ret: its key_agreement, mapping, cipher and protocol are set
 *
 * Return: false for any other identifier. [9303-11 9.2.3]
 */
bool pace_protocol(struct span oid, struct cccd_pace_info *ret);

/* The same for chip authentication [9303-11 9.2.7]. */
bool chip_auth_protocol(struct span oid, struct cccd_chip_auth_info *ret);

/* The digest of base/digest.h; DIGEST_NONE for CCCD_DIGEST_NONE. */
enum digest_id digest_of(enum cccd_digest digest);

#endif
