/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the transport table; only reader.c, survey.c and tests see
 * them. */
#ifndef READER_TRANSPORT_H
#define READER_TRANSPORT_H

#include "reader/host.h"
#include "reader/reader.h"

/**
 * struct transport - one row of the table.
 * @ops:  how it works
 * @list: adds its readers to the list; NULL when it has none to offer
 */
struct transport {
	const struct reader_ops *ops;
	enum cccd_err (*list)(const struct host *host, struct cccd_error *error,
	                      struct cccd_reader_list *list);
};

extern const struct transport transport_pcsc;
extern const struct transport transport_nfc;
extern const struct transport transport_replay;

#endif
