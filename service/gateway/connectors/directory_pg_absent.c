/* SPDX-License-Identifier: Apache-2.0 */
/* A build without libpq. */
#include "service/gateway/connectors/directory.h"

const struct directory_engine *const directory_postgresql = NULL;
