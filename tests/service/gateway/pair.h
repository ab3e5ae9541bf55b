/* SPDX-License-Identifier: Apache-2.0 */
/* Two gateways on one database of the test's own. */
#ifndef TESTS_SERVICE_GATEWAY_PAIR_H
#define TESTS_SERVICE_GATEWAY_PAIR_H

#include "service/gateway/store.h"
#include "tests/service/gateway/postgres.h"

/** struct pair - two gateways on one database. */
struct pair {
	struct postgres *postgres;
	char dir[64];
	char path[80];
	struct store_place place;
	struct store *one;
	struct store *two;
};

int pair_set_up_sqlite(void **state);
int pair_set_up_postgres(void **state);
int pair_tear_down(void **state);

/* Skips the test where there is no server. */
struct pair *pair_of(void **state);
/* Both gateways, again. */
void pair_open(struct pair *pair);
/* A statement into the SQLite file, behind the gateways' backs. */
void pair_meddle(const struct pair *pair, const char *sql);

enum cccd_err pair_spend(struct store *store, const char *nonce,
                         const char *caller, const char *id, int64_t now);
/* A line with "x" wherever nothing is said. */
enum cccd_err pair_append(struct store *store, const char *id,
                          const char *when);
/* The chain holds, and has so many lines. */
void pair_assert_whole(struct store *store, uint64_t lines);

#define BOTH(test)                                                          \
	cmocka_unit_test_setup_teardown(test, pair_set_up_sqlite,           \
	                                pair_tear_down),                    \
	        cmocka_unit_test_setup_teardown(test, pair_set_up_postgres, \
	                                        pair_tear_down)
#define ALONE(test)                                               \
	cmocka_unit_test_setup_teardown(test, pair_set_up_sqlite, \
	                                pair_tear_down)

#endif
