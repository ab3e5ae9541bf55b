/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated card in a slot of Debian's virtual reader (vpcd). */
#ifndef TESTS_SIM_VPCD_H
#define TESTS_SIM_VPCD_H

#include "tests/sim/sim_card.h"

struct vpcd;

/**
 * vpcd_connect() - insert a card: connect to the reader's port.
 * @host: name or address
 * @port: decimal, "35963" for slot 0
 */
CHECKED enum cccd_err vpcd_connect(const char *host, const char *port,
                                   struct cccd_error *error, int *ret_socket);

/**
 * vpcd_serve() - answer one message from the reader.
 * @socket: from vpcd_connect(); readable
 * @sleep:  let each exchange take the time of the latency model
 *
 * Return: CCCD_OK; CCCD_ERR_CARD_REMOVED when a fault took the card away;
 * CCCD_ERR_READER_LOST when the reader closed the connection.
 */
CHECKED enum cccd_err vpcd_serve(int socket, struct sim_card *card, bool sleep);

#endif
