/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what can be asked. */
#ifndef SERVICE_API_ROUTES_H
#define SERVICE_API_ROUTES_H

struct call;

/* Serve it, or answer that there is no such thing. */
void route_serve(struct call *call);

#endif
