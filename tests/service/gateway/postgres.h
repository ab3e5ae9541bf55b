/* SPDX-License-Identifier: Apache-2.0 */
/* A PostgreSQL of the test's own, on a Unix socket. */
#ifndef TESTS_SERVICE_GATEWAY_POSTGRES_H
#define TESTS_SERVICE_GATEWAY_POSTGRES_H

#include <stdbool.h>

struct postgres;

/* NULL, having said why, where there is none to start. */
struct postgres *postgres_start(void);

/* In libpq's words. */
const char *postgres_conninfo(const struct postgres *postgres);

/* As a crash: every connection is cut; then it comes back. */
bool postgres_restart(struct postgres *postgres);

/* Accepts NULL. */
void postgres_stop(struct postgres *postgres);

#endif
