/* SPDX-License-Identifier: Apache-2.0 */
/* A build without libpq: no store but one's own file. */
#include "service/gateway/store_engine.h"

const struct store_engine *const store_postgresql = NULL;
