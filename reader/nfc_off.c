/* SPDX-License-Identifier: Apache-2.0 */
/* The scheme "nfc:" where the library was built without libnfc. */
#include "reader/reader.h"
#include "reader/transport.h"

static enum cccd_err nfc_open(const char *rest, void **ret_state,
                              struct cccd_error *error)
{
	(void)rest;
	(void)ret_state;
	return fail(error, CCCD_ERR_READER_UNSUPPORTED,
	            "built without support for NFC devices");
}

/* No reader of it exists, so nothing else is ever called. */
static const struct reader_ops nfc_ops = { .scheme = "nfc", .open = nfc_open };

const struct transport transport_nfc = { .ops = &nfc_ops };
