/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader says of itself: PC/SC part 10. */
#ifndef READER_PCSC_FEATURES_H
#define READER_PCSC_FEATURES_H

#include "reader/reader.h"

/**
 * features_find() - control code of a feature.
 * @list: answer to CM_IOCTL_GET_FEATURE_REQUEST: tag, length 4, code (big
 *        endian) each
 * @tag:  FEATURE_…
 *
 * Return: the code, 0 when it is not offered or the list is malformed.
 */
uint32_t features_find(struct span list, uint8_t tag);

/**
 * features_bound_card() - the limits that dwMaxAPDUDataSize states.
 * @properties: answer to FEATURE_GET_TLV_PROPERTIES: tag, length, value
 *              (little endian) each
 * @card:       its limits change only when the property is there and valid:
 *              0 means short APDUs, 256 to 65536 the longest data field
 *
 * Return: whether it was.
 */
bool features_bound_card(struct span properties, struct reader_card *card);

#endif
