/* SPDX-License-Identifier: Apache-2.0 */
/* The service about itself. */
#include <stdio.h>
#include <string.h>

#include <cccd/trust.h>
#include <cccd/version.h>

#include "base/clock.h"
#include "lib/json/result.h"
#include "service/api/private.h"
#include "service/core/keys.h"

static void reply_made(struct call *call, enum cccd_err err, char *text)
{
	if (err == CCCD_OK)
		reply_json(call, 200, text, NULL);
	else
		reply_problem(call, err, NULL, 0);
}

void serve_health(struct call *call)
{
	char *text = NULL;
	enum cccd_err err =
	        json_health_text(call->api->parts.trust == NULL, &text);

	reply_made(call, err, text);
}

/* The newest date of a kind of entry, "YYYY-MM-DD". */
static void newest(const struct cccd_trust *trust, enum cccd_trust_kind kind,
                   char ret[static CLOCK_TEXT_MAX])
{
	const char *best = "";

	for (size_t i = 0; i < cccd_trust_count(trust); i++) {
		const struct cccd_trust_entry *entry = cccd_trust_at(trust, i);

		if (entry->kind == kind && strcmp(entry->date, best) > 0)
			best = entry->date;
	}
	(void)snprintf(ret, CLOCK_TEXT_MAX, "%.10s", best);
}

void serve_info(struct call *call)
{
	static const char *const features[] = {
		"sse",      "websocket", "jwt", "portrait", "signed_request",
		"evidence", NULL
	};
	const struct cccd_trust *trust = call->api->parts.trust;
	char dates[2][CLOCK_TEXT_MAX] = { "", "" };
	struct json_info info = {
		.version = cccd_version(),
		.features = features,
		.device_key = device_keys_thumbprint(call->api->parts.keys),
		.has_trust = trust != NULL,
		.specimen = call->api->parts.demo_trust,
		.trust_date = dates[0],
		.crl_date = dates[1],
	};
	char *text = NULL;
	enum cccd_err err = CCCD_OK;

	if (trust != NULL) {
		err = cccd_trust_digest(trust, info.trust_digest);
		newest(trust, CCCD_TRUST_ANCHOR, dates[0]);
		newest(trust, CCCD_TRUST_CRL, dates[1]);
	}
	if (err == CCCD_OK)
		err = json_info_text(&info, &text);
	reply_made(call, err, text);
}

void serve_jwks(struct call *call)
{
	char *text = NULL;
	enum cccd_err err =
	        device_keys_jwks(call->api->parts.keys, clock_wall_s(), &text);

	reply_made(call, err, text);
}

void serve_schema(struct call *call)
{
	for (size_t i = 0; i < api_schema_count; i++) {
		const struct document *schema = &api_schemas[i];

		if (strcmp(schema->name, call->name) != 0)
			continue;
		reply_bytes(call, "application/schema+json",
		            span_of(schema->bytes, schema->len));
		return;
	}
	reply_status(call, 404);
}

void serve_openapi(struct call *call)
{
	reply_bytes(call, "application/json",
	            span_of(api_openapi.bytes, api_openapi.len));
}
