/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of connectors, one file each; connector.c lists them. */
#ifndef SERVICE_GATEWAY_CONNECTORS_KINDS_H
#define SERVICE_GATEWAY_CONNECTORS_KINDS_H

#include "service/gateway/connectors/connector.h"

extern const struct connector_ops connector_soap;
extern const struct connector_ops connector_lgsp_json;
extern const struct connector_ops connector_rest_oauth2;
extern const struct connector_ops connector_directory;

#endif
