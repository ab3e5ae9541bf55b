/* SPDX-License-Identifier: Apache-2.0 */
/* The scheme "nfc:" where the library was built without libnfc. */
#include "reader/nfc.h"
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

enum cccd_err nfc_open_idle(const char *rest, struct cccd_error *error,
                            struct reader **ret)
{
	(void)ret;
	return nfc_open(rest, NULL, error);
}

void nfc_idle_drop(struct reader *reader)
{
	(void)reader;
}

/* No reader of it exists, so nothing else is ever called. */
static const struct reader_ops nfc_ops = { .scheme = "nfc", .open = nfc_open };

const struct transport transport_nfc = { .ops = &nfc_ops };
