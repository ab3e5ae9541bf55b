/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate extensions, the part inside certificate_parse(). */
#ifndef APDU_AUTH_CERTIFICATE_EXT_H
#define APDU_AUTH_CERTIFICATE_EXT_H

#include "apdu/auth/certificate.h"
#include "apdu/tlv/tlv.h"

/**
 * certificate_extensions_parse() - the SEQUENCE OF Extension.
 * @value: its value; empty when there are none
 *
 * A malformed known extension sets @ret->malformed and is otherwise absent.
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_* when the list itself is broken.
 */
CHECKED enum cccd_err
certificate_extensions_parse(struct span value,
                             struct certificate_extensions *ret);

/* The keyIdentifier of an AuthorityKeyIdentifier; empty when absent. */
CHECKED enum cccd_err authority_key_id_parse(struct span value,
                                             struct span *ret);

/**
 * struct extension - one entry of a list of extensions.
 * @oid: as text
 */
struct extension {
	char oid[OID_TEXT_MAX];
	bool critical;
	struct span value;
};

/* The next entry of the list; the caller checks tlv_at_end() first. */
CHECKED enum cccd_err extension_next(struct tlv_reader *reader,
                                     struct extension *ret);

#endif
